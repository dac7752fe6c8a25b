//! Archives that readers disagree about, or that indexes refuse.

use pyz3_wheel::audit::{Code, Severity};

use super::bytes::Bytes;
use super::case::{Case, PURE};
use super::wheel::{INIT, Wheel};
use super::zip::{Entry, Zip};

/// A file that is deflated.
pub(super) const DATA: &str = "hello/data.txt";

pub(super) fn case(what: &str, code: Code, break_it: impl FnOnce(Wheel) -> Wheel) -> Case {
    super::case::case(what, code, PURE, |w| {
        break_it(w.file(DATA, "hello, ".repeat(100)))
    })
}

/// Something was done to the archive as a whole.
fn zip(what: &str, code: Code, edit: impl FnOnce(&mut Zip) + 'static) -> Case {
    case(what, code, |w| w.zip(edit))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = ends();
    cases.extend(end_records());
    cases.extend(layout());
    cases
}

fn ends() -> Vec<Case> {
    vec![
        case("the file is text", Code::NotAZip, |w| {
            w.bytes(|bytes| *bytes = b"<html>404 Not Found</html>\n".to_vec())
        }),
        case("the file is empty", Code::NotAZip, |w| w.bytes(Vec::clear)),
        case("the file has an end record cut short", Code::NotAZip, |w| {
            w.bytes(|bytes| bytes.truncate(bytes.len() - 1))
        }),
        case("the file has local headers only", Code::NotAZip, |w| {
            w.bytes(|bytes| {
                let directory = bytes.windows(4).position(|at| at == b"PK\x01\x02");
                bytes.truncate(directory.unwrap());
            })
        }),
        zip(
            "a script is before the archive, and no place counts it",
            Code::ZipPrefix,
            |z| {
                z.prefix = b"#!/bin/sh\necho hello\n".to_vec();
            },
        ),
        zip(
            "a script is before the archive, and all places count it",
            Code::ZipPrefix,
            |z| {
                z.entries[0].before = b"#!/bin/sh\necho hello\n".to_vec();
            },
        ),
        zip("bytes follow the archive", Code::ZipTrailing, |z| {
            z.trailing = b"\n".to_vec();
        }),
        zip("the archive is there twice", Code::ZipTrailing, |z| {
            z.trailing = Wheel::of(PURE).pack().1;
        })
        .or(Code::ZipPrefix),
        zip("the archive has a comment", Code::ZipComment, |z| {
            z.comment = b"made by hand".to_vec();
        }),
        zip("the archive has a long comment", Code::ZipComment, |z| {
            z.comment = vec![b'x'; 65_535];
        }),
        zip(
            "the comment looks like the end of an archive",
            Code::NotAZip,
            |z| z.comment = b"hidden PK\x05\x06 and more".to_vec(),
        ),
        zip(
            "the archive has another in its comment",
            Code::ZipComment,
            |z| {
                z.comment = Wheel::of(PURE).pack().1;
            },
        )
        .or(Code::ZipPrefix)
        .weighing(Severity::Error),
    ]
}

/// What the end record says of the directory.
fn end_records() -> Vec<Case> {
    vec![
        zip(
            "the end record has an entry too many",
            Code::ZipDirectory,
            |z| {
                z.end(|end| {
                    end.entries += 1;
                    end.entries_here += 1;
                });
            },
        ),
        zip(
            "the end record has an entry too few",
            Code::ZipDirectory,
            |z| {
                z.end(|end| {
                    end.entries -= 1;
                    end.entries_here -= 1;
                });
            },
        ),
        zip(
            "the end record has two numbers of entries",
            Code::ZipDirectory,
            |z| {
                z.end(|end| end.entries_here -= 1);
            },
        ),
        zip(
            "the end record is of another disk",
            Code::ZipDirectory,
            |z| {
                z.end(|end| end.disk = 1);
            },
        ),
        zip(
            "the directory is longer than the end record says",
            Code::ZipDirectory,
            |z| {
                z.end(|end| end.size -= 1);
            },
        ),
        zip(
            "the directory is shorter than the end record says",
            Code::ZipDirectory,
            |z| {
                z.end(|end| end.size += 1);
            },
        ),
        zip(
            "bytes are between the directory and its end record",
            Code::ZipDirectory,
            |z| {
                z.before_end = b"hidden".to_vec();
            },
        )
        .or(Code::ZipHidden)
        .or(Code::ZipPrefix),
        zip(
            "the large end record has data of its own",
            Code::ZipDirectory,
            |z| {
                z.zip64 = true;
                z.end_data = vec![0; 8];
            },
        ),
        zip(
            "both end records have numbers, and the large one has data of its own",
            Code::ZipDirectory,
            |z| {
                (z.zip64, z.both_ends) = (true, true);
                z.end_data = b"hello".to_vec();
            },
        ),
        zip(
            "the large end record has an entry too many",
            Code::ZipDirectory,
            |z| {
                z.zip64 = true;
                z.end(|end| {
                    end.entries += 1;
                    end.entries_here += 1;
                });
            },
        ),
    ]
}

