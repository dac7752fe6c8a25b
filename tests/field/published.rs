//! Published wheels for the newest Pythons (free-threaded 3.14, 3.15 of both kinds, and the stable ABI that these two
//! share), and for iOS, Android and Pyodide.

use std::collections::{BTreeMap, BTreeSet};

use support::need;

use crate::agreement::{fixture, wheels};

/// The wheels of the list, each with the codes of its findings.
fn expected(list: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let rows = list.lines().filter(|line| !line.is_empty());
    let rows = rows.filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let (pin, warnings) = row.split_once('#').unwrap_or((row, ""));
        let (name, _) = pin.split_once(' ').unwrap();
        (name, warnings.split_whitespace().collect())
    })
    .collect()
}

/// The wheels of the list have the findings that their remarks name, and no errors but those of `broken`.
fn are_judged_as_expected(list: &str, what: &str, broken: &[&str]) {
    let bin = need!(
        support::venv_tool(&[]),
        &format!("{what}: an environment with pip cannot be made")
    );
    let text = std::fs::read_to_string(fixture(list)).unwrap();
    let expected = expected(&text);
    let wheels = wheels(&bin.join("python"), list);
    if wheels.is_empty() {
        support::skip(&format!("{what}: none could be fetched"));
        return;
    }
    let ran = support::run(
        support::command()
            .args(["check", "--format", "json"])
            .args(&wheels),
    );
    let document = ran.json();
    let judged = document["wheels"].as_array().unwrap();
    assert_eq!(judged.len(), wheels.len());
    for wheel in judged {
        let name = wheel["filename"].as_str().unwrap();
        let findings = wheel["findings"].as_array().unwrap();
        let is_refused = wheel["verdict"].as_str().unwrap() == "error";
        assert_eq!(is_refused, broken.contains(&name), "{name}: {findings:#?}");
        let found = findings.iter().map(|one| one["code"].as_str().unwrap());
        let found: BTreeSet<_> = found.collect();
        assert_eq!(found, expected[name], "{name}: {findings:#?}");
    }
}

#[test]
fn published_wheels_for_the_newest_pythons_have_no_errors() {
    are_judged_as_expected("newest.txt", "published wheels for the newest Pythons", &[]);
}

#[test]
fn published_wheels_for_ios_android_and_pyodide_have_no_errors() {
    // Its module for the stable ABI loads libpython3.13.so, so it cannot be imported in Python 3.14 (as its authors
    // found; later releases have a wheel for each Python).
    let broken = ["curl_cffi-0.16.0-cp313-abi3-android_24_arm64_v8a.whl"];
    are_judged_as_expected(
        "mobile.txt",
        "published wheels for iOS, Android and Pyodide",
        &broken,
    );
}
