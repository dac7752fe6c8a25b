//! The changes that `--fix` makes to a wheel, with the checks that they are for.

use std::collections::BTreeSet;

use super::tags::is_error;
use crate::audit::claim::Claim;
use crate::audit::code::{Code, Subject};
use crate::audit::container::wheel_file::{self, WheelFile};
use crate::audit::finding::Finding;

/// One change to a wheel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// What is changed: `filename`, `tags`, `root-is-purelib`, `build`, `record`, `signature`, `mode`, `archive`
    /// or `wheel`.
    pub what: &'static str,
    /// The file in the wheel, if it is one file.
    pub file: Option<String>,
    /// The old value.
    pub from: Option<String>,
    /// The new value.
    pub to: Option<String>,
    /// The checks that the change is for.
    pub codes: Vec<Code>,
}

/// Errors that are gone in an archive that is written anew, with a RECORD of what is in it.
pub(super) fn is_rewritten(code: Code) -> bool {
    matches!(
        code,
        Code::RecordMissing
            | Code::RecordUnreadable
            | Code::RecordUnlisted
            | Code::RecordDuplicate
            | Code::RecordHash
            | Code::RecordSize
            | Code::RecordNoHash
            | Code::RecordWeakHash
            | Code::RecordSelf
            | Code::ZipComment
            | Code::ZipEntryComment
            | Code::ZipDataDescriptor
    )
}

/// The checks of a list that found something in the old wheel.
fn found(findings: &[Finding], is_wanted: impl Fn(Code) -> bool) -> Vec<Code> {
    let codes = findings.iter().map(|finding| finding.code);
    let codes: BTreeSet<_> = codes.filter(|code| is_wanted(*code)).collect();
    codes.into_iter().collect()
}

pub(super) fn name_changes(old: &Claim, new: &Claim, findings: &[Finding]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut change = |what, from: String, to: String, codes| {
        if from != to {
            changes.push(Change {
                what,
                file: None,
                from: Some(from),
                to: Some(to),
                codes,
            });
        }
    };
    let spelling = || found(findings, |code| code == Code::FilenameSpelling);
    change("filename", old.stem(), new.stem(), spelling());
    let codes = if old.tags() == new.tags() {
        spelling()
    } else {
        let errors: Vec<_> = findings
            .iter()
            .filter(|one| is_error(one))
            .cloned()
            .collect();
        found(&errors, |code| code != Code::FilenameSpelling)
    };
    change("tags", old.tag_set(), new.tag_set(), codes);
    changes
}

pub(super) fn wheel_changes(
    (old, new): (&Claim, &Claim),
    text: &[u8],
    (written, wheel): (&WheelFile, &WheelFile),
    findings: &[Finding],
) -> Vec<Change> {
    let mut changes = Vec::new();
    if written.root_is_purelib != wheel.root_is_purelib {
        let show = |value: Option<bool>| value.map(|value| value.to_string());
        let codes = [Code::NativeInPure, Code::PureInPlatlib, Code::WheelInvalid];
        changes.push(Change {
            what: "root-is-purelib",
            file: None,
            from: show(written.root_is_purelib),
            to: show(wheel.root_is_purelib),
            codes: found(findings, |code| codes.contains(&code)),
        });
    }
    let build = found(findings, |code| code == Code::WheelBuild);
    let tags = wheel_file::tags_in(text);
    let is_of_neither = tags != old.tags() && tags != new.tags();
    if is_of_neither || !build.is_empty() {
        let codes = [Code::WheelTags, Code::WheelBuild, Code::WheelInvalid];
        changes.push(Change {
            what: "wheel",
            file: None,
            from: None,
            to: Some("the tags and the build tag of the file name".to_owned()),
            codes: found(findings, |code| codes.contains(&code)),
        });
    }
    changes
}

/// The changes that follow from writing the archive anew.
pub(super) fn archive_changes(findings: &[Finding]) -> Vec<Change> {
    let change = |what, subject: Subject, to: &str| {
        let codes = found(findings, |code| {
            is_rewritten(code) && code.subject() == subject
        });
        (!codes.is_empty()).then(|| Change {
            what,
            file: None,
            from: None,
            to: Some(to.to_owned()),
            codes,
        })
    };
    let record = change("record", Subject::Record, "what is in the archive");
    let archive = change("archive", Subject::Archive, "a plain archive");
    record.into_iter().chain(archive).collect()
}
