//! The name of a wheel: `hello-1.0-cp312-cp312-win_amd64.whl`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use pep440_rs::Version;

use super::{AbiTag, ParseTagError, PlatformTag, PythonTag, serialize_as_display};

/// The name of a distribution, normalized for file names: lowercase, runs of `-`, `_` and `.` as
/// one `_`.
///
/// Ex) `my_package` for `My.Package`; source: "Binary distribution format", "Escaping and Unicode".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DistributionName(String);

impl DistributionName {
    /// The normalized name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DistributionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DistributionName {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let separator = |b: u8| matches!(b, b'-' | b'_' | b'.');
        let bytes = text.as_bytes();
        let valid = bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || separator(*b))
            && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.last().is_some_and(u8::is_ascii_alphanumeric);
        if !valid {
            return Err(ParseTagError::new(
                text,
                "project name (ASCII letters and digits, with -, _ or . between them)",
            ));
        }
        let parts: Vec<_> = text
            .split(['-', '_', '.'])
            .filter(|part| !part.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        Ok(Self(parts.join("_")))
    }
}

/// One combination of Python, ABI and platform, as a `Tag:` line of WHEEL has it.
///
/// Ex) `cp312-cp312-win_amd64`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// Which Pythons.
    pub python: PythonTag,
    /// Which ABI.
    pub abi: AbiTag,
    /// Which systems.
    pub platform: PlatformTag,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

/// The name of a wheel file, which says where it works.
///
/// Ex) `hello-1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelFilename {
    /// The project.
    pub name: DistributionName,
    /// Its version, normalized by PEP 440.
    pub version: Version,
    /// Which Pythons.
    pub python: PythonTag,
    /// Which ABIs: a compressed tag set, sorted.
    ///
    /// Ex) `abi3.abi3t` for modules that both kinds of `CPython` load
    pub abis: BTreeSet<AbiTag>,
    /// Which systems: a compressed tag set, sorted.
    pub platforms: BTreeSet<PlatformTag>,
}

impl WheelFilename {
    /// Every tag that the name stands for, sorted.
    pub fn tags(&self) -> impl Iterator<Item = Tag> + '_ {
        self.abis.iter().flat_map(|abi| {
            self.platforms.iter().map(|platform| Tag {
                python: self.python,
                abi: *abi,
                platform: *platform,
            })
        })
    }

    /// The part of the name that the wheel's own folders begin with.
    ///
    /// Ex) `hello-1.0`, for `hello-1.0.dist-info/`
    pub fn stem(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// The tag part of the name, as the report shows it.
    ///
    /// Ex) `cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64`
    pub fn tag_set(&self) -> String {
        let [abis, platforms] = [compressed(&self.abis), compressed(&self.platforms)];
        format!("{}-{abis}-{platforms}", self.python)
    }
}

/// A compressed tag set as names have it.
pub(crate) fn compressed<T: ToString>(tags: &BTreeSet<T>) -> String {
    let mut tags: Vec<_> = tags.iter().map(ToString::to_string).collect();
    tags.sort_unstable();
    tags.join(".")
}

impl fmt::Display for WheelFilename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}.whl", self.stem(), self.tag_set())
    }
}

impl FromStr for WheelFilename {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || ParseTagError::new(text, "wheel name like hello-1.0-cp312-cp312-win_amd64.whl");
        let stem = text.strip_suffix(".whl").ok_or_else(wrong)?;
        let parts: Vec<_> = stem.split('-').collect();
        let [name, version, python, abis, platforms] = parts[..] else {
            return Err(wrong());
        };
        let filename = Self {
            name: name.parse()?,
            version: version.parse().map_err(|_| wrong())?,
            python: python.parse()?,
            abis: abis.split('.').map(str::parse).collect::<Result<_, _>>()?,
            platforms: platforms
                .split('.')
                .map(str::parse)
                .collect::<Result<_, _>>()?,
        };
        Ok(filename)
    }
}

serialize_as_display!(DistributionName, Tag, WheelFilename);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalized_for_file_names() {
        for (written, normalized) in [
            ("hello", "hello"),
            ("Friendly-Bard", "friendly_bard"),
            ("FRIENDLY.BARD", "friendly_bard"),
            ("friendly-_.--bard", "friendly_bard"),
            ("a2.B", "a2_b"),
        ] {
            assert_eq!(
                written.parse::<DistributionName>().unwrap().as_str(),
                normalized
            );
        }
        for wrong in ["", "-a", "a-", "a b", "é", "a/b", ".."] {
            assert!(wrong.parse::<DistributionName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn filenames_survive_a_round_trip() {
        for text in [
            "hello-1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
            "hello-1!2.0rc1.post2.dev3-cp313-cp313t-macosx_11_0_arm64.whl",
            "a_b-0.0.1-cp39-abi3-win_amd64.whl",
            "a_b-0.0.1-cp315-abi3t-win_amd64.whl",
            "a_b-0.0.1-cp315-abi3.abi3t-macosx_11_0_arm64.whl",
            "a_b-0.0.1-py3-none-macosx_10_9_x86_64.whl",
        ] {
            assert_eq!(text.parse::<WheelFilename>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_wheel_is_refused() {
        for text in [
            "",
            "hello.whl",
            "hello-1.0-cp312-cp312.whl",
            "hello-1.0-cp312-cp312-win_amd64.zip",
        ] {
            assert!(text.parse::<WheelFilename>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_compressed_tag_set_stands_for_each_of_its_tags() {
        let text = "hello-1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl";
        let filename: WheelFilename = text.parse().unwrap();
        let tags: Vec<_> = filename.tags().map(|tag| tag.to_string()).collect();
        assert_eq!(
            tags,
            [
                "cp312-cp312-manylinux2014_x86_64",
                "cp312-cp312-manylinux_2_17_x86_64"
            ]
        );
        let filename: WheelFilename = "hello-1.0-cp315-abi3.abi3t-win32.win_amd64.whl"
            .parse()
            .unwrap();
        let tags: Vec<_> = filename.tags().map(|tag| tag.to_string()).collect();
        assert_eq!(
            tags,
            [
                "cp315-abi3-win32",
                "cp315-abi3-win_amd64",
                "cp315-abi3t-win32",
                "cp315-abi3t-win_amd64"
            ]
        );
    }
}
