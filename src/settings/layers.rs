//! The layers of a setting: option > environment variable > file, each value with its origin.
//!
//! Collects what is wrong instead of stopping at it. Knows no setting by name but what it is told;
//! [`super::settings`] knows them.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::SettingOrigin;
use crate::project::Located;

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
    pub(super) origin: String,
    pub(super) in_file: bool,
}

pub(super) struct Layers<'a> {
    pub(super) env: Env<'a>,
    pub(super) origins: Vec<SettingOrigin>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Layers<'a> {
    pub(super) fn new(env: Env<'a>) -> Self {
        Self {
            env,
            origins: Vec::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T> {
        Error::check(ErrorKind::Config, self.problems)?;
        Ok(value)
    }

    pub(super) fn record(&mut self, name: &'static str, value: impl Display, origin: &str) {
        self.origins.push(SettingOrigin {
            name,
            value: value.to_string(),
            origin: origin.to_owned(),
        });
    }

    /// The same for what holds for several platforms.
    pub(super) fn record_once(&mut self, name: &'static str, value: impl Display, origin: &str) {
        let value = value.to_string();
        let is_known = |known: &SettingOrigin| known.name == name && known.value == value;
        if !self.origins.iter().any(is_known) {
            self.record(name, value, origin);
        }
    }

    /// An environment variable that is set to something, with its name.
    pub(super) fn var(&mut self, name: &str) -> Option<Set<String>> {
        let variable = if name.contains('_') {
            name.to_owned()
        } else {
            format!("PYZ3_WHEEL_{}", name.to_uppercase().replace('-', "_"))
        };
        let value = (self.env)(&variable).filter(|value| !value.is_empty())?;
        if let Ok(value) = value.into_string() {
            return Some(Set {
                value,
                origin: variable,
                in_file: false,
            });
        }
        self.problems
            .push(Problem::new("is not valid Unicode").at(variable));
        None
    }

    /// The first layer that sets a text.
    pub(super) fn text<T: Display>(
        &mut self,
        name: &'static str,
        option: Option<String>,
        file: Option<&Located<T>>,
    ) -> Option<Set<String>> {
        let option = option.map(|value| Set {
            value,
            origin: format!("--{name}"),
            in_file: false,
        });
        let set = option.or_else(|| self.var(name)).or_else(|| {
            file.map(|located| Set {
                value: located.value.to_string(),
                origin: located.place.clone(),
                in_file: true,
            })
        })?;
        self.record(name, &set.value, &set.origin);
        Some(set)
    }

    pub(super) fn path(
        &mut self,
        name: &'static str,
        option: Option<&Path>,
        file: Option<&Located<String>>,
    ) -> Option<Set<PathBuf>> {
        // An option's path may be any bytes, so it does not pass through a string.
        if let Some(path) = option {
            let origin = format!("--{name}");
            self.record(name, path.display(), &origin);
            return Some(Set {
                value: path.to_owned(),
                origin,
                in_file: false,
            });
        }
        self.text(name, None, file).map(|set| Set {
            value: PathBuf::from(set.value),
            origin: set.origin,
            in_file: set.in_file,
        })
    }

    /// A switch with its opposite: `--clean` and `--no-clean`.
    pub(super) fn pair(
        &mut self,
        name: &'static str,
        on: bool,
        off: bool,
        file: Option<&Located<bool>>,
    ) -> bool {
        let option = (on || off).then(|| on.to_string());
        let Some(set) = self.text(name, option, file) else {
            return false;
        };
        self.parse_with(set, truth).unwrap_or_default()
    }

    pub(super) fn parse<T: FromStr<Err = Problem>>(&mut self, set: Set<String>) -> Option<T> {
        self.parse_with(set, str::parse)
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

    /// A list and its "all": the highest layer that sets either of them decides.
    pub(super) fn list_or_all(
        &mut self,
        (list_name, all_name): (&'static str, &'static str),
        (typed, typed_all): (&[String], bool),
        (file, file_all): (Option<&Located<Vec<String>>>, Option<&Located<bool>>),
    ) -> ListOrAll {
        let typed_list = (!typed.is_empty()).then(|| (typed.to_vec(), format!("--{list_name}")));
        let typed_all = typed_all.then(|| (true, format!("--{all_name}")));
        let variables = |layers: &mut Self| {
            let list = layers.var(list_name).map(|set| {
                let items = set
                    .value
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                (items.map(str::to_owned).collect(), set.origin)
            });
            let all = layers.var(all_name).and_then(|set| {
                let origin = set.origin.clone();
                let on = layers.parse_with(set, truth)?;
                Some((on, origin))
            });
            (list, all)
        };
        let (env_list, env_all) = variables(self);
        let file_list = file.map(|located| (located.value.clone(), located.place.clone()));
        let file_all = file_all.map(|located| (located.value, located.place.clone()));
        let mut is_decided = false;
        for (list, all) in [
            (typed_list, typed_all),
            (env_list, env_all),
            (file_list, file_all),
        ] {
            if let (Some((_, list)), Some((true, all))) = (&list, &all) {
                let how = |name, origin: &str| {
                    if origin.contains(name) {
                        origin.to_owned()
                    } else {
                        format!("{name} ({origin})")
                    }
                };
                let (list, all) = (how(list_name, list), how(all_name, all));
                self.problems.push(
                    Problem::new(format!("{list} and {all} were both given"))
                        .hint("give one of them"),
                );
            }
            if let Some((items, origin)) = list {
                self.record(list_name, items.join(", "), &origin);
                return ListOrAll::List(items, origin);
            }
            // A 0 in a higher layer wins over a 1 in a lower one.
            if let Some((on, origin)) = all.filter(|_| !is_decided) {
                self.record(all_name, on, &origin);
                if on {
                    return ListOrAll::All;
                }
                is_decided = true;
            }
        }
        ListOrAll::Neither
    }
}

pub(super) enum ListOrAll {
    List(Vec<String>, String),
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
