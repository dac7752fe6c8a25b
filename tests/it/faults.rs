//! What is wrong is told whole, with place and remedy; nothing is written and nothing is lost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use pyz3_wheel::Platform;
use serde_json::Value;
use tempfile::TempDir;

use crate::need;
use crate::support::{BUILD, Ran, command, project, pythons, run};

mod refusals;

const PYPROJECT: &str =
    "[project]\nname = \"tiny\"\nversion = \"1.0\"\nrequires-python = \">=3.9\"\n";

/// A library for ctypes.
const LIBRARY: &str = "export fn tiny_answer() c_int {\n    return 42;\n}\n";

/// An extension module that needs no headers to compile.
const EXTENSION: &str = "export fn PyInit_tiny() ?*anyopaque {\n    return null;\n}\n";

/// What lies in `dist` before each run, where the wheels of a run would go.
const EARLIER: &[u8] = b"an earlier wheel";

/// The Python and ABI of these.
const TAGS: [&str; 6] = [
    "py3-none",
    "cp39-cp39",
    "cp310-cp310",
    "cp311-cp311",
    "cp312-cp312",
    "cp313-cp313",
];

/// A project with earlier wheels of every name that a run could give one.
struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = project(files);
        let dist = folder.path().join("dist");
        std::fs::create_dir(&dist).unwrap();
        for platform in Platform::ALL {
            for tag in TAGS {
                std::fs::write(
                    dist.join(format!("tiny-1.0-{tag}-{}.whl", platform.wheel_platform())),
                    EARLIER,
                )
                .unwrap();
            }
        }
        Self { folder }
    }

    /// A project whose library and package are called tiny.
    fn tiny(pyproject: &str, build: &str, source: &str) -> Self {
        let init = "try:\n    from .tiny import *\nexcept ImportError:\n    pass\n";
        Self::new(&[
            ("pyproject.toml", pyproject),
            ("build.zig", build),
            ("tiny.zig", source),
            ("tiny/__init__.py", init),
        ])
    }

    fn ctypes() -> Self {
        Self::tiny(PYPROJECT, BUILD, LIBRARY)
    }

    fn extension() -> Self {
        Self::tiny(PYPROJECT, BUILD, EXTENSION)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program on this project, reporting in JSON.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = command();
        command
            .args(["--format", "json", "--project"])
            .arg(self.path())
            .args(args);
        command
    }

    /// Runs it to the failure that is expected, and holds all that is common to failures.
    #[track_caller]
    fn fails(&self, args: &[&str], code: i32) -> Ran {
        self.fails_as(&mut self.command(args), code)
    }

    #[track_caller]
    fn fails_as(&self, command: &mut Command, code: i32) -> Ran {
        let ran = run(command).exits(code);
        assert_eq!(ran.json()["exit_code"], code, "{ran:#?}");
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        self.holds_earlier_wheels_but(&new_wheels(&ran.json()));
        ran
    }

    /// Every file of the output folder is the earlier one, but for these.
    #[track_caller]
    fn holds_earlier_wheels_but(&self, new: &[PathBuf]) {
        let dist = self.path().join("dist");
        let mut count = 0;
        for entry in std::fs::read_dir(&dist).unwrap() {
            let path = entry.unwrap().path();
            count += 1;
            assert_eq!(
                std::fs::read(&path).unwrap() == EARLIER,
                !new.contains(&path),
                "{}",
                path.display()
            );
        }
        let all = TAGS.len() * Platform::ALL.len();
        assert_eq!(count, all, "a file came or went in {}", dist.display());
        let jobs = self.path().join(".pyz3-wheel/jobs");
        let left = std::fs::read_dir(jobs).map_or(0, Iterator::count);
        assert_eq!(left, 0, "folders of jobs were left behind");
    }
}

fn new_wheels(report: &Value) -> Vec<PathBuf> {
    let wheels = report["wheels"].as_array().unwrap().iter();
    wheels
        .map(|wheel| PathBuf::from(wheel["path"].as_str().unwrap()))
        .collect()
}

