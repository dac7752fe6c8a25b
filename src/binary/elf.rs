//! Reads ELF: what the dynamic loader would ask for.
//!
//! Takes bytes, gives a [`Binary`]. Reads the dynamic section, its symbols and their versions by the
//! section headers, which linkers always write; if they were removed, by those that the segments imply.

mod data;
mod implied;
mod notes;
mod versions;

use object::Endianness;
use object::elf;
use object::read::StringTable;
use object::read::elf::{
    FileHeader, ProgramHeader as _, SectionHeader as _, SectionTable, Sym as _,
};

use super::cpu;
use super::facts::{Binary, Format, Kind};
use super::names::Provider;
use super::symbols::{Symbols, text};
use super::unreadable::Unreadable;
use crate::platform::Os;
use crate::tags::Arch;
use versions::Versions;

pub(super) fn read<Elf: implied::Header>(bytes: &[u8]) -> Result<Binary, Unreadable> {
    let header = Elf::parse(bytes)?;
    let endian = header.endian()?;
    let segments = header.program_headers(endian, bytes)?;
    let of_kind = |kind| {
        let segments = segments.iter();
        segments.filter(move |segment| segment.p_type(endian) == kind)
    };
    let has_segment = |kind| of_kind(kind).next().is_some();
    let mut sections = header.sections(endian, bytes)?;
    let has_tables = sections
        .iter()
        .any(|section| section.sh_type(endian) == elf::SHT_DYNAMIC);
    let implied;
    if !has_tables && has_segment(elf::PT_DYNAMIC) {
        implied = implied::section_headers(header, segments, endian, bytes)?;
        sections = SectionTable::new(&implied, StringTable::default());
    }
    let dynamic = sections.dynamic_table(endian, bytes)?;
    if dynamic.is_empty() && has_segment(elf::PT_DYNAMIC) {
        return Err(Unreadable::Damaged("its dynamic table is empty".to_owned()));
    }

    let mut binary = Binary::unknown(Format::Elf);
    let mut names = Symbols::of(bytes.len());
    let mut pie = false;
    let (mut rpath, mut runpath) = (false, false);
    for entry in &dynamic {
        let string = || dynamic.string(entry);
        match entry.tag {
            elf::DT_NEEDED => names.list(&mut binary.imports, string()?)?,
            elf::DT_SONAME => binary.soname = Some(text(string()?)),
            elf::DT_RPATH | elf::DT_RUNPATH => {
                rpath |= entry.tag == elf::DT_RPATH;
                runpath |= entry.tag == elf::DT_RUNPATH;
                let paths = string()?;
                // The loaders ignore a search path that is empty as a whole.
                for path in paths
                    .split(|byte| *byte == b':')
                    .filter(|_| !paths.is_empty())
                {
                    names.list(&mut binary.search_paths, path)?;
                }
            }
            elf::DT_TEXTREL => binary.text_relocations = true,
            elf::DT_FLAGS => {
                binary.text_relocations |= entry.val & elf::DF_TEXTREL.0 != 0;
            }
            elf::DT_FLAGS_1 => pie = entry.val & elf::DF_1_PIE.0 != 0,
            _ => {}
        }
    }
    binary.search_is_inherited = rpath && !runpath;
    let alignments = of_kind(elf::PT_LOAD).map(|segment| segment.p_align(endian).into());
    binary.alignment = alignments.min();
    let stacks = of_kind(elf::PT_GNU_STACK);
    let stack = stacks
        .last()
        .map(|segment| segment.p_flags(endian).contains(elf::PF_X));

    let mut read = read_symbols(&sections, endian, bytes, names)?;
    binary.floor = read.asked.floor;
    binary.floor_symbols = read.asked.symbols.iter().map(|name| text(name)).collect();
    binary.versions = read.asked.others(&mut read.names)?;
    for version in &read.defined {
        read.names.list(&mut binary.defined_versions, version)?;
    }
    let is_program = pie
        || (has_segment(elf::PT_INTERP) && binary.soname.is_none() && read.names.inits.is_empty());
    binary.kind = kind(header.e_type(endian), is_program);
    (binary.os, binary.arch, binary.machine) = machine(header, endian);
    binary.android_api = notes::android_api::<Elf>(segments, endian, bytes);
    if binary.android_api.is_some() {
        // The header says only that the kernel is Linux.
        binary.machine = binary.machine.replacen("Linux", "Android", 1);
    }
    // Without the header glibc takes what the processor's ABI began with.
    binary.executable_stack = stack.unwrap_or_else(|| {
        binary.kind == Kind::SharedLibrary && binary.arch.is_some_and(has_executable_stack)
    });
    let exports_ask = read.names.asks;
    binary.takes(read.names);
    if binary.arch == Some(Arch::X86_64) && binary.kind != Kind::Other {
        let chooses = read.chooses || data::has_indirect_functions(&sections, endian, bytes)?;
        let asks = chooses || exports_ask;
        binary.vector_code = cpu::examine(code(&sections, endian, bytes), &binary.undefined, asks);
    }
    if matches!(binary.arch, Some(Arch::X86_64 | Arch::X86)) {
        binary.isa_level = notes::isa_level(segments, &sections, endian, bytes);
    }
    if !binary.inits.is_empty() {
        let wide = header.is_class_64();
        let names = (binary.inits.as_slice(), &binary.exports, &binary.undefined);
        binary.describes(data::examine(&sections, endian, bytes, wide, names)?);
    }
    Ok(binary)
}

