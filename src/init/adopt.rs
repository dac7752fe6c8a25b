//! What a project that is there lacks to be built, as changes of its files.
//!
//! Reads the project as a build would, and its build script as a text: what the script does only Zig
//! knows, so that a change is proposed where a word that it can't do without is missing, and what
//! can't be told from words is left to its author as a hint. Changes what is missing and nothing else.

mod change;
mod pyproject;
mod script;
mod sources;

pub use self::change::Change;

use std::path::{Path, PathBuf};

use fs_err as fs;
use regex_lite::Regex;

use self::pyproject::Pyproject;
use self::sources::Sources;
use super::{Names, template, write_new};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::modules::Modules;
use crate::project::Project;

/// What a project lacks.
#[derive(Debug)]
pub struct Adoption {
    /// Its folder.
    pub root: PathBuf,
    /// The files to change, in the order of their places.
    pub changes: Vec<Change>,
    /// What only its author can do.
    pub left: Vec<Problem>,
}

impl Adoption {
    /// Puts all changes in, or none if a file has changed meanwhile.
    pub fn write(&self) -> Result<()> {
        let mut problems = Vec::new();
        for change in &self.changes {
            let path = self.root.join(&change.path);
            let now = path
                .exists()
                .then(|| fs::read_to_string(&path))
                .transpose()?;
            if now != change.before {
                problems.push(
                    Problem::new("changed while it was looked at")
                        .at(path.display())
                        .hint("run the command again"),
                );
            }
        }
        Error::check(ErrorKind::System, problems)?;
        for change in &self.changes {
            let path = self.root.join(&change.path);
            match change.before {
                None => write_new(&path, &change.after)?,
                Some(_) => fs::write(&path, &change.after)?,
            }
        }
        Ok(())
    }
}

/// Finds what a project lacks; `name` is its name, if it has no `[project]` yet.
pub fn adopt(root: &Path, name: Option<&str>) -> Result<Adoption> {
    let root = std::path::absolute(root)?;
    if !root.is_dir() {
        return Err(Error::config(
            Problem::new("there is no such folder")
                .at(root.display())
                .hint("name the project's folder; a new one is made without --adopt"),
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
        let why = format!("it says nowhere that the package is in {package}");
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
    /// A shared library needs a package to go into.
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
                    "which of the packages {list} the wheel is to have is not said"
                ))
                .hint(format!(
                    "packages = [\"{}\"] in [tool.pyz3-wheel]",
                    packages[0]
                )),
            );
            return;
        }
        self.changes.push(Change {
            path: format!("{}/__init__.py", names.package),
            why: vec!["there is no Python package for the library to go into".to_owned()],
            before: None,
            after: format!("\"\"\"{}.\"\"\"\n", names.project),
        });
    }

    /// Modules in a package have to be named, unless something else tells where they belong.
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
                        "no Python file of the project imports the module `{leaf}`, so it is taken for one at the top"
                    ))
                    .hint(format!(
                        "if it belongs into the package: modules = [\"{package}.{leaf}\"] in [tool.pyz3-wheel]"
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
                            "say where it belongs: modules = [\"{package}.{leaf}\"] in [tool.pyz3-wheel]"
                        )),
                    );
                }
            }
        }
        if !missing.is_empty() {
            let why = format!(
                "it says nowhere that {} is imported as that",
                missing.join(", ")
            );
            pyproject.set_list("modules", &missing, &why)?;
        }
        Ok(())
    }
}

/// The folder of the project's only package, if no rule leads to it.
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
