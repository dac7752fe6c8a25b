//! Errors are reported completely, with place and remedy; nothing is written and nothing is lost.

use std::path::PathBuf;

use support::fixture::{Fixture, LIBRARY, PYPROJECT, failures, new_wheels};
use support::{BUILD, command, run};

mod refusals;

// Builds that fail: exit code 1; the others go on.

const NOT_ON_WINDOWS: &str = "const builtin = @import(\"builtin\");\ncomptime {\n    \
    if (builtin.os.tag == .windows) @compileError(\"not on windows\");\n}\n";

const THREE: [&str; 6] = [
    "--platform",
    "linux-x86_64",
    "--platform",
    "macos-arm64",
    "--platform",
    "windows-x64",
];

#[test]
fn a_compile_error_is_shown_whole_and_the_other_jobs_go_on() {
    let fixture = Fixture::tiny(PYPROJECT, BUILD, &format!("{NOT_ON_WINDOWS}{LIBRARY}"));
    let ran = fixture.fails(&THREE, 1);
    let report = ran.json();
    assert_eq!(new_wheels(&report).len(), 2);
    let failed = failures(&report);
    assert_eq!(failed.keys().collect::<Vec<_>>(), ["windows-x64"]);
    assert_eq!(report["failures"][0]["kind"], "build");
    // The message, the line of source and the mark below it are zig's own; a log is kept.
    let zig = "tiny.zig:3:37: error: not on windows\n    if (builtin.os.tag == .windows) @compileError(\"not on windows\");\n";
    assert!(failed["windows-x64"][0].contains(zig), "{failed:#?}");
    let log =
        std::fs::read_to_string(fixture.path().join(".pyz3-wheel/logs/windows-x64.log")).unwrap();
    let printed = report["failures"][0]["log"].as_str().unwrap();
    assert!(printed.contains(zig) && log.ends_with(printed), "{log}");
    ran.says("failed: windows-x64")
        .says(zig)
        .says("this is the output of Zig ");

    // In words for people the wheels are on stdout and nothing else is.
    let ran = run(command().args(THREE).arg("--project").arg(fixture.path())).exits(1);
    let lines: Vec<_> = ran.stdout.lines().map(PathBuf::from).collect();
    assert_eq!(lines, new_wheels(&report));
    ran.says("2 of 3 wheels");
}

#[test]
fn fail_fast_begins_nothing_more() {
    let fixture = Fixture::tiny(PYPROJECT, BUILD, &format!("{NOT_ON_WINDOWS}{LIBRARY}"));
    let ran = fixture.fails(&[&THREE[..], &["--fail-fast", "--jobs", "1"]].concat(), 1);
    let report = ran.json();
    // Windows comes first.
    assert_eq!(
        failures(&report).keys().collect::<Vec<_>>(),
        ["windows-x64"]
    );
    assert_eq!(
        report["not_begun"],
        serde_json::json!(["linux-x86_64", "macos-arm64"])
    );
    ran.says("2 jobs were skipped after a failure (--fail-fast)");
}

#[test]
fn fail_fast_stops_what_is_running_and_the_failure_gives_the_exit_code() {
    // Two jobs at once: windows fails at once, linux would sleep for minutes.
    let slow = BUILD.replace(
        "// MORE",
        "if (target.result.os.tag != .windows) b.getInstallStep().dependOn(&b.addSystemCommand(&.{ \"sleep\", \"300\" }).step);",
    );
    let fixture = Fixture::tiny(PYPROJECT, &slow, &format!("{NOT_ON_WINDOWS}{LIBRARY}"));
    let args = [
        "--platform",
        "linux-x86_64",
        "--platform",
        "windows-x64",
        "--fail-fast",
        "--jobs",
        "2",
    ];
    let report = fixture.fails(&args, 1).json();
    let failed = failures(&report);
    assert!(failed["windows-x64"][0].contains("not on windows"));
    assert_eq!(
        failed["linux-x86_64"],
        ["stopped, because another job had failed"]
    );
    assert!(
        report["seconds"].as_f64().unwrap() < 280.0,
        "the sleeping job was waited for"
    );
}

/// Another zig that shares the cache may have the build runner open while ours would run it.
#[cfg(unix)]
#[test]
fn a_busy_cache_is_waited_for() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::ctypes();
    let zig = fixture.path().join("zig");
    let real = support::zig();
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in build*) [ -e \"$0.begun\" ] || {{ touch \"$0.begun\"; \
         echo 'error: failed to spawn build runner x/build: FileBusy' >&2; exit 1; }};; esac\n\
         exec {} \"$@\"\n",
        real.display()
    );
    std::fs::write(&zig, script).unwrap();
    std::fs::set_permissions(&zig, std::fs::Permissions::from_mode(0o755)).unwrap();
    let zig = zig.to_str().unwrap();
    let report = run(&mut fixture.command(&["--platform", "linux-aarch64", "--zig", zig]))
        .exits(0)
        .json();
    assert_eq!(new_wheels(&report).len(), 1);
    assert!(fixture.path().join("zig.begun").exists());
}

#[test]
fn a_build_script_that_does_not_compile() {
    let fixture = Fixture::tiny(
        PYPROJECT,
        "pub fn build(b: *Nothing) void {\n    _ = b;\n}\n",
        LIBRARY,
    );
    fixture
        .fails(&["--all-platforms"], 1)
        .says("build.zig:1:18: error: use of undeclared identifier 'Nothing'")
        .says("this is the output of Zig ");
}
