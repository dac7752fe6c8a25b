//! The cache folder: entries that are created once and then only read.
//!
//! Takes a name and a function that creates the entry; gives the path of the entry. An entry either is complete
//! or does not exist: it is created beside its place, synced to the disk and renamed into its place, under a
//! lock that holds across threads and processes. An entry is never changed; a damaged one is created again.
//! Files in the directory that this program did not create are neither used nor removed.

mod entries;
mod folder;
mod kinds;
mod manifest;
pub(crate) mod programs;
mod prune;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use etcetera::BaseStrategy;
use tempfile::NamedTempFile;

use self::folder::Folder;
pub(crate) use self::kinds::is_digest;
pub use self::prune::Removed;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::sys::cancel::{Cancel, Waiting};
use crate::sys::files::check_writable;
use crate::sys::owned;
use crate::sys::scratch::Scratch;
pub(super) use kinds::{USER_KEY_HEADER, headers_digest};

/// The variable that names the cache folder.
const VARIABLE: &str = "PYZ3_WHEEL_CACHE_DIR";

/// The cache folder of pyz3-wheel.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
    /// A cache folder that can be read but not written to.
    read_only: Option<PathBuf>,
    /// Entries that this run has verified or created.
    whole: Arc<Mutex<BTreeSet<PathBuf>>>,
    /// The folder itself, if it is removed at the end.
    temporary: Option<Arc<Scratch>>,
    /// How to wait for its locks and for the programs that are run for it.
    waiting: Waiting,
}

impl Cache {
    /// Opens or creates the folder `explicit`, else `$PYZ3_WHEEL_CACHE_DIR`, else `pyz3-wheel` in the platform's
    /// folder for caches (`$XDG_CACHE_HOME` or `~/.cache`, on Windows `%LOCALAPPDATA%`). A folder that is not ours
    /// is refused.
    pub fn open(explicit: Option<&Path>) -> Result<Self> {
        let cache = Self::at(explicit)?;
        folder::claim(&cache.root).map_err(unusable)?;
        Ok(cache)
    }

    /// The same folder if it exists, to list or remove entries. Nothing is created.
    pub fn existing(explicit: Option<&Path>) -> Result<Option<Self>> {
        let cache = Self::at(explicit)?;
        let found = folder::inspect(&cache.root).map_err(unusable)?;
        Ok((found != Folder::Missing).then_some(cache))
    }

    /// The path of the folder, without checking whether it exists or is ours.
    pub fn at(explicit: Option<&Path>) -> Result<Self> {
        let root = match explicit {
            Some(path) => path.to_path_buf(),
            None => Self::default_root()?,
        };
        Ok(Self::new(std::path::absolute(&root)?))
    }

    fn new(root: PathBuf) -> Self {
        Self {
            root,
            read_only: None,
            whole: Arc::default(),
            temporary: None,
            waiting: Waiting::default(),
        }
    }

