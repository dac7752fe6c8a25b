//! What people read, whole: each help text, the plan, and each refusal of wrong input.
//!
//! A text that is meant to change is updated with `INSTA_UPDATE=always cargo test --test cli snapshots::`,
//! and read in `git diff`. Inputs of refusals are in `tests/cli/refusals`, one a line.

use std::path::Path;
use std::process::Command;

use clap::CommandFactory as _;
use pyz3_wheel::cli::args::Args;
use tempfile::TempDir;

use support::{Ran, command, example, project, run};

/// The program on a machine that has neither a Zig nor a Python, in this folder, at 80 columns.
fn bare(folder: &Path) -> Command {
    let mut command = command();
    for name in [
        "PATH",
        "HOME",
        "USERPROFILE",
        "LOCALAPPDATA",
        "PYENV_ROOT",
        "UV_PYTHON_INSTALL_DIR",
        "PYZ3_WHEEL_CACHE_DIR",
    ] {
        command.env(name, folder.join("nowhere"));
    }
    command.env("COLUMNS", "80").current_dir(folder);
    command
}

/// The text as every machine prints it.
fn portable(text: &str, folder: &Path) -> String {
    let mut text = text.to_owned();
    if cfg!(windows) {
        text = text.replace("pyz3-wheel.exe", "pyz3-wheel");
    }
    let real = std::fs::canonicalize(folder).unwrap();
    for folder in [&real, folder] {
        text = text.replace(&folder.display().to_string(), "FOLDER");
    }
    // The padding of a column depends on the length of the folder's name.
    let lines = text.lines().map(|line| {
        if line.contains("FOLDER") || line.starts_with("setting ") {
            line.split("  ")
                .filter(|cell| !cell.is_empty())
                .fold(String::new(), |line, cell| {
                    if line.is_empty() {
                        cell.to_owned()
                    } else {
                        format!("{line}  {}", cell.trim_start())
                    }
                })
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every subcommand below this one, with the words that are typed for it.
fn subcommands(command: &clap::Command, typed: &[String], found: &mut Vec<Vec<String>>) {
    found.push(typed.to_vec());
    for subcommand in command.get_subcommands() {
        let inner = [typed, &[subcommand.get_name().to_owned()]].concat();
        subcommands(subcommand, &inner, found);
    }
}

#[test]
fn the_help_of_every_subcommand() {
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    subcommands(&Args::command(), &[], &mut found);
    assert!(found.len() > 10, "{found:?}");
    for typed in found {
        let ran = run(bare(folder.path()).args(&typed).arg("--help")).exits(0);
        assert_eq!(ran.stderr, "");
        let name = [&["help".to_owned()], &typed[..]].concat().join("-");
        insta::assert_snapshot!(name, portable(&ran.stdout, folder.path()));
    }
}

#[test]
fn the_plan_of_an_example() {
    let project = example("hello-ctypes");
    let mut command = bare(project.path());
    let ran = run(command.args(["--dry-run", "--all-platforms", "--jobs", "2"])).exits(0);
    assert_eq!(ran.stderr, "");
    insta::assert_snapshot!("plan", portable(&ran.stdout, project.path()));
}

/// The refusals of the inputs in one file, as one text.
fn refusals(inputs: &str, refused: impl Fn(&str) -> (TempDir, Ran)) -> String {
    let texts = inputs.lines().map(|input| {
        let (folder, ran) = refused(input);
        assert_ne!(ran.code, 0, "{input}: {ran:#?}");
        let said = portable(&(ran.stdout + &ran.stderr), folder.path());
        format!("{input}\nexit code {}\n{said}\n", ran.code)
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// A project with this pyproject.toml that is otherwise complete.
fn complete(pyproject: &str) -> TempDir {
    project(&[
        ("pyproject.toml", pyproject),
        ("x/__init__.py", ""),
        ("build.zig", "pub fn build(_: anytype) void {}\n"),
        ("R", ""),
        ("L", "MIT"),
        ("a/b", ""),
        ("folder.md/file", ""),
    ])
}

/// Refused lines of a table in pyproject.toml.
fn refused_lines(head: &str, inputs: &str) -> String {
    refusals(inputs, |line| {
        let folder = complete(&format!("{head}{}\n", line.replace(" ↵ ", "\n")));
        let ran = run(bare(folder.path()).arg("metadata"));
        (folder, ran)
    })
}

const HEAD: &str = "[project]\nname = \"x\"\nversion = \"1\"\n";

#[test]
fn the_refusals_of_project_metadata() {
    let said = refused_lines(HEAD, include_str!("refusals/project.txt"));
    insta::assert_snapshot!("refusals-project", said);
}

#[test]
fn the_refusals_of_configuration() {
    let head = format!("{HEAD}[tool.pyz3-wheel]\n");
    let said = refused_lines(&head, include_str!("refusals/tool.txt"));
    insta::assert_snapshot!("refusals-tool", said);
}

/// With the words of Unix for what the system refuses.
#[cfg(unix)]
#[test]
fn the_refusals_of_arguments_and_variables() {
    let said = refusals(include_str!("refusals/typed.txt"), |typed| {
        let folder = complete(&format!("{HEAD}requires-python = \">=3.9\"\n"));
        let mut command = bare(folder.path());
        for word in typed.split(' ') {
            match word.split_once('=') {
                Some((name, value)) => command.env(name, value),
                None => command.arg(word),
            };
        }
        let ran = run(command.env("PIP_NO_INDEX", "1"));
        (folder, ran)
    });
    insta::assert_snapshot!("refusals-typed", said);
}
