//! What the tests of this folder share.

use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::fetch::Fetch;
use super::interpreter::{self, Interpreter};
use super::zig::{Zig, ZigOrigin, ZigRequest};
use crate::tags::PythonVersion;

/// An empty cache in a folder that goes away with the first of the two.
pub(crate) fn cache() -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(Some(&dir.path().join("cache"))).unwrap();
    (dir, cache)
}

/// A Python 3.12.1 that is nowhere, with headers in this folder.
pub(super) fn interpreter(include: &Path) -> Interpreter {
    Interpreter {
        exe: PathBuf::from("/nowhere/bin/python3"),
        version: PythonVersion::new(3, 12),
        patch: "3.12.1".to_owned(),
        free_threaded: false,
        debug: false,
        implementation: "cpython".to_owned(),
        include: include.to_path_buf(),
        origin: "test".to_owned(),
        base_prefix: PathBuf::from("/nowhere"),
        base_exe: Some(PathBuf::from("/nowhere/bin/python3.12")),
    }
}

/// Prints that a test was skipped; not with a macro, whose output tests keep to
/// themselves.
pub(super) fn skipped(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// The usable Pythons of this machine, one of each version; if there is none, a message says so.
pub(super) fn pythons(cache: &Cache) -> Vec<Interpreter> {
    let mut pythons = interpreter::discover(cache, &[]).usable;
    pythons.dedup_by_key(|python| python.cpython());
    if pythons.is_empty() {
        skipped("there is no CPython 3.9 or later with headers");
    }
    pythons
}

/// The interpreter of a new virtual environment of this Python, without pip.
pub(super) fn venv(python: &Interpreter, place: &Path) -> PathBuf {
    let made = std::process::Command::new(&python.exe)
        .args(["-m", "venv", "--without-pip"])
        .arg(place)
        .status();
    assert!(made.unwrap().success());
    place.join("bin/python")
}

/// A Zig of this machine, which `PYZ3_TEST_ZIG` may name; if there is none, a message says so.
pub(super) fn zig(cache: &Cache) -> Option<Zig> {
    let request = ZigRequest {
        exe: std::env::var_os("PYZ3_TEST_ZIG").map(PathBuf::from),
        ..ZigRequest::default()
    };
    let zig = super::zig::find(&request, None, cache, Fetch::Never).unwrap();
    if zig.is_none() {
        skipped("there is no Zig; PYZ3_TEST_ZIG may name one");
    }
    zig
}

/// A Zig that is nowhere.
pub(super) fn no_zig() -> Zig {
    Zig {
        exe: PathBuf::from("/nowhere/zig"),
        version: crate::tags::ZigVersion::new(0, 15, 2),
        origin: ZigOrigin::Explicit,
        global_cache: None,
    }
}

/// Writes a program. Another process does it: while this one has the file open for writing, the
/// child of a test beside would inherit that, and nobody could run the program.
#[cfg(unix)]
pub(super) fn program(exe: &Path, text: &str) -> PathBuf {
    const SCRIPT: &str = r#"mkdir -p "$(dirname "$1")"; printf %s "$2" > "$1"; chmod +x "$1""#;
    let status = std::process::Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(exe)
        .arg(text)
        .status();
    assert!(status.unwrap().success());
    exe.to_path_buf()
}
