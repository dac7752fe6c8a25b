//! The archive writer: every entry once, in order, into a temporary file that becomes the wheel.
//!
//! A [`Packer`] packs all wheels of a run: it has the threads that they share, and what is the same in
//! several of them is read, hashed and deflated once. Takes a [`WheelSpec`], gives a [`PackedWheel`].
//! Never leaves a file behind when it fails.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::NamedTempFile;

use super::contents::{Bytes, Contents, Item};
use super::deflate::{self, Digest, Helpers, Piece};
use super::record::{self, Content, Row};
use super::store::Store;
use super::zip::{Method, Numbers, Zip};
use super::{ArchivePath, Timestamp, WheelSpec, WrittenWheel, destination};
use crate::error::Result;
use crate::sys::fingerprint::sha256_of_reader;
use crate::sys::sync::lock;

/// Written and read at a time.
pub(super) const BUFFER: usize = 256 * 1024;

/// A wheel (or an sdist) that is written and has no name yet: it takes it by
/// [`PackedWheel::persist`], once it has been checked, or goes away without a trace.
#[derive(Debug)]
pub struct PackedWheel {
    pub(super) file: NamedTempFile,
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) sha256: String,
}

impl PackedWheel {
    /// The wheel's bytes.
    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// The path that it is to have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its SHA-256, in hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether a wheel with the same bytes is at this path already.
    fn is_at(&self, path: &Path) -> bool {
        let found = std::fs::symlink_metadata(path);
        if !found.is_ok_and(|found| found.is_file() && found.len() == self.size) {
            return false;
        }
        let measured = File::open(path).and_then(|mut file| measure(&mut file));
        measured.is_ok_and(|(_, sha256)| sha256 == self.sha256)
    }

    /// Puts it in its place; an earlier wheel of the same name is replaced in one step, or left alone
    /// when it has the same bytes.
    pub fn persist(self) -> Result<WrittenWheel> {
        let path = if self.is_at(&self.path) {
            self.path
        } else {
            destination::persist(self.file, self.path)?
        };
        Ok(WrittenWheel {
            path,
            size: self.size,
            sha256: self.sha256,
        })
    }

    /// Rejects a path where [`Self::persist_new`] would not put it.
    pub fn check_free(&self, path: &Path) -> Result<()> {
        match std::fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(destination::failed(&error, path)),
            Ok(_) if self.is_at(path) => Ok(()),
            Ok(_) => Err(destination::occupied(path)),
        }
    }

    /// Puts it in its place, but never over another file. A file with the same bytes is left alone.
    pub fn persist_new(mut self) -> Result<WrittenWheel> {
        if let Some(file) = destination::persist_new(self.file, &self.path)? {
            self.file = file;
            if !self.is_at(&self.path) {
                return Err(destination::occupied(&self.path));
            }
        }
        Ok(WrittenWheel {
            path: self.path,
            size: self.size,
            sha256: self.sha256,
        })
    }
}

/// What packs the wheels of one run, on any number of threads at once.
#[derive(Debug)]
pub struct Packer {
    helpers: Helpers,
    store: Option<Mutex<Store>>,
}

impl Packer {
    /// For wheels that have nothing in common. `threads` deflate at a time; one more for each further
    /// call of [`Packer::pack`] at the same time.
    pub fn new(threads: usize) -> Self {
        Self {
            helpers: Helpers::new(threads.saturating_sub(1)),
            store: None,
        }
    }

    /// For wheels that share files: what is deflated already is kept in a file without a name in
    /// `dir`, as long as there is room for it there.
    pub fn sharing(threads: usize, dir: &Path) -> Self {
        Self {
            store: Store::new(dir).ok().map(Mutex::new),
            ..Self::new(threads)
        }
    }

    /// Writes the wheel into a temporary file in `dir`, which is made when it is missing.
    pub fn pack(
        &self,
        spec: &WheelSpec<'_>,
        dir: &Path,
        timestamp: Timestamp,
    ) -> Result<PackedWheel> {
        let contents = Contents::of(spec)?;
        let file = destination::create(dir)?;
        let place = file.path().to_owned();

        if let Some(store) = &self.store {
            // Whoever comes meanwhile waits: it would need the same, and its threads are at work.
            let shared = contents.items.iter().filter(|item| item.shared);
            lock(store).fill(shared.map(|item| &item.bytes), &self.helpers)?;
        }
        let writer = BufWriter::with_capacity(BUFFER, file);
        let mut archive = Archive::new(writer, timestamp, place.clone());
        archive.add(&contents.items, self)?;
        let writer = archive.finish(contents.record, self)?;
        packed(writer, dir.join(spec.filename.to_string()))
    }
}

/// The wheel that a finished temporary file becomes at this path.
pub(super) fn packed(writer: BufWriter<NamedTempFile>, path: PathBuf) -> Result<PackedWheel> {
    let place = writer.get_ref().path().to_owned();
    let failed = |error: io::Error| destination::failed(&error, &place);
    let mut file = writer
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    let (size, sha256) = measure(file.as_file_mut()).map_err(failed)?;
    Ok(PackedWheel {
        file,
        path,
        size,
        sha256,
    })
}

