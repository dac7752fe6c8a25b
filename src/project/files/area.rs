//! The parts of the project that go into the wheel: its packages, and the folders of
//! `data`, `scripts` and `headers`.

use std::path::PathBuf;

use super::{Kind, packages};
use crate::error::Problem;
use crate::project::Project;

/// A folder (or a single module) and its place in the wheel.
#[derive(Debug)]
pub(super) struct Area {
    pub(super) source: PathBuf,
    /// Its place, with `/`.
    pub(super) place: String,
    pub(super) kind: Kind,
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
            problems.push(no_folder(name, &folder.value, &folder.place));
        }
    }
    (areas, notes)
}

pub(super) fn no_folder(key: &str, folder: &str, place: &str) -> Problem {
    Problem::new(format!(
        "tool.pyz3-wheel.{key}: there is no folder `{folder}`"
    ))
    .at(place)
    .hint("name folders relative to pyproject.toml, like \"src/hello\"")
}
