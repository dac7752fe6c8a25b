//! Lock files: one process at a time does what a lock file stands for.
//!
//! Takes a path and what the lock is for; gives the lock, which ends when it is dropped and when the
//! process ends, however that happens. Waiting for a lock can be stopped, and is announced. A lock
//! file that exists is never truncated before it is locked, and whatever is at its path is never
//! followed, waited for or overwritten unless it is a lock file.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use super::cancel::Waiting;
use super::files;
use crate::error::{Error, Problem, Result};

/// The beginning of the content of a lock file, unless the file is empty.
const SIGNATURE: &str = "pyz3-wheel process ";

/// After this long a note tells the user what the program is waiting for.
const SILENCE: Duration = Duration::from_secs(1);

const SHORTEST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    is_exclusive: bool,
}

impl Lock {
    /// Waits for the lock of a file, which is created if need be. `purpose` is for those who wait for
    /// it in turn: "another pyz3-wheel, which {purpose}".
    pub(crate) fn acquire(path: &Path, purpose: &str, waiting: &Waiting) -> Result<Self> {
        acquire_by(File::try_lock, path, purpose, waiting)
    }

    /// Whether no other process can hold the same lock: false on a file system without locks.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.is_exclusive
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The next holder may be another user, who cannot replace the line of this process.
        if self.is_exclusive && is_lock_file(&mut self.file).unwrap_or(false) {
            let _ = self.file.set_len(0);
        }
    }
}

/// The outcome of one attempt to lock a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// This process has the lock.
    Held,
    /// Another process has the lock.
    Busy,
    /// The file system has no locks, or none for files that can only be read.
    Unsupported,
}

/// Attempts to lock a file without waiting.
pub(crate) fn attempt(file: &File) -> Attempt {
    attempt_by(File::try_lock, file)
}

/// How a file is locked; a parameter, so that tests can imitate a file system without locks.
type TryLock = fn(&File) -> Result<(), TryLockError>;

fn attempt_by(try_lock: TryLock, file: &File) -> Attempt {
    loop {
        return match try_lock(file) {
            Ok(()) => Attempt::Held,
            Err(TryLockError::WouldBlock) => Attempt::Busy,
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                continue;
            }
            Err(TryLockError::Error(_)) => Attempt::Unsupported,
        };
    }
}

fn acquire_by(try_lock: TryLock, path: &Path, purpose: &str, waiting: &Waiting) -> Result<Lock> {
    let open = || open_or_create(path).map_err(|error| refused(path, &error));
    let begin = Instant::now();
    let mut pause = SHORTEST_PAUSE;
    let mut is_announced = false;
    let mut file = open()?;
    loop {
        let attempt = attempt_by(try_lock, &file);
        if attempt == Attempt::Unsupported {
            return Ok(Lock {
                file,
                is_exclusive: false,
            });
        }
        if !is_at(&file, path) {
            // Somebody has removed the lock file: others lock the new one.
            waiting.cancel.check()?;
            file = open()?;
            continue;
        }
        if attempt == Attempt::Held {
            // Not an error: a file that only others can write to does not name its holder.
            let _ = describe(&mut file, purpose);
            return Ok(Lock {
                file,
                is_exclusive: true,
            });
        }
        waiting.cancel.check()?;
        if !is_announced && begin.elapsed() >= SILENCE {
            is_announced = true;
            if let Some(text) = announcement(&mut file, path) {
                waiting.note(&text);
            }
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// What to say about waiting; `None` if the holder is another thread of this process.
fn announcement(file: &mut File, path: &Path) -> Option<String> {
    match holder(file) {
        Some((process, _)) if process == std::process::id() => None,
        Some((process, purpose)) => Some(format!(
            "waiting for another pyz3-wheel (process {process}), which {purpose}"
        )),
        None => Some(format!(
            "waiting for another pyz3-wheel, which holds the lock {}",
            path.display()
        )),
    }
}

/// The process that holds the lock of a file, and its purpose, if the file names them. On Windows only the
/// holder can read a locked file.
fn holder(file: &mut File) -> Option<(u32, String)> {
    let text = beginning(file).ok()?;
    let text = text.strip_prefix(SIGNATURE)?.strip_suffix('\n')?;
    let (process, purpose) = text.split_once(", which ")?;
    // Another user may have written the text, which is printed to a terminal.
    let is_plain = purpose.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    Some((process.parse().ok()?, purpose.to_owned())).filter(|_| is_plain)
}

/// Writes which process holds the lock, and its purpose.
fn describe(file: &mut File, purpose: &str) -> io::Result<()> {
    if !is_lock_file(file)? {
        return Ok(());
    }
    file.set_len(0)?;
    file.rewind()?;
    let process = std::process::id();
    file.write_all(format!("{SIGNATURE}{process}, which {purpose}\n").as_bytes())
}

/// Whether a file may be written to: a file with other content, or with a second name (hard link), is not
/// a lock file, whatever its name is here.
fn is_lock_file(file: &mut File) -> io::Result<bool> {
    let is_known = is_content(beginning(file)?.as_bytes());
    Ok(is_known && files::has_one_name(&file.metadata()?))
}

/// Whether a lock file may have this content: none, or a line that names the holder of the lock.
pub(crate) fn is_content(content: &[u8]) -> bool {
    content.is_empty() || content.starts_with(SIGNATURE.as_bytes())
}

/// The first bytes of a file.
pub(super) fn beginning(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(1000).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Opens a lock file, or creates it.
fn open_or_create(path: &Path) -> io::Result<File> {
    loop {
        match create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                // Everyone who may write to the folder may hold its locks.
                if let Some(folder) = path.parent() {
                    files::share_file(&file, folder);
                }
                return Ok(file);
            }
        }
        match open(path) {
            // Another process has removed it in between.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
    }
}

/// Creates a lock file; an error if anything is at the path.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = files::plain_options();
    options.read(true).write(true).create_new(true).open(path)
}

/// Opens a lock file that exists. Most systems can also lock a file that can only be read.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    match files::open_regular(path, true) {
        Err(error) if files::is_denial(&error) => files::open_regular(path, false),
        opened => opened,
    }
}

/// Whether a path still leads to this very file.
#[cfg(unix)]
pub(crate) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), std::fs::symlink_metadata(path)) {
        (Ok(file), Ok(found)) => identity(file) == identity(found),
        _ => false,
    }
}

/// Whether there still is a file.
#[cfg(not(unix))]
pub(crate) fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}

fn refused(path: &Path, error: &io::Error) -> Error {
    if files::is_denial(error) {
        return Error::system(files::denied(path.parent().unwrap_or(path), error));
    }
    let problem = Problem::new(format!("cannot lock {}: {error}", path.display()));
    Error::system(if error.kind() == io::ErrorKind::InvalidInput {
        problem.hint(format!("remove {}", path.display()))
    } else {
        problem
    })
}

#[cfg(test)]
#[path = "lock_tests.rs"]
mod tests;
