//! Changes to pyproject.toml that keep its formatting and comments.

use std::path::{Path, PathBuf};

use fs_err as fs;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::change::Change;
use crate::error::{Error, Problem, Result};
use crate::init::{BACKEND, Names, folder_name};
use crate::metadata::requirement::required_name;

/// The file with its changes, and the reasons for them.
pub(super) struct Pyproject {
    path: PathBuf,
    before: Option<String>,
    document: DocumentMut,
    why: Vec<String>,
}

impl Pyproject {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path = root.join("pyproject.toml");
        let before = path
            .is_file()
            .then(|| fs::read_to_string(&path))
            .transpose()?;
        let document = parse(before.as_deref().unwrap_or_default(), &path)?;
        Ok(Self {
            path,
            before,
            document,
            why: Vec::new(),
        })
    }

    pub(super) fn require_project(&mut self, root: &Path, name: Option<&str>) -> Result<()> {
        if self.document.contains_key("project") {
            return Ok(());
        }
        let name = name.map_or_else(|| folder_name(root), |name| Ok(name.to_owned()))?;
        let names = Names::of(&name).map_err(Error::config)?;
        let mut table = Table::new();
        table["name"] = value(names.project);
        table["version"] = value("0.1.0");
        table["requires-python"] = value(">=3.9");
        table.set_position(Some(-1));
        self.document["project"] = Item::Table(table);
        self.why
            .push("[project] is missing: it has the name and the version of the wheels".to_owned());
        Ok(())
    }

    /// Adds `[build-system]` if it is missing, as the first table, as `init` writes it. Another backend is kept;
    /// the author may want to change it.
    pub(super) fn require_backend(&mut self) -> Result<Option<Problem>> {
        let Some(system) = self.document.get("build-system") else {
            let text = with_backend(&self.text());
            self.document = parse(&text, &self.path)?;
            self.why.push(
                "[build-system] is missing: pip, build and uv would use setuptools, which does not support Zig"
                    .to_owned(),
            );
            return Ok(None);
        };
        // By PEP 517, setuptools is the default backend.
        let backend = system.get("build-backend").and_then(Item::as_str);
        let backend = backend.unwrap_or("setuptools.build_meta");
        if backend == "pyz3_wheel" {
            self.require_package();
            return Ok(None);
        }
        Ok(Some(
            Problem::new(format!(
                "pip, build and uv use the build backend `{backend}`"
            ))
            .at(self.path.display())
            .hint(format!(
                "to make them use pyz3-wheel, set in [build-system]: {}",
                BACKEND.join(", ")
            )),
        ))
    }

    /// Adds our package to `requires`, because the backend is part of it.
    fn require_package(&mut self) {
        let system = self.document["build-system"].as_table_like_mut();
        let requires = system.map(|system| {
            system
                .entry("requires")
                .or_insert_with(|| value(Array::new()))
        });
        let Some(requires) = requires.and_then(Item::as_array_mut) else {
            return;
        };
        let is_there = requires
            .iter()
            .filter_map(|item| required_name(item.as_str()?))
            .any(|name| name.as_str() == "pyz3_wheel");
        if !is_there {
            requires.push("pyz3-wheel");
            self.why.push(
                "requires in [build-system] does not list pyz3-wheel, so pip, build and uv would not find the backend"
                    .to_owned(),
            );
        }
    }

    /// The changed text.
    pub(super) fn text(&self) -> String {
        self.document.to_string()
    }

    /// Sets a list of `[tool.pyz3-wheel]`; `why` says what was missing.
    pub(super) fn set_list(&mut self, key: &str, values: &[String], why: &str) -> Result<()> {
        let tool = self.document.entry("tool").or_insert_with(|| {
            let mut tool = Table::new();
            tool.set_implicit(true);
            Item::Table(tool)
        });
        let ours = tool.as_table_like_mut().map(|tool| {
            tool.entry("pyz3-wheel")
                .or_insert_with(|| Item::Table(Table::new()))
        });
        let ours = ours.and_then(Item::as_table_like_mut).ok_or_else(|| {
            Error::config(Problem::new("tool.pyz3-wheel is not a table").at("pyproject.toml"))
        })?;
        ours.insert(key, value(values.iter().collect::<Array>()));
        self.why.push(why.to_owned());
        Ok(())
    }

    pub(super) fn change(self) -> Option<Change> {
        (!self.why.is_empty()).then(|| Change {
            path: "pyproject.toml".to_owned(),
            after: self.text(),
            why: self.why,
            before: self.before,
        })
    }
}

fn parse(text: &str, path: &Path) -> Result<DocumentMut> {
    text.parse::<DocumentMut>().map_err(|error| {
        Error::config(
            Problem::new(error.to_string().trim().to_owned())
                .at(path.display())
                .hint("correct the syntax first"),
        )
    })
}

/// Adds `[build-system]` before the first table, but after the comment of the file, which ends with a blank
/// line. If the file begins with keys outside of any table, `[build-system]` has to be the last table.
fn with_backend(text: &str) -> String {
    let table = format!("[build-system]\n{}\n", BACKEND.join("\n"));
    let comment: usize = text
        .split_inclusive('\n')
        .take_while(|line| line.starts_with('#') || line.trim().is_empty())
        .map(str::len)
        .sum();
    let (comment, rest) = text.split_at(comment);
    if !rest.is_empty() && !rest.starts_with('[') {
        return format!("{}\n\n{table}", text.trim_end());
    }
    let own = comment.rfind("\n\n").map_or(0, |end| end + 2);
    let (before, after) = text.split_at(own);
    let gap = if after.is_empty() { "" } else { "\n" };
    format!("{before}{table}{gap}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_system_comes_first_and_the_files_comment_before_it() {
        let table = "[build-system]\nrequires = [\"pyz3-wheel\"]\nbuild-backend = \"pyz3_wheel\"\n";
        let project = "[project]\nname = \"x\"\n";
        for (before, after) in [
            (String::new(), table.to_owned()),
            (project.to_owned(), format!("{table}\n{project}")),
            (
                format!("# of the table\n{project}"),
                format!("{table}\n# of the table\n{project}"),
            ),
            (
                format!("# of the file\n\n# of the table\n{project}"),
                format!("# of the file\n\n{table}\n# of the table\n{project}"),
            ),
            (
                "project.name = \"x\"\n".to_owned(),
                format!("project.name = \"x\"\n\n{table}"),
            ),
        ] {
            assert_eq!(with_backend(&before), after);
            parse(&after, Path::new("pyproject.toml")).unwrap();
        }
    }
}
