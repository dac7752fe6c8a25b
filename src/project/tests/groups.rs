//! Dependency groups (PEP 735).

use super::Folder;
use crate::project::DependencyGroups;

/// The requirements of groups, or every problem.
fn requirements(folder: &Folder, names: &[&str]) -> Result<Vec<String>, Vec<String>> {
    let groups = DependencyGroups::read(folder.path()).unwrap();
    let mut problems = Vec::new();
    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let found = groups.requirements(&names, &mut problems);
    assert!(problems.iter().all(|problem| problem.hint.is_some()));
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems.iter().map(ToString::to_string).collect())
    }
}

fn with(groups: &str) -> Folder {
    Folder::minimal(&format!("[dependency-groups]\n{groups}\n"))
}

#[test]
fn a_group_has_the_requirements_of_the_groups_that_it_includes() {
    let folder = with(
        "Test_Tools = [\"pytest>=8\", \"six\"]\nlint = [\"ruff\"]\n\
         dev = [\"six\", { include-group = \"test-tools\" }, { include-group = \"lint\" }]",
    );
    assert_eq!(requirements(&folder, &[]).unwrap(), [""; 0]);
    assert_eq!(
        requirements(&folder, &["dev"]).unwrap(),
        ["six", "pytest>=8", "ruff"]
    );
    assert_eq!(
        requirements(&folder, &["lint", "TEST.tools", "lint"]).unwrap(),
        ["ruff", "pytest>=8", "six"]
    );
}

#[test]
fn what_is_wrong_with_groups_is_reported_when_one_is_requested() {
    let folder = with(
        "a = [{ include-group = \"b\" }]\nb = [{ include-group = \"a\" }]\n\
         c = [\"--index-url=https://example.com\", 1, { include = \"a\" }]\nd = [{ include-group = \"e\" }]",
    );
    assert!(requirements(&folder, &[]).is_ok());
    assert_eq!(
        requirements(&folder, &["a", "d", "tets"]).unwrap_err(),
        [
            "pyproject.toml:7:6: dependency-groups.c[0]: `--index-url=https://example.com` is not a requirement",
            "pyproject.toml:7:41: dependency-groups.c[1]: must be a string, not an integer",
            "pyproject.toml:7:46: dependency-groups.c[2].include: unknown key",
            "pyproject.toml:6:6: dependency groups include each other: a -> b -> a",
            "pyproject.toml:8:6: `e` is not a dependency group of the project",
            "--group: `tets` is not a dependency group of the project",
        ]
    );
    let none = Folder::minimal("");
    let problems = requirements(&none, &["dev"]).unwrap_err();
    assert_eq!(
        problems,
        ["--group: `dev` is not a dependency group of the project"]
    );
}
