//! Finds what an existing project is missing, as changes to its files.
//!
//! Reads the project as a build would, and its build script as text. Only Zig knows what the script does, so
//! a change is proposed where a required word is missing; everything that words cannot show is left to the
//! author as a hint. Nothing else is changed.

mod adoption;
mod change;
mod pyproject;
mod script;
mod sources;

pub use self::adoption::Adoption;
pub use self::change::Change;

use std::path::Path;

use regex_lite::Regex;

use self::pyproject::Pyproject;
use self::sources::Sources;
use super::{Names, folder};
use crate::error::{Error, Problem, Result};
use crate::metadata::modules::Modules;
use crate::project::Project;

/// Finds what a project is missing. `name` is the name for a project without `[project]`.
pub fn adopt(root: &Path, name: Option<&str>) -> Result<Adoption> {
    let root = folder(root)?;
    if !root.exists() {
        return Err(Error::config(
            Problem::new("does not exist").at(root.display()).hint(
                "give the folder of an existing project, or leave out --adopt to create a new one",
            ),
        ));
    }
    let mut adoption = Adoption {
        root: root.clone(),
        changes: Vec::new(),
        left: Vec::new(),
    };
    let mut pyproject = Pyproject::read(&root)?;
    pyproject.require_project(&root, name)?;
    adoption.left.extend(pyproject.require_backend()?);
    let mut project = Project::load_as(&root, pyproject.text())?;
    if let Some(package) = package_elsewhere(&project)? {
        let why = format!("it does not say that the package is in {package}");
        pyproject.set_list("packages", &[package], &why)?;
        project = Project::load_as(&root, pyproject.text())?;
    }
    let names = Names::of(project.metadata.name()).map_err(Error::config)?;
    let sources = Sources::read(&project)?;
    let modules = modules(&project, &sources)?;
    adoption.require_package(&project, &sources, &names, &modules);
    adoption.require_modules(&project, &sources, &modules, &mut pyproject)?;
    adoption.changes.extend(pyproject.change());
    if project.managed.is_none() {
        script::require(
            &project,
            &sources,
            &names,
            !modules.is_empty(),
            &mut adoption,
        )?;
    }
    adoption.changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(adoption)
}

impl Adoption {
    /// Adds a package for a shared library, which cannot be at top level.
    fn require_package(
        &mut self,
        project: &Project,
        sources: &Sources,
        names: &Names,
        modules: &[String],
    ) {
        let is_there = !sources.wheel.is_empty() || project.config.package.is_some();
        if is_there || !modules.is_empty() {
            return;
        }
        let packages = project.packages_anywhere();
        if !packages.is_empty() {
            let list = packages.join(", ");
            self.left.push(
                Problem::new(format!(
                    "it is not clear which of the packages {list} belong in the wheel"
                ))
                .hint(format!(
                    "name them in [tool.pyz3-wheel]: packages = [\"{}\"]",
                    packages[0]
                )),
            );
            return;
        }
        self.changes.push(Change {
            path: format!("{}/__init__.py", names.package),
            why: vec!["the library needs a Python package".to_owned()],
            before: None,
            after: format!("\"\"\"{}.\"\"\"\n", names.project),
        });
    }

    /// Names the modules of packages in the settings, unless something else shows which package each is in.
    fn require_modules(
        &mut self,
        project: &Project,
        sources: &Sources,
        modules: &[String],
        pyproject: &mut Pyproject,
    ) -> Result<()> {
        let inits = sources
            .wheel
            .iter()
            .map(|file| file.path.strip_suffix("/__init__.py"));
        let first = inits
            .flatten()
            .next()
            .map(|folder| folder.replace('/', "."));
        let Some(package) = project.python_package().or(first) else {
            return Ok(());
        };
        if project.modules().next().is_some() {
            return Ok(());
        }
        let python = Modules::of(sources.wheel.iter().map(|file| file.path.as_str()));
        let mut missing = Vec::new();
        for leaf in modules {
            if sources.has_stub(leaf) {
                continue;
            }
            match &sources.imports.homes(leaf, &python)[..] {
                [home] => missing.extend(home.package.iter().map(|home| format!("{home}.{leaf}"))),
                [] => self.left.push(
                    Problem::new(format!(
                        "no Python file of the project imports the module `{leaf}`, so it becomes a top-level module"
                    ))
                    .hint(format!(
                        "if it belongs in the package, set in [tool.pyz3-wheel]: modules = [\"{package}.{leaf}\"]"
                    )),
                ),
                several => {
                    let places: Vec<_> = several.iter().map(|home| home.place.as_str()).collect();
                    self.left.push(
                        Problem::new(format!(
                            "the module `{leaf}` is imported from several places ({})",
                            places.join(", ")
                        ))
                        .hint(format!(
                            "set its full name in [tool.pyz3-wheel]: modules = [\"{package}.{leaf}\"]"
                        )),
                    );
                }
            }
        }
        if !missing.is_empty() {
            let why = format!("it does not name {}", missing.join(", "));
            pyproject.set_list("modules", &missing, &why)?;
        }
        Ok(())
    }
}

/// The folder of the project's only package, if the default rules do not find it.
fn package_elsewhere(project: &Project) -> Result<Option<String>> {
    let is_open = project.config.packages.is_none() && project.config.package.is_none();
    if !is_open || !project.files()?.wheel.is_empty() {
        return Ok(None);
    }
    let mut packages = project.packages_anywhere();
    Ok(packages.pop().filter(|_| packages.is_empty()))
}

/// The names of the extension modules that the native sources export.
fn modules(project: &Project, sources: &Sources) -> Result<Vec<String>> {
    if project
        .config
        .abi
        .as_ref()
        .is_some_and(|abi| abi.value == crate::project::Abi::None)
    {
        return Ok(Vec::new());
    }
    let export =
        Regex::new(r#"\bPyInit_([A-Za-z0-9_]+)\s*(?:\(|")"#).map_err(anyhow::Error::from)?;
    let mut modules = Vec::new();
    for (_, text) in sources.texts(&["zig", "c", "cc", "cpp", "cxx"]) {
        for found in export.captures_iter(text) {
            let name = found[1].to_owned();
            if !modules.contains(&name) {
                modules.push(name);
            }
        }
    }
    Ok(modules)
}

#[cfg(test)]
mod tests;
