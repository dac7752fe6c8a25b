//! Prints results for people and for programs: data on stdout, everything else on stderr.
//!
//! Takes the [`Document`] of a subcommand and prints it once. No other module prints. Color never carries
//! information that the text lacks.

mod check;
mod documents;
mod env;
mod excerpt;
mod explain;
mod failures;
mod github;
mod grid;
mod human;
mod init;
mod job_summary;
mod json;
mod log;
mod progress;
mod screen;
mod streams;
mod summary;
mod table;
mod units;

use std::path::PathBuf;
use std::process::Stdio;

use console::style;
use serde_json::Value;

pub use check::files::Results;
pub use check::{Checked, CheckedFile, FixedFile};
pub use documents::{Built, DistInfo, Planned, Refused, Sdist};
pub use explain::{Explained, codes_markdown};
pub use init::{Adopted, Created};
pub use log::start_log;
pub use streams::Stderr;

use check::{junit, sarif};
use excerpt::Excerpt;
use github::Actions;

use crate::audit::Severity;
use crate::error::{Error, Problem, Result};
use crate::settings::{CheckFormat, Format, Output, process_env};
use crate::text::escape;
use crate::text::wrap::hanging;

/// The title of annotations that are about no job.
const TITLE: &str = "pyz3-wheel";

/// The result of a subcommand, which can be printed for people and for programs.
pub trait Document {
    /// The exit code of the process.
    fn exit_code(&self) -> u8 {
        0
    }

    /// Prints it for people: on stdout what scripts may read, everything else on stderr.
    fn human(&self, report: &Report) -> Result<()>;

    /// The JSON document for programs.
    fn json(&self) -> Result<Value>;

    /// The results of `check`, which has formats for CI services.
    fn check_results(&self) -> Option<Results<'_>> {
        None
    }

    /// Prints messages for people on stderr while the JSON document goes to stdout.
    fn beside_json(&self, _report: &Report) {}
}

/// How one run is reported. Clones print to the same place.
#[derive(Debug, Clone)]
pub struct Report {
    output: Output,
    stderr: Stderr,
    /// The workflow that reads the lines for people, if one does.
    actions: Option<Actions>,
    project: PathBuf,
}

impl Report {
    /// A report whose lines for people go to `stderr`. `project` is the folder whose files the places of problems
    /// are in.
    pub fn new(output: Output, stderr: Stderr, project: PathBuf) -> Self {
        streams::set_colors(output.color, &process_env);
        let is_human = output.format == Format::Human;
        Self {
            output,
            stderr,
            actions: is_human.then(|| Actions::of(&process_env)).flatten(),
            project,
        }
    }

    /// Whether `--verbose` is given.
    pub fn is_verbose(&self) -> bool {
        self.output.verbose
    }

    /// The format of the result.
    pub fn format(&self) -> Format {
        self.output.format
    }

    /// Whether `--quiet` is given.
    pub fn is_quiet(&self) -> bool {
        self.output.quiet
    }

    /// The lowest severity of findings that are printed for people.
    fn lowest_severity(&self) -> Severity {
        if self.output.quiet {
            Severity::Error
        } else if self.output.verbose {
            Severity::Note
        } else {
            Severity::Warning
        }
    }

    /// Prints the result of a subcommand in the format that the user has chosen.
    pub fn show(&self, document: &dyn Document) -> Result<()> {
        match self.output.format {
            Format::Human | Format::Env(_) => document.human(self),
            Format::Json => {
                document.beside_json(self);
                streams::json(document.json()?)
            }
            Format::Check(format) => match document.check_results() {
                Some(results) => self.show_results(format, document, results),
                None => document.human(self),
            },
        }
    }

    fn show_results(
        &self,
        format: CheckFormat,
        document: &dyn Document,
        results: Results<'_>,
    ) -> Result<()> {
        match format {
            CheckFormat::Sarif => {
                document.beside_json(self);
                streams::json(sarif::document(results))
            }
            CheckFormat::Junit => {
                document.beside_json(self);
                streams::document(&junit::document(results)?)
            }
            // People read these lines in the log.
            CheckFormat::Github => {
                streams::document(&check::github::commands(results, self.lowest_severity()))?;
                results.print_summary(self);
                results.print_left_out(self);
                Ok(())
            }
        }
    }

    /// Prints a note on stderr, except with `--quiet`.
    pub fn note(&self, text: &str) {
        if !self.output.quiet {
            let label = style("note:").for_stderr().cyan().bold();
            self.labelled(&label.to_string(), "note: ".len(), text);
        }
    }