/// The sections with code.
fn code<'a, Elf: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'a, Elf>,
    endian: Endianness,
    bytes: &'a [u8],
) -> impl Iterator<Item = &'a [u8]> {
    let code = sections
        .iter()
        .filter(move |section| section.sh_flags(endian).contains(elf::SHF_EXECINSTR));
    code.filter_map(move |section| section.data(endian, bytes).ok())
}

/// What a file of this type is for. A library may be a program as well, and glibc loads it unless it is marked as a
/// program.
fn kind(file: elf::FileType, is_program: bool) -> Kind {
    match file {
        elf::ET_DYN if is_program => Kind::Executable,
        elf::ET_DYN => Kind::SharedLibrary,
        elf::ET_EXEC => Kind::Executable,
        _ => Kind::Other,
    }
}

/// What the table of dynamic symbols and its versions say.
struct DynamicSymbols<'a> {
    names: Symbols,
    /// The required versions, whether or not a symbol uses them.
    asked: Versions<'a>,
    /// The versions that the binary's own symbols have.
    defined: Vec<&'a [u8]>,
    /// Whether some function is chosen when the binary is loaded.
    chooses: bool,
}

fn read_symbols<'a, Elf: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'a, Elf>,
    endian: Endianness,
    bytes: &'a [u8],
    names: Symbols,
) -> Result<DynamicSymbols<'a>, Unreadable> {
    refuse_shared_versions(sections, endian, bytes)?;
    let table = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    let versions = sections.versions(endian, bytes)?;
    let mut read = DynamicSymbols {
        names,
        asked: Versions::default(),
        defined: Vec::new(),
        chooses: false,
    };
    for (index, symbol) in table.enumerate() {
        let name = table.symbol_name(endian, symbol)?;
        if !symbol.is_undefined(endian) {
            match symbol.st_type() {
                _ if symbol.is_local() => {}
                elf::STT_OBJECT | elf::STT_TLS | elf::STT_COMMON => {
                    read.names.export_variable(name)?;
                }
                _ => read.names.export(name)?,
            }
            read.chooses |= symbol.st_type() == elf::STT_GNU_IFUNC;
            continue;
        }
        let mut provider = Provider::Any;
        if let Some(versions) = &versions {
            let index = versions.version_index(endian, index).index();
            if let Some(version) = versions.version(index)? {
                read.asked.use_by(version.name(), name);
                provider = Provider::Versioned;
            }
        }
        if !symbol.is_weak() && !name.is_empty() {
            read.names.import(name, provider)?;
        }
    }
    if let Some((mut files, link)) = sections.gnu_verneed(endian, bytes)? {
        let strings = sections.strings(endian, bytes, link)?;
        while let Some((file, mut versions)) = files.next()? {
            let library = file.file(endian, strings)?;
            while let Some(version) = versions.next()? {
                let is_weak = version.vna_flags.get(endian).contains(elf::VER_FLG_WEAK);
                let name = version.name(endian, strings)?;
                read.asked.require(library, name, is_weak);
            }
        }
    }
    if let Some((mut versions, link)) = sections.gnu_verdef(endian, bytes)? {
        let strings = sections.strings(endian, bytes, link)?;
        while let Some((_, mut names)) = versions.next()? {
            // The names that follow the first one are those of the versions that it contains.
            if let Some(name) = names.next()? {
                read.defined.push(name.name(endian, strings)?);
            }
        }
    }
    Ok(read)
}

