//! The platform table: one row a platform, with everything about it.
//!
//! A row holds what is fixed; a [`ZigTarget`] is a row together with the floor that a build has
//! chosen, and both Zig's target and the wheel's tags come from it, so they can't drift apart.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::error::{Problem, nearest};
use crate::tags::{AbiTag, Arch, PlatformTag, PythonVersion, Release, serialize_as_display};

/// A platform that wheels are built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Linux with glibc on 64-bit x86.
    LinuxX86_64,
    /// Linux with glibc on 64-bit Arm.
    LinuxAarch64,
    /// macOS on Intel.
    MacosX86_64,
    /// macOS on Apple silicon.
    MacosArm64,
    /// Windows on 64-bit x86.
    WindowsX64,
}

/// The operating system of a platform, as far as binaries and tags are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Os {
    /// ELF, glibc, manylinux tags.
    Linux,
    /// Mach-O, macosx tags.
    Macos,
    /// PE, win tags.
    Windows,
}

struct Row {
    name: &'static str,
    triple: &'static str,
    os: Os,
    arch: Arch,
    /// The lowest release that Zig's target and the wheel's tag name unless told otherwise;
    /// `None` where there is no such thing.
    floor: Option<Release>,
}

impl Platform {
    /// Every platform, in the order in which lists show them.
    pub const ALL: [Self; 5] = [
        Self::LinuxX86_64,
        Self::LinuxAarch64,
        Self::MacosX86_64,
        Self::MacosArm64,
        Self::WindowsX64,
    ];

    const fn row(self) -> Row {
        const fn row(
            name: &'static str,
            triple: &'static str,
            os: Os,
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
                os,
                arch,
                floor,
            }
        }
        use Arch::{Aarch64, X86_64};
        match self {
            Self::LinuxX86_64 => row(
                "linux-x86_64",
                "x86_64-linux-gnu",
                Os::Linux,
                X86_64,
                Some((2, 17)),
            ),
            Self::LinuxAarch64 => row(
                "linux-aarch64",
                "aarch64-linux-gnu",
                Os::Linux,
                Aarch64,
                Some((2, 17)),
            ),
            Self::MacosX86_64 => row(
                "macos-x86_64",
                "x86_64-macos",
                Os::Macos,
                X86_64,
                Some((10, 9)),
            ),
            Self::MacosArm64 => row(
                "macos-arm64",
                "aarch64-macos",
                Os::Macos,
                Aarch64,
                Some((11, 0)),
            ),
            Self::WindowsX64 => row(
                "windows-x64",
                "x86_64-windows-gnu",
                Os::Windows,
                X86_64,
                None,
            ),
        }
    }

    /// The name on the command line and in configuration files.
    ///
    /// Ex) `linux-x86_64`
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Its operating system.
    pub fn os(self) -> Os {
        self.row().os
    }

    /// Its architecture.
    pub fn arch(self) -> Arch {
        self.row().arch
    }

    /// The release of glibc or macOS that a build asks for unless told otherwise.
    pub fn default_floor(self) -> Option<Release> {
        self.row().floor
    }

    /// What Zig is given as the target, with the default floor.
    ///
    /// Ex) `x86_64-linux-gnu.2.17`
    pub fn zig_target(self) -> String {
        ZigTarget::with_default_floor(self).to_string()
    }

    /// The platform part of the wheel's name, with the default floor.
    ///
    /// Ex) `manylinux2014_x86_64.manylinux_2_17_x86_64`
    pub fn wheel_platform(self) -> String {
        let tags = ZigTarget::with_default_floor(self).platform_tags();
        let mut names: Vec<_> = tags.iter().map(ToString::to_string).collect();
        names.sort_unstable();
        names.join(".")
    }

    /// The platform that this program runs on, if it is one of ours.
    pub fn current() -> Option<Self> {
        use target_lexicon::{Architecture, HOST, OperatingSystem};
        let arch = match HOST.architecture {
            Architecture::X86_64 => Arch::X86_64,
            Architecture::Aarch64(_) => Arch::Aarch64,
            _ => return None,
        };
        let os = match HOST.operating_system {
            OperatingSystem::Linux => Os::Linux,
            OperatingSystem::Darwin(_) | OperatingSystem::MacOSX(_) => Os::Macos,
            OperatingSystem::Windows => Os::Windows,
            _ => return None,
        };
        Self::ALL
            .into_iter()
            .find(|platform| platform.os() == os && platform.arch() == arch)
    }

    /// The ending of an extension module's file name, which decides whether CPython sees it.
    ///
    /// Ex) `.cpython-312-x86_64-linux-gnu.so`, `.cp312-win_amd64.pyd`, `.abi3.so`; source: PEP 3149
    /// and CPython's `_PyImport_DynLoadFiletab` (Windows knows no `.abi3.pyd`).
    pub fn extension_suffix(self, abi: ExtensionAbi) -> String {
        let row = self.row();
        match (row.os, abi) {
            (Os::Windows, ExtensionAbi::Abi3) => ".pyd".to_owned(),
            (_, ExtensionAbi::Abi3) => ".abi3.so".to_owned(),
            (os, ExtensionAbi::Full(version, free_threaded)) => {
                let t = if free_threaded { "t" } else { "" };
                let xy = version.nodot();
                match os {
                    Os::Linux => format!(".cpython-{xy}{t}-{}.so", row.triple),
                    Os::Macos => format!(".cpython-{xy}{t}-darwin.so"),
                    Os::Windows => format!(".cp{xy}{t}-{}.pyd", PlatformTag::Windows(row.arch)),
                }
            }
        }
    }
}