/// The messages of every failed job.
fn failures(report: &Value) -> BTreeMap<String, Vec<String>> {
    let failures = report["failures"].as_array().unwrap().iter();
    failures
        .map(|failure| {
            let problems = failure["problems"].as_array().unwrap().iter();
            let messages = problems.map(|problem| problem["message"].as_str().unwrap().to_owned());
            (
                failure["job"].as_str().unwrap().to_owned(),
                messages.collect(),
            )
        })
        .collect()
}

/// The newest Python that wheels are promised for, for tests that need any.
fn a_python() -> Option<&'static str> {
    pythons()
        .keys()
        .max_by_key(|version| version.len())
        .map(String::as_str)
}

// Wrong or missing files: exit code 2.

#[test]
fn no_pyproject_toml() {
    let fixture = Fixture::new(&[("build.zig", BUILD)]);
    fixture
        .fails(&[], 2)
        .says(&format!(
            "no pyproject.toml in {}",
            fixture.path().display()
        ))
        .says("--project DIR");
    assert!(!fixture.path().join(".pyz3-wheel").exists());
}

#[test]
fn broken_toml_is_told_with_line_and_column() {
    let fixture = Fixture::tiny(
        "[project]\nname = \"tiny\nversion = \"1.0\"\n",
        BUILD,
        LIBRARY,
    );
    fixture
        .fails(&[], 2)
        .says("pyproject.toml:2:")
        .says("not valid TOML");
}

#[test]
fn all_mistakes_in_a_pyproject_are_told_at_once() {
    let pyproject = "[project]\nname = \"ti ny\"\nversion = \"one\"\nrequires-python = \"3.9+\"\nlicence = \"MIT\"\n\
        [tool.pyz3-wheel]\noptimise = \"Debug\"\nabi = \"ful\"\njobs = \"two\"\n";
    let fixture = Fixture::tiny(pyproject, BUILD, LIBRARY);
    let ran = fixture.fails(&[], 2);
    let problems = ran.json()["error"]["problems"].as_array().unwrap().len();
    assert_eq!(problems, 7, "{}", ran.stderr);
    ran.says("pyproject.toml:2:1: project.name: `ti ny`")
        .says("pyproject.toml:3:1: project.version: `one`")
        .says("pyproject.toml:4:1: project.requires-python: `3.9+`")
        .says("pyproject.toml:5:1: project.licence: unknown key")
        .says("did you mean license?")
        .says("pyproject.toml:7:1: tool.pyz3-wheel.optimise: unknown key")
        .says("did you mean optimize?")
        .says("pyproject.toml:8:1: tool.pyz3-wheel.abi: `ful`")
        .says("pyproject.toml:9:1: tool.pyz3-wheel.jobs: must be a positive integer");
}

#[test]
fn no_build_zig() {
    let fixture = Fixture::new(&[("pyproject.toml", PYPROJECT), ("tiny/__init__.py", "")]);
    fixture
        .fails(&[], 2)
        .says(&format!(
            "there is no {}",
            fixture.path().join("build.zig").display()
        ))
        .says("build-file in [tool.pyz3-wheel]");
}

#[test]
fn a_build_file_that_is_not_there_is_told_with_its_line() {
    let pyproject = format!("{PYPROJECT}[tool.pyz3-wheel]\nbuild-file = \"zig/build.zig\"\n");
    let fixture = Fixture::tiny(&pyproject, BUILD, LIBRARY);
    fixture
        .fails(&[], 2)
        .says("pyproject.toml:6:1")
        .says("zig/build.zig");
}

#[test]
fn a_project_folder_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let ran = run(command()
        .args(["--format", "json", "--project"])
        .arg(&missing))
    .exits(2);
    assert_eq!(ran.json()["exit_code"], 2);
    ran.says(&format!("{} is not a folder", missing.display()))
        .says("--project DIR");
    assert!(!missing.exists());
}

