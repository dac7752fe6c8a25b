//! Virtual environments, which are slow to make.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::shared::{hash, made_once};
use crate::{kept, skip, succeed};

/// A virtual environment with these packages from PyPI, made once; gives its folder of programs.
pub fn venv_tool(packages: &[&str]) -> Option<PathBuf> {
    venv(Path::new("python3"), packages)
}

/// A virtual environment of an interpreter with these packages from PyPI, made once. `None`, with a
/// message, when pip cannot get them.
pub fn venv(python: &Path, packages: &[&str]) -> Option<PathBuf> {
    // Another interpreter may come to have the same path.
    let version = "import sys; print(sys.executable, sys.version)";
    let interpreter = succeed(Command::new(python).args(["-c", version]));
    let name = hash(&format!("{} {}", python.display(), packages.join(" ")));
    let folder = kept("venvs").join(name);
    made_once(&folder, &interpreter, |dir| {
        if packages.is_empty() {
            succeed(Command::new(python).args(["-m", "venv"]).arg(dir));
            return Some(());
        }
        venv_like(&venv(python, &[])?, python, dir);
        let pip = Command::new(programs(dir).join("python"))
            .args(["-m", "pip", "install", "--quiet"])
            .arg("--disable-pip-version-check")
            .args(packages)
            .output()
            .unwrap();
        if !pip.status.success() {
            skip(&format!(
                "pip cannot install {packages:?}: {}",
                String::from_utf8_lossy(&pip.stderr)
            ));
            return None;
        }
        Some(())
    })?;
    Some(programs(&folder))
}

/// A virtual environment with what another one of the same Python has installed: to copy pip takes a
/// tenth of a second, to install it four seconds.
fn venv_like(other: &Path, python: &Path, dir: &Path) {
    let mut venv = Command::new(python);
    succeed(venv.args(["-m", "venv", "--without-pip"]).arg(dir));
    copy_scripts(other, &programs(dir));
    let other = other.parent().unwrap();
    for entry in walkdir::WalkDir::new(other) {
        let entry = entry.unwrap();
        let place = entry.path().strip_prefix(other).unwrap();
        if !place.iter().any(|part| part == "site-packages") {
            continue;
        }
        let to = dir.join(place);
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&to).unwrap();
        } else {
            std::fs::copy(entry.path(), &to).unwrap();
            // Bytecode is only good for a source of the same time.
            let modified = entry.metadata().unwrap().modified().unwrap();
            let file = std::fs::File::options().write(true).open(&to).unwrap();
            file.set_modified(modified).unwrap();
        }
    }
}

/// The programs of packages, such as pip's: scripts whose first line names the Python of their environment.
fn copy_scripts(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        let Ok(text) = std::fs::read_to_string(entry.path()) else {
            continue;
        };
        let Some((first, rest)) = text.split_once('\n') else {
            continue;
        };
        if !first.starts_with("#!") || !first.contains("/python") {
            continue;
        }
        std::fs::write(&place, format!("#!{}\n{rest}", to.join("python").display())).unwrap();
        let permissions = entry.metadata().unwrap().permissions();
        std::fs::set_permissions(&place, permissions).unwrap();
    }
}

/// The folder of programs of a virtual environment.
pub fn programs(venv: &Path) -> PathBuf {
    venv.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// A fresh virtual environment of an interpreter, for one test; gives it and its `python`.
pub fn fresh_venv(python: &Path) -> (TempDir, PathBuf) {
    fresh_venv_with(python, &[]).unwrap()
}

/// The same with these packages from PyPI. `None`, with a message, when pip cannot get them.
pub fn fresh_venv_with(python: &Path, packages: &[&str]) -> Option<(TempDir, PathBuf)> {
    let model = venv(python, packages)?;
    let folder = tempfile::tempdir().unwrap();
    venv_like(&model, python, folder.path());
    let python = programs(folder.path()).join("python");
    Some((folder, python))
}
