//! Our cache folder: things that are made once and then only read.
//!
//! Takes a name and a way to make it; gives the path of the finished thing. An entry is complete or
//! not there: it is built beside its place and renamed into it, under a lock that holds across
//! threads and processes. It never changes or removes a finished entry.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use etcetera::BaseStrategy;
use fs_err as fs;
use tempfile::TempDir;

use crate::error::{Error, Problem, Result};

/// The variable that names the cache folder.
const VARIABLE: &str = "PYZ3_WHEEL_CACHE_DIR";

/// The convention by which backup programs skip a folder; source: <https://bford.info/cachedir/>.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder belongs to pyz3-wheel. It can be removed at any time; it is made again.\n";

/// What was removed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Removed {
    /// How many entries.
    pub entries: usize,
    /// Their size in bytes.
    pub bytes: u64,
}

impl std::ops::Add for Removed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            entries: self.entries + other.entries,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// The cache folder of pyz3-wheel.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
    /// A cache folder that can be read but not written to.
    read_only: Option<PathBuf>,
    /// The folder itself, if it is removed at the end.
    temporary: Option<Arc<TempDir>>,
}

impl Cache {
    /// Opens, and makes if need be, the folder `explicit`, else `$PYZ3_WHEEL_CACHE_DIR`, else
    /// `pyz3-wheel` in the platform's folder for caches (`$XDG_CACHE_HOME` or `~/.cache`, on
    /// Windows `%LOCALAPPDATA%`).
    pub fn open(explicit: Option<&Path>) -> Result<Self> {
        let root = match explicit {
            Some(path) => path.to_path_buf(),
            None => Self::default_root()?,
        };
        let root = std::path::absolute(&root)?;
        let tag = root.join("CACHEDIR.TAG");
        if !tag.exists() {
            fs::create_dir_all(&root)
                .and_then(|()| fs::write(&tag, CACHEDIR_TAG))
                .map_err(|error| {
                    Error::system(
                        Problem::new(format!("the cache folder can't be used: {error}"))
                            .hint(format!("set {VARIABLE} to a folder that can be written to")),
                    )
                })?;
        }
        Ok(Self {
            root,
            read_only: None,
            temporary: None,
        })
    }

    /// Opens the same folder, or a temporary one where it can't be written to: a container without a home
    /// folder, a home folder or a cache of another user. `note` is told so. What such a cache holds already
    /// is used. That a folder that was named can't be made is an error.
    pub fn open_or_temporary(explicit: Option<&Path>, note: &dyn Fn(&str)) -> Result<Self> {
        let is_named = explicit.is_some() || Self::named_root().is_some();
        let (read_only, why) = match Self::open(explicit) {
            Ok(cache) => match check_writable(&cache.root) {
                Ok(()) => return Ok(cache),
                Err(error) => {
                    let why = format!("the cache folder {} ({error})", cache.root.display());
                    (Some(cache.root), why)
                }
            },
            Err(error) if is_named => return Err(error),
            Err(_) => match Self::default_root() {
                Ok(root) => (None, format!("the cache folder {}", root.display())),
                Err(_) => (None, "a cache folder, without a home folder".to_owned()),
            },
        };
        let folder = tempfile::Builder::new()
            .prefix("pyz3-wheel-cache-")
            .tempdir()?;
        note(&format!(
            "cannot write to {why}, so a temporary cache is used, which is removed at the end; to keep what is \
             downloaded and built, name a folder that can be written to: --cache-dir DIR, or {VARIABLE}"
        ));
        Ok(Self {
            root: std::path::absolute(folder.path())?,
            read_only,
            temporary: Some(Arc::new(folder)),
        })
    }

    fn named_root() -> Option<PathBuf> {
        let path = std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
        path.map(PathBuf::from)
    }

    fn default_root() -> Result<PathBuf> {
        if let Some(path) = Self::named_root() {
            return Ok(path);
        }
        let folders = etcetera::choose_base_strategy().map_err(|error| {
            Error::system(
                Problem::new(format!("there is no place for a cache: {error}"))
                    .hint(format!("set {VARIABLE} to a folder that can be written to")),
            )
        })?;
        Ok(folders.cache_dir().join("pyz3-wheel"))
    }

    /// Whether the folder is removed at the end.
    pub(super) fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of one kind of things; it need not exist yet.
    pub fn dir(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The cache directory that another program has to be given by `variable`, because it cannot write to
    /// the folder `name` in the user's folder for caches; some look no further than `HOME` for that.
    pub fn substitute(&self, variable: &str, name: &str) -> Option<PathBuf> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let own = own_cache(&set);
        let is_usable = |folder: PathBuf| check_writable(&folder.join(name)).is_ok();
        let is_needed = set(variable).is_none() && !own.is_some_and(is_usable);
        is_needed.then(|| self.dir(&format!("{name}-cache")))
    }

    /// Where the entry `key` is, or would be once made.
    pub fn path(&self, kind: &str, key: &str) -> PathBuf {
        self.dir(kind).join(key)
    }

    /// The entry `key`, if it was made.
    pub fn get(&self, kind: &str, key: &str) -> Option<PathBuf> {
        let mut folders = self.dirs(kind).into_iter().map(|dir| dir.join(key));
        folders.find(|path| path.is_dir())
    }

    /// All folders that may hold things of one kind; they need not exist.
    pub fn dirs(&self, kind: &str) -> Vec<PathBuf> {
        let roots = [Some(&self.root), self.read_only.as_ref()];
        let roots = roots.into_iter().flatten();
        roots.map(|root| root.join(kind)).collect()
    }

