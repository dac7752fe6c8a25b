//! Checks WHEEL: the version of the format, the tags, and whether there is native code.
//!
//! Source: PyPA, "Binary distribution format", "File contents".

use std::collections::BTreeSet;

use crate::audit::claim::Claim;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::wheel::CPU_BASELINE;

/// The largest number of `Tag:` lines that are read.
const MOST_TAGS: usize = 1000;
/// The longest `Tag:` line that is expanded, in bytes, and the most dots in it.
const LONGEST_TAG: usize = 1000;
const MOST_DOTS: usize = 100;
/// The largest number of tags that all lines are expanded to. A file name of 255 bytes stands for fewer.
const MOST_EXPANDED: usize = 100_000;

/// The contents of WHEEL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::audit) struct WheelFile {
    /// Whether the wheel is installed into purelib, if the file says so.
    pub(in crate::audit) root_is_purelib: Option<bool>,
    /// Whether the build tool recorded that the code is for the baseline of the processor.
    pub(in crate::audit) cpu_baseline: bool,
}

/// Every tag that WHEEL names.
pub(in crate::audit) fn tags_in(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let tags = fields.filter(|(name, _)| name.trim().eq_ignore_ascii_case("Tag"));
    expand_all(tags.map(|(_, tag)| tag.trim()))
}

/// Reads WHEEL and compares it with the file name of the wheel.
pub(in crate::audit) fn judge(
    bytes: &[u8],
    claim: &Claim,
    findings: &mut Vec<Finding>,
) -> WheelFile {
    let Ok(text) = std::str::from_utf8(bytes) else {
        findings.push(Finding::new(Code::WheelInvalid, "is not UTF-8"));
        return WheelFile::default();
    };
    let fields: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let all = |wanted: &str| -> Vec<&str> {
        let same = fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        same.map(|(_, value)| *value).collect()
    };
    match all("Wheel-Version")[..] {
        ["1.0"] => {}
        [version] => {
            let actual = format!("has the Wheel-Version `{version}`, and installers know 1.0");
            let finding = Finding::new(Code::WheelInvalid, actual);
            findings.push(finding.weighing_if(is_later_version_1(version), Severity::Warning));
        }
        [] => findings.push(Finding::new(Code::WheelInvalid, "has no Wheel-Version")),
        _ => {
            let actual = "has more than one Wheel-Version";
            findings.push(Finding::new(Code::WheelInvalid, actual));
        }
    }
    let mut invalid = |actual: String| findings.push(Finding::new(Code::WheelInvalid, actual));
    let purelib = all("Root-Is-Purelib");
    match purelib[..] {
        [value] if is_true(value) || value.eq_ignore_ascii_case("false") => {}
        [value] => invalid(format!(
            "has Root-Is-Purelib `{value}` instead of true or false"
        )),
        [] => invalid("has no Root-Is-Purelib".to_owned()),
        _ => invalid("has more than one Root-Is-Purelib".to_owned()),
    }
    let written: BTreeSet<_> = all("Tag")
        .into_iter()
        .take(MOST_TAGS)
        .map(str::to_owned)
        .collect();
    if written.is_empty() {
        invalid("has no Tag".to_owned());
    } else {
        findings.extend(tags(written, claim));
    }
    let build = all("Build");
    if !build.is_empty() && (build.first().copied() != claim.build.as_deref() || build.len() > 1) {
        let none = || "no build tag".to_owned();
        let named = |tag: Option<&str>| tag.map_or_else(none, |tag| format!("the build tag {tag}"));
        findings.push(
            Finding::new(
                Code::WheelBuild,
                format!("has {}", named(build.first().copied())),
            )
            .promised(format!(
                "the file name has {}",
                named(claim.build.as_deref())
            )),
        );
    }
    WheelFile {
        root_is_purelib: match purelib[..] {
            [value] if is_true(value) => Some(true),
            [value] if value.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        },
        cpu_baseline: all("Generator")
            .iter()
            .any(|generator| generator.contains(CPU_BASELINE)),
    }
}

/// Installers ignore the case of the value.
fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}

/// Whether a Wheel-Version is a later one of the same major version, which installers accept.
fn is_later_version_1(version: &str) -> bool {
    let mut numbers = version.split('.');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // Installers want two numbers at least.
    numbers.next() == Some("1") && version.contains('.') && numbers.all(is_number)
}

/// Checks that the `Tag:` lines and the tags of the file name are the same set.
fn tags(written: BTreeSet<String>, claim: &Claim) -> Option<Finding> {
    let expanded = expand_all(written.iter().map(String::as_str));
    let named = claim.tags();
    let list = |tags: BTreeSet<String>| tags.into_iter().collect::<Vec<_>>().join(", ");
    if expanded == named {
        return None;
    }
    Some(
        Finding::new(Code::WheelTags, format!("has the tags {}", list(written)))
            .promised(format!("the file name has {}", list(named))),
    )
}

/// Every tag that these `Tag:` lines stand for.
fn expand_all<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let tags = lines.take(MOST_TAGS).flat_map(expand);
    tags.take(MOST_EXPANDED).collect()
}

/// Expands a `Tag:` line, into which some build tools write compressed sets.
fn expand(tag: &str) -> Vec<String> {
    let parts: Vec<_> = tag.split('-').collect();
    let [pythons, abis, platforms] = parts[..] else {
        return vec![tag.to_owned()];
    };
    // A short line could otherwise expand to any number of tags.
    if tag.len() > LONGEST_TAG || tag.matches('.').count() > MOST_DOTS {
        return vec![tag.to_owned()];
    }
    let mut tags = Vec::new();
    for python in pythons.split('.') {
        for abi in abis.split('.') {
            for platform in platforms.split('.') {
                tags.push(format!("{python}-{abi}-{platform}"));
            }
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lines_stand_for_a_limited_number_of_tags() {
        let set = |kind: &str, line: usize| {
            let tags: Vec<_> = (0..30).map(|tag| format!("{kind}{line}x{tag}")).collect();
            tags.join(".")
        };
        let line = |line| {
            format!(
                "Tag: {}-{}-{}\n",
                set("p", line),
                set("a", line),
                set("l", line)
            )
        };
        let one = tags_in(line(0).as_bytes());
        assert_eq!(one.len(), 30 * 30 * 30);
        let many: String = (0..10).map(line).collect();
        assert_eq!(tags_in(many.as_bytes()).len(), MOST_EXPANDED);
    }
}
