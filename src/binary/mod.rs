//! What a native binary says about itself.
//!
//! Takes a file's bytes and gives a [`Binary`], whatever the file is called. Never opens a file, runs
//! anything, or trusts a number in the bytes: damaged input is an error and not a panic.

mod build_path;
mod cpu;
mod elf;
mod export_trie;
mod macho;
pub(crate) mod magic;
mod names;
mod pe;
pub(crate) mod python_exports;
mod signature;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use cpu::VectorCode;
pub(crate) use names::number;
pub(super) use names::{NameSet, UndefinedSymbols};
pub use signature::Signature;
pub(crate) use signature::renew as renew_signature;

use self::magic::Magic;
use crate::platform::Os;
use crate::tags::{Arch, Release};

/// The format of a native binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Linux and most other Unix systems.
    Elf,
    /// macOS and Apple's other systems.
    MachO,
    /// Windows.
    Pe,
}

/// What a native binary is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Can be loaded into a process: an extension module, a library.
    SharedLibrary,
    /// A program.
    Executable,
    /// Neither: an object file, debugging information.
    Other,
}

/// Where the loader looks for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// In everything that is loaded (ELF without a symbol version; Mach-O by flat lookup, or in the
    /// main executable).
    Any,
    /// In the library at this index of [`Binary::imports`] (Mach-O, PE).
    Library(u16),
    /// Wherever the symbol has the version that is asked for (ELF).
    Versioned,
}

/// How much of what a binary offers to others is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportList {
    /// All of it.
    Complete,
    /// Not what comes from a library that it re-exports (Mach-O), or is beyond the limit of what is kept.
    Partial,
}

/// What a native binary says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// Its format.
    pub format: Format,
    /// Its operating system; `None` for one that there are no tags or rules for.
    pub os: Option<Os>,
    /// Its architecture; `None` for one that there are no tags for, and for universal files.
    pub arch: Option<Arch>,
    /// System and architecture for messages.
    ///
    /// Ex) `Linux x86_64`, `iOS arm64`
    pub machine: String,
    /// What it is for.
    pub kind: Kind,
    /// The lowest release that it runs on: of glibc (the highest `GLIBC_x.y` that it asks for, `None`
    /// if it asks for none) or of macOS.
    pub floor: Option<Release>,
    /// ELF: the symbols that ask for that glibc, sorted.
    pub floor_symbols: Vec<String>,
    /// ELF: the other symbol versions that it asks for, and those of glibc that are no release, sorted.
    ///
    /// Ex) `GLIBCXX_3.4.22`, `GLIBC_PRIVATE`
    pub versions: Vec<String>,
    /// `name` for each exported `PyInit_name` or `PyModExport_name` (PEP 793), sorted; `U_punycode` for a
    /// name that is not ASCII.
    pub inits: Vec<String>,
    /// The names that it exports.
    pub exports: NameSet,
    /// The names that it takes from elsewhere and can't do without.
    pub undefined: UndefinedSymbols,
    /// The libraries that it loads, as written, delay-loaded ones included.
    pub imports: Vec<String>,
    /// Whether `exports` has all the names that it offers.
    pub export_list: ExportList,
    /// What others that link against it will look for: DT_SONAME, LC_ID_DYLIB.
    pub soname: Option<String>,
    /// Where it searches for libraries: the parts of RPATH and RUNPATH, and LC_RPATH.
    pub search_paths: Vec<String>,
    /// Whether what it loads searches there too: DT_RPATH without DT_RUNPATH, and LC_RPATH.
    pub search_is_inherited: bool,
    /// ELF: whether loading it writes into code.
    pub text_relocations: bool,
    /// ELF: whether it asks for an executable stack.
    pub executable_stack: bool,
    /// ELF: the smallest alignment of a LOAD segment, in bytes.
    pub alignment: Option<u64>,
    /// Mach-O: its code signature.
    pub signature: Signature,
    /// What a sample of its code says about the processor that it needs (x86_64 only).
    pub vector_code: VectorCode,
    /// A path of the machine that it was built on.
    pub build_path: Option<String>,
    /// Mach-O: one for each architecture of a universal file, in its order.
    pub slices: Vec<Binary>,
}

impl Binary {
    /// A binary of this format that nothing is known of.
    pub(crate) fn unknown(format: Format) -> Self {
        Self {
            format,
            os: None,
            arch: None,
            machine: String::new(),
            kind: Kind::Other,
            floor: None,
            floor_symbols: Vec::new(),
            versions: Vec::new(),
            inits: Vec::new(),
            exports: NameSet::default(),
            undefined: UndefinedSymbols::default(),
            imports: Vec::new(),
            export_list: ExportList::Complete,
            soname: None,
            search_paths: Vec::new(),
            search_is_inherited: format == Format::MachO,
            text_relocations: false,
            executable_stack: false,
            alignment: None,
            signature: Signature::None,
            vector_code: VectorCode::None,
            build_path: None,
            slices: Vec::new(),
        }
    }

