//! `develop` where pyz3-wheel is not in the environment: the program is the one that cargo has built.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use support::{Ran, command, example, fresh_venv, programs, run, succeed, write_file};

const GREET: &str = "import hello; print(hello.greet('Zig'))";

/// An environment of `python3` with nothing but pip, and its programs.
fn environment() -> (TempDir, PathBuf) {
    let (folder, _) = fresh_venv(Path::new("python3"));
    let bin = programs(folder.path());
    (folder, bin)
}

/// `develop` for a project, by a program, without a network.
fn develop_by(program: &Path, project: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    offline(&mut command);
    command.args(["develop", "--project"]).arg(project);
    command.args(args);
    command
}

fn develop(project: &Path, args: &[&str]) -> Command {
    develop_by(support::pyz3_wheel(), project, args)
}

fn offline(command: &mut Command) {
    support::hermetic(command);
    command
        .env_remove("PYZ3_WHEEL_NO_CACHE")
        .env_remove("PYTHONPATH")
        .env("ZIG", support::zig())
        .env("PIP_NO_INDEX", "1")
        .env("UV_OFFLINE", "1");
}

/// Runs a line of Python away from the sources.
fn says(bin: &Path, code: &str) -> Ran {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut python = Command::new(bin.join("python"));
    offline(&mut python);
    run(python.current_dir(elsewhere.path()).args(["-c", code]))
}

/// Changes the greeting of the example.
fn greets(project: &TempDir, word: &str) {
    let source = project.path().join("src/native.zig");
    let good = support::repo().join("docs/examples/hello/src/native.zig");
    let good = std::fs::read_to_string(good).unwrap();
    std::fs::write(source, good.replace("Hello, ", &format!("{word}, "))).unwrap();
}

#[test]
fn imports_rebuild_in_an_environment_without_the_package_while_there_is_a_program() {
    let (folder, bin) = environment();
    let home = tempfile::tempdir().unwrap();
    let program = home.path().join(support::pyz3_wheel().file_name().unwrap());
    std::fs::hard_link(support::pyz3_wheel(), &program)
        .or_else(|_| std::fs::copy(support::pyz3_wheel(), &program).map(drop))
        .unwrap();
    let project = example("hello");
    let venv = folder.path().to_str().unwrap();
    let installed = format!("installed hello 0.1.0 in editable mode into {venv}");
    let mut first = develop_by(&program, project.path(), &["--venv", venv]);
    run(&mut first).exits(0).says(&installed);
    let mut again = develop_by(&program, project.path(), &[]);
    run(again.env("VIRTUAL_ENV", venv))
        .exits(0)
        .says("hello 0.1.0 is installed from");
    says(&bin, "import pyz3_wheel").exits(1);
    assert_eq!(says(&bin, GREET).exits(0).stdout, "Hello, Zig!\n");
    greets(&project, "Hail");
    assert_eq!(says(&bin, GREET).exits(0).stdout, "Hail, Zig!\n");

    // The program is gone: the last build is used. With another one on PATH, changes are built again.
    std::fs::remove_file(&program).unwrap();
    greets(&project, "Hi");
    let last = says(&bin, GREET).exits(0);
    assert_eq!(last.stdout, "Hail, Zig!\n");
    last.says(program.to_str().unwrap())
        .says("does not exist any more");
    let elsewhere = support::pyz3_wheel().parent().unwrap();
    let mut python = Command::new(bin.join("python"));
    offline(&mut python);
    let ran = run(python
        .env("PATH", elsewhere)
        .args(["-c", GREET])
        .current_dir("/"));
    assert_eq!(ran.exits(0).stdout, "Hi, Zig!\n");
}

#[test]
fn an_environment_without_pip_is_installed_into_by_another_pip() {
    let folder = tempfile::tempdir().unwrap();
    let venv = folder.path().join("venv");
    let mut create = Command::new("python3");
    succeed(create.args(["-m", "venv", "--without-pip"]).arg(&venv));
    let tools = support::venv(Path::new("python3"), &[]).unwrap();
    let project = example("hello-ctypes");
    let mut develop = develop(project.path(), &["--venv", venv.to_str().unwrap()]);
    let git = which::which("git").unwrap();
    let path = std::env::join_paths([&tools, git.parent().unwrap()]).unwrap();
    // Neither uv nor a pip: the environment could get a pip of its own.
    let nothing = run(develop.env("PATH", "/nowhere")).exits(1);
    nothing
        .says("the environment has no pip")
        .says("-m ensurepip");
    run(develop.env("PATH", path))
        .exits(0)
        .says("installed hello_ctypes 0.1.0 in editable mode");
    says(&programs(&venv), "import hello_ctypes").exits(0);
}

#[test]
fn a_missing_environment_is_an_error() {
    let project = example("hello");
    let gone = project.path().join("gone");
    let gone = gone.to_str().unwrap();
    let says = format!("the environment {gone} does not exist");
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        run(develop(project.path(), &[]).env(variable, gone))
            .exits(2)
            .says(&format!("{variable}: {says}"))
            .says(&format!("unset {variable}"));
    }
    run(&mut develop(project.path(), &["--venv", gone]))
        .exits(2)
        .says(&format!("--venv: {says}"))
        .says(&format!("create it: python3 -m venv {gone}"));
}

