//! The documents of `check` and `explain`: the findings of each wheel, and the explanation of each check.

use std::fmt::Write as _;
use std::path::PathBuf;

use console::style;
use serde_json::{Value, json};

use super::{Document, Report};
use crate::audit::{Code, Finding, Severity, Subject};
use crate::compile::remedies::{self, Remedy};
use crate::error::{ErrorKind, Problem, Result};
use crate::text::escape;
use crate::text::path::lossy;

/// A wheel with its findings.
#[derive(Debug)]
pub struct CheckedWheel {
    /// Where it is.
    pub path: PathBuf,
    /// The findings, errors first.
    pub findings: Vec<Finding>,
}

impl CheckedWheel {
    /// The severity of the worst finding.
    fn severity(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    fn count(&self, severity: Severity) -> usize {
        let same = self.findings.iter();
        same.filter(|finding| finding.severity == severity).count()
    }

    /// The line of the wheel and its findings; empty if `quiet` hides all of it.
    fn lines(&self, hints: bool, quiet: bool) -> String {
        let verdict = match self.severity() {
            None | Some(Severity::Warning) if quiet => return String::new(),
            None => style("ok").green().to_string(),
            Some(severity) => {
                let counts = [Severity::Error, Severity::Warning]
                    .map(|severity| (self.count(severity), severity))
                    .into_iter()
                    .filter(|(count, _)| *count > 0);
                let counts: Vec<_> = counts
                    .map(|(count, severity)| {
                        let plural = if count == 1 { "" } else { "s" };
                        format!("{count} {severity}{plural}")
                    })
                    .collect();
                colored(severity, &counts.join(", "))
            }
        };
        let mut text = format!("{}: {verdict}\n", escape::path(&self.path));
        for finding in &self.findings {
            if quiet && finding.severity == Severity::Warning {
                continue;
            }
            let label = format!("{}[{}]", finding.severity, finding.code);
            let file = match &finding.file {
                Some(file) => format!("{}: ", escape::cell(file)),
                None => String::new(),
            };
            let _ = writeln!(
                text,
                "  {} {file}{}",
                colored(finding.severity, &label),
                escape::value(&finding.message())
            );
            for line in finding
                .hint
                .iter()
                .flat_map(|hint| hint.lines())
                .filter(|_| hints)
            {
                let line = escape::value(line);
                let _ = writeln!(text, "    {} {line}", style("hint:").green());
            }
        }
        text
    }
}

/// Wheels that were checked.
#[derive(Debug)]
pub struct Checked {
    /// The wheels that could be read.
    pub wheels: Vec<CheckedWheel>,
    /// The reasons why other wheels could not be read.
    pub problems: Vec<Problem>,
    /// Whether the hint of each finding is printed.
    pub hints: bool,
}

impl Document for Checked {
    fn exit_code(&self) -> u8 {
        let worst = self.wheels.iter().filter_map(CheckedWheel::severity).max();
        let unreadable = (!self.problems.is_empty()).then_some(ErrorKind::Config);
        let refused = (worst == Some(Severity::Error)).then_some(ErrorKind::Audit);
        unreadable.or(refused).map_or(0, ErrorKind::exit_code)
    }

    fn human(&self, report: &Report) -> Result<()> {
        let quiet = report.is_quiet();
        let wheels = self.wheels.iter();
        let text: String = wheels.map(|wheel| wheel.lines(self.hints, quiet)).collect();
        report.print(&text)?;
        if self.wheels.len() > 1 && !quiet {
            let count = |worst| {
                let same = self.wheels.iter();
                same.filter(|wheel| wheel.severity() == worst).count()
            };
            report.eprintln(&format!(
                "{} wheels: {} ok, {} with warnings, {} with errors",
                self.wheels.len(),
                count(None),
                count(Some(Severity::Warning)),
                count(Some(Severity::Error)),
            ));
        }
        report.problems(&self.problems);
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        let wheels = self.wheels.iter().map(|wheel| {
            json!({
                "path": lossy(&wheel.path),
                "filename": wheel.path.file_name().map(|name| name.to_string_lossy()),
                "verdict": wheel.severity().map_or("ok".to_owned(), |severity| severity.to_string()),
                "findings": wheel.findings,
            })
        });
        Ok(json!({
            "wheels": wheels.collect::<Vec<_>>(),
            "problems": self.problems,
            "exit_code": self.exit_code(),
        }))
    }

    fn beside_json(&self, report: &Report) {
        report.problems(&self.problems);
    }
}

fn colored(severity: Severity, text: &str) -> String {
    match severity {
        Severity::Error => style(text).red().bold().to_string(),
        Severity::Warning => style(text).yellow().to_string(),
    }
}

/// The explanation of one check, or the list of all checks.
#[derive(Debug)]
pub enum Explained {
    /// One check in full.
    One(Code),
    /// A line for each check.
    All,
}

impl Document for Explained {
    fn human(&self, report: &Report) -> Result<()> {
        let Self::One(code) = self else {
            let rows = Code::ALL.iter().map(|code| {
                [
                    code.name().to_owned(),
                    code.severity().to_string(),
                    code.summary().to_owned(),
                ]
            });
            let head = ["check", "severity", "the wheel or one of its files …"];
            return report.print_table(head, rows);
        };
        let text = format!(
            "{} ({}, {})\n\nThe wheel or one of its files {}.\n\n{}\n",
            style(code.name()).bold(),
            code.severity(),
            code.subject().title(),
            code.summary(),
            code.explanation(),
        );
        let remedy = remedies::explanation(*code).map(|remedy| {
            let heading = style("In a project that pyz3-wheel builds:").bold();
            format!("\n{heading}\n{remedy}\n")
        });
        report.print(&(text + remedy.as_deref().unwrap_or_default()))
    }

    fn json(&self) -> Result<Value> {
        let codes = match self {
            Self::One(code) => std::slice::from_ref(code),
            Self::All => Code::ALL,
        };
        let codes = codes.iter().map(|code| {
            json!({
                "code": code,
                "severity": code.severity(),
                "subject": code.subject().title(),
                "summary": code.summary(),
                "explanation": code.explanation(),
                "remedy": remedies::explanation(*code),
            })
        });
        Ok(codes.collect())
    }
}

/// The list of all checks as docs/checks.md has it.
pub fn codes_markdown() -> String {
    let mut text = String::new();
    for subject in Subject::ALL {
        let _ = writeln!(text, "### {}\n", subject.title());
        for code in Code::ALL.iter().filter(|code| code.subject() == subject) {
            let _ = writeln!(
                text,
                "- **`{}`** ({}): {}. {}{}",
                code.name(),
                code.severity(),
                code.summary(),
                code.explanation(),
                links(*code)
            );
        }
        text.push('\n');
    }
    text
}

/// Where docs/build-zig.md has the remedies of a check.
fn links(code: Code) -> String {
    let links: Vec<_> = Remedy::of(code)
        .iter()
        .map(|remedy| remedy.link())
        .collect();
    match links.as_slice() {
        [] => String::new(),
        links => format!(" What to change in build.zig: {}.", links.join(", ")),
    }
}
