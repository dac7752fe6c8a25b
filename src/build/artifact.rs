//! What came out of a build: files known by their bytes, and their places in the wheel.
//!
//! Names say little (pyz3 calls a Windows module `.abi3.so`), so what counts is the format, the
//! machine and the exported `PyInit_<name>`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fs_err as fs;
use walkdir::WalkDir;

use super::workspace::JobTree;
use crate::audit::{self, Binary, Expected, Kind};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::Job;
use crate::project::{ModuleName, Project};
use crate::tags::AbiTag;

/// A native file that the build installed.
#[derive(Debug)]
pub struct Artifact {
    /// Where it is.
    pub path: PathBuf,
    /// Its place below the stand-in for the project's root, with forward slashes.
    ///
    /// Ex) `zig-out/lib/libhello.so`, `hello/_native.abi3.so`
    pub relative: String,
    /// What it is.
    pub binary: Binary,
}

/// An artifact with its place in the wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it is.
    pub source: PathBuf,
    /// Its path in the wheel, with forward slashes.
    pub path: String,
}

/// Every shared library below the folder that a job may have written to.
pub fn collect(tree: &JobTree) -> Result<Vec<Artifact>> {
    let mut artifacts = Vec::new();
    for entry in WalkDir::new(tree.outermost()).sort_by_file_name() {
        let entry = entry.map_err(std::io::Error::from)?;
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = fs::read(entry.path())?;
        if !audit::sniff(&bytes) {
            continue;
        }
        let relative = relative(entry.path(), tree);
        let binary = Binary::parse(&bytes).map_err(|why| {
            Error::new(ErrorKind::Build, Problem::new(format!("the build installed a damaged binary: {why}")).at(&relative))
        })?;
        if let Some(binary) = binary.filter(|binary| binary.kind == Kind::SharedLibrary) {
            artifacts.push(Artifact {
                path: entry.path().to_owned(),
                relative,
                binary,
            });
        }
    }
    Ok(artifacts)
}

