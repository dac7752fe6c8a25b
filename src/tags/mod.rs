//! The words of the wheel's name: Python tag, ABI tag, platform tag, and the filename made of them.
//!
//! Everything here is `Display ⇄ FromStr` and does no I/O.
//! Source: the PyPA specifications "Platform compatibility tags" and "Binary distribution format".

mod filename;
mod platform_tag;
mod python;
pub(crate) mod zig;

pub use filename::{DistributionName, Tag, WheelFilename};
pub use platform_tag::{Arch, PlatformTag, Release};
pub use python::{AbiTag, CPython, PythonTag, PythonVersion};
pub use zig::ZigVersion;

/// Why a string is not the tag, version or name that it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {wanted}")]
pub struct ParseTagError {
    /// What was given.
    pub text: String,
    /// What it should have been, with an example.
    pub wanted: &'static str,
}

impl ParseTagError {
    pub(crate) fn new(text: &str, wanted: &'static str) -> Self {
        Self {
            text: text.to_owned(),
            wanted,
        }
    }
}

/// Serialises a type as what it displays.
macro_rules! serialize_as_display {
    ($($name:ty),+) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}
pub(crate) use serialize_as_display;
