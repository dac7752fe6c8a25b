//! The place in the wheel of a shared library without `PyInit_`, and its names there.
//!
//! A library with a version is installed as one file with links to it (`libcore.so.1.0.0`,
//! `libcore.so.1`, `libcore.so`). A wheel has no links, and each name would be a copy, so the wheel has
//! the names that something uses: the one that another binary of the wheel asks for, and those that
//! Python files mention. A library that nothing is known to use has its plain name, without the version.

use std::collections::BTreeSet;

use fs_err as fs;
use memchr::memmem;

use super::spot::Spot;
use crate::binary::Format;
use crate::compile::artifact::Artifact;
use crate::compile::generated::Layout;
use crate::compile::importable::{Importable, no_package};
use crate::compile::placed::Placed;
use crate::error::Problem;
use crate::metadata::modules::Modules;
use crate::project::imports::is_same_library;
use crate::project::{InstallTarget, PackageFile, Project};
use crate::text::path::below;

/// A library keeps its name and goes into the package that `package` names; else to where the Python
/// files load it from, else to where an earlier build of it lies, else to the folder of a package that it
/// was installed to, else into the project's package.
pub(super) fn spot(
    artifact: &Artifact,
    artifacts: &[Artifact],
    project: &Project,
    importable: &Importable<'_>,
    python: &Modules,
    layout: &Layout<'_>,
) -> Result<Spot, Problem> {
    let name = artifact.file_name();
    let names = names(artifact, artifacts, &importable.files().wheel);
    let at = |folder: &str, note: Option<String>| Spot {
        paths: names.iter().map(|name| below(folder, name)).collect(),
        is_module: false,
        note,
    };
    if let Some(InstallTarget::Wheel(place)) = layout.mapped(&artifact.relative) {
        let (folder, file) = place.rsplit_once('/').unwrap_or(("", &place));
        let mut spot = at(folder, None);
        if file != name {
            spot.paths = vec![place];
        }
        return Ok(spot);
    }
    if let Some(package) = &project.config.package {
        return Ok(at(&package.value.replace('.', "/"), None));
    }
    let main = project
        .python_package()
        .map(|package| package.replace('.', "/"));
    let loaded = importable.imports().library_folder(name, python);
    let loaded = loaded.map(|(folder, place)| (folder, format!("from which {place} loads it")));
    let known = loaded.or_else(|| {
        let (folder, file) = earlier(name, importable)?;
        Some((
            folder,
            format!("where an earlier build of it lies ({file})"),
        ))
    });
    if let Some((folder, why)) = known {
        let shown = if folder.is_empty() {
            "the top level"
        } else {
            &folder
        };
        let note = format!(
            "the library {name} goes to {shown}, {why} (`package` in [tool.pyz3-wheel] names another place)"
        );
        let is_expected = main.as_deref() == Some(folder.as_str());
        return Ok(at(&folder, (!is_expected).then_some(note)));
    }
    let installed = artifact.package().map(|package| package.replace('.', "/"));
    let installed = installed.filter(|folder| {
        let top = folder.split('/').next().unwrap_or(folder);
        python.is_folder(top)
    });
    let is_installed = installed.is_some();
    match installed.or(main) {
        Some(folder) => {
            let by_code = importable.imports().unresolved_load();
            let by_code = by_code.filter(|_| !is_installed && !is_linked(artifact, artifacts));
            let note = by_code.map(|place| {
                format!(
                    "the library {name} goes to {folder}, but {place} loads a library from a path that is known only \
                     when it runs (`package` in [tool.pyz3-wheel] names another place)"
                )
            });
            Ok(at(&folder, note))
        }
        None if python.is_empty() => Err(no_package(
            project,
            "is a shared library without PyInit, but the project has no package that it can go into",
        )),
        None => Err(Problem::new(
            "is a shared library without PyInit, but the project has no single package that it can go into",
        )
        .hint("name the package: package = \"hello\" in [tool.pyz3-wheel]")),
    }
}

/// The names of the libraries that the artifacts are linked against.
fn linked(artifacts: &[Artifact]) -> impl Iterator<Item = &str> {
    artifacts
        .iter()
        .flat_map(|artifact| artifact.binary.parts())
        .flat_map(|part| &part.imports)
        .map(|name| name.rsplit('/').next().unwrap_or(name))
}

fn is_linked(library: &Artifact, artifacts: &[Artifact]) -> bool {
    linked(artifacts).any(|linked| library.names().any(|name| name == linked))
}

