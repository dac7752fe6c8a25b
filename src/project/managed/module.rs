//! The table of one module, in our spelling or in that of a framework.

use std::path::Path;

use super::{Framework, dependencies};
use crate::error::Problem;
use crate::metadata::module_name::ModuleName;
use crate::options::keys;
use crate::project::config::is_plain_relative;
use crate::project::entry::{Entry, Table};

/// An extension module that is to be built of a Zig file. All paths are relative to the project, with
/// forward slashes, and lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZigModule {
    /// Its import name.
    pub name: ModuleName,
    /// Its root source file.
    pub root: String,
    /// Whether it keeps to the limited API in a wheel for one Python too.
    pub limited_api: bool,
    /// Sources in C or C++.
    pub c_sources: Vec<String>,
    /// Folders of C headers.
    pub c_include_dirs: Vec<String>,
    /// Folders of libraries.
    pub c_library_dirs: Vec<String>,
    /// Names of libraries to link.
    ///
    /// Ex) `m`
    pub c_libraries: Vec<String>,
    /// Flags for the C sources.
    pub c_flags: Vec<String>,
    /// Where the loader looks for libraries.
    ///
    /// Ex) `$ORIGIN`
    pub rpaths: Vec<String>,
}

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

/// Reads one table; `None` where so much is wrong that there is no module.
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

impl ZigModule {
    /// The source files that it names.
    pub fn sources(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.root).chain(&self.c_sources)
    }

    /// Whether C++ is among the sources, so that its standard library is needed.
    pub fn has_cpp(&self) -> bool {
        let endings = ["cc", "cpp", "cxx", "C", "mm"];
        self.c_sources.iter().any(|source| {
            Path::new(source)
                .extension()
                .is_some_and(|ending| endings.iter().any(|known| ending == *known))
        })
    }

    /// Takes a flag for the linker. Zig's build system has no such flags, only what they stand for;
    /// one without a dash is a run path, as pyz3 has it.
    pub(super) fn link(&mut self, flag: &str) -> Result<(), Problem> {
        let rpath = ["-Wl,-rpath,", "-Wl,-rpath="]
            .iter()
            .find_map(|prefix| flag.strip_prefix(prefix));
        if let Some(path) = rpath {
            self.rpaths.push(path.to_owned());
        } else if let Some(folder) = flag.strip_prefix("-L") {
            self.c_library_dirs.push(in_project(folder)?);
        } else if let Some(name) = flag.strip_prefix("-l") {
            check_library(name)?;
            self.c_libraries.push(name.to_owned());
        } else if flag.is_empty() || flag.starts_with('-') || flag.chars().any(char::is_control) {
            return Err(
                Problem::new(format!("`{flag}` is no flag that Zig's linker can be given")).hint(
                    "-L, -l and -Wl,-rpath, are understood; for more write a build.zig, and say self_managed = true",
                ),
            );
        } else {
            self.rpaths.push(flag.to_owned());
        }
        Ok(())
    }
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
                item.problem("has no root, and the project has no build script that would know it")
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
            Err(Problem::new(format!("there is no {what} `{text}`"))
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

/// A path that lies in the project wherever that is unpacked, in its plainest spelling.
pub(super) fn in_project(text: &str) -> Result<String, Problem> {
    let path = text.strip_prefix("./").unwrap_or(text);
    let path = path.trim_end_matches('/');
    if is_plain_relative(path) {
        return Ok(path.to_owned());
    }
    Err(
        Problem::new(format!("`{text}` is not a path below the project's root")).hint(
            "write it relative to pyproject.toml with `/`, like \"src/hello.zig\"; what lies elsewhere is in no sdist",
        ),
    )
}

fn check_library(name: &str) -> Result<(), Problem> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '\\');
    if name.is_empty() || name.starts_with('-') || name.contains(odd) {
        return Err(
            Problem::new(format!("`{name}` is not the name of a library"))
                .hint("write the name alone, like \"m\" for libm"),
        );
    }
    Ok(())
}
