//! METADATA and entry points that indexes or installers refuse.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, PURE, case};
use super::tables::Fields;
use super::wheel::DIST;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = files();
    cases.extend(fields());
    cases.extend(values());
    cases.extend(licenses());
    cases.extend(entry_points());
    cases.extend(commands());
    cases
}

fn metadata(what: &str, code: Code, edit: impl FnOnce(Fields) -> Fields) -> Case {
    case(what, code, PURE, |w| w.metadata(edit))
}

/// One more line.
fn line(what: &str, code: Code, line: &'static str) -> Case {
    metadata(what, code, |m| m.add(line))
}

fn files() -> Vec<Case> {
    let text = "Metadata-Version: 2.4\nName: hello\nVersion: 1.0\n\nhello\n";
    let path = format!("{DIST}/METADATA");
    vec![
        case("there is no METADATA", Code::MetadataMissing, PURE, |w| {
            w.without(&path)
        }),
        case(
            "METADATA is not UTF-8",
            Code::MetadataUnreadable,
            PURE,
            |w| {
                let latin = [text.as_bytes(), b"caf\xe9\n"].concat();
                w.contents(&path, latin)
            },
        ),
        case(
            "METADATA begins with something else",
            Code::MetadataUnreadable,
            PURE,
            |w| w.contents(&path, format!("{{\"name\": \"hello\"}}\n{text}")),
        )
        .or(Code::MetadataField)
        .also(&[Code::MetadataField, Code::MetadataReadme]),
        metadata("METADATA is of version 2.6", Code::MetadataVersion, |m| {
            m.set("Metadata-Version: 2.6")
        }),
        metadata("METADATA is of version 3.0", Code::MetadataVersion, |m| {
            m.set("Metadata-Version: 3.0")
        }),
        metadata(
            "METADATA is of version 1.3, which never was",
            Code::MetadataVersion,
            |m| m.set("Metadata-Version: 1.3"),
        ),
        metadata("METADATA has another name", Code::MetadataName, |m| {
            m.set("Name: other")
        }),
        metadata("METADATA has another version", Code::MetadataName, |m| {
            m.set("Version: 1.1")
        }),
        case("there is no description", Code::MetadataReadme, PURE, |w| {
            w.description("")
        })
        .weighing(Severity::Warning),
        metadata("the description has no type", Code::MetadataReadme, |m| {
            m.drop("Description-Content-Type")
        }),
    ]
}

fn fields() -> Vec<Case> {
    vec![
        metadata("there is no Metadata-Version", Code::MetadataField, |m| {
            m.drop("Metadata-Version")
        }),
        metadata("there is no Name", Code::MetadataField, |m| m.drop("Name")),
        metadata("there is no Version", Code::MetadataField, |m| {
            m.drop("Version")
        }),
        line(
            "there are two summaries",
            Code::MetadataField,
            "Summary: Another one",
        ),
        line("there are two names", Code::MetadataField, "Name: hello"),
        line(
            "there are two licences",
            Code::MetadataField,
            "License-Expression: Apache-2.0",
        )
        .also(&[Code::MetadataLicense]),
        line(
            "a field is unknown",
            Code::MetadataField,
            "Summry: A typing error",
        ),
        line(
            "a field is of a later version",
            Code::MetadataField,
            "Import-Name: hello",
        ),
        metadata(
            "License-Expression is in version 2.3",
            Code::MetadataField,
            |m| m.set("Metadata-Version: 2.3").drop("License-File"),
        ),
    ]
}

fn values() -> Vec<Case> {
    let long = format!("Summary: {}", "x".repeat(513));
    let requires = |what, requirement: &str| {
        let line = format!("Requires-Dist: {requirement}");
        metadata(what, Code::MetadataRequirement, |m| m.add(&line))
    };
    let classified = |what, code, classifier: &str| {
        let line = format!("Classifier: {classifier}");
        metadata(what, code, |m| m.add(&line))
    };
    let field = |what, text| line(what, Code::MetadataField, text);
    vec![
        metadata("the summary is longer than 512", Code::MetadataField, |m| {
            m.set(&long)
        }),
        metadata("the summary has two lines", Code::MetadataField, |m| {
            m.set("Summary: A wheel\n        for tests")
        }),
        metadata("the version is not valid", Code::MetadataField, |m| {
            m.set("Version: 1.0-banana")
        })
        .also(&[Code::MetadataName]),
        metadata("the name is not valid", Code::MetadataField, |m| {
            m.set("Name: -hello-")
        })
        .also(&[Code::MetadataName]),
        metadata(
            "Requires-Python is not a specifier",
            Code::MetadataField,
            |m| m.set("Requires-Python: three"),
        ),
        metadata("the description is HTML", Code::MetadataField, |m| {
            m.set("Description-Content-Type: text/html")
        })
        .or(Code::MetadataReadme),
        field(
            "a label is longer than 32",
            "Project-URL: The source code and the documentation, https://example.org",
        ),
        field("a URL has no label", "Project-URL: https://example.org"),
        field("a label has no URL", "Project-URL: Home,"),
        field(
            "a URL is a program",
            "Project-URL: Home, javascript:alert(1)",
        ),
        field("the home page is a word", "Home-page: example"),
        field(
            "an address is not valid",
            "Author-email: Ada Lovelace <ada at example>",
        ),
        field("an extra has no name", "Provides-Extra: -"),
        field("the name is dynamic", "Dynamic: Name"),
        field("something unknown is dynamic", "Dynamic: Summry"),
        requires("a dependency has an open bracket", "requests (>=2"),
        requires(
            "a dependency has no version behind its operator",
            "requests >=",
        ),
        requires(
            "a dependency has an unknown marker",
            "requests; platform == 'linux'",
        ),
        requires(
            "a dependency is a URL",
            "other @ https://example.org/other-1.0.whl",
        ),
        requires(
            "a dependency is a repository",
            "other @ git+https://example.org/other.git",
        ),
        classified(
            "a classifier is unknown",
            Code::MetadataClassifier,
            "Programming Language :: Zag",
        ),
        classified(
            "a classifier is private",
            Code::MetadataClassifier,
            "Private :: Do Not Upload",
        )
        .weighing(Severity::Warning),
        classified(
            "a classifier is deprecated",
            Code::MetadataDeprecated,
            "Natural Language :: Ukranian",
        ),
    ]
}

