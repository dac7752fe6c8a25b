//! The two streams of the program: what it prints on them is safe to show.
//!
//! Text for people passes [`shown`], which leaves only colors of the terminal's control sequences, no
//! command to a CI service, and no credentials. Values from outside are escaped before they are styled;
//! this is the second line of defense, for all text.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

use console::Term;
use indicatif::{MultiProgress, ProgressBar};
use serde_json::Value;

use super::screen;
use crate::error::Result;
use crate::settings::{Color, Env};
use crate::text::wrap::hanging;
use crate::text::{credentials, escape};

/// Decides whether each stream has colors. For terminals the environment counts: `NO_COLOR`, then `FORCE_COLOR` and
/// `CLICOLOR_FORCE`, which are also for streams that are not terminals, then `CLICOLOR` and `TERM`.
pub(super) fn set_colors(color: Color, env: Env<'_>) {
    let colored = match color {
        Color::Always => Some(true),
        Color::Never => Some(false),
        Color::Auto => colors_by(env),
    };
    if let Some(colored) = colored {
        console::set_colors_enabled(colored);
        console::set_colors_enabled_stderr(colored);
    }
}

/// What the variables say for both streams. Without an answer, each of them is as `console` finds it.
fn colors_by(env: Env<'_>) -> Option<bool> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return Some(false);
    }
    let forced: Vec<_> = ["FORCE_COLOR", "CLICOLOR_FORCE"]
        .into_iter()
        .filter_map(set)
        .collect();
    let is_zero = forced.iter().all(|value| value == "0");
    (!forced.is_empty() && !is_zero).then_some(true)
}

/// Standard error: lines for people, from any thread, above the progress bars if there are any. Clones
/// share the bars.
#[derive(Debug, Clone, Default)]
pub struct Stderr {
    bars: Arc<OnceLock<MultiProgress>>,
    /// What is being done at the moment, if that is shown.
    pub(super) status: Arc<Mutex<Option<ProgressBar>>>,
}

impl Stderr {
    /// The progress bars, which are shown from now on.
    pub(super) fn bars(&self) -> &MultiProgress {
        self.bars
            .get_or_init(|| MultiProgress::with_draw_target(screen::target()))
    }

    /// Prints a command to the CI service, in which every value is escaped.
    pub(super) fn command(&self, command: &str) {
        self.write(&format!("{}\n", credentials::hide(command)));
    }

    /// Prints a line. A closed stderr does not stop a build.
    pub(super) fn line(&self, text: &str) {
        self.write(&(shown(text, console::colors_enabled_stderr()) + "\n"));
    }

    fn write(&self, text: &str) {
        let print = || drop(io::stderr().write_all(text.as_bytes()));
        match self.bars.get() {
            Some(bars) => bars.suspend(print),
            None => print(),
        }
    }
}

/// The width of stderr, if it is a terminal.
pub(super) fn stderr_width() -> Option<usize> {
    width(&Term::stderr())
}

/// The width of stdout, if it is a terminal.
pub(super) fn stdout_width() -> Option<usize> {
    width(&Term::stdout())
}

/// A line for stdout, broken between words if stdout is a terminal that it does not fit; its further lines are
/// `indent` columns to the right.
pub(super) fn fitting(line: &str, indent: usize) -> String {
    match stdout_width() {
        Some(width) => hanging(line, indent, width),
        None => line.to_owned(),
    }
}

fn width(term: &Term) -> Option<usize> {
    let (_, columns) = term.size_checked()?;
    Some(columns.into())
}

/// Prints text for people on stdout.
pub(super) fn text(text: &str) -> Result<()> {
    bytes(shown(text, console::colors_enabled()).as_bytes())
}

/// Prints a text on stdout: unchanged for programs, and with every character visible on a terminal.
pub(super) fn data(data: &str) -> Result<()> {
    if console::user_attended() {
        text(&escape::value(data))
    } else {
        bytes(data.as_bytes())
    }
}

/// Prints a JSON document on stdout.
pub(super) fn json(mut document: Value) -> Result<()> {
    hide_credentials(&mut document);
    bytes(format!("{}\n", escape::json(&format!("{document:#}"))).as_bytes())
}

/// Prints a document of another format on stdout. It comes with every value escaped.
pub(super) fn document(text: &str) -> Result<()> {
    bytes(credentials::hide(text).as_bytes())
}

fn hide_credentials(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(hidden) = credentials::hide(text) {
                *text = hidden;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(hide_credentials),
        Value::Object(values) => values.values_mut().for_each(hide_credentials),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn shown(text: &str, colored: bool) -> String {
    escape::lines(&credentials::hide(text), colored)
}

/// A reader that is gone (`| head`) wants no more data, which is not an error.
fn bytes(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_turn_colors_on_and_off() {
        for (variables, colored) in [
            (&[][..], None),
            (&[("NO_COLOR", "1")], Some(false)),
            (&[("NO_COLOR", ""), ("FORCE_COLOR", "1")], Some(true)),
            (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], Some(false)),
            (&[("CLICOLOR_FORCE", "1")], Some(true)),
            (&[("CLICOLOR_FORCE", "0"), ("FORCE_COLOR", "")], None),
        ] {
            let env = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).into())
            };
            assert_eq!(colors_by(&env), colored, "{variables:?}");
        }
    }
}
