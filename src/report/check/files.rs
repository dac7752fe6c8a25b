//! Files that were checked, with their findings.

use std::path::{Path, PathBuf};

use crate::audit::{Change, Finding, MOST_FINDINGS, Release, Severity, Unfixed};
use crate::error::Problem;
use crate::text::escape;

/// A file that was checked, with its findings.
#[derive(Debug)]
pub struct CheckedFile {
    /// Where it is.
    pub path: PathBuf,
    /// The findings, errors first; of the new wheel if `--fix` wrote one.
    pub findings: Vec<Finding>,
    /// What `--fix` did.
    pub fixed: Option<FixedFile>,
}

/// What `--fix` did to a file.
#[derive(Debug)]
pub struct FixedFile {
    /// The new wheel; `None` if errors are left.
    pub path: Option<PathBuf>,
    /// Whether the new wheel was written. `--dry-run` writes nothing.
    pub is_written: bool,
    /// What is different in it.
    pub changes: Vec<Change>,
    /// Why no new wheel was written.
    pub unfixed: Vec<Unfixed>,
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

/// The findings to print for people who want to see this severity or worse, each with the number of others
/// like it that are left out: of findings with the same code and severity only the first is printed, unless
/// notes are printed too.
pub(super) fn shown(findings: &[Finding], lowest: Severity) -> Vec<(&Finding, usize)> {
    let mut shown: Vec<(&Finding, usize)> = Vec::new();
    for finding in findings.iter().filter(|one| one.severity >= lowest) {
        let same = shown
            .iter_mut()
            .find(|(first, _)| (first.code, first.severity) == (finding.code, finding.severity));
        match same {
            Some((_, others)) if lowest > Severity::Note => *others += 1,
            _ => shown.push((finding, 0)),
        }
    }
    shown
}

/// What a message says about the findings that are left out.
pub(super) fn and_others(others: usize) -> String {
    match others {
        0 => String::new(),
        // The last of so many findings stands for all that were not kept.
        others if others >= MOST_FINDINGS => format!(" (and at least {others} more, see -v)"),
        others => format!(" (and {others} more, see -v)"),
    }
}

/// The lowest severity that is printed for people.
pub(in crate::report) fn lowest_severity(quiet: bool, verbose: bool) -> Severity {
    if quiet {
        Severity::Error
    } else if verbose {
        Severity::Note
    } else {
        Severity::Warning
    }
}

/// The results of `check`, or the reason why there are none, for the formats of CI services.
#[derive(Debug, Clone, Copy)]
pub struct Results<'d> {
    /// The files that could be read.
    pub files: &'d [CheckedFile],
    /// The releases of which there are several files.
    pub releases: &'d [Release],
    /// The reasons why other files could not be read.
    pub problems: &'d [Problem],
    /// Whether the hint of each finding is printed.
    pub hints: bool,
    /// The exit code of the process.
    pub exit_code: u8,
}

fn title(release: &Release) -> String {
    format!("{} {}", release.name, release.version)
}

impl<'d> Results<'d> {
    /// Everything that has findings: its name, its path if it is a file, and its findings.
    pub(super) fn subjects(
        self,
    ) -> impl Iterator<Item = (String, Option<&'d Path>, &'d [Finding])> {
        let files = self.files.iter().map(|file| {
            let path = file.path.as_path();
            (escape::path(path), Some(path), file.findings.as_slice())
        });
        let releases = self.releases.iter();
        let releases = releases.map(|release| (title(release), None, release.findings.as_slice()));
        files.chain(releases)
    }

    /// The path of the largest file of a release.
    pub(super) fn largest_file(self, release: &str) -> Option<&'d Path> {
        let release = self.releases.iter().find(|one| title(one) == release)?;
        let mut paths = self.files.iter().map(|file| file.path.as_path());
        paths.find(|path| path.ends_with(&release.largest.0))
    }
}
