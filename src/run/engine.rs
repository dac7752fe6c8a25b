//! Carries out a prepared plan: many tasks on few cores.
//!
//! Each worker takes the next task and runs it. The failure of one task never hides the wheel of another.

use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::context::{BuildContext, RunOptions};
use super::decision::{Decision, Mode, Task};
use super::events::Observer;
use super::outcome::TaskResult;
use super::prepare::{Location, Prepared};
use super::reproducibility::{FirstBuild, ProjectCopy};
use super::reuse::Reuse;
use super::schedule::Queue;
use super::task::TaskRun;
use super::turns::Turns;
use crate::compile::clean;
use crate::compile::leftovers::Leftovers;
use crate::compile::script;
use crate::compile::stray_files::StrayFiles;
use crate::compile::workspace::Workspace;
use crate::compile::zig_build::ZigBuild;
use crate::error::{Error, ErrorKind, Result};
use crate::sys::cancel::Cancel;
use crate::sys::files::check_writable;
use crate::sys::sync::{ignore_poison, lock};
use crate::toolchain::Zig;
use crate::wheel::{self, Packer};

/// The outcome of a run.
#[derive(Debug)]
pub struct Summary {
    /// The compiler.
    pub zig: Zig,
    /// How each task ended, in the plan's order; tasks that were never started are missing.
    pub results: Vec<TaskResult>,
    /// How long the whole run took.
    pub time: Duration,
    /// Whether the user stopped it.
    pub interrupted: bool,
    /// Whether every wheel was built twice with the same bytes.
    pub built_twice: bool,
}

impl Summary {
    /// The kind of the worst failure, if there is one.
    pub fn failure(&self) -> Option<ErrorKind> {
        if self.interrupted {
            return Some(ErrorKind::Interrupted);
        }
        let kinds = self
            .results
            .iter()
            .filter_map(|result| result.outcome.as_ref().err())
            .map(Error::kind);
        // A failed build is worse than a rejected binary, and both are worse than the tasks that were
        // stopped because of them.
        kinds.max_by_key(|kind| match kind {
            ErrorKind::Interrupted => 0,
            ErrorKind::Audit => 1,
            _ => 2,
        })
    }
}

