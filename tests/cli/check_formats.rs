//! The formats of `check` for CI services: each is one document, whatever happens, and no name can change what
//! it means. `tests/field/check_formats.rs` holds them against their schemas.

use std::path::PathBuf;

use serde_json::Value;
use support::{Ran, command, pyz3, run};
use tempfile::TempDir;

fn file((name, bytes): (String, Vec<u8>)) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn lie() -> (TempDir, PathBuf) {
    let (_, bytes) = crate::corpus::good("cp312-cp312-manylinux_2_17_x86_64");
    file(("hello-1.0-cp312-cp312-win_amd64.whl".to_owned(), bytes))
}

fn check(format: &str, arguments: &[&str]) -> Ran {
    run(command()
        .args(["check", "--format", format])
        .args(arguments))
}

#[test]
fn sarif_has_rules_results_and_what_could_not_be_read() {
    let (_folder, lie) = lie();
    let (_kept, noted) = file(crate::corpus::noted());
    let paths = [&lie, &noted].map(|path| path.to_str().unwrap());
    let ran = check("sarif", &[paths[0], paths[1], "nowhere.whl"]);
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index]["help"]["text"].is_string());
    }
    let find = |code: &str| results.iter().find(|result| result["ruleId"] == code);
    let wrong = find("wrong-system").unwrap();
    assert_eq!(wrong["level"], "error");
    let location = &wrong["locations"][0];
    let member = "hello/_native.cpython-312-x86_64-linux-gnu.so";
    assert_eq!(
        location["logicalLocations"][0]["fullyQualifiedName"],
        member
    );
    let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str();
    assert!(
        uri.unwrap()
            .ends_with("hello-1.0-cp312-cp312-win_amd64.whl"),
        "{uri:?}"
    );
    assert_eq!(find("duplicate-files").unwrap()["level"], "note");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["exitCode"], 2);
    let notification = &invocation["toolExecutionNotifications"][0]["message"]["text"];
    assert!(
        notification
            .as_str()
            .unwrap()
            .contains("nowhere.whl: cannot be read")
    );
    ran.exits(2).says("nowhere.whl");
}

#[test]
fn every_result_of_sarif_has_a_file_and_every_artifact_is_there_once() {
    let (_folder, lie) = lie();
    let (_kept, good) = file(crate::corpus::good("cp312-cp312-manylinux_2_17_x86_64"));
    let paths = [&lie, &good].map(|path| path.to_str().unwrap());
    let ran = check("sarif", &[paths[0], paths[1], paths[1]]).exits(4);
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["artifacts"].as_array().unwrap().len(), 2);
    let results = run["results"].as_array().unwrap();
    let about_release = results
        .iter()
        .find(|one| one["ruleId"] == "release-no-sdist");
    assert!(about_release.is_some(), "{results:#?}");
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].is_string(), "{result:#?}");
    }
}

#[test]
fn a_junit_report_fails_exactly_where_check_does() {
    let (_folder, lie) = lie();
    let (_kept, doubtful) = file(crate::corpus::doubtful());
    let ran = check("junit", &[lie.to_str().unwrap()]).exits(4);
    assert!(
        ran.stdout
            .contains("<failure message=\"is built for Linux x86_64, but"),
        "{ran:#?}"
    );
    let ran = check("junit", &[doubtful.to_str().unwrap()]).exits(0);
    assert!(
        ran.stdout.contains("failures=\"0\" errors=\"0\""),
        "{ran:#?}"
    );
    assert!(
        ran.stdout.contains("<system-out>warning: notes-0.txt: "),
        "{ran:#?}"
    );
    let ran = check("junit", &["nowhere.whl"]).exits(2);
    assert!(
        ran.stdout.contains("<error message=\"cannot be read"),
        "{ran:#?}"
    );
}

#[test]
fn github_gets_a_command_for_each_line_of_the_report() {
    let (_folder, doubtful) = file(crate::corpus::doubtful());
    let path = doubtful.to_str().unwrap();
    let lines = |ran: &Ran| ran.stdout.lines().count();
    let ran = check("github", &[path]).exits(0);
    assert_eq!(lines(&ran), 2, "{ran:#?}");
    assert!(ran.stdout.contains(",title=bytecode::"), "{ran:#?}");
    assert!(ran.stdout.contains(" (and 3 more, see -v)"), "{ran:#?}");
    let all = check("github", &[path, "--verbose"]).exits(0);
    assert!(lines(&all) > 8, "{all:#?}");
    assert!(all.stdout.contains("::notice file="), "{all:#?}");
    let none = check("github", &[path, "--quiet"]).exits(0);
    assert_eq!(none.stdout, "");
}

