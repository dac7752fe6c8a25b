//! `pyz3-wheel completions`: the completions of a shell, made from the definition of the command line.

use clap::builder::{PossibleValuesParser, ValueParser};
use clap_complete::Shell;
use serde_json::{Value, json};

use super::args::Args;
use crate::audit::Code;
use crate::error::Result;
use crate::init::Template;
use crate::options::{shape::Shape, table};
use crate::platform::Platform;
use crate::report::{Document, Report};

/// The script that a shell reads.
pub(super) struct Completions {
    shell: Shell,
    script: String,
}

impl Completions {
    pub(super) fn of(shell: Shell) -> Self {
        Self {
            shell,
            script: script(shell),
        }
    }
}

/// The script for a shell.
pub fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    let mut command = with_values(Args::definition());
    clap_complete::generate(shell, &mut command, "pyz3-wheel", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The command line with the possible values of each option. The program itself checks values later, because they
/// may also come from a variable or a file.
fn with_values(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|arg| {
        let values = values(arg.get_id().as_str());
        if values.is_empty() {
            return arg;
        }
        arg.value_parser(ValueParser::from(PossibleValuesParser::new(values)))
    });
    command.mut_subcommands(with_values)
}

/// The possible values of an argument; none if they are many or unknown.
fn values(id: &str) -> Vec<&'static str> {
    let setting = table::ALL.iter().find(|setting| setting.name == id);
    match (setting, id) {
        (Some(setting), _) if !setting.choices.is_empty() => setting.choices.to_vec(),
        (Some(setting), _) if matches!(setting.items, Shape::Platform) => {
            Platform::ALL.map(Platform::name).to_vec()
        }
        (Some(setting), _) if matches!(setting.items, Shape::Check) => codes(),
        (None, "code") => codes(),
        (None, "template") => Template::ALL.map(Template::name).to_vec(),
        _ => Vec::new(),
    }
}

fn codes() -> Vec<&'static str> {
    Code::ALL.iter().map(|code| code.name()).collect()
}

impl Document for Completions {
    fn human(&self, report: &Report) -> Result<()> {
        report.print_data(&self.script)
    }

    fn json(&self) -> Result<Value> {
        Ok(json!({"shell": self.shell.to_string(), "script": self.script}))
    }
}
