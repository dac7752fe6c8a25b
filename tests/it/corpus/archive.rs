//! Archives that readers disagree about, or that indexes refuse.

use pyz3_wheel::audit::Code;

use super::bytes::Bytes;
use super::case::{Case, PURE};
use super::wheel::{DIST, INIT, Wheel};
use super::zip::{self, Entry, ENCRYPTED, Zip, crc, extra};

/// A file that is deflated.
const DATA: &str = "hello/data.txt";
/// Info-ZIP's second name.
const UNICODE_PATH: u16 = 0x7075;
const ZIP64: u16 = 1;

fn case(what: &str, code: Code, break_it: impl FnOnce(Wheel) -> Wheel) -> Case {
    super::case::case(what, code, PURE, |w| {
        break_it(w.file(DATA, "hello, ".repeat(100)))
    })
}

/// Something was done to the archive as a whole.
fn zip(what: &str, code: Code, edit: impl FnOnce(&mut Zip) + 'static) -> Case {
    case(what, code, |w| w.zip(edit))
}

/// Something was done to one entry.
fn entry(what: &str, code: Code, edit: impl FnOnce(&mut Entry) + 'static) -> Case {
    case(what, code, |w| w.entry(DATA, edit))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = ends();
    cases.extend(layout());
    cases.extend(headers());
    cases.extend(fields());
    cases.extend(data());
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
        zip("a script is before the archive, and no place counts it", Code::ZipPrefix, |z| {
            z.prefix = b"#!/bin/sh\necho hello\n".to_vec();
        }),
        zip("a script is before the archive, and all places count it", Code::ZipPrefix, |z| {
            z.entries[0].before = b"#!/bin/sh\necho hello\n".to_vec();
        }),
        zip("bytes follow the archive", Code::ZipTrailing, |z| z.trailing = b"\n".to_vec()),
        zip("the archive is there twice", Code::ZipTrailing, |z| {
            z.trailing = Wheel::of(PURE).pack().1;
        })
        .or(Code::ZipPrefix),
        zip("the archive has a comment", Code::ZipComment, |z| z.comment = b"made by hand".to_vec()),
        zip("the archive has another in its comment", Code::ZipComment, |z| {
            z.comment = Wheel::of(PURE).pack().1;
        })
        .or(Code::ZipPrefix),
        zip("the end record has an entry too many", Code::ZipDirectory, |z| {
            z.end(|end| {
                end.entries += 1;
                end.entries_here += 1;
            });
        }),
        zip("the end record has an entry too few", Code::ZipDirectory, |z| {
            z.end(|end| {
                end.entries -= 1;
                end.entries_here -= 1;
            });
        }),
        zip("the end record has two numbers of entries", Code::ZipDirectory, |z| {
            z.end(|end| end.entries_here -= 1);
        }),
        zip("the end record is of another disk", Code::ZipDirectory, |z| {
            z.end(|end| end.disk = 1);
        }),
        zip("the directory is longer than the end record says", Code::ZipDirectory, |z| {
            z.end(|end| end.size -= 1);
        }),
        zip("the directory is shorter than the end record says", Code::ZipDirectory, |z| {
            z.end(|end| end.size += 1);
        }),
        zip("bytes are between the directory and its end record", Code::ZipDirectory, |z| {
            z.before_end = b"hidden".to_vec();
        })
        .or(Code::ZipHidden)
        .or(Code::ZipPrefix),
        zip("the large end record has an entry too many", Code::ZipDirectory, |z| {
            z.zip64 = true;
            z.end(|end| {
                end.entries += 1;
                end.entries_here += 1;
            });
        }),
    ]
}

