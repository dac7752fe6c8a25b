//! The parts of the project that go into the wheel: its packages, and the folders of
//! `data`, `scripts` and `headers`.

use std::path::{Path, PathBuf};

use super::{Kind, packages};
use crate::error::Problem;
use crate::options::Place;
use crate::project::Project;

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

/// Everything that the wheel takes files from, and what may surprise about it.
pub(super) fn all(project: &Project, problems: &mut Vec<Problem>) -> (Vec<Area>, Vec<String>) {
    let packages = packages::find(project, problems);
    let notes = packages.note(project).into_iter().collect();
    let mut areas = packages.areas;
    let config = &project.config;
    let stem = project.stem();
    for (name, key, kind) in [
        ("data", &config.data, Kind::Data),
        ("scripts", &config.scripts, Kind::Script),
        ("headers", &config.headers, Kind::Header),
    ] {
        let Some(folder) = key else { continue };
        let source = project.root.join(&folder.value);
        if source.is_dir() {
            areas.push(Area {
                source,
                place: format!("{stem}.data/{name}"),
                kind,
            });
        } else {
            problems.push(no_folder(name, &folder.value, folder.place));
        }
    }
    (areas, notes)
}

pub(super) fn no_folder(key: &str, folder: &str, place: Place) -> Problem {
    Problem::new(format!(
        "tool.pyz3-wheel.{key}: there is no folder `{folder}`"
    ))
    .at(place)
    .hint("name folders relative to pyproject.toml, like \"src/hello\"")
}
