//! The JSON Schema of `[tool.pyz3-wheel]`, as a validator of others understands it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use support::{need, pyz3, repo, venv_tool};

/// Whether each table is valid: a JSON list.
const VALIDATE: &str = r#"
import json, sys
from jsonschema import Draft202012Validator

given = json.load(sys.stdin)
Draft202012Validator.check_schema(given["schema"])
validator = Draft202012Validator(given["schema"])
print(json.dumps([validator.is_valid(table) for table in given["tables"]]))
"#;

/// A text in TOML as what JSON can express.
fn parsed(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

/// The table of a pyproject.toml; none in a file without it.
fn table_of(pyproject: &str) -> Option<Value> {
    parsed(pyproject)["tool"].get("pyz3-wheel").cloned()
}

/// The tables called `name` of a file of tests/fixtures/settings.
fn cases(file: &str, name: &str) -> Vec<Value> {
    let path = repo().join("tests/fixtures/settings").join(file);
    let file = parsed(&std::fs::read_to_string(path).unwrap());
    file[name].as_array().unwrap().clone()
}

/// Every table that must be valid, and what it is.
fn accepted() -> Vec<(String, Value)> {
    let mut accepted = Vec::new();
    let mut add = |what: &str, text: &str| {
        let text = format!("[tool.pyz3-wheel]\n{text}");
        accepted.push((what.to_owned(), table_of(&text).unwrap()));
    };
    for case in cases("accepted.toml", "accepted") {
        let table = case["table"].as_str().unwrap();
        add(table, table);
    }
    for setting in cases("layers.toml", "setting") {
        let line = setting["file"].as_str().unwrap();
        add(line, line);
    }
    for example in std::fs::read_dir(repo().join("docs/examples")).unwrap() {
        let path = example.unwrap().path().join("pyproject.toml");
        let table = table_of(&std::fs::read_to_string(&path).unwrap());
        accepted.extend(table.map(|table| (path.display().to_string(), table)));
    }
    accepted
}

#[test]
fn the_schema_accepts_and_refuses_what_the_program_does() {
    let programs = need!(
        venv_tool(&["jsonschema==4.23.0"]),
        "the JSON Schema is not held against a validator"
    );
    let accepted = accepted();
    let refused: Vec<_> = cases("refused.toml", "refused")
        .into_iter()
        // What the program alone can know.
        .filter(|case| case["schema"] != false)
        .map(|case| {
            let text = case["table"].as_str().unwrap().to_owned();
            let table = table_of(&format!("[tool.pyz3-wheel]\n{text}")).unwrap();
            (text, table)
        })
        .collect();
    let all = || accepted.iter().chain(&refused);
    let tables: Vec<_> = all().map(|(_, table)| table).collect();
    let given = json!({"schema": pyz3(["schema"]).exits(0).json(), "tables": tables});

    let mut python = Command::new(programs.join("python"));
    python.args(["-c", VALIDATE]);
    python.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().unwrap();
    let mut stdin = python.stdin.take().unwrap();
    stdin.write_all(given.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let valid: Vec<bool> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(valid.len(), tables.len());
    let wrong: Vec<_> = all()
        .zip(valid)
        .enumerate()
        .filter(|(index, (_, valid))| *valid != (*index < accepted.len()))
        .map(|(_, ((what, _), valid))| format!("{what}: valid is {valid}"))
        .collect();
    assert_eq!(wrong, [""; 0]);
}
