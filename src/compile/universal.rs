//! Joins binaries for several processors into universal binaries of macOS.
//!
//! Takes the files that the compiles of a universal2 job have installed; writes the joined binaries into the job's
//! own tree, where the rest of the build finds them like any other binaries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fs_err as fs;
use object::macho::{CPU_TYPE_ARM64, FAT_MAGIC, FatArch32, FatHeader, MachHeader64};
use object::pod::bytes_of;
use object::read::macho::MachHeader as _;
use object::{BigEndian, Endianness, U32};

use super::artifact::{self, Artifact, FileKind, InstalledFile};
use super::generated::Layout;
use super::workspace::JobTree;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::platform::Platform;

/// Joins the binaries of the slices, and copies the other files of the wheel. All files that a slice lacks are
/// reported at once.
pub(crate) fn join(
    slices: &[(Platform, JobTree)],
    into: &JobTree,
    layout: &Layout<'_>,
) -> Result<()> {
    let mut found: BTreeMap<String, Vec<(Platform, Artifact)>> = BTreeMap::new();
    let mut others: BTreeMap<String, Vec<(Platform, InstalledFile)>> = BTreeMap::new();
    for (platform, tree) in slices {
        let installed = artifact::collect(tree, *platform)?;
        for artifact in installed.artifacts {
            let parts = found.entry(artifact.relative.clone()).or_default();
            parts.push((*platform, artifact));
        }
        for file in installed.files {
            let parts = others.entry(file.relative.clone()).or_default();
            parts.push((*platform, file));
        }
    }
    let mut problems = Vec::new();
    for (relative, parts) in found {
        let platforms: Vec<_> = parts.iter().map(|(platform, _)| *platform).collect();
        let missing = missing(slices, &platforms);
        if let Some(problem) = missing.or_else(|| difference(&parts)) {
            problems.push(problem.at(relative));
            continue;
        }
        let paths = parts.iter().map(|(_, artifact)| artifact.path.as_path());
        let path = write(&joined(paths)?, into, &relative)?;
        artifact::link(&path, &parts[0].1.links)?;
    }
    for (relative, parts) in others {
        let platforms: Vec<_> = parts.iter().map(|(platform, _)| *platform).collect();
        let (_, first) = &parts[0];
        let bytes = if first.kind == FileKind::Program {
            joined(parts.iter().map(|(_, file)| file.path.as_path()))?
        } else {
            fs::read(&first.path)?
        };
        if layout.place(first).is_some() {
            let contents = parts.iter().map(|(_, file)| fs::read(&file.path));
            let contents = contents.collect::<std::io::Result<Vec<_>>>()?;
            let is_other = |content: &Vec<u8>| first.kind != FileKind::Program && *content != bytes;
            let differs = contents.iter().any(is_other).then(|| {
                Problem::new(format!(
                    "differs between {} and {}",
                    slices[0].0, slices[1].0
                ))
                .hint("let build.zig install the same file for both processors")
            });
            if let Some(problem) = missing(slices, &platforms).or(differs) {
                problems.push(problem.at(relative));
                continue;
            }
        }
        write(&bytes, into, &relative)?;
    }
    Error::check(ErrorKind::Audit, problems)
}

/// The universal binary of the same file of each slice.
fn joined<'p>(paths: impl Iterator<Item = &'p Path>) -> Result<Vec<u8>> {
    let parts = paths.map(fs::read).collect::<std::io::Result<Vec<_>>>();
    let mut parts = parts?;
    // The audit reports files that cannot be joined, and its message explains a build that ignores its
    // target.
    Ok(fat(&parts).unwrap_or_else(|| parts.swap_remove(0)))
}

fn write(bytes: &[u8], into: &JobTree, relative: &str) -> Result<PathBuf> {
    let path = into.root().join(relative);
    fs::create_dir_all(path.parent().unwrap_or(into.root()))?;
    fs::write(&path, bytes)?;
    Ok(path)
}

/// A platform that a file was not installed for.
fn missing(slices: &[(Platform, JobTree)], found: &[Platform]) -> Option<Problem> {
    let mut platforms = slices.iter().map(|(platform, _)| platform);
    let platform = platforms.find(|platform| !found.contains(platform))?;
    let problem = Problem::new(format!("is missing in the build for {platform}"));
    Some(
        problem.hint(
            "let build.zig install the same files, under the same names, for both processors",
        ),
    )
}

/// The reason why the builds of a file cannot be joined.
fn difference(parts: &[(Platform, Artifact)]) -> Option<Problem> {
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
pub(crate) fn fat(parts: &[Vec<u8>]) -> Option<Vec<u8>> {
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
