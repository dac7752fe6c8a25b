//! The artifact cache: what builds have installed, stored under the fingerprint of the job.
//!
//! An entry is a directory with the files and a list of their hashes. It appears complete or not at all, and
//! its files are verified before they are used. A cache directory may be shared by several machines, and
//! several may write to it at once. If the bytes of a file contain the path of a directory of this machine, as
//! debugging information does, the entry is only for builds in the same directories.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use fs_err as fs;
use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::outside;
use crate::compile::artifact;
use crate::compile::workspace::JobTree;
use crate::error::Result;
use crate::sys::fingerprint::{sha256, short};
use crate::sys::{files as sys_files, owned};
use crate::text::path::slashed;
use crate::toolchain::{Cache, Removed};

const KIND: &str = "artifacts";
const LIST: &str = "artifact.json";

/// If the artifacts take more bytes than this, the least recently used ones are removed.
const MOST: u64 = 2 << 30;

#[derive(Debug, Serialize, Deserialize)]
struct List {
    files: Vec<Listed>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    /// Its path below the outermost directory that a job writes to, with `/`.
    path: String,
    size: u64,
    sha256: String,
    /// The links to it in its folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<String>,
}

/// A file that a build has installed and that goes into the wheel.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// The links to it in its folder.
    pub links: &'a [String],
}

/// The part of the cache that holds what builds have installed.
#[derive(Debug)]
pub(super) struct Artifacts<'a> {
    cache: &'a Cache,
    /// Directories of this machine whose paths may be in what is built here.
    folders: Vec<String>,
    /// Whether something was added.
    has_grown: AtomicBool,
}

impl<'a> Artifacts<'a> {
    pub(super) fn new(cache: &'a Cache, folders: &[&Path]) -> Self {
        let text = |folder: &&Path| folder.to_str().map(str::to_owned);
        Self {
            cache,
            folders: folders.iter().filter_map(text).collect(),
            has_grown: AtomicBool::new(false),
        }
    }

    /// The entry of a job, if there is one and none of its files is missing or cut short.
    pub(super) fn find(&self, fingerprint: &str) -> Option<PathBuf> {
        let keys = [fingerprint.to_owned(), self.local(fingerprint)];
        let mut entries = keys.iter().filter_map(|key| self.cache.get(KIND, key));
        entries.find(|entry| list(entry).is_some())
    }

    /// The key of an entry that only builds in these directories can use.
    fn local(&self, fingerprint: &str) -> String {
        format!("{fingerprint}-{}", short(self.folders.join("\n")))
    }

    /// Stores what a build has installed, and replaces an entry that is damaged.
    pub(super) fn store(
        &self,
        fingerprint: &str,
        tree: &JobTree,
        files: &[Kept<'_>],
    ) -> Result<()> {
        let mut listed = Vec::new();
        let mut is_local = false;
        for Kept { path, links } in files {
            let bytes = fs::read(path)?;
            is_local |= self
                .folders
                .iter()
                .any(|folder| memmem::find(&bytes, folder.as_bytes()).is_some());
            let below = path.strip_prefix(tree.outermost()).unwrap_or(path);
            listed.push(Listed {
                path: slashed(below),
                size: bytes.len() as u64,
                sha256: sha256(&bytes),
                links: links.to_vec(),
            });
        }
        let key = if is_local {
            self.local(fingerprint)
        } else {
            fingerprint.to_owned()
        };
        let list = List { files: listed };
        self.has_grown.store(true, Ordering::Relaxed);
        self.cache.replace(KIND, &key, |dir| {
            for (Kept { path, .. }, file) in files.iter().zip(&list.files) {
                let to = dir.join(&file.path);
                fs::create_dir_all(to.parent().unwrap_or(dir))?;
                fs::copy(path, to)?;
            }
            fs::write(
                dir.join(LIST),
                serde_json::to_vec(&list).map_err(anyhow::Error::from)?,
            )?;
            Ok(())
        })
    }

    /// Removes the least recently used entries if there are too many bytes.
    pub(super) fn keep_within_limit(&self) -> Result<()> {
        // Adding up sizes is faster than finding out which entries are ours.
        if !self.has_grown.load(Ordering::Relaxed) || Cache::size_of(&self.cache.dir(KIND)) <= MOST
        {
            return Ok(());
        }
        let (mut entries, _) = entries(self.cache, KIND, LIST)?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.used));
        let mut total = 0;
        let beyond = entries.into_iter().filter(|entry| {
            total += entry.size;
            total > MOST
        });
        remove(self.cache, KIND, beyond).map(drop)
    }
}

