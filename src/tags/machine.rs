//! Operating systems, processor architectures, and which architectures each system has.
//!
//! Whether a system has a machine is a question of types: `win_s390x` has no value.

use std::fmt;

/// An operating system, as far as binaries are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Os {
    /// ELF.
    Linux,
    /// Mach-O.
    Macos,
    /// PE.
    Windows,
    /// Mach-O, for iPhones and iPads.
    Ios,
    /// Mach-O, for the simulator of iOS on a Mac, which loads no binaries for devices.
    IosSimulator,
    /// WebAssembly, loaded by JavaScript.
    Emscripten,
}

/// How wheels are tagged for a system, and so what their lowest release counts.
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
    /// iOS, by its release (PEP 730).
    Ios,
    /// The simulator of iOS, by its release (PEP 730).
    IosSimulator,
    /// Android, by its API level (PEP 738). Its kernel is Linux.
    Android,
    /// Python in a browser or in Node.js, by the release of the platform (PEP 783).
    Pyemscripten,
}

impl Family {
    /// The operating system.
    pub const fn os(self) -> Os {
        match self {
            Self::Manylinux | Self::Musllinux | Self::Android => Os::Linux,
            Self::Macos => Os::Macos,
            Self::Windows => Os::Windows,
            Self::Ios => Os::Ios,
            Self::IosSimulator => Os::IosSimulator,
            Self::Pyemscripten => Os::Emscripten,
        }
    }
}

/// How an architecture is spelled.
struct Spelling {
    zig: &'static str,
    linux: &'static str,
}

const fn spelled(zig: &'static str, linux: &'static str) -> Spelling {
    Spelling { zig, linux }
}

table_enum! {
    /// A processor architecture that wheels are tagged for. Linux has all of them except WebAssembly.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Arch: Spelling {
        /// 64-bit x86.
        X86_64 = spelled("x86_64", "x86_64"),
        /// 64-bit Arm.
        Aarch64 = spelled("aarch64", "aarch64"),
        /// 32-bit x86.
        X86 = spelled("x86", "i686"),
        /// 32-bit Arm with hardware floating point.
        Armv7 = spelled("arm", "armv7l"),
        /// 64-bit Power, little-endian.
        Ppc64le = spelled("powerpc64le", "ppc64le"),
        /// IBM Z.
        S390x = spelled("s390x", "s390x"),
        /// 64-bit RISC-V.
        Riscv64 = spelled("riscv64", "riscv64"),
        /// 64-bit LoongArch.
        Loongarch64 = spelled("loongarch64", "loongarch64"),
        /// 32-bit WebAssembly.
        Wasm32 = spelled("wasm32", "wasm32"),
    }
}

impl Arch {
    /// As Zig spells it.
    ///
    /// Ex) `aarch64`, `powerpc64le`
    pub const fn zig(self) -> &'static str {
        self.row().zig
    }

    /// As tags for Linux spell it.
    ///
    /// Ex) `aarch64`, `i686`
    pub const fn linux(self) -> &'static str {
        self.row().linux
    }

    /// Reads the spelling of tags for Linux.
    pub(super) fn from_linux(text: &str) -> Option<Self> {
        let mut arches = Self::ALL.into_iter();
        arches.find(|arch| arch.linux() == text && *arch != Self::Wasm32)
    }
}

/// The architectures of a Mach-O wheel, and how tags for macOS spell them.
struct MacRow {
    name: &'static str,
    arches: &'static [Arch],
}

table_enum! {
    /// What tags for macOS say of the architecture.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum MacArch: MacRow {
        /// Intel.
        X86_64 = MacRow { name: "x86_64", arches: &[Arch::X86_64] },
        /// Apple silicon.
        Arm64 = MacRow { name: "arm64", arches: &[Arch::Aarch64] },
        /// Both, in binaries that hold code for each.
        Universal2 = MacRow { name: "universal2", arches: &[Arch::X86_64, Arch::Aarch64] },
    }
}

