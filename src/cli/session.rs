//! One run of the program: the report, the interrupt flag, and access to the project and the cache.
//!
//! Takes the options that all subcommands have, runs a subcommand, prints its document or its error once,
//! and returns the exit code. Subcommands themselves print only notes.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::{Args, Command, CommonArgs};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::options::table;
use crate::project::{Config, Project};
use crate::report::{Document, Refused, Report, Stderr, start_log};
use crate::settings::{self, CheckSelection, Format, Output, process_env};
use crate::sys::cancel::{Cancel, Waiting};
use crate::sys::signal;
use crate::toolchain::{Cache, ZigRequest};

/// The result of a subcommand: a document to print, or an error, which is a document too.
pub(super) type Outcome = Result<Box<dyn Document>>;

/// What a run does, as far as its reports differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// A build: all that is wrong with the command line, the environment and the project is one error.
    Build,
    /// `check`, which has formats of its own.
    Check,
    /// `env`, which has formats of its own.
    Env,
    /// Anything else.
    Other,
}

impl Work {
    /// Whether a format is only for another subcommand.
    fn lacks(self, format: Format) -> bool {
        match format {
            Format::Human | Format::Json => false,
            Format::Check(_) => self != Self::Check,
            Format::Env(_) => self != Self::Env,
        }
    }

    /// What a run with these arguments does.
    pub(super) fn of(args: &Args) -> Self {
        match args.command {
            None | Some(Command::Build { .. }) => Self::Build,
            Some(Command::Check { .. }) => Self::Check,
            Some(Command::Env) => Self::Env,
            Some(
                Command::Platforms
                | Command::Pythons
                | Command::Metadata
                | Command::Sdist
                | Command::Develop(_)
                | Command::Init(_)
                | Command::Files(_)
                | Command::Explain { .. }
                | Command::Completions { .. }
                | Command::Schema
                | Command::Cache { .. }
                | Command::Doctor { .. },
            ) => Self::Other,
        }
    }
}

/// The context that all subcommands share.
pub(super) struct Session {
    common: CommonArgs,
    report: Report,
    cancel: OnceCell<Cancel>,
}

impl Session {
    /// Runs a subcommand and prints its result; returns the exit code. Of a build, everything that is wrong with
    /// the settings is one error.
    pub(super) fn run(
        common: CommonArgs,
        work: Work,
        subcommand: impl FnOnce(&Self) -> Outcome,
    ) -> ExitCode {
        let (session, begun) = Self::begin(common, work);
        let outcome = match begun {
            Err(error) => session.refused(work, error),
            Ok(()) => subcommand(&session),
        };
        session.finish(outcome)
    }

    /// Prints an error of the command line, of a build with all that is wrong besides; returns the exit code.
    pub(super) fn refuse(common: CommonArgs, work: Work, mut error: Error) -> ExitCode {
        let (session, begun) = Self::begin(common, work);
        if let Err(more) = begun {
            error = error.with(more.into_problems());
        }
        let outcome = session.refused(work, error);
        session.finish(outcome)
    }

    /// The document of a run that ended before its work. That of a build has the keys of a build's document.
    fn refused(&self, work: Work, error: Error) -> Outcome {
        match work {
            Work::Build => Ok(Box::new(Refused(self.with_build_problems(error)))),
            Work::Check | Work::Env | Work::Other => Err(error),
        }
    }

    /// A session, and what is wrong with the settings of its reports.
    fn begin(common: CommonArgs, work: Work) -> (Self, Result<()>) {
        let resolved = settings::output(&common, None, &process_env);
        let mut output = match &resolved {
            // An invalid pyproject.toml is reported by the subcommands that need it.
            Ok(output) => Self::by_project(&common).unwrap_or(*output),
            Err(_) => Output {
                format: wanted_format(&common),
                ..Output::default()
            },
        };
        // The variable and pyproject.toml are for all subcommands, but some formats are for one only.
        let is_typed = common.str(&table::FORMAT).is_some();
        if !is_typed && work.lacks(output.format) {
            output.format = Format::Human;
        }
        let stderr = Stderr::default();
        let log = start_log(&process_env, &stderr);
        let session = Self {
            report: Report::new(output, stderr, settings::project_dir(&common, &process_env)),
            common,
            cancel: OnceCell::new(),
        };
        for warning in settings::unknown_variables(std::env::vars_os().map(|(name, _)| name)) {
            session.report.warn(&warning);
        }
        (session, resolved.and(log))
    }

    /// How to report with the settings in pyproject.toml, if the file can be read.
    fn by_project(common: &CommonArgs) -> Option<Output> {
        let config = Config::read_leniently(&settings::project_dir(common, &process_env))?;
        settings::output(common, Some(&config), &process_env).ok()
    }

