//! Finds the Pythons on this machine.
//!
//! Takes the environment (PATH, `VIRTUAL_ENV`, pyenv, uv); gives executables in the order of preference, without
//! running any of them. The rest of the disk is not searched.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::cache::Cache;
use crate::sys::cancel::Cancel;
use crate::sys::programs;
use crate::tags::{CPython, PythonVersion, known_pythons};

/// The kind under which the cache keeps Pythons.
pub(super) const PYTHONS: &str = "pythons";

/// An executable that may be a Python, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) exe: PathBuf,
    pub(super) origin: &'static str,
}

/// The Pythons that are searched for by name: those that wheels can be built for, and the release after
/// them, so that a build for it reports that it is not supported yet.
fn searched_pythons() -> impl Iterator<Item = CPython> {
    let after = known_pythons().next_back().map(|python| {
        let PythonVersion { major, minor } = python.version;
        PythonVersion::new(major, minor + 1)
    });
    let after = after.into_iter();
    known_pythons().chain(
        after.flat_map(|version| [CPython::with_gil(version), CPython::free_threaded(version)]),
    )
}

/// Every place, in the order of preference, each executable once.
pub(super) fn all(cache: &Cache, extra: &[PathBuf]) -> Vec<Place> {
    let mut places = Places::default();
    for exe in extra {
        // A name or a shim without an executable is not silently left out: running it reports that the Python
        // does not exist.
        let exe = match named(exe) {
            Some(found) => found,
            None if programs::is_bare(exe) => exe.clone(),
            None => std::path::absolute(exe).unwrap_or_else(|_| exe.clone()),
        };
        places.add(behind_shim(&exe).unwrap_or(exe), "--python");
    }
    if let Some(exe) = active_environment() {
        places.add(exe, "venv");
    }
    for folder in programs::folders() {
        for name in names() {
            places.add_from_path(folder.join(name));
        }
    }
    for exe in launcher_list(cache.cancel()) {
        places.add(exe, "py launcher");
    }
    if let Some(root) = pyenv_root() {
        for exe in in_each(&root.join("versions")) {
            places.add(exe, "pyenv");
        }
    }
    for folder in uv_folders() {
        for exe in managed(&folder) {
            places.add(exe, "uv");
        }
    }
    for exe in managed(&cache.dir(PYTHONS)) {
        places.add(exe, "our cache");
    }
    places.list
}

/// Where `python3` may be, in the order of preference.
pub(super) fn defaults() -> Vec<Place> {
    let mut places = Places::default();
    if let Some(exe) = active_environment() {
        places.add(exe, "venv");
    }
    for name in ["python3", "python"] {
        for folder in programs::folders() {
            places.add_from_path(folder.join(with_suffix(name)));
        }
    }
    places.list
}

/// The first executable with that name on PATH. A shim without an executable does not count.
pub(super) fn named(name: &Path) -> Option<PathBuf> {
    programs::find_all(name)
        .into_iter()
        .find_map(|exe| match behind_shim(&exe) {
            Some(selected) => Some(selected),
            None => (!in_pyenv_shims(&exe)).then_some(exe),
        })
}

/// An ordered list of executables, each once: two names of one file are one executable, but a link in a virtual
/// environment is another Python than its target.
#[derive(Default)]
struct Places {
    list: Vec<Place>,
    seen: Vec<PathBuf>,
}

impl Places {
    fn add(&mut self, exe: PathBuf, origin: &'static str) {
        let identity = match environment_of(&exe) {
            Some(environment) => environment,
            None => std::fs::canonicalize(&exe).unwrap_or_else(|_| exe.clone()),
        };
        if !self.seen.contains(&identity) {
            self.seen.push(identity);
            self.list.push(Place { exe, origin });
        }
    }

    /// Adds an executable from PATH. A shim of pyenv is replaced by the executable that it runs, if there is one.
    fn add_from_path(&mut self, exe: PathBuf) {
        if !is_executable(&exe) {
            return;
        }
        match behind_shim(&exe) {
            Some(selected) => self.add(selected, "pyenv"),
            None if in_pyenv_shims(&exe) => {}
            None => self.add(exe, "PATH"),
        }
    }
}

