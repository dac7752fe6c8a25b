//! The rows of the platform table.

use super::{Family, Platform};
use crate::tags::{Arch, Release};

/// What is fixed for a platform.
pub(super) struct Row {
    /// On the command line and in configuration files.
    pub(super) name: &'static str,
    /// As Zig names it, without a floor.
    pub(super) triple: &'static str,
    /// As CPython names it in the endings of extension modules. Source: CPython's
    /// `Misc/platform_triplet.c` and, for Windows, `PC/pyconfig.h`.
    pub(super) suffix: &'static str,
    /// How its wheels are tagged.
    pub(super) family: Family,
    pub(super) arch: Arch,
    /// The lowest release that the wheel's tag names unless told otherwise; `None` where there is
    /// no such thing.
    pub(super) floor: Option<Release>,
}

/// What Zig's musl (1.2.5) promises.
const MUSL: Option<(u16, u16)> = Some((1, 2));

const fn row(
    name: &'static str,
    triple: &'static str,
    suffix: &'static str,
    family: Family,
    arch: Arch,
    floor: Option<(u16, u16)>,
) -> Row {
    let floor = match floor {
        Some((major, minor)) => Some(Release::new(major, minor)),
        None => None,
    };
    Row {
        name,
        triple,
        suffix,
        family,
        arch,
        floor,
    }
}

impl Platform {
    // A row a line, so that it reads as the table that it is.
    #[rustfmt::skip]
    pub(super) const fn row(self) -> Row {
        use Arch::{Aarch64, Armv7, Ppc64le, Riscv64, S390x, X86, X86_64};
        use Family::{Macos, Manylinux, Musllinux, Windows};
        match self {
            Self::LinuxX86_64 => row("linux-x86_64", "x86_64-linux-gnu", "x86_64-linux-gnu", Manylinux, X86_64, Some((2, 17))),
            Self::LinuxAarch64 => row("linux-aarch64", "aarch64-linux-gnu", "aarch64-linux-gnu", Manylinux, Aarch64, Some((2, 17))),
            Self::MacosX86_64 => row("macos-x86_64", "x86_64-macos", "darwin", Macos, X86_64, Some((10, 9))),
            Self::MacosArm64 => row("macos-arm64", "aarch64-macos", "darwin", Macos, Aarch64, Some((11, 0))),
            // Zig is asked for its slices.
            Self::MacosUniversal2 => row("macos-universal2", "x86_64-macos", "darwin", Macos, X86_64, Some((10, 9))),
            Self::WindowsX64 => row("windows-x64", "x86_64-windows-gnu", "win_amd64", Windows, X86_64, None),
            Self::LinuxI686 => row("linux-i686", "x86-linux-gnu", "i386-linux-gnu", Manylinux, X86, Some((2, 17))),
            Self::LinuxArmv7l => row("linux-armv7l", "arm-linux-gnueabihf", "arm-linux-gnueabihf", Manylinux, Armv7, Some((2, 17))),
            Self::LinuxPpc64le => row("linux-ppc64le", "powerpc64le-linux-gnu", "powerpc64le-linux-gnu", Manylinux, Ppc64le, Some((2, 17))),
            Self::LinuxS390x => row("linux-s390x", "s390x-linux-gnu", "s390x-linux-gnu", Manylinux, S390x, Some((2, 17))),
            // Zig has no earlier glibc for it, and auditwheel no earlier policy.
            Self::LinuxRiscv64 => row("linux-riscv64", "riscv64-linux-gnu", "riscv64-linux-gnu", Manylinux, Riscv64, Some((2, 31))),
            Self::WindowsX86 => row("windows-x86", "x86-windows-gnu", "win32", Windows, X86, None),
            // CPython 3.9 and 3.10 for it are on NuGet only; python.org begins with 3.11.
            Self::WindowsArm64 => row("windows-arm64", "aarch64-windows-gnu", "win_arm64", Windows, Aarch64, None),
            Self::MusllinuxX86_64 => row("musllinux-x86_64", "x86_64-linux-musl", "x86_64-linux-musl", Musllinux, X86_64, MUSL),
            Self::MusllinuxAarch64 => row("musllinux-aarch64", "aarch64-linux-musl", "aarch64-linux-musl", Musllinux, Aarch64, MUSL),
            Self::MusllinuxI686 => row("musllinux-i686", "x86-linux-musl", "i386-linux-musl", Musllinux, X86, MUSL),
            Self::MusllinuxArmv7l => row("musllinux-armv7l", "arm-linux-musleabihf", "arm-linux-musleabihf", Musllinux, Armv7, MUSL),
            Self::MusllinuxPpc64le => row("musllinux-ppc64le", "powerpc64le-linux-musl", "powerpc64le-linux-musl", Musllinux, Ppc64le, MUSL),
            Self::MusllinuxS390x => row("musllinux-s390x", "s390x-linux-musl", "s390x-linux-musl", Musllinux, S390x, MUSL),
            Self::MusllinuxRiscv64 => row("musllinux-riscv64", "riscv64-linux-musl", "riscv64-linux-musl", Musllinux, Riscv64, MUSL),
        }
    }
}
