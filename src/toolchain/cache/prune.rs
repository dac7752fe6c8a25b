//! Removes entries from the cache, but only what is known to be ours.
//!
//! An entry is moved aside before anything in it is removed, so a reader finds it whole or not at all. An
//! entry that contains something that we did not create is kept whole and reported. A run that is killed
//! leaves a temporary folder, from which the next run continues.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;

use super::entries::{ENTRY, INCOMPLETE, INCOMPLETE_TEXT};
use super::kinds::{self, Holds};
use super::manifest::{self, Manifest};
use super::{Cache, programs};
use crate::error::Result;
use crate::sys::owned::{self, Kind, Removal};

/// What was removed, and what was kept because it is not known to be ours.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Removed {
    /// The number of entries that were removed.
    pub entries: usize,
    /// Their size in bytes.
    pub bytes: u64,
    /// The paths of what was kept, because it is not known to be ours.
    pub kept: Vec<String>,
}

impl std::ops::Add for Removed {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self.kept.extend(other.kept);
        Self {
            entries: self.entries + other.entries,
            bytes: self.bytes + other.bytes,
            kept: self.kept,
        }
    }
}

impl Removed {
    fn keep(path: &Path) -> Self {
        Self {
            kept: vec![path.display().to_string()],
            ..Self::default()
        }
    }
}

impl From<Removal> for Removed {
    fn from(removal: Removal) -> Self {
        let kept = removal.kept.iter().map(|path| path.display().to_string());
        Self {
            entries: 0,
            bytes: removal.bytes,
            kept: kept.collect(),
        }
    }
}

impl Cache {
    /// The bytes of all files in a folder and below.
    pub fn size_of(path: &Path) -> u64 {
        owned::size_of(path)
    }

    /// The kinds of entries in it, each with its size in bytes, sorted by name.
    pub fn sizes(&self) -> Result<Vec<(String, u64)>> {
        let kinds = self.kinds()?.into_iter();
        let sizes = kinds.map(|(kind, _)| {
            let size = Self::size_of(&self.dir(&kind));
            (kind, size)
        });
        Ok(sizes.collect())
    }

    /// The kinds of entries in it, sorted by name.
    fn kinds(&self) -> Result<Vec<(String, Holds)>> {
        let mut kinds = Vec::new();
        for found in fs::read_dir(self.root())? {
            let found = found?;
            let name = found.file_name().to_string_lossy().into_owned();
            if let Some(holds) = kinds::holds(&name).filter(|_| owned::is_directory(&found.path()))
            {
                kinds.push((name, holds));
            }
        }
        kinds.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(kinds)
    }

    /// Removes the entry `key`, if it exists. A process that reads it at the same time finds each file complete or
    /// not at all. An entry is kept if it is not known to be ours, or if something in it is not.
    pub fn remove(&self, kind: &str, key: &str) -> Result<Removed> {
        let path = self.path(kind, key);
        if std::fs::symlink_metadata(&path).is_err() {
            return Ok(Removed::default());
        }
        if let Some(foreign) = self.foreign(kind, key)? {
            return Ok(Removed::keep(&foreign));
        }
        let removed = self.set_aside(kind, key)?;
        Ok(Removed {
            entries: usize::from(removed.kept.is_empty()),
            ..removed
        })
    }

    /// The first item in an entry that is not ours; the entry itself if it is not known to be ours.
    pub fn foreign(&self, kind: &str, key: &str) -> Result<Option<PathBuf>> {
        let path = self.path(kind, key);
        let known = owned::is_directory(&self.dir(kind));
        let manifest = known.then(|| kinds::manifest(kind, key, &path)).flatten();
        match manifest {
            None => Ok(Some(path)),
            Some(manifest) => Ok(owned::find_foreign(&path, &|below, kind| {
                manifest.claims(below, kind)
            })?),
        }
    }

    /// Moves the entry `key` out of its place, and removes what is ours in it. Other items stay in a
    /// temporary folder beside the place.
    pub(super) fn set_aside(&self, kind: &str, key: &str) -> Result<Removed> {
        let path = self.path(kind, key);
        if std::fs::symlink_metadata(&path).is_err() {
            return Ok(Removed::default());
        }
        let manifest = kinds::manifest(kind, key, &path);
        let aside = tempfile::Builder::new()
            .prefix(&format!(".{key}.old-"))
            .tempdir_in(self.dir(kind))?
            .keep();
        if let Some(manifest) = &manifest {
            // Not in the entry: the manifest must exist until everything else is gone.
            manifest.write(&aside)?;
        }
        match std::fs::rename(&path, aside.join(ENTRY)) {
            // Another run has removed it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            outcome => outcome?,
        }
        self.whole().remove(&path);
        Ok(remove_aside(&aside)?.into())
    }

    /// Removes the temporary folders of an entry that killed runs left. The caller holds the entry's lock.
    pub(super) fn sweep(&self, kind: &str, key: &str) -> Result<()> {
        let prefixes = [format!(".{key}.new-"), format!(".{key}.old-")];
        for found in fs::read_dir(self.dir(kind))? {
            let found = found?;
            let name = found.file_name();
            let name = name.to_string_lossy();
            if prefixes
                .iter()
                .any(|prefix| name.starts_with(prefix.as_str()))
            {
                remove_temporary(&found.path())?;
            }
        }
        Ok(())
    }

