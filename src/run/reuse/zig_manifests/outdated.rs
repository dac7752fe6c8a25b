//! Compiles of C that Zig would take from its cache although their outcome may have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::{Entry, Manifests, Roots, is_header, manifests, package};
use crate::compile::script::is_source;
use crate::sys::stamp::Stamp;

impl Manifests {
    /// Before zig runs: removes the manifests of compiles of C whose outcome Zig would take from its cache
    /// although it may have changed. That is so where
    ///
    /// - one of `inputs` (each with the time when it changed) is a header with the name of a header that
    ///   was read, and is newer than the manifest: Zig does not look at folders where a header is new;
    /// - a header has changed: the manifest of a library lacks the headers of the objects that were in the
    ///   cache when it was written;
    /// - one of `inputs` is newer than the manifest, and no manifest lists the file. Zig does not list the
    ///   files that an assembler reads (`.incbin`), nor those that `__has_include` did not find.
    pub(in crate::run::reuse) fn forget_outdated(
        &mut self,
        cache: &Path,
        roots: Roots<'_>,
        inputs: &[(&Path, i64)],
    ) {
        let paths = manifests(cache);
        for path in &paths {
            self.read(path, roots);
        }
        let is_ours = |file: &Entry| {
            file.path.starts_with(roots.project) || file.path.starts_with(roots.build)
        };
        let read = paths
            .iter()
            .filter_map(|path| Some((path, self.read.get(path)?)));
        let ours: Vec<_> = read
            .filter(|(_, (_, files))| files.iter().any(is_ours))
            .collect();
        let outdated = outdated_sources(&ours, inputs);
        let unlisted = self.newest_unlisted(&ours, roots, inputs);
        let is_affected = |stamp: &Stamp, files: &[Entry]| {
            files.iter().any(|file| outdated.contains(&*file.path))
                || unlisted.is_some_and(|changed| stamp.latest() <= changed)
                    && !files.iter().any(|file| package(&file.path).is_some())
        };
        for (path, (stamp, files)) in &ours {
            if is_affected(stamp, files) {
                // A manifest that cannot be removed does no more harm than before.
                let _ = std::fs::remove_file(path);
            }
        }
    }

    /// When the newest file changed that a compile by clang may read and that no manifest lists. `None` if
    /// clang compiles nothing: a compile of Zig lists every file that it reads.
    fn newest_unlisted(
        &self,
        ours: &[Read<'_>],
        roots: Roots<'_>,
        inputs: &[(&Path, i64)],
    ) -> Option<i64> {
        let oldest = ours.iter().map(|(_, (stamp, _))| stamp.latest()).min()?;
        let mut files = ours.iter().flat_map(|(_, (_, files))| files);
        if !files.any(|file| !is_source(&file.path)) {
            return None;
        }
        let newer: Vec<_> = inputs
            .iter()
            .filter(|(path, changed)| {
                *changed >= oldest
                    && !is_read_by_others(path)
                    && !roots.known.iter().any(|folder| path.starts_with(folder))
            })
            .collect();
        if newer.is_empty() {
            return None;
        }
        let listed = self.read.values().flat_map(|(_, files)| files);
        let listed: BTreeSet<_> = listed.map(|file| &*file.path).collect();
        let unlisted = newer.into_iter().filter(|(path, _)| !listed.contains(path));
        unlisted.map(|(_, changed)| *changed).max()
    }
}

/// A manifest with the files that it names.
type Read<'m> = (&'m PathBuf, &'m (Stamp, Vec<Entry>));

/// The C sources that have to be compiled again, because a header has changed or another header with its
/// name is new.
fn outdated_sources<'m>(ours: &[Read<'m>], inputs: &[(&Path, i64)]) -> BTreeSet<&'m Path> {
    let mut files = ours.iter().flat_map(|(_, (_, files))| files);
    if !files.any(Entry::is_c_source) {
        // In a project without C no file of a manifest has to be checked.
        return BTreeSet::new();
    }
    let mut headers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for header in inputs.iter().filter(|(path, _)| is_header(path)) {
        let name = header.0.file_name();
        headers.entry(name).or_default().push(header);
    }
    // Most manifests name the same files.
    let mut found: BTreeMap<&Path, Option<Metadata>> = BTreeMap::new();
    let mut is_outdated = |stamp: &Stamp, files: &'m [Entry]| {
        let is_shadowed = |file: &Entry| {
            let others = headers.get(&file.path.file_name()).into_iter().flatten();
            let mut newer = others.filter(|(_, changed)| *changed > stamp.latest());
            newer.any(|(header, _)| !files.iter().any(|file| file.path == **header))
        };
        files.iter().any(|file| {
            let found = found
                .entry(&file.path)
                .or_insert_with(|| std::fs::metadata(&file.path).ok());
            !file.is_unchanged(found.as_ref()) || is_shadowed(file)
        })
    };
    let outdated = ours
        .iter()
        .filter(|(_, (stamp, files))| is_outdated(stamp, files));
    let sources = outdated.flat_map(|(_, (_, files))| files);
    let sources = sources.filter(|file| file.is_c_source());
    sources.map(|file| &*file.path).collect()
}

/// Whether the file is read by Zig, Python or people, so that no compile of C depends on it unless a
/// manifest lists the file.
fn is_read_by_others(file: &Path) -> bool {
    const ENDINGS: [&str; 12] = [
        "py", "pyi", "pyc", "pyd", "so", "dll", "dylib", "md", "rst", "toml", "lock", "whl",
    ];
    let ending = file.extension().and_then(|ending| ending.to_str());
    is_source(file) || ending.is_some_and(|ending| ENDINGS.contains(&ending))
}
