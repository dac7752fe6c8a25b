//! Where the libraries of a wheel look for each other, once it is known where they go.
//!
//! Takes the installed binaries with their places in the wheel. A library that was linked with
//! `linkLibrary` is searched for in a folder of Zig's cache, which exists on the build machine only: that
//! entry becomes the way from the binary to the library in the wheel. Nothing else is changed, and a file
//! in which an entry cannot be replaced stays as it is, for the audit to reject.

mod mach_o;

use std::collections::{BTreeMap, BTreeSet};

use fs_err as fs;
use object::elf::{DT_NEEDED, DT_RPATH, DT_RUNPATH};

use super::dynamic_table::DynamicTable;
use super::musl;
use super::place::Placed;
use crate::audit::resolve_search_path;
use crate::error::Result;

/// The libraries of a wheel by file name, with the folders that they are in.
type Libraries = BTreeMap<String, BTreeSet<String>>;

/// Leads each binary to the libraries of the wheel that it loads.
pub(super) fn settle(placed: &[Placed]) -> Result<()> {
    let mut libraries = Libraries::new();
    for file in placed {
        let (folder, name) = split(&file.path);
        let folders = libraries.entry(name.to_owned()).or_default();
        folders.insert(folder.to_owned());
    }
    let mut settled = BTreeSet::new();
    for file in placed {
        // A library may be packed under several names, in one folder.
        if !settled.insert(&file.source) {
            continue;
        }
        let mut bytes = fs::read(&file.source)?;
        let (folder, _) = split(&file.path);
        if edit_elf(&mut bytes, folder, &libraries)
            || mach_o::edit(&mut bytes, folder, &libraries)
        {
            musl::rewrite(&file.source, &bytes)?;
        }
    }
    Ok(())
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether a search path is a folder of Zig's cache: `…/o/` and a hash of 16 bytes. Which cache it is
/// does not matter, since an earlier build may have had another one.
fn is_of_zigs_cache(entry: &str) -> bool {
    let mut parts = entry.rsplit(['/', '\\']);
    let hash = parts.next().unwrap_or_default();
    hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit()) && parts.next() == Some("o")
}

/// What leads from one folder of the wheel to another, behind `$ORIGIN` or `@loader_path`.
///
/// Ex) nothing for the same folder, `/../b` from `a` to `b`
fn way(from: &str, to: &str) -> String {
    let parts = |path| str::split(path, '/').filter(|part: &&str| !part.is_empty());
    let (from, to): (Vec<_>, Vec<_>) = (parts(from).collect(), parts(to).collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| "..");
    let steps = up.chain(to[shared..].iter().copied());
    steps.map(|step| format!("/{step}")).collect()
}

/// The nearest of the folders that have a library: the binary's own, if that has it.
fn nearest<'a>(folders: &'a BTreeSet<String>, folder: &str) -> Option<&'a String> {
    folders.iter().min_by_key(|other| way(folder, other).len())
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
        let mut search: Vec<_> = entry.split(':').map(str::to_owned).collect();
        let before = search.len();
        search.retain(|entry| !is_of_zigs_cache(entry));
        if search.len() == before {
            return None;
        }
        for folders in &needed {
            let leads = |entry: &String| {
                resolve_search_path(entry, folder).is_ok_and(|place| folders.contains(&place))
            };
            if let Some(nearest) = nearest(folders, folder).filter(|_| !search.iter().any(leads)) {
                search.push(format!("$ORIGIN{}", way(folder, nearest)));
            }
        }
        Some(search.join(":").into_bytes())
    };
    let runpath = table.edit(DT_RUNPATH, bytes, search);
    // Removing an entry has moved the others.
    let table = DynamicTable::read(bytes);
    table.is_some_and(|table| table.edit(DT_RPATH, bytes, search)) || runpath
}
