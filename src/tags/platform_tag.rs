//! Platform tags: `manylinux_2_17_x86_64`, `macosx_11_0_arm64`, `win_amd64`.

use std::fmt;
use std::str::FromStr;

use super::{ParseTagError, serialize_as_display};

/// A processor architecture that wheels are tagged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Aarch64,
    /// 32-bit x86.
    X86,
    /// 32-bit Arm with hardware floating point.
    Armv7,
    /// 64-bit Power, little-endian.
    Ppc64le,
    /// IBM Z.
    S390x,
    /// 64-bit RISC-V.
    Riscv64,
    /// 64-bit LoongArch.
    Loongarch64,
}

impl Arch {
    /// Every architecture.
    pub const ALL: [Self; 8] = [
        Self::X86_64,
        Self::Aarch64,
        Self::X86,
        Self::Armv7,
        Self::Ppc64le,
        Self::S390x,
        Self::Riscv64,
        Self::Loongarch64,
    ];

    /// As Zig spells it.
    ///
    /// Ex) `aarch64`, `powerpc64le`
    pub fn zig(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
            Self::X86 => "x86",
            Self::Armv7 => "arm",
            Self::Ppc64le => "powerpc64le",
            Self::S390x => "s390x",
            Self::Riscv64 => "riscv64",
            Self::Loongarch64 => "loongarch64",
        }
    }

    /// As tags for Linux spell it.
    ///
    /// Ex) `aarch64`, `i686`
    pub fn linux(self) -> &'static str {
        match self {
            Self::X86 => "i686",
            Self::Armv7 => "armv7l",
            Self::Ppc64le => "ppc64le",
            other => other.zig(),
        }
    }

    /// As tags for macOS spell it.
    ///
    /// Ex) `arm64`
    pub fn macos(self) -> &'static str {
        match self {
            Self::Aarch64 => "arm64",
            Self::X86 => "i386",
            other => other.zig(),
        }
    }

    /// As tags for 64-bit Windows spell it.
    ///
    /// Ex) `amd64`
    pub fn windows(self) -> &'static str {
        match self {
            Self::X86_64 => "amd64",
            Self::Aarch64 => "arm64",
            other => other.zig(),
        }
    }

    fn find(spelling: fn(Self) -> &'static str, text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|arch| spelling(*arch) == text)
    }
}

/// A release of an operating system or of its C library: major and minor number.
///
/// Ex) glibc `2.17`, macOS `11.0`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The number before the dot.
    pub major: u16,
    /// The number after the dot.
    pub minor: u16,
}

impl Release {
    /// `Release::new(2, 17)` is 2.17.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    fn parse(text: &str, separator: char) -> Option<Self> {
        let (major, minor) = text.split_once(separator)?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        Some(Self::new(number(major)?, number(minor)?))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Release {
    type Err = ParseTagError;

    /// Takes `2.28`, and `2_28` as in manylinux tags.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text, '.')
            .or_else(|| Self::parse(text, '_'))
            .ok_or_else(|| ParseTagError::new(text, "release like 2.28 or 11.0"))
    }
}

/// The third part of a tag: which systems can load the native code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlatformTag {
    /// Every system: no native code.
    ///
    /// Ex) `any`
    Any,
    /// This machine's own Linux, whatever it is; indexes refuse it.
    ///
    /// Ex) `linux_x86_64`
    Linux(Arch),
    /// Linux with glibc 2.5 (PEP 513).
    ///
    /// Ex) `manylinux1_x86_64`
    Manylinux1(Arch),
    /// Linux with glibc 2.12 (PEP 571).
    ///
    /// Ex) `manylinux2010_x86_64`
    Manylinux2010(Arch),
    /// Linux with at least this glibc under its name from before PEP 600, which is all that old
    /// installers know.
    ///
    /// Ex) `manylinux2014_x86_64` (glibc 2.17, PEP 599)
    Manylinux2014(Arch),
    /// Linux with at least this glibc (PEP 600).
    ///
    /// Ex) `manylinux_2_17_x86_64`
    Manylinux(Release, Arch),
    /// Linux with at least this musl (PEP 656).
    ///
    /// Ex) `musllinux_1_2_x86_64`
    Musllinux(Release, Arch),
    /// macOS from this release on, Intel and Apple silicon in one.
    ///
    /// Ex) `macosx_10_9_universal2`
    MacosUniversal2(Release),
    /// macOS from this release on.
    ///
    /// Ex) `macosx_11_0_arm64`
    Macos(Release, Arch),
    /// Windows.
    ///
    /// Ex) `win_amd64`
    Windows(Arch),
}

impl PlatformTag {
    /// The glibc that a Linux tag promises, under whichever name.
    pub fn glibc(self) -> Option<Release> {
        match self {
            Self::Manylinux1(_) => Some(Release::new(2, 5)),
            Self::Manylinux2010(_) => Some(Release::new(2, 12)),
            Self::Manylinux2014(_) => Some(Release::new(2, 17)),
            Self::Manylinux(glibc, _) => Some(glibc),
            _ => None,
        }
    }

