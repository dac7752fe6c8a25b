//! What newcomers get wrong: names of other tools are understood or lead to ours, nothing is ignored in silence,
//! and everything that is wrong comes at once.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use pyz3_wheel::Platform;
use serde_json::Value;
use support::fixture::Fixture;
use support::{Ran, command, project, run};

const PYPROJECT: &str = "[build-system]\nrequires = [\"pyz3-wheel\"]\nbuild-backend = \"pyz3_wheel\"\n\n\
                         [project]\nname = \"tiny\"\nversion = \"1\"\n\n[tool.pyz3-wheel]\nabi = \"none\"\n";

fn in_folder(fixture: &Fixture, args: &[&str]) -> Command {
    let mut command = command();
    command.args(args).current_dir(fixture.path());
    command
}

/// The Zig targets of the plan.
fn targets(fixture: &Fixture, args: &[&str]) -> Vec<String> {
    let mut command = in_folder(fixture, &["--dry-run", "--format", "json"]);
    let plan = run(command.args(args)).exits(0).json();
    let jobs = plan["jobs"].as_array().unwrap().iter();
    jobs.map(|job| job["zig_target"].as_str().unwrap().to_owned())
        .collect()
}

fn ctypes(config: &str) -> Fixture {
    Fixture::tiny(&format!("{PYPROJECT}{config}"), support::BUILD, "")
}

#[test]
fn a_release_in_the_name_of_a_platform_is_its_floor() {
    let fixture = ctypes("");
    for (name, target) in [
        ("manylinux_2_28_x86_64", "x86_64-linux-gnu.2.28"),
        ("x86_64-linux-gnu.2.28", "x86_64-linux-gnu.2.28"),
        ("manylinux2014_aarch64", "aarch64-linux-gnu.2.17"),
        ("macosx_12_0_arm64", "aarch64-macos.12.0"),
        ("win_amd64", "x86_64-windows-gnu"),
        ("darwin-arm64", "aarch64-macos.11.0"),
    ] {
        assert_eq!(targets(&fixture, &["--platform", name]), [target]);
    }
    let all = targets(&fixture, &["--platform", "all"]);
    assert_eq!(all, Platform::MAIN.map(Platform::zig_target));
    for policy in ["2014", "manylinux2014", "2_17", "manylinux_2_17"] {
        let options = ["--platform", "linux-x64", "--manylinux", policy];
        assert_eq!(targets(&fixture, &options), ["x86_64-linux-gnu.2.17"]);
    }
}

#[test]
fn a_stronger_layer_moves_a_floor_and_the_same_layer_contradicts_it() {
    let fixture = ctypes("platforms = [\"manylinux_2_28_x86_64\"]\n");
    assert_eq!(targets(&fixture, &[]), ["x86_64-linux-gnu.2.28"]);
    assert_eq!(
        targets(&fixture, &["--manylinux", "2_34"]),
        ["x86_64-linux-gnu.2.34"]
    );
    let fixture = ctypes("manylinux = \"2.34\"\nplatforms = [\"linux-aarch64\"]\n");
    let named = ["--platform", "manylinux_2_28_x86_64"];
    assert_eq!(targets(&fixture, &named), ["x86_64-linux-gnu.2.28"]);
    let options = [&named[..], &["--manylinux", "2_34"]].concat();
    fixture.fails(&options, 2).says(
        "--platform: linux-x86_64 is requested with the floor 2.28, but --manylinux sets 2.34",
    );
    // The platform's own key counts more than the key for all.
    let own = |general: &str| {
        ctypes(&format!(
            "platforms = [\"manylinux_2_28_x86_64\"]\nmanylinux = \"{general}\"\n\
             platform = {{ linux-x64 = {{ floor = \"2.28\" }} }}\n"
        ))
    };
    assert_eq!(targets(&own("2_17"), &[]), ["x86_64-linux-gnu.2.28"]);
    let contradiction = "platforms = [\"manylinux_2_28_x86_64\"]\n\
                         platform = { linux-x64 = { floor = \"2.34\" } }\n";
    let fixture = ctypes(contradiction);
    fixture
        .fails(&[], 2)
        .says("is requested with the floor 2.28, but pyproject.toml:12:");
}

