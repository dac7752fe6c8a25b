//! The pipeline for programs: [`WheelBuilder`].
//!
//! Takes a project's folder and a [`BuildConfig`]; gives the wheels' paths. Nobody watches, and
//! nothing is installed but Zig.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::{Optimize, Plan, PythonSelection, Request};
use crate::platform::{Platform, ZigTarget};
use crate::project::Project;
use crate::run::events::Silent;
use crate::run::{self, RunOptions};
use crate::sys::cancel::{Cancel, Waiting};
use crate::toolchain::{Cache, Wanted, ZigRequest};

/// What one wheel is to be.
#[derive(Debug, Clone)]
pub struct BuildConfig {
    /// The platform.
    pub platform: Platform,
    /// The optimize mode.
    pub optimize: Optimize,
    /// The Python, as `3.12`, `cp312`, `3.13t` or a path; without it the active virtual
    /// environment's, else `python3`'s.
    pub python: Option<String>,
    /// Where the wheel goes; relative to the project.
    pub output_dir: PathBuf,
}

impl BuildConfig {
    /// A release build for a platform into `dist`.
    pub fn new(platform: Platform) -> Self {
        Self {
            platform,
            optimize: Optimize::default(),
            python: None,
            output_dir: PathBuf::from("dist"),
        }
    }
}

/// Builds the wheels of one project.
///
/// ```no_run
/// use pyz3_wheel::{BuildConfig, Platform, WheelBuilder};
///
/// let builder = WheelBuilder::new("docs/examples/hello")?;
/// let wheel = builder.build(&BuildConfig::new(Platform::LinuxX86_64))?;
/// println!("{}", wheel.display());
/// # Ok::<(), pyz3_wheel::Error>(())
/// ```
#[derive(Debug)]
pub struct WheelBuilder {
    project: Project,
}

impl WheelBuilder {
    /// Reads the project whose `pyproject.toml` lies in `root`.
    pub fn new(root: impl AsRef<Path>) -> Result<Self> {
        Ok(Self {
            project: Project::load(root.as_ref())?,
        })
    }

    /// Builds one wheel; gives its path.
    pub fn build(&self, config: &BuildConfig) -> Result<PathBuf> {
        let pythons = match &config.python {
            Some(python) => PythonSelection::These(vec![python.parse().map_err(Error::config)?]),
            None => PythonSelection::Default,
        };
        let wheels = self.run(&[config.platform], pythons, config)?;
        wheels.into_iter().next().ok_or_else(|| {
            Error::new(
                ErrorKind::Nothing,
                Problem::new("the plan has no wheel in it"),
            )
        })
    }

    /// Builds a wheel for each of [`Platform::MAIN`] and every supported Python of this machine (abi3
    /// and `none` projects: one a platform); `config.platform` and `config.python` are not looked at.
    pub fn build_all_platforms(&self, config: &BuildConfig) -> Result<Vec<PathBuf>> {
        self.run(&Platform::MAIN, PythonSelection::All, config)
    }

    fn run(
        &self,
        platforms: &[Platform],
        pythons: PythonSelection,
        config: &BuildConfig,
    ) -> Result<Vec<PathBuf>> {
        let request = Request {
            targets: platforms
                .iter()
                .map(|platform| self.target(*platform))
                .collect::<Result<_>>()?,
            pythons,
            optimize: config.optimize,
            output_dir: std::path::absolute(self.project.root.join(&config.output_dir))?,
            zig: zig_request(&self.project),
            origins: Vec::new(),
        };
        let cache = Cache::open_or_temporary(None, Waiting::default())?;
        let machine = run::machine(&request, &self.project, &cache, false, &|_| {})?;
        let plan = Plan::new(&request, &self.project, &machine)?;
        let summary = run::build(
            &plan,
            &self.project,
            &request.zig,
            &cache,
            RunOptions::default(),
            &Cancel::default(),
            &Silent,
        )?;
        let mut wheels = Vec::new();
        let mut failure: Option<Error> = None;
        for result in summary.results {
            match result.outcome {
                Ok(wheel) => wheels.push(wheel.path),
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
        }
        failure.map_or(Ok(wheels), Err)
    }

    /// The platform with the floor that the project configures.
    fn target(&self, platform: Platform) -> Result<ZigTarget> {
        let floor = self
            .project
            .config
            .platform
            .get(&platform)
            .and_then(|config| config.floor.as_ref().or(config.deployment_target.as_ref()));
        match floor {
            Some(floor) => ZigTarget::with_floor(platform, floor.value)
                .map_err(|problem| Error::config(problem.at(&floor.place))),
            None => Ok(ZigTarget::with_default_floor(platform)),
        }
    }
}

/// Which Zig a project asks for, when nobody says otherwise.
fn zig_request(project: &Project) -> ZigRequest {
    let config = &project.config;
    let version = config
        .zig
        .as_ref()
        .map(|zig| (zig.value.clone(), zig.place.as_str(), false))
        .or_else(|| project.hints.zig());
    ZigRequest {
        exe: config
            .zig_exe
            .as_ref()
            .map(|exe| project.root.join(&exe.value)),
        pyz3_zig_exe: project.hints.pyz3_zig_exe.clone(),
        version: version.map(|(version, origin, minimum)| Wanted {
            version,
            origin: origin.to_owned(),
            minimum,
        }),
    }
}

/// Builds one wheel of the project in `root`: the short way.
pub fn build_wheel(root: impl AsRef<Path>, config: &BuildConfig) -> Result<PathBuf> {
    WheelBuilder::new(root)?.build(config)
}
