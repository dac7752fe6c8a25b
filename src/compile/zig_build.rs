//! One invocation of `zig build`: the contract with a user's build.zig.
//!
//! The environment, the arguments and the isolation are all here. Together with [`super::options`] this file
//! is the whole contract, which docs/reference/build-environment.md describes for users.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use super::host_variables;
use super::managed::Recipe;
use super::options::DeclaredOptions;
use super::packages;
use super::progress::StageSink;
use super::remedies::{self, Remedy};
use super::required_options::{OptionProbe, has_given_up};
use super::zig_log;
use super::zig_run::{self, Outcome};
use crate::audit;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::Job;
use crate::platform::Os;
use crate::project::Project;
use crate::sys::cancel::Cancel;
use crate::sys::fingerprint::sha256;
use crate::sys::shell;
use crate::sys::sync::lock;
use crate::tags::ZigVersion;
use crate::toolchain::packages::{fetch_hint, global_store};
use crate::toolchain::repair::repair_installed;
use crate::toolchain::{Cache, Sysroot, Zig, probe_cache};

/// The first Zig that caches the configure phase.
const CACHES_CONFIGURATION: ZigVersion = ZigVersion::new(0, 17, 0);

/// The variables that the contract with build scripts promises, apart from those that only matter to a process that
/// this program starts.
pub fn contract(
    job: &Job,
    sysroot: Option<&Sysroot>,
    source_date_epoch: i64,
) -> Vec<(&'static str, String)> {
    let path = |path: &Path| path.display().to_string();
    let mut env = vec![
        ("ZIG_TARGET", job.zig_target.to_string()),
        ("HATCH_ZIG_TARGET", job.zig_target.to_string()),
        ("PYDUST_OPTIMIZE", job.optimize.to_string()),
        ("PYZ3_OPTIMIZE", job.optimize.to_string()),
        (
            "PYZ3_LIMITED_API",
            job.limited_api.clone().unwrap_or_default(),
        ),
        (
            "PYZ3_TARGET_ABI3T",
            job.target_abi3t().unwrap_or_default().to_owned(),
        ),
        ("SOURCE_DATE_EPOCH", source_date_epoch.to_string()),
    ];
    if let Some(suffix) = &job.extension_suffix {
        env.push(("PYZ3_EXT_SUFFIX", suffix.clone()));
        env.push(("HATCH_ZIG_EXT_SUFFIX", suffix.clone()));
    }
    if let Some(python) = &job.python {
        env.push(("PYZ3_PYTHON_VERSION", python.version.to_string()));
    }
    if let Some(sysroot) = sysroot {
        for name in [
            "PYZ3_PYTHON_INCLUDE",
            "HATCH_ZIG_PYTHON_INCLUDE",
            "ALLOCONDA_PYTHON_INCLUDE",
            "PYOZ_PYTHON_INCLUDE",
        ] {
            env.push((name, path(&sysroot.include)));
        }
        env.push(("PYZ3_PYTHON", path(&sysroot.launcher)));
        if let (Some(dir), Some(lib)) = (&sysroot.lib_dir, &sysroot.lib) {
            for (name, value) in [
                ("PYZ3_PYTHON_LIB_DIR", path(dir)),
                ("PYZ3_PYTHON_LIB", lib.clone()),
                ("HATCH_ZIG_PYTHON_LIBDIR", path(dir)),
                ("HATCH_ZIG_PYTHON_LIB", lib.clone()),
            ] {
                env.push((name, value));
            }
        }
    }
    if !host_variables::is_native(job) {
        // The .pc files of this machine are wrong for the target: a missing program disables pkg-config.
        env.push(("PKG_CONFIG", "pkg-config-is-off-in-cross-builds".to_owned()));
    }
    if let (Os::Macos, Some(floor)) = (job.platform.os(), job.zig_target.floor()) {
        env.push(("MACOSX_DEPLOYMENT_TARGET", floor.to_string()));
    }
    env
}

/// The variables that the project sets for a job.
pub fn configured<'a>(
    project: &'a Project,
    job: &Job,
) -> impl Iterator<Item = (&'a String, &'a String)> {
    let config = &project.config;
    let own = config.platform.get(&job.platform);
    config
        .env
        .iter()
        .chain(own.into_iter().flat_map(|platform| &platform.env))
}

