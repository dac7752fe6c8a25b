//! The files that belong to a project, as opposed to what tools have put into its folder.
//!
//! Gives paths of regular files; follows no links and never fails: callers look for something,
//! and what can't be read has it not.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// Folders that hold what was made or fetched, never what the project's author wrote.
const MADE: [&str; 8] = [
    ".git",
    ".zig-cache",
    "zig-cache",
    "zig-out",
    ".pyz3-wheel",
    "node_modules",
    "__pycache__",
    ".tox",
];

/// Every regular file below `root` in a stable order, but for those in folders of generated
/// files, virtual environments and `output`; at most `depth` levels deep, if given.
pub(super) fn own_files(
    root: &Path,
    output: &Path,
    depth: Option<usize>,
) -> impl Iterator<Item = PathBuf> + use<> {
    let output = output.to_owned();
    WalkDir::new(root)
        .max_depth(depth.unwrap_or(usize::MAX))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(move |entry| {
            let made = entry
                .file_name()
                .to_str()
                .is_some_and(|name| MADE.contains(&name))
                || entry.path() == output
                || entry.path().join("pyvenv.cfg").is_file();
            entry.depth() == 0 || !entry.file_type().is_dir() || !made
        })
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
}
