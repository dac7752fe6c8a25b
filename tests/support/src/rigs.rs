//! Pythons that the machine does not have: Linux arm64 under qemu-user, Windows x64 under Wine, and the
//! newest and free-threaded ones of Linux x86-64.
//!
//! `.ci/run` sets the foreign Pythons up and says in environment variables where they are. The newest
//! ones are set up here, once, by the same scripts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::shared::{contents, made_once};
use crate::{DEFAULT_PYTHONS, default_pythons, kept, repo, skip};

/// Colon-separated roots of Linux arm64 systems, each with one or more `usr/bin/python3.X`.
const AARCH64_PYTHONS: &str = "PYZ3_TEST_AARCH64_PYTHONS";

/// The `python.exe` of a CPython 3.11 for Windows x64; `WINEPREFIX` must be set for it.
const WINDOWS_PYTHON: &str = "PYZ3_TEST_WINDOWS_PYTHON";

/// Colon-separated interpreters for Linux x86-64, each of which has the name of its version: `…/python3.14t`.
const NEWEST_PYTHONS: &str = "PYZ3_TEST_NEWEST_PYTHONS";

/// 1: free-threaded Pythons that are missing are compiled, which takes minutes for each.
const FREE_THREADED: &str = "PYZ3_TEST_FREE_THREADED";

/// The folder of the scripts that set Pythons up.
const RIGS: &str = "PYZ3_TEST_RIGS";

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

/// The minor version of a Python: 14 of `3.14t`.
pub fn minor(python: &str) -> u32 {
    let minor = python.trim_end_matches('t').strip_prefix("3.");
    minor.and_then(|minor| minor.parse().ok()).unwrap()
}

/// CPython 3.13t, 3.14 and later for Linux x86-64, with headers, by version: those that the environment names,
/// those of this machine, and those that the scripts can set up. A message names each that is missing.
pub fn newest_pythons() -> &'static BTreeMap<&'static str, PathBuf> {
    static PYTHONS: OnceLock<BTreeMap<&str, PathBuf>> = OnceLock::new();
    PYTHONS.get_or_init(|| {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            skip("running wheels in the newest Pythons: this machine is not Linux x86-64");
            return BTreeMap::new();
        }
        let newest = DEFAULT_PYTHONS.into_iter();
        let newest = newest.filter(|python| minor(python) >= 14);
        newest
            .chain(["3.13t"])
            .filter_map(|python| Some((python, newest_python(python)?)))
            .collect()
    })
}

fn newest_python(python: &str) -> Option<PathBuf> {
    let program = format!("python{python}");
    let given = std::env::var_os(NEWEST_PYTHONS).unwrap_or_default();
    if let Some(given) = std::env::split_paths(&given).find(|path| path.ends_with(&program)) {
        assert!(
            given.is_file(),
            "{NEWEST_PYTHONS}: {} does not exist",
            given.display()
        );
        return Some(given);
    }
    if let Some(own) = default_pythons().get(python) {
        return Some(own.clone());
    }
    let folder = kept("rigs").join(&program);
    let Some(version) = python.strip_suffix('t') else {
        let exe = folder.join("root/usr/bin").join(program);
        let mut script = rig("newest-python.sh")?;
        script.arg(python).arg(&folder);
        set_up(&folder, script, Command::new(&exe))?;
        return Some(exe);
    };
    if std::env::var_os(FREE_THREADED).is_none_or(|value| value != "1") {
        skip(&format!(
            "running wheels in CPython {python}: it is not on this machine, {NEWEST_PYTHONS} does not name it, and \
             {FREE_THREADED} is not 1"
        ));
        return None;
    }
    let prefix = format!("py{}t", version.replace('.', ""));
    let exe = folder.join(prefix).join("bin").join(program);
    let mut script = rig("free-threaded-python.sh")?;
    script.arg(&folder).arg(version);
    set_up(&folder, script, Command::new(&exe))?;
    Some(exe)
}

/// The command that starts this version of CPython for Linux arm64, from the newest Debian.
pub fn newest_aarch64_python(version: &str) -> Option<Command> {
    let folder = kept("rigs").join(format!("python{version}-arm64"));
    let root = folder.join("root");
    let start = || {
        let exe = root.join("usr/bin").join(format!("python{version}"));
        let mut qemu = Command::new("qemu-aarch64-static");
        qemu.arg("-L").arg(&root).arg(exe);
        qemu
    };
    let mut script = rig("newest-python.sh")?;
    script.arg(version).arg(&folder).arg("arm64");
    set_up(&folder, script, start())?;
    Some(start())
}

/// A script that sets a Python up.
fn rig(name: &str) -> Option<Command> {
    let scripts = std::env::var_os(RIGS).unwrap_or_else(|| "../shared/rigs".into());
    let script = repo().join(scripts).join(name);
    if !script.is_file() {
        skip(&format!(
            "setting up a Python: {} does not exist ({RIGS} names the folder of {name})",
            script.display()
        ));
        return None;
    }
    Some(Command::new(script))
}

/// Runs a script that sets a Python up in a folder, once for each version of the script. `None`, with a
/// message, when the script fails or the Python does not start.
fn set_up(folder: &Path, script: Command, mut python: Command) -> Option<()> {
    let key = contents(Path::new(script.get_program()));
    made_once(folder, &key, |_| {
        python.args(["-c", "import platform, unittest"]);
        for mut command in [script, python] {
            let failure = match command.stdin(Stdio::null()).output() {
                Ok(output) if output.status.success() => continue,
                Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
                Err(error) => error.to_string(),
            };
            skip(&format!("{command:?} failed: {failure}"));
            return None;
        }
        Some(())
    })
}
