//! Files that were checked, with their findings.

use std::path::PathBuf;

use crate::audit::{Finding, Release, Severity};
use crate::error::Problem;

/// A file that was checked, with its findings.
#[derive(Debug)]
pub struct CheckedFile {
    /// Where it is.
    pub path: PathBuf,
    /// The findings, errors first.
    pub findings: Vec<Finding>,
}

impl CheckedFile {
    /// The severity of the worst finding; none if there are only notes, because notes do not change the verdict.
    pub(super) fn severity(&self) -> Option<Severity> {
        let severities = self.findings.iter().map(|finding| finding.severity);
        severities.max().filter(|worst| *worst > Severity::Note)
    }

    /// How many findings have this severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        let same = self.findings.iter();
        same.filter(|finding| finding.severity == severity).count()
    }
}

/// All files of one call of `check`.
#[derive(Debug)]
pub struct Checked {
    /// The files that could be read.
    pub files: Vec<CheckedFile>,
    /// The releases of which there are several files.
    pub releases: Vec<Release>,
    /// The reasons why other files could not be read.
    pub problems: Vec<Problem>,
    /// Whether the hint of each finding is printed.
    pub hints: bool,
}