    /// Reads a binary; `None` if the bytes are of no native format.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, Unreadable> {
        use object::FileKind;
        let magic = Magic::of(bytes, bytes.len() as u64);
        if !magic.is_some_and(Magic::is_binary) {
            return Ok(None);
        }
        let binary = match FileKind::parse(bytes)? {
            FileKind::Elf32 => elf::read::<object::elf::FileHeader32<_>>(bytes),
            FileKind::Elf64 => elf::read::<object::elf::FileHeader64<_>>(bytes),
            FileKind::MachO32 => macho::read::<object::macho::MachHeader32<_>>(bytes),
            FileKind::MachO64 => macho::read::<object::macho::MachHeader64<_>>(bytes),
            FileKind::MachOFat32 => match macho::read_fat::<object::macho::FatArch32>(bytes)? {
                Some(binary) => Ok(binary),
                None => return Ok(None),
            },
            FileKind::MachOFat64 => match macho::read_fat::<object::macho::FatArch64>(bytes)? {
                Some(binary) => Ok(binary),
                None => return Ok(None),
            },
            FileKind::Pe32 => pe::read::<object::pe::ImageNtHeaders32>(bytes),
            FileKind::Pe64 => pe::read::<object::pe::ImageNtHeaders64>(bytes),
            _ => return Ok(None),
        };
        let mut binary = binary?;
        binary.build_path = build_path::find(bytes);
        Ok(Some(binary))
    }

    /// The binary itself, or each slice of a universal one.
    pub fn parts(&self) -> &[Self] {
        if self.slices.is_empty() {
            std::slice::from_ref(self)
        } else {
            &self.slices
        }
    }

    /// The symbols of CPython's API that it takes from elsewhere.
    pub fn python_symbols(&self) -> impl Iterator<Item = &str> {
        let symbols = self.parts().iter().flat_map(|part| part.undefined.iter());
        symbols
            .map(|symbol| symbol.name)
            .filter(|name| is_python_api(name))
    }

    /// What its symbols take in memory, in bytes.
    pub(super) fn memory_of_symbols(&self) -> usize {
        let parts = self.parts().iter();
        parts
            .map(|part| names::memory(&part.exports, &part.undefined))
            .sum()
    }

    /// What everything but its symbols takes in memory, in bytes.
    pub(super) fn memory_of_lists(&self) -> usize {
        let parts = std::iter::once(self).chain(&self.slices);
        let sizes = parts.map(|part| {
            let lists = [
                &part.floor_symbols,
                &part.versions,
                &part.inits,
                &part.imports,
                &part.search_paths,
            ];
            let texts = lists.into_iter().flatten().chain(&part.soname);
            let texts = texts.chain(&part.build_path).chain([&part.machine]);
            texts.map(|text| text.len() + NAME).sum::<usize>() + size_of::<Self>()
        });
        sizes.sum()
    }

    /// Drops the symbols, which may be too many to keep.
    pub(super) fn forget_symbols(&mut self) {
        self.exports = NameSet::default();
        self.export_list = ExportList::Partial;
        self.undefined = UndefinedSymbols::default();
        self.slices.iter_mut().for_each(Self::forget_symbols);
    }

    fn takes(&mut self, symbols: Symbols) {
        self.inits = symbols.inits.into_iter().collect();
        self.exports = NameSet::of_numbers(symbols.exports);
        if symbols.has_more_exports {
            self.export_list = ExportList::Partial;
        }
        self.undefined = symbols.undefined;
        self.undefined.sort();
    }
}

/// All of the C API: `Py_…`, `PyLong_…`, `_Py…`; not `Pygments…` or `Python…`.
pub(super) fn is_python_api(name: &str) -> bool {
    let name = name.strip_prefix('_').unwrap_or(name);
    let next = name.strip_prefix("Py").and_then(|rest| rest.chars().next());
    next.is_some_and(|next| next == '_' || next.is_ascii_uppercase())
}

/// The most libraries and search paths.
const MOST_LIBRARIES: usize = 4096;
/// The longest name that is kept whole, in bytes; names of C++ are long.
const LONGEST_NAME: usize = 8 << 10;
/// What the names that a binary takes from elsewhere may take in memory, in bytes.
const MOST_UNDEFINED: usize = 16 << 20;
/// How much text the names may have that a binary exports, each with [`NAME`] bytes more.
const MOST_EXPORTS: usize = 24 << 20;
/// What lists of libraries, search paths and modules may take in memory, in bytes.
const MOST_LISTED: usize = 1 << 20;
/// What a name takes in memory beside its text, in bytes.
const NAME: usize = 64;

