//! `pyz3-wheel init`: a project that builds at once, and what an existing one lacks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use pyz3_wheel::init::Template;
use support::need;
use support::{command, fresh_venv, grown, pythons, pyz3, run, succeed};

fn init(folder: &Path, args: &[&str]) -> support::Ran {
    let folder = folder.to_str().unwrap();
    pyz3(["init", folder].iter().chain(args))
}

/// Builds for all five platforms with one Python; gives the wheels.
fn build(folder: &Path, python: &str) -> Vec<PathBuf> {
    build_with(folder, &["--all-platforms", "--python", python])
}

/// Builds with these arguments; gives the wheels.
fn build_with(folder: &Path, args: &[&str]) -> Vec<PathBuf> {
    let mut command = command();
    command.args(args).args(["--format", "json"]);
    let document = run(command.arg("--project").arg(folder)).exits(0).json();
    let wheels = document["wheels"].as_array().unwrap();
    wheels
        .iter()
        .map(|wheel| wheel["path"].as_str().unwrap().into())
        .collect()
}

/// Installs what fits of a folder's wheels, as the project's README says, and runs the tests.
fn tests_pass(folder: &Path, name: &str, python: &Path) {
    let (venv, python) = fresh_venv(python);
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--find-links",
    ]);
    succeed(pip.arg(folder.join("dist")).arg(name));
    let away = venv.path().join("away");
    fs::create_dir(&away).unwrap();
    support::copy_tree(&folder.join("tests"), &away.join("tests"));
    let mut tests = Command::new(&python);
    tests.args(["-m", "unittest", "discover", "-s", "tests"]);
    succeed(tests.current_dir(away));
}

#[test]
fn each_template_builds_for_all_platforms_and_passes_its_tests() {
    let python = need!(
        pythons().get("3.11"),
        "new projects: there is no CPython 3.11"
    );
    for template in Template::ALL.map(Template::name) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("My.First-Thing");
        init(&folder, &["--template", template])
            .exits(0)
            .says("created My.First-Thing");
        // C++'s standard library takes minutes for each platform.
        let wheels = if template == "cpp" && !support::all_platforms() {
            build_with(&folder, &["--python", "3.11"])
        } else {
            let wheels = build(&folder, "3.11");
            assert_eq!(wheels.len(), 5, "{template}: {wheels:?}");
            wheels
        };
        let name = wheels[0].file_name().unwrap().to_string_lossy();
        assert!(name.starts_with("my_first_thing-0.1.0-"), "{name}");
        tests_pass(&folder, "My.First-Thing", python);
        let sdist = run(command().arg("sdist").arg("--project").arg(&folder)).exits(0);
        assert!(sdist.stdout.ends_with("my_first_thing-0.1.0.tar.gz\n"));
        init(&folder, &["--adopt"])
            .exits(0)
            .says("nothing is missing");
    }
}

/// A new project from a template.
fn created(template: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &["--template", template, "--name", "my-ext"]).exits(0);
    folder
}

#[test]
fn a_second_module_is_a_copy_of_the_lines_of_the_first() {
    let project = created("full");
    let path = |name: &str| project.path().join(name);
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    let script = read("build.zig");
    let start = script.find("    const module = ").unwrap();
    let end = script.find("    // For another module").unwrap();
    let copy = script[start..end]
        .replace("const module", "const other")
        .replace("module", "other")
        .replace("createother", "createModule")
        .replace("src/native.zig", "src/other.zig")
        .replace("\"my_ext\"", "\"other\"");
    let script = format!("{}{copy}{}", &script[..end], &script[end..]);
    fs::write(path("build.zig"), script).unwrap();
    fs::write(
        path("src/other.zig"),
        read("src/native.zig").replace("_native", "_other"),
    )
    .unwrap();
    let pyproject = read("pyproject.toml").replace(
        "modules = [\"my_ext._native\"]",
        "modules = [\"my_ext._native\", \"my_ext._other\"]",
    );
    fs::write(path("pyproject.toml"), pyproject).unwrap();
    let ran = run(command().arg("--project").arg(project.path())).exits(0);
    let wheel = ran.stdout.trim_end();
    let mut list = Command::new("python3");
    let names = succeed(list.args(["-m", "zipfile", "-l", wheel]));
    for module in ["my_ext/_native.", "my_ext/_other."] {
        assert!(names.contains(module), "{module} in {names}");
    }
}

#[test]
fn an_option_that_is_declared_twice_has_a_hint_of_its_own() {
    let project = created("ctypes");
    let script = project.path().join("build.zig");
    let text = fs::read_to_string(&script).unwrap();
    let twice = "    _ = b.standardTargetOptions(.{});\n    _ = b.standardTargetOptions(.{});\n    const module";
    fs::write(&script, text.replacen("    const module", twice, 1)).unwrap();
    let ran = run(command().arg("--project").arg(project.path())).exits(1);
    let ran = ran.says(" declared twice").says("declare it once");
    assert!(!ran.stderr.contains("extra-args"), "{}", ran.stderr);
}

