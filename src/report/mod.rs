//! What people and programs read: data on stdout, everything else on stderr.
//!
//! Takes what a subcommand gives, a [`Document`], and prints it once. The only module that prints.
//! Decides nothing, and never distinguishes by color alone.

mod documents;
mod failures;
mod human;
mod init;
mod json;
mod judgement;
mod log;
mod progress;
mod streams;
mod table;

use std::process::Stdio;

use console::style;
use serde_json::Value;

pub use documents::{Built, DistInfo, Planned, Refused, Sdist};
pub use init::{Adopted, Created};
pub use judgement::{Checked, CheckedWheel, Explained, codes_markdown};
pub use log::start_log;
pub use streams::Stderr;

use crate::error::{Error, Problem, Result};
use crate::run::{Observer, Summary};
use crate::settings::{Format, Output};
use crate::text::escape;

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

    /// Prints on stderr what people are to see when the JSON document is on stdout.
    fn beside_json(&self, _report: &Report) {}
}

/// How one run is reported. Clones print to the same place.
#[derive(Debug, Clone)]
pub struct Report {
    output: Output,
    stderr: Stderr,
}

impl Report {
    /// A report whose lines for people go to `stderr`.
    pub fn new(output: Output, stderr: Stderr) -> Self {
        Self { output, stderr }
    }

    /// Whether people get more than usual.
    pub fn is_verbose(&self) -> bool {
        self.output.verbose
    }

    /// Whether people get errors only.
    pub fn is_quiet(&self) -> bool {
        self.output.quiet
    }

    /// Prints the result of a subcommand, as the format requires.
    pub fn show(&self, document: &dyn Document) -> Result<()> {
        match self.output.format {
            Format::Human => document.human(self),
            Format::Json => {
                document.beside_json(self);
                streams::json(document.json()?)
            }
        }
    }

    /// Reports on stderr something that is worth knowing, unless the run is quiet.
    pub fn note(&self, text: &str) {
        if !self.output.quiet {
            let label = style("note:").for_stderr().cyan().bold();
            self.labelled(&label.to_string(), "note: ".len(), text);
        }
    }

    /// Reports on stderr what is fine here and will be a problem for somebody else, unless the run is quiet.
    pub fn warn(&self, text: &str) {
        if !self.output.quiet {
            let label = style("warning:").for_stderr().yellow().bold();
            self.labelled(&label.to_string(), "warning: ".len(), text);
        }
    }

    /// Reports on stderr everything that is wrong and what to do about it.
    pub fn error(&self, error: &Error) {
        self.problems(error.problems());
    }

    /// Reports problems as [`Self::error`] does.
    pub fn problems(&self, problems: &[Problem]) {
        for problem in problems {
            let label = style("error:").for_stderr().red().bold();
            self.eprintln(&format!("{label} {}", escape::value(&problem.to_string())));
            self.hints(problem.hint.as_deref());
        }
    }

    /// Reports on stderr what can be done about a problem.
    fn hints(&self, hint: Option<&str>) {
        for line in hint.into_iter().flat_map(str::lines) {
            let text = escape::value(line);
            if line.starts_with(' ') {
                // A line of code, which belongs to the line above. Without a label it can be copied.
                self.eprintln(&format!("       {text}"));
            } else {
                let label = style(" hint:").for_stderr().green();
                self.eprintln(&format!("{label} {text}"));
            }
        }
    }

    /// Prints a text behind a label, with its further lines below the first one.
    fn labelled(&self, label: &str, width: usize, text: &str) {
        let text = escape::value(text);
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        self.eprintln(&format!("{label} {first}"));
        for line in lines {
            self.eprintln(&format!("{:width$}{line}", ""));
        }
    }

    /// Prints a line for people on stderr, whether the run is quiet or not. Values from outside are escaped
    /// before.
    pub fn eprintln(&self, text: &str) {
        self.stderr.line(text);
    }

    /// The standard output of a program that talks to the user: our own, unless programs read a document
    /// there.
    pub fn stdout_of_child(&self) -> Stdio {
        match self.output.format {
            Format::Human => Stdio::inherit(),
            Format::Json => Stdio::from(std::io::stderr()),
        }
    }

    /// Prints text for people on stdout. Values from outside are escaped before.
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

    /// Prints a table whose heads are rows like the others, as more than one may be.
    pub fn print_rows<const N: usize>(
        &self,
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Result<()> {
        let rows = rows.into_iter();
        let rows: Vec<_> = rows
            .map(|row| row.map(|cell| escape::cell(&cell)))
            .collect();
        self.print(&(table::lines(&rows).join("\n") + "\n"))
    }

    /// Shows how so many builds of jobs go while `run` carries them out: as bars on a terminal, else as
    /// lines.
    pub fn watch(
        &self,
        builds: usize,
        run: impl FnOnce(&dyn Observer) -> Result<Summary>,
    ) -> Result<Summary> {
        if !self.output.quiet && console::user_attended_stderr() {
            let bars = progress::Bars::new(builds, self);
            let summary = run(&bars);
            bars.clear();
            summary
        } else {
            run(&progress::Lines::new(builds, self))
        }
    }
}