/// The virtual environment that this executable belongs to (PEP 405). If the executable is a link, it is not
/// resolved.
pub(super) fn environment_of(exe: &Path) -> Option<PathBuf> {
    let folder = exe.parent()?;
    [Some(folder), folder.parent()]
        .into_iter()
        .flatten()
        .find(|dir| dir.join("pyvenv.cfg").is_file())
        .map(Path::to_path_buf)
}

fn with_suffix(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// The names that a Python may have on PATH.
fn names() -> impl Iterator<Item = String> {
    let numbered = searched_pythons().map(|python| python.to_string());
    let versions = numbered.chain(["3".to_owned(), String::new()]);
    versions.map(|version| with_suffix(&format!("python{version}")))
}

fn active_environment() -> Option<PathBuf> {
    python_of_environment(&named_environment()?)
}

/// The folder that `VIRTUAL_ENV` names, if there is no Python in it.
pub fn broken_environment() -> Option<PathBuf> {
    named_environment().filter(|dir| python_of_environment(dir).is_none())
}

fn named_environment() -> Option<PathBuf> {
    let dir = std::env::var_os("VIRTUAL_ENV").filter(|dir| !dir.is_empty());
    dir.map(PathBuf::from)
}

/// The Python of a virtual environment or one of conda.
pub(crate) fn python_of_environment(environment: &Path) -> Option<PathBuf> {
    let places: &[&str] = if cfg!(windows) {
        // A conda environment has it at the top.
        &["Scripts/python.exe", "python.exe"]
    } else {
        &["bin/python"]
    };
    let mut exes = places.iter().map(|place| environment.join(place));
    exes.find(|exe| is_executable(exe))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// The placeholders that open the Microsoft Store instead of running Python are empty files.
#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() > 0)
}

fn pyenv_root() -> Option<PathBuf> {
    let set = std::env::var_os("PYENV_ROOT").filter(|root| !root.is_empty());
    let root = match set {
        Some(root) => PathBuf::from(root),
        None if cfg!(windows) => home()?.join(".pyenv/pyenv-win"),
        None => home()?.join(".pyenv"),
    };
    root.is_dir().then_some(root)
}

fn home() -> Option<PathBuf> {
    etcetera::home_dir().ok()
}

fn in_pyenv_shims(exe: &Path) -> bool {
    pyenv_root().is_some_and(|root| exe.parent() == Some(&root.join("shims")))
}

/// The executable that a shim of pyenv would run here; `None` if this is not a shim, or if no Python that pyenv
/// has selected has this program.
///
/// The shim itself takes about 0.3 s and may fail. Source: pyenv's "Understanding Python version
/// selection": `$PYENV_VERSION`, else the nearest `.python-version`, else the file `version`.
pub(super) fn behind_shim(exe: &Path) -> Option<PathBuf> {
    let root = pyenv_root()?;
    if exe.parent() != Some(&root.join("shims")) {
        return None;
    }
    let selected = selected_by_pyenv(&root)?;
    let program = exe.file_name()?;
    selected
        .split([':', '\n'])
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .find_map(|name| provided_by(&root, name, program))
}

fn selected_by_pyenv(root: &Path) -> Option<String> {
    if let Ok(names) = std::env::var("PYENV_VERSION")
        && !names.is_empty()
    {
        return Some(names);
    }
    let here = std::env::var_os("PYENV_DIR").map(PathBuf::from);
    let here = here.or_else(|| std::env::current_dir().ok())?;
    here.ancestors()
        .map(|dir| dir.join(".python-version"))
        .chain([root.join("version")])
        .find_map(|file| std::fs::read_to_string(file).ok())
}

fn provided_by(root: &Path, name: &str, program: &OsStr) -> Option<PathBuf> {
    if name == "system" {
        let shims = root.join("shims");
        let folders = programs::folders().into_iter();
        return folders
            .filter(|folder| *folder != shims)
            .map(|folder| folder.join(program))
            .find(|exe| is_executable(exe));
    }
    // A project's `.python-version` may say anything, such as `../../project/python`.
    if !programs::is_bare(Path::new(name)) {
        return None;
    }
    let versions = root.join("versions");
    let plain = name.strip_prefix("python-").unwrap_or(name);
    let folder = [name, plain]
        .into_iter()
        .map(|name| versions.join(name))
        .find(|folder| folder.is_dir())
        .or_else(|| latest_with_prefix(&versions, plain))?;
    let exe = folder.join("bin").join(program);
    is_executable(&exe).then_some(exe)
}

/// For pyenv, `3.12` means the latest 3.12.x.
fn latest_with_prefix(versions: &Path, prefix: &str) -> Option<PathBuf> {
    let prefix = format!("{prefix}.");
    let number = |path: &Path| -> Option<u32> {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix(&prefix)?.parse().ok()
    };
    let folders = folders(versions).into_iter();
    folders
        .filter(|path| number(path).is_some())
        .max_by_key(|path| number(path))
}

/// The folders in a folder, newest version first; versions are compared by their numbers.
fn folders(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut folders: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort_by_cached_key(|path| std::cmp::Reverse(version_key(path)));
    folders
}

fn version_key(path: &Path) -> (Vec<u64>, PathBuf) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let numbers = name.split(|c: char| !c.is_ascii_digit());
    let numbers = numbers.filter_map(|digits| digits.parse().ok()).collect();
    (numbers, path.to_path_buf())
}

