//! The names of a project, for pip and for Python.

use crate::error::{Problem, Result};
use crate::metadata::identifier::is_keyword;
use crate::tags::DistributionName;

/// The names of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The name that pip uses, as the user has spelled it.
    ///
    /// Ex) `my-ext`
    pub project: String,
    /// The name of the package that Python imports.
    ///
    /// Ex) `my_ext`
    pub package: String,
}

impl Names {
    /// Derives both names from the project's name.
    pub fn of(project: &str) -> Result<Self, Problem> {
        let refuse = |why: String| {
            Problem::new(why).hint(
                "choose another name with --name NAME: a letter, then ASCII letters, digits, -, _ or .",
            )
        };
        let normal: DistributionName = project
            .parse()
            .map_err(|_| refuse(format!("`{project}` is not a valid project name")))?;
        let package = normal.to_string();
        if package.starts_with(|c: char| c.is_ascii_digit()) || is_keyword(&package) {
            return Err(refuse(format!(
                "Python cannot import a package with the name `{package}`"
            )));
        }
        if TAKEN.contains(&&*package) {
            return Err(refuse(format!(
                "a package `{package}` would hide a module of Python or a folder of the project"
            )));
        }
        Ok(Self {
            project: project.to_owned(),
            package,
        })
    }
}

/// The folders of a template, and the modules that its package imports.
const TAKEN: [&str; 11] = [
    "collections",
    "contextlib",
    "ctypes",
    "dist",
    "importlib",
    "io",
    "pathlib",
    "src",
    "sys",
    "tests",
    "unittest",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_for_pip_and_one_for_import() {
        for (project, package) in [
            ("hello", "hello"),
            ("My-Ext", "my_ext"),
            ("a.b--c", "a_b_c"),
            ("x9", "x9"),
        ] {
            let names = Names::of(project).unwrap();
            assert_eq!((&*names.project, &*names.package), (project, package));
        }
        for name in [
            "", "-a", "a b", "é", "9lives", "class", "Import", "tests", "ctypes", "a/b",
        ] {
            let problem = Names::of(name).unwrap_err();
            assert!(problem.hint.unwrap().contains("--name"), "{name}");
        }
    }
}
