//! The Zig packages that the build script depends on: its own, and theirs.
//!
//! Takes build.zig.zon and folders of fetched packages, gives [`ZigPackages`]. Reads files and runs
//! nothing: of a package that is not here only that much is known as its dependents say.

mod hash;
mod reader;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use hash::{FOLDER, PackageHash};
use walkdir::WalkDir;

use crate::error::{Error, ErrorKind, Problem, Result};

/// A package, or a folder that is used as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZigPackage {
    /// Its own name, else what its first dependent calls it.
    pub name: String,
    /// Its version, if it says one.
    pub version: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Where its files are, if they are here.
    pub folder: Option<PathBuf>,
    /// Whether a build can do without it: every way to it is a lazy one.
    pub optional: bool,
    /// Where it is depended on first.
    ///
    /// Ex) `build.zig.zon:5:10`
    pub place: String,
    /// The identities of what it depends on.
    pub dependencies: BTreeSet<String>,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is fetched.
    Remote {
        /// From where.
        url: String,
        /// What its files must be.
        hash: PackageHash,
    },
    /// It is a folder of the project, or of a package.
    Folder,
}

impl ZigPackage {
    /// Where it is fetched from and what it must be, if it is fetched.
    pub fn remote(&self) -> Option<(&str, &PackageHash)> {
        match &self.origin {
            Origin::Remote { url, hash } => Some((url, hash)),
            Origin::Folder => None,
        }
    }

    /// Its files, each with its path in it, with `/`; or all that keeps an archive from having them.
    /// None if it is not here.
    ///
    /// The hash of the package covers a link itself, so the file that it leads to cannot replace it.
    pub fn files(&self) -> Result<Vec<(String, PathBuf)>, Vec<Problem>> {
        let mut files = Vec::new();
        let mut problems = Vec::new();
        for entry in self.folder.iter().flat_map(WalkDir::new) {
            let refused = |why: &str, place: &Path| {
                Problem::new(format!("{why} in the Zig package `{}`", self.name))
                    .at(place.display())
                    .hint("no sdist can hold it: the package has to be fetched when it is built")
            };
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if entry.file_type().is_file() => {
                    let root = self.folder.as_deref().unwrap_or(Path::new(""));
                    let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
                    let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
                    match parts {
                        Some(parts) => files.push((parts.join("/"), entry.into_path())),
                        None => problems.push(refused("a name that is not Unicode", entry.path())),
                    }
                }
                Ok(entry) => problems.push(refused("neither a file nor a folder", entry.path())),
                Err(error) => {
                    let place = error.path().unwrap_or(Path::new("")).to_owned();
                    problems.push(refused(&format!("cannot be read ({error})"), &place));
                }
            }
        }
        if problems.is_empty() {
            Ok(files)
        } else {
            Err(problems)
        }
    }
}

/// Everything that the build script depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ZigPackages {
    /// Each by its identity: the hash, or for a folder its path in the project or behind the hash of
    /// the package that it lies in.
    pub list: BTreeMap<String, ZigPackage>,
    /// The identities of what the project itself depends on.
    pub direct: BTreeSet<String>,
    /// What is wrong with the manifests, as far as it keeps packages from being known.
    pub problems: Vec<Problem>,
    /// Folders that are depended on and lie outside of the project.
    pub outside: Vec<Problem>,
}

impl ZigPackages {
    /// Rejects packages that cannot be listed or vendored.
    pub fn check(&self) -> Result<()> {
        let legacy = self.remote().filter(|(.., hash)| hash.is_legacy());
        let legacy = legacy.map(|(package, url, _)| {
            let name = &package.name;
            Problem::new(format!(
                "the Zig package `{name}` has a hash of the old kind (1220…), by which no Zig from 0.14 on \
                 finds it in {FOLDER} or in its cache"
            ))
            .at(&package.place)
            .hint(format!("write the new one: `zig fetch --save={name} {url}`"))
        });
        let problems = self.problems.iter().cloned().chain(legacy).collect();
        Error::check(ErrorKind::Config, problems)
    }

    /// The packages that are fetched, with where from and what they must be.
    pub fn remote(&self) -> impl Iterator<Item = (&ZigPackage, &str, &PackageHash)> {
        let packages = self.list.values();
        packages.filter_map(|package| {
            let (url, hash) = package.remote()?;
            Some((package, url, hash))
        })
    }

    /// Those of them whose files are not here.
    pub fn missing(&self) -> impl Iterator<Item = (&ZigPackage, &str, &PackageHash)> {
        self.remote()
            .filter(|(package, ..)| package.folder.is_none())
    }
}
