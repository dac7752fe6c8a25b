//! The pipeline from a request to wheels.

pub mod job;
pub mod reproducibility;
pub mod reuse;
pub mod schedule;
mod site;
pub mod turns;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::site::Site;
use crate::compile::clean;
use crate::compile::importable::Importable;
use crate::compile::managed::Recipe;
use crate::compile::owner::Place;
use crate::compile::packages;
use crate::compile::script;
use crate::compile::workspace::Workspace;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::{self, Machine, Plan, PythonRequest, PythonSelection, Request};
use crate::project::packages::ZigPackages;
use crate::project::{PackageFile, Project};
use crate::run::job::{JobResult, Rendered};
use crate::run::reuse::{Decision, Mode, Reuse, Situation};
use crate::run::schedule::Observer;
use crate::sys::cancel::Cancel;
use crate::toolchain::{Cache, UserKey, Zig, ZigRequest, interpreter, provision, zig};
use crate::wheel::{Timestamp, WheelSpec, sbom};

/// What a run came to.
#[derive(Debug)]
pub struct Summary {
    /// The compiler.
    pub zig: Zig,
    /// How each job ended, in the plan's order; jobs that were never begun are missing.
    pub results: Vec<JobResult>,
    /// How long the whole run took.
    pub time: Duration,
    /// Whether the user stopped it.
    pub interrupted: bool,
    /// Whether every wheel was built twice and came to the same bytes.
    pub built_twice: bool,
}

impl Summary {
    /// What the run is to be called, if it was no success.
    pub fn failure(&self) -> Option<ErrorKind> {
        if self.interrupted {
            return Some(ErrorKind::Interrupted);
        }
        let kinds = self
            .results
            .iter()
            .filter_map(|result| result.outcome.as_ref().err())
            .map(Error::kind);
        // A build that failed weighs more than a binary that was refused, and both more than the
        // jobs that were stopped because of it.
        kinds.max_by_key(|kind| match kind {
            ErrorKind::Interrupted => 0,
            ErrorKind::Audit => 1,
            _ => 2,
        })
    }
}

/// How a run goes, apart from what is built.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// How many jobs run at once.
    pub jobs: usize,
    /// Whether to stop at the first failure.
    pub fail_fast: bool,
    /// Whether to remove the project's cache folder first.
    pub clean: bool,
    /// What of earlier runs is used, and what is kept.
    pub reuse: Mode,
    /// Whether to build everything twice, in two places, and to refuse what differs.
    pub twice: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            fail_fast: false,
            clean: false,
            reuse: Mode::Reuse,
            twice: false,
        }
    }
}

/// Finds out which Pythons there are, and installs missing ones if that is wanted.
pub fn machine(
    request: &Request,
    project: &Project,
    cache: &Cache,
    provision: bool,
    note: &dyn Fn(&str),
) -> Result<Machine> {
    if !plan::needs_python(project) {
        return Ok(Machine::default());
    }
    let mut machine = Machine {
        interpreters: interpreter::discover(cache, &[]).usable,
        default: interpreter::default(cache),
        by_path: std::collections::BTreeMap::new(),
    };
    let mut problems = Vec::new();
    if let PythonSelection::These(requests) = &request.pythons {
        for python in requests {
            if let PythonRequest::Path(path) = python {
                match interpreter::query(path, cache) {
                    Ok(found) => {
                        machine.by_path.insert(path.clone(), found);
                    }
                    Err(error) => problems.extend(error.into_problems()),
                }
            }
        }
    }
    Error::check(ErrorKind::Config, problems)?;
    if provision {
        let missing = plan::missing_versions(request, project, &machine);
        if !missing.is_empty() {
            machine
                .interpreters
                .extend(provision::provision(&missing, cache, note)?);
            machine
                .interpreters
                .sort_by_key(interpreter::Interpreter::cpython);
        }
    }
    Ok(machine)
}

