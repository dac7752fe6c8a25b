//! The source files of a build, identified by their content.
//!
//! Only Zig knows which of the project's files a build.zig uses, so all of them count. Files outside of the
//! project count if a string names them (`.path = "../shared"`), if a link leads to them, or if they lie beside a
//! build script outside. Strings in Zig sources also tell which environment variables a build may read.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::memo::{Fact, Memo, outside_path};
use super::outside;
use crate::compile::script::is_source;
use crate::project::{Project, files_below};
use crate::sys::fingerprint::Fingerprint;
use crate::sys::stamp::Stamp;

/// At most this many files outside of the project are read: a string may name a whole disk.
const MOST_OUTSIDE: usize = 20_000;

/// The most files and the most levels of a directory with an absolute path that are listed: a package manager
/// may have installed everything there.
const MOST_LISTED: usize = 5_000;
const LISTED_DEPTH: usize = 4;

/// The files that a build may read.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    /// Each with the SHA-256 of its content; relative to the project where it lies in it.
    pub(super) files: BTreeMap<String, String>,
    /// Names of environment variables that a build script may read.
    pub(super) names: BTreeSet<String>,
    stamps: Vec<(PathBuf, Option<Stamp>)>,
    /// Files of folders whose names alone count, with the time when each changed.
    listed: Vec<(PathBuf, i64)>,
}

impl Sources {
    /// Reads the files that have changed since they were remembered in `memo`, and brings it up to date.
    pub(super) fn of(project: &Project, output: &Path, memo: &mut Memo) -> Self {
        let mut sources = Self {
            files: BTreeMap::new(),
            names: BTreeSet::new(),
            stamps: Vec::new(),
            listed: Vec::new(),
        };
        let mut outside = BTreeSet::new();
        let around = project.outside_build_root();
        let around = around.iter().flat_map(|root| project.inputs_around(root));
        for path in project
            .build_inputs(output)
            .chain(around.take(MOST_OUTSIDE))
        {
            let fact = memo.fact(&path);
            let folders = [path.parent(), Some(project.root.as_path())];
            for string in fact.iter().flat_map(|fact| &fact.outside) {
                let folders = folders.into_iter().flatten();
                let paths = folders.map(|folder| folder.join(string));
                outside.extend(paths.map(|path| (path, Path::new(string).is_absolute())));
            }
            sources.add(path.clone(), project, fact);
        }
        outside.extend(configured(project));
        let outside = outside.iter().filter_map(|(path, is_absolute)| {
            let path = fs_err::canonicalize(path).ok()?;
            let is_listed = *is_absolute && path.is_dir();
            // Many scripts install into the folder around the project, so that folder is not a source.
            let is_apart = !path.starts_with(&project.root) && !project.root.starts_with(&path);
            (is_apart && !(is_listed && is_of_system(&path))).then_some((path, is_listed))
        });
        for (folder, is_listed) in outside.collect::<BTreeSet<_>>() {
            if is_listed {
                sources.list(&folder, project);
                continue;
            }
            for path in files_below(&folder).take(MOST_OUTSIDE) {
                let fact = memo.fact(&path);
                sources.add(path, project, fact);
            }
        }
        sources
    }

    /// These sources with the packages that have appeared since they were read; `None` if there are no new
    /// packages, or if anything else has changed.
    pub(super) fn with_fetched(&self, project: &Project, memo: &mut Memo) -> Option<Self> {
        let store = project.package_store();
        let package = |path: &Path| {
            path.strip_prefix(&store)
                .ok()?
                .iter()
                .next()
                .map(OsString::from)
        };
        let known = self.stamps.iter().filter_map(|(path, _)| package(path));
        let known: BTreeSet<_> = known.collect();
        let is_new =
            |path: &PathBuf| package(path).is_some_and(|package| !known.contains(&package));
        let new: Vec<_> = project.fetched_inputs().filter(is_new).collect();
        if new.is_empty() || !self.are_unchanged() {
            return None;
        }
        let mut sources = self.clone();
        for path in new {
            let fact = memo.fact(&path);
            sources.add(path, project, fact);
        }
        Some(sources)
    }

