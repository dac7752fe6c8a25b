//! The cache directory in the user's project: `.pyz3-wheel/`, with a `.gitignore` of its own.
//!
//! It holds Zig's local cache (shared by all jobs), the log of each job's last run, and the folders
//! that running jobs install into.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs_err as fs;

pub use super::owner::FOLDER;
use super::owner::{self, Place, Unusable};
use crate::error::Result;
use crate::sys::cachedir::cachedir_tag;
use crate::sys::files::check_writable;
use crate::sys::scratch::{self, Scratch};
use crate::text::{credentials, escape};
use crate::toolchain::UserKey;

/// The files that mark the directory as a cache.
pub(crate) const MARKS: [(&str, &str); 2] = [
    (".gitignore", "# made by pyz3-wheel; safe to delete\n*\n"),
    (
        "CACHEDIR.TAG",
        cachedir_tag!("\n# This folder is a cache of pyz3-wheel.\n"),
    ),
];

/// The project's cache folder.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    /// The folder that this one is in, if it is removed at the end.
    _temporary: Option<Arc<Scratch>>,
}

impl Workspace {
    /// Where the folder is, or would be.
    pub fn path(project: &Path) -> PathBuf {
        owner::default_path(project)
    }

    /// Creates the folder if it does not exist.
    pub fn open(project: &Path) -> Result<Self> {
        Self::open_at(Self::path(project))
    }

    fn open_at(root: PathBuf) -> Result<Self> {
        for part in [JOBS, "logs"] {
            fs::create_dir_all(root.join(part))?;
        }
        for (name, text) in MARKS {
            let path = root.join(name);
            if !path.exists() {
                fs::write(path, text)?;
            }
        }
        scratch::sweep(&root.join(JOBS), "");
        scratch::sweep_temporary();
        Ok(Self {
            root,
            _temporary: None,
        })
    }

    /// Opens or creates the folder of this user. If the project is read-only, if no folder in it may be used
    /// ([`Unusable`]), or if the user has no key, opens a temporary folder and passes one line about it to `note`.
    pub fn open_or_temporary(
        project: &Path,
        key: Option<&UserKey>,
        note: &dyn Fn(&str),
    ) -> Result<Self> {
        let why = match usable_place(project, key) {
            Ok((place, key)) => {
                if place.is_new_beside_another() {
                    note(&format!(
                        "{FOLDER} came with the project or from an earlier version, so {} is used instead; to \
                         remove both: pyz3-wheel build --clean",
                        place.root.display()
                    ));
                }
                let workspace = Self::open_at(place.root.clone())?;
                place.claim(key);
                return Ok(workspace);
            }
            Err(why) => why,
        };
        note(&format!(
            "{why}, so Zig's local cache and the logs are in a temporary folder, which is removed at the end; to \
             keep that cache, set ZIG_LOCAL_CACHE_DIR"
        ));
        let folder = Scratch::temporary()?;
        let workspace = Self::open(folder.path())?;
        Ok(Self {
            _temporary: Some(Arc::new(folder)),
            ..workspace
        })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The local cache that Zig uses.
    pub fn zig_cache(root: &Path) -> PathBuf {
        root.join("zig-cache")
    }

    /// The folder for wheels that `--verify-reproducible` found to differ, in the workspace of a project.
    pub fn different(project: &Path) -> PathBuf {
        Self::path(project).join("different")
    }

    /// Writes the output of a job's last run to a file. Because people print the file to a terminal and upload it from
    /// CI, credentials are hidden and control characters are escaped.
    pub fn keep_log(&self, job: &str, text: &str) -> Result<()> {
        let file = self.root.join("logs").join(format!("{job}.log"));
        fs::write(file, escape::lines(&credentials::hide(text), false))?;
        Ok(())
    }

    /// A new folder for one run of a job, which is removed when it is dropped.
    pub fn job_tree(&self, job: &str) -> Result<JobTree> {
        let folder = Scratch::within(&self.root.join(JOBS), &format!("{job}-"))?;
        // Some scripts install into `../package` of the prefix, a few deeper: stay above them all.
        let tree = folder.path().join("a").join("b").join("tree");
        fs::create_dir_all(tree.join(PREFIX))?;
        Ok(JobTree {
            tree,
            _folder: folder,
        })
    }
}

/// The folder to use and the key that signs it, or why no folder in the project is used.
fn usable_place<'k>(
    project: &Path,
    key: Option<&'k UserKey>,
) -> Result<(Place, &'k UserKey), String> {
    let usual = Workspace::path(project);
    let check = |root: &Path| {
        check_writable(root)
            .map_err(|error| format!("cannot write to {} ({error})", root.display()))
    };
    let Some(key) = key else {
        check(&usual)?;
        return Err(format!(
            "the cache holds no key of this user, which signs what builds store in {FOLDER}"
        ));
    };
    let place = Place::find(project, key).map_err(|unusable| match unusable {
        Unusable::Foreign => format!(
            "{} holds files that you have not built on this machine (to use it again, remove it)",
            usual.display()
        ),
        Unusable::Tracked => format!(
            "git tracks files in {FOLDER}, which may come from anyone (to remove them from git: git rm -r \
             --cached {FOLDER})"
        ),
    })?;
    check(&place.root)?;
    Ok((place, key))
}

