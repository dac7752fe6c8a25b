//! The platform table: one row a platform.

use super::System;
use crate::tags::{Arch, MacArch, Release, WindowsArch, table_enum};

/// What is fixed for a platform.
pub(super) struct Row {
    /// On the command line and in configuration files.
    pub(super) name: &'static str,
    /// What its wheels are for, with the default floor.
    pub(super) system: System,
    pub(super) compile: Compile,
    /// As CPython names it in the endings of extension modules. Source: CPython's
    /// `Misc/platform_triplet.c` and, for Windows, `PC/pyconfig.h`.
    pub(super) suffix: &'static str,
}

/// How Zig compiles for a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compile {
    /// In one compile.
    Whole {
        /// What Zig calls the platform, without a floor.
        ///
        /// Ex) `arm-linux-musleabihf`
        triple: &'static str,
    },
    /// In one compile for each of these platforms; the binaries are joined.
    Slices(&'static [Platform]),
}

/// What Zig's musl (1.2.5) promises.
const MUSL: Release = Release::new(1, 2);

const fn row(name: &'static str, system: System, compile: Compile, suffix: &'static str) -> Row {
    Row {
        name,
        system,
        compile,
        suffix,
    }
}

const fn manylinux(major: u16, minor: u16, arch: Arch) -> System {
    System::Manylinux(Release::new(major, minor), arch)
}

const fn macos(major: u16, minor: u16, arch: MacArch) -> System {
    System::Macos(Release::new(major, minor), arch)
}

const fn whole(triple: &'static str) -> Compile {
    Compile::Whole { triple }
}

// A row a line, so that it reads as the table that it is.
table_enum! {
    /// A platform that wheels are built for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Platform: pub(super) Row {
        /// Linux with glibc on 64-bit x86.
        LinuxX86_64 = row("linux-x86_64", manylinux(2, 17, Arch::X86_64), whole("x86_64-linux-gnu"), "x86_64-linux-gnu"),
        /// Linux with glibc on 64-bit Arm.
        LinuxAarch64 = row("linux-aarch64", manylinux(2, 17, Arch::Aarch64), whole("aarch64-linux-gnu"), "aarch64-linux-gnu"),
        /// macOS on Intel.
        MacosX86_64 = row("macos-x86_64", macos(10, 9, MacArch::X86_64), whole("x86_64-macos"), "darwin"),
        /// macOS on Apple silicon.
        MacosArm64 = row("macos-arm64", macos(11, 0, MacArch::Arm64), whole("aarch64-macos"), "darwin"),
        /// Windows on 64-bit x86.
        WindowsX64 = row("windows-x64", System::Windows(WindowsArch::X64), whole("x86_64-windows-gnu"), "win_amd64"),
        /// Linux with glibc on 32-bit x86.
        LinuxI686 = row("linux-i686", manylinux(2, 17, Arch::X86), whole("x86-linux-gnu"), "i386-linux-gnu"),
        /// Linux with glibc on 32-bit Arm with hardware floating point.
        LinuxArmv7l = row("linux-armv7l", manylinux(2, 17, Arch::Armv7), whole("arm-linux-gnueabihf"), "arm-linux-gnueabihf"),
        /// Linux with glibc on 64-bit Power, little-endian.
        LinuxPpc64le = row("linux-ppc64le", manylinux(2, 17, Arch::Ppc64le), whole("powerpc64le-linux-gnu"), "powerpc64le-linux-gnu"),
        /// Linux with glibc on IBM Z.
        LinuxS390x = row("linux-s390x", manylinux(2, 17, Arch::S390x), whole("s390x-linux-gnu"), "s390x-linux-gnu"),
        /// Linux with glibc on 64-bit RISC-V.
        // Zig has no earlier glibc for it, and auditwheel no earlier policy.
        LinuxRiscv64 = row("linux-riscv64", manylinux(2, 31, Arch::Riscv64), whole("riscv64-linux-gnu"), "riscv64-linux-gnu"),
        /// Windows on 32-bit x86.
        WindowsX86 = row("windows-x86", System::Windows(WindowsArch::X86), whole("x86-windows-gnu"), "win32"),
        /// Windows on 64-bit Arm.
        // CPython 3.9 and 3.10 for it are on NuGet only; python.org begins with 3.11.
        WindowsArm64 = row("windows-arm64", System::Windows(WindowsArch::Arm64), whole("aarch64-windows-gnu"), "win_arm64"),
        /// Linux with musl on 64-bit x86.
        MusllinuxX86_64 = row("musllinux-x86_64", System::Musllinux(MUSL, Arch::X86_64), whole("x86_64-linux-musl"), "x86_64-linux-musl"),
        /// Linux with musl on 64-bit Arm.
        MusllinuxAarch64 = row("musllinux-aarch64", System::Musllinux(MUSL, Arch::Aarch64), whole("aarch64-linux-musl"), "aarch64-linux-musl"),
        /// Linux with musl on 32-bit x86.
        MusllinuxI686 = row("musllinux-i686", System::Musllinux(MUSL, Arch::X86), whole("x86-linux-musl"), "i386-linux-musl"),
        /// Linux with musl on 32-bit Arm with hardware floating point.
        MusllinuxArmv7l = row("musllinux-armv7l", System::Musllinux(MUSL, Arch::Armv7), whole("arm-linux-musleabihf"), "arm-linux-musleabihf"),
        /// Linux with musl on 64-bit Power, little-endian.
        MusllinuxPpc64le = row("musllinux-ppc64le", System::Musllinux(MUSL, Arch::Ppc64le), whole("powerpc64le-linux-musl"), "powerpc64le-linux-musl"),
        /// Linux with musl on IBM Z.
        MusllinuxS390x = row("musllinux-s390x", System::Musllinux(MUSL, Arch::S390x), whole("s390x-linux-musl"), "s390x-linux-musl"),
        /// Linux with musl on 64-bit RISC-V.
        MusllinuxRiscv64 = row("musllinux-riscv64", System::Musllinux(MUSL, Arch::Riscv64), whole("riscv64-linux-musl"), "riscv64-linux-musl"),
        /// macOS on both, in one wheel.
        MacosUniversal2 = row("macos-universal2", macos(10, 9, MacArch::Universal2), Compile::Slices(&[Platform::MacosX86_64, Platform::MacosArm64]), "darwin"),
    }
}
