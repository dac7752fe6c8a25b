//! The table of settings: for each one its option, environment variable, key and default.
//!
//! Pure data with few dependencies: the reader of pyproject.toml, the command line, the resolver, the
//! reference and the JSON Schema are all made from it, so that they cannot disagree.

pub mod keys;
mod origin;
pub mod shape;
pub mod table;

use std::ffi::OsString;
use std::fmt;
use std::ops::Deref;

pub use origin::{Origin, Place};
use shape::Shape;

/// What every environment variable of this program begins with.
pub const VARIABLE_PREFIX: &str = "PYZ3_WHEEL_";

/// Environment variables with the prefix that are not settings: the log of this program, and whether the
/// Python package rebuilds editable installs.
pub const OTHER_VARIABLES: [&str; 2] = ["PYZ3_WHEEL_LOG", "PYZ3_WHEEL_REBUILD"];

/// One setting: a row of [`table`].
#[derive(Debug)]
pub struct Setting {
    /// The long option without its dashes; also what `--dry-run` calls the setting.
    pub name: &'static str,
    /// What the setting does, in one line for `--help`.
    pub help: &'static str,
    /// What values it has.
    pub kind: Kind,
    /// The short option.
    pub short: Option<char>,
    /// The opposite of a switch: its long option and its help.
    pub opposite: Option<(&'static str, &'static str)>,
    /// What the help calls the value. Ex) `DIR`
    pub value_name: &'static str,
    /// The possible values, if they are few.
    pub choices: &'static [&'static str],
    /// Those of the possible values that only one subcommand has.
    pub own_choices: &'static [(Command, &'static [&'static str])],
    /// What the items of a list are in pyproject.toml.
    pub items: Shape,
    /// A regular expression (ECMA 262, as JSON Schema has them) of the possible values in pyproject.toml.
    pub pattern: Option<&'static str>,
    /// The heading of the help below which the option is listed.
    pub heading: Option<&'static str>,
    /// The subcommands that have the option. With [`Command::Every`] all of them accept it, and those
    /// behind it list it in their help.
    pub commands: &'static [Command],
    /// The key in `[tool.pyz3-wheel]`, or in a table below it.
    ///
    /// Ex) `jobs`, `check.select`
    pub key: Option<&'static str>,
    /// Environment variables of other programs that count too, after the setting's own one.
    pub other_variables: &'static [&'static str],
    /// The value where nobody sets it.
    pub default: Fallback,
    /// Whether a build frontend (pip, uv) decides the setting, so that `-C args=…` cannot.
    pub of_frontend: bool,
}

/// Which subcommands have an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// All of them, before or behind the subcommand's name.
    Every,
    /// `build`, which is also what the program does without a subcommand.
    Build,
    /// `sdist`.
    Sdist,
    /// `develop`.
    Develop,
    /// `check`.
    Check,
    /// `env`.
    Env,
    /// `metadata`.
    Metadata,
    /// `files`.
    Files,
    /// `pythons`.
    Pythons,
    /// `cache`, and the subcommands below it.
    Cache,
    /// `doctor`.
    Doctor,
}

impl Command {
    /// The subcommand of this name, if some option is for it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "build" => Self::Build,
            "sdist" => Self::Sdist,
            "develop" => Self::Develop,
            "check" => Self::Check,
            "env" => Self::Env,
            "metadata" => Self::Metadata,
            "files" => Self::Files,
            "pythons" => Self::Pythons,
            "cache" => Self::Cache,
            "doctor" => Self::Doctor,
            _ => return None,
        })
    }
}

/// The value of a setting that nobody sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// The setting has no default.
    None,
    /// This value.
    Value(&'static str),
    /// A value that depends on the machine or the project: how the help and the reference say it,
    /// in Markdown.
    Words(&'static str),
    /// The same, for the reference only.
    Reference(&'static str),
}

impl Setting {
    /// A row with nothing but a name, a help and a kind.
    const fn new(name: &'static str, help: &'static str, kind: Kind) -> Self {
        Self {
            name,
            help: help.trim_ascii(),
            kind,
            short: None,
            opposite: None,
            value_name: "",
            choices: &[],
            own_choices: &[],
            items: Shape::TEXT,
            pattern: None,
            heading: None,
            commands: &[Command::Build],
            key: Some(name),
            other_variables: &[],
            default: match kind {
                Kind::Switch => Fallback::Value("false"),
                Kind::Text | Kind::Number | Kind::FilePath | Kind::List => Fallback::None,
            },
            of_frontend: false,
        }
    }

    /// Whether every subcommand accepts the option.
    pub(crate) fn is_general(&self) -> bool {
        self.commands.contains(&Command::Every)
    }

    /// Whether the option has an effect on a subcommand.
    pub(crate) fn is_used_by(&self, command: Option<Command>) -> bool {
        self.commands == [Command::Every]
            || command.is_some_and(|command| self.commands.contains(&command))
    }

    /// The possible values in a subcommand.
    pub fn choices_of(&self, command: Option<Command>) -> impl Iterator<Item = &'static str> {
        self.choices.iter().copied().filter(move |choice| {
            let mut own = self.own_choices.iter();
            own.all(|(of, choices)| Some(*of) == command || !choices.contains(choice))
        })
    }

    /// Its own environment variable.
    ///
    /// Ex) `PYZ3_WHEEL_OUTPUT_DIR`
    pub fn variable(&self) -> String {
        let name = self.name.to_uppercase().replace('-', "_");
        format!("{VARIABLE_PREFIX}{name}")
    }

    /// Every environment variable that sets it, the strongest first.
    pub fn variables(&self) -> impl Iterator<Item = String> {
        let others = self.other_variables.iter().map(ToString::to_string);
        std::iter::once(self.variable()).chain(others)
    }

    /// What values its key in pyproject.toml has.
    pub fn shape(&'static self) -> Shape {
        match self.kind {
            Kind::Switch => Shape::Boolean,
            Kind::Number => Shape::Integer,
            Kind::Text | Kind::FilePath => Shape::String {
                choices: self.choices,
                pattern: self.pattern,
            },
            Kind::List => Shape::Array(&self.items),
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What values a setting has.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name(pub(crate) Setting);

            impl Deref for $name {
                type Target = Setting;

                fn deref(&self) -> &Setting {
                    &self.0
                }
            }
        )*
    };
}

kinds! {
    /// On or off: an option without a value, `1` or `0` in a variable, a boolean in the file.
    Switch,
    /// A text.
    Text,
    /// A positive number.
    Number,
    /// A path, which may be any bytes in an option or a variable.
    FilePath,
    /// Several texts: an option that may be repeated, separated by commas in a variable.
    List,
}

impl Switch {
    /// Whether the switch is on, given the value that was set for it, if any was.
    pub(crate) fn is_on(&self, set: Option<&Value>) -> bool {
        match set {
            Some(value) => *value == Value::Switch(true),
            None => self.default == Fallback::Value("true"),
        }
    }
}

/// The value of a setting as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Of a [`Switch`].
    Switch(bool),
    /// Of a [`Text`], a [`Number`] or a [`FilePath`].
    Text(OsString),
    /// Of a [`List`].
    List(Vec<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => on.fmt(f),
            Self::Text(text) => f.write_str(&text.to_string_lossy()),
            Self::List(items) => f.write_str(&items.join(", ")),
        }
    }
}
