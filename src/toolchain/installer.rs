//! Installs Python packages into the cache, with pip or uv.
//!
//! Takes a requirement and a directory. The user's environment and the settings of pip and uv apply (indexes,
//! mirrors, certificates, offline catalogs), except those that say what is installed or where.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use fs_err as fs;
use walkdir::WalkDir;

use super::interpreter;
use super::published::{self, Release};
use super::uv;
use crate::error::{Error, Problem, Result};
use crate::sys::cancel::{Cancel, Waiting};
use crate::sys::process::{self, PATIENCE, last_lines};
use crate::sys::scratch::Scratch;

/// How often the progress of an installer is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// The most files that an installer has in its temporary folder before it unpacks a wheel.
const FEW: usize = 16;

/// Fails in a Python without pip.
const IMPORT_PIP: &str = "import sys; sys.path[:] = [p for p in sys.path if p]; import pip";

/// Runs pip. `-m pip` would import modules from the current folder instead of Python's own.
const RUN_PIP: &str = "\
import sys
sys.path[:] = [folder for folder in sys.path if folder]
import runpy
runpy.run_module('pip', run_name='__main__', alter_sys=True)
";

/// The settings of pip that say what is installed, for which Python, or to which other place. They are
/// meant for the user's own installations. The last one would turn off the comparison of hashes.
const NOT_FOR_US: [&str; 15] = [
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_REQUIREMENT",
    "PIP_REQUIREMENTS_FROM_SCRIPT",
    "PIP_EDITABLE",
    "PIP_GROUP",
    "PIP_PYTHON",
    "PIP_PYTHON_VERSION",
    "PIP_PLATFORM",
    "PIP_IMPLEMENTATION",
    "PIP_ABI",
    "PIP_REPORT",
    "UV_SYSTEM_PYTHON",
    "UV_NO_VERIFY_HASHES",
];

/// Installs one Python package, without its dependencies, into `dir`.
///
/// Only wheels are installed, because an sdist runs code of its own when it is built. The installer
/// compares the wheel of a known release with the published hashes before it unpacks the wheel.
///
/// Relative paths in the settings of pip and uv are relative to the user's current folder, so both run there.
pub(super) fn install_package(
    requirement: &str,
    python: Option<&Path>,
    dir: &Path,
    on: &dyn Fn(&str),
    wait: &Waiting,
) -> Result<()> {
    let cancel = &wait.cancel;
    let pip = python.and_then(|python| pip(python, cancel));
    let (mut command, check_hashes) = if let Some(mut command) = pip {
        on(&format!(
            "installing {requirement} with pip (once{})",
            size(requirement)
        ));
        command
            .args(["install", "--no-input"])
            // The user's configuration of pip may set a prefix or `user`, which cannot be combined with a target,
            // or require a virtual environment, which the cache is not.
            .args(["--disable-pip-version-check", "--prefix="])
            .env("PIP_USER", "0")
            .env("PIP_REQUIRE_VIRTUALENV", "0")
            .env("PIP_DRY_RUN", "0");
        (command, "--require-hashes")
    } else {
        let uv = uv::on_path(on, cancel).ok_or_else(|| {
            let message = format!(
                "found neither a Python with pip nor uv {} or later on PATH",
                uv::OLDEST
            );
            Error::system(Problem::new(message).hint(
                "install one of the two: python3 -m ensurepip, or https://docs.astral.sh/uv/",
            ))
        })?;
        on(&format!(
            "installing {requirement} with uv (once{})",
            size(requirement)
        ));
        let mut command = Command::new(uv);
        command.args(["pip", "install"]);
        if let Some(python) = python {
            command.arg("--python").arg(python);
        }
        // `--require-hashes` would also require a hash for each constraint in uv's settings.
        (command, "--verify-hashes")
    };
    command
        .args(["--no-deps", "--only-binary", ":all:", "--target"])
        .arg(dir);
    for name in NOT_FOR_US {
        command.env_remove(name);
    }
    let requirements = dir.join("requirements.txt");
    let release = Release::pinned(requirement);
    if let Some(release) = &release {
        fs::write(&requirements, release.requirements())?;
        command.arg(check_hashes).arg("-r").arg(&requirements);
    } else {
        if published::is_listed(published::split(requirement).0) {
            on(&format!(
                "{requirement} is not a release that this pyz3-wheel knows, so it is installed without \
                 comparing its hash"
            ));
        }
        command.arg(requirement);
    }
    let outcome = run(command, &format!("installing {requirement}"), wait);
    let Some(release) = release else {
        return outcome;
    };
    outcome.map_err(|error| {
        let mut messages = error.problems().iter().map(|problem| &problem.message);
        match messages.find_map(|message| release.foreign_hash(message)) {
            Some(hash) => replaced(format!(
                "the wheel that was found for {release} is not the published one: its sha256 is\n{hash}, \
                 but the published wheel has\n{}",
                release.for_this_machine()
            )),
            None => error,
        }
    })?;
    fs::remove_file(requirements)?;
    if release.is_in(dir) {
        return Ok(());
    }
    Err(replaced(format!(
        "the installer's settings replace {release} by another version or a URL"
    )))
}

