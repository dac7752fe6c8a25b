//! The keys of one table, each read as its type.

use std::collections::{BTreeMap, HashSet};

use super::abi::Abi;
use super::install::InstallRule;
use super::platform::PlatformConfig;
use crate::error::Problem;
use crate::metadata::is_plain_relative;
use crate::metadata::module_name::ModuleName;
use crate::options::{Kind, Value, keys, table};
use crate::platform::{Platform, PlatformRequest, ZigTarget};
use crate::project::entry::{Entry, Table};
use crate::project::files::check_pattern;
use crate::project::source::Located;
use crate::tags::Release;

/// Reads keys of one table and collects what is wrong.
pub(super) struct Reader<'t, 'a, 'p> {
    pub(super) table: &'t Table<'a>,
    pub(super) problems: &'p mut Vec<Problem>,
}

impl Reader<'_, '_, '_> {
    pub(super) fn string(&mut self, key: &str) -> Option<Located<String>> {
        self.parsed(key, |text| Ok(text.to_owned()))
    }

    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<Located<T>> {
        let entry = self.table.get(key)?;
        let text = entry.string(self.problems)?;
        if text.is_empty() || text.contains('\0') {
            self.problems.push(
                entry
                    .problem("must not be empty or contain a NUL")
                    .hint("give a value, or remove the key"),
            );
            return None;
        }
        match parse(text) {
            Ok(value) => Some(entry.locate(value)),
            Err(problem) => {
                self.problems.push(entry.wrap(problem));
                None
            }
        }
    }

    /// An ABI, or the two stable ones in a list.
    pub(super) fn abi(&mut self) -> Option<Located<Abi>> {
        let entry = self.table.get("abi")?;
        if entry.as_items().is_none() {
            return self.parsed("abi", |text| Abi::parse(&[text]));
        }
        let names = self.strings("abi")?.value;
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        match Abi::parse(&names) {
            Ok(abi) => Some(entry.locate(abi)),
            Err(problem) => {
                self.problems.push(entry.wrap(problem));
                None
            }
        }
    }

    pub(super) fn boolean(&mut self, key: &str) -> Option<Located<bool>> {
        let entry = self.table.get(key)?;
        entry
            .boolean(self.problems)
            .map(|value| entry.locate(value))
    }

    /// The keys of the settings that have an option, each as its kind says.
    pub(super) fn settings(&mut self) -> BTreeMap<&'static str, Located<Value>> {
        let mut settings = BTreeMap::new();
        for setting in table::ALL {
            let Some(key) = setting.key else { continue };
            let value = match key.split_once('.') {
                None => self.setting(key, setting.kind),
                Some((table, key)) => {
                    let table = self.table.get(table);
                    let Some(table) = table.and_then(|table| table.as_table()) else {
                        continue;
                    };
                    let mut inner = Reader {
                        table: &table,
                        problems: self.problems,
                    };
                    inner.setting(key, setting.kind)
                }
            };
            settings.extend(value.map(|value| (setting.name, value)));
        }
        settings
    }

    /// Refuses unknown keys of `[tool.pyz3-wheel.check]`, all of which are settings.
    pub(super) fn refuse_unknown_of_check(&mut self) {
        let entry = self.table.get("check");
        if let Some(table) = entry.and_then(|entry| entry.table(self.problems)) {
            table.refuse_unknown(&keys::names(keys::CHECK), self.problems);
        }
    }

    fn setting(&mut self, key: &str, kind: Kind) -> Option<Located<Value>> {
        let entry = self.table.get(key)?;
        match kind {
            Kind::Switch => Some(self.boolean(key)?.map(Value::Switch)),
            Kind::Text | Kind::FilePath => {
                let text = self.string(key)?;
                Some(text.map(|text| Value::Text(text.into())))
            }
            Kind::Number => {
                let number = entry.positive(self.problems)?;
                Some(entry.locate(Value::Text(number.to_string().into())))
            }
            Kind::List => Some(self.strings(key)?.map(Value::List)),
        }
    }

    pub(super) fn strings(&mut self, key: &str) -> Option<Located<Vec<String>>> {
        let entry = self.table.get(key)?;
        let values = entry.arguments(self.problems);
        entry.as_items()?;
        Some(entry.locate(values))
    }

    pub(super) fn modules(&mut self) -> Vec<Located<ModuleName>> {
        let Some(entry) = self.table.get("modules") else {
            return Vec::new();
        };
        let mut modules: Vec<Located<ModuleName>> = Vec::new();
        let mut known = HashSet::new();
        for (item, text) in entry.strings(self.problems) {
            match text.parse::<ModuleName>() {
                Err(error) => self.problems.push(
                    item.problem(error.to_string())
                        .hint("write the module's dotted import name, like \"hello._native\""),
                ),
                Ok(name) if !known.insert(name.clone()) => {
                    self.problems.push(
                        item.problem(format!("`{name}` is listed twice"))
                            .hint("remove one of them"),
                    );
                }
                Ok(name) => modules.push(item.locate(name)),
            }
        }
        modules
    }

    pub(super) fn env(&mut self) -> BTreeMap<String, String> {
        let mut env = BTreeMap::new();
        let entry = self.table.get("env");
        let Some(table) = entry.and_then(|entry| entry.table(self.problems)) else {
            return env;
        };
        for entry in table.entries() {
            let Some(value) = entry.string(self.problems) else {
                continue;
            };
            if entry.key.is_empty() || entry.key.contains(['=', '\0']) || value.contains('\0') {
                self.problems.push(
                    entry
                        .problem("is not an environment variable")
                        .hint("names have no `=`, and neither names nor values have a NUL"),
                );
            } else {
                env.insert(entry.key.to_owned(), value.to_owned());
            }
        }
        env
    }

    pub(super) fn install(&mut self) -> Vec<InstallRule> {
        let entry = self.table.get("install");
        let Some(table) = entry.and_then(|entry| entry.table(self.problems)) else {
            return Vec::new();
        };
        let entries = table.entries();
        entries
            .filter_map(|entry| InstallRule::read(&entry, self.problems))
            .collect()
    }

    pub(super) fn platforms(&mut self) -> BTreeMap<Platform, PlatformConfig> {
        let mut platforms = BTreeMap::new();
        let entry = self.table.get("platform");
        let Some(table) = entry.and_then(|entry| entry.table(self.problems)) else {
            return platforms;
        };
        for entry in table.entries() {
            let platform = match PlatformRequest::single(entry.key) {
                Ok(platform) if platforms.contains_key(&platform) => {
                    let problem = Problem::new(format!("{platform} has a table already"));
                    self.problems
                        .push(entry.wrap(problem.hint("move its keys there")));
                    None
                }
                Ok(platform) => Some(platform),
                Err(problem) => {
                    self.problems.push(entry.wrap(problem));
                    None
                }
            };
            let Some(table) = entry.table(self.problems) else {
                continue;
            };
            table.refuse_unknown(&keys::names(keys::PLATFORM), self.problems);
            let mut read = Reader {
                table: &table,
                problems: self.problems,
            };
            let config = PlatformConfig {
                floor: read.parsed("floor", |text| floor(platform, text)),
                deployment_target: None,
                extra_args: read.strings("extra-args").map_or(Vec::new(), |l| l.value),
                env: read.env(),
            };
            let slices = platform.map(Platform::slices).unwrap_or_default();
            for key in ["extra-args", "env"] {
                if let (Some(entry), [first, second]) = (table.get(key), slices) {
                    let problem = Problem::new("has no builds of its own");
                    let hint = format!("it is built as {first} and {second}: set this for them");
                    self.problems.push(entry.wrap(problem.hint(hint)));
                }
            }
            if let Some(platform) = platform {
                platforms.insert(platform, config);
            }
        }
        platforms
    }

    /// The path of a folder of the project.
    pub(super) fn folder(&mut self, key: &str) -> Option<Located<String>> {
        let folder = self.string(key)?;
        let entry = self.table.get(key);
        self.refuse_outside(entry, std::iter::once(folder.value.as_str()));
        Some(folder.map(|path| path.trim_end_matches('/').to_owned()))
    }

    /// Patterns as `.gitignore` has them.
    pub(super) fn patterns(&mut self, key: &str) -> Option<Located<Vec<String>>> {
        let patterns = self.strings(key)?;
        for pattern in &patterns.value {
            if let (Some(entry), Err(problem)) = (self.table.get(key), check_pattern(pattern)) {
                self.problems.push(entry.wrap(problem));
            }
        }
        Some(patterns)
    }

    /// Paths of packages must stay inside the project, wherever it is unpacked.
    pub(super) fn refuse_outside<'s>(
        &mut self,
        entry: Option<Entry<'_>>,
        paths: impl Iterator<Item = &'s str>,
    ) {
        let Some(entry) = entry else { return };
        for path in paths.filter(|path| !is_plain_relative(path)) {
            self.problems.push(
                entry
                    .problem(format!("`{path}` is not a folder below the project's root"))
                    .hint("write it relative to pyproject.toml with `/`, like \"src/hello\""),
            );
        }
    }
}

fn floor(platform: Option<Platform>, text: &str) -> Result<Release, Problem> {
    let release: Release = text.parse().map_err(|error: crate::tags::ParseTagError| {
        Problem::new(error.to_string()).hint("write the release as \"2.28\" or \"11.0\"")
    })?;
    if let Some(platform) = platform {
        ZigTarget::with_floor(platform, release)?;
    }
    Ok(release)
}
