//! The platform table: one row a platform, with everything about it.
//!
//! A row holds what is fixed; a [`ZigTarget`] is a row together with the floor that a build has
//! chosen, and both Zig's target and the wheel's tags come from it, so they cannot differ.

mod host;
mod request;
mod system;
mod table;
mod target;
mod words;

use std::fmt;

use target_lexicon::Triple;

pub use self::request::{GROUPS, NATIVE, PlatformRequest, glibc, request_words};
pub use self::system::System;
pub use self::table::{Compile, Platform};
pub use self::target::{Machine, ZigTarget};
pub use crate::tags::{Family, Os};

use crate::tags::{
    AbiTag, Arch, CPython, PythonVersion, Release, compressed, serialize_as_display,
    supported_pythons,
};

/// The first CPython whose endings on musl say so.
pub const MUSL_IN_SUFFIX: PythonVersion = PythonVersion::new(3, 11);

impl Platform {
    /// The platforms that `--all-platforms` means; the others are requested by name.
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
        self.family().os()
    }

    /// How its wheels are tagged.
    pub fn family(self) -> Family {
        self.system().family()
    }

    /// What its wheels are for unless the user asks for a later release.
    pub fn system(self) -> System {
        self.row().system
    }

    /// How Zig compiles for it.
    pub fn compile(self) -> Compile {
        self.row().compile
    }

    /// What Zig calls it, without a floor; `None` where the binaries of two platforms are joined.
    pub fn triple(self) -> Option<&'static str> {
        match self.compile() {
            Compile::Whole { triple } => Some(triple),
            Compile::Slices(_) => None,
        }
    }

    /// The platforms whose binaries are joined to its own, which hold code for each; none where Zig
    /// compiles for the platform itself.
    pub fn slices(self) -> &'static [Self] {
        match self.compile() {
            Compile::Slices(slices) => slices,
            Compile::Whole { .. } => &[],
        }
    }

    /// The architectures that its wheels are for.
    pub fn arches(self) -> Vec<Arch> {
        self.system().arches()
    }

    /// The lowest release of glibc, musl or macOS that wheels support by default.
    pub fn default_floor(self) -> Option<Release> {
        self.system().floor()
    }

    /// The floor of this platform where one floor is given for all of its family. An architecture that
    /// is younger than that floor keeps the first release that supports the architecture.
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
    /// where it has NEON and 32 registers for floating point; distributions for `armv7l` require
    /// VFPv3-D16 only.
    pub fn cpu(self) -> &'static str {
        match self.system() {
            System::Manylinux(_, arch) | System::Musllinux(_, arch) => match arch {
                Arch::Armv7 => "baseline-neon-d32",
                Arch::X86_64
                | Arch::Aarch64
                | Arch::X86
                | Arch::Ppc64le
                | Arch::S390x
                | Arch::Riscv64
                | Arch::Loongarch64
                | Arch::Wasm32 => "baseline",
            },
            System::Macos(..) | System::Windows(_) => "baseline",
        }
    }

    /// The platform part of the wheel's name, with the default floor and for every supported Python.
    ///
    /// Ex) `manylinux2014_x86_64.manylinux_2_17_x86_64`
    pub fn wheel_platform(self) -> String {
        let target = ZigTarget::with_default_floor(self);
        let tags = supported_pythons().flat_map(|python| target.tags(Some(python)));
        compressed(&tags.collect())
    }

    /// The platform that this program was built for, if wheels can be built for it.
    pub fn current() -> Option<Self> {
        Self::of(&target_lexicon::HOST)
    }

    /// The platform that Rust calls by this triple.
    fn of(triple: &Triple) -> Option<Self> {
        let mut platforms = Self::ALL.into_iter();
        platforms.find(|platform| host::is(platform.system(), triple))
    }

    /// The ending of an extension module's file name, which decides whether CPython sees it.
    ///
    /// Ex) `.cpython-312-x86_64-linux-gnu.so`, `.cp312-win_amd64.pyd`, `.abi3.so`; source: PEP 3149, PEP 803
    /// and CPython's `_PyImport_DynLoadFiletab` (Windows knows no `.abi3.pyd`).
    pub fn extension_suffix(self, abi: ExtensionAbi) -> String {
        match (self.os(), abi) {
            (Os::Windows, ExtensionAbi::Abi3 | ExtensionAbi::Abi3t) => ".pyd".to_owned(),
            (
                Os::Linux | Os::Macos | Os::Ios | Os::IosSimulator | Os::Emscripten,
                ExtensionAbi::Abi3,
            ) => ".abi3.so".to_owned(),
            (
                Os::Linux | Os::Macos | Os::Ios | Os::IosSimulator | Os::Emscripten,
                ExtensionAbi::Abi3t,
            ) => ".abi3t.so".to_owned(),
            (os, ExtensionAbi::Full(python)) => {
                let xy = python.nodot();
                let platform = self.in_suffixes(python.version);
                match os {
                    Os::Linux | Os::Macos | Os::Ios | Os::IosSimulator | Os::Emscripten => {
                        format!(".cpython-{xy}-{platform}.so")
                    }
                    Os::Windows => format!(".cp{xy}-{platform}.pyd"),
                }
            }
        }
    }

    /// What CPython calls the platform in these endings. On musl it spoke of `gnu` up to 3.10
    /// (python/cpython#24502), and distributions with musl accept that name.
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
}

/// The ABI of an extension module, as far as its file name goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionAbi {
    /// The stable ABI.
    Abi3,
    /// The stable ABI for free-threaded builds (PEP 803). `CPython` with the GIL loads such files too.
    Abi3t,
    /// The full API of this Python.
    Full(CPython),
}

impl ExtensionAbi {
    /// The extension ABI that an ABI tag stands for; none for ctypes and cffi libraries.
    pub fn of(tag: AbiTag) -> Option<Self> {
        match tag {
            AbiTag::None => None,
            AbiTag::Abi3 => Some(Self::Abi3),
            AbiTag::Abi3t => Some(Self::Abi3t),
            AbiTag::CPython(python) => Some(Self::Full(python)),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

serialize_as_display!(Platform, ZigTarget);

#[cfg(test)]
mod tests;
