//! What people and programs are told: data on stdout, talk on stderr.
//!
//! Takes plans, events and summaries; the only place (with main) that prints. Never decides
//! anything, and never says by colour alone.

mod human;
mod init;
mod json;
mod judgement;
mod progress;

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use console::style;
use indicatif::MultiProgress;
use serde::Serialize;

pub use judgement::{
    Judged, codes, codes_document, codes_markdown, explanation, judged, judged_document,
};

use crate::error::{Error, Problem, Result, unknown};
use crate::plan::Plan;
use crate::run::Summary;
use crate::run::reuse::Decision;
use crate::run::schedule::Observer;
use crate::text::{credentials, escape};
use crate::wheel::WrittenWheel;

/// For people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Tables and progress on stderr, the wheels' paths on stdout.
    #[default]
    Human,
    /// One JSON document on stdout.
    Json,
}

impl FromStr for Format {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err(unknown("format", text, &["human", "json"])),
        }
    }
}

/// How to report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Output {
    /// For people or for programs.
    pub format: Format,
    /// Say more.
    pub verbose: bool,
    /// Say nothing but errors.
    pub quiet: bool,
}

/// How one run is reported.
#[derive(Debug)]
pub struct Report {
    output: Cell<Output>,
    /// The progress bars, once jobs run.
    bars: Arc<OnceLock<MultiProgress>>,
}

impl Report {
    /// A report in this manner.
    pub fn new(output: Output) -> Self {
        Self {
            output: Cell::new(output),
            bars: Arc::default(),
        }
    }

    /// Goes on in the manner that the project's configuration asks for.
    pub fn adopt(&self, output: Output) {
        self.output.set(output);
    }

    /// Something worth knowing.
    pub fn note(&self, text: &str) {
        if !self.output.get().quiet {
            note(text);
        }
    }

    /// Prints notes from any thread, also while progress bars are shown.
    pub fn announcer(&self) -> impl Fn(&str) + Send + Sync + 'static {
        let quiet = self.output.get().quiet;
        let bars = Arc::clone(&self.bars);
        move |text| match bars.get() {
            _ if quiet => {}
            Some(bars) => bars.suspend(|| note(text)),
            None => note(text),
        }
    }

    /// Something that will be in somebody's way, and in nobody's here.
    pub fn warn(&self, text: &str) {
        if !self.output.get().quiet {
            let label = style("warning:").for_stderr().yellow().bold();
            labelled(&label.to_string(), "warning: ".len(), text);
        }
    }

    /// The run was refused before any job began.
    pub fn refused(&self, refusal: &Error) -> Result<()> {
        error(refusal);
        match self.output.get().format {
            Format::Human => Ok(()),
            Format::Json => self::json(&json::refusal(refusal)),
        }
    }

    /// What would be done; of each job too, if that is known.
    pub fn plan(&self, plan: &Plan, decisions: Option<&[Decision]>) -> Result<()> {
        match self.output.get().format {
            Format::Human => human::plan(plan, decisions),
            Format::Json => self::json(&json::plan(plan, decisions)?),
        }
    }

    /// Shows how so many builds of jobs go while `run` carries them out.
    pub fn watch(
        &self,
        builds: usize,
        run: impl FnOnce(&dyn Observer) -> Result<Summary>,
    ) -> Result<Summary> {
        let output = self.output.get();
        if !output.quiet && console::user_attended_stderr() {
            let bars = progress::Bars::new(builds, &self.bars);
            let summary = run(&bars);
            bars.clear();
            summary
        } else {
            run(&progress::Lines::new(builds, output))
        }
    }

    /// An sdist that was written.
    pub fn sdist(&self, sdist: &WrittenWheel) -> Result<()> {
        let output = self.output.get();
        if !output.quiet {
            human::sdist(sdist);
        }
        match output.format {
            Format::Json => self::json(&json::sdist_document(sdist)),
            Format::Human if console::user_attended() => Ok(()),
            Format::Human => tell(&path_line(&sdist.path)),
        }
    }

    /// A `.dist-info` folder that was written.
    pub fn dist_info(&self, folder: &Path) -> Result<()> {
        match self.output.get().format {
            Format::Json => self::json(&json::dist_info(folder)),
            Format::Human => tell(&path_line(folder)),
        }
    }

    /// A subcommand came to nothing.
    pub fn nothing(&self, refusal: &Error) -> Result<()> {
        came_to_nothing(refusal, self.output.get().format)
    }

    /// What the run came to; `sdist` is what the wheels were built from, if that was one.
    pub fn summary(
        &self,
        plan: &Plan,
        summary: &Summary,
        sdist: Option<&WrittenWheel>,
    ) -> Result<()> {
        let output = self.output.get();
        human::failures(plan, summary, output.verbose);
        if !output.quiet {
            human::summary(plan, summary);
            if let Some(sdist) = sdist {
                human::sdist(sdist);
            }
        }
        match output.format {
            Format::Json => self::json(&json::summary(plan, summary, sdist)),
            // On a terminal the table has said it already.
            Format::Human if console::user_attended() => Ok(()),
            Format::Human => human::paths(summary, sdist),
        }
    }
}

