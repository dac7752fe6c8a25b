//! Members of source distributions: their paths, their types and where links lead.

use pyz3_wheel::audit::{Code, Severity};
use tar::EntryType;

use super::sdist::Sdist;
use super::sdists::{Case, case, error, good, member, symlink, warning};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = folders();
    cases.extend(kinds());
    cases.extend(paths());
    cases.extend(links());
    cases.extend(contents());
    cases
}

fn folders() -> Vec<Case> {
    vec![
        warning(
            "a folder of another name",
            Code::SdistFolder,
            good().in_folder("hello"),
        ),
        error(
            "two folders",
            Code::SdistFolder,
            member("other/x.py", EntryType::Regular),
        ),
        error(
            "a file beside the folder",
            Code::SdistFolder,
            member("setup.py", EntryType::Regular),
        ),
        error(
            "no files",
            Code::SdistFolder,
            Sdist {
                members: Vec::new(),
                ..good()
            },
        ),
    ]
}

/// Members that are no files, folders or links, and permissions.
fn kinds() -> Vec<Case> {
    let pipe = EntryType::Fifo;
    vec![
        case("a pipe", Code::PathNotRegular, member("hello-1.0/x", pipe)),
        case(
            "a device",
            Code::PathNotRegular,
            member("hello-1.0/x", EntryType::Char),
        ),
        case(
            "an unknown type",
            Code::PathNotRegular,
            member("hello-1.0/x", EntryType::new(b'Z')),
        ),
        warning(
            "setuid",
            Code::PathMode,
            good().member("hello-1.0/x", EntryType::Regular, |member| {
                member.mode = 0o4755;
            }),
        ),
    ]
}

fn paths() -> Vec<Case> {
    vec![
        case(
            "up and out",
            Code::PathTraversal,
            member("hello-1.0/../../x", EntryType::Regular),
        ),
        case(
            "the current folder",
            Code::PathTraversal,
            good().in_folder("./hello-1.0"),
        ),
        case(
            "absolute",
            Code::PathAbsolute,
            member("/hello-1.0/x", EntryType::Regular),
        ),
        case(
            "a backslash",
            Code::PathCharacter,
            member("hello-1.0/a\\b", EntryType::Regular),
        ),
        case(
            "a question mark",
            Code::PathCharacter,
            member("hello-1.0/a?", EntryType::Regular),
        ),
        case(
            "not UTF-8",
            Code::PathCharacter,
            good().member("hello-1.0/x", EntryType::Regular, |member| {
                member.pax = vec![("path", b"hello-1.0/\xff".to_vec())];
            }),
        ),
        case(
            "a device of Windows",
            Code::PathReserved,
            member("hello-1.0/aux.py", EntryType::Regular),
        ),
        case(
            "only case differs",
            Code::PathCollision,
            member("hello-1.0/license", EntryType::Regular),
        ),
        case(
            "a file and a folder",
            Code::PathFileAndFolder,
            member("hello-1.0/LICENSE/x", EntryType::Regular),
        ),
        case(
            "a file behind a link",
            Code::PathFileAndFolder,
            good()
                .link("lib", EntryType::Symlink, "src")
                .file("lib/x.py", ""),
        ),
        case(
            "twice",
            Code::SdistDuplicate,
            member("hello-1.0/LICENSE", EntryType::Regular),
        ),
    ]
}

fn links() -> Vec<Case> {
    let link = EntryType::Link;
    vec![
        case("an absolute link", Code::SdistLink, symlink("/etc/passwd")),
        case("a link with a drive", Code::SdistLink, symlink("C:/x")),
        case("a link that leads out", Code::SdistLink, symlink("../../x")),
        case(
            "a link down and up",
            Code::SdistLink,
            symlink("a/../../src"),
        ),
        case(
            "a hard link to nothing",
            Code::SdistLink,
            good().link("x", link, "hello-1.0/gone"),
        ),
        case(
            "a hard link to a file behind it",
            Code::SdistLink,
            good().link("x", link, "hello-1.0/y").file("y", ""),
        ),
        case(
            "an absolute hard link",
            Code::SdistLink,
            good().link("x", link, "/etc/passwd"),
        ),
    ]
}

/// Files that do not belong in a package.
fn contents() -> Vec<Case> {
    vec![
        case(
            "bytecode",
            Code::Bytecode,
            good().file("src/__pycache__/a.cpython-312.pyc", ""),
        ),
        case(
            "a checkout",
            Code::SdistCheckout,
            good().file(".git/config", "").file(".git/HEAD", ""),
        ),
        case(
            "a checkout below",
            Code::SdistCheckout,
            good().file("vendor/x/.hg/store", ""),
        ),
        case("a password", Code::SecretFile, good().file(".pypirc", "")),
        case(
            "an environment",
            Code::SecretFile,
            good().file("deploy/.env.production", ""),
        ),
        (
            "a password for tests",
            Code::SecretFile,
            Severity::Note,
            good().file("tests/data/.netrc", ""),
        ),
        case(
            "a folder of keys",
            Code::SecretFile,
            good().file(".ssh/config", "").file(".ssh/x", ""),
        ),
    ]
}
