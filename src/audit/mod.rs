//! Checks wheels and the binaries in them against what the file name of the wheel promises.
//!
//! There are two entry points with one set of rules for binaries. [`judge`] checks one [`Binary`](crate::binary::Binary)
//! against a [`Promise`] during a build, which can name the installed file. [`check`] checks a whole wheel,
//! from any build tool, against its file name: the archive, RECORD, WHEEL, METADATA, the list of files, and
//! every binary, which is recognized by its bytes in any place. A build never finishes a wheel in which
//! `check` finds an error. `check` also takes source distributions.
//!
//! The result is a list of [`Finding`]s, each with a stable [`Code`]. Nothing is unpacked to disk or run, and no
//! number in the bytes is trusted. All wheels that are checked at the same time share one limit for the memory of
//! binaries, symbols and lists of files (`memory`).

mod claim;
mod code;
mod container;
mod declared;
mod difference;
mod finding;
mod fix;
mod loaded;
mod memory;
mod native;
mod release;
mod rules;
mod sdist;
mod unpack;
mod upload;
mod variants;
mod wheel;

pub use claim::{Claim, PythonAbi};
pub use code::{Code, Severity, Subject};
pub(crate) use container::imports::{dead_entry_points, is_stdlib};
pub use difference::{Side, differences};
pub use finding::Finding;
pub(crate) use finding::MOST_FINDINGS;
pub use fix::{Change, Fix, Unfixed, check_and_plan_fix};
pub use release::{Grid, Release, ReleaseFile, Row, releases};
pub use rules::{Promise, Shipped, judge, shares_symbols};
pub(crate) use rules::{missing_from_dll, resolve_search_path};
pub use unpack::LARGEST_BINARY;

use std::fs::File;

pub use declared::{Declared, Examined};

/// Checks the wheel or sdist with this file name; gives all findings, sorted by severity and file. An error means
/// that the file cannot be read.
pub fn check(filename: &str, file: &File) -> std::io::Result<Vec<Finding>> {
    Ok(examine(filename, file)?.0)
}

/// Like [`check`], for a file that may be part of a release.
pub fn examine(filename: &str, file: &File) -> std::io::Result<Examined> {
    if sdist::is_source(filename) {
        sdist::check(filename, file)
    } else {
        wheel::check(filename, file)
    }
}

/// Checks a wheel or sdist in memory.
pub fn check_bytes(filename: &str, bytes: &[u8]) -> Vec<Finding> {
    let (findings, _) = if sdist::is_source(filename) {
        sdist::check_bytes(filename, bytes)
    } else {
        wheel::check_bytes(filename, bytes)
    };
    findings
}

#[cfg(test)]
mod tests;
