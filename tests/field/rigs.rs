//! Wheels at work in Pythons that the machine does not have: other Linux machines under qemu-user, Windows
//! x64 under Wine, the newest and free-threaded Pythons of Linux x86-64.
//!
//! `.ci/run` sets the foreign Pythons up and says in environment variables where they are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use pyz3_wheel::Platform;

use crate::platforms;
use crate::wheels::{EXAMPLES, passes_its_tests, tests_alone, wheel_for};
use support::Wheels;
use support::need;
use support::rigs::{
    aarch64_pythons, minor, newest_aarch64_python, newest_pythons, pythons_below, windows_python,
};

/// Colon-separated `PLATFORM=ROOT` of Linux systems of other machines, each with a `usr/bin/python3.X`.
const LINUX_PYTHONS: &str = "PYZ3_TEST_LINUX_PYTHONS";

/// Runs an example's tests in a Python that finds the contents of a wheel.
fn passes_unpacked(mut python: Command, example: &str, wheel: &Path) {
    let folder = tests_alone(example);
    let mut unzip = Command::new("python3");
    support::succeed(
        unzip
            .args(["-m", "zipfile", "-e"])
            .arg(wheel)
            .arg(folder.path().join("site")),
    );
    passes_its_tests(python.env("PYTHONPATH", "site").current_dir(&folder));
}

fn passes_on_aarch64(example: &str) {
    for (version, python) in aarch64_pythons(example) {
        let wheel = wheel_for(example, Platform::LinuxAarch64, &version);
        passes_unpacked(python, example, &wheel);
    }
}

fn passes_on_windows(example: &str) {
    if let Some(python) = windows_python(example) {
        let wheel = wheel_for(example, Platform::WindowsX64, "3.11");
        passes_unpacked(python, example, &wheel);
    }
}

/// What qemu calls a platform's processor.
fn qemu(platform: Platform) -> &'static str {
    match platform {
        Platform::LinuxI686 => "i386",
        Platform::LinuxArmv7l => "arm",
        Platform::LinuxPpc64le => "ppc64le",
        Platform::LinuxS390x => "s390x",
        Platform::LinuxRiscv64 => "riscv64",
        other => panic!("{LINUX_PYTHONS} has {other}, for which there is no rig"),
    }
}

#[test]
fn examples_pass_their_tests_on_the_other_linux_machines() {
    let rigs = std::env::var(LINUX_PYTHONS).ok();
    let rigs = need!(
        rigs.filter(|rigs| !rigs.is_empty()),
        &format!("running wheels on other Linux machines: {LINUX_PYTHONS} is not set")
    );
    for rig in rigs.split(':') {
        let (name, root) = rig.split_once('=').unwrap_or_else(|| panic!("{rig}"));
        let mut all = Platform::ALL.into_iter();
        let platform = all.find(|platform| platform.name() == name).unwrap();
        if !platforms::others().any(|other| other == platform) {
            support::skip(&format!("{name}: {} is not 1", support::ALL_PLATFORMS));
            continue;
        }
        let root = Path::new(root);
        let pythons = pythons_below(root);
        assert!(!pythons.is_empty(), "no python3.X in {}", root.display());
        for (version, python) in pythons {
            let [abi3, ctypes] = ["hello-abi3", "hello-ctypes"]
                .map(|example| platforms::built(example).of(name).remove(0));
            let mut wheels = vec![("hello-abi3", abi3), ("hello-ctypes", ctypes)];
            let has_version = support::pythons().contains_key(&version);
            let hello = has_version
                .then(|| Wheels::build_for("hello", &["--platform", name, "--python", &version]));
            match &hello {
                Some(hello) => wheels.push(("hello", hello.paths().remove(0))),
                None => support::skip(&format!(
                    "hello on {name}: this machine has no CPython {version} to build it for"
                )),
            }
            for (example, wheel) in wheels {
                let mut command = Command::new(format!("qemu-{}-static", qemu(platform)));
                command.arg("-L").arg(root).arg(&python);
                passes_unpacked(command, example, &wheel);
            }
        }
    }
}

