//! `check --fix`: broken wheels of which only a name is wrong, and what they become; and wheels that need another
//! build.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{command, run};

use super::fixable;
use super::tables::sha256;

/// What `check --fix` did to a wheel.
struct Outcome {
    _folder: tempfile::TempDir,
    output: PathBuf,
    document: Value,
    code: i32,
}

impl Outcome {
    fn of(name: &str, bytes: &[u8], more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let output = folder.path().join("fixed");
        std::fs::write(&path, bytes).unwrap();
        let mut command = command();
        command
            .args(["check", "--format", "json", "--fix", "--output-dir"])
            .arg(&output)
            .args(more)
            .arg(&path);
        let ran = run(&mut command);
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name} was touched");
        let code = ran.code;
        let document = ran.json();
        Self {
            _folder: folder,
            output,
            document: document["wheels"][0].clone(),
            code,
        }
    }

    /// Name and bytes of the new wheel.
    fn new_wheel(&self) -> Option<(String, Vec<u8>)> {
        let path = self.document["fixed"]["path"].as_str()?;
        let path = Path::new(path);
        assert_eq!(path.parent(), Some(&*self.output));
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        Some((name, std::fs::read(path).unwrap()))
    }

    fn changes(&self) -> Vec<&str> {
        let changes = self.document["fixed"]["changes"].as_array();
        let changes = changes.into_iter().flatten();
        changes
            .map(|change| change["what"].as_str().unwrap())
            .collect()
    }
}

/// The files of a wheel, with their modes.
fn files(wheel: &[u8]) -> BTreeMap<String, (Vec<u8>, u32)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(wheel)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let mode = entry.unix_mode().unwrap();
        files.insert(entry.name().unwrap().into_owned(), (bytes, mode));
    }
    files
}

/// The values of a field of WHEEL.
fn field(wheel: &[u8], name: &str) -> Vec<String> {
    let files = files(wheel);
    let about = files.iter().find(|(path, _)| path.ends_with("/WHEEL"));
    let text = String::from_utf8(about.unwrap().1.0.clone()).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    let same = lines.filter(|(field, _)| *field == name);
    same.map(|(_, value)| value.to_owned()).collect()
}

/// Every file but RECORD has a row that is true.
fn record_is_true(wheel: &[u8]) {
    let files = files(wheel);
    let (path, (record, _)) = files
        .iter()
        .find(|(path, _)| path.ends_with("/RECORD"))
        .unwrap();
    let rows: BTreeMap<_, _> = std::str::from_utf8(record)
        .unwrap()
        .lines()
        .map(|line| line.split_once(',').unwrap())
        .collect();
    let expected: BTreeMap<_, _> = files
        .iter()
        .map(|(name, (bytes, _))| {
            let row = format!("{},{}", sha256(bytes), bytes.len());
            let row = if name == path { ",".to_owned() } else { row };
            (name.as_str(), row)
        })
        .collect();
    let rows: BTreeMap<_, _> = rows
        .into_iter()
        .map(|(name, row)| (name, row.to_owned()))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn what_is_only_a_name_is_corrected_in_a_new_wheel() {
    let mut differing = Vec::new();
    for (what, wheel, tags, changes) in fixable::all() {
        let (name, bytes) = wheel.pack();
        let outcome = Outcome::of(&name, &bytes, &[]);
        let is_right = outcome.code == 0
            && outcome.document["verdict"] == "ok"
            && outcome.changes() == changes;
        let new_wheel = outcome.new_wheel().filter(|_| is_right);
        let Some((new_name, new)) =
            new_wheel.filter(|(new_name, _)| *new_name == format!("hello-1.0-{tags}.whl"))
        else {
            differing.push(format!("{what}: {:#}", outcome.document));
            continue;
        };
        record_is_true(&new);
        let platforms = tags.split('-').nth(2).unwrap().split('.');
        let prefix = &tags[..tags.rfind('-').unwrap()];
        let expected: Vec<_> = platforms.map(|tag| format!("{prefix}-{tag}")).collect();
        assert_eq!(field(&new, "Tag"), expected, "{what}");
        // The files themselves are what they were.
        let old = files(&bytes);
        for (path, (contents, _)) in files(&new) {
            let is_own = path.ends_with("/WHEEL") || path.ends_with("/RECORD");
            assert!(is_own || old[&path].0 == contents, "{what}: {path}");
        }
        // The same input gives the same bytes, and nothing is left to fix in them.
        let again = Outcome::of(&name, &bytes, &[]).new_wheel().unwrap();
        assert_eq!(again, (new_name.clone(), new.clone()), "{what}");
        let outcome = Outcome::of(&new_name, &new, &[]);
        assert!(
            outcome.changes().is_empty(),
            "{what}: {:#}",
            outcome.document
        );
        assert_eq!(outcome.new_wheel().unwrap().1, new, "{what}");
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn what_needs_another_build_is_not_written() {
    let mut differing = Vec::new();
    for (what, code, wheel) in fixable::unfixable() {
        let (name, bytes) = wheel.pack();
        let outcome = Outcome::of(&name, &bytes, &[]);
        let unfixed = outcome.document["unfixed"].as_array().unwrap();
        let is_named = |one: &Value| one["code"] == code && one["reason"].as_str().is_some();
        let written = std::fs::read_dir(&outcome.output);
        let is_right = outcome.code == 4
            && outcome.document["fixed"] == Value::Null
            && unfixed.iter().any(is_named)
            && written.map_or(0, Iterator::count) == 0;
        if !is_right {
            differing.push(format!("{what}: {:#}", outcome.document));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn a_wheel_with_an_error_is_never_written() {
    let mut files = Vec::new();
    for case in super::broken() {
        let (name, bytes) = case.wheel.pack();
        let outcome = Outcome::of(&name, &bytes, &["--dry-run"]);
        // Nothing is left of a wheel that was packed for a look.
        assert!(!outcome.output.exists(), "{name}");
        files.push(outcome.document);
    }
    let (fixed, unfixed): (Vec<_>, Vec<_>) =
        files.iter().partition(|file| !file["fixed"].is_null());
    for file in &fixed {
        let unfixed = file["unfixed"].as_array().unwrap();
        assert!(file["verdict"] != "error" && unfixed.is_empty(), "{file:#}");
    }
    for file in &unfixed {
        let unfixed = file["unfixed"].as_array().unwrap();
        // A path that not every system allows is a warning in a wheel for other systems, but is not copied.
        let findings = file["findings"].as_array().unwrap();
        let is_path = |one: &Value| one["code"].as_str().unwrap().starts_with("path-");
        let is_refused = file["verdict"] == "error" || findings.iter().any(is_path);
        assert!(is_refused && !unfixed.is_empty(), "{file:#}");
    }
    assert!(fixed.len() > 50 && unfixed.len() > 50, "{}", fixed.len());
}