impl Prepared<'_> {
    /// Carries out the plan. `begin` is the time when the preparations for it began.
    pub(super) fn run(
        &self,
        begin: Instant,
        options: RunOptions,
        cancel: &Cancel,
        observer: &dyn Observer,
    ) -> Result<Summary> {
        let note = |text: &str| observer.note(text);
        if options.clean {
            for kept in clean::clean(&self.project.root)? {
                note(&format!(
                    "--clean kept {}, which is not a file that builds create there",
                    kept.display()
                ));
            }
        }
        let first_build = options
            .twice
            .then(|| self.build_copy(options, cancel, observer))
            .transpose()?;
        if first_build.is_some() {
            note("second build, in the project");
        }
        let root = &self.project.root;
        let workspace = Workspace::open_or_temporary(root, self.key.as_ref(), &note)?;
        let location = Location {
            project: self.project,
            output_dir: &self.plan.output_dir,
            workspace: workspace.root(),
            local_cache: &self.local_cache(workspace.root()),
            key: self.key.as_ref(),
        };
        let compare = first_build.as_ref();
        let results = self.build(location, &workspace, options, compare, cancel, observer)?;
        Ok(Summary {
            results,
            time: begin.elapsed(),
            interrupted: cancel.is_interrupted(),
            built_twice: first_build.is_some(),
            zig: self.zig.clone(),
        })
    }

    /// Builds in a copy of the project. Only the wheels are kept, to compare others with them.
    fn build_copy(
        &self,
        options: RunOptions,
        cancel: &Cancel,
        observer: &dyn Observer,
    ) -> Result<FirstBuild> {
        observer.note("first build, in a copy of the project elsewhere");
        let copy = ProjectCopy::of(self.project, &self.plan.output_dir)?;
        let kept = match check_writable(&self.project.root) {
            Ok(()) => Workspace::different(&self.project.root),
            Err(_) => self.plan.output_dir.join("different"),
        };
        clean::remove_different(&kept)?;
        let workspace = Workspace::open(&copy.project.root)?;
        let location = Location {
            project: &copy.project,
            output_dir: &copy.output_dir(),
            workspace: workspace.root(),
            // Not the cache that the environment names: the second build would find there what the first
            // build has compiled.
            local_cache: &Workspace::zig_cache(workspace.root()),
            key: self.key.as_ref(),
        };
        let options = RunOptions {
            reuse: Mode::Off,
            // The second build decides which of its own wheels to skip.
            fail_fast: false,
            ..options
        };
        let results = self.build(location, &workspace, options, None, cancel, observer)?;
        Ok(copy.into_first_build(results, kept))
    }

    /// Carries out the plan in one place.
    fn build(
        &self,
        location: Location<'_>,
        workspace: &Workspace,
        options: RunOptions,
        first_build: Option<&FirstBuild>,
        cancel: &Cancel,
        observer: &dyn Observer,
    ) -> Result<Vec<TaskResult>> {
        wheel::sweep(location.output_dir);
        let script = match &self.recipe {
            Some(recipe) => recipe.write(workspace)?,
            None => script::require(location.project)?,
        };
        let reuse = Reuse::new(self, location, options.reuse);
        let tasks = self.tasks(&reuse);
        let is_built = tasks
            .iter()
            .any(|task| !matches!(task.decision, Decision::UpToDate { .. }));
        if is_built {
            self.importable.check_declared(self.plan)?;
        }
        let context = BuildContext {
            prepared: self,
            location,
            workspace,
            options,
            zig: ZigBuild {
                zig: &self.zig,
                project: location.project,
                script,
                recipe: self.recipe.as_ref(),
                local_cache: location.local_cache.to_owned(),
                source_date_epoch: self.timestamp.unix(),
                cancel,
                cache: self.cache,
                repairs: Mutex::default(),
                seeded: OnceLock::new(),
            },
            reuse,
            first_build,
            stray_files: is_built.then(|| StrayFiles::new(location.project, location.output_dir)),
            declared: OnceLock::new(),
            turns: Turns::default(),
            leftovers: Leftovers::default(),
            packer: if tasks.len() > 1 {
                Packer::sharing(options.jobs, workspace.root())
            } else {
                Packer::new(options.jobs)
            },
            cancel,
            observer,
        };
        context.declare(&tasks)?;
        let results = context.run(&tasks);
        // Both builds of a double build leave out the same files: one note is enough.
        if first_build.is_some() || !options.twice {
            for note in context.leftovers.notes() {
                observer.note(&note);
            }
        }
        if let Err(error) = context.reuse.finish() {
            observer.note(&format!(
                "cannot record what was built, so the next run builds again: {error}"
            ));
        }
        Ok(results)
    }
}

impl BuildContext<'_> {
    /// Runs the tasks. The results are in the order of the tasks; tasks that were never started, because
    /// the run was stopped, have none.
    fn run(&self, tasks: &[Task]) -> Vec<TaskResult> {
        let queue = Mutex::new(Queue::new(tasks));
        let results = Mutex::new(Vec::new());
        let next = || {
            let is_stopped = self.cancel.is_set();
            (!is_stopped).then(|| lock(&queue).take()).flatten()
        };
        let work = || {
            while let Some((index, task)) = next() {
                self.observer.started(&task.job);
                let result = TaskRun::new(&task.job, self).finish(task);
                if result.outcome.is_err() && self.options.fail_fast {
                    self.cancel.fail();
                }
                self.observer.finished(&result);
                lock(&queue).finished(task);
                lock(&results).push((index, result));
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.options.jobs.clamp(1, tasks.len().max(1)) {
                scope.spawn(work);
            }
        });
        let mut results = ignore_poison(results.into_inner());
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }
}
