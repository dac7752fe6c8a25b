//! Paths that not every system unpacks to the place that they name.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, PURE, WINDOWS_NONE, case};
use super::controls::{Control, good};
use super::wheel::INIT;
use super::zip::UNIX;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = outside();
    cases.extend(names());
    cases.extend(reserved());
    cases.extend(pairs());
    cases.extend(kinds());
    cases.extend(on_linux());
    cases
}

/// Paths that only the systems of other wheels refuse.
fn on_linux() -> Vec<Case> {
    let path = |what, code, path: &'static str| {
        case(what, code, LINUX, move |w| w.file(path, "x\n")).weighing(Severity::Warning)
    };
    let pair = |what, code, first: &'static str, second: &'static str| {
        case(what, code, LINUX, move |w| {
            w.file(first, "1\n").file(second, "2\n")
        })
        .weighing(Severity::Warning)
    };
    vec![
        path(
            "a path for Linux has a colon",
            Code::PathCharacter,
            "hello/10:30.txt",
        ),
        path(
            "a path for Linux begins as with a drive",
            Code::PathAbsolute,
            "C:hello.txt",
        )
        .also(&[Code::TopLevelFile, Code::ManyTopLevel]),
        path(
            "a path for Linux has a backslash",
            Code::PathCharacter,
            "hello/a\\b.txt",
        ),
        path(
            "a path for Linux is a device on Windows",
            Code::PathReserved,
            "hello/aux.txt",
        ),
        path(
            "a path for Linux ends in a dot",
            Code::PathReserved,
            "hello/etc.",
        ),
        pair(
            "names for Linux differ in case",
            Code::PathCollision,
            "hello/x",
            "hello/X",
        ),
        pair(
            "names for Linux differ in composition",
            Code::PathCollision,
            "hello/\u{e9}.txt",
            "hello/e\u{301}.txt",
        ),
        pair(
            "a file for Linux is a folder if case is ignored",
            Code::PathFileAndFolder,
            "hello/Data",
            "hello/data/a.txt",
        ),
        case(
            "a name for Windows has more bytes than characters",
            Code::PathCharacter,
            WINDOWS_NONE,
            |w| w.file(&format!("hello/{}.txt", "\u{65e5}".repeat(90)), "x\n"),
        )
        .weighing(Severity::Warning),
        case(
            "a file is below 101 folders",
            Code::PathCharacter,
            PURE,
            |w| w.file(&format!("hello{}/a.txt", "/d".repeat(101)), "x\n"),
        )
        .weighing(Severity::Warning),
    ]
}

/// Good paths that look alike.
pub(super) fn controls() -> Vec<Control> {
    vec![
        good("a path has 3,900 bytes", LINUX, |w| {
            w.file(
                &format!("hello/{}a.txt", format!("{}/", "d".repeat(129)).repeat(30)),
                "x\n",
            )
        }),
        good("a name has 255 bytes and an emoji", PURE, |w| {
            w.file(&format!("hello/{}\u{1f600}.txt", "a".repeat(247)), "x\n")
        }),
        good("names have letters that look alike", PURE, |w| {
            w.file("hello/a.txt", "1\n")
                .file("hello/\u{430}.txt", "2\n")
                .file("hello/\u{2764}\u{fe0f}.txt", "3\n")
        }),
    ]
}

/// A file of this path; RECORD lists it.
fn path(what: &str, code: Code, path: &'static str) -> Case {
    // RECORD lists such a path too, and it lies beside the package.
    let unavoidable = [
        Code::RecordPath,
        Code::NotImportable,
        Code::TopLevelFile,
        Code::ManyTopLevel,
    ];
    case(what, code, PURE, |w| w.file(path, "x = 1\n")).also(&unavoidable)
}

fn outside() -> Vec<Case> {
    vec![
        path(
            "a path leads out of the folder",
            Code::PathTraversal,
            "../evil.py",
        ),
        path(
            "a path leads out by a detour",
            Code::PathTraversal,
            "hello/../../evil.py",
        ),
        path(
            "a path leads back into the folder",
            Code::PathTraversal,
            "hello/../hello/evil.py",
        ),
        path(
            "a path leads out on Windows",
            Code::PathTraversal,
            "..\\evil.py",
        )
        .or(Code::PathCharacter),
        path("a path is absolute", Code::PathAbsolute, "/etc/evil.py"),
        path(
            "a path is a share on the network",
            Code::PathAbsolute,
            "//server/share/evil.py",
        ),
        path("a path has a drive", Code::PathAbsolute, "C:/evil.py"),
        path(
            "a path is relative to a drive's folder",
            Code::PathAbsolute,
            "C:evil.py",
        ),
    ]
}

