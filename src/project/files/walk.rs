//! The walk through the project that decides about each file once, for wheel and sdist alike.

mod complete;
mod needed;
mod refusals;
mod untracked;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::area::Area;
use super::entry::{self, Fault};
use super::mode::Modes;
use super::native::{has_native_ending, is_native};
use super::rules::{Ignores, Patterns};
use super::secrets;
use super::{Kind, LeftOut, PackageFile, Why};
use crate::error::Problem;
use crate::project::checkout::{self, Checkout};
use crate::project::{Project, walk};
use crate::sys::files::is_script;
use crate::text::path::slashed;

/// What a walk has found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) wheel: Vec<PackageFile>,
    pub(super) sdist: BTreeMap<String, PackageFile>,
    pub(super) left_out: Vec<LeftOut>,
    /// What keeps wheel and sdist from being made.
    pub(super) problems: Vec<Problem>,
    /// What keeps only the sdist from being made.
    pub(super) sdist_problems: Vec<Problem>,
    /// What should be known, and is not wrong.
    pub(super) notes: Vec<String>,
}

/// A walk under way.
pub(super) struct Walk<'p> {
    project: &'p Project,
    output: PathBuf,
    areas: &'p [Area],
    include: Patterns,
    exclude: Patterns,
    wheel_exclude: Patterns,
    sdist_exclude: Patterns,
    ignores: Ignores,
    /// The checkout that the project lies in, if git may say anything about the project.
    checkout: Option<Checkout>,
    /// Where links may lead to.
    boundary: PathBuf,
    modes: Modes,
    for_sdist: bool,
    is_sdist: bool,
    /// The depth of the ignored folder that the walk is in, looking for what `include` names.
    ignored: Option<usize>,
    /// Files of credentials that are left out.
    secrets: Vec<String>,
    /// What no archive can hold and nobody will miss, by the reason.
    skipped: BTreeMap<String, BTreeSet<String>>,
    found: Found,
}

/// What becomes of an entry.
enum Verdict {
    /// It is in, or a folder to go into.
    In(Option<Why>),
    /// It is out, and told of.
    Out(String),
    /// It is out with the folder that it lies in.
    WithFolder,
}

impl<'p> Walk<'p> {
    /// `for_sdist` says whether anybody asks for the sdist's files, which takes longer.
    pub(super) fn new(
        project: &'p Project,
        output: &Path,
        areas: &'p [Area],
        for_sdist: bool,
    ) -> Self {
        let root = &project.root;
        let (ignores, checkout) = Ignores::above(root);
        let config = &project.config;
        Self {
            project,
            output: walk::canonical(output).unwrap_or_else(|_| output.to_owned()),
            areas,
            include: Patterns::of("include", config.include.as_ref()),
            exclude: Patterns::of("exclude", config.exclude.as_ref()),
            wheel_exclude: Patterns::of("wheel-exclude", config.wheel_exclude.as_ref()),
            sdist_exclude: Patterns::of("sdist-exclude", config.sdist_exclude.as_ref()),
            ignores,
            modes: Modes::of(root, checkout.as_ref()),
            boundary: checkout
                .as_ref()
                .map_or_else(|| root.clone(), |checkout| checkout.root.clone()),
            checkout,
            for_sdist,
            is_sdist: checkout::is_unpacked_sdist(root),
            ignored: None,
            secrets: Vec::new(),
            skipped: BTreeMap::new(),
            found: Found::default(),
        }
    }

