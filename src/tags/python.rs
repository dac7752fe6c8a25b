//! Python and ABI tags: `cp312`, `cp313t`, `abi3`, `none`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::{ParseTagError, serialize_as_display};

/// A feature release of Python.
///
/// Ex) `3.12`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PythonVersion {
    /// The `3` of `3.12`.
    pub major: u8,
    /// The `12` of `3.12`.
    pub minor: u8,
}

impl PythonVersion {
    /// `PythonVersion::new(3, 12)` is Python 3.12.
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// The two numbers without a dot, as tags and DLL names have them.
    ///
    /// Ex) `312`
    pub fn nodot(self) -> String {
        format!("{}{}", self.major, self.minor)
    }

    /// What `Py_LIMITED_API` must be for a module that runs on this version and later ones.
    ///
    /// Ex) `0x030C0000`; source: CPython's "C API Stability".
    pub fn limited_api(self) -> String {
        format!("0x{:02X}{:02X}0000", self.major, self.minor)
    }

    /// `312` is 3.12.
    pub(crate) fn from_nodot(text: &str) -> Option<Self> {
        let (major, minor) = text.split_at_checked(1)?;
        Self::from_numbers(major, minor)
    }

    fn from_numbers(major: &str, minor: &str) -> Option<Self> {
        let number = |text: &str| {
            let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let canonical = text == "0" || !text.starts_with('0');
            (plain && canonical).then(|| text.parse().ok()).flatten()
        };
        Some(Self::new(number(major)?, number(minor)?))
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for PythonVersion {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('.')
            .and_then(|(major, minor)| Self::from_numbers(major, minor))
            .ok_or_else(|| ParseTagError::new(text, "Python version like 3.12"))
    }
}

/// A CPython that has an ABI of its own: a feature release, with the GIL or free-threaded (PEP 703).
///
/// Ex) `3.13`, `3.13t`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CPython {
    /// The feature release.
    pub version: PythonVersion,
    /// Whether it is built to run without the GIL.
    pub free_threaded: bool,
}

impl CPython {
    /// The build with the GIL.
    pub const fn with_gil(version: PythonVersion) -> Self {
        Self {
            version,
            free_threaded: false,
        }
    }

    /// The build without the GIL.
    pub const fn free_threaded(version: PythonVersion) -> Self {
        Self {
            version,
            free_threaded: true,
        }
    }

    /// What CPython calls `sys.abiflags`: what tags, DLL names and folders have behind the version.
    ///
    /// Ex) `t`; empty with the GIL
    pub const fn abi_flags(self) -> &'static str {
        if self.free_threaded { "t" } else { "" }
    }

    /// The version without a dot, with the flags.
    ///
    /// Ex) `313t`
    pub fn nodot(self) -> String {
        format!("{}{}", self.version.nodot(), self.abi_flags())
    }

    /// `313t` is 3.13t.
    pub(crate) fn from_nodot(text: &str) -> Option<Self> {
        Self::parse(text, PythonVersion::from_nodot)
    }

    /// What people write for a `CPython`: with or without dots, a patch release or the name in front of it.
    ///
    /// Ex) `3.12`, `312`, `cp312`, `3.12.1`, `3.13t`, `cpython-3.12`
    pub fn spelled(text: &str) -> Option<Self> {
        let plain = text
            .strip_prefix("cpython")
            .map(|rest| rest.strip_prefix(['-', '@']).unwrap_or(rest))
            .or_else(|| text.strip_prefix("cp"))
            .unwrap_or(text);
        Self::parse(plain, |version| {
            let mut parts = version.split('.');
            match (parts.next()?, parts.next(), parts.next(), parts.next()) {
                (nodot, None, _, _) => PythonVersion::from_nodot(nodot),
                (major, Some(minor), None, _) => PythonVersion::from_numbers(major, minor),
                (major, Some(minor), Some(patch), None) => patch
                    .parse::<u8>()
                    .ok()
                    .and_then(|_| PythonVersion::from_numbers(major, minor)),
                (_, Some(_), Some(_), Some(_)) => None,
            }
        })
    }

    fn parse(text: &str, version: impl Fn(&str) -> Option<PythonVersion>) -> Option<Self> {
        match text.strip_suffix('t') {
            Some(rest) => version(rest).map(Self::free_threaded),
            None => version(text).map(Self::with_gil),
        }
    }
}

impl fmt::Display for CPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.version, self.abi_flags())
    }
}

impl FromStr for CPython {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text, |text| text.parse().ok())
            .ok_or_else(|| ParseTagError::new(text, "CPython like 3.12 or 3.13t"))
    }
}

/// How wheels are built for a `CPython`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// `--all-pythons` includes it.
    Default,
    /// Wheels are built for it only when it is requested by name.
    ByName,
    /// A pre-release, whose ABI may still change: wheels are built for it only when it is requested by
    /// name, and with a warning.
    Preview,
}

