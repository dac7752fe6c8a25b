//! With `--format json` every subcommand prints exactly one document, whether it succeeds or fails.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use clap::CommandFactory as _;
use pyz3_wheel::cli::args::Args;
use serde_json::Value;
use tempfile::TempDir;

use support::documents::{documented, has_documented_keys, one_document};
use support::{Ran, command, project, run};

/// Every subcommand as it is typed, `cache size` for one of a subcommand.
fn subcommands() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for subcommand in Args::command().get_subcommands() {
        let name = subcommand.get_name();
        let own: Vec<_> = subcommand.get_subcommands().collect();
        if own.is_empty() {
            names.insert(name.to_owned());
        }
        names.extend(own.iter().map(|own| format!("{name} {}", own.get_name())));
    }
    names
}

/// A project without native modules for a Python, so that nothing is looked for on the machine.
fn tiny(pyproject: &str) -> TempDir {
    let head = "[project]\nname = \"tiny\"\nversion = \"1.0\"\n";
    project(&[
        ("pyproject.toml", &format!("{head}{pyproject}\n")),
        ("tiny/__init__.py", ""),
        (
            "build.zig",
            "pub fn build(_: *@import(\"std\").Build) void {}\n",
        ),
    ])
}

/// Runs what is typed, in a folder, with a cache of its own.
fn typed(line: &str, folder: &Path) -> Ran {
    let mut command = command();
    command
        .args(line.split(' '))
        .current_dir(folder)
        .env("PYZ3_WHEEL_CACHE_DIR", folder.join("cache"))
        .env("PATH", folder.join("nowhere"));
    run(&mut command)
}

