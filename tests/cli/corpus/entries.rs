//! Entries whose headers or data readers disagree about, or that indexes refuse.

use pyz3_wheel::audit::Code;

use super::archive::{DATA, case};
use super::bytes::Bytes;
use super::case::Case;
use super::wheel::DIST;
use super::zip::{self, ENCRYPTED, Entry, crc, extra};

/// Info-ZIP's second name.
const UNICODE_PATH: u16 = 0x7075;
const ZIP64: u16 = 1;

/// Something was done to one entry.
fn entry(what: &str, code: Code, edit: impl FnOnce(&mut Entry) + 'static) -> Case {
    case(what, code, |w| w.entry(DATA, edit))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = headers();
    cases.extend(flags());
    cases.extend(fields());
    cases.extend(data());
    cases
}

fn headers() -> Vec<Case> {
    vec![
        entry("the local header has another name", Code::ZipHeaders, |e| {
            e.local.name = b"hello/date.txt".to_vec();
        }),
        entry(
            "the local header has a longer name",
            Code::ZipHeaders,
            |e| {
                e.local.name = b"hello/../data.txt".to_vec();
            },
        ),
        entry(
            "the local header has another checksum",
            Code::ZipHeaders,
            |e| e.local.crc ^= 1,
        ),
        entry("the local header has another size", Code::ZipHeaders, |e| {
            e.local.size += 1;
        }),
        entry(
            "the local header has another packed size",
            Code::ZipHeaders,
            |e| e.local.packed -= 1,
        ),
        entry(
            "the local header has another method",
            Code::ZipHeaders,
            |e| {
                e.local.method = zip::STORED;
            },
        ),
        entry("the local header has other flags", Code::ZipHeaders, |e| {
            e.local.flags |= zip::UTF8;
        }),
        entry(
            "the directory leads to no local header",
            Code::ZipHeaders,
            |e| e.at = Some(2),
        )
        .or(Code::ZipDamaged)
        .also(&[
            Code::ZipHeaders,
            Code::ZipDamaged,
            Code::ZipHidden,
            Code::ZipOverlap,
        ]),
        entry(
            "the directory leads out of the file",
            Code::ZipHeaders,
            |e| e.at = Some(1 << 30),
        )
        .or(Code::ZipDamaged)
        .also(&[
            Code::ZipHeaders,
            Code::ZipDamaged,
            Code::ZipHidden,
            Code::ZipOverlap,
        ]),
    ]
}

/// What the two headers agree in and no wheel may have.
fn flags() -> Vec<Case> {
    vec![
        entry("a data descriptor follows", Code::ZipDataDescriptor, |e| {
            e.described(true);
        }),
        entry(
            "a data descriptor without a signature follows",
            Code::ZipDataDescriptor,
            |e| {
                e.described(false);
            },
        ),
        entry(
            "a data descriptor is announced, and nothing follows",
            Code::ZipDataDescriptor,
            |e| {
                e.both(|header| header.flags |= zip::DESCRIBED);
            },
        ),
        entry("an entry has a comment", Code::ZipEntryComment, |e| {
            e.comment = b"hello".to_vec();
        }),
        entry("an entry is encrypted", Code::ZipEncrypted, |e| {
            e.both(|header| header.flags |= ENCRYPTED);
        }),
        entry("an entry is encrypted strongly", Code::ZipEncrypted, |e| {
            e.both(|header| header.flags |= 1 << 6);
        }),
        entry("an entry is a patch", Code::ZipMethod, |e| {
            e.both(|header| header.flags |= 1 << 5);
        }),
        entry("a stored entry is a patch", Code::ZipMethod, |e| {
            *e = Entry::stored(DATA, &e.unpacked());
            e.both(|header| header.flags |= 1 << 5);
        }),
        entry(
            "a name says that it is code page 437",
            Code::ZipNameEncoding,
            |e| {
                // `é` in that code page, and no UTF-8.
                e.both(|header| header.name = b"hello/d\x82ta.txt".to_vec());
            },
        )
        .also(&[Code::RecordAbsent, Code::RecordUnlisted]),
        case(
            "a name is UTF-8 and does not say so",
            Code::ZipNameEncoding,
            |w| {
                let path = "hello/d\u{e9}j\u{e0}.txt";
                w.file(path, "vu\n")
                    .entry(path, |e| e.both(|header| header.flags = 0))
            },
        ),
        entry(
            "a name says that it is UTF-8 and is Latin-1",
            Code::ZipNameEncoding,
            |e| {
                e.both(|header| {
                    header.flags |= zip::UTF8;
                    header.name = b"hello/d\xe9ta.txt".to_vec();
                });
            },
        )
        .also(&[Code::RecordAbsent, Code::RecordUnlisted]),
        case(
            "METADATA has two headers that disagree",
            Code::ZipHeaders,
            |w| w.entry(&format!("{DIST}/METADATA"), |e| e.local.crc ^= 1),
        ),
    ]
}