#[test]
fn everything_that_is_wrong_comes_at_once() {
    let wrong = "platforms = [\"foo\"]\npythons = [\"bar\"]\njobs = \"x\"\nabii = 1\n";
    let fixture = ctypes(wrong);
    let mut command = fixture.command(&["--optimize", "Fast", "--nosuch", "--manylinux", "x"]);
    let ran = fixture.fails_as(command.env("PYZ3_WHEEL_CLEAN", "maybe"), 2);
    let problems = ran.json()["error"]["problems"].clone();
    for said in [
        "unexpected argument '--nosuch' found",
        "abii: unknown key",
        "jobs: must be a positive integer",
        "pyproject.toml:11:1: unknown platform `foo`",
        "pyproject.toml:12:1: unknown Python `bar`",
        "unknown optimize mode `Fast`",
        "--manylinux: `x` is not a manylinux policy",
        "PYZ3_WHEEL_CLEAN: `maybe` is neither true nor false",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert_eq!(problems.as_array().unwrap().len(), 8, "{problems:#}");

    // A format that does not exist hides nothing either.
    let mut command = in_folder(&fixture, &["--format", "xml", "--jobs", "0"]);
    run(&mut command)
        .exits(2)
        .says("--format: unknown format `xml`")
        .says("--jobs: `0` is not a number of jobs")
        .says("abii: unknown key");
}

#[test]
fn a_problem_in_pyproject_toml_shows_the_line() {
    let fixture = ctypes("jobs = \"four\" # of them\n");
    let ran = fixture.fails(&["--dry-run"], 2);
    let excerpt = "error: pyproject.toml:11:1: tool.pyz3-wheel.jobs: must be a positive integer, not a string\n   |\n\
                   11 | jobs = \"four\" # of them\n   | ^^^^^^^^^^^^^\n hint: write a positive integer\n";
    assert_eq!(ran.stderr, excerpt);
    // Programs get the place, not the picture of it.
    let problem = &ran.json()["error"]["problems"][0];
    let keys: BTreeSet<_> = problem.as_object().unwrap().keys().collect();
    let expected = ["hint", "message", "place"].map(str::to_owned);
    assert_eq!(keys, expected.iter().collect());
}

/// What a build says in a folder with these files.
fn said_in(files: &[(&str, &str)], below: &str) -> Ran {
    let folder = project(files);
    let below = folder.path().join(below);
    std::fs::create_dir_all(&below).unwrap();
    run(command().current_dir(below)).exits(2)
}

#[test]
fn a_folder_without_a_project_leads_to_init() {
    said_in(&[], "").says("`pyz3-wheel init` creates a project in this folder");
    said_in(&[(".gitignore", "")], "").says("`pyz3-wheel init` creates");
    for file in ["setup.py", "setup.cfg", "build.zig"] {
        said_in(&[(file, "")], "").says("`pyz3-wheel init --adopt` shows");
    }
    said_in(&[("notes.txt", "")], "").says("with `pyz3-wheel init --adopt`");
    let below = said_in(&[("pyproject.toml", PYPROJECT)], "src/tiny");
    let (_, hint) = below.stderr.split_once("above this folder: -C ").unwrap();
    let project = Path::new(hint.trim());
    assert!(project.is_absolute(), "{hint}");
    assert!(
        below
            .stderr
            .contains(&project.join("src/tiny").display().to_string())
    );
}

#[test]
fn a_folder_is_an_argument() {
    let fixture = ctypes("");
    let parent = fixture.path().parent().unwrap();
    let name = fixture.path().file_name().unwrap();
    for words in [&["build"][..], &[], &["-C"], &["build", "-C"]] {
        let mut command = command();
        command.current_dir(parent).args(words).arg(name);
        let plan = run(command.args(["--dry-run", "--format", "json"])).exits(0);
        assert_eq!(plan.json()["project"], "tiny", "{words:?}");
    }
}

#[test]
fn quiet_and_verbose_exclude_each_other_unless_one_is_stronger() {
    let fixture = ctypes("");
    fixture
        .fails(&["-q", "-v"], 2)
        .says("--quiet and --verbose were both given");
    for (options, variable) in [
        (&["-v"][..], ("PYZ3_WHEEL_QUIET", "1")),
        (&["-q"], ("PYZ3_WHEEL_VERBOSE", "1")),
    ] {
        let mut command = fixture.command(&[options, &["--dry-run"]].concat());
        let ran = run(command.env(variable.0, variable.1)).exits(0);
        assert_eq!(ran.json()["project"], "tiny");
    }
    let fixture = ctypes("verbose = true\nquiet = true\n");
    fixture.fails(&[], 2).says("were both given");
    run(&mut fixture.command(&["-v", "--dry-run"])).exits(0);
}

#[test]
fn an_old_zig_is_refused_before_it_is_fetched() {
    let fixture = ctypes("");
    for version in ["0.13.0", "0.13", "<0.14"] {
        let mut command = fixture.command(&["--zig-version", version]);
        // Nothing could be fetched.
        let ran = fixture.fails_as(command.env("PIP_NO_INDEX", "1"), 2);
        ran.says("--zig-version: Zig ")
            .says("requires Zig 0.14.0 or later")
            .says("--zig PATH");
    }
}

#[test]
fn a_virtual_environment_that_is_gone_is_reported() {
    let fixture = Fixture::extension();
    let gone = fixture.path().join("gone");
    let mut command = fixture.command(&["--dry-run"]);
    let ran = run(command.env("VIRTUAL_ENV", &gone));
    let warning = format!(
        "warning: VIRTUAL_ENV names {}, which has no Python",
        gone.display()
    );
    assert!(ran.stderr.contains(&warning), "{}", ran.stderr);
    // A wheel for ctypes needs none.
    let fixture = ctypes("");
    let mut command = fixture.command(&["--dry-run"]);
    let ran = run(command.env("VIRTUAL_ENV", &gone)).exits(0);
    assert!(!ran.stderr.contains("VIRTUAL_ENV"), "{}", ran.stderr);
}

#[test]
fn variables_of_cibuildwheel_are_reported() {
    let fixture = ctypes("");
    let mut command = fixture.command(&["--dry-run"]);
    let ran = run(command.env("CIBW_BUILD", "cp312-*")).exits(0);
    let ran = ran.says("warning: variables of cibuildwheel have no effect: CIBW_BUILD");
    assert_eq!(ran.json()["project"], "tiny");
    let ran = run(command.env("CIBUILDWHEEL", "1")).exits(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn an_sdist_that_no_installer_could_build_is_reported() {
    let without = PYPROJECT.replace("build-backend = \"pyz3_wheel\"\n", "");
    let fixture = Fixture::tiny(&without, support::BUILD, "");
    let ran = run(&mut in_folder(&fixture, &["sdist"])).exits(0);
    ran.says("warning: pyproject.toml names no build backend")
        .says("build-backend = \"pyz3_wheel\"");
    let fixture = ctypes("");
    let ran = run(&mut in_folder(&fixture, &["sdist"])).exits(0);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
}

#[test]
fn habits_of_other_tools_lead_to_ours() {
    for (typed, hint) in [
        (&["-i", "3.12"][..], "--python 3.12"),
        (&["build", "--release"], "--optimize"),
        (&["build", "--target", "x"], "--platform"),
        (
            &["new", "my-ext"],
            "`pyz3-wheel init NAME` creates a project",
        ),
        (&["publish"], "    uv publish"),
        (&["list"], "`pyz3-wheel platforms`"),
        (&["check"], "see `pyz3-wheel check --help`"),
    ] {
        let ran = run(command().args(typed).args(["--format", "json"])).exits(2);
        let problem: &Value = &ran.json()["error"]["problems"][0];
        let said = problem["hint"].as_str().unwrap();
        assert!(said.contains(hint), "{typed:?}: {said}");
        assert!(!ran.stderr.contains("Usage:"), "{}", ran.stderr);
    }
}