    /// Removes the temporary folders of killed runs: those that have not changed for this long.
    pub fn tidy(&self, untouched: Duration) -> Result<Removed> {
        let mut removed = Removed::default();
        for (kind, holds) in self.kinds()? {
            if holds != Holds::Entries {
                continue;
            }
            for found in fs::read_dir(self.dir(&kind))? {
                let found = found?;
                let age = found.metadata().and_then(|found| found.modified());
                let age = age.ok().and_then(|touched| touched.elapsed().ok());
                if is_temporary(&found.path()) && age.is_some_and(|age| age > untouched) {
                    removed = removed + remove_temporary(&found.path())?;
                }
            }
        }
        Ok(removed)
    }

    /// Removes everything that is ours. Must not run during a build.
    pub fn empty(&self) -> Result<Removed> {
        let mut removed = Removed::default();
        for (kind, holds) in self.kinds()? {
            let dir = self.dir(&kind);
            removed = removed
                + match holds {
                    Holds::ZigCache => counted(owned::remove_below(&dir, &programs::is_of_zig)?),
                    Holds::UvCache => {
                        let rule = |below: &Path, kind| programs::is_of_uv(&dir, below, kind);
                        counted(owned::remove_below(&dir, &rule)?)
                    }
                    Holds::Entries | Holds::Files | Holds::Pythons => {
                        self.empty_kind(&kind, holds)?
                    }
                };
            // A folder that is not empty stays.
            let _ = std::fs::remove_dir(&dir);
        }
        for found in fs::read_dir(self.root())? {
            let found = found?;
            if !super::folder::is_of_cache(&found.file_name()) {
                removed = removed + Removed::keep(&found.path());
            }
        }
        Ok(removed)
    }

    fn empty_kind(&self, kind: &str, holds: Holds) -> Result<Removed> {
        let mut removed = Removed::default();
        let mut locks = Vec::new();
        for found in fs::read_dir(self.dir(kind))? {
            let found = found?;
            let path = found.path();
            let item = Kind::of(found.file_type()?);
            let is_beside = holds == Holds::Pythons && programs::is_beside_pythons(&path, item);
            let next = match (item, found.file_name().to_str()) {
                (Kind::Directory, _) if is_beside => owned::remove(&path, &|_, _| false)?.into(),
                (Kind::Directory, _) if is_temporary(&path) => remove_temporary(&path)?,
                (Kind::Directory, Some(key)) => self.remove(kind, key)?,
                (Kind::File, _) if kinds::is_lock(kind, &path) => {
                    locks.push(path);
                    continue;
                }
                _ if is_beside
                    || (item == Kind::File
                        && holds == Holds::Files
                        && kinds::is_own_file(kind, &path)) =>
                {
                    let bytes = found.metadata()?.len();
                    fs::remove_file(&path)?;
                    Removed {
                        entries: usize::from(!is_beside),
                        bytes,
                        kept: Vec::new(),
                    }
                }
                _ => Removed::keep(&path),
            };
            removed = removed + next;
        }
        for lock in locks {
            fs::remove_file(lock)?;
        }
        Ok(removed)
    }
}

/// A directory of another program counts as one entry.
fn counted(removal: Removal) -> Removed {
    Removed {
        entries: usize::from(removal.bytes > 0),
        ..removal.into()
    }
}

/// Whether a directory has a name like our temporary folders.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut parts = [".new-", ".old-"]
        .iter()
        .filter_map(|part| name.rsplit_once(part));
    let is_named = parts.any(|(key, random)| key.len() > 1 && owned::is_random(random));
    name.starts_with('.') && is_named && owned::is_directory(path)
}

/// Removes a temporary folder if its content proves that it is ours.
fn remove_temporary(path: &Path) -> Result<Removed> {
    let incomplete = owned::read_file(&path.join(INCOMPLETE), 1000);
    let removal = if incomplete.is_some_and(|text| text == INCOMPLETE_TEXT.as_bytes()) {
        // It is not known what was put into the unfinished entry, but nobody else writes there.
        let rule =
            |below: &Path, _: Kind| below.starts_with(ENTRY) || below.as_os_str() == INCOMPLETE;
        match owned::find_foreign(path, &rule)? {
            None => owned::remove(path, &rule)?,
            Some(foreign) => Removal {
                kept: vec![foreign],
                ..Removal::default()
            },
        }
    } else {
        remove_aside(path)?
    };
    let removed: Removed = removal.into();
    Ok(Removed {
        entries: usize::from(removed.kept.is_empty()),
        ..removed
    })
}

/// Removes what is ours in an entry that was set aside, and then its temporary folder. A folder without a
/// manifest is kept whole.
fn remove_aside(aside: &Path) -> std::io::Result<Removal> {
    let Some(manifest) = Manifest::read(aside) else {
        return Ok(Removal {
            kept: vec![aside.to_owned()],
            ..Removal::default()
        });
    };
    let entry = aside.join(ENTRY);
    let mut removal = if owned::is_directory(&entry) {
        owned::remove(&entry, &|below, kind| manifest.claims(below, kind))?
    } else {
        Removal::default()
    };
    let rule = |below: &Path, kind: Kind| kind == Kind::File && below.as_os_str() == manifest::FILE;
    if removal.kept.is_empty() {
        let rest = owned::remove(aside, &rule)?;
        removal.bytes += rest.bytes;
        removal.kept = rest.kept;
    }
    Ok(removal)
}
