//! Links in projects: what they may lead to, and what nobody misses.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use super::Folder;
use crate::error::Error;
use crate::project::{Files, Project};

/// A repository with a project in `p`, some of whose files are links to the repository's own.
fn repository(more: &str) -> (Folder, PathBuf) {
    let folder = Folder::empty()
        .with("README.md", "Read me.\n")
        .with("LICENSE", "Do what you like.\n")
        .with("shared/a.txt", "")
        .with("p/pyproject.toml", format!("{}{more}", super::MINIMAL))
        .with("p/x/__init__.py", "")
        .git(&["init", "-q", "."]);
    let project = folder.path().join("p");
    symlink("../LICENSE", project.join("LICENSE")).unwrap();
    symlink("../README.md", project.join("README.md")).unwrap();
    symlink("../../shared", project.join("x/shared")).unwrap();
    (folder.git(&["add", "-A"]), project)
}

fn sdist(files: &Files) -> Vec<&str> {
    let sdist = files.sdist().unwrap().iter();
    sdist.map(|file| file.path.as_str()).collect()
}

fn wrong(error: &Error, words: &str) {
    for problem in error.problems() {
        assert!(problem.hint.is_some(), "{problem:?}");
    }
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn links_to_files_of_the_repository_are_those_files() {
    for more in ["", "license-files = [\"LICENSE\"]\n"] {
        let (_folder, root) = repository(&format!("readme = \"README.md\"\n{more}"));
        let project = Project::load(&root).unwrap();
        let metadata = project.metadata.render();
        assert!(metadata.contains("License-File: LICENSE\n"), "{metadata}");
        assert!(metadata.ends_with("Read me.\n"), "{metadata}");
        let files = project.files().unwrap();
        assert_eq!(files.notes, [""; 0]);
        assert_eq!(
            sdist(&files),
            [
                "LICENSE",
                "README.md",
                "pyproject.toml",
                "x/__init__.py",
                "x/shared/a.txt"
            ]
        );
        assert_eq!(files.wheel.len(), 2);
    }
}

#[test]
fn a_readme_above_the_project_is_in_its_metadata() {
    let (folder, root) = repository("readme = \"../README.md\"\n");
    let project = Project::load(&root).unwrap();
    let metadata = project.metadata.render_pkg_info();
    assert!(metadata.ends_with("Read me.\n"), "{metadata}");
    project.files().unwrap().sdist().unwrap();
    // An unpacked sdist has the text in PKG-INFO only.
    let unpacked = folder.path().join("unpacked/x-1");
    fs_err::create_dir_all(&unpacked).unwrap();
    fs_err::copy(root.join("pyproject.toml"), unpacked.join("pyproject.toml")).unwrap();
    fs_err::copy(root.join("LICENSE"), unpacked.join("LICENSE")).unwrap();
    fs_err::write(unpacked.join("PKG-INFO"), &metadata).unwrap();
    fs_err::write(folder.path().join("unpacked/README.md"), "Of someone else.").unwrap();
    let again = Project::load(&unpacked).unwrap();
    assert_eq!(again.metadata.render_pkg_info(), metadata);
}

#[test]
fn what_leads_out_of_the_repository_is_refused() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.md");
    fs_err::write(&secret, "secret").unwrap();
    let load = |more: &str, link: &str, target: &Path| {
        let (folder, root) = repository(more);
        let _ = fs_err::remove_file(root.join(link));
        symlink(target, root.join(link)).unwrap();
        let folder = folder.git(&["add", "-A"]);
        let loaded = Project::load(&root).and_then(|project| project.files()?.sdist().map(drop));
        (folder, root, loaded)
    };
    let out = "leads out of the repository";
    let (.., refused) = load("", "x/data.txt", &secret);
    wrong(&refused.unwrap_err(), out);
    let (.., refused) = load("readme = \"README.md\"\n", "README.md", &secret);
    wrong(
        &refused.unwrap_err(),
        "`README.md` lies outside the repository",
    );
    let (.., refused) = load("license-files = [\"LICENSE\"]\n", "LICENSE", &secret);
    wrong(
        &refused.unwrap_err(),
        "`LICENSE` is a link that leads to nothing, out of the repository",
    );
    // git's own configuration may have a token in it.
    let (.., refused) = load("", "x/config", Path::new("../../.git/config"));
    wrong(&refused.unwrap_err(), out);
    let name = outside.path().file_name().unwrap().to_str().unwrap();
    let (_folder, root) = repository("");
    let readme = format!("{}readme = \"../../{name}/secret.md\"\n", super::MINIMAL);
    fs_err::write(root.join("pyproject.toml"), readme).unwrap();
    wrong(
        &Project::load(&root).unwrap_err(),
        "lies outside the repository",
    );

    // A licence that only a default pattern names is reported when it is missing.
    let (_folder, root, _) = load("", "LICENSE", &secret);
    let project = Project::load(&root).unwrap();
    assert!(project.metadata.license_files().is_empty());
    assert!(project.metadata.notes()[0].starts_with("`LICENSE` is a link that leads to nothing"));
}

