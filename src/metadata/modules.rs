//! What can be imported of a wheel, by the paths of its files.
//!
//! Source: The Python Language Reference, "The import system", and `importlib.machinery.FileFinder`, which
//! looks in each folder for a package first, then for an extension module, then for a Python file.

use std::collections::{BTreeMap, BTreeSet};

/// The modules and packages of a wheel, by their dotted names.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// Folders with an `__init__`, and its path.
    packages: BTreeMap<String, String>,
    /// Every folder that has a file directly in it; the folders above it are prefixes of its name.
    folders: BTreeSet<String>,
    /// Python files.
    python: BTreeMap<String, String>,
    /// Files that may be extension modules.
    native: BTreeMap<String, String>,
}

impl Modules {
    /// Reads paths, with `/`, as they are installed below site-packages.
    pub(crate) fn of<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut modules = Self::default();
        for path in paths {
            let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
            let package = folder.replace('/', ".");
            if !package.is_empty() && !modules.folders.contains(&package) {
                modules.folders.insert(package.clone());
            }
            let Some((stem, kind)) = module_of(file) else {
                continue;
            };
            if stem == "__init__" {
                // An extension module counts before a Python file, but both make the package.
                modules
                    .packages
                    .entry(package)
                    .or_insert_with(|| path.to_owned());
                continue;
            }
            let name = match package.as_str() {
                "" => stem.to_owned(),
                package => format!("{package}.{stem}"),
            };
            let map = match kind {
                ModuleKind::Python => &mut modules.python,
                ModuleKind::Native => &mut modules.native,
            };
            map.entry(name).or_insert_with(|| path.to_owned());
        }
        modules
    }

    /// Whether there is nothing to import.
    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.python.is_empty() && self.native.is_empty()
    }

    /// Whether `import NAME` finds something in the wheel: a module, a package or a namespace.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.is_folder(name) || self.python.contains_key(name) || self.native.contains_key(name)
    }

    /// The `__init__` of a package that is not a namespace.
    pub(crate) fn init(&self, name: &str) -> Option<&str> {
        self.packages.get(name).map(String::as_str)
    }

    /// Whether modules can be in it: it is a folder, with or without an `__init__`.
    pub(crate) fn is_folder(&self, name: &str) -> bool {
        let below = format!("{name}.");
        let mut from = self.folders.range(below.clone()..);
        self.folders.contains(name) || from.next().is_some_and(|folder| folder.starts_with(&below))
    }

    /// The Python file of a module that is not a package.
    pub(crate) fn python_file(&self, name: &str) -> Option<&str> {
        self.python.get(name).map(String::as_str)
    }

    /// Whether it is an extension module, or a package whose `__init__` is one.
    pub(crate) fn is_native(&self, name: &str) -> bool {
        let Some(init) = self.init(name) else {
            return self.native.contains_key(name);
        };
        let file = init.rsplit('/').next().unwrap_or(init);
        module_of(file).is_some_and(|(_, kind)| kind == ModuleKind::Native)
    }

    /// The Python file that `import NAME` runs, if it does not find native code.
    pub(crate) fn source(&self, name: &str) -> Option<&str> {
        let init = self.init(name);
        init.or_else(|| {
            self.python_file(name)
                .filter(|_| !self.native.contains_key(name))
        })
    }

    /// What keeps `import NAME` from finding the extension module of that name: the file that Python
    /// finds in its place.
    pub(crate) fn shadow(&self, name: &str) -> Option<&str> {
        if let Some(init) = self.init(name) {
            return Some(init);
        }
        // A module that is a file cannot hold others, unless a folder beside it is a package.
        let parents = name.match_indices('.').map(|(at, _)| &name[..at]);
        parents
            .filter(|parent| self.init(parent).is_none())
            .find_map(|parent| self.python_file(parent))
    }
}

/// What kind of file a module is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModuleKind {
    /// A `.py` file.
    Python,
    /// Native code.
    Native,
}

/// What `import` calls a file of this name, if it looks at it at all.
///
/// Ex) `_native` for `_native.abi3.so`; `None` for `libz.so.1`
pub(crate) fn module_of(file: &str) -> Option<(&str, ModuleKind)> {
    let (rest, extension) = file.rsplit_once('.')?;
    let (name, kind) = match extension {
        "py" => (rest, ModuleKind::Python),
        "so" | "pyd" => {
            let is_tag = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            let name = match rest.rsplit_once('.') {
                Some((name, tag)) if tag.chars().all(is_tag) => name,
                _ => rest,
            };
            (name, ModuleKind::Native)
        }
        _ => return None,
    };
    (!name.is_empty()).then_some((name, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_names() {
        let modules = Modules::of([
            "pkg/__init__.py",
            "pkg/_core.abi3.so",
            "pkg/data/x.json",
            "pkg/sub/mod.py",
            "top.cpython-312-x86_64-linux-gnu.so",
            "libz.so.1",
        ]);
        for name in [
            "pkg",
            "pkg._core",
            "pkg.data",
            "pkg.sub",
            "pkg.sub.mod",
            "top",
        ] {
            assert!(modules.has(name), "{name}");
        }
        for name in ["pkg.core", "pkg.data.x", "libz", "sub", ""] {
            assert!(!modules.has(name), "{name}");
        }
        assert_eq!(modules.init("pkg"), Some("pkg/__init__.py"));
        assert_eq!(modules.init("pkg.sub"), None);
        assert_eq!(modules.source("pkg.sub.mod"), Some("pkg/sub/mod.py"));
        assert_eq!(modules.source("pkg._core"), None);
    }

    #[test]
    fn a_package_hides_the_module_beside_it_and_a_file_what_is_below_it() {
        let hidden = Modules::of(["t.abi3.so", "t/__init__.py"]);
        assert_eq!(hidden.shadow("t"), Some("t/__init__.py"));
        let inner = Modules::of(["t/__init__.py", "t/sub.so", "t/sub/__init__.pyd"]);
        assert_eq!(inner.shadow("t.sub"), Some("t/sub/__init__.pyd"));
        let below = Modules::of(["cv3.py", "cv3/_n.abi3.so"]);
        assert_eq!(below.shadow("cv3._n"), Some("cv3.py"));
        let beside = ["t.abi3.so", "t.py", "t/data.json", "t/__init__.pyi"];
        assert_eq!(Modules::of(beside).shadow("t"), None);
        let package = Modules::of(["t.py", "t/__init__.py", "t/_n.so"]);
        assert_eq!(package.shadow("t._n"), None);
    }
}
