//! The parts of the project that go into the wheel: its packages, and the folders of
//! `data`, `scripts` and `headers`.

use std::path::{Path, PathBuf};

use super::file::Kind;
use crate::error::Problem;
use crate::options::Place;

/// A folder (or a single module) and its place in the wheel.
#[derive(Debug)]
pub(super) struct Area {
    pub(super) source: PathBuf,
    /// Its place, with `/`.
    pub(super) place: String,
    pub(super) kind: Kind,
}

impl Area {
    /// Whether a file belongs to another package, although it is below this area's folder or would have
    /// its place in this area: a package and its subpackage can come from different folders.
    ///
    /// `place` is the file's place in the wheel as a part of this area.
    pub(super) fn leaves_to(&self, other: &Self, file: &Path, place: &str) -> bool {
        let is_below = |inner: &str, outer: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let is_inner = is_below(&other.place, &self.place);
        if self.kind != Kind::Package
            || other.kind != Kind::Package
            || !is_inner && !is_below(&self.place, &other.place)
        {
            return false;
        }
        let is_deeper = other.source != self.source && other.source.starts_with(&self.source);
        is_deeper && file.starts_with(&other.source)
            || is_inner && (place == other.place || is_below(place, &other.place))
    }
}

pub(super) fn no_folder(key: &str, folder: &str, place: Place) -> Problem {
    Problem::new(format!(
        "tool.pyz3-wheel.{key}: `{folder}` is not an existing folder"
    ))
    .at(place)
    .hint("name folders relative to pyproject.toml, like \"src/hello\"")
}
