//! Zip archives of which every field of every header can be wrong.
//!
//! Takes entries and gives bytes. An archive is right as long as nothing in it is changed: each
//! entry has its two headers, which agree, and the end record is made of what was written before
//! it. What a test wants wrong it sets in [`Entry`], in [`Zip`], or in the [`End`] through
//! [`Zip::end`]. Source: PKWARE's APPNOTE.

use std::io::{Read as _, Write as _};

use flate2::Crc;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::bytes::Bytes;

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;
/// The name is UTF-8.
pub(super) const UTF8: u16 = 1 << 11;
/// Checksum and sizes are behind the data.
pub(super) const DESCRIBED: u16 = 1 << 3;
pub(super) const ENCRYPTED: u16 = 1;
/// 1980-01-01, the first day that there is.
const FIRST_DAY: u16 = 0x0021;
const VERSION: u16 = 20;
/// Made on Unix.
pub(super) const UNIX: u16 = 3 << 8 | VERSION;

/// What both headers of an entry say.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    pub(super) name: Vec<u8>,
    pub(super) extra: Vec<u8>,
}

impl Header {
    fn common(&self, out: &mut Bytes) {
        out.u16(self.flags)
            .u16(self.method)
            .u16(0)
            .u16(FIRST_DAY)
            .u32(self.crc)
            .u32(self.packed)
            .u32(self.size)
            .u16(self.name.len())
            .u16(self.extra.len());
    }

    fn local(&self, out: &mut Bytes) {
        out.raw(b"PK\x03\x04").u16(VERSION);
        self.common(out);
        out.raw(&self.name).raw(&self.extra);
    }
}

/// One entry.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The header before its data.
    pub(super) local: Header,
    /// The header in the directory.
    pub(super) central: Header,
    /// System and version that made it.
    pub(super) made_by: u16,
    /// The mode of Unix is the upper half.
    pub(super) attributes: u32,
    pub(super) comment: Vec<u8>,
    /// As packed.
    pub(super) data: Vec<u8>,
    /// What lies before the local header and belongs to nothing.
    pub(super) before: Vec<u8>,
    /// What lies behind the data: a data descriptor.
    pub(super) behind: Vec<u8>,
    /// Whether the directory has it.
    pub(super) listed: bool,
    /// Whether its header and data are in the file.
    pub(super) written: bool,
    /// Where the directory says it is, if that is not where it is.
    pub(super) at: Option<u32>,
}

impl Entry {
    /// A file, deflated if that makes it smaller.
    pub(super) fn new(path: &str, bytes: &[u8]) -> Self {
        let packed = deflate(bytes);
        if packed.len() < bytes.len() {
            Self::packed(path, bytes, DEFLATED, packed)
        } else {
            Self::stored(path, bytes)
        }
    }

    /// A file as it is.
    pub(super) fn stored(path: &str, bytes: &[u8]) -> Self {
        Self::packed(path, bytes, STORED, bytes.to_vec())
    }

    fn packed(path: &str, bytes: &[u8], method: u16, data: Vec<u8>) -> Self {
        let header = Header {
            flags: if path.is_ascii() { 0 } else { UTF8 },
            method,
            crc: crc(bytes),
            packed: data.len().try_into().unwrap(),
            size: bytes.len().try_into().unwrap(),
            name: path.as_bytes().to_vec(),
            extra: Vec::new(),
        };
        Self {
            local: header.clone(),
            central: header,
            made_by: UNIX,
            attributes: 0o100_644 << 16,
            comment: Vec::new(),
            data,
            before: Vec::new(),
            behind: Vec::new(),
            listed: true,
            written: true,
            at: None,
        }
    }

    /// Changes both headers in the same way.
    pub(super) fn both(&mut self, change: impl Fn(&mut Header)) {
        change(&mut self.local);
        change(&mut self.central);
    }

    pub(super) fn mode(&mut self, mode: u32) {
        self.attributes = mode << 16;
    }

    /// Moves checksum and sizes behind the data; with or without the signature that may go first.
    pub(super) fn described(&mut self, signature: bool) {
        let mut behind = Bytes::little();
        if signature {
            behind.raw(b"PK\x07\x08");
        }
        let header = &self.central;
        behind.u32(header.crc).u32(header.packed).u32(header.size);
        self.behind = behind.done();
        self.both(|header| header.flags |= DESCRIBED);
        (self.local.crc, self.local.packed, self.local.size) = (0, 0, 0);
    }

    /// What is packed in it.
    pub(super) fn unpacked(&self) -> Vec<u8> {
        if self.central.method == STORED {
            return self.data.clone();
        }
        let mut bytes = Vec::new();
        let mut decoder = DeflateDecoder::new(&self.data[..]);
        decoder.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// Its header and data, as they would be in an archive.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = Bytes::little();
        self.local.local(&mut out);
        out.raw(&self.data).done()
    }

