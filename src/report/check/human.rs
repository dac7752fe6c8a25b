//! The findings of a file for people.

use std::fmt::Write as _;

use console::style;

use super::files::{CheckedFile, FixedFile};
use crate::audit::Severity;
use crate::report::Report;
use crate::text::escape;

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

/// The line of the file and its findings; empty if `--quiet` hides all of it.
pub(super) fn lines(file: &CheckedFile, hints: bool, report: &Report) -> String {
    let lowest = lowest(report);
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| (file.count(severity), severity))
        .into_iter()
        .filter(|(count, severity)| *count > 0 && *severity >= lowest.min(Severity::Warning));
    let counts: Vec<_> = counts
        .map(|(count, severity)| {
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {severity}{plural}")
        })
        .collect();
    let counts = counts.join(", ");
    let verdict = match file.severity() {
        None | Some(Severity::Note | Severity::Warning) if report.is_quiet() => {
            return String::new();
        }
        None if counts.is_empty() => style("ok").green().to_string(),
        None => format!("{} ({counts})", style("ok").green()),
        Some(severity) => colored(severity, &counts),
    };
    let mut text = format!("{}: {verdict}\n", escape::path(&file.path));
    for finding in file.findings.iter().filter(|one| one.severity >= lowest) {
        let label = format!("{}[{}]", finding.severity, finding.code);
        let place = match &finding.file {
            Some(file) => format!("{}: ", escape::cell(file)),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "  {} {place}{}",
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

fn colored(severity: Severity, text: &str) -> String {
    match severity {
        Severity::Error => style(text).red().bold().to_string(),
        Severity::Warning => style(text).yellow().to_string(),
        Severity::Note => style(text).cyan().to_string(),
    }
}
