//! Mutexes, also after a thread has panicked while it held one.
//!
//! A panic in one job must not take the results of other jobs with it. All values behind mutexes here are
//! whole between two statements, so what a panicking thread leaves behind can be used.

use std::sync::{LockResult, Mutex, MutexGuard, PoisonError};

/// Locks a mutex, whether or not a thread has panicked while it held it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    ignore_poison(mutex.lock())
}

/// The value of a lock, whether or not a thread has panicked while it held the lock.
pub(crate) fn ignore_poison<T>(result: LockResult<T>) -> T {
    result.unwrap_or_else(PoisonError::into_inner)
}
