//! Checks the zip archive: every reader must see the same files in it.
//!
//! Takes bytes that can be read at any offset; gives the entries, and findings where indexes refuse the archive
//! or readers disagree. Both headers of each entry are checked, in the directory and before the data. Nothing
//! is unpacked to disk, and no number leads beyond the end of the file. Source: PKWARE's APPNOTE.

use std::collections::HashSet;

use rawzip::{CompressionMethod, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder};

use super::headers;
use super::inflate::{Sizes, Unpacker};

use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::audit::memory::Share;
use crate::wheel::record::Content;
use crate::wheel::{Method, PackedBytes};

/// The longest directory that is read, in bytes.
const LARGEST_DIRECTORY: u64 = 16 << 20;
/// A wheel with a longer directory than this takes the turn, in bytes.
const LARGE_DIRECTORY: u64 = 1 << 20;
/// The most entries that are read.
pub(in crate::audit) const MOST_ENTRIES: usize = 100_000;
/// How much may be unpacked from an archive of any size, in bytes.
const FREE_TO_UNPACK: u64 = 64 << 20;
/// How many times its size an archive may unpack to beyond that (PyPI's rule).
const HIGHEST_RATIO: u64 = 50;
/// Name and extra field of an entry are 64 KiB each at most.
const HEADER: usize = 2 * 65_536 + 46;
/// The size of a data descriptor with all optional fields, in bytes.
const LONGEST_DESCRIPTOR: u64 = 24;

/// The entries of an archive, to be read one by one.
#[derive(Debug)]
pub(in crate::audit) struct Archive<R> {
    zip: ZipArchive<R>,
    pub(in crate::audit) entries: Vec<Entry>,
}

/// One entry of the central directory.
#[derive(Debug, Clone)]
pub(in crate::audit) struct Entry {
    /// Its path.
    pub(in crate::audit) name: String,
    /// Its size once it is unpacked, as declared.
    pub(in crate::audit) size: u64,
    /// The size of its data in the archive.
    pub(in crate::audit) packed: u64,
    /// Whether it is a folder.
    pub(in crate::audit) is_folder: bool,
    /// Its Unix mode, if it has one.
    mode: Option<u32>,
    method: CompressionMethod,
    encrypted: bool,
    /// Whether sizes and checksum come after the data.
    described: bool,
    wayfinder: ZipArchiveEntryWayfinder,
    /// From its local header to the end of its data.
    extent: (u64, u64),
}

impl Entry {
    fn sizes(&self) -> Sizes {
        Sizes {
            packed: self.packed,
            unpacked: self.size,
        }
    }

    /// Whether it can be unpacked in one step.
    pub(in crate::audit) fn is_deflated(&self) -> bool {
        !self.encrypted && self.method == CompressionMethod::DEFLATE
    }

    /// Whether it is marked as executable.
    pub(in crate::audit) fn is_executable(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o111 != 0)
    }
}

