//! `pyz3-wheel init`: a project that builds at once, and what an existing one lacks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::need;
use crate::support::{command, fresh_venv, project, pythons, pyz3, run, succeed};

fn init(folder: &Path, args: &[&str]) -> crate::support::Ran {
    let folder = folder.to_str().unwrap();
    pyz3(["init", folder].iter().chain(args))
}

/// Builds for all five platforms with one Python; gives the wheels.
fn build(folder: &Path, python: &str) -> Vec<PathBuf> {
    let mut command = command();
    command.args(["--all-platforms", "--python", python, "--format", "json"]);
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
    crate::support::copy_tree(&folder.join("tests"), &away.join("tests"));
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
    for template in ["full", "abi3", "c", "ctypes", "managed"] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("My.First-Thing");
        init(&folder, &["--template", template])
            .exits(0)
            .says("began My.First-Thing");
        let wheels = build(&folder, "3.11");
        assert_eq!(wheels.len(), 5, "{template}: {wheels:?}");
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

#[test]
fn a_project_is_told_by_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let ran = init(folder.path(), &["--name", "x", "--ci", "--format", "json"]).exits(0);
    let document = ran.json();
    let files: Vec<_> = document["files"].as_array().unwrap().clone();
    for path in ["build.zig", "x/_native.pyi", ".github/workflows/wheels.yml"] {
        assert!(files.contains(&path.into()), "{path} in {files:?}");
        assert!(folder.path().join(path).is_file());
    }
    let script = fs::read_to_string(folder.path().join("build.zig")).unwrap();
    assert!(script.lines().count() <= 30, "{script}");
}

#[test]
fn what_is_there_is_never_overwritten() {
    let folder = project(&[("build.zig", "mine"), ("README.md", "mine too")]);
    init(folder.path(), &["--name", "x"])
        .exits(2)
        .says("build.zig: is there already")
        .says("pyz3-wheel init --adopt");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_name_that_python_can_not_import_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["class", "2fast", "ctypes", "né"] {
        let ran = init(folder.path(), &["--name", name]).exits(2);
        ran.says("--name NAME");
    }
    init(folder.path(), &["--template", "cytpes", "--name", "x"])
        .exits(2)
        .says("did you mean ctypes?");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A project as one grows that is only ever built on its author's machine.
pub(crate) fn grown() -> TempDir {
    project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"grown\"\nversion = \"2.0\"\nrequires-python = \">=3.9\"\n",
        ),
        ("grown/__init__.py", "from grown._core import answer\n"),
        (
            "src/core.c",
            "#include <Python.h>\n\
             static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }\n\
             static PyMethodDef methods[] = {{\"answer\", answer, METH_NOARGS, 0}, {0}};\n\
             static PyModuleDef module = {PyModuleDef_HEAD_INIT, \"_core\", 0, 0, methods};\n\
             PyMODINIT_FUNC PyInit__core(void) { return PyModule_Create(&module); }\n",
        ),
        (
            "build.zig",
            "const std = @import(\"std\");\n\n\
             pub fn build(b: *std.Build) void {\n    \
                 const optimize = b.standardOptimizeOption(.{});\n    \
                 const mod = b.createModule(.{ .target = b.graph.host, .optimize = optimize, .link_libc = true, .strip = true });\n    \
                 mod.addCSourceFile(.{ .file = b.path(\"src/core.c\") });\n    \
                 const lib = b.addLibrary(.{ .name = \"core\", .linkage = .dynamic, .root_module = mod });\n    \
                 b.installArtifact(lib);\n\
             }\n",
        ),
    ])
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
        .says("there is no [build-system]")
        .says("--write puts it in");
    let patched = grown();
    let patch = patched.path().join("adopt.patch");
    fs::write(&patch, &ran.stdout).unwrap();
    let mut git = Command::new("git");
    succeed(git.arg("apply").arg(&patch).current_dir(patched.path()));
    init(folder.path(), &["--adopt", "--write"])
        .exits(0)
        .says("put in: build.zig");
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

#[test]
fn the_package_of_the_backend_is_required_with_it() {
    let folder = grown();
    let path = folder.path().join("pyproject.toml");
    let text = fs::read_to_string(&path).unwrap();
    for (requires, after) in [
        ("", "requires = [\"pyz3-wheel\"]"),
        (
            "requires = [\"cffi\"] # why\n",
            "requires = [\"cffi\", \"pyz3-wheel\"] # why",
        ),
        (
            "requires = [\"Pyz3.Wheel>=0.1\"]\n",
            "requires = [\"Pyz3.Wheel>=0.1\"]",
        ),
    ] {
        let system = format!("[build-system]\nbuild-backend = \"pyz3_wheel\"\n{requires}\n");
        fs::write(&path, system + &text).unwrap();
        init(folder.path(), &["--adopt", "--write"]).exits(0);
        let adopted = fs::read_to_string(&path).unwrap();
        assert!(adopted.contains(after), "{adopted}");
        assert_eq!(adopted.matches("requires = ").count(), 1, "{adopted}");
        init(folder.path(), &["--adopt"])
            .exits(0)
            .says("nothing is missing");
    }
}

#[test]
fn another_build_backend_stays_and_is_told_about() {
    let folder = grown();
    let path = folder.path().join("pyproject.toml");
    let text = fs::read_to_string(&path).unwrap();
    let hatch =
        "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\n";
    fs::write(&path, hatch.to_owned() + &text).unwrap();
    let told = |ran: crate::support::Ran| {
        ran.exits(0)
            .says("left to you:")
            .says("pip, build and uv have `hatchling.build` build it")
            .says("requires = [\"pyz3-wheel\"], build-backend = \"pyz3_wheel\" in [build-system]")
    };
    told(init(folder.path(), &["--adopt", "--write"])).says("put in: build.zig");
    let adopted = fs::read_to_string(&path).unwrap();
    assert!(adopted.starts_with(hatch), "{adopted}");
    assert_eq!(adopted.matches("[build-system]").count(), 1, "{adopted}");
    // It is a choice and no fault: the command builds the project, and so does hatchling.
    told(init(folder.path(), &["--adopt"]));
}
