//! The archive writer: every entry once, in order, into a temporary file that becomes the wheel.
//!
//! Takes a [`WheelSpec`], gives a [`PackedWheel`]. Each file is read once, as it is packed; one
//! that changes meanwhile is an error. Never leaves a file behind when it fails.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::record::{self, Content, Meter, Row};
use super::{ArchivePath, Entry, Source, Timestamp, WheelSpec, WrittenWheel, destination, path};
use crate::error::{Error, ErrorKind, Problem, Result};

/// Read and deflated at a time.
const CHUNK: usize = 64 * 1024;

/// A wheel that is written and has no name yet: it takes it by [`PackedWheel::persist`], once it has
/// passed the audit, or goes away without a trace.
#[derive(Debug)]
pub struct PackedWheel {
    file: NamedTempFile,
    path: PathBuf,
    size: u64,
    sha256: String,
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

    /// Puts it in its place; an earlier wheel of the same name is replaced in one step.
    pub fn persist(self) -> Result<WrittenWheel> {
        Ok(WrittenWheel {
            path: destination::persist(self.file, self.path)?,
            size: self.size,
            sha256: self.sha256,
        })
    }
}

/// Writes the wheel into a temporary file in `dir`, which is made when it is missing.
pub fn pack(spec: &WheelSpec<'_>, dir: &Path, timestamp: Timestamp) -> Result<PackedWheel> {
    let contents = Contents::of(spec)?;
    let file = destination::create(dir)?;
    let place = file.path().to_owned();

    let writer = BufWriter::with_capacity(CHUNK, file);
    let mut archive = Archive::new(writer, timestamp, place.clone());
    for item in &contents.items {
        archive.add(item)?;
    }
    let writer = archive.finish(&contents.record)?;
    let failed = |error: io::Error| destination::failed(&error, &place);
    let mut file = writer
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    let (size, sha256) = measure(file.as_file_mut()).map_err(failed)?;
    Ok(PackedWheel {
        file,
        path: dir.join(spec.filename.to_string()),
        size,
        sha256,
    })
}

/// One file of the archive, with its size before anything is read.
struct Item<'a> {
    path: ArchivePath,
    bytes: Bytes<'a>,
    executable: bool,
}

enum Bytes<'a> {
    Here(&'a [u8]),
    Owned(Vec<u8>),
    File(&'a Path, u64),
}

impl Bytes<'_> {
    fn size(&self) -> u64 {
        match self {
            Self::Here(bytes) => bytes.len() as u64,
            Self::Owned(bytes) => bytes.len() as u64,
            Self::File(_, size) => *size,
        }
    }
}

/// All files of the archive but RECORD, in their order.
struct Contents<'a> {
    items: Vec<Item<'a>>,
    record: ArchivePath,
}

impl<'a> Contents<'a> {
    /// Finds everything that keeps these files from being a wheel before one of them is read.
    fn of(spec: &'a WheelSpec<'_>) -> Result<Self> {
        let mut problems = Vec::new();
        let mut unreadable = Vec::new();
        let mut items = Vec::new();
        for entry in &spec.entries {
            if in_dist_info(&entry.path) {
                problems.push(in_reserved_folder(entry));
            }
            match bytes_of(&entry.source) {
                Ok(bytes) => items.push(Item {
                    path: entry.path.clone(),
                    bytes,
                    executable: entry.executable,
                }),
                Err(problem) => unreadable.push(problem),
            }
        }
        // `.dist-info/` last: installers and indexes read it first, from the end of the file.
        items.sort_by(|a, b| a.path.cmp(&b.path));
        let mut own = own_files(spec, &mut problems, &mut unreadable)?;
        own.sort_by(|a, b| a.path.cmp(&b.path));
        items.extend(own);
        let record: ArchivePath = own_path(&spec.dist_info(), "RECORD")?;
        let paths = items.iter().map(|item| &item.path).chain([&record]);
        let collisions = path::collisions(paths.map(ArchivePath::as_str));
        problems.extend(collisions.into_iter().map(Problem::from));
        let kind = if problems.is_empty() {
            ErrorKind::System
        } else {
            ErrorKind::Config
        };
        problems.append(&mut unreadable);
        Error::check(kind, problems)?;
        Ok(Self { items, record })
    }
}

fn own_path(dist_info: &str, name: &str) -> Result<ArchivePath> {
    format!("{dist_info}/{name}").parse().map_err(Error::config)
}

/// What the wheel says about itself, except RECORD.
fn own_files<'a>(
    spec: &'a WheelSpec<'_>,
    problems: &mut Vec<Problem>,
    unreadable: &mut Vec<Problem>,
) -> Result<Vec<Item<'a>>> {
    let dist_info = spec.dist_info();
    let item = |path, bytes| Item {
        path,
        bytes,
        executable: false,
    };
    let mut items = vec![
        item(
            own_path(&dist_info, "METADATA")?,
            Bytes::Here(spec.metadata.as_bytes()),
        ),
        item(
            own_path(&dist_info, "WHEEL")?,
            Bytes::Owned(spec.wheel().into_bytes()),
        ),
    ];
    if let Some(text) = spec.entry_points {
        items.push(item(
            own_path(&dist_info, "entry_points.txt")?,
            Bytes::Here(text.as_bytes()),
        ));
    }
    for (name, file) in &spec.licenses {
        let path = format!("{dist_info}/licenses/{name}").parse();
        match (path, regular_file(file)) {
            (Ok(path), Ok(bytes)) => items.push(item(path, bytes)),
            (path, bytes) => {
                problems.extend(path.err());
                unreadable.extend(bytes.err());
            }
        }
    }
    Ok(items)
}

