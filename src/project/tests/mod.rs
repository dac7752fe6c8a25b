//! Projects in temporary folders, loaded as users' projects are.

mod checkout;
mod config;
mod dynamic;
mod entry_points;
mod files;
#[cfg(unix)]
mod git;
mod groups;
mod hints;
mod import_names;
mod layout;
mod licenses;
#[cfg(unix)]
mod links;
mod managed;
mod metadata;
mod misspelled;
mod notes;
mod packages;
mod secrets;
mod selection;
mod sources;
mod syntax;

use std::path::Path;
use std::process::Command;

use super::Project;
use crate::error::{Error, ErrorKind, Result};

/// The shortest pyproject.toml that is right.
const MINIMAL: &str = "[project]\nname = \"x\"\nversion = \"1\"\n";

/// A project in a temporary folder.
struct Folder(tempfile::TempDir);

impl Folder {
    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn new(pyproject: &str) -> Self {
        Self::empty().with("pyproject.toml", pyproject)
    }

    /// The minimal project with more lines in `[project]` or after it.
    fn minimal(more: &str) -> Self {
        Self::new(&format!("{MINIMAL}{more}"))
    }

    fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
        self
    }

    /// Runs git in the folder.
    fn git(self, arguments: &[&str]) -> Self {
        let user = [
            "user.name=x",
            "user.email=x@example.com",
            "protocol.file.allow=always",
        ];
        let user = user.iter().flat_map(|setting| ["-c", setting]);
        let mut git = Command::new("git");
        let done = git.args(user).args(arguments).current_dir(self.path());
        let done = done.output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {said}");
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn load(&self) -> Result<Project> {
        Project::load(self.path())
    }

    fn metadata(&self) -> String {
        self.load().unwrap().metadata.render()
    }

    /// The headers of METADATA that begin with one of the names.
    fn headers(&self, names: &[&str]) -> Vec<String> {
        let wanted = |line: &&str| {
            let (name, _) = line.split_once(':').unwrap_or_default();
            names.contains(&name)
        };
        self.metadata()
            .lines()
            .take_while(|line| !line.is_empty())
            .filter(wanted)
            .map(str::to_owned)
            .collect()
    }

    fn error(&self) -> Error {
        self.load().unwrap_err()
    }

    /// Every problem as `place: message`; all of them must say where and what to do.
    fn problems(&self) -> Vec<String> {
        let error = self.error();
        assert_eq!(error.kind(), ErrorKind::Config);
        for problem in error.problems() {
            assert!(problem.place.is_some(), "{problem:?}");
            assert!(problem.hint.is_some(), "{problem:?}");
        }
        error.problems().iter().map(ToString::to_string).collect()
    }

    /// The only problem, which must say this.
    fn refused(&self, words: &str) {
        let problems = self.problems();
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert!(problems[0].contains(words), "{problems:?} lacks {words:?}");
    }
}
