//! How to report: for people or programs, and how much.

use std::str::FromStr;

use crate::error::{Problem, unknown};

/// For people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Tables and progress on stderr, the wheels' paths on stdout.
    #[default]
    Human,
    /// One JSON document on stdout.
    Json,
}

impl FromStr for Format {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err(unknown("format", text, &["human", "json"])),
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
