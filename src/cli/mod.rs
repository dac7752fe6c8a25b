//! The command line: the arguments, the session, and one file for each subcommand.

pub mod args;
mod build;
mod cache;
mod check;
pub mod completions;
mod develop;
mod doctor;
mod env;
mod explain;
mod files;
mod fix;
mod habits;
mod help;
mod init;
mod lists;
mod metadata;
mod misuse;
mod schema;
mod sdist;
mod session;

use std::process::ExitCode;

use crate::sys::{signal, watcher};
use args::{Args, Command};
use completions::Completions;
use session::{Outcome, Session, Work};

/// Runs the program with the process's own arguments and environment.
pub fn main() -> ExitCode {
    signal::heed_children();
    watcher::prepare();
    let typed: Vec<_> = std::env::args_os().collect();
    let code = match Args::read(&typed) {
        Ok(mut args) => {
            let common = std::mem::take(&mut args.common);
            let work = Work::of(&args);
            Session::run(common, work, |session| {
                session.refuse_foreign_format(work)?;
                run(session, args)
            })
        }
        Err(misuse) => misuse::report(misuse, &typed),
    };
    watcher::finish();
    code
}

fn run(session: &Session, args: Args) -> Outcome {
    match args.command {
        None => build::run(session, args.build),
        Some(Command::Build { build, .. }) => build::run(session, build),
        Some(Command::Platforms) => Ok(Box::new(lists::Platforms::known())),
        Some(Command::Pythons) => lists::pythons(session),
        Some(Command::Metadata) => metadata::run(session),
        Some(Command::Sdist) => sdist::run(session),
        Some(Command::Develop(develop)) => develop::run(session, &develop),
        Some(Command::Init(init)) => init::run(session, &init),
        Some(Command::Files(files)) => files::run(session, files),
        Some(Command::Check {
            inputs,
            index_url,
            fix_hint,
            fix,
        }) => check::run(session, &inputs, index_url.as_deref(), fix_hint, &fix),
        Some(Command::Explain { name }) => explain::run(name.as_deref()),
        Some(Command::Env) => env::run(session),
        Some(Command::Completions { shell }) => Ok(Box::new(Completions::of(shell))),
        Some(Command::Schema) => Ok(Box::new(schema::Schema)),
        Some(Command::Cache { command }) => cache::run(session, command),
        Some(Command::Doctor { fix }) => doctor::run(session, fix),
    }
}
