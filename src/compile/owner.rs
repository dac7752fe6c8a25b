//! Finds the cache directory in a project that this user created on this machine.
//!
//! Zig trusts its local cache, whoever filled it, and a checkout may contain one: committed, unpacked, or
//! copied with the project. Such a cache is neither used nor removed. Builds use another directory inside
//! it instead.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::project::Index;
use crate::sys::files;
use crate::sys::stamp::Stamp;
use crate::toolchain::UserKey;

/// The name of the project's cache directory.
pub const FOLDER: &str = ".pyz3-wheel";

/// The file that says who created the directory.
pub(crate) const OWNER: &str = "owner.json";

/// The purpose of the signature, which the key signs too.
const PURPOSE: &str = "owner of a project's cache";

/// Where a project's cache directory is, or would be.
pub(crate) fn default_path(project: &Path) -> PathBuf {
    project.join(FOLDER)
}

/// How many directories are tried: a copy of a copy of a project brings more than one.
const MOST: usize = 20;

/// Who created a directory.
#[derive(Serialize, Deserialize)]
struct Owner {
    /// Git's index as it was when git tracked nothing in the cache directory; `None` outside of git.
    index: Option<Stamp>,
    /// Of the directory's path and of the index.
    signature: String,
}

/// The directory to use in a project.
#[derive(Debug)]
pub struct Place {
    /// The directory, which need not exist yet.
    pub root: PathBuf,
    index: Option<Stamp>,
    is_claimed: bool,
}

/// The reason why no directory in a project can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// Git tracks files in the cache directory: a `git pull` may change what any directory there holds.
    Tracked,
    /// The user created none of the directories, or the cache directory is a link to a directory with
    /// files of somebody else, where nothing may be written.
    Foreign,
}

impl Place {
    /// Finds the directory; changes nothing.
    pub fn find(project: &Path, key: &UserKey) -> Result<Self, Unusable> {
        let base = default_path(project);
        let index = Index::file(project);
        let index = index.and_then(|file| Stamp::at(&file));
        let is_link = std::fs::symlink_metadata(&base).is_ok_and(|found| found.is_symlink());
        let others = other_places().take_while(|_| !is_link);
        let others = others.map(|name| base.join(name));
        let places = std::iter::once(base.clone()).chain(others);
        let found = places
            .map(|root| (inspect(&root, key, index.as_ref()), root))
            .find(|(found, _)| *found != Found::Foreign);
        let (found, root) = found.ok_or(Unusable::Foreign)?;
        if found == Found::Free && Index::tracks_any(project, FOLDER) {
            return Err(Unusable::Tracked);
        }
        Ok(Self {
            root,
            index,
            is_claimed: found == Found::Ours,
        })
    }

    /// Whether the directory is used for the first time because a foreign one has its usual name.
    pub fn is_new_beside_another(&self) -> bool {
        !self.is_claimed && self.root.file_name() != Some(FOLDER.as_ref())
    }

    /// Records in the directory that the user created it. If that fails, the next run builds again.
    pub fn claim(&self, key: &UserKey) {
        if self.is_claimed {
            return;
        }
        let index = self.index.clone();
        let signature = key.sign(PURPOSE, &[&signed(&self.root, index.as_ref())]);
        let write = || -> io::Result<()> {
            let owner = serde_json::to_vec(&Owner { index, signature })?;
            files::replace(&self.root.join(OWNER), &owner)
        };
        drop(write());
    }
}

/// The names of the directories that are used beside one that came with a checkout.
fn other_places() -> impl Iterator<Item = String> {
    (2..=MOST).map(|number| format!("cache-{number}"))
}

/// Whether this is the name of one of them.
pub(crate) fn is_other_place(name: &str) -> bool {
    other_places().any(|other| other == name)
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// The user created it, and git tracks nothing in it.
    Ours,
    /// It is missing, it holds no files, or the user created it and git may track something in it now.
    Free,
    Foreign,
}

fn inspect(root: &Path, key: &UserKey, index: Option<&Stamp>) -> Found {
    let owner = std::fs::read(root.join(OWNER)).ok();
    let owner = owner.and_then(|text| serde_json::from_slice::<Owner>(&text).ok());
    let owner = owner.filter(|owner| {
        let text = signed(root, owner.index.as_ref());
        key.has_signed(PURPOSE, &[&text], &owner.signature)
    });
    match owner {
        Some(owner) if owner.index.as_ref() == index => Found::Ours,
        None if holds_files(root) => Found::Foreign,
        _ => Found::Free,
    }
}

/// Whether a directory holds anything but directories. Unreadable directories count as empty: the code that
/// opens them reports the error.
fn holds_files(root: &Path) -> bool {
    let entries = walkdir::WalkDir::new(root).min_depth(1).into_iter();
    let mut entries = entries.filter_map(Result::ok);
    entries.any(|entry| !entry.file_type().is_dir())
}

