//! What people call platforms, apart from our own names: groups, triples of Zig and Rust, tags of wheels, and
//! the usual words for systems and processors.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::{Family, Platform};
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
        request.ok_or_else(|| unknown(text))
    }
}

impl PlatformRequest {
    /// The only platform that a text asks for, where it asks for no release: the name of a table.
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

/// What a word says of a platform.
#[derive(Debug, Clone, Copy)]
struct Word {
    text: &'static str,
    /// The systems that it may stand for; all if it says nothing of the system.
    families: &'static [Family],
    arches: &'static [Arch],
}

const LINUX: &[Family] = &[Family::Manylinux, Family::Musllinux];
const EVERY: &[Family] = &[
    Family::Manylinux,
    Family::Musllinux,
    Family::Macos,
    Family::Windows,
];

const fn system(text: &'static str, families: &'static [Family]) -> Word {
    Word {
        text,
        families,
        arches: &[],
    }
}

const SYSTEMS: [Word; 24] = [
    system("linux", LINUX),
    system("manylinux", &[Family::Manylinux]),
    system("glibc", &[Family::Manylinux]),
    // Rust also has `x86_64-pc-windows-gnu`.
    system("gnu", &[Family::Manylinux, Family::Windows]),
    system("gnueabihf", &[Family::Manylinux]),
    system("musllinux", &[Family::Musllinux]),
    system("musl", &[Family::Musllinux]),
    system("musleabihf", &[Family::Musllinux]),
    system("alpine", &[Family::Musllinux]),
    system("macos", &[Family::Macos]),
    system("macosx", &[Family::Macos]),
    system("mac", &[Family::Macos]),
    system("osx", &[Family::Macos]),
    system("darwin", &[Family::Macos]),
    system("apple", &[Family::Macos]),
    system("windows", &[Family::Windows]),
    system("win", &[Family::Windows]),
    system("win32", &[Family::Windows]),
    system("msvc", &[Family::Windows]),
    system("gnullvm", &[Family::Windows]),
    Word {
        text: "win64",
        families: &[Family::Windows],
        arches: &[Arch::X86_64],
    },
    Word {
        text: "universal2",
        families: &[Family::Macos],
        arches: &[Arch::X86_64, Arch::Aarch64],
    },
    system("unknown", EVERY),
    system("pc", EVERY),
];

/// How people spell a processor. `arm` is missing, because Rust's `arm` is an older processor than Zig's.
const fn spellings(arch: Arch) -> &'static [&'static str] {
    match arch {
        Arch::X86_64 => &["amd64", "x64"],
        Arch::Aarch64 => &["aarch64", "arm64"],
        Arch::X86 => &["i686", "x86", "i386", "i586", "ia32"],
        Arch::Armv7 => &["armv7l", "armv7", "armv7a", "armhf"],
        Arch::Ppc64le => &["ppc64le", "powerpc64le"],
        Arch::S390x => &["s390x"],
        Arch::Riscv64 => &["riscv64", "riscv64gc"],
        Arch::Loongarch64 => &["loongarch64"],
        Arch::Wasm32 => &["wasm32"],
    }
}

