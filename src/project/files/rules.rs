//! What is left out and what is taken back: `.gitignore` files, `exclude` (of both archives or of one) and
//! `include`.
//!
//! Takes paths, says which pattern decides about them.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error::Problem;
use crate::options::Place;
use crate::project::checkout::Checkout;
use crate::project::source::Located;

/// The name of git's own files of patterns.
const FILE_NAME: &str = ".gitignore";

/// Whether `include` and `exclude` can have this pattern, which names files of the project as a
/// line of a `.gitignore` beside pyproject.toml does.
pub(crate) fn check_pattern(text: &str) -> Result<(), Problem> {
    let hint = "write it as a line of .gitignore, like \"/hello/data\" or \"*.tmp\"";
    if text.starts_with('!') {
        return Err(
            Problem::new(format!("`{text}`: negated patterns are not supported")).hint(
                "write the pattern in the opposite list, include or exclude, without the `!`",
            ),
        );
    }
    if text.trim().is_empty() || text.starts_with('#') {
        return Err(Problem::new(format!("`{text}` matches nothing")).hint(hint));
    }
    let mut builder = GitignoreBuilder::new("");
    builder
        .add_line(None, text)
        .map(drop)
        .map_err(|error| Problem::new(format!("`{text}` is not a pattern: {error}")).hint(hint))
}

/// The patterns of one key, such as `include` or `wheel-exclude`.
#[derive(Debug)]
pub(super) struct Patterns {
    pub(super) key: &'static str,
    list: Vec<Pattern>,
    pub(super) place: Place,
}

#[derive(Debug)]
struct Pattern {
    text: String,
    matcher: Gitignore,
    used: bool,
}

impl Patterns {
    /// The patterns of a key. Invalid patterns were reported when the file was read.
    pub(super) fn of(key: &'static str, value: Option<&Located<Vec<String>>>) -> Self {
        let list = value.iter().flat_map(|value| &value.value).map(|text| {
            let mut builder = GitignoreBuilder::new("");
            let _ = builder.add_line(None, text);
            Pattern {
                text: text.clone(),
                matcher: builder.build().unwrap_or_else(|_| Gitignore::empty()),
                used: false,
            }
        });
        Self {
            key,
            list: list.collect(),
            place: value.map_or_else(Place::default, |value| value.place),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The first pattern that matches this path below the root, or a folder that it is in.
    pub(super) fn find(&mut self, below: &Path, is_folder: bool) -> Option<String> {
        let mut found = None;
        for pattern in &mut self.list {
            let matched = pattern
                .matcher
                .matched_path_or_any_parents(below, is_folder);
            if matched.is_ignore() {
                pattern.used = true;
                found.get_or_insert_with(|| pattern.text.clone());
            }
        }
        found
    }

    /// Whether a pattern names this very path: not everything, and not just a folder that the path is in.
    pub(super) fn names(&self, below: &Path, is_folder: bool) -> bool {
        self.list.iter().any(|pattern| {
            let last = pattern.text.trim_end_matches('/').rsplit('/').next();
            last.is_some_and(|last| last.contains(|c| c != '*'))
                && pattern.matcher.matched(below, is_folder).is_ignore()
        })
    }

    /// The patterns that have matched nothing so far.
    pub(super) fn unused(&self) -> impl Iterator<Item = &str> {
        let unused = self.list.iter().filter(|pattern| !pattern.used);
        unused.map(|pattern| pattern.text.as_str())
    }
}

/// The ignore files that apply where a walk currently is.
#[derive(Debug)]
pub(super) struct Ignores {
    root: PathBuf,
    /// Outermost first, so that the last one that matches decides.
    stack: Vec<IgnoreFile>,
}

#[derive(Debug)]
struct IgnoreFile {
    /// The folder that its patterns are about.
    folder: PathBuf,
    path: PathBuf,
    rules: Gitignore,
}

impl IgnoreFile {
    /// Reads an ignore file, if it is there.
    fn read(folder: &Path, path: PathBuf) -> Option<Self> {
        // Checked before it is opened: opening a pipe would block forever.
        if !path.is_file() {
            return None;
        }
        let mut builder = GitignoreBuilder::new(folder);
        // A line that is not a pattern matches nothing, as with git.
        let _ = builder.add(&path);
        Some(Self {
            folder: folder.to_owned(),
            rules: builder.build().ok()?,
            path,
        })
    }
}

impl Ignores {
    /// The user's own ignore files, and those above the project's folder up to the root of its
    /// repository; with the checkout that they are of. Neither counts in an unpacked sdist, nor where
    /// they ignore the project's folder itself: such a repository is not the project's.
    pub(super) fn above(root: &Path) -> (Self, Option<Checkout>) {
        let mut ignores = Self {
            root: root.to_owned(),
            stack: Vec::new(),
        };
        let Some(checkout) = Checkout::find(root) else {
            return (ignores, None);
        };
        let own = checkout.user_ignore_files().into_iter();
        ignores
            .stack
            .extend(own.filter_map(|file| IgnoreFile::read(&checkout.root, file)));
        let between = root.ancestors().skip(1);
        let mut folders: Vec<_> = between
            .take_while(|folder| folder.starts_with(&checkout.root))
            .collect();
        folders.reverse();
        for folder in folders {
            ignores.enter(folder);
        }
        let leaves_out = |file: &IgnoreFile| {
            root != file.folder
                && file
                    .rules
                    .matched_path_or_any_parents(root, true)
                    .is_ignore()
        };
        if ignores.stack.iter().any(leaves_out) {
            ignores.stack.clear();
            return (ignores, None);
        }
        (ignores, Some(checkout))
    }

    /// Reads the `.gitignore` of a folder that the walk comes into, if it has one.
    pub(super) fn enter(&mut self, folder: &Path) {
        let file = IgnoreFile::read(folder, folder.join(FILE_NAME));
        self.stack.extend(file);
    }

    /// What leaves this path out: the deepest file that speaks of it decides.
    ///
    /// Ex) `*.log in .gitignore`
    pub(super) fn find(&mut self, path: &Path, is_folder: bool) -> Option<String> {
        self.stack.retain(|file| path.starts_with(&file.folder));
        for file in self.stack.iter().rev() {
            match file.rules.matched(path, is_folder) {
                Match::None => {}
                Match::Whitelist(_) => return None,
                Match::Ignore(glob) => {
                    let shown = file.path.strip_prefix(&self.root).unwrap_or(&file.path);
                    return Some(format!("`{}` in {}", glob.original(), shown.display()));
                }
            }
        }
        None
    }
}
