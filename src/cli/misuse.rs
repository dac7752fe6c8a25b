//! Invalid arguments: reported to people as clap does, and to programs as a JSON document.

use std::ffi::OsString;
use std::process::ExitCode;

use serde_json::Value;

use super::args::CommonArgs;
use super::session::Session;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::options::table;
use crate::report::{Document, Report, Results, Stderr};
use crate::settings::{self, process_env};

/// Reports invalid arguments, or prints the help or the version; returns the exit code.
pub(super) fn report(misuse: clap::Error, typed: &[OsString]) -> ExitCode {
    if !misuse.use_stderr() {
        let output = settings::output(&common(typed), None, &process_env).unwrap_or_default();
        let report = Report::new(output, Stderr::default());
        // A failure to print is not an error of the arguments.
        let _ = report.print(&misuse.render().ansi().to_string());
        return ExitCode::SUCCESS;
    }
    let is_check = typed.iter().any(|word| word == "check");
    Session::run(common(typed), is_check, |_| {
        Ok(Box::new(UsageError::new(misuse)))
    })
}

/// The options that say how to report errors. They are searched for here because clap stops at the first
/// mistake.
fn common(typed: &[OsString]) -> CommonArgs {
    let mut common = CommonArgs::default();
    if let Some(format) = value(typed, "--format").and_then(|format| format.into_string().ok()) {
        common = common.text(&table::FORMAT, format);
    }
    if let Some(color) = value(typed, "--color").and_then(|color| color.into_string().ok()) {
        common = common.text(&table::COLOR, color);
    }
    if let Some(project) = value(typed, "--project") {
        common = common.text(&table::PROJECT, project);
    }
    common
}

/// The last value of an option.
fn value(typed: &[OsString], option: &str) -> Option<OsString> {
    let typed = typed.iter().take_while(|word| *word != "--");
    let next = typed.clone().skip(1).map(Some).chain([None]);
    let values = typed.zip(next).filter_map(|(word, next)| {
        if word == option {
            return next.cloned();
        }
        let value = word.to_str()?.strip_prefix(option)?.strip_prefix('=')?;
        Some(value.into())
    });
    values.last()
}

/// An error of clap, and our error made from it.
struct UsageError {
    clap: clap::Error,
    error: Error,
}

impl UsageError {
    fn new(clap: clap::Error) -> Self {
        let error = Error::config(problem(&clap));
        Self { clap, error }
    }
}

impl Document for UsageError {
    fn exit_code(&self) -> u8 {
        ErrorKind::Config.exit_code()
    }

    fn human(&self, report: &Report) -> Result<()> {
        report.eprintln(self.clap.render().ansi().to_string().trim_end());
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        self.error.json()
    }

    fn beside_json(&self, report: &Report) {
        report.error(&self.error);
    }

    fn check_results(&self) -> Option<Results<'_>> {
        self.error.check_results()
    }
}

/// The error of clap as a problem.
fn problem(misuse: &clap::Error) -> Problem {
    let text = misuse.to_string();
    let lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty());
    let (tips, message): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("tip: "));
    let message = message.join(" ");
    let tips = tips.iter().map(|tip| tip.trim_start_matches("tip: "));
    let hints: Vec<_> = tips.chain(["see `pyz3-wheel --help`"]).collect();
    Problem::new(message.strip_prefix("error: ").unwrap_or(&message)).hint(hints.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn what_clap_says_has_a_message_and_a_hint() {
        for (line, message, hint) in [
            (
                "pyz3-wheel --formt json",
                "unexpected argument '--formt' found",
                "a similar argument exists: '--format'\nsee `pyz3-wheel --help`",
            ),
            (
                "pyz3-wheel check",
                "the following required arguments were not provided: <FILE|FOLDER|NAME==VERSION>...",
                "see `pyz3-wheel --help`",
            ),
        ] {
            let problem = problem(&Args::read(&words(line)).unwrap_err());
            assert_eq!(problem.message, message);
            assert_eq!(problem.hint.as_deref(), Some(hint));
        }
    }

    #[test]
    fn the_format_is_known_in_spite_of_wrong_arguments() {
        for (line, format) in [
            ("pyz3-wheel --nonsense --format=json", Some("json")),
            ("pyz3-wheel --format json --nonsense", Some("json")),
            ("pyz3-wheel sdist --nonsense --format json", Some("json")),
            ("pyz3-wheel nonsense --format json", Some("json")),
            ("pyz3-wheel check --format json", Some("json")),
            ("pyz3-wheel cache --format json", Some("json")),
            ("pyz3-wheel --format json --jobs", Some("json")),
            ("pyz3-wheel explain a b --format json", Some("json")),
            (
                "pyz3-wheel --all-platforms sdist --format json",
                Some("json"),
            ),
            ("pyz3-wheel --nonsense --format human json", Some("human")),
            (
                "pyz3-wheel --format=human check --format json",
                Some("json"),
            ),
            ("pyz3-wheel check x -- --format json", None),
            ("pyz3-wheel --nonsense", None),
        ] {
            assert_eq!(common(&words(line)).str(&table::FORMAT), format, "{line}");
        }
    }
}
