//! Published wheels for the newest Pythons: free-threaded 3.14, 3.15 of both kinds, and the stable ABI
//! that these two share.

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

#[test]
fn published_wheels_for_the_newest_pythons_have_no_errors() {
    let bin = need!(
        support::venv_tool(&[]),
        "published wheels for the newest Pythons: an environment with pip cannot be made"
    );
    let list = std::fs::read_to_string(fixture("newest.txt")).unwrap();
    let expected = expected(&list);
    let wheels = wheels(&bin.join("python"), "newest.txt");
    if wheels.is_empty() {
        support::skip("published wheels for the newest Pythons: none could be fetched");
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
        let worst = wheel["verdict"].as_str().unwrap();
        assert_ne!(worst, "error", "{name}: {findings:#?}");
        let found = findings.iter().map(|one| one["code"].as_str().unwrap());
        let found: BTreeSet<_> = found.collect();
        assert_eq!(found, expected[name], "{name}: {findings:#?}");
    }
}
