//! The section headers that the segments of an ELF file imply.
//!
//! Loaders use the segments alone, so packers and `llvm-objcopy --strip-sections` remove the section headers. With
//! headers for what the dynamic segment points to, such a file is read like any other.
//! Source: System V ABI, "Program Loading and Dynamic Linking".

use object::Endianness;
use object::elf::{self, SectionFlags, SectionType};
use object::read::elf::{Dyn, FileHeader, GnuHashTable, HashTable, ProgramHeader};
use object::{U32, U64};

use crate::binary::unreadable::Unreadable;

/// The indices of the headers that others refer to.
const STRINGS: u32 = 1;
const SYMBOLS: u32 = 2;

/// What a section header says, for both widths.
#[derive(Default)]
pub(in crate::binary) struct Section {
    kind: SectionType,
    flags: SectionFlags,
    address: u64,
    offset: u64,
    size: u64,
    align: u64,
    link: u32,
}

/// A file header of either width, and the section headers that go with it.
pub(in crate::binary) trait Header: FileHeader<Endian = Endianness> {
    /// A section header of the same width.
    fn section_header(endian: Endianness, section: &Section) -> Option<Self::SectionHeader>;
}

impl Header for elf::FileHeader32<Endianness> {
    fn section_header(endian: Endianness, section: &Section) -> Option<Self::SectionHeader> {
        let word = |number: u64| Some(U32::new(endian, u32::try_from(number).ok()?));
        Some(elf::SectionHeader32 {
            sh_name: U32::new(endian, 0),
            sh_type: U32::new(endian, section.kind),
            sh_flags: U32::new_u64_truncate(endian, section.flags),
            sh_addr: word(section.address)?,
            sh_offset: word(section.offset)?,
            sh_size: word(section.size)?,
            sh_link: U32::new(endian, section.link),
            sh_info: U32::new(endian, 0),
            sh_addralign: word(section.align)?,
            sh_entsize: word(0)?,
        })
    }
}

impl Header for elf::FileHeader64<Endianness> {
    fn section_header(endian: Endianness, section: &Section) -> Option<Self::SectionHeader> {
        Some(elf::SectionHeader64 {
            sh_name: U32::new(endian, 0),
            sh_type: U32::new(endian, section.kind),
            sh_flags: U64::new(endian, section.flags),
            sh_addr: U64::new(endian, section.address),
            sh_offset: U64::new(endian, section.offset),
            sh_size: U64::new(endian, section.size),
            sh_link: U32::new(endian, section.link),
            sh_info: U32::new(endian, 0),
            sh_addralign: U64::new(endian, section.align),
            sh_entsize: U64::new(endian, 0),
        })
    }
}

/// The section headers that the segments of this file imply: of its data and of the tables of its dynamic segment.
///
/// Code counts as data, because a segment with code may have data between the code.
pub(super) fn section_headers<Elf: Header>(
    header: &Elf,
    segments: &[Elf::ProgramHeader],
    endian: Endianness,
    bytes: &[u8],
) -> Result<Vec<Elf::SectionHeader>, Unreadable> {
    let mut sections = tables(header, segments, endian, bytes)?;
    for segment in segments {
        let (offset, size) = segment.file_range(endian);
        let (kind, flags) = match segment.p_type(endian) {
            elf::PT_DYNAMIC => (elf::SHT_DYNAMIC, elf::SHF_ALLOC),
            // The loader maps the whole segment, so a file that ends before the segment cannot be loaded.
            elf::PT_LOAD if segment.data(endian, bytes).is_err() => {
                return Err(Unreadable::Damaged(
                    "it ends before its segments do".to_owned(),
                ));
            }
            elf::PT_LOAD => (elf::SHT_PROGBITS, elf::SHF_ALLOC),
            _ => continue,
        };
        sections.push(Section {
            kind,
            flags,
            address: segment.p_vaddr(endian).into(),
            offset,
            size,
            link: STRINGS,
            ..Section::default()
        });
    }
    let headers = sections.iter();
    let headers = headers.map(|section| Elf::section_header(endian, section));
    headers
        .collect::<Option<_>>()
        .ok_or_else(|| Unreadable::Damaged("its segments are too large".to_owned()))
}

