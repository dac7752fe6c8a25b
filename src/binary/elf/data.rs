//! The data of an ELF file that the loader maps, and what it writes into it.

use std::borrow::Cow;

use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, Rela as _, SectionHeader as _, SectionTable};

use crate::binary::module_data::{self, Layout, ModuleData};
use crate::binary::names::{NameSet, UndefinedSymbols};
use crate::binary::symbols::MOST_MODULE_DATA;
use crate::binary::unreadable::Unreadable;

/// The byte that stands for each byte of a pointer that only the loader knows.
const POINTER: u8 = 0x7f;

/// What the data of an extension module says about the module.
pub(super) fn examine<Elf: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
    wide: bool,
    names: (&[String], &NameSet, &UndefinedSymbols),
) -> Result<ModuleData, Unreadable> {
    let layout = Layout { wide, endian };
    let pointers = relocated_pointers(sections, endian, bytes)?;
    let data = loaded(sections, endian, bytes, layout, &pointers);
    Ok(module_data::examine(data, layout, bytes.len(), names))
}

/// The sections with data that the loader maps. The file may have zeros where the loader writes `pointers`; here
/// these have a number that is not zero.
fn loaded<'a, Elf: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'a, Elf>,
    endian: Endianness,
    bytes: &'a [u8],
    layout: Layout,
    pointers: &[u64],
) -> impl Iterator<Item = Cow<'a, [u8]>> {
    let data = sections.iter().filter(move |section| {
        let flags = section.sh_flags(endian).0;
        let is_code = flags & elf::SHF_EXECINSTR.0 != 0;
        let is_loaded = flags & elf::SHF_ALLOC.0 != 0;
        section.sh_type(endian) == elf::SHT_PROGBITS && is_loaded && !is_code
    });
    data.filter_map(move |section| {
        let mut data = Cow::Borrowed(section.data(endian, bytes).ok()?);
        if data.len() > MOST_MODULE_DATA {
            return Some(data);
        }
        let begin: u64 = section.sh_addr(endian).into();
        let first = pointers.partition_point(|pointer| *pointer < begin);
        let size = layout.pointer_size();
        for pointer in &pointers[first..] {
            let at = usize::try_from(pointer - begin).ok()?;
            if at >= data.len() {
                break;
            }
            if let Some(word) = data.to_mut().get_mut(at..at + size) {
                word.fill(POINTER);
            }
        }
        Some(data)
    })
}

/// The addresses where the loader writes a pointer whatever the file has there, sorted.
fn relocated_pointers<Elf: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
) -> Result<Vec<u64>, Unreadable> {
    let mut pointers: Vec<u64> = Vec::new();
    any_relocation(sections, endian, bytes, |relocation| {
        pointers.push(relocation.r_offset(endian).into());
        pointers.len() == MOST_MODULE_DATA / size_of::<u64>()
    })?;
    pointers.sort_unstable();
    // A hostile file may have many relocations of one address.
    pointers.dedup();
    Ok(pointers)
}

/// Whether the loader calls functions of the binary to choose others (`R_X86_64_IRELATIVE`).
pub(super) fn has_indirect_functions<Elf: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
) -> Result<bool, Unreadable> {
    any_relocation(sections, endian, bytes, |relocation| {
        relocation.r_type(endian, false) == elf::R_X86_64_IRELATIVE
    })
}

/// Whether one of the relocations with an addend is what is looked for.
fn any_relocation<Elf: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
    mut is_wanted: impl FnMut(&Elf::Rela) -> bool,
) -> Result<bool, Unreadable> {
    let mut left = bytes.len();
    for section in sections.iter() {
        if let Some((relocations, _)) = section.rela(endian, bytes)? {
            let size = std::mem::size_of_val(relocations);
            left = left
                .checked_sub(size)
                .ok_or_else(|| Unreadable::Damaged("its relocations overlap".to_owned()))?;
            if relocations.iter().any(&mut is_wanted) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
