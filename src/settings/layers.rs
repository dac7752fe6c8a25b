//! The layers of a setting: option > environment variable > file, each value with its origin.
//!
//! Collects everything that is wrong instead of stopping at the first problem.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::typed::Typed;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::options::{
    Fallback, FilePath, Kind, List, Number, Origin, Setting, Switch, Text, Value,
};
use crate::plan::SettingOrigin;
use crate::project::{Config, Project};

/// The environment, as a function so that tests can bring their own.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The environment of this process.
pub fn process_env(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// A value that was set somewhere.
#[derive(Debug, Clone)]
pub(super) struct Set<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl<T> Set<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Set<U> {
        Set {
            value: change(self.value),
            origin: self.origin,
        }
    }
}

/// The layers, the strongest first.
#[derive(Debug, Clone, Copy)]
enum Layer {
    Caller,
    Variables,
    File,
}

impl Layer {
    const ALL: [Self; 3] = [Self::Caller, Self::Variables, Self::File];
}

/// The settings that were looked up, by their names; `None` for a setting that nobody sets, or whose
/// value is wrong.
#[derive(Debug, Clone, Default)]
pub(super) struct Values(BTreeMap<&'static str, Option<Set<Value>>>);

impl Values {
    pub(super) fn get(&self, setting: &Setting) -> Option<&Set<Value>> {
        self.0.get(setting.name)?.as_ref()
    }
}

pub(super) struct Layers<'a> {
    pub(super) typed: &'a Typed,
    pub(super) project: Option<&'a Project>,
    pub(super) config: Option<&'a Config>,
    pub(super) env: Env<'a>,
    pub(super) values: Values,
    pub(super) origins: Vec<SettingOrigin>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Layers<'a> {
    pub(super) fn new(typed: &'a Typed, project: Option<&'a Project>, env: Env<'a>) -> Self {
        Self {
            typed,
            project,
            config: project.map(|project| &project.config),
            env,
            values: Values::default(),
            origins: Vec::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T> {
        Error::check(ErrorKind::Config, self.problems)?;
        Ok(value)
    }

    /// Records for `--dry-run` what a setting is and why.
    pub(super) fn record(&mut self, name: &'static str, value: impl Display, origin: Origin) {
        self.origins.push(SettingOrigin {
            name,
            value: value.to_string(),
            origin,
        });
    }

    /// The same for a value that holds for several platforms.
    pub(super) fn record_once(&mut self, name: &'static str, value: impl Display, origin: &Origin) {
        let value = value.to_string();
        let is_known = |known: &SettingOrigin| known.name == name && known.value == value;
        if !self.origins.iter().any(is_known) {
            self.record(name, value, origin.clone());
        }
    }

    /// The value of a setting in the strongest layer that has one. Each setting is looked up once, so
    /// that a wrong value is one problem, however often the setting is read.
    pub(super) fn get(&mut self, setting: &'static Setting) -> Option<Set<Value>> {
        if let Some(known) = self.values.0.get(setting.name) {
            return known.clone();
        }
        let mut layers = Layer::ALL.into_iter();
        let set = layers.find_map(|layer| self.get_in(layer, setting));
        self.keep(setting, set.as_ref());
        set
    }

    fn keep(&mut self, setting: &'static Setting, set: Option<&Set<Value>>) {
        if let Some(set) = set {
            self.record(setting.name, &set.value, set.origin.clone());
        }
        self.values.0.insert(setting.name, set.cloned());
    }

    fn get_in(&mut self, layer: Layer, setting: &Setting) -> Option<Set<Value>> {
        match layer {
            Layer::Caller => {
                let (value, origin) = self.typed.get(setting)?;
                Some(Set {
                    value: value.clone(),
                    origin,
                })
            }
            Layer::Variables => setting.variables().find_map(|name| {
                let set = self.variable(&name)?;
                self.value_of(setting.kind, set)
            }),
            Layer::File => {
                let located = self.config?.setting(setting)?;
                Some(Set {
                    value: located.value.clone(),
                    origin: Origin::File(located.place),
                })
            }
        }
    }

    /// An environment variable that is not empty.
    pub(super) fn variable(&self, name: &str) -> Option<Set<OsString>> {
        let value = (self.env)(name).filter(|value| !value.is_empty())?;
        Some(Set {
            value,
            origin: Origin::Variable(name.to_owned()),
        })
    }

    /// The text of a variable; one that is not valid Unicode is a problem.
    pub(super) fn unicode(&mut self, set: Set<OsString>) -> Option<Set<String>> {
        let Ok(value) = set.value.into_string() else {
            let problem =
                Problem::new("is not valid Unicode").hint("set it to valid Unicode, or unset it");
            self.problems.push(problem.at(set.origin));
            return None;
        };
        Some(Set {
            value,
            origin: set.origin,
        })
    }

    /// The text of a variable as the value of a setting of this kind.
    fn value_of(&mut self, kind: Kind, set: Set<OsString>) -> Option<Set<Value>> {
        if kind == Kind::FilePath {
            return Some(set.map(Value::Text));
        }
        let set = self.unicode(set)?;
        match kind {
            Kind::Switch => {
                let origin = set.origin.clone();
                let value = Value::Switch(self.parse_with(set, truth)?);
                Some(Set { value, origin })
            }
            Kind::Text | Kind::Number | Kind::FilePath => {
                Some(set.map(|text| Value::Text(text.into())))
            }
            Kind::List => Some(set.map(|text| {
                let items = text.split(',').map(str::trim);
                let items = items.filter(|item| !item.is_empty());
                Value::List(items.map(str::to_owned).collect())
            })),
        }
    }

    pub(super) fn switch(&mut self, setting: &'static Switch) -> bool {
        let set = self.get(setting);
        setting.is_on(set.as_ref().map(|set| &set.value))
    }

    pub(super) fn text(&mut self, setting: &'static Text) -> Option<Set<String>> {
        self.string(setting)
    }

    fn string(&mut self, setting: &'static Setting) -> Option<Set<String>> {
        let set = self.get(setting)?;
        match set.value {
            Value::Text(text) => self.unicode(Set {
                value: text,
                origin: set.origin,
            }),
            Value::Switch(_) | Value::List(_) => None,
        }
    }

    /// A setting whose text has a type of its own; its default where nobody sets it.
    pub(super) fn parsed<T: FromStr<Err = Problem>>(
        &mut self,
        setting: &'static Text,
    ) -> Option<T> {
        match (self.text(setting), setting.default) {
            (Some(set), _) => self.parse_with(set, str::parse),
            (None, Fallback::Value(text)) => text.parse().ok(),
            (None, Fallback::None | Fallback::Words(_) | Fallback::Reference(_)) => None,
        }
    }

    pub(super) fn number(&mut self, setting: &'static Number) -> Option<u32> {
        let set = self.string(setting)?;
        self.parse_with(set, |text| match text.parse() {
            Ok(0) | Err(_) => Err(Problem::new(format!(
                "`{text}` is not a number of {}",
                setting.name
            ))
            .hint("give 1 or more")),
            Ok(number) => Ok(number),
        })
    }

    /// A path. In a file it is relative to the project, elsewhere to the current directory.
    pub(super) fn path(&mut self, setting: &'static FilePath) -> Option<Set<PathBuf>> {
        let set = self.get(setting)?;
        let Value::Text(path) = set.value else {
            return None;
        };
        let path = Path::new(&path);
        let path = match (&set.origin, self.project) {
            (Origin::File(_), Some(project)) => project.root.join(path),
            _ => path.to_owned(),
        };
        Some(Set {
            value: path,
            origin: set.origin,
        })
    }

    pub(super) fn parse_with<T>(
        &mut self,
        set: Set<String>,
        parse: impl Fn(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        parse(&set.value)
            .map_err(|problem| self.problems.push(problem.at(set.origin)))
            .ok()
    }

    /// A list and its "all": the strongest layer that sets either of them decides.
    pub(super) fn list_or_all(&mut self, list: &'static List, all: &'static Switch) -> ListOrAll {
        let mut is_decided = false;
        for layer in Layer::ALL {
            let in_list = self.get_in(layer, list);
            let in_all = self.get_in(layer, all);
            if let (Some(one), Some(other)) = (&in_list, &in_all)
                && other.value == Value::Switch(true)
            {
                self.problems
                    .push(both_given((list, &one.origin), (all, &other.origin)));
            }
            if let Some(set) = in_list {
                self.keep(list, Some(&set));
                let Value::List(items) = set.value else {
                    return ListOrAll::Neither;
                };
                return ListOrAll::List(items, set.origin);
            }
            // A 0 in a stronger layer wins over a 1 in a weaker one.
            if let Some(set) = in_all.filter(|_| !is_decided) {
                self.keep(all, Some(&set));
                if set.value == Value::Switch(true) {
                    return ListOrAll::All;
                }
                is_decided = true;
            }
        }
        ListOrAll::Neither
    }
}

/// Two settings of one layer that exclude each other, each with its origin.
pub(super) fn both_given(one: (&Setting, &Origin), other: (&Setting, &Origin)) -> Problem {
    let [one, other] = [one, other].map(|(setting, origin)| described(setting, origin));
    Problem::new(format!("{one} and {other} were both given")).hint("give one of them")
}

/// A setting by name and origin, or by its option alone, which is the name.
fn described(setting: &Setting, origin: &Origin) -> String {
    match origin {
        Origin::Option(_) => origin.to_string(),
        _ => format!("{} ({origin})", setting.name),
    }
}

pub(super) enum ListOrAll {
    List(Vec<String>, Origin),
    All,
    Neither,
}

fn truth(text: &str) -> Result<bool, Problem> {
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(Problem::new(format!("`{text}` is neither true nor false")).hint("give 1 or 0")),
    }
}
