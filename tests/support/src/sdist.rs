//! Source distributions: made, unpacked as pip does, and made again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::{Ran, command, run, succeed};

pub fn sdist(project: &Path, output: &Path) -> Ran {
    run(command()
        .args(["sdist", "--project"])
        .arg(project)
        .arg("--output-dir")
        .arg(output))
}

/// Writes a project's sdist into a folder of its own; gives the folder and the file.
#[track_caller]
pub fn written(project: &Path) -> (TempDir, PathBuf) {
    let output = tempfile::tempdir().unwrap();
    let path = sdist(project, output.path()).exits(0).stdout;
    let path = PathBuf::from(path.trim_end());
    assert_eq!(path.parent(), Some(output.path()));
    (output, path)
}

/// Unpacks an sdist as pip does; gives the folder and the project in it.
pub fn unpacked(sdist: &Path) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    succeed(
        Command::new("python3")
            .args(["-m", "tarfile", "-e"])
            .args([sdist, folder.path()]),
    );
    let name = sdist.file_name().unwrap().to_str().unwrap();
    let root = folder.path().join(name.strip_suffix(".tar.gz").unwrap());
    (folder, root)
}

/// An sdist that was made of the unpacked one is the same, byte for byte.
#[track_caller]
pub fn comes_back(sdist: &Path) {
    let (_folder, root) = unpacked(sdist);
    let (_output, again) = written(&root);
    assert_eq!(again.file_name(), sdist.file_name());
    assert_eq!(fs::read(again).unwrap(), fs::read(sdist).unwrap());
}
