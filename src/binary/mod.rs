//! What a native binary says about itself.
//!
//! Takes a file's bytes and gives a [`Binary`], whatever the file is called. Never opens a file, runs
//! anything, or trusts a number in the bytes: damaged input is an error and not a panic.

mod build_path;
mod cpu;
mod elf;
mod export_trie;
mod facts;
mod macho;
pub(crate) mod magic;
mod module_data;
mod names;
mod pe;
pub(crate) mod python_exports;
mod signature;
mod symbols;
mod unreadable;
mod wasm;

pub use cpu::{IsaLevel, VectorCode};
pub use facts::{Binary, ExportList, Format, Kind, RequiredVersion};
pub use module_data::{DefinitionHeader, Gil};
pub(crate) use names::number;
pub use names::{NameSet, Provider, UndefinedSymbols};
pub use signature::Signature;
pub(crate) use signature::renew as renew_signature;
pub(super) use symbols::memory_to_read;
pub use unreadable::Unreadable;

use self::magic::Magic;

impl Binary {
    /// Reads a binary; `None` if the bytes are of no native format.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, Unreadable> {
        let mut binary = Self::read(bytes)?;
        if let Some(binary) = &mut binary {
            binary.build_path = build_path::find(bytes);
        }
        Ok(binary)
    }

    fn read(bytes: &[u8]) -> Result<Option<Self>, Unreadable> {
        use object::FileKind;
        if magic::is_wasm(bytes) {
            return wasm::read(bytes).map(Some);
        }
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
        binary.map(Some)
    }
}

#[cfg(test)]
mod tests;