fn in_dist_info(path: &ArchivePath) -> bool {
    let first = path.as_str().split('/').next().unwrap_or_default();
    first.to_ascii_lowercase().ends_with(".dist-info")
}

fn in_reserved_folder(entry: &Entry) -> Problem {
    let problem = Problem::new(format!(
        "`{}` is in the folder of the wheel's own metadata",
        entry.path
    ));
    let problem = match &entry.source {
        Source::File(file) => problem.at(file.display()),
        Source::Bytes(_) => problem,
    };
    problem.hint("METADATA, licences and entry points come from pyproject.toml; leave the file out")
}

fn bytes_of(source: &Source) -> Result<Bytes<'_>, Problem> {
    match source {
        Source::Bytes(bytes) => Ok(Bytes::Here(bytes)),
        Source::File(path) => regular_file(path),
    }
}

/// Asked before it is opened: opening a pipe would wait for ever.
fn regular_file(path: &Path) -> Result<Bytes<'_>, Problem> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(Bytes::File(path, found.len())),
        Ok(_) => Err(
            Problem::new("is not a regular file, so no wheel can hold it")
                .at(path.display())
                .hint("remove it, or leave it out of the wheel"),
        ),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(format!("can't be read into the wheel: {error}"))
        .at(path.display())
        .hint("check that the file is there and may be read, then build again")
}

fn changed(path: &Path) -> Error {
    Error::system(
        Problem::new("changed while it was read into the wheel")
            .at(path.display())
            .hint("build again once nothing writes to it"),
    )
}

/// The zip under way, and the rows of its RECORD so far.
struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    time: DateTime,
    rows: Vec<Row>,
    buffer: Vec<u8>,
    /// The file that is written, for messages.
    place: PathBuf,
}

impl<W: Write + Seek> Archive<W> {
    fn new(writer: W, timestamp: Timestamp, place: PathBuf) -> Self {
        Self {
            zip: ZipWriter::new(writer),
            time: timestamp.to_zip(),
            rows: Vec::new(),
            buffer: vec![0; CHUNK],
            place,
        }
    }

    fn add(&mut self, item: &Item<'_>) -> Result<()> {
        self.start(&item.path, item.executable, item.bytes.size())?;
        let content = match &item.bytes {
            Bytes::Here(bytes) => self.pack(bytes)?,
            Bytes::Owned(bytes) => self.pack(bytes)?,
            Bytes::File(path, size) => self.pack_file(path, *size)?,
        };
        self.rows.push(Row {
            path: item.path.to_string(),
            content: Some(content),
        });
        Ok(())
    }

    fn start(&mut self, path: &ArchivePath, executable: bool, size: u64) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(6))
            .last_modified_time(self.time)
            .unix_permissions(if executable { 0o755 } else { 0o644 })
            .system(System::Unix)
            // Deflate makes incompressible bytes a little longer, hence not 4 GiB.
            .large_file(size >= 0xF000_0000);
        self.zip
            .start_file(path.as_str(), options)
            .map_err(|error| self.failed(error))
    }

    fn pack(&mut self, bytes: &[u8]) -> Result<Content> {
        let mut meter = Meter::default();
        for chunk in bytes.chunks(CHUNK) {
            meter.update(chunk);
            self.put(chunk)?;
        }
        Ok(meter.finish())
    }

    fn pack_file(&mut self, path: &Path, size: u64) -> Result<Content> {
        let unreadable = |error: &io::Error| Error::system(unreadable(path, error));
        // Not `fs_err`: its message would name the path a second time.
        let file = File::open(path).map_err(|error| unreadable(&error))?;
        // One byte more than there should be shows a file that grows, and ends the reading of it.
        let mut file = file.take(size + 1);
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut meter = Meter::default();
        loop {
            let chunk = next_chunk(&mut file, &mut buffer).map_err(|error| unreadable(&error))?;
            if chunk.is_empty() {
                break;
            }
            meter.update(chunk);
            self.put(chunk)?;
        }
        self.buffer = buffer;
        let content = meter.finish();
        if content.size == size {
            Ok(content)
        } else {
            Err(changed(path))
        }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.zip
            .write_all(bytes)
            .map_err(|error| destination::failed(&error, &self.place))
    }

    /// Adds RECORD and the directory, and gives the writer back.
    fn finish(mut self, record: &ArchivePath) -> Result<W> {
        self.rows.push(Row {
            path: record.to_string(),
            content: None,
        });
        let text = record::render(&self.rows)
            .map_err(|error| self.failed(io::Error::other(error).into()))?;
        self.start(record, false, text.len() as u64)?;
        self.put(&text)?;
        let place = self.place;
        self.zip.finish().map_err(|error| zip_failed(error, &place))
    }

    fn failed(&self, error: ZipError) -> Error {
        zip_failed(error, &self.place)
    }
}

fn zip_failed(error: ZipError, place: &Path) -> Error {
    match error {
        ZipError::Io(error) => destination::failed(&error, place),
        error => destination::failed(&io::Error::other(error), place),
    }
}

/// As much as the buffer holds or the file has left. What deflate makes of bytes may depend on where
/// they are cut, so a short read must not show.
fn next_chunk<'b>(file: &mut impl Read, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(&buffer[..filled])
}

/// Size and SHA-256 of a whole file.
fn measure(file: &mut File) -> io::Result<(u64, String)> {
    file.rewind()?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut size = 0;
    loop {
        let chunk = next_chunk(file, &mut buffer)?;
        if chunk.is_empty() {
            break;
        }
        hasher.update(chunk);
        size += chunk.len() as u64;
    }
    Ok((size, hex::encode(hasher.finalize())))
}

#[cfg(test)]
mod tests;
