//! Finds a Python package whose files a build needs, in a Python of this machine or in the cache.
//!
//! Takes names and versions; gives the folder. The package is not run or imported, and nothing is installed into
//! the user's Pythons.

use std::path::{Path, PathBuf};

use pep440_rs::{Version, VersionSpecifiers};
use serde::{Deserialize, Serialize};

use super::cache::Cache;
use super::distributions::distributions;
use super::fetch::Fetch;
use super::{installer, interpreter, probe_cache};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::headers::Headers;
use crate::sys::fingerprint;
use crate::sys::process::{self, PATIENCE};
use crate::sys::stamp::PathStamp;

const SCRIPT: &str = include_str!("package.py");

/// The kind under which the cache keeps packages.
const KIND: &str = "packages";

/// The package to find.
#[derive(Debug, Clone, Copy)]
pub struct PackageRequest<'a> {
    /// The name that pip uses.
    ///
    /// Ex) `ziggy-pydust`
    pub distribution: &'a str,
    /// The name that Python imports.
    ///
    /// Ex) `pydust`
    pub module: &'a str,
    /// The versions that are allowed; `None` allows all.
    pub versions: Option<&'a VersionSpecifiers>,
    /// The place of the requirement, for messages.
    ///
    /// Ex) `pyproject.toml:2:14`
    pub origin: &'a str,
}

/// A package on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// The folder of its module.
    pub dir: PathBuf,
    /// Its version; `None` if it was installed without metadata.
    pub version: Option<String>,
    /// Its requirements, from its metadata.
    pub requires: Vec<String>,
}

/// What a Python reports about a package.
#[derive(Deserialize)]
struct Answer {
    package: Option<Package>,
    /// The folders that must stay unchanged for the answer to be valid: installing or removing a package changes
    /// the modification time of one of them.
    path: Vec<PathBuf>,
}

/// The package in this Python, in any version.
pub(super) fn installed(
    python: &Path,
    distribution: &str,
    module: &str,
    cache: &Cache,
) -> Option<Package> {
    let question = format!(
        "{module} of {} with {:?} by {}",
        python.display(),
        std::env::var_os("PYTHONPATH"),
        fingerprint::short(SCRIPT),
    );
    if let Some(package) = probe_cache::recall::<Option<Package>>(cache, &question) {
        return package;
    }
    let stamp = PathStamp::of(python);
    let mut command = interpreter::command(python);
    command.args(["-c", SCRIPT, module, distribution]);
    interpreter::enter_own_folder(&mut command, python);
    let text = process::capture(command, PATIENCE, cache.cancel())
        .ok()?
        .answer()
        .ok()?;
    let answer: Answer = serde_json::from_str(text.lines().last()?).ok()?;
    let mut stamps = vec![stamp];
    stamps.extend(answer.path.iter().map(|path| PathStamp::of(path)));
    probe_cache::remember(cache, &question, stamps, &answer.package);
    answer.package
}

impl PackageRequest<'_> {
    fn admits(&self, package: &Package) -> bool {
        let Some(versions) = self.versions else {
            return true;
        };
        let version = package.version.as_deref();
        let version = version.and_then(|version| version.parse::<Version>().ok());
        version.is_some_and(|version| versions.contains(&version))
    }

    /// The requirement that pip installs.
    fn requirement(&self) -> String {
        let versions = self.versions.map(ToString::to_string).unwrap_or_default();
        format!("{}{}", self.distribution, versions.replace(", ", ","))
    }

    /// Finds the package without installing anything: in the first of these Pythons that has an allowed version,
    /// else in the cache.
    pub fn find_installed(&self, pythons: &[PathBuf], cache: &Cache) -> Option<Package> {
        let packages = pythons
            .iter()
            .filter_map(|python| installed(python, self.distribution, self.module, cache));
        packages
            .into_iter()
            .find(|package| self.admits(package))
            .or_else(|| {
                self.versions?;
                let entry = cache.get(KIND, &self.key())?;
                self.in_folder(&entry)
            })
    }

    /// Finds the package, or has pip install it into the cache if pyproject.toml requires a version.
    /// Returns `None` only with [`Fetch::Never`].
    ///
    /// The last of `pythons` runs pip.
    pub fn find(
        &self,
        pythons: &[PathBuf],
        cache: &Cache,
        fetch: Fetch<'_>,
    ) -> Result<Option<Package>> {
        if let Some(package) = self.find_installed(pythons, cache) {
            return Ok(Some(package));
        }
        let Fetch::Allowed(note) = fetch else {
            return Ok(None);
        };
        let name = self.distribution;
        let add = format!(
            "say which version in pyproject.toml, like [build-system] requires = [\"{name}==…\"], and it is fetched;\nor install it into the project's environment: python -m pip install {name}"
        );
        if self.versions.is_none() {
            return Err(Error::config(
                Problem::new(format!(
                    "{name} is in none of this project's Pythons, and pyproject.toml does not require it"
                ))
                .at(self.origin)
                .hint(add),
            ));
        }
        let wanted = self.requirement();
        let python = pythons.last().map(PathBuf::as_path);
        let dir = cache.get_or_make(KIND, &self.key(), |dir| {
            installer::install_package(&wanted, python, dir, note, cache.wait())?;
            if self.in_folder(dir).is_some() {
                return Ok(());
            }
            Err(Error::system(Problem::new(format!(
                "{wanted} was installed, but there is no module {} in it",
                self.module
            ))))
        });
        let dir = dir.map_err(|error| {
            if error.kind() == ErrorKind::Interrupted {
                return error;
            }
            let problems = error.into_problems().into_iter();
            let messages: Vec<_> = problems.map(|problem| problem.message).collect();
            Error::system(
                Problem::new(format!(
                    "{wanted} is not on this machine and could not be installed: {}",
                    messages.join("; ")
                ))
                .at(self.origin)
                .hint(format!(
                    "with a network: python -m pip install '{wanted}', into the project's environment"
                )),
            )
        })?;
        let package = self.in_folder(&dir).ok_or_else(|| {
            Error::system(
                Problem::new(format!("{wanted} in the cache is damaged"))
                    .at(dir.display())
                    .hint("remove that folder and try again"),
            )
        })?;
        Ok(Some(package))
    }

    /// The key of the package in the cache.
    fn key(&self) -> String {
        let requirement = self.requirement();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let plain = requirement.replacen("==", "-", 1);
        if plain.chars().all(is_plain) {
            plain
        } else {
            let digest = fingerprint::short(requirement);
            format!("{}-{digest}", self.distribution)
        }
    }

    /// The package in a folder that pip has installed into.
    fn in_folder(&self, folder: &Path) -> Option<Package> {
        let dir = folder.join(self.module);
        let beginning = format!("{}-", self.distribution.replace('-', "_"));
        let (_, info) = distributions(folder)
            .into_iter()
            .find(|(stem, _)| stem.starts_with(&beginning))?;
        let metadata = std::fs::read_to_string(info.join("METADATA")).ok()?;
        let (headers, _) = Headers::parse(&metadata).ok()?;
        dir.is_dir().then(|| Package {
            dir,
            version: headers.first("Version").map(str::to_owned),
            requires: headers.all("Requires-Dist").to_vec(),
        })
    }
}

#[cfg(test)]
#[path = "package_tests.rs"]
mod tests;
