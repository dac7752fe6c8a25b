//! Reads PE: what a Windows DLL exports and which DLLs it loads.
//!
//! Takes bytes, gives a [`Binary`]. Reads the export, import and delay-load tables only.

use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{ImageNtHeaders, ImportTable, PeFile};

use super::{Binary, Format, Kind, Symbols, Unreadable, cpu};
use crate::platform::Os;
use crate::tags::Arch;

/// Whether the head that begins with `MZ` names a place where `PE` stands.
pub(super) fn has_signature(bytes: &[u8]) -> bool {
    let place = bytes
        .get(0x3c..0x40)
        .and_then(|place| place.try_into().ok());
    let place = place
        .map(u32::from_le_bytes)
        .and_then(|place| place.try_into().ok());
    place
        .and_then(|place: usize| bytes.get(place..))
        .is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

pub(super) fn read<Pe: ImageNtHeaders>(bytes: &[u8]) -> Result<Binary, Unreadable> {
    let file = PeFile::<Pe>::parse(bytes)?;
    let header = file.nt_headers().file_header();
    let mut symbols = Symbols::of(bytes.len());
    if let Some(table) = file.export_table()? {
        for (pointer, _) in table.name_iter() {
            symbols.export(table.name_from_pointer(pointer)?)?;
        }
    }
    let mut binary = Binary::unknown(Format::Pe);
    if let Some(table) = file.import_table()? {
        let mut descriptors = table.descriptors()?;
        while let Some(descriptor) = descriptors.next()? {
            let name = table.name(descriptor.name.get(LE))?;
            symbols.list(&mut binary.imports, name)?;
            symbols.imports_of::<Pe>(&table, descriptor)?;
        }
    }
    if let Some(table) = file.delay_load_import_table()? {
        let mut descriptors = table.descriptors()?;
        while let Some(descriptor) = descriptors.next()? {
            let name = table.name(descriptor.dll_name_rva.get(LE))?;
            symbols.list(&mut binary.imports, name)?;
        }
    }
    let (arch, name) = match header.machine.get(LE) {
        pe::IMAGE_FILE_MACHINE_AMD64 => (Some(Arch::X86_64), "x64"),
        pe::IMAGE_FILE_MACHINE_ARM64 => (Some(Arch::Aarch64), "arm64"),
        pe::IMAGE_FILE_MACHINE_I386 => (Some(Arch::X86), "x86"),
        pe::IMAGE_FILE_MACHINE_ARMNT => (None, "arm"),
        _ => (None, "of another architecture"),
    };
    binary.os = Some(Os::Windows);
    binary.arch = arch;
    binary.machine = format!("Windows {name}");
    let flags = header.characteristics.get(LE).0;
    binary.kind = match flags {
        _ if flags & pe::IMAGE_FILE_DLL.0 != 0 => Kind::SharedLibrary,
        _ if flags & pe::IMAGE_FILE_EXECUTABLE_IMAGE.0 != 0 => Kind::Executable,
        _ => Kind::Other,
    };
    binary.takes(symbols);
    if arch == Some(Arch::X86_64) {
        let sections = file.section_table();
        let code = sections
            .iter()
            .filter(|section| section.characteristics.get(LE).0 & pe::IMAGE_SCN_MEM_EXECUTE.0 != 0);
        let code = code.filter_map(|section| section.pe_data(bytes).ok());
        let names = binary.undefined.iter().map(String::as_str);
        binary.vector_code = cpu::examine(code, names, false);
    }
    Ok(binary)
}

impl Symbols {
    fn imports_of<Pe: ImageNtHeaders>(
        &mut self,
        table: &ImportTable<'_>,
        descriptor: &pe::ImageImportDescriptor,
    ) -> Result<(), Unreadable> {
        // Some linkers leave the first list out; the second is the same until the file is loaded.
        let first = match descriptor.original_first_thunk.get(LE) {
            0 => descriptor.first_thunk.get(LE),
            list => list,
        };
        let mut thunks = table.thunks(first)?;
        while let Some(thunk) = thunks.next::<Pe>()? {
            match table.import::<Pe>(thunk)? {
                object::read::pe::Import::Name(_, name) => self.import(name)?,
                // Lists of numbers can be shared by descriptors as lists of names can.
                object::read::pe::Import::Ordinal(_) => {
                    self.charge(b"ordinal")?;
                }
            }
        }
        Ok(())
    }
}
