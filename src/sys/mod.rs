//! What this program needs from the operating system: running other programs, stopping on signals, locks,
//! opening files safely, and removing what it has created.
//!
//! Nothing here knows about wheels, Zig or Python.

pub(crate) mod beneath;
pub(crate) mod cachedir;
pub mod cancel;
pub(crate) mod durable;
pub(crate) mod files;
pub(crate) mod fingerprint;
#[cfg(test)]
pub(crate) mod foreign;
pub(crate) mod lock;
pub(crate) mod owned;
pub(crate) mod parallel;
pub(crate) mod process;
pub(crate) mod programs;
pub(crate) mod scratch;
pub(crate) mod shell;
pub(crate) mod signal;
pub(crate) mod stamp;
pub(crate) mod sync;
pub(crate) mod watcher;