/// Refuses what no build of the project could make a wheel of.
pub fn check_declared(plan: &Plan, project: &Project) -> Result<()> {
    let files = project.wheel_files(&plan.output_dir)?;
    Importable::new(project, &files).check_declared(plan)
}

/// What each job of a plan would have to do; `None` where that depends on a Zig or a framework that is
/// not here yet.
/// Builds nothing and installs nothing.
pub fn decide(
    plan: &Plan,
    project: &Project,
    request: &ZigRequest,
    cache: &Cache,
    options: RunOptions,
) -> Result<Option<Vec<Decision>>> {
    let python = python(plan, cache);
    let Some(zig) = zig::find_installed(request, python.as_deref(), cache)? else {
        return Ok(None);
    };
    let recipe = Recipe::find(project, plan, cache, None)?;
    if project.managed.is_some() && recipe.is_none() {
        return Ok(None);
    }
    let key = UserKey::of(cache).ok().flatten();
    let place = key
        .as_ref()
        .and_then(|key| Place::find(&project.root, key).ok());
    let key = key.as_ref().filter(|_| place.is_some());
    let workspace = place.map_or_else(|| Workspace::path(&project.root), |place| place.root);
    let situation = Situation {
        project,
        recipe: recipe.as_ref(),
        zig: &zig,
        cache,
        key,
        workspace: &workspace,
        local_cache: &local_cache(project, &workspace),
        timestamp: Timestamp::from_env()?,
    };
    let files = project.wheel_files(&plan.output_dir)?;
    let rendered = Rendered::new(project);
    let mut specs = specs(plan, project, &files.wheel, &rendered)?;
    let packages = wants_sbom(project).then(|| packages::known(project, Some(&zig)));
    let is_missing = |packages: &ZigPackages| packages.missing().next().is_some();
    if packages.as_ref().is_some_and(is_missing) {
        // What those depend on is known once they are fetched.
        return Ok(None);
    }
    let sbom = packages.map(|packages| {
        let timestamp = situation.timestamp;
        bill(project, &packages, recipe.as_ref(), &zig, timestamp)
    });
    for spec in &mut specs {
        spec.sbom = sbom.as_deref();
    }
    let reuse = Reuse::new(plan, &specs, situation, options.reuse);
    Ok(Some(reuse.decisions(plan)))
}

/// Carries out a plan.
pub fn execute(
    plan: &Plan,
    project: &Project,
    request: &ZigRequest,
    cache: &Cache,
    options: RunOptions,
    cancel: &Cancel,
    observer: &dyn Observer,
) -> Result<Summary> {
    let begin = Instant::now();
    let files = project.wheel_files(&plan.output_dir)?;
    for text in &files.notes {
        observer.note(text);
    }
    let (timestamp, problems) = match Timestamp::from_env() {
        Ok(timestamp) => (timestamp, Vec::new()),
        Err(error) => (Timestamp::default(), error.into_problems()),
    };
    let script = match &project.managed {
        Some(_) => Ok(()),
        None => script::require(project).map(drop),
    };
    let found = [script, check_writable(&plan.output_dir)]
        .into_iter()
        .filter_map(Result::err)
        .flat_map(Error::into_problems);
    Error::check(ErrorKind::Config, found.chain(problems).collect())?;
    let rendered = Rendered::new(project);
    let mut specs = specs(plan, project, &files.wheel, &rendered)?;
    let python = python(plan, cache);
    let note = |text: &str| observer.note(text);
    let zig = zig::find(request, python.as_deref(), cache, &note)?;
    if let Some(caution) = zig.caution() {
        note(&caution);
    }
    let recipe = Recipe::find(project, plan, cache, Some(&note))?;
    let managed = project.managed.as_ref();
    if let Some(script) = managed.and_then(|managed| managed.passed_over.as_ref()) {
        note(&format!(
            "{} is passed over: a framework writes it anew with each build, unless self_managed = true says that it is yours",
            script.display()
        ));
    }
    let packages = wants_sbom(project).then(|| packages::complete(project, &zig, &note, cancel));
    let sbom = packages
        .transpose()?
        .map(|packages| bill(project, &packages, recipe.as_ref(), &zig, timestamp));
    for spec in &mut specs {
        spec.sbom = sbom.as_deref();
    }
    if options.clean {
        for kept in clean::clean(&project.root)? {
            note(&format!(
                "--clean kept {}, which is not a file that builds create there",
                kept.display()
            ));
        }
    }
    let key = UserKey::of(cache).unwrap_or_else(|error| {
        note(&format!(
            "cannot store your signing key in the cache, so earlier builds of this project are not reused: {error}"
        ));
        None
    });
    let importable = Importable::new(project, &files);
    let site = Site {
        project,
        importable: &importable,
        specs: &specs,
        zig: &zig,
        recipe: recipe.as_ref(),
        cache,
        key: key.as_ref(),
        timestamp,
        cancel,
        observer,
    };
    let twin = options
        .twice
        .then(|| site.build_elsewhere(plan, options))
        .transpose()?;
    if twin.is_some() {
        observer.note("second build, in the project");
    }
    let workspace = Workspace::open_or_temporary(&project.root, key.as_ref(), &note)?;
    let local_cache = local_cache(project, workspace.root());
    let results = site.build(plan, options, &workspace, &local_cache, twin.as_ref())?;
    Ok(Summary {
        results,
        time: begin.elapsed(),
        interrupted: cancel.is_interrupted(),
        built_twice: twin.is_some(),
        zig,
    })
}

