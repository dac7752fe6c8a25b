//! `[dependency-groups]`: requirements for development, which no wheel names (PEP 735).

use std::path::Path;

use super::entry::{Entry, Table};
use super::pyproject::Document;
use super::source::{Located, Source};
use crate::error::{Problem, Result, did_you_mean};
use crate::metadata::normalized_extra;

/// The dependency groups of a project.
#[derive(Debug, Clone, Default)]
pub struct DependencyGroups {
    groups: Vec<Group>,
    /// What is wrong with the table.
    problems: Vec<Problem>,
}

#[derive(Debug, Clone)]
struct Group {
    name: String,
    items: Vec<Located<Item>>,
}

#[derive(Debug, Clone)]
enum Item {
    Requirement(String),
    /// `{ include-group = "NAME" }`
    Include(String),
}

impl DependencyGroups {
    /// Reads the groups from the pyproject.toml in the directory `root`.
    pub fn read(root: &Path) -> Result<Self> {
        let source = Source::read(root)?;
        let document = Document::parse(&source)?;
        let mut groups = Self::default();
        let Some(entry) = document.root().get("dependency-groups") else {
            return Ok(groups);
        };
        let problems = &mut groups.problems;
        let table = entry.table(problems);
        for entry in table.iter().flat_map(Table::entries) {
            let items = entry.items(problems).into_iter();
            let items = items.filter_map(|item| Some(item.locate(read_item(&item, problems)?)));
            groups.groups.push(Group {
                name: entry.key.to_owned(),
                items: items.collect(),
            });
        }
        Ok(groups)
    }

    /// The requirements of these groups and of the groups that they include, each once.
    pub fn requirements(&self, names: &[String], problems: &mut Vec<Problem>) -> Vec<String> {
        let mut found = Vec::new();
        if !names.is_empty() {
            problems.extend(self.problems.clone());
        }
        for name in names {
            match self.find(name) {
                Some(group) => self.collect(group, &mut Vec::new(), &mut found, problems),
                None => problems.push(self.unknown(name).at("--group")),
            }
        }
        found
    }

    fn collect<'a>(
        &'a self,
        group: &'a Group,
        path: &mut Vec<&'a str>,
        found: &mut Vec<String>,
        problems: &mut Vec<Problem>,
    ) {
        path.push(&group.name);
        for item in &group.items {
            let name = match &item.value {
                Item::Requirement(text) => {
                    if !found.contains(text) {
                        found.push(text.clone());
                    }
                    continue;
                }
                Item::Include(name) => name,
            };
            match self.find(name) {
                None => problems.push(self.unknown(name).at(item.place)),
                Some(group) if path.contains(&group.name.as_str()) => problems.push(
                    Problem::new(format!(
                        "dependency groups include each other: {} -> {}",
                        path.join(" -> "),
                        group.name
                    ))
                    .at(item.place)
                    .hint("remove this include-group"),
                ),
                Some(group) => self.collect(group, path, found, problems),
            }
        }
        path.pop();
    }

    fn find(&self, name: &str) -> Option<&Group> {
        let name = normalized_extra(name);
        let mut groups = self.groups.iter();
        groups.find(|group| normalized_extra(&group.name) == name)
    }

    fn unknown(&self, name: &str) -> Problem {
        let groups = self.groups.iter();
        let known: Vec<_> = groups.map(|group| group.name.as_str()).collect();
        let table = "[dependency-groups]";
        unknown_name(name, "a dependency group", "groups", &known, table)
    }
}

/// The problem that the project has no extra or dependency group of this name, only `known` ones.
pub(crate) fn unknown_name(
    name: &str,
    kind: &str,
    plural: &str,
    known: &[&str],
    table: &str,
) -> Problem {
    let list = if known.is_empty() {
        format!("the project has no {table}")
    } else {
        format!("the project has these {plural}: {}", known.join(", "))
    };
    Problem::new(format!("`{name}` is not {kind} of the project")).hint(did_you_mean(
        name,
        known.iter().copied(),
        &list,
    ))
}

fn read_item(item: &Entry<'_>, problems: &mut Vec<Problem>) -> Option<Item> {
    if let Some(table) = item.as_table() {
        table.refuse_unknown(&["include-group"], problems);
        let name = table.get("include-group")?.line(problems)?;
        return Some(Item::Include(name.to_owned()));
    }
    let text = item.line(problems)?;
    // An installer would take such a text for an option.
    if text.trim_start().starts_with('-') {
        problems.push(
            item.problem(format!("`{text}` is not a requirement"))
                .hint("write it like \"pytest>=8\" (PEP 508)"),
        );
        return None;
    }
    Some(Item::Requirement(text.to_owned()))
}
