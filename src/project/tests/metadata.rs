//! METADATA.

use super::{Folder, MINIMAL};
use crate::tags::PythonVersion;

#[test]
fn the_least_project_gives_the_least_metadata() {
    let folder = Folder::new(MINIMAL);
    assert_eq!(
        folder.metadata(),
        "Metadata-Version: 2.1\nName: x\nVersion: 1\n"
    );
    let metadata = folder.load().unwrap().metadata;
    assert_eq!(metadata.entry_points(), None);
    assert!(metadata.license_files().is_empty());
    assert!(metadata.notes().is_empty());
}

#[test]
fn every_field_has_its_header() {
    let folder = Folder::new(
        r#"
[project]
name = "Friendly.Bard"
version = "1.0.0-RC1"
description = "Ünïcödé — a “summary”"
readme = "README.md"
requires-python = ">=3.9, <4, !=3.10.*"
license = "mit or apache-2.0"
license-files = ["COPYING"]
authors = [
    { name = "Ada Lovelace", email = "ada@example.com" },
    { name = "Grüß Gott" },
    { email = "x@example.org" },
    { name = "J. R. \"Bob\" Dobbs", email = "bob@example.com" },
    { name = "Solo" },
]
maintainers = [{ name = "Ünï Cödé", email = "u@example.com" }]
keywords = ["a", "b c"]
classifiers = ["Programming Language :: Zig", "Programming Language :: Zig", "Private :: Me"]
dependencies = [
    "cffi>=1.15",
    "Requests [security, Tests] >= 2.8.1, == 2.8.* ; python_version < '3.13' or os_name=='nt'",
]
[project.optional-dependencies]
Test_Extra = ["pytest>=8; python_version >= '3.9' or sys_platform == 'win32'", "foo"]
none = []
[project.urls]
"Home Page" = "https://example.com/a?b=c,d"
Docs = "HTTP://example.com"
"#,
    )
    .with("README.md", "\u{feff}# Hi\r\n\r\nFrom: me\rend")
    .with("COPYING", "");
    assert_eq!(
        folder.metadata(),
        "\
Metadata-Version: 2.4
Name: Friendly.Bard
Version: 1.0.0rc1
Summary: Ünïcödé — a “summary”
Keywords: a,b c
Author: Grüß Gott, Solo
Author-email: Ada Lovelace <ada@example.com>, x@example.org, \"J. R. \\\"Bob\\\" Dobbs\" <bob@example.com>
Maintainer-email: Ünï Cödé <u@example.com>
License-Expression: MIT OR Apache-2.0
License-File: COPYING
Classifier: Programming Language :: Zig
Classifier: Private :: Me
Project-URL: Home Page, https://example.com/a?b=c,d
Project-URL: Docs, HTTP://example.com
Requires-Python: >=3.9,!=3.10.*,<4
Requires-Dist: cffi>=1.15
Requires-Dist: Requests[security,tests]==2.8.*,>=2.8.1; python_version < \"3.13\" or os_name == \"nt\"
Provides-Extra: test-extra
Requires-Dist: pytest>=8; (python_version >= \"3.9\" or sys_platform == \"win32\") and extra == \"test-extra\"
Requires-Dist: foo; extra == \"test-extra\"
Provides-Extra: none
Description-Content-Type: text/markdown

# Hi

From: me
end"
    );
    assert_eq!(
        folder.load().unwrap().metadata.distribution().as_str(),
        "friendly_bard"
    );
}

#[test]
fn no_value_can_bring_in_a_header() {
    let evil = "a\\nLicense: evil";
    for line in [
        format!("description = \"{evil}\""),
        format!("keywords = [\"{evil}\"]"),
        format!("classifiers = [\"{evil}\"]"),
        format!("authors = [{{ name = \"{evil}\" }}]"),
        format!("maintainers = [{{ email = \"{evil}@x.y\" }}]"),
        format!("dependencies = [\"{evil}\"]"),
        format!("dependencies = [\"a; os_name == '{evil}'\"]"),
        format!("requires-python = \">=3.9{evil}\""),
        format!("urls = {{ \"{evil}\" = \"https://x.y\" }}"),
        format!("urls = {{ a = \"https://x.y{evil}\" }}"),
        format!("readme = {{ text = \"\", content-type = \"text/markdown{evil}\" }}"),
        "description = \"a\\rb\"".to_owned(),
        "description = \"a\\u0085b\"".to_owned(),
        "description = \"a\\u2028b\"".to_owned(),
    ] {
        Folder::minimal(&format!("{line}\n")).refused("must be one line");
    }
}

#[test]
fn what_indexes_refuse_is_refused_here() {
    let long = "x".repeat(513);
    let label = "x".repeat(33);
    for (line, words) in [
        (format!("description = \"{long}\""), "has 513 characters"),
        (
            format!("urls = {{ {label} = \"https://x.y\" }}"),
            "the label has 33 characters",
        ),
        (
            "urls = { \"\" = \"https://x.y\" }".into(),
            "the label must not be empty",
        ),
        (
            "urls = { \"a,b\" = \"https://x.y\" }".into(),
            "the label has a comma",
        ),
        (
            "urls = { a = \"x.y\" }".into(),
            "`x.y` is not a web address",
        ),
        (
            "urls = { a = \"ftp://x.y\" }".into(),
            "`ftp://x.y` is not a web address",
        ),
        (
            "urls = { a = \"https://\" }".into(),
            "`https://` is not a web address",
        ),
        (
            "urls = { a = \"https://x y\" }".into(),
            "is not a web address",
        ),
        (
            "urls = [\"https://x.y\"]".into(),
            "project.urls: must be a table",
        ),
    ] {
        Folder::minimal(&format!("{line}\n")).refused(words);
    }
}

#[test]
fn wrong_fields_are_refused_by_name() {
    for (line, words) in [
        ("description = \" \"", "must not be empty"),
        ("description = [\"a\"]", "must be a string, not an array"),
        ("keywords = [\"a,b\"]", "`a,b` has a comma"),
        ("keywords = [\"\"]", "must not be empty"),
        (
            "authors = [\"Ada\"]",
            "authors[0]: must be a table, not a string",
        ),
        ("authors = [{}]", "authors[0]: has neither name nor email"),
        (
            "authors = [{ email = \"a\" }]",
            "`a` is not an email address",
        ),
        (
            "authors = [{ email = \"a@b\" }]",
            "`a@b` is not an email address",
        ),
        (
            "authors = [{ email = \"A <a@b.c>\" }]",
            "is not an email address",
        ),
        (
            "dependencies = [\"a @ https://x.y/a.whl\"]",
            "`a` is required by URL",
        ),
        (
            "dependencies = \"a\"",
            "project.dependencies: must be an array",
        ),
        (
            "optional-dependencies = [\"a\"]",
            "optional-dependencies: must be a table",
        ),
        (
            "optional-dependencies = { a = \"b\" }",
            "optional-dependencies.a: must be an array",
        ),
        (
            "optional-dependencies = { \"-a\" = [] }",
            "`-a` is not a valid name",
        ),
        (
            "optional-dependencies = { a_b = [], A-b = [] }",
            "is the same extra as `a_b`",
        ),
        (
            "requires_python = \">=3.9\"",
            "project.requires_python: unknown key",
        ),
    ] {
        Folder::minimal(&format!("{line}\n")).refused(words);
    }
}

#[test]
fn names_and_versions_are_checked() {
    let project = |name: &str, version: &str| {
        Folder::new(&format!(
            "[project]\nname = \"{name}\"\nversion = \"{version}\"\n"
        ))
    };
    project("x", "1.0+abc").refused("`1.0+abc` has a local part");
    project("x", "1.0-foo").refused("`1.0-foo` is not a version");
    project("x-", "1").refused("`x-` is not a valid project name");
    project("a b", "1").refused("`a b` is not a valid project name");
    project("é", "1").refused("`é` is not a valid project name");
    Folder::new("[project]\nname = \"x\"\n").refused("project: has no version");
    Folder::new("[project]\nversion = \"1\"\n").refused("project: has no name");
    for (written, normalised) in [
        ("v1.0", "1.0"),
        ("01.02.00", "1.2.0"),
        ("1!2.0.post1.dev3", "1!2.0.post1.dev3"),
        ("1a", "1a0"),
    ] {
        let header = project("x", written).headers(&["Version"]);
        assert_eq!(header, [format!("Version: {normalised}")]);
    }
}

#[test]
fn the_readme_is_a_file_or_a_text() {
    let readme = |value: &str| {
        Folder::minimal(&format!("readme = {value}\n"))
            .with("R.RST", "x\n")
            .with("r.txt", "x\n")
            .with("R", "x\n")
            .with("folder.md/x", "")
            .with("latin.md", b"\xe9")
    };
    for (value, content_type) in [
        ("\"R.RST\"", "text/x-rst"),
        ("\"r.txt\"", "text/plain"),
        (
            "{ file = \"R\", content-type = \"text/markdown\" }",
            "text/markdown",
        ),
        (
            "{ text = \"x\\r\\n\", content-type = \"text/markdown; charset=utf-8; variant=GFM\" }",
            "text/markdown; charset=utf-8; variant=GFM",
        ),
    ] {
        let metadata = readme(value).metadata();
        let end = format!("\nDescription-Content-Type: {content_type}\n\nx\n");
        assert!(metadata.ends_with(&end), "{metadata}");
    }
    for (value, words) in [
        ("1", "must be the name of a file, or a table"),
        ("\"R\"", "the content type of `R` is not known"),
        ("\"missing.md\"", "does not exist"),
        ("\"folder.md\"", "is not a file"),
        ("\"latin.md\"", "is not valid UTF-8"),
        ("\"/etc/passwd.txt\"", "is not relative to pyproject.toml"),
        ("{ text = \"x\" }", "has no content-type"),
        (
            "{ content-type = \"text/plain\" }",
            "has neither file nor text",
        ),
        (
            "{ text = \"x\", content-type = \"text/html\" }",
            "is not a content type",
        ),
        (
            "{ text = \"x\", content-type = \"text/x-rst; variant=GFM\" }",
            "is not a content type",
        ),
        (
            "{ text = \"x\", content-type = \"text/plain; charset=latin-1\" }",
            "is not a content type",
        ),
        (
            "{ text = \"x\", content-type = \"text/plain\", kind = 1 }",
            "kind: unknown key",
        ),
    ] {
        readme(value).refused(words);
    }
}

#[test]
fn requires_python_admits_versions_by_any_of_their_releases() {
    let admitted = |specifiers: &str| {
        let folder = Folder::minimal(&format!("requires-python = \"{specifiers}\"\n"));
        let metadata = folder.load().unwrap().metadata;
        let versions = (8..=14).map(|minor| PythonVersion::new(3, minor));
        let admitted = versions.filter(|version| metadata.admits(*version));
        admitted.map(|version| version.minor).collect::<Vec<_>>()
    };
    for (specifiers, minors) in [
        (">=3.9", &[9, 10, 11, 12, 13, 14][..]),
        (">=3.9.1", &[9, 10, 11, 12, 13, 14]),
        (">3.9", &[9, 10, 11, 12, 13, 14]),
        (">=3.9,<3.13", &[9, 10, 11, 12]),
        ("<3.13.0a1,>=3.12", &[12]),
        ("<3.13.dev0,>=3.12", &[12]),
        ("<3.12.4,>=3.12.3", &[12]),
        (">3.12.3,<3.12.5", &[12]),
        ("==3.12.4", &[12]),
        ("<=3.12,>=3.11", &[11, 12]),
        ("!=3.10.*,>=3.9,<3.12", &[9, 11]),
        ("!=3.10.0,>=3.10,<3.11", &[10]),
        ("~=3.12.0", &[12]),
        ("~=3.12", &[12, 13, 14]),
        ("==3.9.*", &[9]),
        ("==3.*,!=3.9", &[8, 9, 10, 11, 12, 13, 14]),
        (">=4", &[]),
    ] {
        assert_eq!(admitted(specifiers), minors, "{specifiers}");
    }
    let silent = Folder::minimal("").load().unwrap().metadata;
    assert!(silent.requires_python().is_none());
    assert!(silent.admits(PythonVersion::new(3, 5)));
}

#[test]
fn classifiers_are_those_that_indexes_know() {
    let classifiers = "classifiers = [\"Programming Language :: Python :: 3.13\",\n\
        \"Programming Language :: Pyton :: 3.12\",\n\"Private :: Do Not Upload\"]\n";
    let error = Folder::minimal(classifiers).error();
    assert_eq!(error.problems().len(), 1, "{error}");
    let hint = error.problems()[0].hint.clone().unwrap();
    let meant = "did you mean Programming Language :: Python :: 3.12? choose one of";
    assert!(hint.starts_with(meant), "{hint}");
    let folder = Folder::minimal("classifiers = [\"Natural Language :: Ukranian\"]\n");
    folder.refused("`Natural Language :: Ukranian` is a deprecated classifier");
    let hint = folder.error().to_string();
    assert!(
        hint.contains("use instead: Natural Language :: Ukrainian"),
        "{hint}"
    );
    let info = "Name: x\nVersion: 1\nClassifier: Programming Language :: Zag\n";
    Folder::minimal("dynamic = [\"classifiers\"]\n")
        .with("PKG-INFO", info)
        .refused("`Programming Language :: Zag` is not a classifier");
}

#[test]
fn the_same_fields_are_an_object() {
    let folder = Folder::minimal(
        "keywords = [\"a\", \"b\"]\ndependencies = [\"c\"]\nimport-names = []\n\
         license = { text = \"Mine\\nall\" }\nreadme = { text = \"# X\", content-type = \"text/plain\" }\n",
    );
    let document = folder.load().unwrap().metadata.document();
    let expected = serde_json::json!({
        "metadata_version": "2.5",
        "name": "x",
        "version": "1",
        "keywords": ["a", "b"],
        "license": "Mine\nall",
        "requires_dist": ["c"],
        "import_name": [""],
        "description_content_type": "text/plain",
        "description": "# X",
    });
    assert_eq!(document, expected);
}
