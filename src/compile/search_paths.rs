//! Rewrites the search paths of the libraries of a wheel so that they find each other.
//!
//! Takes the installed binaries with their places in the wheel. A library that was linked with
//! `linkLibrary` is searched for in a folder of Zig's cache, which exists on the build machine only: that
//! entry becomes the way from the binary to the library in the wheel. Nothing else is changed, and a file
//! in which an entry cannot be replaced stays as it is, for the audit to reject.

mod libraries;
mod mach_o;

use std::collections::BTreeSet;

use fs_err as fs;
use object::elf::{DT_NEEDED, DT_RPATH, DT_RUNPATH};

use self::libraries::{Libraries, is_of_zigs_cache, nearest, split, way};
use super::dynamic_table::DynamicTable;
use super::musl;
use super::placed::Placed;
use crate::audit::resolve_search_path;
use crate::error::Result;

/// Rewrites the search paths of each binary so that it finds the libraries of the wheel that it loads.
pub(crate) fn rewrite<'p>(placed: impl Iterator<Item = &'p Placed> + Clone) -> Result<()> {
    let mut libraries = Libraries::new();
    for file in placed.clone() {
        let (folder, name) = split(&file.path);
        let folders = libraries.entry(name.to_owned()).or_default();
        folders.insert(folder.to_owned());
    }
    let mut settled = BTreeSet::new();
    for file in placed.filter(|file| file.executable) {
        // A library may be packed under several names, in one folder.
        if !settled.insert(&file.source) {
            continue;
        }
        let mut bytes = fs::read(&file.source)?;
        let (folder, _) = split(&file.path);
        if edit_elf(&mut bytes, folder, &libraries) || mach_o::edit(&mut bytes, folder, &libraries)
        {
            musl::rewrite(&file.source, &bytes)?;
        }
    }
    Ok(())
}

fn edit_elf(bytes: &mut [u8], folder: &str, libraries: &Libraries) -> bool {
    let Some(table) = DynamicTable::read(bytes) else {
        return false;
    };
    let needed = table.strings(DT_NEEDED, bytes);
    let needed: Vec<_> = needed
        .filter_map(|name| libraries.get(std::str::from_utf8(name).ok()?))
        .collect();
    let search = |entry: &[u8]| {
        let entry = std::str::from_utf8(entry).ok()?;
        Some(search_path(entry, folder, &needed)?.into_bytes())
    };
    let runpath = table.edit(DT_RUNPATH, bytes, search);
    // Removing an entry has moved the others.
    let table = DynamicTable::read(bytes);
    table.is_some_and(|table| table.edit(DT_RPATH, bytes, search)) || runpath
}

/// The search path that replaces the one of a binary in this folder, so that it finds each library in one of
/// the library's folders; `None` if the path has no folder of Zig's cache.
fn search_path(path: &str, folder: &str, needed: &[&BTreeSet<String>]) -> Option<String> {
    let mut search: Vec<_> = str::split(path, ':').map(str::to_owned).collect();
    let before = search.len();
    search.retain(|entry| !is_of_zigs_cache(entry));
    if search.len() == before {
        return None;
    }
    for folders in needed {
        let leads = |entry: &String| {
            resolve_search_path(entry, folder).is_ok_and(|place| folders.contains(&place))
        };
        if let Some(nearest) = nearest(folders, folder).filter(|_| !search.iter().any(leads)) {
            search.push(format!("$ORIGIN{}", way(folder, nearest)));
        }
    }
    Some(search.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zigs_cache_is_replaced_by_the_way_to_the_library() {
        let folders =
            |list: &[&str]| -> BTreeSet<String> { list.iter().map(ToString::to_string).collect() };
        let cache = "/home/me/p/.pyz3-wheel/zig-cache/o/36be1aa016f0e5838bcd478504d82732";
        let relative = ".zig-cache/o/48cc8de2f4ab252683fb32471d4cd5a9";
        for (path, needed, expected) in [
            (cache.to_owned(), &["a"][..], Some("$ORIGIN")),
            (relative.to_owned(), &["a/lib"], Some("$ORIGIN/lib")),
            (relative.to_owned(), &["", "b.libs"], Some("$ORIGIN/..")),
            (format!("{cache}:{relative}"), &["b"], Some("$ORIGIN/../b")),
            (format!("$ORIGIN:{cache}"), &["a"], Some("$ORIGIN")),
            (
                format!("{cache}:$ORIGIN/../b"),
                &["b"],
                Some("$ORIGIN/../b"),
            ),
            // The audit reports a library that was linked but is not in the wheel.
            (cache.to_owned(), &[], Some("")),
            (
                format!("/opt/lib:{cache}"),
                &["a"],
                Some("/opt/lib:$ORIGIN"),
            ),
            ("$ORIGIN:/opt/lib/o/1".to_owned(), &["a"], None),
            (
                "/opt/36be1aa016f0e5838bcd478504d82732".to_owned(),
                &["a"],
                None,
            ),
        ] {
            let needed = [folders(needed)];
            let needed: Vec<_> = needed.iter().filter(|list| !list.is_empty()).collect();
            assert_eq!(
                search_path(&path, "a", &needed).as_deref(),
                expected,
                "{path}"
            );
        }
    }
}
