//! Checks wheels and the binaries in them against what the file name of the wheel promises.
//!
//! There are two entry points with one set of rules. [`judge`] checks one [`Binary`](crate::binary::Binary)
//! against a [`Promise`] during a build, which can name the installed file. [`check`] checks a whole wheel,
//! from any build tool, against its file name: the archive, RECORD, WHEEL, METADATA, the list of files, and
//! every binary, which is recognized by its bytes in any place. A build never finishes a wheel in which
//! `check` finds an error.
//!
//! The result is a list of [`Finding`]s, each with a stable [`Code`]. Nothing is unpacked to disk or run, and no
//! number in the bytes is trusted. All wheels that are checked at the same time share one limit for the memory of
//! binaries, symbols and lists of files (`memory`).

mod claim;
mod code;
mod container;
mod difference;
mod finding;
mod fix;
mod loaded;
mod memory;
mod rules;
mod unpack;
mod variants;
mod wheel;

pub use claim::{Claim, PythonAbi};
pub use code::{Code, Severity, Subject};
pub(crate) use container::imports::dead_entry_points;
pub use difference::{Side, differences};
pub use finding::Finding;
pub use fix::{Change, Fix, Unfixed, check_and_plan_fix};
pub use rules::{Promise, Shipped, judge, shares_symbols};
pub(crate) use rules::{missing_from_dll, resolve_search_path};
pub use unpack::LARGEST_BINARY;
pub use wheel::{check, check_bytes};

#[cfg(test)]
mod tests;