/// PATH with another folder in front.
pub fn path_with(folder: &Path) -> Option<String> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let others = std::env::split_paths(&inherited).filter(|other| other != folder);
    let folders = std::iter::once(folder.to_owned()).chain(others);
    let joined = std::env::join_paths(folders).ok()?;
    Some(joined.to_string_lossy().into_owned())
}

/// The inputs that all invocations of a run share.
#[derive(Debug)]
pub struct ZigBuild<'a> {
    /// The compiler.
    pub zig: &'a Zig,
    /// The project, whose root is the working directory.
    pub project: &'a Project,
    /// The script, absolute.
    pub script: PathBuf,
    /// The generator of the script in a managed project.
    pub recipe: Option<&'a Recipe>,
    /// Zig's local cache.
    pub local_cache: PathBuf,
    /// Seconds since 1970, passed on as `SOURCE_DATE_EPOCH`.
    pub source_date_epoch: i64,
    /// Stops a running build.
    pub cancel: &'a Cancel,
    /// Our cache.
    pub cache: &'a Cache,
    /// How many installed packages that zig needs were repaired in this run.
    pub repairs: Mutex<usize>,
    /// The result of copying the packages that the project vendors into Zig's cache, which happens once.
    pub seeded: OnceLock<Result<()>>,
}

