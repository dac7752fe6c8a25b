//! The command line: what was typed, resolved into settings, and one file a subcommand.

pub mod args;
mod build;
mod cache;
mod check;
mod develop;
mod doctor;
mod explain;
mod files;
mod init;
mod lists;
mod metadata;
mod misuse;
mod sdist;

use std::path::Path;
use std::process::ExitCode;

use crate::error::Result;
use crate::report::{self, Format, Report};
use crate::sys::cancel::{Cancel, Waiting};
use crate::sys::{signal, watcher};
use crate::toolchain::Cache;
use args::{Args, Command};

/// Runs the program with the process's own arguments and environment.
pub fn main() -> ExitCode {
    signal::heed_children();
    watcher::prepare();
    let typed: Vec<_> = std::env::args_os().collect();
    let done = match Args::read(&typed) {
        Ok(args) => run(args),
        Err(misuse) => misuse::report(&misuse, &typed),
    };
    watcher::finish();
    done.unwrap_or_else(|error| {
        let format = if misuse::wants_json(&typed) {
            Format::Json
        } else {
            Format::Human
        };
        // If nothing can be printed, the exit code still reports the error.
        let _ = report::came_to_nothing(&error, format);
        ExitCode::from(error.kind().exit_code())
    })
}

/// Opens the cache for a command that `cancel` stops while it waits for a lock or a program.
fn open_cache(dir: Option<&Path>, report: &Report, cancel: &Cancel) -> Result<Cache> {
    let cache = Cache::open_or_temporary(dir, &|text| report.note(text))?;
    Ok(cache.waiting(Waiting::new(cancel, report.announcer())))
}

fn run(args: Args) -> Result<ExitCode> {
    match args.command {
        None => build::run(&args.common, args.build),
        Some(Command::Build(build)) => build::run(&args.common, build),
        Some(Command::Platforms) => lists::platforms(&args.common),
        Some(Command::Pythons) => lists::pythons(&args.common),
        Some(Command::Metadata) => metadata::run(&args.common),
        Some(Command::Sdist) => sdist::run(&args.common),
        Some(Command::Develop(develop)) => develop::run(&args.common, &develop),
        Some(Command::Init(init)) => init::run(&args.common, &init),
        Some(Command::Files(files)) => files::run(&args.common, files),
        Some(Command::Check { wheels, fix_hint }) => check::run(&args.common, &wheels, fix_hint),
        Some(Command::Explain { code }) => explain::run(&args.common, code.as_deref()),
        Some(Command::Cache { command }) => cache::run(&args.common, command),
        Some(Command::Doctor { fix }) => doctor::run(&args.common, fix),
    }
}