/// The platforms that words stand for, if every word is known and they do not contradict each other.
fn by_words(text: &str) -> Option<Vec<Platform>> {
    // The only processor whose name contains a separator.
    let text = text.replace("x86_64", "amd64").replace("x86-64", "amd64");
    let mut families = EVERY.to_vec();
    let mut arches: Vec<Arch> = Vec::new();
    for part in text.split(['-', '_', '/', ' ']) {
        let arch = Arch::ALL
            .into_iter()
            .find(|arch| spellings(*arch).contains(&part));
        let of_part = match (arch, SYSTEMS.iter().find(|word| word.text == part)) {
            (Some(arch), _) => vec![arch],
            (None, Some(word)) => {
                families.retain(|family| word.families.contains(family));
                word.arches.to_vec()
            }
            (None, None) => return None,
        };
        if !of_part.is_empty() {
            if !arches.is_empty() && arches != of_part {
                return None;
            }
            arches = of_part;
        }
    }
    // Words for every system name none.
    let family = *families.first().filter(|_| families != EVERY)?;
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
pub fn words() -> BTreeSet<&'static str> {
    let groups = GROUPS.iter().map(|(name, _)| *name);
    let systems = SYSTEMS.iter().map(|word| word.text);
    let arches = Arch::ALL
        .into_iter()
        .flat_map(|arch| spellings(arch).iter().copied());
    let old = [
        "x86_64",
        "x86-64",
        "manylinux1",
        "manylinux2010",
        "manylinux2014",
        NATIVE,
    ];
    groups.chain(systems).chain(arches).chain(old).collect()
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
    let known: Vec<_> = spelled.chain(groups).collect();
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
mod tests {
    use super::*;

    fn platforms(text: &str) -> Vec<&'static str> {
        let request: PlatformRequest = text.parse().unwrap_or_else(|error| panic!("{error:?}"));
        request.platforms.into_iter().map(Platform::name).collect()
    }

    #[test]
    fn every_name_triple_and_tag_of_the_table_is_understood() {
        for platform in Platform::ALL {
            let name = platform.name();
            assert_eq!(platforms(name), [name]);
            assert_eq!(platforms(&name.to_uppercase()), [name]);
            for text in platform
                .triple()
                .into_iter()
                .chain([platform.wheel_platform().as_str()])
            {
                assert_eq!(platforms(text), [name], "{text}");
            }
            // universal2 is compiled as two.
            if platform.slices().is_empty() {
                let request: PlatformRequest = platform.zig_target().parse().unwrap();
                assert_eq!(request.platforms, [platform]);
                assert_eq!(
                    request.floor.is_some(),
                    matches!(platform.family(), Family::Manylinux | Family::Macos)
                );
            }
            let request: PlatformRequest = platform.wheel_platform().parse().unwrap();
            assert_eq!(request.floor, platform.default_floor(), "{name}");
            if let Some(os) = Platform::current().filter(|current| *current == platform) {
                assert_eq!(platforms(NATIVE), [os.name()]);
            }
        }
    }

    #[test]
    fn usual_words_are_understood_in_any_order() {
        for (texts, name) in [
            (
                &[
                    "linux-x64",
                    "linux_x86_64",
                    "Linux-x86_64",
                    "linux/amd64",
                    "x86_64-unknown-linux-gnu",
                    "manylinux_x86_64",
                    "x64-linux",
                ][..],
                "linux-x86_64",
            ),
            (
                &["linux-arm64", "aarch64-linux", "aarch64-unknown-linux-gnu"],
                "linux-aarch64",
            ),
            (
                &["linux-x86", "i686-unknown-linux-gnu", "i386-linux-gnu"],
                "linux-i686",
            ),
            (
                &["armv7-unknown-linux-gnueabihf", "linux-armhf"],
                "linux-armv7l",
            ),
            (&["powerpc64le-unknown-linux-gnu"], "linux-ppc64le"),
            (&["riscv64gc-unknown-linux-gnu"], "linux-riscv64"),
            (
                &[
                    "x86_64-unknown-linux-musl",
                    "alpine-x64",
                    "linux-musl-amd64",
                    "musllinux_1_2_x86_64",
                ],
                "musllinux-x86_64",
            ),
            (&["armv7-unknown-linux-musleabihf"], "musllinux-armv7l"),
            (
                &[
                    "darwin-arm64",
                    "aarch64-apple-darwin",
                    "macos-aarch64",
                    "macosx-11.0-arm64",
                    "osx-arm64",
                    "macosx_arm64",
                ],
                "macos-arm64",
            ),
            (
                &["darwin-x64", "x86_64-apple-darwin", "macosx_10_9_x86_64"],
                "macos-x86_64",
            ),
            (&["macosx_universal2", "universal2"], "macos-universal2"),
            (
                &[
                    "win_amd64",
                    "win-amd64",
                    "windows-amd64",
                    "win64",
                    "win32-x64",
                    "x86_64-pc-windows-msvc",
                    "x86_64-pc-windows-gnu",
                    "x86_64-windows",
                ],
                "windows-x64",
            ),
            (
                &["win32", "i686-pc-windows-msvc", "windows-i686"],
                "windows-x86",
            ),
            (
                &[
                    "win_arm64",
                    "aarch64-pc-windows-msvc",
                    "aarch64-pc-windows-gnullvm",
                ],
                "windows-arm64",
            ),
        ] {
            for text in texts {
                assert_eq!(platforms(text), [name], "{text}");
            }
        }
    }

    #[test]
    fn groups_are_the_main_platforms_of_a_system() {
        assert_eq!(platforms("all"), Platform::MAIN.map(Platform::name));
        assert_eq!(platforms("linux"), ["linux-x86_64", "linux-aarch64"]);
        assert_eq!(
            platforms("musllinux"),
            ["musllinux-x86_64", "musllinux-aarch64"]
        );
        assert_eq!(platforms("macos"), ["macos-x86_64", "macos-arm64"]);
        assert_eq!(platforms("darwin"), platforms("macos"));
        assert_eq!(platforms("windows"), ["windows-x64"]);
    }

    #[test]
    fn a_release_that_is_named_is_kept() {
        for (text, major, minor) in [
            ("manylinux_2_28_x86_64", 2, 28),
            ("manylinux2014_aarch64", 2, 17),
            ("manylinux1_x86_64", 2, 5),
            ("manylinux2014_x86_64.manylinux_2_17_x86_64", 2, 17),
            ("manylinux_2_17_x86_64.manylinux_2_28_x86_64", 2, 17),
            ("x86_64-linux-gnu.2.28", 2, 28),
            ("macosx_12_0_universal2", 12, 0),
            ("aarch64-macos.13", 13, 0),
            ("aarch64-macos.13.0", 13, 0),
            ("musllinux_1_1_aarch64", 1, 1),
        ] {
            let request: PlatformRequest = text.parse().unwrap();
            assert_eq!(request.floor, Some(Release::new(major, minor)), "{text}");
        }
        assert_eq!(
            "linux_x86_64".parse::<PlatformRequest>().unwrap().floor,
            None
        );
    }

    #[test]
    fn what_names_no_platform_gets_a_suggestion() {
        for (text, meant) in [
            ("lnux-x86_64", Some("linux-x86_64")),
            ("win_amd46", Some("windows-x64")),
            ("macosx_11_0_amr64", Some("macos-arm64")),
            ("windws", Some("windows")),
            ("freebsd", None),
            ("any", None),
            ("x86_64", Some("linux-x86_64")),
            ("unknown", None),
            ("", None),
            ("linux-windows", Some("linux")),
            ("linux-x64-arm64", Some("linux-aarch64")),
            ("arm-unknown-linux-gnueabihf", Some("linux-armv7l")),
            ("windows-s390x", Some("windows-x86")),
            ("ios_13_0_arm64_iphoneos", None),
            ("manylinux2014_x86_64.win_amd64", Some("linux-x86_64")),
            ("x86_64-linux-gnu.2", Some("linux-x86_64")),
            ("linux.2.28", Some("linux")),
        ] {
            let problem = text.parse::<PlatformRequest>().unwrap_err();
            let hint = problem.hint.unwrap();
            match meant {
                Some(meant) => assert!(
                    hint.starts_with(&format!("did you mean {meant}?")),
                    "{text}: {hint}"
                ),
                None => assert!(!hint.contains("did you mean"), "{text}: {hint}"),
            }
        }
    }

    #[test]
    fn the_name_of_a_table_is_one_platform() {
        assert_eq!(
            PlatformRequest::single("win_amd64"),
            Ok(Platform::WindowsX64)
        );
        let hint = |text| PlatformRequest::single(text).unwrap_err().hint.unwrap();
        assert_eq!(
            hint("macos"),
            "write a table for each: macos-x86_64, macos-arm64"
        );
        assert!(hint("macosx_12_0_arm64").contains("floor = \"12.0\""));
    }

    #[test]
    fn a_policy_of_manylinux_is_a_glibc() {
        for (texts, minor) in [
            (
                &["2014", "manylinux2014", "2_17", "2.17", "manylinux_2_17"][..],
                17,
            ),
            (&["manylinux_2_28", "manylinux2_28", "2.28"], 28),
            (&["manylinux2010"], 12),
            (&["manylinux1", "1"], 5),
        ] {
            for text in texts {
                assert_eq!(glibc(text), Ok(Release::new(2, minor)), "{text}");
            }
        }
        for text in ["auto", "2", "", "2_28_1", "musllinux_1_2", "new"] {
            assert!(glibc(text).is_err(), "{text}");
        }
        let hint = glibc("manylinux_2_28_x86_64").unwrap_err().hint.unwrap();
        assert!(hint.contains("--platform manylinux_2_28_x86_64"));
    }
}
