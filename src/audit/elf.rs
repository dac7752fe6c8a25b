//! Reads ELF: what the dynamic loader would ask for.
//!
//! Takes bytes, gives a [`Binary`]. Reads the dynamic section, its symbols and their versions by the
//! section headers, which the linkers of Zig always write; relocations and code are never looked at.

use std::collections::BTreeSet;

use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader as _, Sym as _};

use super::{Binary, Format, Kind, Symbols, lowercase, text};
use crate::platform::Os;
use crate::tags::{Arch, Release};

/// `GLIBC_ABI_DT_RELR` says that the loader must know packed relocations; glibc 2.36 is the first.
const DT_RELR: Release = Release::new(2, 36);

pub(super) fn parse<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Result<Binary, String> {
    read::<Elf>(bytes).map_err(|error| lowercase(&error))?
}

fn read<Elf: FileHeader<Endian = Endianness>>(
    bytes: &[u8],
) -> object::read::Result<Result<Binary, String>> {
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
        return Ok(Err(
            "its section headers are missing, so its symbols can't be read".to_owned(),
        ));
    }

    let mut imports = Vec::new();
    let mut pie = false;
    let mut named = false;
    for entry in &dynamic {
        match entry.tag {
            elf::DT_NEEDED => imports.push(text(dynamic.string(entry)?)),
            elf::DT_SONAME => named = true,
            elf::DT_FLAGS_1 => pie = entry.val & elf::DF_1_PIE.0 != 0,
            _ => {}
        }
    }

    let table = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    let versions = sections.versions(endian, bytes)?;
    let mut symbols = Symbols::default();
    let mut asked = Vec::new();
    for (index, symbol) in table.enumerate() {
        let name = table.symbol_name(endian, symbol)?;
        if !symbol.is_undefined(endian) {
            if !symbol.is_local() {
                symbols.export(name);
            }
            continue;
        }
        symbols.import(name);
        if let Some(versions) = &versions {
            let index = versions.version_index(endian, index).index();
            if let Some(version) = versions.version(index)? {
                asked.push((version.name(), name));
            }
        }
    }
    // Every version that is asked for, whether or not a symbol is left that uses it.
    let mut needed = BTreeSet::new();
    if let Some((mut files, link)) = sections.gnu_verneed(endian, bytes)? {
        let strings = sections.strings(endian, bytes, link)?;
        while let Some((_, mut versions)) = files.next()? {
            while let Some(version) = versions.next()? {
                needed.insert(version.name(endian, strings)?);
            }
        }
    }

    let glibc = Glibc::of(&needed, &asked);
    let kind = match header.e_type(endian) {
        elf::ET_DYN if pie || (has_segment(elf::PT_INTERP) && !named) => Kind::Executable,
        elf::ET_DYN => Kind::SharedLibrary,
        elf::ET_EXEC => Kind::Executable,
        _ => Kind::Other,
    };
    let (os, arch, machine) = machine(header, endian);
    Ok(Ok(Binary {
        format: Format::Elf,
        os,
        arch,
        machine,
        kind,
        floor: glibc.floor,
        floor_symbols: glibc.symbols,
        versions: glibc.others,
        inits: symbols.inits.into_iter().collect(),
        imports,
        signed: false,
        undefined_python: symbols.undefined_python,
    }))
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
    let wide = header.is_class_64();
    let little = endian == Endianness::Little;
    let (arch, name) = match (header.e_machine(endian), wide, little) {
        (elf::EM_X86_64, true, true) => (Some(Arch::X86_64), "x86_64"),
        (elf::EM_AARCH64, true, true) => (Some(Arch::Aarch64), "aarch64"),
        (elf::EM_X86_64, false, _) => (None, "x32"),
        (elf::EM_AARCH64, true, false) => (None, "aarch64_be"),
        (elf::EM_AARCH64, false, _) => (None, "aarch64 (32-bit)"),
        (elf::EM_386, ..) => (None, "x86"),
        (elf::EM_ARM, ..) => (None, "arm"),
        (elf::EM_RISCV, true, _) => (None, "riscv64"),
        (elf::EM_RISCV, false, _) => (None, "riscv32"),
        (elf::EM_PPC64, _, true) => (None, "powerpc64le"),
        (elf::EM_PPC64, ..) => (None, "powerpc64"),
        (elf::EM_S390, ..) => (None, "s390x"),
        (elf::EM_LOONGARCH, ..) => (None, "loongarch"),
        (other, ..) => return (os, None, format!("{system} machine {}", other.0)),
    };
    (os, arch, format!("{system} {name}"))
}

/// The symbol versions that a binary asks for: glibc's releases, and the others.
struct Glibc {
    floor: Option<Release>,
    symbols: Vec<String>,
    others: Vec<String>,
}

impl Glibc {
    fn of(needed: &BTreeSet<&[u8]>, asked: &[(&[u8], &[u8])]) -> Self {
        let all = || {
            needed
                .iter()
                .copied()
                .chain(asked.iter().map(|(version, _)| *version))
        };
        let floor = all().filter_map(release).max();
        let symbols: BTreeSet<_> = asked
            .iter()
            .filter(|(version, _)| floor.is_some() && release(version) == floor)
            .map(|(_, name)| text(name))
            .collect();
        let others: BTreeSet<_> = all().filter(|v| release(v).is_none()).map(text).collect();
        Self {
            floor,
            symbols: symbols.into_iter().collect(),
            others: others.into_iter().collect(),
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
        let glibc = Glibc::of(
            &needed.iter().map(|version| version.as_bytes()).collect(),
            &asked.map(|(version, name)| (version.as_bytes(), name.as_bytes())),
        );
        assert_eq!(glibc.floor, Some(Release::new(2, 17)));
        assert_eq!(glibc.symbols, ["clock_gettime", "memcpy"]);
        assert_eq!(glibc.others, ["GCC_3.0", "GLIBC_PRIVATE"]);
    }
}
