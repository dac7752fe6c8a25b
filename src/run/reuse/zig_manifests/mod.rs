//! The files that zig has read, from the manifests in its local cache.
//!
//! Zig writes one manifest for each thing that it compiles: sources, imports, embedded files, headers,
//! libraries, over any number of hops. A cache hit leaves the manifest as it is, so times do
//! not show which manifests a run has used. Every manifest of the project counts if all of its files exist. A
//! file too many only costs a build.
//!
//! Source: `std/Build/Cache.zig` of Zig 0.14.1 to 0.17.1.

mod outdated;
mod parse;
#[cfg(test)]
mod testing;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use self::parse::{BUILD_ROOT, Named, WORKING_DIRECTORY};
use crate::sys::stamp::Stamp;
use crate::text::path::normalized;

/// Where the project and its build script lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Roots<'a> {
    /// The project, which is zig's working directory.
    pub(super) project: &'a Path,
    /// The folder of the build script.
    pub(super) build: &'a Path,
    /// Folders whose files are known by other inputs.
    pub(super) known: &'a [PathBuf],
}

/// Manifests that were read, each with the files that it names.
#[derive(Debug, Default)]
pub(super) struct Manifests {
    read: BTreeMap<PathBuf, (Stamp, Vec<Entry>)>,
}

/// A file that a manifest names.
#[derive(Debug, Clone)]
struct Entry {
    path: PathBuf,
    size: u64,
    /// Nanoseconds since 1970.
    modified: i64,
}

impl Entry {
    /// Whether a compile since `began` may have read the file: the file has the size in the manifest, or has
    /// changed since.
    fn is_valid(&self, began: i64) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|found| {
            found.is_dir() || found.len() == self.size || Stamp::of(&found).latest() >= began
        })
    }

    /// Whether the file that was found is as it was when it was read, as far as its size and time tell.
    fn is_unchanged(&self, found: Option<&Metadata>) -> bool {
        found.is_some_and(|found| {
            found.is_dir() || Stamp::of(found).is_like(self.size, self.modified)
        })
    }

    /// Whether it is a source that is compiled by clang.
    fn is_c_source(&self) -> bool {
        let ending = self.path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| ending != "zig") && !is_header(&self.path)
    }
}

impl Manifests {
    /// Every file that the manifests of the project in the cache name, except Zig's own files and files in
    /// known folders. `began` is the time when the run began. A cache that `is_shared` may contain manifests
    /// of other projects.
    pub(super) fn files(
        &mut self,
        cache: &Path,
        is_shared: bool,
        roots: Roots<'_>,
        began: i64,
    ) -> BTreeSet<PathBuf> {
        let paths = manifests(cache);
        for path in &paths {
            self.read(path, roots);
        }
        let read = paths.iter().filter_map(|path| self.read.get(path));
        let is_valid = |files: &&Vec<Entry>| files.iter().all(|file| file.is_valid(began));
        let valid = read.map(|(_, files)| files).filter(is_valid);
        let paths = |files: &Vec<Entry>| files.iter().map(|file| file.path.clone()).collect();
        let valid: Vec<Vec<PathBuf>> = valid.map(paths).collect();
        if is_shared {
            connected(valid.iter().collect(), roots)
        } else {
            valid.into_iter().flatten().collect()
        }
    }

    /// Reads a manifest, unless it is as it was when it was read before.
    fn read(&mut self, path: &Path, roots: Roots<'_>) {
        let Ok(found) = std::fs::metadata(path) else {
            return;
        };
        let stamp = Stamp::of(&found);
        if self
            .read
            .get(path)
            .is_some_and(|(known, _)| *known == stamp)
        {
            return;
        }
        let Ok(bytes) = std::fs::read(path) else {
            return;
        };
        let named = parse::parse(path, &bytes);
        let files = own_paths(named.unwrap_or_default()).into_iter();
        let files = files.filter_map(|named| {
            let path = resolve(named.prefix, &named.path, roots)?;
            let is_known = roots.known.iter().any(|folder| path.starts_with(folder));
            (!is_known).then_some(Entry {
                path,
                size: named.size,
                modified: named.modified,
            })
        });
        self.read.insert(path.to_owned(), (stamp, files.collect()));
    }
}

/// The manifests in a cache.
fn manifests(cache: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(cache.join("h")).into_iter().flatten();
    found.flatten().map(|entry| entry.path()).collect()
}

/// The files of the manifests that belong to the project: those that name a file of the project, of its
/// build script's folder or of a package that it depends on, and those that share a source with them.
fn connected(mut manifests: Vec<&Vec<PathBuf>>, roots: Roots<'_>) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::from([roots.project.to_owned(), roots.build.to_owned()]);
    let mut files = BTreeSet::new();
    loop {
        let belongs = |file: &PathBuf| {
            folders.iter().any(|folder| file.starts_with(folder))
                || !is_header(file) && files.contains(file)
        };
        let (ours, others): (Vec<_>, Vec<_>) = manifests
            .into_iter()
            .partition(|named| named.iter().any(belongs));
        if ours.is_empty() {
            return files;
        }
        for file in ours.into_iter().flatten() {
            folders.extend(package(file));
            files.insert(file.clone());
        }
        manifests = others;
    }
}

