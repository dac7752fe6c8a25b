//! Installed files that no wheel of the run contains: listed once for all jobs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::artifact::{FileKind, InstalledFile};
use super::generated::Layout;
use crate::project::InstallTarget;
use crate::sys::sync::lock;
use crate::text::list::and;

/// This many files are named; if there are more, they are counted.
const MOST_NAMED: usize = 6;
/// If a directory has more files than this, the directory is named instead.
const MOST_IN_FOLDER: usize = 2;

/// The installed files that were left out so far, and what else is worth one note in a run.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// The kinds of the files, by their paths below the prefix.
    files: Mutex<BTreeMap<String, &'static str>>,
    /// Programs that are packed although no setting names them, by the path below the prefix.
    commands: Mutex<BTreeSet<String>>,
    /// Files of the project that installed ones have replaced.
    replaced: Mutex<BTreeSet<String>>,
}

impl Leftovers {
    /// Records the files that a job has left out.
    pub(crate) fn add(&self, files: &[InstalledFile], layout: &Layout<'_>) {
        let is_left = |file: &&InstalledFile| {
            let is_meant = layout.mapped(&file.relative) == Some(InstallTarget::Nowhere);
            layout.place(file).is_none() && !is_meant
        };
        lock(&self.files).extend(named(files.iter().filter(is_left)));
        let commands = files.iter().filter_map(|file| {
            let path = file.relative.strip_prefix("zig-out/")?;
            let is_command = file.kind == FileKind::Program
                && layout.mapped(&file.relative).is_none()
                && layout.place(file).is_some();
            is_command.then(|| program(path).to_owned())
        });
        lock(&self.commands).extend(commands);
    }

    /// Records that an installed file has replaced a different file of the project.
    pub(crate) fn replace(&self, path: &str) {
        lock(&self.replaced).insert(path.to_owned());
    }

    /// The messages about these files.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let replaced: Vec<_> = lock(&self.replaced).iter().cloned().collect();
        if !replaced.is_empty() {
            notes.push(format!(
                "{} in the project differs from what build.zig installed; the wheel has the installed file",
                replaced.join(", ")
            ));
        }
        let commands: Vec<_> = lock(&self.commands).iter().cloned().collect();
        if let Some(first) = commands.first() {
            notes.push(format!(
                "build.zig installed {}, which the wheels install as commands; to leave a program out, write \
                 \"{first}\" = false under [tool.pyz3-wheel.install]",
                commands.join(", ")
            ));
        }
        let files = lock(&self.files);
        if !files.is_empty() {
            let first = files.keys().next().map_or("", String::as_str);
            notes.push(format!(
                "build.zig installed {}, which no wheel has; to pack a file, give it a place under \
                 [tool.pyz3-wheel.install], like \"{first}\" = \"package/{}\" (false silences this note)",
                list(&files),
                first.rsplit('/').next().unwrap_or(first)
            ));
        }
        notes
    }
}

/// Names installed files in one line; `None` if none is worth it.
pub(crate) fn describe(files: &[InstalledFile]) -> Option<String> {
    let named = named(files.iter()).collect();
    Some(list(&named)).filter(|text| !text.is_empty())
}

/// The files that users may miss in the wheel, each with its kind.
fn named<'f>(
    files: impl Iterator<Item = &'f InstalledFile>,
) -> impl Iterator<Item = (String, &'static str)> {
    files.filter_map(|file| {
        let path = file.relative.as_str();
        let path = path.strip_prefix("zig-out/").unwrap_or(path);
        if is_expected(path) {
            return None;
        }
        Some(match file.kind {
            FileKind::Program => (program(path).to_owned(), " (a program)"),
            FileKind::ForeignProgram => (
                program(path).to_owned(),
                " (a program that would not run as a command there)",
            ),
            FileKind::LinkerInput => (path.to_owned(), " (a static library)"),
            FileKind::Data => (path.to_owned(), ""),
        })
    })
}

/// One name for a program on all systems.
fn program(path: &str) -> &str {
    path.strip_suffix(".exe").unwrap_or(path)
}

/// Whether this is a file for other builds, which users do not expect in a wheel: an import
/// library, debugging information, a header, bytecode.
fn is_expected(path: &str) -> bool {
    const ENDINGS: [&str; 8] = [
        ".lib", ".pdb", ".exp", ".def", ".dll.a", ".o", ".obj", ".pyc",
    ];
    ENDINGS.iter().any(|ending| path.ends_with(ending))
        || path.starts_with("include/")
        || path.starts_with('.')
        || path.contains("/.")
}

/// Names of files, with folders for many of one.
fn list(files: &BTreeMap<String, &'static str>) -> String {
    let mut folders: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (name, what) in files {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder).or_default().push((name, what));
    }
    let mut names = Vec::new();
    for (folder, files) in folders {
        if files.len() > MOST_IN_FOLDER && !folder.is_empty() {
            names.push(format!("{} files in {folder}/", files.len()));
        } else {
            names.extend(files.iter().map(|(name, what)| format!("{name}{what}")));
        }
    }
    let more = names.len().saturating_sub(MOST_NAMED);
    names.truncate(MOST_NAMED);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    and(&names)
}
