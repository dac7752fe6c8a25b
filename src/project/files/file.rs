//! A file of the project: what it is, where it goes and why.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::text::path as path_text;

/// A file of the project and its place in a wheel or an sdist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PackageFile {
    /// The place, with `/`: in the wheel, or below the sdist's top folder.
    #[serde(rename = "place")]
    pub path: String,
    /// Where the file is.
    #[serde(serialize_with = "path_text::serialize")]
    pub source: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Why it is in.
    pub why: Why,
    /// Whether it is unpacked with mode 0755 instead of 0644.
    pub executable: bool,
}

/// What a file is to whoever installs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Of a package or a module.
    Package,
    /// Goes below the environment's root.
    Data,
    /// Goes where the environment's programs are.
    Script,
    /// Goes where the environment's C headers are.
    Header,
    /// Of the sdist only: what the project is made of.
    Source,
}

/// Why a file is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It lies in this package, or is this module.
    Package(String),
    /// It lies in the folder that this key names: data, scripts or headers.
    Folder(&'static str),
    /// This pattern of `include` takes it in.
    Include(String),
    /// No build can do without it: this is what it is.
    Required(&'static str),
    /// It is of a Zig package that the sdist brings along.
    Vendored(String),
    /// It lies in the project.
    Own,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(name) => write!(f, "package {name}"),
            Self::Folder(key) => f.write_str(key),
            Self::Include(pattern) => write!(f, "include `{pattern}`"),
            Self::Required(what) => write!(f, "always: the {what}"),
            Self::Vendored(package) => write!(f, "Zig package {package}"),
            Self::Own => f.write_str("in the project"),
        }
    }
}

impl Serialize for Why {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A file or a whole folder that is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftOut {
    /// Its path below the project's root, with `/` at the end of a folder's.
    pub path: String,
    /// Whether the sdist has it all the same.
    pub in_sdist: bool,
    /// Whether the wheel has it all the same.
    pub in_wheel: bool,
    /// Why.
    pub why: String,
}
