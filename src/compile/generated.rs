//! The files that build.zig installs beside libraries: Python files, stubs, data, programs.
//!
//! What is installed below the folder of a package goes into the wheel, and so do programs in `bin` and what
//! `[tool.pyz3-wheel.install]` names. All other files are left out, and listed once in a run.

use std::collections::{BTreeMap, BTreeSet};

use fs_err as fs;

use super::artifact::{Artifact, FileKind, Installed, InstalledFile};
use super::placed::Placed;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::ModuleName;
use crate::project::{InstallTarget, Kind, PackageFile, Project};
use crate::sys::files::is_script;

/// Where installed files go in the wheel.
#[derive(Debug)]
pub struct Layout<'a> {
    project: &'a Project,
    /// The outermost folders of the project's packages.
    packages: BTreeSet<String>,
    /// The folders of the packages' files in the project, each with its place in the wheel.
    folders: BTreeMap<String, String>,
}

impl<'a> Layout<'a> {
    /// The layout of a project with these files.
    pub fn new<'f>(project: &'a Project, files: impl IntoIterator<Item = &'f PackageFile>) -> Self {
        let files = files.into_iter().filter(|file| file.kind == Kind::Package);
        let mut folders = BTreeMap::new();
        for file in files {
            let source = file.source.strip_prefix(&project.root);
            let source = source.unwrap_or(&file.source).to_string_lossy();
            let (mut source, mut place) = (source.replace('\\', "/"), file.path.clone());
            // Folders that only have folders are packages too.
            while let (Some((parent, name)), Some((package, own))) =
                (source.rsplit_once('/'), place.rsplit_once('/'))
                && (name == own || place == file.path)
            {
                (source, place) = (parent.to_owned(), package.to_owned());
                folders.insert(source.clone(), place.clone());
            }
        }
        let named = project.config.package.as_ref();
        let named = named.map(|package| package.value.as_str());
        let packages = project
            .modules()
            .filter_map(ModuleName::package)
            .chain(named);
        let packages = packages.filter_map(|package| package.split('.').next());
        let outermost = folders.values().filter_map(|place| place.split('/').next());
        Self {
            project,
            packages: packages.chain(outermost).map(str::to_owned).collect(),
            folders,
        }
    }

    /// Forgets the libraries that `[tool.pyz3-wheel.install]` leaves out.
    pub(crate) fn leave_out(&self, installed: &mut Installed) {
        let is_meant =
            |artifact: &Artifact| self.mapped(&artifact.relative) == Some(InstallTarget::Nowhere);
        installed.artifacts.retain(|artifact| !is_meant(artifact));
    }

    /// The entry of `[tool.pyz3-wheel.install]` for an installed file.
    pub(crate) fn mapped(&self, relative: &str) -> Option<InstallTarget> {
        let path = relative.strip_prefix("zig-out/")?;
        let rules = || self.project.config.install.iter();
        let target = |path: &str| rules().find_map(|rule| rule.target(path));
        target(path).or_else(|| {
            // The table has the name that a program has on the other systems.
            match target(path.strip_suffix(".exe")?)? {
                InstallTarget::Wheel(place) => {
                    let place = place.strip_suffix(".exe").unwrap_or(&place);
                    Some(InstallTarget::Wheel(format!("{place}.exe")))
                }
                InstallTarget::Nowhere => Some(InstallTarget::Nowhere),
            }
        })
    }

    /// The place in the wheel of a file that is not a shared library, if it has one.
    pub(crate) fn place(&self, file: &InstalledFile) -> Option<String> {
        match self.mapped(&file.relative) {
            Some(InstallTarget::Wheel(place)) => return Some(place),
            Some(InstallTarget::Nowhere) => return None,
            None => {}
        }
        match file.kind {
            FileKind::Program => return self.command(file),
            FileKind::ForeignProgram | FileKind::LinkerInput => return None,
            FileKind::Data if is_hidden(&file.relative) => return None,
            FileKind::Data => {}
        }
        match file.relative.strip_prefix("zig-out/") {
            Some(path) => self.below_prefix(path),
            None => return self.beside_sources(&file.relative),
        }
        .map(str::to_owned)
    }

    /// The place of a program that installers put into the folder of commands, unless an entry point has its
    /// name there.
    fn command(&self, file: &InstalledFile) -> Option<String> {
        let name = file.relative.strip_prefix("zig-out/bin/")?;
        let command = name.strip_suffix(".exe").unwrap_or(name);
        let is_taken = self.project.metadata.has_script(command);
        let place = format!("{}.data/scripts/{name}", self.project.stem());
        (!name.contains('/') && !is_taken).then_some(place)
    }

    fn below_prefix<'f>(&self, path: &'f str) -> Option<&'f str> {
        if let Some(below) = path.strip_prefix("lib/python/") {
            return Some(below);
        }
        // Python's own layout: `lib/python3.12/site-packages`.
        if let Some((folder, below)) = path.split_once("/site-packages/")
            && (folder == "lib" || folder.starts_with("lib/python"))
        {
            return Some(below);
        }
        let below = path.strip_prefix("lib/").unwrap_or(path);
        self.is_in_package(below).then_some(below)
    }

    /// The place of a file that is installed to `../` of the prefix, which stands for the project's root: its place in
    /// the package whose folder it would be in.
    fn beside_sources(&self, path: &str) -> Option<String> {
        let mut folder = path;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            if let Some(place) = self.folders.get(parent) {
                return Some(format!("{place}{}", &path[parent.len()..]));
            }
            folder = parent;
        }
        self.is_in_package(path).then(|| path.to_owned())
    }

    fn is_in_package(&self, path: &str) -> bool {
        let folder = path.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| self.packages.contains(folder))
    }

    /// The files that have a place in the wheel, with their places.
    pub(crate) fn places(&self, files: &[InstalledFile]) -> Vec<String> {
        files.iter().filter_map(|file| self.place(file)).collect()
    }

    /// Gives each file its place in the wheel; two of the same place must have the same content.
    pub fn generated(&self, files: &[InstalledFile]) -> Result<Vec<Placed>> {
        let mut placed: BTreeMap<String, &InstalledFile> = BTreeMap::new();
        let mut problems = Vec::new();
        for file in files {
            let Some(place) = self.place(file) else {
                continue;
            };
            if let Some(other) = placed.get(&place) {
                if fs::read(&other.path)? != fs::read(&file.path)? {
                    problems.push(
                        Problem::new(format!(
                            "belongs at {place} in the wheel, as does {}, and they differ",
                            other.relative
                        ))
                        .at(&file.relative)
                        .hint("let build.zig install each file once"),
                    );
                }
                continue;
            }
            placed.insert(place, file);
        }
        Error::check(ErrorKind::Audit, problems)?;
        Ok(placed
            .into_iter()
            .map(|(path, file)| Placed {
                source: file.path.clone(),
                path,
                is_module: false,
                executable: match file.kind {
                    FileKind::Program | FileKind::ForeignProgram => true,
                    FileKind::LinkerInput | FileKind::Data => is_script(&file.path),
                },
            })
            .collect())
    }
}

