//! What the metadata of a wheel or sdist declares to resolvers.

use pep440_rs::VersionSpecifiers;

use super::finding::Finding;
use crate::error::Problem;
use crate::metadata::headers::Headers;
use crate::metadata::values;

/// The memory limit for what one file declares, in bytes. All files of a call keep theirs at the same time.
const LARGEST: usize = 256 << 10;

/// The findings of a wheel or sdist, sorted by severity and file, and what its metadata declares, if the metadata
/// can be read.
pub type Examined = (Vec<Finding>, Option<Declared>);

/// The fields of METADATA or PKG-INFO that resolvers use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The version of the metadata.
    metadata_version: Option<String>,
    /// The dependencies, sorted.
    pub(super) requires_dist: Vec<String>,
    /// The Pythons.
    pub(super) requires_python: Option<String>,
    /// The extras, sorted.
    pub(super) provides_extra: Vec<String>,
    /// The fields that a build may change.
    dynamic: Vec<String>,
}

impl Declared {
    /// Whether a build cannot change a field (PEP 643).
    pub(super) fn is_static(&self, field: &str) -> bool {
        let is_old = self.is_before_2_2();
        let is_dynamic = self
            .dynamic
            .iter()
            .any(|name| name.eq_ignore_ascii_case(field));
        !is_old && !is_dynamic
    }

    /// Whether the metadata cannot say which fields a build may change.
    pub(super) fn is_before_2_2(&self) -> bool {
        let version = self.metadata_version.as_deref();
        version.is_none_or(|version| matches!(version, "1.0" | "1.1" | "1.2" | "2.1"))
    }

    fn bytes(&self) -> usize {
        let lists = [&self.requires_dist, &self.provides_extra, &self.dynamic];
        let values = lists.into_iter().flatten();
        let single = self.metadata_version.iter().chain(&self.requires_python);
        values
            .chain(single)
            .map(|value| value.len() + size_of::<String>())
            .sum()
    }

    /// A copy to keep until all files of a call have been checked; `None` if it would need too much memory.
    pub(super) fn to_keep(&self) -> Option<Self> {
        (self.bytes() <= LARGEST).then(|| self.clone())
    }

    /// Requires-Python, if it is valid.
    pub(super) fn specifiers(&self) -> Option<VersionSpecifiers> {
        parse_requires_python(self.requires_python.as_deref()?).ok()
    }

    /// Reads METADATA or PKG-INFO; `None` if it cannot be read.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (headers, _) = Headers::parse(std::str::from_utf8(bytes).ok()?).ok()?;
        Some(Self::of(&headers))
    }

    pub(super) fn of(headers: &Headers) -> Self {
        let first = |name| headers.first(name).map(|value| value.trim().to_owned());
        let sorted = |name| {
            let mut values = headers.all(name).to_vec();
            values.sort_unstable();
            values.dedup();
            values
        };
        Self {
            metadata_version: first("metadata-version"),
            requires_dist: sorted("requires-dist"),
            requires_python: first("requires-python"),
            provides_extra: sorted("provides-extra"),
            dynamic: headers.all("dynamic").to_vec(),
        }
    }
}

/// Parses the value of Requires-Python. Installers and indexes accept commas at both ends.
pub(super) fn parse_requires_python(text: &str) -> Result<VersionSpecifiers, Problem> {
    values::check_requires_python(text.trim_matches(|c: char| c == ',' || c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_headers_declare_something() {
        let of = |text: &str| Declared::parse(text.as_bytes()).unwrap();
        let declared = of("Name: x\nRequires-Python: >=3.9,\n\nRequires-Dist: y");
        assert_eq!(declared.requires_dist, [""; 0]);
        assert_eq!(declared.specifiers(), ">=3.9".parse().ok());
        assert_eq!(of("Requires-Dist: y\n").requires_dist, ["y"]);
        assert_eq!(of("Requires-Python: 3.9\n").specifiers(), None);
    }

    #[test]
    fn a_file_that_declares_too_much_is_not_kept() {
        let many = |count| Declared::parse("Requires-Dist: y\n".repeat(count).as_bytes()).unwrap();
        let distinct = (0..LARGEST / 32).map(|index| format!("Requires-Dist: y{index:07}\n"));
        let distinct: String = distinct.collect();
        assert!(many(LARGEST).to_keep().is_some());
        let kept = Declared::parse(distinct.as_bytes()).unwrap().to_keep();
        assert!(kept.is_some());
        let more = format!("{distinct}Requires-Dist: z\n");
        assert_eq!(Declared::parse(more.as_bytes()).unwrap().to_keep(), None);
    }
}