/// The most memory that reading a binary of this length takes, in bytes, with the file itself.
pub(super) fn memory_to_read(length: usize) -> usize {
    length + most_undefined(length) + MOST_EXPORTS / NAME * size_of::<u64>() + 2 * MOST_LISTED
}

/// A table of symbols takes at least as much room as what is kept of it, unless its names overlap.
fn most_undefined(length: usize) -> usize {
    MOST_UNDEFINED.min(length.saturating_mul(2).saturating_add(1 << 20))
}

/// The names that the readers of the three formats collect.
///
/// Tables can name the same bytes, or overlapping ones, any number of times: a small file would take
/// for ever and all memory. Names that don't overlap are no longer than the file.
struct Symbols {
    inits: BTreeSet<String>,
    exports: Vec<u64>,
    undefined: UndefinedSymbols,
    has_more_exports: bool,
    /// Whether the binary exports a name that detects CPU features.
    asks: bool,
    /// What more names may be read, in bytes.
    readable: usize,
    kept_exports: usize,
    /// What more undefined names, and names in lists, may be kept, in bytes.
    undefined_left: usize,
    listed_left: usize,
}

impl Symbols {
    /// Names of a file of this length.
    fn of(length: usize) -> Self {
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

    fn charge(&mut self, name: &[u8]) -> Result<usize, Unreadable> {
        let left = self.readable.checked_sub(name.len() + 1);
        self.readable = left.ok_or_else(|| Unreadable::Damaged("its names overlap".to_owned()))?;
        Ok(name.len().min(LONGEST_NAME) + NAME)
    }

    /// Adds a library or a search path to a list, of which no binary has thousands.
    fn list(&mut self, list: &mut Vec<String>, name: &[u8]) -> Result<(), Unreadable> {
        let cost = self.charge(name)?;
        let left = self.listed_left.checked_sub(cost);
        let left = left.filter(|_| list.len() < MOST_LIBRARIES);
        self.listed_left = left.ok_or_else(|| {
            Unreadable::Damaged("it names more libraries than any binary".to_owned())
        })?;
        list.push(text(name));
        Ok(())
    }

    fn export(&mut self, name: &[u8]) -> Result<(), Unreadable> {
        let cost = self.charge(name)?;
        // A module whose name is not ASCII is exported as `PyInitU_` and punycode (PEP 489).
        let rest = [b"PyInit".as_slice(), b"PyModExport"]
            .into_iter()
            .find_map(|prefix| name.strip_prefix(prefix));
        let module = rest.and_then(|rest| match rest {
            [b'_', module @ ..] if !module.is_empty() => Some(module),
            [b'U', b'_', _, ..] => Some(rest),
            _ => None,
        });
        if let Some(module) = module.filter(|_| self.inits.len() < MOST_LIBRARIES)
            && let Some(left) = self.listed_left.checked_sub(cost)
        {
            self.listed_left = left;
            self.inits.insert(text(module));
        }
        // The largest libraries have more than is kept, which matters to nobody who loads them.
        if self.kept_exports + cost <= MOST_EXPORTS {
            self.kept_exports += cost;
            let name = lossy(name);
            self.asks |= cpu::is_asking(&name);
            self.exports.push(number(&name));
        } else {
            self.has_more_exports = true;
        }
        Ok(())
    }

    fn import(&mut self, name: &[u8], provider: Provider) -> Result<(), Unreadable> {
        self.charge(name)?;
        let name = lossy(name);
        let left = self.undefined_left.checked_sub(name.len() + names::ENTRY);
        self.undefined_left = left.ok_or_else(|| {
            Unreadable::Damaged("it takes more symbols than any binary".to_owned())
        })?;
        self.undefined.push(&name, provider);
        Ok(())
    }
}

/// Bytes of a name for people; what is not UTF-8 is replaced.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_NAME)])
}

fn text(bytes: &[u8]) -> String {
    lossy(bytes).into_owned()
}

/// Why a binary can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Something in it can't be, as the end of a sentence.
    #[error("is a damaged binary: {0}")]
    Damaged(String),
    /// The loader can read it, and we can't.
    #[error("has no section headers, so that its symbols can't be read")]
    NoSections,
}

impl From<object::read::Error> for Unreadable {
    fn from(error: object::read::Error) -> Self {
        let message = error.to_string();
        let mut chars = message.chars();
        Self::Damaged(match (chars.next(), chars.clone().next()) {
            // Not the first letter of `ELF` or `PE`.
            (Some(first), Some(second)) if !second.is_uppercase() => {
                first.to_lowercase().chain(chars).collect()
            }
            _ => message,
        })
    }
}

#[cfg(test)]
mod tests;
