//! The known hashes of packages on the Python Package Index: the SHA-256 of each wheel.
//!
//! Takes a requirement as pip spells it; gives the hashes that an installer must require. Only
//! [`Release::is_in`] does any I/O.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::LazyLock;

use pep440_rs::{Operator, Version, VersionSpecifiers};

use super::distributions::distributions;
use crate::platform::{Os, Platform};

/// A wheel that was published.
#[derive(Debug)]
struct Wheel {
    sha256: &'static str,
    filename: &'static str,
    name: &'static str,
    version: Version,
}

static WHEELS: LazyLock<Vec<Wheel>> = LazyLock::new(|| {
    let rows = include_str!("data/wheels.txt").lines();
    let wheels = rows.filter_map(|row| {
        let (sha256, filename) = row.split_once(' ').filter(|(first, _)| *first != "#")?;
        let mut parts = filename.split('-');
        Some(Wheel {
            sha256,
            filename,
            name: parts.next()?,
            version: parts.next()?.parse().ok()?,
        })
    });
    wheels.collect()
});

/// Whether versions of this package are known at all.
pub(super) fn is_listed(name: &str) -> bool {
    WHEELS.iter().any(|wheel| wheel.name == name)
}

/// The known versions of a package, once for each of its wheels.
pub(super) fn versions(name: &str) -> impl Iterator<Item = &'static Version> {
    let wheels = WHEELS.iter().filter(move |wheel| wheel.name == name);
    wheels.map(|wheel| &wheel.version)
}

/// The newest known version of a package that these specifiers allow.
pub(super) fn newest(name: &str, specifiers: &str) -> Option<&'static Version> {
    let specifiers = VersionSpecifiers::from_str(specifiers).ok()?;
    versions(name)
        .filter(|version| specifiers.contains(version))
        .max()
}

/// A version of a package of which every published wheel is known.
#[derive(Debug)]
pub(super) struct Release {
    name: &'static str,
    version: &'static Version,
    wheels: Vec<&'static Wheel>,
}

impl Release {
    /// The known release that a requirement pins; `None` if the release is unknown or the requirement pins none.
    ///
    /// Ex) `ziglang==0.15.2`
    pub(super) fn pinned(requirement: &str) -> Option<Self> {
        let (name, specifiers) = split(requirement);
        let specifiers = VersionSpecifiers::from_str(specifiers).ok()?;
        let [pin] = &*specifiers else { return None };
        if !matches!(pin.operator(), Operator::Equal | Operator::ExactEqual) {
            return None;
        }
        let all = WHEELS.iter();
        let wheels: Vec<_> = all
            .filter(|wheel| wheel.name == name && wheel.version == *pin.version())
            .collect();
        let first = wheels.first()?;
        Some(Self {
            name: first.name,
            version: &first.version,
            wheels,
        })
    }

    /// A requirements file that allows only the published wheels.
    pub(super) fn requirements(&self) -> String {
        let mut text = format!("{}=={}", self.name, self.version);
        for wheel in &self.wheels {
            text.push_str(" --hash=sha256:");
            text.push_str(wheel.sha256);
        }
        text.push('\n');
        text
    }