impl MacArch {
    /// As tags for macOS spell it.
    ///
    /// Ex) `arm64`, `universal2`
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The architectures that binaries have code for.
    pub const fn arches(self) -> &'static [Arch] {
        self.row().arches
    }

    /// The one that is this architecture alone.
    pub fn of(arch: Arch) -> Option<Self> {
        Self::ALL.into_iter().find(|mac| mac.arches() == [arch])
    }

    pub(super) fn from_tag(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mac| mac.name() == text)
    }
}

/// A machine of Windows.
struct WindowsRow {
    name: &'static str,
    tag: &'static str,
    arch: Arch,
}

table_enum! {
    /// A processor architecture that Windows has.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum WindowsArch: WindowsRow {
        /// 32-bit x86.
        X86 = WindowsRow { name: "x86", tag: "win32", arch: Arch::X86 },
        /// 64-bit x86.
        X64 = WindowsRow { name: "x64", tag: "win_amd64", arch: Arch::X86_64 },
        /// 64-bit Arm.
        Arm64 = WindowsRow { name: "arm64", tag: "win_arm64", arch: Arch::Aarch64 },
    }
}

impl WindowsArch {
    /// As Windows calls it.
    ///
    /// Ex) `x64`
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The platform tag.
    ///
    /// Ex) `win32`, `win_amd64`
    pub const fn tag(self) -> &'static str {
        self.row().tag
    }

    /// The architecture.
    pub const fn arch(self) -> Arch {
        self.row().arch
    }

    pub(super) fn from_tag(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|arch| arch.tag() == text)
    }
}

/// A machine that iOS runs on.
struct IosRow {
    tag: &'static str,
    arch: Arch,
    family: Family,
}

table_enum! {
    /// What tags for iOS say of the machine: the architecture and the SDK.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum IosMachine: IosRow {
        /// A device. All of those that iOS 13 supports have this architecture.
        Arm64Device = IosRow { tag: "arm64_iphoneos", arch: Arch::Aarch64, family: Family::Ios },
        /// The simulator on a Mac with Apple silicon.
        Arm64Simulator = IosRow { tag: "arm64_iphonesimulator", arch: Arch::Aarch64, family: Family::IosSimulator },
        /// The simulator on a Mac with an Intel processor.
        X64Simulator = IosRow { tag: "x86_64_iphonesimulator", arch: Arch::X86_64, family: Family::IosSimulator },
    }
}

impl IosMachine {
    /// The part of the platform tag after the release.
    ///
    /// Ex) `arm64_iphoneos`
    pub const fn tag(self) -> &'static str {
        self.row().tag
    }

    /// The architecture.
    pub const fn arch(self) -> Arch {
        self.row().arch
    }

    /// Whether it is a device or the simulator.
    pub const fn family(self) -> Family {
        self.row().family
    }

    /// The SDK, which is the last part of the tag and of the file names of extension modules.
    ///
    /// Ex) `iphoneos`
    pub fn sdk(self) -> &'static str {
        let tag = self.tag();
        tag.rsplit_once('_').map_or(tag, |(_, sdk)| sdk)
    }

    pub(super) fn from_tag(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|machine| machine.tag() == text)
    }
}

/// A processor architecture of Android.
struct AndroidRow {
    tag: &'static str,
    arch: Arch,
}

table_enum! {
    /// A processor architecture that Android runs on.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum AndroidArch: AndroidRow {
        /// 64-bit Arm.
        Arm64 = AndroidRow { tag: "arm64_v8a", arch: Arch::Aarch64 },
        /// 32-bit Arm.
        Armv7 = AndroidRow { tag: "armeabi_v7a", arch: Arch::Armv7 },
        /// 64-bit x86.
        X64 = AndroidRow { tag: "x86_64", arch: Arch::X86_64 },
        /// 32-bit x86.
        X86 = AndroidRow { tag: "x86", arch: Arch::X86 },
    }
}

impl AndroidArch {
    /// As tags for Android spell it, and as Android calls its ABI, but with `_` instead of `-`.
    ///
    /// Ex) `arm64_v8a`
    pub const fn tag(self) -> &'static str {
        self.row().tag
    }

    /// The architecture.
    pub const fn arch(self) -> Arch {
        self.row().arch
    }

    pub(super) fn from_tag(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|arch| arch.tag() == text)
    }
}

impl fmt::Display for MacArch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for WindowsArch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
