//! Invalid arguments: all of them, with what else is wrong with a build, and what to type instead.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue};
use serde_json::Value;

use super::args::{Args, CommonArgs};
use super::habits;
use super::session::{Session, Work};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::options::table;
use crate::report::{Document, Report, Stderr};
use crate::settings::{self, process_env};

/// Reports invalid arguments, or prints the help or the version; returns the exit code.
pub(super) fn report(misuse: clap::Error, typed: &[OsString]) -> ExitCode {
    if !misuse.use_stderr() {
        let output = settings::output(&common(typed), None, &process_env).unwrap_or_default();
        let report = Report::new(output, Stderr::default(), PathBuf::new());
        // A failure to print is not an error of the arguments.
        let _ = report.print(&misuse.render().ansi().to_string());
        return ExitCode::SUCCESS;
    }
    let is_check = typed.iter().any(|word| word == "check");
    if misuse.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Session::run(common(typed), Work::Other, |_| {
            Ok(Box::new(MissingSubcommand::new(&misuse)))
        });
    }
    let (error, rest) = all(misuse, typed);
    let (common, work) = match rest {
        Some(mut args) => (std::mem::take(&mut args.common), Work::of(&args)),
        None if is_check => (common(typed), Work::Check),
        None => (common(typed), Work::Other),
    };
    Session::refuse(common, work, error)
}

/// The error with all wrong arguments, and the arguments without them if that leaves valid ones. clap stops at
/// the first wrong argument.
fn all(first: clap::Error, typed: &[OsString]) -> (Error, Option<Args>) {
    let mut found = Error::config(problem(&first));
    let mut words = typed.to_vec();
    let mut last = first;
    while let Some(rest) = without(&last, &words) {
        words = rest;
        match Args::read(&words) {
            Ok(args) => return (found, Some(args)),
            Err(next) if next.use_stderr() => {
                found = found.with(vec![problem(&next)]);
                last = next;
            }
            Err(_) => break,
        }
    }
    (found, None)
}

/// The arguments without the unknown one that an error is about, and without its value if it has one.
fn without(error: &clap::Error, words: &[OsString]) -> Option<Vec<OsString>> {
    if error.kind() != clap::error::ErrorKind::UnknownArgument {
        return None;
    }
    let wrong = text(error, ContextKind::InvalidArg)?;
    let is_wrong = |word: &OsString| {
        word.to_str()
            .and_then(|word| word.strip_prefix(wrong))
            .is_some_and(|rest| {
                let is_option = wrong.starts_with('-');
                rest.is_empty() || is_option && (rest.starts_with('=') || !wrong.starts_with("--"))
            })
    };
    let at = words.iter().skip(1).position(is_wrong)? + 1;
    let mut rest = words.to_vec();
    let removed = rest.remove(at);
    let has_value = removed == *wrong && wrong.starts_with('-');
    let is_value = rest
        .get(at)
        .and_then(|next| next.to_str())
        .is_some_and(|next| {
            !next.starts_with('-') && Args::command().find_subcommand(next).is_none()
        });
    if has_value && is_value {
        rest.remove(at);
    }
    Some(rest)
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
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
    let project = value(typed, "--project").or_else(|| value(typed, "-C"));
    if let Some(project) = project {
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

/// A command without its subcommand: people get its help.
struct MissingSubcommand {
    help: String,
}

impl MissingSubcommand {
    fn new(misuse: &clap::Error) -> Self {
        Self {
            help: misuse.render().ansi().to_string(),
        }
    }

    fn error(&self) -> Error {
        let command = command(&console::strip_ansi_codes(&self.help));
        let problem = Problem::new(format!("`{command}` requires a subcommand"));
        Error::config(problem.hint(format!("see `{command} --help`")))
    }
}

impl Document for MissingSubcommand {
    fn exit_code(&self) -> u8 {
        ErrorKind::Config.exit_code()
    }

    fn human(&self, report: &Report) -> Result<()> {
        report.eprintln(self.help.trim_end());
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        self.error().json()
    }

    fn beside_json(&self, report: &Report) {
        report.error(&self.error());
    }
}

/// The error of clap as a problem.
fn problem(misuse: &clap::Error) -> Problem {
    let text = misuse.to_string();
    let lines = text.lines().map(str::trim);
    let message = lines
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty() && !line.starts_with("tip: "));
    let message = message.collect::<Vec<_>>().join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let help = format!("see `{} --help`", command(&text));
    Problem::new(message).hint(advice(misuse).unwrap_or(help))
}

/// What was probably meant.
fn advice(misuse: &clap::Error) -> Option<String> {
    let argument = text(misuse, ContextKind::InvalidArg);
    let subcommand = text(misuse, ContextKind::InvalidSubcommand);
    let habit = argument
        .and_then(habits::of_option)
        .or_else(|| subcommand.and_then(habits::of_subcommand));
    if let Some(habit) = habit {
        return Some(habit.to_owned());
    }
    let word = argument.or(subcommand)?;
    if misuse.kind() == clap::error::ErrorKind::UnknownArgument && Path::new(word).is_dir() {
        return Some(format!("name the project's folder with -C {word}"));
    }
    let similar: Vec<_> = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand]
        .into_iter()
        .filter_map(|kind| misuse.get(kind))
        .flat_map(|value| match value {
            ContextValue::String(name) => vec![name.clone()],
            ContextValue::Strings(names) => names.clone(),
            _ => Vec::new(),
        })
        .collect();
    (!similar.is_empty()).then(|| format!("did you mean `{}`?", similar.join("` or `")))
}

