//! The range of Zig versions that a project or a user allows, and the version of it that is installed.
//!
//! Takes the text of an option, of a requirement or of `build.zig.zon`. Does no I/O.

use std::fmt;

use pep440_rs::{Version, VersionSpecifiers};

use super::published;
use crate::error::Problem;
use crate::tags::zig::{ZigVersion, number, wrong};

/// The version that is installed by default.
pub const DEFAULT_ZIG: &str = "0.15.2";

/// The versions that the tests of this program build with.
pub const TESTED: [&str; 4] = ["0.14.1", "0.15.2", "0.16.0", "0.17.1"];

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Range {
    /// Only this version.
    Exactly(ZigVersion),
    /// All versions of a series.
    ///
    /// Ex) `0.15`, `0.15.*`
    Series {
        /// The first number.
        major: u32,
        /// The second number.
        minor: u32,
    },
    /// This version and later ones of its series.
    AtLeast(ZigVersion),
    /// This version and all later ones.
    From(ZigVersion),
    /// The versions that all of these specifiers (PEP 440) allow, as pip names the versions.
    ///
    /// Ex) `>=0.16,<0.17`
    Specifiers(VersionSpecifiers),
}

impl Range {
    /// Reads `0.15.2`, or a whole series as `0.15` or `0.15.*`, or a repackaged release of
    /// `ziglang` as `0.13.0.post1`, or specifiers as `>=0.16,<0.17`.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if text.trim_start().starts_with(['<', '>', '=', '!', '~']) {
            return text.parse().map(Self::Specifiers).map_err(|_| wrong(text));
        }
        let series = text.strip_suffix(".*").unwrap_or(text);
        let numbers: Vec<_> = series.split('.').map(number).collect();
        if let [Some(major), Some(minor)] = numbers[..] {
            return Ok(Self::Series { major, minor });
        }
        let release = match text.split_once(".post") {
            Some((release, post)) if number(post).is_some() => release,
            _ => text,
        };
        let version = release.parse().map_err(|_| wrong(text))?;
        Ok(Self::Exactly(version))
    }

    pub(super) fn admits(&self, version: &ZigVersion) -> bool {
        match self {
            // A range need not name the commit of a development version.
            Self::Exactly(wanted) if wanted.build.is_empty() => {
                (wanted.major, wanted.minor, wanted.patch, &wanted.pre)
                    == (version.major, version.minor, version.patch, &version.pre)
            }
            Self::Exactly(wanted) => wanted == version,
            Self::Series { major, minor } => (*major, *minor) == (version.major, version.minor),
            Self::AtLeast(wanted) => wanted.same_series(version) && wanted <= version,
            Self::From(wanted) => wanted <= version,
            Self::Specifiers(specifiers) => {
                let in_pip = in_pip(version);
                // A repackaged release, 0.13.0.post1, holds a Zig that calls itself 0.13.0.
                let repackaged = specifiers.iter().map(pep440_rs::VersionSpecifier::version);
                let mut same = in_pip.iter().chain(repackaged.filter(|named| {
                    named.is_post()
                        && in_pip
                            .as_ref()
                            .is_some_and(|version| named.release() == version.release())
                }));
                same.any(|version| specifiers.contains(version))
            }
        }
    }

    /// Whether it admits only versions of series before this one, as far as published versions show it.
    pub(super) fn is_before(&self, oldest: &ZigVersion) -> bool {
        let is_old = |series: (u32, u32)| series < (oldest.major, oldest.minor);
        match self {
            Self::Exactly(version) | Self::AtLeast(version) => {
                is_old((version.major, version.minor))
            }
            Self::Series { major, minor } => is_old((*major, *minor)),
            Self::From(_) => false,
            Self::Specifiers(specifiers) => {
                let published = published::versions("ziglang");
                let mut admitted = published
                    .filter(|version| specifiers.contains(version))
                    .map(|version| match version.release() {
                        [major, minor, ..] => (*major, *minor),
                        _ => (0, 0),
                    })
                    .peekable();
                let oldest = (u64::from(oldest.major), u64::from(oldest.minor));
                admitted.peek().is_some() && admitted.all(|series| series < oldest)
            }
        }
    }

    /// The version that pip installs if no such Zig is on the machine: one whose wheels are known, if possible.
    ///
    /// Ex) `==0.15.2`
    pub(super) fn requirement(&self, text: &str) -> String {
        let admitted = self.specifiers(text);
        published::newest("ziglang", &admitted).map_or(admitted, |version| format!("=={version}"))
    }

    /// This range as pip spells it, or the version of it that the tests build with.
    fn specifiers(&self, text: &str) -> String {
        match self {
            // A repackaged release keeps its name: 0.13.0.post1.
            Self::Exactly(_) => format!("=={text}"),
            Self::Series { major, minor } => format!("=={major}.{minor}.*"),
            // Only releases are published: a development version means the releases of its series.
            Self::AtLeast(version) if !version.pre.is_empty() => {
                format!("~={}.{}.{}", version.major, version.minor, version.patch)
            }
            Self::AtLeast(version) | Self::From(version) => format!("=={version}"),
            Self::Specifiers(specifiers) => match self.preferred() {
                Some(version) => format!("=={version}"),
                None => specifiers.to_string().replace(' ', ""),
            },
        }
    }

    /// The version that is used if specifiers allow several, so that the choice does not depend on what is
    /// installed: the default, else the newest version that the tests build with. `None` if the specifiers allow
    /// none of these, or if the range does not consist of specifiers.
    pub(super) fn preferred(&self) -> Option<&'static str> {
        if !matches!(self, Self::Specifiers(_)) {
            return None;
        }
        let newest_first = TESTED.iter().rev().copied();
        let mut candidates = std::iter::once(DEFAULT_ZIG).chain(newest_first);
        candidates.find(|text| text.parse().is_ok_and(|version| self.admits(&version)))
    }
}

