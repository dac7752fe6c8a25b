//! Checks RECORD against the files of the wheel.
//!
//! Source: PyPA, "Recording installed projects", and "Binary distribution format" for the hash.

use std::collections::{BTreeMap, HashSet};

use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_COUNTED};
use crate::metadata::archive_path::PathFault;
use crate::wheel::record::{Content, Listed};

/// The algorithms that are at least as strong as SHA-256, as Python's hashlib names them.
const STRONG: [&str; 8] = [
    "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s",
];

/// Checks that every file has a row, that every row has a file, and that hashes and sizes agree. `strong` are the
/// hashes of files whose rows have another one than SHA-256, and `path` is the path of RECORD.
pub(in crate::audit) fn judge(
    rows: &[Listed],
    found: &BTreeMap<String, Content>,
    strong: &BTreeMap<String, String>,
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
        let Some(actual) = found.get(&row.path) else {
            say(Finding::new(
                Code::RecordAbsent,
                "is listed in RECORD, but is not in the wheel",
            ));
            continue;
        };
        let is_bare = row.hash.is_empty() && row.size.is_none();
        let is_unsigned = unsigned.contains(&row.path);
        if is_unsigned && is_bare {
            continue;
        }
        if row.path == path {
            say(Finding::new(
                Code::RecordSelf,
                "has a hash or size of its own",
            ));
            continue;
        }
        if is_unsigned {
            let actual = "is listed in RECORD, but a signature is made after RECORD";
            say(Finding::new(Code::RecordSelf, actual).weighing(Severity::Warning));
        }
        if row.hash.is_empty() {
            say(Finding::new(Code::RecordNoHash, "has no hash in RECORD"));
        } else {
            let strong = strong.get(&row.path).map(String::as_str);
            compare(row, actual, strong).into_iter().for_each(say);
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

/// Compares a row with its file; `strong` is the file's hash by the algorithm of the row, if that is not SHA-256.
fn compare(listed: &Listed, actual: &Content, strong: Option<&str>) -> Option<Finding> {
    if let Some(size) = listed.size.filter(|size| *size != actual.size) {
        return Some(
            Finding::new(Code::RecordSize, format!("has {} bytes", actual.size))
                .promised(format!("RECORD says {size}")),
        );
    }
    let found = strong.unwrap_or(&actual.hash);
    if listed.hash == found {
        return None;
    }
    let (algorithm, digest) = listed.hash.split_once('=').unwrap_or(("", &listed.hash));
    let spelt = digest
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let (computed, expected) = found.split_once('=').unwrap_or(("", found));
    if !STRONG.contains(&algorithm) || !spelt || digest.is_empty() {
        let actual = format!("has the hash `{}` in RECORD", listed.hash);
        return Some(Finding::new(Code::RecordWeakHash, actual));
    }
    // Other strong hashes are allowed, but are not computed here.
    (algorithm == computed).then(|| {
        if digest.len() == expected.len() {
            Finding::new(Code::RecordHash, format!("is {found}"))
                .promised(format!("RECORD says {}", listed.hash))
                .hint("the file was changed after the wheel was made: build it again")
        } else {
            let actual = format!("has the hash `{}` in RECORD", listed.hash);
            Finding::new(Code::RecordWeakHash, actual)
        }
    })
}