fn names() -> Vec<Case> {
    vec![
        path(
            "a path has a backslash",
            Code::PathCharacter,
            "hello\\evil.py",
        ),
        path(
            "a path has a colon, a stream on Windows",
            Code::PathCharacter,
            "hello/data.txt:evil",
        ),
        path(
            "a path has a line break",
            Code::PathCharacter,
            "hello/e\nvil.txt",
        ),
        path(
            "a path colours the terminal",
            Code::PathCharacter,
            "hello/\x1b[31mevil.txt",
        ),
        path(
            "a path has a zero",
            Code::PathCharacter,
            "hello/evil.txt\0.py",
        ),
        path(
            "a path has a DEL",
            Code::PathCharacter,
            "hello/evil\x7f.txt",
        ),
        path(
            "a path changes the direction of text",
            Code::PathCharacter,
            "hello/a\u{202e}txt.py",
        ),
        path(
            "a path isolates text",
            Code::PathCharacter,
            "hello/a\u{2067}b.txt",
        ),
        path(
            "a path has a space without width",
            Code::PathCharacter,
            "hello/a\u{200b}b.txt",
        ),
        path(
            "a path has a joiner without width",
            Code::PathCharacter,
            "hello/a\u{200d}b.txt",
        ),
        path(
            "a path has a character for private use",
            Code::PathCharacter,
            "hello/\u{e0b0}.txt",
        ),
        path(
            "a path has a separator of lines",
            Code::PathCharacter,
            "hello/a\u{2028}::error.txt",
        ),
        path(
            "a name has a character that Windows does not allow",
            Code::PathCharacter,
            "hello/what?.txt",
        ),
        case(
            "a name in a wheel for Linux has a character that Windows does not allow",
            Code::PathCharacter,
            LINUX,
            |w| w.file("hello/a|b.txt", "x = 1\n"),
        )
        .weighing(Severity::Warning),
        case(
            "a name is longer than file systems allow",
            Code::PathCharacter,
            PURE,
            |w| w.file(&format!("hello/{}.txt", "a".repeat(252)), "x = 1\n"),
        ),
        case(
            "a path is longer than 4,000 bytes",
            Code::PathCharacter,
            PURE,
            |w| {
                let folders = format!("{}/", "d".repeat(199)).repeat(20);
                w.file(&format!("hello/{folders}a.txt"), "x = 1\n")
            },
        ),
        case(
            "a name for Windows has 256 characters",
            Code::PathCharacter,
            WINDOWS_NONE,
            |w| w.file(&format!("hello/{}.txt", "\u{e9}".repeat(252)), "x = 1\n"),
        ),
    ]
}

/// Names that Windows reserves or changes.
fn reserved() -> Vec<Case> {
    vec![
        path(
            "a file is called as a device",
            Code::PathReserved,
            "hello/nul",
        ),
        path(
            "a file is called as a device with an ending",
            Code::PathReserved,
            "hello/con.txt",
        ),
        path(
            "a folder is called as a device",
            Code::PathReserved,
            "hello/aux/data.txt",
        ),
        path(
            "a file is called as a port",
            Code::PathReserved,
            "hello/COM1.dat",
        ),
        path(
            "a file is called as a printer, with small three",
            Code::PathReserved,
            "hello/lpt\u{b3}.txt",
        ),
        path("a name ends in a dot", Code::PathReserved, "hello/data."),
        path(
            "a name ends in a space",
            Code::PathReserved,
            "hello/data.txt ",
        ),
        path(
            "the name of a folder ends in a dot",
            Code::PathReserved,
            "hello/data./a.txt",
        ),
    ]
}

fn pairs() -> Vec<Case> {
    let pair = |what, code, first: &'static str, second: &'static str| {
        case(what, code, PURE, move |w| {
            w.file(first, "first\n").file(second, "second\n")
        })
    };
    vec![
        pair(
            "names differ in case",
            Code::PathCollision,
            "hello/data.txt",
            "hello/Data.txt",
        ),
        pair(
            "folders differ in case",
            Code::PathCollision,
            "hello/data/a.txt",
            "hello/DATA/a.txt",
        ),
        pair(
            "names differ in composition",
            Code::PathCollision,
            "hello/d\u{e9}j\u{e0}.txt",
            "hello/de\u{301}ja\u{300}.txt",
        ),
        pair(
            "names differ in case beyond ASCII",
            Code::PathCollision,
            "hello/\u{e9}t\u{e9}.txt",
            "hello/\u{c9}T\u{c9}.txt",
        ),
        pair(
            "a file is also a folder",
            Code::PathFileAndFolder,
            "hello/data",
            "hello/data/a.txt",
        ),
        pair(
            "a file is also a folder if case is ignored",
            Code::PathFileAndFolder,
            "hello/Data",
            "hello/data/a.txt",
        ),
    ]
}

fn kinds() -> Vec<Case> {
    let mode = |what, code, mode| {
        case(what, code, PURE, move |w| {
            w.entry(INIT, move |e| e.mode(mode))
        })
    };
    vec![
        case(
            "a file is a symbolic link",
            Code::PathNotRegular,
            PURE,
            |w| {
                w.file("hello/link", "/etc/passwd")
                    .entry("hello/link", |e| e.mode(0o120_777))
            },
        ),
        case(
            "a file made on macOS is a symbolic link",
            Code::PathNotRegular,
            PURE,
            |w| {
                w.file("hello/link", "../../evil").entry("hello/link", |e| {
                    e.mode(0o120_777);
                    e.made_by = 19 << 8 | UNIX & 0xff;
                })
            },
        ),
        mode("a file is a pipe", Code::PathNotRegular, 0o010_644),
        mode("a file is a device", Code::PathNotRegular, 0o020_644),
        mode("a file is a disk", Code::PathNotRegular, 0o060_644),
        mode("a file is a socket", Code::PathNotRegular, 0o140_644),
        mode(
            "a file is marked as a folder",
            Code::PathNotRegular,
            0o040_755,
        ),
        mode("a file is setuid", Code::PathMode, 0o104_755),
        mode("a file is setgid", Code::PathMode, 0o102_755),
        mode("a file is sticky", Code::PathMode, 0o101_644),
    ]
}
