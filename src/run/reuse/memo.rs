//! What earlier runs have read of the project's files: their digests, and the strings of Zig sources that
//! name other inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::compile::script::is_source;
use crate::sys::fingerprint;
use crate::sys::stamp::{self, Stamp};

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
    /// Paths in strings of a Zig source, also in flags: those that begin with `../`, and absolute ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) outside: Vec<String>,
}

/// A memory of files that were read, so that a file is read again only after it has changed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Memo {
    facts: BTreeMap<PathBuf, Fact>,
    #[serde(skip)]
    seen: BTreeSet<PathBuf>,
}

impl Memo {
    /// The SHA-256 of a file's content, in hexadecimal; empty for a file that cannot be read, because no build
    /// can read it either.
    pub(super) fn sha256(&mut self, path: &Path) -> String {
        self.fact(path)
            .map_or_else(String::new, |fact| fact.sha256.clone())
    }

    /// What is known of a file; `None` if there is no file at the path.
    pub(super) fn fact(&mut self, path: &Path) -> Option<&Fact> {
        self.seen.insert(path.to_owned());
        let stamp = Stamp::of_file(path)?;
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

    /// Forgets the files that were not looked up since the memory was loaded.
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
            } else if let Some(path) = outside_path(string) {
                outside.push(path.to_owned());
            }
        }
        fingerprint::sha256(&bytes)
    } else {
        fingerprint::sha256_of_reader(file).ok()?.1
    };
    Some(Fact {
        stamp,
        at,
        sha256,
        names,
        outside,
    })
}

/// The texts between quotes on each line. This is not a tokenizer, because additional strings do no harm.
fn strings(bytes: &[u8]) -> impl Iterator<Item = &str> {
    bytes.split(|byte| *byte == b'\n').flat_map(|line| {
        line.split(|byte| *byte == b'"')
            .skip(1)
            .filter_map(|part| std::str::from_utf8(part).ok())
    })
}

/// The path in a string if it may lead out of the project. Ex) `../include`, `-I/opt/x/include`
pub(super) fn outside_path(string: &str) -> Option<&str> {
    const FLAGS: [&str; 6] = ["-isystem", "-iquote", "-idirafter", "-I", "-L", "-F"];
    let flag = FLAGS.iter().find_map(|flag| string.strip_prefix(flag));
    let path = flag.unwrap_or(string).trim_start_matches([' ', '=']);
    (path.starts_with("../") || Path::new(path).is_absolute()).then_some(path)
}

/// Ex) `CC`, `MY_LIB_DIR`
fn is_variable(string: &str) -> bool {
    string.len() > 1
        && string.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && string
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_flags_lead_outside() {
        assert_eq!(outside_path("-I../i0"), Some("../i0"));
        assert_eq!(outside_path("-isystem ../i0"), Some("../i0"));
        assert_eq!(outside_path("../shared"), Some("../shared"));
        for inside in ["-Iinclude", "-DX=1", "..", "-I", "", "a/../b"] {
            assert_eq!(outside_path(inside), None, "{inside}");
        }
    }
}
