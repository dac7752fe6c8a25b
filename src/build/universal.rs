//! One binary for several processors, made of one for each.
//!
//! Takes what the compiles of a universal2 job have installed; leaves the joined binaries in the job's
//! own tree, where the rest of the build finds them like any other.

use std::collections::{BTreeMap, BTreeSet};

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
        let built: BTreeSet<_> = parts.iter().map(|(platform, _)| *platform).collect();
        let mut platforms = slices.iter().map(|(platform, _)| platform);
        if let Some(missing) = platforms.find(|platform| !built.contains(platform)) {
            problems.push(
                Problem::new(format!("is not there when built for {missing}"))
                    .at(relative)
                    .hint("let build.zig install the same files, under the same names, for both processors"),
            );
            continue;
        }
        let exports = |(platform, artifact): &(Platform, Artifact)| {
            let inits = artifact.binary.inits.iter();
            let names: Vec<_> = inits.map(|name| format!("PyInit_{name}")).collect();
            let names = if names.is_empty() {
                "no module".to_owned()
            } else {
                names.join(", ")
            };
            format!("{names} when built for {platform}")
        };
        let modules: BTreeSet<BTreeSet<_>> = parts
            .iter()
            .map(|(_, artifact)| artifact.binary.inits.iter().collect())
            .collect();
        if modules.len() > 1 {
            let exports: Vec<_> = parts.iter().map(exports).collect();
            problems.push(
                Problem::new(format!("exports {}", exports.join(" and ")))
                    .at(relative)
                    .hint("let it export the same modules for both processors"),
            );
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
