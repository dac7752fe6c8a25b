//! The files that a build may read, known by their content.
//!
//! Which of the project's files a build.zig makes use of only Zig knows, so all of them count, and
//! what lies outside of the project and is named in a string (`.path = "../shared"`) or linked to, and
//! the folder of a build script that lies outside.
//! Zig sources are also asked which environment variables they may read.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::outside;
use super::stamp::{self, Stamp};
use crate::build::script::is_source;
use crate::project::{Project, files_below};

/// So many files outside of the project are watched; a string that names a whole disk is none of them.
const MOST_OUTSIDE: usize = 20_000;

/// What is remembered of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Fact {
    pub(super) stamp: Stamp,
    /// When it was read; nanoseconds since 1970.
    at: i64,
    /// Of the content, in hexadecimal.
    pub(super) sha256: String,
    /// Strings of a Zig source that may be names of environment variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
    /// Strings of a Zig source that begin with `../`, or are absolute paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outside: Vec<String>,
}

/// What earlier runs have read, so that a file is read again only when it has changed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Memo {
    facts: BTreeMap<PathBuf, Fact>,
    #[serde(skip)]
    seen: BTreeSet<PathBuf>,
}

impl Memo {
    /// The SHA-256 of a file's content, in hexadecimal; empty for what can't be read, which no
    /// build can read either.
    pub(super) fn sha256(&mut self, path: &Path) -> String {
        self.fact(path)
            .map_or_else(String::new, |fact| fact.sha256.clone())
    }

    /// What is to be known of a file; `None` where there is none.
    pub(super) fn fact(&mut self, path: &Path) -> Option<&Fact> {
        self.seen.insert(path.to_owned());
        let found = std::fs::metadata(path)
            .ok()
            .filter(std::fs::Metadata::is_file)?;
        let stamp = Stamp::of(&found);
        let known = self
            .facts
            .get(path)
            .is_some_and(|fact| fact.stamp == stamp && stamp.is_settled(fact.at));
        if !known {
            let fact = read(path, stamp)?;
            self.facts.insert(path.to_owned(), fact);
        }
        self.facts.get(path)
    }

    /// Forgets the files that nobody has asked for since this was loaded.
    pub(super) fn forget_others(&mut self) {
        let seen = &self.seen;
        self.facts.retain(|path, _| seen.contains(path));
    }
}

fn read(path: &Path, stamp: Stamp) -> Option<Fact> {
    let at = stamp::now();
    let mut file = std::fs::File::open(path).ok()?;
    let (mut names, mut outside) = (Vec::new(), Vec::new());
    let sha256 = if is_source(path) {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        for string in strings(&bytes) {
            if is_variable(string) {
                names.push(string.to_owned());
            } else if string.starts_with("../") || Path::new(string).is_absolute() {
                outside.push(string.to_owned());
            }
        }
        hex::encode(Sha256::digest(&bytes))
    } else {
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match file.read(&mut buffer).ok()? {
                0 => break,
                count => hasher.update(&buffer[..count]),
            }
        }
        hex::encode(hasher.finalize())
    };
    Some(Fact {
        stamp,
        at,
        sha256,
        names,
        outside,
    })
}

/// What stands between quotes on one line. Not a tokenizer: too many strings do no harm.
fn strings(bytes: &[u8]) -> impl Iterator<Item = &str> {
    bytes.split(|byte| *byte == b'\n').flat_map(|line| {
        line.split(|byte| *byte == b'"')
            .skip(1)
            .filter_map(|part| std::str::from_utf8(part).ok())
    })
}

/// Ex) `CC`, `MY_LIB_DIR`
fn is_variable(string: &str) -> bool {
    string.len() > 1
        && string.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && string
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The files that a build may read.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    /// Each with the SHA-256 of its content; relative to the project where it lies in it.
    pub(super) files: BTreeMap<String, String>,
    /// Names of environment variables that a build script may read.
    pub(super) names: BTreeSet<String>,
    stamps: Vec<(PathBuf, Option<Stamp>)>,
}

impl Sources {
    /// Reads what has changed since `memo` was made, and leaves it up to date.
    pub(super) fn of(project: &Project, output: &Path, memo: &mut Memo) -> Self {
        let mut sources = Self {
            files: BTreeMap::new(),
            names: BTreeSet::new(),
            stamps: Vec::new(),
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
                outside.extend(paths.filter(|path| is_watched(string, path)));
            }
            sources.add(path.clone(), project, fact);
        }
        outside.extend(configured(project));
        let outside = outside.iter().filter_map(|path| {
            let path = fs_err::canonicalize(path).ok()?;
            // The folder around the project is the target of many an install, and is no source.
            (!path.starts_with(&project.root) && !project.root.starts_with(&path)).then_some(path)
        });
        for folder in outside.collect::<BTreeSet<_>>() {
            for path in files_below(&folder).take(MOST_OUTSIDE) {
                let fact = memo.fact(&path);
                sources.add(path, project, fact);
            }
        }
        sources
    }

    /// These and the packages that are new since they were read; `None` if there are none, or if anything
    /// else has changed.
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

    /// What can't be read has no content; no build can read it either.
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
        changes.collect()
    }

    /// Whether no file has changed since it was read. A new file is not seen.
    pub(super) fn are_unchanged(&self) -> bool {
        self.stamps
            .iter()
            .all(|(path, known)| stamp(path) == *known)
    }

    /// One name for all of them and their contents.
    pub(super) fn digest(&self) -> String {
        digest(self.files.iter())
    }

    /// One name for those that the build script may be made of.
    pub(super) fn script_digest(&self) -> String {
        let is_script = |name: &&String| is_source(Path::new(name.as_str()));
        digest(self.files.iter().filter(|(name, _)| is_script(name)))
    }
}

/// Whether the path in a string is an input: an absolute one only if it leads to a file, since such a
/// folder may be that of a whole system.
fn is_watched(string: &str, path: &Path) -> bool {
    !Path::new(string).is_absolute() || path.is_file()
}

/// The paths outside of the project that its configuration names.
fn configured(project: &Project) -> impl Iterator<Item = PathBuf> {
    let config = &project.config;
    let own = config.platform.values().flat_map(|own| &own.extra_args);
    let arguments = config.extra_args.iter().chain(own).filter_map(|argument| {
        let value = argument
            .split_once('=')
            .map_or(argument.as_str(), |(_, value)| value);
        let path = project.root.join(value);
        (value.starts_with("../") || Path::new(value).is_absolute()).then_some((value, path))
    });
    let arguments = arguments.filter(|(value, path)| is_watched(value, path));
    let modules = project.managed.iter().flat_map(|managed| &managed.modules);
    let headers = modules.flat_map(|module| &module.c_include_dirs);
    let headers = headers.map(|folder| project.root.join(folder));
    arguments.map(|(_, path)| path).chain(headers)
}

fn digest<'a>(files: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let mut hasher = Sha256::new();
    for (name, sha256) in files {
        hasher.update(format!("{} {name} {sha256}\n", name.len()));
    }
    hex::encode(hasher.finalize())
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = std::fs::metadata(path).ok()?;
    found.is_file().then(|| Stamp::of(&found))
}
