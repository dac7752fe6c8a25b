//! The files that a build installed, recognized by their content.
//!
//! File names are not reliable (pyz3 calls a Windows module `.abi3.so`), so the format, the machine and the
//! exported `PyInit_<name>` decide.

use std::path::{Path, PathBuf};

use fs_err as fs;
use walkdir::WalkDir;

use super::musl;
use super::workspace::JobTree;
use crate::audit::{self, Promise, Severity, Shipped};
use crate::binary::magic::Magic;
use crate::binary::{Binary, Kind};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::platform::{Family, Platform};
use crate::tags::WheelFilename;
use crate::text::path::slashed;

/// Everything that a build installed.
#[derive(Debug, Clone, Default)]
pub struct Installed {
    /// The shared libraries, extension modules among them.
    pub artifacts: Vec<Artifact>,
    /// All other files.
    pub files: Vec<InstalledFile>,
}

impl Installed {
    /// Marks programs that do not run where the wheel is installed: tools of the build itself, and programs
    /// that load a library of the wheel, which is not installed beside commands.
    pub(crate) fn judge_programs(&mut self, wheel: &WheelFilename) -> Result<()> {
        let promise = Promise::of_build(wheel, Shipped::default());
        let names: Vec<_> = self.artifacts.iter().flat_map(Artifact::names).collect();
        let is_program = |file: &&mut InstalledFile| file.kind == FileKind::Program;
        for file in self.files.iter_mut().filter(is_program) {
            let binary = Binary::parse(&fs::read(&file.path)?).ok().flatten();
            let runs = binary.is_some_and(|binary| {
                let mut loaded = binary.parts().iter().flat_map(|part| &part.imports);
                let mut findings = audit::judge(&binary, &promise).into_iter();
                promise.is_for(&binary)
                    && !loaded.any(|library| names.iter().any(|name| library.ends_with(name)))
                    && !findings.any(|finding| finding.severity == Severity::Error)
            });
            if !runs {
                file.kind = FileKind::ForeignProgram;
            }
        }
        Ok(())
    }
}

/// A native file that the build installed.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// Where it is.
    pub path: PathBuf,
    /// Its place below the stand-in for the project's root, with forward slashes.
    ///
    /// Ex) `zig-out/lib/libhello.so`, `hello/_native.abi3.so`
    pub relative: String,
    /// What it is.
    pub binary: Binary,
    /// The links to it in its folder: a library with a version has its other names that way.
    ///
    /// Ex) `libcore.so` and `libcore.so.1` for `libcore.so.1.0.0`
    pub links: Vec<String>,
}

impl Artifact {
    pub(crate) fn file_name(&self) -> &str {
        self.relative.rsplit('/').next().unwrap_or_default()
    }

    /// The names that something may load it by.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let links = self.links.iter().map(String::as_str);
        let parts = self.binary.parts().iter();
        let own = parts.filter_map(|part| part.soname.as_deref()?.rsplit('/').next());
        std::iter::once(self.file_name()).chain(links).chain(own)
    }

    /// The package whose folder it was installed to: below `zig-out/lib`, or, with an install
    /// into `../`, below the project's root or its `src`.
    pub(crate) fn package(&self) -> Option<String> {
        let (folder, _) = self.relative.rsplit_once('/')?;
        let folder = match folder
            .strip_prefix("zig-out")
            .map(|rest| rest.trim_start_matches('/'))
        {
            Some(rest) => ["lib", "bin"]
                .into_iter()
                .find_map(|dir| {
                    rest.strip_prefix(dir)
                        .filter(|below| below.is_empty() || below.starts_with('/'))
                })
                .unwrap_or(rest)
                .trim_start_matches('/'),
            None => folder.strip_prefix("src/").unwrap_or(folder),
        };
        (!folder.is_empty()).then(|| folder.replace('/', "."))
    }
}

/// A file that the build installed and that is not a shared library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its place below the stand-in for the project's root, with forward slashes.
    pub relative: String,
    /// What it is.
    pub kind: FileKind,
}