#[test]
fn no_name_can_inject_a_command_or_an_element() {
    for name in [
        "hello/a\n::error::pwned.txt",
        "hello/%0A::set-output name=x::y, z: 1.pyc",
        "hello/##[command]a.pyc",
        "hello/a\u{1b}[2J\u{9b}\u{202e}.pyc",
        "hello/]]></system-out><failure>.pyc",
        "hello/\u{fffe}\u{ffff}&amp;.pyc",
    ] {
        let (_folder, path) = file(crate::corpus::with_file(name));
        let path = path.to_str().unwrap();
        let ran = check("github", &[path, "-v"]);
        for line in ran.stdout.lines() {
            let begin = ["::error file=", "::warning file=", "::notice file="];
            assert!(
                begin.iter().any(|begin| line.starts_with(begin)),
                "{name:?}: {line}"
            );
            assert!(!line.contains("##["), "{name:?}: {line}");
            let control = |c: char| c.is_control() || c == '\u{202e}';
            assert!(!line.contains(control), "{name:?}: {line}");
        }
        let ran = check("junit", &[path]);
        let tags = ran.stdout.matches("<failure").count();
        let ends = ran.stdout.matches("</failure>").count();
        assert_eq!(tags, ends, "{name:?}: {ran:#?}");
        let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
        assert!(!ran.stdout.contains(bad), "{name:?}: {ran:#?}");
        serde_json::from_str::<Value>(&check("sarif", &[path]).stdout).unwrap();
    }
    // In a path and in an argument too.
    let ran = check("github", &["a,b:c\n::error::x.whl"]).exits(2);
    assert_eq!(ran.stdout.lines().count(), 1, "{ran:#?}");
}

#[test]
fn there_is_a_document_for_wrong_arguments_too() {
    for arguments in [
        &[][..],
        &["--nonsense"],
        &["--select", "nonsense", "x.whl"],
        &["--project", "nowhere", "x.whl"],
    ] {
        let sarif = check("sarif", arguments).exits(2);
        let log: Value = serde_json::from_str(&sarif.stdout).unwrap();
        assert_eq!(
            log["runs"][0]["invocations"][0]["executionSuccessful"],
            false
        );
        let junit = check("junit", arguments).exits(2).stdout;
        assert!(junit.contains("<error message="), "{junit}");
        let github = check("github", arguments).exits(2).stdout;
        assert!(github.starts_with("::error title=pyz3-wheel::"), "{github}");
    }
}

#[test]
fn other_subcommands_refuse_the_formats_of_check() {
    for subcommand in ["platforms", "explain", "cache dir", "build"] {
        for format in ["sarif", "github", "junit"] {
            let arguments = subcommand.split(' ').chain(["--format", format]);
            let ran = pyz3(arguments).exits(2);
            let problem = format!("the format `{format}` is for `check` only");
            assert!((ran.stdout + &ran.stderr).contains(&problem));
        }
    }
}

#[test]
fn other_subcommands_do_not_read_the_formats_of_check_from_variables_and_files() {
    let folder = support::project(&[("pyproject.toml", "[tool.pyz3-wheel]\nformat = \"sarif\"\n")]);
    let ran = |arguments: &str, variable: Option<&str>| {
        let mut other = command();
        other.args(arguments.split(' ')).current_dir(folder.path());
        if let Some(format) = variable {
            other.env("PYZ3_WHEEL_FORMAT", format);
        }
        run(&mut other)
    };
    for variable in [None, Some("github")] {
        let table = ran("platforms", variable).exits(0).stdout;
        assert!(table.contains("linux-x86_64"), "{table}");
        let explained = ran("explain wheel-tags", variable).exits(0).stdout;
        assert!(explained.starts_with("wheel-tags ("), "{explained}");
        let error = ran("explain nonsense", variable).exits(2);
        assert_eq!(error.stdout, "");
        assert!(error.stderr.contains("error: unknown check"), "{error:#?}");
    }
    let sarif = ran("check nowhere.whl", None).exits(2).stdout;
    assert!(sarif.contains("\"runs\""), "{sarif}");
    let github = ran("check nowhere.whl", Some("github")).exits(2).stdout;
    assert!(github.starts_with("::error"), "{github}");
}
