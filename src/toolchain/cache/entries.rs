//! Creates the entries of the cache, and finds and repairs damaged ones.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::manifest::Manifest;
use super::{Cache, VARIABLE, kinds};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::sys::files::{self, create_shared_folder};
use crate::sys::lock::Lock;
use crate::sys::{durable, owned, sync};

impl Cache {
    /// The entry `key`; if it does not exist, `make` creates it.
    ///
    /// `make` fills the empty folder that it gets, which is not yet the place of the entry (that is [`Cache::path`]).
    /// If it fails, nothing is left behind. If several threads or processes need the same entry at the same time, the
    /// others wait for the first.
    pub fn get_or_make(
        &self,
        kind: &str,
        key: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        if let Some(path) = self.get(kind, key) {
            tracing::debug!("cache hit: {kind}/{key}");
            return Ok(path);
        }
        tracing::debug!("cache miss: {kind}/{key}");
        let path = self.path(kind, key);
        let lock = self.lock(kind, key)?;
        if owned::is_directory(&path) {
            return Ok(path);
        }
        // Under the lock, any temporary folder of this entry was left behind by a killed process.
        if lock.is_exclusive() {
            self.sweep(kind, key)?;
        }
        let building = self.make_beside(kind, key, make)?;
        put(&building, &path)?;
        self.whole().insert(path.clone());
        Ok(path)
    }

    /// Like [`Cache::get_or_make`], but an existing entry is verified first, and created again if it is damaged.
    pub fn get_whole_or_make(
        &self,
        kind: &str,
        key: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        match self.get(kind, key) {
            Some(path) => match self.damage(&path) {
                None => {
                    tracing::debug!("cache hit: {kind}/{key}");
                    Ok(path)
                }
                Some(damage) => {
                    tracing::debug!("cache entry is damaged ({damage}): {kind}/{key}");
                    self.repair(kind, key, make)
                }
            },
            None => self.get_or_make(kind, key, make),
        }
    }

    /// The damage of an entry, if there is any. An entry is read once in a run.
    pub fn damage(&self, entry: &Path) -> Option<String> {
        if self.whole().contains(entry) {
            return None;
        }
        let name = |path: Option<&Path>| Some(path?.file_name()?.to_str()?.to_owned());
        let (key, kind) = (name(Some(entry))?, name(entry.parent())?);
        let damage = kinds::damage(&kind, &key, entry);
        if damage.is_none() {
            self.whole().insert(entry.to_owned());
        }
        damage
    }

    /// Creates a damaged entry again. The old one is moved away first; files in it that are not ours are kept there.
    pub fn repair(
        &self,
        kind: &str,
        key: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let path = self.path(kind, key);
        let lock = self.lock(kind, key)?;
        // Another process may have repaired it in the meantime.
        let there = owned::is_directory(&path).then_some(&path);
        let damage = there.map(|path| self.damage(path));
        if matches!(damage, Some(None)) {
            return Ok(path);
        }
        let damaged = self.get(kind, key).unwrap_or_else(|| path.clone());
        let damage = damage.flatten().or_else(|| self.damage(&damaged));
        let damage = damage.unwrap_or_default();
        if lock.is_exclusive() {
            self.sweep(kind, key)?;
        }
        let building = self
            .make_beside(kind, key, make)
            .map_err(|error| repair_failed(&damaged, &damage, error))?;
        let kept = self.set_aside(kind, key)?.kept;
        put(&building, &path)?;
        self.whole().insert(path.clone());
        let mut note =
            format!("the cache entry {kind}/{key} was damaged ({damage}), so it was made again");
        if let Some(kept) = kept.first() {
            note = format!("{note}; what pyz3-wheel has not made there was kept: {kept}");
        }
        self.note(&note);
        Ok(path)
    }

