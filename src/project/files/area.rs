//! The parts of the project that go into the wheel: its packages, and the folders of
//! `data`, `scripts` and `headers`.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Kind;
use crate::error::Problem;
use crate::project::pyproject::Located;
use crate::project::{Project, walk};

/// A folder (or a single module) and its place in the wheel.
#[derive(Debug)]
pub(super) struct Area {
    pub(super) source: PathBuf,
    /// Its place, with `/`.
    pub(super) place: String,
    pub(super) kind: Kind,
}

/// Everything that the wheel takes files from.
pub(super) fn all(project: &Project, problems: &mut Vec<Problem>) -> Vec<Area> {
    let mut areas = packages(project, problems);
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
    areas
}

fn no_folder(key: &str, folder: &str, place: &str) -> Problem {
    Problem::new(format!(
        "tool.pyz3-wheel.{key}: there is no folder `{folder}`"
    ))
    .at(place)
    .hint("name folders relative to pyproject.toml, like \"src/hello\"")
}

/// The top-level packages and modules.
pub(super) fn packages(project: &Project, problems: &mut Vec<Problem>) -> Vec<Area> {
    let Some(packages) = &project.config.packages else {
        return default_package(project).into_iter().collect();
    };
    let mut areas = Vec::new();
    for package in &packages.value {
        let source = project.root.join(package);
        if !source.is_dir() {
            problems.push(no_folder("packages", package, &packages.place));
            continue;
        }
        match place(package, project.config.python_source.as_ref()) {
            Ok(place) if is_reserved(&place) => problems.push(
                Problem::new(format!(
                    "tool.pyz3-wheel.packages: `{place}` is a name that wheels have for their own folders"
                ))
                .at(&packages.place)
                .hint("rename the folder; what else is to be installed goes by data, scripts or headers"),
            ),
            Ok(place) => areas.push(Area {
                source,
                place,
                kind: Kind::Package,
            }),
            Err(problem) => problems.push(problem.at(&packages.place)),
        }
    }
    areas
}

/// Whether the first folder is one that the format of wheels keeps for itself.
fn is_reserved(place: &str) -> bool {
    let first = place.split('/').next().unwrap_or_default();
    let (_, ending) = first.rsplit_once('.').unwrap_or_default();
    ["dist-info", "data"]
        .iter()
        .any(|kept| kept.eq_ignore_ascii_case(ending))
}

/// A package is named by its folder, or by all folders below `python-source`.
fn place(package: &str, source: Option<&Located<String>>) -> Result<String, Problem> {
    let parts = |path: &str| -> Vec<String> {
        let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
        parts.map(str::to_owned).collect()
    };
    let package_parts = parts(package);
    let Some(source) = source else {
        return Ok(package_parts.last().cloned().unwrap_or_default());
    };
    let below = package_parts.strip_prefix(&parts(&source.value)[..]);
    below
        .filter(|below| !below.is_empty())
        .map(|below| below.join("/"))
        .ok_or_else(|| {
            let folder = &source.value;
            Problem::new(format!(
                "tool.pyz3-wheel.packages: `{package}` is not below python-source, `{folder}`"
            ))
            .hint("name a folder below it, or remove python-source")
        })
}

/// The package or module that the project's name leads to.
fn default_package(project: &Project) -> Option<Area> {
    let name = project.metadata.name();
    let mut names = vec![
        project.metadata.distribution().as_str().to_owned(),
        name.replace(['-', '.'], "_"),
    ];
    // `ns.hello` or `ns-hello` may be a package in a namespace.
    for separators in [&['.'][..], &['.', '-']] {
        let dotted = name.replace(separators, "/").replace('-', "_");
        if dotted.contains('/') {
            names.push(dotted.to_lowercase());
            names.push(dotted);
        }
    }
    let root = &project.root;
    let parents = match &project.config.python_source {
        Some(source) => vec![root.join(&source.value)],
        None => vec![root.join("src"), root.clone()],
    };
    let find = |parents: &[PathBuf], ending: &str, fits: fn(&Path) -> bool| {
        parents.iter().find_map(|parent| {
            names.iter().find_map(|name| {
                let place = format!("{name}{ending}");
                let source = descend(parent, &place).filter(|path| fits(path))?;
                Some(Area {
                    source,
                    place,
                    kind: Kind::Package,
                })
            })
        })
    };
    let package = find(&parents, "", holds_python);
    let modules: Vec<_> = parents.iter().rev().cloned().collect();
    package.or_else(|| find(&modules, ".py", Path::is_file))
}

/// What lies at a path below a folder, if it is spelt exactly so (some file systems find it in any
/// case) and the folders on the way are no packages themselves.
fn descend(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut found = folder.to_owned();
    for (i, part) in path.split('/').enumerate() {
        if i > 0 && found.join("__init__.py").exists() {
            return None;
        }
        found = child(&found, part)?;
    }
    Some(found)
}

fn child(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut entries = fs_err::read_dir(folder)
        .ok()?
        .filter_map(std::result::Result::ok);
    entries
        .find(|entry| entry.file_name() == name)
        .map(|entry| entry.path())
}

/// Whether there is anything of Python below the folder: `src/NAME/` may hold Zig only.
fn holds_python(folder: &Path) -> bool {
    WalkDir::new(folder)
        .follow_root_links(true)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !walk::is_made(entry, Path::new("")))
        .filter_map(std::result::Result::ok)
        .any(|entry| {
            let ending = entry.path().extension().and_then(|ending| ending.to_str());
            entry.depth() > 0
                && (matches!(ending, Some("py" | "pyi")) || entry.file_name() == "py.typed")
        })
}
