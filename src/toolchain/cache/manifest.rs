//! The manifest of a cache entry: its files with their hashes, its links and its directories.
//!
//! The manifest is written into the entry when the entry is created. It shows later whether the entry is
//! complete, and which files in it this program may remove. Bytecode that a Python writes beside a listed source
//! is not part of the entry, but may be removed with it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Component, Path};

use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::sys::fingerprint::{Fingerprint, sha256_of_reader};
use crate::sys::owned::{self, Kind};
use crate::sys::parallel;
use crate::sys::stamp::{self, Stamp};

/// The name of the manifest in its entry.
pub(super) const FILE: &str = ".manifest.json";

/// The name of the file in an entry that has the digest of its stamps when its files were read last.
const VERIFIED: &str = ".verified";

/// The version of the format. Raise it when the format changes.
const FORMAT: u32 = 1;

/// Larger than the manifest of a Zig, in bytes.
const LIMIT: u64 = 64 << 20;

/// Files are read with this many threads if there are more than [`FEW`].
const THREADS: usize = 4;
const FEW: usize = 512;

/// Paths have `/` between their parts.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: u32,
    pub(super) files: BTreeMap<String, Listed>,
    /// Each link with the path that it holds.
    #[serde(default)]
    pub(super) links: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) directories: BTreeSet<String>,
}

/// Writes a file in the place of an earlier one. A link in its place is not followed.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::File::create_new(path)?.write_all(text.as_bytes())
}

/// The digest of the stamps of an entry.
struct Stamps {
    /// Of the stamps of all files and of the targets of all links.
    digest: String,
    /// Whether every later change of a file is certain to give the file another stamp.
    are_settled: bool,
}

/// What a file was when the entry was made; an entry of an earlier version may not know.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    #[serde(default)]
    pub(super) size: Option<u64>,
    /// In hexadecimal digits.
    #[serde(default)]
    pub(super) sha256: Option<String>,
}

impl Manifest {
    /// The manifest of everything that is in `entry` now.
    pub(super) fn of(entry: &Path) -> io::Result<Self> {
        let mut manifest = Self {
            format: FORMAT,
            ..Self::default()
        };
        let mut files = Vec::new();
        owned::walk(entry, &mut |path, below, kind| {
            // A path that is not Unicode is not listed, so it is never removed.
            let Some(name) = name_of(below) else {
                return false;
            };
            if [FILE, VERIFIED].contains(&&*name) || bytecode(&name).is_some() {
                return false;
            }
            match kind {
                Kind::File => files.push((name, path.to_owned())),
                Kind::Directory => drop(manifest.directories.insert(name)),
                Kind::Link => {
                    if let Some(target) = target(path) {
                        manifest.links.insert(name, target);
                    }
                }
                Kind::Other => {}
            }
            true
        })?;
        let hashed = map(&files, |(name, path)| Ok((name.clone(), hash(path)?)));
        manifest.files = hashed.into_iter().collect::<io::Result<_>>()?;
        Ok(manifest)
    }

    /// A manifest of paths, for an entry that has none of its own.
    pub(super) fn listing(files: impl IntoIterator<Item = (String, Listed)>) -> Self {
        let files: BTreeMap<_, _> = files.into_iter().collect();
        let directories = files.keys().flat_map(|file| {
            let parents = Path::new(file).ancestors().skip(1);
            parents.filter_map(name_of).filter(|name| !name.is_empty())
        });
        Self {
            format: FORMAT,
            directories: directories.collect(),
            files,
            links: BTreeMap::new(),
        }
    }

    /// The manifest in an entry, if there is a valid one.
    pub(super) fn read(entry: &Path) -> Option<Self> {
        let bytes = owned::read_file(&entry.join(FILE), LIMIT)?;
        let manifest: Self = serde_json::from_slice(&bytes).ok()?;
        let is_plain = |path: &String| {
            let mut parts = Path::new(path).components();
            parts.all(|part| matches!(part, Component::Normal(_)))
        };
        let mut paths = manifest.files.keys().chain(manifest.links.keys());
        (manifest.format == FORMAT && paths.all(is_plain)).then_some(manifest)
    }

