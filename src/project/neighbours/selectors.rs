//! The selectors of cibuildwheel: which wheels "all" means.

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::options::Place;
use crate::platform::{Platform, System};
use crate::project::entry::{Entry, Table};
use crate::tags::CPython;

/// The values of cibuildwheel's `enable` that add free-threaded builds to its default ones.
const FREE_THREADED_GROUPS: [&str; 2] = ["cpython-freethreading", "all"];

/// `build`, `skip` and `enable` of `[tool.cibuildwheel]`: which wheels "all" means.
#[derive(Debug, Clone)]
pub struct Selectors {
    /// As they are written, for people.
    pub text: String,
    /// Where.
    pub place: Place,
    build: GlobSet,
    skip: GlobSet,
    free_threaded: bool,
}

impl PartialEq for Selectors {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.place) == (&other.text, &other.place)
    }
}

impl Selectors {
    /// Reads `build`, `skip` and `enable`; `None` if none of them is there, or one has a pattern that
    /// cannot be read.
    pub(super) fn read(table: &Table<'_>) -> Option<Self> {
        let entries = ["build", "skip", "enable"].map(|key| table.get(key));
        let place = entries.iter().flatten().next()?.place();
        let patterns = |entry: Option<Entry<'_>>| entry.as_ref().map(words).unwrap_or_default();
        let [build, skip, enable] = entries.map(patterns);
        let text = |name: &str, patterns: &[String]| match patterns {
            [] => None,
            patterns => Some(format!("{name} {}", patterns.join(" "))),
        };
        let told = [
            text("build", &build),
            text("skip", &skip),
            text("enable", &enable),
        ];
        let all = ["*".to_owned()];
        let build = if build.is_empty() { &all[..] } else { &build };
        Some(Self {
            text: told.into_iter().flatten().collect::<Vec<_>>().join(", "),
            place,
            build: globs(build)?,
            skip: globs(&skip)?,
            free_threaded: enable
                .iter()
                .any(|group| FREE_THREADED_GROUPS.contains(&group.as_str())),
        })
    }

    /// Whether `enable` adds a Python that is not built by default.
    pub fn enables(&self, python: CPython) -> bool {
        self.free_threaded && python.free_threaded
    }

    /// Whether they select the wheel of a Python for a platform.
    pub fn select(&self, python: CPython, platform: Platform) -> bool {
        let identifier = identifier(python, platform);
        self.build.is_match(&identifier) && !self.skip.is_match(&identifier)
    }
}

/// What cibuildwheel calls the build of a wheel.
///
/// Ex) `cp312-manylinux_x86_64`, `cp313t-win_amd64`; source: cibuildwheel's documentation, "build, skip"
pub(in crate::project) fn identifier(python: CPython, platform: Platform) -> String {
    let platform = match platform.system() {
        System::Manylinux(_, arch) => format!("manylinux_{}", arch.linux()),
        System::Musllinux(_, arch) => format!("musllinux_{}", arch.linux()),
        System::Macos(_, arch) => format!("macosx_{arch}"),
        System::Windows(arch) => arch.tag().to_owned(),
    };
    format!("cp{}-{platform}", python.nodot())
}

/// The patterns as one set; `None` if one of them cannot be read.
pub(in crate::project) fn globs(patterns: &[String]) -> Option<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern).ok()?);
    }
    set.build().ok()
}

/// A list, or a line of words.
pub(in crate::project) fn words(entry: &Entry<'_>) -> Vec<String> {
    match entry.as_str() {
        Some(line) => line.split_whitespace().map(str::to_owned).collect(),
        None => entry.as_strings(),
    }
}
