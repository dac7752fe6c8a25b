//! The text of pyproject.toml, and the place of everything in it by line and column.

use std::path::{Path, PathBuf};

use super::places::Places;
use crate::error::{Error, Problem, Result};
use crate::options::Place;
use crate::sys::shell;

/// The name of the file, which is also how places name it.
pub(super) const FILE_NAME: &str = "pyproject.toml";

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where its key is.
    pub place: Place,
}

impl<T> Located<T> {
    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Located<U> {
        Located {
            value: change(self.value),
            place: self.place,
        }
    }
}

/// A folder without pyproject.toml: what to do depends on what it contains.
fn missing_from(root: &Path) -> Problem {
    let is_there = |name: &&str| root.join(name).exists();
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    let mut visible =
        entries.filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
    let mut above = root.ancestors().skip(1).take(3);
    let above = above.find(|dir| dir.join(FILE_NAME).is_file());
    let hint = if ["setup.py", "setup.cfg", "build.zig"].iter().any(is_there) {
        "`pyz3-wheel init --adopt` shows what an existing project is missing\n\
         or name the project's folder with -C DIR"
            .to_owned()
    } else if let Some(dir) = above {
        format!(
            "build the project above this folder: -C {}",
            shell::word(dir)
        )
    } else if visible.next().is_none() {
        "`pyz3-wheel init` creates a project in this folder\nor name the project's folder with -C DIR"
            .to_owned()
    } else {
        "name the project's folder with -C DIR\n\
         or add what is missing to this one with `pyz3-wheel init --adopt`"
            .to_owned()
    };
    Problem::new(format!("no {FILE_NAME} in {}", root.display())).hint(hint)
}

/// The text of pyproject.toml.
#[derive(Debug)]
pub(super) struct Source {
    text: String,
    places: Places,
}

impl Source {
    /// Reads `pyproject.toml` in the folder.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path: PathBuf = root.join(FILE_NAME);
        let found = fs_err::metadata(&path);
        let missing = found
            .as_ref()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        if missing {
            return Err(Error::config(missing_from(root)));
        }
        if !found?.is_file() {
            let problem = Problem::new("is not a file")
                .at(path.display())
                .hint("put the project's [project] table into a file of this name");
            return Err(Error::config(problem));
        }
        let bytes = fs_err::read(&path)?;
        String::from_utf8(bytes).map_or_else(
            |error| {
                let valid = error.utf8_error().valid_up_to();
                let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
                let place = Self::new(before).place(valid);
                let problem = Problem::new("is not valid UTF-8, which TOML must be")
                    .at(place)
                    .hint("save the file as UTF-8");
                Err(Error::config(problem))
            },
            |text| Ok(Self::new(text)),
        )
    }

    /// A text that is already in memory.
    pub(super) fn new(text: String) -> Self {
        Self {
            places: Places::new(&text),
            text,
        }
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The line of a byte offset.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.places.line_and_column(&self.text, offset).0
    }

    /// The place of a byte offset.
    pub(super) fn place(&self, offset: usize) -> Place {
        let (line, column) = self.places.line_and_column(&self.text, offset);
        Place {
            file: FILE_NAME,
            line,
            column,
        }
    }
}
