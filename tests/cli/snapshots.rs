//! What people read, whole: each help text, the plan, and each refusal of wrong input.
//!
//! A text that is meant to change is updated with `INSTA_UPDATE=always cargo test --test cli snapshots::`,
//! and read in `git diff`. Inputs of refusals are in `tests/cli/refusals`, one a line.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

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
    subcommands(&Args::definition(), &[], &mut found);
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

/// What `check` says of a good wheel, of one with notes, and of one with many findings.
#[test]
fn the_report_of_check() {
    let folder = tempfile::tempdir().unwrap();
    for (name, (filename, bytes)) in [
        (
            "good",
            crate::corpus::good("cp312-cp312-manylinux_2_17_x86_64"),
        ),
        ("noted", crate::corpus::noted()),
        ("doubtful", crate::corpus::doubtful()),
    ] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join(filename), bytes).unwrap();
    }
    std::fs::create_dir(folder.path().join("lie")).unwrap();
    let (_, bytes) = crate::corpus::good("cp312-cp312-manylinux_2_17_x86_64");
    let lie = "hello-1.0-cp312-cp312-win_amd64.whl";
    std::fs::write(folder.path().join("lie").join(lie), bytes).unwrap();
    let mut said = String::new();
    for options in [
        "",
        "--quiet",
        "--verbose",
        "--fix-hint",
        "--ignore bytecode,top-level-file",
        "--format github",
    ] {
        let mut check = bare(folder.path());
        check.arg("check").args(options.split_whitespace());
        for name in ["good", "noted", "doubtful", "lie"] {
            let wheel = std::fs::read_dir(folder.path().join(name)).unwrap().next();
            check.arg(Path::new(name).join(wheel.unwrap().unwrap().file_name()));
        }
        let ran = run(check.arg("nowhere.whl")).exits(2);
        let text = portable(&(ran.stdout + &ran.stderr), folder.path());
        let _ = write!(said, "check {options}\n{text}\n\n");
    }
    insta::assert_snapshot!("check", said);
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

/// A project with this pyproject.toml and no build script.
fn unbuilt(pyproject: &str) -> TempDir {
    let folder = project(&[
        ("pyproject.toml", pyproject),
        ("x/__init__.py", ""),
        ("x/a.zig", ""),
        ("R", ""),
        ("L", "MIT"),
        ("a/b", ""),
        ("folder.md/file", ""),
    ]);
    std::fs::write(folder.path().join("latin.md"), b"caf\xe9\n").unwrap();
    folder
}

/// A project with this pyproject.toml that is otherwise complete.
fn complete(pyproject: &str) -> TempDir {
    let folder = unbuilt(pyproject);
    let script = "pub fn build(_: anytype) void {}\n";
    std::fs::write(folder.path().join("build.zig"), script).unwrap();
    folder
}

/// Refused lines of pyproject.toml, each in a project of its own.
fn refused_lines(head: &str, inputs: &str, made: fn(&str) -> TempDir) -> String {
    refusals(inputs, |line| {
        let folder = made(&format!("{head}{}\n", line.replace(" ↵ ", "\n")));
        let ran = run(bare(folder.path()).arg("metadata"));
        (folder, ran)
    })
}

const HEAD: &str = "[project]\nname = \"x\"\nversion = \"1\"\n";

#[test]
fn the_refusals_of_project_metadata() {
    let said = refused_lines(HEAD, include_str!("refusals/project.txt"), complete);
    insta::assert_snapshot!("refusals-project", said);
}

#[test]
fn the_refusals_of_configuration() {
    let head = format!("{HEAD}[tool.pyz3-wheel]\n");
    let said = refused_lines(&head, include_str!("refusals/tool.txt"), complete);
    insta::assert_snapshot!("refusals-tool", said);
}

/// Modules that pyproject.toml declares in place of a build script.
#[test]
fn the_refusals_of_declared_modules() {
    let said = refused_lines(HEAD, include_str!("refusals/modules.txt"), unbuilt);
    insta::assert_snapshot!("refusals-modules", said);
}

/// Changes a project: `path = text` writes a file, `path += text` appends to one, `path -> target` makes
/// a symbolic link, and `git …` runs git.
#[cfg(unix)]
fn change(folder: &Path, step: &str) {
    let mut words = step.splitn(3, ' ');
    let path = words.next().unwrap();
    let (operator, rest) = (words.next().unwrap(), words.next().unwrap_or_default());
    if path == "git" {
        let user = ["user.name=x", "user.email=x@example.com"];
        let mut git = Command::new("git");
        git.args(user.iter().flat_map(|setting| ["-c", setting]))
            .args(step.split(' ').skip(1))
            .current_dir(folder);
        support::succeed(git.env("GIT_CONFIG_GLOBAL", "/dev/null"));
        return;
    }
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    if operator == "->" {
        std::os::unix::fs::symlink(rest, path).unwrap();
        return;
    }
    let before = if operator == "+=" {
        std::fs::read_to_string(&path).unwrap()
    } else {
        String::new()
    };
    let text = rest.replace(" ↵ ", "\n");
    std::fs::write(path, format!("{before}{text}\n")).unwrap();
}

/// What refuses the files of a project: a command, then the changes to the project.
#[cfg(unix)]
#[test]
fn the_refusals_of_files() {
    let said = refusals(include_str!("refusals/files.txt"), |line| {
        let folder = complete(HEAD);
        let mut parts = line.split(" | ");
        let mut command = bare(folder.path());
        command.args(parts.next().unwrap().split(' '));
        for step in parts {
            change(folder.path(), step);
            if step.starts_with("git ") {
                command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
            }
        }
        (folder, run(&mut command))
    });
    insta::assert_snapshot!("refusals-files", said);
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
