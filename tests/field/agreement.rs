//! Wheels of well-known projects, judged by `check` and by the field's own checkers.
//!
//! The verdicts are the same, but for what stands in the table of docs/checks.md with its proof.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};

use support::need;
use support::{kept, repo};

/// The lists of wheels whose verdicts are compared.
const LISTS: [&str; 3] = ["wheels.txt", "newest.txt", "mobile.txt"];

/// Fewer wheels are no comparison.
const ENOUGH: usize = 40;

/// What each of the checkers would call our codes; a wheel is not ok for it if we found one of them.
const TOOLS: [(&str, &[&str]); 6] = [
    (
        "auditwheel",
        &[
            "wrong-system",
            "wrong-machine",
            "wrong-libc",
            "floor-too-high",
            "symbol-version",
            "blacklisted-symbol",
            "foreign-library",
            "unreachable-library",
            "links-libpython",
            "isa-level",
            "musl-symbol",
            "no-native-code",
        ],
    ),
    ("abi3audit", &["not-stable-abi"]),
    ("delvewheel", &["foreign-library", "wrong-machine"]),
    ("delocate", &["floor-too-high", "missing-slice"]),
    (
        "macos",
        &[
            "floor-too-high",
            "missing-slice",
            "wrong-machine",
            "foreign-library",
            "not-signed",
        ],
    ),
    (
        "twine",
        &[
            "metadata-readme",
            "readme-markup",
            "metadata-field",
            "metadata-version",
            "metadata-requirement",
            "metadata-license",
            "metadata-missing",
            "metadata-unreadable",
        ],
    ),
];

/// The codes of check-wheel-contents, and ours.
const CONTENTS: [(&str, &str); 10] = [
    ("W001", "bytecode"),
    ("W002", "duplicate-files"),
    ("W003", "top-level-file"),
    ("W004", "not-importable"),
    ("W005", "common-name"),
    ("W006", "init-at-top"),
    ("W007", "empty"),
    ("W008", "empty"),
    ("W009", "many-top-level"),
    ("W010", "no-modules"),
];

pub(crate) fn fixture(name: &str) -> PathBuf {
    repo().join("tests/fixtures/agreement").join(name)
}

/// The wheels of a list that could be had, fetched once.
pub(crate) fn wheels(python: &Path, list: &str) -> Vec<PathBuf> {
    let dir = kept("agreement");
    let _lock = support::shared::lock(&dir.join("lock"));
    let said = Command::new(python)
        .arg(fixture("fetch.py"))
        .arg(fixture(list))
        .arg(&dir)
        .output()
        .unwrap();
    assert!(said.status.success(), "{said:?}");
    let fetched: Value = serde_json::from_slice(&said.stdout).unwrap();
    let mut wheels = Vec::new();
    for wheel in fetched.as_array().unwrap() {
        let path = wheel["path"].as_str().unwrap();
        if wheel["ok"] == true {
            wheels.push(PathBuf::from(path));
        } else {
            support::skip(&format!("the verdicts on {path}: {}", wheel["why"]));
        }
    }
    wheels
}

/// What the field's checkers say of them, asked once.
fn originals(python: &Path, wheels: &[PathBuf]) -> Value {
    let mut key = Sha256::new();
    for file in ["requirements.txt", "originals.py"] {
        key.update(std::fs::read(fixture(file)).unwrap());
    }
    key.update(format!("{wheels:?}"));
    let answer = kept("agreement").join(format!("{}.json", &hex::encode(key.finalize())[..12]));
    let _lock = support::shared::lock(&answer.with_extension("lock"));
    if !answer.exists() {
        let said = Command::new(python)
            .arg(fixture("originals.py"))
            .args(wheels)
            .output()
            .unwrap();
        let why = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{why}");
        std::fs::write(&answer, said.stdout).unwrap();
    }
    serde_json::from_slice(&std::fs::read(answer).unwrap()).unwrap()
}

/// Every difference: the wheel, and the tool that says otherwise, or our code where no tool looks.
fn differences(ours: &Value, theirs: &Value) -> BTreeSet<(String, String)> {
    let mut differences = BTreeSet::new();
    for wheel in ours["wheels"].as_array().unwrap() {
        let name = wheel["filename"].as_str().unwrap();
        let findings = wheel["findings"].as_array().unwrap();
        let codes: BTreeSet<_> = findings
            .iter()
            .map(|f| f["code"].as_str().unwrap())
            .collect();
        let theirs = &theirs[name];
        let mut differ = |what: &str| differences.insert((name.to_owned(), what.to_owned()));
        let mut judged_by_a_tool: BTreeSet<&str> = BTreeSet::new();
        for (tool, their_codes) in TOOLS {
            let verdict = &theirs[tool];
            assert!(verdict.is_object(), "{tool} did not judge {name}");
            if verdict["applies"] != true {
                continue;
            }
            let bad = their_codes.iter().any(|code| codes.contains(code));
            if bad != (verdict["ok"] != true) {
                differ(tool);
            }
            judged_by_a_tool.extend(their_codes);
        }
        let says = theirs["check-wheel-contents"]["says"].as_array().unwrap();
        let says: BTreeSet<_> = says
            .iter()
            .map(|line| &line.as_str().unwrap()[..4])
            .collect();
        let wanted: BTreeSet<_> = CONTENTS
            .into_iter()
            .filter(|(theirs, _)| says.contains(theirs))
            .map(|(_, ours)| ours)
            .collect();
        let found: BTreeSet<_> = CONTENTS
            .into_iter()
            .map(|(_, ours)| ours)
            .filter(|ours| codes.contains(ours))
            .collect();
        if wanted != found {
            differ("check-wheel-contents");
        }
        for finding in findings
            .iter()
            .filter(|finding| finding["severity"] == "error")
        {
            let code = finding["code"].as_str().unwrap();
            if !judged_by_a_tool.contains(&code) {
                differ(code);
            }
        }
    }
    differences
}

