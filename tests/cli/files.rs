//! `pyz3-wheel files`: what goes into wheel and sdist, and why.

use support::{example, files, project, succeed};

#[test]
fn every_file_has_its_place_its_source_and_its_reason() {
    let project = example("hello");
    let human = files(project.path(), &[]).exits(0).stdout;
    let rows: Vec<Vec<_>> = human
        .lines()
        .map(|line| {
            line.split("  ")
                .filter(|cell| !cell.is_empty())
                .map(str::trim)
                .collect()
        })
        .collect();
    for row in [
        vec!["wheel", "from", "because"],
        vec![
            "hello/_native.pyi",
            "src/hello/_native.pyi",
            "package hello",
        ],
        vec!["(native code)", "build.zig", "what `zig build` installs"],
        vec![
            "hello-0.1.0.dist-info/licenses/LICENSE",
            "LICENSE",
            "licence",
        ],
        vec!["sdist", "from", "because"],
        vec![
            "pyproject.toml",
            "pyproject.toml",
            "always: the project file",
        ],
        vec!["src/native.zig", "src/native.zig", "in the project"],
        vec!["PKG-INFO", "pyproject.toml", "always: the metadata"],
    ] {
        assert!(rows.contains(&row), "{row:?} in\n{human}");
    }
    assert!(!human.contains("left out"), "{human}");

    let wheel = files(project.path(), &["--wheel"]).exits(0).stdout;
    assert!(
        wheel.starts_with("wheel") && !wheel.contains("sdist"),
        "{wheel}"
    );
    let sdist = files(project.path(), &["--sdist"]).exits(0).stdout;
    assert!(
        sdist.starts_with("sdist") && !sdist.contains("native code"),
        "{sdist}"
    );
}

#[test]
fn what_is_left_out_is_told_to_those_who_ask() {
    let project = example("hello");
    std::fs::create_dir_all(project.path().join("zig-out/lib")).unwrap();
    std::fs::write(project.path().join("src/hello/old.so"), "").unwrap();
    let told = files(project.path(), &["--verbose"]).exits(0).stdout;
    for words in [
        "left out",
        "zig-out/",
        "made by tools",
        "src/hello/old.so",
        "native code",
    ] {
        assert!(told.contains(words), "{words} in\n{told}");
    }
    let document = files(project.path(), &["--format", "json"]).exits(0).json();
    let out = document["left_out"].as_array().unwrap();
    assert!(
        out.iter()
            .any(|out| out["path"] == "zig-out/" && out["in_sdist"] == false)
    );
    let licence = document["wheel"].as_array().unwrap().last().unwrap();
    assert_eq!(licence["kind"], "licence");
    assert!(document["sdist"].as_array().unwrap().len() > 8);
    let only = files(project.path(), &["--wheel", "--format", "json"])
        .exits(0)
        .json();
    assert!(only["sdist"].is_null());
}

#[test]
fn what_no_archive_can_hold_is_refused_all_at_once() {
    let project = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"x\"\nversion = \"1\"\n",
        ),
        ("x/__init__.py", ""),
        ("x/con.py", ""),
        ("x/data.txt", ""),
        ("x/\u{e9}.txt", ""),
        ("docs/trailing.", ""),
    ]);
    // Where the file system tells them apart.
    let capital = project.path().join("x/DATA.txt");
    let by_case = !capital.exists() && std::fs::write(&capital, "").is_ok();
    let decomposed = project.path().join("x/e\u{301}.txt");
    let forms = !decomposed.exists() && std::fs::write(&decomposed, "").is_ok();
    let ran = files(project.path(), &["--format", "json"])
        .exits(2)
        .says("Windows reserves the name `con.py`")
        .says("Windows drops the dot or space at the end of `trailing.`");
    if by_case {
        assert!(
            ran.stderr.contains("differ only in case:"),
            "{}",
            ran.stderr
        );
    }
    if forms {
        assert!(
            ran.stderr.contains("differ only in case or Unicode form"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(ran.json()["error"]["kind"], "config");
    // What only the sdist would have is none of the wheel's business.
    let wheel = files(project.path(), &["--wheel"]).exits(2);
    assert!(!wheel.stderr.contains("trailing."), "{}", wheel.stderr);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_named_and_not_waited_for() {
    let project = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"x\"\nversion = \"1\"\n",
        ),
        ("x/__init__.py", ""),
        ("ignored/.gitignore", "*"),
    ]);
    let pipe = |path: &str| {
        succeed(std::process::Command::new("mkfifo").arg(project.path().join(path)));
    };
    pipe("ignored/pipe");
    files(project.path(), &[]).exits(0);
    pipe("x/.gitignore");
    files(project.path(), &["--wheel"]).exits(0);
    pipe("x/pipe");
    files(project.path(), &[])
        .exits(0)
        .says("not packed: x/.gitignore, x/pipe (neither a file nor a folder)");
}
