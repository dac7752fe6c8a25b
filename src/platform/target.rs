//! A platform with the floor of one build.

use std::collections::BTreeSet;
use std::fmt;

use super::{Family, Platform};
use crate::error::Problem;
use crate::tags::{PlatformTag, Release};

/// The first glibc that Zig has for `powerpc64le`.
const PPC64LE_GLIBC: Release = Release::new(2, 19);

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
        match platform.family() {
            Family::Manylinux if floor.major != 2 => problem(
                "glibc's releases are 2.x".to_owned(),
                "use 2.28, say".to_owned(),
            ),
            Family::Musllinux if floor != lowest => problem(
                format!("wheels can be tagged for musl {lowest} only"),
                "remove the setting".to_owned(),
            ),
            Family::Macos if floor.major == 10 && floor.minor > 16 => problem(
                "there is no such macOS".to_owned(),
                "use 10.9 to 10.16, or 11.0".to_owned(),
            ),
            Family::Macos if floor.major > 10 && floor.minor != 0 => problem(
                format!("wheels can be tagged for macOS {}.0 only", floor.major),
                format!("use {}.0, or {}.0", floor.major, floor.major + 1),
            ),
            _ => Ok(Self {
                platform,
                floor: Some(floor),
            }),
        }
    }

    /// The targets of [`Platform::slices`].
    pub fn slices(self) -> Vec<Self> {
        let slices = self.platform.slices().iter();
        let slices = slices.map(|&platform| Self {
            platform,
            // Apple silicon began with macOS 11, whatever the tag of both says.
            floor: self.floor.map(|floor| platform.floor_within_family(floor)),
        });
        slices.collect()
    }

    /// The platform.
    pub fn platform(self) -> Platform {
        self.platform
    }

    /// The lowest release of glibc, musl or macOS that the build must run on.
    pub fn floor(self) -> Option<Release> {
        self.floor
    }

    /// The wheel tags for a binary that keeps to this target; glibc 2.17 also has its legacy alias.
    pub fn platform_tags(self) -> BTreeSet<PlatformTag> {
        let arch = self.platform.arch();
        let tag = match (self.platform.family(), self.floor) {
            (Family::Windows, _) | (_, None) => PlatformTag::Windows(arch),
            (Family::Manylinux, Some(glibc)) => PlatformTag::Manylinux(glibc, arch),
            (Family::Musllinux, Some(musl)) => PlatformTag::Musllinux(musl, arch),
            (Family::Macos, Some(release)) if !self.platform.slices().is_empty() => {
                PlatformTag::MacosUniversal2(release)
            }
            (Family::Macos, Some(release)) => PlatformTag::Macos(release, arch),
        };
        let alias = (tag == PlatformTag::Manylinux(Release::new(2, 17), arch))
            .then_some(PlatformTag::Manylinux2014(arch));
        alias.into_iter().chain([tag]).collect()
    }
}

impl fmt::Display for ZigTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slices: Vec<_> = self.slices().iter().map(ToString::to_string).collect();
        if !slices.is_empty() {
            return f.write_str(&slices.join(" + "));
        }
        f.write_str(self.platform.row().triple)?;
        match self.floor {
            // Zig has one musl, and no name for it.
            Some(_) if self.platform.family() == Family::Musllinux => Ok(()),
            // Zig's glibc for this machine begins later than the policies do; what came of it is held
            // against the floor like everything else.
            Some(floor) if self.platform == Platform::LinuxPpc64le => {
                write!(f, ".{}", floor.max(PPC64LE_GLIBC))
            }
            Some(floor) => write!(f, ".{floor}"),
            None => Ok(()),
        }
    }
}