/// A feature release that wheels can be built for.
struct FeatureRelease {
    minor: u8,
    with_gil: Support,
    /// `None` where `CPython` has no such build, or wheels are no longer built for it.
    free_threaded: Option<Support>,
}

/// Every `CPython` that wheels can be built for, oldest first: the only place that lists them.
const RELEASES: &[FeatureRelease] = {
    use Support::{ByName, Default, Preview};
    const fn release(
        minor: u8,
        with_gil: Support,
        free_threaded: Option<Support>,
    ) -> FeatureRelease {
        FeatureRelease {
            minor,
            with_gil,
            free_threaded,
        }
    }
    &[
        release(9, Default, None),
        release(10, Default, None),
        release(11, Default, None),
        release(12, Default, None),
        // Free-threading was an experiment in this release (PEP 779).
        release(13, Default, Some(ByName)),
        release(14, Default, Some(Default)),
        release(15, Default, Some(Default)),
        release(16, Preview, Some(Preview)),
    ]
};

impl CPython {
    /// How wheels are built for it; `None` if it is not supported.
    pub fn support(self) -> Option<Support> {
        let mut builds = known_builds();
        let found = builds.find(|(python, _)| *python == self);
        found.map(|(_, support)| support)
    }
}

fn known_builds() -> impl DoubleEndedIterator<Item = (CPython, Support)> {
    RELEASES.iter().flat_map(|release| {
        let version = PythonVersion::new(3, release.minor);
        let free_threaded = release
            .free_threaded
            .map(|support| (CPython::free_threaded(version), support));
        std::iter::once((CPython::with_gil(version), release.with_gil)).chain(free_threaded)
    })
}

/// Every `CPython` that wheels can be built for, previews included, oldest first.
pub fn known_pythons() -> impl DoubleEndedIterator<Item = CPython> {
    known_builds().map(|(python, _)| python)
}

/// Every released `CPython` that wheels can be built for, oldest first.
pub fn supported_pythons() -> impl DoubleEndedIterator<Item = CPython> {
    let released = known_builds().filter(|(_, support)| *support != Support::Preview);
    released.map(|(python, _)| python)
}

/// The feature releases of [`supported_pythons`], oldest first.
pub fn supported_versions() -> impl DoubleEndedIterator<Item = PythonVersion> {
    let with_gil = supported_pythons().filter(|python| !python.free_threaded);
    with_gil.map(|python| python.version)
}

/// The `CPython`s that `--all-pythons` includes, oldest first.
pub fn default_pythons() -> impl DoubleEndedIterator<Item = CPython> {
    let default = known_builds().filter(|(_, support)| *support == Support::Default);
    default.map(|(python, _)| python)
}

/// The feature releases that wheels can be built for, for messages.
///
/// Ex) `3.9 to 3.15`
pub fn supported_range() -> String {
    let ends = [
        supported_versions().next(),
        supported_versions().next_back(),
    ];
    let ends: Vec<_> = ends.iter().flatten().map(ToString::to_string).collect();
    ends.join(" to ")
}

/// The first `CPython` that has a stable ABI for free-threaded builds (PEP 803).
pub const FIRST_ABI3T: PythonVersion = PythonVersion::new(3, 15);

/// The first part of a tag: which Pythons can load the wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PythonTag {
    /// Any Python 3.
    ///
    /// Ex) `py3`
    Py3,
    /// CPython of this version (with the `abi3` ABI: and every later one).
    ///
    /// Ex) `cp312`
    CPython(PythonVersion),
}

impl fmt::Display for PythonTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Py3 => f.write_str("py3"),
            Self::CPython(version) => write!(f, "cp{}", version.nodot()),
        }
    }
}

impl FromStr for PythonTag {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "py3" {
            return Ok(Self::Py3);
        }
        text.strip_prefix("cp")
            .and_then(PythonVersion::from_nodot)
            .map(Self::CPython)
            .ok_or_else(|| ParseTagError::new(text, "Python tag like cp312 or py3"))
    }
}

/// The second part of a tag: which binary interface the native modules use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AbiTag {
    /// None of Python's: shared libraries for ctypes or cffi.
    ///
    /// Ex) `none`
    None,
    /// The stable ABI (PEP 384).
    ///
    /// Ex) `abi3`
    Abi3,
    /// The stable ABI for free-threaded builds (PEP 803), from [`FIRST_ABI3T`] on.
    ///
    /// Ex) `abi3t`
    Abi3t,
    /// The full API of one CPython.
    ///
    /// Ex) `cp312`, `cp313t`
    CPython(CPython),
}

