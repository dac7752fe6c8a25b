//! Checks the files of a release together: what a user of one platform or Python gets that others do not.
//!
//! Takes file names, sizes and what the metadata declares; gives a table of platforms and Pythons, and findings.
//! Pure. Sources: PyPA, "Platform compatibility tags", and the order of tags in `packaging.tags`, by which
//! installers choose a wheel.

mod files;
mod grid;
mod judge;

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::Version;

pub use files::ReleaseFile;
use files::{Files, Wheel};
pub use grid::{Grid, Row};

use super::claim::Claim;
use super::finding::{Finding, first_of_each, sort};
use super::sdist::SdistName;
use crate::tags::DistributionName;

/// The files of one version of a project, checked together.
#[derive(Debug)]
pub struct Release {
    /// The normalized name of the project.
    pub name: String,
    /// The version.
    pub version: String,
    /// How many files there are.
    pub files: usize,
    /// The size of all files, in bytes.
    pub size: u64,
    /// The largest file and its size.
    pub largest: (String, u64),
    /// Which platforms and Pythons have a wheel.
    pub grid: Grid,
    /// The findings, warnings first.
    pub findings: Vec<Finding>,
}

/// The releases of which there are at least two files, each checked as a whole.
pub fn releases(files: &[ReleaseFile]) -> Vec<Release> {
    let mut by_release: BTreeMap<(String, Version), Files<'_>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    // A file that is given twice is one file.
    for file in files.iter().filter(|file| seen.insert(&file.filename)) {
        let claim = Claim::parse(&file.filename).ok();
        let sdist = SdistName::parse(&file.filename, &mut Vec::new()).ok();
        let (name, version) = match (&claim, &sdist) {
            (Some(claim), _) => (&claim.name, claim.version_text()),
            (None, Some(sdist)) => (&sdist.name, sdist.version.clone()),
            (None, None) => continue,
        };
        let (Ok(name), Ok(version)) = (name.parse::<DistributionName>(), version.parse()) else {
            continue;
        };
        let release = by_release.entry((name.to_string(), version)).or_default();
        match claim {
            Some(claim) => release.wheels.push(Wheel { claim, file }),
            None => release.sdists.push(file),
        }
    }
    let several = by_release
        .into_iter()
        .filter(|(_, files)| files.all().count() > 1);
    let releases = several.map(|((name, version), files)| {
        let grid = Grid::of(files.wheels.iter().map(|wheel| &wheel.claim));
        let mut findings = judge::judge(&files, &grid);
        sort(&mut findings);
        let largest = files.all().max_by_key(|file| file.size);
        Release {
            name,
            version: version.to_string(),
            files: files.all().count(),
            size: files.all().map(|file| file.size).sum(),
            largest: largest
                .map_or_else(Default::default, |file| (file.filename.clone(), file.size)),
            grid,
            findings: first_of_each(findings),
        }
    });
    releases.collect()
}

#[cfg(test)]
mod tests;
