//! Reads the tar archive of a source distribution. Nothing is unpacked to disk.
//!
//! Takes compressed bytes; gives the members, the two files that are judged, and findings where readers disagree
//! about the contents. Names in extension headers are read here and not by the crate `tar`, which would read a
//! name of any length into memory. Sources: POSIX.1-2001 (pax), PEP 721.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read};

use flate2::bufread::GzDecoder;
use tar::{EntryType, PaxExtensions};

use crate::audit::code::Code;
use crate::audit::container::archive::{MOST_ENTRIES, most_unpacked};
use crate::audit::finding::Finding;
use crate::audit::memory::Share;

/// The most that is unpacked from any archive, in bytes.
const MOST_UNPACKED: u64 = 4 << 30;
/// The memory limit for the paths of all members, in bytes.
const MOST_NAMES: usize = 16 << 20;
/// An archive with longer paths than this takes the turn, in bytes.
const LARGE_NAMES: usize = 1 << 20;
/// The largest extension header, in bytes; it has one name.
const LARGEST_EXTENSION: u64 = 1 << 20;
/// The largest PKG-INFO and pyproject.toml that are read, in bytes.
const LARGEST_TEXT: u64 = 2 << 20;
/// The most files of these names that are kept; a good archive has two.
const MOST_TEXTS: usize = 8;
/// The files whose contents are judged, below the top folder.
const TEXTS: [&str; 2] = ["PKG-INFO", "pyproject.toml"];
/// The size of a block of a tar archive, in bytes. Two empty ones are the end of the archive.
const BLOCK: usize = 512;

/// One member of the archive.
#[derive(Debug)]
pub(super) struct Member {
    /// The path, without the slash at the end of a folder.
    pub(super) path: String,
    pub(super) kind: Kind,
    /// The permissions.
    pub(super) mode: u32,
}

/// The kind of a member.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A symbolic link with its target.
    Symlink(String),
    /// A hard link with the path of the member that it is the same file as.
    HardLink(String),
    /// A device, a pipe, or a type that no reader knows.
    Special,
}

/// What an archive contains.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) members: Vec<Member>,
    /// The contents of `PKG-INFO` and `pyproject.toml` in top folders, by path.
    pub(super) texts: BTreeMap<String, Vec<u8>>,
}

/// Reads the whole archive; `length` is its compressed size. An error means that the rest was not read.
pub(super) fn read<R: Read>(
    reader: R,
    length: u64,
    memory: &mut Share,
    findings: &mut Vec<Finding>,
) -> Result<Contents, Finding> {
    let decoder = GzDecoder::new(BufReader::new(reader));
    if decoder.header().is_none() {
        return Err(unreadable("it is not compressed with gzip"));
    }
    let limit = most_unpacked(length).min(MOST_UNPACKED);
    let mut archive = tar::Archive::new(Metered {
        inner: decoder,
        left: limit,
        is_over: false,
    });
    let mut contents = Contents::default();
    let outcome = read_members(&mut archive, &mut contents, memory, findings);
    let mut metered = archive.into_inner();
    let outcome = outcome.and_then(|()| read_end(&mut metered, findings));
    if metered.is_over {
        let actual =
            format!("unpacks to more than {limit} bytes, from {length}; the rest was not read");
        let finding = Finding::new(Code::SdistBomb, actual);
        return Err(finding.hint("leave large generated files out of the sdist"));
    }
    outcome.map(|()| contents)
}

fn unreadable(why: impl std::fmt::Display) -> Finding {
    let actual = format!("is not a readable tar archive: {why}");
    Finding::new(Code::NotATar, actual).hint("download or build the sdist again")
}

fn too_large(actual: String) -> Finding {
    let finding = Finding::new(Code::SdistTooLarge, actual);
    finding.hint("leave files out of the sdist, or shorten their names")
}

fn read_members<R: Read>(
    archive: &mut tar::Archive<R>,
    contents: &mut Contents,
    memory: &mut Share,
    findings: &mut Vec<Finding>,
) -> Result<(), Finding> {
    let entries = archive.entries().map_err(unreadable)?;
    let mut extended = Extended::default();
    let mut names = 0;
    for entry in entries.raw(true) {
        let mut entry = entry.map_err(unreadable)?;
        let kind = entry.header().entry_type();
        if extended.take(kind, &mut entry)? {
            continue;
        }
        let extended = std::mem::take(&mut extended);
        let header = entry.header();
        let own = header.path_bytes();
        let path = extended.path.as_deref().unwrap_or(&own);
        let target = header.link_name_bytes();
        let target = extended.target.as_deref().or(target.as_deref());
        let path_text = String::from_utf8_lossy(path).into_owned();
        if kind == EntryType::GNUSparse || extended.is_sparse {
            let actual = "is a sparse file; the members after it were not read";
            let finding = Finding::new(Code::SdistSparse, actual).of(&path_text);
            return Err(finding.hint("pack the sdist without the option --sparse of tar"));
        }
        if extended.size.is_some_and(|size| size != entry.size()) {
            let why = format!("`{path_text}` has two headers with different sizes");
            return Err(unreadable(why));
        }
        if std::str::from_utf8(path).is_err() {
            let finding = Finding::new(Code::PathCharacter, "has a name that is not UTF-8");
            findings.push(finding.of(&path_text));
        }
        let target = String::from_utf8_lossy(target.unwrap_or_default()).into_owned();
        names += path_text.len() + target.len();
        if contents.members.len() == MOST_ENTRIES || names > MOST_NAMES {
            let actual = format!(
                "has more than {MOST_ENTRIES} members, or names of more than {MOST_NAMES} bytes"
            );
            return Err(too_large(actual));
        }
        if names > LARGE_NAMES {
            memory.take_turn();
        }
        let kind = match kind {
            // In the oldest format a folder is a file with a slash at its end.
            EntryType::Regular if path_text.ends_with('/') => Kind::Folder,
            EntryType::Regular | EntryType::Continuous => Kind::File,
            EntryType::Directory => Kind::Folder,
            EntryType::Symlink => Kind::Symlink(target),
            EntryType::Link => Kind::HardLink(target),
            _ => Kind::Special,
        };
        // Python's tarfile reads 0 from an empty field.
        let is_empty = |field: &[u8]| field.iter().all(|byte| matches!(byte, 0 | b' '));
        let mode = if is_empty(&header.as_old().mode) {
            0
        } else {
            header.mode().map_err(unreadable)?
        };
        let path = path_text.strip_suffix('/').unwrap_or(&path_text).to_owned();
        let is_text = path
            .split_once('/')
            .is_some_and(|(_, name)| TEXTS.contains(&name));
        if kind == Kind::File && is_text && contents.texts.len() < MOST_TEXTS {
            if entry.size() > LARGEST_TEXT {
                let finding = too_large(format!("has {} bytes", entry.size()));
                findings.push(finding.of(&path));
            } else {
                let mut text = Vec::new();
                entry.read_to_end(&mut text).map_err(unreadable)?;
                contents.texts.insert(path.clone(), text);
            }
        }
        contents.members.push(Member { path, kind, mode });
    }
    Ok(())
}

