//! The build script that this program generates for a managed project.
//!
//! Takes the modules that pyproject.toml declares and finds the framework that they use; gives a script in the
//! cache folder of the project, which is the same for all jobs, and the arguments of each job. The script contains
//! no paths, so the same modules give the same script everywhere.

mod zon;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::options::DeclaredOptions;
use super::workspace::Workspace;
use crate::error::{Error, Problem, Result};
use crate::plan::{Job, Plan};
use crate::project::{Framework, Managed, Project, files_below};
use crate::sys::files;
use crate::sys::fingerprint::Fingerprint;
use crate::toolchain::{Cache, Fetch, Package, PackageRequest, interpreter, places};

const SCRIPT: &str = include_str!("build.zig");
const PYTHON_H: &str = include_str!("python.h");

/// The options of the script that other build scripts may declare too.
const OPTIONS: [(&str, &str); 8] = [
    ("target", "string"),
    ("cpu", "string"),
    ("optimize", "enum"),
    ("python-include", "string"),
    ("python-lib-dir", "string"),
    ("python-lib", "string"),
    ("abi3", "bool"),
    ("abi3t", "bool"),
];

/// The generated build script of a managed project, and the framework that it uses.
#[derive(Debug)]
pub struct Recipe {
    files: [(&'static str, String); 3],
    framework: Option<Source>,
}

/// A framework with its Zig sources.
#[derive(Debug)]
struct Source {
    framework: Framework,
    package: Package,
    folder: PathBuf,
    /// The digest of the sources, in hexadecimal digits.
    digest: String,
}

impl Recipe {
    /// The recipe of a managed project; `None` for any other project, and with [`Fetch::Never`] if the
    /// framework is not installed.
    pub fn find(
        project: &Project,
        plan: &Plan,
        cache: &Cache,
        fetch: Fetch<'_>,
    ) -> Result<Option<Self>> {
        let Some(managed) = &project.managed else {
            return Ok(None);
        };
        let mut source = None;
        if let Some(framework) = managed.framework {
            let pythons = pythons(project, plan, cache);
            source = Source::find(framework, managed, &pythons, cache, fetch)?;
            if source.is_none() {
                return Ok(None);
            }
        }
        if let Some(script) = &managed.passed_over {
            fetch.note(&format!(
                "{} is ignored, because a framework generates it again with each build; set self_managed = true if you maintain it yourself",
                script.display()
            ));
        }
        Ok(Some(Self::new(managed, source)))
    }

    fn new(managed: &Managed, framework: Option<Source>) -> Self {
        let numpy = framework
            .as_ref()
            .is_some_and(|source| source.folder.join("numpy_ffi.h").is_file());
        Self {
            files: [
                ("build.zig", SCRIPT.to_owned()),
                ("modules.zon", zon::render(managed, numpy)),
                ("python.h", PYTHON_H.to_owned()),
            ],
            framework,
        }
    }

    /// Names and values that identify the script and the framework, for the fingerprint of a job.
    pub(crate) fn inputs(&self) -> Vec<(String, String)> {
        let mut inputs = vec![("pyz3-wheel's build script".to_owned(), self.digest())];
        if let Some(source) = &self.framework {
            let name = source.framework.distribution();
            inputs.push((name.to_owned(), source.version().to_owned()));
            inputs.push((format!("{name}'s source"), source.digest.clone()));
        }
        inputs
    }

    fn digest(&self) -> String {
        let mut fingerprint = Fingerprint::new();
        for (name, text) in &self.files {
            fingerprint.add(name, text);
        }
        fingerprint.finish_short()
    }

    /// The framework's name on PyPI and its version.
    pub fn framework(&self) -> Option<(&str, Option<&str>)> {
        let source = self.framework.as_ref()?;
        let version = source.package.version.as_deref();
        Some((source.framework.distribution(), version))
    }

    /// A folder of this machine whose name may occur in the binaries.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.framework
            .as_ref()
            .map(|source| source.folder.as_path())
    }

    /// Writes the script into the cache folder of the project, in a folder named by the digest of the script, because
    /// another run may have another script.
    pub fn write(&self, workspace: &Workspace) -> Result<PathBuf> {
        let folder = workspace.root().join("build").join(self.digest());
        fs::create_dir_all(&folder)?;
        for (name, text) in &self.files {
            let path = folder.join(name);
            // Zig must never read an incomplete file that another run is writing.
            if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
                continue;
            }
            files::replace(&path, text.as_bytes())?;
        }
        Ok(folder.join("build.zig"))
    }

    /// The options that the script shares with other build scripts.
    pub(crate) fn options() -> DeclaredOptions {
        DeclaredOptions::known(&OPTIONS)
    }

    /// The arguments that no other build script gets.
    pub(crate) fn arguments(&self, job: &Job, project: &Project) -> Vec<String> {
        let path = |name: &str, path: &Path| format!("-D{name}={}", path.display());
        let mut arguments = vec![path("project", &project.root)];
        let folder = self.folder();
        arguments.extend(folder.map(|folder| path("framework", folder)));
        if let Some(python) = &job.python {
            // This is the version of the feature release: 0x030B0000 allows every 3.11. The floor of an abi3 wheel may
            // be older than the headers.
            let own = || python.version.limited_api();
            let hexversion = job.limited_api.clone().unwrap_or_else(own);
            arguments.push(format!("-Dpython-hexversion={hexversion}"));
            // The headers of a free-threaded Python are used for abi3t too, which is a limited API.
            if python.free_threaded && job.limited_api.is_none() {
                arguments.push("-Dfree-threaded=true".to_owned());
            }
        }
        arguments
    }