    fn central(&self, place: u32, out: &mut Bytes) {
        out.raw(b"PK\x01\x02").u16(self.made_by).u16(VERSION);
        self.central.common(out);
        out.u16(self.comment.len())
            .u16(0)
            .u16(0)
            .u32(self.attributes)
            .u32(self.at.unwrap_or(place))
            .raw(&self.central.name)
            .raw(&self.central.extra)
            .raw(&self.comment);
    }
}

/// The end record.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub(super) disk: u16,
    pub(super) directory_disk: u16,
    pub(super) entries_here: u64,
    pub(super) entries: u64,
    pub(super) size: u64,
    pub(super) offset: u64,
}

type EditEnd = Box<dyn FnOnce(&mut End)>;

/// An archive.
#[derive(Default)]
pub(super) struct Zip {
    pub(super) entries: Vec<Entry>,
    /// What lies before everything, and is counted in no place.
    pub(super) prefix: Vec<u8>,
    /// What lies between the entries and the directory.
    pub(super) before_directory: Vec<u8>,
    /// What lies between the directory and the end record.
    pub(super) before_end: Vec<u8>,
    /// Whether the end record is the one for large archives.
    pub(super) zip64: bool,
    /// Whether the small end record has its numbers beside the large one.
    pub(super) both_ends: bool,
    /// Data of the large end record's own.
    pub(super) end_data: Vec<u8>,
    pub(super) comment: Vec<u8>,
    pub(super) trailing: Vec<u8>,
    edit_end: Option<EditEnd>,
}

impl Zip {
    /// Lets the end record say something else.
    pub(super) fn end(&mut self, edit: impl FnOnce(&mut End) + 'static) {
        self.edit_end = Some(Box::new(edit));
    }

    /// The entry of this path.
    #[track_caller]
    pub(super) fn entry(&mut self, path: &str) -> &mut Entry {
        let mut entries = self.entries.iter_mut();
        entries
            .find(|entry| entry.central.name == path.as_bytes())
            .unwrap_or_else(|| panic!("there is no {path}"))
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let mut out = Bytes::little();
        let mut directory = Bytes::little();
        for entry in &self.entries {
            out.raw(&entry.before);
            if entry.listed {
                entry.central(out.len().try_into().unwrap(), &mut directory);
            }
            if entry.written {
                entry.local.local(&mut out);
                out.raw(&entry.data).raw(&entry.behind);
            }
        }
        out.raw(&self.before_directory);
        let listed = self.entries.iter().filter(|entry| entry.listed).count() as u64;
        let mut end = End {
            disk: 0,
            directory_disk: 0,
            entries_here: listed,
            entries: listed,
            size: directory.len() as u64,
            offset: out.len() as u64,
        };
        if let Some(edit) = self.edit_end {
            edit(&mut end);
        }
        out.raw(directory.done()).raw(&self.before_end);
        if self.zip64 {
            large_end(&end, &self.end_data, &mut out);
        }
        let leaves_out = self.zip64 && !self.both_ends;
        small_end(&end, leaves_out, &self.comment, &mut out);
        out.raw(&self.trailing);
        [self.prefix, out.done()].concat()
    }
}

fn small_end(end: &End, zip64: bool, comment: &[u8], out: &mut Bytes) {
    let short = |number: u64| if zip64 { u64::from(u16::MAX) } else { number };
    let long = |number: u64| if zip64 { u64::from(u32::MAX) } else { number };
    out.raw(b"PK\x05\x06")
        .u16(end.disk)
        .u16(end.directory_disk)
        .u16(short(end.entries_here))
        .u16(short(end.entries))
        .u32(long(end.size))
        .u32(long(end.offset))
        .u16(comment.len())
        .raw(comment);
}

/// The end record with 64 bits and what tells where it is.
fn large_end(end: &End, data: &[u8], out: &mut Bytes) {
    let place = out.len();
    out.raw(b"PK\x06\x06")
        .u64(44 + data.len() as u64)
        .u16(45)
        .u16(45)
        .u32(end.disk)
        .u32(end.directory_disk)
        .u64(end.entries_here)
        .u64(end.entries)
        .u64(end.size)
        .u64(end.offset)
        .raw(data)
        .raw(b"PK\x06\x07")
        .u32(0)
        .u64(place)
        .u32(1);
}

/// A field of the kind that extra fields consist of.
pub(super) fn extra(id: u16, data: &[u8]) -> Vec<u8> {
    Bytes::little().u16(id).u16(data.len()).raw(data).done()
}

pub(super) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
