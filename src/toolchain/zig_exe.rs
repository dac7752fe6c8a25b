//! The executable of a Zig: its path and its version.
//!
//! Takes a path or a name from the user, or the folder of the package `ziglang`; gives the path, and the version
//! that the executable reports.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::cache::Cache;
use super::probe_cache;
use super::zig_range::DEFAULT_ZIG;
use crate::error::{Error, Problem, Result};
use crate::sys::cancel::Cancel;
use crate::sys::process::{self, PATIENCE};
use crate::sys::programs;
use crate::sys::stamp::PathStamp;
use crate::tags::zig::ZigVersion;

/// The path of a named executable. A bare name is looked up on PATH, as in a shell: a program in the current
/// directory needs a path.
pub(super) fn locate(what: &str, exe: &Path) -> Result<PathBuf> {
    if !programs::is_bare(exe) {
        return Ok(std::path::absolute(exe)?);
    }
    programs::find(exe).ok_or_else(|| {
        let why = format!("there is no `{}` on PATH", exe.display());
        match programs::hint_here(exe) {
            Some(hint) => Error::config(
                Problem::new(format!("{what} cannot be used: {why}"))
                    .at(exe.display())
                    .hint(hint),
            ),
            None => unusable(what, exe, &why),
        }
    })
}

pub(super) fn unusable(what: &str, exe: &Path, why: &str) -> Error {
    let hint = if exe.is_dir() {
        "name the executable in it, not the folder".to_owned()
    } else {
        format!(
            "name the zig executable, or none: then Zig is looked for on PATH, or installed \
             ({DEFAULT_ZIG} by default)"
        )
    };
    Error::config(
        Problem::new(format!("{what} cannot be used: {why}"))
            .at(exe.display())
            .hint(hint),
    )
}

/// The executable in the folder of the package `ziglang`.
pub(super) fn exe_in(package: &Path) -> PathBuf {
    package.join(format!("zig{}", std::env::consts::EXE_SUFFIX))
}

/// The output of `zig version`, which is cached for a real Zig. A small file is a wrapper that may choose another
/// Zig the next time.
pub(super) fn version(exe: &Path, cache: &Cache) -> Result<ZigVersion, String> {
    const WRAPPER: u64 = 32 << 20;
    let question = format!("version of zig {}", exe.display());
    if let Some(text) = probe_cache::recall::<String>(cache, &question)
        && let Ok(version) = text.parse()
    {
        return Ok(version);
    }
    let stamp = PathStamp::of(exe);
    let version = ask(exe, cache.cancel())?;
    if std::fs::metadata(exe).is_ok_and(|metadata| metadata.len() > WRAPPER) {
        probe_cache::remember(cache, &question, vec![stamp], &version.to_string());
    }
    Ok(version)
}

pub(super) fn ask(exe: &Path, cancel: &Cancel) -> Result<ZigVersion, String> {
    let mut command = Command::new(exe);
    command.arg("version");
    let text = process::capture(command, PATIENCE, cancel)
        .and_then(process::Output::answer)
        .map_err(|failure| failure.to_string())?;
    text.trim()
        .parse()
        .map_err(|problem: Problem| format!("`zig version` says: {}", problem.message))
}
