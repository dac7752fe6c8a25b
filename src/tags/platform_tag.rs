//! Platform tags: `manylinux_2_17_x86_64`, `macosx_11_0_arm64`, `win_amd64`.

use std::fmt;
use std::str::FromStr;

use super::{ParseTagError, serialize_as_display};

/// A processor architecture that we build for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Aarch64,
}

impl Arch {
    /// As Zig and Linux spell it.
    ///
    /// Ex) `aarch64`
    pub fn zig(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }

    fn macos(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "arm64",
        }
    }

    fn windows(self) -> &'static str {
        match self {
            Self::X86_64 => "amd64",
            Self::Aarch64 => "arm64",
        }
    }

    fn find(spelling: fn(Self) -> &'static str, text: &str) -> Option<Self> {
        [Self::X86_64, Self::Aarch64]
            .into_iter()
            .find(|arch| spelling(*arch) == text)
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
    /// Linux with at least this glibc under its name from before PEP 600, which is all that old
    /// installers know.
    ///
    /// Ex) `manylinux2014_x86_64` (glibc 2.17, PEP 599)
    Manylinux2014(Arch),
    /// Linux with at least this glibc (PEP 600).
    ///
    /// Ex) `manylinux_2_17_x86_64`
    Manylinux(Release, Arch),
    /// macOS from this release on.
    ///
    /// Ex) `macosx_11_0_arm64`
    Macos(Release, Arch),
    /// Windows.
    ///
    /// Ex) `win_amd64`
    Windows(Arch),
}

impl fmt::Display for PlatformTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manylinux2014(arch) => write!(f, "manylinux2014_{}", arch.zig()),
            Self::Manylinux(glibc, arch) => {
                write!(
                    f,
                    "manylinux_{}_{}_{}",
                    glibc.major,
                    glibc.minor,
                    arch.zig()
                )
            }
            Self::Macos(release, arch) => {
                write!(
                    f,
                    "macosx_{}_{}_{}",
                    release.major,
                    release.minor,
                    arch.macos()
                )
            }
            Self::Windows(arch) => write!(f, "win_{}", arch.windows()),
        }
    }
}

impl FromStr for PlatformTag {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        /// `2_17_x86_64` is a release and an architecture, which has underscores of its own.
        fn release_and_arch(
            text: &str,
            spelling: fn(Arch) -> &'static str,
        ) -> Option<(Release, Arch)> {
            let (second, _) = text.match_indices('_').nth(1)?;
            let release = Release::parse(&text[..second], '_')?;
            Some((release, Arch::find(spelling, &text[second + 1..])?))
        }
        let parsed = if let Some(rest) = text.strip_prefix("manylinux2014_") {
            Arch::find(Arch::zig, rest).map(Self::Manylinux2014)
        } else if let Some(rest) = text.strip_prefix("manylinux_") {
            release_and_arch(rest, Arch::zig).map(|(glibc, arch)| Self::Manylinux(glibc, arch))
        } else if let Some(rest) = text.strip_prefix("macosx_") {
            release_and_arch(rest, Arch::macos).map(|(release, arch)| Self::Macos(release, arch))
        } else if let Some(rest) = text.strip_prefix("win_") {
            Arch::find(Arch::windows, rest).map(Self::Windows)
        } else {
            None
        };
        parsed.ok_or_else(|| ParseTagError::new(text, "platform tag like manylinux_2_17_x86_64"))
    }
}

serialize_as_display!(Release, PlatformTag);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_survives_a_round_trip() {
        for arch in [Arch::X86_64, Arch::Aarch64] {
            for (major, minor) in [(2, 17), (2, 5), (10, 9), (11, 0), (26, 0)] {
                let release = Release::new(major, minor);
                for tag in [
                    PlatformTag::Manylinux2014(arch),
                    PlatformTag::Manylinux(release, arch),
                    PlatformTag::Macos(release, arch),
                    PlatformTag::Windows(arch),
                ] {
                    assert_eq!(tag.to_string().parse(), Ok(tag));
                }
            }
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in [
            "",
            "any",
            "linux_x86_64",
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
