//! Reinstalls damaged packages that pip or uv has installed into the cache.
//!
//! Takes a path in the cache, such as the executable of a Zig; gives whether its entry was damaged and has
//! been repaired. Nothing outside the cache is touched.

use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::distributions::distributions;
use super::{installer, interpreter};
use crate::error::{Error, Problem, Result};

/// Verifies the entry that `path` is in, and reinstalls it if it is damaged. Reading a Zig takes part of a
/// second, so call this only after a Zig has failed.
pub fn repair_installed(path: &Path, cache: &Cache) -> Result<bool> {
    let Some(entry) = Entry::of(path, cache) else {
        return Ok(false);
    };
    let Some(damage) = cache.damage(&entry.path) else {
        return Ok(false);
    };
    let refused = |why: &str| {
        Error::system(
            Problem::new(format!("a cache entry is damaged ({damage}), {why}"))
                .at(entry.path.display())
                .hint("remove this directory and run again, or use another cache: --cache-dir DIR"),
        )
    };
    if !entry.path.starts_with(cache.root()) {
        return Err(refused("but this cache is read-only"));
    }
    let Some(requirement) = entry.requirement() else {
        return Err(refused(
            "and it no longer says which package is installed in it",
        ));
    };
    let python = interpreter::default(cache).map(|python| python.exe);
    let python = python.as_deref();
    cache.repair(entry.kind, &entry.key, |dir| {
        installer::install_package(
            &requirement,
            python,
            dir,
            &|text| cache.note(text),
            cache.wait(),
        )
    })?;
    Ok(true)
}

/// An entry that a package was installed into.
struct Entry {
    kind: &'static str,
    key: String,
    path: PathBuf,
}

impl Entry {
    /// The entry that a path is in.
    fn of(path: &Path, cache: &Cache) -> Option<Self> {
        for kind in ["zig", "packages"] {
            for dir in cache.dirs(kind) {
                let below = path.strip_prefix(&dir).ok();
                if let Some(key) = below.and_then(|below| below.iter().next()) {
                    return Some(Self {
                        kind,
                        key: key.to_str()?.to_owned(),
                        path: dir.join(key),
                    });
                }
            }
        }
        None
    }

    /// The requirement from which pip installs the same package again.
    ///
    /// Ex) `ziglang==0.15.2`
    fn requirement(&self) -> Option<String> {
        let mut installed = distributions(&self.path).into_iter();
        let installed = installed.find_map(|(stem, _)| {
            let (name, version) = stem.split_once('-')?;
            Some(format!("{name}=={version}"))
        });
        let is_version = self.key.starts_with(|first: char| first.is_ascii_digit());
        installed.or_else(|| {
            (self.kind == "zig" && is_version).then(|| format!("ziglang=={}", self.key))
        })
    }
}
