//! Runs other programs, and survives what they do instead.
//!
//! Takes a command; gives what it wrote. Every program runs in a process group (on Windows a job
//! object) of its own, which ends as a whole when the run is stopped or the time is over, and on Unix
//! also when this process is killed. No program reads our standard input.

use std::fmt;
use std::io::{self, IsTerminal as _, PipeReader, Read as _};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(windows)]
use process_wrap::std::JobObject;
#[cfg(unix)]
use process_wrap::std::ProcessGroup;
use process_wrap::std::{ChildWrapper, CommandWrap};

use super::cancel::Cancel;
use super::signal;
use super::sync;
use super::watcher::{self, Watched};
use crate::error::{Error, Problem, Result};

/// How long a program may take to say who it is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How long the output of a program may stay open after its end: a process that it left behind may keep it
/// open forever.
const GRACE: Duration = Duration::from_secs(2);

/// How long a program that talks to the user may take to stop.
const STOP: Duration = Duration::from_secs(10);

/// A program with a time limit that runs longer than this is watched, so that it does not outlive this
/// process.
const BRIEF: Duration = Duration::from_millis(200);

/// What a program that ended had written.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// Standard output, or why there is no answer in it.
    pub(crate) fn answer(self) -> Result<String, Failure> {
        if self.status.success() {
            Ok(self.stdout)
        } else {
            Err(Failure::Status(
                self.status,
                last_lines(&self.stderr, 1).trim().to_owned(),
            ))
        }
    }
}

/// What a program that ended had written to standard output and standard error, in the original order.
pub(crate) struct Transcript {
    pub(crate) status: ExitStatus,
    pub(crate) text: String,
    /// Whether the text is complete: a process that the program left behind may still write.
    pub(crate) is_complete: bool,
}

/// Why a program gave no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It could not be started, or lost.
    Io(io::Error),
    /// It was still running after this long, and was ended.
    Hung(Duration),
    /// It failed, and its last line of standard error.
    Status(ExitStatus, String),
    /// The run was stopped, and the program with it.
    Stopped,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "it cannot be run: {error}"),
            Self::Hung(patience) => {
                write!(f, "it gave no answer within {} s", patience.as_secs())
            }
            Self::Status(status, line) if line.is_empty() => write!(f, "it ended with {status}"),
            Self::Status(status, line) => write!(f, "it ended with {status}: {line}"),
            Self::Stopped => f.write_str("interrupted"),
        }
    }
}

/// Runs a program that answers a question, for at most `patience`.
pub(crate) fn capture(
    command: Command,
    patience: Duration,
    cancel: &Cancel,
) -> Result<Output, Failure> {
    capture_with_input(command, Stdio::null(), patience, cancel)
}

/// Like [`capture`], for a program that reads its standard input.
pub(crate) fn capture_with_input(
    mut command: Command,
    input: Stdio,
    patience: Duration,
    cancel: &Cancel,
) -> Result<Output, Failure> {
    command.stdin(input);
    let output = Streams::apart(&mut command).map_err(Failure::Io)?;
    run(command, output, Some(patience), cancel).map(separate)
}

/// Runs a program that installs or fetches to its end; the caller interprets what it wrote.
pub(crate) fn finish(mut command: Command, cancel: &Cancel) -> Result<Output> {
    let program = command.get_program().display().to_string();
    command.stdin(Stdio::null());
    let output = Streams::apart(&mut command)?;
    run(command, output, None, cancel)
        .map(separate)
        .map_err(|failure| failure.of(&program, cancel))
}

/// Runs a program to its end, with standard output and standard error in one stream.
pub(crate) fn transcribe(mut command: Command, cancel: &Cancel) -> Result<Transcript> {
    let program = command.get_program().display().to_string();
    let output = Streams::together(&mut command)?;
    let ended = run(command, output, None, cancel);
    let mut ended = ended.map_err(|failure| failure.of(&program, cancel))?;
    Ok(Transcript {
        status: ended.status,
        text: ended.streams.text(0),
        is_complete: ended.child.is_none(),
    })
}

