//! One flag that says "stop": set by Ctrl-C, SIGTERM or `--fail-fast`, read by everything that waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupt_wins_over_a_failure() {
        let cancel = Cancel::default();
        assert!(!cancel.is_set());
        cancel.clone().interrupt();
        cancel.fail();
        assert!(cancel.is_set() && cancel.is_interrupted());
        let cancel = Cancel::default();
        cancel.fail();
        assert!(cancel.is_set() && !cancel.is_interrupted());
    }
}
