//! Our cache folder: things that are made once and then only read.
//!
//! Takes a name and a way to make it; gives the path of the finished thing. An entry is complete or
//! not there: it is built beside its place and renamed into it, under a lock that holds across
//! threads and processes. It never changes or removes a finished entry.

use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy;
use fs_err as fs;

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
        Ok(Self { root })
    }

    fn default_root() -> Result<PathBuf> {
        if let Some(path) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
            return Ok(path.into());
        }
        let folders = etcetera::choose_base_strategy().map_err(|error| {
            Error::system(
                Problem::new(format!("there is no place for a cache: {error}"))
                    .hint(format!("set {VARIABLE} to a folder that can be written to")),
            )
        })?;
        Ok(folders.cache_dir().join("pyz3-wheel"))
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of one kind of things; it need not exist yet.
    pub fn dir(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Where the entry `key` is, or would be once made.
    pub fn path(&self, kind: &str, key: &str) -> PathBuf {
        self.dir(kind).join(key)
    }

    /// The entry `key`, if it was made.
    pub fn get(&self, kind: &str, key: &str) -> Option<PathBuf> {
        let path = self.path(kind, key);
        path.is_dir().then_some(path)
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
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(Some(&dir.path().join("cache"))).unwrap();
        (dir, cache)
    }

    fn visible(dir: &Path) -> Vec<String> {
        let names = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names
            .filter(|name| Path::new(name).extension() != Some("lock".as_ref()))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn many_threads_make_an_entry_once() {
        let (_dir, cache) = cache();
        let made = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let path = cache
                        .get_or_make("kind", "key", |dir| {
                            made.fetch_add(1, Ordering::SeqCst);
                            std::thread::sleep(std::time::Duration::from_millis(20));
                            fs::write(dir.join("file"), "whole")?;
                            Ok(())
                        })
                        .unwrap();
                    assert_eq!(fs::read_to_string(path.join("file")).unwrap(), "whole");
                });
            }
        });
        assert_eq!(made.into_inner(), 1);
        assert_eq!(visible(&cache.dir("kind")), ["key"]);
    }

    #[test]
    fn a_failure_leaves_nothing_and_the_next_try_succeeds() {
        let (_dir, cache) = cache();
        let error = cache
            .get_or_make("kind", "key", |dir| {
                fs::write(dir.join("half"), "")?;
                Err(Error::system(Problem::new("no network")))
            })
            .unwrap_err();
        assert_eq!(error.to_string(), "no network");
        assert_eq!(cache.get("kind", "key"), None);
        assert!(visible(&cache.dir("kind")).is_empty());
        assert!(cache.get_or_make("kind", "key", |_| Ok(())).is_ok());
        assert_eq!(
            cache.get("kind", "key"),
            Some(cache.dir("kind").join("key"))
        );
    }

    #[test]
    fn what_a_killed_process_left_is_cleared_away() {
        let (_dir, cache) = cache();
        let left = cache.dir("kind").join(".key.new-abc/entry");
        fs::create_dir_all(&left).unwrap();
        let of_another = cache.dir("kind").join(".key2.new-abc");
        fs::create_dir_all(&of_another).unwrap();
        cache.get_or_make("kind", "key", |_| Ok(())).unwrap();
        assert_eq!(visible(&cache.dir("kind")), [".key2.new-abc", "key"]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named_with_the_remedy() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Cache::open(Some(&file.join("cache"))).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("file"), "{text}");
        assert!(text.contains("PYZ3_WHEEL_CACHE_DIR"), "{text}");
    }
}
