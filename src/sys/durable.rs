//! Writes files through to the disk, so that they survive a power cut.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use fs_err as fs;

use super::owned::{self, Kind};

/// Waiting for the disk takes no processor time, and files that are synced at once share one write of the
/// file system's journal.
const THREADS: usize = 16;

/// With more files than this, sync the whole file system instead, where that is possible.
const MANY: usize = 512;

/// Syncs `dir` and all files and directories below it to the disk.
pub(crate) fn sync_tree(dir: &Path) -> io::Result<()> {
    let mut paths = vec![dir.to_owned()];
    owned::walk(dir, &mut |path, _, kind| {
        let can_sync = kind == Kind::File || (cfg!(unix) && kind == Kind::Directory);
        if can_sync {
            paths.push(path.to_owned());
        }
        true
    })?;
    if paths.len() > MANY && sync_file_system(dir)? {
        return Ok(());
    }
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..THREADS.min(paths.len()) {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = sync(path) {
                        *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    }
                }
            });
        }
    });
    let failure = failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    failure.map_or(Ok(()), Err)
}

/// Syncs the names in a directory to the disk, where the system supports that.
pub(crate) fn sync_names(dir: &Path) {
    if cfg!(unix) {
        // Some network file systems do not support it; what a power cut loses there is created again.
        let _ = std::fs::File::open(dir).and_then(|dir| dir.sync_all());
    }
}

fn sync(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        sync_names(path);
        return Ok(());
    }
    // Windows requires a handle that can be written to.
    let file = fs::File::options()
        .read(true)
        .write(cfg!(windows))
        .open(path);
    match file.and_then(|file| file.sync_data()) {
        Err(error) if is_unsupported(&error) => Ok(()),
        outcome => outcome,
    }
}

/// Whether the file system does not support syncing, or, on Windows, the file is read-only.
fn is_unsupported(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    matches!(error.kind(), InvalidInput | Unsupported)
        || (cfg!(windows) && error.kind() == PermissionDenied)
}

/// Syncs the whole file system of `dir`; gives whether that was possible.
#[cfg(target_os = "linux")]
fn sync_file_system(dir: &Path) -> io::Result<bool> {
    Ok(rustix::fs::syncfs(std::fs::File::open(dir)?).is_ok())
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
fn sync_file_system(_: &Path) -> io::Result<bool> {
    Ok(false)
}