    /// The architectures that it promises: none for `any`, two for universal2.
    pub fn arches(self) -> Vec<Arch> {
        match self {
            Self::Any => Vec::new(),
            Self::MacosUniversal2(_) => vec![Arch::X86_64, Arch::Aarch64],
            Self::Linux(arch)
            | Self::Manylinux1(arch)
            | Self::Manylinux2010(arch)
            | Self::Manylinux2014(arch)
            | Self::Manylinux(_, arch)
            | Self::Musllinux(_, arch)
            | Self::Macos(_, arch)
            | Self::Windows(arch) => vec![arch],
        }
    }
}

impl fmt::Display for PlatformTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let released = |name, release: &Release, arch| (name, Some(*release), arch);
        let (name, release, arch) = match self {
            Self::Any => return f.write_str("any"),
            Self::Windows(Arch::X86) => return f.write_str("win32"),
            Self::Linux(arch) => ("linux", None, arch.linux()),
            Self::Manylinux1(arch) => ("manylinux1", None, arch.linux()),
            Self::Manylinux2010(arch) => ("manylinux2010", None, arch.linux()),
            Self::Manylinux2014(arch) => ("manylinux2014", None, arch.linux()),
            Self::Manylinux(glibc, arch) => released("manylinux", glibc, arch.linux()),
            Self::Musllinux(musl, arch) => released("musllinux", musl, arch.linux()),
            Self::MacosUniversal2(release) => released("macosx", release, "universal2"),
            Self::Macos(release, arch) => released("macosx", release, arch.macos()),
            Self::Windows(arch) => ("win", None, arch.windows()),
        };
        match release {
            Some(Release { major, minor }) => write!(f, "{name}_{major}_{minor}_{arch}"),
            None => write!(f, "{name}_{arch}"),
        }
    }
}

impl FromStr for PlatformTag {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = match text {
            "any" => Some(Self::Any),
            "win32" => Some(Self::Windows(Arch::X86)),
            _ => text
                .split_once('_')
                .and_then(|(name, rest)| Self::parse(name, rest)),
        };
        parsed.ok_or_else(|| ParseTagError::new(text, "platform tag like manylinux_2_17_x86_64"))
    }
}

impl PlatformTag {
    fn parse(name: &str, rest: &str) -> Option<Self> {
        /// `2_17_x86_64` is a release and an architecture, which has underscores of its own.
        fn released(rest: &str) -> Option<(Release, &str)> {
            let (second, _) = rest.match_indices('_').nth(1)?;
            Some((Release::parse(&rest[..second], '_')?, &rest[second + 1..]))
        }
        let linux = |text| Arch::find(Arch::linux, text);
        match name {
            "linux" => linux(rest).map(Self::Linux),
            "manylinux1" => linux(rest).map(Self::Manylinux1),
            "manylinux2010" => linux(rest).map(Self::Manylinux2010),
            "manylinux2014" => linux(rest).map(Self::Manylinux2014),
            "manylinux" => {
                released(rest).and_then(|(glibc, arch)| Some(Self::Manylinux(glibc, linux(arch)?)))
            }
            "musllinux" => {
                released(rest).and_then(|(musl, arch)| Some(Self::Musllinux(musl, linux(arch)?)))
            }
            "macosx" => released(rest).and_then(|(release, arch)| match arch {
                "universal2" => Some(Self::MacosUniversal2(release)),
                "x86_64" => Some(Self::Macos(release, Arch::X86_64)),
                "arm64" => Some(Self::Macos(release, Arch::Aarch64)),
                _ => None,
            }),
            "win" => match rest {
                "amd64" => Some(Self::Windows(Arch::X86_64)),
                "arm64" => Some(Self::Windows(Arch::Aarch64)),
                _ => None,
            },
            _ => None,
        }
    }
}

serialize_as_display!(Release, PlatformTag);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_survives_a_round_trip() {
        let survives = |tag: PlatformTag| assert_eq!(tag.to_string().parse(), Ok(tag));
        survives(PlatformTag::Any);
        survives(PlatformTag::Windows(Arch::X86));
        for (major, minor) in [(2, 17), (2, 5), (10, 9), (11, 0), (26, 0)] {
            let release = Release::new(major, minor);
            survives(PlatformTag::MacosUniversal2(release));
            for arch in [Arch::X86_64, Arch::Aarch64] {
                survives(PlatformTag::Macos(release, arch));
                survives(PlatformTag::Windows(arch));
            }
            for arch in Arch::ALL {
                survives(PlatformTag::Linux(arch));
                survives(PlatformTag::Manylinux1(arch));
                survives(PlatformTag::Manylinux2010(arch));
                survives(PlatformTag::Manylinux2014(arch));
                survives(PlatformTag::Manylinux(release, arch));
                survives(PlatformTag::Musllinux(release, arch));
            }
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in [
            "",
            "linux",
            "linux_amd64",
            "manylinux_2_x86_64",
            "manylinux_2_17",
            "manylinux_2_17_arm64",
            "macosx_11_0_aarch64",
            "macosx_+11_0_arm64",
            "win_x86_64",
        ] {
            assert!(text.parse::<PlatformTag>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_release_is_read_with_dot_or_underscore() {
        assert_eq!("2_28".parse(), Ok(Release::new(2, 28)));
        assert_eq!("2.28".parse(), Ok(Release::new(2, 28)));
        assert!("2".parse::<Release>().is_err());
        assert!("2.2.8".parse::<Release>().is_err());
    }
}
