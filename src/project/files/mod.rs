//! Which files of the project go into wheel and sdist: one rule for both.
//!
//! Takes the project's folders, gives [`Files`]: each file with its place, its source and the reason
//! why it is in, and what is left out with the reason for that. Reads no more of a file than its
//! first bytes, follows no link out of the project, and never opens what is not a file.

mod area;
mod entry;
mod file;
mod mode;
mod native;
mod packages;
mod rules;
mod secrets;
mod walk;

use std::collections::BTreeMap;
use std::path::Path;

pub use file::{Kind, LeftOut, PackageFile, Why};
pub(super) use rules::check_pattern;
pub(super) use secrets::find as find_secret;
pub(crate) use secrets::find_by_name as find_named_secret;

use self::area::{Area, no_folder};
use super::Project;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::sys::signal;

/// The project's files, each list sorted by place.
///
/// The wheel has the packages: the folders of `packages`, else those of another backend's table, else
/// what the project's name leads to below `python-source`, else below `src/`, the root, `lib/` or
/// `python/` (`NAME/`, for `ns.hello` also `ns/hello/`; a folder counts if there is Python in it; else
/// the single module `NAME.py`). Unless `packages` is set, the packages of declared modules, import
/// names and entry points are in as well, and if all of these lead to nothing, the only packages that
/// there are; else nothing: an extension module alone is a project too. The folders `data`, `scripts` and `headers` go to
/// `NAME-VERSION.data/`. The sdist has all files of the project.
///
/// Neither has what tools have made, what git ignores and does not track, bytecode, or native binaries in
/// packages: those that an earlier build left there are not this platform's. The wheel has nothing
/// that begins with a dot. `include` takes in what these rules leave out, `exclude` leaves out for
/// good. Files of credentials are in neither unless `include` names them. In a git checkout the sdist has
/// what git tracks, what lies in a package and what the build reads. pyproject.toml, readme, licence files,
/// the build script and build.zig.zon are always in the sdist.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// What the wheel has beside what the build makes.
    pub wheel: Vec<PackageFile>,
    /// What neither, or only the sdist, has.
    pub left_out: Vec<LeftOut>,
    /// What should be known about these lists.
    pub notes: Vec<String>,
    sdist: Vec<PackageFile>,
    /// What keeps the sdist from being one, and no wheel.
    sdist_problems: Vec<Problem>,
}

impl Files {
    /// What the sdist has beside PKG-INFO, or all that keeps it from being one.
    pub fn sdist(&self) -> Result<&[PackageFile]> {
        Error::check(ErrorKind::Config, self.sdist_problems.clone())?;
        Ok(&self.sdist)
    }
}

impl Project {
    /// The files of the wheel and the sdist; [`Files`] documents the rule.
    pub fn files(&self) -> Result<Files> {
        self.files_beside(&self.output_dir())
    }

    /// The same where wheels and sdists go to another folder, whose files are not part of the project.
    pub fn files_beside(&self, output: &Path) -> Result<Files> {
        collect(self, output, true)
    }

    /// The same if only the files of the wheel are needed: git is not asked about the others.
    pub fn wheel_files(&self, output: &Path) -> Result<Files> {
        collect(self, output, false)
    }

    /// The package that the project's name leads to, else its only top-level package: the place of
    /// shared libraries that say nothing else.
    pub fn python_package(&self) -> Option<String> {
        packages::find(self, &mut Vec::new()).main()
    }

    /// The folders of all packages in the project, packed or not, for a hint.
    pub fn packages_anywhere(&self) -> Vec<String> {
        packages::anywhere(self)
    }
}

/// All files of the project; `output` is where its wheels go, which are not files of the project. Without `for_sdist`
/// git is not asked about the sdist's files, and there are no notes about them.
fn collect(project: &Project, output: &Path, for_sdist: bool) -> Result<Files> {
    let mut problems = Vec::new();
    let (areas, mut notes) = areas(project, &mut problems);
    let found = walk::Walk::new(project, output, &areas, for_sdist).run();
    let cancel = signal::cancel();
    if cancel.is_interrupted() {
        // The interrupt has stopped git too, so the lists are not complete.
        cancel.check()?;
    }
    problems.extend(found.problems);
    notes.extend(found.notes);
    let mut files = Files {
        left_out: found.left_out,
        notes,
        sdist_problems: found.sdist_problems,
        ..Files::default()
    };
    let mut wheel: BTreeMap<String, PackageFile> = BTreeMap::new();
    for file in found.wheel {
        if let Some(other) = wheel.get(&file.path) {
            problems.push(
                Problem::new(format!("two files for `{}` in the wheel", file.path))
                    .at(file.source.display())
                    .hint(format!("the other one is {}", other.source.display())),
            );
        } else {
            wheel.insert(file.path.clone(), file);
        }
    }
    if !problems.is_empty() {
        // The project has to be corrected anyway, so everything is reported at once.
        problems.append(&mut files.sdist_problems);
    }
    Error::check(ErrorKind::Config, problems)?;
    files.wheel = wheel.into_values().collect();
    files.sdist = found.sdist.into_values().collect();
    files.left_out.sort();
    Ok(files)
}

/// Everything that the wheel takes files from, and what may surprise about it.
fn areas(project: &Project, problems: &mut Vec<Problem>) -> (Vec<Area>, Vec<String>) {
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
