//! Deceptive names, values and paths: JSON stays valid, and no output controls a terminal, is a command to a
//! CI service, or shows credentials.

use std::fs;
#[cfg(target_os = "linux")]
use std::path::Path;

use support::{Ran, command, run};
#[cfg(target_os = "linux")]
use support::{copy_tree, example};

/// Asserts that the text has no control characters, and that no line is a command to a CI service.
fn is_harmless(text: &str) {
    for line in text.lines() {
        let begin = line.trim_start();
        assert!(!begin.starts_with("::"), "{line:?}");
        assert!(!line.contains("##["), "{line:?}");
        let is_bad = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}');
        assert!(!line.contains(is_bad), "{line:?}");
    }
}

fn harmless(ran: Ran) -> Ran {
    is_harmless(&ran.stdout);
    is_harmless(&ran.stderr);
    ran
}

/// What to run, the project, and options with paths.
#[cfg(target_os = "linux")]
type Case<'a> = (&'a [&'a str], &'a Path, &'a [(&'a str, &'a Path)]);

/// Paths that are not Unicode exist on Linux; macOS and Windows refuse most of them.
#[cfg(target_os = "linux")]
#[test]
fn every_command_writes_a_document_for_paths_that_are_not_unicode() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &[u8]| folder.path().join(OsStr::from_bytes(name));
    let project = path(b"p-\xff");
    copy_tree(example("hello").path(), &project);
    let with_file = path(b"file");
    copy_tree(&project, &with_file);
    fs::write(
        with_file
            .join("src/hello")
            .join(OsStr::from_bytes(b"\xff.py")),
        "x = 1\n",
    )
    .unwrap();
    let wheel = path(b"w\xff.whl");
    fs::write(&wheel, "no wheel").unwrap();
    let (nothing, out) = (path(b"nothing\xff"), path(b"out\xff"));
    let cases: [Case<'_>; 15] = [
        (&["sdist"], &project, &[("--output-dir", &out)]),
        (&["files"], &project, &[]),
        (&["metadata"], &project, &[]),
        (&["--dry-run"], &project, &[("--output-dir", &out)]),
        (&["--metadata-only"], &project, &[("--output-dir", &out)]),
        (&["doctor"], &project, &[]),
        (&["cache", "dir"], &project, &[("--cache-dir", &out)]),
        (&["cache", "size"], &project, &[("--cache-dir", &wheel)]),
        (&["files"], &with_file, &[]),
        (&["sdist"], &with_file, &[]),
        (&["files"], &nothing, &[]),
        (&["--dry-run"], &nothing, &[]),
        (&["--dry-run"], &project, &[("--zig", &nothing)]),
        (&["--dry-run"], &project, &[("--python", &nothing)]),
        (&["cache", "size"], &project, &[("--cache-dir", &nothing)]),
    ];
    for (args, project, options) in cases {
        let mut command = command();
        command.args(args).arg("--project").arg(project);
        for (name, value) in options {
            command.arg(name).arg(value);
        }
        let ran = run(command.args(["--format", "json"]));
        assert!(ran.json().is_object() || ran.json().is_array());
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    }
    let judged = run(command()
        .arg("check")
        .arg(&wheel)
        .args(["--format", "json"]))
    .exits(4);
    let judged = judged.json();
    let path = judged["wheels"][0]["path"].as_str().unwrap();
    assert!(path.ends_with("/w\u{fffd}.whl"), "{path}");
    run(command()
        .args(["--format", "json", "--platform"])
        .arg(&nothing))
    .json();
    let ran = run(command()
        .args(["--format", "json", "doctor"])
        .env("PYZ3_WHEEL_OUTPUT_DIR", &nothing));
    ran.json();
}

/// A project with deceiving values, and such a name where the system allows it.
fn deceiving() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "pyproject.toml",
        "[build-system]\nrequires = [\"pyz3-wheel\"]\nbuild-backend = \"pyz3_wheel\"\n\
         [project]\nname = \"tiny\"\nversion = \"1.0\"\n\
         [project.urls]\n\"\\n::warning::x\" = \"https://me:hunter2@example.org/\"\n\
         [tool.pyz3-wheel]\nabi = \"\\n::error::a\\u001b[2J\\u202e ##[error]b\"\n",
    );
    write(
        "build.zig",
        "pub fn build(b: *@import(\"std\").Build) void { _ = b; }\n",
    );
    folder
}

#[test]
fn nothing_that_is_printed_is_a_command_or_a_secret() {
    let project = deceiving();
    for args in [&["metadata"][..], &["files"], &["sdist"], &["--dry-run"]] {
        let ran = run(command().args(args).arg("--project").arg(project.path()));
        let ran = harmless(ran).exits(2);
        assert!(ran.stderr.contains("\\u{1b}[2J\\u{202e}"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        ran.says("https://***@example.org/` contains a user name or password");
        let document = run(command()
            .args(args)
            .args(["--format", "json", "--project"])
            .arg(project.path()));
        assert!(!harmless(document).exits(2).stdout.contains("hunter2"));
    }
    harmless(run(command().args(["explain", "\u{1b}[2J\n::error::x"])).exits(2));
    harmless(run(command().arg("--\u{1b}[2J\n::error::x")).exits(2));
}

#[test]
fn credentials_in_a_manifest_are_told_of_and_not_shown() {
    let project = deceiving();
    let write = |name: &str, text: &str| fs::write(project.path().join(name), text).unwrap();
    write(
        "pyproject.toml",
        "[build-system]\nrequires = [\"pyz3-wheel\"]\nbuild-backend = \"pyz3_wheel\"\n\
         [project]\nname = \"tiny\"\nversion = \"1.0\"\n",
    );
    write(
        "build.zig.zon",
        ".{\n    .name = .tiny,\n    .version = \"1.0.0\",\n    .fingerprint = 0x1,\n    .paths = .{\"\"},\n\
         \x20   .dependencies = .{ .x = .{\n        .url = \"https://me:hunter2@example.org/x.tar.gz?token=hunter3\",\n\
         \x20       .hash = \"x-1.0.0-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\n    } },\n}\n",
    );
    let ran = run(command().arg("sdist").arg("--project").arg(project.path()));
    let ran = harmless(ran).exits(0);
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!all.contains("hunter"), "{all}");
    ran.says("contains credentials in https://***@example.org/x.tar.gz?token=***, and the sdist includes build.zig.zon");
}

/// Windows has no such names.
#[cfg(unix)]
#[test]
fn names_of_files_and_wheels_are_shown_harmlessly() {
    let pyproject = "[build-system]\nrequires = [\"pyz3-wheel\"]\nbuild-backend = \"pyz3_wheel\"\n\
         [project]\nname = \"hello\"\nversion = \"1.0\"\n";
    let project = support::project(&[("pyproject.toml", pyproject), ("hello/__init__.py", "")]);
    let name = "::error::\u{1b}[31mx\u{202e}\n::y.o";
    fs::write(project.path().join(name), "x").unwrap();
    let listed = run(command()
        .args(["files", "--verbose", "--project"])
        .arg(project.path()));
    let listed = harmless(listed);
    let all = format!("{}{}", listed.stdout, listed.stderr);
    assert!(all.contains("error::\\u{1b}[31mx\\u{202e}"), "{all}");
    let wheel = project.path().join("\n::error::x\u{9b}2J.whl");
    fs::write(&wheel, "no wheel").unwrap();
    harmless(run(command().arg("check").arg(&wheel)).exits(4));
    let gone = project.path().join("gone\u{1b}[2J.whl");
    harmless(run(command().arg("check").arg(gone)).exits(2));
}
