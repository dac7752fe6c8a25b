//! Detects that a file has changed without reading it, as git's index does.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Two changes within this time may leave the same stamp: some file systems (FAT) count in steps of
/// two seconds.
const COARSEST: i64 = 2_000_000_000;

/// Size, times and number of a file. Equal stamps mean equal bytes, once the stamp is old enough.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Stamp {
    size: u64,
    /// Nanoseconds since 1970.
    modified: i64,
    /// Nanoseconds since 1970; also of a change that a program hid by setting back the other time.
    changed: i64,
    inode: u64,
}

impl Stamp {
    pub(crate) fn of(found: &Metadata) -> Self {
        let (changed, inode) = unix(found);
        Self {
            size: found.len(),
            modified: found.modified().map_or(0, nanoseconds),
            changed,
            inode,
        }
    }

    /// The stamp of what is at a path, links followed; `None` if nothing is there or it is not accessible.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().as_ref().map(Self::of)
    }

    /// The stamp of the regular file at a path, links followed; `None` if there is no file.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        found.is_file().then(|| Self::of(&found))
    }

    /// In bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Whether size and time of change are these.
    pub(crate) fn is_like(&self, size: u64, modified: i64) -> bool {
        self.size == size && self.modified == modified
    }

    /// The later of its two times.
    pub(crate) fn latest(&self) -> i64 {
        self.modified.max(self.changed)
    }

    /// Whether a file that was read at this time (see [`now`]) and is changed later surely has
    /// another stamp.
    pub(crate) fn is_settled(&self, read_at: i64) -> bool {
        self.latest() < read_at - COARSEST
    }
}

/// What is at a path: where its links lead, and the stamp of what is there.
///
/// Values are equal as long as neither has changed. A path that does not exist has a value too, which
/// changes when something appears there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PathStamp {
    path: PathBuf,
    real: Option<PathBuf>,
    stamp: Option<Stamp>,
}

impl PathStamp {
    /// Looks at a path.
    pub(crate) fn of(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            real: std::fs::canonicalize(path).ok(),
            stamp: Stamp::at(path),
        }
    }

    /// Whether nothing has changed at the path since this was made.
    pub(crate) fn is_current(&self) -> bool {
        *self == Self::of(&self.path)
    }
}

/// Nanoseconds since 1970.
pub(crate) fn now() -> i64 {
    nanoseconds(SystemTime::now())
}

fn nanoseconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_nanos()).ok())
        .unwrap_or_default()
}

#[cfg(unix)]
fn unix(found: &Metadata) -> (i64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = found.ctime().saturating_mul(1_000_000_000);
    (seconds.saturating_add(found.ctime_nsec()), found.ino())
}

#[cfg(not(unix))]
fn unix(_: &Metadata) -> (i64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    #[test]
    fn a_path_changes_when_something_appears_or_changes_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let absent = PathStamp::of(&file);
        assert!(absent.is_current());
        fs::write(&file, "1").unwrap();
        assert!(!absent.is_current());
        let present = PathStamp::of(&file);
        assert!(present.is_current());
        fs::write(&file, "22").unwrap();
        assert!(!present.is_current());
    }

    /// Some tools give a new file the time of an older one.
    #[cfg(unix)]
    #[test]
    fn a_change_with_the_same_size_and_time_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "1").unwrap();
        let modified = fs::metadata(&file).unwrap().modified().unwrap();
        let before = Stamp::at(&file);
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(&file, "2").unwrap();
        let written = fs::OpenOptions::new().write(true).open(&file).unwrap();
        written.set_modified(modified).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), modified);
        assert_ne!(Stamp::at(&file), before);
    }
}
