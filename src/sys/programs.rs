//! Programs by name: looked up in the directories of PATH, never in the current directory.
//!
//! Shells, `execvp` and Windows take an empty or relative part of PATH, or no part at all, for the
//! current directory, which is often a project that has not been trusted yet.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The directories of PATH that do not depend on the current directory.
pub(crate) fn folders() -> Vec<PathBuf> {
    absolute(&env::var_os("PATH").unwrap_or_default())
}

/// Every executable of this bare name on PATH, in the order of PATH.
pub(crate) fn find_all(name: impl AsRef<OsStr>) -> Vec<PathBuf> {
    find_all_in(&folders(), name.as_ref())
}

/// The first executable of this bare name on PATH.
pub(crate) fn find(name: impl AsRef<OsStr>) -> Option<PathBuf> {
    find_all(name).into_iter().next()
}

/// Whether a path is a bare name, which is looked up on PATH as a shell would do it.
pub(crate) fn is_bare(path: &Path) -> bool {
    path.file_name() == Some(path.as_os_str())
}

/// What to write instead of a bare name that is not on PATH, if the current directory has such a program.
pub(crate) fn hint_here(name: &Path) -> Option<String> {
    let here = Path::new(".").join(name);
    here.exists().then(|| {
        let here = here.display();
        format!("to run the program in the current directory, write its path: {here}")
    })
}

/// A list of directories, such as PYTHONPATH, without its empty and relative parts; `None` if no part
/// is left.
pub(crate) fn absolute_parts(list: &OsStr) -> Option<OsString> {
    let parts = absolute(list);
    if parts.is_empty() {
        return None;
    }
    env::join_paths(parts).ok()
}

fn absolute(list: &OsStr) -> Vec<PathBuf> {
    let parts = env::split_paths(list);
    // Some write `~` into PATH and leave it to the shell to expand.
    let is_fixed = |part: &PathBuf| part.is_absolute() || part.starts_with("~");
    parts.filter(is_fixed).collect()
}

fn find_all_in(folders: &[PathBuf], name: &OsStr) -> Vec<PathBuf> {
    if folders.is_empty() || !is_bare(Path::new(name)) {
        return Vec::new();
    }
    let list = env::join_paths(folders).ok();
    let found = list.and_then(|list| which::which_in_global(name, Some(list)).ok());
    found.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_parts_of_a_list_count() {
        let list = env::join_paths(["", "bin", "/usr/bin", ".", "./x", "..", "~/bin", ""]).unwrap();
        let kept: Vec<_> = absolute(&list);
        assert_eq!(kept, ["/usr/bin", "~/bin"].map(PathBuf::from));
        assert_eq!(absolute(OsStr::new("")), [""; 0].map(PathBuf::from));
        assert_eq!(absolute_parts(OsStr::new(":.")), None);
        assert_eq!(absolute_parts(OsStr::new("/a::b")), Some("/a".into()));
    }

    #[test]
    fn a_bare_name_has_no_folder() {
        assert!(is_bare(Path::new("zig")));
        for other in ["./zig", "a/zig", "/zig", "", "..", "/"] {
            assert!(!is_bare(Path::new(other)), "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_found_in_the_given_folders_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let tool = folder.path().join("tool");
        fs_err::write(&tool, "#!/bin/sh\n").unwrap();
        fs_err::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        let found = |folders: &[&Path], name: &str| {
            let folders: Vec<_> = folders.iter().map(|folder| folder.to_path_buf()).collect();
            find_all_in(&folders, OsStr::new(name))
        };
        let place = folder.path();
        assert_eq!(found(&[place, place], "tool"), [tool.clone(), tool.clone()]);
        for (folders, name) in [
            (&[][..], "tool"),
            (&[place], "other"),
            (&[place], "./tool"),
            (&[place], tool.to_str().unwrap()),
        ] {
            assert_eq!(found(folders, name), [""; 0].map(PathBuf::from), "{name}");
        }
    }
}
