//! Reads the files of a wheel: the hash and size of each file, the files in .dist-info, and the binaries.
//!
//! Takes an archive and unpacks it piece by piece, within a memory limit. The only findings here are about
//! files that cannot be read.

mod keep;
mod strong_hashes;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rawzip::ReaderAt;

use super::code::Code;
use super::container::archive::{Archive, Entry};
use super::container::contents::{LONGEST_SHEBANG, fixed_python};
use super::container::inflate::{SMALL, Unpacker};
use super::finding::{Finding, MOST_COUNTED};
use super::memory::{Loan, Share};
use super::rules::not_a_library::Contents;
use super::rules::shares_symbols;
use crate::binary::{Binary, Unreadable, memory_to_read};
use crate::sys::parallel;
use crate::wheel::record::{Content, Meter};
pub use keep::LARGEST_BINARY;
use keep::{Keep, LARGEST_RECORD, LARGEST_TEXT, has_ending, not_a_binary, runs_code};
use strong_hashes::strong_hashes;

/// The largest number of binaries of a wheel that are checked.
const MOST_BINARIES: usize = 5000;
/// The memory limit for the symbols of all binaries of a wheel, in bytes.
const MOST_SYMBOLS: usize = 32 << 20;
/// The memory that an entry of the archive needs in addition to its name, including its findings, in bytes.
const ENTRY: usize = 800;
/// The files in .dist-info that are read.
const TEXTS: [&str; 4] = ["METADATA", "RECORD", "WHEEL", "entry_points.txt"];

/// The files of a wheel.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    /// Hash and size of every file.
    pub(super) contents: BTreeMap<String, Content>,
    /// Files that could not be unpacked.
    pub(super) damaged: BTreeSet<String>,
    /// The text files in `.dist-info`, by name.
    pub(super) texts: HashMap<&'static str, Vec<u8>>,
    /// Whether a file begins like a binary, even if it cannot be read.
    pub(super) has_native: bool,
    /// Whether a Python file may make the symbols of a library visible to all modules.
    pub(super) shares_symbols: bool,
    /// The `.pth` files with a line that Python runs.
    pub(super) run_code: BTreeSet<String>,
    /// The name and the version that the paths of `.data` and `.dist-info` begin with. A fix may choose another name.
    pub(super) stem: String,
    /// The first lines of the programs in `.data/scripts` that name a Python other than the environment's.
    pub(super) shebangs: BTreeMap<String, String>,
    /// The hashes of the files for which RECORD has SHA-384 or SHA-512.
    pub(super) strong_hashes: BTreeMap<String, String>,
    /// The binaries, in the archive's order.
    pub(super) binaries: Vec<(String, Binary)>,
    /// The files with the name of an extension module that are not binaries.
    pub(super) not_binaries: Vec<(String, Contents)>,
    /// The memory that the symbols of the binaries use, in bytes.
    symbols: usize,
    /// The memory that is kept for all of this.
    pub(super) memory: Share,
}

/// The file was read but not kept, because the wheel must wait for its turn first.
struct NeedsTurn;

impl Unpacked {
    /// Unpacks every file of the archive; `dist_info` is the path of the wheel's .dist-info folder, with a slash
    /// at the end.
    pub(super) fn read<R: ReaderAt>(
        archive: &Archive<R>,
        dist_info: &str,
        memory: Share,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let stem = dist_info.trim_end_matches(".dist-info/");
        let mut files = Self {
            stem: stem.to_owned(),
            memory,
            ..Self::default()
        };
        let sizes = archive.entries.iter();
        files.keep(sizes.map(|entry| 2 * entry.name.len() + ENTRY).sum());
        Unpacker::with(|unpacker| files.read_all(archive, dist_info, unpacker, findings));
        files
    }

    fn read_all<R: ReaderAt>(
        &mut self,
        archive: &Archive<R>,
        dist_info: &str,
        unpacker: &mut Unpacker,
        findings: &mut Vec<Finding>,
    ) {
        for entry in archive.entries.iter().filter(|entry| !entry.is_folder) {
            let own = entry
                .name
                .strip_prefix(dist_info)
                .and_then(|name| TEXTS.into_iter().find(|text| *text == name));
            let taken = self
                .take(archive, entry, own, unpacker)
                .or_else(|NeedsTurn| {
                    self.memory.take_turn();
                    self.take(archive, entry, own, unpacker)
                });
            let finding = taken.unwrap_or_default();
            findings.extend(finding.map(|finding| finding.of(&entry.name)));
        }
        let record = self.texts.get("RECORD").map_or(&[][..], Vec::as_slice);
        self.strong_hashes = strong_hashes(record, archive, unpacker);
    }