/// The ABI of an extension module, as far as its file name goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionAbi {
    /// The stable ABI.
    Abi3,
    /// The full API of this version, free-threaded or not.
    Full(PythonVersion, bool),
}

impl ExtensionAbi {
    /// The extension ABI that an ABI tag stands for; none for ctypes and cffi libraries.
    pub fn of(tag: AbiTag) -> Option<Self> {
        match tag {
            AbiTag::None => None,
            AbiTag::Abi3 => Some(Self::Abi3),
            AbiTag::CPython {
                version,
                free_threaded,
            } => Some(Self::Full(version, free_threaded)),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Platform {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = || Self::ALL.into_iter().map(Self::name);
        Self::ALL
            .into_iter()
            .find(|platform| platform.name() == text)
            .ok_or_else(|| {
                let list = known().collect::<Vec<_>>().join(", ");
                let hint = match nearest(text, known()) {
                    Some(name) => format!("did you mean {name}? known platforms: {list}"),
                    None => format!("known platforms: {list}"),
                };
                Problem::new(format!("unknown platform `{text}`")).hint(hint)
            })
    }
}

/// A platform with the floor of one build: what Zig is asked for and what the wheel promises.
///
/// Ex) `x86_64-linux-gnu.2.17`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ZigTarget {
    platform: Platform,
    floor: Option<Release>,
}

impl ZigTarget {
    /// A platform with the floor of its row.
    pub fn with_default_floor(platform: Platform) -> Self {
        Self {
            platform,
            floor: platform.default_floor(),
        }
    }

    /// A platform with a floor of the user's choice.
    ///
    /// Refused: a floor where the system has none, below what the platform or Zig can do, or one
    /// that no wheel tag can express (macOS 11 and later have tags for `X.0` only).
    pub fn with_floor(platform: Platform, floor: Release) -> Result<Self, Problem> {
        let problem = |why: String, hint: String| {
            Err(Problem::new(format!("{platform} can't have the floor {floor}: {why}")).hint(hint))
        };
        let Some(lowest) = platform.default_floor() else {
            return problem(
                "the platform has no floor".to_owned(),
                "remove the setting; Windows wheels carry no release in their tag".to_owned(),
            );
        };
        if floor < lowest {
            return problem(
                format!("Zig builds for {lowest} and later"),
                format!("use {lowest} or later"),
            );
        }
        match platform.os() {
            Os::Linux if floor.major != 2 => problem(
                "glibc's releases are 2.x".to_owned(),
                "use 2.28, say".to_owned(),
            ),
            Os::Macos if floor.major == 10 && floor.minor > 16 => problem(
                "there is no such macOS".to_owned(),
                "use 10.9 to 10.16, or 11.0".to_owned(),
            ),
            Os::Macos if floor.major > 10 && floor.minor != 0 => problem(
                format!("wheels can be tagged for macOS {}.0 only", floor.major),
                format!("use {}.0, or {}.0", floor.major, floor.major + 1),
            ),
            _ => Ok(Self {
                platform,
                floor: Some(floor),
            }),
        }
    }

    /// The platform.
    pub fn platform(self) -> Platform {
        self.platform
    }

    /// The lowest release of glibc or macOS that the build must run on.
    pub fn floor(self) -> Option<Release> {
        self.floor
    }