/// Whether no wheel contains such a file: bytecode, and names that begin with a dot.
fn is_hidden(relative: &str) -> bool {
    let mut folders = relative.split('/');
    let is_bytecode = relative.rsplit('.').next() == Some("pyc");
    is_bytecode || folders.any(|part| part.starts_with('.') || part == "__pycache__")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(config: &str) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[project]\nname = \"hello\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\n{config}\n"
        );
        fs::write(folder.path().join("pyproject.toml"), text).unwrap();
        for package in ["python/hello/sub", "other"] {
            let package = folder.path().join(package);
            fs::create_dir_all(&package).unwrap();
            fs::write(package.join("__init__.py"), "").unwrap();
        }
        let project = Project::load(folder.path()).unwrap();
        (folder, project)
    }

    fn file(relative: &str, kind: FileKind) -> InstalledFile {
        InstalledFile {
            path: relative.into(),
            relative: relative.to_owned(),
            kind,
        }
    }

    #[test]
    fn what_is_installed_below_a_package_goes_into_it() {
        let (_folder, project) = project("packages = [\"python/hello\", \"other\"]");
        let layout = Layout::new(&project, &project.files().unwrap().wheel);
        let place = |relative: &str| layout.place(&file(relative, FileKind::Data));
        for (relative, expected) in [
            ("zig-out/lib/hello/gen.py", "hello/gen.py"),
            ("zig-out/hello/sub/data/x.json", "hello/sub/data/x.json"),
            ("zig-out/lib/python/new/__init__.py", "new/__init__.py"),
            (
                "zig-out/lib/python3.12/site-packages/hello/a.pyi",
                "hello/a.pyi",
            ),
            ("python/hello/sub/gen.json", "hello/sub/gen.json"),
            ("python/hello/sub/new/gen.json", "hello/sub/new/gen.json"),
            ("other/gen.py", "other/gen.py"),
        ] {
            assert_eq!(place(relative).as_deref(), Some(expected), "{relative}");
        }
        for relative in [
            "zig-out/lib/gen.py",
            "zig-out/share/hello/x.txt",
            "zig-out/bin/hello",
            "zig-out/lib/hello/.DS_Store",
            "zig-out/lib/hello/__pycache__/a.cpython-312.pyc",
            "elsewhere/x.txt",
        ] {
            assert_eq!(place(relative), None, "{relative}");
        }
        for kind in [
            FileKind::Program,
            FileKind::ForeignProgram,
            FileKind::LinkerInput,
        ] {
            assert_eq!(layout.place(&file("zig-out/lib/hello/x", kind)), None);
        }
    }

    #[test]
    fn programs_are_commands_unless_something_speaks_against_it() {
        let (_folder, project) = project(
            "packages = [\"python/hello\"]\ninstall = { \"bin/test\" = false }\n\
             [project.scripts]\ntaken = \"hello:main\"",
        );
        let layout = Layout::new(&project, &[]);
        let place = |relative: &str, kind| layout.place(&file(relative, kind));
        for (relative, expected) in [
            ("zig-out/bin/tool", Some("hello-1.0.data/scripts/tool")),
            (
                "zig-out/bin/tool.exe",
                Some("hello-1.0.data/scripts/tool.exe"),
            ),
            ("zig-out/bin/test", None),
            ("zig-out/bin/test.exe", None),
            ("zig-out/bin/taken", None),
            ("zig-out/bin/sub/tool", None),
            ("zig-out/libexec/tool", None),
            ("bin/tool", None),
        ] {
            let found = place(relative, FileKind::Program);
            assert_eq!(found.as_deref(), expected, "{relative}");
            assert_eq!(place(relative, FileKind::ForeignProgram), None);
        }
    }

    #[test]
    fn the_table_gives_other_files_a_place() {
        let (_folder, project) = project(
            "packages = [\"python/hello\"]\n[tool.pyz3-wheel.install]\n\
             \"share/doc\" = \"hello/doc\"\n\"bin/tool\" = \"hello/bin/\"\n\"bin/other\" = \"hello/run\"\n\
             \"etc/**/*.json\" = \"hello/etc\"\n\"lib/hello/debug.txt\" = false\n\"lib/top\" = \".\"\n",
        );
        let layout = Layout::new(&project, &[]);
        let place =
            |relative: &str, kind| layout.place(&file(&format!("zig-out/{relative}"), kind));
        for (relative, expected) in [
            ("share/doc/a/b.txt", Some("hello/doc/a/b.txt")),
            ("share/docs/b.txt", None),
            ("etc/a/b.json", Some("hello/etc/a/b.json")),
            ("etc/a/b.txt", None),
            ("lib/hello/debug.txt", None),
            ("lib/top/top.py", Some("top.py")),
        ] {
            assert_eq!(
                place(relative, FileKind::Data).as_deref(),
                expected,
                "{relative}"
            );
        }
        for (relative, expected) in [
            ("bin/tool", "hello/bin/tool"),
            ("bin/tool.exe", "hello/bin/tool.exe"),
            ("bin/other.exe", "hello/run.exe"),
        ] {
            let place = place(relative, FileKind::Program);
            assert_eq!(place.as_deref(), Some(expected), "{relative}");
        }
    }

    #[test]
    fn two_files_for_one_place_must_be_the_same() {
        let (folder, project) = project("packages = [\"python/hello\"]");
        let layout = Layout::new(&project, &project.files().unwrap().wheel);
        let files = ["zig-out/lib/hello/a.py", "python/hello/a.py"].map(|relative| {
            let path = folder.path().join(relative.replace('/', "-"));
            fs::write(&path, "same").unwrap();
            InstalledFile {
                path,
                ..file(relative, FileKind::Data)
            }
        });
        assert_eq!(layout.generated(&files).unwrap().len(), 1);
        fs::write(&files[0].path, "other").unwrap();
        let error = layout.generated(&files).unwrap_err();
        assert!(error.to_string().contains("and they differ"), "{error}");
    }
}