/// What headers before a member say about the member.
#[derive(Debug, Default)]
struct Extended {
    path: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

impl Extended {
    /// Reads an extension header; `false` if the entry is a member.
    fn take<R: Read>(
        &mut self,
        kind: EntryType,
        entry: &mut tar::Entry<'_, R>,
    ) -> Result<bool, Finding> {
        let is_extension = matches!(
            kind,
            EntryType::GNULongName
                | EntryType::GNULongLink
                | EntryType::XHeader
                | EntryType::XGlobalHeader
        );
        if !is_extension {
            return Ok(false);
        }
        if entry.size() > LARGEST_EXTENSION {
            let actual = format!("has a name or a header of {} bytes", entry.size());
            return Err(too_large(actual));
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(unreadable)?;
        match kind {
            EntryType::GNULongName => self.path = Some(until_nul(bytes)),
            EntryType::GNULongLink => self.target = Some(until_nul(bytes)),
            _ => self.take_pax(&bytes, kind == EntryType::XGlobalHeader)?,
        }
        Ok(true)
    }

    fn take_pax(&mut self, bytes: &[u8], is_global: bool) -> Result<(), Finding> {
        for record in PaxExtensions::new(bytes) {
            let record = record.map_err(|error| {
                // The reader that uv has takes every line for a record, as the crate `tar` does.
                if is_pax(bytes) {
                    let actual =
                        "has an extension header with a value of several lines, which uv refuses";
                    Finding::new(Code::NotATar, actual)
                        .hint("pack the sdist without extended attributes (bsdtar --no-xattrs)")
                } else {
                    unreadable(error)
                }
            })?;
            let value = record.value_bytes();
            match record.key_bytes() {
                b"path" | b"linkpath" | b"size" if is_global => {
                    return Err(unreadable(
                        "one header gives all members the same name or size",
                    ));
                }
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.target = Some(value.to_vec()),
                b"size" => {
                    let size = record.value().ok().and_then(|size| size.parse().ok());
                    self.size = Some(size.ok_or_else(|| unreadable("a size is not a number"))?);
                }
                key => self.is_sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
        Ok(())
    }
}

/// Whether an extension header consists of records of the lengths that they begin with.
fn is_pax(mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let digits = bytes.split(|byte| *byte == b' ').next();
        let length = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| digits.parse().ok());
        match length.and_then(|length| bytes.split_at_checked(length)) {
            Some((record, rest)) if record.ends_with(b"\n") => bytes = rest,
            _ => return false,
        }
    }
    true
}

fn until_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes.truncate(end.unwrap_or(bytes.len()));
    bytes
}

/// Checks what comes after the last member: two empty blocks, and then nothing but padding.
fn read_end<R: Read>(
    metered: &mut Metered<GzDecoder<BufReader<R>>>,
    findings: &mut Vec<Finding>,
) -> Result<(), Finding> {
    let mut end = Vec::new();
    // The reader of the members has read the first of the two blocks.
    let second = metered.by_ref().take(BLOCK as u64).read_to_end(&mut end);
    second.map_err(unreadable)?;
    if end.len() < BLOCK || end.iter().any(|byte| *byte != 0) {
        return Err(unreadable("its end is missing: two empty blocks"));
    }
    let trailing = |what| {
        let actual = format!("has data after the end of the {what}");
        Finding::new(Code::SdistTrailing, actual).hint("download or build the sdist again")
    };
    let mut piece = vec![0; 64 << 10];
    let mut has_data = false;
    loop {
        match metered.read(&mut piece).map_err(unreadable)? {
            0 => break,
            count => has_data |= piece[..count].iter().any(|byte| *byte != 0),
        }
    }
    findings.extend(has_data.then(|| trailing("tar archive")));
    let compressed = metered.inner.get_mut();
    loop {
        let rest = compressed.fill_buf().map_err(unreadable)?;
        if rest.is_empty() {
            return Ok(());
        }
        if rest.iter().any(|byte| *byte != 0) {
            findings.push(trailing("compressed data"));
            return Ok(());
        }
        let count = rest.len();
        compressed.consume(count);
    }
}

/// A reader that stops with an error when it has given a number of bytes.
struct Metered<R> {
    inner: R,
    left: u64,
    is_over: bool,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(count as u64) else {
            self.is_over = true;
            return Err(io::Error::other("the limit is reached"));
        };
        self.left = left;
        Ok(count)
    }
}
