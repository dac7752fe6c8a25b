//! The keys of tables in pyproject.toml, and what values they have as far as the JSON Schema can say it.

/// A key of a table in pyproject.toml.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// What values it has.
    pub shape: Shape,
    /// Whether its table is invalid without it.
    pub is_required: bool,
}

impl Key {
    pub(super) const fn new(name: &'static str, help: &'static str, shape: Shape) -> Self {
        Self {
            name,
            help,
            shape,
            is_required: false,
        }
    }

    pub(super) const fn required(name: &'static str, help: &'static str, shape: Shape) -> Self {
        Self {
            is_required: true,
            ..Self::new(name, help, shape)
        }
    }
}

/// What values a key has, as far as the values by themselves show it.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// `true` or `false`.
    Boolean,
    /// `false`, which turns something off.
    False,
    /// A positive number of 32 bits.
    Integer,
    /// A string that is not empty.
    String {
        /// The possible values; empty if there are many.
        choices: &'static [&'static str],
        /// A regular expression (ECMA 262) that finds something in every valid value.
        pattern: Option<&'static str>,
    },
    /// A string.
    AnyString,
    /// The name of a platform.
    Platform,
    /// The code of a check.
    Check,
    /// An array.
    Array(&'static Shape),
    /// An array without repetitions.
    Set(&'static Shape),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table whose keys the project chooses.
    Map {
        /// Which keys are possible.
        names: Names,
        /// The values.
        values: &'static Shape,
    },
    /// One of several.
    Either(&'static [Shape]),
}

/// The possible keys of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Paths below the prefix that build.zig installs to.
    Paths,
    /// Names of environment variables.
    Variables,
    /// The platforms.
    Platforms,
}

/// A relative path that begins with neither `.` nor `..`.
pub(crate) const DIRECTORY: &str = r"^([^./\\:]|\.[^./\\:]|\.\.[^/\\:])[^\\:]*$";

impl Shape {
    /// Any string that is not empty.
    pub const TEXT: Self = Self::String {
        choices: &[],
        pattern: None,
    };

    pub(super) const TEXTS: Self = Self::Array(&Self::AnyString);

    pub(super) const fn matching(pattern: &'static str) -> Self {
        Self::String {
            choices: &[],
            pattern: Some(pattern),
        }
    }

    /// A directory below the project, with `/`. The program also refuses `..` behind the first directory,
    /// which a pattern without lookahead does not find; not every engine has lookahead.
    pub(super) const DIRECTORY: Self = Self::matching(DIRECTORY);

    /// A file below the project, with `/`, which may begin with `./`.
    pub(super) const FILE: Self = Self::matching(r"^[^/\\:][^\\:]*$");

    pub(super) const FILES: Self = Self::Array(&Self::FILE);

    /// The dotted import name of a module.
    pub(super) const MODULE: Self = Self::matching(r"^[^-./\\\s]+(\.[^-./\\\s]+)*$");

    /// A place in the wheel; `.` is its outermost directory.
    pub(super) const DESTINATION: Self = Self::Either(&[
        Self::String {
            choices: &[".", "./"],
            pattern: None,
        },
        Self::DIRECTORY,
    ]);

    pub(super) const ENVIRONMENT: Self = Self::Map {
        names: Names::Variables,
        values: &Self::AnyString,
    };
}
