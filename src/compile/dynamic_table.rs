//! Edits of an ELF file's dynamic table that keep the file's size and the place of everything in it.
//!
//! The linker cannot do this, because the build script runs it. A file that cannot be read, or in which an
//! edit could change something else, stays as it is: the audit reports what is wrong with it.

use std::ops::Range;

use object::elf;
use object::read::elf::{FileHeader, ProgramHeader as _, Sym as _};
use object::{Endianness, FileKind};

/// The dynamic table of a file: what the loader reads first.
#[derive(Debug)]
pub(crate) struct DynamicTable {
    /// Where the table is in the file.
    table: Range<usize>,
    /// The size of an entry in bytes.
    size: usize,
    /// The entries that name a string, in the table's order.
    strings: Vec<StringEntry>,
}

/// An entry that names a string.
#[derive(Debug)]
struct StringEntry {
    /// Its number in the table.
    index: usize,
    tag: elf::DynamicTag,
    /// Where the string is in the file, without the NUL at its end.
    place: Range<usize>,
}

impl DynamicTable {
    /// Reads the table; `None` for a file that has none, or that cannot be edited.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        match FileKind::parse(bytes).ok()? {
            FileKind::Elf32 => read::<elf::FileHeader32<Endianness>>(bytes),
            FileKind::Elf64 => read::<elf::FileHeader64<Endianness>>(bytes),
            _ => None,
        }
    }

    /// The strings of the entries with this tag.
    pub(crate) fn strings<'b>(
        &self,
        tag: elf::DynamicTag,
        bytes: &'b [u8],
    ) -> impl Iterator<Item = &'b [u8]> {
        let entries = self.strings.iter().filter(move |entry| entry.tag == tag);
        entries.filter_map(|entry| bytes.get(entry.place.clone()))
    }

    /// Replaces each string of the entries with this tag by what `edit` gives for it, and removes an entry
    /// for which that is empty. Gives whether the file was changed.
    ///
    /// A string cannot grow, and one that another name shares is not replaced.
    pub(crate) fn edit(
        &self,
        tag: elf::DynamicTag,
        bytes: &mut [u8],
        edit: impl Fn(&[u8]) -> Option<Vec<u8>>,
    ) -> bool {
        let mut changed = false;
        // From the end: removing an entry moves those behind it.
        for entry in self.strings.iter().filter(|entry| entry.tag == tag).rev() {
            let Some(new) = bytes.get(entry.place.clone()).and_then(&edit) else {
                continue;
            };
            let done = if new.is_empty() {
                self.remove(entry.index, bytes)
            } else {
                self.replace(entry, &new, bytes)
            };
            changed |= done.is_some();
        }
        changed
    }

    /// Takes an entry out; those behind it move up. The table ends with an entry of zeros, of which there
    /// is one more then.
    fn remove(&self, index: usize, bytes: &mut [u8]) -> Option<()> {
        let table = bytes.get_mut(self.table.clone())?;
        table.get_mut(index * self.size..)?.rotate_left(self.size);
        let last = table.len().checked_sub(self.size)?;
        table[last..].fill(0);
        Some(())
    }

    fn replace(&self, entry: &StringEntry, new: &[u8], bytes: &mut [u8]) -> Option<()> {
        let others = self
            .strings
            .iter()
            .filter(|other| other.index != entry.index);
        let mut names = other_names(bytes)?;
        names.extend(others.map(|other| other.place.start));
        if names.iter().any(|name| entry.place.contains(name)) {
            return None;
        }
        let string = bytes.get_mut(entry.place.clone())?;
        let (text, rest) = string.split_at_mut_checked(new.len())?;
        text.copy_from_slice(new);
        rest.fill(0);
        Some(())
    }
}

fn read<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Option<DynamicTable> {
    let header = Elf::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, bytes).ok()?;
    let dynamic = sections.dynamic_table(endian, bytes).ok()?;
    let segments = header.program_headers(endian, bytes).ok()?;
    let segment = segments
        .iter()
        .find(|segment| segment.p_type(endian) == elf::PT_DYNAMIC)?;
    // The loader goes by the segment, what was read here by the section.
    let loaded = segment.dynamic(endian, bytes).ok()??;
    if loaded.as_ptr() != dynamic.dynamics().as_ptr() {
        return None;
    }
    let (start, length) = segment.file_range(endian);
    let start = usize::try_from(start).ok()?;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    let size = size_of::<Elf::Dyn>();
    if !(end - start).is_multiple_of(size) {
        return None;
    }
    let mut strings = Vec::new();
    for (index, entry) in dynamic.iter().enumerate() {
        if !names_a_string(entry.tag) {
            continue;
        }
        let string = dynamic.string(entry).ok()?;
        let start = place(string, bytes)?;
        strings.push(StringEntry {
            index,
            tag: entry.tag,
            place: start..start + string.len(),
        });
    }
    Some(DynamicTable {
        table: start..end,
        size,
        strings,
    })
}