impl<R: ReaderAt> Archive<R> {
    /// Reads the directory and all headers. An error means that the file is not an archive, or that it must not
    /// be unpacked.
    pub(in crate::audit) fn open(
        reader: R,
        length: u64,
        memory: &mut Share,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Finding> {
        let mut buffer = vec![0; HEADER];
        let located = rawzip::ZipLocator::new().locate_in_reader(reader, &mut buffer, length);
        let zip = located.map_err(|(_, error)| {
            Finding::new(Code::NotAZip, format!("is not a zip archive: {error}"))
                .hint("download or build the wheel again")
        })?;
        let directory = zip.eocd_offset().saturating_sub(zip.directory_offset());
        if directory > LARGEST_DIRECTORY {
            return Err(Finding::new(
                Code::ZipTooLarge,
                format!("has a directory of {directory} bytes"),
            ));
        }
        if directory > LARGE_DIRECTORY {
            memory.take_turn();
        }
        let mut archive = Self {
            zip,
            entries: Vec::new(),
        };
        archive.read_directory(&mut buffer, length, findings)?;
        archive.check_end(length, findings);
        archive.check_extents(findings)?;
        archive.check_total(length)?;
        Ok(archive)
    }

    fn read_directory(
        &mut self,
        buffer: &mut [u8],
        length: u64,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Finding> {
        // Together the entries are no longer than the archive, unless they overlap.
        let mut left = length;
        let mut names: HashSet<Vec<u8>> = HashSet::new();
        let mut local = vec![0; HEADER];
        let mut records = self.zip.entries(buffer);
        loop {
            let record = match records.next_entry() {
                Ok(Some(record)) => record,
                Ok(None) => return Ok(()),
                Err(error) => {
                    findings.push(Finding::new(
                        Code::ZipDirectory,
                        format!("has a directory that cannot be read: {error}"),
                    ));
                    return Ok(());
                }
            };
            if self.entries.len() == MOST_ENTRIES {
                return Err(Finding::new(
                    Code::ZipTooLarge,
                    format!("has more than {MOST_ENTRIES} entries"),
                ));
            }
            let raw = record.file_path().as_bytes().to_vec();
            let name = String::from_utf8_lossy(&raw).into_owned();
            let mut own = headers::directory_faults(&record, &raw);
            if !names.insert(raw) {
                own.push(Finding::new(Code::ZipDuplicate, "is in the archive twice"));
            }
            let begin = record.local_header_offset();
            let extent = match headers::local_faults(&self.zip, &record, &mut local, &mut own) {
                Ok(end) => (begin, end),
                Err(error) => {
                    let actual = format!("has no header before its data: {error}");
                    own.push(Finding::new(Code::ZipHeaders, actual));
                    (begin, begin)
                }
            };
            left = left.checked_sub(extent.1 - extent.0).ok_or_else(overlap)?;
            if findings.len() < MOST_ENTRIES {
                findings.extend(own.into_iter().map(|finding| finding.of(&name)));
            }
            self.entries.push(Entry {
                name,
                size: record.uncompressed_size_hint(),
                packed: record.compressed_size_hint(),
                is_folder: record.is_dir(),
                mode: headers::unix_mode(&record),
                method: record.compression_method(),
                encrypted: record.flags().is_encrypted(),
                described: record.flags().has_data_descriptor(),
                wayfinder: record.wayfinder(),
                extent,
            });
        }
    }

    /// The end record: where the directory is, how many entries it has, and nothing behind it.
    fn check_end(&self, length: u64, findings: &mut Vec<Finding>) {
        if self.zip.comment().remaining() > 0 {
            findings.push(Finding::new(Code::ZipComment, "has a comment at its end"));
        }
        if let Some(trailing @ 1..) = length.checked_sub(self.zip.end_offset()) {
            findings.push(Finding::new(
                Code::ZipTrailing,
                format!("has {trailing} bytes after its end"),
            ));
        }
        let place = self.zip.eocd_offset();
        let end = headers::End::read(self.zip.get_ref(), place);
        if end.as_ref().is_some_and(headers::End::is_extended) {
            let actual = "has a zip64 end record with data of its own, which PyPI and pip refuse";
            findings.push(Finding::new(Code::ZipDirectory, actual));
        }
        let (directory, entries) = (self.zip.directory_offset(), self.entries.len() as u64);
        let agrees = end.is_some_and(|end| end.agrees(directory, entries, place));
        let prefix = self.prefix();
        // Bytes before the archive shift every offset by the same number, which is reported once.
        if !agrees && prefix == 0 {
            findings.push(Finding::new(
                Code::ZipDirectory,
                format!(
                    "has {} entries in a directory that is not as its end record says",
                    self.entries.len()
                ),
            ));
        }
        if prefix > 0 {
            findings.push(Finding::new(
                Code::ZipPrefix,
                format!("has {prefix} bytes before its first entry"),
            ));
        }
    }

    /// The number of bytes before the first entry.
    fn prefix(&self) -> u64 {
        let first = self.entries.iter().map(|entry| entry.extent.0).min();
        first.unwrap_or(self.zip.directory_offset())
    }

    /// Entries lie one behind the other, from the beginning to the directory.
    fn check_extents(&self, findings: &mut Vec<Finding>) -> Result<(), Finding> {
        let mut extents: Vec<_> = self
            .entries
            .iter()
            .map(|entry| {
                let slack = if entry.described {
                    LONGEST_DESCRIPTOR
                } else {
                    0
                };
                (entry.extent, slack, entry.name.as_str())
            })
            .collect();
        extents.sort_unstable();
        let directory = self.zip.directory_offset();
        extents.push(((directory, directory), 0, "the directory"));
        let mut place = (self.prefix(), 0, "");
        for ((begin, end), slack, name) in extents {
            let (expected, allowed, before) = place;
            if begin < expected {
                return Err(overlap().of(before));
            } else if begin - expected > allowed {
                findings.push(Finding::new(
                    Code::ZipHidden,
                    format!(
                        "has {} bytes before {name} that belong to no entry",
                        begin - expected
                    ),
                ));
            }
            place = (end.max(expected), slack, name);
        }
        Ok(())
    }

    fn check_total(&self, length: u64) -> Result<(), Finding> {
        let total = self
            .entries
            .iter()
            .fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
        if total > most_unpacked(length) {
            return Err(Finding::new(
                Code::ZipBomb,
                format!("unpacks to {total} bytes, from {length}; nothing of it was unpacked"),
            ));
        }
        Ok(())
    }

    /// Unpacks a whole entry in one step; `None` if it is not deflated, or if anything is wrong with it: `read` can
    /// tell what.
    pub(in crate::audit) fn read_at_once<'b>(
        &self,
        entry: &Entry,
        unpacker: &'b mut Unpacker,
    ) -> Option<&'b [u8]> {
        if !entry.is_deflated() {
            return None;
        }
        let source = self.zip.get_entry(entry.wayfinder).ok()?;
        let checksum = source.reader().claim_verifier().crc;
        unpacker.whole(&mut source.reader(), entry.sizes(), checksum)
    }

