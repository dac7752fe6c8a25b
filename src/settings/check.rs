//! Which checks `pyz3-wheel check` reports: `--select`, `--ignore` and `[tool.pyz3-wheel.check]`.

use std::collections::BTreeSet;

use super::Layers;
use super::layers::{Env, Set};
use super::typed::Typed;
use crate::audit::Code;
use crate::error::{Problem, Result};
use crate::options::{Origin, Value, table};
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
    let selection = layers.selection(select, ignore);
    layers.finish(selection)
}

impl Layers<'_> {
    /// Checks the codes in pyproject.toml, which a build does not use.
    pub(super) fn check_codes(&mut self) {
        let config = self.config;
        let [select, ignore] = [&table::SELECT, &table::IGNORE].map(|list| {
            let located = config.and_then(|config| config.setting(list))?;
            Some(Set {
                value: located.value.clone(),
                origin: Origin::File(located.place),
            })
        });
        self.selection(select, ignore);
    }

    fn selection(
        &mut self,
        select: Option<Set<Value>>,
        ignore: Option<Set<Value>>,
    ) -> CheckSelection {
        let problems = self.problems.len();
        let place = select.as_ref().map(|set| set.origin.clone());
        let selection = CheckSelection {
            select: select.map(|set| self.codes(set)),
            ignore: ignore.map_or(BTreeSet::new(), |set| self.codes(set)),
        };
        if let (Some(select), Some(place)) = (&selection.select, place)
            && select.is_subset(&selection.ignore)
            && self.problems.len() == problems
        {
            let problem = Problem::new("selects no check");
            let hint = "name at least one check that is not ignored, or remove the setting";
            self.problems.push(problem.hint(hint).at(place));
        }
        selection
    }

    fn codes(&mut self, set: Set<Value>) -> BTreeSet<Code> {
        let Value::List(items) = set.value else {
            return BTreeSet::new();
        };
        // As in a variable, a comma at the end of an option is harmless.
        let is_typed = !matches!(set.origin, Origin::File(_));
        let items = items.iter().filter(|item| !(is_typed && item.is_empty()));
        let parsed = items.filter_map(|item| {
            item.parse()
                .map_err(|problem: Problem| self.problems.push(problem.at(&set.origin)))
                .ok()
        });
        parsed.collect()
    }
}
