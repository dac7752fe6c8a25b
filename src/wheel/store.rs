//! What the wheels of a run share, deflated once.
//!
//! Takes files and texts, keeps their deflated bytes in a file without a name, so that memory does not
//! grow with the project, and gives them back as often as they are wanted. A full disk is not
//! a failure: bytes that cannot be kept are deflated again. A file that could not be read to its end is never kept.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::contents::{Bytes, Identity};
use super::deflate::{self, Digest, Helpers, Piece};
use crate::error::{Error, Problem, Result};

/// Copied at a time.
const BUFFER: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct Store {
    file: File,
    /// Of what is kept; behind it may be the beginning of what could not be.
    length: u64,
    kept: HashMap<Identity, Kept>,
    /// Nothing more can be kept.
    full: bool,
}

/// Where something is, and what it is.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    offset: u64,
    pub(super) packed: u64,
    pub(super) digest: Digest,
}

impl Store {
    pub(super) fn new(dir: &Path) -> io::Result<Self> {
        Ok(Self {
            file: tempfile::tempfile_in(dir)?,
            length: 0,
            kept: HashMap::new(),
            full: false,
        })
    }

    /// Deflates and keeps what of these it has not got yet.
    pub(super) fn fill<'a>(
        &mut self,
        wanted: impl Iterator<Item = &'a Bytes<'a>>,
        helpers: &Helpers,
    ) -> Result<()> {
        if self.full {
            return Ok(());
        }
        let missing: Vec<_> = wanted
            .map(|bytes| (bytes, bytes.identity()))
            .filter(|(_, identity)| !self.kept.contains_key(identity))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let sources: Vec<_> = missing.iter().map(|(bytes, _)| *bytes).collect();
        let mut waiting = missing.into_iter();
        let mut position = self.length;
        if self.file.seek(SeekFrom::Start(position)).is_err() {
            self.full = true;
            return Ok(());
        }
        let outcome = deflate::all(&sources, helpers, &mut |piece: Piece| {
            if let Err(error) = self.file.write_all(&piece.bytes) {
                self.full = true;
                return Err(Error::system(Problem::new(error.to_string())));
            }
            position += piece.bytes.len() as u64;
            if let Some(digest) = piece.end
                && let Some((_, identity)) = waiting.next()
            {
                let kept = Kept {
                    offset: self.length,
                    packed: position - self.length,
                    digest,
                };
                self.kept.insert(identity, kept);
                self.length = position;
            }
            Ok(())
        });
        if self.full {
            // The jobs need the room that is left.
            let _ = self.file.set_len(self.length);
            return Ok(());
        }
        outcome
    }

    /// What is kept of these bytes.
    pub(super) fn find(&self, bytes: &Bytes<'_>) -> Option<Kept> {
        self.kept.get(&bytes.identity()).cloned()
    }

    /// Hands on the deflated bytes.
    pub(super) fn copy(
        &self,
        kept: &Kept,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        copy_range(&self.file, kept.offset, kept.packed, sink)
    }
}

/// Hands on a part of a file.
pub(super) fn copy_range(
    mut file: &File,
    begin: u64,
    length: u64,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    file.seek(SeekFrom::Start(begin))?;
    let mut buffer = Vec::new();
    let mut left = length;
    while left > 0 {
        buffer.clear();
        let count = left.min(BUFFER as u64);
        file.take(count).read_to_end(&mut buffer)?;
        if buffer.len() as u64 != count {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        sink(&buffer)?;
        left -= count;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
