//! Errors are reported completely, with place and remedy; nothing is written and nothing is lost.

use pyz3_wheel::tags::{known_pythons, supported_range};
use support::fixture::{EXTENSION, Fixture, LIBRARY, PYPROJECT};
use support::need;
use support::{BUILD, command, run};

#[test]
fn no_pyproject_toml() {
    let fixture = Fixture::new(&[("build.zig", BUILD)]);
    fixture
        .fails(&[], 2)
        .says(&format!(
            "no pyproject.toml in {}",
            fixture.path().display()
        ))
        .says("init --adopt")
        .says("-C DIR");
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
            "{} does not exist",
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
        .says("-C DIR");
    assert!(!missing.exists());
}

#[test]
fn unknown_names_are_told_all_at_once() {
    let fixture = Fixture::extension();
    let ran = fixture.fails(
        &[
            "--platform",
            "linux-x85",
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
    ran.says("--platform: unknown platform `linux-x85`")
        .says("did you mean linux-x86_64?")
        .says("--python: unknown Python `three`")
        .says("or the path of an interpreter or of its build-details.json")
        .says("--optimize: unknown optimize mode `ReleaseFats`")
        .says("did you mean ReleaseFast?")
        .says("--jobs: `0` is not a number of jobs")
        .says("--manylinux: `new`")
        .says("such as 2014, manylinux_2_28 or 2.28");
}

#[test]
fn wrong_names_in_the_file_and_in_variables_are_told_with_their_places() {
    let pyproject = format!("{PYPROJECT}[tool.pyz3-wheel]\nplatforms = [\"windws\"]\n");
    let fixture = Fixture::tiny(&pyproject, BUILD, LIBRARY);
    fixture
        .fails_as(
            fixture
                .command(&[])
                .env("PYZ3_WHEEL_OPTIMIZE", "fast")
                .env("PYZ3_WHEEL_CLEAN", "maybe"),
            2,
        )
        .says("pyproject.toml:6:1: unknown platform `windws`")
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
    let newest = known_pythons().next_back().unwrap();
    let too_new = format!("3.{}", newest.version.minor + 1);
    let ran = fixture.fails(&["--python", "3.8", "--python", &too_new], 2);
    assert!(
        !ran.stderr.contains("uv python install"),
        "to install them would not help:\n{}",
        ran.stderr
    );
    ran.says("Python 3.8 is not supported")
        .says(&format!("Python {too_new} is not supported"))
        .says(&format!("CPython {}", supported_range()));
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
    let found = support::pyz3(["pythons", "--format", "json"])
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
        .says("Python 3.13t is not on this machine")
        .says("--provision")
        .says("uv python install 3.13t");
    assert!(
        !fixture.path().join(".pyz3-wheel").exists(),
        "a build was begun"
    );
}

#[test]
fn the_plan_names_the_pythons_that_the_machine_lacks() {
    let missing: Vec<_> = support::DEFAULT_PYTHONS
        .into_iter()
        .filter(|python| !support::default_pythons().contains_key(*python))
        .collect();
    need!(missing.first(), "this machine has every Python");
    need!(support::default_pythons().first_key_value(), "no Python");
    let fixture = Fixture::extension();
    let plan = |options: &[&str]| {
        let mut command = command();
        command.args(["--all-pythons", "--dry-run", "--project"]);
        run(command.arg(fixture.path()).args(options)).exits(0)
    };
    assert_eq!(
        plan(&["--format", "json"]).json()["left_out"],
        serde_json::json!(missing)
    );
    let names = missing.join(", ");
    let (left_out, to_install) = (
        format!("left out: {names} "),
        format!("to install: {names} "),
    );
    let shows = |options: &[&str], text: &str| plan(options).stdout.contains(text);
    assert!(shows(&[], &left_out));
    assert!(shows(&["--provision"], &to_install));
    assert!(!shows(&["--provision"], "left out"));
    let with_gil: Vec<_> = missing.iter().filter(|name| !name.ends_with('t')).collect();
    let plan = plan(&["--no-free-threaded", "--format", "json"]).json();
    assert_eq!(plan["left_out"], serde_json::json!(with_gil));
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
            .says(&format!("cannot write wheels to {}", target.display()))
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
        .says("build.zig does not exist")
        .says("SOURCE_DATE_EPOCH: `tomorrow` is not a number of seconds since 1970");
    assert!(
        !fresh.exists(),
        "a run that was refused made its output folder"
    );
}

#[test]
fn a_zig_that_is_not_there() {
    let fixture = Fixture::ctypes();
    let missing = fixture.path().join("no-zig");
    fixture
        .fails_as(fixture.command(&["--zig"]).arg(&missing), 2)
        .says(&missing.display().to_string())
        .says("the given Zig cannot be used")
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
                .command(&["--zig-version", "0.99.9"])
                .env("PIP_NO_INDEX", "1")
                .env("PIP_INDEX_URL", "http://127.0.0.1:9/")
                .env("UV_OFFLINE", "1"),
            1,
        )
        .says(
            "Zig, which --zig-version asks for, is not on this machine and could not be installed",
        )
        .says("-m pip install ziglang==0.99.9")
        .says("--zig PATH");
    fixture
        .fails(&["--zig-version", "newest"], 2)
        .says("--zig-version: ")
        .says("newest");
}

#[test]
fn wrong_arguments_are_told_to_programs_too() {
    let ran = support::pyz3(["sdist", "--nonsense", "--format", "json"]).exits(2);
    let document = ran.json();
    let problem = &document["error"]["problems"][0];
    assert_eq!(problem["message"], "unexpected argument '--nonsense' found");
    assert_eq!(document["exit_code"], 2);
    ran.says("error: unexpected argument '--nonsense' found");
    let ran = support::pyz3(["sdist", "--nonsense"]).exits(2);
    assert_eq!(ran.stdout, "");
    ran.says("hint: see `pyz3-wheel sdist --help`");
}

/// The program in this folder with one more variable.
fn with_variable(name: &str, value: &str, arguments: &[&str]) -> support::Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut command = support::command();
    command.env(name, value).current_dir(folder.path());
    support::run(command.args(arguments))
}

