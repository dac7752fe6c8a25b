//! What the metadata of a wheel or sdist declares to resolvers.

use crate::metadata::headers::Headers;

/// The fields of METADATA or PKG-INFO that resolvers use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The version of the metadata.
    pub(super) metadata_version: Option<String>,
    /// The dependencies, sorted.
    pub(super) requires_dist: Vec<String>,
    /// The Pythons.
    pub(super) requires_python: Option<String>,
    /// The extras, sorted.
    pub(super) provides_extra: Vec<String>,
    /// The fields that a build may change, in lowercase.
    pub(super) dynamic: Vec<String>,
}

impl Declared {
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
        let dynamic = headers.all("dynamic").iter();
        Some(Self {
            metadata_version: first("metadata-version"),
            requires_dist: sorted("requires-dist"),
            requires_python: first("requires-python"),
            provides_extra: sorted("provides-extra"),
            dynamic: dynamic.map(|name| name.to_ascii_lowercase()).collect(),
        })
    }
}
