//! The environment of a job, as commands for a shell.

use serde_json::{Value, json};

use super::{Document, Report};
use crate::error::Result;
use crate::run::Environment;
use crate::settings::{Format, Shell};
use crate::text::path::lossy;

impl Document for Environment {
    fn human(&self, report: &Report) -> Result<()> {
        let shell = match report.format() {
            Format::Env(shell) => shell,
            Format::Human | Format::Json | Format::Check(_) if cfg!(windows) => Shell::PowerShell,
            Format::Human | Format::Json | Format::Check(_) => Shell::Sh,
        };
        let lines = self.variables.iter();
        let lines = lines.map(|(name, value)| assignment(shell, name, value));
        report.print_data(&lines.collect::<String>())
    }

    fn json(&self) -> Result<Value> {
        Ok(json!({
            "job": self.job,
            "zig": lossy(&self.zig),
            "variables": self.variables,
            "exit_code": 0,
        }))
    }
}

/// The line that sets an environment variable.
fn assignment(shell: Shell, name: &str, value: &str) -> String {
    match shell {
        Shell::Sh => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
        Shell::Fish => {
            let value = value.replace('\\', r"\\").replace('\'', r"\'");
            format!("set -gx {name} '{value}'\n")
        }
        Shell::PowerShell => format!("$env:{name} = '{}'\n", value.replace('\'', "''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_has_its_own_quotes() {
        for (shell, line) in [
            (Shell::Sh, r"export A='it'\''s \ $HOME'"),
            (Shell::Fish, r"set -gx A 'it\'s \\ $HOME'"),
            (Shell::PowerShell, r"$env:A = 'it''s \ $HOME'"),
        ] {
            assert_eq!(assignment(shell, "A", r"it's \ $HOME"), format!("{line}\n"));
        }
    }
}
