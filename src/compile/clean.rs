//! Removes what earlier runs created in the project's cache folder, for `--clean`.
//!
//! Files and directories of runs are recognized by their place and their name. Everything with another name,
//! editable installs and the targets of links are kept.

use std::path::{Path, PathBuf};

use super::owner::{OWNER, is_other_place};
use super::workspace::{self, FOLDER, Workspace};
use crate::error::{Error, Problem, Result};
use crate::platform::Platform;
use crate::sys::owned::{self, Kind, is_random};
use crate::sys::scratch;
use crate::toolchain::cache::is_digest;
use crate::toolchain::cache::programs::is_of_zig;

/// The directory that editable installs are imported from.
const EDITABLE: &str = "editable";

/// The directories that runs keep their files in.
const DIRECTORIES: [&str; 5] = ["build", DIFFERENT, "jobs", "logs", "zig-cache"];

/// Whether a directory of the workspace is one that runs keep their files in.
pub fn is_of_runs(name: &str) -> bool {
    DIRECTORIES.contains(&name)
}

/// Whether a directory of the workspace is one that `--clean` does not look at.
pub fn is_editable(name: &str) -> bool {
    name == EDITABLE
}

/// The directory of wheels that `--verify-reproducible` found to differ.
const DIFFERENT: &str = "different";

/// Removes what earlier runs created in the project's cache folder, including Zig's local cache. Returns
/// the paths that were kept because this program did not create them.
pub fn clean(project: &Path) -> Result<Vec<PathBuf>> {
    let root = Workspace::path(project);
    let Ok(found) = std::fs::symlink_metadata(&root) else {
        return Ok(Vec::new());
    };
    if found.file_type().is_symlink() {
        return Err(Error::config(
            Problem::new(format!(
                "{FOLDER} is a link, so nothing behind it was removed"
            ))
            .at(root.display())
            .hint("remove the link"),
        ));
    }
    let mut removal = owned::remove_below(&root, &|below, kind| {
        is_own_mark(&root, below) || is_of_run(&root, below, kind)
    })?;
    removal.kept.retain(|path| *path != root.join(EDITABLE));
    // This fails if something in the directory was kept.
    let _ = std::fs::remove_dir(&root);
    Ok(removal.kept)
}

/// Removes the differing wheels that an earlier run kept in `dir`.
pub fn remove_different(dir: &Path) -> Result<()> {
    owned::remove(dir, &is_different)?;
    Ok(())
}

/// Whether an item is a file of ours that marks the folder as a cache.
fn is_own_mark(root: &Path, below: &Path) -> bool {
    workspace::MARKS.iter().any(|(name, text)| {
        let content = || owned::read_file(&root.join(name), 1000);
        below == Path::new(name) && content().as_deref() == Some(text.as_bytes())
    })
}

/// Whether a run created an item in the folder.
fn is_of_run(root: &Path, below: &Path, kind: Kind) -> bool {
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    let parts: Vec<_> = parts.iter().map(|part| &**part).collect();
    let mut inner = below.components();
    inner.next();
    let inner = inner.as_path();
    match (parts.as_slice(), kind) {
        ([name], Kind::Directory) if is_of_runs(name) => true,
        (["state.json" | OWNER], _) => kind == Kind::File,
        ([name], Kind::File) => {
            // A run that was killed while it wrote its state.
            let content = || owned::read_file(&root.join(below), 1 << 30);
            name.strip_prefix(".tmp").is_some_and(is_random)
                && content().is_some_and(|text| is_started(&text))
        }
        (["logs", name], Kind::File) => name.strip_suffix(".log").is_some_and(is_job),
        (["jobs", name], Kind::File) => {
            let lock = name.strip_suffix(".lock");
            lock.is_some_and(is_tree) && scratch::is_lock(&root.join(below))
        }
        (["jobs", job], _) => kind == Kind::Directory && is_tree(job),
        (["jobs", job, "lock"], _) => kind == Kind::File && is_tree(job),
        (["jobs", job, "a", ..], _) => is_tree(job),
        (["build", digest], _) => kind == Kind::Directory && is_digest(digest, 16),
        (["build", digest, name], Kind::File) => {
            is_digest(digest, 16) && matches!(*name, "build.zig" | "modules.zon" | "python.h")
        }
        (["zig-cache", ..], _) => is_of_zig(inner, kind),
        ([DIFFERENT, ..], _) => is_different(inner, kind),
        // A cache beside one that came with a checkout.
        ([place, ..], _) if is_other_place(place) => {
            let other = root.join(place);
            inner.as_os_str().is_empty() && kind == Kind::Directory
                || is_own_mark(&other, inner)
                || is_of_run(&other, inner, kind)
        }
        _ => false,
    }
}

