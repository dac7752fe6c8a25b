//! What a wheel and the binaries in it truly are, against what its name promises.
//!
//! Two questions, one set of rules. [`judge`] holds one [`Binary`](crate::binary::Binary) against a [`Promise`], while a build
//! can still say which file of it is meant; [`check`] holds a whole wheel, anyone's, against its own
//! file name: the archive, RECORD, WHEEL, METADATA, the list of files, and every binary, known by its
//! bytes wherever it lies. A build lets no wheel take its name that `check` finds an error in.
//!
//! Gives [`Finding`]s, each with a stable [`Code`]. Never unpacks to disk, runs anything, or trusts a
//! number in the bytes. All wheels that are checked at the same time share one limit for the memory of
//! binaries, symbols and lists of files (`memory`).

mod claim;
mod code;
mod container;
mod difference;
mod finding;
mod loaded;
mod memory;
mod rules;
mod unpack;
mod wheel;

pub use claim::{Claim, PythonAbi};
pub use code::{Code, Severity, Subject};
pub(crate) use container::imports::dead_entry_points;
pub use difference::{Side, differences};
pub use finding::Finding;
pub use rules::{Promise, Shipped, judge, shares_symbols};
pub(crate) use rules::{missing_from_dll, resolve_search_path};
pub use unpack::LARGEST_BINARY;
pub use wheel::{check, check_bytes};

#[cfg(test)]
mod tests;
