//! Files that a build has read although they are not among the project's sources: files outside of the project,
//! and files in directories that tools create, such as a virtual environment.
//!
//! They are known only after a build. Their names are stored under the fingerprint of the inputs that are known
//! before a build, so that a later run, on this machine or on another one that shares the cache, can compare
//! their content. The artifacts are stored under the fingerprint of both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use fs_err as fs;

use super::memo::Memo;
use super::zig_manifests::package;
use crate::error::Result;
use crate::project::Project;
use crate::sys::files;
use crate::sys::fingerprint::Fingerprint;
use crate::text::path::slashed;
use crate::toolchain::Cache;

pub(super) const KIND: &str = "outside-inputs";
pub(super) const LIST: &str = "names.json";

/// Names of files, and of directories all of whose files count. Names have `/`, and are relative to the project
/// if they have a directory in common with it.
pub(super) type Names = BTreeSet<String>;

/// The names for what the manifests list, without the files that `is_known` already.
pub(super) fn names(
    project: &Project,
    files: &BTreeSet<PathBuf>,
    is_known: impl Fn(&Path) -> bool,
) -> Names {
    let files: Vec<_> = files.iter().filter(|file| !is_known(file)).collect();
    // A build script may list the folder that it lies in, or read any file there.
    let packages = files.iter().filter_map(|file| package(file));
    let packages: BTreeSet<_> = packages.collect();
    let is_single = |file: &&&PathBuf| !packages.iter().any(|folder| file.starts_with(folder));
    let single = files
        .iter()
        .filter(is_single)
        .map(|file| name(&project.root, file));
    let packages = packages.iter().map(|folder| name(&project.root, folder));
    packages.chain(single).collect()
}

/// The name of a path.
pub(super) fn name(root: &Path, path: &Path) -> String {
    let parts = |path: &Path| {
        path.components()
            .map(|part| part.as_os_str().to_owned())
            .collect::<Vec<_>>()
    };
    let (from, to) = (parts(root), parts(path));
    let common = from
        .iter()
        .zip(&to)
        .take_while(|(one, other)| one == other)
        .count();
    let is_near = path
        .components()
        .take(common)
        .any(|part| matches!(part, Component::Normal(_)));
    let text = |parts: &[std::ffi::OsString]| {
        let parts = parts.iter().map(|part| part.to_string_lossy().into_owned());
        parts.collect::<Vec<_>>().join("/")
    };
    if is_near {
        format!(
            "{}{}",
            "../".repeat(from.len() - common),
            text(&to[common..])
        )
    } else {
        slashed(path)
    }
}

/// The content of the named files now.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Outside {
    /// Each name with the SHA-256 of its content; empty for what is not there.
    pub(super) contents: BTreeMap<String, String>,
    /// Names of environment variables that the build scripts among them may read.
    pub(super) variables: BTreeSet<String>,
    /// When the newest of the files changed; nanoseconds since 1970.
    pub(super) newest: i64,
}

impl Outside {
    /// Reads the files that have changed since they were remembered in `memo`.
    pub(super) fn of(names: &Names, project: &Project, memo: &mut Memo) -> Self {
        let mut outside = Self::default();
        for name in names {
            let path = project.root.join(name);
            let content = if path.is_dir() {
                let mut fingerprint = Fingerprint::new();
                for file in project.inputs_around(&path) {
                    let below = file.strip_prefix(&path).unwrap_or(&file);
                    let below = slashed(below);
                    fingerprint.add(&below, outside.add(&file, memo));
                }
                fingerprint.finish()
            } else {
                outside.add(&path, memo)
            };
            outside.contents.insert(name.clone(), content);
        }
        outside
    }

    /// Adds one file; returns the SHA-256 of its content.
    fn add(&mut self, path: &Path, memo: &mut Memo) -> String {
        let Some(fact) = memo.fact(path) else {
            return String::new();
        };
        self.variables.extend(fact.names.iter().cloned());
        self.newest = self.newest.max(fact.stamp.latest());
        fact.sha256.clone()
    }
}

/// The names that are stored under the fingerprint of the inputs that are known before a build.
pub(super) fn find(cache: &Cache, fingerprint: &str) -> Option<Names> {
    let entry = cache.get(KIND, fingerprint)?;
    let names = serde_json::from_slice(&std::fs::read(entry.join(LIST)).ok()?).ok()?;
    files::touch(&entry.join(LIST));
    Some(names)
}

/// Stores the names. A missing entry means the same as an entry without names.
pub(super) fn store(cache: &Cache, fingerprint: &str, names: &Names) -> Result<()> {
    if find(cache, fingerprint).unwrap_or_default() == *names {
        return Ok(());
    }
    cache.replace(KIND, fingerprint, |dir| {
        let json = serde_json::to_vec(names).map_err(anyhow::Error::from)?;
        Ok(fs::write(dir.join(LIST), json)?)
    })
}
