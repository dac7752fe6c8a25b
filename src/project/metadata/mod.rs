//! `[project]` as core metadata: everything checked, then rendered as METADATA.
//!
//! Takes the table (PEP 621, PEP 639, PEP 794) and, for dynamic fields, the PKG-INFO of an unpacked sdist
//! or a source that the project names. Gives [`Metadata`]. A value that a package index would reject is
//! rejected here, and no field is dropped silently.

mod core_fields;
mod dynamic;
mod entry_points;
mod fields;
mod git;
mod import_names;
mod license;
mod pkg_info;
mod pkg_info_fields;
mod readme;
mod render;
mod sources;
mod text_file;
mod version;

use std::path::Path;

use pep440_rs::{Version, VersionSpecifiers};

use self::core_fields::Fields;
use self::entry_points::Group;
use self::git::Found;
use self::import_names::Names;
use self::license::License;
pub use self::license::LicenseFile;
use crate::error::{Error, Problem, Result};
use crate::metadata::values;
use crate::project::entry::{Entry, Table};
use crate::project::pyproject::Document;
use crate::project::source;
use crate::tags::{DistributionName, PythonVersion};

/// The core metadata of a project.
#[derive(Debug, Clone)]
pub struct Metadata {
    name: String,
    distribution: DistributionName,
    version: Version,
    untagged: Option<Problem>,
    fields: Fields,
    text_files: Vec<(String, &'static str)>,
    version_file: Option<String>,
    notes: Vec<String>,
}

impl Metadata {
    /// Reads `[project]`; `None` only together with a problem. `output` is the output folder, in
    /// which no licence files are looked for.
    pub(super) fn read(
        root: &Path,
        document: &Document<'_>,
        output: &Path,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let Some(entry) = document.root().get("project") else {
            let hint = if document.root().get("tool").is_some() {
                "pyz3-wheel reads the standard [project] table (PEP 621), no other tool's; \
                 give at least name and version in it"
            } else {
                "give at least [project] with name and version (PEP 621)"
            };
            problems.push(
                Problem::new("no [project] table")
                    .at(source::FILE_NAME)
                    .hint(hint),
            );
            return None;
        };
        let table = entry.table(problems)?;
        table.refuse_unknown(&dynamic::KEYS, problems);
        let mut notes = Vec::new();
        let name = read_name(&table, problems);
        let dynamic = dynamic::names(&table, problems);
        let sources = sources::Sources::read(document, &table, problems);
        let written = table.get("version");
        if written.is_none() && !dynamic.has("version") {
            problems.push(
                table
                    .problem("has no version")
                    .hint("add version = \"0.1.0\" to [project]"),
            );
        }
        let version = written.and_then(|entry| fields::version(&entry, problems));
        let version = version.map(Found::from);
        let mut fields = Fields::read(root, &table, output, &dynamic, problems, &mut notes);
        let wanted = sources::Wanted {
            root,
            name: name.as_ref().map(|(_, name)| name),
            entries: &dynamic,
            sources: &sources,
        };
        let version = version.or(wanted.take(&mut fields, problems, &mut notes));
        let (name, distribution) = name?;
        let Found { version, untagged } = version?;
        Some(Self {
            name,
            distribution,
            version,
            untagged,
            fields,
            text_files: text_files(document, &table),
            version_file: version_file(document),
            notes,
        })
    }

    /// The project's name, as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The project's name, normalised for file names.
    pub fn distribution(&self) -> &DistributionName {
        &self.distribution
    }

    /// The project's version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Why no wheel or sdist can have the version: it comes from git, and there is no tag yet.
    pub fn untagged(&self) -> Option<&Problem> {
        self.untagged.as_ref()
    }

    /// Whether wheels and sdists can have the version; an editable install can have any.
    pub fn check_tagged(&self) -> Result<()> {
        let problem = self.untagged.clone();
        problem.map_or(Ok(()), |problem| Err(Error::config(problem)))
    }

    /// Which Pythons the project says it runs on.
    pub fn requires_python(&self) -> Option<&VersionSpecifiers> {
        self.fields.requires_python.as_ref()
    }

    /// Whether `requires-python` admits some release of this version of Python.
    ///
    /// Ex) `>=3.9.2` admits 3.9, `<3.13` does not admit 3.13
    pub fn admits(&self, python: PythonVersion) -> bool {
        self.fields
            .requires_python
            .as_ref()
            .is_none_or(|specifiers| values::admits(specifiers, python))
    }

