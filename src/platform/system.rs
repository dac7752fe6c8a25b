//! The systems that wheels are built for.

use crate::tags::{Arch, Family, MacArch, PlatformTag, Release, WindowsArch};

/// The system and the machine that a wheel is for: the platform tags that we build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// Linux with this glibc or a later one.
    Manylinux(Release, Arch),
    /// Linux with this musl or a later one.
    Musllinux(Release, Arch),
    /// This macOS or a later one.
    Macos(Release, MacArch),
    /// Windows, of which tags name no release.
    Windows(WindowsArch),
}

impl System {
    /// How its wheels are tagged.
    pub const fn family(self) -> Family {
        match self {
            Self::Manylinux(..) => Family::Manylinux,
            Self::Musllinux(..) => Family::Musllinux,
            Self::Macos(..) => Family::Macos,
            Self::Windows(_) => Family::Windows,
        }
    }

    /// The architecture of its only machine; `None` where binaries have code for several.
    pub const fn arch(self) -> Option<Arch> {
        match self {
            Self::Manylinux(_, arch) | Self::Musllinux(_, arch) => Some(arch),
            Self::Macos(_, arch) => match arch.arches() {
                [arch] => Some(*arch),
                _ => None,
            },
            Self::Windows(arch) => Some(arch.arch()),
        }
    }

    /// The machine as its tags spell it.
    ///
    /// Ex) `i686`, `arm64`, `universal2`, `amd64`
    pub fn machine(self) -> &'static str {
        match self {
            Self::Manylinux(_, arch) | Self::Musllinux(_, arch) => arch.linux(),
            Self::Macos(_, arch) => arch.name(),
            Self::Windows(arch) => arch.tag().trim_start_matches("win_"),
        }
    }

    /// The lowest release of glibc, musl or macOS; Windows has none.
    pub const fn floor(self) -> Option<Release> {
        match self {
            Self::Manylinux(floor, _) | Self::Musllinux(floor, _) | Self::Macos(floor, _) => {
                Some(floor)
            }
            Self::Windows(_) => None,
        }
    }

    /// The same with another lowest release, where it has one.
    pub(super) const fn with_floor(self, floor: Release) -> Self {
        match self {
            Self::Manylinux(_, arch) => Self::Manylinux(floor, arch),
            Self::Musllinux(_, arch) => Self::Musllinux(floor, arch),
            Self::Macos(_, arch) => Self::Macos(floor, arch),
            Self::Windows(arch) => Self::Windows(arch),
        }
    }
}

impl From<System> for PlatformTag {
    fn from(system: System) -> Self {
        match system {
            System::Manylinux(glibc, arch) => Self::Manylinux(glibc, arch),
            System::Musllinux(musl, arch) => Self::Musllinux(musl, arch),
            System::Macos(release, arch) => Self::Macos(release, arch),
            System::Windows(arch) => Self::Windows(arch),
        }
    }
}
