//! Runs zig in a process group of its own, with its whole output, until it exits or the run is stopped.

use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use super::progress::{self, StageSink};
use crate::error::Result;
use crate::sys::cancel::Cancel;
use crate::sys::process;

/// How an invocation ended.
#[derive(Debug)]
pub struct Outcome {
    /// Whether zig exited with success, which does not prove that it installed anything.
    pub success: bool,
    /// How it ended, in words.
    pub status: String,
    /// Its whole output.
    pub log: String,
}

/// How often zig is run again if its cache is busy, and the pause before each run.
const BUSY_ATTEMPTS: usize = 5;
const BUSY_PAUSE: Duration = Duration::from_millis(200);

/// Whether zig could not run its own build runner, because another zig that shares the cache had just
/// written it: Linux does not execute a file that a process has open for writing, and a child process that
/// is being started inherits the open files of its parent.
fn is_busy(log: &str) -> bool {
    log.contains("failed to spawn build runner") && log.contains("FileBusy")
}

/// The same command, to be run again.
fn copy(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        copy.current_dir(folder);
    }
    copy
}

/// Runs zig, and again if its cache was busy.
pub(crate) fn run(command: Command, stage: Option<StageSink>, cancel: &Cancel) -> Result<Outcome> {
    let mut spare = copy(&command);
    let mut outcome = run_once(command, stage, cancel)?;
    for _ in 0..BUSY_ATTEMPTS {
        if outcome.success || !is_busy(&outcome.log) || cancel.is_set() {
            break;
        }
        thread::sleep(BUSY_PAUSE);
        let next = copy(&spare);
        outcome = run_once(std::mem::replace(&mut spare, next), None, cancel)?;
    }
    Ok(outcome)
}

/// Runs zig until it ends or the run is stopped.
fn run_once(mut command: Command, stage: Option<StageSink>, cancel: &Cancel) -> Result<Outcome> {
    match stage {
        Some(sink) => progress::attach(&mut command, sink)?,
        None => {
            command.stdin(Stdio::null());
        }
    }
    let said = process::transcribe(command, cancel)?;
    let mut log = said.text;
    if !said.is_complete {
        log.push_str(
            "\n(there may be more: a process that zig left behind keeps its output open)\n",
        );
    }
    Ok(Outcome {
        success: said.status.success(),
        status: describe(said.status),
        log,
    })
}

fn describe(status: ExitStatus) -> String {
    match status.code() {
        Some(0) => "succeeded".to_owned(),
        Some(code) => format!("failed with exit code {code}"),
        None => format!("was ended: {status}"),
    }
}