    /// The licence, if it is given as an SPDX expression.
    pub fn license_expression(&self) -> Option<&str> {
        match &self.fields.license {
            Some(License::Expression(expression)) => Some(expression),
            _ => None,
        }
    }

    /// The licence files, sorted by path.
    pub fn license_files(&self) -> &[LicenseFile] {
        &self.fields.license_files
    }

    /// The files whose text is in METADATA, relative to the root, and what each is.
    pub(super) fn text_files(&self) -> &[(String, &'static str)] {
        &self.text_files
    }

    /// The file that has the version, relative to the root, if it is not pyproject.toml.
    pub(super) fn version_file(&self) -> Option<&str> {
        self.version_file.as_deref()
    }

    /// What is allowed and yet should be known: deprecated things, mostly.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The names of `import-names` and `import-namespaces`.
    pub fn import_names(&self) -> impl Iterator<Item = &str> {
        let names = &self.fields.import_names;
        let spaces = &self.fields.import_namespaces;
        names.iter().chain(spaces).flat_map(Names::names)
    }

    /// The names of its extras.
    pub fn extras(&self) -> impl Iterator<Item = &str> {
        let lines = self.fields.requirements.iter();
        let extras = lines.filter(|(field, _)| *field == "Provides-Extra");
        extras.map(|(_, extra)| extra.as_str())
    }

    /// Whether it depends on other projects, always or for an extra.
    pub fn has_dependencies(&self) -> bool {
        !self.fields.requirements.is_empty()
    }

    /// The modules that the entry points name.
    ///
    /// Ex) `hello.cli` of `hello.cli:main`
    pub fn entry_point_modules(&self) -> impl Iterator<Item = &str> {
        self.fields.entry_points.iter().flat_map(Group::modules)
    }

    /// Whether `[project.scripts]` or `[project.gui-scripts]` has a command of this name.
    pub fn has_script(&self, name: &str) -> bool {
        let mut groups = self.fields.entry_points.iter();
        groups.any(|group| group.has_command(name))
    }

    /// The `entry_points.txt` file; none if the project has no entry points.
    ///
    /// Source: the specification "Entry points" of the packaging guide.
    pub fn entry_points(&self) -> Option<String> {
        entry_points::render(&self.fields.entry_points)
    }
}

/// The files that readme and licence name, as far as they name any.
fn text_files(document: &Document<'_>, project: &Table<'_>) -> Vec<(String, &'static str)> {
    let mut files = Vec::new();
    let file_of = |key: &str| project.table(key)?.get("file")?.as_str();
    let readme = project.get("readme").and_then(|entry| entry.as_str());
    files.extend(readme.or(file_of("readme")).map(|name| (name, "readme")));
    files.extend(file_of("license").map(|name| (name, "licence")));
    let tool = document.root().table("tool");
    let ours = tool.and_then(|tool| tool.table("pyz3-wheel"));
    let parts = ours
        .and_then(|ours| ours.table("readme"))
        .and_then(|readme| readme.get("files")?.as_items())
        .unwrap_or_default();
    let parts = parts.iter().filter_map(Entry::as_str);
    files.extend(parts.map(|name| (name, "readme")));
    let owned = files.into_iter();
    owned.map(|(name, what)| (name.to_owned(), what)).collect()
}

fn version_file(document: &Document<'_>) -> Option<String> {
    let tool = document.root().table("tool")?;
    let version = tool.table("pyz3-wheel")?.table("version")?;
    Some(version.get("file")?.as_str()?.to_owned())
}

fn read_name(table: &Table<'_>, problems: &mut Vec<Problem>) -> Option<(String, DistributionName)> {
    let Some(entry) = table.get("name") else {
        problems.push(
            table
                .problem("has no name")
                .hint("add name = \"your-project\" to [project]"),
        );
        return None;
    };
    let name = entry.line(problems)?;
    let distribution = name.parse().map_err(|_| {
        entry
            .problem(format!("`{name}` is not a valid project name"))
            .hint("names have ASCII letters and digits, with -, _ or . between them")
    });
    match distribution {
        Ok(distribution) => Some((name.to_owned(), distribution)),
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}
