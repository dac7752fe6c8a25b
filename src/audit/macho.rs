//! Reads Mach-O: what its load commands say.
//!
//! Takes bytes, gives a [`Binary`]. Universal files are recognised and named, not read: a wheel's
//! platform has one architecture.

use object::Endianness;
use object::macho;
use object::read::macho::{FatArch, MachHeader, MachOFatFile, Nlist as _};

use super::{Binary, Format, Kind, Symbols, lowercase, text};
use crate::platform::Os;
use crate::tags::{Arch, Release};

pub(super) fn parse<Mach: MachHeader<Endian = Endianness>>(bytes: &[u8]) -> Result<Binary, String> {
    read::<Mach>(bytes).map_err(|error| lowercase(&error))
}

fn read<Mach: MachHeader<Endian = Endianness>>(bytes: &[u8]) -> object::read::Result<Binary> {
    let header = Mach::parse(bytes, 0)?;
    let endian = header.endian()?;
    let mut found = Found::default();
    let mut symbols = Symbols::default();
    let mut tries = Vec::new();
    let mut has_trie = false;
    let mut table = None;
    let mut commands = header.load_commands(endian, bytes, 0)?;
    while let Some(command) = commands.next()? {
        match command.cmd() {
            macho::LC_BUILD_VERSION => {
                if let Some((build, _)) = command.build_version(endian)? {
                    found.version(build.platform.get(endian), build.minos.get(endian).0);
                }
            }
            macho::LC_VERSION_MIN_MACOSX => {
                let min: &macho::VersionMinCommand<_> = command.data()?;
                found.version(macho::PLATFORM_MACOS, min.version.get(endian).0);
            }
            macho::LC_VERSION_MIN_IPHONEOS
            | macho::LC_VERSION_MIN_TVOS
            | macho::LC_VERSION_MIN_WATCHOS => {
                found.platform.get_or_insert(macho::PLATFORM_IOS);
            }
            macho::LC_CODE_SIGNATURE => found.signed = true,
            _ => {}
        }
        if let Some(dylib) = command.dylib()? {
            found
                .imports
                .push(text(command.string(endian, dylib.dylib.name)?));
        } else if let Some(symtab) = command.symtab()? {
            table = Some(symtab.symbols::<Mach, _>(endian, bytes)?);
        } else if let Some(data) = command.dyld_exports_trie()? {
            has_trie = true;
            if data.datasize.get(endian) > 0 {
                tries.push(data.exports_trie(endian, bytes)?);
            }
        } else if let Some(info) = command.dyld_info()? {
            has_trie = true;
            if info.export_size.get(endian) > 0 {
                tries.push(info.exports_trie(endian, bytes)?);
            }
        }
    }
    // A well-made trie has fewer names than bytes; one whose branches join again could have any
    // number of them.
    for export in tries.into_iter().flatten().take(bytes.len()) {
        symbols.export(without_underscore(export?.name()));
    }
    // The loader goes by the trie; old files have none, and their symbol table instead.
    if let Some(table) = table {
        for symbol in table.iter().filter(|symbol| !symbol.is_stab()) {
            let name = || symbol.name(endian, table.strings()).map(without_underscore);
            let external = symbol.n_type().0 & macho::N_EXT.0 != 0;
            match (external, symbol.is_undefined()) {
                (true, true) => symbols.import(name()?),
                (true, false) if !has_trie => symbols.export(name()?),
                _ => {}
            }
        }
    }
    Ok(found.binary(header, endian, symbols))
}

/// C's names have an underscore in front on Apple's systems.
fn without_underscore(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"_").unwrap_or(name)
}

#[derive(Default)]
struct Found {
    platform: Option<macho::Platform>,
    floor: Option<Release>,
    imports: Vec<String>,
    signed: bool,
}

impl Found {
    /// One file may be for two platforms (macOS and Mac Catalyst); macOS is the one that counts.
    fn version(&mut self, platform: macho::Platform, version: u32) {
        if platform == macho::PLATFORM_MACOS {
            self.platform = Some(platform);
            self.floor = Some(release(version));
        } else {
            self.platform.get_or_insert(platform);
        }
    }

    fn binary<Mach: MachHeader<Endian = Endianness>>(
        self,
        header: &Mach,
        endian: Endianness,
        symbols: Symbols,
    ) -> Binary {
        let (os, system) = match self.platform {
            // Files from before the load commands that tell.
            None | Some(macho::PLATFORM_MACOS) => (Some(Os::Macos), "macOS"),
            Some(macho::PLATFORM_IOS) => (None, "iOS"),
            Some(macho::PLATFORM_MACCATALYST) => (None, "Mac Catalyst"),
            Some(_) => (None, "another system of Apple's"),
        };
        let (arch, name) = architecture(header.cputype(endian), header.cpusubtype(endian));
        Binary {
            format: Format::MachO,
            os,
            arch,
            machine: format!("{system} {name}"),
            kind: match header.filetype(endian) {
                macho::MH_DYLIB | macho::MH_BUNDLE => Kind::SharedLibrary,
                macho::MH_EXECUTE => Kind::Executable,
                _ => Kind::Other,
            },
            floor: self.floor,
            floor_symbols: Vec::new(),
            versions: Vec::new(),
            inits: symbols.inits.into_iter().collect(),
            imports: self.imports,
            signed: self.signed,
            undefined_python: symbols.undefined_python,
        }
    }
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
        macho::CPU_TYPE_X86 => (None, "x86"),
        macho::CPU_TYPE_ARM => (None, "arm"),
        macho::CPU_TYPE_POWERPC | macho::CPU_TYPE_POWERPC64 => (None, "PowerPC"),
        _ => (None, "of another architecture"),
    }
}

/// A universal file, which is known by the architectures in it.
pub(super) fn parse_fat<Fat: FatArch>(bytes: &[u8]) -> Result<Binary, String> {
    let file = MachOFatFile::<Fat>::parse(bytes).map_err(|error| lowercase(&error))?;
    let mut names: Vec<_> = file
        .arches()
        .iter()
        .map(|arch| architecture(arch.cputype(), arch.cpusubtype()).1)
        .collect();
    names.dedup();
    Ok(Binary {
        format: Format::MachO,
        os: Some(Os::Macos),
        arch: None,
        machine: format!("macOS universal ({})", names.join(", ")),
        kind: Kind::SharedLibrary,
        floor: None,
        floor_symbols: Vec::new(),
        versions: Vec::new(),
        inits: Vec::new(),
        imports: Vec::new(),
        signed: false,
        undefined_python: false,
    })
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
