//! The results of `check` as workflow commands of GitHub Actions, which shows them as annotations.

use std::fmt::Write as _;

use super::files::{Results, and_others, shown, with_hint};
use crate::audit::Severity;
use crate::error::Problem;
use crate::text::escape;
use crate::text::path::slashed;

/// What a hint begins with.
const HINT: &str = "hint: ";

/// A line for each finding of this severity or worse, and for each file that could not be read.
pub(crate) fn commands(results: Results<'_>, lowest: Severity) -> String {
    let mut text = String::new();
    for problem in results.problems {
        text.push_str(&of_problem(problem));
    }
    for subject in results.subjects() {
        let file = if subject.is_release {
            String::new()
        } else {
            format!("file={},", property(&slashed(subject.path)))
        };
        for (finding, others) in shown(subject.findings, lowest) {
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
    text
}

fn of_problem(problem: &Problem) -> String {
    let message = with_hint(problem.to_string(), HINT, problem.hint.as_deref());
    format!("::error title=pyz3-wheel::{}\n", data(&message))
}

/// Escapes the message of a command. Other commands in it are escaped as everywhere.
fn data(text: &str) -> String {
    let text = escape::lines(&escape::value(text), false);
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes the value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_a_command_or_begin_another() {
        assert_eq!(data("100 %\nb\r\nc: d, e"), "100 %25%0Ab%0Ac: d, e");
        assert_eq!(
            property("a:b,c%\n::error::x"),
            "a%3Ab%2Cc%25%0A\\u{3a}%3Aerror%3A%3Ax"
        );
        assert_eq!(
            data("\u{1b}[31m \u{7} ##[group]"),
            "\\u{1b}[31m \\u{7} \\u{23}#[group]"
        );
    }
}
