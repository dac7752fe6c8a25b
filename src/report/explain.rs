//! The document of `explain`, and the list of all checks in docs/checks.md.

use std::fmt::Write as _;

use console::style;
use serde_json::{Value, json};

use super::{Document, Report};
use crate::audit::{Code, Subject};
use crate::compile::remedies::guide::{self, Section};
use crate::compile::remedies::{self, Remedy};
use crate::error::Result;

/// The explanation of one check or topic, or the list of all of them.
#[derive(Debug)]
pub enum Explained {
    /// One check in full.
    One(Code),
    /// A section of the guides.
    Topic(Section),
    /// A line for each check and each topic.
    All,
}

impl Document for Explained {
    fn human(&self, report: &Report) -> Result<()> {
        let code = match self {
            Self::One(code) => code,
            Self::Topic(section) => {
                let title = style(section.title).bold();
                return report.print(&format!("{title}\n\n{}", section.text()));
            }
            Self::All => return print_list(report),
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
            Self::Topic(section) => {
                return Ok(json!([{
                    "code": section.name,
                    "severity": null,
                    "subject": null,
                    "summary": section.title,
                    "explanation": section.text(),
                    "remedy": null,
                }]));
            }
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

/// A line for each check, and below them a line for each topic.
fn print_list(report: &Report) -> Result<()> {
    let checks = Code::ALL.iter().map(|code| {
        [
            code.name().to_owned(),
            code.severity().to_string(),
            code.summary().to_owned(),
        ]
    });
    report.print_table(["check", "severity", "what the check reports"], checks)?;
    report.print("\n")?;
    let topics = guide::sections();
    let topics = topics
        .into_iter()
        .map(|section| [section.name, section.title.to_owned()]);
    report.print_table(["topic", "what the topic is about"], topics)
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
