//! Reads the note that tells that an ELF file is for Android.
//!
//! The NDK links it into every program and library. Source: Android's `bionic/libc/arch-common/bionic/crtbrand.S`.

use object::Endianness;
use object::read::elf::{FileHeader, ProgramHeader as _};

use super::facts::Binary;

/// Takes the API level, if there is one; the system is Android then, and Linux only as its kernel.
pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
    binary: &mut Binary,
    segments: &[Elf::ProgramHeader],
    endian: Endianness,
    bytes: &[u8],
) {
    binary.android_api = api_level::<Elf>(segments, endian, bytes);
    if binary.android_api.is_some() {
        binary.machine = binary.machine.replacen("Linux", "Android", 1);
    }
}

/// The API level in the note; `None` without a note that can be read.
fn api_level<Elf: FileHeader<Endian = Endianness>>(
    segments: &[Elf::ProgramHeader],
    endian: Endianness,
    bytes: &[u8],
) -> Option<u16> {
    // The headers of a hostile file may all lead to the same long notes.
    let mut left = bytes.len();
    for segment in segments {
        let Ok(Some(mut notes)) = segment.notes(endian, bytes) else {
            continue;
        };
        let length = segment.data(endian, bytes).map_or(0, <[u8]>::len);
        left = left.checked_sub(length)?;
        while let Ok(Some(note)) = notes.next() {
            if note.name() == b"Android" && note.n_type(endian).0 == NT_VERSION {
                let level = note.desc().first_chunk::<4>()?;
                let level = match endian {
                    Endianness::Little => u32::from_le_bytes(*level),
                    Endianness::Big => u32::from_be_bytes(*level),
                };
                return level.try_into().ok();
            }
        }
    }
    None
}

/// The type of the note.
const NT_VERSION: u32 = 1;