/// The kind of an installed file that is not a shared library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A native program that runs where the wheel is installed.
    Program,
    /// A native program that does not run there.
    ForeignProgram,
    /// A static library, an object file, or what else only a linker reads.
    LinkerInput,
    /// Anything else: Python, stubs, data.
    Data,
}

/// Collects every file below the directory that a job installs into. Native files are prepared for the wheel.
pub fn collect(tree: &JobTree, platform: Platform) -> Result<Installed> {
    let mut installed = Installed::default();
    let mut links = Vec::new();
    for entry in WalkDir::new(tree.outermost()).sort_by_file_name() {
        let entry = entry.map_err(std::io::Error::from)?;
        if entry.path_is_symlink() {
            links.push(entry.into_path());
        } else if entry.file_type().is_file() {
            add(&mut installed, entry.path(), tree, platform)?;
        }
    }
    for link in links {
        add_link(&mut installed, &link, tree, platform)?;
    }
    Ok(installed)
}

fn add(installed: &mut Installed, path: &Path, tree: &JobTree, platform: Platform) -> Result<()> {
    let relative = relative(path, tree);
    let magic = Magic::of_file(fs::File::open(path)?.file())?;
    let mut binary = None;
    if magic.is_some_and(Magic::is_binary) {
        let mut bytes = fs::read(path)?;
        if platform.family() == Family::Musllinux {
            bytes = musl::remove_libc(path, bytes)?;
        }
        binary = Binary::parse(&bytes).map_err(|why| {
            Error::new(
                ErrorKind::Build,
                Problem::new(format!("what the build installed {why}"))
                    .at(&relative)
                    .hint("do not change the linker's output: to strip it, set `.strip = true` in the module"),
            )
        })?;
    }
    let path = path.to_owned();
    let kind = match binary {
        Some(binary) if binary.kind == Kind::SharedLibrary => {
            installed.artifacts.push(Artifact {
                path,
                relative,
                binary,
                links: Vec::new(),
            });
            return Ok(());
        }
        Some(binary) if binary.kind == Kind::Executable => FileKind::Program,
        Some(_) => FileKind::LinkerInput,
        None if magic == Some(Magic::Archive) || is_for_linkers(&relative) => FileKind::LinkerInput,
        None => FileKind::Data,
    };
    installed.files.push(InstalledFile {
        path,
        relative,
        kind,
    });
    Ok(())
}

/// Whether a name is that of a file that only linkers and debuggers read.
fn is_for_linkers(relative: &str) -> bool {
    let ending = relative.rsplit('.').next().unwrap_or_default();
    ["a", "lib", "pdb", "exp", "def"].contains(&ending)
}

/// Adds another name of an installed library, or the file that a link leads to.
fn add_link(
    installed: &mut Installed,
    link: &Path,
    tree: &JobTree,
    platform: Platform,
) -> Result<()> {
    // A link that leads nowhere, or to a folder, installs nothing.
    let target = fs::canonicalize(link)
        .ok()
        .filter(|target| target.is_file());
    let Some(target) = target else {
        return Ok(());
    };
    let is_same = |artifact: &&mut Artifact| {
        artifact.path.parent() == link.parent()
            && fs::canonicalize(&artifact.path).is_ok_and(|path| path == target)
    };
    match installed.artifacts.iter_mut().find(is_same) {
        Some(artifact) => {
            let name = link.file_name().unwrap_or_default();
            artifact.links.push(name.to_string_lossy().into_owned());
            Ok(())
        }
        None => add(installed, link, tree, platform),
    }
}

/// Makes the links to a library in its folder, as the build had them.
pub(crate) fn link(library: &Path, links: &[String]) -> std::io::Result<()> {
    let target = library.file_name().unwrap_or_default();
    for name in links {
        let link = library.with_file_name(name);
        #[cfg(unix)]
        std::os::unix::fs::symlink(target, link)?;
        #[cfg(windows)]
        std::os::windows::fs::symlink_file(target, link)?;
    }
    Ok(())
}

fn relative(path: &Path, tree: &JobTree) -> String {
    let below = path
        .strip_prefix(tree.root())
        .or_else(|_| path.strip_prefix(tree.outermost()))
        .unwrap_or(path);
    slashed(below)
}
