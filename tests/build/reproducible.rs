//! `--verify-reproducible`: builds in two folders give the same bytes, or no wheel is written.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use support::{BUILD, Ran, command, project, run};

const SOURCE: &str = "export fn answer() c_int { return 42; }\n";

/// A small project and a folder for temporary files beside it.
fn tiny(build: &str, source: &str) -> TempDir {
    let folder = project(&[
        (
            "tiny/pyproject.toml",
            "[project]\nname = \"tiny\"\nversion = \"1.0\"\n",
        ),
        ("tiny/build.zig", build),
        ("tiny/tiny.zig", source),
        ("tiny/tiny/__init__.py", ""),
        ("tmp/.keep", ""),
    ]);
    std::fs::remove_file(folder.path().join("tmp/.keep")).unwrap();
    folder
}

fn build(folder: &TempDir, args: &[&str]) -> Ran {
    let mut command = command();
    command.args(["--format", "json", "--verify-reproducible"]);
    command.args(["--platform", "linux-x86_64,macos-arm64"]);
    command.arg("--project").arg(folder.path().join("tiny"));
    command.args(args).env("TMPDIR", folder.path().join("tmp"));
    run(&mut command)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn what_comes_to_the_same_bytes_twice_is_written() {
    let folder = tiny(BUILD, SOURCE);
    let ran = build(&folder, &[]).exits(0).says("first build, in a copy");
    let ran = ran.says("[1/4] ok").says("[4/4] ok");
    let ran = ran.says("each was built twice, in two directories, with the same bytes");
    let document = ran.json();
    assert_eq!(document["built_twice"], true);
    assert_eq!(document["wheels"].as_array().unwrap().len(), 2);
    assert_eq!(files(&folder.path().join("tiny/dist")).len(), 2);
    assert!(
        files(&folder.path().join("tmp")).is_empty(),
        "the copy is still there"
    );
}

#[test]
fn what_names_the_folder_that_it_was_built_in_is_refused_with_that_reason() {
    let with_root = BUILD.replace(
        "// MORE",
        "const options = b.addOptions();\n\
         options.addOption([]const u8, \"root\", b.pathFromRoot(\".\"));\n\
         mod.addOptions(\"config\", options);",
    );
    let source = "export fn root() [*]const u8 { return @import(\"config\").root.ptr; }\n";
    let folder = tiny(&with_root, source);
    let project = folder.path().join("tiny");
    let name = "tiny-1.0-py3-none-macosx_11_0_arm64.whl";
    std::fs::create_dir(project.join("dist")).unwrap();
    std::fs::write(project.join("dist").join(name), "an earlier wheel").unwrap();
    let ran = build(&folder, &[]).exits(4);
    let ran =
        ran.says("not reproducible: a second build in another directory gave different bytes");
    let ran = ran.says("names the folder that it was built in");
    let failures = ran.json()["failures"].clone();
    assert_eq!(failures.as_array().unwrap().len(), 2);
    let differing = &failures[0]["problems"][1];
    assert_eq!(differing["place"], "tiny/libtiny.so");
    assert_eq!(
        std::fs::read_to_string(project.join("dist").join(name)).unwrap(),
        "an earlier wheel"
    );
    let kept = project.join(".pyz3-wheel/different/macos-arm64");
    let [here, elsewhere] =
        ["here", "elsewhere"].map(|side| std::fs::read(kept.join(side).join(name)).unwrap());
    assert_ne!(here, elsewhere);
}

#[test]
fn what_needs_files_from_outside_of_the_project_is_told_as_that() {
    let folder = tiny(&BUILD.replace("\"tiny.zig\"", "\"../outside.zig\""), "");
    std::fs::write(folder.path().join("outside.zig"), SOURCE).unwrap();
    build(&folder, &[])
        .exits(4)
        .says("can be built here, but not in a copy of the project in another directory")
        .says("outside.zig");
}
