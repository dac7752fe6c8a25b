//! By what it is seen that a file has changed, without reading it.
//!
//! Takes a file's metadata, gives a stamp; git's index goes by the same marks.

use std::fs::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Two changes within this time may leave the same stamp: some file systems (FAT) count in steps of
/// two seconds.
const COARSEST: i64 = 2_000_000_000;

/// Size, times and number of a file. Equal stamps mean equal bytes, once the stamp is old enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
