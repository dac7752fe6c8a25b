//! `pyz3-wheel init`: a project that builds at once, and what an existing one lacks.

use std::fs;
use std::path::Path;

use support::{command, grown, project, pyz3, run};

fn init(folder: &Path, args: &[&str]) -> support::Ran {
    let folder = folder.to_str().unwrap();
    pyz3(["init", folder].iter().chain(args))
}

#[test]
fn a_project_is_told_by_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let ran = init(folder.path(), &["--name", "x", "--ci", "--format", "json"]).exits(0);
    let document = ran.json();
    let files: Vec<_> = document["files"].as_array().unwrap().clone();
    for path in [
        "build.zig",
        "src/x/_native.pyi",
        ".github/workflows/wheels.yml",
    ] {
        assert!(files.contains(&path.into()), "{path} in {files:?}");
        assert!(folder.path().join(path).is_file());
    }
    let script = fs::read_to_string(folder.path().join("build.zig")).unwrap();
    assert!(script.lines().count() <= 30, "{script}");
}

/// Its build.zig.zon does not choose an older Zig.
#[test]
fn a_new_project_is_built_by_the_default_zig() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &["--name", "x", "--template", "ctypes"]).exits(0);
    let mut plan = command();
    plan.current_dir(folder.path())
        .args(["--dry-run", "--format", "json"]);
    let document = run(&mut plan).exits(0).json();
    let settings = document["settings"].as_array().unwrap();
    let zig = settings.iter().find(|one| one["name"] == "zig").unwrap();
    assert_eq!(zig["origin"], "default", "{zig}");
}

#[test]
fn what_is_there_is_never_overwritten() {
    let folder = project(&[("build.zig", "mine"), ("README.md", "mine too")]);
    init(folder.path(), &["--name", "x"])
        .exits(2)
        .says("the folder already contains build.zig")
        .says("pyz3-wheel init --adopt");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_project_is_not_created_in_a_file() {
    let folder = project(&[("file", "mine")]);
    for args in [&[][..], &["--adopt"]] {
        init(&folder.path().join("file"), args)
            .exits(2)
            .says("file: is not a folder")
            .says("hint: give the project's folder: `pyz3-wheel init DIR`");
    }
}

#[test]
fn a_name_that_python_can_not_import_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["class", "2fast", "ctypes", "test", "tests", "json", "né"] {
        let ran = init(folder.path(), &["--name", name]).exits(2);
        ran.says("--name NAME");
    }
    init(folder.path(), &["--template", "cytpes", "--name", "x"])
        .exits(2)
        .says("did you mean ctypes?");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
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
    let told = |ran: support::Ran| {
        ran.exits(0)
            .says("do by hand:")
            .says("pip, build and uv use the build backend `hatchling.build`")
            .says("set in [build-system]: requires = [\"pyz3-wheel\"], build-backend = \"pyz3_wheel\"")
    };
    told(init(folder.path(), &["--adopt", "--write"])).says("added: build.zig");
    let adopted = fs::read_to_string(&path).unwrap();
    assert!(adopted.starts_with(hatch), "{adopted}");
    assert_eq!(adopted.matches("[build-system]").count(), 1, "{adopted}");
    // It is a choice and no fault: the command builds the project, and so does hatchling.
    told(init(folder.path(), &["--adopt"]));
}
