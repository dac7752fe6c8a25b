//! What `check` and `explain` say: of each wheel its findings, of each check what it is about.

use std::fmt::Write as _;
use std::path::PathBuf;

use console::style;
use serde_json::{Value, json};

use super::{say, tell};
use crate::audit::{Code, Finding, Severity, Subject};
use crate::compile::remedies::{self, Remedy};
use crate::error::{Problem, Result};
use crate::text::escape;
use crate::text::path::lossy;

/// A wheel with everything that was found.
#[derive(Debug)]
pub struct Judged {
    /// Where it is.
    pub path: PathBuf,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// How much the worst finding weighs.
    pub fn severity(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    fn count(&self, severity: Severity) -> usize {
        let same = self.findings.iter();
        same.filter(|finding| finding.severity == severity).count()
    }
}

/// The findings of each wheel, for people.
pub fn judged(wheels: &[Judged], hints: bool, quiet: bool) -> Result<()> {
    let mut text = String::new();
    for wheel in wheels {
        let verdict = match wheel.severity() {
            None | Some(Severity::Warning) if quiet => continue,
            None => style("ok").green().to_string(),
            Some(severity) => {
                let counts = [Severity::Error, Severity::Warning]
                    .map(|severity| (wheel.count(severity), severity))
                    .into_iter()
                    .filter(|(count, _)| *count > 0);
                let counts: Vec<_> = counts
                    .map(|(count, severity)| {
                        let plural = if count == 1 { "" } else { "s" };
                        format!("{count} {severity}{plural}")
                    })
                    .collect();
                coloured(severity, &counts.join(", "))
            }
        };
        let _ = writeln!(text, "{}: {verdict}", escape::path(&wheel.path));
        for finding in &wheel.findings {
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
                coloured(finding.severity, &label),
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
    }
    tell(&text)?;
    if wheels.len() > 1 && !quiet {
        let clean = wheels.iter().filter(|wheel| wheel.severity().is_none());
        let worst = |severity| {
            let same = wheels.iter();
            same.filter(|wheel| wheel.severity() == Some(severity))
                .count()
        };
        say(&format!(
            "{} wheels: {} ok, {} with warnings, {} with errors",
            wheels.len(),
            clean.count(),
            worst(Severity::Warning),
            worst(Severity::Error),
        ));
    }
    Ok(())
}

fn coloured(severity: Severity, text: &str) -> String {
    match severity {
        Severity::Error => style(text).red().bold().to_string(),
        Severity::Warning => style(text).yellow().to_string(),
    }
}

/// The same for programs.
pub fn judged_document(wheels: &[Judged], problems: &[Problem], exit_code: u8) -> Value {
    let wheels: Vec<_> = wheels
        .iter()
        .map(|wheel| {
            json!({
                "path": lossy(&wheel.path),
                "filename": wheel.path.file_name().map(|name| name.to_string_lossy()),
                "verdict": wheel.severity().map_or("ok".to_owned(), |severity| severity.to_string()),
                "findings": wheel.findings,
            })
        })
        .collect();
    json!({"wheels": wheels, "problems": problems, "exit_code": exit_code})
}

/// What one check is about.
pub fn explanation(code: Code) -> Result<()> {
    let text = format!(
        "{} ({}, {})\n\nThe wheel or one of its files {}.\n\n{}\n",
        style(code.name()).bold(),
        code.severity(),
        code.subject().title(),
        code.summary(),
        code.explanation(),
    );
    let remedy = remedies::explanation(code);
    let remedy = remedy.map(|remedy| {
        let heading = style("In a project that pyz3-wheel builds:").bold();
        format!("\n{heading}\n{remedy}\n")
    });
    tell(&(text + remedy.as_deref().unwrap_or_default()))
}

/// All checks, a line each.
pub fn codes() -> Result<()> {
    let rows = Code::ALL.iter().map(|code| {
        [
            code.name().to_owned(),
            code.severity().to_string(),
            code.summary().to_owned(),
        ]
    });
    super::table(
        ["check", "severity", "the wheel or one of its files …"],
        rows,
    )
}

/// The same for programs.
pub fn codes_document(codes: &[Code]) -> Value {
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
    Value::Array(codes.collect())
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
