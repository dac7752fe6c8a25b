//! Dynamic version and readme from where `[tool.pyz3-wheel]` says.

use std::process::Command;

use super::Folder;

/// A project whose version comes from what the table says.
fn version(table: &str) -> Folder {
    Folder::new(&format!(
        "[project]\nname = \"x\"\ndynamic = [\"version\"]\n[tool.pyz3-wheel.version]\n{table}\n"
    ))
}

fn found(folder: &Folder) -> String {
    folder.load().unwrap().metadata.version().to_string()
}

#[test]
fn a_version_is_found_in_a_file() {
    for (text, expected) in [
        ("__version__ = \"1.2.3\"\n", "1.2.3"),
        (
            "\"\"\"Doc.\"\"\"\r\n__version__='1.0rc1'  # now\r\n",
            "1.0rc1",
        ),
        ("import x\n__version__: Final[str] = \"2\"\n", "2"),
        ("VERSION = 'v3.1'\n", "3.1"),
        (
            "# __version__ = \"0\"\nx.__version__ = \"0\"\n__version__ = \"1\"\n__version__ = \"2\"\n",
            "1",
        ),
    ] {
        let folder = version("file = \"src/x/__init__.py\"").with("src/x/__init__.py", text);
        assert_eq!(found(&folder), expected, "{text}");
    }
    let folder = version("file = \"v.h\"\npattern = '^#define X_VERSION \"(?P<version>.+)\"$'")
        .with("v.h", "#define X\r\n#define X_VERSION \"1.2\"\r\n");
    assert_eq!(found(&folder), "1.2");
}

#[test]
fn a_version_is_found_in_build_zig_zon() {
    let zon = ".{ .name = .x, .version = \"0.3.0-rc.1\", .dependencies = .{} }";
    for table in [
        "zon = true",
        "file = \"build.zig.zon\"",
        "zon = true\ngit = false",
    ] {
        assert_eq!(
            found(&version(table).with("build.zig.zon", zon)),
            "0.3.0rc1"
        );
    }
    let elsewhere = version("file = \"zig/build.zig.zon\"").with("zig/build.zig.zon", zon);
    assert_eq!(found(&elsewhere), "0.3.0rc1");
}

#[test]
fn what_is_in_the_file_is_judged_where_it_is() {
    let file = |text: &str| version("file = \"x/v.py\"").with("x/v.py", text).problems();
    assert_eq!(
        file("\n__version__ = \"one\"\n"),
        ["x/v.py:2:16: `one` is not a version by PEP 440"]
    );
    assert_eq!(
        file("__version__ = '1+abc'\n"),
        ["x/v.py:1:16: `1+abc` has a local part (after the `+`)"]
    );
    let zon = version("zon = true").with("build.zig.zon", ".{\n  .version = \"0.1.0-x\",\n}");
    assert_eq!(
        zon.problems(),
        ["build.zig.zon:2:15: `0.1.0-x` is not a version by PEP 440"]
    );
}