/// The command whose usage an error shows.
///
/// Ex) `pyz3-wheel cache`
fn command(text: &str) -> String {
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    let words = usage.unwrap_or_default().split_whitespace().skip(1);
    let names = words.take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
    let names: Vec<_> = std::iter::once("pyz3-wheel").chain(names).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn what_clap_says_has_a_message_and_a_hint() {
        for (line, message, hint) in [
            (
                "pyz3-wheel --formt json",
                "unexpected argument '--formt' found",
                "did you mean `--format`?",
            ),
            (
                "pyz3-wheel check",
                "the following required arguments were not provided: <FILE|FOLDER|NAME==VERSION>...",
                "see `pyz3-wheel check --help`",
            ),
            (
                "pyz3-wheel upload",
                "unrecognized subcommand 'upload'",
                habits::of_subcommand("upload").unwrap(),
            ),
            (
                "pyz3-wheel develop -i 3.12",
                "unexpected argument '-i' found",
                habits::of_option("-i").unwrap(),
            ),
            (
                "pyz3-wheel buidl",
                "unrecognized subcommand 'buidl'",
                "did you mean `build`?",
            ),
            (
                "pyz3-wheel metadata .",
                "unexpected argument '.' found",
                "name the project's folder with -C .",
            ),
        ] {
            let problem = problem(&Args::read(&words(line)).unwrap_err());
            assert_eq!(problem.message, message);
            assert_eq!(problem.hint.as_deref(), Some(hint));
        }
    }

    #[test]
    fn all_wrong_arguments_are_found() {
        for (line, wrong, rest_is_valid) in [
            (
                "pyz3-wheel --nosuch --jobs 0 --nor this -i3.12 --x=y",
                4,
                true,
            ),
            ("pyz3-wheel --release build --target x", 2, true),
            ("pyz3-wheel --nosuch nonsense", 1, true),
            ("pyz3-wheel --nosuch --jobs", 2, false),
            ("pyz3-wheel nonsense --nosuch", 1, false),
            ("pyz3-wheel metadata extra --more", 2, true),
            ("pyz3-wheel metadata m", 1, true),
        ] {
            let typed = words(line);
            let (error, rest) = all(Args::read(&typed).unwrap_err(), &typed);
            assert_eq!(error.problems().len(), wrong, "{line}: {error}");
            assert_eq!(rest.is_some(), rest_is_valid, "{line}");
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
