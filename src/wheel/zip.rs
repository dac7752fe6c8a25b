//! The frame of a zip archive around bytes that are deflated (or stored) already.
//!
//! Takes each entry's deflated bytes and, at the latest with the last of them, their numbers; writes
//! headers that are complete and equal in both places, without data descriptors. (The crates that
//! write archives deflate themselves, or put the numbers behind the bytes, which indexes refuse.)
//! Never compresses, and keeps nothing in memory but the directory.
//!
//! Source: PKWARE, "APPNOTE.TXT", 4.3 and 4.5.3.

use std::io::{self, Seek, SeekFrom, Write};

use super::timestamp::DosTime;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;

const UNIX: u16 = 3;
const UTF_8: u16 = 1 << 11;
/// The version of the format that deflate, and that large numbers, need.
const PLAIN: u16 = 20;
const LARGE: u16 = 45;
const EXTRA_64: u16 = 1;

/// What a field holds when the number is in the 64-bit record.
const ELSEWHERE: u32 = u32::MAX;

/// What headers tell of an entry's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) crc: u32,
    /// Deflated.
    pub(super) packed: u64,
    pub(super) size: u64,
}

/// How the bytes of an entry are kept in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflated,
}

impl Method {
    fn number(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
        }
    }
}

#[derive(Debug)]
struct Entry {
    name: String,
    executable: bool,
    method: Method,
    /// Whether its sizes are in a 64-bit record; decided before they are all known.
    large: bool,
    offset: u64,
    numbers: Numbers,
}

/// An archive under way.
#[derive(Debug)]
pub(super) struct Zip<W> {
    out: W,
    position: u64,
    time: DosTime,
    entries: Vec<Entry>,
}

impl<W: Write + Seek> Zip<W> {
    pub(super) fn new(out: W, time: DosTime) -> Self {
        Self {
            out,
            position: 0,
            time,
            entries: Vec::new(),
        }
    }

    /// Begins an entry that is deflated. Its size must be the true one; the other numbers may be told by
    /// [`Zip::end`], which then writes the header once more.
    pub(super) fn begin(&mut self, name: &str, executable: bool, known: Numbers) -> io::Result<()> {
        self.begin_as(Method::Deflated, name, executable, known)
    }

    /// The same for an entry whose bytes are kept in any way.
    pub(super) fn begin_as(
        &mut self,
        method: Method,
        name: &str,
        executable: bool,
        known: Numbers,
    ) -> io::Result<()> {
        let entry = Entry {
            name: name.to_owned(),
            executable,
            method,
            // Deflate makes incompressible bytes a little longer, hence not 4 GiB.
            large: known.size.max(known.packed) >= 0xF000_0000,
            offset: self.position,
            numbers: known,
        };
        let header = local_header(&entry, self.time)?;
        self.entries.push(entry);
        self.write(&header)
    }

    /// Some of the entry's deflated bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.position += bytes.len() as u64;
        Ok(())
    }

    /// Ends the entry.
    pub(super) fn end(&mut self, numbers: Numbers) -> io::Result<()> {
        let Some(entry) = self.entries.last_mut() else {
            return Ok(());
        };
        if entry.numbers != numbers {
            entry.numbers = numbers;
            let header = local_header(entry, self.time)?;
            self.out.seek(SeekFrom::Start(entry.offset))?;
            self.out.write_all(&header)?;
            self.out.seek(SeekFrom::Start(self.position))?;
        }
        Ok(())
    }

    /// Writes the directory, and gives the writer back.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let begin = self.position;
        for entry in std::mem::take(&mut self.entries) {
            let header = central_header(&entry, self.time)?;
            self.write(&header)?;
            self.entries.push(entry);
        }
        let length = self.position - begin;
        let end = end_records(self.entries.len() as u64, begin, length);
        self.write(&end)?;
        Ok(self.out)
    }
}

/// Little-endian fields, one after another.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn u16(mut self, value: u16) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }
    /// From the version that is needed up to the lengths, as both headers of an entry have it.
    fn shared(self, entry: &Entry, time: DosTime, version: u16, extra: u16) -> io::Result<Self> {
        let sizes = |size: u64| if entry.large { ELSEWHERE } else { narrow(size) };
        let name = u16::try_from(entry.name.len())
            .map_err(|_| io::Error::other("a path has more than 65,535 bytes"))?;
        Ok(self
            .u16(version)
            .u16(if entry.name.is_ascii() { 0 } else { UTF_8 })
            .u16(entry.method.number())
            .u16(time.time)
            .u16(time.date)
            .u32(entry.numbers.crc)
            .u32(sizes(entry.numbers.packed))
            .u32(sizes(entry.numbers.size))
            .u16(name)
            .u16(extra))
    }
}

/// The number, or that it is in the 64-bit record.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(ELSEWHERE)
}

fn local_header(entry: &Entry, time: DosTime) -> io::Result<Vec<u8>> {
    let sizes = if entry.large {
        let numbers = entry.numbers;
        Fields::default().u64(numbers.size).u64(numbers.packed).0
    } else {
        Vec::new()
    };
    let extra = extra_64(&sizes);
    let version = if entry.large { LARGE } else { PLAIN };
    let fields = Fields::default().u32(LOCAL);
    let fields = fields.shared(entry, time, version, length_of(&extra))?;
    Ok(fields.bytes(entry.name.as_bytes()).bytes(&extra).0)
}

fn central_header(entry: &Entry, time: DosTime) -> io::Result<Vec<u8>> {
    let mut beyond = Fields::default();
    if entry.large {
        beyond = beyond.u64(entry.numbers.size).u64(entry.numbers.packed);
    }
    if entry.offset >= u64::from(ELSEWHERE) {
        beyond = beyond.u64(entry.offset);
    }
    let extra = extra_64(&beyond.0);
    // The same as in the header before the data, which tells no offset.
    let version = if entry.large { LARGE } else { PLAIN };
    let mode: u32 = if entry.executable {
        0o100_755
    } else {
        0o100_644
    };
    let fields = Fields::default().u32(CENTRAL).u16((UNIX << 8) | version);
    let fields = fields
        .shared(entry, time, version, length_of(&extra))?
        .u16(0) // comment
        .u16(0) // disk
        .u16(0) // internal attributes
        .u32(mode << 16)
        .u32(narrow(entry.offset));
    Ok(fields.bytes(entry.name.as_bytes()).bytes(&extra).0)
}

fn extra_64(numbers: &[u8]) -> Vec<u8> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let fields = Fields::default().u16(EXTRA_64).u16(length_of(numbers));
    fields.bytes(numbers).0
}

/// Of a 64-bit record, which has 28 bytes at most.
fn length_of(extra: &[u8]) -> u16 {
    u16::try_from(extra.len()).unwrap_or_default()
}

fn end_records(count: u64, begin: u64, length: u64) -> Vec<u8> {
    let limit = u64::from(ELSEWHERE);
    let large = count >= u64::from(u16::MAX) || begin >= limit || length >= limit;
    let mut fields = Fields::default();
    if large {
        fields = fields
            .u32(END_64)
            .u64(44) // of this record, from here
            .u16((UNIX << 8) | LARGE)
            .u16(LARGE)
            .u32(0)
            .u32(0)
            .u64(count)
            .u64(count)
            .u64(length)
            .u64(begin);
        fields = fields.u32(LOCATOR_64).u32(0).u64(begin + length).u32(1);
    }
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    let fields = fields.u32(END).u16(0).u16(0).u16(count).u16(count);
    fields.u32(narrow(length)).u32(narrow(begin)).u16(0).0
}

#[cfg(test)]
mod tests;
