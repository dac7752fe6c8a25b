//! The plan: which jobs there are, for which wheels, decided once.
//!
//! Takes the [`Request`], what the project declares and which Pythons the machine has;
//! gives a [`Plan`]. Pure: nothing is read, run or written here, and no later stage decides again.

mod abi;
mod choice;
mod pairing;
mod pythons;
mod refusals;
mod request;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use abi::decide_abi;
pub use choice::abi_tag;
use pairing::Pair;
pub use pythons::{missing_versions, needs_python};
pub use request::{Machine, Optimize, PythonRequest, PythonSelection, Request, SettingOrigin};

use crate::error::{Error, ErrorKind, Result};
use crate::metadata::ModuleName;
use crate::options::Origin;
use crate::platform::{ExtensionAbi, Platform, ZigTarget};
use crate::project::{Abi, Project};
use crate::tags::{AbiTag, CPython, PythonTag, PythonVersion, Support, WheelFilename};
use crate::text::path as path_text;
use crate::toolchain::Interpreter;

/// Everything that will be done.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The project's name, as written.
    pub project: String,
    /// Its version.
    pub version: String,
    /// The kind of native code, which decides how many compiles and wheels there are.
    pub abi: Abi,
    /// How the kind was detected.
    pub abi_reason: String,
    /// The optimize mode of every job.
    pub optimize: Optimize,
    /// The build script that zig runs.
    pub build_script: BuildScript,
    /// Where the wheels go.
    #[serde(serialize_with = "path_text::serialize")]
    pub output_dir: PathBuf,
    /// Where the settings came from.
    pub settings: Vec<SettingOrigin>,
    /// The wheels, and what is compiled for each.
    pub jobs: Vec<Arc<Job>>,
    /// The Pythons that `--all-pythons` or the default wheels of the project need but this machine lacks, so that
    /// they have no jobs.
    pub left_out: Vec<CPython>,
}

/// The build script that zig runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum BuildScript {
    /// The project's own script.
    Own {
        /// Where it is, relative to the project.
        #[serde(serialize_with = "path_text::serialize")]
        path: PathBuf,
    },
    /// A script that pyz3-wheel generates from the modules that pyproject.toml declares.
    Made {
        /// The framework of the modules, and its required versions.
        ///
        /// Ex) `pyz3 ==0.11.0`
        framework: Option<String>,
    },
}

impl fmt::Display for BuildScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own { path } => write!(f, "{}", path.display()),
            Self::Made { framework: None } => {
                f.write_str("made by pyz3-wheel, of the modules in pyproject.toml")
            }
            Self::Made {
                framework: Some(name),
            } => write!(
                f,
                "made by pyz3-wheel, of the modules in pyproject.toml, with {name}"
            ),
        }
    }
}

/// One wheel, and the compile for it.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its name in reports and logs.
    ///
    /// Ex) `linux-x86_64-cp312`
    pub id: String,
    /// The platform.
    pub platform: Platform,
    /// What Zig compiles for.
    pub zig_target: ZigTarget,
    /// Which ABI the binary has.
    pub abi: AbiTag,
    /// The interpreter whose headers the job gets; none where no Python is involved.
    pub python: Option<Interpreter>,
    /// The optimize mode.
    pub optimize: Optimize,
    /// The value of `Py_LIMITED_API`.
    pub limited_api: Option<String>,
    /// How the file name of an extension module ends; none for shared libraries.
    pub extension_suffix: Option<String>,
    /// The extension modules that the build must yield; empty: whatever it yields.
    pub modules: Vec<ModuleName>,
    /// The wheel.
    pub wheel: WheelFilename,
    /// Where zig cannot compile for all of the platform at once: the compiles for each part, whose
    /// binaries are joined.
    #[serde(skip)]
    pub slices: Vec<Job>,
}

impl Job {
    /// The compiles: one of its own, or those of its slices.
    pub fn compiles(&self) -> &[Job] {
        match self.slices.as_slice() {
            [] => std::slice::from_ref(self),
            slices => slices,
        }
    }

    /// The value of `Py_TARGET_ABI3T`; `None` for other ABIs.
    pub fn target_abi3t(&self) -> Option<&str> {
        match self.abi {
            AbiTag::Abi3t => self.limited_api.as_deref(),
            AbiTag::Abi3 | AbiTag::CPython(_) | AbiTag::None => None,
        }
    }

    /// The floor of an abi3 wheel that is built with the headers of a later Python.
    pub fn floor_below_headers(&self) -> Option<PythonVersion> {
        let headers = self.python.as_ref()?.version;
        match self.wheel.python {
            PythonTag::CPython(floor) => Some(floor).filter(|floor| *floor < headers),
            PythonTag::Py3 => None,
        }
    }
}

