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
/// The kind of file in a Unix mode, and that of a regular one.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// Checks an entry of the directory.
pub(super) fn directory_faults(record: &ZipFileHeaderRecord<'_>, name: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let flags = record.flags();
    if flags.is_encrypted() {
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

/// Whether the numbers in the end record match the directory that was read. Archives whose numbers do not fit
/// store them in the zip64 record, with all bits set here. Source: APPNOTE, 4.3.16.
pub(super) fn end_agrees(end: &[u8; 22], directory: u64, place: u64) -> bool {
    let short = |at: usize| u16::from_le_bytes([end[at], end[at + 1]]);
    let long = |at: usize| u64::from(short(at)) | u64::from(short(at + 2)) << 16;
    let large =
        short(10) == u16::MAX || long(12) == u64::from(u32::MAX) || long(16) == u64::from(u32::MAX);
    let same = short(4) == 0
        && short(6) == 0
        && short(8) == short(10)
        && long(16) == directory
        && long(12) + long(16) == place;
    large || same
}
