//! Gives the files that a build installed their places in the wheel.

mod library;
mod spot;

use std::collections::BTreeMap;

use self::spot::Spot;
use super::artifact::{Artifact, Installed};
use super::generated::Layout;
use super::importable::Importable;
use super::placed::Placed;
use super::remedies::{self, Remedy};
use super::{leftovers, managed};
use crate::audit::{self, Code, Finding, Promise, Severity, Shipped};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::ModuleName;
use crate::metadata::modules::Modules;
use crate::plan::Job;
use crate::project::{PackageFile, Project};
use crate::tags::AbiTag;
use crate::tags::ZigVersion;

/// Checks the artifacts against the job and gives each its place, or reports all problems. Choices that may
/// surprise the user go to `note`.
pub fn place(
    job: &Job,
    project: &Project,
    importable: &Importable<'_>,
    installed: &Installed,
    layout: &Layout<'_>,
    zig: &ZigVersion,
    note: &dyn Fn(String),
) -> Result<Vec<Placed>> {
    let artifacts = installed.artifacts.as_slice();
    let mut problems = Vec::new();
    if artifacts.is_empty() {
        let others = match leftovers::describe(&installed.files) {
            Some(others) => format!(" (installed: {others})"),
            None => String::new(),
        };
        problems.push(
            Problem::new(format!(
                "zig build succeeded but installed no shared library{others}"
            ))
            .hint(Remedy::Nothing.hint(zig)),
        );
    }
    let named: Vec<_> = artifacts
        .iter()
        .flat_map(|artifact| artifact.names().map(|name| (name, &artifact.binary)))
        .collect();
    let mut shipped = Shipped::of(named.iter().copied());
    if importable.shares_symbols(&installed.files) {
        shipped.share_symbols();
    }
    let promise = Promise::of_build(&job.wheel, shipped);
    for artifact in artifacts {
        let findings = audit::judge(&artifact.binary, &promise).into_iter();
        let refused = findings.filter(|finding| is_refused(finding, job));
        problems.extend(refused.map(|finding| refusal(finding, job, zig).at(&artifact.relative)));
    }
    // A binary for the wrong machine has the wrong names too: one cause, one message.
    Error::check(ErrorKind::Audit, problems)?;

    let python = importable.python(&layout.places(&installed.files));
    let mut places: BTreeMap<String, (Placed, String)> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut built = Vec::new();
    for artifact in artifacts {
        let spot = match (artifact.binary.inits.as_slice(), &job.extension_suffix) {
            ([], _) => match &project.managed {
                Some(managed) => Err(managed::no_module(managed, &artifact.relative)),
                None => library::spot(artifact, artifacts, project, importable, &python, layout),
            },
            (inits, Some(suffix)) => {
                let module = module_name(artifact, inits, job, project, importable, &python);
                module.map(|(module, note)| {
                    let path = format!("{}{suffix}", module.to_string().replace('.', "/"));
                    built.push(module);
                    Spot {
                        paths: vec![path],
                        is_module: true,
                        note,
                    }
                })
            }
            (inits, None) => Err(Problem::new(format!(
                "exports PyInit_{}, so it is an extension module",
                inits[0]
            ))
            .hint("set abi = \"full\" (or \"abi3\") in [tool.pyz3-wheel]")),
        };
        match spot {
            Ok(spot) => {
                spot.note.into_iter().for_each(note);
                for path in spot.paths {
                    if let Some((_, other)) = places.get(&path) {
                        problems.push(
                            Problem::new(format!(
                                "belongs at {path} in the wheel, as does {other}"
                            ))
                            .at(&artifact.relative)
                            .hint("let build.zig install each library once"),
                        );
                    }
                    let file = Placed {
                        source: artifact.path.clone(),
                        path: path.clone(),
                        is_module: spot.is_module,
                        executable: true,
                    };
                    places.insert(path, (file, artifact.relative.clone()));
                }
            }
            Err(problem) => problems.push(problem.at(&artifact.relative)),
        }
    }
    if job.abi != AbiTag::None && problems.is_empty() {
        problems.extend(missing_modules(job, artifacts, &built, zig));
    }
    Error::check(ErrorKind::Audit, problems)?;
    let files: Vec<_> = places.into_values().map(|(file, _)| file).collect();
    for text in library::unfound_dlls(&files, artifacts, &importable.files().wheel) {
        note(text);
    }
    Ok(files)
}

