//! The settings that were given on the command line, or by a program that uses the library.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use clap::builder::ValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};

use crate::options::{
    Command, Fallback, FilePath, Kind, List, Origin, Setting, Switch, Text, Value, table,
};

/// Who gave the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Caller {
    #[default]
    CommandLine,
    Program,
}

/// The settings that the caller itself gave. They win over environment variables and files.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    caller: Caller,
    values: BTreeMap<&'static str, Value>,
}

impl Typed {
    /// The settings of a program that uses the library; none yet.
    pub fn by_program() -> Self {
        Self {
            caller: Caller::Program,
            values: BTreeMap::new(),
        }
    }

    /// Adds a text or a path.
    #[must_use]
    pub fn text(self, setting: &'static Setting, text: impl Into<OsString>) -> Self {
        self.with(setting, Value::Text(text.into()))
    }

    /// Turns a switch on or off.
    #[must_use]
    pub fn switch(self, setting: &'static Switch, on: bool) -> Self {
        self.with(setting, Value::Switch(on))
    }

    /// Adds a list.
    #[must_use]
    pub fn list(self, setting: &'static List, items: Vec<String>) -> Self {
        self.with(setting, Value::List(items))
    }

    fn with(mut self, setting: &'static Setting, value: Value) -> Self {
        self.values.insert(setting.name, value);
        self
    }

    /// A value and where it was given.
    pub(super) fn get(&self, setting: &Setting) -> Option<(&Value, Origin)> {
        let (name, value) = self.values.get_key_value(setting.name)?;
        let origin = match self.caller {
            Caller::CommandLine => Origin::Option(name),
            Caller::Program => Origin::Program(name),
        };
        Some((value, origin))
    }

    /// The path that was given for a setting.
    pub fn path(&self, setting: &FilePath) -> Option<&Path> {
        match self.values.get(setting.name) {
            Some(Value::Text(path)) => Some(Path::new(path)),
            _ => None,
        }
    }

    /// The text that was given for a setting.
    pub fn str(&self, setting: &Text) -> Option<&str> {
        match self.values.get(setting.name) {
            Some(Value::Text(text)) => text.to_str(),
            _ => None,
        }
    }

    /// Whether a switch was turned on.
    pub fn is_on(&self, setting: &Switch) -> bool {
        self.values.get(setting.name) == Some(&Value::Switch(true))
    }

    /// Takes the settings out of the arguments of a command that [`offer`] made, and of its subcommand.
    pub fn read(matches: &ArgMatches) -> Self {
        let mut typed = Self::default();
        let subcommand = matches.subcommand().map(|(_, matches)| matches);
        for matches in std::iter::once(matches).chain(subcommand) {
            for setting in table::ALL {
                typed
                    .values
                    .extend(read(setting, matches).map(|value| (setting.name, value)));
            }
        }
        typed
    }

    /// The first option of a build that stands before the subcommand.
    pub fn misplaced(matches: &ArgMatches) -> Option<&'static str> {
        let of_subcommands = table::ALL.iter().filter(|setting| !setting.is_general());
        let mut names = of_subcommands.flat_map(|setting| {
            let opposite = setting.opposite.map(|(name, _)| name);
            std::iter::once(setting.name).chain(opposite)
        });
        names.find(|name| is_typed(matches, name))
    }
}

/// Whether an option was given on the command line. `false` too if the command does not have it.
fn is_typed(matches: &ArgMatches, name: &str) -> bool {
    let is_known = matches.try_contains_id(name).is_ok();
    is_known && matches.value_source(name) == Some(ValueSource::CommandLine)
}

fn read(setting: &Setting, matches: &ArgMatches) -> Option<Value> {
    let name = setting.name;
    if let Some((opposite, _)) = setting.opposite
        && is_typed(matches, opposite)
    {
        return Some(Value::Switch(false));
    }
    if !is_typed(matches, name) {
        return None;
    }
    Some(match setting.kind {
        Kind::Switch => Value::Switch(true),
        Kind::Text | Kind::Number => Value::Text(matches.get_one::<String>(name).cloned()?.into()),
        Kind::FilePath => Value::Text(matches.get_one::<OsString>(name).cloned()?),
        Kind::List => Value::List(matches.get_many::<String>(name)?.cloned().collect()),
    })
}

