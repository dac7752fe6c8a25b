//! What there is to read in a project: the files of its wheel, and its sources as texts. Looked at once.

use std::path::PathBuf;

use fs_err as fs;

use crate::error::Result;
use crate::project::{PackageFile, Project};

/// The endings of sources in which words are looked for.
const ENDINGS: [&str; 7] = ["zig", "zon", "c", "cc", "cpp", "cxx", "py"];

/// The sources of a project.
pub(super) struct Sources {
    /// The files that the wheel has already.
    pub(super) wheel: Vec<PackageFile>,
    texts: Vec<(PathBuf, String)>,
}

impl Sources {
    /// Reads all of them; what is no text is passed over.
    pub(super) fn read(project: &Project) -> Result<Self> {
        let texts = project.own_files().filter_map(|path| {
            let ending = path.extension()?.to_str()?;
            let text = ENDINGS
                .contains(&ending)
                .then(|| fs::read_to_string(&path))?;
            Some((path, text.ok()?))
        });
        Ok(Self {
            texts: texts.collect(),
            wheel: project.files()?.wheel,
        })
    }

    /// Those with one of these endings.
    pub(super) fn texts(&self, endings: &[&str]) -> impl Iterator<Item = &(PathBuf, String)> {
        self.texts.iter().filter(|(path, _)| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            ending.is_some_and(|ending| endings.contains(&ending))
        })
    }

    /// Whether the wheel has a file at this place.
    pub(super) fn has(&self, place: &str) -> bool {
        self.wheel.iter().any(|file| file.path == place)
    }
}
