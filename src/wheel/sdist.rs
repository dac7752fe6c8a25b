//! The bytes of a source distribution.
//!
//! Takes a project's files and its metadata, gives `NAME-VERSION.tar.gz`, the same bytes for the same
//! input on any host. It takes its name once it has been read back; until then an earlier sdist stays
//! as it was. Never decides which files go in.
//!
//! Sources: PEP 625 (the name), PEP 643 (PKG-INFO), PEP 721 (what is unpacked), POSIX.1-2001 (pax).

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use tar::{Archive, Builder, EntryType, Header};

use super::contents::{self, Reading};
use super::write::{BUFFER, PackedWheel, measure};
use super::{Source, Timestamp, destination};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::archive_path;
use crate::project::Project;

/// The file of an sdist that has its metadata.
const PKG_INFO: &str = "PKG-INFO";
/// The largest file whose size a plain header can tell.
const LARGEST_PLAIN: u64 = 0o77_777_777_777;

/// A file of the sdist.
#[derive(Debug, Clone)]
pub struct SdistEntry {
    /// Where it goes, below the top folder.
    pub path: String,
    /// What it holds.
    pub source: Source,
    /// Whether it is unpacked with mode 0755 instead of 0644.
    pub executable: bool,
}

/// Everything that an sdist is made of.
#[derive(Debug, Clone)]
pub struct SdistSpec {
    /// Its name without the ending, which is its top folder too.
    ///
    /// Ex) `hello-1.0`
    pub stem: String,
    /// Its files, in any order, with PKG-INFO.
    pub entries: Vec<SdistEntry>,
}

impl SdistSpec {
    /// The sdist of a project. `output` is where it goes, whose files are none of the project's.
    /// `note` takes what should be known about the choice of files.
    pub fn of(project: &Project, output: &Path, note: &dyn Fn(&str)) -> Result<Self> {
        let files = project.files_beside(output)?;
        for text in &files.notes {
            note(text);
        }
        let boundary: Arc<Path> = project.boundary().into();
        let files = files.sdist()?.iter().map(|file| SdistEntry {
            path: file.path.clone(),
            source: Source::of(file, &boundary),
            executable: file.executable,
        });
        let mut entries: Vec<_> = files.collect();
        entries.push(SdistEntry {
            path: PKG_INFO.to_owned(),
            source: Source::Bytes(project.metadata.render_pkg_info().into_bytes()),
            executable: false,
        });
        Ok(Self {
            stem: project.stem(),
            entries,
        })
    }

    /// Adds files of Zig packages, in place of those that are in already.
    pub fn vendor(&mut self, files: Vec<SdistEntry>) {
        let places: BTreeSet<_> = files.iter().map(|entry| entry.path.clone()).collect();
        self.entries.retain(|entry| !places.contains(&entry.path));
        self.entries.extend(files);
    }

    /// Whether it has any file in this folder.
    pub fn has_folder(&self, place: &str) -> bool {
        let inside = |entry: &SdistEntry| {
            let below = entry.path.strip_prefix(place);
            below.is_some_and(|below| below.starts_with('/'))
        };
        self.entries.iter().any(inside)
    }

    /// The name of the file.
    pub fn filename(&self) -> String {
        format!("{}.tar.gz", self.stem)
    }

    /// Writes it into a temporary file in `dir`, which is made when it is missing, and reads it back.
    pub fn pack(&self, dir: &Path, timestamp: Timestamp) -> Result<PackedWheel> {
        let entries = self.sorted()?;
        let file = destination::create(dir)?;
        let place = file.path().to_owned();
        let failed = |error: io::Error| match error.downcast::<Error>() {
            Ok(own) => own,
            Err(error) => destination::failed(&error, &place),
        };
        // Neither a time nor a name nor a system.
        let gzip = GzBuilder::new().operating_system(255);
        let gzip = gzip.write(BufWriter::with_capacity(BUFFER, file), Compression::new(6));
        let mut tar = Builder::new(gzip);
        let mut sizes = Vec::new();
        for entry in &entries {
            let size = append(&mut tar, &self.stem, entry, timestamp).map_err(failed)?;
            sizes.push((format!("{}/{}", self.stem, entry.path), size));
        }
        let writer = tar.into_inner().and_then(flate2::write::GzEncoder::finish);
        let writer = writer.map_err(failed)?;
        let mut file = writer
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        let (size, sha256) = measure(file.as_file_mut()).map_err(failed)?;
        self.verify(file.as_file_mut(), &sizes)
            .map_err(|error| error.at(&dir.join(self.filename())))?;
        Ok(PackedWheel {
            file,
            path: dir.join(self.filename()),
            size,
            sha256,
        })
    }

