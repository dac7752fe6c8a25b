//! Which of the files that git does not track go into the sdist: those of a package and those that the
//! build reads. The others are the author's own: notes, drafts, files of an editor.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::Walk;
use super::refusals::list;
use crate::project::checkout::NOT_INSTALLED;
use crate::project::packages::{Origin, ZigPackages};
use crate::project::zon::Manifest;
use crate::project::{LeftOut, Project, Why};

/// Endings of files that compilers read.
const SOURCES: [&str; 19] = [
    "S", "asm", "c", "cc", "cpp", "cxx", "def", "h", "hh", "hpp", "hxx", "inc", "inl", "m", "mm",
    "rc", "s", "zig", "zon",
];

impl Walk<'_> {
    /// Takes what git does not track out of the sdist, unless the build needs it, and tells so.
    pub(super) fn leave_untracked_out(&mut self) {
        let project = self.project;
        let keep = project.config.sdist_untracked.as_ref();
        let Some(checkout) = self.checkout.as_ref().filter(|_| self.for_sdist) else {
            return;
        };
        if keep.is_some_and(|keep| keep.value) {
            return;
        }
        match checkout.tracked() {
            Ok(index) if index.is_empty() => {
                self.found.notes.push(
                    "git tracks no file of the project yet, so the sdist has all files that git does \
                     not ignore; `git add` those that belong to the project"
                        .to_owned(),
                );
                return;
            }
            Ok(_) => {}
            Err(said) => {
                if said != NOT_INSTALLED && !said.contains("not a git repository") {
                    let line = said.lines().next().unwrap_or_default();
                    self.found.notes.push(format!(
                        "git cannot list the tracked files ({line}), so the sdist also has files that \
                         git does not track; see what `git ls-files` says in the project's folder"
                    ));
                }
                return;
            }
        }
        let untracked = self
            .found
            .sdist
            .iter()
            .filter(|(_, file)| file.why == Why::Own && !checkout.tracks(&file.source));
        let untracked: Vec<_> = untracked
            .map(|(place, file)| (place.clone(), file.source.clone()))
            .collect();
        if untracked.is_empty() {
            return;
        }
        let needed = Needed::by(project, self);
        let (packed, dropped): (Vec<_>, Vec<_>) = untracked
            .into_iter()
            .partition(|(_, source)| self.in_area(source) || needed.has(source));
        for (place, _) in &dropped {
            self.found.sdist.remove(place);
        }
        let dropped: BTreeSet<_> = dropped
            .iter()
            .map(|(place, _)| self.shortened(place))
            .collect();
        let dropped: Vec<_> = dropped.into_iter().collect();
        let packed: Vec<_> = packed.into_iter().map(|(place, _)| place).collect();
        let mut told = Vec::new();
        if !dropped.is_empty() {
            told.push(format!(
                "the sdist is without files that git does not track: {} (`git add` them, or name them in \
                 include, or set sdist-untracked = true in [tool.pyz3-wheel])",
                list(&dropped)
            ));
        }
        if !packed.is_empty() {
            told.push(format!(
                "the sdist has files that git does not track, since they lie in a package or the build \
                 reads them: {}",
                list(&packed)
            ));
        }
        self.found.notes.push(told.join("; "));
        self.found
            .left_out
            .extend(dropped.into_iter().map(|path| LeftOut {
                path,
                in_sdist: false,
                why: "not tracked by git".to_owned(),
            }));
    }

    /// The topmost folder around a file of which the sdist has nothing, else the file itself.
    fn shortened(&self, place: &str) -> String {
        let mut folders = place.match_indices('/').map(|(at, _)| &place[..=at]);
        let is_empty = |folder: &&str| {
            let mut from = self.found.sdist.range((*folder).to_owned()..);
            from.next()
                .is_none_or(|(first, _)| !first.starts_with(folder))
        };
        folders.find(is_empty).unwrap_or(place).to_owned()
    }
}

/// What a build of the project reads, as far as that can be known without building.
struct Needed {
    files: BTreeSet<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Needed {
    fn by(project: &Project, found: &Walk<'_>) -> Self {
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
            let paths = paths.iter().map(|path| normal(&folder.join(path)));
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
        // Ex) `@embedFile("table.bin")`, `b.path("data/table.bin")`
        let sources = found.found.sdist.values().map(|file| &file.source);
        let is_zig = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "zig");
        for source in sources.filter(is_zig) {
            let text = fs_err::read_to_string(source).unwrap_or_default();
            let folder = source.parent().unwrap_or(&project.root);
            for string in strings(&text) {
                files.extend([folder, &*build_root].map(|from| normal(&from.join(string))));
            }
        }
        Self { files, folders }
    }

    fn has(&self, path: &Path) -> bool {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| SOURCES.contains(&ending))
            || self.files.contains(path)
            || self.folders.iter().any(|folder| path.starts_with(folder))
    }
}

/// What stands between quotes on one line. Not a tokenizer: too many strings do no harm.
fn strings(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().flat_map(|line| line.split('"').skip(1));
    lines.filter(|string| !string.is_empty() && string.len() < 1024)
}

/// The path without `.` and `..`, which are taken at their word.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = normal.pop(),
            part => normal.push(part),
        }
    }
    normal
}
