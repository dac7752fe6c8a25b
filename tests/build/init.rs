//! `pyz3-wheel init`: a project that builds at once, and what an existing one lacks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::need;
use support::{command, fresh_venv, grown, pythons, pyz3, run, succeed};

fn init(folder: &Path, args: &[&str]) -> support::Ran {
    let folder = folder.to_str().unwrap();
    pyz3(["init", folder].iter().chain(args))
}

/// Builds for all five platforms with one Python; gives the wheels.
fn build(folder: &Path, python: &str) -> Vec<PathBuf> {
    let mut command = command();
    command.args(["--all-platforms", "--python", python, "--format", "json"]);
    let document = run(command.arg("--project").arg(folder)).exits(0).json();
    let wheels = document["wheels"].as_array().unwrap();
    wheels
        .iter()
        .map(|wheel| wheel["path"].as_str().unwrap().into())
        .collect()
}

/// Installs what fits of a folder's wheels, as the project's README says, and runs the tests.
fn tests_pass(folder: &Path, name: &str, python: &Path) {
    let (venv, python) = fresh_venv(python);
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--find-links",
    ]);
    succeed(pip.arg(folder.join("dist")).arg(name));
    let away = venv.path().join("away");
    fs::create_dir(&away).unwrap();
    support::copy_tree(&folder.join("tests"), &away.join("tests"));
    let mut tests = Command::new(&python);
    tests.args(["-m", "unittest", "discover", "-s", "tests"]);
    succeed(tests.current_dir(away));
}

#[test]
fn each_template_builds_for_all_platforms_and_passes_its_tests() {
    let python = need!(
        pythons().get("3.11"),
        "new projects: there is no CPython 3.11"
    );
    for template in ["full", "abi3", "c", "ctypes", "managed"] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("My.First-Thing");
        init(&folder, &["--template", template])
            .exits(0)
            .says("created My.First-Thing");
        let wheels = build(&folder, "3.11");
        assert_eq!(wheels.len(), 5, "{template}: {wheels:?}");
        let name = wheels[0].file_name().unwrap().to_string_lossy();
        assert!(name.starts_with("my_first_thing-0.1.0-"), "{name}");
        tests_pass(&folder, "My.First-Thing", python);
        let sdist = run(command().arg("sdist").arg("--project").arg(&folder)).exits(0);
        assert!(sdist.stdout.ends_with("my_first_thing-0.1.0.tar.gz\n"));
        init(&folder, &["--adopt"])
            .exits(0)
            .says("nothing is missing");
    }
}

#[test]
fn what_a_grown_project_lacks_is_shown_as_a_patch_and_put_in_on_request() {
    let python = need!(
        pythons().get("3.11"),
        "a grown project: there is no CPython 3.11"
    );
    let folder = grown();
    let ran = init(folder.path(), &["--adopt"]).exits(0);
    let ran = ran
        .says("it builds for this machine only")
        .says("[build-system] is missing")
        .says("--write makes these changes");
    let patched = grown();
    let patch = patched.path().join("adopt.patch");
    fs::write(&patch, &ran.stdout).unwrap();
    let mut git = Command::new("git");
    succeed(git.arg("apply").arg(&patch).current_dir(patched.path()));
    init(folder.path(), &["--adopt", "--write"])
        .exits(0)
        .says("added: build.zig");
    for file in ["build.zig", "pyz3_build.zig", "pyproject.toml"] {
        let [ours, theirs] =
            [&folder, &patched].map(|one| fs::read(one.path().join(file)).unwrap());
        assert_eq!(ours, theirs, "{file}");
    }
    init(folder.path(), &["--adopt"])
        .exits(0)
        .says("nothing is missing");
    assert_eq!(build(folder.path(), "3.11").len(), 5);
    fs::create_dir(folder.path().join("tests")).unwrap();
    let test = "import unittest, grown\n\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(grown.answer(), 42)\n";
    fs::write(folder.path().join("tests/test_grown.py"), test).unwrap();
    tests_pass(folder.path(), "grown", python);
}
