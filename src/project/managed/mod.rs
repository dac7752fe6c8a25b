//! Managed projects: pyproject.toml declares the modules, and the user writes no build script.
//!
//! Takes pyproject.toml and checks which files exist; gives the modules that the generated script builds, or
//! all problems in their tables. A framework's table is checked this strictly only if pyz3-wheel replaces
//! the framework; otherwise the table is only a hint.

mod dependencies;
mod framework;
mod module;
mod zig_module;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pep440_rs::VersionSpecifiers;

pub use framework::Framework;
pub use zig_module::ZigModule;

use super::config::{Abi, Config};
use super::entry::Table;
use super::pyproject::Document;
use super::source::Located;
use crate::error::Problem;
use crate::metadata::requirement;

/// What a managed project is built of.
#[derive(Debug, Clone)]
pub struct Managed {
    /// What the modules are written with; without one they import Python.h as `py`.
    pub framework: Option<Framework>,
    /// Which versions of the framework the project asks for.
    pub requirement: Option<Located<VersionSpecifiers>>,
    /// The modules, at least one.
    pub modules: Vec<ZigModule>,
    /// A build script that the framework has left, relative to the project.
    pub passed_over: Option<PathBuf>,
}

/// The project's own build script, relative to the root: the configured one, else the one that a
/// self-managed framework names, else build.zig. The file need not exist.
pub(super) fn build_file(document: &Document<'_>, config: &Config) -> PathBuf {
    if let Some(file) = &config.build_file {
        return file.value.clone();
    }
    let mut tables = framework_tables(document);
    let named =
        tables.find_map(|(_, table)| Some(PathBuf::from(table.get("build_zig")?.as_str()?)));
    named.unwrap_or_else(|| PathBuf::from("build.zig"))
}

impl Managed {
    /// Reads the modules of a managed project; `None` for any other project.
    pub(super) fn read(
        root: &Path,
        document: &Document<'_>,
        config: &Config,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let file = build_file(document, config);
        let script = root.join(&file);
        let tool = document.root().table("tool");
        let ours = tool
            .and_then(|tool| tool.table("pyz3-wheel"))
            .and_then(|table| table.get("module"))
            .filter(|entry| entry.as_items().is_none_or(|items| !items.is_empty()));
        let theirs = framework_tables(document).find_map(|(framework, table)| {
            let items = table.get("ext_module")?.as_items()?;
            (!items.is_empty()).then_some((framework, table, items))
        });
        let (framework, tables) = if let Some(entry) = ours {
            if let Some((framework, ..)) = theirs {
                problems.push(
                    entry
                        .problem(format!("tool.{}.ext_module declares modules too", framework.module()))
                        .hint("keep the tables of one of the two: modules import either \"py\" or the framework"),
                );
            }
            if script.is_file() {
                let name = file.display();
                problems.push(
                    entry
                        .problem(format!("the project has a build script of its own, {name}, so the declared modules would not be built"))
                        .hint("keep one of the two: the tables, or the script (which `modules` in [tool.pyz3-wheel] may name modules for)"),
                );
            }
            if entry.as_table().is_some() {
                problems.push(
                    entry
                        .problem("is one table, but a project may have several modules")
                        .hint(format!(
                            "write [[{}]] with two pairs of brackets",
                            entry.name
                        )),
                );
                return None;
            }
            (None, entry.items(problems))
        } else {
            let (framework, table, items) = theirs?;
            if config.build_file.is_some() || is_own(&table, &script) {
                return None;
            }
            (Some(framework), items)
        };
        refuse_settings(config, problems);
        let mut modules: Vec<ZigModule> = Vec::new();
        let mut names = BTreeSet::new();
        for item in &tables {
            let Some(table) = item.table(problems) else {
                continue;
            };
            let Some(module) = module::read(root, item, &table, framework, problems) else {
                continue;
            };
            if !names.insert(module.name.clone()) {
                problems.push(
                    item.problem(format!("`{}` is declared twice", module.name))
                        .hint("remove one of them, or correct its name"),
                );
            }
            modules.push(module);
        }
        let requirement = framework.and_then(|framework| asked_for(document, framework, problems));
        Some(Self {
            framework,
            requirement,
            modules,
            passed_over: script.is_file().then_some(file),
        })
    }
}

/// The frameworks' tables; of two, the newer one's is the first.
fn framework_tables<'a>(
    document: &'a Document<'_>,
) -> impl Iterator<Item = (Framework, Table<'a>)> {
    let tool = document.root().table("tool");
    [Framework::Pyz3, Framework::Pydust]
        .into_iter()
        .filter_map(move |framework| Some((framework, tool.as_ref()?.table(framework.module())?)))
}

/// Whether a build script is the user's. In managed mode the frameworks leave one beside
/// pyproject.toml that they rewrite with each build, and it knows nothing of targets.
fn is_own(table: &Table<'_>, script: &Path) -> bool {
    let self_managed = table.get("self_managed").and_then(|entry| entry.as_bool());
    if self_managed == Some(true) {
        return true;
    }
    let Some(text) = script
        .is_file()
        .then(|| fs_err::read(script).unwrap_or_default())
    else {
        return false;
    };
    let text = String::from_utf8_lossy(&text);
    ![Framework::Pyz3, Framework::Pydust]
        .map(|framework| format!("@import(\"./{}.build.zig\")", framework.module()))
        .iter()
        .any(|import| text.contains(import))
}

/// Settings that mean something to a script of the user's only.
fn refuse_settings(config: &Config, problems: &mut Vec<Problem>) {
    if let Some(step) = &config.step {
        problems.push(
            Problem::new(
                "tool.pyz3-wheel.step: the build script that pyz3-wheel makes has no such step",
            )
            .at(step.place)
            .hint("remove the key, or write a build.zig"),
        );
    }
    if let Some(abi) = config.abi.as_ref().filter(|abi| abi.value == Abi::None) {
        problems.push(
            Problem::new(
                "tool.pyz3-wheel.abi: \"none\" is for shared libraries, but the declared modules are extension modules",
            )
            .at(abi.place)
            .hint("write \"full\" or \"abi3\", or write a build.zig that builds the library"),
        );
    }
}

/// Which versions of the framework the project asks for, to build or to run.
fn asked_for(
    document: &Document<'_>,
    framework: Framework,
    problems: &mut Vec<Problem>,
) -> Option<Located<VersionSpecifiers>> {
    let top = document.root();
    let lists = [("build-system", "requires"), ("project", "dependencies")];
    let mut entries = lists
        .into_iter()
        .filter_map(|(table, key)| top.table(table)?.get(key)?.as_items())
        .flatten();
    entries.find_map(|entry| {
        let text = entry.as_str()?;
        match requirement::specifiers_of(text, framework.distribution()) {
            Ok(specifiers) => specifiers.map(|specifiers| entry.locate(specifiers)),
            Err(problem) => {
                // Of dependencies the metadata say it.
                if entry.name.starts_with("build-system") {
                    problems.push(entry.wrap(problem));
                }
                None
            }
        }
    })
}
