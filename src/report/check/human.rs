//! The findings of a file for people.

use std::fmt::Write as _;

use console::style;

use super::files::{CheckedFile, FixedFile, and_others, shown};
use super::fixed;
use crate::audit::{Finding, Severity};
use crate::report::{Report, streams};
use crate::text::escape;

/// The line of the file and its findings; empty if `--quiet` hides all of it.
pub(super) fn lines(file: &CheckedFile, hints: bool, report: &Report) -> String {
    let lowest = report.lowest_severity();
    let Some(verdict) = verdict(file, lowest) else {
        return String::new();
    };
    let line = format!("{}: {verdict}", escape::path(&file.path));
    let text = streams::fitting(&line, 2) + "\n";
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
        let line = format!(
            "  {} {place}{}{}",
            colored(finding.severity, &label),
            escape::value(&finding.message()),
            and_others(others),
        );
        let _ = writeln!(text, "{}", streams::fitting(&line, 4));
        for line in finding
            .hint
            .iter()
            .flat_map(|hint| hint.lines())
            .filter(|_| hints)
        {
            let line = format!("    {} {}", style("hint:").green(), escape::value(line));
            let _ = writeln!(text, "{}", streams::fitting(&line, 10));
        }
    }
    text
}

/// `ok`, or what `--fix` did and how many findings there are; none if nothing about the file is printed.
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
    let fixed = file.fixed.as_ref().and_then(FixedFile::verdict);
    match file.severity() {
        Some(severity) if severity >= lowest => {
            let words = fixed.into_iter().chain([counts.as_str()]);
            let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
            Some(colored(severity, &words.join(", ")))
        }
        _ if lowest == Severity::Error => None,
        _ => {
            let good = style(fixed.unwrap_or("ok")).green().to_string();
            let counts = Some(counts).filter(|counts| !counts.is_empty());
            Some(counts.map_or_else(|| good.clone(), |counts| format!("{good} ({counts})")))
        }
    }
}

fn colored(severity: Severity, text: &str) -> String {
    match severity {
        Severity::Error => style(text).red().bold().to_string(),
        Severity::Warning => style(text).yellow().to_string(),
        Severity::Note => style(text).cyan().to_string(),
    }
}