#[test]
fn the_manual_lists_the_document_of_each_subcommand() {
    let rows: BTreeSet<_> = documented().into_iter().map(|(row, _)| row).collect();
    let missing: Vec<_> = subcommands()
        .into_iter()
        .filter(|name| !rows.contains(name))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn each_subcommand_prints_one_document_when_it_succeeds() {
    let mut tried = BTreeSet::from(["build", "develop", "env"].map(str::to_owned));
    let project = tiny("[tool.pyz3-wheel]\nabi = \"none\"");
    for (row, arguments, codes) in [
        ("build --dry-run", "--platform linux-x86_64", &[0][..]),
        ("platforms", "", &[0]),
        ("pythons", "", &[0]),
        ("metadata", "", &[0]),
        ("sdist", "-o out", &[0]),
        ("init", "new --name x", &[0]),
        ("init --adopt", "", &[0]),
        ("files", "", &[0]),
        ("check", "tiny-1.0-py3-none-any.whl", &[4]),
        ("explain", "", &[0]),
        ("explain", "wrong-machine", &[0]),
        ("schema", "", &[0]),
        ("completions", "bash", &[0]),
        ("cache dir", "", &[0]),
        ("cache size", "", &[0]),
        ("cache clean", "", &[0]),
        ("cache prune", "", &[0]),
        // Nothing is on PATH.
        ("doctor", "", &[0, 1]),
    ] {
        std::fs::write(project.path().join("tiny-1.0-py3-none-any.whl"), "no wheel").unwrap();
        let line = format!("{row} {arguments} --format json");
        let ran = typed(&line.replace("  ", " "), project.path());
        let document = one_document(&ran);
        assert!(codes.contains(&ran.code), "{line}: {ran:#?}");
        assert!(!ran.stderr.contains("error: "), "{line}: {ran:#?}");
        has_documented_keys(row, &document);
        tried.insert(row.to_owned());
    }
    let missing: Vec<_> = subcommands()
        .into_iter()
        .filter(|name| !tried.contains(name))
        .collect();
    assert_eq!(missing, [""; 0], "no success is tried of these");
}

#[test]
fn each_subcommand_prints_one_document_when_it_fails() {
    let mut tried = BTreeSet::new();
    let project = tiny("[tool.pyz3-wheel]\nabi = \"none\"");
    std::fs::write(project.path().join("file"), "").unwrap();
    for (subcommand, arguments, code) in [
        ("build", "--project nowhere", 2),
        ("build", "--platform nowhere", 2),
        ("build", "--dry-run --project cache", 2),
        ("build", "--nonsense", 2),
        ("platforms", "--nonsense", 2),
        ("pythons", "--cache-dir file/cache", 1),
        ("metadata", "--project nowhere", 2),
        ("sdist", "--project nowhere", 2),
        ("sdist", "--output-dir file/out", 1),
        ("develop", "--venv nowhere", 2),
        ("init", "one --project two", 2),
        ("init", "--template nowhere", 2),
        ("files", "--project nowhere", 2),
        ("check", "nowhere.whl", 2),
        ("check", "", 2),
        ("explain", "nowhere", 2),
        ("schema", "--nonsense", 2),
        ("env", "--format fish --project nowhere", 2),
        ("completions", "nonsense", 2),
        ("cache dir", "--project nowhere", 2),
        ("cache size", "--cache-dir file", 1),
        ("cache clean", "--cache-dir file", 1),
        ("cache prune", "--cache-dir file", 1),
        ("cache", "nonsense", 2),
        ("doctor", "--project nowhere", 2),
        ("doctor", "--cache-dir file/cache", 1),
    ] {
        std::fs::create_dir_all(project.path().join("cache")).unwrap();
        let line = format!("{subcommand} {arguments} --format json").replace("  ", " ");
        let ran = typed(&line, project.path());
        let document = one_document(&ran);
        assert_eq!(ran.code, code, "{line}: {ran:#?}");
        assert_eq!(document["exit_code"], code, "{line}: {document:#}");
        let error = &document["error"];
        let problems = if error.is_null() { &document } else { error };
        let problems = problems["problems"].as_array().unwrap();
        assert!(!problems.is_empty(), "{line}: {document:#}");
        for problem in problems {
            let message = problem["message"].as_str().unwrap();
            assert!(ran.stderr.contains(message), "{line}: {ran:#?}");
        }
        tried.insert(subcommand.to_owned());
    }
    let missing: Vec<_> = subcommands()
        .into_iter()
        .filter(|name| !tried.contains(name))
        .collect();
    assert_eq!(missing, [""; 0], "no failure is tried of these");
}

#[test]
fn a_project_that_is_wrong_may_still_ask_for_documents() {
    for pyproject in [
        // Wrong keys, wrong syntax behind the key, and a wrong neighbour of it.
        "[tool.pyz3-wheel]\nformat = \"json\"\nnonsense = 1",
        "[tool.pyz3-wheel]\nformat = \"json\"\n[project",
        "license = 5\n[tool.pyz3-wheel]\nformat = \"json\"\nabi = \"none\"",
    ] {
        let project = tiny(pyproject);
        for subcommand in [
            "build",
            "build --nonsense",
            "metadata",
            "sdist",
            "files",
            "develop",
        ] {
            let ran = typed(subcommand, project.path());
            let document = one_document(&ran);
            assert_eq!(ran.code, 2, "{subcommand}: {ran:#?}");
            assert_eq!(document["error"]["kind"], "config", "{document:#}");
        }
        // Those that need no project take the format from it all the same.
        for (subcommand, code) in [("platforms", 0), ("explain", 0), ("explain x", 2)] {
            let ran = typed(subcommand, project.path());
            one_document(&ran);
            assert_eq!(ran.code, code, "{subcommand}: {ran:#?}");
        }
        // An option wins.
        let ran = typed("metadata --format human", project.path());
        assert_eq!((&*ran.stdout, ran.code), ("", 2));
    }
}

#[test]
fn wrong_variables_give_a_document_too() {
    let project = tiny("");
    let mut command = command();
    command
        .args(["platforms", "--format=json"])
        .current_dir(project.path())
        .env("PYZ3_WHEEL_QUIET", "maybe");
    let ran = run(&mut command).exits(2).says("PYZ3_WHEEL_QUIET");
    assert_eq!(one_document(&ran)["error"]["kind"], "config");
}

#[test]
fn a_reader_that_is_gone_changes_no_exit_code() {
    for (arguments, code) in [("explain", 0), ("explain nonsense", 2), ("--nonsense", 2)] {
        let mut command = command();
        command
            .args(arguments.split(' '))
            .args(["--format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{arguments}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_that_cannot_be_written_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let mut command = command();
    command
        .args(["explain", "--format", "json"])
        .stdout(full.unwrap());
    run(&mut command).exits(1).says("No space left");
}

#[test]
fn help_and_version_stay_text() {
    for arguments in [["--help"], ["--version"]] {
        let ran = support::pyz3(arguments.iter().chain(&["--format", "json"])).exits(0);
        assert!(serde_json::from_str::<Value>(&ran.stdout).is_err());
        assert!(ran.stdout.contains("pyz3-wheel"), "{}", ran.stdout);
    }
}

#[cfg(unix)]
#[test]
fn the_log_is_silent_by_default_and_goes_to_stderr_without_credentials() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    // An environment whose path has an address with a password in it.
    let bin = folder.path().join("https:/me:secret@example.org/bin");
    std::fs::create_dir_all(&bin).unwrap();
    let python = bin.join("python");
    std::fs::write(&python, "#!/bin/sh\nexit 3\n").unwrap();
    std::fs::set_permissions(&python, std::fs::Permissions::from_mode(0o755)).unwrap();
    let environment = format!("{}/https://me:secret@example.org", folder.path().display());
    let pythons = |level: Option<&str>| {
        let mut command = command();
        command
            .args(["pythons", "--format", "json"])
            .current_dir(folder.path())
            .env("PYZ3_WHEEL_CACHE_DIR", folder.path().join("cache"))
            .env("VIRTUAL_ENV", &environment);
        command.envs(level.map(|level| ("PYZ3_WHEEL_LOG", level)));
        run(&mut command)
    };
    let silent = pythons(None).exits(0);
    assert_eq!(silent.stderr, "");
    let logged = pythons(Some("debug")).exits(0);
    assert_eq!(one_document(&logged), silent.json());
    for text in [
        "DEBUG sys::process: ran in ",
        "exit status: 3: ",
        "DEBUG toolchain::interpreter: skips the Python ",
        "https://***@example.org/bin/python",
    ] {
        assert!(logged.stderr.contains(text), "{text}\n{}", logged.stderr);
    }
    // The same path without its empty part is not a URL.
    assert!(!logged.stderr.contains("//me:secret"), "{}", logged.stderr);
    let one = pythons(Some("off,sys=debug")).exits(0);
    assert!(one.stderr.contains("sys::process"), "{}", one.stderr);
    assert!(!one.stderr.contains("toolchain"), "{}", one.stderr);
    let wrong = pythons(Some("loud")).exits(2).says("PYZ3_WHEEL_LOG: ");
    assert_eq!(one_document(&wrong)["error"]["kind"], "config");
}
