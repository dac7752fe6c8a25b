//! Checks whether a cache directory is ours.
//!
//! The directory is ours if we have created it, if it was empty, or if its CACHEDIR.TAG has our line with
//! the version of the layout. A directory with anything else in it is refused, so that files of others are
//! never mistaken for entries. A CACHEDIR.TAG of a version before the line proves nothing, since
//! that version wrote one into any directory: there, everything else in the directory must be ours too.
//! Without a CACHEDIR.TAG, a directory is ours if it contains only locks of entries.

use std::io::{self, Write as _};
use std::path::Path;

use fs_err as fs;

use super::kinds;
use crate::error::{Error, Problem, Result};
use crate::sys::cachedir::cachedir_tag;
use crate::sys::owned;

const TAG: &str = "CACHEDIR.TAG";

/// The version of the layout. Raise it when earlier versions can no longer use the cache.
const LAYOUT: u32 = 1;

/// The beginning of the line with the version of the layout.
const LAYOUT_LINE: &str = "# Layout of the pyz3-wheel cache: ";

/// The content of the file since the first version.
const TEXT: &str = cachedir_tag!(
    "\n# This folder belongs to pyz3-wheel. It can be removed at any time; it is made again.\n"
);

/// Files that operating systems and file managers put into any directory, and files that keep an empty
/// directory in git.
const OF_THE_SYSTEM: [&str; 6] = [
    ".DS_Store",
    ".gitignore",
    ".gitkeep",
    "Thumbs.db",
    "desktop.ini",
    "lost+found",
];

/// The state of a cache directory.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Folder {
    /// The directory does not exist.
    Missing,
    /// The directory is empty.
    Empty,
    /// The CACHEDIR.TAG has our line.
    Ours,
    /// An earlier version created it, and it contains nothing else; or it contains only locks.
    OfEarlierVersion,
}

/// Finds out the state of a directory; an error if it is neither ours nor empty.
pub(super) fn inspect(root: &Path) -> Result<Folder> {
    let found = match fs::read_dir(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Folder::Missing),
        Err(error) => return Err(error.into()),
        Ok(found) => found,
    };
    let tag = owned::read_file(&root.join(TAG), 4096);
    let tag = tag.map(|text| String::from_utf8_lossy(&text).into_owned());
    let layout = tag.as_deref().and_then(|text| {
        let mut lines = text
            .lines()
            .filter_map(|line| line.strip_prefix(LAYOUT_LINE));
        lines.next()
    });
    if let Some(layout) = layout {
        return match layout.parse::<u32>() {
            Ok(layout) if layout <= LAYOUT => Ok(Folder::Ours),
            _ => Err(later(root)),
        };
    }
    let is_earlier = tag.as_deref() == Some(TEXT);
    let mut is_empty = true;
    let mut has_only_locks = true;
    let mut others = Vec::new();
    for entry in found {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = owned::Kind::of(entry.file_type()?);
        let is_tag = name == TAG && is_earlier;
        let is_kind = kind == owned::Kind::Directory && kinds::holds(&name).is_some();
        if OF_THE_SYSTEM.contains(&&*name) || is_new_tag(&name) {
            continue;
        }
        is_empty = false;
        has_only_locks &= is_kind && holds_only_locks(root, &name);
        if !(is_earlier && (is_tag || is_kind)) {
            others.push(name);
        }
    }
    if is_empty {
        Ok(Folder::Empty)
    } else if others.is_empty() || has_only_locks {
        Ok(Folder::OfEarlierVersion)
    } else {
        others.sort();
        Err(foreign(root, &others, is_earlier))
    }
}

/// Whether there is at least one lock in the directory of a kind, and nothing else.
fn holds_only_locks(root: &Path, kind: &str) -> bool {
    let dir = root.join(kind);
    let Ok(found) = std::fs::read_dir(&dir) else {
        return false;
    };
    let mut locks = found.map(|entry| entry.is_ok_and(|entry| kinds::is_lock(kind, &entry.path())));
    locks.next().unwrap_or(false) && locks.all(|is_lock| is_lock)
}

/// Whether an item at the top of a cache is one of the cache or of the system.
pub(super) fn is_of_cache(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    name == TAG
        || is_new_tag(&name)
        || OF_THE_SYSTEM.contains(&&*name)
        || kinds::holds(&name).is_some()
}

/// A tag that is being written.
fn is_new_tag(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

const PREFIX: &str = ".pyz3-wheel-tag-";
const SUFFIX: &str = ".tmp";

/// Creates the directory if it does not exist, and marks it as ours.
pub(super) fn claim(root: &Path) -> Result<()> {
    let folder = inspect(root)?;
    if folder == Folder::Ours {
        return Ok(());
    }
    fs::create_dir_all(root)?;
    let mut new = tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .tempfile_in(root)?;
    new.write_all(format!("{TEXT}{LAYOUT_LINE}{LAYOUT}\n").as_bytes())?;
    readable_by_all(new.as_file());
    // If a power cut emptied the tag, the whole cache would be refused.
    new.as_file().sync_all()?;
    // In one step, so that no other run reads an incomplete tag.
    new.persist(root.join(TAG)).map_err(|error| error.error)?;
    Ok(())
}

/// Lets all users read the file, because temporary files are private.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) {
    use std::os::unix::fs::PermissionsExt as _;
    // Not an error: a tag that only its owner can read only keeps others from sharing the cache.
    let _ = file.set_permissions(std::fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn readable_by_all(_: &std::fs::File) {}

fn foreign(root: &Path, others: &[String], is_earlier: bool) -> Error {
    const MOST_NAMED: usize = 3;
    let mut names = others[..others.len().min(MOST_NAMED)].join(", ");
    if others.len() > MOST_NAMED {
        names = format!("{names} and {} more", others.len() - MOST_NAMED);
    }
    let own = root.join("pyz3-wheel");
    let mut hint = format!(
        "use a directory of its own: --cache-dir '{}'",
        own.display()
    );
    if is_earlier {
        hint.push_str("\nor move what is not part of the cache to another place");
    } else if others.iter().all(|name| is_of_cache(name.as_ref())) {
        hint.push_str(
            "\nor, if this is a part of a cache that was copied or restored, restore its CACHEDIR.TAG too",
        );
    }
    Error::config(
        Problem::new(format!(
            "the cache directory contains files that pyz3-wheel did not create: {names}"
        ))
        .at(root.display())
        .hint(hint),
    )
}

fn later(root: &Path) -> Error {
    Error::config(
        Problem::new(
            "a later version of pyz3-wheel created this cache, but this version cannot use it",
        )
        .at(root.display())
        .hint("update pyz3-wheel, or name another directory with --cache-dir"),
    )
}
