//! `project.dynamic`: the fields that come from elsewhere.

use crate::error::Problem;
use crate::project::entry::{Entry, Table};

/// The fields of `[project]` (PEP 621, PEP 639, PEP 794).
pub(super) const KEYS: [&str; 20] = [
    "name",
    "version",
    "description",
    "readme",
    "requires-python",
    "license",
    "license-files",
    "authors",
    "maintainers",
    "keywords",
    "classifiers",
    "urls",
    "scripts",
    "gui-scripts",
    "entry-points",
    "dependencies",
    "optional-dependencies",
    "import-names",
    "import-namespaces",
    "dynamic",
];

/// The items of `project.dynamic` that are valid.
pub(super) struct Entries<'a>(Vec<(Entry<'a>, &'a str)>);

impl<'a> Entries<'a> {
    /// The fields, each with its item in the list.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, (Entry<'a>, &'a str)> {
        self.0.iter()
    }

    /// Whether no field is dynamic.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this field is dynamic.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(_, name)| *name == field)
    }
}

/// Reads `project.dynamic`: fields that exist, once each, and not given as well.
pub(super) fn names<'a>(project: &Table<'a>, problems: &mut Vec<Problem>) -> Entries<'a> {
    let mut entries = Entries(Vec::new());
    let Some(entry) = project.get("dynamic") else {
        return entries;
    };
    for (item, name) in entry.strings(problems) {
        let problem = if name == "name" {
            Some(("cannot be dynamic (PEP 621)", "write the name"))
        } else if !KEYS.contains(&name) || name == "dynamic" {
            Some(("is not a field of [project]", "see PEP 621 for the fields"))
        } else if project.get(name).is_some() {
            Some((
                "has a value in [project] but is also listed in dynamic (PEP 621)",
                "remove the value or the entry in dynamic",
            ))
        } else {
            None
        };
        match problem {
            Some((message, hint)) => {
                problems.push(item.problem(format!("`{name}`: {message}")).hint(hint));
            }
            None if entries.has(name) => {}
            None => entries.0.push((item, name)),
        }
    }
    entries
}

/// What our own tables say of where a field comes from.
pub(super) enum Slot<T> {
    Absent,
    /// It is there and wrong, which has been told.
    Broken,
    Given(T),
}

impl<T> Slot<T> {
    /// Reads one of these tables; what it names is not opened yet.
    pub(super) fn read<'a>(
        entry: &Entry<'a>,
        problems: &mut Vec<Problem>,
        of_table: impl FnOnce(&Table<'a>, &mut Vec<Problem>) -> Option<T>,
    ) -> Self {
        let before = problems.len();
        let source = entry
            .table(problems)
            .and_then(|table| of_table(&table, problems));
        match source {
            Some(source) if problems.len() == before => Self::Given(source),
            _ => Self::Broken,
        }
    }
}
