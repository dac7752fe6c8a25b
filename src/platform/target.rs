//! A platform with the floor of one build.

use std::collections::BTreeSet;
use std::fmt;

use super::{Compile, Family, Platform, System};
use crate::error::Problem;
use crate::tags::{Arch, CPython, PlatformTag, Release};

/// The first glibc that Zig has for `powerpc64le`.
const PPC64LE_GLIBC: Release = Release::new(2, 19);

/// A platform with the floor of one build: what Zig compiles for and what the wheel promises.
///
/// Ex) `x86_64-linux-gnu.2.17`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ZigTarget {
    platform: Platform,
    system: System,
}

/// The machine of a target that Zig compiles for at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Its architecture.
    pub arch: Arch,
    /// What Zig calls it, without a floor.
    ///
    /// Ex) `arm-linux-musleabihf`
    pub triple: &'static str,
}

impl ZigTarget {
    /// A platform with the floor of its row.
    pub fn with_default_floor(platform: Platform) -> Self {
        Self {
            platform,
            system: platform.system(),
        }
    }

    /// A platform with a floor of the user's choice.
    ///
    /// Refused: a floor where the system has none, below what the platform or Zig can do, or one
    /// that no wheel tag can express (macOS 11 and later have tags for `X.0` only).
    pub fn with_floor(platform: Platform, floor: Release) -> Result<Self, Problem> {
        let problem = |why: String, hint: String| {
            Err(Problem::new(format!("{platform} cannot have the floor {floor}: {why}")).hint(hint))
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
        match platform.family() {
            Family::Manylinux if floor.major != 2 => problem(
                "glibc's releases are 2.x".to_owned(),
                "use a release like 2.28".to_owned(),
            ),
            Family::Musllinux if floor != lowest => problem(
                format!("wheels can be tagged for musl {lowest} only"),
                "remove the setting".to_owned(),
            ),
            Family::Macos if floor.major == 10 && floor.minor > 16 => problem(
                "this release of macOS does not exist".to_owned(),
                "use 10.9 to 10.16, or 11.0".to_owned(),
            ),
            Family::Macos if floor.major > 10 && floor.minor != 0 => problem(
                format!("wheels can be tagged for macOS {}.0 only", floor.major),
                format!("use {}.0, or {}.0", floor.major, floor.major + 1),
            ),
            Family::Manylinux
            | Family::Musllinux
            | Family::Macos
            | Family::Windows
            | Family::Ios
            | Family::IosSimulator
            | Family::Android
            | Family::Pyemscripten => Ok(Self {
                platform,
                system: platform.system().with_floor(floor),
            }),
        }
    }

    /// The targets of [`Platform::slices`].
    pub fn slices(self) -> Vec<Self> {
        let slices = self.platform.slices().iter();
        let slices = slices.map(|&platform| Self {
            platform,
            // macOS 11 is the first for Apple silicon, even if the tag of universal2 names an older one.
            system: match self.floor() {
                Some(floor) => platform
                    .system()
                    .with_floor(platform.floor_within_family(floor)),
                None => platform.system(),
            },
        });
        slices.collect()
    }

    /// The platform.
    pub fn platform(self) -> Platform {
        self.platform
    }

    /// What the wheel is for.
    pub fn system(self) -> System {
        self.system
    }

    /// The lowest release of glibc, musl or macOS that the build must run on.
    pub fn floor(self) -> Option<Release> {
        self.system.floor()
    }

    /// The machine that Zig compiles for; `None` for a target of several slices.
    pub fn machine(self) -> Option<Machine> {
        match self.platform.compile() {
            Compile::Whole { triple } => {
                let arch = *self.system.arches().first()?;
                Some(Machine { arch, triple })
            }
            Compile::Slices(_) => None,
        }
    }

    /// The platform tags of a wheel that is built with this Python, or without one; empty where the
    /// Python has no such platform.
    pub fn tags(self, python: Option<CPython>) -> BTreeSet<PlatformTag> {
        self.system.tags(python)
    }
}

impl fmt::Display for ZigTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let triple = match self.platform.compile() {
            Compile::Whole { triple } => triple,
            Compile::Slices(_) => {
                let slices: Vec<_> = self.slices().iter().map(ToString::to_string).collect();
                return f.write_str(&slices.join(" + "));
            }
        };
        f.write_str(triple)?;
        match self.system {
            // Zig's first glibc for this machine is later than the floor. The audit compares the result
            // with the floor, as it does for every binary.
            System::Manylinux(glibc, Arch::Ppc64le) => write!(f, ".{}", glibc.max(PPC64LE_GLIBC)),
            System::Manylinux(floor, _) | System::Macos(floor, _) => write!(f, ".{floor}"),
            // Zig has one musl, and no name for it.
            System::Musllinux(..) | System::Windows(_) => Ok(()),
        }
    }
}