/// The folder of a package, given its build script.
pub(super) fn package(file: &Path) -> Option<PathBuf> {
    let is_script = file.file_name().is_some_and(|name| name == "build.zig");
    file.parent().filter(|_| is_script).map(Path::to_owned)
}

/// Whether unrelated projects may include the file.
fn is_header(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_none_or(|ending| ending.starts_with('h'))
}

/// Leaves out the absolute path of a file that also has a relative path: in a cache that several checkouts
/// share, the absolute path belongs to the checkout that compiled first.
fn own_paths(mut named: Vec<Named>) -> Vec<Named> {
    let relative = named
        .iter()
        .filter(|file| !Path::new(&file.path).is_absolute());
    let relative: BTreeMap<_, _> = relative
        .map(|file| {
            let below = file.path.trim_start_matches("../").to_owned();
            ((file.digest.clone(), file.size), below)
        })
        .collect();
    named.retain(|file| {
        let path = Path::new(&file.path);
        let same = relative.get(&(file.digest.clone(), file.size));
        !path.is_absolute() || same.is_none_or(|below| !path.ends_with(below))
    });
    named
}

/// The absolute path of an entry.
fn resolve(prefix: u8, path: &str, roots: Roots<'_>) -> Option<PathBuf> {
    let path = Path::new(path);
    let absolute = match prefix {
        WORKING_DIRECTORY => {
            let in_project = normalized(&roots.project.join(path));
            if in_project.exists() {
                return Some(in_project);
            }
            roots.build.join(path)
        }
        BUILD_ROOT => roots.build.join(path),
        _ => return None,
    };
    Some(normalized(&absolute))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::testing::{binary, text};
    use super::*;

    #[test]
    fn only_manifests_of_the_project_count() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
        for name in [
            "py/n.zig",
            "core/build.zig",
            "core/core.zig",
            "core/v.c",
            "core/v.h",
            "other/o.c",
            "usr/stdio.h",
        ] {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), "").unwrap();
        }
        fs::create_dir_all(root.join("cache/h")).unwrap();
        for (name, files) in [
            (
                "1.txt",
                text(&[
                    (0, "n.zig"),
                    (0, &path("core/build.zig")),
                    (1, "std/std.zig"),
                ]),
            ),
            // Names no file of the project itself.
            (
                "2",
                binary(&[
                    (0, &path("core/v.c")),
                    (0, &path("core/v.h")),
                    (0, &path("usr/stdio.h")),
                ]),
            ),
            (
                "3.txt",
                text(&[(0, &path("other/o.c")), (0, &path("usr/stdio.h"))]),
            ),
            ("4.txt", text(&[(0, "../core/core.zig"), (0, "gone.zig")])),
            ("timestamp", Vec::new()),
            ("5.txt", Vec::new()),
        ] {
            fs::write(root.join("cache/h").join(name), files).unwrap();
        }
        let project = root.join("py");
        let roots = Roots {
            project: &project,
            build: &project,
            known: &[root.join("known")],
        };
        let mut manifests = Manifests::default();
        let mut names = |is_shared| {
            let files = manifests.files(&root.join("cache"), is_shared, roots, i64::MAX);
            let names = files.iter().map(|file| {
                file.strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            });
            names.collect::<Vec<_>>()
        };
        assert_eq!(
            names(true),
            [
                "core/build.zig",
                "core/v.c",
                "core/v.h",
                "py/n.zig",
                "usr/stdio.h"
            ]
        );
        assert_eq!(
            names(false),
            [
                "core/build.zig",
                "core/v.c",
                "core/v.h",
                "other/o.c",
                "py/n.zig",
                "usr/stdio.h"
            ]
        );
        // The neighbour comes into being, so that its manifest may be in use.
        fs::write(project.join("gone.zig"), "").unwrap();
        assert!(names(true).contains(&"core/core.zig".to_owned()));
    }

    /// Two checkouts of one project, or two projects with files of the same names.
    #[test]
    fn a_manifest_of_another_checkout_names_our_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for (name, content) in [
            ("one/build.zig", ""),
            ("two/build.zig", ""),
            ("three/build.zig", "other"),
            ("three/own.c", ""),
        ] {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), content).unwrap();
        }
        fs::create_dir_all(root.join("cache/h")).unwrap();
        let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
        let by_one = text(&[(0, "build.zig"), (0, &path("one/build.zig"))]);
        fs::write(root.join("cache/h/1.txt"), by_one).unwrap();
        let by_three = text(&[(0, "build.zig"), (0, &path("three/own.c"))]);
        let by_three = String::from_utf8(by_three)
            .unwrap()
            .replacen("0 10", "5 10", 1);
        fs::write(root.join("cache/h/3.txt"), by_three).unwrap();
        let project = root.join("two");
        let roots = Roots {
            project: &project,
            build: &project,
            known: &[],
        };
        let files = Manifests::default().files(&root.join("cache"), true, roots, i64::MAX);
        assert_eq!(files, BTreeSet::from([project.join("build.zig")]));
    }
}
