//! The files that build.zig installs beside libraries: Python files, stubs, data, programs.
//!
//! What is installed below the folder of a package goes into the wheel, and so does what
//! `[tool.pyz3-wheel.install]` names. All else is left out, and named once in a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use fs_err as fs;

use super::artifact::{FileKind, InstalledFile};
use super::place::Placed;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::project::{InstallTarget, Kind, PackageFile, Project};

/// So many files are named; of more the number is given.
const MOST_NAMED: usize = 8;

/// Where installed files go in the wheel.
#[derive(Debug)]
pub struct Layout<'a> {
    project: &'a Project,
    /// The outermost folders of the project's packages.
    packages: BTreeSet<String>,
}

impl<'a> Layout<'a> {
    /// The layout of a project with these files.
    pub fn new(project: &'a Project, files: &[PackageFile]) -> Self {
        let files = files.iter().filter(|file| file.kind == Kind::Package);
        let files = files.filter_map(|file| Some(file.path.split_once('/')?.0));
        let modules = project.modules();
        let modules = modules.iter().filter_map(|module| module.package());
        let named = project.config.package.iter();
        let named = modules.chain(named.map(|package| package.value.as_str()));
        let named = named.filter_map(|package| package.split('.').next());
        Self {
            project,
            packages: files.chain(named).map(str::to_owned).collect(),
        }
    }

    /// What `[tool.pyz3-wheel.install]` says of an installed file.
    pub(super) fn mapped(&self, relative: &str) -> Option<InstallTarget> {
        let path = relative.strip_prefix("zig-out/")?;
        let rules = || self.project.config.install.iter();
        let target = |path: &str| rules().find_map(|rule| rule.target(path));
        // A program is called so on every system in the table.
        target(path).or_else(|| match target(path.strip_suffix(".exe")?)? {
            InstallTarget::Wheel(place) if place.ends_with(".exe") => Some(InstallTarget::Wheel(place)),
            InstallTarget::Wheel(place) => Some(InstallTarget::Wheel(format!("{place}.exe"))),
            InstallTarget::Nowhere => Some(InstallTarget::Nowhere),
        })
    }

    /// The place in the wheel of a file that is no shared library, if it has one.
    pub(super) fn place(&self, file: &InstalledFile) -> Option<String> {
        match self.mapped(&file.relative) {
            Some(InstallTarget::Wheel(place)) => return Some(place),
            Some(InstallTarget::Nowhere) => return None,
            None => {}
        }
        if file.kind != FileKind::Data || is_hidden(&file.relative) {
            return None;
        }
        match file.relative.strip_prefix("zig-out/") {
            Some(path) => self.below_prefix(path),
            None => self.beside_sources(&file.relative),
        }
        .map(str::to_owned)
    }

    fn below_prefix<'f>(&self, path: &'f str) -> Option<&'f str> {
        if let Some(below) = path.strip_prefix("lib/python/") {
            return Some(below);
        }
        // As Python itself is laid out: `lib/python3.12/site-packages`.
        if let Some((folder, below)) = path.split_once("/site-packages/")
            && (folder == "lib" || folder.starts_with("lib/python"))
        {
            return Some(below);
        }
        let below = path.strip_prefix("lib/").unwrap_or(path);
        self.is_in_package(below).then_some(below)
    }

    /// What is installed to `../` of the prefix lies where the sources have it.
    fn beside_sources<'f>(&self, path: &'f str) -> Option<&'f str> {
        let source = self.project.config.python_source.as_ref();
        let source = source.map_or("src", |source| source.value.as_str());
        let below = path.strip_prefix(source)?.strip_prefix('/');
        let below = below.unwrap_or(path);
        self.is_in_package(below).then_some(below)
    }

    fn is_in_package(&self, path: &str) -> bool {
        let folder = path.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| self.packages.contains(folder))
    }

    /// Gives each file its place in the wheel; two of the same place must have the same content.
    pub fn generated(&self, files: &[InstalledFile]) -> Result<Vec<Placed>> {
        let mut placed: BTreeMap<String, &InstalledFile> = BTreeMap::new();
        let mut problems = Vec::new();
        for file in files {
            let Some(place) = self.place(file) else {
                continue;
            };
            if let Some(other) = placed.get(&place) {
                if fs::read(&other.path)? != fs::read(&file.path)? {
                    problems.push(
                        Problem::new(format!(
                            "belongs at {place} in the wheel, as does {}, and they differ",
                            other.relative
                        ))
                        .at(&file.relative)
                        .hint("let build.zig install each file once"),
                    );
                }
                continue;
            }
            placed.insert(place, file);
        }
        Error::check(ErrorKind::Audit, problems)?;
        Ok(placed
            .into_iter()
            .map(|(path, file)| Placed {
                source: file.path.clone(),
                path,
                executable: file.kind == FileKind::Program || is_executable(&file.path),
            })
            .collect())
    }
}
