//! One run of a zig: in a process group of its own, its output whole, until it ends or is stopped.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::progress::{self, StageSink};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::sys::cancel::Cancel;

/// How an invocation ended.
#[derive(Debug)]
pub struct Outcome {
    /// Whether zig said that it succeeded, which proves nothing yet.
    pub success: bool,
    /// How it ended, in words.
    pub status: String,
    /// What it printed, whole.
    pub log: String,
}

/// How often zig is run again when its cache was busy, and after which pause.
const BUSY_ATTEMPTS: usize = 5;
const BUSY_PAUSE: Duration = Duration::from_millis(200);

/// Whether zig could not run its own build runner, because another zig that shares the cache had just
/// written it: Linux runs no file that some process still has open for writing, and a child that is
/// being started holds all that its parent had open.
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

/// Runs zig, and once more where its cache was busy.
pub(super) fn run(command: Command, stage: Option<StageSink>, cancel: &Cancel) -> Result<Outcome> {
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

/// Runs zig in a process group of its own until it ends or the run is stopped.
fn run_once(mut command: Command, stage: Option<StageSink>, cancel: &Cancel) -> Result<Outcome> {
    let (mut reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    match stage {
        Some(sink) => progress::attach(&mut command, sink)?,
        None => {
            command.stdin(Stdio::null());
        }
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let mut wrap = CommandWrap::from(command);
    #[cfg(unix)]
    wrap.wrap(process_wrap::std::ProcessGroup::leader());
    #[cfg(windows)]
    wrap.wrap(process_wrap::std::JobObject);
    let mut child = wrap.spawn().map_err(|error| {
        Error::system(
            Problem::new(format!("can't run {program}: {error}")).hint("see `pyz3-wheel doctor`"),
        )
    })?;
    // The command holds the pipe's writing end; reading ends only when the last one is closed.
    drop(wrap);
    let (sender, receiver) = channel();
    let said = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&said);
    let output = thread::spawn(move || {
        let result = read_into(&mut reader, &sink);
        let _ = sender.send(());
        result
    });
    let (status, is_whole) = wait(&mut *child, &receiver, cancel)?;
    if is_whole {
        output
            .join()
            .map_err(|_| anyhow::anyhow!("the reader of zig's output panicked"))??;
    }
    let mut bytes = std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner));
    if !is_whole {
        bytes.extend_from_slice(
            b"\n(there may be more: a process that zig left behind keeps its output open)\n",
        );
    }
    Ok(Outcome {
        success: status.success(),
        status: describe(status),
        log: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// Waits for the end of the output, which comes with the end of zig, without delay; gives how
/// zig ended, and whether its output did too.
fn wait(
    child: &mut dyn ChildWrapper,
    closed: &Receiver<()>,
    cancel: &Cancel,
) -> Result<(ExitStatus, bool)> {
    let mut exited: Option<(Instant, ExitStatus)> = None;
    loop {
        match closed.recv_timeout(Duration::from_millis(50)) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                let status = match exited {
                    Some((_, status)) => status,
                    None => child.wait()?,
                };
                return Ok((status, true));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if cancel.is_set() {
            let _ = child.kill();
            let why = if cancel.is_interrupted() {
                "interrupted"
            } else {
                "stopped, because another job had failed"
            };
            return Err(Error::new(ErrorKind::Interrupted, Problem::new(why)));
        }
        if exited.is_none() {
            exited = child.try_wait()?.map(|status| (Instant::now(), status));
        }
        // A process that zig left behind may keep the output open for ever.
        if let Some((since, status)) = exited
            && since.elapsed() > Duration::from_secs(2)
        {
            return Ok((status, false));
        }
    }
}

/// Reads to the end, so that what has come so far can be had at any time.
fn read_into(reader: &mut impl Read, sink: &Mutex<Vec<u8>>) -> std::io::Result<()> {
    let mut chunk = [0; 8192];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) => sink
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn describe(status: ExitStatus) -> String {
    match status.code() {
        Some(0) => "succeeded".to_owned(),
        Some(code) => format!("failed with exit code {code}"),
        None => format!("was ended: {status}"),
    }
}