#[test]
fn a_wrong_source_of_a_version_is_refused() {
    for (table, words) in [
        (
            "",
            "pyproject.toml:4:18: tool.pyz3-wheel.version: names no source",
        ),
        ("git = false", "names no source"),
        (
            "file = \"v.py\"\ngit = true",
            "has file and git, but a version has only one source",
        ),
        (
            "zon = true\ngit = true",
            "has zon and git, but a version has only one source",
        ),
        (
            "zon = \"build.zig.zon\"",
            "zon: must be true or false, not a string",
        ),
        ("file = 1", "file: must be a string"),
        (
            "file = \"../v.py\"",
            "`../v.py` is not a file below the project's root",
        ),
        (
            "file = \"/v.py\"",
            "`/v.py` is not a file below the project's root",
        ),
        (
            "file = \"missing.py\"",
            "pyproject.toml:5:1: tool.pyz3-wheel.version.file: `",
        ),
        ("file = \"missing.py\"", "missing.py` does not exist"),
        ("file = \"x\"", "is not a file"),
        ("file = \"latin.py\"", "is not valid UTF-8"),
        (
            "file = \"v.py\"",
            "`v.py` has no line like __version__ = \"1.2.3\"",
        ),
        ("zon = true", "`build.zig.zon` has no .version"),
        (
            "zon = true\npattern = '(a)'",
            "pattern: has no effect without file",
        ),
        ("file = \"v.py\"\npattern = 'a'", "pattern: has no group"),
        (
            "file = \"v.py\"\npattern = '(a)(b)'",
            "pattern: has 2 groups",
        ),
        (
            "file = \"v.py\"\npattern = '(a'",
            "pattern: is not a regular expression",
        ),
        ("file = \"v.py\"\npattern = 1", "pattern: must be a string"),
        (
            "file = \"v.py\"\npattern = '^nothing (.+)$'",
            "pyproject.toml:6:1: tool.pyz3-wheel.version.pattern: finds nothing in `v.py`",
        ),
        (
            "file = \"v.py\"\npattern = 'version(x)?'",
            "finds nothing in `v.py`",
        ),
        ("file = \"v.py\"\npatern = '(a)'", "patern: unknown key"),
    ] {
        version(table)
            .with("v.py", "version = 1\n")
            .with("latin.py", b"\xe9")
            .with("x/y", "")
            .with("build.zig.zon", ".{ .minimum_zig_version = \"0.16.0\" }")
            .refused(words);
    }
    Folder::new(
        "[project]\nname = \"x\"\ndynamic = [\"version\"]\n[tool.pyz3-wheel]\nversion = \"1\"\n",
    )
    .refused("tool.pyz3-wheel.version: must be a table, not a string");
}

#[test]
fn a_source_for_a_field_that_is_not_dynamic_is_refused() {
    let static_version = Folder::minimal("[tool.pyz3-wheel.version]\nzon = true\n");
    static_version.refused("tool.pyz3-wheel.version: project.dynamic does not list version");
    let hint = static_version.error().to_string();
    assert!(hint.contains("or version from [project]"), "{hint}");
    Folder::minimal("[tool.pyz3-wheel.readme]\nfiles = [\"a.md\"]\n")
        .refused("tool.pyz3-wheel.readme: project.dynamic does not list readme");
}

#[test]
fn an_unpacked_sdist_comes_first() {
    let folder = version("git = true").with("PKG-INFO", "Name: x\nVersion: 7\n");
    assert_eq!(found(&folder), "7");
}

/// A project whose readme is made of what the table says.
fn readme(table: &str) -> Folder {
    Folder::new(&format!(
        "[project]\nname = \"x\"\nversion = \"1\"\ndynamic = [\"readme\"]\n\
         [tool.pyz3-wheel.readme]\n{table}\n"
    ))
    .with("README.md", "# X\r\n\r\nHi.\r\n\r\n")
    .with("CHANGELOG.md", "\u{feff}# Changes\n\n- all")
    .with("notes.rst", "Notes\n=====\n")
    .with("LEGAL", "none")
}

#[test]
fn a_readme_is_joined_of_files() {
    let metadata = |table: &str| readme(table).metadata();
    let head = "Metadata-Version: 2.1\nName: x\nVersion: 1\nDescription-Content-Type: ";
    assert_eq!(
        metadata("files = [\"README.md\", \"CHANGELOG.md\"]"),
        format!("{head}text/markdown\n\n# X\n\nHi.\n\n# Changes\n\n- all\n")
    );
    assert_eq!(
        metadata("files = [\"notes.rst\", \"LEGAL\"]\ncontent-type = \"text/plain\""),
        format!("{head}text/plain\n\nNotes\n=====\n\nnone\n")
    );
}

#[test]
fn a_wrong_source_of_a_readme_is_refused() {
    for (table, words) in [
        ("", "tool.pyz3-wheel.readme: has no files"),
        ("files = []", "files: must not be empty"),
        (
            "files = \"README.md\"",
            "files: must be an array, not a string",
        ),
        ("files = [1]", "files[0]: must be a string"),
        ("files = [\"README.md\", \"no.md\"]", "files[1]: `"),
        (
            "files = [\"README.md\", \"no.md\"]",
            "no.md` does not exist",
        ),
        (
            "files = [\"LEGAL\"]",
            "the content type of `LEGAL` is not known",
        ),
        (
            "files = [\"README.md\", \"notes.rst\"]",
            "files[1]: is text/x-rst, but the files before it are text/markdown",
        ),
        (
            "files = [\"README.md\"]\ncontent-type = \"text/html\"",
            "is not a content type",
        ),
        (
            "file = \"README.md\"\nfiles = [\"README.md\"]",
            "file: unknown key",
        ),
    ] {
        readme(table).refused(words);
    }
}

