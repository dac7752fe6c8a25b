//! A checkout that has not been built yet decides nothing and runs nothing: neither a program nor a module
//! that lies in it, nor what its git repository configures.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use support::{command, run};

/// A project, and a directory in which each program or module of the project creates a file when it runs.
struct Trap {
    folder: TempDir,
}

impl Trap {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = Self { folder };
        support::copy_tree(&support::repo().join("docs/examples/hello"), &own.project());
        std::fs::create_dir(own.folder.path().join("ran")).unwrap();
        own
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Shell code that records that it ran.
    fn line(&self, name: &str) -> String {
        format!(
            "touch {}",
            self.folder.path().join("ran").join(name).display()
        )
    }

    fn script(&self, path: &Path) {
        let name = path.file_name().unwrap().to_str().unwrap();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("#!/bin/sh\n{}\nexit 1\n", self.line(name))).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn module(&self, path: &Path) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let file = self.folder.path().join("ran").join(name);
        std::fs::write(
            path,
            format!("open('{}', 'w')\nraise SystemExit(1)\n", file.display()),
        )
        .unwrap();
    }

    /// The program in the project, which is the current directory.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command();
        command.current_dir(self.project()).args(arguments);
        command
    }

    #[track_caller]
    fn nothing_ran(&self) {
        let ran = support::names(&self.folder.path().join("ran"));
        assert!(ran.is_empty(), "{ran:?}");
    }
}

#[test]
fn programs_of_the_current_directory_are_not_run() {
    let trap = Trap::new();
    let bin = trap.project().join("bin");
    for folder in [trap.project(), bin] {
        for name in ["zig", "python3", "python", "python3.12", "uv", "git", "sh"] {
            trap.script(&folder.join(name));
        }
    }
    // What a project may say to pyenv.
    std::fs::write(trap.project().join(".python-version"), "../../project\n").unwrap();
    let pyenv = trap.folder.path().join("pyenv");
    std::fs::create_dir_all(pyenv.join("versions")).unwrap();
    trap.script(&pyenv.join("shims/python3"));
    let shims = pyenv.join("shims");
    let path = std::env::var("PATH").unwrap();
    for (path, arguments) in [
        (format!(":{path}"), "--dry-run"),
        (format!(".:bin:./bin:{path}:"), "doctor"),
        (format!("{}:{path}", shims.display()), "pythons"),
    ] {
        run(trap
            .command(&[arguments])
            .env("PATH", &path)
            .env("PYENV_ROOT", &pyenv));
        trap.nothing_ran();
    }
    // A bare name is looked up on PATH, also where the current directory has such a program.
    trap.script(&trap.project().join("zig-of-mine"));
    run(&mut trap.command(&["--dry-run", "--zig", "zig-of-mine"]))
        .says("there is no `zig-of-mine` on PATH")
        .says("hint: to run the program in the current directory, write its path: ./zig-of-mine");
    run(&mut trap.command(&["--dry-run", "--python", "python3.12"]));
    trap.nothing_ran();
}

#[test]
fn develop_does_not_run_an_installer_of_the_current_directory() {
    let trap = Trap::new();
    trap.script(&trap.project().join("uv"));
    trap.script(&trap.project().join("bin/uv"));
    trap.script(&trap.project().join("pip"));
    let environment = trap.folder.path().join("environment");
    let mut venv = Command::new("python3");
    support::succeed(venv.args(["-m", "venv", "--without-pip"]).arg(&environment));
    let install = "import sys; from pyz3_wheel import _develop; \
        sys.exit(_develop.install_editable('.', _develop.Request({}, [], []), ''))";
    let ran = run(Command::new(environment.join("bin/python"))
        .args(["-c", install])
        .current_dir(trap.project())
        .env("PYTHONPATH", support::repo().join("src/python"))
        .env("PATH", ":bin:.:/nowhere"));
    ran.exits(1)
        .says("the environment has no pip, and neither uv nor pip is on PATH");
    trap.nothing_ran();
}

#[test]
fn modules_of_the_project_and_of_a_shared_cache_are_not_imported() {
    let trap = Trap::new();
    let cache = trap.folder.path().join("cache");
    std::fs::create_dir(&cache).unwrap();
    std::fs::write(cache.join("CACHEDIR.TAG"), "").unwrap();
    for folder in [trap.project(), cache.clone()] {
        for name in [
            "json",
            "platform",
            "sysconfig",
            "importlib",
            "runpy",
            "pip",
            "sitecustomize",
            "usercustomize",
        ] {
            trap.module(&folder.join(format!("{name}.py")));
        }
    }
    for (cache, path) in [(&cache, ":"), (&trap.project(), "/nowhere:.")] {
        run(trap
            .command(&["--dry-run"])
            .env("PYTHONPATH", path)
            .env("PYZ3_WHEEL_CACHE_DIR", cache));
        trap.nothing_ran();
    }
}
