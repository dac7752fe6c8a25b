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
    /// Commands for a shell, which only `env` prints.
    Env(Shell),
}

/// A shell for which `env` prints commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// POSIX shells: bash, zsh, dash.
    Sh,
    /// fish.
    Fish,
    /// PowerShell.
    PowerShell,
}

impl Shell {
    /// All of them, with the names of their formats.
    pub const ALL: [(Self, &str); 3] = [
        (Self::Sh, "sh"),
        (Self::Fish, "fish"),
        (Self::PowerShell, "powershell"),
    ];
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

impl CheckFormat {
    /// All of them, with their names.
    pub const ALL: [(Self, &str); 3] = [
        (Self::Sarif, "sarif"),
        (Self::Github, "github"),
        (Self::Junit, "junit"),
    ];
}

impl fmt::Display for CheckFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = Self::ALL.iter().find(|(format, _)| format == self);
        f.write_str(own.map_or("", |(_, name)| name))
    }
}

impl FromStr for Format {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let of_check = CheckFormat::ALL.iter().find(|(_, name)| *name == text);
        let of_env = Shell::ALL.iter().find(|(_, name)| *name == text);
        match (text, of_check, of_env) {
            ("human", ..) => Ok(Self::Human),
            ("json", ..) => Ok(Self::Json),
            (_, Some((format, _)), _) => Ok(Self::Check(*format)),
            (_, _, Some((shell, _))) => Ok(Self::Env(*shell)),
            (_, None, None) => Err(unknown("format", text, table::FORMAT.choices)),
        }
    }
}

/// Whether to use colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On terminals, unless variables that many programs know (`NO_COLOR`, `FORCE_COLOR`) say otherwise.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

impl FromStr for Color {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err(unknown("value", text, table::COLOR.choices)),
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
    /// Whether to use colors.
    pub color: Color,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Command;

    #[test]
    fn the_table_of_settings_has_every_format() {
        let of_check = CheckFormat::ALL.map(|(format, name)| {
            assert_eq!(format.to_string(), name);
            assert_eq!(name.parse(), Ok(Format::Check(format)));
            name
        });
        let of_env = Shell::ALL.map(|(shell, name)| {
            assert_eq!(name.parse(), Ok(Format::Env(shell)));
            name
        });
        let own: [(_, &[_]); 2] = [(Command::Check, &of_check), (Command::Env, &of_env)];
        assert_eq!(table::FORMAT.own_choices, own);
        let all = [&["human", "json"][..], &of_check, &of_env].concat();
        assert_eq!(table::FORMAT.choices, all);
    }
}
