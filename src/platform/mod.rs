//! The platform table: one row a platform, with everything about it.
//!
//! A row holds what is fixed; a [`ZigTarget`] is a row together with the floor that a build has
//! chosen, and both Zig's target and the wheel's tags come from it, so they can't drift apart.

mod table;
mod target;

use std::fmt;
use std::str::FromStr;

use target_lexicon::{ArmArchitecture, Environment, OperatingSystem, Triple};

pub use target::ZigTarget;

use crate::error::{Problem, unknown};
use crate::tags::{AbiTag, Arch, CPython, PythonVersion, Release, serialize_as_display};

/// A platform that wheels are built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Linux with glibc on 64-bit x86.
    LinuxX86_64,
    /// Linux with glibc on 64-bit Arm.
    LinuxAarch64,
    /// macOS on Intel.
    MacosX86_64,
    /// macOS on Apple silicon.
    MacosArm64,
    /// Windows on 64-bit x86.
    WindowsX64,
    /// Linux with glibc on 32-bit x86.
    LinuxI686,
    /// Linux with glibc on 32-bit Arm with hardware floating point.
    LinuxArmv7l,
    /// Linux with glibc on 64-bit Power, little-endian.
    LinuxPpc64le,
    /// Linux with glibc on IBM Z.
    LinuxS390x,
    /// Linux with glibc on 64-bit RISC-V.
    LinuxRiscv64,
    /// Windows on 32-bit x86.
    WindowsX86,
    /// Windows on 64-bit Arm.
    WindowsArm64,
    /// Linux with musl on 64-bit x86.
    MusllinuxX86_64,
    /// Linux with musl on 64-bit Arm.
    MusllinuxAarch64,
    /// Linux with musl on 32-bit x86.
    MusllinuxI686,
    /// Linux with musl on 32-bit Arm with hardware floating point.
    MusllinuxArmv7l,
    /// Linux with musl on 64-bit Power, little-endian.
    MusllinuxPpc64le,
    /// Linux with musl on IBM Z.
    MusllinuxS390x,
    /// Linux with musl on 64-bit RISC-V.
    MusllinuxRiscv64,
    /// macOS on both, in one wheel.
    MacosUniversal2,
}

/// The first CPython whose endings on musl say so.
pub const MUSL_IN_SUFFIX: PythonVersion = PythonVersion::new(3, 11);

/// The operating system of a platform, as far as binaries are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Os {
    /// ELF.
    Linux,
    /// Mach-O.
    Macos,
    /// PE.
    Windows,
}

/// How wheels of a platform are tagged, and so what a floor counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Linux, by the release of glibc (PEP 600).
    Manylinux,
    /// Linux, by the release of musl (PEP 656).
    Musllinux,
    /// macOS, by its release.
    Macos,
    /// Windows, without any release.
    Windows,
}

impl Platform {
    /// Every platform, in the order in which lists show them.
    pub const ALL: [Self; 20] = [
        Self::LinuxX86_64,
        Self::LinuxAarch64,
        Self::MacosX86_64,
        Self::MacosArm64,
        Self::WindowsX64,
        Self::LinuxI686,
        Self::LinuxArmv7l,
        Self::LinuxPpc64le,
        Self::LinuxS390x,
        Self::LinuxRiscv64,
        Self::WindowsX86,
        Self::WindowsArm64,
        Self::MusllinuxX86_64,
        Self::MusllinuxAarch64,
        Self::MusllinuxI686,
        Self::MusllinuxArmv7l,
        Self::MusllinuxPpc64le,
        Self::MusllinuxS390x,
        Self::MusllinuxRiscv64,
        Self::MacosUniversal2,
    ];

    /// What `--all-platforms` means; the others are asked for by name.
    pub const MAIN: [Self; 5] = [
        Self::LinuxX86_64,
        Self::LinuxAarch64,
        Self::MacosX86_64,
        Self::MacosArm64,
        Self::WindowsX64,
    ];

    /// The name on the command line and in configuration files.
    ///
    /// Ex) `linux-x86_64`
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Its operating system.
    pub fn os(self) -> Os {
        match self.family() {
            Family::Manylinux | Family::Musllinux => Os::Linux,
            Family::Macos => Os::Macos,
            Family::Windows => Os::Windows,
        }
    }

    /// How its wheels are tagged.
    pub fn family(self) -> Family {
        self.row().family
    }

    /// Its architecture; of those of [`Self::slices`] the first.
    pub fn arch(self) -> Arch {
        self.row().arch
    }

