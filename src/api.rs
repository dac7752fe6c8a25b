//! The pipeline for programs: [`WheelBuilder`].
//!
//! Takes a project's folder and a [`BuildConfig`]; gives the wheels' paths. Prints nothing, and
//! installs nothing but Zig unless the settings say `provision`.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Problem, Result};
use crate::options::table;
use crate::plan::{Optimize, Plan};
use crate::platform::Platform;
use crate::project::Project;
use crate::run;
use crate::run::events::Silent;
use crate::settings::{self, Env, RunSettings, Typed};
use crate::sys::cancel::{Cancel, Waiting};
use crate::toolchain::{Cache, ZigRequest};

/// What one wheel is to be. What is `None` is as the environment or the project sets it, as on the
/// command line.
#[derive(Debug, Clone)]
pub struct BuildConfig {
    /// The platform.
    pub platform: Platform,
    /// The optimize mode.
    pub optimize: Option<Optimize>,
    /// The Python, as `3.12`, `cp312`, `3.13t` or a path.
    pub python: Option<String>,
    /// The output directory, relative to the project.
    pub output_dir: Option<PathBuf>,
}

impl BuildConfig {
    /// A wheel for a platform; everything else is as the project sets it.
    pub fn new(platform: Platform) -> Self {
        Self {
            platform,
            optimize: None,
            python: None,
            output_dir: None,
        }
    }
}

/// Builds the wheels of one project.
///
/// Settings are resolved as on the command line: what [`BuildConfig`] leaves open may be set by an
/// environment variable or a key of `[tool.pyz3-wheel]`. Four settings have no effect, because
/// they are about the command line's own output or about an sdist: `dry-run`, `format`, `from-sdist` and
/// `vendor`.
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
    /// Reads the project whose `pyproject.toml` is in the directory `root`.
    pub fn new(root: impl AsRef<Path>) -> Result<Self> {
        Ok(Self {
            project: Project::load(root.as_ref())?,
        })
    }

    /// Builds one wheel; gives its path. Settings that ask for several wheels are an error.
    pub fn build(&self, config: &BuildConfig) -> Result<PathBuf> {
        let platform = vec![config.platform.name().to_owned()];
        let mut typed = self.typed(config).list(&table::PLATFORM, platform);
        if let Some(python) = &config.python {
            typed = typed.list(&table::PYTHON, vec![python.clone()]);
        }
        let (plan, settings, cache) = self.plan(&typed, &settings::process_env)?;
        if let [_, _, ..] = plan.jobs.as_slice() {
            let jobs: Vec<_> = plan.jobs.iter().map(|job| job.id.as_str()).collect();
            return Err(Error::config(
                Problem::new(format!(
                    "the project asks for {} wheels where one is to be built: {}",
                    jobs.len(),
                    jobs.join(", ")
                ))
                .hint("set BuildConfig::python"),
            ));
        }
        let wheels = self.execute(&plan, &settings, &cache)?;
        wheels.into_iter().next().ok_or_else(|| {
            Error::new(
                ErrorKind::Nothing,
                Problem::new("there is nothing to build"),
            )
        })
    }

    /// Builds a wheel for each of [`Platform::MAIN`] and every tested Python of this machine (for abi3
    /// and `none` projects: one for each platform). `config.platform` and `config.python` are ignored.
    pub fn build_all_platforms(&self, config: &BuildConfig) -> Result<Vec<PathBuf>> {
        let typed = self.typed(config).switch(&table::ALL_PLATFORMS, true);
        let typed = typed.switch(&table::ALL_PYTHONS, true);
        let (plan, settings, cache) = self.plan(&typed, &settings::process_env)?;
        self.execute(&plan, &settings, &cache)
    }

    /// The settings of both that the caller gives.
    fn typed(&self, config: &BuildConfig) -> Typed {
        let mut typed = Typed::by_program();
        if let Some(optimize) = config.optimize {
            typed = typed.text(&table::OPTIMIZE, optimize.name());
        }
        if let Some(dir) = &config.output_dir {
            typed = typed.text(&table::OUTPUT_DIR, self.project.root.join(dir));
        }
        typed
    }

    fn plan(&self, typed: &Typed, env: Env<'_>) -> Result<(Plan, Settings, Cache)> {
        let (request, run) = settings::build(typed, &self.project, env)?;
        let cache = Cache::open_or_temporary(run.cache_dir.as_deref(), Waiting::default())?;
        let provision = run.is_on(&table::PROVISION);
        let machine = run::machine(&request, &self.project, &cache, provision, &|_| {})?;
        let plan = Plan::new(&request, &self.project, &machine)?;
        let zig = request.zig;
        Ok((plan, Settings { zig, run }, cache))
    }

    fn execute(&self, plan: &Plan, settings: &Settings, cache: &Cache) -> Result<Vec<PathBuf>> {
        let summary = run::build(
            plan,
            &self.project,
            &settings.zig,
            cache,
            settings.run.run_options(),
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
}

/// The settings of a build, apart from the plan.
struct Settings {
    zig: ZigRequest,
    run: RunSettings,
}

/// Builds one wheel of the project in `root`: the short way.
pub fn build_wheel(root: impl AsRef<Path>, config: &BuildConfig) -> Result<PathBuf> {
    WheelBuilder::new(root)?.build(config)
}
