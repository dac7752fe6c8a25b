//! `import-names` and `import-namespaces`: what can be imported once the project is installed.
//!
//! Source: PEP 794. That the names are in the wheel is not judged: they hold for a release, and a
//! wheel of one platform may lack what another has.

use std::collections::BTreeMap;

use crate::error::Problem;
use crate::metadata::import_name::{ImportName, check_import_name};
use crate::project::entry::{Entry, Table};

/// The names of one list, as METADATA has them.
///
/// Ex) `hello`, `_hello_native; private`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names(Vec<ImportName>);

impl Names {
    /// The values of the header: one empty value if nothing can be imported.
    pub(super) fn values(&self) -> Vec<String> {
        if self.0.is_empty() {
            vec![String::new()]
        } else {
            self.0.iter().map(ImportName::render).collect()
        }
    }

    /// The dotted names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|name| name.name.as_str())
    }

    /// The names in a PKG-INFO. A single empty name means that the project has no import names.
    pub(super) fn of_headers<'s>(
        values: impl Iterator<Item = &'s str>,
    ) -> Result<Option<Self>, Problem> {
        let values: Vec<_> = values.collect();
        if values.is_empty() {
            return Ok(None);
        }
        let filled = values.into_iter().filter(|value| !value.is_empty());
        let names: Result<Vec<_>, _> = filled.map(check_import_name).collect();
        names.map(|names| Some(Self(names)))
    }
}

/// Reads `import-names` and `import-namespaces`, and compares the two lists.
pub(super) fn read(
    project: &Table<'_>,
    problems: &mut Vec<Problem>,
) -> (Option<Names>, Option<Names>) {
    let (mut import_names, mut import_namespaces) = (None, None);
    let mut seen = BTreeMap::new();
    let mut entries = Vec::new();
    let before = problems.len();
    if let Some(entry) = project.get("import-names") {
        let names = list(&entry, &mut seen, &mut entries, problems);
        import_names = Some(Names(names));
    }
    if let Some(entry) = project.get("import-namespaces") {
        let names = list(&entry, &mut seen, &mut entries, problems);
        let nothing = import_names
            .as_ref()
            .is_some_and(|n: &Names| n.0.is_empty());
        if nothing && !names.is_empty() && problems.len() == before {
            problems.push(
                entry
                    .problem(
                        "has names, but import-names is empty, which means that the project has no import names",
                    )
                    .hint("remove import-names, or list in it what only this project provides"),
            );
        }
        // An empty list says nothing here: only Import-Name may be empty.
        import_namespaces = (!names.is_empty()).then_some(Names(names));
    }
    if problems.len() == before {
        refuse_orphans(&entries, &seen, problems);
    }
    (import_names, import_namespaces)
}

/// The names of one list; `seen` has those of both, with the place where they were written.
fn list<'a>(
    entry: &Entry<'a>,
    seen: &mut BTreeMap<String, String>,
    entries: &mut Vec<(Entry<'a>, String)>,
    problems: &mut Vec<Problem>,
) -> Vec<ImportName> {
    let mut names = Vec::new();
    for item in entry.items(problems) {
        let Some(text) = item.string(problems) else {
            continue;
        };
        let name = match check_import_name(text) {
            Ok(name) => name,
            Err(problem) => {
                problems.push(item.wrap(problem));
                continue;
            }
        };
        if let Some(other) = seen.insert(name.name.clone(), item.name.clone()) {
            problems.push(
                item.problem(format!("`{}` is in {other} as well", name.name))
                    .hint(
                        "list each name once: in import-names what only this project provides, in \
                         import-namespaces what it shares with others (PEP 794)",
                    ),
            );
            continue;
        }
        entries.push((item, name.name.clone()));
        names.push(name);
    }
    names
}

/// Every package that a listed name is in must be listed too.
fn refuse_orphans(
    entries: &[(Entry<'_>, String)],
    seen: &BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) {
    let mut told: Vec<&str> = Vec::new();
    for (item, name) in entries {
        for (dot, _) in name.match_indices('.') {
            let package = &name[..dot];
            if seen.contains_key(package) || told.contains(&package) {
                continue;
            }
            told.push(package);
            problems.push(
                item.problem(format!("`{name}` is in `{package}`, which is not listed"))
                    .hint(format!(
                        "add \"{package}\" to import-namespaces if other projects may have parts \
                         of it, else to import-names (PEP 794)"
                    )),
            );
        }
    }
}
