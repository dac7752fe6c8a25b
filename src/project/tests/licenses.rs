//! `license` and `license-files`.

use super::Folder;

const LICENSE: [&str; 3] = ["License", "License-Expression", "License-File"];

#[test]
fn expressions_are_normalised() {
    for (written, normalised) in [
        ("MIT", "MIT"),
        ("mit", "MIT"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        (
            "MIT AND (Apache-2.0 or bsd-2-clause)",
            "MIT AND (Apache-2.0 OR BSD-2-Clause)",
        ),
        ("( MIT )", "(MIT)"),
        (
            "apache-2.0 with llvm-exception",
            "Apache-2.0 WITH LLVM-exception",
        ),
        (
            "GPL-2.0-or-later with classpath-exception-2.0",
            "GPL-2.0-or-later WITH Classpath-exception-2.0",
        ),
        ("MPL-1.1+", "MPL-1.1+"),
        ("licenseref-My.Own-1", "LicenseRef-My.Own-1"),
    ] {
        let folder = Folder::minimal(&format!("license = \"{written}\"\n"));
        assert_eq!(
            folder.headers(&LICENSE),
            [format!("License-Expression: {normalised}")]
        );
        assert!(folder.metadata().starts_with("Metadata-Version: 2.4\n"));
        assert!(
            folder.load().unwrap().metadata.notes().is_empty(),
            "{written}"
        );
    }
}

#[test]
fn deprecated_identifiers_are_noted() {
    for written in ["GPL-3.0", "GPL-2.0+", "agpl-3.0 OR MIT"] {
        let folder = Folder::minimal(&format!("license = \"{written}\"\n"));
        let notes = folder.load().unwrap().metadata.notes().to_vec();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].starts_with("pyproject.toml:4:1: project.license: SPDX has deprecated"));
    }
}

#[test]
fn what_is_no_expression_is_refused() {
    for (written, words) in [
        ("MITT", "`MITT` is not an SPDX license identifier"),
        ("MIT License", "`License` is not an SPDX license identifier"),
        ("MIT AND", "is not an SPDX license expression"),
        ("MIT Apache-2.0", "is not an SPDX license expression"),
        ("MIT/Apache-2.0", "is not an SPDX license identifier"),
        ("(MIT", "is not an SPDX license expression"),
        ("()", "is not an SPDX license expression"),
        ("MIT WITH MIT", "`MIT` is not an SPDX license exception"),
        ("LicenseRef-", "is not an SPDX license identifier"),
        ("LicenseRef-a_b", "is not an SPDX license identifier"),
        (
            "DocumentRef-a:LicenseRef-b",
            "is not an SPDX license identifier",
        ),
        ("", "must not be empty"),
        ("MIT\\nAuthor: me", "must be one line"),
    ] {
        Folder::minimal(&format!("license = \"{written}\"\n")).refused(words);
    }
    Folder::minimal("license = 1\n").refused("must be an SPDX expression");
}

#[test]
fn the_old_tables_become_folded_text() {
    let text = Folder::minimal("license = { text = \"MIT\" }\n");
    assert_eq!(text.headers(&LICENSE), ["License: MIT"]);
    assert!(text.metadata().starts_with("Metadata-Version: 2.1\n"));
    let file = Folder::minimal("license = { file = \"LIC.txt\" }\n")
        .with("LIC.txt", "One\r\n\r\n  two\nAuthor: evil\n");
    assert_eq!(
        file.metadata().lines().skip(3).collect::<Vec<_>>(),
        [
            "License: One",
            "        ",
            "          two",
            "        Author: evil"
        ]
    );
    let table = |inside: &str| Folder::minimal(&format!("license = {{ {inside} }}\n"));
    table("").refused("has neither file nor text");
    table("file = \"a\", text = \"b\"").refused("has both file and text");
    table("file = \"a\"").refused("a` does not exist");
    table("text = \"a\\u000bAuthor: evil\"").refused("without control characters");
    table("text = \" \"").refused("without control characters");
    table("text = \"a\", expression = \"b\"").refused("expression: unknown key");
}

