//! The table of one module, in our spelling or in that of a framework.

use std::path::Path;

use super::zig_module::{ZigModule, check_library, in_project};
use super::{Framework, dependencies};
use crate::error::Problem;
use crate::metadata::module_name::ModuleName;
use crate::options::keys;
use crate::project::entry::{Entry, Table};

/// The keys of `ext_module` in pyz3 0.11; ziggy-pydust 0.26 has the first three.
const FRAMEWORK_KEYS: [&str; 9] = [
    "name",
    "root",
    "limited_api",
    "c_sources",
    "c_include_dirs",
    "c_libraries",
    "c_flags",
    "ld_flags",
    "link_all_deps",
];

/// Reads one table; `None` if the table does not describe a module.
pub(super) fn read(
    project: &Path,
    item: &Entry<'_>,
    table: &Table<'_>,
    framework: Option<Framework>,
    problems: &mut Vec<Problem>,
) -> Option<ZigModule> {
    match framework {
        None => table.refuse_unknown(&keys::names(keys::MODULE), problems),
        Some(_) => table.refuse_unknown(&FRAMEWORK_KEYS, problems),
    }
    let mut reader = Reader {
        project,
        table,
        is_ours: framework.is_none(),
        problems,
    };
    let name = reader.name(item);
    let root = reader.root(item);
    let c_sources = reader.paths("c_sources", Path::is_file, "file");
    let c_include_dirs = reader.paths("c_include_dirs", Path::is_dir, "folder");
    let c_libraries = reader.libraries();
    let c_flags = reader.strings("c_flags");
    let limited_api = reader.boolean("limited_api");
    let ld_flags = table.get("ld_flags");
    let link_all = reader.boolean("link_all_deps");
    let mut module = ZigModule {
        name: name?,
        root: root?,
        // The frameworks' default, where there is a framework.
        limited_api: framework.is_some() && limited_api.unwrap_or(true),
        c_sources,
        c_include_dirs,
        c_library_dirs: Vec::new(),
        c_libraries,
        c_flags,
        rpaths: Vec::new(),
    };
    let flags = ld_flags.map_or(Vec::new(), |flags| flags.strings(problems));
    for (entry, flag) in flags {
        if let Err(problem) = module.link(flag) {
            problems.push(entry.wrap(problem));
        }
    }
    if let (Some(true), Some(entry)) = (link_all, table.get("link_all_deps"))
        && let Err(found) = dependencies::link_all(project, &mut module)
    {
        problems.extend(found.into_iter().map(|problem| entry.wrap(problem)));
    }
    Some(module)
}

/// Reads the keys of a table and collects what is wrong.
struct Reader<'t, 'a, 'p> {
    project: &'t Path,
    table: &'t Table<'a>,
    /// Whether the keys are spelt as ours are, with dashes.
    is_ours: bool,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Reader<'_, 'a, '_> {
    fn get(&self, key: &str) -> Option<Entry<'a>> {
        if self.is_ours {
            self.table.get(&key.replace('_', "-"))
        } else {
            self.table.get(key)
        }
    }

    fn name(&mut self, item: &Entry<'_>) -> Option<ModuleName> {
        // What is wrong with names in frameworks' tables is said where the hints are read.
        let Some(entry) = self.get("name") else {
            if self.is_ours {
                self.problems.push(
                    item.problem("has no name")
                        .hint("give the module's import name, like name = \"hello._native\""),
                );
            }
            return None;
        };
        let mut unsaid = Vec::new();
        let said = if self.is_ours {
            &mut *self.problems
        } else {
            &mut unsaid
        };
        match entry.string(said)?.parse() {
            Ok(name) => Some(name),
            Err(error) => {
                said.push(
                    entry
                        .problem(error.to_string())
                        .hint("give the module's dotted import name"),
                );
                None
            }
        }
    }

    fn root(&mut self, item: &Entry<'_>) -> Option<String> {
        let Some(entry) = self.get("root") else {
            self.problems.push(
                item.problem("has no root, which a project without a build script needs")
                    .hint("name the module's Zig file, like root = \"src/hello.zig\""),
            );
            return None;
        };
        let text = entry.string(self.problems)?;
        self.path(&entry, text, Path::is_file, "file")
    }

    fn paths(&mut self, key: &str, is_there: fn(&Path) -> bool, what: &str) -> Vec<String> {
        let Some(entry) = self.get(key) else {
            return Vec::new();
        };
        let mut paths = Vec::new();
        for (item, text) in entry.strings(self.problems) {
            paths.extend(self.path(&item, text, is_there, what));
        }
        paths
    }

    fn path(
        &mut self,
        entry: &Entry<'_>,
        text: &str,
        is_there: fn(&Path) -> bool,
        what: &str,
    ) -> Option<String> {
        let found = in_project(text).and_then(|path| {
            if is_there(&self.project.join(&path)) {
                return Ok(path);
            }
            Err(Problem::new(format!("`{text}` is not an existing {what}"))
                .hint("correct the path, which is relative to pyproject.toml"))
        });
        match found {
            Ok(path) => Some(path),
            Err(problem) => {
                self.problems.push(entry.wrap(problem));
                None
            }
        }
    }

    fn libraries(&mut self) -> Vec<String> {
        let Some(entry) = self.get("c_libraries") else {
            return Vec::new();
        };
        let mut names = Vec::new();
        for (item, name) in entry.strings(self.problems) {
            match check_library(name) {
                Ok(()) => names.push(name.to_owned()),
                Err(problem) => self.problems.push(item.wrap(problem)),
            }
        }
        names
    }

    fn strings(&mut self, key: &str) -> Vec<String> {
        let entry = self.get(key);
        entry.map_or(Vec::new(), |entry| entry.arguments(self.problems))
    }

    fn boolean(&mut self, key: &str) -> Option<bool> {
        self.get(key)?.boolean(self.problems)
    }
}