// Wrong usage: exit code 2.

#[test]
fn unknown_names_are_told_all_at_once() {
    let fixture = Fixture::extension();
    let ran = fixture.fails(
        &[
            "--platform",
            "linux-x86",
            "--python",
            "three",
            "--optimize",
            "ReleaseFats",
            "--jobs",
            "0",
            "--manylinux",
            "new",
        ],
        2,
    );
    assert_eq!(ran.json()["error"]["problems"].as_array().unwrap().len(), 5);
    ran.says("--platform: unknown platform `linux-x86`")
        .says("did you mean linux-x86_64?")
        .says("--python: unknown Python `three`")
        .says("give a version (3.12, cp312, 3.13t) or the path of an interpreter")
        .says("--optimize: unknown optimize mode `ReleaseFats`")
        .says("did you mean ReleaseFast?")
        .says("--jobs: `0` is not a number of jobs")
        .says("--manylinux: `new`")
        .says("such as 2_28");
}

#[test]
fn wrong_names_in_the_file_and_in_variables_are_told_with_their_places() {
    let pyproject = format!("{PYPROJECT}[tool.pyz3-wheel]\nplatforms = [\"windows\"]\n");
    let fixture = Fixture::tiny(&pyproject, BUILD, LIBRARY);
    fixture
        .fails_as(
            fixture
                .command(&[])
                .env("PYZ3_WHEEL_OPTIMIZE", "fast")
                .env("PYZ3_WHEEL_CLEAN", "maybe"),
            2,
        )
        .says("pyproject.toml:6:1: unknown platform `windows`")
        .says("PYZ3_WHEEL_OPTIMIZE: unknown optimize mode `fast`")
        .says("PYZ3_WHEEL_CLEAN: `maybe` is neither true nor false");
}

#[test]
fn an_unknown_format_and_an_unknown_option() {
    let fixture = Fixture::ctypes();
    let ran = run(command()
        .args(["--format", "jsn", "--project"])
        .arg(fixture.path()))
    .exits(2);
    ran.says("--format: unknown format `jsn`")
        .says("did you mean json?");
    run(command().arg("--platfrom")).exits(2).says("--platform");
}

#[test]
fn pythons_that_are_not_supported_or_not_there() {
    let fixture = Fixture::extension();
    let ran = fixture.fails(&["--python", "3.8", "--python", "3.15"], 2);
    assert!(
        !ran.stderr.contains("uv python install"),
        "to install them would not help:\n{}",
        ran.stderr
    );
    ran.says("Python 3.8 is not supported")
        .says("Python 3.15 is not supported")
        .says("CPython 3.9 to 3.14");
    assert!(
        !fixture.path().join(".pyz3-wheel").exists(),
        "a build was begun"
    );
}

#[test]
fn an_interpreter_that_is_not_there() {
    let fixture = Fixture::extension();
    let missing = fixture.path().join("python");
    fixture
        .fails_as(
            fixture
                .command(&["--python", "python3.99", "--python"])
                .arg(&missing),
            2,
        )
        .says(&missing.display().to_string())
        .says("python3.99")
        .says("pyz3-wheel pythons");
    assert!(
        !fixture.path().join(".pyz3-wheel").exists(),
        "a build was begun"
    );
}

#[test]
fn a_python_that_the_machine_lacks() {
    // A free-threaded build of the oldest version that has one is the least likely to be here.
    let found = crate::support::pyz3(["pythons", "--format", "json"])
        .exits(0)
        .json();
    let has = |abi: &str| {
        let mut pythons = found["pythons"].as_array().unwrap().iter();
        pythons.any(|python| python["free_threaded"] == true && python["version"] == abi)
    };
    let missing = need!(
        (!has("3.13")).then_some("3.13t"),
        "this machine has every Python that could be missing"
    );
    let fixture = Fixture::extension();
    fixture
        .fails(&["--python", missing], 2)
        .says("Python 3.13t: not on this machine")
        .says("--provision")
        .says("uv python install 3.13t");
    assert!(
        !fixture.path().join(".pyz3-wheel").exists(),
        "a build was begun"
    );
}