    /// The platforms whose binaries are joined to its own, which hold code for each; none where Zig
    /// compiles for the platform itself.
    pub fn slices(self) -> &'static [Self] {
        match self {
            Self::MacosUniversal2 => &[Self::MacosX86_64, Self::MacosArm64],
            _ => &[],
        }
    }

    /// The architectures that its wheels are for.
    pub fn arches(self) -> Vec<Arch> {
        match self.slices() {
            [] => vec![self.arch()],
            slices => slices.iter().map(|slice| slice.arch()).collect(),
        }
    }

    /// The release of glibc, musl or macOS that a build asks for unless told otherwise.
    pub fn default_floor(self) -> Option<Release> {
        self.row().floor
    }

    /// The release for this platform where one is given for all of its family: some machines came
    /// later than what it names, and have what they began with.
    ///
    /// Ex) macOS 10.13 is 11.0 on arm64, glibc 2.28 is 2.31 on riscv64
    pub fn floor_within_family(self, floor: Release) -> Release {
        let family = Self::ALL
            .into_iter()
            .filter(|other| other.family() == self.family());
        let begin = family.filter_map(Self::default_floor).min();
        match (begin, self.default_floor()) {
            (Some(begin), Some(own)) if own > begin => own.max(floor),
            _ => floor,
        }
    }

    /// What Zig is given as the target, with the default floor; of slices all, with ` + ` between them.
    ///
    /// Ex) `x86_64-linux-gnu.2.17`
    pub fn zig_target(self) -> String {
        ZigTarget::with_default_floor(self).to_string()
    }

    /// The processor that Zig compiles for: the least that the platform's tag promises.
    ///
    /// Zig's baseline is that everywhere (pentium4 for x86, power8, z10, rv64gc) but on 32-bit Arm,
    /// where it has NEON and 32 registers for floating point; distributions for `armv7l` ask for
    /// VFPv3-D16 only.
    pub fn cpu(self) -> &'static str {
        match self.arch() {
            Arch::Armv7 => "baseline-neon-d32",
            _ => "baseline",
        }
    }

    /// The platform part of the wheel's name, with the default floor.
    ///
    /// Ex) `manylinux2014_x86_64.manylinux_2_17_x86_64`
    pub fn wheel_platform(self) -> String {
        let tags = ZigTarget::with_default_floor(self).platform_tags();
        let mut names: Vec<_> = tags.iter().map(ToString::to_string).collect();
        names.sort_unstable();
        names.join(".")
    }

    /// The platform that this program was built for, if it is one of ours.
    pub fn current() -> Option<Self> {
        Self::of(&target_lexicon::HOST)
    }

    /// The platform that Rust calls by this triple.
    fn of(triple: &Triple) -> Option<Self> {
        use target_lexicon::Architecture as A;
        let arch = match triple.architecture {
            A::X86_64 => Arch::X86_64,
            A::Aarch64(_) => Arch::Aarch64,
            A::X86_32(_) => Arch::X86,
            A::Arm(ArmArchitecture::Armv7 | ArmArchitecture::Armv7a) => Arch::Armv7,
            A::Powerpc64le => Arch::Ppc64le,
            A::S390x => Arch::S390x,
            A::Riscv64(_) => Arch::Riscv64,
            _ => return None,
        };
        let family = match (triple.operating_system, triple.environment) {
            (OperatingSystem::Linux, Environment::Gnu | Environment::Gnueabihf) => {
                Family::Manylinux
            }
            (OperatingSystem::Linux, Environment::Musl | Environment::Musleabihf) => {
                Family::Musllinux
            }
            (OperatingSystem::Darwin(_) | OperatingSystem::MacOSX(_), _) => Family::Macos,
            (OperatingSystem::Windows, _) => Family::Windows,
            _ => return None,
        };
        Self::ALL
            .into_iter()
            .find(|platform| platform.family() == family && platform.arches() == [arch])
    }

    /// The ending of an extension module's file name, which decides whether CPython sees it.
    ///
    /// Ex) `.cpython-312-x86_64-linux-gnu.so`, `.cp312-win_amd64.pyd`, `.abi3.so`; source: PEP 3149
    /// and CPython's `_PyImport_DynLoadFiletab` (Windows knows no `.abi3.pyd`).
    pub fn extension_suffix(self, abi: ExtensionAbi) -> String {
        match (self.os(), abi) {
            (Os::Windows, ExtensionAbi::Abi3) => ".pyd".to_owned(),
            (_, ExtensionAbi::Abi3) => ".abi3.so".to_owned(),
            (os, ExtensionAbi::Full(python)) => {
                let xy = python.nodot();
                let platform = self.in_suffixes(python.version);
                match os {
                    Os::Linux | Os::Macos => format!(".cpython-{xy}-{platform}.so"),
                    Os::Windows => format!(".cp{xy}-{platform}.pyd"),
                }
            }
        }
    }

    /// What CPython calls the platform in these endings. On musl it spoke of `gnu` up to 3.10
    /// (python/cpython#24502), and distributions that differed have come to accept that.
    ///
    /// Ex) `i386-linux-gnu`, `darwin`, `win_amd64`
    pub fn in_suffixes(self, python: PythonVersion) -> String {
        let suffix = self.row().suffix;
        if self.family() == Family::Musllinux && python < MUSL_IN_SUFFIX {
            suffix.replace("musl", "gnu")
        } else {
            suffix.to_owned()
        }
    }

    /// As Zig calls it, without a floor.
    ///
    /// Ex) `arm-linux-musleabihf`
    pub fn triple(self) -> &'static str {
        self.row().triple
    }
}

/// The ABI of an extension module, as far as its file name goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionAbi {
    /// The stable ABI.
    Abi3,
    /// The full API of this Python.
    Full(CPython),
}

impl ExtensionAbi {
    /// The extension ABI that an ABI tag stands for; none for ctypes and cffi libraries.
    pub fn of(tag: AbiTag) -> Option<Self> {
        match tag {
            AbiTag::None => None,
            AbiTag::Abi3 => Some(Self::Abi3),
            AbiTag::CPython(python) => Some(Self::Full(python)),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Platform {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|one| one.name() == text);
        found.ok_or_else(|| unknown("platform", text, &Self::ALL.map(Self::name)))
    }
}

serialize_as_display!(Platform, ZigTarget);

#[cfg(test)]
mod tests;
