//! Reads PE: what a Windows DLL exports and which DLLs it loads.
//!
//! Takes bytes, gives a [`Binary`]. Reads the export, import and delay-load tables only.

use std::borrow::Cow;

use object::pe;
use object::read::pe::{
    ImageNtHeaders, ImageThunkData as _, ImportTable, ImportThunkList, PeFile, SectionTable,
};
use object::{Endianness, LittleEndian as LE};

use super::cpu;
use super::facts::{Binary, Format, Kind};
use super::module_data::{self, Layout};
use super::names::Provider;
use super::symbols::Symbols;
use super::unreadable::Unreadable;
use crate::platform::Os;
use crate::tags::{Arch, WindowsArch};

pub(super) fn read<Pe: ImageNtHeaders>(bytes: &[u8]) -> Result<Binary, Unreadable> {
    let file = PeFile::<Pe>::parse(bytes)?;
    let header = file.nt_headers().file_header();
    let mut symbols = Symbols::of(bytes.len());
    if let Some(table) = file.export_table()? {
        let sections = file.section_table();
        let is_variable = |address: u32| {
            let section = sections.section_containing(address);
            let flags = section.map(|section| section.characteristics.get(LE).0);
            flags.is_some_and(|flags| flags & pe::IMAGE_SCN_MEM_EXECUTE.0 == 0)
        };
        for (pointer, index) in table.name_iter() {
            let name = table.name_from_pointer(pointer)?;
            let address = table.address_by_index(index);
            // An address inside the table is the name of a symbol of another DLL.
            let is_forward = |address| table.is_forward(address);
            match address {
                Ok(address) if !is_forward(address) && is_variable(address) => {
                    symbols.export_variable(name)?;
                }
                _ => symbols.export(name)?,
            }
        }
    }
    let mut binary = Binary::unknown(Format::Pe);
    // Repaired files have names and lists in other sections than the table, which the general reader
    // looks for in one.
    let places = Places {
        sections: file.section_table(),
        bytes,
    };
    if let Some(table) = file.import_table()? {
        let mut descriptors = table.descriptors()?;
        while let Some(descriptor) = descriptors.next()? {
            let name = places.name(descriptor.name.get(LE))?;
            let place = u16::try_from(binary.imports.len()).unwrap_or(u16::MAX);
            let provider = Provider::Library(place);
            symbols.list(&mut binary.imports, name)?;
            symbols.imports_of::<Pe>(&places, descriptor, provider)?;
        }
    }
    if let Some(table) = file.delay_load_import_table()? {
        let mut descriptors = table.descriptors()?;
        while let Some(descriptor) = descriptors.next()? {
            let name = places.name(descriptor.dll_name_rva.get(LE))?;
            symbols.list(&mut binary.imports, name)?;
        }
    }
    let found = header.machine.get(LE);
    let mut machines = WindowsArch::ALL.into_iter();
    let machine = machines.find(|arch| number(*arch) == found);
    let name = match machine {
        Some(machine) => machine.name(),
        None if found == pe::IMAGE_FILE_MACHINE_ARMNT => "arm",
        None => "of another architecture",
    };
    let arch = machine.map(WindowsArch::arch);
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
    let (mut code, mut data) = (Vec::new(), Vec::new());
    for section in file.section_table().iter().take(cpu::MOST_SECTIONS) {
        let flags = section.characteristics.get(LE).0;
        let is_code = flags & pe::IMAGE_SCN_MEM_EXECUTE.0 != 0;
        let list = if is_code { &mut code } else { &mut data };
        list.extend(section.pe_data(bytes).ok());
    }
    if arch == Some(Arch::X86_64) {
        binary.vector_code = cpu::examine(code.into_iter(), &binary.undefined, false);
    }
    let layout = Layout {
        wide: file.nt_headers().is_type_64(),
        endian: Endianness::Little,
    };
    let names = (binary.inits.as_slice(), &binary.exports, &binary.undefined);
    let data = data.into_iter().map(Cow::Borrowed);
    binary.describes(module_data::examine(data, layout, bytes.len(), names));
    Ok(binary)
}

/// The number of a machine in the header of a file.
fn number(arch: WindowsArch) -> pe::Machine {
    match arch {
        WindowsArch::X86 => pe::IMAGE_FILE_MACHINE_I386,
        WindowsArch::X64 => pe::IMAGE_FILE_MACHINE_AMD64,
        WindowsArch::Arm64 => pe::IMAGE_FILE_MACHINE_ARM64,
    }
}

/// What lies at an address of the file once it is loaded, in whichever section.
struct Places<'a> {
    sections: SectionTable<'a>,
    bytes: &'a [u8],
}

impl<'a> Places<'a> {
    /// A name that ends with a zero.
    fn name(&self, address: u32) -> Result<&'a [u8], Unreadable> {
        let data = self.sections.pe_data_at(self.bytes, address);
        let name = data.and_then(|data| data.split_at_checked(memchr::memchr(0, data)?));
        let (name, _) = name.ok_or_else(|| outside("name of a library or symbol"))?;
        Ok(name)
    }

    /// A list of what is imported.
    fn list(&self, address: u32) -> Result<ImportThunkList<'a>, Unreadable> {
        let section = self.sections.pe_data_containing(self.bytes, address);
        let (data, begin) = section.ok_or_else(|| outside("list of imports"))?;
        Ok(ImportTable::new(data, begin, address).thunks(address)?)
    }
}

fn outside(what: &str) -> Unreadable {
    Unreadable::Damaged(format!("a {what} lies outside of it"))
}

impl Symbols {
    fn imports_of<Pe: ImageNtHeaders>(
        &mut self,
        places: &Places<'_>,
        descriptor: &pe::ImageImportDescriptor,
        provider: Provider,
    ) -> Result<(), Unreadable> {
        // Some linkers leave the first list out; the second is the same until the file is loaded.
        let first = match descriptor.original_first_thunk.get(LE) {
            0 => descriptor.first_thunk.get(LE),
            list => list,
        };
        let mut thunks = places.list(first)?;
        while let Some(thunk) = thunks.next::<Pe>()? {
            if thunk.is_ordinal() {
                // Lists of numbers can be shared by descriptors as lists of names can.
                self.charge(b"ordinal")?;
            } else {
                // A hint of two bytes comes before the name.
                let name = places.name(thunk.address().saturating_add(2))?;
                self.import(name, provider)?;
            }
        }
        Ok(())
    }
}