/// The tables that the dynamic segment points to. The headers of the strings and of the symbols have fixed indices.
fn tables<Elf: Header>(
    header: &Elf,
    segments: &[Elf::ProgramHeader],
    endian: Endianness,
    bytes: &[u8],
) -> Result<Vec<Section>, Unreadable> {
    let mut dynamic = None;
    for segment in segments {
        dynamic = dynamic.or(segment.dynamic(endian, bytes)?);
    }
    let entries = dynamic.unwrap_or_default();
    let mut tags = entries.iter().map(|entry| entry.tag(endian));
    let end = tags.position(|tag| tag == elf::DT_NULL);
    let entries = &entries[..end.unwrap_or(entries.len())];
    if entries.is_empty() {
        return Err(Unreadable::Damaged("its dynamic table is empty".to_owned()));
    }
    let value = |tag| {
        let found = entries.iter().find(|entry| entry.tag(endian) == tag);
        found.map(|entry| entry.val(endian))
    };
    // The place in the file of an address, and how many bytes of its segment are left there.
    let place = |tag| {
        let address = value(tag)?;
        segments.iter().find_map(|segment| {
            let (offset, size) = segment.file_range(endian);
            let start: u64 = segment.p_vaddr(endian).into();
            let from = address.checked_sub(start).filter(|from| *from < size)?;
            let is_mapped = segment.p_type(endian) == elf::PT_LOAD;
            is_mapped.then_some((offset.checked_add(from)?, size - from))
        })
    };
    let table = |tag, kind| {
        let (offset, size) = place(tag)?;
        Some(Section {
            kind,
            offset,
            size,
            link: STRINGS,
            ..Section::default()
        })
    };
    let (Some(mut strings), Some(mut symbols)) = (
        table(elf::DT_STRTAB, elf::SHT_STRTAB),
        table(elf::DT_SYMTAB, elf::SHT_DYNSYM),
    ) else {
        return Err(Unreadable::NoSymbols);
    };
    strings.size = value(elf::DT_STRSZ).map_or(strings.size, |size| size.min(strings.size));
    let data = |tag| {
        let (offset, size) = place(tag)?;
        let from = usize::try_from(offset).ok()?;
        bytes.get(from..from.checked_add(usize::try_from(size).ok()?)?)
    };
    let count = symbol_count(header, endian, data);
    // A program need not export anything, and its symbols are not judged.
    let is_program = segments
        .iter()
        .any(|segment| segment.p_type(endian) == elf::PT_INTERP);
    let count = count.or(is_program.then_some(0));
    let count = u64::from(count.ok_or(Unreadable::NoSymbols)?);
    symbols.size = count * size_of::<Elf::Sym>() as u64;
    let mut tables = vec![Section::default(), strings, symbols];
    if let Some(mut versions) = table(elf::DT_VERSYM, elf::SHT_GNU_VERSYM) {
        versions.size = count * size_of::<elf::Versym<Endianness>>() as u64;
        versions.link = SYMBOLS;
        tables.push(versions);
    }
    if let Some(mut relocations) = table(elf::DT_RELA, elf::SHT_RELA) {
        relocations.size = value(elf::DT_RELASZ).unwrap_or_default();
        relocations.link = SYMBOLS;
        tables.push(relocations);
    }
    tables.extend(table(elf::DT_VERNEED, elf::SHT_GNU_VERNEED));
    tables.extend(table(elf::DT_VERDEF, elf::SHT_GNU_VERDEF));
    Ok(tables)
}

/// The number of dynamic symbols, which only the hash tables say. That of GNU says it only if some symbol is
/// exported.
fn symbol_count<'a, Elf: FileHeader<Endian = Endianness>>(
    header: &Elf,
    endian: Endianness,
    data: impl Fn(elf::DynamicTag) -> Option<&'a [u8]>,
) -> Option<u32> {
    let gnu = data(elf::DT_GNU_HASH).and_then(|data| {
        let table = GnuHashTable::<Elf>::parse(endian, data).ok()?;
        table.symbol_table_length(endian)
    });
    // The numbers of this table have 64 bits on this processor, unlike all others.
    let is_wide = header.e_machine(endian) == elf::EM_S390 && header.is_class_64();
    gnu.or_else(|| {
        let data = data(elf::DT_HASH).filter(|_| !is_wide)?;
        let table = HashTable::<Elf>::parse(endian, data).ok()?;
        Some(table.symbol_table_length())
    })
}
