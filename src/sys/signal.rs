//! Signals and console events: the first one stops the run in good order, a later one at once.
//!
//! Gives the flag that they set. A signal that was ignored when this process was started stays
//! ignored: `nohup` and the background jobs of shells rely on that.

use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use super::cancel::Cancel;
use crate::error::{Error, ErrorKind, Problem, Result};

/// A second signal within this time counts as the first one: some programs signal a process and its
/// group.
const ECHO: Duration = Duration::from_millis(500);

/// The flag that signals set. Signals are sent to the whole process, so all of it has one flag.
static CANCEL: LazyLock<Cancel> = LazyLock::new(Cancel::default);

/// The flag that signals set once [`listen`] was called.
pub(crate) fn cancel() -> Cancel {
    CANCEL.clone()
}

/// Handles the signals that end programs from now on; gives the flag that they set.
pub(crate) fn listen() -> Result<Cancel> {
    let cancel = cancel();
    let first = Mutex::new(None);
    let flag = cancel.clone();
    let handle = move || {
        let now = Instant::now();
        let Ok(mut first) = first.lock() else { return };
        let first = first.get_or_insert(now);
        flag.interrupt();
        if now.duration_since(*first) > ECHO {
            std::process::exit(ErrorKind::Interrupted.exit_code().into());
        }
    };
    on_signal(handle)
        .map_err(|error| Error::system(Problem::new(format!("cannot handle Ctrl-C: {error}"))))?;
    Ok(cancel)
}

#[cfg(unix)]
fn on_signal(handle: impl Fn() + Send + 'static) -> std::io::Result<()> {
    let heeded = [
        libc_numbers::SIGINT,
        libc_numbers::SIGTERM,
        libc_numbers::SIGHUP,
    ];
    let ignored = ignored::mask(&heeded);
    let heeded = heeded
        .into_iter()
        .filter(|signal| ignored & bit(*signal) == 0);
    let mut signals = signal_hook::iterator::Signals::new(heeded)?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for _ in signals.forever() {
                handle();
            }
        })?;
    Ok(())
}

#[cfg(windows)]
fn on_signal(handle: impl Fn() + Send + 'static) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(handle)
}

#[cfg(unix)]
use signal_hook::consts::signal as libc_numbers;

/// The bit of a signal in a mask of signals.
#[cfg(unix)]
fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// Stops ignoring the end of child processes (SIGCHLD) if this process inherited that: it could not ask
/// how its children ended, and `zig build` would wait for its own children forever.
#[cfg(unix)]
pub(crate) fn heed_children() {
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, Once};
    static HEEDED: Once = Once::new();
    // A handler that does nothing: the programs that are started then have the default again.
    HEEDED.call_once(|| {
        let unused = Arc::new(AtomicBool::new(false));
        // Without a handler everything is as it was before.
        let _ = signal_hook::flag::register(libc_numbers::SIGCHLD, unused);
    });
}

/// Does nothing: the end of child processes is always known here.
#[cfg(not(unix))]
pub(crate) fn heed_children() {}

#[cfg(unix)]
mod ignored {
    use std::process::{Command, Stdio};

    use super::bit;

    /// The signals among these that this process ignores.
    pub(super) fn mask(signals: &[i32]) -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").ok();
        status
            .and_then(|status| in_status(&status))
            .unwrap_or_else(|| {
                let ignored = signals.iter().filter(|signal| is_survived(**signal));
                ignored.fold(0, |mask, signal| mask | bit(*signal))
            })
    }

    /// What Linux says of a process.
    pub(super) fn in_status(status: &str) -> Option<u64> {
        let mask = status
            .lines()
            .find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    }

    /// Whether a program survives sending itself a signal: children inherit which signals are ignored.
    pub(super) fn is_survived(signal: i32) -> bool {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("kill -{signal} $$; exit 0")]);
        let shell = shell.stdin(Stdio::null()).stdout(Stdio::null());
        let status = shell.stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    #[cfg(test)]
    mod tests {
        use super::super::libc_numbers::{SIGCHLD, SIGHUP, SIGTERM};
        use super::*;

        #[test]
        fn what_is_ignored_is_found_by_reading_or_by_trying() {
            let status = "Name:\tx\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nx\n";
            assert_eq!(in_status(status), Some(bit(SIGHUP) | bit(13)));
            assert_eq!(in_status("Name:\tx\n"), None);
            // Ignored by default, and not.
            assert!(is_survived(SIGCHLD));
            assert!(!is_survived(SIGTERM));
        }
    }
}