#[cfg(unix)]
#[test]
fn an_environment_of_conda_is_installed_into() {
    // Such an environment is a Python of its own, with the directory conda-meta and without pyvenv.cfg.
    let (folder, bin) = environment();
    let conda = folder.path();
    std::fs::create_dir(conda.join("conda-meta")).unwrap();
    let project = example("hello-ctypes");
    let mut develop = develop(project.path(), &[]);
    develop
        .env("CONDA_PREFIX", conda)
        .env("CONDA_DEFAULT_ENV", "work");
    run(&mut develop)
        .exits(0)
        .says(&format!("in editable mode into {}", conda.display()));
    says(&bin, "import hello_ctypes").exits(0);
}

/// Writes a wheel that has one empty module.
const WRITE_WHEEL: &str = "
import sys, zipfile
folder, *names = sys.argv[1:]
for name in names:
    info = f'{name}-1.0.dist-info'
    with zipfile.ZipFile(f'{folder}/{name}-1.0-py3-none-any.whl', 'w') as wheel:
        wheel.writestr(f'{name}.py', '')
        wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n')
        wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr(f'{info}/RECORD', '')
";

#[test]
fn extras_and_dependency_groups_are_installed() {
    let (folder, bin) = environment();
    let links = tempfile::tempdir().unwrap();
    let mut write = Command::new("python3");
    write.args(["-c", WRITE_WHEEL]).arg(links.path());
    succeed(write.args(["of_extra", "of_other", "of_group", "of_included"]));
    let project = example("hello-ctypes");
    let file = project.path().join("pyproject.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let more = "
[project.optional-dependencies]
Some_Extra = [\"of_extra\"]
other = [\"of_other\"]

[dependency-groups]
test = [\"of_group\", { include-group = \"included\" }]
included = [\"of_included\"]
";
    write_file(&file, &format!("{text}{more}"));
    let venv = folder.path().to_str().unwrap();
    let develop = |args: &[&str]| {
        let mut develop = develop(project.path(), &[&["--venv", venv], args].concat());
        run(develop.env("PIP_FIND_LINKS", links.path()))
    };
    let has = |name: &str| says(&bin, &format!("import {name}")).code == 0;
    develop(&["--extra", "other-one", "--group", "tets"])
        .exits(2)
        .says("`other-one` is not an extra of the project")
        .says("`tets` is not a dependency group of the project")
        .says("did you mean test?");
    develop(&[]).exits(0);
    assert!(!has("of_extra") && !has("of_group"));
    develop(&["--extra", "some.extra", "--group", "test"]).exits(0);
    assert!(has("hello_ctypes") && has("of_extra") && has("of_group") && has("of_included"));
    assert!(!has("of_other"));
    develop(&["--all-extras"]).exits(0);
    assert!(has("of_other"));
}

#[test]
fn git_does_not_show_what_an_editable_install_leaves_in_the_project() {
    let (folder, _) = environment();
    let project = example("hello-ctypes");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=x", "-c", "user.email=x@example.com"]);
        succeed(git.args(arguments).current_dir(project.path()))
    };
    let ignores = project.path().join(".gitignore");
    let _ = std::fs::remove_file(&ignores);
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "x"]);
    let venv = folder.path().to_str().unwrap();
    run(&mut develop(project.path(), &["--venv", venv])).exits(0);
    assert_eq!(git(&["status", "--short"]), "");
    let status = git(&["status", "--short", "--ignored"]);
    let library = status
        .lines()
        .find(|line| line.contains("libhello_ctypes."));
    let library = library.unwrap_or_else(|| panic!("{status}"));
    let library = project.path().join(library.trim_start_matches("!! "));
    run(&mut develop(project.path(), &["--venv", venv]))
        .exits(0)
        .says("unchanged");

    // The folder has a .gitignore of the project, which is the author's.
    let inner = library.with_file_name(".gitignore");
    std::fs::write(&inner, "*.tmp\n").unwrap();
    std::fs::remove_dir_all(project.path().join(".pyz3-wheel")).unwrap();
    run(&mut develop(project.path(), &["--venv", venv]))
        .exits(0)
        .says("git does not ignore")
        .says(&format!("to {}", inner.display()));
    assert_eq!(std::fs::read_to_string(&inner).unwrap(), "*.tmp\n");
}

#[test]
fn a_project_without_a_tag_can_be_installed_but_not_released() {
    let (folder, bin) = environment();
    let project = example("hello-ctypes");
    let file = project.path().join("pyproject.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("version = \"0.1.0\"", "dynamic = [\"version\"]");
    write_file(
        &file,
        &format!("{text}\n[tool.pyz3-wheel.version]\ngit = true\n"),
    );
    let mut git = Command::new("git");
    succeed(git.args(["init", "--quiet"]).current_dir(project.path()));
    for arguments in [&["build"][..], &["sdist"], &["metadata"]] {
        let mut command = command();
        run(command.args(arguments).arg("--project").arg(project.path()))
            .exits(2)
            .says("the current commit has no version tag")
            .says("git tag v0.1.0");
    }
    let venv = folder.path().to_str().unwrap();
    run(&mut develop(project.path(), &["--venv", venv]))
        .exits(0)
        .says("installed hello_ctypes 0.1.dev0 in editable mode");
    says(&bin, "import hello_ctypes").exits(0);
}
