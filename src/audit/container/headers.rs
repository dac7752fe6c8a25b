//! Checks the headers of an entry, in the directory and before its data, and the end record of the archive.
//!
//! The data of the entries is not read.

use std::collections::HashSet;

use rawzip::extra_fields::ExtraFields;
use rawzip::{CompressionMethod, CreatorSystem, ReaderAt, ZipArchive, ZipFileHeaderRecord};

use crate::audit::code::Code;
use crate::audit::finding::Finding;

/// Info-ZIP's second name for an entry.
const UNICODE_PATH: u16 = 0x7075;
/// Sizes and places of 64 bits.
const ZIP64: u16 = 0x0001;
/// The flags of an entry that is a difference to an older file, and of one that is encrypted in the newer way.
const PATCHED: u16 = 1 << 5;
const STRONG_ENCRYPTION: u16 = 1 << 6;
/// The kind of file in a Unix mode, and that of a regular one.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// Checks an entry of the directory.
pub(super) fn directory_faults(record: &ZipFileHeaderRecord<'_>, name: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let flags = record.flags();
    if flags.bits() & PATCHED != 0 {
        let actual = "says that it is patched data (flag bit 5), which no installer can read";
        findings.push(Finding::new(Code::ZipMethod, actual));
    }
    if flags.is_encrypted() || flags.bits() & STRONG_ENCRYPTION != 0 {
        findings.push(Finding::new(Code::ZipEncrypted, "is encrypted"));
    }
    if flags.has_data_descriptor() {
        findings.push(Finding::new(
            Code::ZipDataDescriptor,
            "has its size and checksum after its data",
        ));
    }
    let method = record.compression_method();
    if method != CompressionMethod::STORE && method != CompressionMethod::DEFLATE {
        let actual = format!("is compressed with {method}");
        findings.push(Finding::new(Code::ZipMethod, actual));
    }
    if !record.comment().as_bytes().is_empty() {
        findings.push(Finding::new(Code::ZipEntryComment, "has a comment"));
    }
    findings.extend(extra_fault(record.extra_fields()));
    match std::str::from_utf8(name) {
        Err(_) => findings.push(Finding::new(
            Code::ZipNameEncoding,
            "has a name that is not UTF-8",
        )),
        Ok(name) if !name.is_ascii() && !flags.is_utf8() => findings.push(Finding::new(
            Code::ZipNameEncoding,
            "has a name that is not ASCII and does not say that it is UTF-8",
        )),
        Ok(_) => {}
    }
    findings.extend(mode_faults(record));
    findings
}

/// The mode of an entry. Only Unix-like systems store one, in the high half of the attributes.
pub(super) fn unix_mode(record: &ZipFileHeaderRecord<'_>) -> Option<u32> {
    let system = record.version_made_by().creator_system();
    let is_unix = system == CreatorSystem::UNIX || system == CreatorSystem::MACOS;
    is_unix.then(|| record.external_attributes() >> 16)
}

fn mode_faults(record: &ZipFileHeaderRecord<'_>) -> Vec<Finding> {
    let Some(mode) = unix_mode(record) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let expected = if record.is_dir() { FOLDER } else { REGULAR };
    let kind = mode & KIND;
    if kind != 0 && kind != expected {
        let what = match kind {
            0o120_000 => "a symbolic link",
            FOLDER => "a folder",
            REGULAR => "a regular file",
            0o010_000 => "a pipe",
            0o140_000 => "a socket",
            _ => "a device",
        };
        let actual = format!("is marked as {what}");
        findings.push(Finding::new(Code::PathNotRegular, actual));
    }
    if mode & 0o7000 != 0 {
        findings.push(Finding::new(
            Code::PathMode,
            format!("has the mode {:04o}", mode & 0o7777),
        ));
    }
    findings
}

fn extra_fault(fields: ExtraFields<'_>) -> Option<Finding> {
    let mut seen = HashSet::new();
    let mut fields = fields;
    for (id, data) in fields.by_ref() {
        let id = id.as_u16();
        if id == UNICODE_PATH {
            return Some(Finding::new(
                Code::ZipExtra,
                "has a second name in an extra field",
            ));
        }
        if !seen.insert(id) {
            let actual = format!("has the extra field {id:#06x} twice");
            return Some(Finding::new(Code::ZipExtra, actual));
        }
        if id == ZIP64 && (data.len() > 28 || data.len() % 4 != 0) {
            return Some(Finding::new(
                Code::ZipExtra,
                format!("has a zip64 field of {} bytes", data.len()),
            ));
        }
    }
    // The rest is too short for a field.
    (!fields.remaining_bytes().is_empty())
        .then(|| Finding::new(Code::ZipExtra, "has an extra field that ends early"))
}

