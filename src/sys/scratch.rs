//! Temporary folders that their owner removes at its end, or the next run if the owner was killed.
//!
//! A scratch folder `NAME` has a lock file `NAME.lock` beside it. The lock file is created before the folder
//! and removed after it, says that the folder is ours, and is locked as long as the owner lives. So at
//! whatever moment a process is killed, [`sweep`] recognizes what is left of it, and removes nothing that
//! another user, another program or a running process has created.

use std::fs::{DirBuilder, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::lock::{self, Attempt};
use super::{files, owned};
use crate::error::{Error, Problem, Result};

/// How the names of scratch folders in the folder for temporary files begin.
const PREFIX: &str = "pyz3-wheel-";

/// How the names of lock files end.
const LOCK: &str = ".lock";

/// The content of a lock file.
const SIGNATURE: &str = "The folder of this name is a temporary one of pyz3-wheel.\n";

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    /// The lock, until the folder is gone.
    lock: Option<(File, TempPath)>,
}

impl Scratch {
    /// Creates a folder in the one for temporary files.
    pub(crate) fn temporary() -> Result<Self> {
        let folder = std::env::temp_dir();
        Self::within(&folder, PREFIX).map_err(|error| {
            let variable = if cfg!(windows) { "TEMP" } else { "TMPDIR" };
            let folder = folder.display();
            Error::system(
                Problem::new(format!(
                    "cannot create a temporary folder in {folder}: {error}"
                ))
                .hint(format!("set {variable} to a folder that can be written to")),
            )
        })
    }

    /// Creates a folder in `parent` whose name begins with `prefix`.
    pub(crate) fn within(parent: &Path, prefix: &str) -> io::Result<Self> {
        let mut names = tempfile::Builder::new();
        names.prefix(prefix).suffix(LOCK);
        loop {
            let created = names.make_in(parent, lock::create)?;
            let (mut lock, path) = created.into_parts();
            // Another process may be sweeping it away already.
            if lock::attempt(&lock) == Attempt::Busy || !lock::is_at(&lock, &path) {
                continue;
            }
            lock.write_all(SIGNATURE.as_bytes())?;
            let folder = path.with_extension("");
            create_private(&folder)?;
            return Ok(Self {
                folder,
                lock: Some((lock, path)),
            });
        }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Some((lock, path)) = self.lock.take() else {
            return;
        };
        let _ = std::fs::remove_dir_all(&self.folder);
        if self.folder.symlink_metadata().is_ok() {
            // The next run removes what cannot be removed now, and needs the lock file for that.
            let _ = path.keep();
        } else {
            drop(path);
        }
        drop(lock);
    }
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().create(folder)
}

/// Removes what killed processes left in the folder for temporary files; gives the removed folders with
/// their sizes.
pub(crate) fn sweep_temporary() -> Vec<(PathBuf, u64)> {
    sweep(&std::env::temp_dir(), PREFIX)
}

/// Removes the scratch folders of this user that no running process owns. Folders that cannot be locked or
/// removed stay.
pub(crate) fn sweep(parent: &Path, prefix: &str) -> Vec<(PathBuf, u64)> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let locks = entries.filter(|entry| is_lock_name(&entry.file_name().to_string_lossy(), prefix));
    let swept = locks.filter_map(|entry| remove_if_abandoned(&entry.path()).ok().flatten());
    swept.collect()
}

/// Whether the file at a path is the lock file of a scratch folder, whoever holds the lock.
pub(crate) fn is_lock(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = || owned::read_file(path, SIGNATURE.len() as u64);
    is_lock_name(&name, "") && text().is_some_and(|text| SIGNATURE.as_bytes().starts_with(&text))
}

/// Whether a file has the name of a lock file of a scratch folder.
fn is_lock_name(name: &str, prefix: &str) -> bool {
    let random = name
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_suffix(LOCK))
        .and_then(|rest| rest.get(rest.len().checked_sub(owned::RANDOM)?..));
    random.is_some_and(owned::is_random)
}

/// Removes a scratch folder and then its lock file, unless somebody holds the lock.
fn remove_if_abandoned(path: &Path) -> io::Result<Option<(PathBuf, u64)>> {
    let Some(mut lock) = lock::take_abandoned(path)? else {
        return Ok(None);
    };
    let text = lock::beginning(&mut lock)?;
    let folder = path.with_extension("");
    let mut removed = None;
    if text == SIGNATURE
        && let Ok(found) = folder.symlink_metadata()
    {
        if !found.is_dir() || !files::is_own(&found) {
            return Ok(None);
        }
        let size = owned::size_of(&folder);
        tracing::debug!("sweeps the scratch folder {}", folder.display());
        std::fs::remove_dir_all(&folder)?;
        removed = Some((folder, size));
    } else if !SIGNATURE.starts_with(&text) {
        return Ok(None);
    }
    // The folder is created when the signature is complete.
    std::fs::remove_file(path)?;
    Ok(removed)
}

#[cfg(test)]
#[path = "scratch_tests.rs"]
mod tests;
