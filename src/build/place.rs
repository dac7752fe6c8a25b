//! Where the files that a build installed go in the wheel.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::artifact::Artifact;
use super::lesson::Lesson;
use super::managed;
use crate::audit::{self, Promise, Severity, Shipped};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::Job;
use crate::project::{ModuleName, PackageFile, Project};
use crate::tags::AbiTag;
use crate::toolchain::ZigVersion;

/// An artifact with its place in the wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it is.
    pub source: PathBuf,
    /// Its path in the wheel, with forward slashes.
    pub path: String,
}

/// Holds the artifacts against the job and gives each its place, or says all that is wrong.
pub fn place(
    job: &Job,
    project: &Project,
    files: &[PackageFile],
    artifacts: &[Artifact],
    zig: &ZigVersion,
) -> Result<Vec<Placed>> {
    let mut problems = Vec::new();
    if artifacts.is_empty() {
        problems.push(
            Problem::new("zig build succeeded but installed no shared library")
                .hint(Lesson::Nothing.hint(zig)),
        );
    }
    let mut shipped = Shipped::default();
    for artifact in artifacts {
        shipped.add(artifact.file_name());
    }
    let promise = Promise::of_build(&job.wheel, shipped);
    for artifact in artifacts {
        let findings = audit::judge(&artifact.binary, &promise).into_iter();
        let refused = findings.filter(|finding| finding.severity == Severity::Error);
        problems.extend(refused.map(|finding| Lesson::teach(finding, zig).at(&artifact.relative)));
    }
    // A binary for the wrong machine has the wrong names too: one cause, one message.
    Error::check(ErrorKind::Audit, problems)?;

    let mut places: BTreeMap<String, (PathBuf, String)> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut built = Vec::new();
    for artifact in artifacts {
        let path = match (artifact.binary.inits.as_slice(), &job.extension_suffix) {
            ([], _) => match &project.managed {
                Some(managed) => Err(managed::no_module(managed, &artifact.relative)),
                None => library_path(artifact, project),
            },
            (inits, Some(suffix)) => module_name(artifact, inits, job, files).map(|module| {
                let path = format!("{}{suffix}", module.to_string().replace('.', "/"));
                built.push(module);
                path
            }),
            (inits, None) => Err(Problem::new(format!(
                "exports PyInit_{}, so it is an extension module",
                inits[0]
            ))
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
        problems.extend(missing_modules(job, artifacts, &built, zig));
    }
    Error::check(ErrorKind::Audit, problems)?;
    Ok(places
        .into_iter()
        .map(|(path, (source, _))| Placed { source, path })
        .collect())
}

/// Modules that the project names and the build did not yield; and no module at all.
fn missing_modules(
    job: &Job,
    artifacts: &[Artifact],
    built: &[ModuleName],
    zig: &ZigVersion,
) -> Vec<Problem> {
    let list: Vec<_> = artifacts
        .iter()
        .map(|artifact| artifact.relative.as_str())
        .collect();
    let list = list.join(", ");
    if built.is_empty() {
        return vec![Problem::new(format!("no installed library exports PyInit_<module> (installed: {list})")).hint(
            format!(
                "{}\nif this is a shared library for ctypes or cffi, set abi = \"none\" in [tool.pyz3-wheel]",
                Lesson::Module.hint(zig)
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
                    Lesson::Module.hint(zig)
                ))
        })
        .collect()
}

/// The module's full name: as the project says, else by the path it was installed to, else beside
/// the stub file that describes it, else alone.
fn module_name(
    artifact: &Artifact,
    inits: &[String],
    job: &Job,
    files: &[PackageFile],
) -> Result<ModuleName, Problem> {
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
            let by_folder = named
                .iter()
                .find(|module| module.package() == package_of(artifact).as_deref());
            if let Some(module) = by_folder {
                return Ok((*module).clone());
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
    let name = match package_of(artifact).or_else(|| package_of_stub(leaf, files)) {
        Some(package) => format!("{package}.{leaf}"),
        None => leaf.clone(),
    };
    name.parse().map_err(|_| {
        Problem::new(format!(
            "is installed where no module `{name}` can be imported from"
        ))
        .hint("name its place: modules = [\"package.module\"] in [tool.pyz3-wheel]")
    })
}

/// The package whose folder an artifact was installed to: below `zig-out/lib`, or, with an install
/// into `../`, below the project's root or its `src`.
fn package_of(artifact: &Artifact) -> Option<String> {
    let (folder, _) = artifact.relative.rsplit_once('/')?;
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

/// The package with a stub for a native module of this name: `hello/_native.pyi` without a
/// `hello/_native.py`, where there is just one such.
fn package_of_stub(leaf: &str, files: &[PackageFile]) -> Option<String> {
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

/// A shared library without `PyInit_` keeps its name and goes into the project's package.
fn library_path(artifact: &Artifact, project: &Project) -> Result<String, Problem> {
    let name = artifact.file_name();
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

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::audit::{Binary, Format, Kind};
    use crate::plan::Optimize;
    use crate::platform::{ExtensionAbi, Os, Platform, ZigTarget};
    use crate::tags::{Arch, PythonTag, PythonVersion, Release, WheelFilename};

    fn project(config: &str, package: Option<&str>) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[project]\nname = \"hello\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\n{config}\n"
        );
        fs::write(folder.path().join("pyproject.toml"), text).unwrap();
        if let Some(package) = package {
            fs::create_dir(folder.path().join(package)).unwrap();
            fs::write(folder.path().join(package).join("__init__.py"), "").unwrap();
        }
        let project = Project::load(folder.path()).unwrap();
        (folder, project)
    }

    fn job(abi: AbiTag, modules: &[&str]) -> Job {
        let target = ZigTarget::with_default_floor(Platform::LinuxX86_64);
        Job {
            id: "linux-x86_64".to_owned(),
            platform: target.platform(),
            zig_target: target,
            abi,
            python: None,
            optimize: Optimize::ReleaseFast,
            limited_api: None,
            extension_suffix: ExtensionAbi::of(abi)
                .map(|abi| target.platform().extension_suffix(abi)),
            modules: modules.iter().map(|name| name.parse().unwrap()).collect(),
            wheel: WheelFilename {
                name: "hello".parse().unwrap(),
                version: "1.0".parse().unwrap(),
                python: PythonTag::Py3,
                abi,
                platforms: target.platform_tags(),
            },
            slices: Vec::new(),
        }
    }

    const ZIG: ZigVersion = ZigVersion::new(0, 15, 2);

    const FULL: AbiTag = AbiTag::CPython {
        version: PythonVersion::new(3, 12),
        free_threaded: false,
    };

    fn artifact(relative: &str, inits: &[&str]) -> Artifact {
        Artifact {
            path: PathBuf::from("/job").join(relative),
            relative: relative.to_owned(),
            binary: binary(inits),
        }
    }

    fn binary(inits: &[&str]) -> Binary {
        let mut binary = Binary::unknown(Format::Elf);
        binary.os = Some(Os::Linux);
        binary.arch = Some(Arch::X86_64);
        binary.machine = "Linux x86_64".to_owned();
        binary.kind = Kind::SharedLibrary;
        binary.floor = Some(Release::new(2, 4));
        binary.inits = inits.iter().map(|&name| name.to_owned()).collect();
        binary.imports = vec!["libc.so.6".to_owned()];
        binary
    }

    fn paths(job: &Job, project: &Project, artifacts: &[Artifact]) -> Result<Vec<String>> {
        Ok(
            place(job, project, &project.files()?.wheel, artifacts, &ZIG)?
                .into_iter()
                .map(|placed| placed.path)
                .collect(),
        )
    }

    #[test]
    fn a_module_goes_where_it_is_configured_installed_or_named() {
        let (_folder, project) = project("", Some("hello"));
        for (modules, relative, init, path) in [
            (
                &["hello._native"][..],
                "zig-out/lib/libwhatever.so",
                "_native",
                "hello/_native",
            ),
            (
                &[],
                "zig-out/lib/hello/_native.so",
                "_native",
                "hello/_native",
            ),
            (
                &[],
                "zig-out/hello/sub/_native.abi3.so",
                "_native",
                "hello/sub/_native",
            ),
            (
                &[],
                "hello/_native.cpython-39-darwin.so",
                "_native",
                "hello/_native",
            ),
            (&[], "src/hello/_native.so", "_native", "hello/_native"),
            (&[], "zig-out/lib/libfast.so", "fast", "fast"),
        ] {
            let paths = paths(
                &job(FULL, modules),
                &project,
                &[artifact(relative, &[init])],
            )
            .unwrap();
            assert_eq!(
                paths,
                [format!("{path}.cpython-312-x86_64-linux-gnu.so")],
                "{relative}"
            );
        }
    }

    #[test]
    fn a_stub_tells_where_its_module_belongs() {
        let (folder, project) = project("", Some("hello"));
        fs::write(folder.path().join("hello/_native.pyi"), "").unwrap();
        let module = [artifact("zig-out/lib/lib_native.so", &["_native"])];
        assert_eq!(
            paths(&job(AbiTag::Abi3, &[]), &project, &module).unwrap(),
            ["hello/_native.abi3.so"]
        );
        fs::write(folder.path().join("hello/_native.py"), "").unwrap();
        assert_eq!(
            paths(&job(AbiTag::Abi3, &[]), &project, &module).unwrap(),
            ["_native.abi3.so"]
        );
    }

    #[test]
    fn the_folder_tells_modules_of_the_same_name_apart() {
        let (_folder, project) = project("", None);
        let artifacts = [
            artifact("zig-out/lib/a/_native.so", &["_native"]),
            artifact("zig-out/lib/b/_native.so", &["_native"]),
        ];
        let job = job(AbiTag::Abi3, &["a._native", "b._native"]);
        assert_eq!(
            paths(&job, &project, &artifacts).unwrap(),
            ["a/_native.abi3.so", "b/_native.abi3.so"]
        );
    }

    #[test]
    fn a_library_keeps_its_name_and_goes_into_the_package() {
        let (_folder, by_folder) = project("", Some("hello"));
        let library = [artifact("zig-out/lib/libhello.so", &[])];
        assert_eq!(
            paths(&job(AbiTag::None, &[]), &by_folder, &library).unwrap(),
            ["hello/libhello.so"]
        );
        let (_folder, configured) = project("package = \"a.b\"", None);
        assert_eq!(
            paths(&job(AbiTag::None, &[]), &configured, &library).unwrap(),
            ["a/b/libhello.so"]
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_remedy() {
        let (_folder, project) = project("", None);
        let module = || artifact("zig-out/lib/libx.so", &["x"]);
        let library = || artifact("zig-out/lib/liby.so", &[]);
        for (job, artifacts, says) in [
            (job(FULL, &[]), vec![], "installed no shared library"),
            (job(AbiTag::None, &[]), vec![library()], "no single package"),
            (job(AbiTag::None, &[]), vec![module()], "abi = \"full\""),
            (job(FULL, &["hello.y"]), vec![module()], "PyInit_y"),
            (job(FULL, &[]), vec![module(), module()], "as does"),
        ] {
            let error = place(&job, &project, &[], &artifacts, &ZIG).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Audit);
            assert!(error.to_string().contains(says), "{says} in {error}");
        }
    }
}
