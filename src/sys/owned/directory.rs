//! An open directory whose items are listed and removed. Once it is open, nobody can put a link to another
//! directory in its place.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

/// The type of an item itself: a link is a link, wherever it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
    Link,
    /// A pipe, a socket or a device: this program creates none.
    Other,
}

impl Kind {
    pub(crate) fn of(found: std::fs::FileType) -> Self {
        if found.is_symlink() {
            Self::Link
        } else if found.is_dir() {
            Self::Directory
        } else if found.is_file() {
            Self::File
        } else {
            Self::Other
        }
    }
}

/// Whether there is a directory at `path` that is not a link to one.
pub(crate) fn is_directory(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// An item of a directory.
pub(super) struct Item {
    pub(super) name: OsString,
    pub(super) kind: Kind,
    pub(super) size: u64,
}

#[cfg(unix)]
pub(super) struct Directory(std::os::fd::OwnedFd);

#[cfg(unix)]
impl Directory {
    /// Opens a directory; a link to one is an error.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Self::open_at(rustix::fs::CWD, path)
    }

    fn open_at(parent: impl std::os::fd::AsFd, name: &Path) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags, openat};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self(openat(parent, name, flags, Mode::empty())?))
    }

    /// Opens a directory in this one.
    pub(super) fn enter(&self, name: &OsStr) -> io::Result<Self> {
        Self::open_at(&self.0, Path::new(name))
    }

    pub(super) fn items(&self) -> io::Result<Vec<Item>> {
        use std::os::unix::ffi::OsStrExt as _;

        use rustix::fs::{AtFlags, Dir, FileType, statat};
        let mut items = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let found = match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
                // Another run is removing the same items.
                Err(rustix::io::Errno::NOENT) => continue,
                found => found?,
            };
            let kind = match FileType::from_raw_mode(found.st_mode) {
                FileType::RegularFile => Kind::File,
                FileType::Directory => Kind::Directory,
                FileType::Symlink => Kind::Link,
                _ => Kind::Other,
            };
            items.push(Item {
                name: name.to_owned(),
                kind,
                size: u64::try_from(found.st_size).unwrap_or_default(),
            });
        }
        Ok(items)
    }

    pub(super) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(
            &self.0,
            name,
            rustix::fs::AtFlags::empty(),
        )?)
    }

    /// Removes an empty directory in this one.
    pub(super) fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(
            &self.0,
            name,
            rustix::fs::AtFlags::REMOVEDIR,
        )?)
    }
}

#[cfg(not(unix))]
pub(super) struct Directory(std::path::PathBuf);

#[cfg(not(unix))]
impl Directory {
    /// Opens a directory; a link to one is an error.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if is_directory(path) {
            Ok(Self(path.to_owned()))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// Opens a directory in this one.
    pub(super) fn enter(&self, name: &OsStr) -> io::Result<Self> {
        Self::open(&self.0.join(name))
    }

    pub(super) fn items(&self) -> io::Result<Vec<Item>> {
        let mut items = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            let entry = entry?;
            items.push(Item {
                name: entry.file_name(),
                kind: Kind::of(entry.file_type()?),
                size: entry.metadata().map_or(0, |found| found.len()),
            });
        }
        Ok(items)
    }

    pub(super) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_file(self.0.join(name))
    }

    /// Removes an empty directory in this one.
    pub(super) fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_dir(self.0.join(name))
    }
}
