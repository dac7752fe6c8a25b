//! What the folders of a project hold, installed.

use std::path::Path;
use support::{BUILD, command, files, fresh_venv, programs, project, run, skip, succeed};

/// A package in a namespace, with a program, data and a header, is installed to their places.
#[test]
fn what_the_folders_hold_is_installed_where_it_belongs() {
    let project = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"ns.tiny\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\n\
             data = \"share\"\nscripts = \"bin\"\nheaders = \"include\"\ninclude = [\"*.dat\"]\n",
        ),
        ("build.zig", BUILD),
        ("tiny.zig", "export fn one() c_int { return 1; }\n"),
        (".gitignore", "*.dat\n"),
        ("src/ns/tiny/__init__.py", "print('from the package')\n"),
        ("src/ns/tiny/made.dat", ""),
        ("share/doc/tiny.txt", "text"),
        ("bin/tiny-run", "#!python\nimport ns.tiny\n"),
        ("include/tiny.h", ""),
    ]);
    let Some(platform) = pyz3_wheel::Platform::current() else {
        return skip("installing a wheel: this machine's platform is not supported");
    };
    run(command()
        .args(["--platform", platform.name(), "--project"])
        .arg(project.path()))
    .exits(0);
    let wheel = std::fs::read_dir(project.path().join("dist")).unwrap();
    let wheel = wheel.map(|entry| entry.unwrap().path()).next().unwrap();

    // `files` has said so before.
    let listed = files(project.path(), &["--wheel", "--format", "json"]).exits(0);
    let listed = listed.json();
    let places = listed["wheel"].as_array().unwrap().iter();
    let places = places.map(|file| file["place"].as_str().unwrap().to_owned());
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&wheel).unwrap()).unwrap();
    for place in places {
        let file = archive.by_name(&place).unwrap();
        let script = place.contains(".data/scripts/");
        let mode = if script { 0o100_755 } else { 0o100_644 };
        assert_eq!(file.unix_mode(), Some(mode), "{place}");
    }

    let (folder, python) = fresh_venv(Path::new("python3"));
    succeed(
        std::process::Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--no-index"])
            .arg("--disable-pip-version-check")
            .arg(&wheel),
    );
    let program = programs(folder.path()).join("tiny-run");
    let said = succeed(&mut std::process::Command::new(program));
    assert_eq!(said.trim(), "from the package");
    let text = std::fs::read_to_string(folder.path().join("share/doc/tiny.txt"));
    // What `share/` holds goes below the environment's root, without `share` itself.
    assert!(text.is_err());
    let text = std::fs::read_to_string(folder.path().join("doc/tiny.txt")).unwrap();
    assert_eq!(text, "text");
    let header = walkdir::WalkDir::new(folder.path().join("include"));
    let mut header = header.into_iter().map(Result::unwrap);
    assert!(header.any(|entry| entry.file_name() == "tiny.h"));
    let installed = walkdir::WalkDir::new(folder.path());
    let mut installed = installed.into_iter().map(Result::unwrap);
    assert!(installed.any(|entry| entry.path().ends_with("ns/tiny/made.dat")));
}