fn licenses() -> Vec<Case> {
    let expression =
        |what, line: &'static str| metadata(what, Code::MetadataLicense, |m| m.set(line));
    vec![
        line(
            "there is a License beside License-Expression",
            Code::MetadataLicense,
            "License: MIT",
        ),
        expression(
            "the licence is not an expression",
            "License-Expression: MIT and others",
        ),
        expression(
            "the licence is unknown",
            "License-Expression: MIT-and-a-half",
        ),
        expression(
            "the licence has no second half",
            "License-Expression: MIT OR",
        ),
        line(
            "a licence file is not there",
            Code::MetadataLicense,
            "License-File: LICENSE-APACHE",
        ),
        case(
            "a licence file is in the wrong folder",
            Code::MetadataLicense,
            PURE,
            |w| {
                w.file(&format!("{DIST}/LICENSE-APACHE"), "Apache License\n")
                    .metadata(|m| m.add("License-File: LICENSE-APACHE"))
            },
        ),
        line(
            "a licence file is outside",
            Code::MetadataLicense,
            "License-File: ../../LICENSE",
        ),
    ]
}

fn entry_points() -> Vec<Case> {
    let dead = |what, text: &'static str| {
        case(what, Code::DeadEntryPoint, PURE, |w| {
            w.file(&format!("{DIST}/entry_points.txt"), text)
        })
    };
    let text = |what, text: &'static [u8]| {
        case(what, Code::EntryPoints, PURE, |w| {
            w.file(&format!("{DIST}/entry_points.txt"), text)
        })
    };
    vec![
        dead(
            "a command's module is missing",
            "[console_scripts]\nhello = hello.cli:main\n",
        ),
        dead(
            "a plugin's module is missing",
            "[plugins]\nhello = hello.plugin\n",
        ),
        dead(
            "a command's package is missing",
            "[gui_scripts]\nhello = other:main\n",
        ),
        text("an entry point has no group", b"hello = hello:main\n"),
        text(
            "a group has no end",
            b"[console_scripts\nhello = hello:main\n",
        ),
        text(
            "an entry point stands for nothing",
            b"[console_scripts]\nhello =\n",
        ),
        text("an entry point has no `=`", b"[console_scripts]\nhello\n"),
        text(
            "a script names no function",
            b"[console_scripts]\nhello = hello\n",
        ),
        text(
            "a script is a path",
            b"[console_scripts]\nhello = hello/main.py:main\n",
        ),
        text(
            "a script's module is not a name",
            b"[gui_scripts]\nhello = hello.2nd:main\n",
        ),
        text(
            "a script is there twice",
            b"[console_scripts]\na = hello:b\na = hello:c\n",
        ),
        text(
            "entry points are not UTF-8",
            b"[console_scripts]\nh\xe9llo = hello:main\n",
        ),
    ]
}

/// Names of commands that lead elsewhere or replace something.
fn commands() -> Vec<Case> {
    let commands = [
        ("leads out of its folder", "../../evil"),
        ("is absolute", "/etc/evil"),
        ("leads out on Windows", "..\\..\\evil"),
        ("is the folder above", ".."),
        ("has a drive", "C:evil"),
        ("has a space", "a b"),
        ("has a space without width", "a\u{200b}b"),
        ("has a joiner without width", "a\u{200d}b"),
        ("is a pattern", "a*b"),
        ("colors the terminal", "\x1b[31mx"),
        ("changes the direction of text", "a\u{202e}b"),
        ("is a device", "nul"),
        ("is a device with an ending", "con.txt"),
        ("ends with a dot", "evil."),
        ("is an interpreter", "python"),
        ("is an interpreter on Windows", "Python3.exe"),
        ("activates the environment", "activate.fish"),
    ];
    let commands = commands.map(|(what, name)| {
        case(
            &format!("a command {what}"),
            Code::ScriptName,
            PURE,
            move |w| {
                let text = format!("[gui_scripts]\n{name} = hello:main\n");
                w.file(&format!("{DIST}/entry_points.txt"), text)
            },
        )
    });
    let longest = case(
        "a command is longer than a name may be",
        Code::ScriptName,
        PURE,
        |w| {
            let text = format!("[console_scripts]\n{} = hello:main\n", "a".repeat(252));
            w.file(&format!("{DIST}/entry_points.txt"), text)
        },
    );
    let pip = case("a command replaces pip", Code::ScriptName, PURE, |w| {
        w.file(
            &format!("{DIST}/entry_points.txt"),
            "[console_scripts]\npip3 = hello:main\n",
        )
    })
    .weighing(Severity::Warning);
    commands.into_iter().chain([longest, pip]).collect()
}
