//! What a frontend shows the user when a build fails.

use std::path::Path;
use std::process::Command;

use super::{NO_PACKAGE, example, offline, shared_environment};
use support::need;
use support::{Ran, run};

/// `pip wheel` without isolation, with the package at hand; it must fail, without a traceback.
fn refused(bin: &Path, project: &Path, arrange: impl FnOnce(&mut Command)) -> Ran {
    let out = tempfile::tempdir().unwrap();
    let mut pip = offline(bin.join("python"));
    pip.args(["-m", "pip", "wheel", "--no-deps", "--no-build-isolation"])
        .arg("--wheel-dir")
        .arg(out.path())
        .arg(project);
    arrange(&mut pip);
    let mut ran = run(&mut pip).exits(1);
    // pip tells on either what a backend has said.
    ran.stderr = ran.stdout + &ran.stderr;
    ran.stdout = String::new();
    assert!(!ran.stderr.contains("Traceback"), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
    ran
}

#[test]
fn unknown_config_settings_are_answered_with_the_known_ones() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    refused(bin, project.path(), |pip| {
        pip.args(["--config-settings", "optimise=Debug"]);
    })
    .says("error: unknown config setting `optimise`")
    .says("-C optimize=…  Debug, ReleaseSafe, ReleaseFast or ReleaseSmall");
}

#[test]
fn wrong_values_of_config_settings_are_answered_by_the_program() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    for (setting, said) in [
        ("optimize=fast", "error: --optimize"),
        ("platform=linux-x86_65", "did you mean linux-x86_64?"),
        ("python=3.99", "Python 3.99"),
        ("args=--no-such-option", "--no-such-option"),
        ("args='unclosed", "No closing quotation"),
        (
            "args=--jobs 1 --all-platforms",
            "`--all-platforms` cannot be in -C args",
        ),
    ] {
        refused(bin, project.path(), |pip| {
            pip.args(["--config-settings", setting]);
        })
        .says(said);
    }
}

#[test]
fn a_run_that_builds_nothing_is_no_success() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    refused(bin, project.path(), |pip| {
        pip.env("PYZ3_WHEEL_DRY_RUN", "1");
    })
    .says("0 wheels were built where a frontend takes one");
}

#[test]
fn a_mistake_in_zig_is_shown() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    let source = project.path().join("src/native.zig");
    let mut text = std::fs::read_to_string(&source).unwrap();
    text.push_str("\nthis is no Zig\n");
    std::fs::write(&source, text).unwrap();
    refused(bin, project.path(), |_| {})
        .says("native.zig")
        .says("error: expected");
}

#[test]
fn a_machine_without_zig_and_network_is_told_what_to_do() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    let empty = tempfile::tempdir().unwrap();
    refused(bin, project.path(), |pip| {
        pip.env("PYZ3_WHEEL_CACHE_DIR", empty.path())
            .env("PYZ3_WHEEL_ZIG_VERSION", "0.16.0")
            .env_remove("ZIG");
    })
    .says("is not on this machine and could not be installed")
    .says("-m pip install ziglang==0.16.0");
}

#[test]
fn a_project_file_that_is_wrong_is_told_before_anything_is_built() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = support::project(&[(
        "pyproject.toml",
        "[build-system]\nrequires = []\nbuild-backend = \"pyz3_wheel\"\n[project]\nname = \"x y\"\nversion = \"1\"\n",
    )]);
    refused(bin, project.path(), |_| {})
        .says("pyproject.toml:5")
        .says(" hint: ");
}