/// A command in a project, with nothing in its environment that is about Python or Zig but a PATH.
fn plain(program: &Path, project: &Path) -> Command {
    let mut command = Command::new(program);
    support::hermetic(&mut command);
    command
        .current_dir(project)
        .env_remove(support::LOCAL_CACHE);
    command
}

#[test]
fn zig_alone_builds_and_tests_a_new_project() {
    for template in Template::ALL.map(Template::name) {
        // C++'s standard library takes minutes in another mode.
        if template == "managed" || template == "cpp" && !support::all_platforms() {
            continue;
        }
        let project = created(template);
        succeed(plain(support::zig(), project.path()).arg("build"));
        let lib = project.path().join("zig-out/lib");
        assert!(support::names(&lib)[0].contains("my_ext"), "{template}");
        if template != "cpp" {
            let said = succeed(plain(support::zig(), project.path()).args([
                "build",
                "test",
                "--summary",
                "all",
            ]));
            assert!(said.contains(" passed"), "{template}: {said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn without_a_python_zig_says_where_python_h_is_missing() {
    let project = created("c");
    let zig = support::zig();
    for (path, args) in [
        ("/nowhere", &["build"][..]),
        ("/usr/bin:/bin", &["build", "-Dtarget=aarch64-linux-musl"]),
    ] {
        let ran = run(plain(zig, project.path()).env("PATH", path).args(args)).exits(1);
        let missing = "there is no Python.h for this build";
        assert_eq!(ran.stderr.matches(missing).count(), 1, "{}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_shell_with_the_environment_builds_what_a_job_builds() {
    let python = need!(pythons().get("3.11"), "env: there is no CPython 3.11");
    let project = created("abi3");
    let bin = support::pyz3_wheel().parent().unwrap();
    for (shell, line) in [
        ("sh", "eval \"$(pyz3-wheel env --optimize Debug)\""),
        (
            "fish",
            "pyz3-wheel env --optimize Debug --format fish | source",
        ),
    ] {
        if Command::new(shell).args(["-c", "true"]).status().is_err() {
            support::skip(&format!("the environment in {shell}, which is not here"));
            continue;
        }
        let line = format!(
            "{line}; and zig build; and zig build test; and echo $ZIG_TARGET $PYDUST_OPTIMIZE"
        );
        let line = if shell == "fish" {
            line
        } else {
            line.replace("; and", " &&")
        };
        let mut command = plain(Path::new(shell), project.path());
        command
            .args(["-c", &line])
            .env("ZIG", support::zig())
            .env("PYZ3_WHEEL_PYTHON", python)
            .env("HOME", project.path())
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        let ran = run(&mut command).exits(0);
        let target = pyz3_wheel::Platform::current().unwrap().zig_target();
        assert_eq!(ran.stdout, format!("{target} Debug\n"), "{shell}");
    }
    let mut json = command();
    json.args(["env", "--format", "json", "--platform", "windows-x64"]);
    let ran = run(json
        .arg("--project")
        .arg(project.path())
        .arg("--python")
        .arg(python))
    .exits(0);
    let document = ran.json();
    support::documents::has_documented_keys("env", &document);
    let variables = &document["variables"];
    assert_eq!(variables["ZIG_TARGET"], "x86_64-windows-gnu");
    assert_eq!(variables["PYZ3_PYTHON_LIB"], "python3");
    assert!(variables.get("NO_COLOR").is_none(), "{document:#}");
}

#[test]
fn what_a_grown_project_lacks_is_shown_as_a_patch_and_put_in_on_request() {
    let python = need!(
        pythons().get("3.11"),
        "a grown project: there is no CPython 3.11"
    );
    let folder = grown();
    let ran = init(folder.path(), &["--adopt"]).exits(0);
    let ran = ran
        .says("it builds for this machine only")
        .says("[build-system] is missing")
        .says("--write makes these changes");
    let patched = grown();
    let patch = patched.path().join("adopt.patch");
    fs::write(&patch, &ran.stdout).unwrap();
    let mut git = Command::new("git");
    succeed(git.arg("apply").arg(&patch).current_dir(patched.path()));
    init(folder.path(), &["--adopt", "--write"])
        .exits(0)
        .says("added: build.zig");
    for file in ["build.zig", "pyz3_build.zig", "pyproject.toml"] {
        let [ours, theirs] =
            [&folder, &patched].map(|one| fs::read(one.path().join(file)).unwrap());
        assert_eq!(ours, theirs, "{file}");
    }
    init(folder.path(), &["--adopt"])
        .exits(0)
        .says("nothing is missing");
    assert_eq!(build(folder.path(), "3.11").len(), 5);
    fs::create_dir(folder.path().join("tests")).unwrap();
    let test = "import unittest, grown\n\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(grown.answer(), 42)\n";
    fs::write(folder.path().join("tests/test_grown.py"), test).unwrap();
    tests_pass(folder.path(), "grown", python);
}