/// How pip names a version of Zig: `0.16.0-dev.7` is `0.16.0.dev7`.
fn in_pip(version: &ZigVersion) -> Option<Version> {
    let mut text = format!("{}.{}.{}", version.major, version.minor, version.patch);
    if !version.pre.is_empty() {
        text = format!("{text}.{}", version.pre.replace('.', ""));
    }
    text.parse().ok()
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(version) => write!(f, "{version}"),
            Self::Series { major, minor } => write!(f, "{major}.{minor}.x"),
            Self::AtLeast(version) => {
                write!(
                    f,
                    "{version} or a later {}.{}.x",
                    version.major, version.minor
                )
            }
            Self::From(version) => write!(f, "{version} or later"),
            Self::Specifiers(specifiers) => write!(f, "{specifiers}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ZigVersion {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_admits_what_it_says() {
        let admits = |range: &Range, text: &str| range.admits(&version(text));
        let exact = Range::parse("0.15.2").unwrap();
        assert!(admits(&exact, "0.15.2"));
        assert!(!admits(&exact, "0.15.1") && !admits(&exact, "0.15.2-dev.1"));
        assert!(admits(&Range::parse("0.13.0.post1").unwrap(), "0.13.0"));
        for series in ["0.15", "0.15.*"] {
            let series = Range::parse(series).unwrap();
            assert!(admits(&series, "0.15.1") && !admits(&series, "0.16.0"));
        }
        let dev = Range::parse("0.16.0-dev.7").unwrap();
        assert!(admits(&dev, "0.16.0-dev.7+abc") && !admits(&dev, "0.16.0"));
        let least = Range::AtLeast(version("0.15.1"));
        assert!(admits(&least, "0.15.1") && admits(&least, "0.15.2"));
        assert!(!admits(&least, "0.15.0") && !admits(&least, "0.16.0"));
        let from = Range::From(version("0.14.0"));
        assert!(admits(&from, "0.17.1") && !admits(&from, "0.13.0"));
    }

    #[test]
    fn a_range_of_old_versions_is_told_from_one_that_admits_newer_ones() {
        let oldest = version("0.14.0");
        for (text, is_old) in [
            ("0.13.0", true),
            ("0.13", true),
            ("<0.14", true),
            (">=0.12,<0.14", true),
            ("0.14.0", false),
            ("0.14", false),
            (">=0.13", false),
            ("0.14.0-dev.5", false),
            (">=0.99", false),
            ("1.0.0", false),
        ] {
            let range = Range::parse(text).unwrap();
            assert_eq!(range.is_before(&oldest), is_old, "{text}");
        }
        assert!(Range::AtLeast(version("0.13.0")).is_before(&oldest));
        assert!(!Range::From(version("0.13.0")).is_before(&oldest));
    }

    #[test]
    fn specifiers_admit_what_pip_would_install() {
        for (text, admitted, refused) in [
            (
                ">=0.16,<0.17",
                &["0.16.0", "0.16.1"][..],
                &["0.15.2", "0.17.0", "0.17.0-dev.3"][..],
            ),
            ("==0.16.*", &["0.16.0", "0.16.3"], &["0.17.0"]),
            ("~=0.15.1", &["0.15.1", "0.15.2"], &["0.15.0", "0.16.0"]),
            ("!=0.15.2", &["0.15.1", "0.16.0"], &["0.15.2"]),
            (
                ">=0.16.0.dev3",
                &["0.16.0-dev.3+abc", "0.16.0"],
                &["0.16.0-dev.2", "0.15.2"],
            ),
            (">=0.13.0.post1,<0.14", &["0.13.0"], &["0.12.0", "0.14.0"]),
        ] {
            let range = Range::parse(text).unwrap();
            for one in admitted {
                assert!(range.admits(&version(one)), "{text} {one}");
            }
            for one in refused {
                assert!(!range.admits(&version(one)), "{text} {one}");
            }
        }
        for text in [">=", ">=0.16,<", "=0.16", "~=0", ">=master"] {
            assert!(Range::parse(text).is_err(), "{text}");
        }
        for text in ["latest", "0.15.2.postx"] {
            assert!(Range::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn of_several_versions_the_default_is_installed_else_the_newest_tested() {
        for (text, requirement) in [
            (">=0.16,<0.17", "==0.16.0"),
            (">=0.16", "==0.17.1"),
            (">=0.14", "==0.15.2"),
            ("==0.14.*", "==0.14.1"),
            ("~=0.16.0", "==0.16.0"),
            ("<0.15", "==0.14.1"),
            // Of the versions that the tests do not use, take the newest whose wheels are known.
            (">=0.15,<0.15.2", "==0.15.1"),
            ("0.15", "==0.15.2"),
            ("0.13", "==0.13.0.post1"),
            ("0.13.0", "==0.13.0"),
            ("==0.13.*", "==0.13.0.post1"),
            // Of unknown versions, pip takes the newest.
            (">=0.99", ">=0.99"),
            ("0.99", "==0.99.*"),
            ("0.99.1", "==0.99.1"),
        ] {
            assert_eq!(Range::parse(text).unwrap().requirement(text), requirement);
        }
    }
}
