//! Reads a wheel back and says everything that is wrong with it.
//!
//! Takes a file, gives the problems: what indexes refuse (headers that disagree, comments, data
//! descriptors, duplicates), what RECORD says against what is there, and tags in WHEEL that are not
//! those of the name. Never unpacks to disk, and holds one entry's chunk in memory at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use fs_err as fs;
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use super::path::{self, ArchivePath};
use super::record::{self, Content, Meter, Row};
use crate::error::{Error, Problem, Result};
use crate::tags::WheelFilename;

/// RECORD and WHEEL are held in memory; what is longer is no honest wheel's and is cut.
const TEXT_LIMIT: usize = 64 << 20;

/// Everything that is wrong with the wheel at `path`; an error only when it can't be read at all,
/// or is not named like a wheel.
pub fn verify(path: &Path) -> Result<Vec<Problem>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let filename: WheelFilename = name.parse().map_err(|error: crate::tags::ParseTagError| {
        Error::config(Problem::new(error.to_string()).at(path.display()))
    })?;
    let file = fs::File::open(path)?;
    let mut problems = check(file.file(), &filename);
    for problem in &mut problems {
        problem
            .place
            .get_or_insert_with(|| path.display().to_string());
    }
    Ok(problems)
}

/// The same of an open file that is to have this name.
pub(super) fn check(mut file: &std::fs::File, filename: &WheelFilename) -> Vec<Problem> {
    let checked = End::of(file).and_then(|end| {
        file.rewind()?;
        Ok((end, ZipArchive::new(BufReader::new(file))?))
    });
    match checked {
        Ok((end, archive)) => {
            let fault = end.fault(archive.len());
            let problems = fault.into_iter().map(Problem::new);
            problems
                .chain(Check::new(archive, filename).run())
                .collect()
        }
        Err(error) => vec![Problem::new(format!("is not a zip archive: {error}"))],
    }
}

/// The last bytes of an archive without a comment: where its directory is and how long.
///
/// Source: PKWARE's APPNOTE, 4.3.16.
struct End {
    bytes: [u8; 22],
    /// Where they begin.
    place: u64,
}

impl End {
    fn of(mut file: &std::fs::File) -> zip::result::ZipResult<Self> {
        let mut bytes = [0; 22];
        let size = file.seek(SeekFrom::End(0))?;
        let place = size.saturating_sub(bytes.len() as u64);
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(&mut bytes)?;
        Ok(Self { bytes, place })
    }

    fn short(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]])
    }

    fn long(&self, at: usize) -> u32 {
        u32::from(self.short(at)) | u32::from(self.short(at + 2)) << 16
    }

    /// What readers that start here would get wrong; large archives have their numbers elsewhere.
    fn fault(&self, entries: usize) -> Option<&'static str> {
        if !self.bytes.starts_with(b"PK\x05\x06") || self.short(20) != 0 {
            return Some("the archive has a comment, or bytes after its end");
        }
        let (size, offset) = (self.long(12), self.long(16));
        let large = self.short(10) == u16::MAX || size == u32::MAX || offset == u32::MAX;
        let numbers = self.short(4) == 0
            && self.short(6) == 0
            && self.short(8) == self.short(10)
            && usize::from(self.short(10)) == entries
            && u64::from(size) + u64::from(offset) == self.place;
        (!large && !numbers).then_some("the archive's directory is not where its end says")
    }
}

struct Check<'a, R> {
    archive: ZipArchive<R>,
    filename: &'a WheelFilename,
    problems: Vec<Problem>,
}

impl<'a, R: Read + Seek> Check<'a, R> {
    fn new(archive: ZipArchive<R>, filename: &'a WheelFilename) -> Self {
        Self {
            archive,
            filename,
            problems: Vec::new(),
        }
    }

    fn problem(&mut self, message: impl Into<String>) {
        self.problems.push(Problem::new(message));
    }

    fn run(mut self) -> Vec<Problem> {
        if let Err(error) = self.archive.validate_header_consistency() {
            self.problem(format!("the zip headers disagree: {error}"));
        }
        if self.archive.offset() != 0 {
            self.problem("the archive has bytes before its beginning");
        }
        let dist_info = format!("{}.dist-info", self.filename.stem());
        let mut found = BTreeMap::new();
        let mut paths = Vec::new();
        let mut texts = BTreeMap::new();
        for index in 0..self.archive.len() {
            let kept = |name: &str| {
                let name = name.strip_prefix(dist_info.as_str());
                matches!(name, Some("/RECORD" | "/WHEEL" | "/METADATA"))
            };
            match self.entry(index, kept) {
                Ok((name, content, text)) => {
                    match name.parse::<ArchivePath>() {
                        Ok(path) => paths.push(path),
                        Err(problem) => self.problems.push(problem),
                    }
                    if let Some(text) = text {
                        texts.insert(name.clone(), text);
                    }
                    found.insert(name, content);
                }
                Err(why) => self.problem(why),
            }
        }
        self.problems.extend(path::collisions(paths.iter()));
        for name in ["METADATA", "WHEEL", "RECORD"] {
            let name = format!("{dist_info}/{name}");
            if !texts.contains_key(&name) {
                self.problem(format!("has no `{name}`"));
            }
        }
        if let Some(text) = texts.get(&format!("{dist_info}/WHEEL")) {
            self.tags(text);
        }
        let record = format!("{dist_info}/RECORD");
        match texts.get(&record).map(|text| record::parse(text)) {
            Some(Ok(rows)) => self.rows(&rows, &found, &record),
            Some(Err(why)) => self.problem(format!("`{record}` can't be read: {why}")),
            None => {}
        }
        self.problems
    }

