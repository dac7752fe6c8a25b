//! The current step of a running zig, from the progress messages that it sends to its parent process.
//!
//! Zig writes them to the file descriptor named by `ZIG_PROGRESS`; we make that its standard input,
//! which it must not read from anyhow. Layout (std/Progress.zig, 0.14 to 0.17): a count, as many
//! nodes of 48 bytes (completed `u32`, total `u32`, name of 40 bytes), as many parent indices.
//! It is a private protocol, so unknown messages are ignored: the stage is only shown to the user.

#[cfg(any(unix, test))]
use std::io::Read;
use std::process::Command;
#[cfg(unix)]
use std::sync::mpsc::{self, RecvTimeoutError};
#[cfg(unix)]
use std::thread;
#[cfg(unix)]
use std::time::{Duration, Instant};

use crate::error::Result;

/// Receives the name of the stage whenever it changes.
pub type StageSink = Box<dyn FnMut(&str) + Send>;

/// The stage in which zig compiles the build script, if no smaller one is in progress.
pub const SCRIPT: &str = "Compile Build Script";

/// The stage in which the compiled build script runs. Zig reports none of its own then, but repeats [`SCRIPT`].
pub const COMPILED: &str = "";

/// How long zig reports [`SCRIPT`] alone until the build script is compiled.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(700);

#[cfg(any(unix, test))]
const NODE: usize = 48;
#[cfg(any(unix, test))]
const NAME: std::ops::Range<usize> = 8..NODE;

/// Lets a command report its stages to `sink` for as long as it runs.
#[cfg(unix)]
pub fn attach(command: &mut Command, mut sink: StageSink) -> Result<()> {
    let (mut reader, writer) = std::io::pipe()?;
    command.stdin(writer).env("ZIG_PROGRESS", "0");
    let (sender, stages) = mpsc::channel();
    thread::spawn(move || {
        while let Some(stage) = next_stage(&mut reader) {
            if sender.send(stage).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        let (mut last, mut begin) = (String::new(), Instant::now());
        let mut shown = None;
        loop {
            match stages.recv_timeout(PATIENCE) {
                Ok(stage) if stage.is_empty() || stage == last => {}
                Ok(stage) => (last, begin) = (stage, Instant::now()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let is_compiled = last == SCRIPT && begin.elapsed() >= PATIENCE;
            let stage = if is_compiled { COMPILED } else { &last };
            if !last.is_empty() && shown.as_deref() != Some(stage) {
                sink(stage);
                shown = Some(stage.to_owned());
            }
        }
    });
    Ok(())
}

/// On Windows a handle would have to be inherited by number, which the standard library does not support.
#[cfg(not(unix))]
pub fn attach(command: &mut Command, _sink: StageSink) -> Result<()> {
    command.stdin(std::process::Stdio::null());
    Ok(())
}

/// Reads one message; gives the innermost node's name, `None` at the end.
#[cfg(any(unix, test))]
fn next_stage(reader: &mut impl Read) -> Option<String> {
    let mut count = [0];
    reader.read_exact(&mut count).ok()?;
    let count = usize::from(count[0]);
    let mut body = vec![0; count * (NODE + 1)];
    reader.read_exact(&mut body).ok()?;
    let (nodes, _parents) = body.split_at(count * NODE);
    let names = nodes.chunks_exact(NODE).map(|node| {
        let name = &node[NAME];
        let end = name
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(name.len());
        String::from_utf8_lossy(&name[..end])
            .chars()
            .filter(|c| !c.is_control())
            .collect::<String>()
    });
    Some(
        names
            .rev()
            .find(|name| !name.is_empty())
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(names: &[&str]) -> Vec<u8> {
        let mut bytes = vec![u8::try_from(names.len()).unwrap()];
        for name in names {
            bytes.extend([0; 8]);
            let mut field = [0; 40];
            field[..name.len()].copy_from_slice(name.as_bytes());
            bytes.extend(field);
        }
        bytes.extend(vec![255; names.len()]);
        bytes
    }

    #[test]
    fn the_innermost_name_is_the_stage() {
        let mut bytes = message(&["", "steps", "compile lib hello"]);
        bytes.extend(message(&[]));
        let mut reader = bytes.as_slice();
        assert_eq!(
            next_stage(&mut reader).as_deref(),
            Some("compile lib hello")
        );
        assert_eq!(next_stage(&mut reader).as_deref(), Some(""));
        assert_eq!(next_stage(&mut reader), None);
    }

    #[test]
    fn a_message_cut_short_is_the_end() {
        let bytes = message(&["steps"]);
        for length in 0..bytes.len() {
            assert_eq!(next_stage(&mut &bytes[..length]), None);
        }
    }
}
