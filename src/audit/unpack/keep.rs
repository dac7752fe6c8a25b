//! Decides for which files of a wheel the contents are kept, by name, size and first bytes.

use crate::audit::container::archive::Entry;
use crate::audit::rules::module_file::ModuleFile;
use crate::audit::rules::not_a_library::Contents;
use crate::binary::magic::{Magic, is_wasm};

/// The largest binary that is read, in bytes; it is held in memory as a whole.
pub const LARGEST_BINARY: u64 = 160 << 20;
/// The largest RECORD that is read, in bytes.
pub(super) const LARGEST_RECORD: u64 = 32 << 20;
/// The largest of the wheel's other text files that is read, in bytes.
pub(super) const LARGEST_TEXT: u64 = 2 << 20;

/// Why the contents of a file are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Not,
    Text(&'static str),
    Python,
    Pth,
    Binary,
    /// The contents would be kept, but the file is too large.
    TooLarge,
}

impl Keep {
    /// Why the contents of a file that begins like this are kept; `own` is its name in .dist-info.
    pub(super) fn of(own: Option<&'static str>, entry: &Entry, begin: &[u8]) -> Self {
        let (name, size) = (entry.name.as_str(), entry.size);
        let (keep, limit) = match own {
            Some("RECORD") => (Self::Text("RECORD"), LARGEST_RECORD),
            Some(name) => (Self::Text(name), LARGEST_TEXT),
            None if is_binary(entry, begin) => (Self::Binary, LARGEST_BINARY),
            None if size <= LARGEST_TEXT && has_ending(name, "py") => return Self::Python,
            None if size <= LARGEST_TEXT && has_ending(name, "pth") => return Self::Pth,
            None => return Self::Not,
        };
        if size <= limit { keep } else { Self::TooLarge }
    }

    /// Whether the bytes of the file are needed.
    pub(super) fn needs_bytes(self) -> bool {
        !matches!(self, Self::Not | Self::TooLarge)
    }

    /// Whether the file is one that begins like a binary; `own` is its name in .dist-info.
    pub(super) fn is_native(self, own: Option<&'static str>) -> bool {
        own.is_none() && matches!(self, Self::Binary | Self::TooLarge)
    }
}

/// Whether a file that begins like this is native code.
fn is_binary(entry: &Entry, begin: &[u8]) -> bool {
    Magic::of(begin, entry.size).is_some_and(Magic::is_binary)
        || (is_wasm(begin) && is_library_name(&entry.name))
}

/// The contents of a file that has the name of an extension module but does not begin like a binary.
pub(super) fn not_a_binary(entry: &Entry, begin: &[u8]) -> Option<Contents> {
    let is_other = ModuleFile::of(&entry.name).is_some() && !is_binary(entry, begin);
    is_other.then(|| Contents::of_head(begin))
}

/// Whether a file has the name of an extension module or a shared library. Only such WebAssembly is loaded into
/// Python; packages have much other WebAssembly as data.
fn is_library_name(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let mut endings = file.split('.').skip(1);
    endings.any(|ending| matches!(ending, "so" | "pyd" | "dll" | "dylib"))
}

pub(super) fn has_ending(name: &str, wanted: &str) -> bool {
    let ending = std::path::Path::new(name).extension();
    ending.is_some_and(|ending| ending == wanted)
}

/// Whether `site` runs a line of a `.pth` file. Source: `addpackage` in CPython's Lib/site.py.
pub(super) fn runs_code(pth: &[u8]) -> bool {
    let pth = pth.strip_prefix(b"\xef\xbb\xbf").unwrap_or(pth);
    let mut lines = pth.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.any(|line| line.starts_with(b"import ") || line.starts_with(b"import\t"))
}
