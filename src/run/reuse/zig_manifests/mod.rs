//! The files that zig has read, from the manifests in its local cache.
//!
//! Zig writes one manifest for each thing that it compiles: sources, imports, embedded files, headers,
//! libraries, over any number of hops. A cache hit leaves the manifest as it is, so what a run has used
//! cannot be told from times; every manifest counts whose files are all there and that belongs to the
//! project. One file too many only costs a build.
//!
//! Source: `std/Build/Cache.zig` of Zig 0.14.1 to 0.17.1.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::compile::script::is_source;
use crate::sys::stamp::Stamp;

/// The first line of a manifest up to Zig 0.16.
const HEADER: &[u8] = b"0";

/// The bytes of an entry before its path, since Zig 0.17: size, inode, time of change (8 each), digest
/// (16), flags. The upper six bits of the flags are the prefix.
const BINARY_HEAD: usize = 41;
const MODIFIED: usize = 16;
const DIGEST: std::ops::Range<usize> = 24..40;

/// What paths are relative to. The other prefixes stand for Zig's library and caches, whose content
/// follows from the version of Zig and from other inputs. (Up to Zig 0.16 the build runner has the build
/// root in the place of the library; all files of the build root are inputs anyhow.)
const WORKING_DIRECTORY: u8 = 0;
const BUILD_ROOT: u8 = 4;

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
    /// Whether a compile since `began` may have read the file: it is there in the length that the manifest
    /// says, or has changed since.
    fn is_valid(&self, began: i64) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|found| {
            found.is_dir() || found.len() == self.size || Stamp::of(&found).latest() >= began
        })
    }

    /// Whether the file is as it was when it was read, as far as its size and time tell.
    fn is_unchanged(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|found| {
            found.is_dir() || Stamp::of(&found).is_like(self.size, self.modified)
        })
    }

    /// Whether it is a source that is compiled by clang.
    fn is_c_source(&self) -> bool {
        let ending = self.path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| ending != "zig") && !is_header(&self.path)
    }
}

impl Manifests {
    /// Every file that the manifests of the project in the cache name, but for Zig's own files and those
    /// in folders that are known otherwise. `began` is the time when the run did. A cache that `is_shared` may hold manifests of other projects.
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

    /// Before zig runs: removes the manifests of compiles of C whose outcome Zig would take from its cache
    /// although it may have changed. That is so where
    ///
    /// - one of `inputs` (each with the time when it changed) is a header with the name of a header that
    ///   was read, and is newer than the manifest: Zig does not look at folders where a header is new;
    /// - a header has changed: the manifest of a library lacks the headers of the objects that were in the
    ///   cache when it was written;
    /// - one of `inputs` is newer than the manifest, and no manifest lists the file. Zig does not list the
    ///   files that an assembler reads (`.incbin`), nor those that `__has_include` did not find.
    pub(super) fn forget_outdated(
        &mut self,
        cache: &Path,
        roots: Roots<'_>,
        inputs: &[(&Path, i64)],
    ) {
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for header in inputs.iter().filter(|(path, _)| is_header(path)) {
            by_name
                .entry(header.0.file_name())
                .or_default()
                .push(header);
        }
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
        let is_outdated = |stamp: &Stamp, files: &[Entry]| {
            let is_shadowed = |file: &Entry| {
                let others = by_name.get(&file.path.file_name()).into_iter().flatten();
                let mut newer = others.filter(|(_, changed)| *changed > stamp.latest());
                newer.any(|(header, _)| !files.iter().any(|file| file.path == **header))
            };
            files
                .iter()
                .any(|file| !file.is_unchanged() || is_shadowed(file))
        };
        let outdated = ours
            .iter()
            .filter(|(_, (stamp, files))| is_outdated(stamp, files));
        let sources = outdated.flat_map(|(_, (_, files))| files);
        let sources = sources.filter(|file| file.is_c_source());
        let sources: BTreeSet<_> = sources.map(|file| &file.path).collect();
        let unlisted = self.newest_unlisted(&ours, roots, inputs);
        let is_affected = |stamp: &Stamp, files: &[Entry]| {
            files.iter().any(|file| sources.contains(&file.path))
                || unlisted.is_some_and(|changed| stamp.latest() <= changed)
                    && !files.iter().any(|file| package(&file.path).is_some())
        };
        for (path, _) in ours
            .iter()
            .filter(|(_, (stamp, files))| is_affected(stamp, files))
        {
            // What cannot be removed is no worse than it was.
            let _ = std::fs::remove_file(path);
        }
    }

