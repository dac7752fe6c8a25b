//! The parts of a wheel's filename: Python tag, ABI tag, platform tag, and the filename made of them.
//!
//! Everything here is `Display ⇄ FromStr` and does no I/O.
//! Source: the PyPA specifications "Platform compatibility tags" and "Binary distribution format".

/// Defines an enum together with `ALL`, the list of its variants in their order, and `row()`, what a
/// table says of each: a variant cannot be in one of them and not in the others.
macro_rules! table_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident: $row_visibility:vis $row:ty {
            $( $(#[$variant_attribute:meta])* $variant:ident = $value:expr, )+
        }
    ) => {
        $(#[$attribute])*
        pub enum $name {
            $( $(#[$variant_attribute])* $variant, )+
        }

        impl $name {
            /// Every one, in the order in which lists show them.
            pub const ALL: [Self; [$( stringify!($variant) ),+].len()] = [$( Self::$variant ),+];

            /// Its row of the table.
            $row_visibility const fn row(self) -> &'static $row {
                match self {
                    $( Self::$variant => const { &$value }, )+
                }
            }
        }
    };
}
pub(crate) use table_enum;

mod filename;
mod machine;
mod platform_tag;
mod python;
pub(crate) mod zig;

pub(crate) use filename::compressed;
pub use filename::{DistributionName, Tag, WheelFilename};
pub use machine::{AndroidArch, Arch, Family, IosMachine, MacArch, Os, WindowsArch};
pub use platform_tag::{PlatformTag, Release};
pub use python::{
    AbiTag, CPython, FIRST_ABI3T, PythonTag, PythonVersion, Support, default_pythons,
    known_pythons, supported_pythons, supported_range, supported_versions,
};
pub use zig::{ZigConstraint, ZigVersion};

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

/// Serializes a type as what it displays.
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