#[test]
fn files_are_found_by_the_default_patterns() {
    let folder = Folder::minimal("")
        .with("LICENSE", "")
        .with("LICENCE.md", "")
        .with("COPYING.LESSER", "")
        .with("AUTHORS", b"\xe9")
        .with("NOTICE.txt", "")
        .with("LICENSES/MIT.txt", "")
        .with("sub/LICENSE", "")
        .with("license.rst", "");
    assert_eq!(
        folder.headers(&LICENSE),
        [
            "License-File: AUTHORS",
            "License-File: COPYING.LESSER",
            "License-File: LICENCE.md",
            "License-File: LICENSE",
            "License-File: NOTICE.txt",
        ]
    );
    let metadata = folder.load().unwrap().metadata;
    assert!(metadata.render().starts_with("Metadata-Version: 2.4\n"));
    assert!(metadata.notes()[0].contains("is not valid UTF-8"));
    assert!(
        metadata
            .license_files()
            .iter()
            .all(|file| file.source.is_file())
    );
}

#[test]
fn files_are_found_by_patterns_each_once() {
    let found = |patterns: &str| {
        Folder::minimal(&format!("license-files = {patterns}\n"))
            .with("LICENSE", "")
            .with("a/LICENSE.md", "")
            .with("a/b/LICENSE", "")
            .with("a/b1.txt", "")
            .with("a/d1.txt", "")
            .with("dist/LICENSE", "")
            .with("zig-out/LICENSE", "")
            .headers(&LICENSE)
    };
    assert_eq!(found("[]"), [""; 0]);
    assert_eq!(
        found("[\"**/LICENSE*\", \"LICENSE\"]"),
        [
            "License-File: LICENSE",
            "License-File: a/LICENSE.md",
            "License-File: a/b/LICENSE",
        ]
    );
    assert_eq!(found("[\"a/[a-c]?.txt\"]"), ["License-File: a/b1.txt"]);
    assert_eq!(found("[\"LICENSE*\"]"), ["License-File: LICENSE"]);
}

#[test]
fn patterns_beyond_the_standard_are_refused() {
    for (pattern, words) in [
        ("none*", "`none*` matches no file"),
        ("a", "`a` matches no file"),
        ("../x", "leads out of the project"),
        ("a/../x", "leads out of the project"),
        ("/etc/passwd", "leads out of the project"),
        ("a\\\\b", "has the character `\\`"),
        ("{a,b}", "has the character `{`"),
        ("[!a]", "has the character `!`"),
        ("[a", "is not a pattern"),
        ("", "must not be empty"),
    ] {
        Folder::minimal(&format!("license-files = [\"{pattern}\"]\n"))
            .with("a/b", "")
            .refused(words);
    }
    Folder::minimal("license-files = [\"L\"]\n")
        .with("L", b"\xe9")
        .refused("is not valid UTF-8");
    Folder::minimal("license-files = [\"L\"]\nlicense = { text = \"MIT\" }\n")
        .with("L", "")
        .refused("cannot be combined with a license that is a table");
}

#[test]
fn a_classifier_that_repeats_the_licence_is_noted() {
    let classifiers = "classifiers = [\n\"Programming Language :: Zig\",\n\
                       \"License :: OSI Approved :: MIT License\"]\n";
    let folder = Folder::minimal(&format!("license = \"MIT\"\n{classifiers}"));
    let notes = folder.load().unwrap().metadata.notes().to_vec();
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("pyproject.toml:7:1: `License :: OSI Approved :: MIT License`"));
    let old = Folder::minimal(&format!("license = {{ text = \"MIT\" }}\n{classifiers}"));
    assert!(old.load().unwrap().metadata.notes().is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_counts_if_it_stays_in_the_project() {
    use std::os::unix::fs::symlink;

    let outside = Folder::empty().with("LICENSE", "");
    let folder = Folder::minimal("").with("legal/text", "");
    symlink("legal/text", folder.path().join("LICENSE")).unwrap();
    symlink(
        outside.path().join("LICENSE"),
        folder.path().join("COPYING"),
    )
    .unwrap();
    symlink("nowhere", folder.path().join("NOTICE")).unwrap();
    assert_eq!(folder.headers(&LICENSE), ["License-File: LICENSE"]);
}