    /// Whether there is something with the name of a manifest in an entry.
    pub(super) fn is_in(entry: &Path) -> bool {
        std::fs::symlink_metadata(entry.join(FILE)).is_ok()
    }

    /// Writes the manifest into its entry.
    pub(super) fn write(&self, entry: &Path) -> io::Result<()> {
        fs::write(entry.join(FILE), serde_json::to_vec(self)?)
    }

    /// Whether this program has put an item into the entry, or a Python has compiled a source of it.
    pub(super) fn claims(&self, below: &Path, kind: Kind) -> bool {
        let Some(name) = name_of(below) else {
            return false;
        };
        let is_listed = match kind {
            Kind::File => [FILE, VERIFIED].contains(&&*name) || self.files.contains_key(&name),
            Kind::Directory => self.directories.contains(&name),
            Kind::Link => self.links.contains_key(&name),
            Kind::Other => false,
        };
        is_listed || self.is_compiled(&name, kind)
    }

    /// Whether this is the bytecode of a listed source, or a directory for such files.
    fn is_compiled(&self, name: &str, kind: Kind) -> bool {
        let Some((folder, module)) = bytecode(name) else {
            return false;
        };
        let is_source = |file: &String| {
            let source = file
                .strip_prefix(folder)
                .and_then(|file| file.strip_suffix(".py"));
            source.is_some_and(|source| match module {
                Some(module) => source == module,
                None => !source.contains('/'),
            })
        };
        let expected = module.map_or(Kind::Directory, |_| Kind::File);
        kind == expected && self.files.keys().any(is_source)
    }

    /// The damage of an entry; `None` if it is unchanged. The files are read only if the stamp of one of them has
    /// changed since they were read last.
    pub(super) fn damage(&self, entry: &Path) -> Option<String> {
        let stamps = self.stamps(entry);
        let verified = entry.join(VERIFIED);
        let known = owned::read_file(&verified, 1000);
        if let Some(stamps) = &stamps
            && known.as_deref() == Some(stamps.digest.as_bytes())
        {
            return None;
        }
        let damage = self.damage_by_content(entry);
        if damage.is_none()
            && let Some(stamps) = stamps.filter(|stamps| stamps.are_settled)
        {
            // If this cannot be written, the next run reads the files again.
            let _ = replace(&verified, &stamps.digest);
        }
        damage
    }

    /// The stamps of everything in an entry; `None` if something is missing.
    fn stamps(&self, entry: &Path) -> Option<Stamps> {
        let now = stamp::now();
        let mut are_settled = true;
        let mut all = Fingerprint::new();
        let own = FILE.to_owned();
        for name in self.files.keys().chain([&own]) {
            let found = std::fs::symlink_metadata(entry.join(name)).ok()?;
            let stamp = Stamp::of(&found);
            are_settled &= found.is_file() && stamp.is_settled(now);
            all.add(name, format!("{stamp:?}"));
        }
        for name in self.links.keys() {
            all.add(name, target(&entry.join(name))?);
        }
        let is_directory = |name: &String| owned::is_directory(&entry.join(name));
        self.directories.iter().all(is_directory).then(|| Stamps {
            digest: all.finish(),
            are_settled,
        })
    }