/// The file names that this library gets.
fn names(library: &Artifact, artifacts: &[Artifact], files: &[PackageFile]) -> BTreeSet<String> {
    let mut possible: BTreeSet<_> = library.names().map(str::to_owned).collect();
    let imports = linked(artifacts);
    let needed: BTreeSet<_> = imports.filter(|name| possible.contains(*name)).collect();
    let mut names: BTreeSet<_> = needed.into_iter().map(str::to_owned).collect();
    if library.links.is_empty() {
        if names.is_empty() {
            names.insert(library.file_name().to_owned());
        }
        return names;
    }
    possible.retain(|name| name == library.file_name() || library.links.contains(name));
    names.extend(mentioned(&possible, files));
    if names.is_empty() {
        let plain = possible.into_iter().min_by_key(String::len);
        names.insert(plain.unwrap_or_else(|| library.file_name().to_owned()));
    }
    names
}

/// What to say about modules for Windows that load a library from another folder than their own, where
/// Python does not look unless the package adds the folder.
pub(super) fn unfound_dlls(
    placed: &[Placed],
    artifacts: &[Artifact],
    files: &[PackageFile],
) -> Vec<String> {
    let split = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (folder.to_owned(), name.to_lowercase())
    };
    let libraries = placed.iter().filter(|file| !file.is_module);
    let libraries: Vec<_> = libraries.map(|file| split(&file.path)).collect();
    let mut notes = Vec::new();
    for module in placed.iter().filter(|file| file.is_module) {
        let found = artifacts.iter().find(|found| found.path == module.source);
        let windows = found.filter(|found| found.binary.format == Format::Pe);
        let (own, _) = split(&module.path);
        for name in windows.iter().flat_map(|found| &found.binary.imports) {
            let name = name.to_lowercase();
            let mut same = libraries.iter().filter(|(_, file)| *file == name);
            let Some((folder, _)) = same.clone().next() else {
                continue;
            };
            if same.all(|(folder, _)| *folder != own) {
                notes.push(format!(
                    "{} loads {name} from {folder}, but on Windows Python looks in the folder of the module only; \
                     install both into one folder, or call os.add_dll_directory before the import",
                    module.path
                ));
            }
        }
    }
    let adds = |text: Vec<u8>| memmem::find(&text, b"add_dll_directory").is_some();
    if !notes.is_empty() && python_texts(files).any(adds) {
        notes.clear();
    }
    notes
}

/// The Python files of the project. One that cannot be read is reported when it is packed.
fn python_texts(files: &[PackageFile]) -> impl Iterator<Item = Vec<u8>> {
    let is_python = |file: &&PackageFile| {
        let ending = file.source.extension();
        ending.is_some_and(|ending| ending == "py")
    };
    let files = files.iter().filter(is_python);
    files.filter_map(|file| fs::read(&file.source).ok())
}

/// Those of the names that a Python file of the project has in it.
fn mentioned(names: &BTreeSet<String>, files: &[PackageFile]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in python_texts(files) {
        found.extend(names.iter().filter(|name| mentions(&text, name)).cloned());
    }
    found
}

/// Whether a text has this name, and not as the beginning or the end of a longer one.
fn mentions(text: &[u8], name: &str) -> bool {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    memmem::find_iter(text, name.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let after = text.get(at + name.len());
        !before.is_some_and(is_of_name) && !after.is_some_and(is_of_name)
    })
}

/// The folder in the wheel where a library of the same name lies in the project, left there by a build of
/// another tool, and that file; none if there are several.
fn earlier(name: &str, importable: &Importable<'_>) -> Option<(String, String)> {
    let files = importable.files();
    let of_python = |file: &str| {
        [".cpython-", ".abi3.", ".abi3t.", ".cp3"]
            .iter()
            .any(|tag| file.contains(tag))
    };
    let mut folders = files.left_out.iter().filter_map(|out| {
        let (folder, file) = out.path.rsplit_once('/')?;
        let ending = file.rsplit('.').next().unwrap_or(file);
        let is_library = matches!(ending, "so" | "dylib" | "dll") && !of_python(file);
        let folder = (is_library && is_same_library(file, name))
            .then(|| in_wheel(folder, &files.wheel, importable))??;
        Some((folder, out.path.clone()))
    });
    let first = folders.next()?;
    folders
        .all(|(folder, _)| folder == first.0)
        .then_some(first)
}

/// What a folder of the project is called in the wheel, by the files of the packages around it.
fn in_wheel(folder: &str, wheel: &[PackageFile], importable: &Importable<'_>) -> Option<String> {
    wheel.iter().find_map(|file| {
        let shown = importable.shown(file);
        let (source, _) = shown.rsplit_once('/')?;
        let (place, _) = file.path.rsplit_once('/')?;
        let below = folder.strip_prefix(source)?;
        (below.is_empty() || below.starts_with('/')).then(|| format!("{place}{below}"))
    })
}
