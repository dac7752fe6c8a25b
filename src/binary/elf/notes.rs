//! The notes of an ELF file: the level of the CPU that it declares, and the API level of Android.
//!
//! Sources: Linux Extensions to gABI, "Program Property"; Android's `bionic/libc/arch-common/bionic/crtbrand.S`.

use object::elf;
use object::read::elf::{
    FileHeader, Note, NoteIterator, ProgramHeader, SectionHeader, SectionTable,
};
use object::{Endian as _, Endianness};

use crate::binary::cpu::IsaLevel;

/// The type of Android's note, which the NDK links into every program and library.
const ANDROID_VERSION: u32 = 1;

/// The level of the x86-64 instruction set that a file declares to need. The loader finds the notes by the
/// segments, other tools by the sections. A damaged note declares nothing.
pub(super) fn isa_level<Elf: FileHeader<Endian = Endianness>>(
    segments: &[Elf::ProgramHeader],
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
) -> Option<IsaLevel> {
    let kinds = [elf::PT_NOTE, elf::PT_GNU_PROPERTY];
    let in_segments = in_segments::<Elf>(segments, &kinds, endian, bytes);
    let in_sections = sections.iter().filter_map(|section| {
        let is_note = section.sh_type(endian) == elf::SHT_NOTE;
        let data = section.data(endian, bytes).ok().filter(|_| is_note)?;
        Some((data, section.sh_addralign(endian)))
    });
    let notes = notes::<Elf>(in_segments.chain(in_sections), endian, bytes.len());
    let properties = notes.flat_map(|note| {
        let properties = note.gnu_properties(endian).into_iter().flatten();
        properties.map_while(Result::ok)
    });
    let needed =
        properties.filter(|property| property.pr_type() == elf::GNU_PROPERTY_X86_ISA_1_NEEDED);
    let levels = needed.filter_map(|property| {
        IsaLevel::of_property(property.data_u32(endian).unwrap_or_default())
    });
    levels.max()
}

/// The API level in the note that marks an ELF file for Android; `None` without a note that can be read.
pub(super) fn android_api<Elf: FileHeader<Endian = Endianness>>(
    segments: &[Elf::ProgramHeader],
    endian: Endianness,
    bytes: &[u8],
) -> Option<u16> {
    let in_segments = in_segments::<Elf>(segments, &[elf::PT_NOTE], endian, bytes);
    let mut notes = notes::<Elf>(in_segments, endian, bytes.len());
    let note =
        notes.find(|note| note.name() == b"Android" && note.n_type(endian).0 == ANDROID_VERSION)?;
    endian.read_u32(*note.desc().first_chunk()?).try_into().ok()
}

/// The data and the alignment of the segments of these kinds.
fn in_segments<'a, Elf: FileHeader<Endian = Endianness>>(
    segments: &[Elf::ProgramHeader],
    kinds: &[elf::ProgramType],
    endian: Endianness,
    bytes: &'a [u8],
) -> impl Iterator<Item = (&'a [u8], Elf::Word)> {
    segments.iter().filter_map(move |segment| {
        let is_wanted = kinds.contains(&segment.p_type(endian));
        let data = segment.data(endian, bytes).ok().filter(|_| is_wanted)?;
        Some((data, segment.p_align(endian)))
    })
}

/// The notes in the data of segments and sections, which have `left` bytes together.
fn notes<'a, Elf: FileHeader<Endian = Endianness>>(
    data: impl Iterator<Item = (&'a [u8], Elf::Word)>,
    endian: Endianness,
    mut left: usize,
) -> impl Iterator<Item = Note<'a, Elf>> {
    // The headers of a hostile file may all lead to the same long notes.
    let data = data.map_while(move |(data, align)| {
        left = left.checked_sub(data.len())?;
        Some(NoteIterator::<Elf>::new(endian, align, data))
    });
    data.flat_map(|notes| notes.into_iter().flatten().map_while(Result::ok))
}