    /// The files by path, or all that keeps them from being an sdist.
    fn sorted(&self) -> Result<Vec<&SdistEntry>> {
        let files = self.entries.iter();
        let files = files.map(|entry| (entry.path.as_str(), entry.source.file()));
        Error::check(ErrorKind::Config, archive_path::problems(files))?;
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// Reads it as an index and installers will: these files in one folder, with PKG-INFO.
    fn verify(&self, file: &mut File, expected: &[(String, u64)]) -> Result<()> {
        let refused = |why: String| {
            let problem = Problem::new(format!(
                "the finished sdist is not what it should be: {why}"
            ));
            Error::system(problem.hint("this is a bug of pyz3-wheel; please report it"))
        };
        let broken = |error: io::Error| refused(error.to_string());
        file.rewind().map_err(broken)?;
        let mut archive = Archive::new(GzDecoder::new(BufReader::new(file)));
        let mut found = Vec::new();
        let mut info = Vec::new();
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if entry.header().entry_type() != EntryType::Regular {
                return Err(refused(format!("{path} is no file")));
            }
            let size = if path == format!("{}/{PKG_INFO}", self.stem) {
                entry.read_to_end(&mut info).map(|size| size as u64)
            } else {
                io::copy(&mut entry, &mut io::sink())
            };
            found.push((path, size.map_err(broken)?));
        }
        if found != expected {
            return Err(refused("it has other files".to_owned()));
        }
        if !info.starts_with(b"Metadata-Version: ") {
            return Err(refused("it has no PKG-INFO".to_owned()));
        }
        Ok(())
    }
}

/// Unpacks an sdist of ours into a folder; gives its top folder.
pub fn unpack(sdist: &Path, into: &Path) -> Result<PathBuf> {
    let file = fs_err::File::open(sdist)?;
    let mut archive = Archive::new(GzDecoder::new(BufReader::new(file)));
    archive.set_preserve_mtime(false);
    archive.unpack(into)?;
    let name = sdist.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".tar.gz").unwrap_or(&name);
    Ok(into.join(stem))
}

/// Appends one file; gives its size.
fn append(
    tar: &mut Builder<impl Write>,
    stem: &str,
    entry: &SdistEntry,
    timestamp: Timestamp,
) -> io::Result<u64> {
    let own = |error: Error| io::Error::other(error);
    let bytes = contents::bytes_of(&entry.source).map_err(|problem| own(Error::system(problem)))?;
    let size = bytes.size();
    let mut body = Body {
        reading: Reading::of(&bytes).map_err(own)?,
        buffer: Vec::new(),
        at: 0,
        ended: false,
    };
    body.fill()?;
    let path = format!("{stem}/{}", entry.path);
    let (header, more) = head(&path, size, entry.executable, timestamp)?;
    tar.append_pax_extensions(more.iter().map(|(key, value)| (*key, value.as_bytes())))?;
    tar.append(&header, body)?;
    Ok(size)
}

/// What stands before a file: its header, and what goes before that because the header has no room
/// or no encoding for it.
fn head(
    path: &str,
    size: u64,
    executable: bool,
    timestamp: Timestamp,
) -> io::Result<(Header, Vec<(&'static str, String)>)> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(if executable { 0o755 } else { 0o644 });
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(u64::try_from(timestamp.unix()).unwrap_or_default());
    let mut more = Vec::new();
    if !path.is_ascii() || header.set_path(path).is_err() {
        more.push(("path", path.to_owned()));
        header.set_path("told-before-this-header")?;
    }
    if size > LARGEST_PLAIN {
        more.push(("size", size.to_string()));
    }
    header.set_size(size);
    header.set_cksum();
    Ok((header, more))
}

/// A file on its way into the archive: an error where it is not as long as its header says.
struct Body<'a> {
    reading: Reading<'a>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Body<'_> {
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.clear();
        self.at = 0;
        self.ended = self
            .reading
            .read(&mut self.buffer, BUFFER)
            .map_err(io::Error::other)?;
        Ok(())
    }
}

impl Read for Body<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() && !self.ended {
            self.fill()?;
        }
        let count = (&self.buffer[self.at..]).read(into)?;
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
