//! Wheels for other systems, run on them: Linux arm64 under qemu-user, Windows x64 under Wine.
//!
//! Where the foreign Pythons are is told by the environment; .ci/run sets them up.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{self, Wheels, hello, repo, skip, succeed};

/// Unpacks a wheel and puts an example's tests beside it: a folder to run them in.
fn unpacked(wheel: &Path, example: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    succeed(
        Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(wheel)
            .arg(folder.path()),
    );
    support::copy_tree(
        &repo().join("docs/examples").join(example).join("tests"),
        &folder.path().join("tests"),
    );
    folder
}

/// The roots of unpacked arm64 systems, each with the version of its CPython.
fn arm64_pythons() -> Vec<(PathBuf, String)> {
    let Some(roots) = std::env::var_os("PYZ3_TEST_AARCH64_PYTHONS") else {
        skip(
            "running Linux arm64 wheels: PYZ3_TEST_AARCH64_PYTHONS names no roots of arm64 systems",
        );
        return Vec::new();
    };
    let with_version = |root: PathBuf| {
        let versions = ["3.9", "3.10", "3.11", "3.12", "3.13"];
        let version = versions
            .into_iter()
            .find(|version| root.join(format!("usr/bin/python{version}")).exists());
        let version = version.unwrap_or_else(|| {
            panic!(
                "no Python that wheels are promised for in {}",
                root.display()
            )
        });
        (root, version.to_owned())
    };
    std::env::split_paths(&roots).map(with_version).collect()
}

fn run_on_arm64((root, version): &(PathBuf, String), wheel: &Path, example: &str) {
    let folder = unpacked(wheel, example);
    let said = succeed(
        Command::new("qemu-aarch64-static")
            .arg("-L")
            .arg(root)
            .arg(root.join(format!("usr/bin/python{version}")))
            .args(["-B", "-m", "unittest", "discover", "-s", "tests"])
            .env("PYTHONPATH", folder.path())
            .current_dir(folder.path()),
    );
    assert!(
        said.contains("OK") && !said.contains("Ran 0 tests"),
        "{said}"
    );
}

#[test]
fn linux_arm64_wheels_run_on_arm64() {
    for python in arm64_pythons() {
        let tag = python.1.replace('.', "");
        let [wheel] = &hello().of(&format!("linux-aarch64-cp{tag}"))[..] else {
            panic!("not one arm64 wheel for {}", python.1);
        };
        run_on_arm64(&python, wheel, "hello");
    }
}

#[test]
fn the_other_examples_run_on_arm64() {
    let pythons = arm64_pythons();
    let Some(newest) = pythons.last() else { return };
    let abi3 = Wheels::build("hello-abi3");
    for python in &pythons {
        run_on_arm64(python, &abi3.of("linux-aarch64-abi3")[0], "hello-abi3");
    }
    run_on_arm64(
        newest,
        &Wheels::build("hello-ctypes").of("linux-aarch64")[0],
        "hello-ctypes",
    );
}

#[test]
fn windows_wheels_run_on_windows() {
    let Some(python) = std::env::var_os("PYZ3_TEST_WINDOWS_PYTHON") else {
        skip(
            "running Windows wheels: PYZ3_TEST_WINDOWS_PYTHON names no python.exe of CPython 3.11",
        );
        return;
    };
    for (wheels, job, example) in [
        (hello(), "windows-x64-cp311", "hello"),
        (
            &Wheels::build("hello-abi3"),
            "windows-x64-abi3",
            "hello-abi3",
        ),
    ] {
        let [wheel] = &wheels.of(job)[..] else {
            panic!("not one wheel of the job {job}");
        };
        let folder = unpacked(wheel, example);
        let mut command = if cfg!(windows) {
            Command::new(&python)
        } else {
            Command::new("wine")
        };
        if !cfg!(windows) {
            command.arg(&python);
        }
        let said = succeed(
            command
                .args(["-B", "-m", "unittest", "discover", "-s", "tests"])
                .env("PYTHONPATH", ".")
                .env("WINEDEBUG", "-all")
                .stdin(Stdio::null())
                .current_dir(folder.path()),
        );
        assert!(
            said.contains("OK") && !said.contains("Ran 0 tests"),
            "{said}"
        );
    }
}
