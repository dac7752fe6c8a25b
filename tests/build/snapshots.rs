//! The summary of a run and the plan for a Python, whole. `tests/cli/snapshots.rs` describes how to update
//! the snapshots.

use std::path::Path;

use support::fixture::PYPROJECT;
use support::{BUILD, command, example, kept, need, project, pythons, run};

/// The text without what differs from machine to machine: these paths, times and where Zig is from.
pub(crate) fn portable(text: &str, paths: &[(&Path, &str)]) -> String {
    let mut text = text.to_owned();
    for (path, name) in paths {
        let real = std::fs::canonicalize(path).unwrap();
        text = text.replace(&path.display().to_string(), name);
        text = text.replace(&real.display().to_string(), name);
    }
    let lines = text.lines().map(|line| {
        // The width of a column depends on its contents.
        let mut words: Vec<_> = line.split_whitespace().collect();
        for at in 1..words.len() {
            if words[at].starts_with('s') && words[at].trim_end_matches([')', ',']) == "s" {
                words[at - 1] = "TIME";
            }
            // The size of a wheel depends on Zig's version and the project's metadata.
            if matches!(words[at], "B" | "kB" | "MB") {
                words[at - 1] = "SIZE";
            }
        }
        let line = words.join(" ");
        match line.split_once(", with Zig ") {
            Some((before, _)) => format!("{before}, with Zig"),
            None => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_summary_of_a_run() {
    let project = example("hello-ctypes");
    let mut build = command();
    build
        .args(["--platform", "linux-x86_64,windows-x64", "--jobs", "1"])
        .arg("--project")
        .arg(project.path());
    let ran = run(&mut build).exits(0);
    let said = portable(&(ran.stderr + &ran.stdout), &[(project.path(), "FOLDER")]);
    insta::assert_snapshot!("summary", said);
}

#[test]
fn the_summary_of_a_job_of_github_actions() {
    let project = example("hello-ctypes");
    let summary = project.path().join("summary.md");
    let mut build = command();
    build
        .args(["--platform", "linux-x86_64,windows-x64", "--jobs", "1"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .current_dir(project.path());
    let ran = run(&mut build).exits(0);
    let (_, lines) = ran
        .stderr
        .split_once("::group::Build of 2 wheels\n")
        .unwrap();
    let (lines, _) = lines.split_once("::endgroup::\n").unwrap();
    assert_eq!(lines.lines().count(), 2, "{ran:#?}");
    assert!(!ran.stdout.contains("::"), "{ran:#?}");
    let text = std::fs::read_to_string(&summary).unwrap();
    assert!(
        text.starts_with("### hello-ctypes 0.1.0: 2 wheels\n\n|  | wheel |"),
        "{text}"
    );
    assert!(
        text.contains("| ok | hello_ctypes-0.1.0-py3-none-win_amd64.whl | "),
        "{text}"
    );
}

#[test]
fn the_plans_of_the_examples_for_a_python() {
    let python = need!(pythons().get("3.12"), "no CPython 3.12 with headers");
    let cache = kept("cache");
    for name in [
        "hello",
        "hello-abi3",
        "hello-c",
        "hello-cpp",
        "hello-managed",
    ] {
        let project = example(name);
        let paths: [(&Path, _); 3] = [
            (project.path(), "FOLDER"),
            (&cache, "CACHE"),
            (python, "PYTHON"),
        ];
        let mut plan = command();
        plan.args(["--dry-run", "--all-platforms", "--jobs", "2", "--python"])
            .arg(python)
            .arg("--project")
            .arg(project.path());
        let ran = run(&mut plan).exits(0);
        let said = portable(&(ran.stderr + &ran.stdout), &paths);
        insta::assert_snapshot!(format!("plan-{name}"), said);
    }
}

/// An sdist with Zig packages is the command that reads build.zig.zon completely, and it needs a Zig.
#[test]
fn the_refusals_of_build_zig_zon() {
    let texts = [
        "",
        ".{ .name = }",
        ".{ .a = 1, .a = 2 }",
        ".{ .a = \"b }",
        ".{ .dependencies = .{ .y = .{} } }",
        ".{ .dependencies = .{ .y = .{ .path = \"y\", .url = \"https://x/y.tar.gz\" } } }",
        ".{ .dependencies = .{ .y = .{ .url = \"https://x/y.tar.gz\" } } }",
        ".{ .dependencies = .{ .y = .{ .url = \"https://x/y.tar.gz\", .hash = \"y\" } } }",
    ]
    .map(|zon| {
        let project = project(&[
            ("pyproject.toml", PYPROJECT),
            ("tiny/__init__.py", ""),
            ("build.zig", BUILD),
            ("build.zig.zon", zon),
        ]);
        let mut sdist = command();
        sdist
            .args(["sdist", "--vendor"])
            .current_dir(project.path());
        let ran = run(&mut sdist).exits(2);
        let said = portable(&ran.stderr, &[(project.path(), "FOLDER")]);
        format!("{zon}\n{said}\n")
    });
    insta::assert_snapshot!("refusals-zon", texts.join("\n"));
}