    /// The entry `key`, made by `make` if it is not there yet.
    ///
    /// `make` fills the empty folder that it is given, which is not yet the entry's own place
    /// (that is [`Cache::path`]). If it fails, nothing stays behind. Others that want the same
    /// entry at the same time wait for the first.
    pub fn get_or_make(
        &self,
        kind: &str,
        key: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        if let Some(path) = self.get(kind, key) {
            return Ok(path);
        }
        let path = self.path(kind, key);
        let dir = self.dir(kind);
        fs::create_dir_all(&dir)?;
        let _lock = self.lock(kind, key)?;
        if path.is_dir() {
            return Ok(path);
        }
        // Under the lock, a temporary folder of this entry is what a killed process left behind.
        let prefix = format!(".{key}.new-");
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        let building = make_beside(&dir, &prefix, make)?;
        fs::rename(building.path().join(ENTRY), &path)?;
        Ok(path)
    }

    /// Puts a new entry in the place of the entry `key`, or leaves the one that another process has
    /// put there meanwhile.
    pub fn replace(
        &self,
        kind: &str,
        key: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<()> {
        self.remove(kind, key)?;
        let dir = self.dir(kind);
        let building = make_beside(&dir, &format!(".{key}.new-"), make)?;
        let place = self.path(kind, key);
        match fs::rename(building.path().join(ENTRY), &place) {
            Err(_) if place.is_dir() => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    /// Removes the entry `key`, if it is there; who reads it meanwhile finds it whole or not at all,
    /// file by file.
    pub fn remove(&self, kind: &str, key: &str) -> Result<()> {
        let dir = self.dir(kind);
        fs::create_dir_all(&dir)?;
        let leaving = tempfile::Builder::new()
            .prefix(&format!(".{key}.old-"))
            .tempdir_in(&dir)?;
        match std::fs::rename(self.path(kind, key), leaving.path().join(ENTRY)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The bytes of all files in a folder and below.
    pub fn size_of(path: &Path) -> u64 {
        let entries = walkdir::WalkDir::new(path).into_iter().flatten();
        let files = entries.filter(|entry| entry.file_type().is_file());
        files
            .flat_map(|file| file.metadata())
            .map(|found| found.len())
            .sum()
    }

    /// The kinds of things that it holds, each with its size in bytes, sorted by name.
    pub fn sizes(&self) -> Result<Vec<(String, u64)>> {
        let mut kinds = Vec::new();
        for found in fs::read_dir(&self.root)? {
            let found = found?;
            if found.file_type()?.is_dir() {
                let name = found.file_name().to_string_lossy().into_owned();
                kinds.push((name, Self::size_of(&found.path())));
            }
        }
        kinds.sort();
        Ok(kinds)
    }

    /// Removes the temporary folders that runs have left that were killed: those that nothing was put
    /// into or taken from for this long.
    pub fn tidy(&self, untouched: Duration) -> Result<Removed> {
        let is_left = |found: &fs::DirEntry| {
            let name = found.file_name();
            let name = name.to_string_lossy();
            let temporary = name.contains(".new-") || name.contains(".old-");
            let age = found.metadata().and_then(|found| found.modified());
            let age = age.ok().and_then(|touched| touched.elapsed().ok());
            name.starts_with('.') && temporary && age.is_some_and(|age| age > untouched)
        };
        let mut removed = Removed::default();
        for (kind, _) in self.sizes()? {
            for found in fs::read_dir(self.dir(&kind))? {
                let found = found?;
                if is_left(&found) {
                    removed = removed + remove(&found.path())?;
                }
            }
        }
        Ok(removed)
    }

    /// Removes everything. Not while something is being built.
    pub fn empty(&self) -> Result<Removed> {
        let mut removed = Removed::default();
        for (kind, _) in self.sizes()? {
            let entries = fs::read_dir(self.dir(&kind))?.flatten();
            let entries =
                entries.filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
            let count = entries.count();
            removed = removed
                + Removed {
                    entries: count,
                    ..remove(&self.dir(&kind))?
                };
        }
        Ok(removed)
    }

    /// Waits for the lock of one entry and holds it until dropped.
    pub(super) fn lock(&self, kind: &str, key: &str) -> Result<fs::File> {
        let dir = self.dir(kind);
        fs::create_dir_all(&dir)?;
        let lock = fs::File::create(dir.join(format!(".{key}.lock")))?;
        lock.lock()?;
        Ok(lock)
    }
}

/// The user's folder for caches, by the environment alone.
fn own_cache(set: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if cfg!(windows) {
        return set("LOCALAPPDATA").map(PathBuf::from);
    }
    let home = || Some(Path::new(&set("HOME")?).join(".cache"));
    set("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)
}

/// Whether files can be made in a folder, or in the one that it would be made in.
pub fn check_writable(folder: &Path) -> std::io::Result<()> {
    let mut folders = folder.ancestors();
    let existing = folders.find(|folder| folder.exists()).unwrap_or(folder);
    tempfile::tempfile_in(existing).map(drop)
}

/// A folder in a temporary one, because that is readable by its owner only.
const ENTRY: &str = "entry";

/// Makes an entry in a temporary folder beside its place.
fn make_beside(
    dir: &Path,
    prefix: &str,
    make: impl FnOnce(&Path) -> Result<()>,
) -> Result<tempfile::TempDir> {
    let building = tempfile::Builder::new().prefix(prefix).tempdir_in(dir)?;
    let entry = building.path().join(ENTRY);
    fs::create_dir(&entry)?;
    make(&entry)?;
    Ok(building)
}

/// Removes a folder and all that is below it.
fn remove(path: &Path) -> Result<Removed> {
    let bytes = Cache::size_of(path);
    fs::remove_dir_all(path)?;
    Ok(Removed { entries: 1, bytes })
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
