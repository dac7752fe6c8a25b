//! The document of `check`: the findings of each file.

mod files;
mod human;
mod releases;

use serde_json::{Value, json};

pub use files::{Checked, CheckedFile};

use super::{Document, Report};
use crate::audit::Severity;
use crate::error::{ErrorKind, Result};
use crate::text::path::lossy;

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
        report.problems(&self.problems);
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        let wheels = self.files.iter().map(|file| {
            json!({
                "path": lossy(&file.path),
                "filename": file.path.file_name().map(|name| name.to_string_lossy()),
                "verdict": file.severity().map_or("ok".to_owned(), |severity| severity.to_string()),
                "findings": file.findings,
            })
        });
        Ok(json!({
            "wheels": wheels.collect::<Vec<_>>(),
            "releases": self.releases.iter().map(releases::json).collect::<Vec<_>>(),
            "problems": self.problems,
            "exit_code": self.exit_code(),
        }))
    }

    fn beside_json(&self, report: &Report) {
        report.problems(&self.problems);
    }
}
