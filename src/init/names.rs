//! The names of a project, for pip and for Python.

use crate::audit::is_stdlib;
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
        if is_stdlib(&package) || package == "test" {
            return Err(refuse(format!(
                "Python has a module `{package}` of its own"
            )));
        }
        if FOLDERS.contains(&&*package) {
            return Err(refuse(format!(
                "`{package}` is the name of a folder of the project"
            )));
        }
        Ok(Self {
            project: project.to_owned(),
            package,
        })
    }
}

/// The folders of a template and of its builds.
const FOLDERS: [&str; 3] = ["dist", "src", "tests"];

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
            "", "-a", "a b", "é", "9lives", "class", "Import", "tests", "test", "ctypes", "json",
            "src", "a/b",
        ] {
            let problem = Names::of(name).unwrap_err();
            assert!(problem.hint.unwrap().contains("--name"), "{name}");
        }
    }
}
