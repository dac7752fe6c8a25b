//! What the metadata of a wheel or sdist declares to resolvers.

use super::finding::Finding;
use crate::metadata::headers::Headers;

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

    /// Reads METADATA or PKG-INFO; `None` if it cannot be read.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (headers, _) = Headers::parse(std::str::from_utf8(bytes).ok()?).ok()?;
        let first = |name| headers.first(name).map(|value| value.trim().to_owned());
        let sorted = |name| {
            let mut values = headers.all(name).to_vec();
            values.sort_unstable();
            values.dedup();
            values
        };
        Some(Self {
            metadata_version: first("metadata-version"),
            requires_dist: sorted("requires-dist"),
            requires_python: first("requires-python"),
            provides_extra: sorted("provides-extra"),
            dynamic: headers.all("dynamic").to_vec(),
        })
    }
}