    /// Opens the same folder, or a temporary one if it cannot be written to, for example in a container without a
    /// home folder, or if it belongs to another user. `waiting` announces that. Entries that the folder contains are
    /// still used. It is an error if a folder that the user has named cannot be created.
    pub fn open_or_temporary(explicit: Option<&Path>, waiting: Waiting) -> Result<Self> {
        let is_named = explicit.is_some() || Self::named_root().is_some();
        let found = Self::existing(explicit);
        let refused = |cache: &Self| check_writable(&cache.root).err();
        let (read_only, why) = match found {
            Ok(Some(cache)) => match refused(&cache) {
                None => return Ok(Self::open(explicit)?.waiting(waiting)),
                Some(error) => {
                    let why = format!("the cache folder {} ({error})", cache.root.display());
                    (Some(cache.root), why)
                }
            },
            Err(error) if is_named || error.kind() == ErrorKind::Config => return Err(error),
            Ok(None) | Err(_) => match Self::open(explicit) {
                Ok(cache) => return Ok(cache.waiting(waiting)),
                Err(error) if is_named => return Err(error),
                Err(_) => match Self::default_root() {
                    Ok(root) => (None, format!("the cache folder {}", root.display())),
                    Err(_) => (None, "a cache folder, without a home folder".to_owned()),
                },
            },
        };
        let folder = Scratch::temporary()?;
        waiting.note(&format!(
            "cannot write to {why}, so a temporary cache is used, which is removed at the end; to keep what is \
             downloaded and built, name a folder that can be written to: --cache-dir DIR, or {VARIABLE}"
        ));
        let root = std::path::absolute(folder.path())?;
        Ok(Self {
            read_only,
            temporary: Some(Arc::new(folder)),
            waiting,
            ..Self::new(root)
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
                Problem::new(format!("cannot determine the cache folder: {error}")).hint(format!(
                    "name a folder that can be written to: --cache-dir DIR, or {VARIABLE}=DIR"
                )),
            )
        })?;
        Ok(folders.cache_dir().join("pyz3-wheel"))
    }

    /// Whether the folder is removed at the end.
    pub(super) fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// How the cache waits, and where it shows what is being done.
    pub(crate) fn wait(&self) -> &Waiting {
        &self.waiting
    }

    /// The same cache, with another way to wait for its locks and programs.
    #[must_use]
    pub fn waiting(self, waiting: Waiting) -> Self {
        Self { waiting, ..self }
    }

    /// The flag that stops the programs that are run to find or create entries.
    pub fn cancel(&self) -> &Cancel {
        &self.waiting.cancel
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of one kind of entries; it need not exist yet.
    pub fn dir(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Whether entries of one kind have this name.
    pub fn is_kind(name: &str) -> bool {
        kinds::holds(name).is_some()
    }

    /// The cache directory to pass to another program in `variable`, because the program cannot write to the folder
    /// `name` in the user's folder for caches; some programs use only `HOME` to find that.
    pub fn substitute(&self, variable: &str, name: &str) -> Option<PathBuf> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let own = own_cache(&set);
        let is_usable = |folder: PathBuf| check_writable(&folder.join(name)).is_ok();
        let is_needed = set(variable).is_none() && !own.is_some_and(is_usable);
        is_needed.then(|| self.dir(&format!("{name}-cache")))
    }

    /// The place of the entry `key`, which need not exist.
    pub fn path(&self, kind: &str, key: &str) -> PathBuf {
        self.dir(kind).join(key)
    }

    /// Creates a temporary file among the files of one kind.
    pub(super) fn temporary_file(&self, kind: &str) -> io::Result<NamedTempFile> {
        kinds::temporary_file(&self.make_dir(kind).map_err(io::Error::other)?)
    }

    /// The entry `key`, if it exists. A link is not an entry.
    pub fn get(&self, kind: &str, key: &str) -> Option<PathBuf> {
        let mut kinds = self.dirs(kind).into_iter();
        kinds.find_map(|dir| {
            let path = dir.join(key);
            (owned::is_directory(&dir) && owned::is_directory(&path)).then_some(path)
        })
    }

    /// All folders that may contain entries of one kind; they need not exist.
    pub fn dirs(&self, kind: &str) -> Vec<PathBuf> {
        let roots = [Some(&self.root), self.read_only.as_ref()];
        let roots = roots.into_iter().flatten();
        roots.map(|root| root.join(kind)).collect()
    }
}

/// The user's folder for caches, as the environment defines it.
fn own_cache(set: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if cfg!(windows) {
        return set("LOCALAPPDATA").map(PathBuf::from);
    }
    let home = || Some(Path::new(&set("HOME")?).join(".cache"));
    set("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)
}

fn unusable(error: Error) -> Error {
    if error.kind() == ErrorKind::Config {
        return error;
    }
    let problems = error.into_problems().into_iter();
    let messages: Vec<_> = problems.map(|problem| problem.message).collect();
    Error::system(
        Problem::new(format!(
            "the cache folder cannot be used: {}",
            messages.join("; ")
        ))
        .hint(format!(
            "name a folder that can be written to: --cache-dir DIR, or {VARIABLE}=DIR"
        )),
    )
}

#[cfg(test)]
mod property_tests;
#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