fn layout() -> Vec<Case> {
    vec![
        case("a file is in no directory", Code::ZipHidden, |w| {
            w.file("hello/ghost.py", "import os\n")
                .unlisted("hello/ghost.py")
                .entry("hello/ghost.py", |e| e.listed = false)
        }),
        entry("bytes are between two entries", Code::ZipHidden, |e| {
            e.before = b"hidden".to_vec();
        }),
        zip("bytes are before the directory", Code::ZipHidden, |z| {
            z.before_directory = b"hidden".to_vec();
        }),
        case("an entry lies within the data of another", Code::ZipOverlap, |w| {
            let inner = Entry::new("hello/inner.py", b"inner = 1\n");
            w.file("hello/outer.bin", inner.bytes())
                .file("hello/inner.py", "inner = 1\n")
                .zip(|z| {
                    let outer = z.entry("hello/outer.bin").clone();
                    z.entries.retain(|e| e.central.name != outer.central.name);
                    // The outer one comes first, so that the inner one's place is known.
                    let place = 30 + outer.central.name.len();
                    z.entries.insert(0, outer);
                    let inner = z.entry("hello/inner.py");
                    inner.written = false;
                    inner.at = Some(place.try_into().unwrap());
                })
        }),
        case("two entries are one piece of data", Code::ZipOverlap, |w| {
            w.file("hello/a.txt", "one\n").file("hello/b.txt", "one\n").zip(|z| {
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
        zip("a file is there twice with other contents", Code::ZipDuplicate, |z| {
            z.entries.insert(0, Entry::new(INIT, b"import os\n"));
        })
        .also(&[Code::RecordHash, Code::RecordSize]),
        zip("a folder has an entry", Code::ZipFolder, |z| {
            let mut folder = Entry::stored("hello/", b"");
            folder.attributes = 0o040_755 << 16 | 0x10;
            z.entries.insert(0, folder);
        }),
        zip("the archive has more than 500,000 entries", Code::ZipTooLarge, |z| {
            z.zip64 = true;
            let empty = Entry::stored("", b"");
            z.entries = (0..=500_000)
                .map(|number| {
                    let mut entry = empty.clone();
                    entry.both(|header| header.name = format!("a/{number}").into_bytes());
                    entry
                })
                .collect();
        }),
        case("the archive has a directory of more than 64 MiB", Code::ZipTooLarge, |w| {
            w.bytes(|bytes| {
                let size: u32 = (64 << 20) + 1;
                let mut out = Bytes::little();
                out.to(size.try_into().unwrap()).raw(b"PK\x05\x06").u32(0);
                out.u16(1).u16(1).u32(size).u32(0).u16(0);
                *bytes = out.done();
            })
        }),
    ]
}

fn headers() -> Vec<Case> {
    vec![
        entry("the local header has another name", Code::ZipHeaders, |e| {
            e.local.name = b"hello/date.txt".to_vec();
        }),
        entry("the local header has a longer name", Code::ZipHeaders, |e| {
            e.local.name = b"hello/../data.txt".to_vec();
        }),
        entry("the local header has another checksum", Code::ZipHeaders, |e| e.local.crc ^= 1),
        entry("the local header has another size", Code::ZipHeaders, |e| e.local.size += 1),
        entry("the local header has another packed size", Code::ZipHeaders, |e| e.local.packed -= 1),
        entry("the local header has another method", Code::ZipHeaders, |e| {
            e.local.method = zip::STORED;
        }),
        entry("the local header has other flags", Code::ZipHeaders, |e| e.local.flags |= zip::UTF8),
        entry("the directory leads to no local header", Code::ZipHeaders, |e| e.at = Some(2))
            .or(Code::ZipDamaged)
            .also(&[Code::ZipHeaders, Code::ZipDamaged, Code::ZipHidden, Code::ZipOverlap]),
        entry("the directory leads out of the file", Code::ZipHeaders, |e| e.at = Some(1 << 30))
            .or(Code::ZipDamaged)
            .also(&[Code::ZipHeaders, Code::ZipDamaged, Code::ZipHidden, Code::ZipOverlap]),
        entry("a data descriptor follows", Code::ZipDataDescriptor, |e| e.described(true)),
        entry("a data descriptor without a signature follows", Code::ZipDataDescriptor, |e| {
            e.described(false);
        }),
        entry("a data descriptor is announced, and nothing follows", Code::ZipDataDescriptor, |e| {
            e.both(|header| header.flags |= zip::DESCRIBED);
        }),
        entry("an entry has a comment", Code::ZipEntryComment, |e| e.comment = b"hello".to_vec()),
        entry("an entry is encrypted", Code::ZipEncrypted, |e| {
            e.both(|header| header.flags |= ENCRYPTED);
        }),
        entry("a name says that it is code page 437", Code::ZipNameEncoding, |e| {
            // `é` in that code page, and no UTF-8.
            e.both(|header| header.name = b"hello/d\x82ta.txt".to_vec());
        })
        .also(&[Code::RecordAbsent, Code::RecordUnlisted]),
        case("a name is UTF-8 and does not say so", Code::ZipNameEncoding, |w| {
            let path = "hello/d\u{e9}j\u{e0}.txt";
            w.file(path, "vu\n").entry(path, |e| e.both(|header| header.flags = 0))
        }),
        entry("a name says that it is UTF-8 and is Latin-1", Code::ZipNameEncoding, |e| {
            e.both(|header| {
                header.flags |= zip::UTF8;
                header.name = b"hello/d\xe9ta.txt".to_vec();
            });
        })
        .also(&[Code::RecordAbsent, Code::RecordUnlisted]),
        case("METADATA has two headers that disagree", Code::ZipHeaders, |w| {
            w.entry(&format!("{DIST}/METADATA"), |e| e.local.crc ^= 1)
        }),
    ]
}

/// Extra fields.
fn fields() -> Vec<Case> {
    let both = |what, bytes: Vec<u8>| {
        entry(what, Code::ZipExtra, move |e| e.both(|header| header.extra.clone_from(&bytes)))
    };
    let second_name = |name: &[u8]| {
        let mut data = Bytes::little();
        data.u8(1).u32(crc(DATA.as_bytes())).raw(name);
        extra(UNICODE_PATH, &data.done())
    };
    let local = second_name(b"hello/evil.py");
    let central = local.clone();
    vec![
        both("an entry has a second name", second_name(b"hello/evil.py")),
        entry("an entry has a second name in its local header", Code::ZipExtra, |e| {
            e.local.extra = local;
        }),
        entry("an entry has a second name in the directory", Code::ZipExtra, |e| {
            e.central.extra = central;
        }),
        both("a zip64 field has five bytes", extra(ZIP64, &[0; 5])),
        both("a zip64 field is there twice", [extra(ZIP64, &[]), extra(ZIP64, &[])].concat()),
        both("an extra field ends early", vec![0x55, 0x54, 9, 0, 1]),
        both("an extra field has no size", vec![0x55, 0x54]),
        entry("a zip64 field has other sizes than the header", Code::ZipExtra, |e| {
            let sizes = Bytes::little().u64(7).u64(7).done();
            e.local.extra = extra(ZIP64, &sizes);
        })
        .or(Code::ZipHeaders),
    ]
}

/// What is packed.
fn data() -> Vec<Case> {
    let method = |what, method| {
        entry(what, Code::ZipMethod, move |e| e.both(|header| header.method = method))
    };
    vec![
        method("an entry is packed with Deflate64", 9),
        method("an entry is packed with bzip2", 12),
        method("an entry is packed with LZMA", 14),
        method("an entry is packed with Zstandard", 93),
        entry("an entry has another checksum than it says", Code::ZipDamaged, |e| {
            e.both(|header| header.crc ^= 1);
        }),
        entry("an entry is longer than it says", Code::ZipDamaged, |e| {
            e.both(|header| header.size -= 1);
        }),
        entry("an entry is shorter than it says", Code::ZipDamaged, |e| {
            e.both(|header| header.size += 1);
        }),
        entry("a deflated entry is cut off", Code::ZipDamaged, |e| {
            e.data.truncate(e.data.len() - 3);
            e.both(|header| header.packed -= 3);
        }),
        entry("a deflated entry has bytes behind its end", Code::ZipDamaged, |e| {
            e.data.extend(b"hidden");
            e.both(|header| header.packed += 6);
        }),
        entry("a deflated entry is no deflate", Code::ZipDamaged, |e| e.data.fill(0xff)),
        entry("a stored entry has two sizes", Code::ZipDamaged, |e| {
            *e = Entry::stored(DATA, "hello, ".repeat(100).as_bytes());
            e.both(|header| header.size -= 1);
        }),
        entry("a small file says that it has 4 GB", Code::ZipBomb, |e| {
            e.both(|header| header.size = 0xf000_0000);
        }),
        case("70 MiB of zeros are in one file", Code::ZipBomb, |w| {
            w.file("hello/zeros.bin", vec![0; 70 << 20])
        }),
        case("70 MiB of zeros are in two files", Code::ZipBomb, |w| {
            w.file("hello/zeros.bin", vec![0; 35 << 20])
                .file("hello/ones.bin", vec![1; 35 << 20])
        }),
        entry("a megabyte says that it has ten bytes", Code::ZipDamaged, |e| {
            *e = Entry::new(DATA, &[0; 1 << 20]);
            e.both(|header| header.size = 10);
        }),
    ]
}
