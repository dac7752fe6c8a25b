//! One flag that says "stop": set by Ctrl-C, SIGTERM or `--fail-fast`, read by everything that waits.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::{Error, ErrorKind, Problem, Result};

const RUNNING: u8 = 0;
const FAILED: u8 = 1;
const INTERRUPTED: u8 = 2;

/// Whether the run is to be stopped; clones share the flag.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicU8>);

impl Cancel {
    /// Stops the run because a job failed.
    pub fn fail(&self) {
        // An interrupt is never downgraded.
        let _ = self
            .0
            .compare_exchange(RUNNING, FAILED, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Stops the run because the user said so.
    pub fn interrupt(&self) {
        self.0.store(INTERRUPTED, Ordering::SeqCst);
    }

    /// Whether to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst) != RUNNING
    }

    /// Whether it was the user who stopped the run.
    pub fn is_interrupted(&self) -> bool {
        self.0.load(Ordering::SeqCst) == INTERRUPTED
    }

    /// An error that says why, if the run is to be stopped.
    pub fn check(&self) -> Result<()> {
        if self.is_interrupted() {
            return Err(interrupted());
        }
        if self.is_set() {
            let problem = Problem::new("stopped, because another job had failed");
            return Err(Error::new(ErrorKind::Interrupted, problem));
        }
        Ok(())
    }

    /// The error itself, or the interrupt that caused it: a stopped program can fail in many ways.
    #[must_use]
    pub fn explain(&self, error: Error) -> Error {
        if self.is_interrupted() {
            interrupted()
        } else {
            error
        }
    }
}

fn interrupted() -> Error {
    Error::new(ErrorKind::Interrupted, Problem::new("interrupted"))
}

/// What ends a wait, and where it is announced. Clones share both; the default never ends and is silent.
#[derive(Clone, Default)]
pub struct Waiting {
    /// Ends the wait.
    pub cancel: Cancel,
    note: Option<Arc<Note>>,
    status: Option<Arc<Note>>,
}

/// Tells the user something, from any thread.
type Note = dyn Fn(&str) + Send + Sync;

impl Waiting {
    /// A wait that `cancel` ends, and that is announced to `note`.
    pub fn new(cancel: &Cancel, note: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            cancel: cancel.clone(),
            note: Some(Arc::new(note)),
            status: None,
        }
    }

    /// The same wait, which shows at `status` what is being done at the moment; an empty text removes it.
    #[must_use]
    pub fn with_status(self, status: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            status: Some(Arc::new(status)),
            ..self
        }
    }

    /// Shows the user what is being done at the moment, until the next call.
    pub(crate) fn status(&self, text: &str) {
        if let Some(status) = &self.status {
            status(text);
        }
    }

    /// Tells the user what is being waited for.
    pub(crate) fn note(&self, text: &str) {
        if let Some(note) = &self.note {
            note(text);
        }
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("cancel", &self.cancel)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupt_wins_over_a_failure() {
        let cancel = Cancel::default();
        assert!(!cancel.is_set() && cancel.check().is_ok());
        cancel.clone().interrupt();
        cancel.fail();
        assert!(cancel.is_set() && cancel.is_interrupted());
        assert_eq!(cancel.check().unwrap_err().to_string(), "interrupted");
        let cancel = Cancel::default();
        cancel.fail();
        assert!(cancel.is_set() && !cancel.is_interrupted());
        let error = cancel.explain(Error::system(Problem::new("why")));
        assert_eq!(error.to_string(), "why");
    }
}
