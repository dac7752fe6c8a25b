//! What came out of a build: files known by their bytes.
//!
//! Names say little (pyz3 calls a Windows module `.abi3.so`), so what counts is the format, the
//! machine and the exported `PyInit_<name>`.

use std::path::{Path, PathBuf};

use fs_err as fs;
use walkdir::WalkDir;

use super::musl;
use super::workspace::JobTree;
use crate::audit::{self, Binary, Kind};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::platform::{Family, Platform};

/// A native file that the build installed.
#[derive(Debug)]
pub struct Artifact {
    /// Where it is.
    pub path: PathBuf,
    /// Its place below the stand-in for the project's root, with forward slashes.
    ///
    /// Ex) `zig-out/lib/libhello.so`, `hello/_native.abi3.so`
    pub relative: String,
    /// What it is.
    pub binary: Binary,
}

impl Artifact {
    pub(super) fn file_name(&self) -> &str {
        self.relative.rsplit('/').next().unwrap_or_default()
    }
}

/// Every shared library below the folder that a job may have written to, as it goes into the wheel.
pub fn collect(tree: &JobTree, platform: Platform) -> Result<Vec<Artifact>> {
    let mut artifacts = Vec::new();
    for entry in WalkDir::new(tree.outermost()).sort_by_file_name() {
        let entry = entry.map_err(std::io::Error::from)?;
        if !entry.file_type().is_file() {
            continue;
        }
        let mut bytes = fs::read(entry.path())?;
        if !audit::sniff(&bytes) {
            continue;
        }
        if platform.family() == Family::Musllinux {
            bytes = musl::settle(entry.path(), bytes)?;
        }
        let relative = relative(entry.path(), tree);
        let binary = Binary::parse(&bytes).map_err(|why| {
            Error::new(
                ErrorKind::Build,
                Problem::new(format!("what the build installed {why}"))
                    .at(&relative)
                    .hint("let the linker's output be as it is: strip with `.strip = true` in the module"),
            )
        })?;
        if let Some(binary) = binary.filter(|binary| binary.kind == Kind::SharedLibrary) {
            artifacts.push(Artifact {
                path: entry.path().to_owned(),
                relative,
                binary,
            });
        }
    }
    Ok(artifacts)
}

fn relative(path: &Path, tree: &JobTree) -> String {
    let below = path
        .strip_prefix(tree.root())
        .or_else(|_| path.strip_prefix(tree.outermost()))
        .unwrap_or(path);
    let parts: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}
