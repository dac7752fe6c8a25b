//! The file name of a source distribution (PEP 625).

use pep440_rs::Version;

use crate::audit::claim::Claim;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::tags::DistributionName;

/// How the file names of source distributions end.
const ENDING: &str = ".tar.gz";
/// The endings of other archives that were, or might be, source distributions.
const OTHERS: [&str; 12] = [
    ".egg",
    ".tar",
    ".tar.bz2",
    ".tar.lzma",
    ".tar.xz",
    ".tar.z",
    ".tar.zst",
    ".tbz",
    ".tgz",
    ".tlz",
    ".txz",
    ".zip",
];

/// The parts of the file name of a source distribution, as written.
#[derive(Debug)]
pub(in crate::audit) struct SdistName {
    pub(in crate::audit) name: String,
    pub(in crate::audit) version: String,
    /// The file name without its ending.
    pub(in crate::audit) stem: String,
}

/// Whether a file name is meant for a source distribution, not a wheel.
pub(in crate::audit) fn is_source(filename: &str) -> bool {
    let lower = filename.to_ascii_lowercase();
    let mut others = OTHERS.iter();
    let other = others.find_map(|ending| lower.strip_suffix(ending));
    // The name of a wheel with a wrong ending is the name of a wheel.
    let is_wheel = |stem: &str| Claim::parse(&format!("{stem}.whl")).is_ok();
    filename.ends_with(ENDING) || other.is_some_and(|stem| !is_wheel(stem))
}

impl SdistName {
    /// Takes a file name apart. An error means that the file is not a source distribution.
    pub(in crate::audit) fn parse(
        filename: &str,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Finding> {
        let form = "name it name-version.tar.gz";
        let Some(stem) = filename.strip_suffix(ENDING) else {
            let actual = "is not a .tar.gz file";
            let finding = Finding::new(Code::SdistFormat, actual);
            return Err(
                finding.hint("pack the sdist as a tar archive that is compressed with gzip")
            );
        };
        let refuse = |actual: String| Finding::new(Code::SdistName, actual).hint(form);
        let Some((name, version)) = stem.rsplit_once('-') else {
            return Err(refuse("has no version in its file name".to_owned()));
        };
        let normal_name = name
            .parse::<DistributionName>()
            .map_err(|error| refuse(error.to_string()))?;
        let normal_version = version.parse::<Version>().map_err(|_| {
            refuse(format!(
                "has the version {version}, which PEP 440 does not allow"
            ))
        })?;
        let normal = format!("{normal_name}-{normal_version}");
        if normal != stem {
            let actual = format!("is named {filename}");
            let finding = Finding::new(Code::SdistName, actual);
            findings.push(finding.promised(format!("PyPI only accepts {normal}{ENDING}")));
        }
        if !normal_version.local().is_empty() {
            let actual = format!("has the local version {version}");
            findings.push(Finding::new(Code::LocalVersion, actual));
        }
        Ok(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            stem: stem.to_owned(),
        })
    }
}