impl AbiTag {
    /// The ABI tags of a wheel whose modules have this ABI: every Python that loads abi3t modules and has
    /// the GIL looks for the tag `abi3` too.
    pub fn of_wheel(self) -> BTreeSet<Self> {
        match self {
            Self::Abi3t => BTreeSet::from([Self::Abi3, Self::Abi3t]),
            Self::None | Self::Abi3 | Self::CPython(_) => BTreeSet::from([self]),
        }
    }
}

impl fmt::Display for AbiTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Abi3 => f.write_str("abi3"),
            Self::Abi3t => f.write_str("abi3t"),
            Self::CPython(python) => write!(f, "cp{}", python.nodot()),
        }
    }
}

impl FromStr for AbiTag {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            "abi3" => Ok(Self::Abi3),
            "abi3t" => Ok(Self::Abi3t),
            _ => text
                .strip_prefix("cp")
                .and_then(CPython::from_nodot)
                .map(Self::CPython)
                .ok_or_else(|| {
                    ParseTagError::new(text, "ABI tag like cp312, cp313t, abi3, abi3t or none")
                }),
        }
    }
}

serialize_as_display!(PythonVersion, CPython, PythonTag, AbiTag);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_survives_a_round_trip() {
        for minor in 0..=20 {
            let version = PythonVersion::new(3, minor);
            assert_eq!(version.to_string().parse(), Ok(version));
            let tag = PythonTag::CPython(version);
            assert_eq!(tag.to_string().parse(), Ok(tag));
            for python in [CPython::with_gil(version), CPython::free_threaded(version)] {
                assert_eq!(python.to_string().parse(), Ok(python));
                assert_eq!(CPython::from_nodot(&python.nodot()), Some(python));
                let abi = AbiTag::CPython(python);
                assert_eq!(abi.to_string().parse(), Ok(abi));
            }
        }
        assert_eq!("py3".parse(), Ok(PythonTag::Py3));
        for (text, abi) in [
            ("none", AbiTag::None),
            ("abi3", AbiTag::Abi3),
            ("abi3t", AbiTag::Abi3t),
        ] {
            assert_eq!(text.parse(), Ok(abi));
            assert_eq!(abi.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in [
            "", "3", "3.", ".12", "3.012", "3.+1", "3.12.1", "cp312", "3.999",
        ] {
            assert!(text.parse::<PythonVersion>().is_err(), "{text}");
            assert!(text.parse::<CPython>().is_err(), "{text}");
        }
        for text in ["t", "3t", "3.13tt", "3.13 t", "3.t13"] {
            assert!(text.parse::<CPython>().is_err(), "{text}");
        }
        for text in [
            "", "cp", "cp3", "cp3_12", "cp3012", "pp310", "py2", "cp313t",
        ] {
            assert!(text.parse::<PythonTag>().is_err(), "{text}");
        }
        for text in ["", "cp", "abi4", "abi3tt", "abi3.abi3t", "cp313tt", "cpt"] {
            assert!(text.parse::<AbiTag>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_free_threaded_build_is_told_by_its_flag_and_follows_the_one_with_the_gil() {
        let version = PythonVersion::new(3, 13);
        let (gil, free) = (CPython::with_gil(version), CPython::free_threaded(version));
        assert_eq!(
            (gil.to_string(), free.to_string()),
            ("3.13".into(), "3.13t".into())
        );
        assert_eq!(AbiTag::CPython(free).to_string(), "cp313t");
        assert_eq!(serde_json::json!(free), "3.13t");
        let later = CPython::with_gil(PythonVersion::new(3, 14));
        assert!(gil < free && free < later);
    }

    #[test]
    fn the_table_of_pythons_is_sorted_and_says_how_each_is_supported() {
        assert!(known_pythons().is_sorted());
        for (text, support) in [
            ("3.8", None),
            ("3.9", Some(Support::Default)),
            ("3.12t", None),
            ("3.13", Some(Support::Default)),
            ("3.13t", Some(Support::ByName)),
            ("3.14t", Some(Support::Default)),
            ("3.99", None),
            ("4.14", None),
        ] {
            assert_eq!(
                text.parse::<CPython>().unwrap().support(),
                support,
                "{text}"
            );
        }
        let python = |text: &str| text.parse::<CPython>().unwrap();
        assert!(default_pythons().any(|one| one == python("3.14t")));
        assert!(!default_pythons().any(|one| one == python("3.13t")));
        assert!(supported_pythons().any(|one| one == python("3.13t")));
        // Previews are newer than everything that is released.
        assert!(
            known_pythons()
                .zip(supported_pythons())
                .all(|(one, other)| one == other)
        );
        assert!(supported_range().starts_with("3.9 to 3."));
    }

    #[test]
    fn the_limited_api_is_a_hexversion() {
        assert_eq!(PythonVersion::new(3, 9).limited_api(), "0x03090000");
        assert_eq!(PythonVersion::new(3, 12).limited_api(), "0x030C0000");
    }
}
