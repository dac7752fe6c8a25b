//! The findings of a file for people.

use std::fmt::Write as _;

use console::style;

use super::files::{CheckedFile, FixedFile};
use crate::audit::{Finding, Severity};
use crate::report::Report;
use crate::text::escape;

/// The line of the file and its findings; empty if `--quiet` hides all of it.
pub(super) fn lines(file: &CheckedFile, hints: bool, report: &Report) -> String {
    let lowest = lowest(report);
    let Some(verdict) = verdict(file, lowest) else {
        return String::new();
    };
    let mut text = format!("{}: {verdict}\n", escape::path(&file.path));
    for (finding, others) in shown(&file.findings, lowest) {
        let label = format!("{}[{}]", finding.severity, finding.code);
        let place = match &finding.file {
            Some(file) => format!("{}: ", escape::cell(file)),
            None => String::new(),
        };
        let others = match others {
            0 => String::new(),
            others => format!(" (and {others} more, see -v)"),
        };
        let _ = writeln!(
            text,
            "  {} {place}{}{others}",
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
    if let Some(fixed) = &file.fixed {
        fix_lines(fixed, &mut text);
    }
    text
}

/// What `--fix` did.
fn fix_lines(fixed: &FixedFile, text: &mut String) {
    for change in &fixed.changes {
        let codes: Vec<_> = change.codes.iter().map(|code| code.name()).collect();
        let codes = match &codes[..] {
            [] => String::new(),
            codes => format!(" ({})", codes.join(", ")),
        };
        let values = match (&change.from, &change.to) {
            (Some(from), Some(to)) => format!(" {from} -> {to}"),
            (None, Some(to)) => format!(": {to}"),
            (_, None) => " removed".to_owned(),
        };
        let file = change.file.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "  {} {}{}{}{codes}",
            style("fixed:").green(),
            change.what,
            if file.is_empty() {
                String::new()
            } else {
                format!(" of {}", escape::cell(file))
            },
            escape::value(&values),
        );
    }
    for unfixed in &fixed.unfixed {
        let file = unfixed.file.as_ref();
        let file = file.map_or_else(String::new, |file| format!(" in {}", escape::cell(file)));
        let _ = writeln!(
            text,
            "  {} {}{file}: {}",
            style("not fixed:").red(),
            unfixed.code,
            escape::value(&unfixed.reason)
        );
    }
    if let Some(path) = &fixed.path {
        let verb = if fixed.is_written {
            "wrote"
        } else {
            "would write"
        };
        let how = if fixed.changes.is_empty() {
            " (unchanged)"
        } else {
            ""
        };
        let _ = writeln!(text, "  {verb} {}{how}", escape::path(path));
    }
}

/// The lowest severity that is printed.
fn lowest(report: &Report) -> Severity {
    if report.is_quiet() {
        Severity::Error
    } else if report.is_verbose() {
        Severity::Note
    } else {
        Severity::Warning
    }
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

/// The findings to print, each with the number of others like it that are left out: of findings with the same
/// code and severity only the first is printed, unless notes are printed too.
fn shown(findings: &[Finding], lowest: Severity) -> Vec<(&Finding, usize)> {
    let mut shown: Vec<(&Finding, usize)> = Vec::new();
    for finding in findings.iter().filter(|one| one.severity >= lowest) {
        let same = shown
            .iter_mut()
            .find(|(first, _)| (first.code, first.severity) == (finding.code, finding.severity));
        match same {
            Some((_, others)) if lowest > Severity::Note => *others += 1,
            _ => shown.push((finding, 0)),
        }
    }
    shown
}

fn colored(severity: Severity, text: &str) -> String {
    match severity {
        Severity::Error => style(text).red().bold().to_string(),
        Severity::Warning => style(text).yellow().to_string(),
        Severity::Note => style(text).cyan().to_string(),
    }
}
