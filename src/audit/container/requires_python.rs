//! Checks Requires-Python against the Pythons that the tags admit.

use pep440_rs::VersionSpecifiers;

use crate::audit::claim::{Claim, cpython, full_abi};
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::metadata::values::admits;
use crate::tags::{FIRST_ABI3T, PythonVersion};

/// The highest minor version that a tag without an upper limit is judged for.
const LAST_MINOR: u8 = 99;

/// The finding if no Python that the tags admit satisfies the specifiers.
pub(in crate::audit) fn judge(specifiers: &VersionSpecifiers, claim: &Claim) -> Option<Finding> {
    // Tags that contradict each other are a finding of their own if there are no others.
    let mut pairs = claim
        .pairs()
        .filter(|(python, abi)| !contradict(python, abi))
        .peekable();
    pairs.peek()?;
    // Another implementation has versions of its own, about which nothing is known here.
    if pairs.any(|(python, abi)| is_admitted(specifiers, python, abi) != Some(false)) {
        return None;
    }
    let actual = format!("has Requires-Python: {specifiers}");
    let tags = format!("{}-{}", claim.pythons.join("."), claim.abis.join("."));
    Some(
        Finding::new(Code::RequiresPython, actual)
            .promised(format!("the tags {tags} are for other Pythons"))
            .hint("build the wheel for a Python that Requires-Python allows, or correct Requires-Python"),
    )
}

/// Whether no CPython has both tags.
fn contradict(python: &str, abi: &str) -> bool {
    let versions = cpython(python).zip(full_abi(abi));
    versions.is_some_and(|(version, abi)| abi.version != version)
}

/// Whether some Python with these tags satisfies the specifiers; `None` if the Pythons are not known.
///
/// Source: the order of tags in PyPA's packaging.tags.
fn is_admitted(specifiers: &VersionSpecifiers, python: &str, abi: &str) -> Option<bool> {
    let from = |first: PythonVersion| {
        let mut later = (first.minor..=LAST_MINOR).map(|minor| PythonVersion { minor, ..first });
        later.any(|version| admits(specifiers, version))
    };
    if let Some(version) = cpython(python) {
        return Some(match abi {
            "abi3" => from(version),
            "abi3t" => from(version.max(FIRST_ABI3T)),
            _ => admits(specifiers, version),
        });
    }
    if let Some(version) = abi
        .strip_prefix("pypy")
        .and_then(|abi| abi.split('_').next())
    {
        return Some(admits(specifiers, PythonVersion::from_nodot(version)?));
    }
    let version = python.strip_prefix("py")?;
    let first = match version.parse() {
        Ok(major) if version.len() == 1 => PythonVersion::new(major, 0),
        _ => PythonVersion::from_nodot(version)?,
    };
    Some(from(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_python_of_the_tags_satisfies_requires_python() {
        let is_found = |tags: &str, specifiers: &str| {
            let claim = Claim::parse(&format!("a-1-{tags}-any.whl")).unwrap();
            judge(&specifiers.parse().unwrap(), &claim).is_some()
        };
        for (tags, specifiers) in [
            ("cp312-cp312", ">=3.13"),
            ("cp312-cp312", "<3.12"),
            ("cp312-cp312", ">=3.9,!=3.12.*"),
            ("cp313-cp313t", ">=3.14"),
            ("cp36-none", ">=3.7"),
            ("cp39-abi3", "<3.9"),
            ("cp312-abi3", ">=3.8,<3.12"),
            ("cp315-abi3.abi3t", "<3.15"),
            ("cp310-abi3t", "<3.15"),
            ("py3-none", "<3"),
            ("py3-none", ">=4"),
            ("py2-none", ">=3.9"),
            ("py39-none", "<3.9"),
            ("cp311.cp312-cp311.cp312", ">=3.13"),
            ("pp310-pypy310_pp73", ">=3.11"),
        ] {
            assert!(is_found(tags, specifiers), "{tags} {specifiers}");
        }
        for (tags, specifiers) in [
            ("cp312-cp312", ">=3.12"),
            ("cp312-cp312", ">=3.12.4"),
            ("cp312-cp312", "<3.12.1"),
            ("cp312-cp312", "!=3.12.0"),
            ("cp312-cp312", "~=3.8"),
            ("cp312-cp312", ""),
            ("cp39-abi3", ">=3.11"),
            ("cp39-abi3", ">=3.20"),
            ("cp310-abi3t", ">=3.15"),
            ("py2.py3-none", ">=3.6"),
            ("py2.py3-none", "<3"),
            ("py3-none", ">=3.8,<4"),
            ("py36-none", ">=3.9"),
            ("cp311.cp312-cp311.cp312", ">=3.12"),
            ("pp310-pypy310_pp73", ">=3.10"),
            ("pp373-pypy36_pp73", ">=3.6"),
            ("graalpy311-graalpy240_311_native", ">=3.12"),
            ("ip27-none", ">=3"),
        ] {
            assert!(!is_found(tags, specifiers), "{tags} {specifiers}");
        }
    }
}
