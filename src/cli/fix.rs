//! `pyz3-wheel check --fix`: writes a corrected copy of a wheel.
//!
//! The copy is checked first and is not written if an error is left.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::audit::{self, Finding, Fix, ReleaseFile, Severity, Unfixed};
use crate::error::{Error, Problem, Result};
use crate::report::FixedFile;
use crate::sys::sync::lock;
use crate::wheel::{self, PackedWheel, Timestamp};

/// Where corrected copies go.
pub(super) struct FixOutput {
    dir: PathBuf,
    is_dry: bool,
    timestamp: Timestamp,
    /// With `--dry-run`, the SHA-256 of each wheel that would be written.
    planned: Mutex<BTreeMap<PathBuf, String>>,
}

/// A corrected copy, which is checked as the existing wheel is.
pub(super) struct CheckedCopy {
    pub(super) findings: Vec<Finding>,
    pub(super) member: ReleaseFile,
}

impl FixOutput {
    /// The directory for new wheels; with `is_dry` nothing in it is changed.
    pub(super) fn new(dir: &Path, is_dry: bool) -> Result<Self> {
        if !is_dry {
            wheel::sweep(dir);
        }
        Ok(Self {
            dir: dir.to_owned(),
            is_dry,
            timestamp: Timestamp::from_env()?,
            planned: Mutex::default(),
        })
    }

    /// Writes the corrected copy; gives no copy if an error is left.
    pub(super) fn fix(&self, source: &File, fix: Fix) -> Result<(FixedFile, Option<CheckedCopy>)> {
        let refused = |unfixed| FixedFile {
            path: None,
            is_written: false,
            changes: Vec::new(),
            unfixed,
        };
        if !fix.unfixed.is_empty() {
            return Ok((refused(fix.unfixed), None));
        }
        let scratch = self.is_dry.then(tempfile::tempdir).transpose()?;
        let dir = scratch.as_ref().map_or(&*self.dir, |dir| dir.path());
        let packed = self.pack(source, &fix, dir.join(&fix.filename))?;
        let (findings, declared) =
            audit::examine(&fix.filename, packed.file()).map_err(|error| {
                Error::system(Problem::new(error.to_string()).at(packed.path().display()))
            })?;
        if findings.iter().any(|one| one.severity == Severity::Error) {
            let unfixed = findings.iter().filter_map(Unfixed::of).collect();
            return Ok((refused(unfixed), None));
        }
        let copy = CheckedCopy {
            findings,
            member: ReleaseFile {
                size: packed.size(),
                declared,
                filename: fix.filename,
            },
        };
        let fixed = FixedFile {
            path: Some(self.write(packed, &copy.member.filename)?),
            is_written: !self.is_dry,
            changes: fix.changes,
            unfixed: Vec::new(),
        };
        Ok((fixed, Some(copy)))
    }

    fn pack(&self, source: &File, fix: &Fix, path: PathBuf) -> Result<PackedWheel> {
        match &fix.rewrite {
            Some(rewrite) => wheel::rewrite(rewrite, source, path, self.timestamp),
            None => wheel::copy(source, path),
        }
    }

    /// Gives the new wheel its name. With `--dry-run`, only rejects what would be rejected otherwise.
    fn write(&self, packed: PackedWheel, filename: &str) -> Result<PathBuf> {
        if !self.is_dry {
            return Ok(packed.persist_new()?.path);
        }
        let path = self.dir.join(filename);
        packed.check_free(&path)?;
        let mut planned = lock(&self.planned);
        let first = planned
            .entry(path.clone())
            .or_insert_with(|| packed.sha256().to_owned());
        if first != packed.sha256() {
            let problem = Problem::new("another wheel of this run has this filename");
            let hint = "fix the wheels one at a time, each with its own --output-dir";
            return Err(Error::config(problem.at(path.display()).hint(hint)));
        }
        Ok(path)
    }
}
