//! The git repository that a project lies in: where it ends, what it ignores and what it tracks.
//!
//! The ignore files are read here. The program `git` is run for what only git can read, the list of
//! tracked files.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use ignore::gitignore::gitconfig_excludes_path;

use super::files::find_secret;
use super::git::run;
use super::walk;
use crate::sys::beneath;

/// The folder that links of a project may lead to: its repository, or the project alone where it is in
/// no repository.
pub(super) fn boundary(project: &Path) -> PathBuf {
    Checkout::find(project).map_or_else(|| project.to_owned(), |checkout| checkout.root)
}

/// Whether the text of a file may be published for a project that names it or links to it: the file lies in
/// `boundary`, and does not hold credentials.
pub(super) fn may_publish(file: &Path, boundary: &Path) -> bool {
    let below = file.strip_prefix(boundary).unwrap_or(file);
    walk::is_within(file, boundary) && find_secret(below, file, false).is_none()
}

/// Opens a file of a project, or what a link there leads to. The file that is opened lies in `boundary`, and
/// not among git's own files, also while somebody swaps files for links.
pub(crate) fn open(file: &Path, boundary: &Path) -> std::io::Result<std::fs::File> {
    let real = walk::canonical(file)?;
    match real.strip_prefix(boundary) {
        Ok(below) if walk::is_within(&real, boundary) => beneath::open(boundary, below),
        _ => Err(std::io::Error::other(format!(
            "a link that leads out of {}",
            name_of(boundary)
        ))),
    }
}

/// Whether a file, or what a link leads to, lies in `boundary`.
pub(crate) fn lies_within(file: &Path, boundary: &Path) -> bool {
    walk::canonical(file).is_ok_and(|real| walk::is_within(&real, boundary))
}

/// What to call a boundary in a message.
pub(super) fn name_of(boundary: &Path) -> &'static str {
    if boundary.join(".git").exists() {
        "the repository"
    } else {
        "the project"
    }
}

/// The work tree that a project lies in.
#[derive(Debug)]
pub(super) struct Checkout {
    /// The top folder of the work tree.
    pub(super) root: PathBuf,
    project: PathBuf,
    tracked: OnceCell<Result<Index, String>>,
    /// The whole repository, for links that lead out of the project.
    all_tracked: OnceCell<Result<Index, String>>,
}

impl Checkout {
    /// The work tree around a project's folder. An unpacked sdist is in none, wherever it lies: it is the
    /// same project in every folder.
    pub(super) fn find(project: &Path) -> Option<Self> {
        if is_unpacked_sdist(project) {
            return None;
        }
        let root = project
            .ancestors()
            .find(|folder| folder.join(".git").exists())?;
        Some(Self {
            root: root.to_owned(),
            project: project.to_owned(),
            tracked: OnceCell::new(),
            all_tracked: OnceCell::new(),
        })
    }

    /// The user's own ignore files, the one that counts least first: `core.excludesFile` and
    /// `.git/info/exclude`.
    pub(super) fn user_ignore_files(&self) -> Vec<PathBuf> {
        let git = self.git_folder();
        let local = git.as_ref().and_then(|git| {
            let text = std::fs::read_to_string(git.join("config")).ok()?;
            let path = excludes_file(&text)?;
            Some(match path.strip_prefix("~/") {
                Some(below) => std::env::home_dir()?.join(below),
                None => self.root.join(path),
            })
        });
        let global = local.or_else(gitconfig_excludes_path);
        let exclude = git.map(|git| git.join("info").join("exclude"));
        global.into_iter().chain(exclude).collect()
    }

    /// The folder of git's own files, which all work trees of a repository share.
    fn git_folder(&self) -> Option<PathBuf> {
        let place = self.root.join(".git");
        if place.is_dir() {
            return Some(place);
        }
        let text = std::fs::read_to_string(&place).ok()?;
        let folder = self.root.join(text.strip_prefix("gitdir:")?.trim());
        match std::fs::read_to_string(folder.join("commondir")) {
            Ok(common) => Some(folder.join(common.trim())),
            Err(_) => Some(folder),
        }
    }

    /// The files below the project's folder that git tracks; listed once. An error is what git said.
    pub(super) fn tracked(&self) -> Result<&Index, &str> {
        let list = || Index::read(&self.project);
        self.tracked
            .get_or_init(list)
            .as_ref()
            .map_err(|said| &**said)
    }

    /// Whether git tracks a file, or any file below a folder. A link to a tracked file counts as that file.
    pub(super) fn tracks(&self, path: &Path) -> bool {
        let Ok(index) = self.tracked() else {
            return false;
        };
        if index.has(path) {
            return true;
        }
        match walk::canonical(path) {
            Ok(real) if real != path => {
                if real.starts_with(&self.project) {
                    return index.has(&real);
                }
                let list = || Index::read(&self.root);
                let all = self.all_tracked.get_or_init(list);
                all.as_ref().is_ok_and(|index| index.has(&real))
            }
            _ => false,
        }
    }

    /// Whether git itself takes no executable bits from this file system (`core.fileMode`).
    pub(super) fn ignores_modes(&self) -> bool {
        let arguments = ["config", "--type=bool", "--get", "core.fileMode"];
        run(&self.project, &arguments).is_ok_and(|answer| answer.trim() == "false")
    }
}

/// Whether a folder is an unpacked sdist, which has its metadata in a file.
pub(super) fn is_unpacked_sdist(project: &Path) -> bool {
    project.join("PKG-INFO").is_file()
}