/// Copies the files of an entry to where the build would have installed them. Returns `false` and copies
/// nothing if one of the files is damaged.
pub fn restore(entry: &Path, tree: &JobTree) -> Result<bool> {
    let Some(list) = list(entry) else {
        return Ok(false);
    };
    let mut files = Vec::new();
    for file in &list.files {
        let Some(bytes) = owned::read_file(&entry.join(&file.path), file.size) else {
            return Ok(false);
        };
        if sha256(&bytes) != file.sha256 {
            return Ok(false);
        }
        files.push((tree.outermost().join(&file.path), bytes, &file.links));
    }
    for (path, bytes, links) in files {
        fs::create_dir_all(path.parent().unwrap_or(tree.outermost()))?;
        fs::write(&path, bytes)?;
        artifact::link(&path, links)?;
    }
    sys_files::touch(&entry.join(LIST));
    Ok(true)
}

/// The list of an entry, if all of its files exist with the listed sizes.
fn list(entry: &Path) -> Option<List> {
    let list = owned::read_file(&entry.join(LIST), u64::MAX)?;
    let list: List = serde_json::from_slice(&list).ok()?;
    let whole = list.files.iter().all(|file| {
        let plain = Path::new(&file.path)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        let found = std::fs::symlink_metadata(entry.join(&file.path));
        let plain = plain && file.links.iter().all(|link| !link.contains(['/', '\\']));
        plain && found.is_ok_and(|found| found.is_file() && found.len() == file.size)
    });
    (whole && !list.files.is_empty()).then_some(list)
}

/// Removes entries that have not been used for as long as `unused`.
pub fn remove_unused(cache: &Cache, unused: Duration) -> Result<Removed> {
    let now = SystemTime::now();
    let is_old = |used: SystemTime| now.duration_since(used).is_ok_and(|age| age >= unused);
    let mut removed = Removed::default();
    for (kind, list) in [(KIND, LIST), (outside::KIND, outside::LIST)] {
        let (entries, kept) = entries(cache, kind, list)?;
        let old = entries.into_iter().filter(|entry| is_old(entry.used));
        removed = removed + remove(cache, kind, old)?;
        removed.kept.extend(kept);
    }
    Ok(removed)
}

struct Entry {
    key: String,
    size: u64,
    used: SystemTime,
}

/// The entries of a kind, and the paths beside and in them that this program did not create.
fn entries(cache: &Cache, kind: &str, list: &str) -> Result<(Vec<Entry>, Vec<String>)> {
    let mut entries = Vec::new();
    let mut kept = Vec::new();
    let Ok(found) = std::fs::read_dir(cache.dir(kind)) else {
        return Ok((entries, kept));
    };
    for found in found.flatten() {
        let name = found.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = found.path();
        let Ok(key) = name.into_string() else {
            kept.push(path.display().to_string());
            continue;
        };
        if let Some(foreign) = cache.foreign(kind, &key)? {
            kept.push(foreign.display().to_string());
            continue;
        }
        let used = std::fs::metadata(path.join(list)).and_then(|list| list.modified());
        entries.push(Entry {
            key,
            size: Cache::size_of(&path),
            // An entry without its list is damaged, so it is the oldest of all.
            used: used.unwrap_or(SystemTime::UNIX_EPOCH),
        });
    }
    Ok((entries, kept))
}

fn remove(cache: &Cache, kind: &str, entries: impl Iterator<Item = Entry>) -> Result<Removed> {
    let mut removed = Removed::default();
    for entry in entries {
        removed = removed + cache.remove(kind, &entry.key)?;
    }
    Ok(removed)
}