#[test]
fn colors_are_where_they_are_wanted() {
    let colored = |name: &str, value: &str, arguments: &[&str]| {
        let ran = with_variable(name, value, arguments);
        let text = ran.stdout + &ran.stderr;
        assert!(text.len() > 20, "{text}");
        text.contains("\u{1b}[")
    };
    for arguments in [
        &["--help"][..],
        &["build"],
        &["--nonsense"],
        &["explain", "x"],
    ] {
        assert!(!colored("NO_COLOR", "", arguments), "{arguments:?}");
        for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
            assert!(colored(name, "1", arguments), "{name} {arguments:?}");
            assert!(!colored(name, "0", arguments), "{name} {arguments:?}");
        }
        let never = [arguments, &["--color", "never"]].concat();
        assert!(!colored("FORCE_COLOR", "1", &never), "{never:?}");
        let always = [arguments, &["--color=always"]].concat();
        assert!(colored("NO_COLOR", "1", &always), "{always:?}");
    }
    let ran = with_variable("NO_COLOR", "1", &["platforms", "--color", "sometimes"]).exits(2);
    ran.says("--color: unknown value `sometimes`");
}

#[test]
fn a_switch_may_be_repeated() {
    with_variable("NO_COLOR", "1", &["platforms", "-vv", "--verbose"]).exits(0);
}

#[test]
fn errors_are_annotations_in_github_actions() {
    let ran = with_variable("GITHUB_ACTIONS", "true", &["-C", "100%\n::error::x"]).exits(2);
    let commands: Vec<_> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    let [command] = commands.as_slice() else {
        panic!("{ran:#?}");
    };
    assert!(
        command.starts_with("::error title=pyz3-wheel::100%25%0A\\u{3a}:error::x "),
        "{command}"
    );
    assert_eq!(ran.stdout, "");
    let ran = with_variable(
        "GITHUB_ACTIONS",
        "true",
        &["-C", "nowhere", "--format", "json"],
    );
    assert!(!ran.exits(2).stderr.contains("::error"));
}
