//! A file with its place in the wheel.

use std::path::PathBuf;

/// An artifact with its place in the wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it is.
    pub source: PathBuf,
    /// Its path in the wheel, with forward slashes.
    pub path: String,
    /// Whether Python imports it.
    pub is_module: bool,
    /// Whether it is unpacked as a program.
    pub executable: bool,
}
