//! Checks RECORD against the files of the wheel.
//!
//! Source: PyPA, "Recording installed projects", and "Binary distribution format" for the hash.

use std::collections::{BTreeMap, HashSet};

use crate::audit::code::Code;
use crate::audit::finding::{Finding, MOST_COUNTED};
use crate::metadata::archive_path::PathFault;
use crate::wheel::record::{Content, Row};

/// Checks that every file has a row, that every row has a file, and that hashes and sizes agree. `path` is the
/// path of RECORD.
pub(in crate::audit) fn judge(
    rows: &[Row],
    found: &BTreeMap<String, Content>,
    path: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = HashSet::new();
    let unsigned = [
        path.to_owned(),
        format!("{path}.jws"),
        format!("{path}.p7s"),
    ];
    for row in rows {
        let mut say = |finding: Finding| {
            if findings.len() < MOST_COUNTED {
                findings.push(finding.of(&row.path));
            }
        };
        if !seen.insert(row.path.as_str()) {
            say(Finding::new(
                Code::RecordDuplicate,
                "is listed twice in RECORD",
            ));
            continue;
        }
        if let Some(fault) = PathFault::of(&row.path)
            && !found.contains_key(&row.path)
        {
            let actual =
                format!("is listed in RECORD, but is not a valid path in a wheel: {fault}");
            say(Finding::new(Code::RecordPath, actual));
            continue;
        }
        match (&row.content, found.get(&row.path)) {
            (_, None) => say(Finding::new(
                Code::RecordAbsent,
                "is listed in RECORD and is not there",
            )),
            (Some(listed), Some(_)) if listed.hash.is_empty() && row.path != path => {
                say(Finding::new(Code::RecordNoHash, "has no hash in RECORD"));
            }
            (None, Some(_)) if !unsigned.contains(&row.path) => {
                say(Finding::new(Code::RecordNoHash, "has no hash in RECORD"));
            }
            (Some(_), Some(_)) if row.path == path => {
                say(Finding::new(
                    Code::RecordSelf,
                    "has a hash or size of its own",
                ));
            }
            (Some(listed), Some(actual)) => compare(listed, actual).into_iter().for_each(say),
            _ => {}
        }
    }
    if !seen.contains(path) {
        findings.push(Finding::new(Code::RecordSelf, "does not list itself").of(path));
    }
    let unlisted = found
        .keys()
        .filter(|name| !seen.contains(name.as_str()) && !unsigned.contains(name))
        .take(MOST_COUNTED);
    findings.extend(
        unlisted.map(|name| Finding::new(Code::RecordUnlisted, "is not listed in RECORD").of(name)),
    );
    findings
}

fn compare(listed: &Content, actual: &Content) -> Option<Finding> {
    if listed.size != actual.size {
        return Some(
            Finding::new(Code::RecordSize, format!("has {} bytes", actual.size))
                .promised(format!("RECORD says {}", listed.size)),
        );
    }
    if listed.hash == actual.hash {
        return None;
    }
    let (algorithm, digest) = listed.hash.split_once('=').unwrap_or(("", &listed.hash));
    let spelt = digest
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    match algorithm {
        "sha256" if spelt && digest.len() == 43 => Some(
            Finding::new(Code::RecordHash, format!("is {}", actual.hash))
                .promised(format!("RECORD says {}", listed.hash))
                .hint("the file was changed after the wheel was made: build it again"),
        ),
        // Stronger hashes are allowed, but are not computed here.
        "sha384" | "sha512" if spelt => None,
        _ => Some(Finding::new(
            Code::RecordWeakHash,
            format!("has the hash `{}` in RECORD", listed.hash),
        )),
    }
}