/// Extra fields.
fn fields() -> Vec<Case> {
    let both = |what, bytes: Vec<u8>| {
        entry(what, Code::ZipExtra, move |e| {
            e.both(|header| header.extra.clone_from(&bytes));
        })
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
        entry(
            "an entry has a second name in its local header",
            Code::ZipExtra,
            |e| {
                e.local.extra = local;
            },
        ),
        entry(
            "an entry has a second name in the directory",
            Code::ZipExtra,
            |e| {
                e.central.extra = central;
            },
        ),
        both("a zip64 field has five bytes", extra(ZIP64, &[0; 5])),
        both(
            "a zip64 field is there twice",
            [extra(ZIP64, &[]), extra(ZIP64, &[])].concat(),
        ),
        both("an extra field ends early", vec![0x55, 0x54, 9, 0, 1]),
        both("an extra field has no size", vec![0x55, 0x54]),
        entry(
            "a zip64 field has other sizes than the header",
            Code::ZipExtra,
            |e| {
                let sizes = Bytes::little().u64(7).u64(7).done();
                e.local.extra = extra(ZIP64, &sizes);
            },
        )
        .or(Code::ZipHeaders),
    ]
}

/// What is packed.
fn data() -> Vec<Case> {
    let method = |what, method| {
        entry(what, Code::ZipMethod, move |e| {
            e.both(|header| header.method = method);
        })
    };
    vec![
        method("an entry is packed with Deflate64", 9),
        method("an entry is packed with bzip2", 12),
        method("an entry is packed with LZMA", 14),
        method("an entry is packed with Zstandard", 93),
        entry(
            "an entry has another checksum than it says",
            Code::ZipDamaged,
            |e| {
                e.both(|header| header.crc ^= 1);
            },
        ),
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
        entry(
            "a deflated entry has bytes behind its end",
            Code::ZipDamaged,
            |e| {
                e.data.extend(b"hidden");
                e.both(|header| header.packed += 6);
            },
        ),
        entry(
            "a deflated entry is not valid deflate data",
            Code::ZipDamaged,
            |e| {
                e.data.fill(0xff);
            },
        ),
        entry("a stored entry has two sizes", Code::ZipDamaged, |e| {
            *e = Entry::stored(DATA, "hello, ".repeat(100).as_bytes());
            e.both(|header| header.size -= 1);
        }),
        entry("a small file says that it has 4 GB", Code::ZipBomb, |e| {
            e.both(|header| header.size = 0xf000_0000);
        }),
        case("70 MiB of zeros are in one file", Code::ZipBomb, |w| {
            w.fill("hello/zeros.bin", 0, 70 << 20)
        }),
        case("70 MiB of zeros are in two files", Code::ZipBomb, |w| {
            w.fill("hello/zeros.bin", 0, 35 << 20)
                .fill("hello/ones.bin", 1, 35 << 20)
        }),
        entry(
            "a megabyte says that it has ten bytes",
            Code::ZipDamaged,
            |e| {
                *e = Entry::new(DATA, &[0; 1 << 20]);
                e.both(|header| header.size = 10);
            },
        ),
    ]
}