/// Whether a finding refuses a binary of this job. In `check`, a finding that an abi3t module is not on the stable ABI
/// may be a warning, but a build that defines `Py_TARGET_ABI3T` does not cause any.
fn is_refused(finding: &Finding, job: &Job) -> bool {
    finding.severity == Severity::Error
        || (finding.code == Code::NotStableAbi && job.target_abi3t().is_some())
}

/// A finding that refuses a binary of this job.
fn refusal(finding: Finding, job: &Job, zig: &ZigVersion) -> Problem {
    let code = finding.code;
    let mut problem = remedies::problem(finding, job.platform, zig);
    if let (Code::NotStableAbi, Some(floor), Some(python)) =
        (code, job.floor_below_headers(), &job.python)
    {
        let hint = problem.hint.unwrap_or_default();
        let headers = python.version;
        problem.hint = Some(format!(
            "{hint}\nif the build script asks the interpreter for the limited API's version, it got {headers}: \
             build with the Python of the floor: --python {floor} (with pip: -C python={floor})"
        ));
    }
    problem
}

/// Reports modules that the project names but the build did not install, and a build without any module.
fn missing_modules(
    job: &Job,
    artifacts: &[Artifact],
    built: &[ModuleName],
    zig: &ZigVersion,
) -> Vec<Problem> {
    let list: Vec<_> = artifacts
        .iter()
        .map(|artifact| match artifact.binary.inits.as_slice() {
            [] => artifact.relative.clone(),
            inits => format!(
                "{} with PyInit_{}",
                artifact.relative,
                inits.join(", PyInit_")
            ),
        })
        .collect();
    let list = list.join(", ");
    if built.is_empty() {
        return vec![Problem::new(format!("no installed library exports PyInit_<module> (installed: {list})")).hint(
            format!(
                "{}\nif this is a shared library for ctypes or cffi, set abi = \"none\" in [tool.pyz3-wheel]",
                Remedy::Module.hint(zig)
            ),
        )];
    }
    job.modules
        .iter()
        .filter(|module| !built.contains(module))
        .map(|module| {
            Problem::new(format!("no installed library exports PyInit_{} for the module {module} (installed: {list})", module.leaf()))
                .hint(format!(
                    "correct the module's name in pyproject.toml, or the name after PyInit_ in the source:\n{}",
                    Remedy::Module.hint(zig)
                ))
        })
        .collect()
}