    /// When the newest file changed that a compile by clang may read and that no manifest lists. `None` if
    /// clang compiles nothing: a compile of Zig lists every file that it reads.
    fn newest_unlisted(
        &self,
        ours: &[(&PathBuf, &(Stamp, Vec<Entry>))],
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
        let named = if path.extension().is_some() {
            parse_text(&bytes)
        } else {
            parse_binary(&bytes)
        };
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

/// Whether many projects may include the file that have nothing else in common.
fn is_header(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_none_or(|ending| ending.starts_with('h'))
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

/// Leaves out the absolute path of a file that is there by its relative path too: in a cache that
/// several checkouts share, it is that of the checkout which happened to compile first.
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
            let in_project = normalize(&roots.project.join(path));
            if in_project.exists() {
                return Some(in_project);
            }
            roots.build.join(path)
        }
        BUILD_ROOT => roots.build.join(path),
        _ => return None,
    };
    Some(normalize(&absolute))
}

/// The path without `.` and `..`, by its text, as Zig takes paths.
fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// An entry as it stands in a manifest.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    size: u64,
    modified: i64,
    digest: Vec<u8>,
    prefix: u8,
    path: String,
}

/// A header line, then a line for each file: size, inode, time of change, digest, prefix, path.
fn parse_text(bytes: &[u8]) -> Option<Vec<Named>> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    if lines.next()? != HEADER {
        return None;
    }
    let mut named = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let mut parts = line.splitn(6, |byte| *byte == b' ');
        let size = parts.next()?;
        let modified = parts.nth(1)?;
        let digest = parts.next()?;
        let prefix = number(parts.next()?)?;
        // Of a thousand lines all but a few name files of Zig's own library.
        if prefix == WORKING_DIRECTORY {
            named.push(Named {
                size: number(size)?,
                modified: number(modified)?,
                digest: digest.to_owned(),
                prefix,
                path: String::from_utf8_lossy(parts.next()?).into_owned(),
            });
        }
    }
    Some(named)
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Entries without separators, each path ended by a zero byte; one more zero byte at the end.
fn parse_binary(bytes: &[u8]) -> Option<Vec<Named>> {
    let mut rest = bytes;
    let mut named = Vec::new();
    while rest.len() > 1 {
        let (head, tail) = rest.split_at_checked(BINARY_HEAD)?;
        let prefix = head.last()? >> 2;
        let end = tail.iter().position(|byte| *byte == 0)?;
        if matches!(prefix, WORKING_DIRECTORY | BUILD_ROOT) {
            named.push(Named {
                size: u64::from_le_bytes(*head.first_chunk()?),
                modified: i64::from_le_bytes(*head[MODIFIED..].first_chunk()?),
                digest: head[DIGEST].to_owned(),
                prefix,
                path: String::from_utf8_lossy(&tail[..end]).into_owned(),
            });
        }
        rest = &tail[end + 1..];
    }
    (rest == [0]).then_some(named)
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    const DIGEST_OF_NOTHING: &str = "de37c2b57d100b2f5ae280f608ac49e2";

    fn text(files: &[(u8, &str)]) -> Vec<u8> {
        let lines = files.iter().map(|(prefix, path)| {
            format!("0 10 1795897111397216097 {DIGEST_OF_NOTHING} {prefix} {path}\n")
        });
        format!("0\n{}", lines.collect::<String>()).into_bytes()
    }

    fn binary(files: &[(u8, &str)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (prefix, path) in files {
            bytes.extend([0; DIGEST.start]);
            bytes.extend([1; DIGEST.end - DIGEST.start]);
            bytes.push(prefix << 2);
            bytes.extend(path.as_bytes());
            bytes.push(0);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn both_formats_are_read() {
        let files = [
            (0, "/a b/x.h"),
            (1, "std/std.zig"),
            (0, "src/x.zig"),
            (3, "b/1/builtin.zig"),
        ];
        for named in [parse_text(&text(&files)), parse_binary(&binary(&files))] {
            let named = named.unwrap();
            let named: Vec<_> = named
                .iter()
                .map(|file| (file.prefix, &*file.path))
                .collect();
            assert_eq!(named, [(0, "/a b/x.h"), (0, "src/x.zig")]);
        }
        assert_eq!(parse_binary(&binary(&[])), Some(Vec::new()));
        assert_eq!(parse_text(b""), None);
        assert_eq!(parse_text(b"1\n"), None);
        assert_eq!(parse_text(b"0\nx\n"), None);
        let bytes = binary(&files);
        for end in (0..bytes.len()).filter(|end| bytes[..*end].last() != Some(&0)) {
            assert_eq!(parse_binary(&bytes[..end]), None, "{end}");
        }
    }

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
