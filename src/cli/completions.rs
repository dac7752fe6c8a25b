//! `pyz3-wheel completions`: the completions of a shell, made from the definition of the command line.

use std::sync::LazyLock;

use clap::builder::PossibleValuesParser;
use clap_complete::Shell;
use serde_json::{Value, json};

use super::args::Args;
use crate::audit::Code;
use crate::compile::remedies::guide::{self, Section};
use crate::error::Result;
use crate::init::Template;
use crate::options::shape::Shape;
use crate::options::{Command, table};
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
    let script = String::from_utf8_lossy(&script);
    // clap_complete 4.6 takes the hyphen in the name of the program for the border of a subcommand in one half of
    // the script for bash, but not in the other.
    script.replace("pyz3__subcmd__wheel", "pyz3__wheel")
}

/// The command line with the possible values of each option. The program itself checks values later, because they
/// may also come from a variable or a file.
fn with_values(command: clap::Command) -> clap::Command {
    let name = command.get_name().to_owned();
    let command = command.mut_args(|arg| {
        let values = values(&name, arg.get_id().as_str());
        if values.is_empty() {
            return arg;
        }
        arg.value_parser(PossibleValuesParser::new(values))
    });
    command.mut_subcommands(with_values)
}

/// The topics of `explain`; their names have to live as long as the definition of the command line.
static TOPICS: LazyLock<Vec<Section>> = LazyLock::new(guide::sections);

/// The possible values of an argument of a subcommand; none if it may have others.
fn values(command: &str, id: &str) -> Vec<&'static str> {
    let codes = || Code::ALL.iter().map(|code| code.name());
    if let Some(setting) = table::ALL.iter().find(|setting| setting.name == id) {
        return match setting.items {
            _ if !setting.choices.is_empty() => {
                setting.choices_of(Command::named(command)).collect()
            }
            Shape::Platform => Platform::ALL.map(Platform::name).to_vec(),
            Shape::Check => codes().collect(),
            _ => Vec::new(),
        };
    }
    match (command, id) {
        ("explain", "name") => {
            let topics = TOPICS.iter().map(|section| section.name.as_str());
            codes().chain(topics).collect()
        }
        ("init", "template") => Template::ALL.map(Template::name).to_vec(),
        _ => Vec::new(),
    }
}

impl Document for Completions {
    fn human(&self, report: &Report) -> Result<()> {
        report.print_data(&self.script)
    }

    fn json(&self) -> Result<Value> {
        Ok(json!({"shell": self.shell.to_string(), "script": self.script}))
    }
}