#[test]
fn what_tools_leave_blocks_nothing() {
    let elsewhere = tempfile::tempdir().unwrap();
    let build = |in_checkout: bool| {
        let folder = Folder::minimal("").with("x/__init__.py", "");
        let folder = if in_checkout {
            folder.git(&["init", "-q", "."]).git(&["add", "-A"])
        } else {
            folder
        };
        let root = folder.path().to_owned();
        symlink("me@host.1:2", root.join("x/.#__init__.py")).unwrap();
        symlink("/nix/store/none", root.join("result")).unwrap();
        symlink("/etc", root.join("bazel-out")).unwrap();
        symlink(elsewhere.path(), root.join("dist")).unwrap();
        let _socket = UnixListener::bind(root.join("x/socket")).unwrap();
        (folder, root)
    };
    for in_checkout in [false, true] {
        let (_folder, root) = build(in_checkout);
        let project = Project::load(&root).unwrap();
        let files = project.files().unwrap();
        assert_eq!(sdist(&files), ["pyproject.toml", "x/__init__.py"]);
        assert_eq!(files.wheel.len(), 1);
        let notes = files.notes.join("\n");
        for words in [
            "not packed: result (a link that leads to nothing)",
            "not packed: bazel-out (a link that leads out of",
            "not packed: x/socket (neither a file nor a folder)",
        ] {
            assert!(notes.contains(words), "{words} in {notes}");
        }
        assert_eq!(files.notes.len(), 3, "{notes}");
    }
    // What git does not track is missed by nobody; elsewhere a link may be meant.
    let (_folder, root) = build(true);
    symlink("/etc/hostname", root.join("hostname")).unwrap();
    let project = Project::load(&root).unwrap();
    let files = project.files().unwrap();
    assert_eq!(sdist(&files).len(), 2);
    let (_folder, root) = build(false);
    symlink("/etc/hostname", root.join("hostname")).unwrap();
    let files = Project::load(&root).unwrap().files().unwrap();
    wrong(&files.sdist().unwrap_err(), "leads out of the project");
}

#[test]
fn a_link_does_not_hide_a_file_of_credentials() {
    let folder = Folder::minimal("readme = \"README.md\"\nlicense-files = [\"LICENSE\"]\n")
        .with(".env", "")
        .with(".ssh/id", "");
    symlink(".env", folder.path().join("README.md")).unwrap();
    symlink(".ssh/id", folder.path().join("LICENSE")).unwrap();
    let problems = folder.problems();
    assert!(problems[0].contains("`README.md` lies outside the project or may hold credentials"));
    assert!(problems[1].contains("or to credentials"), "{problems:?}");

    let folder = Folder::minimal("")
        .with("x/__init__.py", "")
        .with(".env", "")
        .with(".ssh/id", "");
    symlink("../.env", folder.path().join("x/settings.txt")).unwrap();
    symlink("../.ssh", folder.path().join("x/keys")).unwrap();
    let files = folder.load().unwrap().files().unwrap();
    assert_eq!(files.wheel.len(), 1, "{:?}", files.wheel);
    let notes = files.notes.join("\n");
    assert!(
        notes.contains("x/keys/, x/settings.txt (may hold"),
        "{notes}"
    );
}

#[test]
fn what_is_read_into_the_metadata_lies_in_the_project() {
    let outside = Folder::empty()
        .with("secret.md", "secret\n")
        .with("version.py", "__version__ = \"6.6.6\"\n")
        .with("build.zig.zon", ".{ .version = \"6.6.6\" }")
        .with(
            "PKG-INFO",
            "Metadata-Version: 2.2\nName: x\nVersion: 6.6.6\n\nsecret\n",
        );
    let project = "[project]\nname = \"x\"\n";
    let versioned = |source: &str| {
        format!("{project}dynamic = [\"version\"]\n[tool.pyz3-wheel.version]\n{source}\n")
    };
    let parts = "dynamic = [\"readme\"]\n[tool.pyz3-wheel.readme]\nfiles = [\"secret.md\"]\n";
    for (link, pyproject, key) in [
        (
            "secret.md",
            format!("{}readme = \"secret.md\"\n", super::MINIMAL),
            "project.readme",
        ),
        (
            "secret.md",
            format!("{}{parts}", super::MINIMAL),
            "tool.pyz3-wheel.readme.files",
        ),
        (
            "secret.md",
            format!("{}license = {{ file = \"secret.md\" }}\n", super::MINIMAL),
            "project.license.file",
        ),
        (
            "secret.md",
            format!("{}license-files = [\"secret.md\"]\n", super::MINIMAL),
            "project.license-files",
        ),
        (
            "version.py",
            versioned("file = \"version.py\""),
            "tool.pyz3-wheel.version.file",
        ),
        (
            "build.zig.zon",
            versioned("zon = true"),
            "tool.pyz3-wheel.version.zon",
        ),
        ("PKG-INFO", versioned("zon = true"), "PKG-INFO"),
    ] {
        let folder = Folder::new(&pyproject);
        symlink(outside.path().join(link), folder.path().join(link)).unwrap();
        let error = folder.error();
        wrong(&error, "out");
        wrong(&error, key);
        // The same link within the project is as good as the file.
        let folder = Folder::new(&pyproject);
        let text = std::fs::read(outside.path().join(link)).unwrap();
        let folder = folder.with("within", text);
        symlink("within", folder.path().join(link)).unwrap();
        folder.load().unwrap();
    }
}