    /// Where the bytes of an entry are, and how they are packed; `content` is what they unpack to.
    pub(in crate::audit) fn packed(&self, entry: &Entry, content: Content) -> Option<PackedBytes> {
        let method = match entry.method {
            CompressionMethod::STORE => Method::Stored,
            CompressionMethod::DEFLATE => Method::Deflated,
            _ => return None,
        };
        let source = self.zip.get_entry(entry.wayfinder).ok()?;
        let (begin, _) = source.compressed_data_range();
        Some(PackedBytes {
            begin,
            length: entry.packed,
            method,
            crc: source.reader().claim_verifier().crc,
            content,
        })
    }

    /// Unpacks a whole entry piece by piece, and compares size and checksum; `false` if the compression method is
    /// not supported.
    pub(in crate::audit) fn read(
        &self,
        entry: &Entry,
        unpacker: &mut Unpacker,
        mut sink: impl FnMut(&[u8]),
    ) -> Result<bool, Finding> {
        let damaged = |why: &dyn std::fmt::Display| {
            Finding::new(Code::ZipDamaged, format!("cannot be unpacked: {why}"))
                .hint("download or build the wheel again")
        };
        // Other reasons were reported with the headers.
        if entry.encrypted || !is_known(entry.method) {
            return Ok(false);
        }
        let source = self
            .zip
            .get_entry(entry.wayfinder)
            .map_err(|error| damaged(&error))?;
        let sizes = entry.sizes();
        let mut reader = source.reader();
        let outcome = if entry.method == CompressionMethod::STORE {
            unpacker.stored(&mut reader, sizes, &mut sink)
        } else {
            unpacker.deflated(&mut reader, sizes, &mut sink)
        };
        match outcome {
            Ok(sum) if sum == source.reader().claim_verifier().crc => Ok(true),
            Ok(_) => Err(damaged(&"its checksum is another")),
            Err(error) => Err(damaged(&error)),
        }
    }
}

/// How much may be unpacked from an archive of this size, in bytes.
pub(in crate::audit) fn most_unpacked(length: u64) -> u64 {
    FREE_TO_UNPACK.max(length.saturating_mul(HIGHEST_RATIO))
}

/// Entries that overlap could unpack to any size, so nothing is unpacked.
fn overlap() -> Finding {
    Finding::new(
        Code::ZipOverlap,
        "shares bytes with another entry; nothing was unpacked",
    )
}

fn is_known(method: CompressionMethod) -> bool {
    [CompressionMethod::STORE, CompressionMethod::DEFLATE].contains(&method)
}
