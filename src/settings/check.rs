//! Which checks `pyz3-wheel check` reports: `--select`, `--ignore` and `[tool.pyz3-wheel.check]`.

use std::collections::BTreeSet;

use super::Layers;
use super::layers::{Env, Set};
use super::typed::Typed;
use crate::audit::Code;
use crate::error::{Problem, Result};
use crate::options::{List, Origin, Value, table};
use crate::project::Config;

/// Which checks are reported.
#[derive(Debug, Clone)]
pub struct CheckSelection {
    select: Option<BTreeSet<Code>>,
    ignore: BTreeSet<Code>,
}

impl CheckSelection {
    /// Whether findings of this check are reported.
    pub fn includes(&self, code: Code) -> bool {
        let is_selected = self
            .select
            .as_ref()
            .is_none_or(|codes| codes.contains(&code));
        is_selected && !self.ignore.contains(&code)
    }
}

/// Resolves which checks are reported; `config` is that of the project in the current folder, if there is one.
pub fn check(typed: &Typed, config: Option<&Config>, env: Env<'_>) -> Result<CheckSelection> {
    let mut layers = Layers::new(typed, None, env);
    layers.config = config;
    let select = layers.get(&table::SELECT);
    let ignore = layers.get(&table::IGNORE);
    let selection = CheckSelection {
        select: select.map(|set| layers.codes(&table::SELECT, set)),
        ignore: ignore.map_or(BTreeSet::new(), |set| layers.codes(&table::IGNORE, set)),
    };
    layers.finish(selection)
}

impl Layers<'_> {
    /// Checks the codes in pyproject.toml, which a build does not use.
    pub(super) fn check_codes(&mut self) {
        for list in [&table::SELECT, &table::IGNORE] {
            let located = self.config.and_then(|config| config.setting(list));
            if let Some(located) = located {
                let set = Set {
                    value: located.value.clone(),
                    origin: Origin::File(located.place),
                };
                self.codes(list, set);
            }
        }
    }

    fn codes(&mut self, list: &'static List, set: Set<Value>) -> BTreeSet<Code> {
        let Value::List(items) = set.value else {
            return BTreeSet::new();
        };
        if items.is_empty() && list.name == table::SELECT.name {
            let problem = Problem::new("selects no check");
            let hint = "name at least one check, or remove the setting";
            self.problems.push(problem.hint(hint).at(&set.origin));
        }
        let parsed = items.iter().filter_map(|item| {
            item.parse()
                .map_err(|problem: Problem| self.problems.push(problem.at(&set.origin)))
                .ok()
        });
        parsed.collect()
    }
}