    fn damage_by_content(&self, entry: &Path) -> Option<String> {
        let missing = |name: &String| Some(format!("{name} is missing"));
        for (name, listed) in &self.files {
            let path = entry.join(name);
            match std::fs::symlink_metadata(&path) {
                Ok(found) if !found.is_file() => return Some(format!("{name} is not a file")),
                Ok(found) if listed.size.is_some_and(|size| size != found.len()) => {
                    let wanted = listed.size.unwrap_or_default();
                    let size = found.len();
                    return Some(format!("{name} has {size} bytes instead of {wanted}"));
                }
                Ok(_) => {}
                Err(_) => return missing(name),
            }
        }
        for (name, wanted) in &self.links {
            if target(&entry.join(name)).as_ref() != Some(wanted) {
                return Some(format!("the link {name} is missing or leads elsewhere"));
            }
        }
        let mut directories = self.directories.iter();
        if let Some(name) = directories.find(|name| !owned::is_directory(&entry.join(name))) {
            return missing(name);
        }
        let files: Vec<_> = self.files.iter().collect();
        let damages = map(&files, |(name, listed)| {
            let sha256 = listed.sha256.as_ref()?;
            match hash(&entry.join(name)) {
                Ok(now) if now.sha256.as_ref() == Some(sha256) => None,
                Ok(_) => Some(format!(
                    "{name} does not have the content that it was made with"
                )),
                Err(error) => Some(format!("{name} cannot be read: {error}")),
            }
        });
        damages.into_iter().flatten().next()
    }
}

/// A path with `/` between its parts, if it is Unicode.
pub(super) fn name_of(below: &Path) -> Option<String> {
    let parts = below.iter().map(|part| part.to_str());
    let parts: Option<Vec<_>> = parts.collect();
    parts.map(|parts| parts.join("/"))
}

/// If this is a directory of bytecode or a file in one: the directory around it with a `/` at its end, and
/// the name of the module.
///
/// Ex) `a/__pycache__/b.cpython-312.pyc` is of the module `b` in `a/`
fn bytecode(name: &str) -> Option<(&str, Option<&str>)> {
    const FOLDER: &str = "__pycache__";
    let (folder, last) = name.rsplit_once('/').unwrap_or(("", name));
    if last == FOLDER {
        return Some((&name[..name.len() - FOLDER.len()], None));
    }
    let outer = folder.strip_suffix(FOLDER)?;
    if !(outer.is_empty() || outer.ends_with('/')) {
        return None;
    }
    // A Python that is killed while it writes leaves a number at the end.
    let (stem, end) = last.rsplit_once(".pyc")?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_end = end.is_empty() || end.strip_prefix('.').is_some_and(is_number);
    let (module, tag) = stem.split_once('.')?;
    let is_tag = tag.starts_with("cpython-") || tag.starts_with("pypy");
    (is_end && is_tag).then_some((outer, Some(module)))
}

fn target(link: &Path) -> Option<String> {
    std::fs::read_link(link).ok()?.to_str().map(str::to_owned)
}

fn hash(path: &Path) -> io::Result<Listed> {
    let (size, sha256) = sha256_of_reader(fs::File::open(path)?)?;
    Ok(Listed {
        size: Some(size),
        sha256: Some(sha256),
    })
}

/// Calls `call` with every file, in several threads if there are many.
fn map<T: Sync, R: Send>(files: &[T], call: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = if files.len() > FEW { THREADS } else { 1 };
    parallel::map(files, threads, call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_again_only_if_a_stamp_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let entry = folder.path();
        fs::create_dir(entry.join("d")).unwrap();
        fs::write(entry.join("d/file"), "one").unwrap();
        let mut manifest = Manifest::of(entry).unwrap();
        manifest.write(entry).unwrap();
        assert_eq!(manifest.damage(entry), None);
        // Files as young as these may change again without another stamp.
        assert!(!entry.join(VERIFIED).exists());

        let stamps = manifest.stamps(entry).unwrap();
        replace(&entry.join(VERIFIED), &stamps.digest).unwrap();
        // Only a read of the file would find the wrong digest.
        manifest.files.get_mut("d/file").unwrap().sha256 = Some(String::new());
        assert_eq!(manifest.damage(entry), None);
        fs::write(entry.join("d/file"), "other").unwrap();
        assert!(manifest.damage(entry).is_some());
        fs::remove_file(entry.join("d/file")).unwrap();
        assert!(manifest.damage(entry).unwrap().contains("is missing"));
        // The record belongs to the entry, and is no part of its content.
        assert!(manifest.claims(Path::new(VERIFIED), Kind::File));
        fs::write(entry.join("d/file"), "one").unwrap();
        assert!(!Manifest::of(entry).unwrap().files.contains_key(VERIFIED));
    }
}
