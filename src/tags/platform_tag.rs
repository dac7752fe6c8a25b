//! Platform tags: `manylinux_2_17_x86_64`, `macosx_11_0_arm64`, `win_amd64`.

use std::fmt;
use std::str::FromStr;

use super::{
    AndroidArch, Arch, Family, IosMachine, MacArch, Os, ParseTagError, WindowsArch,
    serialize_as_display,
};

/// A release of an operating system or of its C library: major and minor number.
///
/// Ex) glibc `2.17`, macOS `11.0`, PyEmscripten `2026.0`
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
        Some(Self::new(number(major)?, number(minor)?))
    }
}

/// A number without a sign.
fn number(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
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
    /// macOS from this release on.
    ///
    /// Ex) `macosx_11_0_arm64`, `macosx_10_9_universal2`
    Macos(Release, MacArch),
    /// Windows.
    ///
    /// Ex) `win_amd64`
    Windows(WindowsArch),
    /// iOS from this release on (PEP 730).
    ///
    /// Ex) `ios_13_0_arm64_iphoneos`
    Ios(Release, IosMachine),
    /// Android from this API level on (PEP 738).
    ///
    /// Ex) `android_24_arm64_v8a`
    Android(u16, AndroidArch),
    /// The PyEmscripten platform of this year and number (PEP 783), which has one Python and one
    /// Emscripten.
    ///
    /// Ex) `pyemscripten_2026_0_wasm32`
    Pyemscripten(Release),
    /// The same under its name from before PEP 783, which PyPI does not accept.
    ///
    /// Ex) `pyodide_2024_0_wasm32`
    Pyodide(Release),
}

impl PlatformTag {
    /// The glibc that a Linux tag promises, under whichever name.
    pub fn glibc(self) -> Option<Release> {
        match self {
            Self::Manylinux1(_) => Some(Release::new(2, 5)),
            Self::Manylinux2010(_) => Some(Release::new(2, 12)),
            Self::Manylinux2014(_) => Some(Release::new(2, 17)),
            Self::Manylinux(glibc, _) => Some(glibc),
            Self::Any
            | Self::Linux(_)
            | Self::Musllinux(..)
            | Self::Macos(..)
            | Self::Windows(_)
            | Self::Ios(..)
            | Self::Android(..)
            | Self::Pyemscripten(_)
            | Self::Pyodide(_) => None,
        }
    }

    /// How wheels of its system are tagged. `linux_x86_64`, which names no C library, counts as one of
    /// glibc; `any` is for no system.
    pub fn family(self) -> Option<Family> {
        match self {
            Self::Any => None,
            Self::Linux(_)
            | Self::Manylinux1(_)
            | Self::Manylinux2010(_)
            | Self::Manylinux2014(_)
            | Self::Manylinux(..) => Some(Family::Manylinux),
            Self::Musllinux(..) => Some(Family::Musllinux),
            Self::Macos(..) => Some(Family::Macos),
            Self::Windows(_) => Some(Family::Windows),
            Self::Ios(_, machine) => Some(machine.family()),
            Self::Android(..) => Some(Family::Android),
            Self::Pyemscripten(_) | Self::Pyodide(_) => Some(Family::Pyemscripten),
        }
    }

    /// Its operating system; `None` for `any`.
    pub fn os(self) -> Option<Os> {
        self.family().map(Family::os)
    }

    /// The architectures that it promises: none for `any`, two for universal2.
    pub fn arches(self) -> Vec<Arch> {
        match self {
            Self::Any => Vec::new(),
            Self::Linux(arch)
            | Self::Manylinux1(arch)
            | Self::Manylinux2010(arch)
            | Self::Manylinux2014(arch)
            | Self::Manylinux(_, arch)
            | Self::Musllinux(_, arch) => vec![arch],
            Self::Macos(_, arch) => arch.arches().to_vec(),
            Self::Windows(arch) => vec![arch.arch()],
            Self::Ios(_, machine) => vec![machine.arch()],
            Self::Android(_, arch) => vec![arch.arch()],
            Self::Pyemscripten(_) | Self::Pyodide(_) => vec![Arch::Wasm32],
        }
    }
}

