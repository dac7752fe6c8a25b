//! Runs the program `git` without running anything that the repository configures.
//!
//! A repository that was unpacked, or that lies in a folder of another one, brings its own configuration.
//! Git runs many programs that a configuration names; the commands here need none of them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::sys::process::{self, PATIENCE};
use crate::sys::{programs, signal};

/// How long git may take: it reads every tracked file of a repository that was just checked out.
const LIMIT: Duration = PATIENCE.saturating_mul(30);

/// What [`run`] says when git is not installed.
pub(super) const NOT_INSTALLED: &str = "git is not installed";

/// Settings that win over those of the repository.
const SETTINGS: [&str; 4] = [
    // No monitor of the file system.
    "core.fsmonitor=false",
    // No hooks: no directory has this path.
    "core.hooksPath=/dev/null",
    // No transport, and so no program for one: a partial clone fetches objects when they are missed.
    "protocol.allow=never",
    // A folder that is laid out as a bare repository may be part of a clone.
    "safe.bareRepository=explicit",
];

/// Runs git in a folder; gives what it printed, or what it said when it failed.
pub(super) fn run(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    execute(folder, &[], arguments, Stdio::null())
}

/// A setting of the user or of the repository, such as `user.name`; `None` if it is not set or git is
/// not installed.
pub(crate) fn setting(folder: &Path, name: &str) -> Option<String> {
    let value = run(folder, &["config", "--get", name]).ok()?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Whether a tracked file has changes that are not committed.
///
/// A file that goes through a filter on its way into the repository (Git LFS has one) cannot be compared
/// without running the filter, which the repository may configure: such a file counts as unchanged
/// until its changes are staged.
pub(super) fn has_changes(folder: &Path) -> Result<bool, String> {
    let filters = filters(folder)?;
    // An option of git cannot name such a filter, and so cannot switch it off.
    let is_unspeakable = |filter: &String| filter.contains(['=', '\n', '\u{fffd}']);
    if let Some(filter) = filters.iter().find(|filter| is_unspeakable(filter)) {
        return Err(format!("the filter `{filter}` cannot be switched off"));
    }
    let settings = without(&filters);
    let status = [
        "status",
        "--porcelain",
        "-z",
        "--untracked-files=no",
        "--no-renames",
        // Git would run in a submodule, with the submodule's own configuration.
        "--ignore-submodules=dirty",
    ];
    let said = execute(folder, &settings, &status, Stdio::null())?;
    let mut in_doubt = String::new();
    for entry in said.split_terminator('\0') {
        // Ex) ` M src/native.zig`: unstaged changes
        let Some(path) = entry.strip_prefix(" M ").filter(|_| !filters.is_empty()) else {
            return Ok(true);
        };
        in_doubt += path;
        in_doubt.push('\0');
    }
    if in_doubt.is_empty() {
        return Ok(false);
    }
    let top = run(folder, &["rev-parse", "--show-toplevel"])?;
    let top = Path::new(top.trim_end_matches(['\r', '\n']));
    let mut paths = tempfile::tempfile().map_err(|error| error.to_string())?;
    paths
        .write_all(in_doubt.as_bytes())
        .and_then(|()| paths.rewind())
        .map_err(|error| error.to_string())?;
    let ask = ["check-attr", "-z", "--stdin", "filter"];
    let attributes = execute(top, &settings, &ask, paths.into())?;
    // A path, the name of the attribute, its value.
    let mut values = attributes.split_terminator('\0').skip(2).step_by(3);
    Ok(values.any(|value| !filters.contains(value)))
}

/// The filters that any configuration defines.
fn filters(folder: &Path) -> Result<BTreeSet<String>, String> {
    let names = run(folder, &["config", "--list", "--name-only", "-z"])?;
    let filters = names.split_terminator('\0').filter_map(|name| {
        let (driver, _) = name.strip_prefix("filter.")?.rsplit_once('.')?;
        Some(driver.to_owned())
    });
    Ok(filters.collect())
}

/// The settings that switch filters off.
fn without(filters: &BTreeSet<String>) -> Vec<String> {
    let off = filters.iter().flat_map(|filter| {
        ["clean=", "smudge=", "process=", "required=false"]
            .map(|setting| format!("filter.{filter}.{setting}"))
    });
    off.collect()
}

/// Runs git with [`SETTINGS`] and those of one command.
fn execute(
    folder: &Path,
    settings: &[String],
    arguments: &[&str],
    input: Stdio,
) -> Result<String, String> {
    let git = programs::find("git").ok_or(NOT_INSTALLED)?;
    let mut command = Command::new(git);
    let fixed = SETTINGS.iter().map(OsStr::new);
    for setting in fixed.chain(settings.iter().map(OsStr::new)) {
        command.arg("-c").arg(setting);
    }
    command
        .args(["--no-pager", "-C"])
        .arg(folder)
        .args(arguments)
        .env("GIT_ALLOW_PROTOCOL", "")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        // Looking must not write.
        .env("GIT_OPTIONAL_LOCKS", "0")
        // A hook of another repository sets these; the project's own repository is meant.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE");
    let output = process::capture_with_input(command, input, LIMIT, &signal::cancel())
        .map_err(|failure| failure.to_string())?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(output.stderr)
    }
}
