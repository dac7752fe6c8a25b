//! What pyproject.toml must be before anything in it counts.

use super::{Folder, MINIMAL, Project};

#[test]
fn a_folder_without_pyproject_leads_to_init() {
    let error = Folder::empty().error().to_string();
    assert!(error.contains("no pyproject.toml in "), "{error}");
    assert!(error.contains("`pyz3-wheel init`"), "{error}");
    assert!(error.contains("-C DIR"), "{error}");
}

#[test]
fn a_folder_that_is_none_is_named() {
    let folder = Folder::minimal("");
    let missing = Project::load(&folder.path().join("nowhere")).unwrap_err();
    assert!(
        missing
            .to_string()
            .contains("the project's folder does not exist")
    );
    let file = Project::load(&folder.path().join("pyproject.toml")).unwrap_err();
    assert!(file.to_string().contains("the project is not a folder"));
}

#[test]
fn broken_toml_is_told_by_line_and_column() {
    for (text, place) in [
        (
            "[project]\nname = \"x\nversion = \"1\"\n",
            "pyproject.toml:2:",
        ),
        ("[project\n", "pyproject.toml:1:"),
        (
            "[project]\nname = \"x\"\nname = \"y\"\n",
            "pyproject.toml:3:1:",
        ),
        ("[project]\n\u{e4}\u{e4} = 1\n", "pyproject.toml:2:1:"),
        ("a = [1,\n", "pyproject.toml:"),
        ("a = 1 b = 2\n", "pyproject.toml:1:5:"),
    ] {
        let problems = Folder::new(text).problems();
        assert!(problems[0].starts_with(place), "{text:?}: {problems:?}");
        assert!(problems[0].contains("not valid TOML"), "{problems:?}");
    }
}

#[test]
fn syntax_errors_are_told_at_once_but_not_twice() {
    let one = Folder::new("a = [1\nb = 2\nc = 3\nd = 4\n").problems();
    assert_eq!(one.len(), 1, "{one:?}");
    assert!(one[0].starts_with("pyproject.toml:2:1: "), "{one:?}");
    let two = Folder::new("a = b\nc = 1,\n").problems();
    assert_eq!(two.len(), 2, "{two:?}");
}

#[test]
fn columns_count_characters() {
    let text = format!("{MINIMAL}# \u{1F600}\nauthors = [{{ \"\u{e4}\u{e4}\" = 1, name = 2 }}]\n");
    let problems = Folder::new(&text).problems();
    assert!(
        problems[0].starts_with("pyproject.toml:5:14: "),
        "{problems:?}"
    );
    assert!(
        problems[1].starts_with("pyproject.toml:5:24: "),
        "{problems:?}"
    );
}

#[test]
fn what_is_no_text_file_is_refused() {
    let latin1 = Folder::empty().with("pyproject.toml", b"[project]\nname = \"\xe4\"\n");
    assert_eq!(
        latin1.problems(),
        ["pyproject.toml:2:9: is not valid UTF-8, which TOML must be"]
    );
    let folder = Folder::empty().with("pyproject.toml/file", "");
    assert!(folder.problems()[0].contains("pyproject.toml: is not a file"));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_fine() {
    let text = format!("\u{feff}{}", MINIMAL.replace('\n', "\r\n"));
    assert_eq!(Folder::new(&text).load().unwrap().metadata.name(), "x");
}

#[test]
fn a_project_table_must_be_there_and_be_a_table() {
    let other = Folder::new("[tool.poetry]\nname = \"x\"\n").error();
    assert!(other.to_string().contains("no [project] table"), "{other}");
    assert!(other.to_string().contains("PEP 621"), "{other}");
    Folder::new("").refused("no [project] table");
    Folder::new("project = 1\n").refused("project: must be a table, not an integer");
    Folder::new("[[project]]\n").refused("project: must be a table, not an array");
}

#[test]
fn everything_wrong_is_told_at_once_with_its_place() {
    let folder = Folder::new(
        r#"[project]
name = "a b"
version = "one"
descripton = "typo"
keywords = "zig"
requires-python = "3.9"
[tool.pyz3-wheel]
optimise = "Debug"
jobs = 0
"#,
    );
    let mut problems = folder.problems();
    problems.sort();
    assert_eq!(
        problems,
        [
            "pyproject.toml:2:1: project.name: `a b` is not a valid project name",
            "pyproject.toml:3:1: project.version: `one` is not a version by PEP 440",
            "pyproject.toml:4:1: project.descripton: unknown key",
            "pyproject.toml:5:1: project.keywords: must be an array, not a string",
            "pyproject.toml:6:1: project.requires-python: `3.9` is not a version specifier by PEP 440",
            "pyproject.toml:8:1: tool.pyz3-wheel.optimise: unknown key",
            "pyproject.toml:9:1: tool.pyz3-wheel.jobs: must be a positive number that fits 32 bits",
        ]
    );
    let hints = folder.error().to_string();
    assert!(hints.contains("did you mean description?"), "{hints}");
    assert!(hints.contains("did you mean optimize?"), "{hints}");
}
