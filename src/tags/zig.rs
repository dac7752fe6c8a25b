//! Versions of Zig.
//!
//! Takes the text of `zig version`, of a flag, of a pinned requirement or of `build.zig.zon`; gives
//! versions in their order. No I/O.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::error::Problem;
use crate::tags::serialize_as_display;

/// A version of Zig; development versions come before their release, as in Semantic Versioning.
///
/// Ex) `0.15.2`, `0.16.0-dev.2135+7c0b42ba0`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ZigVersion {
    /// `0` so far.
    pub major: u32,
    /// The number of the series: the `15` of `0.15.2`.
    pub minor: u32,
    /// The `2` of `0.15.2`.
    pub patch: u32,
    /// What is between `-` and `+`; empty for a release.
    ///
    /// Ex) `dev.2135`
    pub pre: String,
    /// What follows `+`: the commit of a development version. It does not count in the order.
    pub build: String,
}

impl ZigVersion {
    /// A release.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
            pre: String::new(),
            build: String::new(),
        }
    }

    /// Whether both are of one series, such as 0.15: what is written for one version of a series
    /// works with the later ones of it.
    pub fn same_series(&self, other: &Self) -> bool {
        (self.major, self.minor) == (other.major, other.minor)
    }
}

/// Which versions of Zig someone requires, as they wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZigConstraint {
    /// What the text says: a version, a series or specifiers.
    ///
    /// Ex) `0.15.2`, `0.15.*`, `>=0.16,<0.17`
    Specified(String),
    /// This version and later ones of its series.
    Minimum(String),
}

impl fmt::Display for ZigConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Specified(text) | Self::Minimum(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for ZigVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.build.is_empty() {
            write!(f, "+{}", self.build)?;
        }
        Ok(())
    }
}

pub(crate) fn wrong(text: &str) -> Problem {
    Problem::new(format!("`{text}` is not a version of Zig"))
        .hint("versions of Zig look like 0.15.2 or 0.16.0-dev.2135+7c0b42ba0")
}

pub(crate) fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

impl FromStr for ZigVersion {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (rest, build) = text.split_once('+').unwrap_or((text, ""));
            let (numbers, pre) = rest.split_once('-').unwrap_or((rest, ""));
            let mut parts = numbers.split('.').map(number);
            let mut next = || parts.next().flatten();
            let version = Self {
                major: next()?,
                minor: next()?,
                patch: next()?,
                pre: pre.to_owned(),
                build: build.to_owned(),
            };
            let plain = |text: &str| {
                text.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
            };
            (parts.next().is_none() && plain(pre) && plain(build)).then_some(version)
        };
        parse().ok_or_else(|| wrong(text))
    }
}

impl Ord for ZigVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = |version: &Self| (version.major, version.minor, version.patch);
        numbers(self)
            .cmp(&numbers(other))
            // A release is later than its development versions.
            .then_with(|| self.pre.is_empty().cmp(&other.pre.is_empty()))
            .then_with(|| compare_identifiers(&self.pre, &other.pre))
            .then_with(|| self.pre.cmp(&other.pre))
            // Without a meaning, but `Ord` must agree with `Eq`.
            .then_with(|| self.build.cmp(&other.build))
    }
}

impl PartialOrd for ZigVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `dev.99` comes before `dev.100`: source: Semantic Versioning 2.0.0, 11.4.
fn compare_identifiers(a: &str, b: &str) -> Ordering {
    let identifiers = |text: &str| -> Vec<(Option<u32>, String)> {
        text.split('.')
            .map(|part| (number(part), part.to_owned()))
            .collect()
    };
    for (a, b) in identifiers(a).iter().zip(&identifiers(b)) {
        let order = match (a.0, b.0) {
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => a.1.cmp(&b.1),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    identifiers(a).len().cmp(&identifiers(b).len())
}

serialize_as_display!(ZigVersion);

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ZigVersion {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_ordered_as_they_appeared() {
        let ordered = [
            "0.14.1",
            "0.15.0-dev.9",
            "0.15.0-dev.10+abc",
            "0.15.0",
            "0.15.2",
            "0.16.0-dev.2135+7c0b42ba0",
            "0.16.0",
            "1.0.0",
        ];
        for pair in ordered.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        for text in ordered {
            assert_eq!(version(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_version_is_refused_with_an_example() {
        for text in [
            "",
            "0",
            "0.15",
            "0.15.",
            "0.15.2.1",
            "v0.15.2",
            "0.15.2-a b",
            "master",
            "+1.2.3",
        ] {
            let problem = text.parse::<ZigVersion>().unwrap_err();
            assert!(problem.hint.unwrap().contains("0.15.2"), "{text}");
        }
    }
}
