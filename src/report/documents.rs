//! The documents of builds, source distributions and errors.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::check::files::Results;
use super::{Document, Report, failures, human, job_summary, json, summary};
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Plan;
use crate::run::{Summary, Task};
use crate::wheel::WrittenWheel;

/// The document of a subcommand that failed.
impl Document for Error {
    fn exit_code(&self) -> u8 {
        self.kind().exit_code()
    }

    fn human(&self, report: &Report) -> Result<()> {
        report.error(self);
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        Ok(json!({
            "error": {"kind": self.kind(), "problems": self.problems()},
            "exit_code": self.kind().exit_code(),
        }))
    }

    fn beside_json(&self, report: &Report) {
        report.error(self);
    }

    fn check_results(&self) -> Option<Results<'_>> {
        Some(Results {
            files: &[],
            releases: &[],
            problems: self.problems(),
            ignored: 0,
            hints: false,
            exit_code: self.exit_code(),
        })
    }
}

/// A build that failed before its first job started.
#[derive(Debug)]
pub struct Refused(pub Error);

impl Document for Refused {
    fn exit_code(&self) -> u8 {
        self.0.exit_code()
    }

    fn human(&self, report: &Report) -> Result<()> {
        self.0.human(report)
    }

    fn json(&self) -> Result<Value> {
        Ok(json::refusal(&self.0))
    }

    fn beside_json(&self, report: &Report) {
        self.0.beside_json(report);
    }
}

/// What a build would do, by `--dry-run`.
#[derive(Debug)]
pub struct Planned {
    /// The jobs, and the settings with their origins.
    pub plan: Plan,
    /// What each job would do, if that is known.
    pub tasks: Option<Vec<Task>>,
    /// Whether a build would install the Pythons that the machine lacks.
    pub provision: bool,
}

impl Document for Planned {
    fn human(&self, report: &Report) -> Result<()> {
        human::plan(report, &self.plan, self.tasks.as_deref(), self.provision)
    }

    fn json(&self) -> Result<Value> {
        json::plan(&self.plan, self.tasks.as_deref())
    }
}

/// A build that ran, even if some jobs failed.
#[derive(Debug)]
pub struct Built {
    /// The jobs.
    pub plan: Plan,
    /// How each of them ended.
    pub summary: Summary,
    /// The source distribution that the wheels were built from, if they were.
    pub sdist: Option<WrittenWheel>,
}

impl Document for Built {
    fn exit_code(&self) -> u8 {
        self.summary.failure().map_or(0, ErrorKind::exit_code)
    }

    fn human(&self, report: &Report) -> Result<()> {
        self.beside_json(report);
        // On a terminal the table already shows the wheels.
        if console::user_attended() {
            return Ok(());
        }
        human::paths(report, &self.summary, self.sdist.as_ref())
    }

    fn json(&self) -> Result<Value> {
        Ok(json::summary(
            &self.plan,
            &self.summary,
            self.sdist.as_ref(),
        ))
    }

    fn beside_json(&self, report: &Report) {
        failures::failures(report, &self.plan, &self.summary);
        if !report.is_quiet() {
            failures::warnings(report, &self.plan, &self.summary);
            summary::print(report, &self.plan, &self.summary);
            if let Some(actions) = &report.actions {
                let text = job_summary::markdown(&self.plan, &self.summary);
                if let Err(error) = actions.summarize(&text) {
                    report.note(&format!("cannot write the summary of the job: {error}"));
                }
            }
            if let Some(sdist) = &self.sdist {
                human::sdist(report, sdist);
            }
        }
    }
}

/// A source distribution that was written.
#[derive(Debug)]
pub struct Sdist(pub WrittenWheel);

impl Document for Sdist {
    fn human(&self, report: &Report) -> Result<()> {
        self.beside_json(report);
        if console::user_attended() {
            return Ok(());
        }
        report.print(&human::path_line(&self.0.path))
    }

    fn json(&self) -> Result<Value> {
        Ok(json::sdist_document(&self.0))
    }

    fn beside_json(&self, report: &Report) {
        if !report.is_quiet() {
            human::sdist(report, &self.0);
        }
    }
}

/// A `.dist-info` folder that was written.
#[derive(Debug)]
pub struct DistInfo(pub PathBuf);

impl Document for DistInfo {
    fn human(&self, report: &Report) -> Result<()> {
        report.print(&human::path_line(&self.0))
    }

    fn json(&self) -> Result<Value> {
        Ok(json::dist_info(&self.0))
    }
}
