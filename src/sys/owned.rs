//! Removes what this program has created, and nothing else.
//!
//! Takes a directory and a rule that says of each item below it whether this program created it. Items that
//! the rule does not claim stay, with the directories around them, and are reported. Links are removed, never
//! followed. A run that is killed in the middle leaves items that the same rule still claims.

mod directory;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

pub(crate) use self::directory::{Kind, is_directory};

use self::directory::{Directory, Item};
use super::files;

/// Says of an item, by its path below the directory, whether this program created it.
pub(crate) type Rule<'a> = &'a dyn Fn(&Path, Kind) -> bool;

/// What a removal did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Removal {
    /// The size of the removed files.
    pub(crate) bytes: u64,
    /// What was kept, because the rule does not claim it.
    pub(crate) kept: Vec<PathBuf>,
}

/// Whether there is a regular file at `path` that is not a link to one.
pub(crate) fn is_file(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// The contents of a regular file of at most `limit` bytes; none for a link, a pipe or a longer file.
pub(crate) fn read_file(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let mut file = files::open_regular(path, false).ok()?;
    if file.metadata().ok()?.len() > limit {
        return None;
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// How many random characters the crate `tempfile` puts into a name.
pub(super) const RANDOM: usize = 6;

/// Whether this is what the crate `tempfile` puts into the name of a temporary file or directory.
pub(crate) fn is_random(text: &str) -> bool {
    text.len() == RANDOM && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The first item below `dir` that the rule does not claim.
pub(crate) fn find_foreign(dir: &Path, rule: Rule<'_>) -> io::Result<Option<PathBuf>> {
    let mut found = None;
    walk(dir, &mut |path, below, kind| {
        if found.is_none() && !rule(below, kind) {
            found = Some(path.to_owned());
        }
        found.is_none()
    })?;
    Ok(found)
}

/// Calls `each` with every item below `dir`: its path, its path below `dir`, and what it is. A directory's
/// content is only walked if `each` says so.
pub(crate) fn walk(dir: &Path, each: &mut dyn FnMut(&Path, &Path, Kind) -> bool) -> io::Result<()> {
    let mut walk = walkdir::WalkDir::new(dir).min_depth(1).into_iter();
    while let Some(entry) = walk.next() {
        let entry = entry.map_err(io::Error::from)?;
        let below = entry.path().strip_prefix(dir).unwrap_or(entry.path());
        let kind = Kind::of(entry.file_type());
        if !each(entry.path(), below, kind) && kind == Kind::Directory {
            walk.skip_current_dir();
        }
    }
    Ok(())
}

/// The bytes of all files in a directory and below.
pub(crate) fn size_of(dir: &Path) -> u64 {
    let entries = walkdir::WalkDir::new(dir).into_iter().flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    let sizes = files.filter_map(|file| Some(file.metadata().ok()?.len()));
    sizes.sum()
}

/// Removes `dir` with everything below it that the rule claims. The directory stays if something in it
/// does; a link in its place is not touched.
pub(crate) fn remove(dir: &Path, rule: Rule<'_>) -> io::Result<Removal> {
    let mut removal = remove_below(dir, rule)?;
    if removal.kept.is_empty()
        && let Err(error) = std::fs::remove_dir(dir)
    {
        tolerate(&error, dir, &mut removal)?;
    }
    Ok(removal)
}

/// Removes everything below `dir` that the rule claims, but not `dir` itself.
pub(crate) fn remove_below(dir: &Path, rule: Rule<'_>) -> io::Result<Removal> {
    let mut removal = Removal::default();
    match std::fs::symlink_metadata(dir) {
        Ok(found) if found.is_dir() => {
            let directory = Directory::open(dir).map_err(|error| named(&error, dir))?;
            empty(&directory, dir, Path::new(""), rule, &mut removal)?;
        }
        Ok(_) => removal.kept.push(dir.to_owned()),
        Err(_) => {}
    }
    Ok(removal)
}

/// Removes what the rule claims in an open directory, which is at `path`, and at `below` in the whole tree.
fn empty(
    directory: &Directory,
    path: &Path,
    below: &Path,
    rule: Rule<'_>,
    removal: &mut Removal,
) -> io::Result<()> {
    let items = directory.items().map_err(|error| named(&error, path))?;
    for Item { name, kind, size } in items {
        let (path, below) = (path.join(&name), below.join(&name));
        if kind == Kind::Other || !rule(&below, kind) {
            removal.kept.push(path);
            continue;
        }
        let removed = if kind == Kind::Directory {
            let kept = removal.kept.len();
            match directory.enter(&name) {
                Ok(inner) => empty(&inner, &path, &below, rule, removal)?,
                // Something else has taken its place.
                Err(_) if !is_directory(&path) => continue,
                Err(error) => return Err(named(&error, &path)),
            }
            if removal.kept.len() > kept {
                continue;
            }
            directory.remove_directory(&name)
        } else {
            directory.remove_file(&name)
        };
        match removed {
            Ok(()) if kind == Kind::File => removal.bytes += size,
            Ok(()) => {}
            Err(error) => tolerate(&error, &path, removal)?,
        }
    }
    Ok(())
}

/// Ignores the error of a removal if another process was faster.
fn tolerate(error: &io::Error, path: &Path, removal: &mut Removal) -> io::Result<()> {
    match error.kind() {
        // Another run has removed it.
        io::ErrorKind::NotFound => Ok(()),
        // Another process has put something into it.
        io::ErrorKind::DirectoryNotEmpty => {
            removal.kept.push(path.to_owned());
            Ok(())
        }
        _ => Err(named(error, path)),
    }
}

fn named(error: &io::Error, path: &Path) -> io::Error {
    let text = format!("cannot remove {}: {error}", path.display());
    io::Error::new(error.kind(), text)
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    #[test]
    fn only_what_the_rule_claims_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("dir");
        for name in ["ours/a", "ours/b", "mixed/ours", "mixed/mine", "mine/ours"] {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "four").unwrap();
        }
        let rule = |below: &Path, _: Kind| !below.ends_with("mine");
        let foreign = find_foreign(&dir, &rule).unwrap().unwrap();
        assert!(foreign.ends_with("mine"), "{foreign:?}");
        let mut removal = remove(&dir, &rule).unwrap();
        removal.kept.sort();
        assert_eq!(removal.bytes, 12);
        assert_eq!(removal.kept, [dir.join("mine"), dir.join("mixed/mine")]);
        assert!(dir.join("mine/ours").exists() && !dir.join("ours").exists());
        fs::remove_dir_all(dir.join("mine")).unwrap();
        fs::remove_file(dir.join("mixed/mine")).unwrap();
        assert!(remove(&dir, &rule).unwrap().kept.is_empty());
        assert!(!dir.exists());
        assert_eq!(remove(&dir, &rule).unwrap(), Removal::default());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_removed_and_never_followed() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let (dir, other) = (folder.path().join("dir"), folder.path().join("other"));
        fs::create_dir(&dir).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("file"), "").unwrap();
        symlink(&other, dir.join("link")).unwrap();
        symlink("nowhere", dir.join("dangling")).unwrap();
        symlink(&other, folder.path().join("whole")).unwrap();
        let removal = remove(&folder.path().join("whole"), &|_, _| true).unwrap();
        assert_eq!(removal.kept, [folder.path().join("whole")]);
        assert!(remove(&dir, &|_, _| true).unwrap().kept.is_empty());
        assert!(!dir.exists() && other.join("file").exists());
        assert_eq!(read_file(&folder.path().join("whole"), 9), None);
    }
}
