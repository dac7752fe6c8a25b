//! One binary for several processors, made of one for each.
//!
//! Takes what the compiles of a universal2 job have installed; leaves the joined binaries in the job's
//! own tree, where the rest of the build finds them like any other.

use std::collections::BTreeMap;

use fs_err as fs;
use object::macho::{CPU_TYPE_ARM64, FAT_MAGIC, FatArch32, FatHeader, MachHeader64};
use object::pod::bytes_of;
use object::read::macho::MachHeader as _;
use object::{BigEndian, Endianness, U32};

use super::artifact::{self, Artifact};
use super::workspace::JobTree;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::platform::Platform;

/// Joins the binaries of the slices; all that one of them lacks is said at once.
pub(super) fn join(slices: &[(Platform, JobTree)], into: &JobTree) -> Result<()> {
    let mut found: BTreeMap<String, Vec<(Platform, Artifact)>> = BTreeMap::new();
    for (platform, tree) in slices {
        for artifact in artifact::collect(tree, *platform)? {
            let parts = found.entry(artifact.relative.clone()).or_default();
            parts.push((*platform, artifact));
        }
    }
    let mut problems = Vec::new();
    for (relative, parts) in found {
        if let Some(problem) = difference(slices, &parts) {
            problems.push(problem.at(relative));
            continue;
        }
        let parts = parts.iter().map(|(_, artifact)| fs::read(&artifact.path));
        let mut parts = parts.collect::<std::io::Result<Vec<_>>>()?;
        // What can't be joined is for the audit to tell, which has words for a build that ignores its
        // target.
        let bytes = fat(&parts).unwrap_or_else(|| parts.swap_remove(0));
        let path = into.root().join(relative);
        fs::create_dir_all(path.parent().unwrap_or(into.root()))?;
        fs::write(path, bytes)?;
    }
    Error::check(ErrorKind::Audit, problems)
}

/// What keeps the builds of a file from being halves of one.
fn difference(slices: &[(Platform, JobTree)], parts: &[(Platform, Artifact)]) -> Option<Problem> {
    let is_missing = |platform: &&Platform| parts.iter().all(|(other, _)| other != *platform);
    let mut platforms = slices.iter().map(|(platform, _)| platform);
    if let Some(platform) = platforms.find(is_missing) {
        let problem = Problem::new(format!("is not there when built for {platform}"));
        return Some(problem.hint(
            "let build.zig install the same files, under the same names, for both processors",
        ));
    }
    let modules = parts.iter().map(|(platform, artifact)| {
        let mut inits = artifact.binary.inits.clone();
        inits.sort_unstable();
        (platform, inits)
    });
    let modules: Vec<_> = modules.collect();
    if modules.iter().all(|(_, inits)| *inits == modules[0].1) {
        return None;
    }
    let exports = modules
        .iter()
        .map(|(platform, inits)| match inits.as_slice() {
            [] => format!("no module when built for {platform}"),
            inits => format!(
                "PyInit_{} when built for {platform}",
                inits.join(", PyInit_")
            ),
        });
    let exports = exports.collect::<Vec<_>>().join(" and ");
    Some(
        Problem::new(format!("exports {exports}"))
            .hint("let it export the same modules for both processors"),
    )
}

/// A universal binary of these, which must be for macOS. Source: `mach-o/fat.h`; alignments as `lipo`
/// gives them, a page of the processor.
fn fat(parts: &[Vec<u8>]) -> Option<Vec<u8>> {
    let number = |number: usize| Some(U32::new(BigEndian, u32::try_from(number).ok()?));
    let mut end = size_of::<FatHeader>() + parts.len() * size_of::<FatArch32>();
    let mut table = Vec::new();
    for part in parts {
        let header = MachHeader64::<Endianness>::parse(part.as_slice(), 0).ok()?;
        let endian = header.endian().ok()?;
        let align = match header.cputype(endian) {
            CPU_TYPE_ARM64 => 14,
            _ => 12,
        };
        let offset = end.next_multiple_of(1 << align);
        end = offset + part.len();
        table.push(FatArch32 {
            cputype: U32::new(BigEndian, header.cputype(endian)),
            cpusubtype: U32::new(BigEndian, header.cpusubtype(endian)),
            offset: number(offset)?,
            size: number(part.len())?,
            align: U32::new(BigEndian, align),
        });
    }
    let header = FatHeader {
        magic: U32::new(BigEndian, FAT_MAGIC),
        nfat_arch: number(parts.len())?,
    };
    let mut bytes = bytes_of(&header).to_vec();
    for row in &table {
        bytes.extend_from_slice(bytes_of(row));
    }
    for (row, part) in table.iter().zip(parts) {
        bytes.resize(row.offset.get(BigEndian) as usize, 0);
        bytes.extend_from_slice(part);
    }
    Some(bytes)
}