/// The module's full name. The first of these that names a package decides: the project's settings, the path
/// that it was installed to, a stub file, the imports of the Python files. Without any it is a top-level
/// module.
fn module_name(
    artifact: &Artifact,
    inits: &[String],
    job: &Job,
    project: &Project,
    importable: &Importable<'_>,
    python: &Modules,
) -> Result<(ModuleName, Option<String>), Problem> {
    let named: Vec<_> = job
        .modules
        .iter()
        .filter(|module| inits.iter().any(|init| init == module.leaf()))
        .collect();
    match named[..] {
        [module] => return Ok((module.clone(), None)),
        [] => {}
        [..] => {
            // The same leaf in two packages: the folder it was installed to tells which.
            let by_folder = named
                .iter()
                .find(|module| module.package() == artifact.package().as_deref());
            if let Some(module) = by_folder {
                return Ok(((*module).clone(), None));
            }
            let list: Vec<_> = named.iter().map(ToString::to_string).collect();
            return Err(
                Problem::new(format!("may be any of the modules {}", list.join(", ")))
                    .hint("install it below the folder of its package, as in lib/package/module"),
            );
        }
    }
    // One file may hold several modules; the one it is named after counts, else the first.
    let name = artifact.file_name();
    let stem = name.strip_prefix("lib").unwrap_or(name);
    let leaf = inits
        .iter()
        .find(|init| stem.starts_with(init.as_str()))
        .unwrap_or(&inits[0]);
    let installed = artifact.package();
    let is_ours = |package: &String| python.is_folder(package.split('.').next().unwrap_or(package));
    let known = installed.clone().filter(is_ours);
    let known = known.or_else(|| package_of_stub(leaf, &importable.files().wheel));
    let (package, note) = match known {
        Some(package) => (Some(package), None),
        None => package_of_imports(leaf, installed, project, importable, python)?,
    };
    let name = match package {
        Some(package) => format!("{package}.{leaf}"),
        None => leaf.clone(),
    };
    let module = name.parse().map_err(|_| {
        Problem::new(format!(
            "is installed at a path from which Python cannot import a module `{name}`"
        ))
        .hint("set its full name in [tool.pyz3-wheel]: modules = [\"package.module\"]")
    })?;
    Ok((module, note))
}

/// The package that Python files import a module from, if it is another one than `installed`, and a note
/// that says so.
fn package_of_imports(
    leaf: &str,
    installed: Option<String>,
    project: &Project,
    importable: &Importable<'_>,
    python: &Modules,
) -> Result<(Option<String>, Option<String>), Problem> {
    let homes = importable.imports().homes(leaf, python);
    match &homes[..] {
        [home] if home.package != installed && home.package.is_some() => {
            let package = home.package.clone().unwrap_or_default();
            let note = format!(
                "the module {leaf} goes into the package {package}, from which {} imports it \
                 (modules = [\"{package}.{leaf}\"] in [tool.pyz3-wheel] says so too)",
                home.place
            );
            Ok((Some(package), Some(note)))
        }
        [] if installed.is_none() => {
            let files = &importable.files().wheel;
            let has_stub = files.iter().any(|file| file.path == format!("{leaf}.pyi"));
            let package = project.python_package().filter(|_| !has_stub);
            let note = package.map(|package| {
                format!(
                    "the module {leaf} goes to the top level, because no Python file imports it \
                     (modules = [\"{package}.{leaf}\"] in [tool.pyz3-wheel] puts it into the package {package}, \
                     modules = [\"{leaf}\"] keeps it there)"
                )
            });
            Ok((None, note))
        }
        // Where it is installed is among the places, or nothing imports it.
        homes if homes.len() < 2 || homes.iter().any(|home| home.package == installed) => {
            Ok((installed, None))
        }
        homes => {
            let list = homes.iter().map(|home| {
                let package = home.package.as_deref().unwrap_or("the top level");
                format!("{package} ({})", home.place)
            });
            let list = list.collect::<Vec<_>>().join(", ");
            let first = homes.iter().find_map(|home| home.package.as_deref());
            let first = first.unwrap_or("package");
            Err(Problem::new(format!(
                "is imported as the module {leaf} from several places: {list}"
            ))
            .hint(format!(
                "set its full name in [tool.pyz3-wheel]: modules = [\"{first}.{leaf}\"]"
            )))
        }
    }
}

/// The package with a stub for a native module of this name: `hello/_native.pyi` without a
/// `hello/_native.py`, where there is just one such.
pub(crate) fn package_of_stub(leaf: &str, files: &[PackageFile]) -> Option<String> {
    let mut stubs = files
        .iter()
        .filter_map(|file| file.path.strip_suffix(&format!("/{leaf}.pyi")))
        .filter(|folder| {
            !files
                .iter()
                .any(|file| file.path == format!("{folder}/{leaf}.py"))
        });
    let folder = stubs.next()?;
    stubs.next().is_none().then(|| folder.replace('/', "."))
}

#[cfg(test)]
mod tests;
