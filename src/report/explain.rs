//! The document of `explain`, and the list of all checks in docs/checks.md.

use std::fmt::Write as _;

use console::style;
use serde_json::{Value, json};

use super::{Document, Report};
use crate::audit::{Code, Subject};
use crate::compile::remedies::{self, Remedy};
use crate::error::Result;

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
            let head = ["check", "severity", "what the check reports"];
            return report.print_table(head, rows);
        };
        let text = format!(
            "{} ({}, {})\n\n{} {}.\n\n{}\n\n{}: {}\n",
            style(code.name()).bold(),
            code.severity(),
            code.subject().title(),
            code.subject().noun(),
            code.summary(),
            code.explanation(),
            code.severity(),
            code.severity().meaning(),
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