    /// Prints a warning on stderr, except with `--quiet`: something works here, but not for other users.
    pub fn warn(&self, problem: &Problem) {
        if !self.output.quiet {
            let label = style("warning:").for_stderr().yellow().bold();
            self.labelled(&label.to_string(), "warning: ".len(), &problem.to_string());
            self.hints(problem.hint.as_deref());
            self.annotate("warning", TITLE, problem);
        }
    }

    /// Prints all problems of an error and their hints on stderr.
    pub fn error(&self, error: &Error) {
        self.problems(error.problems());
        for problem in error.problems() {
            self.annotate("error", TITLE, problem);
        }
    }

    /// Shows a problem as an annotation if a workflow runs this program.
    fn annotate(&self, command: &str, title: &str, problem: &Problem) {
        if let Some(actions) = &self.actions {
            let command = actions.annotation(command, title, problem, &self.project);
            self.stderr.command(&command);
        }
    }

    /// Prints lines that the log of a workflow shows folded below a title.
    fn group<T>(&self, title: &str, print: impl FnOnce() -> T) -> T {
        if self.actions.is_none() || self.output.quiet {
            return print();
        }
        self.stderr.command(&github::group(title));
        let printed = print();
        self.stderr.command(github::END_OF_GROUP);
        printed
    }

    /// Prints problems as [`Self::error`] does.
    pub fn problems(&self, problems: &[Problem]) {
        for (index, problem) in problems.iter().enumerate() {
            let label = style("error:").for_stderr().red().bold();
            self.labelled(&label.to_string(), 0, &problem.to_string());
            let place = problem.place.as_deref();
            let excerpt = place.and_then(|place| Excerpt::at(&self.project, place));
            for line in excerpt.iter().flat_map(Excerpt::lines) {
                self.eprintln(&line);
            }
            self.hints(problem.hint.as_deref());
            if excerpt.is_some() && index + 1 < problems.len() {
                self.eprintln("");
            }
        }
    }

    /// Prints a hint on stderr.
    fn hints(&self, hint: Option<&str>) {
        for line in hint.into_iter().flat_map(str::lines) {
            let text = escape::value(line);
            if line.starts_with(' ') {
                // A line of code, which belongs to the line above. Without a label it can be copied.
                self.eprintln(&format!("       {text}"));
            } else {
                let label = style(" hint:").for_stderr().green().to_string();
                self.wrapped(&format!("{label} {text}"), " hint: ".len());
            }
        }
    }

    /// Prints a text behind a label, with its further lines below the first one and `indent` columns to the
    /// right.
    fn labelled(&self, label: &str, indent: usize, text: &str) {
        let text = escape::value(text);
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        self.wrapped(
            &format!("{label} {first}"),
            console::measure_text_width(label) + 1,
        );
        for line in lines {
            self.eprintln(&format!("{:indent$}{line}", ""));
        }
    }

    /// Prints a line on stderr, broken between words if stderr is a terminal that it does not fit.
    fn wrapped(&self, line: &str, indent: usize) {
        let Some(width) = streams::stderr_width() else {
            return self.eprintln(line);
        };
        self.eprintln(&hanging(line, indent, width));
    }

    /// Prints a line for people on stderr, even with `--quiet`. The caller escapes values from outside.
    pub fn eprintln(&self, text: &str) {
        self.stderr.line(text);
    }

    /// The standard output for a child process that prints for people: our own, or stderr if our own has the
    /// JSON document.
    pub fn stdout_of_child(&self) -> Stdio {
        match self.output.format {
            Format::Human => Stdio::inherit(),
            Format::Json | Format::Check(_) | Format::Env(_) => Stdio::from(std::io::stderr()),
        }
    }

    /// Prints text for people on stdout. The caller escapes values from outside.
    pub fn print(&self, text: &str) -> Result<()> {
        streams::text(text)
    }

    /// Prints text on stdout that programs read byte for byte.
    pub fn print_data(&self, text: &str) -> Result<()> {
        streams::data(text)
    }

    /// Prints a table on stdout, its columns as wide as they need to be.
    pub fn print_table<const N: usize>(
        &self,
        head: [&str; N],
        rows: impl Iterator<Item = [String; N]>,
    ) -> Result<()> {
        let head = head.map(str::to_owned);
        self.print_rows(std::iter::once(head).chain(rows))
    }

    /// Prints a table without a special first row: it may have several rows of titles.
    pub fn print_rows<const N: usize>(
        &self,
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Result<()> {
        let rows = rows.into_iter();
        let rows: Vec<_> = rows
            .map(|row| row.map(|cell| escape::cell(&cell)))
            .collect();
        self.print(&(table::lines(&rows, streams::stdout_width()).join("\n") + "\n"))
    }
}