/// Where a part of the file begins in it.
fn place(part: &[u8], bytes: &[u8]) -> Option<usize> {
    part.as_ptr().addr().checked_sub(bytes.as_ptr().addr())
}

/// Where the names of symbols and of their versions are in the file: linkers let a name share the end
/// of a longer string.
fn other_names(bytes: &[u8]) -> Option<Vec<usize>> {
    match FileKind::parse(bytes).ok()? {
        FileKind::Elf32 => symbol_names::<elf::FileHeader32<Endianness>>(bytes),
        FileKind::Elf64 => symbol_names::<elf::FileHeader64<Endianness>>(bytes),
        _ => None,
    }
}

fn symbol_names<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Option<Vec<usize>> {
    let header = Elf::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, bytes).ok()?;
    let mut names = Vec::new();
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM).ok()?;
    for symbol in symbols.iter() {
        names.push(symbol.name(endian, symbols.strings()).ok()?);
    }
    if let Some((mut files, link)) = sections.gnu_verneed(endian, bytes).ok()? {
        let strings = sections.strings(endian, bytes, link).ok()?;
        while let Some((file, mut versions)) = files.next().ok()? {
            names.push(file.file(endian, strings).ok()?);
            while let Some(version) = versions.next().ok()? {
                names.push(version.name(endian, strings).ok()?);
            }
        }
    }
    if let Some((mut definitions, link)) = sections.gnu_verdef(endian, bytes).ok()? {
        let strings = sections.strings(endian, bytes, link).ok()?;
        while let Some((_, mut versions)) = definitions.next().ok()? {
            while let Some(version) = versions.next().ok()? {
                names.push(version.name(endian, strings).ok()?);
            }
        }
    }
    names.into_iter().map(|name| place(name, bytes)).collect()
}

/// Whether the value of an entry with this tag is a place in the string table.
fn names_a_string(tag: elf::DynamicTag) -> bool {
    matches!(
        tag,
        elf::DT_NEEDED
            | elf::DT_SONAME
            | elf::DT_RPATH
            | elf::DT_RUNPATH
            | elf::DT_AUXILIARY
            | elf::DT_FILTER
            | elf::DT_CONFIG
            | elf::DT_DEPAUDIT
            | elf::DT_AUDIT
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::Binary;

    const LIBRARY: &[u8] = include_bytes!("../../tests/fuzz/corpus/elf/x86_64");

    /// The library with one string for the library that it loads and for that of its versions (`vn_file`,
    /// at 0x254), or for the end of it.
    fn shared(skipped: u8) -> Vec<u8> {
        let mut bytes = LIBRARY.to_vec();
        bytes[0x254] = 93 + skipped;
        bytes
    }

    fn edit(bytes: &[u8], new: &str) -> Option<Vec<u8>> {
        let mut edited = bytes.to_vec();
        let table = DynamicTable::read(bytes).unwrap();
        let done = table.edit(elf::DT_NEEDED, &mut edited, |name| {
            assert_eq!(name, b"libc.so.6");
            Some(new.as_bytes().to_vec())
        });
        done.then_some(edited)
    }

    fn imports(bytes: &[u8]) -> Vec<String> {
        Binary::parse(bytes).unwrap().unwrap().imports
    }

    #[test]
    fn a_string_is_replaced_where_it_is_or_its_entry_removed() {
        let edited = edit(LIBRARY, "a.so").unwrap();
        assert_eq!(edited.len(), LIBRARY.len());
        assert_eq!(imports(&edited), ["a.so"]);
        assert_eq!(imports(&edit(LIBRARY, "libd.so.7").unwrap()), ["libd.so.7"]);
        assert_eq!(imports(&edit(LIBRARY, "").unwrap()), [] as [&str; 0]);
    }

    #[test]
    fn no_string_grows_and_none_that_is_shared_is_replaced() {
        assert!(edit(LIBRARY, "libc.so.60").is_none());
        for skipped in [0, 3, 8] {
            let bytes = shared(skipped);
            assert!(edit(&bytes, "a.so").is_none());
            // An entry can go, since its string stays.
            assert_eq!(imports(&edit(&bytes, "").unwrap()), [] as [&str; 0]);
        }
    }

    #[test]
    fn damaged_files_do_no_harm() {
        for at in 0..LIBRARY.len() {
            let mut damaged = LIBRARY.to_vec();
            damaged[at] ^= 0xff;
            if let Some(table) = DynamicTable::read(&damaged) {
                table.edit(elf::DT_NEEDED, &mut damaged, |_| Some(b"a.so".to_vec()));
            }
        }
    }
}