fn relative(path: &Path, tree: &JobTree) -> String {
    let below = path.strip_prefix(tree.root()).or_else(|_| path.strip_prefix(tree.outermost())).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Holds the artifacts against the job and gives each its place, or says all that is wrong.
pub fn place(job: &Job, project: &Project, artifacts: &[Artifact]) -> Result<Vec<Placed>> {
    let mut problems = Vec::new();
    if artifacts.is_empty() {
        problems.push(nothing_installed());
    }
    let shipped: Vec<_> = artifacts
        .iter()
        .filter_map(|artifact| artifact.path.file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    for artifact in artifacts {
        let expected = Expected {
            target: job.zig_target,
            abi: job.abi,
            is_extension: !artifact.binary.inits.is_empty(),
            shipped: &shipped,
        };
        for finding in audit::check(&artifact.binary, &expected) {
            let mut problem = finding.problem;
            problem.place.get_or_insert_with(|| artifact.relative.clone());
            problems.push(problem);
        }
    }
    // A binary for the wrong machine has the wrong names too: one cause, one message.
    Error::check(ErrorKind::Audit, problems)?;

    let mut places: BTreeMap<String, (PathBuf, String)> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut built = Vec::new();
    for artifact in artifacts {
        let path = match (artifact.binary.inits.as_slice(), &job.extension_suffix) {
            ([], _) => library_path(artifact, project),
            (inits, Some(suffix)) => module_path(artifact, inits, suffix, job, &mut built),
            (inits, None) => Err(Problem::new(format!("exports PyInit_{}, so it is an extension module", inits[0]))
                .hint("set abi = \"full\" (or \"abi3\") in [tool.pyz3-wheel]")),
        };
        match path {
            Ok(path) => {
                if let Some((_, other)) = places.get(&path) {
                    problems.push(
                        Problem::new(format!("belongs at {path} in the wheel, as does {other}"))
                            .at(&artifact.relative)
                            .hint("let build.zig install each library once"),
                    );
                }
                places.insert(path, (artifact.path.clone(), artifact.relative.clone()));
            }
            Err(problem) => problems.push(problem.at(&artifact.relative)),
        }
    }
    if job.abi != AbiTag::None && problems.is_empty() {
        problems.extend(missing_modules(job, artifacts, &built));
    }
    Error::check(ErrorKind::Audit, problems)?;
    Ok(places
        .into_iter()
        .map(|(path, (source, _))| Placed { source, path })
        .collect())
}

fn nothing_installed() -> Problem {
    Problem::new("zig build succeeded but installed no shared library").hint(
        "let build.zig install what it builds:\n\
         \u{20} const lib = b.addLibrary(.{ .linkage = .dynamic, .name = \"hello\", .root_module = mod });\n\
         \u{20} b.installArtifact(lib);",
    )
}

/// Modules that the project names and the build did not yield; and no module at all.
fn missing_modules(job: &Job, artifacts: &[Artifact], built: &[ModuleName]) -> Vec<Problem> {
    let list: Vec<_> = artifacts.iter().map(|artifact| artifact.relative.as_str()).collect();
    let list = list.join(", ");
    if built.is_empty() {
        return vec![Problem::new(format!("no installed library exports PyInit_<module> (installed: {list})")).hint(
            "an extension module exports `PyInit_<name>`: check the name in `export fn PyInit_…`\n\
             if this is a shared library for ctypes or cffi, set abi = \"none\" in [tool.pyz3-wheel]",
        )];
    }
    job.modules
        .iter()
        .filter(|module| !built.contains(module))
        .map(|module| {
            Problem::new(format!("no installed library exports PyInit_{} for the module {module} (installed: {list})", module.leaf()))
                .hint("correct the module's name in pyproject.toml, or the name after PyInit_ in the source")
        })
        .collect()
}

/// `hello._native` with `.cpython-312-darwin.so` is `hello/_native.cpython-312-darwin.so`.
fn module_path(artifact: &Artifact, inits: &[String], suffix: &str, job: &Job, built: &mut Vec<ModuleName>) -> Result<String, Problem> {
    let module = module_name(artifact, inits, job)?;
    let path = format!("{}{suffix}", module.to_string().replace('.', "/"));
    built.push(module);
    Ok(path)
}

/// The module's full name: as the project says, else by the path it was installed to, else alone.
fn module_name(artifact: &Artifact, inits: &[String], job: &Job) -> Result<ModuleName, Problem> {
    let named: Vec<_> = job
        .modules
        .iter()
        .filter(|module| inits.iter().any(|init| init == module.leaf()))
        .collect();
    match named[..] {
        [module] => return Ok(module.clone()),
        [] => {}
        [..] => {
            // The same leaf in two packages: the folder it was installed to tells which.
            let by_folder = named.iter().find(|module| module.package() == package_of(artifact).as_deref());
            if let Some(module) = by_folder {
                return Ok((*module).clone());
            }
            let names: Vec<_> = named.iter().map(ToString::to_string).collect();
            return Err(Problem::new(format!("may be any of the modules {}", names.join(", ")))
                .hint("install it below the folder of its package, as in lib/package/module"));
        }
    }
    // One file may hold several modules; the one it is named after counts, else the first.
    let stem = artifact.relative.rsplit('/').next().unwrap_or_default();
    let stem = stem.strip_prefix("lib").unwrap_or(stem);
    let leaf = inits.iter().find(|init| stem.starts_with(init.as_str())).unwrap_or(&inits[0]);
    let name = match package_of(artifact) {
        Some(package) => format!("{package}.{leaf}"),
        None => leaf.clone(),
    };
    name.parse().map_err(|_| {
        Problem::new(format!("is installed where no module `{name}` can be imported from"))
            .hint("name its place: modules = [\"package.module\"] in [tool.pyz3-wheel]")
    })
}

/// The package whose folder an artifact was installed to: below `zig-out/lib`, or, with an install
/// into `../`, below the project's root or its `src`.
fn package_of(artifact: &Artifact) -> Option<String> {
    let (folder, _) = artifact.relative.rsplit_once('/')?;
    let folder = match folder.strip_prefix("zig-out").map(|rest| rest.trim_start_matches('/')) {
        Some(rest) => ["lib", "bin"]
            .into_iter()
            .find_map(|dir| rest.strip_prefix(dir).filter(|below| below.is_empty() || below.starts_with('/')))
            .unwrap_or(rest)
            .trim_start_matches('/'),
        None => folder.strip_prefix("src/").unwrap_or(folder),
    };
    (!folder.is_empty()).then(|| folder.replace('/', "."))
}

/// A shared library without PyInit keeps its name and goes into the project's package.
fn library_path(artifact: &Artifact, project: &Project) -> Result<String, Problem> {
    let name = artifact.relative.rsplit('/').next().unwrap_or_default();
    let package = match &project.config.package {
        Some(package) => Some(package.value.clone()),
        None => project.python_package(),
    };
    match package {
        Some(package) => Ok(format!("{}/{name}", package.replace('.', "/"))),
        None => Err(Problem::new("is a shared library without PyInit, and the project has no single package to put it into")
            .hint("name one: package = \"hello\" in [tool.pyz3-wheel]")),
    }
}
