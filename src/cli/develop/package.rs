//! The Python package `pyz3_wheel` inside the program, for environments that do not have it.
//!
//! `develop` runs the package in the environment, and imports of an editable install use it to rebuild changed
//! modules. The program may be installed elsewhere, by `uv tool install`, pipx or cargo.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::Result;

/// Where the package finds the program that wrote it. In an installed package there is no such file.
const RECORD: &str = "program.txt";

macro_rules! modules {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../python/pyz3_wheel/", $name)))),+]
    };
}

/// The files of the package.
const FILES: [(&str, &str); 12] = modules![
    "__init__.py",
    "__main__.py",
    "_api.py",
    "_backend.py",
    "_develop.py",
    "_editable.py",
    "_host.py",
    "_program.py",
    "_redirect.py",
    "_results.py",
    "_shown.py",
    "py.typed",
];

/// A directory with a copy of the package, which is removed when this is dropped.
pub(super) struct Package(TempDir);

impl Package {
    /// Writes the package, with the path of this program.
    pub(super) fn write() -> Result<Self> {
        let copy = Self(tempfile::tempdir()?);
        let folder = copy.folder();
        fs_err::create_dir(&folder)?;
        for (name, text) in FILES {
            fs_err::write(folder.join(name), text)?;
        }
        let program = std::env::current_exe()?;
        fs_err::write(folder.join(RECORD), program.as_os_str().as_encoded_bytes())?;
        Ok(copy)
    }

    /// The directory to import it from.
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    fn folder(&self) -> PathBuf {
        self.path().join("pyz3_wheel")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_program_has_every_file_of_the_package() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/python/pyz3_wheel");
        let names = |folder: &Path| -> BTreeSet<_> {
            let entries = fs_err::read_dir(folder).unwrap().map(Result::unwrap);
            let files = entries.filter(|entry| entry.path().is_file());
            files.map(|entry| entry.file_name()).collect()
        };
        let copy = Package::write().unwrap();
        let mut expected = names(&sources);
        expected.insert(RECORD.into());
        assert_eq!(names(&copy.folder()), expected);
    }
}