    /// Reads one entry to its end, which also compares its CRC.
    fn entry(
        &mut self,
        index: usize,
        kept: impl Fn(&str) -> bool,
    ) -> Result<(String, Content, Option<Vec<u8>>), String> {
        let (name, faults) = {
            let entry = self
                .archive
                .by_index_raw(index)
                .map_err(|error| format!("entry {index} of the archive can't be read: {error}"))?;
            let name = std::str::from_utf8(entry.name_raw())
                .map_err(|_| format!("the name of entry {index} is not UTF-8"))?;
            (name.to_owned(), faults(&entry))
        };
        let shown = name.escape_debug().to_string();
        for fault in faults {
            self.problem(format!("`{shown}` {fault}"));
        }
        let damaged = |error: &dyn std::fmt::Display| format!("`{shown}` is damaged: {error}");
        let mut entry = self
            .archive
            .by_index(index)
            .map_err(|error| damaged(&error))?;
        let mut text = kept(&name).then(Vec::new);
        let content = drain(&mut entry, text.as_mut()).map_err(|error| damaged(&error))?;
        Ok((name, content, text))
    }

    /// `Tag:` lines and the tags of the name are the same set.
    fn tags(&mut self, wheel: &[u8]) {
        let text = String::from_utf8_lossy(wheel);
        let written: BTreeSet<_> = text
            .lines()
            .filter_map(|line| line.strip_prefix("Tag:"))
            .map(|tag| tag.trim().to_owned())
            .collect();
        let named: BTreeSet<_> = self.filename.tags().map(|tag| tag.to_string()).collect();
        if written != named {
            let list = |tags: BTreeSet<String>| tags.into_iter().collect::<Vec<_>>().join(", ");
            self.problem(format!(
                "WHEEL has the tags {}, the name has {}",
                list(written),
                list(named)
            ));
        }
    }

    /// Every file has its row, every row its file, and hash and size agree.
    fn rows(&mut self, rows: &[Row], found: &BTreeMap<String, Content>, record: &str) {
        let mut seen = BTreeSet::new();
        for row in rows {
            let shown = row.path.escape_debug();
            if !seen.insert(row.path.as_str()) {
                self.problem(format!("RECORD lists `{shown}` twice"));
            }
            match (&row.content, found.get(&row.path)) {
                (_, None) => self.problem(format!("RECORD lists `{shown}`, which is not there")),
                (None, Some(_)) if row.path != record => {
                    self.problem(format!("RECORD has no hash for `{shown}`"));
                }
                (Some(_), Some(_)) if row.path == record => {
                    self.problem("RECORD has a hash for itself");
                }
                (Some(listed), Some(actual)) if listed != actual => {
                    self.problem(format!(
                        "`{shown}` is {} with {} bytes, RECORD says {} with {}",
                        actual.hash, actual.size, listed.hash, listed.size
                    ));
                }
                _ => {}
            }
        }
        for name in found.keys().filter(|name| !seen.contains(name.as_str())) {
            let shown = name.escape_debug().to_string();
            self.problem(format!("`{shown}` is not in RECORD"));
        }
    }
}

/// What indexes refuse in an entry's headers, or installers would get wrong.
fn faults<R: Read>(entry: &ZipFile<'_, R>) -> Vec<String> {
    let mut faults = Vec::new();
    if !matches!(
        entry.compression(),
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        faults.push(format!("is compressed with {}", entry.compression()));
    }
    if entry.encrypted() {
        faults.push("is encrypted".to_owned());
    }
    if entry.flags().is_using_data_descriptor() {
        faults.push("has a data descriptor".to_owned());
    }
    if !entry.comment_raw().is_empty() {
        faults.push("has a comment".to_owned());
    }
    if !entry.is_file() {
        faults.push("is not a regular file".to_owned());
    }
    if entry.unix_mode().is_some_and(|mode| mode & 0o7000 != 0) {
        faults.push("is setuid, setgid or sticky".to_owned());
    }
    faults
}

/// Hashes an entry to its end, and keeps its bytes where asked to.
fn drain(entry: &mut impl Read, mut kept: Option<&mut Vec<u8>>) -> io::Result<Content> {
    let mut meter = Meter::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match entry.read(&mut buffer) {
            Ok(0) => return Ok(meter.finish()),
            Ok(count) => {
                meter.update(&buffer[..count]);
                if let Some(kept) = kept.as_mut().filter(|kept| kept.len() < TEXT_LIMIT) {
                    kept.extend_from_slice(&buffer[..count]);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
