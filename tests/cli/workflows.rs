//! The workflows and the scripts: valid and safe here; carried out in the modules below.

mod release;
mod scripts;

use std::collections::{BTreeMap, BTreeSet};

use pyz3_wheel::Platform;
use serde_json::Value;
use support::workflow::{ALL, Action, BUILD_WHEELS, CI, RELEASE, Workflow, pairs};

#[test]
fn every_action_is_pinned_by_commit_with_its_version_beside_it() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in ALL {
        let text = std::fs::read_to_string(support::repo().join(path)).unwrap();
        for line in text.lines().filter(|line| line.contains("uses:")) {
            let (_, action) = line.split_once("uses:").unwrap();
            let (action, version) = action
                .split_once(" # v")
                .unwrap_or_else(|| panic!("{path}: no version beside {line}"));
            let (name, commit) = action
                .trim()
                .split_once('@')
                .unwrap_or_else(|| panic!("{path}: not pinned: {line}"));
            let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            assert!(
                commit.len() == 40 && commit.chars().all(is_hex),
                "{path}: not pinned by commit: {line}"
            );
            versions
                .entry(name.to_owned())
                .or_default()
                .insert(format!("{commit} {version}"));
        }
    }
    assert!(
        versions.len() >= 5,
        "only these actions were found: {versions:?}"
    );
    for (action, pins) in versions {
        assert_eq!(
            pins.len(),
            1,
            "{action} is pinned in several ways: {pins:?}"
        );
    }
}

#[test]
fn every_job_has_the_least_permissions() {
    for path in ALL {
        let workflow = Workflow::read(path);
        assert!(
            workflow.permissions.is_empty(),
            "{path}: {:?}",
            workflow.permissions
        );
        for (name, job) in &workflow.jobs {
            let expected = match name.as_str() {
                "publish" => pairs([("id-token", "write")]),
                "provenance" => pairs([("attestations", "write"), ("id-token", "write")]),
                "release" => pairs([("contents", "write")]),
                "deploy" => pairs([("id-token", "write"), ("pages", "write")]),
                _ => pairs([("contents", "read")]),
            };
            assert_eq!(job.permissions, expected, "{path}: job {name}");
        }
        for step in workflow
            .steps()
            .filter(|step| step.is_action("actions/checkout"))
        {
            assert_eq!(
                step.with.get("persist-credentials"),
                Some(&Value::Bool(false)),
                "{path}"
            );
        }
    }
}

/// An expression in a `run:` is pasted into the script, whoever wrote the value.
#[test]
fn no_script_contains_an_expression() {
    for path in ALL {
        for step in Workflow::read(path).steps() {
            let run = step.run.as_deref().unwrap_or_default();
            assert!(!run.contains("${{"), "{path}: {}", step.label());
        }
    }
}

#[test]
fn the_action_pins_the_version_of_the_program_and_pastes_no_input_into_a_script() {
    let action = Action::read();
    assert_eq!(action.runs.using, "composite");
    assert_eq!(action.defaults()["version"], env!("CARGO_PKG_VERSION"));
    for step in &action.runs.steps {
        let run = step.run.as_deref().unwrap();
        assert!(!run.contains("${{"), "{}", step.label());
        assert_eq!(step.shell.as_deref(), Some("bash"), "{}", step.label());
    }
}

#[test]
fn wheels_are_built_on_pushes_pull_requests_tags_and_by_hand() {
    let on = Workflow::read(BUILD_WHEELS).on;
    assert_eq!(
        on["push"],
        serde_json::json!({"branches": ["main", "develop"], "tags": ["v*"]})
    );
    let triggers: BTreeSet<_> = on.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        triggers,
        BTreeSet::from(["pull_request", "push", "workflow_dispatch"])
    );
}

#[test]
fn the_matrix_builds_and_tests_every_platform() {
    let workflow = Workflow::read(BUILD_WHEELS);
    let matrix = |job: &str| &workflow.jobs[job].strategy.as_ref().unwrap().matrix;
    let known: Vec<_> = Platform::MAIN.map(Platform::name).into();
    assert_eq!(matrix("build").platform, known);
    let mut tested = matrix("test").platform.clone();
    tested.push("linux-aarch64".to_owned());
    tested.sort();
    let mut built = matrix("build").platform.clone();
    built.sort();
    assert_eq!(tested, built);
}

