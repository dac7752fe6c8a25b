//! The request that a plan is made for, and the Pythons of the machine.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Serialize;

use crate::error::{Problem, Result, unknown};
use crate::options::Origin;
use crate::platform::ZigTarget;
use crate::tags::{CPython, serialize_as_display};
use crate::toolchain::{Interpreter, ZigRequest, is_build_details};

/// Zig's optimize modes, in the words that every Zig before 0.17 knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Optimize {
    /// No optimization, safety checks, debug information.
    Debug,
    /// Optimized, with safety checks.
    ReleaseSafe,
    /// Optimized for speed, without safety checks.
    #[default]
    ReleaseFast,
    /// Optimized for size, without safety checks.
    ReleaseSmall,
}

impl Optimize {
    /// Every mode.
    pub const ALL: [Self; 4] = [
        Self::Debug,
        Self::ReleaseSafe,
        Self::ReleaseFast,
        Self::ReleaseSmall,
    ];

    /// As `PYDUST_OPTIMIZE` and `-Doptimize` have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "Debug",
            Self::ReleaseSafe => "ReleaseSafe",
            Self::ReleaseFast => "ReleaseFast",
            Self::ReleaseSmall => "ReleaseSmall",
        }
    }

    /// The spelling that came with Zig 0.17.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::ReleaseSafe => "safe",
            Self::ReleaseFast => "fast",
            Self::ReleaseSmall => "small",
        }
    }
}

impl fmt::Display for Optimize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Optimize {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|one| one.name() == text);
        found.ok_or_else(|| unknown("optimize mode", text, &Self::ALL.map(Self::name)))
    }
}

/// One requested Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PythonRequest {
    /// A `CPython`: `3.12`, `cp312`, `3.13t`, `312`, `3.12.1`.
    Version(CPython),
    /// An interpreter: a path, or a command name; or the path of its build-details.json (PEP 739).
    Path(PathBuf),
}

impl FromStr for PythonRequest {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(python) = CPython::spelled(text) {
            return Ok(Self::Version(python));
        }
        let path = Path::new(text);
        let is_command = text.contains(['/', '\\']) || text.starts_with("python");
        if is_command || is_build_details(path) {
            return Ok(Self::Path(path.to_owned()));
        }
        // No version of another implementation is supported, whatever it is.
        let others = [
            "pypy",
            "pp",
            "graalpy",
            "jython",
            "ironpython",
            "micropython",
        ];
        let other = others.iter().any(|name| {
            let version = text
                .strip_prefix(name)
                .map(|rest| rest.trim_start_matches('-'));
            version.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit())
            })
        });
        if other {
            return Err(Problem::new(format!("`{text}` is not supported"))
                .hint("wheels are built for CPython: give a version (3.12, cp312, 3.13t) or the path of an interpreter or of its build-details.json"));
        }
        Err(Problem::new(format!("unknown Python `{text}`"))
            .hint("give a version (3.12, cp312, 3.13t) or the path of an interpreter or of its build-details.json"))
    }
}

impl fmt::Display for PythonRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(python) => write!(f, "{python}"),
            Self::Path(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Which Pythons to build for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PythonSelection {
    /// The active virtual environment's, else `python3`'s.
    Default,
    /// Every `CPython` that is supported by default, that requires-python admits and that the machine
    /// has; the plan names those that the machine lacks.
    All,
    /// These.
    These(Vec<PythonRequest>),
}

/// Where a setting came from, and its value: what `--dry-run` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingOrigin {
    /// The setting's name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Where it was given.
    pub origin: Origin,
}

/// What to build, resolved from options, environment and configuration.
#[derive(Debug, Clone)]
pub struct Request {
    /// The platforms, each with its floor, in the order in which they were requested.
    pub targets: Vec<ZigTarget>,
    /// The Pythons.
    pub pythons: PythonSelection,
    /// Whether [`PythonSelection::All`] includes free-threaded builds.
    pub free_threaded: bool,
    /// The optimize mode.
    pub optimize: Optimize,
    /// Where the wheels go.
    pub output_dir: PathBuf,
    /// Which Zig.
    pub zig: ZigRequest,
    /// Where each of these came from.
    pub origins: Vec<SettingOrigin>,
}

/// The Pythons of this machine, as far as this request is concerned.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// Every usable CPython, sorted by version.
    pub interpreters: Vec<Interpreter>,
    /// The active virtual environment's, else `python3`'s.
    pub default: Option<Interpreter>,
    /// What the paths among the requested Pythons turned out to be.
    pub by_path: BTreeMap<PathBuf, Interpreter>,
}

serialize_as_display!(Optimize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_is_asked_for_by_version_tag_or_path() {
        let version = |text: &str| Ok(PythonRequest::Version(text.parse().unwrap()));
        assert_eq!("3.12".parse(), version("3.12"));
        assert_eq!("cp39".parse(), version("3.9"));
        assert_eq!("3.13t".parse(), version("3.13t"));
        assert_eq!("cp313t".parse(), version("3.13t"));
        // A wheel is for all releases of 3.12.
        for text in [
            "312",
            "3.12.1",
            "cpython-3.12",
            "cpython312",
            "cp3.12",
            "3.12.0",
        ] {
            assert_eq!(text.parse(), version("3.12"), "{text}");
        }
        for text in ["313t", "3.13.1t", "3.13t"] {
            assert_eq!(text.parse(), version("3.13t"), "{text}");
        }
        assert_eq!("39".parse(), version("3.9"));
        assert!("3.12.x".parse::<PythonRequest>().is_err());
        assert!("3.12.1.2".parse::<PythonRequest>().is_err());
        assert_eq!(
            "/usr/bin/python3".parse(),
            Ok(PythonRequest::Path("/usr/bin/python3".into()))
        );
        assert_eq!(
            "python3.12".parse(),
            Ok(PythonRequest::Path("python3.12".into()))
        );
        assert_eq!(
            "build-details.json".parse(),
            Ok(PythonRequest::Path("build-details.json".into()))
        );
        assert!("3".parse::<PythonRequest>().is_err());
        assert!("latest".parse::<PythonRequest>().is_err());
        for other in ["pypy3.10", "pp310", "pypy", "graalpy-24"] {
            let problem = other.parse::<PythonRequest>().unwrap_err();
            assert!(problem.message.contains("not supported"), "{problem:?}");
            assert!(problem.hint.unwrap().contains("CPython"), "{other}");
        }
    }
}
