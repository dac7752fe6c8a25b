//! The commands and their options, from the definition of the command line.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use pyz3_wheel::cli::args::Args;
use pyz3_wheel::options::{self, Fallback, Setting, table};

pub(super) fn markdown() -> String {
    let mut root = Args::definition();
    root.build();
    let mut text = String::from("## Options of every command\n\n");
    for arg in arguments(&root).filter(|arg| is_general(arg)) {
        option(&mut text, "", arg);
    }
    text.push('\n');
    // In the order of the declaration, which `offer` changes.
    let declared = Args::command();
    let commands = declared.get_subcommands().map(Command::get_name);
    for command in commands.filter_map(|name| root.find_subcommand(name)) {
        let own: Vec<_> = command.get_subcommands().collect();
        if own.is_empty() {
            section(&mut text, command);
        }
        for command in own {
            section(&mut text, command);
        }
    }
    text
}

fn section(text: &mut String, command: &Command) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    if name.ends_with(" help") {
        return;
    }
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let _ = writeln!(
        text,
        "## `{name}`\n\n{}\n\n**Usage:** `{usage}`\n",
        sentence(&about)
    );
    let id = name.trim_start_matches("pyz3-wheel ").replace(' ', "-");
    let (positional, options): (Vec<_>, Vec<_>) =
        arguments(command).partition(|arg| arg.is_positional());
    for arg in positional {
        option(text, &id, arg);
    }
    for arg in options {
        // These have formats of their own.
        let differs = arg.get_id() == table::FORMAT.name && own_formats(&id).is_some();
        if !is_general(arg) || differs {
            option(text, &id, arg);
        }
    }
    text.push_str("- [the options of every command](#options-of-every-command)\n\n");
    let after = command
        .get_after_long_help()
        .or_else(|| command.get_after_help());
    if let Some(after) = after {
        let after = after.to_string();
        let _ = writeln!(
            text,
            "<!-- not run: examples of different projects -->\n```text\n{}\n```\n",
            after.trim()
        );
    }
}

fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_hide_set())
}

fn is_general(arg: &Arg) -> bool {
    matches!(arg.get_id().as_str(), "help" | "version") || arg.is_global_set()
}

fn option(text: &mut String, command: &str, arg: &Arg) {
    let values = arg.get_value_names().unwrap_or_default();
    let value = match values {
        [name] if arg.get_action().takes_values() => format!(" <{name}>"),
        _ => String::new(),
    };
    let (anchor, spelled) = match arg.get_long() {
        Some(long) => {
            let short = arg.get_short().map(|short| format!("`-{short}`, "));
            let short = short.unwrap_or_default();
            (format!("--{long}"), format!("{short}`--{long}{value}`"))
        }
        None => (
            format!("-{}", arg.get_id()),
            format!("`{}`", value.trim_start()),
        ),
    };
    let setting = setting_of(arg.get_id().as_str());
    // The help of a setting has its default in brackets, which is among the facts here.
    let own = setting.filter(|(_, is_opposite)| !is_opposite);
    let help = own.map_or_else(
        || {
            let help = arg.get_long_help().or_else(|| arg.get_help());
            help.map(ToString::to_string).unwrap_or_default()
        },
        |(setting, _)| setting.help.to_owned(),
    );
    let facts = facts(arg, setting, own_formats(command));
    let facts = match facts.trim() {
        "" => String::new(),
        facts => format!("<br>{facts}"),
    };
    let _ = writeln!(
        text,
        "- <a id=\"{command}{anchor}\"></a>{spelled}: {}{facts}",
        sentence(&help),
    );
}

/// The setting that an option sets, and whether it is the opposite of that setting.
fn setting_of(id: &str) -> Option<(&'static Setting, bool)> {
    table::ALL.iter().find_map(|setting| {
        let is_opposite = setting.opposite.is_some_and(|(name, _)| name == id);
        (setting.name == id || is_opposite).then_some((*setting, is_opposite))
    })
}

/// The subcommand, if it accepts formats that no other one does.
fn own_formats(command: &str) -> Option<options::Command> {
    match command {
        "check" => Some(options::Command::Check),
        "env" => Some(options::Command::Env),
        _ => None,
    }
}

/// The values, the default, the variable and the key of an option, as sentences.
fn facts(
    arg: &Arg,
    setting: Option<(&'static Setting, bool)>,
    command: Option<options::Command>,
) -> String {
    let mut text = String::new();
    let of_setting = setting.filter(|(_, is_opposite)| !is_opposite);
    let values: Vec<_> = if let Some((setting, _)) = of_setting {
        setting.choices_of(command).map(str::to_owned).collect()
    } else {
        let values = arg.get_possible_values();
        let shown = values.iter().filter(|value| !value.is_hide_set());
        shown.map(|value| value.get_name().to_owned()).collect()
    };
    let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
    if arg.get_action().takes_values() && !values.is_empty() {
        let _ = write!(text, " Values: {}.", values.join(", "));
    }
    match of_setting.map(|(setting, _)| setting.default) {
        Some(Fallback::Words(words)) => {
            let _ = write!(text, " Default: {words}.");
        }
        Some(Fallback::Value(value)) if value != "false" && value != "true" => {
            let _ = write!(text, " Default: `{value}`.");
        }
        Some(Fallback::None | Fallback::Value(_) | Fallback::Reference(_)) => {}
        None => {
            let defaults = arg.get_default_values().iter();
            let defaults: Vec<_> = defaults
                .map(|value| format!("`{}`", value.to_string_lossy()))
                .collect();
            if arg.get_action().takes_values() && !defaults.is_empty() {
                let _ = write!(text, " Default: {}.", defaults.join(", "));
            }
        }
    }
    if let Some((setting, _)) = of_setting {
        let variables: Vec<_> = setting
            .variables()
            .map(|name| format!("`{name}`"))
            .collect();
        let plural = if variables.len() == 1 { "" } else { "s" };
        let _ = write!(
            text,
            " Environment variable{plural}: {}.",
            variables.join(", ")
        );
        if let Some(key) = setting.key {
            let anchor = super::configuration::anchor(key);
            let _ = write!(text, " Key: [`{key}`](configuration.md#{anchor}).");
        }
    }
    text
}

/// A help text as a sentence of a page.
fn sentence(help: &str) -> String {
    let help = help.trim().replace('<', "\\<").replace('\n', " ");
    if help.ends_with(['.', ':', ']']) {
        help
    } else {
        format!("{help}.")
    }
}