fn wants_sbom(project: &Project) -> bool {
    project.config.sbom.as_ref().is_some_and(|sbom| sbom.value)
}

/// The bill of materials of all wheels of a run.
fn bill(
    project: &Project,
    packages: &ZigPackages,
    recipe: Option<&Recipe>,
    zig: &Zig,
    timestamp: Timestamp,
) -> String {
    let framework = recipe.and_then(Recipe::framework);
    sbom::render(project, packages, framework, &zig.version, timestamp)
}

/// The Python that a `ziglang` package is looked for in.
fn python(plan: &Plan, cache: &Cache) -> Option<PathBuf> {
    let job = plan.jobs.iter().find_map(|job| job.python.as_ref());
    let python = job.cloned().or_else(|| interpreter::default(cache));
    python.map(|python| python.exe)
}

/// Zig's local cache: the user's own, if the environment names one. Zig runs in the project, so a
/// relative path means a directory there.
fn local_cache(project: &Project, workspace: &Path) -> PathBuf {
    std::env::var_os("ZIG_LOCAL_CACHE_DIR")
        .filter(|value| !value.is_empty())
        .map_or_else(
            || Workspace::zig_cache(workspace),
            |value| project.root.join(value),
        )
}

/// The wheel of each job without what zig makes.
fn specs<'a>(
    plan: &'a Plan,
    project: &Project,
    files: &[PackageFile],
    rendered: &'a Rendered,
) -> Result<Vec<WheelSpec<'a>>> {
    let jobs = plan.jobs.iter();
    jobs.map(|job| rendered.spec(job, project, files)).collect()
}

/// An output folder that can't be written is known before the first compile, not after it. Nothing
/// is left there: a folder that is missing is tried out in the one that it will be made in.
fn check_writable(dir: &Path) -> Result<()> {
    let refuse = |error: std::io::Error| {
        Error::config(
            Problem::new(format!("can't write wheels to {}: {error}", dir.display()))
                .hint("choose another folder with --output-dir, or correct its permissions"),
        )
    };
    let existing = dir
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(dir);
    if !existing.is_dir() {
        return Err(refuse(std::io::Error::other(format!(
            "{} is not a folder",
            existing.display()
        ))));
    }
    tempfile::Builder::new()
        .prefix(".pyz3-wheel-")
        .suffix(".tmp")
        .tempfile_in(existing)
        .map_err(refuse)?;
    Ok(())
}
