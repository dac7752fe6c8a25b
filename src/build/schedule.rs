//! Many jobs on few cores: who builds what when, what is reported, what a failure means.
//!
//! Takes a [`Plan`]; each worker takes the next job, builds, audits and packs it. One job's failure
//! never hides another's wheel.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use fs_err as fs;
use serde::Serialize;

use super::artifact;
use super::cancel::Cancel;
use super::options::DeclaredOptions;
use super::progress::StageSink;
use super::workspace::Workspace;
use super::zig_build::ZigBuild;
use crate::audit::{self, Severity};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::{Job, Plan};
use crate::platform::{Os, Platform};
use crate::project::{Kind, PackageFile, Project};
use crate::tags::WheelFilename;
use crate::toolchain::{self, Cache, Sysroot};
use crate::wheel::{Entry, PackedWheel, Packer, Source, Timestamp, WheelSpec, WrittenWheel};

/// What happens while jobs run, for whoever shows it.
pub trait Observer: Sync {
    /// Something that happens once, before the jobs.
    fn note(&self, text: &str);
    /// A job begins.
    fn started(&self, job: &Job);
    /// A job has come to this stage.
    fn stage(&self, job: &Job, stage: &str);
    /// A job has ended.
    fn finished(&self, result: &JobResult);
    /// What a job's zig is to report its stages to; none when nobody is looking.
    fn zig_stages(&self, job: &Job) -> Option<StageSink>;
}

/// How a job ended.
#[derive(Debug)]
pub struct JobResult {
    /// The job.
    pub job: Job,
    /// Its wheel, or why there is none.
    pub outcome: Result<WrittenWheel>,
    /// How long it took.
    pub time: Duration,
    /// What zig printed.
    pub log: String,
    /// Where its time went.
    pub phases: Phases,
}

/// Where a job's time went.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Phases {
    /// Seconds in `zig build`.
    pub zig: f64,
    /// Seconds in everything else: sysroot, audit, packing.
    pub rest: f64,
}

/// Everything that the jobs of a run share.
pub struct Shared<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its Python files.
    pub files: &'a [PackageFile],
    /// What runs zig.
    pub zig: ZigBuild<'a>,
    /// Our cache.
    pub cache: &'a Cache,
    /// The project's cache folder.
    pub workspace: &'a Workspace,
    /// What packs the wheels.
    pub packer: Packer,
    /// What the archive's entries are dated.
    pub timestamp: Timestamp,
    /// Stop after the first failure.
    pub fail_fast: bool,
    /// How many jobs run at once.
    pub workers: usize,
    /// Stops the run.
    pub cancel: &'a Cancel,
}

/// Runs every job of the plan; the results come in the plan's order. Jobs that were never begun,
/// because the run was stopped, have none.
pub fn run(plan: &Plan, shared: &Shared<'_>, observer: &dyn Observer) -> Result<Vec<JobResult>> {
    let Some(first) = plan.jobs.first() else {
        return Ok(Vec::new());
    };
    let metadata = Rendered::new(shared.project);
    let declared = shared.zig.declared_options(
        first,
        sysroot(first, shared)?.as_ref(),
        shared.cache,
        &|text| observer.note(text),
    )?;
    let queue = Mutex::new(Queue::new(plan));
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..shared.workers.clamp(1, plan.jobs.len()) {
            scope.spawn(|| {
                while let Some(index) = next(&queue, plan, shared.cancel) {
                    let job = &plan.jobs[index];
                    observer.started(job);
                    let result = run_job(job, shared, &declared, &metadata, plan, observer);
                    if result.outcome.is_err() && shared.fail_fast {
                        shared.cancel.fail();
                    }
                    observer.finished(&result);
                    lock(&queue).warm.insert(job.platform);
                    lock(&results).push((index, result));
                }
            });
        }
    });
    let mut results = results
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// METADATA and entry points are the same in all wheels of a run.
struct Rendered {
    metadata: String,
    entry_points: Option<String>,
}

impl Rendered {
    fn new(project: &Project) -> Self {
        Self {
            metadata: project.metadata.render(),
            entry_points: project.metadata.entry_points(),
        }
    }
}

/// The jobs that no worker has taken yet.
struct Queue {
    /// Indices into the plan, the next one first.
    waiting: VecDeque<usize>,
    /// Platforms that a job has been begun for.
    begun: HashSet<Platform>,
    /// Platforms that a job has been ended for, so that Zig's cache has their libc.
    warm: HashSet<Platform>,
}

impl Queue {
    /// Windows first, since its C runtime takes longest when Zig's cache is cold; then one job of
    /// each platform.
    fn new(plan: &Plan) -> Self {
        let mut seen = HashMap::new();
        let mut keyed: Vec<_> = plan
            .jobs
            .iter()
            .enumerate()
            .map(|(index, job)| {
                let round = seen.entry(job.platform).or_insert(0_usize);
                *round += 1;
                (*round, job.platform.os() != Os::Windows, index)
            })
            .collect();
        keyed.sort_unstable();
        Self {
            waiting: keyed.into_iter().map(|(_, _, index)| index).collect(),
            begun: HashSet::new(),
            warm: HashSet::new(),
        }
    }