/// Every entry of a version section may point to the same list, which would then be read for each.
fn refuse_shared_versions<Elf: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'_, Elf>,
    endian: Endianness,
    bytes: &[u8],
) -> Result<(), Unreadable> {
    let mut count = 0_usize;
    if let Some((mut files, _)) = sections.gnu_verneed(endian, bytes)? {
        while let Some((file, _)) = files.next()? {
            count += 1 + usize::from(file.vn_cnt.get(endian));
        }
    }
    if let Some((mut versions, _)) = sections.gnu_verdef(endian, bytes)? {
        while let Some((version, _)) = versions.next()? {
            count += 1 + usize::from(version.vd_cnt.get(endian));
        }
    }
    // An entry takes eight bytes at least.
    if count > versions::MOST_VERSIONS || count > bytes.len() / 8 {
        return Err(Unreadable::Damaged(
            "it asks for more versions than any binary".to_owned(),
        ));
    }
    Ok(())
}

fn machine<Elf: FileHeader<Endian = Endianness>>(
    header: &Elf,
    endian: Endianness,
) -> (Option<Os>, Option<Arch>, String) {
    let (os, system) = match header.e_ident().os_abi {
        elf::ELFOSABI_SYSV | elf::ELFOSABI_GNU => (Some(Os::Linux), "Linux"),
        elf::ELFOSABI_FREEBSD => (None, "FreeBSD"),
        elf::ELFOSABI_NETBSD => (None, "NetBSD"),
        elf::ELFOSABI_OPENBSD => (None, "OpenBSD"),
        elf::ELFOSABI_SOLARIS => (None, "Solaris"),
        _ => (None, "another Unix"),
    };
    let found = Machine {
        number: header.e_machine(endian),
        wide: header.is_class_64(),
        little: endian == Endianness::Little,
    };
    let mut arches = Arch::ALL.into_iter();
    if let Some(arch) = arches.find(|arch| Machine::of(*arch).as_ref() == Some(&found)) {
        return (os, Some(arch), format!("{system} {}", arch.zig()));
    }
    let name = match (found.number, found.wide) {
        (elf::EM_X86_64, _) => "x32",
        (elf::EM_AARCH64, true) => "aarch64_be",
        (elf::EM_AARCH64, false) => "aarch64 (32-bit)",
        (elf::EM_RISCV, _) => "riscv32",
        (elf::EM_PPC64, _) => "powerpc64",
        (other, _) => return (os, None, format!("{system} machine {}", other.0)),
    };
    (os, None, format!("{system} {name}"))
}

/// The fields of an ELF header that identify the machine.
#[derive(PartialEq, Eq)]
struct Machine {
    number: elf::Machine,
    /// Whether words have 64 bits.
    wide: bool,
    /// Whether the lowest byte comes first.
    little: bool,
}

impl Machine {
    fn of(arch: Arch) -> Option<Self> {
        let (number, wide, little) = match arch {
            Arch::X86_64 => (elf::EM_X86_64, true, true),
            Arch::Aarch64 => (elf::EM_AARCH64, true, true),
            Arch::X86 => (elf::EM_386, false, true),
            Arch::Armv7 => (elf::EM_ARM, false, true),
            Arch::Ppc64le => (elf::EM_PPC64, true, true),
            Arch::S390x => (elf::EM_S390, true, false),
            Arch::Riscv64 => (elf::EM_RISCV, true, true),
            Arch::Loongarch64 => (elf::EM_LOONGARCH, true, true),
            Arch::Wasm32 => return None,
        };
        Some(Self {
            number,
            wide,
            little,
        })
    }
}

/// Whether glibc gives a process an executable stack when a file does not say which it needs.
fn has_executable_stack(arch: Arch) -> bool {
    match arch {
        Arch::X86_64 | Arch::X86 | Arch::Armv7 | Arch::S390x | Arch::Riscv64 => true,
        Arch::Aarch64 | Arch::Ppc64le | Arch::Loongarch64 | Arch::Wasm32 => false,
    }
}