#[test]
fn only_tested_wheels_of_a_tag_are_published_and_without_a_password() {
    for (path, tests) in [
        (BUILD_WHEELS, ["test", "test-linux-aarch64"]),
        (RELEASE, ["test", "test-musllinux"]),
    ] {
        let workflow = Workflow::read(path);
        let publish = &workflow.jobs["publish"];
        assert_eq!(publish.needs, serde_json::json!(tests), "{path}");
        assert_eq!(publish.environment.as_deref(), Some("pypi"), "{path}");
        let condition = publish.condition.as_deref().unwrap();
        for guard in ["startsWith(github.ref, 'refs/tags/v')", "vars.RELEASE_"] {
            assert!(condition.contains(guard), "{path}: {condition}");
        }
        let upload = publish
            .steps
            .iter()
            .find(|step| step.is_action("pypa/gh-action-pypi-publish"))
            .unwrap();
        assert_eq!(upload.with.keys().collect::<Vec<_>>(), ["packages-dir"]);
        // What goes to GitHub has a provenance, and replaces nothing.
        let before = if path == RELEASE {
            assert_eq!(workflow.jobs["provenance"].needs, "publish");
            "provenance"
        } else {
            "publish"
        };
        assert_eq!(workflow.jobs["release"].needs, before, "{path}");
        let text = std::fs::read_to_string(support::repo().join(path)).unwrap();
        assert!(!text.contains("--clobber"), "{path}");
    }
}

/// What a `pip install` of a workflow may install without a hash: what the workflow has just made, and
/// the project at hand with its own requirements.
const WITHOUT_HASHES: [&str; 6] = [
    "--no-index",
    "\"$INSTALL\"",
    "./docs/examples/hello",
    "./hello",
    "matching/*.whl ${requires[@]",
    "matching/*.whl $TEST_REQUIRES",
];

#[test]
fn the_workflows_install_only_what_is_pinned_by_hash() {
    let mut checked = 0;
    for path in ALL {
        for step in Workflow::read(path).steps() {
            let run = step.run.as_deref().unwrap_or_default().replace("\\\n", "");
            for line in run.lines().filter(|line| line.contains("pip install")) {
                if WITHOUT_HASHES.iter().any(|known| line.contains(known)) {
                    continue;
                }
                checked += 1;
                for option in ["--only-binary :all:", "--require-hashes"] {
                    assert!(line.contains(option), "{path}: {line}");
                }
                for file in line.split(" -r ").skip(1) {
                    let file = support::repo().join(file.split_whitespace().next().unwrap());
                    let text = std::fs::read_to_string(&file).unwrap();
                    let packages = text.lines().filter(|line| line.contains("=="));
                    for package in packages {
                        assert!(package.ends_with(" \\"), "no hash: {package}");
                    }
                }
            }
            assert!(!run.contains("toolchain install stable"), "{path}: {run}");
        }
    }
    assert!(checked >= 6, "only {checked} were found");
    let zig = support::repo().join(".github/requirements/zig.txt");
    let zig = std::fs::read_to_string(zig).unwrap();
    let default = format!("\nziglang=={} ", pyz3_wheel::toolchain::DEFAULT_ZIG);
    assert!(zig.contains(&default), "not the default Zig: {zig}");
    assert_eq!(
        Workflow::read(CI).env["RUST"],
        Workflow::read(RELEASE).env["RUST"]
    );
}

/// Each part of the field tests runs the tests that it names; the last one runs all the others.
#[test]
fn the_parts_of_the_field_tests_are_all_of_them() {
    let workflow = Workflow::read(CI);
    let parts = &workflow.jobs["field"].strategy.as_ref().unwrap().matrix;
    let mut named = BTreeSet::new();
    let mut skipped = BTreeSet::new();
    for part in &parts.include {
        let words = part["tests"].split(' ').filter(|word| *word != "--skip");
        if part["part"] == "others" {
            skipped.extend(words);
        } else {
            named.extend(words);
        }
    }
    assert!(named.len() > 2, "{named:?}");
    assert_eq!(named, skipped);
}
