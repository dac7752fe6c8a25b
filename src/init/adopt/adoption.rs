//! What a project is missing, and how it is written.

use std::path::PathBuf;

use fs_err as fs;

use super::change::Change;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::init::write_new;

/// What a project is missing.
#[derive(Debug)]
pub struct Adoption {
    /// Its folder.
    pub root: PathBuf,
    /// The files to change, sorted by path.
    pub changes: Vec<Change>,
    /// The changes that only the author can make.
    pub left: Vec<Problem>,
}

impl Adoption {
    /// Writes all changes, or none if a file has changed since it was read.
    pub fn write(&self) -> Result<()> {
        let mut problems = Vec::new();
        for change in &self.changes {
            let path = self.root.join(&change.path);
            let now = path
                .exists()
                .then(|| fs::read_to_string(&path))
                .transpose()?;
            if now != change.before {
                problems.push(
                    Problem::new("has changed since it was read")
                        .at(path.display())
                        .hint("run the command again"),
                );
            }
        }
        Error::check(ErrorKind::System, problems)?;
        for change in &self.changes {
            let path = self.root.join(&change.path);
            match change.before {
                None => write_new(&path, &change.after)?,
                Some(_) => fs::write(&path, &change.after)?,
            }
        }
        Ok(())
    }
}
