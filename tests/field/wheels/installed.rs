//! Wheels of this machine's platform, installed by pip and uv in each of its Pythons.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use pyz3_wheel::Platform;
use tempfile::TempDir;

use super::{built, passes_its_tests, tests_alone, wheel_for};
use support::need;

/// Where an environment has its programs.
fn programs(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// Runs a check for each of these Pythons at the same time.
fn for_each_python(pythons: &BTreeMap<String, PathBuf>, check: impl Fn(&str, &Path) + Sync) {
    assert!(
        !pythons.is_empty(),
        "this machine has none of CPython {:?}",
        support::DEFAULT_PYTHONS
    );
    std::thread::scope(|scope| {
        for (version, exe) in pythons {
            let check = &check;
            scope.spawn(move || check(version, exe));
        }
    });
}

/// This machine's platform and uv.
fn uv_and_platform() -> Option<(PathBuf, Platform)> {
    let Some(platform) = Platform::current() else {
        support::skip("installing wheels: no wheel is promised for this machine");
        return None;
    };
    support::venv_tool(&["uv"]).map(|bin| (bin.join("uv"), platform))
}

/// A fresh environment, made by uv, with this wheel in it, installed by uv; gives its programs.
fn installed_by_uv(uv: &Path, python: &Path, wheel: &Path) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let environment = folder.path().join("venv");
    support::succeed(
        Command::new(uv)
            .args(["--no-config", "venv", "--quiet", "--python"])
            .arg(python)
            .arg(&environment),
    );
    let bin = programs(&environment);
    let mut install = Command::new(uv);
    install.args([
        "--no-config",
        "pip",
        "install",
        "--quiet",
        "--offline",
        "--no-index",
        "--no-cache",
        "--python",
    ]);
    support::succeed(install.arg(bin.join("python")).arg(wheel));
    (folder, bin)
}

fn passes_where_uv_installs_it(example: &str) {
    let Some((uv, platform)) = uv_and_platform() else {
        return;
    };
    built(example);
    for_each_python(support::default_pythons(), |version, python| {
        let (_environment, bin) =
            installed_by_uv(&uv, python, &wheel_for(example, platform, version));
        let tests = tests_alone(example);
        passes_its_tests(Command::new(bin.join("python")).current_dir(&tests));
    });
}

#[test]
fn pip_installs_hello_in_each_python_and_its_tests_pass() {
    let platform = need!(
        Platform::current(),
        "installing wheels: no wheel is promised for this machine"
    );
    support::hello();
    for_each_python(support::pythons(), |version, python| {
        let (environment, python) = support::fresh_venv(python);
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "--isolated",
            "--disable-pip-version-check",
            "install",
            "--quiet",
            "--no-index",
        ]);
        support::succeed(pip.arg(wheel_for("hello", platform, version)));
        let tests = tests_alone("hello");
        passes_its_tests(Command::new(&python).current_dir(&tests));
        let script = programs(environment.path()).join("hello");
        assert_eq!(
            support::succeed(Command::new(script).arg("Zig")).trim_end(),
            "Hello, Zig!"
        );
    });
}

#[test]
fn uv_installs_hello_in_each_python_and_its_tests_pass() {
    passes_where_uv_installs_it("hello");
}

#[test]
fn uv_installs_the_script_of_hello() {
    let Some((uv, platform)) = uv_and_platform() else {
        return;
    };
    let (version, python) = support::pythons().first_key_value().unwrap();
    let (_environment, bin) = installed_by_uv(&uv, python, &wheel_for("hello", platform, version));
    assert_eq!(
        support::succeed(&mut Command::new(bin.join("hello"))).trim_end(),
        "Hello, world!"
    );
}

#[test]
fn the_stable_abis_pass_their_tests_in_each_python_with_and_without_the_gil() {
    passes_where_uv_installs_it("hello-abi3");
}

#[test]
fn a_project_without_a_build_script_passes_its_tests_in_each_python() {
    passes_where_uv_installs_it("hello-managed");
}

#[test]
fn the_extension_in_c_passes_its_tests_in_each_python() {
    passes_where_uv_installs_it("hello-c");
}

#[test]
fn one_ctypes_wheel_passes_its_tests_in_each_python() {
    passes_where_uv_installs_it("hello-ctypes");
}
