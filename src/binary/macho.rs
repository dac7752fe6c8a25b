//! Reads Mach-O: what its load commands say.
//!
//! Takes bytes, gives a [`Binary`]; of a universal file one for each slice.

use std::borrow::Cow;

use object::macho;
use object::read::macho::{
    FatArch, MachHeader, MachOFatFile, Nlist as _, Section as _, Segment as _,
};
use object::{Endianness, FileKind};

use super::facts::{Binary, ExportList, Format, Kind};
use super::magic::Magic;
use super::module_data::{self, Layout};
use super::names::Provider;
use super::symbols::{MOST_UNDEFINED, Symbols, text};
use super::unreadable::Unreadable;
use super::{cpu, export_trie, signature};
use crate::platform::Os;
use crate::tags::{Arch, Release};

/// The attributes of a section with code.
const CODE: u32 = macho::S_ATTR_PURE_INSTRUCTIONS.0 | macho::S_ATTR_SOME_INSTRUCTIONS.0;

pub(super) fn read<Mach: MachHeader<Endian = Endianness>>(
    bytes: &[u8],
) -> Result<Binary, Unreadable> {
    let header = Mach::parse(bytes, 0)?;
    let endian = header.endian()?;
    let mut binary = Binary::unknown(Format::MachO);
    let mut platform = None;
    let (mut code, mut data, mut has_code) = (Vec::new(), Vec::new(), Vec::new());
    let mut blob = None;
    let mut names = Symbols::of(bytes.len());
    let mut commands = header.load_commands(endian, bytes, 0)?;
    while let Some(command) = commands.next()? {
        match command.cmd() {
            macho::LC_BUILD_VERSION => {
                if let Some((build, _)) = command.build_version(endian)? {
                    let minos = build.minos.get(endian).0;
                    take_version(
                        &mut binary,
                        &mut platform,
                        build.platform.get(endian),
                        minos,
                    );
                }
            }
            macho::LC_VERSION_MIN_MACOSX => {
                let min: &macho::VersionMinCommand<_> = command.data()?;
                let minos = min.version.get(endian).0;
                take_version(&mut binary, &mut platform, macho::PLATFORM_MACOS, minos);
            }
            macho::LC_VERSION_MIN_IPHONEOS => {
                let min: &macho::VersionMinCommand<_> = command.data()?;
                let minos = min.version.get(endian).0;
                // Before LC_BUILD_VERSION, only the CPU type distinguished the simulator from devices.
                let system = match header.cputype(endian) {
                    macho::CPU_TYPE_X86 | macho::CPU_TYPE_X86_64 => macho::PLATFORM_IOSSIMULATOR,
                    _ => macho::PLATFORM_IOS,
                };
                take_version(&mut binary, &mut platform, system, minos);
            }
            macho::LC_VERSION_MIN_TVOS => {
                platform.get_or_insert(macho::PLATFORM_TVOS);
            }
            macho::LC_VERSION_MIN_WATCHOS => {
                platform.get_or_insert(macho::PLATFORM_WATCHOS);
            }
            macho::LC_CODE_SIGNATURE => {
                let place: &macho::LinkeditDataCommand<_> = command.data()?;
                blob = Some(place.dataoff.get(endian) as usize);
            }
            macho::LC_ID_DYLIB => {
                let own: &macho::DylibCommand<_> = command.data()?;
                binary.soname = Some(text(command.string(endian, own.dylib.name)?));
            }
            macho::LC_RPATH => {
                let path: &macho::RpathCommand<_> = command.data()?;
                let path = command.string(endian, path.path)?;
                names.list(&mut binary.search_paths, path)?;
            }
            _ => {}
        }
        if command.cmd() == macho::LC_REEXPORT_DYLIB {
            binary.export_list = ExportList::Partial;
        }
        if let Some(dylib) = command.dylib()? {
            let name = command.string(endian, dylib.dylib.name)?;
            names.list(&mut binary.imports, name)?;
        } else if let Some((segment, sections)) = Mach::Segment::from_command(command)? {
            for section in segment.sections(endian, sections)? {
                let attributes = section.flags(endian).0;
                let is_code = attributes & macho::S_ATTR_PURE_INSTRUCTIONS.0 != 0;
                has_code.push(attributes & CODE != 0);
                let list = if is_code { &mut code } else { &mut data };
                if list.len() < cpu::MOST_SECTIONS {
                    let offset = section.offset(endian).into();
                    list.extend(section.data(endian, bytes, offset).ok());
                }
            }
        }
    }
    // Once, however many commands name one.
    if let Some(offset) = blob {
        binary.signature = signature::verify(bytes, bytes.get(offset..).unwrap_or_default());
    }
    binary.takes(read_symbols(header, endian, bytes, &has_code, names)?);
    let (os, system) = system(platform);
    let (arch, name) = architecture(header.cputype(endian), header.cpusubtype(endian));
    binary.os = os;
    binary.arch = arch;
    binary.machine = format!("{system} {name}");
    binary.kind = match header.filetype(endian) {
        macho::MH_DYLIB | macho::MH_BUNDLE => Kind::SharedLibrary,
        macho::MH_EXECUTE => Kind::Executable,
        _ => Kind::Other,
    };
    if arch == Some(Arch::X86_64) {
        binary.vector_code = cpu::examine(code.into_iter(), &binary.undefined, false);
    }
    let layout = Layout {
        wide: header.is_type_64(),
        endian,
    };
    let names = (binary.inits.as_slice(), &binary.exports, &binary.undefined);
    let data = data.into_iter().map(Cow::Borrowed);
    binary.describes(module_data::examine(data, layout, bytes.len(), names));
    Ok(binary)
}

