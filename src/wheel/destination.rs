//! The file that becomes the wheel: temporary until all is well.
//!
//! Takes a folder, gives a file in it that either takes the wheel's name in one step or goes away
//! without a trace. Never touches an earlier wheel before that step.
//!
//! A run that is killed leaves its temporary file. The next one [`sweep`]s it away: each run holds a
//! lock on its own files, and the system lets go of it when the process ends, however that happens,
//! so a file of that name without a lock is nobody's. Where the file system knows no locks, nothing
//! is swept.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use fs_err as fs;
use tempfile::NamedTempFile;

use crate::error::{Error, Problem, Result};
use crate::sys::lock::{self, Attempt};
use crate::sys::owned;

const PREFIX: &str = ".pyz3-wheel-";
const SUFFIX: &str = ".tmp";

/// Removes what runs that were killed have left in this folder, if it is there and lets us.
pub fn sweep(dir: &Path) {
    let Ok(found) = std::fs::read_dir(dir) else {
        return;
    };
    for entry in found.flatten() {
        if has_own_name(&entry.file_name().to_string_lossy()) {
            // If the file cannot be removed now, the next run tries again.
            let _ = remove_if_free(&entry.path());
        }
    }
}

/// Whether this is a name as [`create`] gives.
fn has_own_name(name: &str) -> bool {
    let random = name
        .strip_prefix(PREFIX)
        .and_then(|name| name.strip_suffix(SUFFIX));
    random.is_some_and(owned::is_random)
}

/// Removes a temporary file of this user that nobody is writing: it has the beginning of an archive or
/// nothing in it.
fn remove_if_free(path: &Path) -> io::Result<()> {
    match lock::take_abandoned(path)? {
        Some(file) if begins_as_archive(&file)? => {
            tracing::debug!("sweeps the unfinished archive {}", path.display());
            std::fs::remove_file(path)
        }
        _ => Ok(()),
    }
}

fn begins_as_archive(file: &File) -> io::Result<bool> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const GZIP: &[u8] = b"\x1f\x8b";
    let mut start = Vec::new();
    file.take(4).read_to_end(&mut start)?;
    // A run may be killed after the first byte.
    let is_begun = |magic: &[u8]| magic.starts_with(&start) || start.starts_with(magic);
    Ok(is_begun(ZIP) || is_begun(GZIP))
}

/// A temporary file in the folder of the wheel, so that the rename stays within one file system.
pub(super) fn create(dir: &Path) -> Result<NamedTempFile> {
    let refused = |error: &io::Error| {
        let why = reason(error);
        let problem = Problem::new(format!("cannot write to the output directory: {why}"));
        Error::system(
            problem
                .at(dir.display())
                .hint("choose another with --output-dir, or change its permissions"),
        )
    };
    fs::create_dir_all(dir).map_err(|error| refused(&error))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    loop {
        let file = builder.tempfile_in(dir).map_err(|error| refused(&error))?;
        // Another run may remove it before it is locked.
        if lock::attempt(file.as_file()) != Attempt::Busy
            && lock::is_at(file.as_file(), file.path())
        {
            readable_by_all(&file)?;
            return Ok(file);
        }
    }
}

/// Temporary files are private at first; a wheel is a file like any other.
#[cfg(unix)]
fn readable_by_all(file: &NamedTempFile) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(0o644);
    file.as_file()
        .set_permissions(mode)
        .map_err(|error| failed(&error, file.path()))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn readable_by_all(_: &NamedTempFile) -> Result<()> {
    Ok(())
}

/// On the disk, then in its place, over an earlier file of the same name.
pub(super) fn persist(file: NamedTempFile, path: PathBuf) -> Result<PathBuf> {
    // Without it a crash may leave the new name with the bytes of neither wheel.
    file.as_file()
        .sync_data()
        .map_err(|error| failed(&error, file.path()))?;
    match file.persist(&path) {
        Ok(_) => Ok(path),
        Err(error) => {
            let why = reason(&error.error);
            let problem = Problem::new(format!("cannot rename the finished archive: {why}"));
            Err(Error::system(problem.at(path.display()).hint(
                "if another program has the earlier one open, close it",
            )))
        }
    }
}

/// The same, but never over another file: gives the temporary file back if there is one.
pub(super) fn persist_new(file: NamedTempFile, path: &Path) -> Result<Option<NamedTempFile>> {
    file.as_file()
        .sync_data()
        .map_err(|error| failed(&error, file.path()))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(None),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(Some(error.file)),
        Err(error) => Err(failed(&error.error, path)),
    }
}

/// Another file has the path that a new one is to have.
pub(super) fn occupied(path: &Path) -> Error {
    let problem = Problem::new("another file is there, which is not replaced").at(path.display());
    let hint = "choose another directory with --output-dir, or remove the file";
    Error::config(problem.hint(hint))
}

/// A failure of the machine while the temporary file was written.
pub(super) fn failed(error: &io::Error, path: &Path) -> Error {
    let problem = Problem::new(format!("the archive cannot be written: {}", reason(error)));
    let problem = problem.at(path.display());
    Error::system(match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            problem.hint("free some space, or choose another disk with --output-dir")
        }
        _ => problem,
    })
}

/// The system's reason without the path, which the problem's place already tells.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    // The crate tempfile appends the path like this.
    match text.split_once(" at path \"") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_not_said_twice() {
        let folder = tempfile::tempdir().unwrap();
        let error = NamedTempFile::new_in(folder.path().join("gone")).unwrap_err();
        assert!(error.to_string().contains("gone"), "{error}");
        let problem = failed(&error, Path::new("gone")).to_string();
        assert_eq!(problem.matches("gone").count(), 1, "{problem}");
        let plain = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(reason(&plain), plain.to_string());
    }
}
