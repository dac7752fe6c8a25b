//! Downloads every file of a release from a package index, with pip.
//!
//! Takes a project and a version; gives the files in a folder. pip's own configuration applies: indexes, proxies,
//! certificates, netrc and keyring. Nothing is built, run or installed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep440_rs::Version;
use serde::Deserialize;

use super::cache::Cache;
use super::interpreter;
use crate::error::{Error, Problem, Result, did_you_mean};
use crate::metadata::values;
use crate::sys::process::{self, last_lines};

const SCRIPT: &str = include_str!("release.py");

/// The most versions that a hint lists.
const MOST_VERSIONS: usize = 10;

/// A release of a project on an index.
///
/// Ex) `numpy==2.1.0`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedRelease {
    name: String,
    version: Version,
}

impl FromStr for PinnedRelease {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, version) = text.split_once("==").ok_or(())?;
        let (name, version) = (name.trim(), version.trim());
        values::check_name(name).map_err(drop)?;
        Ok(Self {
            name: name.to_owned(),
            version: version.parse().map_err(drop)?,
        })
    }
}

impl fmt::Display for PinnedRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=={}", self.name, self.version)
    }
}

/// What the script reports; one of the fields.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Files(Vec<PathBuf>),
    /// There are no such files: the versions of the project that there are, and why pages could not be read.
    Missing {
        versions: Vec<String>,
        failures: Vec<String>,
    },
    /// A file whose hash is not the one that the index gives.
    Mismatch(String),
    NoPip,
    Unsupported(String),
    Failed(String),
}

impl PinnedRelease {
    /// Downloads all wheels and sdists of the release into `dir`. `index_url` replaces the index that pip is
    /// configured to use.
    pub fn download(
        &self,
        index_url: Option<&str>,
        dir: &Path,
        cache: &Cache,
        note: &dyn Fn(&str),
    ) -> Result<Vec<PathBuf>> {
        let install = "install Python with pip: https://pip.pypa.io/en/stable/installation/";
        let python = interpreter::default(cache).ok_or_else(|| {
            let message = format!("cannot download {self}: found no Python on PATH");
            Error::system(Problem::new(message).hint(install))
        })?;
        note(&format!("downloading all files of {self} with pip"));
        let mut answer = self.ask(&python.exe, index_url, dir, cache)?;
        // A virtual environment may have no pip, but the Python that it was made from has one.
        let base = python.base_exe.as_ref();
        if let (Answer::NoPip, Some(base)) = (&answer, base) {
            answer = self.ask(base, index_url, dir, cache)?;
        }
        if let Answer::Files(files) = answer {
            return Ok(files);
        }
        Err(Error::system(self.problem(answer, &python.exe)))
    }

    fn ask(
        &self,
        python: &Path,
        index_url: Option<&str>,
        dir: &Path,
        cache: &Cache,
    ) -> Result<Answer> {
        let mut command = interpreter::command(python);
        let version = self.version.to_string();
        command.args(["-c", SCRIPT, &self.name, &version]).arg(dir);
        if let Some(url) = index_url {
            command.env("PIP_INDEX_URL", url).env_remove("PIP_NO_INDEX");
        }
        let output = process::finish(command, cache.cancel())?;
        let answer = output.stdout.lines().last();
        let answer = answer.and_then(|line| serde_json::from_str(line).ok());
        Ok(answer.unwrap_or_else(|| Answer::Failed(last_lines(&output.stderr, 8))))
    }

    fn problem(&self, answer: Answer, python: &Path) -> Problem {
        let configuration =
            "`pip config list` shows the index that pip uses; --index-url sets another one";
        let cannot = |why: &str| Problem::new(format!("cannot download {self}: {why}"));
        match answer {
            // Handled by the caller.
            Answer::Files(_) => cannot("no files"),
            Answer::Missing { versions, failures } if versions.is_empty() => {
                let is_absence = |failure: &String| failure.contains("404 Client Error");
                match failures.iter().find(|failure| !is_absence(failure)) {
                    Some(failure) => cannot(failure).hint(format!(
                        "check the connection to the index; {configuration}"
                    )),
                    None => cannot(&format!("the index has no project {}", self.name))
                        .hint(format!("check the spelling of the name; {configuration}")),
                }
            }
            Answer::Missing { versions, .. } => {
                let newest = versions.iter().rev().take(MOST_VERSIONS);
                let newest: Vec<_> = newest.map(String::as_str).collect();
                let list = format!("the newest versions are {}", newest.join(", "));
                let names = versions.iter().rev().map(String::as_str);
                let hint = did_you_mean(&self.version.to_string(), names, &list);
                cannot(&format!("{} has no such version", self.name)).hint(hint)
            }
            Answer::Mismatch(filename) => {
                let why = format!("the hash of {filename} is not the one that the index gives");
                cannot(&why).hint("try again; if it happens again, report it to the owner of the index")
            }
            Answer::NoPip => cannot(&format!("{} has no pip", python.display()))
                .hint(format!("{} -m ensurepip", python.display())),
            Answer::Unsupported(why) => cannot(&format!("this pip is not supported: {why}"))
                .hint(format!(
                    "update pip: {} -m pip install --upgrade pip\nor download the files and give the folder",
                    python.display()
                )),
            Answer::Failed(why) => cannot(&format!("pip failed: {why}")).hint(configuration),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_a_name_and_a_version() {
        let parse = |text: &str| text.parse::<PinnedRelease>().ok();
        for text in ["numpy==2.1.0", "zope.interface==7.0", "a==1!2.0rc1"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        assert_eq!(parse("numpy == 2.1").unwrap().to_string(), "numpy==2.1");
        for text in [
            "numpy",
            "numpy==",
            "==1",
            "numpy>=1",
            "numpy==1.*",
            "./a==1",
            "a/b==1",
            "-x==1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