    /// Keeps the first line of a program in `.data/scripts` if the line names a Python other than the environment's.
    fn take_shebang(&mut self, entry: &Entry, begin: &[u8]) {
        let rest = entry.name.strip_prefix(&self.stem);
        if rest.is_some_and(|rest| rest.starts_with(".data/scripts/"))
            && self.shebangs.len() < MOST_COUNTED
            && let Some(line) = fixed_python(begin)
        {
            self.shebangs.insert(entry.name.clone(), line);
        }
    }

    /// A text file in `.dist-info`; empty if the wheel does not have it.
    pub(super) fn text(&self, name: &str) -> Cow<'_, str> {
        let bytes = self.texts.get(name).map_or(&[][..], Vec::as_slice);
        String::from_utf8_lossy(bytes)
    }

    /// Keeps this many bytes until the wheel has been checked, and waits for the turn if that is necessary.
    fn keep(&mut self, bytes: usize) {
        if !self.memory.keep(bytes) {
            self.memory.take_turn();
            self.memory.keep(bytes);
        }
    }

    fn take<R: ReaderAt>(
        &mut self,
        archive: &Archive<R>,
        entry: &Entry,
        own: Option<&'static str>,
        unpacker: &mut Unpacker,
    ) -> Result<Option<Finding>, NeedsTurn> {
        let size = size(entry);
        if own.is_some() && entry.size <= LARGEST_RECORD {
            // The text and the values that are parsed from it.
            self.keep(size.saturating_mul(2));
        }
        if let Some(taken) = self.take_at_once(archive, entry, own, unpacker) {
            return taken;
        }
        unpacker.forget();
        let mut _loan: Option<Loan> = None;
        let mut meter = Meter::default();
        let mut kept: Vec<u8> = Vec::new();
        // An empty file has no piece, but it may be one of the files in .dist-info.
        let mut keep = own.map(Keep::Text);
        let mut begun = false;
        let mut other = not_a_binary(entry, &[]);
        let mut head = Vec::new();
        let outcome = archive.read(entry, unpacker, |piece| {
            meter.update(piece);
            if !begun {
                begun = true;
                other = not_a_binary(entry, piece);
                head.extend(piece.iter().take(LONGEST_SHEBANG));
                let what = self.reason_to_keep(own, entry, piece);
                if what == Keep::Binary {
                    _loan = Some(self.memory.borrow(memory_to_read(size)));
                }
                keep = Some(what);
                if what.needs_bytes() {
                    // The reader never gives more than the declared size, which is within the limit.
                    kept.reserve_exact(size);
                }
            }
            if keep.is_some_and(Keep::needs_bytes) {
                kept.extend_from_slice(piece);
            }
        });
        self.take_shebang(entry, &head);
        let keep = keep.unwrap_or(Keep::Not);
        self.has_native |= keep.is_native(own);
        match outcome {
            Ok(true) => {}
            Ok(false) => {
                self.damaged.insert(entry.name.clone());
                return Ok(None);
            }
            Err(finding) => {
                self.damaged.insert(entry.name.clone());
                return Ok(Some(finding));
            }
        }
        self.contents.insert(entry.name.clone(), meter.finish());
        self.not_binaries
            .extend(other.map(|other| (entry.name.clone(), other)));
        self.take_bytes(entry, own, keep, &kept)
    }

    /// Takes a file that can be unpacked in one step; `None` if it has to be read piece by piece.
    fn take_at_once<R: ReaderAt>(
        &mut self,
        archive: &Archive<R>,
        entry: &Entry,
        own: Option<&'static str>,
        unpacker: &mut Unpacker,
    ) -> Option<Result<Option<Finding>, NeedsTurn>> {
        // Before a loan, which another wheel may be waiting for.
        if !entry.is_deflated() || entry.size.max(entry.packed) > LARGEST_BINARY {
            return None;
        }
        let size = usize::try_from(entry.size).ok()?;
        let packed = usize::try_from(entry.packed).ok()?;
        let is_small = size + packed <= SMALL;
        let needed = memory_to_read(size) + packed;
        if !is_small && needed > self.memory.left() {
            return None;
        }
        // A wheel that waits for memory must not have any, so that there is one loan for everything.
        let mut _loan = (!is_small).then(|| self.memory.borrow(needed));
        let bytes = archive.read_at_once(entry, unpacker)?;
        let keep = self.reason_to_keep(own, entry, bytes);
        self.has_native |= keep.is_native(own);
        let content = || {
            let mut meter = Meter::default();
            meter.update(bytes);
            meter.finish()
        };
        let (content, taken) = if keep == Keep::Binary && is_small {
            _loan = Some(self.memory.borrow(memory_to_read(size)));
            (content(), self.take_bytes(entry, own, keep, bytes))
        } else if keep == Keep::Binary {
            parallel::both(content, || self.take_bytes(entry, own, keep, bytes))
        } else {
            (content(), self.take_bytes(entry, own, keep, bytes))
        };
        self.contents.insert(entry.name.clone(), content);
        self.take_shebang(entry, bytes);
        let other = not_a_binary(entry, bytes);
        self.not_binaries
            .extend(other.map(|other| (entry.name.clone(), other)));
        unpacker.forget();
        Some(taken)
    }

    /// Takes the contents of a file, of which there are none if they are not needed.
    fn take_bytes(
        &mut self,
        entry: &Entry,
        own: Option<&'static str>,
        keep: Keep,
        bytes: &[u8],
    ) -> Result<Option<Finding>, NeedsTurn> {
        let finding = match keep {
            Keep::Not => {
                // A file that is too large to be read may have such a line too.
                if entry.size > LARGEST_TEXT && has_ending(&entry.name, "pth") {
                    self.run_code.insert(entry.name.clone());
                }
                None
            }
            Keep::Text(name) => {
                self.texts.insert(name, bytes.to_vec());
                None
            }
            Keep::Python => {
                self.shares_symbols |= shares_symbols(bytes);
                None
            }
            Keep::Pth => {
                if runs_code(bytes) {
                    self.run_code.insert(entry.name.clone());
                }
                None
            }
            Keep::Binary => self.take_binary(&entry.name, bytes)?,
            Keep::TooLarge => {
                let (code, why) = match own {
                    Some(_) => (Code::ZipTooLarge, "more than it has in any wheel"),
                    None => (Code::NotJudged, "too many to be read as a binary"),
                };
                Some(Finding::new(
                    code,
                    format!("has {} bytes, {why}", entry.size),
                ))
            }
        };
        Ok(finding)
    }

    /// Why the contents of a file that begins like this are kept, as far as the memory is enough.
    fn reason_to_keep(&self, own: Option<&'static str>, entry: &Entry, begin: &[u8]) -> Keep {
        match Keep::of(own, entry, begin) {
            Keep::Binary if memory_to_read(size(entry)) > self.memory.left() => Keep::TooLarge,
            keep => keep,
        }
    }

    fn take_binary(&mut self, name: &str, bytes: &[u8]) -> Result<Option<Finding>, NeedsTurn> {
        if self.binaries.len() == MOST_BINARIES {
            let actual =
                format!("is beyond the limit of {MOST_BINARIES} binaries that are checked");
            return Ok(Some(Finding::new(Code::NotJudged, actual)));
        }
        let mut binary = match Binary::parse(bytes) {
            Ok(Some(binary)) => binary,
            Ok(None) => return Ok(None),
            Err(why) => {
                let code = match why {
                    Unreadable::Damaged(_) => Code::DamagedBinary,
                    Unreadable::NoSymbols => Code::NotJudged,
                };
                return Ok(Some(Finding::new(code, why.to_string())));
            }
        };
        let mut finding = None;
        let mut symbols = binary.memory_of_symbols();
        if self.symbols + symbols > MOST_SYMBOLS {
            symbols = 0;
            binary.forget_symbols();
            let actual = "has symbols that are not judged: together with the symbols of the wheel's other \
                binaries they exceed the memory budget";
            finding = Some(Finding::new(Code::NotJudged, actual));
        }
        let memory = symbols + 2 * binary.memory_of_lists();
        if memory > self.memory.left() {
            let actual = "is not judged: the wheel's binaries exceed the memory budget";
            return Ok(Some(Finding::new(Code::NotJudged, actual)));
        }
        if !self.memory.keep(memory) {
            return Err(NeedsTurn);
        }
        self.symbols += symbols;
        self.binaries.push((name.to_owned(), binary));
        Ok(finding)
    }
}

/// The size of an entry as one of memory. Files that are kept are much smaller than the largest.
fn size(entry: &Entry) -> usize {
    usize::try_from(entry.size).unwrap_or(usize::MAX)
}
