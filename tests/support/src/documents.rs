//! The JSON documents that the manual lists.

use std::path::Path;

use serde_json::Value;

use super::{Ran, repo};

/// The rows of the table of documents in the manual: what is typed, and the keys.
pub fn documented() -> Vec<(String, Vec<String>)> {
    let rows = table("# JSON documents").into_iter();
    rows.map(|(typed, keys)| (typed.trim_matches('`').to_owned(), keys))
        .collect()
}

/// The rows of the table of objects in the manual: what is typed, the key of the objects in the document, and their keys.
fn objects() -> Vec<(String, String, Vec<String>)> {
    let rows = table("## Objects").into_iter();
    rows.map(|(place, keys)| {
        let (typed, key) = place.split_once(": ").unwrap();
        let plain = |text: &str| text.trim_matches('`').to_owned();
        (plain(typed), plain(key), keys)
    })
    .collect()
}

/// The first table below a heading: its first column, and the words in code of its second one.
fn table(heading: &str) -> Vec<(String, Vec<String>)> {
    let manual = std::fs::read_to_string(repo().join("docs/reference/json.md")).unwrap();
    let (_, section) = manual.split_once(&format!("{heading}\n")).unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        // What is in parentheses says more about a key.
        let keys = cells[1].split(" (").enumerate().map(|(at, part)| match at {
            0 => part,
            _ => part.split_once(')').unwrap().1,
        });
        let keys: String = keys.collect();
        let keys = keys.split('`').skip(1).step_by(2).map(str::to_owned);
        (cells[0].to_owned(), keys.collect())
    })
    .collect()
}

/// Holds the document against the manual's rows.
#[track_caller]
pub fn has_documented_keys(typed: &str, document: &Value) {
    let rows = documented();
    let (_, keys) = rows
        .iter()
        .find(|(row, _)| row == typed)
        .unwrap_or_else(|| panic!("`{typed}` is missing in the table of documents"));
    let object = document.as_array().map_or(document, |list| &list[0]);
    for key in keys {
        assert!(object.get(key).is_some(), "{typed}: {key} in {object:#}");
    }
    for (_, key, keys) in objects().into_iter().filter(|(row, ..)| row == typed) {
        let objects = match &object[&key] {
            Value::Array(objects) => objects.iter().collect(),
            Value::Null => Vec::new(),
            object => vec![object],
        };
        for object in objects {
            for key in &keys {
                assert!(object.get(key).is_some(), "{typed}: {key} in {object:#}");
            }
            let own = object.as_object().unwrap().keys();
            let unknown: Vec<_> = own
                .filter(|own| !keys.contains(own) && *own != "hint")
                .collect();
            assert_eq!(
                unknown, [""; 0],
                "{typed}: {key} is documented without them"
            );
        }
    }
}

/// Exactly one document is on stdout, and at most text for people on stderr.
#[track_caller]
pub fn one_document(ran: &Ran) -> Value {
    assert!(
        serde_json::from_str::<Value>(&ran.stderr).is_err(),
        "{ran:#?}"
    );
    ran.json()
}

/// A part of a document is what the tests generate; `PYZ3_UPDATE_DOCS=1` writes it there.
#[track_caller]
pub fn is_generated(path: &Path, begin: &str, generated: &str, end: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let wanted = format!("{before}{begin}{generated}{end}{after}");
    if std::env::var_os("PYZ3_UPDATE_DOCS").is_some() {
        std::fs::write(path, &wanted).unwrap();
        return;
    }
    assert!(
        text == wanted,
        "{} is out of date: run the tests with PYZ3_UPDATE_DOCS=1",
        path.display()
    );
}
