//! Fields from the PKG-INFO of an unpacked sdist (PEP 643).

use pep440_rs::Version;

use super::core_fields::Fields;
use super::dynamic::Entries;
use super::import_names::Names;
use super::license::{License, LicenseFile};
use super::pkg_info::PkgInfo;
use super::readme::{Readme, check_content_type};
use crate::error::Problem;
use crate::metadata::requirement::Requirement;
use crate::metadata::{check_line, classifiers, is_plain_relative, spdx_expression, values};

/// What is taken, and where it goes.
pub(super) struct Take<'t, 'a> {
    pub(super) info: &'t PkgInfo<'t>,
    pub(super) fields: &'t mut Fields,
    pub(super) notes: &'t mut Vec<String>,
    pub(super) dynamic: &'t Entries<'a>,
}

impl Take<'_, '_> {
    pub(super) fn version(&self) -> Result<Version, Problem> {
        let text = self.info.first("Version").ok_or_else(|| {
            Problem::new("PKG-INFO has no Version").hint("write the version into [project]")
        })?;
        values::check_version(text)
    }

    /// Takes one field; that PKG-INFO does not have it means that it is empty.
    pub(super) fn field(&mut self, name: &str) -> Result<(), Problem> {
        let info = self.info;
        let sources: &[&str] = match name {
            "description" => &["Summary"],
            "keywords" => &["Keywords"],
            "requires-python" => &["Requires-Python"],
            "authors" => &["Author", "Author-email"],
            "maintainers" => &["Maintainer", "Maintainer-email"],
            "classifiers" => &["Classifier"],
            "license" => &["License-Expression", "License"],
            "license-files" => &["License-File"],
            "urls" => &["Project-URL", "Home-page", "Download-URL"],
            "readme" => &["Description", "Description-Content-Type"],
            "dependencies" | "optional-dependencies" => &["Requires-Dist", "Provides-Extra"],
            "import-names" => &["Import-Name"],
            "import-namespaces" => &["Import-Namespace"],
            _ => {
                return Err(
                    Problem::new(format!("dynamic {name} is not supported yet")).hint(format!(
                        "PKG-INFO has no such field; write [project.{name}]"
                    )),
                );
            }
        };
        let open = |source: &&&str| {
            **source != "License-File"
                && info.all("Dynamic").any(|d| d.eq_ignore_ascii_case(source))
        };
        if let Some(source) = sources.iter().find(open) {
            return Err(
                Problem::new(format!("PKG-INFO lists {source} as dynamic too"))
                    .hint(format!("write {name} into [project]")),
            );
        }
        match name {
            "authors" | "maintainers" => {
                for source in sources {
                    if let Some(value) = info.first(source) {
                        check_line(value)?;
                        let line = (header_name(source), value.to_owned());
                        self.fields.people.push(line);
                    }
                }
            }
            "license" => self.license()?,
            "license-files" => self.license_files()?,
            "urls" => self.urls()?,
            "readme" => self.readme()?,
            "import-names" => self.fields.import_names = Names::of_headers(info.all(sources[0]))?,
            "import-namespaces" => {
                let values = info.all(sources[0]).filter(|value| !value.is_empty());
                self.fields.import_namespaces = Names::of_headers(values)?;
            }
            "dependencies" | "optional-dependencies" => self.requirements(name)?,
            _ => self.line(name, sources)?,
        }
        Ok(())
    }

    fn line(&mut self, name: &str, sources: &[&str]) -> Result<(), Problem> {
        for value in sources.iter().flat_map(|source| self.info.all(source)) {
            check_line(value)?;
            match name {
                "description" => self.fields.summary = Some(values::check_summary(value)?),
                "requires-python" => {
                    self.fields.requires_python = Some(values::check_requires_python(value)?);
                }
                "classifiers" => {
                    classifiers::check(value)?;
                    self.fields.classifiers.push(value.to_owned());
                }
                _ => self.fields.keywords.extend(
                    value
                        .split(',')
                        .map(|keyword| keyword.trim().to_owned())
                        .filter(|keyword| !keyword.is_empty()),
                ),
            }
        }
        Ok(())
    }

    fn license(&mut self) -> Result<(), Problem> {
        self.fields.license = if let Some(text) = self.info.first("License-Expression") {
            Some(License::Expression(spdx_expression::normalize(
                text, self.notes,
            )?))
        } else {
            let text = self.info.first("License");
            text.map(|text| License::Text(text.to_owned()))
        };
        Ok(())
    }

    fn license_files(&mut self) -> Result<(), Problem> {
        for path in self.info.all("License-File") {
            let source = self.info.root.join(path);
            if !is_plain_relative(path) || !source.is_file() {
                return Err(Problem::new(format!(
                    "PKG-INFO names `{path}`, which is not a file of the sdist"
                ))
                .hint("write license-files into [project]"));
            }
            self.fields.license_files.push(LicenseFile {
                source,
                path: path.to_owned(),
            });
        }
        self.fields.license_files.sort();
        self.fields.license_files.dedup();
        Ok(())
    }

    fn urls(&mut self) -> Result<(), Problem> {
        let single = [("Home-page", "Homepage"), ("Download-URL", "Download")];
        for (source, label) in single {
            if let Some(url) = self.info.first(source) {
                self.fields.urls.push(values::check_url(label, url)?);
            }
        }
        for line in self.info.all("Project-URL") {
            let (label, url) = line.split_once(',').unwrap_or((line, ""));
            let url = values::check_url(label.trim(), url.trim())?;
            self.fields.urls.push(url);
        }
        Ok(())
    }

    fn readme(&mut self) -> Result<(), Problem> {
        if self.info.first("Description").is_some() {
            return Err(Problem::new(
                "a description in the headers of PKG-INFO is not supported yet",
            )
            .hint("write readme into [project]"));
        }
        if !self.info.body().trim().is_empty() {
            let content_type = self.info.first("Description-Content-Type");
            let content_type = check_content_type(content_type.unwrap_or("text/plain"))?;
            self.fields.readme = Some(Readme::new(content_type, self.info.body()));
        }
        Ok(())
    }

    /// `Requires-Dist` says the requirements of the project and of its extras in one.
    fn requirements(&mut self, name: &str) -> Result<(), Problem> {
        let both = self.dynamic.has("dependencies") && self.dynamic.has("optional-dependencies");
        let any = self.info.first("Requires-Dist").is_some();
        if !both && any {
            return Err(
                Problem::new(format!("dynamic {name} alone is not supported yet")).hint(
                    "list both dependencies and optional-dependencies in dynamic, or neither",
                ),
            );
        }
        if !both || name == "optional-dependencies" {
            return Ok(());
        }
        for text in self.info.all("Requires-Dist") {
            let requirement = Requirement::parse(text, self.notes)?;
            let line = ("Requires-Dist", requirement.to_string());
            self.fields.requirements.push(line);
        }
        for extra in self.info.all("Provides-Extra") {
            values::check_name(extra)?;
            let line = ("Provides-Extra", extra.to_owned());
            self.fields.requirements.push(line);
        }
        Ok(())
    }
}

fn header_name(source: &str) -> &'static str {
    match source {
        "Author" => "Author",
        "Author-email" => "Author-email",
        "Maintainer" => "Maintainer",
        _ => "Maintainer-email",
    }
}