/// Says something on stderr that is worth knowing.
pub fn note(text: &str) {
    let label = style("note:").for_stderr().cyan().bold();
    labelled(&label.to_string(), "note: ".len(), text);
}

/// A text behind a label, its further lines below its first one.
fn labelled(label: &str, width: usize, text: &str) {
    let text = escape::value(text);
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    say(&format!("{label} {first}"));
    for line in lines {
        say(&format!("{:width$}{line}", ""));
    }
}

/// Says on stderr what is wrong and what to do.
pub fn error(error: &Error) {
    problems(error.problems());
}

/// Says on stderr what is wrong and what to do.
pub(crate) fn problems(problems: &[Problem]) {
    for problem in problems {
        let label = style("error:").for_stderr().red().bold();
        say(&format!("{label} {}", escape::value(&problem.to_string())));
        hints(problem);
    }
}

/// Prints clap's message about wrong arguments on stderr.
pub(crate) fn misuse(text: &clap::builder::StyledStr) {
    say(text.ansi().to_string().trim_end());
}

/// Says on stderr what can be done about it.
fn hints(problem: &Problem) {
    for line in problem.hint.iter().flat_map(|hint| hint.lines()) {
        let label = style(" hint:").for_stderr().green();
        say(&format!("{label} {}", escape::value(line)));
    }
}

/// Prints a message with our styles on stderr. A closed stderr does not stop a build.
///
/// Values from outside go through [`escape::value`] before they are styled. This is the second line of
/// defense, for all text: only colors reach the terminal, no line is a command to a CI service, and
/// credentials are hidden.
fn say(text: &str) {
    let _ = writeln!(
        io::stderr(),
        "{}",
        shown(text, console::colors_enabled_stderr())
    );
}

fn shown(text: &str, colored: bool) -> String {
    escape::lines(&credentials::hide(text), colored)
}

/// Text for people on stdout, as [`say`] does on stderr.
fn tell(text: &str) -> Result<()> {
    data(shown(text, console::colors_enabled()).as_bytes())
}

/// One JSON document on stdout.
pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<()> {
    let mut document = serde_json::to_value(value).map_err(anyhow::Error::from)?;
    hide_credentials(&mut document);
    data(format!("{}\n", escape::json(&format!("{document:#}"))).as_bytes())
}

fn hide_credentials(value: &mut serde_json::Value) {
    use serde_json::Value;
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

/// A subcommand came to nothing: this is why, for people and programs.
pub fn came_to_nothing(why: &Error, format: Format) -> Result<()> {
    error(why);
    match format {
        Format::Human => Ok(()),
        Format::Json => json(&error_document(why)),
    }
}

/// The document of a subcommand that came to nothing.
pub fn error_document(error: &Error) -> serde_json::Value {
    serde_json::json!({
        "error": {"kind": error.kind(), "problems": error.problems()},
        "exit_code": error.kind().exit_code(),
    })
}

/// A text on stdout: as it is for programs, and with every character visible on a terminal.
pub fn text(text: &str) -> Result<()> {
    if console::user_attended() {
        tell(&escape::value(text))
    } else {
        data(text.as_bytes())
    }
}

/// A table on stdout, its columns as wide as they need to be.
pub fn table<const N: usize>(
    head: [impl Into<String>; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<()> {
    let head = head.map(Into::into);
    let rows = rows.map(|row| row.map(|cell| escape::cell(&cell)));
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let mut text = String::new();
    for line in columns(&rows) {
        text.push_str(&line);
        text.push('\n');
    }
    tell(&text)
}

/// A path on a line of its own, for scripts.
fn path_line(path: &Path) -> String {
    escape::path(path) + "\n"
}

/// Rows as lines, the cells of a column below each other.
fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .map(|row| console::measure_text_width(&row[column]));
        cells.max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    rows.iter()
        .map(|row| {
            let cells: Vec<_> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| console::pad_str(cell, width, console::Alignment::Left, None))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

/// Data on stdout. A reader who has gone (`| head`) wants no more of it, which is no error.
fn data(bytes: &[u8]) -> Result<()> {
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
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "bcd", ""], ["abc", "é", "x"]].map(|row| row.map(str::to_owned));
        assert_eq!(columns(&rows), ["a    bcd", "abc  é    x"]);
    }
}
