//! What `--clean` removes: what earlier runs have put into the project's cache folder.
//!
//! Everything there is known by its place and its name. What has another name, the files of editable
//! installs and whatever links lead to stay.

use std::path::{Path, PathBuf};

use super::workspace::{self, FOLDER, Workspace};
use crate::error::{Error, Problem, Result};
use crate::platform::Platform;
use crate::sys::owned::{self, Kind};
use crate::toolchain::cache::programs::is_of_zig;

/// What an editable install is imported from.
pub const EDITABLE: &str = "editable";

/// The directory of wheels that should have been the same.
const DIFFERENT: &str = "different";

/// Removes what earlier runs have left in the project's cache folder, Zig's local cache included; gives
/// what was kept, because this program has not made it.
pub fn clean(project: &Path) -> Result<Vec<PathBuf>> {
    let root = Workspace::path(project);
    let Ok(found) = std::fs::symlink_metadata(&root) else {
        return Ok(Vec::new());
    };
    if found.file_type().is_symlink() {
        return Err(Error::config(
            Problem::new(format!("{FOLDER} is a link, which --clean does not follow"))
                .at(root.display())
                .hint("remove the link, or build without --clean"),
        ));
    }
    let mut removal = owned::remove_below(&root, &|below, kind| {
        is_own_mark(&root, below) || is_of_run(&root, below, kind)
    })?;
    removal.kept.retain(|path| *path != root.join(EDITABLE));
    // A directory with something in it stays.
    let _ = std::fs::remove_dir(&root);
    Ok(removal.kept)
}

/// Removes the wheels that an earlier run has kept in `dir` because they differed.
pub fn remove_different(dir: &Path) -> Result<()> {
    owned::remove(dir, &is_different)?;
    Ok(())
}

/// Whether an item says that the folder is a cache and not to be committed.
fn is_own_mark(root: &Path, below: &Path) -> bool {
    workspace::MARKS.iter().any(|(name, text)| {
        let content = || owned::read_file(&root.join(name), 1000);
        below == Path::new(name) && content().as_deref() == Some(text.as_bytes())
    })
}

/// Whether a run has put an item into the folder.
fn is_of_run(root: &Path, below: &Path, kind: Kind) -> bool {
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    let parts: Vec<_> = parts.iter().map(|part| &**part).collect();
    match (parts.as_slice(), kind) {
        (["jobs" | "logs" | "build" | "zig-cache" | DIFFERENT], _) => kind == Kind::Directory,
        (["state.json"], _) => kind == Kind::File,
        ([name], Kind::File) => {
            // A run that was killed while it wrote its state.
            let content = || owned::read_file(&root.join(below), 1 << 30);
            is_random(name, ".tmp")
                && content()
                    .is_some_and(|text| text.is_empty() || text.starts_with(b"{\"format\":"))
        }
        (["logs", name], Kind::File) => name.strip_suffix(".log").is_some_and(is_job),
        (["jobs", job], _) => kind == Kind::Directory && is_tree(job),
        (["jobs", job, "lock"], _) => kind == Kind::File && is_tree(job),
        (["jobs", job, "a", ..], _) => is_tree(job),
        (["build", digest], _) => kind == Kind::Directory && is_digest(digest),
        (["build", digest, name], Kind::File) => {
            let is_script = matches!(*name, "build.zig" | "modules.zon" | "python.h");
            is_digest(digest) && (is_script || is_random(name, ".tmp"))
        }
        (["zig-cache", ..], _) => {
            let below = below.strip_prefix("zig-cache").unwrap_or(below);
            is_of_zig(below, kind)
        }
        ([DIFFERENT, ..], _) => {
            let below = below.strip_prefix(DIFFERENT).unwrap_or(below);
            is_different(below, kind)
        }
        _ => false,
    }
}

/// Whether an item is of the two wheels of a job.
fn is_different(below: &Path, kind: Kind) -> bool {
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    let parts: Vec<_> = parts.iter().map(|part| &**part).collect();
    match *parts.as_slice() {
        [job] | [job, "here" | "elsewhere"] => kind == Kind::Directory && is_job(job),
        [job, "here" | "elsewhere", wheel] => {
            let is_wheel = wheel.parse::<crate::tags::WheelFilename>().is_ok();
            kind == Kind::File && is_job(job) && is_wheel
        }
        _ => false,
    }
}

/// Whether this is what a job is called: its platform, and what its wheel is for.
fn is_job(name: &str) -> bool {
    let mut platforms = Platform::ALL.iter().map(|platform| platform.name());
    platforms.any(|platform| {
        let rest = name.strip_prefix(platform);
        rest.is_some_and(|rest| rest.split('-').all(is_part_of_job))
    })
}

/// Whether this follows the platform in the name of a job: an ABI, or one of the slices of its module.
fn is_part_of_job(part: &str) -> bool {
    let is_minor =
        |minor: &str| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit());
    let minor = part
        .strip_prefix("cp3")
        .map(|minor| minor.trim_end_matches('t'));
    matches!(part, "" | "abi3" | "arm64" | "x86_64") || minor.is_some_and(is_minor)
}

/// Whether this is the folder that a job installs into.
fn is_tree(name: &str) -> bool {
    name.rsplit_once('-')
        .is_some_and(|(job, random)| is_job(job) && is_random(random, ""))
}

fn is_random(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|random| {
        random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn is_digest(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
