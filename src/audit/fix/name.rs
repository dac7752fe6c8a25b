//! Chooses the name of the new wheel, and its `Root-Is-Purelib`: the rules of the check judge each candidate.

use std::collections::BTreeSet;

use super::tags::{self, is_error};
use crate::audit::claim::Claim;
use crate::audit::code::{Code, Severity};
use crate::audit::container::wheel_file::{self, WheelFile};
use crate::audit::finding::Finding;
use crate::audit::wheel::Check;
use crate::tags::DistributionName;

/// How many names are tried. Each one raises a release, or follows from the binaries.
const MOST_NAMES: usize = 8;

/// The name that the binaries keep, and the reason if there is none.
pub(super) fn best_claim(
    check: &Check<'_>,
    old: &Claim,
    wheel: &WheelFile,
    text: &[u8],
) -> (Claim, Option<String>) {
    let start = normalized(old);
    // It is corrected afterwards.
    let wheel = &WheelFile {
        root_is_purelib: None,
        ..wheel.clone()
    };
    let mut findings = check.under(&start, wheel);
    if !findings.iter().any(is_error) {
        return (start, None);
    }
    // One of the two names may be right.
    if let Some(other) = claim_in_wheel(text, &start)
        && !check.under(&other, wheel).iter().any(is_error)
    {
        return (other, None);
    }
    let mut claim = start.clone();
    let mut left = None;
    for _ in 0..MOST_NAMES {
        let Some(error) = findings.iter().find(|one| is_error(one)) else {
            return (claim, None);
        };
        left = (claim != start).then(|| {
            let file = error.file.as_deref().unwrap_or("the wheel");
            let (tags, what) = (claim.tag_set(), error.message());
            format!("the binaries are for {tags}, but {file} {what}")
        });
        match tags::improved(&claim, &findings, &check.files.binaries) {
            Some(Ok(next)) => claim = normalized(&next),
            Some(Err(why)) => return (start, Some(why)),
            None => break,
        }
        findings = check.under(&claim, wheel);
    }
    (start, left)
}

/// The same name as indexes spell it: normalized, with sorted tags.
fn normalized(claim: &Claim) -> Claim {
    let mut claim = claim.clone();
    if let Ok(name) = claim.name.parse::<DistributionName>() {
        claim.name = name.to_string();
    }
    if let Ok(version) = claim.version_text().parse::<pep440_rs::Version>() {
        claim.version = version.to_string();
    }
    for tags in [&mut claim.pythons, &mut claim.abis, &mut claim.platforms] {
        tags.sort_unstable();
        tags.dedup();
    }
    claim
}

/// The same name with the tags in WHEEL, if they can be written as one name.
fn claim_in_wheel(text: &[u8], claim: &Claim) -> Option<Claim> {
    let tags = wheel_file::tags_in(text);
    let parts = |index: usize| -> Vec<String> {
        let parts = tags.iter().filter_map(|tag| tag.split('-').nth(index));
        let parts: BTreeSet<_> = parts.collect();
        parts.into_iter().map(str::to_owned).collect()
    };
    let other = Claim {
        pythons: parts(0),
        abis: parts(1),
        platforms: parts(2),
        ..claim.clone()
    };
    // A few lines may stand for any number of tags, so these are counted first.
    let count = [&other.pythons, &other.abis, &other.platforms]
        .into_iter()
        .fold(1_usize, |count, set| count.saturating_mul(set.len()));
    let is_set = count == tags.len() && !tags.is_empty();
    (is_set && other != *claim && other.tags() == tags).then_some(other)
}

/// WHEEL with the `Root-Is-Purelib` that matches the contents of the wheel, and the findings that remain.
pub(super) fn purelib(
    check: &Check<'_>,
    claim: &Claim,
    written: &WheelFile,
) -> (WheelFile, Vec<Finding>) {
    let with = |root_is_purelib| WheelFile {
        root_is_purelib: Some(root_is_purelib),
        ..written.clone()
    };
    let current = written.root_is_purelib.unwrap_or(!check.files.has_native);
    let disagrees = |finding: &Finding| {
        matches!(finding.code, Code::NativeInPure | Code::PureInPlatlib)
            && finding.severity > Severity::Note
    };
    let count = |findings: &[Finding]| findings.iter().filter(|one| disagrees(one)).count();
    let findings = check.under(claim, &with(current));
    if count(&findings) > 0 {
        let fewer = check.under(claim, &with(!current));
        if count(&fewer) < count(&findings) {
            return (with(!current), fewer);
        }
    }
    (with(current), findings)
}
