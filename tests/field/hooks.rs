//! The hooks for pre-commit, run by pre-commit in a repository of their user.
//!
//! pre-commit builds the program from the repository of the hooks, which takes minutes. The user's configuration here
//! says `language: system`, so that pre-commit runs the program under test instead.

use std::path::Path;
use std::process::{Command, Output};

use support::{need, repo, succeed, write_file};

const PRE_COMMIT: [&str; 1] = ["pre-commit==4.7.0"];
const HOOKS: &str = ".pre-commit-hooks.yaml";

fn git(dir: &Path, args: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args(["-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(dir);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            git.env_remove(name);
        }
    }
    succeed(&mut git)
}

/// A repository with these files, all of them committed.
fn repository(dir: &Path, files: &[(&str, &[u8])]) {
    std::fs::create_dir_all(dir).unwrap();
    git(dir, &["init", "--quiet"]);
    for (path, bytes) in files {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    git(dir, &["add", "--all"]);
    git(dir, &["commit", "--quiet", "--message", "all"]);
}

fn runs(bin: &Path, home: &Path, dir: &Path, args: &[&str]) -> Output {
    let program = support::pyz3_wheel().parent().unwrap();
    let mut command = Command::new(bin.join("pre-commit"));
    command
        .arg("run")
        .args(args)
        .args(["--verbose", "--color", "never"])
        .current_dir(dir)
        .env("PRE_COMMIT_HOME", home)
        .env("PATH", crate::python::path_with(program));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command.output().unwrap()
}

#[test]
fn pre_commit_runs_the_hooks_on_wheels() {
    let bin = need!(support::venv_tool(&PRE_COMMIT), "the hooks for pre-commit");
    let mut validate = Command::new(bin.join("pre-commit"));
    succeed(validate.arg("validate-manifest").arg(repo().join(HOOKS)));

    let folder = tempfile::tempdir().unwrap();
    let dir = |name: &str| folder.path().join(name);
    let (hooks, user, home) = (dir("hooks"), dir("user"), dir("home"));
    repository(
        &hooks,
        &[(HOOKS, &std::fs::read(repo().join(HOOKS)).unwrap())],
    );
    let rev = git(&hooks, &["rev-parse", "HEAD"]);
    let good = support::hello().paths().swap_remove(0);
    let name = good.file_name().unwrap().to_str().unwrap();
    let good = std::fs::read(&good).unwrap();
    let config = format!(
        "repos:\n- repo: {}\n  rev: {rev}\n  hooks:\n  - id: check-wheels\n    language: system\n  \
         - id: check-dist\n    language: system\n  \
         - id: check-dist\n    alias: built\n    language: system\n    args: [built]\n    \
         stages: [pre-push]\n",
        hooks.display()
    );
    repository(
        &user,
        &[
            (".pre-commit-config.yaml", config.as_bytes()),
            (&format!("vendor/{name}"), &good),
            ("notes.txt", b"not a wheel"),
        ],
    );
    let ran = runs(&bin, &home, &user, &["check-wheels", "--all-files"]);
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && stdout.contains(&format!("vendor/{name}: ok")),
        "{stdout}"
    );
    assert!(!stdout.contains("notes.txt"), "{stdout}");

    // A folder that git does not know.
    let wrong = user.join("built/hello-1.0-py3-none-any.whl");
    write_file(&wrong, "");
    std::fs::write(&wrong, b"no archive").unwrap();
    let push = ["--hook-stage", "pre-push", "--all-files"];
    let ran = runs(&bin, &home, &user, &push);
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert!(
        !ran.status.success() && stdout.contains("error[not-a-zip]"),
        "{stdout}"
    );
    std::fs::remove_file(&wrong).unwrap();
    std::fs::write(user.join("built").join(name), &good).unwrap();
    let ran = runs(&bin, &home, &user, &push);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stdout)
    );

    // The hook as it is defined does not run before a push, and checks `dist`.
    let manual = ["check-dist", "--hook-stage", "manual", "--all-files"];
    let ran = runs(&bin, &home, &user, &manual);
    assert!(!ran.status.success(), "{ran:?}");
    std::fs::rename(user.join("built"), user.join("dist")).unwrap();
    let ran = runs(&bin, &home, &user, &manual);
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && stdout.contains(&format!("dist/{name}: ok")),
        "{stdout}"
    );
}