/// Whether this is the text of a state or owner file, complete or cut off.
fn is_started(text: &[u8]) -> bool {
    // The state has a signature first.
    let json = text.split(|byte| *byte == b'\n').nth(1).unwrap_or(text);
    let is_json = ["{\"format\":", "{\"index\":"]
        .iter()
        .any(|start| json.starts_with(start.as_bytes()));
    is_json || (!text.is_empty() && text.iter().all(u8::is_ascii_hexdigit))
}

/// Whether an item belongs to the two differing wheels of a job.
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

/// Whether this is the name of a job: its platform, followed by the ABI of its wheel.
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
    matches!(part, "" | "abi3" | "abi3t" | "arm64" | "x86_64") || minor.is_some_and(is_minor)
}

/// Whether this is the name of the folder that a job installs into.
fn is_tree(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(job, random)| {
        let is_random = random.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_job(job) && is_random && matches!(random.len(), 6 | 10)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use fs_err as fs;
    use proptest::prelude::*;

    use super::*;
    use crate::sys::foreign::{assert_untouched, items, scatter};

    /// Names that resemble ours.
    const NAMES: [&str; 14] = [
        ".gitignore",
        ".tmpabcdef",
        "a",
        "dist",
        "here",
        "hello-1.0-py3-none-any.whl.bak",
        "jobs",
        "linux-x86_64-mine.log",
        "linux-x86_64.log.bak",
        "lock.bak",
        "o",
        "state.json.bak",
        "linux-x86_64-mine",
        HASH,
    ];

    const HASH: &str = "0123456789abcdef0123456789abcdef";

    /// What runs leave, with an editable install and a directory for what an earlier version wrote there.
    fn leave(project: &Path) -> Vec<PathBuf> {
        let root = Workspace::path(project);
        drop(Workspace::open(project).unwrap());
        let files = [
            "state.json".to_owned(),
            "logs/linux-x86_64-cp312.log".to_owned(),
            "logs/macos-universal2-cp313t-arm64.log".to_owned(),
            "build/0123456789abcdef/build.zig".to_owned(),
            "jobs/linux-x86_64-abi3-aBcDe1/lock".to_owned(),
            "jobs/linux-x86_64-abi3-aBcDe1/a/b/tree/zig-out/lib/libx.so".to_owned(),
            "jobs/linux-x86_64-cp312-aBcDe12345.lock".to_owned(),
            "jobs/linux-x86_64-cp312-aBcDe12345/a/b/tree/x.so".to_owned(),
            format!("zig-cache/o/{HASH}/libx.so"),
            format!("zig-cache/h/{HASH}.txt"),
            format!("zig-cache/z/{HASH}"),
            "different/linux-x86_64-cp312/here/x-1.0-py3-none-any.whl".to_owned(),
        ];
        let files = files.map(|file| root.join(file));
        for file in &files {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        files.into()
    }

    #[test]
    fn everything_of_runs_goes_and_editable_installs_stay() {
        let folder = tempfile::tempdir().unwrap();
        leave(folder.path());
        assert_eq!(clean(folder.path()).unwrap(), Vec::<PathBuf>::new());
        assert!(!Workspace::path(folder.path()).exists());
        leave(folder.path());
        let installed = Workspace::path(folder.path()).join("editable/cpython-312/x.whl");
        fs::create_dir_all(installed.parent().unwrap()).unwrap();
        fs::write(&installed, "").unwrap();
        assert_eq!(clean(folder.path()).unwrap(), Vec::<PathBuf>::new());
        assert!(installed.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_the_folder_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (project, other) = (folder.path().join("project"), folder.path().join("other"));
        let files = leave(&other);
        fs::create_dir(&project).unwrap();
        let link = Workspace::path(&project);
        fs::os::unix::fs::symlink(Workspace::path(&other), &link).unwrap();
        let error = clean(&project).unwrap_err().to_string();
        assert!(error.contains("remove the link"), "{error}");
        assert!(files.iter().all(|file| file.exists()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_foreign_is_cleaned_away(items in items(&NAMES)) {
            let folder = tempfile::tempdir().unwrap();
            let (project, outside) = (folder.path().join("project"), folder.path().join("outside"));
            let files = leave(&project);
            let root = Workspace::path(&project);
            // What is in the output of a job or of Zig is theirs.
            let is_free = |path: &Path| {
                let below = path.strip_prefix(&root).unwrap();
                let is_output = below.starts_with("jobs") && below.iter().any(|part| part == "a");
                let is_named = path.ends_with("o") || path.ends_with(HASH);
                let is_in_hash = below.iter().any(|part| part == HASH);
                !(is_output || below.starts_with("zig-cache") && (is_named || is_in_hash))
            };
            let placed = scatter(&root, &outside, &items, is_free);
            let kept = clean(&project).unwrap();
            assert_untouched(&placed, &outside);
            prop_assert!(files.iter().all(|file| !file.exists()));
            for item in &placed {
                let is_named = kept.iter().any(|kept| item.path.starts_with(kept));
                prop_assert!(is_named, "{:?} is not named", item);
            }
        }
    }
}