    pub(super) fn run(mut self) -> Found {
        let mut entries = WalkDir::new(&self.project.root)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) => {
                    let folder = entry.file_type().is_dir();
                    if !self.visit(&entry) && folder {
                        entries.skip_current_dir();
                    }
                }
                Err(error) => self.unreadable(&error),
            }
        }
        self.leave_untracked_out();
        self.require();
        self.take_packages();
        self.tell_of_skipped();
        self.refuse_ignored_areas();
        for pattern in self.include.unused() {
            self.found.problems.push(
                Problem::new(format!(
                    "tool.pyz3-wheel.include: `{pattern}` matches no file of the project"
                ))
                .at(self.include.place)
                .hint("correct it or remove it; folders that tools create are not searched"),
            );
        }
        self.found
    }

    /// Decides about an entry; tells whether to go into it, if it is a folder.
    fn visit(&mut self, entry: &DirEntry) -> bool {
        let path = entry.path();
        let folder = entry.file_type().is_dir();
        if entry.depth() == 0 {
            self.ignores.enter(path);
            return true;
        }
        self.come_to(entry.depth());
        let made = folder
            && (walk::is_made(entry, self.made_output())
                || entry.path_is_symlink() && self.is_output(path));
        let why = match self.decide(path, folder, made) {
            Verdict::In(why) => why,
            Verdict::WithFolder => return folder,
            Verdict::Out(why) => {
                self.leave_out(path, folder, false, why);
                // What `include` names, or what git tracks, may lie in what git ignores, but not in what
                // tools make.
                let look = folder
                    && !made
                    && !self.excluded(path)
                    && (!self.include.is_empty() || self.tracks(path, folder));
                if look {
                    self.ignored = Some(entry.depth());
                }
                return look;
            }
        };
        match entry::check(entry, &self.boundary) {
            Ok(()) => {}
            Err(Fault::Refuse(problem)) => {
                self.refuse(path, problem);
                return false;
            }
            Err(Fault::Skip(why)) => {
                self.skip(path, why);
                return false;
            }
        }
        if entry.path_is_symlink() && self.leads_to_secret(path, folder) {
            return false;
        }
        if folder {
            self.ignores.enter(path);
        } else {
            self.take(path, why);
        }
        folder
    }

    /// The output folder, if it holds nothing else: where packages are too, only results are left out.
    fn made_output(&self) -> &Path {
        let is_ours = |area: &Area| area.source.starts_with(&self.output);
        if self.areas.iter().any(is_ours) {
            Path::new("")
        } else {
            &self.output
        }
    }

    /// The walk has left the ignored folder when it is no deeper than that.
    fn come_to(&mut self, depth: usize) {
        self.ignored = self.ignored.filter(|ignored| depth > *ignored);
    }

    /// Holds a path against the rules, `exclude` first.
    fn decide(&mut self, path: &Path, folder: bool, made: bool) -> Verdict {
        let below = path.strip_prefix(&self.project.root).unwrap_or(path);
        let name = path.file_name().map(std::ffi::OsStr::to_string_lossy);
        let name = name.unwrap_or_default();
        // Emacs locks a file by a link beside it, whose name begins so, to nothing that there is.
        if made || name == ".git" || name.starts_with(".#") {
            return Verdict::Out("made by tools".to_owned());
        }
        if let Some(pattern) = self.exclude.find(below, folder) {
            return Verdict::Out(format!("exclude `{pattern}`"));
        }
        let included = self.include.find(below, folder);
        if included.is_none() {
            if self.ignored.is_some() && (folder || !self.tracks(path, folder)) {
                return Verdict::WithFolder;
            }
            if self.ignored.is_none()
                && let Some(pattern) = self.ignores.find(path, folder)
                && (folder || !self.tracks(path, folder))
            {
                return Verdict::Out(pattern);
            }
        }
        if let Some(secret) = secrets::find(below, path, folder)
            && !self.include.names(secret, folder || secret != below)
            && !self.include.names(below, folder)
        {
            return if secret == below {
                self.refuse_secret(path, folder)
            } else {
                Verdict::WithFolder
            };
        }
        if let Some(pattern) = included {
            // The folder of a file that is included for a reason of its own is a way, no reason.
            return Verdict::In((!folder).then_some(Why::Include(pattern)));
        }
        let ending = path.extension().and_then(|ending| ending.to_str());
        if !folder && (matches!(ending, Some("pyc" | "pyo")) || name == ".DS_Store") {
            return Verdict::Out("made by tools".to_owned());
        }
        if !folder && self.is_result(path, &name) {
            return Verdict::Out("a finished wheel or sdist".to_owned());
        }
        Verdict::In(None)
    }

    /// Whether git tracks a file, or a file below a folder, that somebody asks for.
    fn tracks(&self, path: &Path, folder: bool) -> bool {
        let Some(checkout) = &self.checkout else {
            return false;
        };
        // Starting git takes a while: not for what no wheel has anyway.
        let is_asked_for = self.for_sdist
            || self.in_area(path) && !has_native_ending(path)
            || folder && self.areas.iter().any(|area| area.source.starts_with(path));
        is_asked_for && checkout.tracks(path)
    }

    fn in_area(&self, path: &Path) -> bool {
        self.areas.iter().any(|area| path.starts_with(&area.source))
    }

    /// Whether a wheel would have this file.
    fn in_wheel(&self, path: &Path) -> bool {
        self.areas.iter().any(|area| {
            path.strip_prefix(&area.source)
                .is_ok_and(|below| !below.iter().any(is_dotted))
        })
    }

    /// Whether this is a folder for wheels, by name or by what it leads to.
    fn is_output(&self, path: &Path) -> bool {
        path == self.project.output_dir()
            || walk::canonical(path).is_ok_and(|real| real == self.output)
    }

    fn excluded(&mut self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.project.root).unwrap_or(path);
        self.exclude.find(below, true).is_some()
    }

    /// Whether this is a wheel or an sdist of the project, of this run or of an earlier one to another
    /// folder. A package may have some that are its data, but not in the output folder.
    fn is_result(&self, path: &Path, name: &str) -> bool {
        let stem = format!("{}-", self.project.metadata.distribution());
        let is_data = || self.areas.iter().any(|area| path.starts_with(&area.source));
        name.starts_with(&stem)
            && [".whl", ".tar.gz"].iter().any(|end| name.ends_with(end))
            && (path.parent() == Some(&self.output) || !is_data())
    }

    /// Puts a file that is in where it belongs.
    fn take(&mut self, path: &Path, included: Option<Why>) {
        let mut refused = None;
        let below = path.strip_prefix(&self.project.root).unwrap_or(path);
        let not_in_wheel = self.wheel_exclude.find(below, false);
        let not_in_sdist = self.sdist_exclude.find(below, false);
        for area in self.areas {
            let Ok(below) = path.strip_prefix(&area.source) else {
                continue;
            };
            let parts: Vec<_> = below.iter().filter_map(|part| part.to_str()).collect();
            let place = std::iter::once(area.place.as_str()).chain(parts.iter().copied());
            let place = place.collect::<Vec<_>>().join("/");
            let mut others = self.areas.iter();
            if others.any(|other| area.leaves_to(other, path, &place)) {
                continue;
            }
            if let Some(pattern) = &not_in_wheel {
                let is_in_sdist = not_in_sdist.is_none();
                self.leave_out(
                    path,
                    false,
                    is_in_sdist,
                    format!("wheel-exclude `{pattern}`"),
                );
                continue;
            }
            if included.is_none() {
                if parts.iter().any(|part| part.starts_with('.')) {
                    self.leave_out(path, false, true, "begins with a dot".to_owned());
                    continue;
                }
                if area.kind == Kind::Package {
                    match is_native(path) {
                        Ok(false) => {}
                        Ok(true) => {
                            let why = "native code: the build creates it again".to_owned();
                            return self.leave_out(path, false, false, why);
                        }
                        Err(problem) => refused = Some(problem),
                    }
                }
            }
            let why = match area.kind {
                Kind::Data => Why::Folder("data"),
                Kind::Script => Why::Folder("scripts"),
                Kind::Header => Why::Folder("headers"),
                Kind::Package | Kind::Source => Why::Package(area.place.replace('/', ".")),
            };
            self.found.wheel.push(PackageFile {
                path: place,
                source: path.to_owned(),
                kind: area.kind,
                why: included.clone().unwrap_or(why),
                executable: area.kind == Kind::Script || self.is_executable(path),
            });
        }
        if let Some(problem) = refused {
            return self.refuse(path, problem);
        }
        let place = self.below(path);
        if let Some(pattern) = not_in_sdist {
            if not_in_wheel.is_none() {
                self.found.left_out.push(LeftOut {
                    path: place,
                    in_sdist: false,
                    in_wheel: self.found.wheel.iter().any(|file| file.source == path),
                    why: format!("sdist-exclude `{pattern}`"),
                });
            }
            return;
        }
        // The sdist has one of its own.
        if place != "PKG-INFO" {
            self.put_into_sdist(place, path, included.unwrap_or(Why::Own));
        }
    }

    fn put_into_sdist(&mut self, place: String, path: &Path, why: Why) {
        let file = PackageFile {
            path: place.clone(),
            source: path.to_owned(),
            kind: Kind::Source,
            executable: match why {
                // Which modes a fetched file has depends on the version of Zig.
                Why::Vendored(_) => is_script(path),
                _ => self.is_executable(path),
            },
            why,
        };
        self.found.sdist.insert(place, file);
    }

    fn is_executable(&self, path: &Path) -> bool {
        self.modes.is_executable(path, self.checkout.as_ref())
    }

    /// Reports a path that cannot be read, unless it would be left out anyway.
    fn unreadable(&mut self, error: &walkdir::Error) {
        let path = error.path().unwrap_or(Path::new("")).to_owned();
        self.come_to(error.depth());
        let made = path.is_symlink() && self.is_output(&path);
        if matches!(self.decide(&path, false, made), Verdict::In(_)) {
            self.refuse(&path, entry::unreadable(error));
        }
    }

    fn leave_out(&mut self, path: &Path, folder: bool, in_sdist: bool, why: String) {
        let mut path = self.below(path);
        if folder {
            path.push('/');
        }
        self.found.left_out.push(LeftOut {
            path,
            in_sdist,
            in_wheel: false,
            why,
        });
    }

    /// The path below the root, with `/`.
    fn below(&self, path: &Path) -> String {
        slashed(path.strip_prefix(&self.project.root).unwrap_or(path))
    }
}

fn is_dotted(part: &std::ffi::OsStr) -> bool {
    part.as_encoded_bytes().starts_with(b".")
}
