//! What this program asks of the operating system beyond opening files: running other programs,
//! stopping when it is told to, locks, and removing what it has created.
//!
//! Nothing here knows about wheels, Zig or Python.

pub(crate) mod beneath;
pub mod cancel;
pub(crate) mod durable;
pub(crate) mod files;
#[cfg(test)]
pub(crate) mod foreign;
pub(crate) mod lock;
pub(crate) mod owned;
pub(crate) mod process;
pub(crate) mod programs;
pub(crate) mod scratch;
pub(crate) mod signal;
pub(crate) mod watcher;