/// Adds the options of every setting to a command and to its subcommands.
///
/// A subcommand also accepts the general options that have no effect on it, but its help does not list
/// them.
pub fn offer(command: clap::Command) -> clap::Command {
    let names = command.get_subcommands().map(clap::Command::get_name);
    let names: Vec<_> = names.map(str::to_owned).collect();
    let is_top =
        |setting: &Setting| setting.is_general() || setting.is_used_by(Some(Command::Build));
    let command = command.args(arguments(Some(Command::Build), is_top));
    names.iter().fold(command, |command, name| {
        let of = Command::named(name);
        let is_own = |setting: &Setting| {
            // Replaces the general option, which the help lists, or lists with fewer values.
            let is_hidden = setting.is_general() && !setting.is_used_by(of);
            let has_more = setting.own_choices.iter().any(|(own, _)| Some(*own) == of);
            let is_own = !setting.is_general() && setting.is_used_by(of);
            is_hidden || has_more || is_own
        };
        command.mut_subcommand(name, |subcommand| subcommand.args(arguments(of, is_own)))
    })
}

fn arguments(command: Option<Command>, is_wanted: impl Fn(&Setting) -> bool) -> Vec<Arg> {
    let wanted = table::ALL.iter().filter(|setting| is_wanted(setting));
    let mut wanted: Vec<_> = wanted.copied().collect();
    let position = |setting: &Setting| {
        let mut headings = table::HEADINGS.iter();
        headings.position(|heading| *heading == setting.heading)
    };
    wanted.sort_by_key(|setting| position(setting));
    let arguments = wanted.iter().enumerate().flat_map(|(order, setting)| {
        // General options that come from the command above are mixed with the subcommand's own by this number.
        let order = 2 * order;
        let is_default = setting.default == Fallback::Value("true");
        let mut on = argument(command, setting).display_order(order);
        let off = setting.opposite.map(|(name, help)| {
            Arg::new(name)
                .long(name)
                .help(help)
                .help_heading(setting.heading)
                .display_order(order + 1)
                .hide_short_help(!is_default)
                .action(ArgAction::SetTrue)
                .overrides_with_all([setting.name, name])
        });
        if let Some((opposite, _)) = setting.opposite {
            on = on.overrides_with(opposite).hide_short_help(is_default);
        }
        std::iter::once(on).chain(off)
    });
    arguments.collect()
}

fn argument(command: Option<Command>, setting: &Setting) -> Arg {
    let help = Help::new(command, setting);
    let argument = Arg::new(setting.name)
        .long(setting.name)
        .short(setting.short)
        .help(help.short())
        .long_help(help.long())
        .help_heading(setting.heading)
        .hide(setting.is_general() && !setting.is_used_by(command))
        .global(setting.is_general());
    let valued = |argument: Arg, parser: ValueParser| {
        argument.value_name(setting.value_name).value_parser(parser)
    };
    match setting.kind {
        // `-vv` is `-v`.
        Kind::Switch => argument
            .action(ArgAction::SetTrue)
            .overrides_with(setting.name),
        Kind::Text | Kind::Number => valued(argument, ValueParser::string()),
        Kind::FilePath => valued(argument, ValueParser::os_string()),
        Kind::List => valued(argument, ValueParser::string())
            .action(ArgAction::Append)
            .value_delimiter(','),
    }
}

/// The help of an option, with its default, its possible values, its environment variables and its key as
/// clap would write them. clap itself does not know them, because the value may also come from a variable
/// or a file, and is checked once it is known where it comes from.
struct Help<'s> {
    setting: &'s Setting,
    choices: Vec<&'static str>,
}

impl<'s> Help<'s> {
    fn new(command: Option<Command>, setting: &'s Setting) -> Self {
        Self {
            setting,
            choices: setting.choices_of(command).collect(),
        }
    }

    /// What the value may be.
    fn values(&self) -> Vec<String> {
        let default = match self.setting.default {
            Fallback::Value(value) if self.setting.kind != Kind::Switch => Some(value),
            Fallback::Words(words) => Some(words),
            Fallback::Value(_) | Fallback::None | Fallback::Reference(_) => None,
        };
        let default = default.map(|default| format!("[default: {}]", default.replace('`', "")));
        let choices = self.choices.join(", ");
        let choices = (!choices.is_empty()).then(|| format!("[possible values: {choices}]"));
        default.into_iter().chain(choices).collect()
    }

    /// For `-h`.
    fn short(&self) -> String {
        let help = self.setting.help.to_owned();
        let parts: Vec<_> = std::iter::once(help).chain(self.values()).collect();
        parts.join(" ")
    }

    /// For `--help`.
    fn long(&self) -> String {
        let variables: Vec<_> = self.setting.variables().collect();
        let key = self.setting.key;
        let key = key.map(|key| format!("[pyproject.toml: tool.pyz3-wheel.{key}]"));
        let mut lines = self.values();
        lines.push(format!("[env: {}]", variables.join(", ")));
        lines.extend(key);
        format!("{}\n\n{}", self.setting.help, lines.join("\n"))
    }
}
