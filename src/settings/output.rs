//! How to report: for people or programs, and how much.

use std::fmt;
use std::str::FromStr;

use crate::error::{Problem, unknown};
use crate::options::table;

/// For people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Tables and progress on stderr, the wheels' paths on stdout.
    #[default]
    Human,
    /// One JSON document on stdout.
    Json,
    /// A format that only `check` has.
    Check(CheckFormat),
}

/// A format of `check` for CI services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckFormat {
    /// SARIF 2.1.0, for GitHub code scanning and other services.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// JUnit XML, for the test reports of most CI services.
    Junit,
}

impl fmt::Display for CheckFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Junit => "junit",
        })
    }
}

impl FromStr for Format {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            "sarif" => Ok(Self::Check(CheckFormat::Sarif)),
            "github" => Ok(Self::Check(CheckFormat::Github)),
            "junit" => Ok(Self::Check(CheckFormat::Junit)),
            _ => Err(unknown("format", text, table::FORMAT.choices)),
        }
    }
}

/// How to report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Output {
    /// For people or for programs.
    pub format: Format,
    /// Print more.
    pub verbose: bool,
    /// Print only errors.
    pub quiet: bool,
}
