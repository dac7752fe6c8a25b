//! The files of a project's wheel, and its sources as text. Everything is read once.

use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::compile::place::package_of_stub;
use crate::error::Result;
use crate::project::imports::Imports;
use crate::project::{PackageFile, Project};

/// The endings of the source files that are searched for words.
const ENDINGS: [&str; 7] = ["zig", "zon", "c", "cc", "cpp", "cxx", "py"];

/// The sources of a project.
pub(super) struct Sources {
    /// The Python files and data of the wheel, without the native code.
    pub(super) wheel: Vec<PackageFile>,
    /// The imports of all Python files, including tests and other files that are not in the wheel.
    pub(super) imports: Imports,
    texts: Vec<(PathBuf, String)>,
}

impl Sources {
    /// Reads all sources; files that are not text are ignored.
    pub(super) fn read(project: &Project) -> Result<Self> {
        let texts = project.own_files().filter_map(|path| {
            let ending = path.extension()?.to_str()?;
            let text = ENDINGS
                .contains(&ending)
                .then(|| fs::read_to_string(&path))?;
            Some((path, text.ok()?))
        });
        let texts: Vec<_> = texts.collect();
        let wheel = project.files()?.wheel;
        let mut imports = Imports::default();
        for (path, text) in texts.iter().filter(|(path, _)| has_ending(path, &["py"])) {
            let file = wheel.iter().find(|file| file.source == *path);
            let shown = path.strip_prefix(&project.root).unwrap_or(path);
            let place = file.map(|file| file.path.as_str());
            imports.add(place, &shown.display().to_string(), text);
        }
        Ok(Self {
            wheel,
            imports,
            texts,
        })
    }

    /// The sources with one of these endings.
    pub(super) fn texts(&self, endings: &[&str]) -> impl Iterator<Item = &(PathBuf, String)> {
        self.texts
            .iter()
            .filter(|(path, _)| has_ending(path, endings))
    }

    /// Whether exactly one stub file of the wheel describes a native module with this name.
    pub(super) fn has_stub(&self, leaf: &str) -> bool {
        package_of_stub(leaf, &self.wheel).is_some()
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| endings.contains(&ending))
}
