//! Source distributions: what Python and twine say of them, and that what is built from one is what is
//! built from the project.

use std::fs;
use std::path::PathBuf;
use support::sdist::written;
use support::{BUILD, Wheels, command, example, project, run};

#[test]
fn wheels_from_the_sdist_are_those_of_the_project() {
    let platforms = ["--all-pythons", "--platform", "linux-x86_64,windows-x64"];
    let in_place = Wheels::build_for("hello", &platforms);
    let project = example("hello");
    let output = tempfile::tempdir().unwrap();
    let ran = run(command()
        .args(["--from-sdist", "--format", "json"])
        .args(platforms)
        .arg("--project")
        .arg(project.path())
        .arg("-o")
        .arg(output.path()))
    .exits(0);
    let report = ran.json();
    let sdist = PathBuf::from(report["sdist"]["path"].as_str().unwrap());
    let (_output, alone) = written(project.path());
    assert_eq!(fs::read(sdist).unwrap(), fs::read(alone).unwrap());
    let mut same = 0;
    for wheel in in_place.paths() {
        let from_sdist = output.path().join(wheel.file_name().unwrap());
        if from_sdist.exists() {
            assert_eq!(fs::read(from_sdist).unwrap(), fs::read(&wheel).unwrap());
            same += 1;
        }
    }
    assert_eq!(same, report["wheels"].as_array().unwrap().len());
    assert!(same >= 2);
    assert!(!project.path().join(".pyz3-wheel").exists());
}

#[test]
fn what_does_not_build_from_its_sdist_is_told_of_by_the_sdists_name() {
    let project = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"tiny\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\nexclude = [\"tiny.zig\"]\n",
        ),
        ("build.zig", BUILD),
        ("tiny.zig", "export fn one() c_int { return 1; }\n"),
        ("tiny/__init__.py", ""),
    ]);
    let output = tempfile::tempdir().unwrap();
    let build = |args: &[&str]| {
        run(command()
            .args(["--platform", "linux-x86_64", "--project"])
            .arg(project.path())
            .arg("-o")
            .arg(output.path())
            .args(args))
    };
    build(&[]).exits(0);
    let ran = build(&["--from-sdist"]).exits(1);
    assert!(ran.stderr.contains("tiny-1.0.tar.gz/"), "{}", ran.stderr);
    assert!(ran.stderr.contains("tiny.zig"), "{}", ran.stderr);
    let temporary = std::env::temp_dir().join("pyz3-wheel-");
    assert!(
        !ran.stderr.contains(&*temporary.to_string_lossy()),
        "{}",
        ran.stderr
    );
}
