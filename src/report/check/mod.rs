//! The document of `check`: the findings of each file.

pub(super) mod files;
mod fixed;
pub(super) mod github;
mod human;
pub(super) mod junit;
mod releases;
pub(super) mod sarif;
mod summary;

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

    fn results(&self) -> Results<'_> {
        Results {
            files: &self.files,
            releases: &self.releases,
            problems: &self.problems,
            ignored: self.ignored,
            hints: self.hints,
            exit_code: self.exit_code(),
        }
    }
}

impl Document for Checked {
    fn exit_code(&self) -> u8 {
        let worst = self.files.iter().filter_map(CheckedFile::severity).max();
        let unreadable = (!self.problems.is_empty()).then_some(ErrorKind::Config);
        let refused = (worst == Some(Severity::Error)).then_some(ErrorKind::Audit);
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
        if self.files.len() > 1 {
            self.results().print_summary(report);
        }
        self.beside_json(report);
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
        self.results().print_left_out(report);
        report.problems(&self.problems);
    }

    fn check_results(&self) -> Option<Results<'_>> {
        Some(self.results())
    }
}
