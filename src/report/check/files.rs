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

impl<'d> Results<'d> {
    /// The files, and then the releases.
    pub(super) fn subjects(self) -> impl Iterator<Item = Subject<'d>> {
        let files = self.files.iter().map(|file| Subject {
            name: escape::path(&file.path),
            path: &file.path,
            is_release: false,
            findings: &file.findings,
        });
        let releases = self.releases.iter().map(move |release| Subject {
            name: format!("{} {}", release.name, release.version),
            path: self.path_of(&release.largest.0),
            is_release: true,
            findings: &release.findings,
        });
        files.chain(releases)
    }

    /// The path of the file of a release with this name, which `--fix` may have changed.
    fn path_of(self, filename: &'d str) -> &'d Path {
        let file = self.files.iter().find(|file| {
            let copy = file.fixed.as_ref().and_then(|fixed| fixed.path.as_ref());
            copy.unwrap_or(&file.path).ends_with(filename)
        });
        file.map_or(Path::new(filename), |file| &file.path)
    }
}

/// A file or a release with its findings.
#[derive(Debug)]
pub(super) struct Subject<'d> {
    /// The path of the file, or the name and the version of the release.
    pub(super) name: String,
    /// The path of the file. For a release that of its largest file, because services show results at files.
    pub(super) path: &'d Path,
    pub(super) is_release: bool,
    pub(super) findings: &'d [Finding],
}

impl Subject<'_> {
    /// The message of a finding after the file in the wheel or the release that the finding is about.
    pub(super) fn sentence(&self, finding: &Finding) -> String {
        match finding.file {
            None if self.is_release => format!("{}: {}", self.name, finding.message()),
            _ => sentence(finding),
        }
    }
}

/// The message of a finding after the file in the wheel that the finding is about.
pub(super) fn sentence(finding: &Finding) -> String {
    let message = finding.message();
    match &finding.file {
        Some(file) => format!("{file}: {message}"),
        None => message,
    }
}

/// The text with a hint below it, if there is a hint.
pub(super) fn with_hint(text: impl Into<String>, label: &str, hint: Option<&str>) -> String {
    let mut text = text.into();
    if let Some(hint) = hint {
        text.extend(["\n", label, hint]);
    }
    text
}
