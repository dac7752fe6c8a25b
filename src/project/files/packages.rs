//! Which Python packages and modules the wheel has, and where they lie in the project.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Kind;
use super::area::{Area, no_folder};
use crate::error::Problem;
use crate::metadata::identifier::is_ascii_identifier;
use crate::project::source::Located;
use crate::project::{Project, walk};

/// The folders in which packages lie, by custom, in the order in which they are searched.
const ROOTS: [&str; 4] = ["src", "", "lib", "python"];

/// Folders in the project's root that setuptools does not take for the project's package either, and
/// more names of what is written for developers.
const NOT_PACKAGED: [&str; 36] = [
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "bin",
    "build",
    "changelog",
    "ci",
    "debian",
    "demo",
    "demos",
    "dist",
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "exercise",
    "exercises",
    "htmlcov",
    "manpages",
    "news",
    "newsfragments",
    "python",
    "script",
    "scripts",
    "tasks",
    "test",
    "tests",
    "tool",
    "tools",
    "unit_test",
    "unit_tests",
    "util",
    "utils",
    "vendor",
];

/// The packages of the wheel.
#[derive(Debug, Default)]
pub(super) struct Packages {
    pub(super) areas: Vec<Area>,
    /// The package that the project's own name leads to, by its place among the areas.
    main: Option<usize>,
    /// Whether nothing names the packages: they are the only ones in the project.
    guessed: bool,
}

impl Packages {
    /// The dotted name of the package that what has no other place goes into.
    pub(super) fn main(&self) -> Option<String> {
        let main = if let Some(main) = self.main {
            self.areas.get(main)
        } else {
            let is_part = |area: &Area| {
                let rest = |outer: &Area| area.place.strip_prefix(&outer.place);
                let mut outer = self.areas.iter().filter_map(rest);
                outer.any(|rest| rest.starts_with('/'))
            };
            let is_code = |area: &&Area| {
                area.source.is_dir() && !area.place.ends_with("-stubs") && !is_part(area)
            };
            let mut code = self.areas.iter().filter(is_code);
            code.next().filter(|_| code.next().is_none())
        };
        let main = main.filter(|area| area.source.is_dir())?;
        Some(main.place.replace('/', "."))
    }

    /// Says which packages were found without being named anywhere.
    pub(super) fn note(&self, project: &Project) -> Option<String> {
        let folders = self.areas.iter().map(|area| {
            let below = area.source.strip_prefix(&project.root);
            below.unwrap_or(&area.source).display().to_string()
        });
        let folders = folders.collect::<Vec<_>>().join(", ");
        self.guessed.then(|| {
            format!(
                "pyproject.toml does not name the package {folders}; the wheel contains it because the project has no other \
                 (set `packages` in [tool.pyz3-wheel] to choose)"
            )
        })
    }