/// The error for a package that is not the known release.
fn replaced(message: String) -> Error {
    Error::system(Problem::new(message).hint(
        "check the settings of pip (`pip config list`) or uv (uv.toml) for an entry that affects this package: an \
         index, a folder of find-links, a constraint or an override",
    ))
}

/// The command that runs the pip of this Python, if it has one.
fn pip(python: &Path, cancel: &Cancel) -> Option<Command> {
    let with_code = |code| {
        let mut command = interpreter::command(python);
        command.args(["-c", code]);
        command
    };
    // The first import on a cold disk reads a thousand files.
    let import = process::capture(with_code(IMPORT_PIP), PATIENCE * 6, cancel);
    let has_pip = import.is_ok_and(|output| output.status.success());
    has_pip.then(|| with_code(RUN_PIP))
}

/// How much is downloaded, for a package that is so large that it takes a while.
fn size(requirement: &str) -> &'static str {
    match published::split(requirement).0 {
        "ziglang" => ", about 90 MB",
        _ => "",
    }
}

/// Runs an installer to its end; if it fails, its last lines are the message.
pub(super) fn run(mut command: Command, what: &str, wait: &Waiting) -> Result<()> {
    // When the run is stopped, the installer is killed and leaves the files that it has unpacked.
    let temporary = Scratch::temporary()?;
    for name in ["TMPDIR", "TEMP", "TMP"] {
        command.env(name, temporary.path());
    }
    let output = with_status(temporary.path(), what, wait, || {
        process::finish(command, &wait.cancel)
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::system(Problem::new(format!(
        "{what} failed:\n{}",
        last_lines(&without_retries(&output.stderr), 8)
    ))))
}

/// Shows what an installer that runs in `install` has downloaded into its temporary folder so far.
fn with_status<T>(folder: &Path, what: &str, wait: &Waiting, install: impl FnOnce() -> T) -> T {
    let (end, ended) = mpsc::channel::<()>();
    let watch = move || {
        while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            let step = match Temporary::of(folder) {
                Temporary::Download(0) => String::new(),
                Temporary::Download(bytes) => {
                    format!(": {}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
                }
                Temporary::Files => ": unpacking".to_owned(),
            };
            wait.status(&format!("{what}{step}"));
        }
        wait.status("");
    };
    thread::scope(|scope| {
        scope.spawn(watch);
        let result = install();
        drop(end);
        result
    })
}

/// What an installer has in its temporary folder.
#[derive(Debug, PartialEq, Eq)]
enum Temporary {
    /// This many bytes of a wheel.
    Download(u64),
    /// Files out of it.
    Files,
}

impl Temporary {
    fn of(folder: &Path) -> Self {
        let files = WalkDir::new(folder).into_iter().filter_map(Result::ok);
        let files = files.filter(|entry| entry.file_type().is_file());
        let mut bytes = 0;
        for (index, file) in files.enumerate() {
            // pip itself has a few small ones, of a lock for example.
            if index >= FEW {
                return Self::Files;
            }
            if file
                .path()
                .extension()
                .is_some_and(|extension| extension == "whl")
            {
                bytes += file.metadata().map_or(0, |metadata| metadata.len());
            }
        }
        Self::Download(bytes)
    }
}

/// What pip printed, with the first of several warnings about attempts that it repeats.
fn without_retries(said: &str) -> String {
    let is_retry = |line: &&str| line.starts_with("WARNING: Retrying (");
    let first = said.lines().position(|line| is_retry(&line));
    let lines = said.lines().enumerate();
    let kept = lines.filter(|(at, line)| !is_retry(line) || Some(*at) == first);
    kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_is_told_from_what_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("pip-unpack-x");
        fs::create_dir(&inner).unwrap();
        assert_eq!(Temporary::of(folder.path()), Temporary::Download(0));
        fs::write(inner.join("a-1-py3-none-any.whl"), [0; 3]).unwrap();
        fs::write(inner.join("a.metadata"), [0; 5]).unwrap();
        assert_eq!(Temporary::of(folder.path()), Temporary::Download(3));
        for index in 0..=FEW {
            fs::write(inner.join(index.to_string()), "").unwrap();
        }
        assert_eq!(Temporary::of(folder.path()), Temporary::Files);
    }
}
