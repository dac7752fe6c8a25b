//! What people call platforms, apart from our own names: groups, triples of Zig and Rust, tags of wheels, and
//! the usual words for systems and processors.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::{Family, Platform, words};
use crate::error::{Problem, nearest};
use crate::tags::{Arch, PlatformTag, Release};

/// The groups of platforms: all that `--all-platforms` means, and those of one system.
pub const GROUPS: [(&str, Option<Family>); 5] = [
    ("all", None),
    ("linux", Some(Family::Manylinux)),
    ("musllinux", Some(Family::Musllinux)),
    ("macos", Some(Family::Macos)),
    ("windows", Some(Family::Windows)),
];

/// The name of the platform that this program runs on.
pub const NATIVE: &str = "native";

/// The platforms that a text asks for, and the lowest release that a triple or a tag names with them.
///
/// Ex) `linux-x86_64`, `linux`, `aarch64-apple-darwin`, `x86_64-linux-gnu.2.28`, `macosx_11_0_arm64`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformRequest {
    /// The platforms; at least one.
    pub platforms: Vec<Platform>,
    /// The lowest release of glibc, musl or macOS.
    pub floor: Option<Release>,
}

impl FromStr for PlatformRequest {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let plain = text.trim().to_lowercase();
        let own = || Platform::ALL.into_iter().find(|one| one.name() == plain);
        let request = own()
            .map(|platform| Self::of(vec![platform]))
            .or_else(|| Self::group(&plain))
            .or_else(|| Self::native(&plain))
            .or_else(|| Self::tags(&plain))
            .or_else(|| Self::triple(&plain));
        request.ok_or_else(|| match plain.as_str() {
            NATIVE => Problem::new("this machine's platform is not supported")
                .hint("name the platforms to build for (`pyz3-wheel platforms` lists them)"),
            _ => unknown(text),
        })
    }
}

impl PlatformRequest {
    /// The single platform that a name stands for, where it asks for no release: the name of a table.
    pub fn single(text: &str) -> Result<Platform, Problem> {
        let request: Self = text.parse()?;
        match (request.platforms.as_slice(), request.floor) {
            ([platform], None) => Ok(*platform),
            ([platform], Some(floor)) => Err(Problem::new(format!("`{text}` names a release too"))
                .hint(format!(
                    "name the table {platform} and write floor = \"{floor}\" in it"
                ))),
            (platforms, _) => {
                let names: Vec<_> = platforms.iter().map(|platform| platform.name()).collect();
                let problem = Problem::new(format!("`{text}` names several platforms"));
                Err(problem.hint(format!("write a table for each: {}", names.join(", "))))
            }
        }
    }

    fn of(platforms: Vec<Platform>) -> Self {
        Self {
            platforms,
            floor: None,
        }
    }

    fn group(text: &str) -> Option<Self> {
        let (_, family) = GROUPS.iter().find(|(name, _)| *name == text)?;
        Some(Self::of(group(*family)))
    }

    fn native(text: &str) -> Option<Self> {
        let platform = Platform::current().filter(|_| text == NATIVE)?;
        Some(Self::of(vec![platform]))
    }

    /// The tags of a wheel with dots between them, each with the underscores of wheels or the dashes of
    /// `sysconfig.get_platform()`.
    ///
    /// Ex) `manylinux2014_x86_64.manylinux_2_17_x86_64`, `macosx-11.0-arm64`
    fn tags(text: &str) -> Option<Self> {
        let several: Option<Vec<_>> = text.split('.').map(|tag| tag.parse().ok()).collect();
        let one = || Some(vec![text.replace(['-', '.'], "_").parse().ok()?]);
        let tags: Vec<PlatformTag> = several.or_else(one)?;
        let found: Option<Vec<_>> = tags.iter().map(|tag| of_tag(*tag)).collect();
        let found = found?;
        let (platform, _) = *found.first()?;
        if found.iter().any(|(other, _)| *other != platform) {
            return None;
        }
        Some(Self {
            platforms: vec![platform],
            floor: found.iter().filter_map(|(_, floor)| *floor).min(),
        })
    }

    /// A triple of Zig or Rust, or words for a system and a processor in any order. Without a processor, it
    /// is the group of the system.
    ///
    /// Ex) `x86_64-linux-gnu.2.28`, `aarch64-apple-darwin`, `darwin-arm64`, `win64`, `linux/amd64`
    fn triple(text: &str) -> Option<Self> {
        let own = |triple: &str| {
            let mut all = Platform::ALL.into_iter();
            all.find(|platform| platform.triple() == Some(triple))
        };
        let (triple, floor) = split_floor(text)?;
        let platforms = match own(triple) {
            Some(platform) => vec![platform],
            None => by_words(triple)?,
        };
        match (platforms.as_slice(), floor) {
            (_, None) | ([_], Some(_)) => Some(Self { platforms, floor }),
            (_, Some(_)) => None,
        }
    }
}

