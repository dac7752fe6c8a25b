//! Runs small programs that answer a question, and survives what they do instead.
//!
//! Takes a command; gives what it wrote. A program that hangs is ended with everything it started.
//! It never lets a program read our standard input.

use std::fmt;
use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

#[cfg(windows)]
use process_wrap::std::JobObject;
#[cfg(unix)]
use process_wrap::std::ProcessGroup;
use process_wrap::std::{ChildWrapper, CommandWrap};

use crate::error::{Error, ErrorKind, Problem};

/// How long a program may take to say who it is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What a program that ended had written.
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

/// Why a program gave no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It could not be started, or lost.
    Io(std::io::Error),
    /// It was still running after this long, and was ended.
    Hung(Duration),
    /// It failed, and its last line of standard error.
    Status(ExitStatus, String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "it can't be run: {error}"),
            Self::Hung(patience) => {
                write!(f, "it gave no answer within {} s", patience.as_secs())
            }
            Self::Status(status, line) if line.is_empty() => write!(f, "it ended with {status}"),
            Self::Status(status, line) => write!(f, "it ended with {status}: {line}"),
        }
    }
}

/// Runs a program and collects what it writes, for at most `patience`.
pub(crate) fn capture(command: Command, patience: Duration) -> Result<Output, Failure> {
    let deadline = Instant::now() + patience;
    let mut wrap = CommandWrap::from(command);
    wrap.command_mut()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    #[cfg(unix)]
    wrap.wrap(ProcessGroup::leader());
    #[cfg(windows)]
    wrap.wrap(JobObject);
    let mut child = wrap.spawn().map_err(Failure::Io)?;
    let stdout = child.stdout().take().map(read);
    let stderr = child.stderr().take().map(read);
    let finished = collect(child.as_mut(), stdout, stderr, deadline);
    if finished.is_none() {
        // Already gone is as good as killed.
        drop(child.kill());
    }
    finished.unwrap_or(Err(Failure::Hung(patience)))
}

/// Reads in a thread of its own, which outlives us if a grandchild keeps the pipe open.
fn read(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is all there is; nobody may be listening any more.
        drop(pipe.read_to_end(&mut bytes));
        drop(sender.send(bytes));
    });
    receiver
}

/// `None` if the time is over.
fn collect(
    child: &mut dyn ChildWrapper,
    stdout: Option<Receiver<Vec<u8>>>,
    stderr: Option<Receiver<Vec<u8>>>,
    deadline: Instant,
) -> Option<Result<Output, Failure>> {
    let text = |receiver: Option<Receiver<Vec<u8>>>| {
        let Some(receiver) = receiver else {
            return Some(String::new());
        };
        match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(String::new()),
        }
    };
    let stdout = text(stdout)?;
    let stderr = text(stderr)?;
    // Both pipes are closed, so the process is gone, or about to be, or up to no good.
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                return Some(Ok(Output {
                    status,
                    stdout,
                    stderr,
                }));
            }
            Ok(None) if Instant::now() >= deadline => return None,
            Ok(None) => std::thread::sleep(Duration::from_millis(1)),
            Err(error) => return Some(Err(Failure::Io(error))),
        }
    }
}

/// Runs what installs or fetches to its end; what it wrote is the caller's to judge. It is in our own
/// process group, so that Ctrl-C in a terminal ends it too, which is no failure of its own.
pub(crate) fn finish(command: &mut Command) -> Result<std::process::Output, Error> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| {
        let program = command.get_program().display();
        Error::system(
            Problem::new(format!("can't run {program}: {error}")).hint("see `pyz3-wheel doctor`"),
        )
    })?;
    if was_interrupted(output.status) {
        // That we are too may not have been noticed yet.
        return Err(Error::new(
            ErrorKind::Interrupted,
            Problem::new("interrupted"),
        ));
    }
    Ok(output)
}

/// Whether a program was ended by what Ctrl-C or a request to terminate sends to all of a terminal's
/// programs.
fn was_interrupted(status: ExitStatus) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        const SIGINT: i32 = 2;
        const SIGTERM: i32 = 15;
        matches!(status.signal(), Some(SIGINT | SIGTERM))
    }
    #[cfg(not(unix))]
    {
        // STATUS_CONTROL_C_EXIT
        status.code() == Some(0xC000_013A_u32.cast_signed())
    }
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
mod tests {
    use super::*;

    fn sh(script: &str, patience: Duration) -> Result<Output, Failure> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        capture(command, patience)
    }

    #[test]
    fn what_a_program_writes_is_collected() {
        let output = sh("echo out; echo err >&2; cat", PATIENCE).unwrap();
        assert_eq!(output.stderr, "err\n");
        assert_eq!(output.answer().unwrap(), "out\n");
        let failure = sh("echo why >&2; exit 3", PATIENCE).unwrap().answer();
        assert_eq!(
            failure.unwrap_err().to_string(),
            "it ended with exit status: 3: why"
        );
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let start = Instant::now();
        for script in ["sleep 60", "sleep 60 & sleep 60", "exec >&- 2>&-; sleep 60"] {
            let failure = sh(script, Duration::from_millis(200));
            assert!(matches!(failure, Err(Failure::Hung(_))), "{script}");
        }
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_program_that_is_not_there_is_no_panic() {
        let failure = capture(Command::new("/nowhere/python"), PATIENCE);
        assert!(matches!(failure, Err(Failure::Io(_))));
    }

    #[test]
    fn the_last_lines_are_those_with_something_in_them() {
        assert_eq!(last_lines("a\n\nb\n \nc\n\n", 2), "b\nc");
        assert_eq!(last_lines("", 2), "");
    }
}
