//! Settings as resolved: option > environment variable > `[tool.pyz3-wheel]` > default.
//!
//! Takes what the caller gave, an environment and the project; gives typed values that know where
//! they came from, or all that is wrong with them at once. [`crate::options`] has the table of settings.

mod check;
mod environment;
mod layers;
mod output;
mod output_dir;
mod schema;
mod sdist;
mod selection;
mod typed;

use std::path::PathBuf;

pub use self::check::{CheckSelection, check};
pub use self::environment::unknown_variables;
pub use self::layers::{Env, process_env};
use self::layers::{Layers, Values, both_given};
pub use self::output::{CheckFormat, Color, Format, Output, Shell};
pub use self::schema::schema;
pub use self::sdist::{SdistSettings, sdist};
pub use self::typed::{Typed, offer};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::options::{Command, Fallback, Origin, Switch, Value, table};
use crate::plan::{Optimize, Request};
use crate::project::{Config, Hints, Project};
use crate::run::{Mode, RunOptions};
use crate::tags::ZigConstraint;
use crate::toolchain::{DEFAULT_ZIG, WantedZig, ZigRequest};

/// How the run goes, apart from what is built.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// How many jobs run at once.
    pub jobs: usize,
    /// The cache directory, if it is set.
    pub cache_dir: Option<PathBuf>,
    /// How to report.
    pub output: Output,
    values: Values,
}

impl RunSettings {
    /// Whether a switch is on.
    pub fn is_on(&self, setting: &Switch) -> bool {
        let set = self.values.get(setting);
        setting.is_on(set.map(|set| &set.value))
    }

    /// How the engine carries out the plan.
    pub fn run_options(&self) -> RunOptions {
        let clean = self.is_on(&table::CLEAN);
        let twice = self.is_on(&table::VERIFY_REPRODUCIBLE);
        RunOptions {
            jobs: self.jobs,
            fail_fast: self.is_on(&table::FAIL_FAST),
            clean,
            reuse: if self.is_on(&table::NO_CACHE) {
                Mode::Off
            } else if clean || twice {
                Mode::Rebuild
            } else {
                Mode::Reuse
            },
            twice,
        }
    }
}

/// Resolves how to report, which is needed before anything else can fail.
pub fn output(typed: &Typed, config: Option<&Config>, env: Env<'_>) -> Result<Output> {
    let mut layers = Layers::new(typed, None, env);
    layers.config = config;
    let output = layers.output();
    layers.finish(output)
}

/// Resolves which Zig is wanted.
pub fn zig(typed: &Typed, project: Option<&Project>, env: Env<'_>) -> Result<ZigRequest> {
    let mut layers = Layers::new(typed, project, env);
    let zig = layers.zig();
    layers.finish(zig)
}

/// Resolves the cache directory; `None` if nothing sets it.
pub fn cache_dir(
    typed: &Typed,
    project: Option<&Project>,
    env: Env<'_>,
) -> Result<Option<PathBuf>> {
    let mut layers = Layers::new(typed, project, env);
    let dir = layers.cache_dir();
    layers.finish(dir)
}

/// The project's directory, the current one by default.
pub fn project_dir(typed: &Typed, env: Env<'_>) -> PathBuf {
    let dir = Layers::new(typed, None, env).path(&table::PROJECT);
    dir.map_or_else(|| PathBuf::from("."), |set| set.value)
}

/// Resolves everything that a build needs to know.
pub fn build(typed: &Typed, project: &Project, env: Env<'_>) -> Result<(Request, RunSettings)> {
    let mut layers = Layers::new(typed, Some(project), env);
    let targets = layers.targets();
    let pythons = layers.pythons();
    let free_threaded = layers.switch(&table::FREE_THREADED);
    let optimize = layers.parsed(&table::OPTIMIZE).unwrap_or_default();
    let jobs = layers.number(&table::JOBS);
    let cache_dir = layers.cache_dir();
    let clean = layers.switch(&table::CLEAN);
    let output_dir = layers.output_dir(project, cache_dir.as_deref(), clean);
    let zig = layers.zig();
    layers.check_zig(&zig);
    let output = layers.output();
    layers.check_vendor();
    layers.check_codes();
    layers.resolve_others();
    let run = RunSettings {
        jobs: jobs.map_or_else(cores, |jobs| jobs as usize),
        cache_dir,
        output,
        values: std::mem::take(&mut layers.values),
    };
    layers.record_defaults(run.jobs);
    let request = Request {
        targets,
        pythons,
        free_threaded,
        optimize,
        output_dir: std::path::absolute(output_dir)?,
        zig,
        origins: std::mem::take(&mut layers.origins),
    };
    layers.finish((request, run))
}

