//! The action `.github/actions/check`: its steps, carried out as the runner does, with the package from a folder.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use support::need;
use support::workflow::Action;

use crate::python::{NO_PACKAGE, wheelhouse};

/// What the steps of an action are given and write.
struct Job<'a> {
    dir: &'a Path,
    wheelhouse: &'a Path,
}

impl Job<'_> {
    /// Runs the steps with these inputs until one fails; gives what the last one printed.
    fn run(&self, inputs: &[(&str, &str)]) -> Output {
        let action = Action::read();
        let mut values = action.defaults();
        for (name, value) in inputs {
            assert!(values.contains_key(*name), "no input {name}");
            values.insert((*name).to_owned(), (*value).to_owned());
        }
        let output = self.dir.join("output");
        std::fs::write(&output, "").unwrap();
        let mut last = None;
        for step in &action.runs.steps {
            let written = std::fs::read_to_string(&output).unwrap();
            let value = |expression: &str| {
                let name = expression
                    .strip_prefix("${{ ")
                    .and_then(|rest| rest.strip_suffix(" }}"))
                    .unwrap_or_else(|| panic!("not an expression: {expression}"));
                if let Some(input) = name.strip_prefix("inputs.") {
                    return values[input].clone();
                }
                let name = name.strip_prefix("steps.install.outputs.").unwrap();
                let mut lines = written.lines();
                let line = lines.find_map(|line| line.strip_prefix(&format!("{name}=")));
                line.unwrap_or_else(|| panic!("no output {name}"))
                    .to_owned()
            };
            // What the runner gives for `shell: bash`.
            assert_eq!(step.shell.as_deref(), Some("bash"));
            let mut bash = Command::new("bash");
            bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c"])
                .arg(step.run.as_deref().unwrap());
            support::hermetic(&mut bash);
            bash.current_dir(self.dir)
                .env("RUNNER_TEMP", self.dir.join("temp"))
                .env("GITHUB_OUTPUT", &output)
                .env("PIP_NO_INDEX", "1")
                .env("PIP_FIND_LINKS", self.wheelhouse);
            for (name, expression) in &step.env {
                bash.env(name, value(expression));
            }
            let ran = bash.output().unwrap();
            let succeeded = ran.status.success();
            last = Some(ran);
            if !succeeded {
                break;
            }
        }
        last.unwrap()
    }
}

#[test]
fn the_action_installs_the_program_and_checks_what_its_inputs_name() {
    let wheelhouse = need!(wheelhouse(), NO_PACKAGE);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let job = Job { dir, wheelhouse };
    std::fs::create_dir(dir.join("temp")).unwrap();
    let dist = dir.join("a dist");
    std::fs::create_dir(&dist).unwrap();
    for wheel in support::hello().paths() {
        std::fs::copy(&wheel, dist.join(wheel.file_name().unwrap())).unwrap();
    }
    let shown = |ran: &Output| {
        let [stdout, stderr] = [&ran.stdout, &ran.stderr].map(|text| String::from_utf8_lossy(text));
        format!("{stdout}{stderr}")
    };
    let ran = job.run(&[("paths", "a dist/*.whl")]);
    assert!(ran.status.success(), "{}", shown(&ran));

    // A wheel that is none: an annotation, a SARIF file, and the exit code of the check.
    std::fs::write(dir.join("bad-1.0-py3-none-any.whl"), "no archive").unwrap();
    let inputs = [
        ("paths", "a dist\nbad-*.whl\n"),
        ("args", "--fix-hint"),
        ("sarif", "found.sarif"),
    ];
    let ran = job.run(&inputs);
    assert_eq!(ran.status.code(), Some(4), "{}", shown(&ran));
    assert!(shown(&ran).contains("::error"), "{}", shown(&ran));
    let sarif = std::fs::read_to_string(dir.join("found.sarif")).unwrap();
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].to_string();
    assert!(results.contains("not-a-zip"), "{results}");
}

#[test]
fn an_input_of_the_action_is_never_run() {
    let wheelhouse = need!(wheelhouse(), NO_PACKAGE);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let job = Job { dir, wheelhouse };
    std::fs::create_dir(dir.join("temp")).unwrap();
    let evil = "$(touch evil); `touch evil`; \"; touch evil; #";
    for name in ["paths", "args", "version"] {
        let ran = job.run(&[(name, evil)]);
        assert_eq!(ran.status.code(), Some(2), "{name}");
        assert!(!dir.join("evil").exists(), "{name}");
    }
    // A path is never an option.
    let ran = job.run(&[("paths", "--help")]);
    assert_eq!(ran.status.code(), Some(2));
    for version in [
        "0.1.0;evil",
        "0.1.0 evil",
        "../evil",
        "0.1.0\n--index-url=x",
    ] {
        let ran = job.run(&[("version", version)]);
        assert_eq!(ran.status.code(), Some(2), "{version}");
    }
}
