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
}

impl Family {
    /// The operating system.
    pub const fn os(self) -> Os {
        match self {
            Self::Manylinux | Self::Musllinux => Os::Linux,
            Self::Macos => Os::Macos,
            Self::Windows => Os::Windows,
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
    /// A processor architecture that wheels are tagged for. Linux has them all.
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
        Self::ALL.into_iter().find(|arch| arch.linux() == text)
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
