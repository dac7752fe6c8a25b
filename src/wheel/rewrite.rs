//! Writes the entries of an existing wheel into a new one, under another name and with a new RECORD.
//!
//! Takes a [`Rewrite`], which lists the entries. The bytes of an entry that does not change are copied as they
//! are compressed in the existing wheel, so that memory does not grow with the wheel. Decides nothing.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _};
use std::path::{Path, PathBuf};

use super::contents::{Bytes, Item};
use super::record::Content;
use super::store::copy_range;
use super::write::{Archive, BUFFER, PackedWheel, packed};
use super::zip::{Method, Numbers};
use super::{ArchivePath, Packer, Timestamp, destination};
use crate::error::Result;

/// What a new wheel has of an existing one.
#[derive(Debug, Clone)]
pub(crate) struct Rewrite {
    /// All files but RECORD, in the order of the new archive.
    pub(crate) entries: Vec<RewriteEntry>,
    /// The path of RECORD.
    pub(crate) record: ArchivePath,
}

/// A file of the new wheel.
#[derive(Debug, Clone)]
pub(crate) struct RewriteEntry {
    pub(crate) path: ArchivePath,
    pub(crate) executable: bool,
    pub(crate) bytes: RewriteBytes,
}

/// Where the bytes of a file come from.
#[derive(Debug, Clone)]
pub(crate) enum RewriteBytes {
    /// From the existing wheel.
    Copied(PackedBytes),
    /// These.
    Text(Vec<u8>),
}

/// The bytes of an entry in an existing wheel.
#[derive(Debug, Clone)]
pub(crate) struct PackedBytes {
    /// Where the bytes begin in the file.
    pub(crate) begin: u64,
    /// How many there are.
    pub(crate) length: u64,
    pub(crate) method: Method,
    /// The checksum of the unpacked bytes.
    pub(crate) crc: u32,
    /// Hash and size of the unpacked bytes.
    pub(crate) content: Content,
}

/// Writes the new wheel into a temporary file beside the path that it is to have.
pub(crate) fn rewrite(
    rewrite: &Rewrite,
    source: &File,
    path: PathBuf,
    timestamp: Timestamp,
) -> Result<PackedWheel> {
    let file = destination::create(path.parent().unwrap_or(Path::new("")))?;
    let place = file.path().to_owned();
    let packer = Packer::new(1);
    let mut archive = Archive::new(BufWriter::with_capacity(BUFFER, file), timestamp, place);
    for entry in &rewrite.entries {
        match &entry.bytes {
            RewriteBytes::Copied(bytes) => {
                let numbers = Numbers {
                    crc: bytes.crc,
                    packed: bytes.length,
                    size: bytes.content.size,
                };
                archive.add_packed(
                    &entry.path,
                    entry.executable,
                    bytes.method,
                    (numbers, bytes.content.clone()),
                    |sink| copy_range(source, bytes.begin, bytes.length, sink),
                )?;
            }
            RewriteBytes::Text(text) => {
                let item = Item {
                    path: entry.path.clone(),
                    bytes: Bytes::Here(text),
                    executable: entry.executable,
                    shared: false,
                };
                archive.add(&[item], &packer)?;
            }
        }
    }
    let writer = archive.finish(rewrite.record.clone(), &packer)?;
    packed(writer, path)
}

/// Copies a whole wheel, byte by byte, into a temporary file beside the path that the copy is to have.
pub(crate) fn copy(mut source: &File, path: PathBuf) -> Result<PackedWheel> {
    let file = destination::create(path.parent().unwrap_or(Path::new("")))?;
    let place = file.path().to_owned();
    let mut writer = BufWriter::with_capacity(BUFFER, file);
    source
        .rewind()
        .and_then(|()| io::copy(&mut source, &mut writer))
        .map_err(|error| destination::failed(&error, &place))?;
    packed(writer, path)
}
