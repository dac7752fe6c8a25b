//! The optional fields of core metadata, and how `[project]` gives them.

use std::path::Path;

use pep440_rs::VersionSpecifiers;

use super::dynamic::Entries;
use super::entry_points::Group;
use super::import_names::Names;
use super::license::{License, LicenseFile};
use super::readme::Readme;
use super::{entry_points, fields, import_names, license, readme};
use crate::error::Problem;
use crate::project::checkout;
use crate::project::entry::Table;

/// All optional fields, as METADATA will have them.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    pub(super) summary: Option<String>,
    pub(super) keywords: Vec<String>,
    /// `Author`, `Author-email`, `Maintainer`, `Maintainer-email` lines.
    pub(super) people: Vec<(&'static str, String)>,
    pub(super) license: Option<License>,
    pub(super) license_files: Vec<LicenseFile>,
    pub(super) classifiers: Vec<String>,
    /// `label, URL`
    pub(super) urls: Vec<String>,
    pub(super) requires_python: Option<VersionSpecifiers>,
    /// `Requires-Dist` and `Provides-Extra` lines, in order.
    pub(super) requirements: Vec<(&'static str, String)>,
    pub(super) readme: Option<Readme>,
    pub(super) entry_points: Vec<Group>,
    pub(super) import_names: Option<Names>,
    /// None where it would be empty.
    pub(super) import_namespaces: Option<Names>,
}

impl Fields {
    /// Reads every field that `[project]` itself gives.
    pub(super) fn read(
        root: &Path,
        table: &Table<'_>,
        output: &Path,
        dynamic: &Entries<'_>,
        problems: &mut Vec<Problem>,
        notes: &mut Vec<String>,
    ) -> Self {
        let mut fields = Self::default();
        let get = |key: &str| table.get(key);
        if let Some(entry) = get("description") {
            fields.summary = fields::summary(&entry, problems, notes);
        }
        if let Some(entry) = get("keywords") {
            fields.keywords = fields::keywords(&entry, problems);
        }
        for (key, name, email) in [
            ("authors", "Author", "Author-email"),
            ("maintainers", "Maintainer", "Maintainer-email"),
        ] {
            if let Some(entry) = get(key) {
                let people = fields::people(&entry, name, email, problems, notes);
                fields.people.extend(people);
            }
        }
        if let Some(entry) = get("classifiers") {
            fields.classifiers = fields::classifiers(&entry, problems);
        }
        if let Some(entry) = get("urls") {
            fields.urls = fields::urls(&entry, problems, notes);
        }
        if let Some(entry) = get("requires-python") {
            fields.requires_python = fields::requires_python(&entry, problems);
        }
        if let Some(entry) = get("dependencies") {
            fields.requirements = fields::dependencies(&entry, problems, notes);
        }
        if let Some(entry) = get("optional-dependencies") {
            let more = fields::optional_dependencies(&entry, problems, notes);
            fields.requirements.extend(more);
        }
        if let Some(entry) = get("readme") {
            fields.readme = readme::read(root, &entry, problems);
        }
        fields.entry_points = entry_points::read(table, problems);
        (fields.import_names, fields.import_namespaces) = import_names::read(table, problems);
        if let Some(entry) = get("license") {
            fields.license = license::read(root, &entry, problems, notes);
        }
        if !dynamic.has("license-files") {
            let search = license::Search {
                root,
                output,
                boundary: checkout::boundary(root),
            };
            fields.license_files = search.files(table, problems, notes);
        }
        license::check_together(fields.license.as_ref(), table, notes);
        fields
    }
}