/// The platform and the release of a tag.
fn of_tag(tag: PlatformTag) -> Option<(Platform, Option<Release>)> {
    let floor = match tag {
        PlatformTag::Manylinux1(_)
        | PlatformTag::Manylinux2010(_)
        | PlatformTag::Manylinux2014(_)
        | PlatformTag::Manylinux(..) => tag.glibc(),
        PlatformTag::Musllinux(floor, _) | PlatformTag::Macos(floor, _) => Some(floor),
        PlatformTag::Linux(_) | PlatformTag::Windows(_) => None,
        PlatformTag::Any
        | PlatformTag::Ios(..)
        | PlatformTag::Android(..)
        | PlatformTag::Pyemscripten(_)
        | PlatformTag::Pyodide(_) => return None,
    };
    let platform = find(tag.family()?, &tag.arches())?;
    Some((platform, floor))
}

fn find(family: Family, arches: &[Arch]) -> Option<Platform> {
    let mut all = Platform::ALL.into_iter();
    all.find(|platform| platform.family() == family && platform.arches() == arches)
}

/// Takes the release off the end of a triple of Zig; macOS 13 is 13.0.
///
/// Ex) `x86_64-linux-gnu.2.28`, `aarch64-macos.13`
fn split_floor(text: &str) -> Option<(&str, Option<Release>)> {
    let Some((triple, release)) = text.split_once('.') else {
        return Some((text, None));
    };
    let floor = match release.parse() {
        Ok(major) if triple.ends_with("macos") => Release::new(major, 0),
        _ => release.parse().ok()?,
    };
    Some((triple, Some(floor)))
}

/// The platforms that words stand for.
fn by_words(text: &str) -> Option<Vec<Platform>> {
    let (family, arches) = words::read(text)?;
    if arches.is_empty() {
        return Some(group(Some(family)));
    }
    Some(vec![find(family, &arches)?])
}

/// The platforms of a group: the main ones of a system. No main platform has musl, so that group has the
/// processors of `linux`.
fn group(family: Option<Family>) -> Vec<Platform> {
    let Some(family) = family else {
        return Platform::MAIN.to_vec();
    };
    let is_main = |platform: &Platform| {
        let mut main = Platform::MAIN.iter();
        main.any(|main| main.os() == platform.os() && main.arches() == platform.arches())
    };
    let of_family = Platform::ALL
        .into_iter()
        .filter(|one| one.family() == family);
    of_family.filter(is_main).collect()
}

/// Every word that a request may consist of, apart from numbers: what the JSON Schema accepts.
pub fn request_words() -> BTreeSet<&'static str> {
    let groups = GROUPS.iter().map(|(name, _)| *name);
    words::all().chain(groups).chain([NATIVE]).collect()
}

/// A text that names no platform. The suggestion may be similar to a tag or a triple, but is our own name.
fn unknown(text: &str) -> Problem {
    let spelled = Platform::ALL.into_iter().flat_map(|platform| {
        let tags = platform.wheel_platform();
        let tags = tags.split('.').map(str::to_owned).collect::<Vec<_>>();
        let triple = platform.triple().map(str::to_owned);
        let own = platform.name().to_owned();
        let all = std::iter::once(own).chain(triple).chain(tags);
        all.map(move |spelling| (spelling, platform.name()))
    });
    let groups = GROUPS.iter().map(|(name, _)| ((*name).to_owned(), *name));
    let native = (NATIVE.to_owned(), NATIVE);
    let known: Vec<_> = spelled.chain(groups).chain([native]).collect();
    let spelling = nearest(text, known.iter().map(|(spelling, _)| spelling.as_str()));
    let meant = known
        .iter()
        .find(|(known, _)| Some(known.as_str()) == spelling);
    let question = meant.map_or(String::new(), |(_, name)| format!("did you mean {name}?\n"));
    Problem::new(format!("unknown platform `{text}`")).hint(format!(
        "{question}`pyz3-wheel platforms` lists the platforms"
    ))
}

/// The glibc that a name of manylinux stands for, with or without that word.
///
/// Ex) `2014` and `manylinux2014` are 2.17, `manylinux_2_28` and `2.28` are 2.28
pub fn glibc(text: &str) -> Result<Release, Problem> {
    let name = text.trim().to_lowercase();
    let release = name.strip_prefix("manylinux").unwrap_or(&name);
    let release = release.strip_prefix('_').unwrap_or(release);
    let old: Option<PlatformTag> = format!("manylinux{release}_x86_64").parse().ok();
    let glibc = old
        .and_then(PlatformTag::glibc)
        .or_else(|| release.parse().ok());
    glibc.ok_or_else(|| {
        let hint = match name.parse::<PlatformRequest>() {
            Ok(PlatformRequest { floor: Some(_), .. }) => {
                format!("name a platform with --platform {name}")
            }
            _ => "give a policy or a release of glibc, such as 2014, manylinux_2_28 or 2.28"
                .to_owned(),
        };
        Problem::new(format!("`{text}` is not a manylinux policy")).hint(hint)
    })
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
