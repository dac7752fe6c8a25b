//! The pipeline for programs: [`WheelBuilder`].
//!
//! Takes a project's folder and a [`BuildConfig`]; gives the wheels' paths. Prints nothing, and
//! installs only Zig unless `provision` is set.

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
use crate::tags::CPython;
use crate::toolchain::{Cache, ZigRequest};

/// The options of one wheel. An option that is `None` is read from the environment or the project, as on the
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
        let (plan, settings, cache) =
            self.plan(&self.typed_for_one(config), &settings::process_env)?;
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

    /// Builds a wheel for each of [`Platform::MAIN`] and every supported Python of this machine (for abi3
    /// and `none` projects: one for each platform). `config.platform` and `config.python` are ignored.
    /// [`Self::left_out`] lists the Pythons that get no wheel.
    pub fn build_all_platforms(&self, config: &BuildConfig) -> Result<Vec<PathBuf>> {
        let (plan, settings, cache) =
            self.plan(&self.typed_for_all(config), &settings::process_env)?;
        self.execute(&plan, &settings, &cache)
    }

    /// The supported Pythons that requires-python admits and that this machine lacks:
    /// [`Self::build_all_platforms`] leaves them out, or installs them if `provision` is set.
    pub fn left_out(&self) -> Result<Vec<CPython>> {
        let typed = Typed::by_program()
            .switch(&table::ALL_PLATFORMS, true)
            .switch(&table::ALL_PYTHONS, true)
            .switch(&table::PROVISION, false);
        let (plan, ..) = self.plan(&typed, &settings::process_env)?;
        Ok(plan.left_out)
    }

    /// The settings that the caller gives for a single wheel.
    fn typed_for_one(&self, config: &BuildConfig) -> Typed {
        let platform = vec![config.platform.name().to_owned()];
        let typed = self.typed(config).list(&table::PLATFORM, platform);
        match &config.python {
            Some(python) => typed.list(&table::PYTHON, vec![python.clone()]),
            None => typed,
        }
    }

    /// The settings that the caller gives for all wheels.
    fn typed_for_all(&self, config: &BuildConfig) -> Typed {
        let typed = self.typed(config).switch(&table::ALL_PLATFORMS, true);
        typed.switch(&table::ALL_PYTHONS, true)
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
        self.project.metadata.check_tagged()?;
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

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::Command;
    use serde_json::Value;

    use super::*;

    /// The plan of a build with these options on the command line.
    fn by_command_line(project: &WheelBuilder, options: &[&str], env: Env<'_>) -> Value {
        let subcommands = ["build", "sdist", "develop", "check"].map(Command::new);
        let command = settings::offer(Command::new("pyz3-wheel").subcommands(subcommands));
        let words = std::iter::once(&"pyz3-wheel").chain(options);
        let typed = Typed::read(&command.get_matches_from(words));
        planned(project, &typed, env)
    }

    /// A plan, the jobs that run at once and how they run. The origins of what the caller itself gives are
    /// left out, because they must differ.
    fn planned(project: &WheelBuilder, typed: &Typed, env: Env<'_>) -> Value {
        let (plan, settings, _) = project.plan(typed, env).unwrap();
        let mut plan = serde_json::to_value(plan).unwrap();
        for setting in plan["settings"].as_array_mut().unwrap() {
            let origin = setting["origin"].as_str().unwrap();
            if origin.starts_with("--") || origin.starts_with("BuildConfig") {
                setting["origin"] = Value::Null;
            }
        }
        plan["run"] = format!("{} {:?}", settings.run.jobs, settings.run.run_options()).into();
        plan["zig"] = format!("{:?}", settings.zig).into();
        plan
    }

    #[test]
    fn the_api_plans_what_the_command_line_plans() {
        let folder = tempfile::tempdir().unwrap();
        let write = |config: &str| {
            let head = "[project]\nname = \"x\"\nversion = \"1\"\n[tool.pyz3-wheel]\n";
            let cache = folder.path().join("cache").display().to_string();
            let text = format!("{head}abi = \"none\"\ncache-dir = {cache:?}\n{config}\n");
            fs_err::write(folder.path().join("pyproject.toml"), text).unwrap();
        };
        let in_file = "optimize = \"Debug\"\nmanylinux = \"2.28\"\njobs = 3\noutput-dir = \"wheels\"\n\
                       fail-fast = true\nno-cache = true\nzig = \"0.15.2\"\nplatforms = [\"windows-x64\"]";
        let variables: &[(&str, &str)] = &[
            ("PYZ3_WHEEL_OPTIMIZE", "ReleaseSmall"),
            ("PYZ3_WHEEL_JOBS", "7"),
            ("PYZ3_WHEEL_CLEAN", "1"),
            ("PYZ3_WHEEL_PYTHON", "3.12"),
            ("PYZ3_WHEEL_ALL_PLATFORMS", "1"),
            ("MACOSX_DEPLOYMENT_TARGET", "12.0"),
        ];
        let output = folder.path().join("out").display().to_string();
        for (config, variables) in [
            ("", &[][..]),
            (in_file, &[]),
            ("", variables),
            (in_file, variables),
        ] {
            write(config);
            let project = WheelBuilder::new(folder.path()).unwrap();
            let env = |name: &str| {
                let set = variables.iter().find(|(variable, _)| *variable == name);
                set.map(|(_, value)| OsString::from(value))
            };
            let mut one = BuildConfig::new(Platform::MacosArm64);
            assert_eq!(
                planned(&project, &project.typed_for_one(&one), &env),
                by_command_line(&project, &["--platform", "macos-arm64"], &env),
            );
            one.optimize = Some(Optimize::ReleaseSafe);
            one.python = Some("3.11".to_owned());
            one.output_dir = Some("out".into());
            let options = [
                "--platform=macos-arm64",
                "--optimize=ReleaseSafe",
                "--python=3.11",
                "--output-dir",
                &output,
            ];
            assert_eq!(
                planned(&project, &project.typed_for_one(&one), &env),
                by_command_line(&project, &options, &env),
            );
            one.output_dir = None;
            one.optimize = None;
            assert_eq!(
                planned(&project, &project.typed_for_all(&one), &env),
                by_command_line(&project, &["--all-platforms", "--all-pythons"], &env),
            );
        }
    }
}
