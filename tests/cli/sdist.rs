//! Source distributions: what Python says of them, and that they come back the same from what they hold.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::sdist::{comes_back, sdist, unpacked, written};
use support::{command, example, project, run, succeed};

/// Reads an sdist as strictly as Python can.
const READ: &str = r#"
import sys, tarfile
with tarfile.open(sys.argv[1], "r:gz") as tar:
    for member in tar:
        assert member.isreg(), member.name
        assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", ""), member
        assert member.mode in (0o644, 0o755), member.name
        assert member.mtime == 315532800, member.name
        filter = getattr(tarfile, "data_filter", None)
        if filter:
            filter(member, "/nowhere")
        print(oct(member.mode), member.name)
"#;

#[test]
fn an_sdist_is_what_python_takes() {
    let project = example("hello");
    fs::write(project.path().join("src/hello/\u{fc}.txt"), "").unwrap();
    let long = format!("src/hello/{}/{}.txt", "d".repeat(90), "f".repeat(90));
    fs::create_dir_all(project.path().join(&long).parent().unwrap()).unwrap();
    fs::write(project.path().join(&long), "").unwrap();
    for (name, text) in [("run.sh", "#!/bin/sh\n"), ("src/hello/program", "binary")] {
        let program = project.path().join(name);
        fs::write(&program, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        }
    }
    let (_output, path) = written(project.path());
    assert!(path.ends_with("hello-0.1.0.tar.gz"));
    let said = succeed(
        Command::new("python3")
            .env("PYTHONIOENCODING", "utf-8")
            .args(["-c", READ])
            .arg(&path),
    );
    let names: Vec<_> = said.lines().collect();
    let mut expected: Vec<_> = [
        ".gitignore",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "build.zig",
        "src/hello/__init__.py",
        "src/hello/__main__.py",
        "src/hello/_native.pyi",
        &long,
        "src/hello/program",
        "src/hello/py.typed",
        "src/hello/\u{fc}.txt",
        "pyproject.toml",
        "pyz3_build.zig",
        "run.sh",
        "src/native.zig",
        "src/python.h",
        "src/sum.zig",
        "tests/test_hello.py",
    ]
    .into_iter()
    .map(|path| {
        let is_program = ["run.sh", "src/hello/program"].contains(&path);
        let mode = if is_program { "0o755" } else { "0o644" };
        format!("{mode} hello-0.1.0/{path}")
    })
    .collect();
    expected.sort_by(|a, b| a[6..].cmp(&b[6..]));
    assert_eq!(names, expected);

    let (_folder, root) = unpacked(&path);
    let metadata = run(command()
        .args(["metadata", "--project"])
        .arg(project.path()));
    assert_eq!(
        fs::read_to_string(root.join("PKG-INFO")).unwrap(),
        metadata.stdout
    );
    comes_back(&path);
}

#[test]
fn check_accepts_the_sdist_of_each_example() {
    for name in [
        "hello",
        "hello-abi3",
        "hello-c",
        "hello-cpp",
        "hello-ctypes",
        "hello-managed",
    ] {
        let (_output, path) = written(example(name).path());
        let ran = run(command().args(["check", "--format", "json"]).arg(&path)).exits(0);
        let findings = &ran.json()["wheels"][0]["findings"];
        assert_eq!(findings.as_array().unwrap().len(), 0, "{name}: {findings}");
    }
}

#[test]
fn pkg_info_has_at_least_the_version_that_makes_it_a_promise() {
    let project = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"My.Tiny\"\nversion = \"1.0-rc1\"\n",
        ),
        ("my_tiny/__init__.py", ""),
    ]);
    let (_output, path) = written(project.path());
    assert!(path.ends_with("my_tiny-1.0rc1.tar.gz"));
    let (_folder, root) = unpacked(&path);
    assert_eq!(
        fs::read_to_string(root.join("PKG-INFO")).unwrap(),
        "Metadata-Version: 2.2\nName: My.Tiny\nVersion: 1.0rc1\n"
    );
}