impl fmt::Display for PlatformTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut released = |name, release: &Release, arch| {
            let Release { major, minor } = release;
            write!(f, "{name}_{major}_{minor}_{arch}")
        };
        match self {
            Self::Manylinux(glibc, arch) => released("manylinux", glibc, arch.linux()),
            Self::Musllinux(musl, arch) => released("musllinux", musl, arch.linux()),
            Self::Macos(release, arch) => released("macosx", release, arch.name()),
            Self::Ios(release, machine) => released("ios", release, machine.tag()),
            Self::Pyemscripten(release) => released("pyemscripten", release, Arch::Wasm32.zig()),
            Self::Pyodide(release) => released("pyodide", release, Arch::Wasm32.zig()),
            Self::Any => f.write_str("any"),
            Self::Android(api, arch) => write!(f, "android_{api}_{}", arch.tag()),
            Self::Linux(arch) => write!(f, "linux_{}", arch.linux()),
            Self::Manylinux1(arch) => write!(f, "manylinux1_{}", arch.linux()),
            Self::Manylinux2010(arch) => write!(f, "manylinux2010_{}", arch.linux()),
            Self::Manylinux2014(arch) => write!(f, "manylinux2014_{}", arch.linux()),
            Self::Windows(arch) => f.write_str(arch.tag()),
        }
    }
}

impl FromStr for PlatformTag {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = match text {
            "any" => Some(Self::Any),
            _ => WindowsArch::from_tag(text)
                .map(Self::Windows)
                .or_else(|| Self::parse(text)),
        };
        parsed.ok_or_else(|| ParseTagError::new(text, "platform tag like manylinux_2_17_x86_64"))
    }
}

impl PlatformTag {
    fn parse(text: &str) -> Option<Self> {
        /// `2_17_x86_64` is a release and an architecture, which has underscores of its own.
        fn released(rest: &str) -> Option<(Release, &str)> {
            let (second, _) = rest.match_indices('_').nth(1)?;
            Some((Release::parse(&rest[..second], '_')?, &rest[second + 1..]))
        }
        fn pyemscripten(rest: &str) -> Option<Release> {
            let (release, arch) = released(rest)?;
            (arch == Arch::Wasm32.zig()).then_some(release)
        }
        let (name, rest) = text.split_once('_')?;
        let linux = Arch::from_linux;
        Some(match name {
            "linux" => Self::Linux(linux(rest)?),
            "manylinux1" => Self::Manylinux1(linux(rest)?),
            "manylinux2010" => Self::Manylinux2010(linux(rest)?),
            "manylinux2014" => Self::Manylinux2014(linux(rest)?),
            "manylinux" => {
                let (glibc, arch) = released(rest)?;
                Self::Manylinux(glibc, linux(arch)?)
            }
            "musllinux" => {
                let (musl, arch) = released(rest)?;
                Self::Musllinux(musl, linux(arch)?)
            }
            "macosx" => {
                let (release, arch) = released(rest)?;
                Self::Macos(release, MacArch::from_tag(arch)?)
            }
            "ios" => {
                let (release, machine) = released(rest)?;
                Self::Ios(release, IosMachine::from_tag(machine)?)
            }
            "android" => {
                let (api, arch) = rest.split_once('_')?;
                Self::Android(number(api)?, AndroidArch::from_tag(arch)?)
            }
            "pyemscripten" => Self::Pyemscripten(pyemscripten(rest)?),
            "pyodide" => Self::Pyodide(pyemscripten(rest)?),
            _ => return None,
        })
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
        for arch in WindowsArch::ALL {
            survives(PlatformTag::Windows(arch));
        }
        for arch in AndroidArch::ALL {
            survives(PlatformTag::Android(24, arch));
        }
        for (major, minor) in [(2, 17), (2, 5), (10, 9), (11, 0), (26, 0), (2026, 5)] {
            let release = Release::new(major, minor);
            for arch in MacArch::ALL {
                survives(PlatformTag::Macos(release, arch));
            }
            for machine in IosMachine::ALL {
                survives(PlatformTag::Ios(release, machine));
            }
            survives(PlatformTag::Pyemscripten(release));
            survives(PlatformTag::Pyodide(release));
            for arch in Arch::ALL.into_iter().filter(|arch| *arch != Arch::Wasm32) {
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
            "macosx_11_0_riscv64",
            "macosx_11_0_i386",
            "win_s390x",
            "macosx_+11_0_arm64",
            "win_x86_64",
            "linux_wasm32",
            "ios_banana",
            "ios_13_0_mips_iphoneos",
            "ios_13_0_x86_64_iphoneos",
            "ios_13_arm64_iphoneos",
            "ios_13_0_arm64",
            "android_24_mips",
            "android_24_aarch64",
            "android_arm64_v8a",
            "android_+24_x86",
            "pyemscripten_x",
            "pyemscripten_2026_wasm32",
            "pyemscripten_2026_0_wasm64",
            "pyodide_2026_0",
            "emscripten_3_1_46_wasm32",
            "wasi_0_0_0_wasm32",
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
