//! What goes into an archive, in its order, and how it is read.
//!
//! Takes a [`WheelSpec`], gives its files with their sizes, or everything that keeps them from being
//! a wheel before one of them is read. Each file is then read once, from beginning to end; one that
//! changes meanwhile is an error.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{ArchivePath, Entry, Source, WheelSpec, sbom};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::archive_path;
use crate::project;
use crate::sys::stamp::Stamp;

/// One file of the archive, with its size before anything is read.
pub(super) struct Item<'a> {
    pub(super) path: ArchivePath,
    pub(super) bytes: Bytes<'a>,
    pub(super) executable: bool,
    /// Whether other wheels of the run have the same bytes.
    pub(super) shared: bool,
}

pub(super) enum Bytes<'a> {
    Here(&'a [u8]),
    Owned(Vec<u8>),
    File(Place<'a>, Stamp),
}

/// Where a file is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    path: &'a Path,
    /// What the file must lie in.
    boundary: Option<&'a Path>,
}

impl Place<'_> {
    /// Opens the file if it still has this stamp, so the file that was checked is the one that is read.
    pub(super) fn open(self, stamp: &Stamp) -> Result<File> {
        // Not `fs_err`: its message would name the path a second time.
        let file = match self.boundary {
            Some(boundary) => project::open(self.path, boundary),
            None => File::open(self.path),
        };
        let found = file.and_then(|file| Ok((file.metadata()?, file)));
        match found {
            Ok((found, file)) if found.is_file() && Stamp::of(&found) == *stamp => Ok(file),
            Ok(_) => Err(changed(self.path)),
            Err(error) => Err(Error::system(unreadable(self.path, &error))),
        }
    }
}

impl Bytes<'_> {
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Here(bytes) => bytes.len() as u64,
            Self::Owned(bytes) => bytes.len() as u64,
            Self::File(_, stamp) => stamp.size(),
        }
    }

    /// What they are known by among the wheels of a run.
    pub(super) fn identity(&self) -> Identity {
        match self {
            Self::Here(bytes) => Identity::Text(bytes.to_vec()),
            Self::Owned(bytes) => Identity::Text(bytes.clone()),
            Self::File(place, stamp) => Identity::File(place.path.to_path_buf(), stamp.clone()),
        }
    }
}

/// What has the same identity has the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    Text(Vec<u8>),
    File(PathBuf, Stamp),
}

/// All files of the archive but RECORD, in their order.
pub(super) struct Contents<'a> {
    pub(super) items: Vec<Item<'a>>,
    pub(super) record: ArchivePath,
}

impl<'a> Contents<'a> {
    /// Finds everything that keeps these files from being a wheel before one of them is read.
    pub(super) fn of(spec: &'a WheelSpec<'_>) -> Result<Self> {
        let mut problems = Vec::new();
        let mut unreadable = Vec::new();
        let mut items = Vec::new();
        for entry in &spec.entries {
            if in_dist_info(&entry.path) {
                problems.push(in_reserved_folder(entry));
            }
            match bytes_of(&entry.source) {
                Ok(bytes) => items.push(Item {
                    path: entry.path.clone(),
                    bytes,
                    executable: entry.executable,
                    shared: entry.shared,
                }),
                Err(problem) => unreadable.push(problem),
            }
        }
        // `.dist-info/` last: installers and indexes read it first, from the end of the file.
        items.sort_by(|a, b| a.path.cmp(&b.path));
        let mut own = own_files(spec, &mut problems, &mut unreadable)?;
        own.sort_by(|a, b| a.path.cmp(&b.path));
        items.extend(own);
        let record: ArchivePath = own_path(&spec.dist_info(), "RECORD")?;
        let paths = items.iter().map(|item| &item.path).chain([&record]);
        let collisions = archive_path::collisions(paths.map(ArchivePath::as_str));
        problems.extend(collisions.into_iter().map(Problem::from));
        let kind = if problems.is_empty() {
            ErrorKind::System
        } else {
            ErrorKind::Config
        };
        problems.append(&mut unreadable);
        Error::check(kind, problems)?;
        Ok(Self { items, record })
    }
}

fn own_path(dist_info: &str, name: &str) -> Result<ArchivePath> {
    format!("{dist_info}/{name}").parse().map_err(Error::config)
}

