//! The results of `check` as workflow commands of GitHub Actions, which shows them as annotations.

use std::fmt::Write as _;
use std::path::Path;

use super::files::{Results, and_others, shown, with_hint};
use super::fixed;
use crate::audit::Severity;
use crate::error::Problem;
use crate::report::github::{data, property};
use crate::text::path::slashed;

/// What a hint begins with.
const HINT: &str = "hint: ";

/// A line for each finding of this severity or worse, for each file that could not be read, and for each file that
/// `--fix` changed.
pub(crate) fn commands(results: Results<'_>, lowest: Severity) -> String {
    let mut text = String::new();
    for problem in results.problems {
        text.push_str(&of_problem(problem));
    }
    for subject in results.subjects() {
        let file = if subject.is_release {
            String::new()
        } else {
            of_file(subject.path)
        };
        for (finding, others) in shown(&subject.findings, lowest) {
            let command = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "notice",
            };
            let hint = finding.hint.as_deref().filter(|_| results.hints);
            let message = subject.sentence(finding) + &and_others(others);
            let _ = writeln!(
                text,
                "::{command} {file}title={}::{}",
                property(finding.code.name()),
                data(&with_hint(message, HINT, hint))
            );
        }
    }
    for file in results.files.iter().filter(|_| lowest < Severity::Error) {
        let fixed = file.fixed.as_ref();
        if let Some(fixed) = fixed.filter(|fixed| !fixed.changes.is_empty())
            && let Some(title) = fixed.verdict()
        {
            let place = of_file(&file.path);
            let message = data(&fixed::plain(fixed));
            let _ = writeln!(text, "::notice {place}title={}::{message}", property(title));
        }
    }
    text
}

/// The property that shows a command at a file.
fn of_file(path: &Path) -> String {
    format!("file={},", property(&slashed(path)))
}

fn of_problem(problem: &Problem) -> String {
    let message = with_hint(problem.to_string(), HINT, problem.hint.as_deref());
    format!("::error title=pyz3-wheel::{}\n", data(&message))
}
