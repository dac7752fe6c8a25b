//! What the tasks of a run share.

use std::sync::OnceLock;
use std::thread;

use super::decision::{Decision, Mode, Task};
use super::events::Observer;
use super::prepare::{Location, Prepared};
use super::reproducibility::FirstBuild;
use super::reuse::Reuse;
use super::turns::Turns;
use crate::compile::leftovers::Leftovers;
use crate::compile::options::DeclaredOptions;
use crate::compile::stray_files::StrayFiles;
use crate::compile::workspace::Workspace;
use crate::compile::zig_build::ZigBuild;
use crate::error::Result;
use crate::plan::Job;
use crate::sys::cancel::Cancel;
use crate::toolchain::{self, Sysroot};
use crate::wheel::Packer;

/// How a run is carried out, apart from what is built.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// How many tasks run at the same time.
    pub jobs: usize,
    /// Whether to stop at the first failure.
    pub fail_fast: bool,
    /// Whether to remove the project's cache folder first.
    pub clean: bool,
    /// Which results of earlier runs are used, and which of this run are kept.
    pub reuse: Mode,
    /// Whether to build everything twice, in two directories, and to reject wheels that differ.
    pub twice: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: thread::available_parallelism().map_or(1, usize::from),
            fail_fast: false,
            clean: false,
            reuse: Mode::Reuse,
            twice: false,
        }
    }
}

/// What the tasks of a build share.
pub(super) struct BuildContext<'c> {
    pub(super) prepared: &'c Prepared<'c>,
    pub(super) location: Location<'c>,
    /// The project's cache folder.
    pub(super) workspace: &'c Workspace,
    pub(super) options: RunOptions,
    /// Runs zig.
    pub(super) zig: ZigBuild<'c>,
    /// The results of earlier runs.
    pub(super) reuse: Reuse<'c>,
    /// The wheels of a build elsewhere that these wheels have to equal.
    pub(super) first_build: Option<&'c FirstBuild>,
    /// The source tree, which zig must not change; `None` if nothing is built.
    pub(super) stray_files: Option<StrayFiles<'c>>,
    /// The options that the build script declares; zig is asked once for all tasks.
    pub(super) declared: OnceLock<Result<DeclaredOptions>>,
    /// Which tasks may build at the same time.
    pub(super) turns: Turns,
    /// Installed files that are not in the wheels.
    pub(super) leftovers: Leftovers,
    pub(super) packer: Packer,
    pub(super) cancel: &'c Cancel,
    pub(super) observer: &'c dyn Observer,
}

impl BuildContext<'_> {
    /// Asks the build script for its options before any task runs, if zig has to run for one: a script that
    /// does not compile is then reported once instead of once for each task.
    pub(super) fn declare(&self, tasks: &[Task]) -> Result<()> {
        let is_built = |task: &&Task| matches!(task.decision, Decision::Build { .. });
        let Some(task) = tasks.iter().find(is_built) else {
            return Ok(());
        };
        let job = &task.job.compiles()[0];
        let sysroot = self.sysroot(job)?;
        self.declared(job, sysroot.as_ref()).map(drop)
    }

    /// What the build script declares. It is asked once, in the environment of the first job.
    pub(super) fn declared(
        &self,
        job: &Job,
        sysroot: Option<&Sysroot>,
    ) -> Result<&DeclaredOptions> {
        let on_command = |line: &str| self.observer.command(job, line);
        let ask = || {
            let script = self.reuse.script_digest();
            self.zig
                .declared_options(job, sysroot, &script, &on_command)
        };
        self.declared
            .get_or_init(ask)
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The files that stand for the target's Python; `None` for a job without Python.
    pub(super) fn sysroot(&self, job: &Job) -> Result<Option<Sysroot>> {
        let sysroot = job.python.as_ref().map(|python| {
            let (zig, cache) = (&self.prepared.zig, self.prepared.cache);
            toolchain::sysroot(python, job.zig_target, job.abi, zig, cache)
        });
        sysroot.transpose()
    }
}
