//! The properties in the notes of an ELF file.
//!
//! Source: Linux Extensions to gABI, "Program Property".

use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, NoteIterator, ProgramHeader, SectionHeader, SectionTable};

use crate::binary::cpu::IsaLevel;

/// The level of the x86-64 instruction set that a file declares to need. The loader finds the notes by the
/// segments, other tools by the sections. A damaged note declares nothing.
pub(super) fn isa_level<Elf: FileHeader<Endian = Endianness>>(
    segments: &[Elf::ProgramHeader],
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
) -> Option<IsaLevel> {
    let in_segments = segments.iter().filter_map(|segment| {
        let kind = segment.p_type(endian);
        let is_note = kind == elf::PT_NOTE || kind == elf::PT_GNU_PROPERTY;
        let data = segment.data(endian, bytes).ok().filter(|_| is_note)?;
        Some((data, segment.p_align(endian)))
    });
    let in_sections = sections.iter().filter_map(|section| {
        let is_note = section.sh_type(endian) == elf::SHT_NOTE;
        let data = section.data(endian, bytes).ok().filter(|_| is_note)?;
        Some((data, section.sh_addralign(endian)))
    });
    // The headers of a hostile file may all lead to the same long note.
    let mut left = bytes.len();
    let mut level = None;
    for (data, align) in in_segments.chain(in_sections) {
        left = left.checked_sub(data.len())?;
        let notes = NoteIterator::<Elf>::new(endian, align, data);
        for note in notes.into_iter().flatten().map_while(Result::ok) {
            let properties = note.gnu_properties(endian).into_iter().flatten();
            for property in properties.map_while(Result::ok) {
                if property.pr_type() == elf::GNU_PROPERTY_X86_ISA_1_NEEDED {
                    let levels = property.data_u32(endian).unwrap_or_default();
                    level = level.max(IsaLevel::of_property(levels));
                }
            }
        }
    }
    level
}
