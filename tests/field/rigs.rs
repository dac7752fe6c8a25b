//! Wheels at work in foreign Pythons: other Linux machines under qemu-user, Windows x64 under Wine.
//!
//! `.ci/run` sets these Pythons up and says in environment variables where they are.

use std::path::Path;
use std::process::Command;

use pyz3_wheel::Platform;
use tempfile::TempDir;

use crate::platforms;
use crate::wheels::{EXAMPLES, passes_its_tests, tests_alone, wheel_for};
use support::Wheels;
use support::need;
use support::rigs::{aarch64_pythons, pythons_below, windows_python};

/// Colon-separated `PLATFORM=ROOT` of Linux systems of other machines, each with a `usr/bin/python3.X`.
const LINUX_PYTHONS: &str = "PYZ3_TEST_LINUX_PYTHONS";

/// An example's tests, with the contents of a wheel in the folder `site` beside them.
fn unpacked_beside_tests(example: &str, wheel: &Path) -> TempDir {
    let folder = tests_alone(example);
    let mut unzip = Command::new("python3");
    support::succeed(
        unzip
            .args(["-m", "zipfile", "-e"])
            .arg(wheel)
            .arg(folder.path().join("site")),
    );
    folder
}

fn passes_on_aarch64(example: &str) {
    for (version, mut python) in aarch64_pythons(example) {
        let wheel = wheel_for(example, Platform::LinuxAarch64, &version);
        let folder = unpacked_beside_tests(example, &wheel);
        passes_its_tests(python.env("PYTHONPATH", "site").current_dir(&folder));
    }
}

fn passes_on_windows(example: &str) {
    if let Some(mut python) = windows_python(example) {
        let wheel = wheel_for(example, Platform::WindowsX64, "3.11");
        let folder = unpacked_beside_tests(example, &wheel);
        passes_its_tests(python.env("PYTHONPATH", "site").current_dir(&folder));
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
        let platform: Platform = name.parse().unwrap();
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
                let folder = unpacked_beside_tests(example, &wheel);
                let mut command = Command::new(format!("qemu-{}-static", qemu(platform)));
                command.arg("-L").arg(root).arg(&python);
                passes_its_tests(command.env("PYTHONPATH", "site").current_dir(&folder));
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
