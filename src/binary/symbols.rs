//! The names that the readers of the three formats collect, within limits of memory.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::cpu::is_asking;
use super::names::{ENTRY, Provider, UndefinedSymbols, number};
use super::unreadable::Unreadable;

/// The most libraries and search paths.
const MOST_LIBRARIES: usize = 4096;
/// The longest name that is kept whole, in bytes; names of C++ are long.
const LONGEST_NAME: usize = 8 << 10;
/// What the names that a binary takes from elsewhere may take in memory, in bytes.
pub(super) const MOST_UNDEFINED: usize = 16 << 20;
/// How much text the names may have that a binary exports, each with [`NAME`] bytes more.
const MOST_EXPORTS: usize = 24 << 20;
/// What lists of libraries, search paths and modules may take in memory, in bytes.
const MOST_LISTED: usize = 1 << 20;
/// The largest section of a module whose pointers are filled in, and the room for their places, in bytes.
pub(super) const MOST_MODULE_DATA: usize = 8 << 20;
/// What a name takes in memory beside its text, in bytes.
pub(super) const NAME: usize = 64;

/// The most memory that reading a binary of this length takes, in bytes, with the file itself.
pub(crate) fn memory_to_read(length: usize) -> usize {
    length
        + most_undefined(length)
        + (2 * MOST_MODULE_DATA).min(2 * length)
        + MOST_EXPORTS / NAME * size_of::<u64>()
        + 2 * MOST_LISTED
}

/// A table of symbols takes at least as much room as what is kept of it, unless its names overlap.
fn most_undefined(length: usize) -> usize {
    MOST_UNDEFINED.min(length.saturating_mul(2).saturating_add(1 << 20))
}

/// The names that the readers of the three formats collect.
///
/// Tables can name the same bytes, or overlapping ones, any number of times: a small file would take
/// for ever and all memory. Names that don't overlap are no longer than the file.
pub(super) struct Symbols {
    pub(super) inits: BTreeSet<String>,
    pub(super) exports: Vec<u64>,
    pub(super) undefined: UndefinedSymbols,
    pub(super) has_more_exports: bool,
    /// Whether the binary exports a name that detects CPU features.
    pub(super) asks: bool,
    /// What more names may be read, in bytes.
    readable: usize,
    kept_exports: usize,
    /// What more undefined names, and names in lists, may be kept, in bytes.
    undefined_left: usize,
    listed_left: usize,
}

impl Symbols {
    /// Names of a file of this length.
    pub(super) fn of(length: usize) -> Self {
        Self {
            inits: BTreeSet::new(),
            exports: Vec::new(),
            undefined: UndefinedSymbols::default(),
            has_more_exports: false,
            asks: false,
            readable: length.saturating_mul(8).saturating_add(1 << 20),
            kept_exports: 0,
            undefined_left: most_undefined(length),
            listed_left: MOST_LISTED,
        }
    }

    pub(super) fn charge(&mut self, name: &[u8]) -> Result<usize, Unreadable> {
        let left = self.readable.checked_sub(name.len() + 1);
        self.readable = left.ok_or_else(|| Unreadable::Damaged("its names overlap".to_owned()))?;
        Ok(name.len().min(LONGEST_NAME) + NAME)
    }

    /// Adds a library or a search path to a list, of which no binary has thousands.
    pub(super) fn list(&mut self, list: &mut Vec<String>, name: &[u8]) -> Result<(), Unreadable> {
        let cost = self.charge(name)?;
        let left = self.listed_left.checked_sub(cost);
        let left = left.filter(|_| list.len() < MOST_LIBRARIES);
        self.listed_left = left.ok_or_else(|| {
            Unreadable::Damaged("it names more libraries than any binary".to_owned())
        })?;
        list.push(text(name));
        Ok(())
    }

    /// Adds the name of a function, or of a symbol of unknown kind.
    pub(super) fn export(&mut self, name: &[u8]) -> Result<(), Unreadable> {
        let cost = self.charge(name)?;
        self.list_init(name, cost);
        self.export_name(name, cost);
        Ok(())
    }

    /// Adds the name of a variable, which Python cannot call to start a module.
    pub(super) fn export_variable(&mut self, name: &[u8]) -> Result<(), Unreadable> {
        let cost = self.charge(name)?;
        self.export_name(name, cost);
        Ok(())
    }

    /// Records that an exported name is that of a variable.
    pub(super) fn mark_variable(&mut self, name: &[u8]) -> Result<(), Unreadable> {
        self.charge(name)?;
        if let Some(module) = module_of(name) {
            self.inits.remove(&text(module));
        }
        Ok(())
    }

    fn list_init(&mut self, name: &[u8], cost: usize) {
        if let Some(module) = module_of(name).filter(|_| self.inits.len() < MOST_LIBRARIES)
            && let Some(left) = self.listed_left.checked_sub(cost)
        {
            self.listed_left = left;
            self.inits.insert(text(module));
        }
    }

    fn export_name(&mut self, name: &[u8], cost: usize) {
        // The largest libraries have more than is kept, which matters to nobody who loads them.
        if self.kept_exports + cost <= MOST_EXPORTS {
            self.kept_exports += cost;
            let name = lossy(name);
            self.asks |= is_asking(&name);
            self.exports.push(number(&name));
        } else {
            self.has_more_exports = true;
        }
    }

    pub(super) fn import(&mut self, name: &[u8], provider: Provider) -> Result<(), Unreadable> {
        self.charge(name)?;
        let name = lossy(name);
        let left = self.undefined_left.checked_sub(name.len() + ENTRY);
        self.undefined_left = left.ok_or_else(|| {
            Unreadable::Damaged("it takes more symbols than any binary".to_owned())
        })?;
        self.undefined.push(&name, provider);
        Ok(())
    }
}

/// The module that a function with this name initializes. A module whose name is not ASCII is exported as
/// `PyInitU_` and punycode (PEP 489).
fn module_of(name: &[u8]) -> Option<&[u8]> {
    let rest = [b"PyInit".as_slice(), b"PyModExport"]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix))?;
    match rest {
        [b'_', module @ ..] if !module.is_empty() => Some(module),
        [b'U', b'_', _, ..] => Some(rest),
        _ => None,
    }
}

/// Bytes of a name for people; what is not UTF-8 is replaced.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_NAME)])
}

/// A name as a `String`; see [`lossy`].
pub(super) fn text(bytes: &[u8]) -> String {
    lossy(bytes).into_owned()
}