/// The names in the export trie and in the symbol table.
fn read_symbols<Mach: MachHeader<Endian = Endianness>>(
    header: &Mach,
    endian: Endianness,
    bytes: &[u8],
    has_code: &[bool],
    mut symbols: Symbols,
) -> Result<Symbols, Unreadable> {
    let mut tries = Vec::new();
    let mut has_trie = false;
    let mut table = None;
    let mut commands = header.load_commands(endian, bytes, 0)?;
    while let Some(command) = commands.next()? {
        if let Some(symtab) = command.symtab()? {
            table = Some(symtab.symbols::<Mach, _>(endian, bytes)?);
            continue;
        }
        let place = if let Some(data) = command.dyld_exports_trie()? {
            (data.dataoff, data.datasize)
        } else if let Some(info) = command.dyld_info()? {
            (info.export_off, info.export_size)
        } else {
            continue;
        };
        has_trie = true;
        let (offset, size) = (place.0.get(endian), place.1.get(endian));
        if size > 0 {
            tries.push(part(bytes, offset, size)?);
        }
    }
    for trie in tries {
        export_trie::walk(trie, |name| symbols.export(without_underscore(name)))?;
    }
    let is_two_level = header.flags(endian).contains(macho::MH_TWOLEVEL);
    // The loader goes by the trie; old files have none, and their symbol table instead.
    if let Some(table) = table {
        for symbol in table.iter().filter(|symbol| !symbol.is_stab()) {
            let name = || symbol.name(endian, table.strings()).map(without_underscore);
            let external = symbol.n_type().0 & macho::N_EXT.0 != 0;
            match (external, symbol.is_undefined()) {
                (true, true) if symbol.n_desc(endian).0 & macho::N_WEAK_REF.0 == 0 => {
                    symbols.import(
                        name()?,
                        provider(symbol.n_desc(endian).library(), is_two_level),
                    )?;
                }
                (true, false) => {
                    // Sections are numbered from 1.
                    let section = usize::from(symbol.n_sect()).checked_sub(1);
                    let is_code = section.and_then(|section| has_code.get(section));
                    match (has_trie, is_code) {
                        (false, Some(false)) => symbols.export_variable(name()?)?,
                        (false, _) => symbols.export(name()?)?,
                        (true, Some(false)) => {
                            if let Ok(name) = name() {
                                symbols.mark_variable(name)?;
                            }
                        }
                        (true, _) => {}
                    }
                }
                (true, true) | (false, _) => {}
            }
        }
    }
    Ok(symbols)
}

/// Where the loader looks for an undefined symbol. Libraries are numbered from 1; the numbers that
/// are reserved stand for the main executable and for everything that is loaded.
fn provider(library: macho::SymbolLibrary, is_two_level: bool) -> Provider {
    match library.index() {
        Some(number) if is_two_level => Provider::Library(u16::from(number) - 1),
        _ => Provider::Any,
    }
}

/// One file may be for two platforms (macOS and Mac Catalyst); macOS is the one that counts.
fn take_version(
    binary: &mut Binary,
    platform: &mut Option<macho::Platform>,
    found: macho::Platform,
    version: u32,
) {
    if found == macho::PLATFORM_MACOS || platform.is_none() {
        *platform = Some(found);
        binary.floor = Some(release(version));
    }
}

fn system(platform: Option<macho::Platform>) -> (Option<Os>, &'static str) {
    match platform {
        // Files from before the load commands that tell.
        None | Some(macho::PLATFORM_MACOS) => (Some(Os::Macos), "macOS"),
        Some(macho::PLATFORM_IOS) => (Some(Os::Ios), "iOS"),
        Some(macho::PLATFORM_IOSSIMULATOR) => (Some(Os::IosSimulator), "iOS simulator"),
        Some(macho::PLATFORM_MACCATALYST) => (None, "Mac Catalyst"),
        Some(_) => (None, "another system of Apple's"),
    }
}

