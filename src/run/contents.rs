//! The part of a wheel that zig does not build. It is the same in all wheels of a run.

use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::project::{PackageFile, Project};
use crate::sys::fingerprint::Fingerprint;
use crate::tags::WheelFilename;
use crate::wheel::{Entry, Source, WheelSpec};

/// The metadata, license files and package files of the wheels of a run.
#[derive(Debug)]
pub struct Contents {
    metadata: String,
    entry_points: Option<String>,
    /// The software bill of materials.
    pub(super) sbom: Option<String>,
    licenses: Vec<(String, Source)>,
    entries: Vec<Entry>,
    /// The directory that links of the project may not lead out of.
    boundary: Arc<Path>,
}

impl Contents {
    /// Renders the metadata of a project. `files` are its package files.
    pub fn new(project: &Project, files: &[PackageFile]) -> Result<Self> {
        let boundary: Arc<Path> = project.boundary().into();
        let licenses = project.metadata.license_files().iter();
        let licenses = licenses.map(|file| {
            let source = Source::Within(file.source.clone(), boundary.clone());
            (file.path.clone(), source)
        });
        let mut contents = Self {
            metadata: project.metadata.render(),
            entry_points: project.metadata.entry_points(),
            sbom: None,
            licenses: licenses.collect(),
            entries: Vec::new(),
            boundary,
        };
        contents.entries = contents.entries_of(files)?;
        Ok(contents)
    }

    /// The package files that are in every wheel.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries for package files.
    pub(super) fn entries_of(&self, files: &[PackageFile]) -> Result<Vec<Entry>> {
        let entries = files.iter().map(|file| {
            Ok(Entry {
                path: file.path.parse().map_err(Error::config)?,
                source: Source::of(file, &self.boundary),
                executable: file.executable,
                shared: true,
            })
        });
        entries.collect()
    }

    /// The wheel of this name with these entries.
    pub fn spec<'a>(&'a self, filename: &'a WheelFilename, entries: Vec<Entry>) -> WheelSpec<'a> {
        WheelSpec {
            filename,
            metadata: &self.metadata,
            entry_points: self.entry_points.as_deref(),
            sbom: self.sbom.as_deref(),
            licenses: self.licenses.clone(),
            entries,
            root_is_purelib: false,
        }
    }

    /// A fingerprint of these parts. `digest` gives the digest of a file's content.
    pub(super) fn fingerprint(&self, mut digest: impl FnMut(&Source) -> String) -> String {
        let mut fingerprint = Fingerprint::new();
        fingerprint.add("METADATA", &self.metadata);
        let (entry_points, sbom) = (self.entry_points.as_deref(), self.sbom.as_deref());
        fingerprint.add("entry points", entry_points.unwrap_or_default());
        fingerprint.add("SBOM", sbom.unwrap_or_default());
        for (path, source) in &self.licenses {
            fingerprint.add(path, digest(source));
        }
        for entry in &self.entries {
            let mode = if entry.executable { "executable " } else { "" };
            let content = format!("{mode}{}", digest(&entry.source));
            fingerprint.add(entry.path.as_str(), content);
        }
        fingerprint.finish()
    }
}