    /// Adds a folder's files by name alone. Files that a build reads count by content afterwards; see
    /// [`super::outside`].
    fn list(&mut self, folder: &Path, project: &Project) {
        let found = WalkDir::new(folder)
            .follow_links(true)
            .max_depth(LISTED_DEPTH)
            .sort_by_file_name()
            .into_iter()
            .filter_map(std::result::Result::ok)
            .filter(|entry| entry.file_type().is_file());
        for entry in found.take(MOST_LISTED) {
            let path = entry.into_path();
            let changed = Stamp::of_file(&path).map_or(0, |stamp| stamp.latest());
            self.files
                .entry(outside::name(&project.root, &path))
                .or_default();
            self.listed.push((path, changed));
        }
    }

    /// Whether the content of a file counts.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.files
            .get(name)
            .is_some_and(|sha256| !sha256.is_empty())
    }

    /// Adds a file. A file that cannot be read has no content, because no build can read it either.
    fn add(&mut self, path: PathBuf, project: &Project, fact: Option<&Fact>) {
        let name = outside::name(&project.root, &path);
        let sha256 = fact.map_or_else(String::new, |fact| fact.sha256.clone());
        self.names
            .extend(fact.iter().flat_map(|fact| fact.names.clone()));
        self.files.insert(name, sha256);
        self.stamps
            .push((path, fact.map(|fact| fact.stamp.clone())));
    }

    /// Each file with the time when it changed.
    pub(super) fn changes(&self) -> Vec<(&Path, i64)> {
        let stamps = self.stamps.iter();
        let changes = stamps.filter_map(|(path, stamp)| Some((&**path, stamp.as_ref()?.latest())));
        let listed = self.listed.iter();
        changes
            .chain(listed.map(|(path, changed)| (&**path, *changed)))
            .collect()
    }

    /// Whether no file has changed since it was read. A new file is not seen.
    pub(super) fn are_unchanged(&self) -> bool {
        self.stamps
            .iter()
            .all(|(path, known)| Stamp::of_file(path) == *known)
    }

    /// A digest of the names and contents of all files.
    pub(super) fn digest(&self) -> String {
        digest(self.files.iter())
    }

    /// A digest of the files that the build script may import.
    pub(super) fn script_digest(&self) -> String {
        let is_script = |name: &&String| is_source(Path::new(name.as_str()));
        digest(self.files.iter().filter(|(name, _)| is_script(name)))
    }
}

/// Whether a folder belongs to the system, or is so close to the root that it may contain a whole system.
/// Such folders are not listed.
fn is_of_system(folder: &Path) -> bool {
    const SYSTEM: [&str; 13] = [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/dev", "/proc", "/sys",
        "/run", "/System", "/Library",
    ];
    let depth = folder
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .count();
    depth < 2 || SYSTEM.iter().any(|system| folder.starts_with(system))
}

/// The paths outside of the project that its configuration names, each with whether it is absolute.
fn configured(project: &Project) -> impl Iterator<Item = (PathBuf, bool)> {
    let config = &project.config;
    let own = config.platform.values().flat_map(|own| &own.extra_args);
    let arguments = config.extra_args.iter().chain(own).filter_map(|argument| {
        let value = argument
            .split_once('=')
            .map_or(argument.as_str(), |(_, value)| value);
        outside_path(value)
    });
    let modules = project.managed.iter().flat_map(|managed| &managed.modules);
    let flags = modules.clone().flat_map(|module| &module.c_flags);
    let flags = flags.filter_map(|flag| outside_path(flag));
    let headers = modules.flat_map(|module| &module.c_include_dirs);
    let headers = headers.map(|folder| (project.root.join(folder), false));
    arguments
        .chain(flags)
        .map(|path| (project.root.join(path), Path::new(path).is_absolute()))
        .chain(headers)
}

fn digest<'a>(files: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let mut fingerprint = Fingerprint::new();
    for (name, sha256) in files {
        fingerprint.add(name, sha256);
    }
    fingerprint.finish()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_system_are_not_listed() {
        assert_eq!(outside_path("-L/opt/x/lib"), Some("/opt/x/lib"));
        for own in ["/", "/opt", "/usr/include", "/usr/local/lib"] {
            assert!(is_of_system(Path::new(own)), "{own}");
        }
        for other in ["/opt/x/include", "/home/me/deps"] {
            assert!(!is_of_system(Path::new(other)), "{other}");
        }
    }
}
