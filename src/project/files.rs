//! Which files of the project go into the wheel beside what the build makes.
//!
//! Takes the project's folders, gives files and their places in the wheel. Reads no more of a file
//! than its first bytes, follows no link out of the project, and never opens what is not a file.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{Project, walk};
use crate::error::{Error, ErrorKind, Problem, Result};

/// A file of the project and its place in the wheel.
///
/// The packages are the folders of `packages`, else `src/NAME/`, else `NAME/` (a folder counts if
/// there is Python in it), else the single module `NAME.py` or `src/NAME.py`, else nothing: an
/// extension module alone is a project too. NAME is the project's name, normalised or as written
/// with `_` for `-`.
///
/// All that lies below a package goes in, but for `__pycache__`, `.pyc` and `.pyo` files, whatever
/// begins with a dot, and native binaries: those that an earlier build left there are not this
/// platform's, and the build puts the right ones in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageFile {
    /// The place in the wheel, with `/`.
    pub path: String,
    /// Where the file is.
    pub source: PathBuf,
}

/// Endings of files that only native builds make.
const NATIVE_ENDINGS: [&str; 6] = ["so", "pyd", "dll", "dylib", "lib", "pdb"];

/// All files of the project's packages, sorted by place.
pub(super) fn collect(project: &Project) -> Result<Vec<PackageFile>> {
    let mut problems = Vec::new();
    let mut files = BTreeMap::new();
    for root in roots(project, &mut problems) {
        let walk = Walk {
            root: &project.root,
            top: &root,
        };
        for file in walk.files(&mut problems) {
            if let Some(other) = files.insert(file.path.clone(), file.source.clone()) {
                problems.push(
                    Problem::new(format!("two files for `{}` in the wheel", file.path))
                        .at(file.source.display())
                        .hint(format!("the other one is {}", other.display())),
                );
            }
        }
    }
    Error::check(ErrorKind::Config, problems)?;
    let file = |(path, source)| PackageFile { path, source };
    Ok(files.into_iter().map(file).collect())
}

/// The name of the only package, if there is exactly one.
pub(super) fn only_package(project: &Project) -> Option<String> {
    match &roots(project, &mut Vec::new())[..] {
        [only] if only.source.is_dir() => Some(only.name.clone()),
        _ => None,
    }
}

/// A top-level package or module.
struct Root {
    source: PathBuf,
    /// Its name in the wheel.
    name: String,
}

fn roots(project: &Project, problems: &mut Vec<Problem>) -> Vec<Root> {
    match &project.config.packages {
        Some(packages) => {
            let mut roots = Vec::new();
            for package in &packages.value {
                let source = project.root.join(package);
                let name = source.file_name().and_then(|name| name.to_str());
                match name {
                    Some(name) if source.is_dir() => roots.push(Root {
                        name: name.to_owned(),
                        source,
                    }),
                    _ => problems.push(
                        Problem::new(format!(
                            "tool.pyz3-wheel.packages: there is no folder `{package}`"
                        ))
                        .at(&packages.place)
                        .hint("name folders relative to pyproject.toml, like \"src/hello\""),
                    ),
                }
            }
            roots
        }
        None => default_root(project).into_iter().collect(),
    }
}

/// The package or module that the project's name leads to.
fn default_root(project: &Project) -> Option<Root> {
    let normalized = project.metadata.distribution().as_str().to_owned();
    let written = project.metadata.name().replace(['-', '.'], "_");
    let names = [normalized, written];
    let parents = [project.root.join("src"), project.root.clone()];
    let find = |parents: &[&PathBuf], ending: &str, fits: fn(&Path) -> bool| {
        parents.iter().find_map(|parent| {
            names.iter().find_map(|name| {
                let file_name = format!("{name}{ending}");
                let source = child(parent, &file_name).filter(|path| fits(path))?;
                Some(Root {
                    source,
                    name: file_name,
                })
            })
        })
    };
    let [src, top] = &parents;
    find(&[src, top], "", holds_python).or_else(|| find(&[top, src], ".py", Path::is_file))
}

/// The entry of a folder that is spelt exactly so: some file systems find it in any case.
fn child(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut entries = fs_err::read_dir(folder)
        .ok()?
        .filter_map(std::result::Result::ok);
    entries
        .find(|entry| entry.file_name() == name)
        .map(|entry| entry.path())
}

/// Whether there is anything of Python below the folder: `src/NAME/` may hold Zig only.
fn holds_python(folder: &Path) -> bool {
    WalkDir::new(folder)
        .follow_root_links(true)
        .into_iter()
        .filter_map(std::result::Result::ok)
        .any(|entry| {
            let ending = entry.path().extension().and_then(|ending| ending.to_str());
            entry.depth() > 0
                && (matches!(ending, Some("py" | "pyi")) || entry.file_name() == "py.typed")
        })
}

/// The walk through one package.
struct Walk<'w> {
    root: &'w Path,
    top: &'w Root,
}

