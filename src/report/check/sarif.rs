//! The results of `check` in SARIF 2.1.0, the format of GitHub code scanning and other services.
//!
//! A result is about the wheel as an artifact, because services look for artifacts in the repository; the file
//! in the wheel is a logical location.

use std::collections::BTreeSet;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::files::{Results, Subject, with_hint};
use crate::audit::{Code, Finding};
use crate::error::Problem;
use crate::text::path::slashed;

/// What a path in a URI may contain unchanged. A colon in the first part would end a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The document.
pub(crate) fn document(results: Results<'_>) -> Value {
    let mut findings = Vec::new();
    for subject in results.subjects() {
        findings.extend(subject.findings.iter().map(|one| result(&subject, one)));
    }
    // A file may be given twice, but the format has each artifact once.
    let paths: BTreeSet<_> = results.files.iter().map(|file| &file.path).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "pyz3-wheel",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Code::ALL.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": results.problems.is_empty(),
                "exitCode": results.exit_code,
                "toolExecutionNotifications": results.problems.iter().map(notification).collect::<Vec<_>>(),
            }],
            "artifacts": paths.into_iter().map(|path| json!({"location": location(path)})).collect::<Vec<_>>(),
            "results": findings,
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name(),
        "shortDescription": {"text": format!("The wheel or one of its files {}", code.summary())},
        "fullDescription": {"text": code.explanation()},
        "help": {"text": code.explanation()},
        "defaultConfiguration": {"level": code.severity()},
        "properties": {"tags": [code.subject().title()]},
    })
}

fn result(subject: &Subject<'_>, finding: &Finding) -> Value {
    let text = with_hint(subject.sentence(finding), "", finding.hint.as_deref());
    let mut place = json!({
        // GitHub refuses results without a file.
        "physicalLocation": {
            "artifactLocation": location(subject.path),
            // A wheel has no lines, but GitHub shows only results that have one.
            "region": {"startLine": 1},
        },
    });
    let release = subject.is_release.then_some(subject.name.as_str());
    if let Some(full) = finding.file.as_deref().or(release) {
        let name = full.rsplit('/').next().unwrap_or(full);
        place["logicalLocations"] =
            json!([{"name": name, "fullyQualifiedName": full, "kind": "resource"}]);
    }
    let index = Code::ALL.iter().position(|code| *code == finding.code);
    json!({
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [place],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint(finding)},
    })
}

/// What the same finding has in common in two runs.
fn fingerprint(finding: &Finding) -> String {
    let mut hash = Sha256::new();
    for part in [
        finding.code.name(),
        finding.file.as_deref().unwrap_or_default(),
        &finding.message(),
    ] {
        hash.update(part);
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..16])
}

fn notification(problem: &Problem) -> Value {
    let text = with_hint(problem.to_string(), "", problem.hint.as_deref());
    json!({"level": "error", "message": {"text": text}})
}

/// The location of a file: relative as it was given, or as a `file` URL.
fn location(path: &Path) -> Value {
    let text = slashed(path);
    let encoded = utf8_percent_encode(&text, PATH);
    let uri = match (path.is_absolute(), text.starts_with('/')) {
        (false, _) => encoded.to_string(),
        (true, true) => format!("file://{encoded}"),
        // A drive of Windows.
        (true, false) => format!("file:///{encoded}"),
    };
    json!({"uri": uri})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uris() {
        let uri = |path: &str| location(Path::new(path))["uri"].clone();
        assert_eq!(uri("dist/a b#1?.whl"), "dist/a%20b%231%3F.whl");
        assert_eq!(uri("c:x%.whl"), "c%3Ax%25.whl");
        assert_eq!(uri("ä.whl"), "%C3%A4.whl");
        if cfg!(unix) {
            assert_eq!(uri("/tmp/x.whl"), "file:///tmp/x.whl");
        }
    }
}