#[test]
fn hello_passes_its_tests_on_linux_arm64() {
    passes_on_aarch64("hello");
}

#[test]
fn the_other_examples_pass_their_tests_on_linux_arm64() {
    for example in EXAMPLES.into_iter().filter(|example| *example != "hello") {
        passes_on_aarch64(example);
    }
}

#[test]
fn hello_passes_its_tests_on_windows() {
    passes_on_windows("hello");
}

/// Not the ctypes library: the CPython of the rig has no ctypes.
#[test]
fn the_other_extension_modules_pass_their_tests_on_windows() {
    passes_on_windows("hello-abi3");
    passes_on_windows("hello-managed");
    passes_on_windows("hello-c");
}

/// The wheel of hello for a platform and one of the newest Pythons.
fn hello_for(platform: Platform, python: &Path) -> PathBuf {
    let python = python.to_str().unwrap();
    Wheels::build_for(
        "hello",
        &["--platform", platform.name(), "--python", python],
    )
    .paths()
    .remove(0)
}

/// A module that enables the GIL makes its import warn, which is an error here.
fn without_warnings(mut python: Command) -> Command {
    python.args(["-W", "error"]);
    python
}

#[test]
fn hello_passes_its_tests_in_the_newest_pythons_and_the_gil_stays_off() {
    for (version, python) in newest_pythons() {
        let wheel = hello_for(Platform::LinuxX86_64, python);
        let tags = format!("-{}-", support::full_tags(version));
        assert!(
            wheel.to_str().unwrap().contains(&tags),
            "{}",
            wheel.display()
        );
        passes_unpacked(without_warnings(Command::new(python)), "hello", &wheel);
    }
}

#[test]
fn wheels_on_the_stable_abis_pass_their_tests_in_the_newest_pythons() {
    // Free-threaded 3.13 has no stable ABI, and no wheel of this example.
    let pythons = newest_pythons().iter();
    let pythons: Vec<_> = pythons
        .filter(|(version, _)| **version != "3.13t")
        .collect();
    if pythons.is_empty() {
        return;
    }
    let folders = pythons
        .iter()
        .map(|(_, python)| python.parent().unwrap().to_owned());
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap();
    let project = support::example("hello-abi3");
    let mut build = support::command();
    build
        .env("PATH", path)
        .args(["--platform", "linux-x86_64", "--all-pythons", "--project"]);
    let ran = support::run(build.arg(project.path())).exits(0);
    for (version, python) in pythons {
        let mut loaded = BTreeSet::from([support::stable_tags(version)]);
        if minor(version) >= 15 {
            loaded.insert(support::ABI3T_TAGS.to_owned());
        }
        for tags in loaded {
            let wheel = ran
                .stdout
                .lines()
                .find(|wheel| wheel.contains(&format!("-{tags}-")));
            let wheel = wheel.unwrap_or_else(|| panic!("no wheel {tags} in {}", ran.stdout));
            let python = without_warnings(Command::new(python));
            passes_unpacked(python, "hello-abi3", Path::new(wheel));
        }
    }
}

#[test]
fn hello_passes_its_tests_in_the_newest_python_of_linux_arm64() {
    let version = "3.14";
    need!(
        which::which("qemu-aarch64-static").ok(),
        "running the arm64 wheel of hello in CPython 3.14: qemu-aarch64-static is not installed"
    );
    let headers = need!(
        newest_pythons().get(version),
        "the arm64 wheel of hello for CPython 3.14: the headers of 3.14 are missing"
    );
    let python = need!(
        newest_aarch64_python(version),
        "running the arm64 wheel of hello in CPython 3.14: it could not be set up"
    );
    let wheel = hello_for(Platform::LinuxAarch64, headers);
    passes_unpacked(without_warnings(python), "hello", &wheel);
}
