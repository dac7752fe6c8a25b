//! Where a shared library without `PyInit_` goes.

use super::{Spot, package_of};
use crate::build::artifact::Artifact;
use crate::build::importable::{Importable, no_package};
use crate::error::Problem;
use crate::project::imports::is_same_library;
use crate::project::{PackageFile, Project};
use crate::wheel::modules::Modules;

/// A library keeps its name and goes into the package that `package` names; else to where the Python
/// files load it from, else to where an earlier build of it lies, else to the folder of a package that it
/// was installed to, else into the project's package.
pub(super) fn spot(
    artifact: &Artifact,
    project: &Project,
    importable: &Importable<'_>,
    python: &Modules,
) -> Result<Spot, Problem> {
    let name = artifact.file_name();
    let at = |folder: &str, note: Option<String>| Spot {
        path: match folder {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        },
        is_module: false,
        note,
    };
    if let Some(package) = &project.config.package {
        return Ok(at(&package.value.replace('.', "/"), None));
    }
    let main = project
        .python_package()
        .map(|package| package.replace('.', "/"));
    let loaded = importable.imports().library_folder(name, python);
    let loaded = loaded.map(|(folder, place)| (folder, format!("from which {place} loads it")));
    let told = loaded.or_else(|| {
        let (folder, file) = earlier(name, importable)?;
        Some((
            folder,
            format!("where an earlier build of it lies ({file})"),
        ))
    });
    if let Some((folder, why)) = told {
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
    let installed = package_of(artifact).map(|package| package.replace('.', "/"));
    let installed = installed.filter(|folder| {
        let top = folder.split('/').next().unwrap_or(folder);
        python.is_folder(top)
    });
    match installed.or(main) {
        Some(folder) => Ok(at(&folder, None)),
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

/// The folder in the wheel where a library of the same name lies in the project, left there by a build of
/// another tool, and that file; none if there are several.
fn earlier(name: &str, importable: &Importable<'_>) -> Option<(String, String)> {
    let files = importable.files();
    let of_python = |file: &str| {
        [".cpython-", ".abi3.", ".cp3"]
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
