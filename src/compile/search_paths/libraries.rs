//! The folders of a wheel's libraries, and the relative paths to them.

use std::collections::{BTreeMap, BTreeSet};

/// The libraries of a wheel by file name, with the folders that they are in.
pub(super) type Libraries = BTreeMap<String, BTreeSet<String>>;

pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether a search path is a folder of Zig's cache: `…/o/` and a hash of 16 bytes. Which cache it is
/// does not matter, since an earlier build may have had another one.
pub(super) fn is_of_zigs_cache(entry: &str) -> bool {
    let mut parts = entry.rsplit(['/', '\\']);
    let hash = parts.next().unwrap_or_default();
    hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit()) && parts.next() == Some("o")
}

/// The relative path from one folder of the wheel to another, to follow `$ORIGIN` or `@loader_path`.
///
/// Ex) nothing for the same folder, `/../b` from `a` to `b`
pub(super) fn way(from: &str, to: &str) -> String {
    let parts = |path| str::split(path, '/').filter(|part: &&str| !part.is_empty());
    let (from, to): (Vec<_>, Vec<_>) = (parts(from).collect(), parts(to).collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| "..");
    let mut way = String::new();
    for step in up.chain(to[shared..].iter().copied()) {
        way.push('/');
        way.push_str(step);
    }
    way
}

/// The nearest of the folders that have a library: the binary's own, if that has it.
pub(super) fn nearest<'a>(folders: &'a BTreeSet<String>, folder: &str) -> Option<&'a String> {
    folders.iter().min_by_key(|other| way(folder, other).len())
}
