//! The files that belong to a project, as opposed to what tools have put into its folder.
//!
//! Gives paths of files and never fails: callers search for something, and files that cannot be read are
//! skipped.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::packages::{FOLDER, PackageHash};

/// The folders in which version control systems keep their data.
pub(crate) const CHECKOUTS: [&str; 4] = [".bzr", ".git", ".hg", ".svn"];

/// Folders that hold what was made or fetched, never what the project's author wrote.
const MADE: [&str; 11] = [
    ".zig-cache",
    "zig-cache",
    "zig-out",
    ".pyz3-wheel",
    "node_modules",
    "__pycache__",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
];

/// Every file below `root` in a stable order, but for those in folders of generated files, virtual
/// environments and `output`; at most `depth` levels deep, if given.
///
/// Links to folders are not followed; a link to a file in `boundary` counts as that file.
pub(super) fn own_files(
    root: &Path,
    boundary: &Path,
    output: &Path,
    depth: Option<usize>,
) -> impl Iterator<Item = PathBuf> + use<> {
    let (boundary, output) = (boundary.to_owned(), output.to_owned());
    WalkDir::new(root)
        .max_depth(depth.unwrap_or(usize::MAX))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(move |entry| {
            entry.depth() == 0 || !entry.file_type().is_dir() || !is_made(entry, &output)
        })
        .filter_map(Result::ok)
        .filter(move |entry| {
            entry.file_type().is_file()
                || entry.path_is_symlink() && is_own(entry.path(), &boundary)
        })
        .map(DirEntry::into_path)
}

/// Every file that a build of the project may read: links are followed wherever they lead, fetched
/// packages count, and what every build writes again (caches, wheels) is left out.
pub(super) fn build_inputs(
    root: &Path,
    outputs: Vec<PathBuf>,
) -> impl Iterator<Item = PathBuf> + use<> {
    WalkDir::new(root)
        .follow_links(true)
        .into_iter()
        .filter_entry(move |entry| {
            let made = |output| is_generated(entry, output);
            entry.depth() == 0
                || !entry.file_type().is_dir()
                || !outputs.iter().any(|output| made(output)) && !is_cache(entry)
        })
        .filter_map(Result::ok)
        .filter(|entry| {
            let ending = entry.path().extension();
            entry.file_type().is_file() && ending.is_none_or(|ending| ending != "whl")
        })
        .map(DirEntry::into_path)
}

/// Every file in a folder and below, or the file itself.
pub(crate) fn files_below(path: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    own_files(path, path, Path::new(""), None)
}

/// Environment variables that name cache directories, of Zig, of this program and of pip.
const CACHE_VARIABLES: [&str; 5] = [
    "ZIG_GLOBAL_CACHE_DIR",
    "ZIG_LOCAL_CACHE_DIR",
    "PYZ3_WHEEL_CACHE_DIR",
    "XDG_CACHE_HOME",
    "PIP_CACHE_DIR",
];

/// Whether a directory is a cache: it is tagged as one (see <https://bford.info/cachedir/>), it has
/// the layout of a Zig cache, or the environment names it.
fn is_cache(folder: &DirEntry) -> bool {
    let path = folder.path();
    path.join("CACHEDIR.TAG").is_file()
        || path.join("h/timestamp").is_file() && path.join("o").is_dir()
        || CACHE_VARIABLES.iter().any(|name| {
            std::env::var_os(name).is_some_and(|value| is_named(folder, Path::new(&value)))
        })
}

/// Whether a directory is the one that an environment variable names.
fn is_named(folder: &DirEntry, value: &Path) -> bool {
    if value.file_name() != Some(folder.file_name()) {
        return false;
    }
    // Zig resolves a relative path against the project's root, where it runs; this program resolves
    // the path against its own working directory.
    let from_root = || {
        let root = folder.path().ancestors().nth(folder.depth());
        root.is_some_and(|root| {
            root.join(value.strip_prefix(".").unwrap_or(value)) == folder.path()
        })
    };
    from_root() || canonical(value).is_ok_and(|path| path == folder.path())
}

/// Whether a folder holds what tools have made or fetched.
pub(super) fn is_made(folder: &DirEntry, output: &Path) -> bool {
    is_generated(folder, output) || is_fetched(folder.path()) || is_cache(folder)
}

/// Whether a folder is a package that zig has fetched, by its place and its name. What else is beside it
/// someone has put there.
pub(super) fn is_fetched(folder: &Path) -> bool {
    let name = |path: &Path| {
        path.file_name()
            .and_then(|name| name.to_str().map(str::to_owned))
    };
    let is_store = folder
        .parent()
        .and_then(name)
        .is_some_and(|name| name == FOLDER);
    is_store && name(folder).is_some_and(|name| name.parse::<PackageHash>().is_ok())
}

fn is_generated(folder: &DirEntry, output: &Path) -> bool {
    let name = folder.file_name().to_str();
    name.is_some_and(|name| MADE.contains(&name) || CHECKOUTS.contains(&name))
        || folder.path() == output
        || folder.path().join("pyvenv.cfg").is_file()
}

/// Whether a link leads to a file in `boundary`.
fn is_own(link: &Path, boundary: &Path) -> bool {
    canonical(link).is_ok_and(|target| is_within(&target, boundary) && target.is_file())
}

/// Whether a path without links lies in a folder, and not among git's own files there, which may hold
/// passwords.
pub(super) fn is_within(path: &Path, boundary: &Path) -> bool {
    path.strip_prefix(boundary)
        .is_ok_and(|below| below.iter().all(|part| part != ".git"))
}

/// The absolute path without links, as other programs take it.
///
/// Windows' own canonical paths begin with `\\?\`, which Zig and Python do not understand.
pub(super) fn canonical(path: &Path) -> std::io::Result<PathBuf> {
    let path = fs_err::canonicalize(path)?;
    let plain = path
        .to_str()
        .and_then(|text| text.strip_prefix(r"\\?\"))
        .filter(|rest| rest.as_bytes().get(1) == Some(&b':'))
        .map(PathBuf::from);
    Ok(plain.unwrap_or(path))
}