    /// The hint for an error in the framework's own source.
    pub(crate) fn framework_error_hint(&self, log: &str, zig: &str) -> Option<String> {
        let source = self.framework.as_ref()?;
        let folder = source.folder.to_str()?;
        let place = log.lines().find_map(|line| {
            let (place, _) = line.split_once(": error: ")?;
            let below = place.strip_prefix(folder)?;
            Some(below.trim_start_matches(['/', '\\']).to_owned())
        })?;
        let name = format!("{} {}", source.framework, source.version());
        let mut requires = source.package.requires.iter();
        let asks = requires.find(|text| text.starts_with("ziglang"));
        let asks = asks.map_or(String::new(), |asks| {
            format!("{name} requires {asks}, but this is Zig {zig}: choose another version with --zig-version\n")
        });
        Some(format!(
            "the error at {place} is in {name}'s own source, which pyz3-wheel does not change\n\
             {asks}otherwise the framework does not support this platform, this Python or the way in which it \
             is used: see \"referenced by\""
        ))
    }
}

/// The problem of a module that was built, but that Python cannot import.
pub(crate) fn no_module(managed: &Managed, artifact: &str) -> Problem {
    let built = artifact.trim_start_matches("zig-out/lib/");
    let built = built.trim_end_matches(".so").replace('/', ".");
    let leaf = built.rsplit('.').next().unwrap_or_default();
    let lines = match managed.framework {
        Some(framework) => format!(
            "    const py = @import(\"{}\");\n    comptime {{\n        py.rootmodule(@This());\n    }}",
            framework.module()
        ),
        None => format!("    export fn PyInit_{leaf}() ?*anyopaque {{ … }}"),
    };
    Problem::new(format!("the module {built} exports no PyInit_{leaf}"))
        .hint(format!("let its root file export it:\n{lines}"))
}

impl Source {
    /// The sources in the first of these Pythons that has the required version, else in the cache. Returns
    /// `None` only with [`Fetch::Never`].
    fn find(
        framework: Framework,
        managed: &Managed,
        pythons: &[PathBuf],
        cache: &Cache,
        fetch: Fetch<'_>,
    ) -> Result<Option<Self>> {
        let requirement = managed.requirement.as_ref();
        let origin = requirement.map_or("pyproject.toml".to_owned(), |requirement| {
            requirement.place.to_string()
        });
        let request = PackageRequest {
            distribution: framework.distribution(),
            module: framework.module(),
            versions: requirement.map(|requirement| &requirement.value),
            origin: &origin,
        };
        let package = request.find(pythons, cache, fetch)?;
        package
            .map(|package| Self::new(framework, package))
            .transpose()
    }

    fn new(framework: Framework, package: Package) -> Result<Self> {
        let folder = package.dir.join("src");
        let root = format!("{}.zig", framework.module());
        for name in [&*root, "ffi.h"] {
            if !folder.join(name).is_file() {
                let version = package.version.as_deref().unwrap_or("of unknown version");
                return Err(Error::config(
                    Problem::new(format!("{framework} {version} has no src/{name}"))
                        .at(package.dir.display())
                        .hint(
                            "pyz3-wheel supports pyz3 0.11 and ziggy-pydust 0.26: require one of them, or write a build.zig and set self_managed = true",
                        ),
                ));
            }
        }
        let mut files: Vec<_> = files_below(&folder).collect();
        files.sort();
        let mut fingerprint = Fingerprint::new();
        for file in files {
            let name = file.strip_prefix(&folder).unwrap_or(&file);
            fingerprint.add(&name.to_string_lossy(), fs::read(&file)?);
        }
        Ok(Self {
            framework,
            package,
            folder,
            digest: fingerprint.finish(),
        })
    }

    fn version(&self) -> &str {
        self.package
            .version
            .as_deref()
            .unwrap_or("of unknown version")
    }
}

/// The Pythons that may have the framework: those of the project's own virtual environments, `python3`, and those of
/// the jobs, of which the newest is the last.
fn pythons(project: &Project, plan: &Plan, cache: &Cache) -> Vec<PathBuf> {
    let environments = [".venv", "venv"].map(|name| project.root.join(name));
    let own = environments
        .iter()
        .filter_map(|dir| places::python_of_environment(dir));
    let default = interpreter::default(cache).map(|python| python.exe);
    let jobs = plan.jobs.iter().filter_map(|job| job.python.as_ref());
    let jobs = jobs.filter(|python| python.base_exe.is_some());
    let jobs: BTreeSet<_> = jobs.map(|python| (python.version, &python.exe)).collect();
    own.chain(default)
        .chain(jobs.into_iter().map(|(_, exe)| exe.clone()))
        .collect()
}

#[cfg(test)]
mod tests;
