//! The memory limit that all wheels share that are being checked at the same time.
//!
//! A wheel borrows memory while it reads one file, and returns it without waiting for anything. A wheel
//! keeps only little memory until it has been checked, unless it takes the turn, which only one wheel at a
//! time can have. A deadlock is impossible, because a wheel never waits for a wheel that is waiting for its memory.

use std::sync::{Condvar, Mutex, MutexGuard};

use crate::sys::sync;

/// The limit for the memory that all wheels together borrow and keep, in bytes.
const TOTAL: usize = 200 << 20;
/// The limit for the memory that a wheel keeps without the turn, in bytes.
const FREE: usize = 2 << 20;

#[derive(Debug)]
struct Pool {
    used: usize,
    has_turn: bool,
}

static POOL: Mutex<Pool> = Mutex::new(Pool {
    used: 0,
    has_turn: false,
});
static CHANGED: Condvar = Condvar::new();

fn pool() -> MutexGuard<'static, Pool> {
    sync::lock(&POOL)
}

/// Waits until the condition holds.
fn pool_once(condition: impl Fn(&Pool) -> bool) -> MutexGuard<'static, Pool> {
    sync::ignore_poison(CHANGED.wait_while(pool(), |pool| !condition(pool)))
}

/// The memory of one wheel.
#[derive(Debug, Default)]
pub(super) struct Share {
    has_turn: bool,
    kept: usize,
}

impl Share {
    /// Keeps this many bytes until the share is dropped; `false` if the wheel needs the turn for that.
    pub(super) fn keep(&mut self, bytes: usize) -> bool {
        if self.has_turn {
            pool().used += bytes;
        } else if self.kept + bytes > FREE {
            return false;
        }
        self.kept += bytes;
        true
    }

    /// Waits for the turn and takes it, until the share is dropped. Nothing may be borrowed meanwhile.
    pub(super) fn take_turn(&mut self) {
        if !self.has_turn {
            let mut pool = pool_once(|pool| !pool.has_turn);
            pool.has_turn = true;
            pool.used += self.kept;
            self.has_turn = true;
        }
    }

    pub(super) fn has_turn(&self) -> bool {
        self.has_turn
    }

    /// The most that can be borrowed, in bytes.
    pub(super) fn left(&self) -> usize {
        TOTAL.saturating_sub(self.kept)
    }

    /// Waits until this many bytes are free, or all that this wheel can have.
    pub(super) fn borrow(&self, bytes: usize) -> Loan {
        let bytes = bytes.min(self.left());
        let mut pool = pool_once(|pool| pool.used + bytes <= TOTAL);
        pool.used += bytes;
        Loan(bytes)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.has_turn {
            let mut pool = pool();
            pool.used = pool.used.saturating_sub(self.kept);
            pool.has_turn = false;
            CHANGED.notify_all();
        }
    }
}

/// Memory that is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Loan(usize);

impl Drop for Loan {
    fn drop(&mut self) {
        let mut pool = pool();
        pool.used = pool.used.saturating_sub(self.0);
        CHANGED.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_wheels_that_want_everything_all_come_to_an_end() {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let mut share = Share::default();
                    assert!(share.keep(FREE) && !share.keep(1));
                    for _ in 0..20 {
                        drop(share.borrow(100 << 20));
                    }
                    share.take_turn();
                    assert!(share.keep(50 << 20));
                    assert_eq!(share.left(), TOTAL - FREE - (50 << 20));
                    drop(share.borrow(usize::MAX));
                });
            }
        });
    }
}