/// The files that git tracks below a folder.
#[derive(Debug)]
pub(crate) struct Index {
    /// Each with its mode, by its absolute path.
    files: BTreeMap<PathBuf, Mode>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    File,
    Executable,
    /// A submodule whose own files could not be listed.
    Submodule,
}

impl Index {
    /// Lists the tracked files, with those of submodules where git can do so (from 2.36 on).
    fn read(folder: &Path) -> Result<Self, String> {
        let list = ["ls-files", "-z", "--stage"];
        let with_submodules = [&list[..], &["--recurse-submodules"]].concat();
        let listed = match run(folder, &with_submodules) {
            Err(said) if said.contains("--recurse-submodules") => run(folder, &list),
            outcome => outcome,
        };
        Ok(Self::parse(folder, &listed?))
    }

    /// The file of the index of the repository that a project lies in. An unpacked sdist counts too.
    pub(crate) fn file(project: &Path) -> Option<PathBuf> {
        let mut folders = project
            .ancestors()
            .map(|folder| (folder, folder.join(".git")));
        let (folder, place) = folders.find(|(_, place)| place.exists())?;
        if place.is_dir() {
            return Some(place.join("index"));
        }
        // A submodule or another work tree has its index elsewhere.
        let text = std::fs::read_to_string(&place).ok()?;
        let own = folder.join(text.strip_prefix("gitdir:")?.trim());
        Some(own.join("index"))
    }

    /// Whether git tracks this file or anything below this folder of a project, in whichever case the name
    /// is: some file systems do not distinguish `a` from `A`. If git fails, files count as tracked.
    pub(crate) fn tracks_any(project: &Path, name: &str) -> bool {
        let Some(file) = Self::file(project) else {
            return false;
        };
        let Ok(bytes) = std::fs::read(&file) else {
            return false;
        };
        // Versions 2 and 3 have all paths in full, if they are not in another file.
        let is_plain = matches!(bytes.get(4..8), Some([0, 0, 0, 2 | 3])) && !is_split(&file);
        let lower = bytes.to_ascii_lowercase();
        if is_plain && memchr::memmem::find(&lower, name.as_bytes()).is_none() {
            return false;
        }
        let pattern = format!(":(icase){name}");
        let listed = run(project, &["ls-files", "-z", "--", &pattern]);
        listed.map_or(true, |listed| !listed.is_empty())
    }

    /// Ex) `100644 e69de29b… 0\tsrc/native.zig`
    fn parse(folder: &Path, listed: &str) -> Self {
        let files = listed.split('\0').filter_map(|line| {
            let (facts, path) = line.split_once('\t')?;
            let mode = match facts.split(' ').next()? {
                "100755" => Mode::Executable,
                "160000" => Mode::Submodule,
                _ => Mode::File,
            };
            Some((folder.join(path), mode))
        });
        Self {
            files: files.collect(),
        }
    }

    /// Whether there is any tracked file.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether this file, or any file below this folder, is tracked.
    pub(super) fn has(&self, path: &Path) -> bool {
        let from = (Bound::Included(path), Bound::Unbounded);
        let first = self.files.range::<Path, _>(from).next();
        first.is_some_and(|(found, _)| found.starts_with(path))
            || path
                .ancestors()
                .any(|folder| self.files.get(folder) == Some(&Mode::Submodule))
    }

    /// Whether git has this file as an executable one; `None` if it does not track it.
    pub(super) fn is_executable(&self, path: &Path) -> Option<bool> {
        self.files.get(path).map(|mode| *mode == Mode::Executable)
    }
}

/// Whether an index has its paths in another file (`core.splitIndex`).
fn is_split(index: &Path) -> bool {
    let folder = index.parent().unwrap_or(index);
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = names.map(|entry| entry.file_name());
    names.any(|name| name.as_encoded_bytes().starts_with(b"sharedindex."))
}

/// The value of `core.excludesFile` in the text of a git configuration.
fn excludes_file(config: &str) -> Option<&str> {
    let mut section = String::new();
    let mut found = None;
    for line in config.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').trim().to_ascii_lowercase();
        } else if section == "core"
            && let Some((key, value)) = line.split_once('=')
            && key.trim().eq_ignore_ascii_case("excludesfile")
        {
            found = Some(value.trim().trim_matches('"'));
        }
    }
    found.filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_knows_files_folders_modes_and_submodules() {
        let lines = [
            "100644 e69d 0\tsrc/a.zig",
            "100755 e69d 0\trun.sh",
            "160000 e69d 0\tlib",
        ];
        let root = Path::new("/p");
        let index = Index::parse(root, &lines.join("\0"));
        for tracked in ["src", "src/a.zig", "run.sh", "lib", "lib/x/y.c"] {
            assert!(index.has(&root.join(tracked)), "{tracked}");
        }
        for other in ["src/b.zig", "sr", "run", "library"] {
            assert!(!index.has(&root.join(other)), "{other}");
        }
        assert_eq!(index.is_executable(&root.join("run.sh")), Some(true));
        assert_eq!(index.is_executable(&root.join("src/a.zig")), Some(false));
        assert_eq!(index.is_executable(&root.join("src/b.zig")), None);
    }

    #[test]
    fn the_users_ignore_file_is_found_in_a_configuration() {
        let found = |text: &str| excludes_file(text).map(str::to_owned);
        let config =
            "[user]\n\texcludesfile = no\n[core]\n\tbare = false\n\tExcludesFile = \"~/x y\"\n";
        assert_eq!(found(config).as_deref(), Some("~/x y"));
        assert_eq!(found("[core]\nexcludesFile=\n"), None);
        assert_eq!(found("excludesfile = x\n"), None);
    }
}
