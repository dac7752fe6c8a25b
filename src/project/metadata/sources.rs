//! The values of dynamic fields: from the PKG-INFO of an unpacked sdist, or, if there is no PKG-INFO,
//! from the sources that `[tool.pyz3-wheel.version]` and `[tool.pyz3-wheel.readme]` name.
//!
//! A build backend has computed the values once and written them into PKG-INFO (PEP 643), so PKG-INFO
//! comes first. A field that has neither is an error.

use std::path::Path;

use super::core_fields::Fields;
use super::dynamic::{Entries, Slot};
use super::git::Found;
use super::pkg_info::PkgInfo;
use super::pkg_info_fields::Take;
use super::readme::ReadmeSource;
use super::text_file::read_text;
use super::version::VersionSource;
use crate::error::Problem;
use crate::project::entry::{Entry, Table};
use crate::project::pyproject::Document;
use crate::tags::DistributionName;

const FILE_NAME: &str = "PKG-INFO";

/// `[tool.pyz3-wheel.version]` and `[tool.pyz3-wheel.readme]`.
pub(super) struct Sources<'a> {
    version: Slot<VersionSource<'a>>,
    readme: Slot<ReadmeSource<'a>>,
}

impl<'a> Sources<'a> {
    /// Reads both tables; nothing else is opened yet.
    pub(super) fn read(
        document: &'a Document<'_>,
        project: &Table<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let tool = document.root().table("tool");
        let ours = tool.and_then(|tool| tool.table("pyz3-wheel"));
        let mut find = |field: &str| {
            let entry = ours.as_ref()?.get(field)?;
            refuse_unlisted(&entry, field, project, problems);
            Some(entry)
        };
        let (version, readme) = (find("version"), find("readme"));
        Self {
            version: version.map_or(Slot::Absent, |entry| VersionSource::read(&entry, problems)),
            readme: readme.map_or(Slot::Absent, |entry| ReadmeSource::read(&entry, problems)),
        }
    }
}

/// A source for a field that is not dynamic would be ignored silently.
fn refuse_unlisted(
    entry: &Entry<'_>,
    field: &str,
    project: &Table<'_>,
    problems: &mut Vec<Problem>,
) {
    let dynamic = project.get("dynamic").and_then(|entry| entry.as_items());
    let listed = |item: &Entry<'_>| item.as_str() == Some(field);
    if dynamic.is_some_and(|items| items.iter().any(listed)) {
        return;
    }
    let hint = if project.get(field).is_some() {
        format!("remove this table, or {field} from [project] and write dynamic = [\"{field}\"]")
    } else {
        format!("add \"{field}\" to dynamic in [project]")
    };
    problems.push(
        entry
            .problem(format!("project.dynamic does not list {field}"))
            .hint(hint),
    );
}

/// Dynamic fields and where to look for them.
pub(super) struct Wanted<'w, 'a> {
    pub(super) root: &'w Path,
    /// The project's name, which PKG-INFO must have too.
    pub(super) name: Option<&'w DistributionName>,
    pub(super) entries: &'w Entries<'a>,
    pub(super) sources: &'w Sources<'a>,
}

impl Wanted<'_, '_> {
    /// Takes the dynamic fields; gives the version if that is one of them.
    pub(super) fn take(
        &self,
        fields: &mut Fields,
        problems: &mut Vec<Problem>,
        notes: &mut Vec<String>,
    ) -> Option<Found> {
        if self.entries.is_empty() {
            return None;
        }
        let path = self.root.join(FILE_NAME);
        if fs_err::symlink_metadata(&path).is_err() {
            return self.resolve_sources(fields, problems, notes);
        }
        let info =
            match read_text(&path, self.root).and_then(|text| PkgInfo::parse(&text, self.root)) {
                Ok(info) => info,
                Err(message) => {
                    problems.push(problem(message));
                    return None;
                }
            };
        let name = info.first("Name").and_then(|name| name.parse().ok());
        if name.as_ref() != self.name && self.name.is_some() {
            problems.push(problem(format!(
                "the file belongs to the project `{}`, not to this project",
                info.first("Name").unwrap_or_default()
            )));
            return None;
        }
        let mut version = None;
        for (entry, name) in self.entries.iter() {
            let mut take = Take {
                info: &info,
                fields,
                notes,
                dynamic: self.entries,
            };
            let taken = if *name == "version" {
                take.version().map(|taken| version = Some(taken.into()))
            } else {
                take.field(name)
            };
            if let Err(problem) = taken {
                problems.push(entry.wrap(problem));
            }
        }
        version
    }

    /// Takes the fields that have a source in `[tool.pyz3-wheel]`; every other field is a problem.
    fn resolve_sources(
        &self,
        fields: &mut Fields,
        problems: &mut Vec<Problem>,
        notes: &mut Vec<String>,
    ) -> Option<Found> {
        let mut version = None;
        for (entry, name) in self.entries.iter() {
            match (*name, &self.sources.version, &self.sources.readme) {
                ("version", Slot::Given(source), _) => match source.resolve(self.root, notes) {
                    Ok(found) => version = Some(found),
                    Err(problem) => problems.push(problem),
                },
                ("readme", _, Slot::Given(source)) => {
                    fields.readme = source.resolve(self.root, problems);
                }
                ("version", Slot::Broken, _) | ("readme", _, Slot::Broken) => {}
                _ => problems.push(no_source(entry, name)),
            }
        }
        version
    }
}

fn no_source(entry: &Entry<'_>, name: &str) -> Problem {
    let table = match name {
        "version" => {
            "name its source in [tool.pyz3-wheel.version] (file = \"…\", zon = true or git = true)"
        }
        "readme" => "list its parts in [tool.pyz3-wheel.readme] (files = [\"README.md\"])",
        _ => "build from an unpacked sdist, whose PKG-INFO contains it",
    };
    entry
        .problem(format!("no source is given for {name}"))
        .hint(format!("write {name} into [project], or {table}"))
}

fn problem(message: impl Into<String>) -> Problem {
    Problem::new(message)
        .at(FILE_NAME)
        .hint("remove PKG-INFO and give the dynamic fields in [project], or unpack the sdist again")
}