/// The rows of the table in docs/checks.md: the names of wheels, `*` for some of them, and what differs.
fn table() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(repo().join("docs/checks.md")).unwrap();
    let (_, section) = text.split_once("## Where verdicts differ").unwrap();
    section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| {
            let mut cells = line.trim_matches('|').split('|');
            let wheels = cells.next().unwrap().split(", ");
            let what = cells.next().unwrap().trim().trim_matches('`');
            wheels.map(move |wheel| (wheel.trim().trim_matches('`').to_owned(), what.to_owned()))
        })
        .collect()
}

fn covers((wheel, what): &(String, String), difference: &(String, String)) -> bool {
    let same = match wheel.split_once('*') {
        Some((begin, end)) => difference.0.starts_with(begin) && difference.0.ends_with(end),
        None => difference.0 == *wheel,
    };
    same && *what == difference.1
}

#[test]
fn the_reference_names_the_checkers_as_they_were_asked() {
    let requirements = std::fs::read_to_string(fixture("requirements.txt")).unwrap();
    let text = std::fs::read_to_string(repo().join("docs/checks.md")).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // The last two are what the others decide with.
    let checkers = requirements
        .lines()
        .filter_map(|line| line.split_once("=="));
    for (name, version) in checkers.filter(|(name, _)| !["abi3info", "packaging"].contains(name)) {
        let name = if name == "lief" { "LIEF" } else { name };
        assert!(
            text.contains(&format!("{name} {version}")),
            "{name} {version}"
        );
    }
}

#[test]
fn the_reference_counts_the_wheels_and_the_projects() {
    let lists = LISTS.map(|list| std::fs::read_to_string(fixture(list)).unwrap());
    let names: BTreeSet<_> = lists
        .iter()
        .flat_map(|list| list.lines())
        .filter_map(|line| line.split_once(' '))
        .map(|(name, _)| name)
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "whl"))
        .collect();
    let projects: BTreeSet<_> = names
        .iter()
        .map(|name| name.split('-').next().unwrap().to_lowercase())
        .map(|project| project.replace('.', "_"))
        .collect();
    let claim = format!("{} wheels of {} projects", names.len(), projects.len());
    for page in ["docs/checks.md", "README.md"] {
        let text = std::fs::read_to_string(repo().join(page)).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&claim), "{page}: {claim}");
    }
}

#[test]
fn verdicts_on_wheels_of_well_known_projects_are_those_of_the_fields_checkers() {
    if !cfg!(target_os = "linux") {
        support::skip("the verdicts of the field's checkers: they are asked on Linux");
        return;
    }
    let requirements = std::fs::read_to_string(fixture("requirements.txt")).unwrap();
    let packages: Vec<_> = requirements
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    let bin = need!(
        support::venv_tool(&packages),
        "the verdicts of the field's checkers: pip cannot install them"
    );
    let python = bin.join("python");
    let wheels: Vec<_> = LISTS
        .into_iter()
        .flat_map(|list| wheels(&python, list))
        .collect();
    if wheels.len() < ENOUGH {
        support::skip("the verdicts of the field's checkers: too few wheels could be fetched");
        return;
    }
    let theirs = originals(&python, &wheels);
    let ours = support::run(
        support::command()
            .args(["check", "--format", "json"])
            .args(&wheels),
    );
    let found = differences(&ours.json(), &theirs);
    let table = table();
    let unexplained: Vec<_> = found
        .iter()
        .filter(|difference| !table.iter().any(|row| covers(row, difference)))
        .collect();
    let fetched = |row: &(String, String)| {
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        wheels
            .iter()
            .any(|path| covers(row, &(name(path), row.1.clone())))
    };
    let outdated: Vec<_> = table
        .iter()
        .filter(|row| fetched(row) && !found.iter().any(|difference| covers(row, difference)))
        .collect();
    assert!(
        unexplained.is_empty() && outdated.is_empty(),
        "{} wheels; not in docs/checks.md: {unexplained:#?}\nonly there: {outdated:#?}",
        wheels.len()
    );
}