/// The bytes that a load command names.
fn part(bytes: &[u8], offset: u32, size: u32) -> Result<&[u8], Unreadable> {
    let begin = offset as usize;
    let end = begin.checked_add(size as usize);
    end.and_then(|end| bytes.get(begin..end))
        .ok_or_else(|| Unreadable::Damaged("a load command names bytes outside of it".to_owned()))
}

/// C's names have an underscore in front on Apple's systems.
fn without_underscore(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"_").unwrap_or(name)
}

/// `xxxx.yy.zz`; wheel tags have two numbers, so a third one counts as the next minor release.
fn release(version: u32) -> Release {
    let [high, low, minor, patch] = version.to_be_bytes();
    let minor = u16::from(minor) + u16::from(patch > 0);
    Release::new(u16::from_be_bytes([high, low]), minor)
}

fn architecture(
    machine: macho::CpuType,
    variant: macho::CpuSubtype,
) -> (Option<Arch>, &'static str) {
    let variant = variant.0 & !macho::CPU_SUBTYPE_MASK;
    match machine {
        macho::CPU_TYPE_X86_64 => (Some(Arch::X86_64), "x86_64"),
        // Apple's own programs only: no other process loads it.
        macho::CPU_TYPE_ARM64 if variant == macho::CPU_SUBTYPE_ARM64E.0 => (None, "arm64e"),
        macho::CPU_TYPE_ARM64 => (Some(Arch::Aarch64), "arm64"),
        macho::CPU_TYPE_ARM64_32 => (None, "arm64_32"),
        macho::CPU_TYPE_X86 => (Some(Arch::X86), "x86"),
        macho::CPU_TYPE_ARM => (None, "arm"),
        macho::CPU_TYPE_POWERPC | macho::CPU_TYPE_POWERPC64 => (None, "PowerPC"),
        _ => (None, "of another architecture"),
    }
}

/// A universal file: every slice read, and what they have in common; `None` if it is a static library.
pub(super) fn read_fat<Fat: FatArch>(bytes: &[u8]) -> Result<Option<Binary>, Unreadable> {
    let file = MachOFatFile::<Fat>::parse(bytes)?;
    let mut slices = Vec::new();
    let sizes = file.arches().iter().map(|arch| arch.size().into());
    if sizes.fold(0, u64::saturating_add) > bytes.len() as u64 {
        return Err(Unreadable::Damaged(
            "its slices overlap or lie outside of it".to_owned(),
        ));
    }
    let mut memory = 0;
    for arch in file.arches() {
        let name = architecture(arch.cputype(), arch.cpusubtype()).1;
        let slice = arch.data(bytes)?;
        if Magic::of(slice, slice.len() as u64) == Some(Magic::Archive) {
            // A static library for several architectures is not a binary, like one for a single architecture.
            return Ok(None);
        }
        let slice = match FileKind::parse(slice) {
            Ok(FileKind::MachO32) => read::<macho::MachHeader32<_>>(slice),
            Ok(FileKind::MachO64) => read::<macho::MachHeader64<_>>(slice),
            _ => Err(Unreadable::Damaged("it is not a Mach-O file".to_owned())),
        };
        let slice =
            slice.map_err(|why| Unreadable::Damaged(format!("its slice for {name} {why}")))?;
        memory += slice.memory_of_symbols() + slice.memory_of_lists();
        if memory > MOST_UNDEFINED {
            return Err(Unreadable::Damaged(
                "its slices have more symbols than any binary".to_owned(),
            ));
        }
        slices.push(slice);
    }
    let Some(first) = slices.first() else {
        return Err(Unreadable::Damaged(
            "it is universal and has no architecture".to_owned(),
        ));
    };
    let names: Vec<_> = slices
        .iter()
        .map(|slice| slice.machine.rsplit(' ').next().unwrap_or_default())
        .collect();
    let mut whole = Binary::unknown(Format::MachO);
    whole.os = first.os;
    let system = first
        .machine
        .rsplit_once(' ')
        .map_or("", |(system, _)| system);
    whole.machine = format!("{system} universal ({})", names.join(", "));
    whole.kind = first.kind;
    whole.inits.clone_from(&first.inits);
    whole.imports.clone_from(&first.imports);
    whole.soname.clone_from(&first.soname);
    whole.slices = slices;
    Ok(Some(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_releases_and_a_patch_counts_as_the_next_one() {
        assert_eq!(release(0x000A_0900), Release::new(10, 9));
        assert_eq!(release(0x000B_0000), Release::new(11, 0));
        assert_eq!(release(0x000D_0301), Release::new(13, 4));
    }
}
