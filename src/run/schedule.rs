//! Many jobs on few cores: who builds what when, what is reported, what a failure means.
//!
//! Takes a [`Plan`]; each worker takes the next job and runs it. One job's failure never hides another's
//! wheel.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Mutex;
use std::thread;

use super::job::{JobResult, Run, Shared, declared_options, sysroot};
use super::reuse::Decision;
use crate::compile::options::DeclaredOptions;
use crate::compile::progress::StageSink;
use crate::error::Result;
use crate::plan::{Job, Plan};
use crate::platform::{Os, Platform};
use crate::sys::cancel::Cancel;
use crate::sys::sync::{ignore_poison, lock};

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

/// Runs every job of the plan; the results come in the plan's order. Jobs that were never begun,
/// because the run was stopped, have none.
pub fn run(
    plan: &Plan,
    decisions: &[Decision],
    shared: &Shared<'_>,
    observer: &dyn Observer,
) -> Result<Vec<JobResult>> {
    let declared = declared(plan, decisions, shared, observer)?;
    let queue = Mutex::new(Queue::new(plan, decisions));
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..shared.workers.clamp(1, plan.jobs.len().max(1)) {
            scope.spawn(|| {
                while let Some(index) = next(&queue, plan, shared.cancel) {
                    let job = &plan.jobs[index];
                    observer.started(job);
                    let run = Run::new(index, plan, shared, observer);
                    let result = run.finish(&decisions[index], declared.as_ref());
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
    let mut results = ignore_poison(results.into_inner());
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// The build script is asked once for all jobs, if zig has to run for any.
fn declared(
    plan: &Plan,
    decisions: &[Decision],
    shared: &Shared<'_>,
    observer: &dyn Observer,
) -> Result<Option<DeclaredOptions>> {
    let mut jobs = plan.jobs.iter().zip(decisions);
    let built = jobs.find(|(_, decision)| matches!(decision, Decision::Build { .. }));
    built
        .map(|(job, _)| {
            let job = &job.compiles()[0];
            let sysroot = sysroot(job, shared)?;
            declared_options(job, sysroot.as_ref(), shared, observer)
        })
        .transpose()
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
    /// What needs no zig first; then Windows, since its C runtime takes longest when Zig's cache is
    /// cold; then one job of each platform.
    fn new(plan: &Plan, decisions: &[Decision]) -> Self {
        let mut seen = HashMap::new();
        let mut keyed: Vec<_> = plan
            .jobs
            .iter()
            .zip(decisions)
            .enumerate()
            .map(|(index, (job, decision))| {
                if !matches!(decision, Decision::Build { .. }) {
                    return (0, false, index);
                }
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