    /// The hash in an installer's error message that is not the hash of a published wheel.
    pub(super) fn foreign_hash<'a>(&self, complaint: &'a str) -> Option<&'a str> {
        let words = complaint.split(|c: char| !c.is_ascii_alphanumeric());
        let mut hashes = words
            .filter(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()));
        hashes.find(|hash| {
            let published = |wheel: &&Wheel| wheel.sha256 == *hash;
            !self.wheels.iter().any(published)
        })
    }

    /// The published wheels for this machine with their hashes, one on each line; all wheels if none is for
    /// this machine.
    pub(super) fn for_this_machine(&self) -> String {
        let fits = |wheel: &&&Wheel| {
            Platform::current().is_none_or(|platform| {
                let system = platform.system();
                let (name, ending) = match system.family().os() {
                    Os::Linux => ("linux_", system.machine()),
                    Os::Macos => ("macosx_", system.machine()),
                    Os::Windows => ("-win", system.machine()),
                    Os::Ios | Os::IosSimulator | Os::Emscripten => return false,
                };
                let stem = wheel.filename.trim_end_matches(".whl");
                stem.contains(name) && stem.ends_with(ending)
            })
        };
        let mut lines: Vec<_> = self.wheels.iter().filter(fits).collect();
        if lines.is_empty() {
            lines = self.wheels.iter().collect();
        }
        let lines = lines
            .iter()
            .map(|wheel| format!("{} ({})", wheel.sha256, wheel.filename));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Whether a folder contains only this release, and the installer took it from an index or a folder of wheels.
    /// An override in the settings of the installer may name another version or a URL, for which our hashes were
    /// not compared.
    pub(super) fn is_in(&self, dir: &Path) -> bool {
        let [(stem, info)] = &distributions(dir)[..] else {
            return false;
        };
        let version = stem.split_once('-').filter(|(name, _)| *name == self.name);
        version.is_some_and(|(_, version)| version.parse().as_ref() == Ok(self.version))
            && !info.join("direct_url.json").exists()
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// The name and the specifiers of a requirement.
pub(super) fn split(requirement: &str) -> (&str, &str) {
    let end = requirement
        .find(['<', '>', '=', '!', '~'])
        .unwrap_or(requirement.len());
    requirement.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolchain::{DEFAULT_ZIG, TESTED};

    #[test]
    fn every_row_of_the_table_is_a_wheel_with_its_hash() {
        let rows = include_str!("data/wheels.txt").lines();
        let rows = rows.filter(|row| !row.starts_with('#') && !row.is_empty());
        assert_eq!(rows.count(), WHEELS.len());
        for wheel in WHEELS.iter() {
            let hash = wheel.sha256.as_bytes();
            assert!(
                hash.len() == 64 && hash.iter().all(u8::is_ascii_hexdigit),
                "{wheel:?}"
            );
            assert!(!wheel.filename.contains(char::is_whitespace), "{wheel:?}");
        }
        for version in TESTED.iter().chain([&DEFAULT_ZIG]) {
            let release = Release::pinned(&format!("ziglang=={version}")).unwrap();
            assert!(release.wheels.len() >= 8, "{release:?}");
        }
        assert!(newest("uv", ">0").is_some());
    }

    #[test]
    fn a_pin_is_known_however_it_is_written() {
        for known in [
            "ziglang==0.15.2",
            "ziglang===0.15.2",
            "ziglang== 0.15.2",
            "ziglang==0.015.2",
            "ziglang==0.15.2.0",
        ] {
            let release = Release::pinned(known).unwrap_or_else(|| panic!("{known}"));
            assert_eq!(release.to_string(), "ziglang 0.15.2");
        }
        let post = Release::pinned("ziglang==0.13.0.post1").unwrap();
        assert!(
            post.requirements()
                .starts_with("ziglang==0.13.0.post1 --hash=sha256:")
        );
        for unknown in [
            "ziglang",
            "ziglang==0.99.1",
            "ziglang==0.15.*",
            "ziglang>=0.15.2",
            "ziglang==0.15.2,!=0.15.1",
            "ziggy-pydust==0.15.2",
        ] {
            assert!(Release::pinned(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn the_foreign_hash_is_found_in_what_pip_and_uv_say() {
        let release = Release::pinned("ziglang==0.15.2").unwrap();
        let own = release.wheels[0].sha256;
        let foreign = "6b0d8895e14d7e2a9b035c2749c72ff3ccffac0ce621908a981d9f1db6b3ce25";
        let pip = format!("Expected sha256 {own}\n     Got        {foreign}");
        assert_eq!(release.foreign_hash(&pip), Some(foreign));
        let uv = format!("Expected:\n  sha256:{own}\n\nComputed:\n  sha256:{foreign}");
        assert_eq!(release.foreign_hash(&uv), Some(foreign));
        assert_eq!(
            release.foreign_hash(&format!("Got {own}: no network")),
            None
        );
        if Platform::current().is_some() {
            assert_eq!(release.for_this_machine().lines().count(), 1);
        }
    }

    #[test]
    fn what_an_override_installed_instead_is_noticed() {
        let release = Release::pinned("ziglang==0.15.2").unwrap();
        let dir = tempfile::tempdir().unwrap();
        assert!(!release.is_in(dir.path()));
        let info = dir.path().join("ziglang-0.15.2.dist-info");
        std::fs::create_dir(&info).unwrap();
        assert!(release.is_in(dir.path()));
        std::fs::write(info.join("direct_url.json"), "{}").unwrap();
        assert!(!release.is_in(dir.path()));
        std::fs::remove_dir_all(&info).unwrap();
        std::fs::create_dir(dir.path().join("ziglang-0.15.3.dist-info")).unwrap();
        assert!(!release.is_in(dir.path()));
        std::fs::create_dir(&info).unwrap();
        assert!(!release.is_in(dir.path()));
    }
}
