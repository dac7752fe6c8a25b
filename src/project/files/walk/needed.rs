//! What a build of the project reads, by its manifests, its Zig files and the directives of its C sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Walk;
use crate::project::Project;
use crate::project::packages::{Origin, ZigPackages};
use crate::project::zon::Manifest;
use crate::text::path::normalized;

/// Endings of files that compilers, assemblers and linkers read, in lower case.
const SOURCES: [&str; 39] = [
    "asm",
    "c",
    "c++",
    "cc",
    "cl",
    "cp",
    "cpp",
    "cppm",
    "cu",
    "cuh",
    "cxx",
    "def",
    "h",
    "h++",
    "hh",
    "hp",
    "hpp",
    "hxx",
    "inc",
    "inl",
    "ipp",
    "ixx",
    "ld",
    "lds",
    "m",
    "mm",
    "modulemap",
    "mpp",
    "rc",
    "rh",
    "s",
    "sx",
    "tbd",
    "tcc",
    "tpp",
    "txx",
    "zig",
    "zon",
    "ii",
];

/// What lines of a build script have that name folders of which every file is read.
const FOLDER_CALLS: [&str; 5] = [
    "CopyDirectory(",
    "EmbedPath(",
    "HeadersDirectory(",
    "IncludePath(",
    "source_dir",
];

/// What a build of the project reads, as far as that can be known without building.
pub(super) struct Needed {
    files: BTreeSet<PathBuf>,
    folders: Vec<PathBuf>,
    /// What C sources include, as written there.
    included: BTreeSet<PathBuf>,
}

impl Needed {
    pub(super) fn by(project: &Project, found: &Walk<'_>) -> Self {
        let required = project.required_files().into_iter().map(|(path, _)| path);
        let mut files: BTreeSet<_> = required.collect();
        files.extend(
            project
                .metadata
                .version_file()
                .map(|file| project.root.join(file)),
        );
        let mut folders = Vec::new();
        let build_root = project.build_root();
        for folder in [&build_root, &project.root] {
            let text = fs_err::read_to_string(folder.join("build.zig.zon")).unwrap_or_default();
            let paths = Manifest::parse(&text).map_or(Vec::new(), |manifest| manifest.paths);
            // The whole folder says nothing about single files.
            let paths = paths.iter().map(|path| normalized(&folder.join(path)));
            folders.extend(paths.filter(|path| !project.root.starts_with(path)));
        }
        let packages = ZigPackages::read(project, &[project.package_store()]);
        let local = packages.list.into_values();
        folders.extend(
            local
                .filter(|package| matches!(package.origin, Origin::Folder))
                .filter_map(|package| package.folder)
                .filter(|folder| !project.root.starts_with(folder)),
        );
        let modules = project.managed.iter().flat_map(|all| &all.modules);
        let headers = modules.flat_map(|module| &module.c_include_dirs);
        folders.extend(headers.map(|folder| project.root.join(folder)));
        // Ex) `@embedFile("table.bin")`, `b.path("data/table.bin")`
        let sources = found.found.sdist.values().map(|file| &file.source);
        let is_zig = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "zig");
        for source in sources.filter(is_zig) {
            let text = fs_err::read_to_string(source).unwrap_or_default();
            let folder = source.parent().unwrap_or(&project.root);
            for string in strings(&text) {
                files.extend([folder, &*build_root].map(|from| normalized(&from.join(string))));
            }
            let calls = text
                .lines()
                .filter(|line| FOLDER_CALLS.iter().any(|call| line.contains(call)));
            let named = calls
                .flat_map(strings)
                .map(|string| normalized(&build_root.join(string)));
            folders.extend(named.filter(|path| !project.root.starts_with(path) && path.is_dir()));
        }
        let mut needed = Self {
            files,
            folders,
            included: BTreeSet::new(),
        };
        needed.add_included(found);
        needed
    }

    /// Reads what C sources include, and what the included files include in turn.
    fn add_included(&mut self, found: &Walk<'_>) {
        let mut unread: Vec<_> = found
            .found
            .sdist
            .values()
            .map(|file| &file.source)
            .collect();
        loop {
            let is_new = |path: &&PathBuf| is_source(path) || self.includes(path);
            let (read, rest): (Vec<_>, Vec<_>) = unread.into_iter().partition(is_new);
            if read.is_empty() {
                return;
            }
            for source in read {
                if !has_ending(source, &["zig", "zon"]) {
                    let text = fs_err::read_to_string(source).unwrap_or_default();
                    let is_resource = has_ending(source, &["rc"]);
                    self.included
                        .extend(included(&text, is_resource).map(PathBuf::from));
                }
            }
            unread = rest;
        }
    }

    /// Whether a C source includes this file from some folder.
    fn includes(&self, path: &Path) -> bool {
        let mut ends = PathBuf::new();
        path.iter().rev().any(|part| {
            ends = Path::new(part).join(&ends).components().collect();
            self.included.contains(&ends)
        })
    }

    pub(super) fn has(&self, path: &Path) -> bool {
        is_source(path)
            || self.includes(path)
            || self.files.contains(path)
            || self.folders.iter().any(|folder| path.starts_with(folder))
    }
}

fn is_source(path: &Path) -> bool {
    has_ending(path, &SOURCES)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| endings.contains(&&*ending.to_ascii_lowercase()))
}

/// The paths in directives of C and assembler, without leading `./` and `../`; in a file of Windows resources
/// those of all resources.
///
/// Ex) `#include <tables/log.ipp>`, `#define TABLE "log.ipp"`, `.incbin "log.bin"`
fn included(text: &str, is_resource: bool) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter_map(move |line| {
        let line = line.trim_start();
        let directive = line.strip_prefix(['#', '.']).unwrap_or("").trim_start();
        let is_one = |name: &str| directive.starts_with(name);
        let reads = ["include", "import", "embed", "incbin"]
            .iter()
            .any(|name| is_one(name));
        let defines = is_one("define");
        (reads || defines || is_resource).then_some((line, reads))
    });
    let paths = lines.flat_map(|(line, reads)| {
        let quoted = strings(line);
        let angled = line
            .split_once('<')
            .and_then(|(_, rest)| rest.split_once('>'));
        let angled = angled.map(|(path, _)| path.trim()).filter(|_| reads);
        // A defined string may be anything, unlike an included one.
        quoted
            .chain(angled)
            .filter(move |path| reads || path.contains('.'))
    });
    paths.map(|path| path.trim_start_matches("./").trim_start_matches("../"))
}

/// What stands between quotes on one line. Not a tokenizer: too many strings do no harm.
fn strings(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().flat_map(|line| line.split('"').skip(1));
    lines.filter(|string| !string.is_empty() && string.len() < 1024)
}