/// All that is wrong with a project and the settings of a build: for an error that ends the run before they
/// are read, so that it is not the only one to be reported.
pub fn build_problems(typed: &Typed, env: Env<'_>) -> Vec<Problem> {
    let root = project_dir(typed, env);
    let (config, mut problems) = match Project::load(&root) {
        Ok(project) => {
            let resolved = build(typed, &project, env);
            return resolved.err().map_or_else(Vec::new, Error::into_problems);
        }
        Err(error)
            if error.kind() == ErrorKind::Config && root.join("pyproject.toml").is_file() =>
        {
            (Config::read_leniently(&root), error.into_problems())
        }
        Err(_) => (None, Vec::new()),
    };
    let mut layers = Layers::new(typed, None, env);
    layers.config = config.as_ref();
    layers.targets();
    layers.pythons();
    layers.parsed::<Optimize>(&table::OPTIMIZE);
    layers.number(&table::JOBS);
    let zig = layers.zig();
    layers.check_zig(&zig);
    layers.output();
    layers.check_vendor();
    layers.check_codes();
    layers.resolve_others();
    problems.extend(layers.problems);
    problems
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Layers<'_> {
    fn zig(&mut self) -> ZigRequest {
        let exe = self.path(&table::ZIG).map(|set| set.value);
        let mut version = self.text(&table::ZIG_VERSION).map(|set| WantedZig {
            versions: ZigConstraint::Specified(set.value),
            origin: set.origin,
        });
        let hints = self.project.map(|project| &project.hints);
        if let (None, Some((versions, origin))) = (&version, hints.and_then(Hints::zig)) {
            self.record(table::ZIG_VERSION.name, &versions, origin.clone());
            version = Some(WantedZig { versions, origin });
        }
        ZigRequest {
            exe,
            pyz3_zig_exe: hints.and_then(|hints| hints.pyz3_zig_exe.clone()),
            version,
        }
    }

    fn check_zig(&mut self, request: &ZigRequest) {
        if let Err(error) = request.check() {
            self.problems.extend(error.into_problems());
        }
    }

    fn cache_dir(&mut self) -> Option<PathBuf> {
        self.path(&table::CACHE_DIR).map(|set| set.value)
    }

    /// How to report. Of `--quiet` and `--verbose` the one in the stronger layer wins.
    fn output(&mut self) -> Output {
        let mut output = Output {
            format: self.parsed(&table::FORMAT).unwrap_or_default(),
            verbose: self.switch(&table::VERBOSE),
            quiet: self.switch(&table::QUIET),
            color: self.parsed(&table::COLOR).unwrap_or_default(),
        };
        if let (true, true, Some(quiet), Some(verbose)) = (
            output.quiet,
            output.verbose,
            self.get(&table::QUIET),
            self.get(&table::VERBOSE),
        ) {
            let (quiet, verbose) = (quiet.origin, verbose.origin);
            if quiet.strength() == verbose.strength() {
                let problem = both_given((&table::QUIET, &quiet), (&table::VERBOSE, &verbose));
                self.problems.push(problem);
            }
            output.quiet = quiet.strength() > verbose.strength();
            output.verbose = !output.quiet;
        }
        output
    }

    /// `--vendor` on the command line, but no sdist.
    fn check_vendor(&mut self) {
        let from_sdist = self.switch(&table::FROM_SDIST);
        let vendor = self.get(&table::VENDOR);
        if let Some(vendor) = vendor
            && vendor.value == Value::Switch(true)
            && vendor.origin.is_explicit()
            && !from_sdist
        {
            self.problems.push(
                Problem::new("has no effect, because no sdist is written")
                    .at(vendor.origin)
                    .hint("add --from-sdist, or run `pyz3-wheel sdist --vendor`"),
            );
        }
    }

    /// Resolves the remaining settings, so that a wrong value is a problem whether it is used or not.
    fn resolve_others(&mut self) {
        // These two exclude each other with their lists, so they were resolved together.
        let pairs = [
            table::PLATFORM.name,
            table::ALL_PLATFORMS.name,
            table::PYTHON.name,
            table::ALL_PYTHONS.name,
        ];
        for setting in table::ALL {
            let is_of_build = setting.key.is_some() && setting.commands != [Command::Check];
            if is_of_build && !pairs.contains(&setting.name) {
                self.get(setting);
            }
        }
    }

    /// Records the settings of a build that nothing sets.
    fn record_defaults(&mut self, jobs: usize) {
        for setting in table::ALL {
            let is_recorded = |name: &str| self.origins.iter().any(|set| set.name == name);
            if is_recorded(setting.name) {
                continue;
            }
            let name = setting.name;
            let value = match setting.default {
                _ if name == table::JOBS.name => jobs.to_string(),
                _ if name == table::ZIG.name && !is_recorded(table::ZIG_VERSION.name) => {
                    DEFAULT_ZIG.to_owned()
                }
                Fallback::Value(value)
                    if setting.is_used_by(Some(Command::Build)) && !setting.is_general() =>
                {
                    value.to_owned()
                }
                _ => continue,
            };
            self.record(name, value, Origin::Default);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;
    use crate::options::{Kind, Setting};

    fn resolve(configured: &str, env: Env<'_>) -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let pyproject = format!(
            "[project]\nname = \"x\"\nversion = \"1\"\n[tool.pyz3-wheel]\n\
             platforms = [\"linux-x86_64\"]\n{configured}\n"
        );
        fs_err::write(folder.path().join("pyproject.toml"), pyproject).unwrap();
        let project = Project::load(folder.path()).unwrap();
        build(&Typed::default(), &project, env).map(drop)
    }

    fn configure(setting: &Setting, text: &str) -> Result<()> {
        if let Some(key) = setting.key {
            return resolve(&format!("{key} = \"{text}\""), &|_| None);
        }
        let variable = setting.variable();
        resolve("", &|name| (name == variable).then(|| text.into()))
    }

    fn problems_of_variable(setting: &Setting, value: &OsStr) -> Vec<String> {
        let variable = setting.variable();
        let env = |name: &str| (name == variable).then(|| value.to_owned());
        let error = if setting.commands == [Command::Check] {
            check(&Typed::default(), None, &env).unwrap_err()
        } else {
            resolve("", &env).unwrap_err()
        };
        let problems = error.problems().iter().map(ToString::to_string);
        problems.collect()
    }

    #[test]
    fn a_variable_that_is_neither_true_nor_false_is_one_problem() {
        let switches = table::ALL
            .iter()
            .filter(|setting| setting.kind == Kind::Switch);
        for setting in switches {
            let expected = format!("{}: `maybe` is neither true nor false", setting.variable());
            let problems = problems_of_variable(setting, "maybe".as_ref());
            assert_eq!(problems, [expected]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_valid_unicode_is_one_problem() {
        use std::os::unix::ffi::OsStrExt as _;

        let texts = table::ALL
            .iter()
            .filter(|setting| setting.kind != Kind::FilePath);
        for setting in texts {
            let expected = format!("{}: is not valid Unicode", setting.variable());
            let problems = problems_of_variable(setting, OsStr::from_bytes(b"\xff"));
            assert_eq!(problems, [expected]);
        }
    }

    #[test]
    fn the_choices_of_each_setting_are_those_that_the_program_knows() {
        for setting in table::ALL {
            for choice in setting.choices {
                configure(setting, choice).unwrap();
            }
            if !setting.choices.is_empty() {
                let error = configure(setting, "nonsense").unwrap_err();
                let [problem] = error.problems() else {
                    panic!("{}: {error}", setting.name);
                };
                let list = setting.choices.join(", ");
                assert!(problem.hint.as_ref().unwrap().ends_with(&list), "{error}");
            }
        }
    }
}
