//! The document of `check`: the findings of each file.

pub(super) mod files;
mod fixed;
pub(super) mod github;
mod human;
pub(super) mod junit;
mod releases;
pub(super) mod sarif;

use serde_json::{Value, json};

pub use files::{CheckedFile, FixedFile};

use self::files::Results;
use super::{Document, Report};
use crate::audit::{Code, Release, Severity};
use crate::error::{ErrorKind, Problem, Result};
use crate::text::path::lossy;

/// All files of one call of `check`.
#[derive(Debug)]
pub struct Checked {
    /// The files that could be read.
    pub files: Vec<CheckedFile>,
    /// The releases of which there are several files.
    pub releases: Vec<Release>,
    /// The reasons why other files could not be read.
    pub problems: Vec<Problem>,
    /// How many findings of checks that were not selected are left out.
    pub ignored: usize,
    /// Whether the hint of each finding is printed.
    pub hints: bool,
}

impl Checked {
    /// Leaves out the findings of other checks.
    pub fn keep(&mut self, is_kept: impl Fn(Code) -> bool) {
        let files = self.files.iter_mut().map(|file| &mut file.findings);
        let releases = self.releases.iter_mut();
        for findings in files.chain(releases.map(|release| &mut release.findings)) {
            let found = findings.len();
            findings.retain(|finding| is_kept(finding.code));
            self.ignored += found - findings.len();
        }
    }
}

impl Document for Checked {
    fn exit_code(&self) -> u8 {
        let worst = self.files.iter().filter_map(CheckedFile::severity).max();
        let unreadable = (!self.problems.is_empty()).then_some(ErrorKind::Config);
        let mut fixed = self.files.iter().filter_map(|file| file.fixed.as_ref());
        // An error that is not reported keeps a wheel from being written too.
        let is_missing = fixed.any(|fixed| fixed.path.is_none());
        let is_refused = worst == Some(Severity::Error) || is_missing;
        let refused = is_refused.then_some(ErrorKind::Audit);
        unreadable.or(refused).map_or(0, ErrorKind::exit_code)
    }

    fn human(&self, report: &Report) -> Result<()> {
        let lines = self.files.iter();
        let text: String = lines
            .map(|file| human::lines(file, self.hints, report))
            .collect();
        let releases = self.releases.iter();
        let releases = releases.map(|release| releases::lines(release, self.hints, report));
        report.print(&releases.fold(text, |text, release| text + &release))?;
        if self.files.len() > 1 && !report.is_quiet() {
            let count = |worst| {
                let same = self.files.iter();
                same.filter(|file| file.severity() == worst).count()
            };
            let is_wheel = |file: &CheckedFile| {
                let ending = file.path.extension();
                ending.is_some_and(|ending| ending == "whl")
            };
            let kind = if self.files.iter().all(is_wheel) {
                "wheels"
            } else {
                "files"
            };
            report.eprintln(&format!(
                "{} {kind}: {} ok, {} with warnings, {} with errors",
                self.files.len(),
                count(None),
                count(Some(Severity::Warning)),
                count(Some(Severity::Error)),
            ));
        }
        if self.ignored > 0 {
            let count = match self.ignored {
                1 => "1 finding is".to_owned(),
                count => format!("{count} findings are"),
            };
            report.note(&format!(
                "{count} left out: `select` or `ignore` excludes the check"
            ));
        }
        report.problems(&self.problems);
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        let wheels = self.files.iter().map(|file| {
            let mut document = json!({
                "path": lossy(&file.path),
                "filename": file.path.file_name().map(|name| name.to_string_lossy()),
                "verdict": file.severity().map_or("ok".to_owned(), |severity| severity.to_string()),
                "findings": file.findings,
            });
            if let Some(fixed) = &file.fixed {
                document["fixed"] = fixed.path.as_ref().map_or(Value::Null, |path| {
                    json!({
                        "path": lossy(path),
                        "written": fixed.is_written,
                        "changes": fixed.changes,
                    })
                });
                document["unfixed"] = json!(fixed.unfixed);
            }
            document
        });
        Ok(json!({
            "wheels": wheels.collect::<Vec<_>>(),
            "releases": self.releases.iter().map(releases::json).collect::<Vec<_>>(),
            "problems": self.problems,
            "ignored": self.ignored,
            "exit_code": self.exit_code(),
        }))
    }

    fn beside_json(&self, report: &Report) {
        report.problems(&self.problems);
    }

    fn check_results(&self) -> Option<Results<'_>> {
        Some(Results {
            files: &self.files,
            releases: &self.releases,
            problems: &self.problems,
            hints: self.hints,
            exit_code: self.exit_code(),
        })
    }
}
