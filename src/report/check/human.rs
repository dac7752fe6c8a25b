//! The findings of a file for people.

use std::fmt::Write as _;

use console::style;

use super::files::{CheckedFile, and_others, shown};
use super::fixed;
use crate::audit::{Finding, Severity};
use crate::report::Report;
use crate::text::escape;

/// The line of the file and its findings; empty if `--quiet` hides all of it.
pub(super) fn lines(file: &CheckedFile, hints: bool, report: &Report) -> String {
    let lowest = report.lowest_severity();
    let Some(verdict) = verdict(file, lowest) else {
        return String::new();
    };
    let text = format!("{}: {verdict}\n", escape::path(&file.path));
    let fixed = file.fixed.as_ref().map(fixed::lines).unwrap_or_default();
    text + &findings(&file.findings, hints, lowest) + &fixed
}

/// A line for each finding that is printed, with its hint.
pub(super) fn findings(findings: &[Finding], hints: bool, lowest: Severity) -> String {
    let mut text = String::new();
    for (finding, others) in shown(findings, lowest) {
        let label = format!("{}[{}]", finding.severity, finding.code);
        let place = match &finding.file {
            Some(file) => format!("{}: ", escape::cell(file)),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "  {} {place}{}{}",
            colored(finding.severity, &label),
            escape::value(&finding.message()),
            and_others(others),
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

/// `ok`, or how many findings there are; none if nothing about the file is printed.
fn verdict(file: &CheckedFile, lowest: Severity) -> Option<String> {
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| (file.count(severity), severity))
        .into_iter()
        .filter(|(count, severity)| *count > 0 && *severity >= lowest);
    let counts: Vec<_> = counts
        .map(|(count, severity)| {
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {severity}{plural}")
        })
        .collect();
    let counts = counts.join(", ");
    match file.severity() {
        Some(severity) if severity >= lowest => Some(colored(severity, &counts)),
        _ if lowest == Severity::Error => None,
        _ if counts.is_empty() => Some(style("ok").green().to_string()),
        _ => Some(format!("{} ({counts})", style("ok").green())),
    }
}

fn colored(severity: Severity, text: &str) -> String {
    match severity {
        Severity::Error => style(text).red().bold().to_string(),
        Severity::Warning => style(text).yellow().to_string(),
        Severity::Note => style(text).cyan().to_string(),
    }
}