/// A zip64 field before the data contains both sizes, which replace those of the header.
fn zip64_fault(mut fields: ExtraFields<'_>, sizes: [u64; 2]) -> Option<Finding> {
    let (_, data) = fields.find(|(id, _)| id.as_u16() == ZIP64)?;
    let number = |at: usize| {
        let bytes = data.get(at..at + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    };
    let agree = number(0) == Some(sizes[0]) && number(8) == Some(sizes[1]);
    (!agree).then(|| {
        Finding::new(
            Code::ZipExtra,
            "has a zip64 field with other sizes than its header",
        )
    })
}

/// Compares the header before the data of an entry with the header in the directory; gives the end of the data.
pub(super) fn local_faults<R: ReaderAt>(
    zip: &ZipArchive<R>,
    record: &ZipFileHeaderRecord<'_>,
    buffer: &mut [u8],
    findings: &mut Vec<Finding>,
) -> Result<u64, rawzip::Error> {
    let entry = zip.get_entry(record.wayfinder())?;
    let local = entry.local_header(buffer)?;
    let described = local.flags().has_data_descriptor();
    let mut differing = Vec::new();
    if local.file_path().as_bytes() != record.file_path().as_bytes() {
        differing.push("name");
    }
    if local.flags().bits() != record.flags().bits() {
        differing.push("flags");
    }
    if local.compression_method() != record.compression_method() {
        differing.push("method");
    }
    // With a descriptor these are zero here and follow the data.
    if !described || local.crc32() != 0 {
        if local.crc32() != record.crc32() {
            differing.push("checksum");
        }
        if local.compressed_size_hint() != record.compressed_size_hint()
            || local.uncompressed_size_hint() != record.uncompressed_size_hint()
        {
            differing.push("sizes");
        }
    }
    if !differing.is_empty() {
        findings.push(Finding::new(
            Code::ZipHeaders,
            format!(
                "has two headers that disagree about its {}",
                differing.join(", ")
            ),
        ));
    }
    let extra = extra_fault(local.extra_fields()).or_else(|| {
        let sizes = [local.uncompressed_size_hint(), local.compressed_size_hint()];
        zip64_fault(local.extra_fields(), sizes)
    });
    if findings
        .iter()
        .all(|finding| finding.code != Code::ZipExtra)
    {
        findings.extend(extra);
    }
    Ok(entry.compressed_data_range().1)
}

/// The end record of an archive, and the zip64 end record with its place if there is one.
pub(super) struct End {
    record: [u8; 22],
    zip64: Option<(u64, [u8; 56])>,
}

impl End {
    /// Reads both; `place` is that of the end record. Source: APPNOTE, 4.3.14 to 4.3.16.
    pub(super) fn read<R: ReaderAt>(reader: &R, place: u64) -> Option<Self> {
        let mut record = [0; 22];
        reader.read_exact_at(&mut record, place).ok()?;
        let mut locator = [0; 20];
        let before = place.checked_sub(20).filter(|before| {
            let read = reader.read_exact_at(&mut locator, *before);
            read.is_ok() && locator.starts_with(b"PK\x06\x07")
        });
        let zip64 = before.and_then(|_| {
            let at = number::<8>(&locator, 8);
            let mut record = [0; 56];
            let read = reader.read_exact_at(&mut record, at);
            (read.is_ok() && record.starts_with(b"PK\x06\x06")).then_some((at, record))
        });
        Some(Self { record, zip64 })
    }

    /// Whether the zip64 end record has data of its own.
    pub(super) fn is_extended(&self) -> bool {
        let fixed = 56 - 12;
        let size = |(_, record): &(u64, [u8; 56])| number::<8>(record, 4);
        self.zip64
            .as_ref()
            .is_some_and(|zip64| size(zip64) != fixed)
    }

    /// Whether the numbers match the directory that was read. `place` is that of the end record. The end record may
    /// leave a number to the zip64 record, with all bits set.
    pub(super) fn agrees(&self, directory: u64, entries: u64, place: u64) -> bool {
        let end = self.zip64.map_or(place, |(at, _)| at);
        let numbers = [entries, entries, end.saturating_sub(directory), directory];
        let short = |at: usize| number::<2>(&self.record, at);
        let long = |at: usize| number::<4>(&self.record, at);
        let (most, most_long) = (u64::from(u16::MAX), u64::from(u32::MAX));
        let written = [
            (short(8), most),
            (short(10), most),
            (long(12), most_long),
            (long(16), most_long),
        ];
        let has_large = self.zip64.is_some();
        let small = written.iter().zip(numbers);
        let mut small =
            small.map(|((own, most), found)| *own == found || (has_large && own == most));
        let large = self.zip64.is_none_or(|(_, record)| {
            let own = [24, 32, 40, 48].map(|at| number::<8>(&record, at));
            own == numbers && number::<4>(&record, 16) == 0 && number::<4>(&record, 20) == 0
        });
        short(4) == 0 && short(6) == 0 && small.all(|agrees| agrees) && large
    }
}

/// The number of `N` bytes at a place, which must be inside.
fn number<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes.iter().skip(at).take(N).rev();
    bytes.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