/// What the key signs: the path, so that a copy elsewhere is foreign, and the index.
fn signed(root: &Path, index: Option<&Stamp>) -> Vec<u8> {
    let index = serde_json::to_vec(&index).unwrap_or_default();
    [root.as_os_str().as_encoded_bytes(), b"\0", &index].concat()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use fs_err as fs;
    use tempfile::TempDir;

    use super::*;
    use crate::compile::clean::clean;
    use crate::toolchain::testing;

    fn key() -> (TempDir, UserKey) {
        let (folder, cache) = testing::cache();
        (folder, UserKey::of(&cache).unwrap().unwrap())
    }

    /// A project's folder, without links in its path.
    fn project(folder: &TempDir, name: &str) -> PathBuf {
        let project = fs::canonicalize(folder.path()).unwrap().join(name);
        fs::create_dir_all(&project).unwrap();
        project
    }

    /// Uses the place as a build does; gives its name.
    fn used(project: &Path, key: &UserKey) -> String {
        let place = Place::find(project, key).unwrap();
        let is_second = place.root.to_string_lossy().contains("cache-");
        assert_eq!(
            place.is_new_beside_another(),
            is_second && !place.is_claimed
        );
        fs::create_dir_all(place.root.join("zig-cache/h")).unwrap();
        fs::write(place.root.join("zig-cache/h/timestamp"), "").unwrap();
        place.claim(key);
        let again = Place::find(project, key).unwrap();
        assert!(again.is_claimed && again.root == place.root);
        assert!(!again.is_new_beside_another());
        let below = place.root.strip_prefix(project).unwrap();
        below.to_str().unwrap().replace('\\', "/")
    }

    #[test]
    fn a_cache_that_a_project_brings_is_not_used() {
        let (folder, own) = key();
        let (_other_folder, other) = key();
        let first = project(&folder, "first");
        // What the Python package makes before the first build.
        fs::create_dir_all(first.join(".pyz3-wheel/editable/x")).unwrap();
        assert_eq!(used(&first, &own), ".pyz3-wheel");
        assert_eq!(used(&first, &own), ".pyz3-wheel");
        // Of another user or another machine.
        assert_eq!(used(&first, &other), ".pyz3-wheel/cache-2");
        assert_eq!(used(&first, &own), ".pyz3-wheel");
        // Moved with the project to another path, where both are foreign.
        let second = folder.path().join("second");
        fs::rename(&first, &second).unwrap();
        let second = fs::canonicalize(second).unwrap();
        assert_eq!(used(&second, &own), ".pyz3-wheel/cache-3");
        // `--clean` knows all of them.
        assert_eq!(clean(&second).unwrap(), [""; 0].map(PathBuf::from));
        let left = fs::read_dir(second.join(".pyz3-wheel")).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["editable"]);
        // Unpacked, from whatever program.
        let third = project(&folder, "third");
        fs::create_dir_all(third.join(".pyz3-wheel")).unwrap();
        fs::write(third.join(".pyz3-wheel/state.json"), "{}").unwrap();
        for text in ["", "{}", "{\"index\":null,\"signature\":\"00\"}"] {
            fs::write(third.join(".pyz3-wheel/owner.json"), text).unwrap();
            let place = Place::find(&third, &own).unwrap();
            assert!(place.root.ends_with("cache-2"), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_cache_of_another_project_is_foreign() {
        let (folder, own) = key();
        let first = project(&folder, "first");
        assert_eq!(used(&first, &own), ".pyz3-wheel");
        let second = project(&folder, "second");
        fs::os::unix::fs::symlink("../first/.pyz3-wheel", second.join(".pyz3-wheel")).unwrap();
        assert_eq!(Place::find(&second, &own).err(), Some(Unusable::Foreign));
        // The user's own, to a larger disk.
        let third = project(&folder, "third");
        fs::create_dir(third.join("disk")).unwrap();
        fs::os::unix::fs::symlink("disk", third.join(".pyz3-wheel")).unwrap();
        assert_eq!(used(&third, &own), ".pyz3-wheel");
    }

    #[test]
    fn where_git_tracks_files_in_the_cache_there_is_none_to_use() {
        let (folder, own) = key();
        for version in ["2", "4"] {
            let top = project(&folder, version);
            let one = project(&folder, &format!("{version}/packages/one"));
            let other = project(&folder, &format!("{version}/packages/two"));
            let git = |arguments: &[&str]| {
                let user = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
                let mut git = Command::new("git");
                let done = git.args(user).args(arguments).current_dir(&top).output();
                let done = done.unwrap();
                assert!(done.status.success(), "{arguments:?}: {done:?}");
            };
            git(&["init", "-q", "."]);
            git(&["config", "index.version", version]);
            fs::write(one.join("pyproject.toml"), "").unwrap();
            git(&["add", "-A"]);
            assert_eq!(used(&one, &own), ".pyz3-wheel");
            // As a pull does it, into the directory that the user has made.
            for name in [".pyz3-wheel", ".PYZ3-wheel"] {
                let below = format!("packages/one/{name}/zig-cache/h/x.txt");
                let file = top.join(&below);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(&file, "").unwrap();
                git(&["add", "--force", &below]);
                assert_eq!(
                    Place::find(&one, &own).err(),
                    Some(Unusable::Tracked),
                    "{name}"
                );
                assert_eq!(used(&other, &own), ".pyz3-wheel");
                git(&["rm", "-q", "--cached", &below]);
                assert_eq!(used(&one, &own), ".pyz3-wheel");
            }
        }
    }
}
