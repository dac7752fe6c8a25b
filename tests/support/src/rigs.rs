//! Foreign Pythons: Linux arm64 under qemu-user, Windows x64 under Wine.
//!
//! `.ci/run` sets these Pythons up and says in environment variables where they are.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::skip;

/// Colon-separated roots of Linux arm64 systems, each with one or more `usr/bin/python3.X`.
const AARCH64_PYTHONS: &str = "PYZ3_TEST_AARCH64_PYTHONS";

/// The `python.exe` of a CPython 3.11 for Windows x64; `WINEPREFIX` must be set for it.
const WINDOWS_PYTHON: &str = "PYZ3_TEST_WINDOWS_PYTHON";

/// The CPythons of an unpacked Linux system, as version and program.
pub fn pythons_below(root: &Path) -> Vec<(String, PathBuf)> {
    let bin = root.join("usr/bin");
    let entries =
        std::fs::read_dir(&bin).unwrap_or_else(|error| panic!("{}: {error}", bin.display()));
    let programs = entries.map(|entry| entry.unwrap());
    programs
        .filter_map(|program| {
            let name = program.file_name().into_string().ok()?;
            let minor = name.strip_prefix("python3.")?;
            let is_version = !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit());
            is_version.then(|| (format!("3.{minor}"), program.path()))
        })
        .collect()
}

/// The CPythons of Linux arm64, as version and the command that starts it; if there is none, a message says so.
pub fn aarch64_pythons(what: &str) -> Vec<(String, Command)> {
    let Some(roots) = std::env::var_os(AARCH64_PYTHONS).filter(|roots| !roots.is_empty()) else {
        skip(&format!(
            "running the arm64 wheels of {what}: {AARCH64_PYTHONS} is not set"
        ));
        return Vec::new();
    };
    let mut commands = Vec::new();
    for root in std::env::split_paths(&roots) {
        let pythons = pythons_below(&root);
        assert!(
            !pythons.is_empty(),
            "{AARCH64_PYTHONS}: no python3.X in {}/usr/bin",
            root.display()
        );
        commands.extend(pythons.into_iter().map(|(version, python)| {
            let mut qemu = Command::new("qemu-aarch64-static");
            qemu.arg("-L").arg(&root).arg(python);
            (version, qemu)
        }));
    }
    commands
}

/// The command that starts the CPython 3.11 of Windows; if there is none, a message says so.
pub fn windows_python(what: &str) -> Option<Command> {
    let Some(python) = std::env::var_os(WINDOWS_PYTHON).filter(|python| !python.is_empty()) else {
        skip(&format!(
            "running the Windows wheels of {what}: {WINDOWS_PYTHON} is not set"
        ));
        return None;
    };
    let mut wine = Command::new("wine");
    wine.arg(python)
        .env("WINEDEBUG", "-all")
        .stdin(Stdio::null());
    Some(wine)
}