    /// Entries that this run has verified or created.
    pub(super) fn whole(&self) -> std::sync::MutexGuard<'_, BTreeSet<PathBuf>> {
        sync::lock(&self.whole)
    }

    /// Tells the user what happens in the cache.
    pub(in crate::toolchain) fn note(&self, text: &str) {
        self.waiting.note(text);
    }

    /// Writes a manifest into each entry of a kind that another program has just created. An entry of an earlier run
    /// does not get one: someone else may have added files to it.
    pub(in crate::toolchain) fn list_new_entries(
        &self,
        kind: &str,
        before: &BTreeSet<OsString>,
    ) -> Result<()> {
        for name in self.names(kind)?.difference(before) {
            let entry = self.dir(kind).join(name);
            if owned::is_directory(&entry) && !name.as_encoded_bytes().starts_with(b".") {
                Manifest::of(&entry)?.write(&entry)?;
                durable::sync_tree(&entry)?;
            }
        }
        Ok(())
    }

    /// The names of all entries of one kind.
    pub(in crate::toolchain) fn names(&self, kind: &str) -> Result<BTreeSet<OsString>> {
        let found = fs::read_dir(self.make_dir(kind)?)?;
        let names = found.map(|entry| Ok(entry?.file_name()));
        names.collect()
    }

    /// The folder of one kind of entries, which is created if it does not exist. A link in its place is not followed.
    pub(in crate::toolchain) fn make_dir(&self, kind: &str) -> Result<PathBuf> {
        let dir = self.dir(kind);
        if !owned::is_directory(&dir) {
            create_shared_folder(&dir, &self.root)
                .map_err(|error| Error::system(files::denied(&self.root, &error)))?;
            if !owned::is_directory(&dir) {
                return Err(Error::system(
                    Problem::new("a folder of the cache is a link, which is not followed")
                        .at(dir.display())
                        .hint(format!("remove the link: {}", dir.display())),
                ));
            }
        }
        Ok(dir)
    }

    /// Puts a new entry in the place of the entry `key`, unless another process has put one there in the meantime.
    pub fn replace(
        &self,
        kind: &str,
        key: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<()> {
        let building = self.make_beside(kind, key, make)?;
        self.set_aside(kind, key)?;
        put(&building, &self.path(kind, key))
    }

    /// Creates an entry with its manifest in a temporary folder beside its place, and syncs it to the disk.
    fn make_beside(
        &self,
        kind: &str,
        key: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<tempfile::TempDir> {
        let building = tempfile::Builder::new()
            .prefix(&format!(".{key}.new-"))
            .tempdir_in(self.make_dir(kind)?)?;
        fs::write(building.path().join(INCOMPLETE), INCOMPLETE_TEXT)?;
        let entry = building.path().join(ENTRY);
        fs::create_dir(&entry)?;
        make(&entry)?;
        Manifest::of(&entry)?.write(&entry)?;
        durable::sync_tree(&entry)?;
        Ok(building)
    }

    /// Waits for the lock of one entry and holds it until dropped.
    pub(in crate::toolchain) fn lock(&self, kind: &str, key: &str) -> Result<Lock> {
        let purpose = match kind {
            "zig" => format!("installs Zig {key}"),
            "tools" | "packages" => format!("installs {key}"),
            _ => format!("creates {kind}/{key} in the cache"),
        };
        self.make_dir(kind)
            .and_then(|dir| {
                let file = dir.join(format!(".{key}.lock"));
                Lock::acquire(&file, &purpose, &self.waiting)
            })
            .map_err(|error| match error.kind() {
                ErrorKind::System => error.hint(&format!(
                    "use another cache: --cache-dir DIR, or {VARIABLE}"
                )),
                _ => error,
            })
    }
}

/// A folder in a temporary one, because that is readable by its owner only.
pub(super) const ENTRY: &str = "entry";

/// The name of a file that marks a temporary folder with an incomplete entry. Everything in such a folder is ours.
pub(super) const INCOMPLETE: &str = ".incomplete";

/// The content of that file.
pub(super) const INCOMPLETE_TEXT: &str = "pyz3-wheel is making an entry of its cache here.\n";

/// Puts a complete entry in its place, unless another process has put one there in the meantime.
fn put(building: &tempfile::TempDir, place: &Path) -> Result<()> {
    match fs::rename(building.path().join(ENTRY), place) {
        Err(_) if owned::is_directory(place) => {}
        outcome => outcome?,
    }
    if let Some(dir) = place.parent() {
        durable::sync_names(dir);
    }
    Ok(())
}

fn repair_failed(entry: &Path, damage: &str, error: Error) -> Error {
    let kind = error.kind();
    let problems = error.into_problems().into_iter().map(|problem| {
        let hint = problem.hint.map(|hint| format!("{hint}\n"));
        Problem::new(format!(
            "a cache entry is damaged ({damage}) and could not be created again: {}",
            problem.message
        ))
        .at(entry.display())
        .hint(format!(
            "{}or remove this directory, and run again when its sources are available",
            hint.unwrap_or_default()
        ))
    });
    match Error::check(kind, problems.collect()) {
        Err(error) => error,
        Ok(()) => Error::system(Problem::new(format!("a cache entry is damaged ({damage})"))),
    }
}