/// The zip under way, and the rows of its RECORD so far.
pub(super) struct Archive<W: Write + Seek> {
    zip: Zip<W>,
    rows: Vec<Row>,
    /// The file that is written, for messages.
    place: PathBuf,
}

impl<W: Write + Seek> Archive<W> {
    pub(super) fn new(writer: W, timestamp: Timestamp, place: PathBuf) -> Self {
        Self {
            zip: Zip::new(writer, timestamp.to_dos()),
            rows: Vec::new(),
            place,
        }
    }

    /// Adds these in their order: copied where they are stored, else deflated.
    pub(super) fn add(&mut self, items: &[Item<'_>], packer: &Packer) -> Result<()> {
        let mut fresh = Vec::new();
        for item in items {
            if let Some(store) = packer.store.as_ref().filter(|_| item.shared) {
                let store = lock(store);
                if let Some(kept) = store.find(&item.bytes) {
                    self.deflate(&std::mem::take(&mut fresh), packer)?;
                    let digest = kept.digest.clone();
                    let numbers = numbers(&digest, kept.packed);
                    self.begin(item, numbers)?;
                    let copied = store.copy(&kept, &mut |bytes| self.zip.write(bytes));
                    copied.map_err(|error| self.failed(&error))?;
                    self.end(item, digest, numbers)?;
                    continue;
                }
            }
            fresh.push(item);
        }
        self.deflate(&fresh, packer)
    }

    /// Adds an entry whose bytes are packed already. `copy` passes them on.
    pub(super) fn add_packed(
        &mut self,
        path: &ArchivePath,
        executable: bool,
        method: Method,
        (numbers, content): (Numbers, Content),
        copy: impl FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()>,
    ) -> Result<()> {
        let zip = &mut self.zip;
        let written = zip
            .begin_as(method, path.as_str(), executable, numbers)
            .and_then(|()| copy(&mut |bytes| zip.write(bytes)))
            .and_then(|()| zip.end(numbers));
        written.map_err(|error| self.failed(&error))?;
        self.rows.push(Row {
            path: path.to_string(),
            content: Some(content),
        });
        Ok(())
    }

    fn deflate(&mut self, items: &[&Item<'_>], packer: &Packer) -> Result<()> {
        let sources: Vec<_> = items.iter().map(|item| &item.bytes).collect();
        let mut waiting = items.iter().copied();
        // The item whose pieces are coming, and how many bytes of it came.
        let mut under_way: Option<(&Item<'_>, u64)> = None;
        deflate::all(&sources, &packer.helpers, &mut |piece: Piece| {
            let length = piece.bytes.len() as u64;
            let Some((item, before)) = under_way.take().or_else(|| Some((waiting.next()?, 0)))
            else {
                return Ok(());
            };
            let so_far = before + length;
            if before == 0 {
                let known = match &piece.end {
                    Some(digest) => numbers(digest, so_far),
                    None => Numbers {
                        crc: 0,
                        packed: 0,
                        size: item.bytes.size(),
                    },
                };
                self.begin(item, known)?;
            }
            let written = self.zip.write(&piece.bytes);
            written.map_err(|error| self.failed(&error))?;
            if let Some(digest) = piece.end {
                let numbers = numbers(&digest, so_far);
                return self.end(item, digest, numbers);
            }
            under_way = Some((item, so_far));
            Ok(())
        })
    }

    fn begin(&mut self, item: &Item<'_>, known: Numbers) -> Result<()> {
        let begun = self.zip.begin(item.path.as_str(), item.executable, known);
        begun.map_err(|error| self.failed(&error))
    }

    fn end(&mut self, item: &Item<'_>, digest: Digest, numbers: Numbers) -> Result<()> {
        self.rows.push(Row {
            path: item.path.to_string(),
            content: Some(digest.content),
        });
        let ended = self.zip.end(numbers);
        ended.map_err(|error| self.failed(&error))
    }

    /// Adds RECORD and the directory, and gives the writer back.
    pub(super) fn finish(mut self, record: ArchivePath, packer: &Packer) -> Result<W> {
        let mut rows = std::mem::take(&mut self.rows);
        rows.push(Row {
            path: record.to_string(),
            content: None,
        });
        let text = record::render(&rows).map_err(|error| self.failed(&io::Error::other(error)))?;
        let item = Item {
            path: record,
            bytes: Bytes::Owned(text),
            executable: false,
            shared: false,
        };
        self.deflate(&[&item], packer)?;
        let place = self.place;
        self.zip
            .finish()
            .map_err(|error| destination::failed(&error, &place))
    }

    pub(super) fn failed(&self, error: &io::Error) -> crate::Error {
        destination::failed(error, &self.place)
    }
}

fn numbers(digest: &Digest, packed: u64) -> Numbers {
    Numbers {
        crc: digest.crc,
        packed,
        size: digest.content.size,
    }
}

/// Size and SHA-256 of a whole file.
pub(super) fn measure(file: &mut File) -> io::Result<(u64, String)> {
    file.rewind()?;
    sha256_of_reader(file)
}

#[cfg(test)]
mod tests;
