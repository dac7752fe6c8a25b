//! The systems that wheels are built for.

use std::collections::BTreeSet;

use crate::tags::{Arch, CPython, Family, MacArch, PlatformTag, Release, WindowsArch};

/// The glibc of manylinux2014 (PEP 599).
const MANYLINUX2014: Release = Release::new(2, 17);

/// The system and the machine that a wheel is for.
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

    /// The architectures that binaries have code for.
    pub fn arches(self) -> Vec<Arch> {
        match self {
            Self::Manylinux(_, arch) | Self::Musllinux(_, arch) => vec![arch],
            Self::Macos(_, arch) => arch.arches().to_vec(),
            Self::Windows(arch) => vec![arch.arch()],
        }
    }

    /// The platform tags of a wheel that is built with this Python, or without one; empty where the
    /// Python has no such platform.
    ///
    /// The tags of today's systems are the same for every Python. glibc 2.17 also has its older name.
    pub(super) fn tags(self, _python: Option<CPython>) -> BTreeSet<PlatformTag> {
        match self {
            Self::Manylinux(MANYLINUX2014, arch) => BTreeSet::from([
                PlatformTag::Manylinux2014(arch),
                PlatformTag::Manylinux(MANYLINUX2014, arch),
            ]),
            Self::Manylinux(glibc, arch) => BTreeSet::from([PlatformTag::Manylinux(glibc, arch)]),
            Self::Musllinux(musl, arch) => BTreeSet::from([PlatformTag::Musllinux(musl, arch)]),
            Self::Macos(release, arch) => BTreeSet::from([PlatformTag::Macos(release, arch)]),
            Self::Windows(arch) => BTreeSet::from([PlatformTag::Windows(arch)]),
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
