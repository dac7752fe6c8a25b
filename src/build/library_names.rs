//! The names that a shared library has in the wheel.
//!
//! A library with a version is installed as one file with links to it (`libcore.so.1.0.0`,
//! `libcore.so.1`, `libcore.so`). A wheel has no links, and each name would be a copy, so the wheel has
//! the names that something uses: the one that another binary of the wheel asks for, and those that
//! Python files mention. A library that nothing is known to use has its plain name, without the version.

use std::collections::BTreeSet;

use fs_err as fs;
use memchr::memmem;

use super::artifact::Artifact;
use crate::project::PackageFile;

/// The file names that this library gets.
pub(super) fn library_names(
    library: &Artifact,
    artifacts: &[Artifact],
    files: &[PackageFile],
) -> BTreeSet<String> {
    let mut possible: BTreeSet<_> = library.names().map(str::to_owned).collect();
    let imports = artifacts
        .iter()
        .flat_map(|artifact| artifact.binary.parts())
        .flat_map(|part| &part.imports)
        .map(|name| name.rsplit('/').next().unwrap_or(name));
    let needed: BTreeSet<_> = imports.filter(|name| possible.contains(*name)).collect();
    let mut names: BTreeSet<_> = needed.into_iter().map(str::to_owned).collect();
    if library.links.is_empty() {
        if names.is_empty() {
            names.insert(library.file_name().to_owned());
        }
        return names;
    }
    possible.retain(|name| name == library.file_name() || library.links.contains(name));
    names.extend(mentioned(&possible, files));
    if names.is_empty() {
        let plain = possible.into_iter().min_by_key(String::len);
        names.insert(plain.unwrap_or_else(|| library.file_name().to_owned()));
    }
    names
}

/// Those of the names that a Python file of the project has in it.
fn mentioned(names: &BTreeSet<String>, files: &[PackageFile]) -> BTreeSet<String> {
    let python = files.iter().filter(|file| {
        let path = file.source.extension();
        path.is_some_and(|ending| ending == "py")
    });
    let mut found = BTreeSet::new();
    // A file that cannot be read is reported when it is packed.
    for text in python.filter_map(|file| fs::read(&file.source).ok()) {
        found.extend(names.iter().filter(|name| mentions(&text, name)).cloned());
    }
    found
}

/// Whether a text has this name, and not as the beginning or the end of a longer one.
fn mentions(text: &[u8], name: &str) -> bool {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    memmem::find_iter(text, name.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let after = text.get(at + name.len());
        !before.is_some_and(is_of_name) && !after.is_some_and(is_of_name)
    })
}
