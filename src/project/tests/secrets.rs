//! Files of credentials, which neither wheel nor sdist has.

use super::Folder;
use crate::project::Files;

const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";

/// What is in the wheel and in the sdist of a project that has credentials, and the notes.
fn packed(more: &str) -> (Vec<String>, Vec<String>, String) {
    let folder = Folder::minimal(&format!("[tool.pyz3-wheel]\n{more}"))
        .with("x/__init__.py", "")
        .with("x/.env", "")
        .with("x/tls.pem", KEY)
        .with("x/ca.pem", "-----BEGIN CERTIFICATE-----\n")
        .with(".env.example", "")
        .with(".pypirc", "")
        .with(".ssh/known_hosts", "");
    let files = folder.load().unwrap().files().unwrap();
    let names =
        |list: &[crate::project::PackageFile]| list.iter().map(|file| file.path.clone()).collect();
    let sdist = names(files.sdist().unwrap());
    (names(&files.wheel), sdist, files.notes.join("\n"))
}

#[test]
fn credentials_are_packed_only_where_include_names_them() {
    // A pattern of a folder around a file does not name the file, and neither does one of everything.
    for more in ["", "include = [\"/x/\"]\n", "include = [\"*\"]\n"] {
        let (wheel, sdist, notes) = packed(more);
        assert_eq!(wheel, ["x/__init__.py", "x/ca.pem"], "{more}");
        let expected = [
            ".env.example",
            "pyproject.toml",
            "x/__init__.py",
            "x/ca.pem",
        ];
        assert_eq!(sdist, expected, "{more}");
        assert!(
            notes.contains("not packed: .pypirc, .ssh/, x/.env, x/tls.pem (may hold passwords"),
            "{notes}"
        );
    }
    let (wheel, sdist, notes) = packed("include = [\"/x/*.pem\", \".ssh/\"]\n");
    assert_eq!(wheel, ["x/__init__.py", "x/ca.pem", "x/tls.pem"]);
    assert!(sdist.contains(&".ssh/known_hosts".to_owned()), "{sdist:?}");
    assert!(
        notes.contains("not packed: .pypirc, x/.env (may"),
        "{notes}"
    );
}

#[test]
fn what_git_ignores_or_exclude_names_is_not_spoken_of() {
    let folder = Folder::minimal("[tool.pyz3-wheel]\nexclude = [\".netrc\"]\n")
        .with("x/__init__.py", "")
        .with(".gitignore", ".env\n")
        .with(".env", "")
        .with(".netrc", "");
    let files = folder.load().unwrap().files().unwrap();
    assert_eq!(files.notes, [""; 0]);
    // A wheel has none of these anyway.
    let folder = folder.with(".pypirc", "").with("x/server.key", KEY);
    let project = folder.load().unwrap();
    let Files { wheel, notes, .. } = project.wheel_files(&project.output_dir()).unwrap();
    assert_eq!(wheel.len(), 1);
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].starts_with("not packed: x/server.key (may"),
        "{notes:?}"
    );
}