    /// The wheel tags for a binary that keeps to this target; glibc 2.17 also has its legacy alias.
    pub fn platform_tags(self) -> BTreeSet<PlatformTag> {
        let arch = self.platform.arch();
        let tag = match (self.platform.os(), self.floor) {
            (Os::Windows, _) | (_, None) => PlatformTag::Windows(arch),
            (Os::Linux, Some(glibc)) => PlatformTag::Manylinux(glibc, arch),
            (Os::Macos, Some(release)) => PlatformTag::Macos(release, arch),
        };
        let alias = (tag == PlatformTag::Manylinux(Release::new(2, 17), arch))
            .then_some(PlatformTag::Manylinux2014(arch));
        alias.into_iter().chain([tag]).collect()
    }
}

impl fmt::Display for ZigTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.platform.row().triple)?;
        match self.floor {
            Some(floor) => write!(f, ".{floor}"),
            None => Ok(()),
        }
    }
}

serialize_as_display!(Platform, ZigTarget);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_what_the_first_promise_says() {
        let rows: Vec<_> = Platform::ALL
            .into_iter()
            .map(|platform| {
                format!(
                    "{platform} {} {}",
                    platform.zig_target(),
                    platform.wheel_platform()
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                "linux-x86_64 x86_64-linux-gnu.2.17 manylinux2014_x86_64.manylinux_2_17_x86_64",
                "linux-aarch64 aarch64-linux-gnu.2.17 manylinux2014_aarch64.manylinux_2_17_aarch64",
                "macos-x86_64 x86_64-macos.10.9 macosx_10_9_x86_64",
                "macos-arm64 aarch64-macos.11.0 macosx_11_0_arm64",
                "windows-x64 x86_64-windows-gnu win_amd64",
            ]
        );
    }

    #[test]
    fn names_survive_a_round_trip_and_typos_are_answered() {
        for platform in Platform::ALL {
            assert_eq!(platform.name().parse(), Ok(platform));
        }
        let problem = "linux-x64".parse::<Platform>().unwrap_err();
        assert!(problem.hint.unwrap().contains("did you mean linux-x86_64?"));
    }

    #[test]
    fn suffixes_are_those_that_cpython_loads() {
        let full = ExtensionAbi::Full(PythonVersion::new(3, 13), false);
        let suffix = |platform: Platform, abi| platform.extension_suffix(abi);
        assert_eq!(
            suffix(Platform::LinuxAarch64, full),
            ".cpython-313-aarch64-linux-gnu.so"
        );
        assert_eq!(suffix(Platform::MacosArm64, full), ".cpython-313-darwin.so");
        assert_eq!(suffix(Platform::WindowsX64, full), ".cp313-win_amd64.pyd");
        let free_threaded = ExtensionAbi::Full(PythonVersion::new(3, 13), true);
        assert_eq!(
            suffix(Platform::LinuxX86_64, free_threaded),
            ".cpython-313t-x86_64-linux-gnu.so"
        );
        assert_eq!(
            suffix(Platform::LinuxX86_64, ExtensionAbi::Abi3),
            ".abi3.so"
        );
        assert_eq!(suffix(Platform::WindowsX64, ExtensionAbi::Abi3), ".pyd");
    }

    #[test]
    fn a_floor_moves_target_and_tag_together() {
        let target = ZigTarget::with_floor(Platform::LinuxX86_64, Release::new(2, 28)).unwrap();
        assert_eq!(target.to_string(), "x86_64-linux-gnu.2.28");
        assert_eq!(
            target.platform_tags().into_iter().collect::<Vec<_>>(),
            [PlatformTag::Manylinux(Release::new(2, 28), Arch::X86_64)]
        );
    }

    #[test]
    fn floors_that_no_tag_can_promise_are_refused() {
        let refused = |platform, major, minor| {
            ZigTarget::with_floor(platform, Release::new(major, minor)).is_err()
        };
        assert!(refused(Platform::LinuxX86_64, 2, 5));
        assert!(refused(Platform::LinuxX86_64, 3, 0));
        assert!(refused(Platform::MacosArm64, 10, 15));
        assert!(refused(Platform::MacosArm64, 14, 4));
        assert!(refused(Platform::MacosX86_64, 10, 20));
        assert!(refused(Platform::WindowsX64, 10, 0));
        assert!(!refused(Platform::MacosX86_64, 10, 13));
        assert!(!refused(Platform::MacosX86_64, 14, 0));
    }
}