/// What the wheel says about itself, except RECORD.
pub(super) fn own_files<'a>(
    spec: &'a WheelSpec<'_>,
    problems: &mut Vec<Problem>,
    unreadable: &mut Vec<Problem>,
) -> Result<Vec<Item<'a>>> {
    let dist_info = spec.dist_info();
    let item = |path, bytes| Item {
        path,
        bytes,
        executable: false,
        shared: true,
    };
    let mut items = vec![
        item(
            own_path(&dist_info, "METADATA")?,
            Bytes::Here(spec.metadata.as_bytes()),
        ),
        item(
            own_path(&dist_info, "WHEEL")?,
            Bytes::Owned(spec.wheel().into_bytes()),
        ),
    ];
    if let Some(text) = spec.entry_points {
        items.push(item(
            own_path(&dist_info, "entry_points.txt")?,
            Bytes::Here(text.as_bytes()),
        ));
    }
    if let Some(text) = spec.sbom {
        items.push(item(
            own_path(&dist_info, &format!("sboms/{}", sbom::FILE_NAME))?,
            Bytes::Here(text.as_bytes()),
        ));
    }
    for (name, source) in &spec.licenses {
        let path = format!("{dist_info}/licenses/{name}").parse();
        match (path, bytes_of(source)) {
            (Ok(path), Ok(bytes)) => items.push(item(path, bytes)),
            (path, bytes) => {
                problems.extend(path.err());
                unreadable.extend(bytes.err());
            }
        }
    }
    Ok(items)
}

fn in_dist_info(path: &ArchivePath) -> bool {
    let first = path.as_str().split('/').next().unwrap_or_default();
    first.to_ascii_lowercase().ends_with(".dist-info")
}

fn in_reserved_folder(entry: &Entry) -> Problem {
    let problem = Problem::new(format!(
        "`{}` is in the folder of the wheel's own metadata",
        entry.path
    ));
    let problem = match entry.source.file() {
        Some(file) => problem.at(file.display()),
        None => problem,
    };
    problem.hint("METADATA, licenses and entry points come from pyproject.toml; leave the file out")
}

pub(super) fn bytes_of(source: &Source) -> Result<Bytes<'_>, Problem> {
    match source {
        Source::Bytes(bytes) => Ok(Bytes::Here(bytes)),
        Source::File(path) => regular_file(path, None),
        Source::Within(path, boundary) => regular_file(path, Some(boundary)),
    }
}

/// Asked before it is opened: opening a pipe would wait for ever.
fn regular_file<'a>(path: &'a Path, boundary: Option<&'a Path>) -> Result<Bytes<'a>, Problem> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => {
            Ok(Bytes::File(Place { path, boundary }, Stamp::of(&found)))
        }
        Ok(_) => Err(
            Problem::new("is not a regular file, so no archive can hold it")
                .at(path.display())
                .hint("remove it, or leave it out"),
        ),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(format!("cannot be packed: {error}"))
        .at(path.display())
        .hint("check that the file is there and may be read, then build again")
}

fn changed(path: &Path) -> Error {
    Error::system(
        Problem::new("changed while it was packed")
            .at(path.display())
            .hint("build again once nothing writes to it"),
    )
}

/// The reading of one item.
pub(super) struct Reading<'a> {
    from: Origin<'a>,
    left: u64,
}

enum Origin<'a> {
    Memory(&'a [u8]),
    File(File, &'a Path),
}

impl<'a> Reading<'a> {
    pub(super) fn of(bytes: &'a Bytes<'_>) -> Result<Self> {
        let from = match bytes {
            Bytes::Here(bytes) => Origin::Memory(bytes),
            Bytes::Owned(bytes) => Origin::Memory(bytes),
            Bytes::File(place, stamp) => Origin::File(place.open(stamp)?, place.path),
        };
        let left = bytes.size();
        Ok(Self { from, left })
    }

    /// How many bytes there are to come, but no more than `most`.
    pub(super) fn next(&self, most: usize) -> usize {
        usize::try_from(self.left).map_or(most, |left| left.min(most))
    }

    /// Appends as many bytes, never fewer; tells whether they were the last.
    pub(super) fn read(&mut self, buffer: &mut Vec<u8>, most: usize) -> Result<bool> {
        let count = self.next(most);
        self.left -= count as u64;
        match &mut self.from {
            Origin::Memory(bytes) => {
                let (now, later) = bytes.split_at(count);
                buffer.extend_from_slice(now);
                *bytes = later;
            }
            Origin::File(file, path) => {
                let wanted = buffer.len() + count;
                // One byte more than there should be shows a file that grows.
                let beyond = u64::from(self.left == 0);
                file.take(count as u64 + beyond)
                    .read_to_end(buffer)
                    .map_err(|error| Error::system(unreadable(path, &error)))?;
                if buffer.len() != wanted {
                    return Err(changed(path));
                }
            }
        }
        Ok(self.left == 0)
    }
}