    fn finish(&self, outcome: Outcome) -> ExitCode {
        let document = outcome.unwrap_or_else(|error| Box::new(self.explain(error)));
        let code = match self.report.show(&*document) {
            Ok(()) => document.exit_code(),
            Err(error) => {
                self.report.error(&error);
                error.kind().exit_code()
            }
        };
        ExitCode::from(code)
    }

    /// The options of every subcommand.
    pub(super) fn common(&self) -> &CommonArgs {
        &self.common
    }

    /// Prints notes and the progress of jobs.
    pub(super) fn report(&self) -> &Report {
        &self.report
    }

    /// Prints a note.
    pub(super) fn note(&self, text: &str) {
        self.report.note(text);
    }

    /// The flag that Ctrl-C and SIGTERM set. Before the first call of this function they end the program at
    /// once.
    pub(super) fn cancel(&self) -> Result<&Cancel> {
        if let Some(cancel) = self.cancel.get() {
            return Ok(cancel);
        }
        let cancel = signal::listen()?;
        Ok(self.cancel.get_or_init(|| cancel))
    }

    /// The error itself, or the interrupt that caused it.
    pub(super) fn explain(&self, error: Error) -> Error {
        match self.cancel.get() {
            Some(cancel) => cancel.explain(error),
            None => error,
        }
    }

    /// A wrong usage or configuration, together with all that is wrong with the project and the settings of a
    /// build.
    pub(super) fn with_build_problems(&self, error: Error) -> Error {
        if error.kind() != ErrorKind::Config {
            return error;
        }
        error.with(settings::build_problems(&self.common, &process_env))
    }

    /// The project's folder, by `--project`, `PYZ3_WHEEL_PROJECT` or the current folder.
    pub(super) fn project_dir(&self) -> Result<PathBuf> {
        let dir = settings::project_dir(&self.common, &process_env);
        if dir.is_dir() {
            return Ok(dir);
        }
        Err(Error::config(
            Problem::new(format!("{} is not a folder", dir.display()))
                .hint("give the folder with the pyproject.toml: -C DIR"),
        ))
    }

    /// Reads the project, and prints notes about its metadata.
    pub(super) fn project(&self) -> Result<Project> {
        let project = Project::load(&self.project_dir()?)?;
        self.check_output(&project)?;
        for note in project.metadata.notes() {
            self.note(note);
        }
        Ok(project)
    }

    /// Rejects invalid settings of the project that are about reports. The session itself ignores them.
    pub(super) fn check_output(&self, project: &Project) -> Result<()> {
        settings::output(&self.common, Some(&project.config), &process_env).map(drop)
    }

    /// Reads the project if there is one, for subcommands that also work without a project.
    pub(super) fn project_if_any(&self) -> Result<Option<Result<Project>>> {
        let dir = self.project_dir()?;
        let is_project = dir.join("pyproject.toml").is_file();
        Ok(is_project.then(|| Project::load(&dir)))
    }

    /// Which checks `check` reports. It works in every folder, also without a project.
    pub(super) fn check_selection(&self) -> Result<CheckSelection> {
        let config = Config::read_if_any(&self.project_dir()?)?;
        settings::output(&self.common, config.as_ref(), &process_env)?;
        settings::check(&self.common, config.as_ref(), &process_env)
    }

    /// Refuses an option `--format` with a value that only another subcommand has.
    pub(super) fn refuse_foreign_format(&self, work: Work) -> Result<()> {
        let format = self.report.format();
        if !work.lacks(format) {
            return Ok(());
        }
        let owner = match format {
            Format::Env(_) => "env",
            Format::Human | Format::Json | Format::Check(_) => "check",
        };
        let format = self.common.str(&table::FORMAT).unwrap_or_default();
        Err(Error::config(
            Problem::new(format!("the format `{format}` is for `{owner}` only"))
                .hint("use `--format human` or `--format json`"),
        ))
    }

    /// The cache directory, if it is set.
    pub(super) fn cache_dir(&self, project: Option<&Project>) -> Result<Option<PathBuf>> {
        settings::cache_dir(&self.common, project, &process_env)
    }

    /// The Zig that the settings request.
    pub(super) fn zig(&self, project: Option<&Project>) -> Result<ZigRequest> {
        settings::zig(&self.common, project, &process_env)
    }

    /// Opens the cache. Ctrl-C stops it where it waits for a lock or a program.
    pub(super) fn cache(&self, dir: Option<&Path>) -> Result<Cache> {
        let report = self.report.clone();
        let waiting = Waiting::new(self.cancel()?, move |text| report.note(text));
        let report = self.report.clone();
        let waiting = waiting.with_status(move |text| report.status(text));
        Cache::open_or_temporary(dir, waiting)
    }
}

/// The format that errors in the options themselves are reported in.
fn wanted_format(common: &CommonArgs) -> Format {
    let variable = || process_env(&table::FORMAT.variable())?.into_string().ok();
    let text = common
        .str(&table::FORMAT)
        .map(str::to_owned)
        .or_else(variable);
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}