impl Walk<'_> {
    fn files(&self, problems: &mut Vec<Problem>) -> Vec<PackageFile> {
        let mut files = Vec::new();
        let mut entries = WalkDir::new(&self.top.source)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter();
        while let Some(entry) = entries.next() {
            let outcome = match entry {
                Ok(entry) => self.visit(&entry).map_err(|problem| {
                    let folder = entry.file_type().is_dir();
                    (problem, folder)
                }),
                Err(error) if error.path().is_some_and(is_left_out) => Ok(Visit::File(None)),
                Err(error) => Err((unreadable(&error), false)),
            };
            match outcome {
                Ok(Visit::File(file)) => files.extend(file),
                Ok(Visit::Folder) => {}
                Ok(Visit::SkipFolder) => entries.skip_current_dir(),
                Err((problem, folder)) => {
                    problems.push(problem);
                    if folder {
                        entries.skip_current_dir();
                    }
                }
            }
        }
        files
    }

    fn visit(&self, entry: &DirEntry) -> Result<Visit, Problem> {
        let path = entry.path();
        let kind = entry.file_type();
        if entry.depth() > 0 && is_left_out(path) {
            return Ok(if kind.is_dir() {
                Visit::SkipFolder
            } else {
                Visit::File(None)
            });
        }
        check_name(entry)?;
        if entry.path_is_symlink() {
            self.check_link(path)?;
        }
        if kind.is_dir() {
            return Ok(Visit::Folder);
        }
        if !kind.is_file() {
            return Err(Problem::new("neither a file nor a folder")
                .at(path.display())
                .hint("remove it from the package: wheels hold files only"));
        }
        if is_native(path)? {
            return Ok(Visit::File(None));
        }
        let below = path.strip_prefix(&self.top.source).unwrap_or(path);
        let parts = below.iter().filter_map(|part| part.to_str());
        let parts: Vec<_> = std::iter::once(self.top.name.as_str())
            .chain(parts)
            .collect();
        Ok(Visit::File(Some(PackageFile {
            path: parts.join("/"),
            source: path.to_owned(),
        })))
    }

    /// A link must stay inside the project, and must not lead to a folder that it lies in.
    fn check_link(&self, path: &Path) -> Result<(), Problem> {
        let real = |path: &Path| {
            walk::canonical(path)
                .map_err(|error| Problem::new(error.to_string()).hint("remove the link"))
        };
        let target = real(path)?;
        if !target.starts_with(self.root) {
            return Err(Problem::new("a link that leads out of the project")
                .at(path.display())
                .hint("put the file itself there, or remove the link"));
        }
        if real(path.parent().unwrap_or(path))?.starts_with(&target) {
            return Err(endless(path, &target));
        }
        Ok(())
    }
}

enum Visit {
    /// A file that goes in, or one that does not.
    File(Option<PackageFile>),
    Folder,
    SkipFolder,
}

/// What never goes in, by its name alone.
fn is_left_out(path: &Path) -> bool {
    let name = path.file_name().map(std::ffi::OsStr::to_string_lossy);
    let ending = path.extension().and_then(|ending| ending.to_str());
    name.is_some_and(|name| name.starts_with('.') || name == "__pycache__")
        || matches!(ending, Some("pyc" | "pyo"))
}

fn check_name(entry: &DirEntry) -> Result<(), Problem> {
    let wrong = |why: &str| {
        Problem::new(format!("a file name {why}"))
            .at(entry.path().to_string_lossy().escape_debug())
            .hint("rename it: such names don't survive on every system")
    };
    match entry.file_name().to_str() {
        None => Err(wrong("that is not valid Unicode")),
        Some(name) if name.contains(char::is_control) => Err(wrong("with a control character")),
        Some(name) if name.contains('\\') => Err(wrong("with a backslash")),
        Some(_) => Ok(()),
    }
}

fn unreadable(error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(Path::new(""));
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => endless(path, ancestor),
        (None, Some(error)) => Problem::new(format!("can't be read: {error}"))
            .at(path.display())
            .hint("repair it or remove it"),
        (None, None) => Problem::new(error.to_string()).hint("repair it or remove it"),
    }
}

fn endless(link: &Path, target: &Path) -> Problem {
    Problem::new(format!(
        "a link back to {}: an endless loop",
        target.display()
    ))
    .at(link.display())
    .hint("remove the link")
}

/// Whether a file is native code: an extension or shared library, or what comes with one.
fn is_native(path: &Path) -> Result<bool, Problem> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    if ending.is_some_and(|ending| {
        NATIVE_ENDINGS
            .iter()
            .any(|native| native.eq_ignore_ascii_case(ending))
    }) {
        return Ok(true);
    }
    let mut head = Vec::new();
    fs_err::File::open(path)
        .and_then(|file| file.take(1024).read_to_end(&mut head))
        .map_err(|error| Problem::new(error.to_string()).hint("make the file readable"))?;
    Ok(is_native_head(&head))
}

/// Whether a file that begins so is native code: ELF, Mach-O, PE or an archive of them.
fn is_native_head(head: &[u8]) -> bool {
    let word = |at: usize| {
        let bytes = head.get(at..at + 4)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*bytes))
    };
    match word(0) {
        Some(0x7f45_4c46 | 0xfeed_face | 0xfeed_facf | 0xcefa_edfe | 0xcffa_edfe) => true,
        // A universal Mach-O counts its slices here, a Java class has its version, 45 or more.
        Some(0xcafe_babe) => word(4).is_some_and(|slices| slices < 45),
        _ if head.starts_with(b"!<arch>\n") => true,
        _ if head.starts_with(b"MZ") => {
            let at = word(0x3c).map(|at| at.swap_bytes() as usize);
            at.is_some_and(|at| head.get(at..at.saturating_add(4)) == Some(b"PE\0\0"))
        }
        _ => false,
    }
}
