//! Where the value of a setting was given.

use std::fmt;

use crate::tags::serialize_as_display;

/// A place in a file of the project. Lines and columns count from 1, columns in characters.
///
/// Ex) `pyproject.toml:12:3`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The file's name, relative to the project.
    pub file: &'static str,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// The project's own file as a whole.
impl Default for Place {
    fn default() -> Self {
        Self {
            file: "pyproject.toml",
            line: 1,
            column: 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

serialize_as_display!(Place);

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An option of the command line, by its name without dashes.
    Option(&'static str),
    /// A field of the library's `BuildConfig`, by the name of the setting.
    Program(&'static str),
    /// An environment variable.
    Variable(String),
    /// A key in the project's own file.
    File(Place),
    /// A table of another tool in the project's own file.
    ///
    /// Ex) `tool.cibuildwheel`
    OtherTool(Place, &'static str),
    /// Another declaration of the project that implies the value.
    ///
    /// Ex) `build-system.requires`, `build.zig.zon`
    Project(&'static str),
    /// The machine that builds.
    Machine,
    /// Nobody set it.
    Default,
}

impl Origin {
    /// Whether the value was given for this run: such a value wins over every value of the project's
    /// files, however specific that is.
    pub fn is_of_this_run(&self) -> bool {
        match self {
            Self::Option(_) | Self::Program(_) | Self::Variable(_) => true,
            Self::File(_)
            | Self::OtherTool(..)
            | Self::Project(_)
            | Self::Machine
            | Self::Default => false,
        }
    }

    /// How strong the value is: the caller wins over the environment, and that over the project.
    pub fn strength(&self) -> u8 {
        u8::from(self.is_explicit()) + u8::from(self.is_of_this_run())
    }

    /// Whether the caller itself named the value, so that no other value can take its place.
    pub fn is_explicit(&self) -> bool {
        matches!(self, Self::Option(_) | Self::Program(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) => write!(f, "--{name}"),
            Self::Program(name) => write!(f, "BuildConfig ({name})"),
            Self::Variable(name) => f.write_str(name),
            Self::File(place) => place.fmt(f),
            Self::OtherTool(place, table) => write!(f, "{place} [{table}]"),
            Self::Project(what) => f.write_str(what),
            Self::Machine => f.write_str("this machine"),
            Self::Default => f.write_str("default"),
        }
    }
}

serialize_as_display!(Origin);