impl Plan {
    /// Decides what to build, or reports every reason why that is impossible.
    pub fn new(request: &Request, project: &Project, machine: &Machine) -> Result<Self> {
        let (abi, mut abi_reason) = decide_abi(project);
        let mut problems = Vec::new();
        let choices = match abi {
            Abi::Full => pythons::select(request, project, machine, &mut problems),
            Abi::Abi3 | Abi::Abi3AndAbi3t => {
                pythons::stable(request, project, abi, machine, &mut problems)
            }
            Abi::None => {
                problems.extend(refusals::excluded(request, project));
                Vec::new()
            }
        };
        Error::check(ErrorKind::Config, problems)?;
        let notes = choices.iter().filter_map(|choice| choice.note(abi));
        for note in notes {
            abi_reason = format!("{abi_reason}; {note}");
        }
        // Selectors narrow `--all-pythons`; they never override a Python named on the command line.
        let selectors = project.config.selectors.as_ref();
        let selectors =
            selectors.filter(|_| abi == Abi::Full && request.pythons == PythonSelection::All);
        let pythons: Vec<_> = match abi {
            Abi::None => vec![None],
            Abi::Abi3 | Abi::Abi3AndAbi3t | Abi::Full => choices.iter().map(Some).collect(),
        };
        let mut problems = Vec::new();
        let pairs = pairing::pair(request, &pythons, selectors, ZigTarget::tags, &mut problems);
        Error::check(ErrorKind::Config, problems)?;
        let jobs = pairs
            .into_iter()
            .map(|pair| job(request, project, pair).into())
            .collect();
        let mut settings = request.origins.clone();
        settings.extend(selectors.map(|all| SettingOrigin {
            name: "selectors",
            value: all.text.clone(),
            origin: Origin::OtherTool(all.place, "tool.cibuildwheel"),
        }));
        Ok(Self {
            project: project.metadata.name().to_owned(),
            version: project.metadata.version().to_string(),
            abi,
            abi_reason,
            optimize: request.optimize,
            build_script: build_script(project),
            output_dir: request.output_dir.clone(),
            settings,
            jobs,
            left_out: pythons::left_out(request, project, machine),
        })
    }

    /// A Python of the jobs, if they have any. Its packages may be used, and its pip installs others.
    pub fn python(&self) -> Option<&Interpreter> {
        self.jobs.iter().find_map(|job| job.python.as_ref())
    }

    /// Warnings about wheels that should not be published.
    pub fn cautions(&self) -> Vec<String> {
        let pythons: BTreeSet<_> = self
            .jobs
            .iter()
            .filter_map(|job| match job.abi {
                AbiTag::CPython(python) => Some(python),
                AbiTag::None | AbiTag::Abi3 | AbiTag::Abi3t => None,
            })
            .filter(|python| python.support() == Some(Support::Preview))
            .collect();
        let cautions = pythons.iter().map(|python| {
            let tag = AbiTag::CPython(*python);
            format!(
                "Python {python} is a pre-release and its ABI may still change: use the {tag} wheels for tests, and do not publish them"
            )
        });
        cautions.collect()
    }
}

fn build_script(project: &Project) -> BuildScript {
    let Some(managed) = &project.managed else {
        return BuildScript::Own {
            path: project.build_file().to_owned(),
        };
    };
    BuildScript::Made {
        framework: managed.framework.map(|framework| {
            let versions = managed.requirement.as_ref().map(|found| &found.value);
            let versions = versions.map(ToString::to_string).unwrap_or_default();
            format!("{framework} {versions}").trim_end().to_owned()
        }),
    }
}

fn job(request: &Request, project: &Project, pair: Pair<'_>) -> Job {
    let Pair {
        target,
        choice,
        platforms,
    } = pair;
    let platform = target.platform();
    let abi = choice.map_or(AbiTag::None, |choice| choice.abi);
    let modules: BTreeSet<_> = match abi {
        AbiTag::None => BTreeSet::new(),
        AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::CPython(_) => project.modules().cloned().collect(),
    };
    let python = choice.map_or(PythonTag::Py3, |choice| PythonTag::CPython(choice.floor));
    let whole = Job {
        id: match abi {
            AbiTag::None => platform.to_string(),
            abi => format!("{platform}-{abi}"),
        },
        platform,
        zig_target: target,
        abi,
        python: choice.map(|choice| choice.python.clone()),
        optimize: request.optimize,
        limited_api: choice.and_then(|choice| match abi {
            AbiTag::Abi3 | AbiTag::Abi3t => Some(choice.floor.limited_api()),
            AbiTag::CPython(_) | AbiTag::None => None,
        }),
        extension_suffix: ExtensionAbi::of(abi).map(|abi| platform.extension_suffix(abi)),
        modules: modules.into_iter().collect(),
        wheel: WheelFilename {
            name: project.metadata.distribution().clone(),
            version: project.metadata.version().clone(),
            python,
            abis: abi.of_wheel(),
            platforms,
        },
        slices: Vec::new(),
    };
    let slices = target.slices().into_iter();
    let slices = slices.map(|slice| Job {
        id: format!("{}-{}", whole.id, slice.system().machine()),
        platform: slice.platform(),
        zig_target: slice,
        ..whole.clone()
    });
    Job {
        slices: slices.collect(),
        ..whole
    }
}

#[cfg(test)]
mod tests;