    fn covers(&self, name: &str) -> bool {
        let place = name.replace('.', "/");
        self.areas.iter().any(|area| {
            let area = area.place.strip_suffix(".py").unwrap_or(&area.place);
            place
                .strip_prefix(area)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// The top-level packages and modules: those of `packages`, else those of another backend's table, else
/// the one that the project's name leads to; with them what modules, import names and entry points
/// name. Where all of that leads to nothing, the only packages that there are.
pub(super) fn find(project: &Project, problems: &mut Vec<Problem>) -> Packages {
    let config = &project.config;
    if let Some(packages) = &config.packages {
        return Packages {
            areas: configured(project, packages, problems),
            ..Packages::default()
        };
    }
    let roots = roots(project);
    let mut found = Packages::default();
    if let Some(packages) = &config.layout.packages {
        let areas = packages.value.iter();
        let areas = areas.map(|package| Area {
            source: project.root.join(&package.folder),
            place: package.place.clone(),
            kind: Kind::Package,
        });
        found.areas = areas.collect();
    } else {
        found.areas.extend(default_package(project, &roots));
        found.main = (!found.areas.is_empty()).then_some(0);
    }
    for name in named(project) {
        if !found.covers(&name) {
            found.areas.extend(lead(&roots, &name));
        }
    }
    if found.areas.is_empty() {
        found.areas = the_only_packages(project, &roots);
        found.guessed = !found.areas.is_empty();
    }
    found
}

/// The packages and modules that the project names elsewhere, dotted.
fn named(project: &Project) -> Vec<String> {
    let modules = project.modules().filter_map(|module| module.package());
    let package = project
        .config
        .package
        .iter()
        .map(|name| name.value.as_str());
    let metadata = &project.metadata;
    let names = modules.chain(package).map(str::to_owned);
    names
        .chain(metadata.import_names().map(str::to_owned))
        .chain(metadata.entry_point_modules().map(str::to_owned))
        .collect()
}

/// The folders in which packages are searched.
fn roots(project: &Project) -> Vec<PathBuf> {
    let root = &project.root;
    if let Some(source) = &project.config.python_source {
        return vec![root.join(&source.value)];
    }
    let told = project.config.layout.roots.iter().map(String::as_str);
    let mut roots: Vec<PathBuf> = Vec::new();
    for folder in told.chain(ROOTS) {
        let folder = match folder {
            "" => root.clone(),
            folder => root.join(folder),
        };
        if !roots.contains(&folder) {
            roots.push(folder);
        }
    }
    roots
}

/// The packages that `packages` of our own table names.
fn configured(
    project: &Project,
    packages: &Located<Vec<String>>,
    problems: &mut Vec<Problem>,
) -> Vec<Area> {
    let mut areas = Vec::new();
    for package in &packages.value {
        let source = project.root.join(package);
        if !source.is_dir() {
            problems.push(no_folder("packages", package, packages.place));
            continue;
        }
        match place(package, project.config.python_source.as_ref()) {
            Ok(place) if is_reserved(&place) => problems.push(
                Problem::new(format!(
                    "tool.pyz3-wheel.packages: `{place}` is a name that wheels have for their own folders"
                ))
                .at(packages.place)
                .hint("rename the folder; what else is to be installed goes by data, scripts or headers"),
            ),
            Ok(place) => areas.push(Area {
                source,
                place,
                kind: Kind::Package,
            }),
            Err(problem) => problems.push(problem.at(packages.place)),
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
fn default_package(project: &Project, roots: &[PathBuf]) -> Option<Area> {
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
    let package = find(roots, "", holds_python);
    // A single module lies beside pyproject.toml rather than in a folder of packages.
    let mut modules = roots.to_vec();
    modules.sort_by_key(|folder| folder != &project.root);
    package.or_else(|| find(&modules, ".py", Path::is_file))
}

/// What a dotted name leads to: the outermost package on the way, or the module.
fn lead(roots: &[PathBuf], name: &str) -> Option<Area> {
    let parts: Vec<_> = name.split('.').collect();
    roots.iter().find_map(|root| {
        let mut folder = root.clone();
        for (i, part) in parts.iter().enumerate() {
            let is_last = i + 1 == parts.len();
            let place = parts[..=i].join("/");
            let area = |source: PathBuf, place: String| Area {
                source,
                place,
                kind: Kind::Package,
            };
            let Some(found) = child(&folder, part).filter(|path| path.is_dir()) else {
                let file = child(&folder, &format!("{part}.py"))?;
                let is_module = is_last && file.is_file();
                return is_module.then(|| area(file, format!("{place}.py")));
            };
            if has_python(&found) || is_last && holds_python(&found) {
                return Some(area(found, place));
            }
            folder = found;
        }
        None
    })
}

/// The packages in the first folder that has any. In the project's root it is one package or none, since
/// there lies much else.
fn the_only_packages(project: &Project, roots: &[PathBuf]) -> Vec<Area> {
    let areas = roots.iter().map(|root| {
        let mut areas = packages_in(root);
        if root == &project.root && areas.len() > 1 {
            areas.clear();
        }
        areas
    });
    let mut areas = areas.filter(|areas| !areas.is_empty());
    areas.next().unwrap_or_default()
}

/// The regular packages in a folder that may be of the wheel.
fn packages_in(folder: &Path) -> Vec<Area> {
    let children = WalkDir::new(folder)
        .min_depth(1)
        .max_depth(1)
        .sort_by_file_name();
    let children = children.into_iter().filter_map(Result::ok);
    children
        .filter(|child| child.path().join("__init__.py").is_file())
        .filter(|child| !walk::is_made(child, Path::new("")))
        .filter_map(|child| {
            let place = child.file_name().to_str()?.to_owned();
            let fits = is_ascii_identifier(&place)
                && !NOT_PACKAGED.contains(&place.to_lowercase().as_str());
            fits.then(|| Area {
                source: child.into_path(),
                place,
                kind: Kind::Package,
            })
        })
        .collect()
}

/// The folders of packages that lie anywhere in the project, with `/`, for a hint.
pub(super) fn anywhere(project: &Project) -> Vec<String> {
    let files = walk::own_files(&project.root, &project.root, &project.output_dir(), Some(4));
    let inits = files.filter(|file| file.file_name().is_some_and(|name| name == "__init__.py"));
    let folders = inits.filter_map(|file| {
        let folder = file.parent()?;
        let is_top = !folder.parent()?.join("__init__.py").exists();
        let below = folder.strip_prefix(&project.root).ok()?;
        let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
        let parts = parts.filter(|_| is_top)?;
        let fits = |part: &&str| !NOT_PACKAGED[..].contains(part) || *part == "python";
        (!parts.is_empty() && parts.iter().all(fits)).then(|| parts.join("/"))
    });
    folders.collect()
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
    // Most names are not there, and this is quicker than reading the folder.
    folder.join(name).symlink_metadata().ok()?;
    let mut entries = fs_err::read_dir(folder)
        .ok()?
        .filter_map(std::result::Result::ok);
    entries
        .find(|entry| entry.file_name() == name)
        .map(|entry| entry.path())
}

/// Whether a folder itself has Python in it.
fn has_python(folder: &Path) -> bool {
    let children = fs_err::read_dir(folder).into_iter().flatten();
    let mut children = children.filter_map(Result::ok);
    children.any(|child| is_python(&child.path()))
}

fn is_python(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("py" | "pyi")) || path.file_name().is_some_and(|name| name == "py.typed")
}

/// Whether there is anything of Python below the folder: `src/NAME/` may hold Zig only.
fn holds_python(folder: &Path) -> bool {
    WalkDir::new(folder)
        .follow_root_links(true)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !walk::is_made(entry, Path::new("")))
        .filter_map(std::result::Result::ok)
        .any(|entry| entry.depth() > 0 && is_python(entry.path()))
}
