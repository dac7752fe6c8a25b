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
        let mut lines = String::new();
        for (name, value) in &self.variables {
            if is_settable(name) {
                lines += &assignment(shell, name, value);
            } else {
                let what = "is left out, because a shell cannot set a variable of this name";
                report.note(&format!("`{name}` {what}"));
            }
        }
        report.print_data(&lines)
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

/// Whether every shell can set a variable of this name. In a shell, other characters may end the assignment.
fn is_settable(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// The line that sets an environment variable.
fn assignment(shell: Shell, name: &str, value: &str) -> String {
    match shell {
        Shell::Sh => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
        Shell::Fish => {
            let value = value.replace('\\', r"\\").replace('\'', r"\'");
            format!("set -gx {name} '{value}'\n")
        }
        Shell::PowerShell => {
            // PowerShell ends a text at any of these quotation marks, and reads two of them as one.
            let doubled = value.chars().flat_map(|c| {
                let is_quote = matches!(c, '\'' | '\u{2018}'..='\u{201b}');
                std::iter::repeat_n(c, if is_quote { 2 } else { 1 })
            });
            format!("$env:{name} = '{}'\n", doubled.collect::<String>())
        }
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
        let line = assignment(Shell::PowerShell, "A", "a\u{2019}; x");
        assert_eq!(line, "$env:A = 'a\u{2019}\u{2019}; x'\n");
    }

    #[test]
    fn a_name_that_a_shell_would_run_is_not_settable() {
        for name in ["A", "_A1", "a_B"] {
            assert!(is_settable(name), "{name}");
        }
        for name in ["A; touch x #", "B-C", "1A", "A B", "\u{e4}", "A\n"] {
            assert!(!is_settable(name), "{name}");
        }
    }
}