fn separate(mut ended: Ended) -> Output {
    if let Some(mut child) = ended.child {
        // A process that it left behind has nothing to add to the answer.
        drop(child.kill());
    }
    Output {
        status: ended.status,
        stdout: ended.streams.text(0),
        stderr: ended.streams.text(1),
    }
}

impl Failure {
    fn of(self, program: &str, cancel: &Cancel) -> Error {
        if let Err(stopped) = cancel.check() {
            return stopped;
        }
        let why = match self {
            Self::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        Error::system(
            Problem::new(format!("cannot run {program}: {why}")).hint("see `pyz3-wheel doctor`"),
        )
    }
}

/// What is read from a program.
struct Streams {
    read: Vec<Arc<Mutex<Vec<u8>>>>,
    /// Receives a message when each of them ends.
    ends: Receiver<()>,
}

impl Streams {
    fn apart(command: &mut Command) -> io::Result<Self> {
        let (stdout, writer) = io::pipe()?;
        command.stdout(writer);
        let (stderr, writer) = io::pipe()?;
        command.stderr(writer);
        Ok(Self::of(vec![stdout, stderr]))
    }

    fn together(command: &mut Command) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        command.stdout(writer.try_clone()?).stderr(writer);
        Ok(Self::of(vec![reader]))
    }

    fn of(pipes: Vec<PipeReader>) -> Self {
        let (sender, ends) = channel();
        let read = pipes.into_iter().map(|pipe| read(pipe, sender.clone()));
        Self {
            read: read.collect(),
            ends,
        }
    }

    fn text(&mut self, index: usize) -> String {
        let bytes = self
            .read
            .get(index)
            .map(|read| std::mem::take(&mut *sync::lock(read)));
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    }
}

/// Reads in a thread of its own, which outlives us if a grandchild keeps the pipe open; the bytes read so
/// far are available at any time.
fn read(mut pipe: PipeReader, end: Sender<()>) -> Arc<Mutex<Vec<u8>>> {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&bytes);
    thread::spawn(move || {
        let mut chunk = [0; 8192];
        loop {
            match pipe.read(&mut chunk) {
                Ok(length) if length > 0 => sync::lock(&sink).extend_from_slice(&chunk[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Keep what was read before an error.
                Ok(_) | Err(_) => break,
            }
        }
        // The receiver may be gone.
        let _ = end.send(());
    });
    bytes
}

/// The pauses between two checks of a program: at first and near its end, and while it goes on.
const SHORT_PAUSE: Duration = Duration::from_micros(200);
const LONG_PAUSE: Duration = Duration::from_millis(50);

/// How a program ended.
struct Ended {
    status: ExitStatus,
    streams: Streams,
    /// The process group, if a process that it left behind keeps the output open.
    child: Option<Box<dyn ChildWrapper>>,
}

/// Runs a program until it and its output end, the run is stopped, or the time is over.
fn run(
    command: Command,
    streams: Streams,
    limit: Option<Duration>,
    cancel: &Cancel,
) -> Result<Ended, Failure> {
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return run_unlogged(command, streams, limit, cancel);
    }
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words = shell_words::join(words.map(|word| first_line(&word.to_string_lossy())));
    tracing::trace!("starts: {words}");
    let begin = Instant::now();
    let ended = run_unlogged(command, streams, limit, cancel);
    let status = match &ended {
        Ok(ended) => ended.status.to_string(),
        Err(failure) => failure.to_string(),
    };
    tracing::debug!(
        "ran in {:.3} s, {status}: {words}",
        begin.elapsed().as_secs_f64()
    );
    ended
}

/// The first line of an argument, which may be a whole script.
fn first_line(text: &str) -> String {
    match text.split_once('\n') {
        Some((first, _)) => format!("{first} …"),
        None => text.to_owned(),
    }
}