    /// The next job that does not have to wait for a libc that another job is compiling; else any.
    fn take(&mut self, plan: &Plan) -> Option<usize> {
        let is_free = |index: &usize| {
            let platform = plan.jobs[*index].platform;
            self.warm.contains(&platform) || !self.begun.contains(&platform)
        };
        let position = self.waiting.iter().position(is_free).unwrap_or(0);
        let index = self.waiting.remove(position)?;
        self.begun.insert(plan.jobs[index].platform);
        Some(index)
    }
}

fn next(queue: &Mutex<Queue>, plan: &Plan, cancel: &Cancel) -> Option<usize> {
    if cancel.is_set() {
        return None;
    }
    lock(queue).take(plan)
}

/// A panicking job must not take the others' results with it.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn sysroot(job: &Job, shared: &Shared<'_>) -> Result<Option<Sysroot>> {
    job.python
        .as_ref()
        .map(|python| {
            toolchain::sysroot(
                python,
                job.zig_target,
                job.abi,
                shared.zig.zig,
                shared.cache,
            )
        })
        .transpose()
}

fn run_job(
    job: &Job,
    shared: &Shared<'_>,
    declared: &DeclaredOptions,
    rendered: &Rendered,
    plan: &Plan,
    observer: &dyn Observer,
) -> JobResult {
    let begin = Instant::now();
    let mut log = String::new();
    let mut zig = Duration::ZERO;
    let outcome =
        build(job, shared, declared, observer, &mut log, &mut zig).and_then(|(entries, tree)| {
            observer.stage(job, "packing");
            let spec = WheelSpec {
                filename: &job.wheel,
                metadata: &rendered.metadata,
                entry_points: rendered.entry_points.as_deref(),
                licenses: shared
                    .project
                    .metadata
                    .license_files()
                    .iter()
                    .map(|file| (file.path.clone(), file.source.clone()))
                    .collect(),
                entries,
                root_is_purelib: false,
            };
            let packed = shared
                .packer
                .pack(&spec, &plan.output_dir, shared.timestamp)?;
            drop(tree);
            observer.stage(job, "check");
            checked(&packed, &job.wheel)?;
            packed.persist()
        });
    let time = begin.elapsed();
    JobResult {
        job: job.clone(),
        outcome,
        time,
        log,
        phases: Phases {
            zig: zig.as_secs_f64(),
            rest: time.saturating_sub(zig).as_secs_f64(),
        },
    }
}

/// No wheel takes its name that `pyz3-wheel check` would refuse under it.
fn checked(packed: &PackedWheel, filename: &WheelFilename) -> Result<()> {
    let findings = audit::check(&filename.to_string(), packed.file())?;
    let refused = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error);
    let problems = refused.map(|finding| {
        let code = finding.code;
        let mut problem = Problem::from(finding);
        problem.hint.get_or_insert_with(|| {
            format!("`pyz3-wheel explain {code}` tells more about this check")
        });
        problem
    });
    Error::check(ErrorKind::Audit, problems.collect()).map_err(|error| error.at(packed.path()))
}

/// Runs zig and gives the entries of the wheel, with the folder that they are read from.
fn build(
    job: &Job,
    shared: &Shared<'_>,
    declared: &DeclaredOptions,
    observer: &dyn Observer,
    log: &mut String,
    zig_time: &mut Duration,
) -> Result<(Vec<Entry>, super::workspace::JobTree)> {
    if Some(job.platform) == Platform::current() && !declared.takes_target() {
        return Err(Error::new(ErrorKind::Audit, audit::ignores_target()));
    }
    let sysroot = sysroot(job, shared)?;
    let tree = shared.workspace.job_tree(&job.id)?;
    observer.stage(job, "zig build");
    let begin = Instant::now();
    let outcome = shared.zig.build(
        job,
        sysroot.as_ref(),
        declared,
        &tree.prefix(),
        observer.zig_stages(job),
    );
    *zig_time = begin.elapsed();
    let outcome = outcome?;
    fs::write(shared.workspace.log(&job.id), &outcome.log)?;
    log.clone_from(&outcome.log);
    if !outcome.success {
        return Err(shared
            .zig
            .failure(&format!("zig build {}", outcome.status), &outcome.log));
    }
    observer.stage(job, "audit");
    let artifacts = artifact::collect(&tree)?;
    let placed = artifact::place(job, shared.project, shared.files, &artifacts)?;
    let native = placed
        .into_iter()
        .map(|placed| (placed.path, placed.source, true, false));
    let python = shared.files.iter().map(|file| {
        let executable = file.kind == Kind::Script;
        (file.path.clone(), file.source.clone(), executable, true)
    });
    let entries = python
        .chain(native)
        .map(|(path, source, executable, shared)| {
            Ok(Entry {
                path: path
                    .parse()
                    .map_err(|problem| Error::new(ErrorKind::Config, problem))?,
                source: Source::File(source),
                executable,
                // What zig made is this job's own.
                shared,
            })
        })
        .collect::<Result<_>>()?;
    Ok((entries, tree))
}
