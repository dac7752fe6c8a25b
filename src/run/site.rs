//! One build of a plan, in the project's folder or in a copy of it.

use std::path::Path;
use std::sync::{Mutex, OnceLock};

use super::RunOptions;
use crate::compile::clean;
use crate::compile::importable::Importable;
use crate::compile::leftovers::Leftovers;
use crate::compile::managed::Recipe;
use crate::compile::script;
use crate::compile::stray_files::StrayFiles;
use crate::compile::workspace::Workspace;
use crate::compile::zig_build::ZigBuild;
use crate::error::Result;
use crate::plan::Plan;
use crate::project::Project;
use crate::run::job::{JobResult, Shared};
use crate::run::reproducibility::{FirstBuild, ProjectCopy};
use crate::run::reuse::{Decision, Mode, Reuse, Situation};
use crate::run::schedule::{self, Observer};
use crate::run::turns::Turns;
use crate::sys::cancel::Cancel;
use crate::toolchain::cache::check_writable;
use crate::toolchain::{Cache, UserKey, Zig};
use crate::wheel::{self, Packer, Timestamp, WheelSpec};

/// What is built, and with what: the same wherever it is built.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) project: &'a Project,
    pub(super) importable: &'a Importable<'a>,
    pub(super) specs: &'a [WheelSpec<'a>],
    pub(super) zig: &'a Zig,
    pub(super) recipe: Option<&'a Recipe>,
    pub(super) cache: &'a Cache,
    pub(super) key: Option<&'a UserKey>,
    pub(super) timestamp: Timestamp,
    pub(super) cancel: &'a Cancel,
    pub(super) observer: &'a dyn Observer,
}

impl Site<'_> {
    /// Carries out the plan in the project's folder.
    pub(super) fn build(
        &self,
        plan: &Plan,
        options: RunOptions,
        workspace: &Workspace,
        local_cache: &Path,
        twin: Option<&FirstBuild>,
    ) -> Result<Vec<JobResult>> {
        wheel::sweep(&plan.output_dir);
        let script = match self.recipe {
            Some(recipe) => recipe.write(workspace)?,
            None => script::require(self.project)?,
        };
        let situation = Situation {
            project: self.project,
            recipe: self.recipe,
            zig: self.zig,
            cache: self.cache,
            key: self.key,
            workspace: workspace.root(),
            local_cache,
            timestamp: self.timestamp,
        };
        let reuse = Reuse::new(plan, self.specs, situation, options.reuse);
        let decisions = reuse.decisions(plan);
        let is_built = decisions
            .iter()
            .any(|decision| !matches!(decision, Decision::Unchanged { .. }));
        if is_built {
            self.importable.check_declared(plan)?;
        }
        let shared = Shared {
            project: self.project,
            importable: self.importable,
            specs: self.specs,
            zig: ZigBuild {
                zig: self.zig,
                project: self.project,
                script,
                recipe: self.recipe,
                local_cache: local_cache.to_owned(),
                source_date_epoch: self.timestamp.unix(),
                cancel: self.cancel,
                cache: self.cache,
                repairs: Mutex::default(),
                primed: OnceLock::new(),
            },
            cache: self.cache,
            workspace,
            reuse,
            twin,
            litter: is_built.then(|| StrayFiles::new(self.project, &plan.output_dir)),
            turns: Turns::default(),
            leftovers: Leftovers::default(),
            packer: if plan.jobs.len() > 1 {
                Packer::sharing(options.jobs, workspace.root())
            } else {
                Packer::new(options.jobs)
            },
            timestamp: self.timestamp,
            fail_fast: options.fail_fast,
            workers: options.jobs,
            cancel: self.cancel,
        };
        let results = schedule::run(plan, &decisions, &shared, self.observer)?;
        // What is built twice is reported once.
        if twin.is_some() || !options.twice {
            for note in shared.leftovers.notes() {
                self.observer.note(&note);
            }
        }
        if let Err(error) = shared.reuse.finish() {
            self.observer.note(&format!(
                "what was built can't be kept for next time: {error}"
            ));
        }
        Ok(results)
    }

    /// Builds the same in a copy of the project, of which nothing is kept but the wheels to compare
    /// with.
    pub(super) fn build_elsewhere(&self, plan: &Plan, options: RunOptions) -> Result<FirstBuild> {
        self.observer
            .note("first build, in a copy of the project elsewhere");
        let copy = ProjectCopy::of(self.project, &plan.output_dir)?;
        let kept = match check_writable(&self.project.root) {
            Ok(()) => Workspace::different(&self.project.root),
            Err(_) => plan.output_dir.join("different"),
        };
        clean::remove_different(&kept)?;
        let plan = Plan {
            output_dir: copy.output_dir(),
            ..plan.clone()
        };
        let site = Site {
            project: &copy.project,
            ..*self
        };
        let workspace = Workspace::open(&copy.project.root)?;
        // Not the cache that the environment names: the second build would find there what the first
        // has made.
        let local_cache = Workspace::zig_cache(workspace.root());
        let options = RunOptions {
            reuse: Mode::Off,
            // Which of the second build's wheels to give up is for that one to say.
            fail_fast: false,
            ..options
        };
        let results = site.build(&plan, options, &workspace, &local_cache, None)?;
        Ok(copy.into_first_build(results, kept))
    }
}