const PREFIX: &str = "zig-out";

/// Where the folders of running jobs are.
const JOBS: &str = "jobs";

/// The directory that takes the place of the project's root while a job installs: the prefix is its `zig-out`,
/// as in a plain `zig build`, so files that a script installs beside its sources land here.
#[derive(Debug)]
pub struct JobTree {
    tree: PathBuf,
    _folder: Scratch,
}

impl JobTree {
    /// The stand-in for the project's root.
    pub fn root(&self) -> &Path {
        &self.tree
    }

    /// The value of `zig build --prefix`.
    pub fn prefix(&self) -> PathBuf {
        self.tree.join(PREFIX)
    }

    /// The outermost folder that a script may have written to.
    pub fn outermost(&self) -> &Path {
        self.tree.ancestors().nth(2).unwrap_or(&self.tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_ignores_itself_and_trees_vanish() {
        let project = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(project.path()).unwrap();
        let ignore = fs::read_to_string(project.path().join(FOLDER).join(".gitignore")).unwrap();
        assert!(ignore.ends_with("*\n"));
        let tree = workspace.job_tree("job").unwrap();
        let root = tree.root().to_owned();
        assert!(tree.prefix().is_dir());
        assert!(root.starts_with(tree.outermost()));
        drop(Workspace::open(project.path()).unwrap());
        assert!(
            root.exists(),
            "another run took a running job's folder away"
        );
        drop(tree);
        assert!(!root.exists());
    }

    #[test]
    fn logs_have_no_credentials_and_steer_no_terminal() {
        let project = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(project.path()).unwrap();
        let said = "a\u{1b}[31mb\u{1b}[2J\nat https://u:secret@x.org/a?token=secret\n::error::c\n";
        workspace.keep_log("linux-x86_64", said).unwrap();
        let log = workspace.root().join("logs/linux-x86_64.log");
        assert_eq!(
            fs::read_to_string(log).unwrap(),
            "ab\\u{1b}[2J\nat https://***@x.org/a?token=***\n\\u{3a}:error::c\n"
        );
    }

    #[test]
    fn where_nothing_can_be_written_the_folder_is_elsewhere_and_goes_away() {
        let project = tempfile::tempdir().unwrap();
        // Not even the superuser can make files below a file.
        fs::write(project.path().join(FOLDER), "").unwrap();
        let notes = std::cell::RefCell::new(Vec::new());
        let note = |text: &str| notes.borrow_mut().push(text.to_owned());
        let (_folder, cache) = crate::toolchain::testing::cache();
        let key = UserKey::of(&cache).unwrap();
        let open = |key| Workspace::open_or_temporary(project.path(), key, &note).unwrap();
        let workspace = open(key.as_ref());
        let root = workspace.root().to_owned();
        assert!(root.join("logs").is_dir() && !root.starts_with(project.path()));
        assert!(notes.borrow()[0].contains("ZIG_LOCAL_CACHE_DIR"));
        drop(workspace);
        assert!(!root.exists());
    }
}