#[test]
fn a_python_that_requires_python_excludes() {
    let excluding = PYPROJECT.replace(">=3.9", ">=3.99");
    let fixture = Fixture::tiny(&excluding, BUILD, EXTENSION);
    let ran = fixture.fails(&["--python", "3.12"], 2);
    assert!(
        !ran.stderr.contains("not on this machine"),
        "{}",
        ran.stderr
    );
    ran.says("pyproject.toml: Python 3.12 is excluded by requires-python `>=3.99`")
        .says("widen project.requires-python");
}

#[test]
fn an_output_folder_that_is_a_file() {
    let fixture = Fixture::ctypes();
    let file = fixture.path().join("tiny.zig");
    for target in [file.clone(), file.join("below")] {
        fixture
            .fails_as(fixture.command(&["--output-dir"]).arg(&target), 2)
            .says(&format!("can't write wheels to {}", target.display()))
            .says("--output-dir");
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), LIBRARY);
    assert!(
        !fixture.path().join(".pyz3-wheel").exists(),
        "a build was begun"
    );
}

#[test]
fn what_stands_against_any_build_is_told_at_once() {
    let fixture = Fixture::new(&[("pyproject.toml", PYPROJECT), ("tiny/__init__.py", "")]);
    let fresh = fixture.path().join("fresh");
    fixture
        .fails_as(
            fixture
                .command(&["--output-dir"])
                .arg(&fresh)
                .env("SOURCE_DATE_EPOCH", "tomorrow"),
            2,
        )
        .says("there is no ")
        .says("SOURCE_DATE_EPOCH: `tomorrow` is not a number of seconds since 1970");
    assert!(
        !fresh.exists(),
        "a run that was refused made its output folder"
    );
}

// Zig can't be had.

#[test]
fn a_zig_that_is_not_there() {
    let fixture = Fixture::ctypes();
    let missing = fixture.path().join("no-zig");
    fixture
        .fails_as(fixture.command(&["--zig"]).arg(&missing), 2)
        .says(&missing.display().to_string())
        .says("the given Zig can't be used")
        .says("name the zig executable");
    // A folder is what people give who unpacked an archive.
    fixture
        .fails_as(fixture.command(&["--zig"]).arg(fixture.path()), 2)
        .says("name the executable in it, not the folder");
}

#[test]
fn a_zig_that_cannot_be_installed() {
    let fixture = Fixture::ctypes();
    fixture
        .fails_as(
            fixture
                .command(&["--zig-version", "0.0.1"])
                .env("PIP_NO_INDEX", "1")
                .env("PIP_INDEX_URL", "http://127.0.0.1:9/")
                .env("UV_OFFLINE", "1"),
            1,
        )
        .says(
            "Zig, which --zig-version asks for, is not on this machine and could not be installed",
        )
        .says("-m pip install ziglang==0.0.1")
        .says("--zig PATH");
    fixture
        .fails(&["--zig-version", "newest"], 2)
        .says("--zig-version: ")
        .says("newest");
}

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
    ran.says("2 jobs were not begun, because a job had failed");
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
    let real = crate::support::zig();
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

#[test]
fn wrong_arguments_are_told_to_programs_too() {
    let ran = crate::support::pyz3(["sdist", "--nonsense", "--format", "json"]).exits(2);
    let document = ran.json();
    let problem = &document["error"]["problems"][0];
    assert_eq!(problem["message"], "unexpected argument '--nonsense' found");
    assert_eq!(document["exit_code"], 2);
    ran.says("error: unexpected argument '--nonsense' found");
    let ran = crate::support::pyz3(["sdist", "--nonsense"]).exits(2);
    assert_eq!(ran.stdout, "");
    ran.says("Usage: ");
}