/// The Pythons of all installations in a folder.
fn in_each(dir: &Path) -> Vec<PathBuf> {
    folders(dir)
        .iter()
        .filter_map(|dir| python_in(dir))
        .collect()
}

fn python_in(installation: &Path) -> Option<PathBuf> {
    let candidates: &[&str] = if cfg!(windows) {
        &["python.exe"]
    } else {
        &["bin/python3", "bin/python"]
    };
    candidates
        .iter()
        .map(|name| installation.join(name))
        .find(|exe| is_executable(exe))
}

/// The Pythons in a folder that uv manages, newest first.
pub(super) fn managed(dir: &Path) -> Vec<PathBuf> {
    // uv unpacks in hidden folders, and links each feature release to its newest patch release.
    let is_installation = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with('.') && !path.is_symlink()
    };
    let folders = folders(dir).into_iter();
    folders
        .filter(is_installation)
        .filter_map(|dir| python_in(&dir))
        .collect()
}

/// Where uv keeps Pythons; source: uv's "Storage" page.
fn uv_folders() -> Vec<PathBuf> {
    if let Some(dir) = std::env::var_os("UV_PYTHON_INSTALL_DIR").filter(|dir| !dir.is_empty()) {
        return vec![dir.into()];
    }
    let Ok(folders) = etcetera::choose_base_strategy() else {
        return Vec::new();
    };
    let data = folders.data_dir().join("uv");
    if cfg!(windows) {
        vec![data.join("data").join("python"), data.join("python")]
    } else {
        vec![data.join("python")]
    }
}

/// The Pythons that the py launcher of Windows lists (PEP 397).
#[cfg(windows)]
fn launcher_list(cancel: &Cancel) -> Vec<PathBuf> {
    use crate::sys::process::{Output, PATIENCE, capture};
    let Some(launcher) = programs::find("py") else {
        return Vec::new();
    };
    let mut command = std::process::Command::new(launcher);
    command.arg("-0p");
    let text = capture(command, PATIENCE, cancel).and_then(Output::answer);
    parse_launcher_list(&text.unwrap_or_default())
}

#[cfg(not(windows))]
fn launcher_list(_cancel: &Cancel) -> Vec<PathBuf> {
    Vec::new()
}

/// Reads lines such as ` -V:3.12 *        C:\Python312\python.exe`.
#[cfg(any(windows, test))]
fn parse_launcher_list(text: &str) -> Vec<PathBuf> {
    let path = |line: &str| {
        let colon = line.find(":\\")?;
        let start = line[..colon].char_indices().next_back()?.0;
        Some(PathBuf::from(line[start..].trim()))
    };
    text.lines().filter_map(path).collect()
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
