//! The bytes of a wheel.
//!
//! Takes a [`WheelSpec`]: a name, rendered metadata and the files that go in. Gives a [`PackedWheel`],
//! the same bytes for the same input on any host, which takes its name when it is told to; until then
//! an earlier wheel stays as it was. Never decides what goes into a wheel or what it is called, never
//! judges one, and never follows a folder.
//!
//! Source: the PyPA specifications "Binary distribution format" and "Recording installed projects".

mod contents;
mod deflate;
mod destination;
mod dist_info;
pub(crate) mod record;
mod rewrite;
pub mod sbom;
pub mod sdist;
mod store;
mod timestamp;
mod write;
mod zip;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Problem;
use crate::metadata::archive_path;
use crate::project::{self, PackageFile, Why};
use crate::tags::WheelFilename;
use crate::text::path as path_text;

pub use crate::metadata::ArchivePath;
pub use destination::sweep;
pub use dist_info::write_dist_info;
pub(crate) use rewrite::{PackedBytes, Rewrite, RewriteBytes, RewriteEntry, copy, rewrite};
pub use timestamp::{SOURCE_DATE_EPOCH, Timestamp};
pub use write::{PackedWheel, Packer};
pub(crate) use zip::Method;

/// What WHEEL has behind the generator's version: which processor the code was compiled for, so that
/// an audit knows what was asked for. Installers ignore it.
pub(crate) const CPU_BASELINE: &str = "cpu=baseline";

/// Where the bytes of an entry come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A regular file (or a link to one), read while the wheel is packed.
    File(PathBuf),
    /// The same, of a project: a link that leads out of this directory is not followed.
    Within(PathBuf, Arc<Path>),
    /// These bytes.
    Bytes(Vec<u8>),
}

impl Source {
    /// The bytes of a file of a project, whose links lead no further than `boundary`.
    pub(crate) fn of(file: &PackageFile, boundary: &Arc<Path>) -> Self {
        let path = file.source.clone();
        // Packages that zig has fetched may be kept anywhere.
        if matches!(file.why, Why::Vendored(_)) && !project::lies_within(&path, boundary) {
            return Self::File(path);
        }
        Self::Within(path, boundary.clone())
    }

    /// The file, if the bytes are in one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(file) | Self::Within(file, _) => Some(file),
            Self::Bytes(_) => None,
        }
    }
}

/// A file of the project in the wheel.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it goes.
    pub path: ArchivePath,
    /// What it holds.
    pub source: Source,
    /// Whether it is unpacked with mode 0755 instead of 0644.
    pub executable: bool,
    /// Whether other wheels of the run have it too, so that it is worth deflating once for all.
    pub shared: bool,
}

/// Everything that a wheel is made of.
#[derive(Debug, Clone)]
pub struct WheelSpec<'a> {
    /// The name, which also gives the tags and the names of the wheel's own folders.
    pub filename: &'a WheelFilename,
    /// The text of METADATA.
    pub metadata: &'a str,
    /// The text of `entry_points.txt`, if there is to be one.
    pub entry_points: Option<&'a str>,
    /// The text of the software bill of materials, if there is to be one.
    pub sbom: Option<&'a str>,
    /// Licence files: the path below `licenses/`, and the file.
    pub licenses: Vec<(String, Source)>,
    /// The project's files, in any order.
    pub entries: Vec<Entry>,
    /// Whether the wheel is free of native code, as far as `Root-Is-Purelib` is concerned.
    pub root_is_purelib: bool,
}

impl WheelSpec<'_> {
    /// Ex) `hello-1.0.dist-info`
    fn dist_info(&self) -> String {
        format!("{}.dist-info", self.filename.stem())
    }

    /// The text of WHEEL.
    fn wheel(&self) -> String {
        let mut text = format!(
            "Wheel-Version: 1.0\nGenerator: pyz3-wheel {} ({CPU_BASELINE})\nRoot-Is-Purelib: {}\n",
            env!("CARGO_PKG_VERSION"),
            self.root_is_purelib
        );
        for tag in self.filename.tags() {
            text.push_str("Tag: ");
            text.push_str(&tag.to_string());
            text.push('\n');
        }
        text
    }
}

/// Everything that prevents these files from being unpacked to their places on every system.
pub fn path_problems(files: &[PackageFile]) -> Vec<Problem> {
    let files = files.iter();
    archive_path::problems(files.map(|file| (file.path.as_str(), Some(file.source.as_path()))))
}

/// A wheel or an sdist that is in its place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WrittenWheel {
    /// Where it is.
    #[serde(serialize_with = "path_text::serialize")]
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
    /// Of the whole file, in lowercase hexadecimal.
    pub sha256: String,
}

#[cfg(all(test, unix))]
#[path = "swapped_tests.rs"]
mod swapped_tests;
