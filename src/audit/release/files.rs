//! The files of a release.

use crate::audit::claim::Claim;
use crate::audit::declared::Declared;

/// A file that may be part of a release.
#[derive(Debug, Clone)]
pub struct ReleaseFile {
    /// Its name.
    pub filename: String,
    /// Its size in bytes.
    pub size: u64,
    /// What its metadata declares, if the metadata can be read.
    pub declared: Option<Declared>,
}

/// A wheel of a release.
pub(super) struct Wheel<'a> {
    pub(super) claim: Claim,
    pub(super) file: &'a ReleaseFile,
}

/// The files of one version of a project.
#[derive(Default)]
pub(super) struct Files<'a> {
    pub(super) wheels: Vec<Wheel<'a>>,
    pub(super) sdists: Vec<&'a ReleaseFile>,
}

impl<'a> Files<'a> {
    pub(super) fn all(&self) -> impl Iterator<Item = &'a ReleaseFile> {
        let wheels = self.wheels.iter().map(|wheel| wheel.file);
        wheels.chain(self.sdists.iter().copied())
    }
}
