//! Where the files that a build installed go in the wheel.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::artifact::{Artifact, Installed};
use super::generated::Layout;
use super::lesson::Lesson;
use super::library_names::library_names;
use super::{leftovers, managed};
use crate::audit::{self, Promise, Severity, Shipped};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::Job;
use crate::project::{InstallTarget, ModuleName, PackageFile, Project};
use crate::tags::AbiTag;
use crate::toolchain::ZigVersion;

/// An artifact with its place in the wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it is.
    pub source: PathBuf,
    /// Its path in the wheel, with forward slashes.
    pub path: String,
    /// Whether it is unpacked as a program.
    pub executable: bool,
}

/// Holds the artifacts against the job and gives each its place, or says all that is wrong.
pub fn place(
    job: &Job,
    project: &Project,
    files: &[PackageFile],
    installed: &Installed,
    layout: &Layout<'_>,
    zig: &ZigVersion,
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
            .hint(Lesson::Nothing.hint(zig)),
        );
    }
    let mut shipped = Shipped::default();
    for artifact in artifacts {
        artifact.names().for_each(|name| shipped.add(name));
        shipped.add_symbols(&artifact.binary);
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
        let paths = match (artifact.binary.inits.as_slice(), &job.extension_suffix) {
            ([], _) => match &project.managed {
                Some(managed) => Err(managed::no_module(managed, &artifact.relative)),
                None => library_folder(artifact, project, layout).map(|folder| {
                    let names = library_names(artifact, artifacts, files).into_iter();
                    names.map(|name| join(&folder, &name)).collect()
                }),
            },
            (inits, Some(suffix)) => module_name(artifact, inits, job, files).map(|module| {
                let path = format!("{}{suffix}", module.to_string().replace('.', "/"));
                built.push(module);
                vec![path]
            }),
            (inits, None) => Err(Problem::new(format!(
                "exports PyInit_{}, so it is an extension module",
                inits[0]
            ))
            .hint("set abi = \"full\" (or \"abi3\") in [tool.pyz3-wheel]")),
        };
        let paths: Result<Vec<String>, _> = paths;
        problems.extend(
            paths
                .as_ref()
                .err()
                .cloned()
                .map(|problem| problem.at(&artifact.relative)),
        );
        for path in paths.unwrap_or_default() {
            if let Some((_, other)) = places.get(&path) {
                problems.push(
                    Problem::new(format!("belongs at {path} in the wheel, as does {other}"))
                        .at(&artifact.relative)
                        .hint("let build.zig install each library once"),
                );
            }
            places.insert(path, (artifact.path.clone(), artifact.relative.clone()));
        }
    }
    if job.abi != AbiTag::None && problems.is_empty() {
        problems.extend(missing_modules(job, artifacts, &built, zig));
    }
    Error::check(ErrorKind::Audit, problems)?;
    Ok(places
        .into_iter()
        .map(|(path, (source, _))| Placed {
            source,
            path,
            executable: true,
        })
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

/// The folder of a shared library without `PyInit_`: as `[tool.pyz3-wheel.install]` says, else that of
/// the project's package.
fn library_folder(
    artifact: &Artifact,
    project: &Project,
    layout: &Layout<'_>,
) -> Result<String, Problem> {
    if let Some(InstallTarget::Wheel(place)) = layout.mapped(&artifact.relative) {
        let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
        return Ok(folder.to_owned());
    }
    let package = match &project.config.package {
        Some(package) => Some(package.value.clone()),
        None => project.python_package(),
    };
    match package {
        Some(package) => Ok(package.replace('.', "/")),
        None => Err(Problem::new("is a shared library without PyInit, and the project has no single package to put it into")
            .hint("name one: package = \"hello\" in [tool.pyz3-wheel]")),
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
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
            links: Vec::new(),
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
        Ok(place_in(job, project, &project.files()?.wheel, artifacts)?
            .into_iter()
            .map(|placed| placed.path)
            .collect())
    }

    fn place_in(
        job: &Job,
        project: &Project,
        files: &[PackageFile],
        artifacts: &[Artifact],
    ) -> Result<Vec<Placed>> {
        let layout = Layout::new(project, files);
        let installed = Installed {
            artifacts: artifacts.to_vec(),
            files: Vec::new(),
        };
        place(job, project, files, &installed, &layout, &ZIG)
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
    fn a_library_has_the_names_that_something_uses() {
        let (folder, project) = project("package = \"hello\"", Some("hello"));
        let library = || {
            let mut library = artifact("zig-out/lib/libcore.so.1.2.3", &[]);
            library.links = vec!["libcore.so".to_owned(), "libcore.so.1".to_owned()];
            library.binary.soname = Some("libcore.so.1".to_owned());
            library
        };
        let ctypes = job(AbiTag::None, &[]);
        let names = |artifacts: &[Artifact]| paths(&ctypes, &project, artifacts).unwrap();
        assert_eq!(names(&[library()]), ["hello/libcore.so"]);
        // Another library was linked against it.
        let mut other = artifact("zig-out/lib/libother.so", &[]);
        other.binary.imports.push("libcore.so.1".to_owned());
        assert_eq!(
            names(&[library(), other]),
            ["hello/libcore.so.1", "hello/libother.so"]
        );
        // Python loads it by the name that has the whole version, and `libcore.so` is only part of others.
        let text = "load('libcore.so.1.2.3', 'xlibcore.so', 'libcore.so.old')";
        fs::write(folder.path().join("hello/__init__.py"), text).unwrap();
        assert_eq!(names(&[library()]), ["hello/libcore.so.1.2.3"]);
        // The name that was linked against is that in the file, whatever the file is called.
        let mut renamed = artifact("zig-out/lib/libz.so", &[]);
        renamed.binary.soname = Some("libz.so.9".to_owned());
        let mut other = artifact("zig-out/lib/libother.so", &[]);
        other.binary.imports.push("libz.so.9".to_owned());
        assert_eq!(
            names(&[renamed, other]),
            ["hello/libother.so", "hello/libz.so.9"]
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
            let error = place_in(&job, &project, &[], &artifacts).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Audit);
            assert!(error.to_string().contains(says), "{says} in {error}");
        }
    }
}