fn run_unlogged(
    command: Command,
    streams: Streams,
    limit: Option<Duration>,
    cancel: &Cancel,
) -> Result<Ended, Failure> {
    signal::heed_children();
    let mut wrap = CommandWrap::from(command);
    #[cfg(unix)]
    wrap.wrap(ProcessGroup::leader());
    #[cfg(windows)]
    wrap.wrap(JobObject);
    let mut child = wrap.spawn().map_err(Failure::Io)?;
    let mut watched: Option<Watched> = None;
    // The command holds the writing ends of the pipes; reading ends only when the last one is closed.
    drop(wrap);
    let begin = Instant::now();
    let mut pause = SHORT_PAUSE;
    let mut open = streams.read.len();
    let mut exited: Option<(Instant, ExitStatus)> = None;
    loop {
        if watched.is_none() && (limit.is_none() || begin.elapsed() > BRIEF) {
            watched = Some(watcher::watch(child.id()));
        }
        if open == 0 {
            // Both are closed, so the process is gone, or about to be, or up to no good.
            thread::sleep(pause);
        } else {
            match streams.ends.recv_timeout(pause) {
                Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                    open = open.saturating_sub(1);
                    // The process follows its output at once; a long pause would be added to each run.
                    pause = SHORT_PAUSE;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        pause = (pause * 2).min(LONG_PAUSE);
        if exited.is_none() {
            let status = child.try_wait().map_err(Failure::Io)?;
            exited = status.map(|status| (Instant::now(), status));
        }
        if let Some((since, status)) = exited
            && (open == 0 || since.elapsed() > GRACE)
        {
            return Ok(Ended {
                status,
                streams,
                child: (open > 0).then_some(child),
            });
        }
        let is_stopped = cancel.is_set();
        if is_stopped || limit.is_some_and(|limit| begin.elapsed() >= limit) {
            // Already gone is as good as killed.
            drop(child.kill());
            return Err(match limit {
                Some(limit) if !is_stopped => Failure::Hung(limit),
                _ => Failure::Stopped,
            });
        }
    }
}

/// Runs a program that talks to the user itself. When the run is stopped, the program has a while to stop
/// in good order.
pub(crate) fn attend(command: Command, cancel: &Cancel) -> io::Result<ExitStatus> {
    signal::heed_children();
    // Only in our own process group may it read from the terminal; there it also gets Ctrl-C itself.
    let is_asked = io::stdin().is_terminal();
    let mut wrap = CommandWrap::from(command);
    #[cfg(unix)]
    if !is_asked {
        wrap.wrap(ProcessGroup::leader());
    }
    #[cfg(windows)]
    wrap.wrap(JobObject);
    let mut child = wrap.spawn()?;
    let _watched = (!is_asked).then(|| watcher::watch(child.id()));
    let mut pause = SHORT_PAUSE;
    let mut stopped: Option<Instant> = None;
    let mut is_told = false;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if cancel.is_set() {
            let since = stopped.get_or_insert_with(Instant::now).elapsed();
            if since > STOP {
                child.kill()?;
            } else if !is_told && (!is_asked || since > STOP / 10) {
                is_told = true;
                #[cfg(unix)]
                child.signal(rustix::process::Signal::TERM.as_raw())?;
            }
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    #[cfg(unix)]
    if let Some(since) = stopped.filter(|_| !is_asked) {
        // Wait until the processes that it started have stopped in good order too.
        let group = i32::try_from(child.id()).ok();
        let group = group.and_then(rustix::process::Pid::from_raw);
        let is_running =
            || group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok());
        while since.elapsed() < STOP && is_running() {
            thread::sleep(pause);
        }
    }
    Ok(status)
}

/// The last `count` lines that have something in them.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(all(test, unix))]
#[path = "process_tests.rs"]
mod tests;
