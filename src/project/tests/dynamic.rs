//! Dynamic fields: from the PKG-INFO of an unpacked sdist, or refused.

use super::Folder;

const PKG_INFO: &str = "\
Metadata-Version: 2.4
Name: My.Project
Version: 0.0.35
Summary: A summary
Keywords: a, b
Home-page: https://example.com
Author: Ada
Author-email: Ada <ada@example.com>
License: UNKNOWN
License-Expression: mit
License-File: LICENSE
Classifier: Programming Language :: Zig
Project-URL: Docs, https://example.com/docs
Requires-Python: >=3.11
Requires-Dist: cffi >=1.15
Requires-Dist: pytest; extra == 'test'
Provides-Extra: test
Dynamic: license-file
Description-Content-Type: text/markdown

# Title

Body
";

fn project(dynamic: &str) -> Folder {
    Folder::new(&format!(
        "[project]\nname = \"my-project\"\ndynamic = [{dynamic}]\n"
    ))
}

#[test]
fn without_pkg_info_and_without_a_source_dynamic_fields_are_refused() {
    let folder = project("\"version\", \"readme\", \"dependencies\"");
    assert_eq!(
        folder.problems(),
        [
            "pyproject.toml:3:12: project.dynamic[0]: no source is given for version",
            "pyproject.toml:3:23: project.dynamic[1]: no source is given for readme",
            "pyproject.toml:3:33: project.dynamic[2]: no source is given for dependencies",
        ]
    );
    let hints = folder.error().to_string();
    for hint in [
        "write version into [project], or name its source in [tool.pyz3-wheel.version]",
        "list its parts in [tool.pyz3-wheel.readme]",
        "or build from an unpacked sdist",
    ] {
        assert!(hints.contains(hint), "{hints}");
    }
}

#[test]
fn an_unpacked_sdist_knows_its_version() {
    let folder = project("\"version\"").with("PKG-INFO", PKG_INFO.replace('\n', "\r\n"));
    assert_eq!(
        folder.metadata(),
        "Metadata-Version: 2.1\nName: my-project\nVersion: 0.0.35\n"
    );
}

#[test]
fn other_fields_come_from_there_as_well() {
    let folder = project(
        r#""version", "description", "readme", "requires-python", "license", "license-files",
        "authors", "maintainers", "keywords", "classifiers", "urls", "dependencies",
        "optional-dependencies""#,
    )
    .with("PKG-INFO", PKG_INFO)
    .with("LICENSE", "text");
    assert_eq!(
        folder.metadata(),
        "\
Metadata-Version: 2.4
Name: my-project
Version: 0.0.35
Summary: A summary
Keywords: a,b
Author: Ada
Author-email: Ada <ada@example.com>
License-Expression: MIT
License-File: LICENSE
Classifier: Programming Language :: Zig
Project-URL: Homepage, https://example.com
Project-URL: Docs, https://example.com/docs
Requires-Python: >=3.11
Requires-Dist: cffi>=1.15
Requires-Dist: pytest; extra == \"test\"
Provides-Extra: test
Description-Content-Type: text/markdown

# Title

Body
"
    );
}

#[test]
fn a_field_that_pkg_info_lacks_is_empty() {
    let folder = project(r#""version", "maintainers", "dependencies""#)
        .with("PKG-INFO", "Name: my_project\nVersion: 1\n\n");
    assert_eq!(
        folder.metadata(),
        "Metadata-Version: 2.1\nName: my-project\nVersion: 1\n"
    );
}

#[test]
fn what_pkg_info_cannot_answer_is_refused() {
    let from = |dynamic: &str, info: &str| project(dynamic).with("PKG-INFO", info);
    let version = "\"version\"";
    from(version, "Name: other\nVersion: 1\n")
        .refused("PKG-INFO: the file belongs to the project `other`");
    from(version, "Version: 1\n").refused("PKG-INFO: the file belongs to the project ``");
    from(version, "Name: my-project\n").refused("PKG-INFO has no Version");
    from(version, "Name: my-project\nVersion: one\n").refused("`one` is not a version");
    from(version, "Name: my-project\nVersion: 1+abc\n").refused("has a local part");
    from(version, " broken\n").refused("PKG-INFO: its headers cannot be read");
    let both = |name: &str| format!("\"version\", \"{name}\"");
    from(&both("scripts"), PKG_INFO).refused("dynamic scripts is not supported yet");
    from(&both("dependencies"), PKG_INFO).refused("dynamic dependencies alone is not supported");
    let open = PKG_INFO.replace("Dynamic: license-file", "Dynamic: Summary");
    from(&both("description"), &open).refused("PKG-INFO lists Summary as dynamic too");
    from(&both("license-files"), PKG_INFO)
        .refused("names `LICENSE`, which is not a file of the sdist");
    let leads_out = PKG_INFO.replace("License-File: LICENSE", "License-File: ../LICENSE");
    from(&both("license-files"), &leads_out).refused("names `../LICENSE`");
    let two_lines = "Name: my-project\nVersion: 1\nSummary: a\n b\n\n";
    from(&both("description"), two_lines).refused("must be one line");
    let folder = project(version).with("PKG-INFO/file", "");
    folder.refused("is not a file");
    let latin1 = project(version).with("PKG-INFO", b"Name: my-project\nVersion: 1\n\n\xe4");
    latin1.refused("is not valid UTF-8");
}

#[test]
fn a_version_is_missed_whatever_else_is_dynamic() {
    let folder = project("\"readme\"").with("PKG-INFO", PKG_INFO);
    folder.refused("project: has no version");
}

#[test]
fn the_list_itself_is_checked() {
    let dynamic = |list: &str| Folder::minimal(&format!("dynamic = {list}\n"));
    dynamic("\"version\"").refused("project.dynamic: must be an array");
    dynamic("[1]").refused("project.dynamic[0]: must be a string");
    dynamic("[\"name\"]").refused("`name`: cannot be dynamic");
    dynamic("[\"foo\"]").refused("`foo`: is not a field of [project]");
    dynamic("[\"dynamic\"]").refused("`dynamic`: is not a field of [project]");
    dynamic("[\"version\"]")
        .refused("`version`: has a value in [project] but is also listed in dynamic");
}
