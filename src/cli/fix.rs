//! `pyz3-wheel check --fix`: writes a wheel anew with what is only a name corrected.
//!
//! The new wheel is checked before it takes its name: it works where its tags say, or it is not written.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::audit::{self, Finding, Fix, Severity, Unfixed};
use crate::error::{Error, Problem, Result};
use crate::report::FixedFile;
use crate::wheel::{self, PackedWheel, Timestamp};

/// Where new wheels go.
pub(super) struct Target {
    dir: PathBuf,
    is_dry: bool,
    timestamp: Timestamp,
}

impl Target {
    /// The directory for new wheels; with `is_dry` nothing is left in it.
    pub(super) fn new(dir: &Path, is_dry: bool) -> Result<Self> {
        wheel::sweep(dir);
        Ok(Self {
            dir: dir.to_owned(),
            is_dry,
            timestamp: Timestamp::from_env()?,
        })
    }

    /// Writes the new wheel; gives what is found in it, or in the existing wheel if no new one is written.
    pub(super) fn fix(
        &self,
        source: &File,
        findings: Vec<Finding>,
        fix: Fix,
    ) -> Result<(Vec<Finding>, FixedFile), Problem> {
        let refused = |unfixed| FixedFile {
            path: None,
            is_written: false,
            changes: Vec::new(),
            unfixed,
        };
        if !fix.unfixed.is_empty() {
            return Ok((findings, refused(fix.unfixed)));
        }
        let scratch = self.is_dry.then(tempfile::tempdir).transpose();
        let scratch = scratch.map_err(|error| Problem::new(error.to_string()))?;
        let dir = scratch.as_ref().map_or(&*self.dir, |dir| dir.path());
        let packed = self
            .pack(source, &fix, dir.join(&fix.filename))
            .map_err(|error| only_problem(&error))?;
        let left = audit::check(&fix.filename, packed.file())
            .map_err(|error| Problem::new(error.to_string()).at(packed.path().display()))?;
        if left.iter().any(|one| one.severity == Severity::Error) {
            let unfixed = left.iter().filter_map(Unfixed::of).collect();
            return Ok((findings, refused(unfixed)));
        }
        let path = if self.is_dry {
            self.dir.join(&fix.filename)
        } else {
            packed
                .persist_new()
                .map_err(|error| only_problem(&error))?
                .path
        };
        let fixed = FixedFile {
            path: Some(path),
            is_written: !self.is_dry,
            changes: fix.changes,
            unfixed: Vec::new(),
        };
        Ok((left, fixed))
    }

    fn pack(&self, source: &File, fix: &Fix, path: PathBuf) -> Result<PackedWheel> {
        match &fix.rewrite {
            Some(rewrite) => wheel::rewrite(rewrite, source, path, self.timestamp),
            None => wheel::copy(source, path),
        }
    }
}

/// The writer of wheels reports one problem at a time.
fn only_problem(error: &Error) -> Problem {
    let problem = error.problems().first().cloned();
    problem.unwrap_or_else(|| Problem::new(error.to_string()))
}