fn layout() -> Vec<Case> {
    vec![
        case("a file is in no directory", Code::ZipHidden, |w| {
            w.file("hello/ghost.py", "import os\n")
                .unlisted("hello/ghost.py")
                .entry("hello/ghost.py", |e| e.listed = false)
        }),
        zip("bytes are between two entries", Code::ZipHidden, |z| {
            z.entry(DATA).before = b"hidden".to_vec();
        }),
        zip("bytes are before the directory", Code::ZipHidden, |z| {
            z.before_directory = b"hidden".to_vec();
        }),
        case(
            "an entry lies within the data of another",
            Code::ZipOverlap,
            |w| {
                let inner = Entry::new("hello/inner.py", b"inner = 1\n");
                w.file("hello/outer.bin", inner.bytes())
                    .file("hello/inner.py", "inner = 1\n")
                    .zip(|z| {
                        let outer = z.entry("hello/outer.bin");
                        let outer = Entry::stored("hello/outer.bin", &outer.unpacked());
                        z.entries.retain(|e| e.central.name != outer.central.name);
                        // The outer one comes first, so that the inner one's place is known.
                        let place = 30 + outer.central.name.len();
                        z.entries.insert(0, outer);
                        let inner = z.entry("hello/inner.py");
                        inner.written = false;
                        inner.at = Some(place.try_into().unwrap());
                    })
            },
        ),
        case("two entries are one piece of data", Code::ZipOverlap, |w| {
            w.file("hello/a.txt", "one\n")
                .file("hello/b.txt", "one\n")
                .zip(|z| {
                    // Behind the first entry of all, so that its place is known.
                    let size = z.entries[0].bytes().len();
                    let first = z.entry("hello/a.txt").clone();
                    z.entries.retain(|e| e.central.name != first.central.name);
                    z.entries.insert(1, first);
                    let second = z.entry("hello/b.txt");
                    second.written = false;
                    second.at = Some(size.try_into().unwrap());
                })
        })
        .also(&[Code::ZipHeaders, Code::DuplicateFiles, Code::ZipDamaged]),
        zip("a file is there twice", Code::ZipDuplicate, |z| {
            let again = z.entry(INIT).clone();
            z.entries.insert(0, again);
        }),
        zip(
            "a file is there twice with other contents",
            Code::ZipDuplicate,
            |z| {
                z.entries.insert(0, Entry::new(INIT, b"import os\n"));
            },
        )
        .also(&[Code::RecordHash, Code::RecordSize]),
        zip("an empty folder has an entry", Code::ZipFolder, |z| {
            let mut folder = Entry::stored("hello/empty/", b"");
            folder.attributes = 0o040_755 << 16 | 0x10;
            z.entries.insert(0, folder);
        }),
        zip("the folder for libraries is empty", Code::ZipFolder, |z| {
            let mut folder = Entry::stored("hello.libs/", b"");
            folder.attributes = 0o040_755 << 16 | 0x10;
            z.entries.insert(0, folder);
        })
        .weighing(Severity::Note),
        zip(
            "the archive has more than 100,000 entries",
            Code::ZipTooLarge,
            |z| {
                z.zip64 = true;
                let empty = Entry::stored("", b"");
                z.entries = (0..=200_000)
                    .map(|number| {
                        let mut entry = empty.clone();
                        entry.both(|header| header.name = format!("a/{number}").into_bytes());
                        entry
                    })
                    .collect();
            },
        ),
        case(
            "the archive has a directory of more than 32 MiB",
            Code::ZipTooLarge,
            |w| {
                w.bytes(|bytes| {
                    let size: u32 = (32 << 20) + 1;
                    let mut out = Bytes::little();
                    out.to(size.try_into().unwrap()).raw(b"PK\x05\x06").u32(0);
                    out.u16(1).u16(1).u32(size).u32(0).u16(0);
                    *bytes = out.done();
                })
            },
        ),
        case("METADATA has more than 4 MiB", Code::ZipTooLarge, |w| {
            w.description(&"a long line of no interest at all\n".repeat(128 << 10))
        }),
    ]
}