/// Runs git in a folder, without what the developer has configured.
fn git(folder: &Folder, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.com"])
        .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
        .args(arguments)
        .current_dir(folder.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

fn commit(folder: &Folder) {
    git(folder, &["commit", "--quiet", "--allow-empty", "-m", "x"]);
}

#[test]
fn a_version_comes_from_the_tags_of_git() {
    let folder = version("git = true");
    folder.refused("git: the project is not in a git repository");
    // Before the first tag, only an editable install can have the version.
    let untagged = |folder: &Folder, version: &str| {
        assert_eq!(found(folder), version);
        let error = folder.load().unwrap().metadata.check_tagged().unwrap_err();
        let problem = "pyproject.toml:5:1: tool.pyz3-wheel.version.git: the current commit has no \
                       version tag (such as v1.2.3) before it";
        assert_eq!(error.problems()[0].to_string(), problem);
    };
    git(&folder, &["init", "--quiet"]);
    untagged(&folder, "0.1.dev0");
    git(&folder, &["add", "."]);
    commit(&folder);
    untagged(&folder, "0.1.dev1");
    git(&folder, &["tag", "v1.x"]);
    untagged(&folder, "0.1.dev1");
    git(&folder, &["tag", "v1.2.3rc1"]);
    assert_eq!(found(&folder), "1.2.3rc1");
    folder.load().unwrap().metadata.check_tagged().unwrap();
    // A release at the commit of its candidate, and beside it a tag that is not a version.
    git(&folder, &["tag", "-m", "release", "v1.2.3"]);
    git(&folder, &["tag", "-m", "later", "nightly"]);
    assert_eq!(found(&folder), "1.2.3");
    let notes = folder.load().unwrap().metadata.notes().to_vec();
    assert!(notes.is_empty(), "{notes:?}");
    commit(&folder);
    commit(&folder);
    assert_eq!(found(&folder), "1.2.4.dev2");
    // A nearer tag that is not a version is ignored, with a note.
    git(&folder, &["tag", "-m", "x", "1.3-final"]);
    let folder = folder.with("new.txt", "not tracked").with(
        "pyproject.toml",
        "[project]\nname = \"x\"\ndynamic = [\"version\"]\n[tool.pyz3-wheel]\nversion.git = true\n",
    );
    let metadata = folder.load().unwrap().metadata;
    assert_eq!(metadata.version().to_string(), "1.2.4.dev2");
    let notes = metadata.notes();
    assert!(
        notes[0].contains("the tag `1.3-final` is not a version"),
        "{notes:?}"
    );
    assert!(notes[1].contains("uncommitted changes"), "{notes:?}");
}

#[cfg(unix)]
#[test]
fn a_clone_without_its_tags_is_told_from_one_that_has_none() {
    let origin = version("git = true");
    git(&origin, &["init", "--quiet"]);
    git(&origin, &["add", "."]);
    commit(&origin);
    git(&origin, &["tag", "v1.0"]);
    commit(&origin);
    let clone = Folder::empty();
    let url = format!("file://{}", origin.path().display());
    git(&clone, &["clone", "--quiet", "--depth=1", &url, "."]);
    let problem = clone.load().unwrap().metadata.untagged().cloned().unwrap();
    let hint = problem.hint.unwrap();
    assert!(hint.contains("fetch-depth: 0"), "{hint}");
    // Where something else is wrong too, both are reported.
    let clone = clone.with(
        "pyproject.toml",
        "[project]\nname = \"x\"\ndynamic = [\"version\"]\nnonsense = 1\n[tool.pyz3-wheel.version]\ngit = true\n",
    );
    assert_eq!(clone.problems().len(), 2, "{:?}", clone.problems());
}