impl ZigBuild<'_> {
    /// Lists the options that the script declares, in the environment of one of its jobs, because a script may
    /// declare an option only if a variable is set. The result is cached as long as `script`, a digest of the
    /// files that the script may consist of, stays the same.
    pub fn declared_options(
        &self,
        job: &Job,
        sysroot: Option<&Sysroot>,
        script: &str,
        on_command: &dyn Fn(&str),
    ) -> Result<DeclaredOptions> {
        if self.recipe.is_some() {
            return Ok(Recipe::options());
        }
        let key = format!("options of build script {}", self.script_key(script));
        if let Some(known) = probe_cache::recall(self.cache, &key) {
            return Ok(known);
        }
        self.seed_packages()?;
        let wait = self.cache.wait();
        wait.status("compiling build.zig to read its options");
        let help = |arguments: &[String]| {
            let mut command = self.command(job, sysroot);
            command.arg("--help").args(arguments);
            command.args(self.extra_args(job));
            on_command(&shell::line(&command));
            zig_run::run(command, None, self.cancel)
        };
        let ask = || {
            let outcome = help(&[])?;
            if !has_given_up(&outcome.log) {
                return Ok(outcome);
            }
            let mut probe = OptionProbe::new(job, sysroot);
            let mut outcome = help(&probe.arguments())?;
            while !outcome.success && probe.correct(&outcome.log) {
                outcome = help(&probe.arguments())?;
            }
            Ok(outcome)
        };
        let outcome = self.repairing(ask);
        wait.status("");
        let outcome = outcome?;
        if !outcome.success {
            let what = format!("`zig build --help` {}", outcome.status);
            let failure = self.failure(job, &what, &outcome.log);
            return Err(if has_given_up(&outcome.log) {
                failure.hint(&Remedy::of_script_failure(&outcome.log).hint(&self.zig.version))
            } else {
                failure
            });
        }
        let declared = DeclaredOptions::parse(
            &outcome.log,
            super::script::mentions(self.project, "ZIG_TARGET"),
        );
        probe_cache::remember(self.cache, &key, Vec::new(), &declared);
        Ok(declared)
    }

    /// The cache key for the options of one version of the script.
    fn script_key(&self, script: &str) -> String {
        let parts = format!(
            "4 {} {} {} {script} {:?} {:?}",
            env!("CARGO_PKG_VERSION"),
            self.zig.version,
            self.script.display(),
            self.project.config.extra_args,
            self.project.config.env,
        );
        sha256(parts)
    }

    /// What zig does for a job once it has compiled the build script. The first compile for a platform also
    /// compiles that platform's C library, which takes much longer than the module.
    pub fn main_stage(&self, job: &Job) -> &'static str {
        if probe_cache::recall::<bool>(self.cache, &self.first_compile(job)).is_some() {
            return "compiling";
        }
        match job.platform.os() {
            Os::Linux | Os::Windows | Os::Emscripten => {
                "compiling the C library too (first time only)"
            }
            Os::Macos | Os::Ios | Os::IosSimulator => {
                "compiling Zig's runtime too (first time only)"
            }
        }
    }

    /// Records that zig has built something for the platform of a job.
    pub fn has_built(&self, job: &Job) {
        let question = self.first_compile(job);
        if probe_cache::recall::<bool>(self.cache, &question).is_none() {
            probe_cache::remember(self.cache, &question, Vec::new(), &true);
        }
    }

    /// The cache key for whether zig has built something for the platform of a job with its global cache.
    fn first_compile(&self, job: &Job) -> String {
        let store = global_store(&self.project.config.env, Some(self.zig));
        let (version, target) = (&self.zig.version, &job.zig_target);
        format!("C library of {target} by zig {version} in {store:?}")
    }

    /// Builds one job into `prefix`. `on_command` receives each command as a line for a shell before it is
    /// run.
    pub fn build(
        &self,
        job: &Job,
        sysroot: Option<&Sysroot>,
        declared: &DeclaredOptions,
        prefix: &Path,
        mut stage: Option<StageSink>,
        on_command: &dyn Fn(&str),
    ) -> Result<Outcome> {
        self.seed_packages()?;
        self.repairing(|| {
            let command = self.build_command(job, sysroot, declared, prefix);
            on_command(&shell::line(&command));
            zig_run::run(command, stage.take(), self.cancel)
        })
    }

    fn build_command(
        &self,
        job: &Job,
        sysroot: Option<&Sysroot>,
        declared: &DeclaredOptions,
        prefix: &Path,
    ) -> Command {
        let config = &self.project.config;
        let mut command = self.command(job, sysroot);
        if let Some(step) = &config.step {
            command.args(step.value.split_whitespace());
        }
        command.arg("--prefix").arg(prefix);
        command.args(declared.arguments(job, sysroot));
        if let Some(recipe) = self.recipe {
            command.args(recipe.arguments(job, self.project));
        }
        command.args(self.extra_args(job));
        command
    }

    /// Runs zig. If it fails and its installed files in the cache are damaged, repairs them and runs it again.
    fn repairing(&self, mut run: impl FnMut() -> Result<Outcome>) -> Result<Outcome> {
        let repairs = || lock(&self.repairs);
        let before = *repairs();
        let outcome = run()?;
        if outcome.success || self.cancel.is_set() {
            return Ok(outcome);
        }
        let mut count = repairs();
        // Another job may have repaired the damage in the meantime.
        if *count == before {
            let folder = self.recipe.and_then(Recipe::folder);
            for path in [Some(&*self.zig.exe), folder].into_iter().flatten() {
                *count += usize::from(repair_installed(path, self.cache)?);
            }
        }
        let is_repaired = *count != before;
        drop(count);
        if is_repaired { run() } else { Ok(outcome) }
    }

    /// The extra arguments of the project: those for all platforms before those for one platform.
    fn extra_args(&self, job: &Job) -> impl Iterator<Item = &String> {
        let config = &self.project.config;
        let own = config.platform.get(&job.platform);
        let own = own.into_iter().flat_map(|platform| &platform.extra_args);
        config.extra_args.iter().chain(own)
    }

    /// The local cache directory of one compile.
    pub fn local_cache(&self, job: &Job) -> PathBuf {
        host_variables::local_cache(&self.local_cache, self.project, job)
    }

    /// Called before zig runs for the first time. Other threads wait until it is done.
    fn seed_packages(&self) -> Result<()> {
        let seed = || packages::seed_cache(self.project, self.zig, self.cancel);
        self.seeded.get_or_init(seed).clone()
    }

    /// `zig build` with everything but the prefix and the `-D` options.
    fn command(&self, job: &Job, sysroot: Option<&Sysroot>) -> Command {
        let mut command = self.zig.command();
        command.arg("build").current_dir(&self.project.root);
        if self.script != self.project.root.join("build.zig") {
            command.arg("--build-file").arg(&self.script);
        }
        if self.zig.version >= CACHES_CONFIGURATION {
            // Zig 0.17 caches the configure phase without noticing that the environment changed.
            command.arg("--cache-poison=poisoned");
        }
        for name in host_variables::withheld(self.project, job) {
            command.env_remove(name);
        }
        command.envs(self.environment(job, sysroot));
        command.envs(configured(self.project, job));
        command
    }

    /// The environment of `zig build`.
    fn environment(&self, job: &Job, sysroot: Option<&Sysroot>) -> Vec<(&'static str, String)> {
        let mut env = contract(job, sysroot, self.source_date_epoch);
        let local_cache = self.local_cache(job).display().to_string();
        env.push(("ZIG_LOCAL_CACHE_DIR", local_cache));
        // Color codes would end up in logs and reports.
        env.push(("NO_COLOR", "1".to_owned()));
        // A script that runs `python3` gets a launcher that describes the target's Python.
        if let Some(folder) = sysroot.and_then(|sysroot| sysroot.launcher.parent()) {
            env.extend(path_with(folder).map(|path| ("PATH", path)));
        }
        env
    }

    /// A failed build, with the errors that zig has printed, or its whole output if it has printed none.
    pub fn build_failure(&self, job: &Job, what: &str, log: &str) -> Error {
        let failure = self.failure(job, what, log);
        let mut problems = zig_log::errors(log, &self.project.root);
        if problems.is_empty() {
            return failure;
        }
        let missing = match job.platform.os() {
            Os::Windows => self.missing_from_dll(job, &mut problems, log),
            Os::Linux | Os::Macos | Os::Ios | Os::IosSimulator | Os::Emscripten => Vec::new(),
        };
        if let Some(last) = problems.last_mut() {
            let hints = failure.problems().iter();
            let hints: Vec<_> = hints
                .filter_map(|problem| problem.hint.as_deref())
                .collect();
            last.hint = Some(format!("{what}: {}", hints.join("\n")));
        }
        problems.extend(missing);
        Error::check(ErrorKind::Build, problems)
            .err()
            .unwrap_or(failure)
    }

    /// Replaces the linker's errors about symbols that Python's DLL does not export with the findings that the audit
    /// has for such symbols on other systems, where linkers leave them undefined.
    fn missing_from_dll(&self, job: &Job, errors: &mut Vec<Problem>, log: &str) -> Vec<Problem> {
        let missing = remedies::take_missing_from_dll(errors, log, job.abi).into_iter();
        let findings = missing.flat_map(|(library, names)| {
            let names: Vec<_> = names.into_iter().collect();
            audit::missing_from_dll(library, &names, &job.wheel)
        });
        findings
            .map(|finding| remedies::problem(finding, job.platform, &self.zig.version))
            .collect()
    }

    /// A failure of zig itself, with its whole output.
    pub fn failure(&self, job: &Job, what: &str, log: &str) -> Error {
        let version = self.zig.version.to_string();
        let own_hint = self
            .recipe
            .and_then(|recipe| recipe.framework_error_hint(log, &version));
        let script = self.script.display();
        let hint = match packages::not_fetched(log) {
            Some(place) => format!(
                "{}\nwithout a network, put the files of the package into zig-pkg/HASH beside the build script; \
                 `pyz3-wheel sdist --vendor`, run with a network, makes an sdist that contains them",
                fetch_hint(&format!("the package in {place}"))
            ),
            None => own_hint
                .unwrap_or_else(|| format!("this is the output of Zig {version} on {script}")),
        };
        let problem = Problem::new(format!("{what}\n{}", log.trim_end())).hint(hint);
        let failure = Error::new(ErrorKind::Build, problem);
        let failure = match remedies::meaning(log, job.abi) {
            Some(meaning) => failure.hint(&meaning),
            None => failure,
        };
        match Remedy::of_log(log, job.platform.os(), job.abi) {
            Some(remedy) if self.recipe.is_none() => failure.hint(&remedy.hint(&self.zig.version)),
            _ => failure,
        }
    }
}