#[test]
fn a_version_of_git_stays_the_same_without_it() {
    let project = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"tiny\"\ndynamic = [\"version\", \"readme\"]\n[tool.pyz3-wheel]\n\
             version.git = true\nreadme.files = [\"A.md\", \"B.md\"]\n",
        ),
        ("tiny/__init__.py", ""),
        ("A.md", "# A\r\n"),
        ("B.md", "B"),
    ]);
    for args in [
        &["init", "-q"][..],
        &[
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@example.com",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "x",
        ],
        &["tag", "v3.1"],
    ] {
        succeed(Command::new("git").args(args).current_dir(project.path()));
    }
    let (_output, path) = written(project.path());
    assert!(path.ends_with("tiny-3.1.tar.gz"));
    comes_back(&path);
}

#[test]
fn what_git_does_not_track_is_left_out_and_named() {
    let project = example("hello");
    for args in [&["init", "-q"][..], &["add", "-A"]] {
        succeed(Command::new("git").args(args).current_dir(project.path()));
    }
    let (_output, tracked) = written(project.path());
    for name in ["notes.txt", ".env"] {
        fs::write(project.path().join(name), "mine").unwrap();
    }
    let output = tempfile::tempdir().unwrap();
    let ran = sdist(project.path(), output.path())
        .exits(0)
        .says("the sdist is without files that git does not track: notes.txt (`git add` them")
        .says("not packed: .env (may hold passwords");
    let path = ran.stdout.trim_end();
    assert_eq!(fs::read(path).unwrap(), fs::read(tracked).unwrap());
    comes_back(Path::new(path));
}

#[test]
fn the_report_names_the_sdist_for_people_and_programs() {
    let project = example("hello");
    let output = tempfile::tempdir().unwrap();
    let ran = run(command()
        .args(["sdist", "--format", "json", "--project"])
        .arg(project.path())
        .env("PYZ3_WHEEL_OUTPUT_DIR", output.path())
        .env("SOURCE_DATE_EPOCH", "1700000000"))
    .exits(0)
    .says("hello-0.1.0.tar.gz");
    let report = ran.json();
    let path = PathBuf::from(report["sdist"]["path"].as_str().unwrap());
    let bytes = fs::read(&path).unwrap();
    assert_eq!(report["sdist"]["size"], bytes.len());
    assert_eq!(report["sdist"]["filename"], "hello-0.1.0.tar.gz");
    assert_eq!(report["exit_code"], 0);
    // In the project's own output folder it is not part of the next one.
    let own = |epoch: &str| {
        run(command()
            .args(["sdist", "--quiet", "--project"])
            .arg(project.path())
            .env("SOURCE_DATE_EPOCH", epoch))
        .exits(0);
        fs::read(project.path().join("dist/hello-0.1.0.tar.gz")).unwrap()
    };
    assert_eq!(own("1700000000"), bytes);
    assert_ne!(own("1700000002"), bytes);
    assert_eq!(own("1700000000"), bytes);
    // Empty is as good as unset: the first time of zip's calendar.
    assert_eq!(own(""), own("315532800"));
    // Nor where the output folder is the project's root.
    sdist(project.path(), project.path()).exits(0);
    let first = fs::read(project.path().join("hello-0.1.0.tar.gz")).unwrap();
    sdist(project.path(), project.path()).exits(0);
    let second = fs::read(project.path().join("hello-0.1.0.tar.gz")).unwrap();
    assert_eq!(first, second);
}

#[cfg(unix)]
#[test]
fn what_is_refused_leaves_the_earlier_sdist() {
    let project = example("hello");
    let (output, path) = written(project.path());
    let earlier = fs::read(&path).unwrap();
    std::os::unix::fs::symlink("/etc", project.path().join("outside")).unwrap();
    fs::write(project.path().join("docs."), "").unwrap();
    sdist(project.path(), output.path())
        .exits(2)
        .says("a link that leads out of the project");
    fs::remove_file(project.path().join("outside")).unwrap();
    let ran = run(command()
        .args(["sdist", "--format", "json", "--project"])
        .arg(project.path())
        .arg("-o")
        .arg(output.path()))
    .exits(2)
    .says("Windows drops the dot");
    assert_eq!(ran.json()["error"]["kind"], "config");
    assert_eq!(fs::read(&path).unwrap(), earlier);
    assert_eq!(fs::read_dir(output.path()).unwrap().count(), 1);
}
