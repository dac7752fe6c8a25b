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

use super::stamp::Stamp;

/// The first line of a manifest up to Zig 0.16.
const HEADER: &[u8] = b"0";

/// The bytes of an entry before its path, since Zig 0.17: size, inode, time of change (8 each), digest
/// (16), flags. The upper six bits of the flags are the prefix.
const BINARY_HEAD: usize = 41;

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
    read: BTreeMap<PathBuf, (Stamp, Vec<PathBuf>)>,
}

impl Manifests {
    /// Every file that the manifests of the project in the cache name, but for Zig's own files and those
    /// in folders that are known otherwise. A cache that `is_shared` may hold manifests of other projects.
    pub(super) fn files(
        &mut self,
        cache: &Path,
        is_shared: bool,
        roots: Roots<'_>,
    ) -> BTreeSet<PathBuf> {
        let paths = manifests(cache);
        for path in &paths {
            self.read(path, roots);
        }
        let read = paths.iter().filter_map(|path| self.read.get(path));
        // Files that are gone cannot have been read.
        let is_valid = |files: &&Vec<PathBuf>| files.iter().all(|file| file.exists());
        let valid = read.map(|(_, files)| files).filter(is_valid);
        if is_shared {
            connected(valid.collect(), roots)
        } else {
            valid.flatten().cloned().collect()
        }
    }

    /// Removes the manifests of compiles that another header may now answer: one of `headers` (each with
    /// the time when it changed) has the name of a header that was read, and is newer than the manifest.
    /// Zig looks only at the files that were read before, not at those that an earlier folder of the
    /// include path has got since.
    pub(super) fn forget_shadowed(
        &mut self,
        cache: &Path,
        roots: Roots<'_>,
        headers: &[(&Path, i64)],
    ) {
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for header in headers.iter().filter(|(path, _)| is_header(path)) {
            by_name
                .entry(header.0.file_name())
                .or_default()
                .push(header);
        }
        for path in manifests(cache) {
            self.read(&path, roots);
            let Some((stamp, files)) = self.read.get(&path) else {
                continue;
            };
            let is_new = |file: &PathBuf| {
                let others = by_name.get(&file.file_name()).into_iter().flatten();
                let mut newer = others.filter(|(_, changed)| *changed > stamp.latest());
                newer.any(|(header, _)| !files.iter().any(|file| file == header))
            };
            let is_ours =
                |file: &PathBuf| file.starts_with(roots.project) || file.starts_with(roots.build);
            // What cannot be removed is no worse than it was.
            if files.iter().any(is_ours)
                && files.iter().any(is_new)
                && std::fs::remove_file(&path).is_ok()
            {
                self.read.remove(&path);
            }
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
        let named = if path.extension().is_some() {
            parse_text(&bytes)
        } else {
            parse_binary(&bytes)
        };
        let files = named.unwrap_or_default().into_iter();
        let files = files.filter_map(|(prefix, path)| resolve(prefix, &path, roots));
        let files = files.filter(|file| !roots.known.iter().any(|folder| file.starts_with(folder)));
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

type Named = Vec<(u8, String)>;

/// A header line, then a line for each file: size, inode, time of change, digest, prefix, path.
fn parse_text(bytes: &[u8]) -> Option<Named> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    if lines.next()? != HEADER {
        return None;
    }
    let mut named = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let mut parts = line.splitn(6, |byte| *byte == b' ').skip(4);
        let prefix = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
        // Of a thousand lines all but a few name files of Zig's own library.
        if prefix == WORKING_DIRECTORY {
            let path = String::from_utf8_lossy(parts.next()?).into_owned();
            named.push((prefix, path));
        }
    }
    Some(named)
}

/// Entries without separators, each path ended by a zero byte; one more zero byte at the end.
fn parse_binary(bytes: &[u8]) -> Option<Named> {
    let mut rest = bytes;
    let mut named = Vec::new();
    while rest.len() > 1 {
        let (head, tail) = rest.split_at_checked(BINARY_HEAD)?;
        let prefix = head.last()? >> 2;
        let end = tail.iter().position(|byte| *byte == 0)?;
        if matches!(prefix, WORKING_DIRECTORY | BUILD_ROOT) {
            let path = String::from_utf8_lossy(&tail[..end]).into_owned();
            named.push((prefix, path));
        }
        rest = &tail[end + 1..];
    }
    (rest == [0]).then_some(named)
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    fn text(files: &[(u8, &str)]) -> Vec<u8> {
        let lines = files.iter().map(|(prefix, path)| {
            format!("3 10 1795897111397216097 de37c2b57d100b2f5ae280f608ac49e2 {prefix} {path}\n")
        });
        format!("0\n{}", lines.collect::<String>()).into_bytes()
    }

    fn binary(files: &[(u8, &str)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (prefix, path) in files {
            bytes.extend([1; BINARY_HEAD - 1]);
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
        let named = Some(vec![
            (0, "/a b/x.h".to_owned()),
            (0, "src/x.zig".to_owned()),
        ]);
        assert_eq!(parse_text(&text(&files)), named);
        assert_eq!(parse_binary(&binary(&files)), named);
        assert_eq!(parse_binary(&binary(&[])), Some(Vec::new()));
        assert_eq!(parse_text(b""), None);
        assert_eq!(parse_text(b"1\n"), None);
        assert_eq!(parse_text(b"0\nx\n"), None);
        let bytes = binary(&files);
        for end in 0..bytes.len() {
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
            let files = manifests.files(&root.join("cache"), is_shared, roots);
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
}
