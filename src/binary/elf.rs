//! Reads ELF: what the dynamic loader would ask for.
//!
//! Takes bytes, gives a [`Binary`]. Reads the dynamic section, its symbols and their versions by the
//! section headers, which linkers always write.

use std::borrow::Cow;
use std::collections::BTreeSet;

use object::Endianness;
use object::elf;
use object::read::elf::{
    FileHeader, ProgramHeader as _, Rela as _, SectionHeader as _, SectionTable, Sym as _,
};

use super::cpu;
use super::facts::{Binary, Format, Kind};
use super::module_data::{self, Layout};
use super::names::Provider;
use super::symbols::{Symbols, text};
use super::unreadable::Unreadable;
use crate::platform::Os;
use crate::tags::{Arch, Release};

/// The most symbol versions that are read.
const MOST_VERSIONS: usize = 4096;
/// What each byte of a pointer is taken for that only the loader knows.
const POINTER: u8 = 0x7f;
/// `GLIBC_ABI_DT_RELR` says that the loader must know packed relocations; glibc 2.36 is the first.
const DT_RELR: Release = Release::new(2, 36);

pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
    bytes: &[u8],
) -> Result<Binary, Unreadable> {
    let header = Elf::parse(bytes)?;
    let endian = header.endian()?;
    let segments = header.program_headers(endian, bytes)?;
    let sections = header.sections(endian, bytes)?;
    let dynamic = sections.dynamic_table(endian, bytes)?;
    let has_segment = |kind| {
        segments
            .iter()
            .any(|segment| segment.p_type(endian) == kind)
    };
    if dynamic.is_empty() && has_segment(elf::PT_DYNAMIC) {
        // The loader uses the segments, and may find names there that we cannot read.
        for segment in segments {
            if segment
                .dynamic(endian, bytes)?
                .is_some_and(|table| !table.is_empty())
            {
                return Err(Unreadable::NoSections);
            }
        }
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
                for path in string()?.split(|byte| *byte == b':') {
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
    let mut stack = None;
    for segment in segments {
        match segment.p_type(endian) {
            elf::PT_LOAD => {
                let align: u64 = segment.p_align(endian).into();
                binary.alignment = Some(binary.alignment.map_or(align, |least| least.min(align)));
            }
            elf::PT_GNU_STACK => {
                stack = Some(segment.p_flags(endian).0 & elf::PF_X.0 != 0);
            }
            _ => {}
        }
    }

    let mut read = read_symbols(&sections, endian, bytes, names)?;
    binary.floor = read.asked.floor;
    binary.floor_symbols = read.asked.symbols.iter().map(|name| text(name)).collect();
    for version in std::mem::take(&mut read.asked.others) {
        read.names.list(&mut binary.versions, version)?;
    }
    binary.kind = match header.e_type(endian) {
        elf::ET_DYN if pie || (has_segment(elf::PT_INTERP) && binary.soname.is_none()) => {
            Kind::Executable
        }
        elf::ET_DYN => Kind::SharedLibrary,
        elf::ET_EXEC => Kind::Executable,
        _ => Kind::Other,
    };
    (binary.os, binary.arch, binary.machine) = machine(header, endian);
    // Without the header glibc takes what the processor's ABI began with.
    binary.executable_stack = stack.unwrap_or_else(|| {
        binary.kind == Kind::SharedLibrary && binary.arch.is_some_and(has_executable_stack)
    });
    let exports_ask = read.names.asks;
    binary.takes(read.names);
    if binary.arch == Some(Arch::X86_64) && binary.kind != Kind::Other {
        let chooses = read.chooses || has_indirect_functions(&sections, endian, bytes)?;
        let code = sections
            .iter()
            .filter(|section| section.sh_flags(endian).0 & elf::SHF_EXECINSTR.0 != 0);
        let code = code.filter_map(|section| section.data(endian, bytes).ok());
        binary.vector_code = cpu::examine(code, &binary.undefined, chooses || exports_ask);
    }
    let layout = Layout {
        wide: header.is_class_64(),
        little: endian == Endianness::Little,
    };
    let names = (binary.inits.as_slice(), &binary.exports, &binary.undefined);
    if !binary.inits.is_empty() {
        let pointers = relocated_pointers(&sections, endian, bytes)?;
        let data = data(&sections, endian, bytes, layout, &pointers);
        binary.describes(module_data::examine(data, layout, bytes.len(), names));
    }
    Ok(binary)
}

/// The sections with data that the loader maps. The file may have zeros where the loader writes `pointers`; here
/// these have a number that is not zero.
fn data<'a, Elf: FileHeader<Endian = Endianness>>(
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
        let begin: u64 = section.sh_addr(endian).into();
        let first = pointers.partition_point(|pointer| *pointer < begin);
        let size = if layout.wide { 8 } else { 4 };
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
    let mut pointers = Vec::new();
    any_relocation(sections, endian, bytes, |relocation| {
        pointers.push(relocation.r_offset(endian).into());
        false
    })?;
    pointers.sort_unstable();
    Ok(pointers)
}

/// What the table of dynamic symbols and its versions say.
struct DynamicSymbols<'a> {
    names: Symbols,
    /// The required versions, whether or not a symbol uses them.
    asked: Versions<'a>,
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
                read.asked.ask(version.name(), Some(name));
                provider = Provider::Versioned;
            }
        }
        if !symbol.is_weak() && !name.is_empty() {
            read.names.import(name, provider)?;
        }
    }
    if let Some((mut files, link)) = sections.gnu_verneed(endian, bytes)? {
        let strings = sections.strings(endian, bytes, link)?;
        while let Some((_, mut versions)) = files.next()? {
            while let Some(version) = versions.next()? {
                read.asked.ask(version.name(endian, strings)?, None);
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
    if count > MOST_VERSIONS || count > bytes.len() / 8 {
        return Err(Unreadable::Damaged(
            "it asks for more versions than any binary".to_owned(),
        ));
    }
    Ok(())
}

/// Whether the loader calls functions of the binary to choose others (`R_X86_64_IRELATIVE`).
fn has_indirect_functions<Elf: FileHeader<Endian = Endianness>>(
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
    if let Some(arch) = arches.find(|arch| Machine::of(*arch) == found) {
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
    fn of(arch: Arch) -> Self {
        let (number, wide, little) = match arch {
            Arch::X86_64 => (elf::EM_X86_64, true, true),
            Arch::Aarch64 => (elf::EM_AARCH64, true, true),
            Arch::X86 => (elf::EM_386, false, true),
            Arch::Armv7 => (elf::EM_ARM, false, true),
            Arch::Ppc64le => (elf::EM_PPC64, true, true),
            Arch::S390x => (elf::EM_S390, true, false),
            Arch::Riscv64 => (elf::EM_RISCV, true, true),
            Arch::Loongarch64 => (elf::EM_LOONGARCH, true, true),
        };
        Self {
            number,
            wide,
            little,
        }
    }
}

/// Whether glibc gives a process an executable stack when a file does not say which it needs.
fn has_executable_stack(arch: Arch) -> bool {
    match arch {
        Arch::X86_64 | Arch::X86 | Arch::Armv7 | Arch::S390x | Arch::Riscv64 => true,
        Arch::Aarch64 | Arch::Ppc64le | Arch::Loongarch64 => false,
    }
}

/// The symbol versions that a binary asks for: glibc's releases, and the others.
#[derive(Default)]
struct Versions<'a> {
    floor: Option<Release>,
    /// The symbols that ask for the floor.
    symbols: BTreeSet<&'a [u8]>,
    others: BTreeSet<&'a [u8]>,
}

impl<'a> Versions<'a> {
    fn ask(&mut self, version: &'a [u8], symbol: Option<&'a [u8]>) {
        let Some(release) = release(version) else {
            // `refuse_shared_versions` limits their number.
            self.others.insert(version);
            return;
        };
        if Some(release) > self.floor {
            self.floor = Some(release);
            self.symbols.clear();
        }
        // No release of glibc has so many symbols, or one with such a long name.
        if let Some(name) = symbol
            && Some(release) == self.floor
            && name.len() <= 256
            && self.symbols.len() < MOST_VERSIONS
        {
            self.symbols.insert(name);
        }
    }
}

/// `GLIBC_2.17` is 2.17, and so is `GLIBC_2.17.1`: wheel tags have two numbers.
fn release(version: &[u8]) -> Option<Release> {
    let version = std::str::from_utf8(version).ok()?;
    let numbers = version.strip_prefix("GLIBC_")?;
    if numbers == "ABI_DT_RELR" {
        return Some(DT_RELR);
    }
    let mut numbers = numbers.split('.').map(|number| number.parse().ok());
    let release = Release::new(numbers.next()??, numbers.next()??);
    numbers.all(|number| number.is_some()).then_some(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glibc_versions_are_releases_and_the_highest_counts() {
        assert_eq!(release(b"GLIBC_2.2.5"), Some(Release::new(2, 2)));
        assert_eq!(release(b"GLIBC_2.17"), Some(Release::new(2, 17)));
        assert_eq!(release(b"GLIBC_ABI_DT_RELR"), Some(Release::new(2, 36)));
        for other in ["GLIBC_PRIVATE", "GLIBC_2", "GLIBCXX_3.4", "GLIBC_2.x", ""] {
            assert_eq!(release(other.as_bytes()), None, "{other}");
        }
        let needed = ["GLIBC_2.9", "GLIBC_2.17", "GCC_3.0", "GLIBC_PRIVATE"];
        let asked = [
            ("GLIBC_2.17", "memcpy"),
            ("GLIBC_2.9", "dup3"),
            ("GLIBC_2.17", "clock_gettime"),
            ("GLIBC_2.17", "memcpy"),
        ];
        let mut glibc = Versions::default();
        for (version, name) in asked {
            glibc.ask(version.as_bytes(), Some(name.as_bytes()));
        }
        for version in needed {
            glibc.ask(version.as_bytes(), None);
        }
        assert_eq!(glibc.floor, Some(Release::new(2, 17)));
        let names = |names: BTreeSet<&[u8]>| names.into_iter().map(text).collect::<Vec<_>>();
        assert_eq!(names(glibc.symbols), ["clock_gettime", "memcpy"]);
        assert_eq!(names(glibc.others), ["GCC_3.0", "GLIBC_PRIVATE"]);
    }
}
