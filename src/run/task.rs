//! One task: runs zig for a job, or restores what zig installed earlier, and packs the wheel.
//!
//! Takes a job and the context that all tasks share; gives the wheel or an error. Never decides whether zig
//! has to run: the task's [`Decision`] says so.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::context::BuildContext;
use super::decision::{Decision, Task};
use super::outcome::{Phases, TaskResult, Work};
use super::reuse::{self, Kept};
use super::turns::{SourceTree, Window};
use crate::audit::{self, Finding, Severity};
use crate::compile::artifact::{self, Installed};
use crate::compile::generated::Layout;
use crate::compile::host_variables;
use crate::compile::options::DeclaredOptions;
use crate::compile::placed::Placed;
use crate::compile::progress::{self, StageSink};
use crate::compile::remedies::{self, Remedy};
use crate::compile::search_paths;
use crate::compile::stray_files::StrayFiles;
use crate::compile::universal;
use crate::compile::workspace::JobTree;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::Job;
use crate::platform::Platform;
use crate::tags::ZigVersion;
use crate::wheel::{PackedWheel, WrittenWheel};

/// A wheel under its temporary name.
struct Packed {
    wheel: PackedWheel,
    warnings: Vec<Finding>,
    /// Whether the next run can see everything that the wheel is made of.
    is_repeatable: bool,
}

/// One run of one task.
pub(super) struct TaskRun<'c> {
    pub(super) job: &'c Job,
    pub(super) context: &'c BuildContext<'c>,
    pub(super) work: Work,
    warnings: Vec<Finding>,
    /// The output of zig.
    log: String,
    /// The commands and the output of zig, for the log file of the job.
    transcript: String,
    zig_time: Duration,
}

impl<'c> TaskRun<'c> {
    pub(super) fn new(job: &'c Job, context: &'c BuildContext<'c>) -> Self {
        Self {
            job,
            context,
            work: Work::default(),
            warnings: Vec::new(),
            log: String::new(),
            transcript: String::new(),
            zig_time: Duration::ZERO,
        }
    }

    /// Runs the task to its end.
    pub(super) fn finish(mut self, task: &Task) -> TaskResult {
        let begin = Instant::now();
        let outcome = self.wheel(&task.decision);
        let time = begin.elapsed();
        TaskResult {
            job: Arc::clone(&task.job),
            outcome,
            warnings: self.warnings,
            work: self.work,
            time,
            log: self.log,
            phases: Phases {
                zig: self.zig_time.as_secs_f64(),
                rest: time.saturating_sub(self.zig_time).as_secs_f64(),
            },
        }
    }

    fn wheel(&mut self, decision: &Decision) -> Result<WrittenWheel> {
        if let Decision::UpToDate { wheel, warnings } = decision {
            self.work = Work::Unchanged;
            self.warnings.clone_from(warnings);
            return Ok(wheel.clone());
        }
        let (context, job) = (self.context, self.job);
        let tree = SourceTree {
            project: context.location.project,
            output: context.location.output_dir,
            read: &|| context.reuse.files_read(job),
        };
        let is_parallel = context.options.jobs.min(context.prepared.plan.jobs.len()) > 1;
        let packed = context.turns.build(
            is_parallel.then_some(&tree),
            &|text| context.observer.note(text),
            |window| self.pack(decision, window),
        )?;
        if let Some(first_build) = context.first_build {
            first_build.compare(job, &packed.wheel)?;
        }
        let written = packed.wheel.persist()?;
        if packed.is_repeatable {
            context.reuse.wrote(job, &written, &packed.warnings);
        }
        self.warnings = packed.warnings;
        Ok(written)
    }

    /// Builds or restores what goes into the wheel, and packs it under a temporary name.
    fn pack(&mut self, decision: &Decision, window: &Window<'_>) -> Result<Packed> {
        self.log.clear();
        self.transcript.clear();
        let context = self.context;
        let tree = context.workspace.job_tree(&self.job.id)?;
        match decision {
            Decision::Repack { entry } if reuse::restore(entry, &tree)? => self.work = Work::Packed,
            Decision::Repack { .. } => {
                self.note("the cached build is damaged, so zig runs again");
                self.build(&tree)?;
            }
            Decision::Build { .. } | Decision::UpToDate { .. } => self.build(&tree)?,
        }
        self.stage("audit");
        let mut installed = artifact::collect(&tree, self.job.platform)?;
        self.reject_build_into_sources(&installed)?;
        let written = self.written_files()?;
        let importable = &context.prepared.importable;
        let files = importable.files().wheel.iter().chain(&written);
        let layout = Layout::new(context.location.project, files);
        layout.leave_out(&mut installed);
        installed.judge_programs(&self.job.wheel)?;
        let native = self.place(&installed, &layout)?;
        let generated = layout.generated(&installed.files)?;
        context.leftovers.add(&installed.files, &layout);
        // A build that wrote package files into the source tree is not cached: a restored build would
        // lack these files.
        if self.work == Work::Built && written.is_empty() && window.is_calm() {
            // A failure to cache is not an error: the next run builds again.
            let kept = kept(&installed, &generated);
            if let Err(error) = context.reuse.keep(self.job, &tree, &kept) {
                self.note(&format!("cannot cache what was built: {error}"));
            }
        }
        search_paths::rewrite(native.iter().chain(&generated))?;
        let entries = self.entries(&native, generated, &written)?;
        self.stage("packing");
        let spec = context.prepared.contents.spec(&self.job.wheel, entries);
        let output_dir = context.location.output_dir;
        let wheel = context
            .packer
            .pack(&spec, output_dir, context.prepared.timestamp)?;
        self.stage("check");
        let warnings = check(&wheel, self.job, &context.prepared.zig.version)?;
        Ok(Packed {
            wheel,
            warnings,
            is_repeatable: written.is_empty(),
        })
    }

    /// Rejects a build whose only output is in the source tree.
    fn reject_build_into_sources(&self, installed: &Installed) -> Result<()> {
        let stray_files = self.context.stray_files.as_ref();
        let stray_files = stray_files.map(StrayFiles::built).unwrap_or_default();
        if !installed.artifacts.is_empty() || stray_files.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Audit,
            Problem::new(format!(
                "zig build put {} into the source tree and installed nothing",
                stray_files.join(", ")
            ))
            .hint(Remedy::InTree.hint(&self.context.prepared.zig.version)),
        ))
    }

    /// Runs zig, once for each slice if the job has slices.
    fn build(&mut self, tree: &JobTree) -> Result<()> {
        let context = self.context;
        context.reuse.forget_outdated(self.job);
        if self.job.slices.is_empty() {
            return self.compile(self.job, tree);
        }
        let mut slices = Vec::new();
        for slice in &self.job.slices {
            let own = context.workspace.job_tree(&slice.id)?;
            self.compile(slice, &own)?;
            slices.push((slice.platform, own));
        }
        let files = &context.prepared.importable.files().wheel;
        let layout = Layout::new(context.location.project, files);
        universal::join(&slices, tree, &layout)
    }

    /// Runs zig for one job or slice.
    fn compile(&mut self, compile: &Job, tree: &JobTree) -> Result<()> {
        let context = self.context;
        let sysroot = context.sysroot(compile)?;
        let declared = context.declared(compile, sysroot.as_ref())?;
        self.require_target(compile, declared)?;
        let withheld = host_variables::withheld(context.location.project, compile);
        if !withheld.is_empty() {
            let names = withheld.join(", ");
            self.stage(&format!("zig build without {names} of this machine"));
        }
        self.stage("zig build");
        let begin = Instant::now();
        let is_slice = compile.platform != self.job.platform;
        if is_slice {
            for text in [&mut self.log, &mut self.transcript] {
                let _ = writeln!(text, "for {}:", compile.platform);
            }
        }
        let transcript = RefCell::new(std::mem::take(&mut self.transcript));
        let outcome = context.zig.build(
            compile,
            sysroot.as_ref(),
            declared,
            &tree.prefix(),
            self.stages(compile),
            &|line| {
                context.observer.command(self.job, line);
                let _ = writeln!(transcript.borrow_mut(), "{line}");
            },
        );
        self.zig_time += begin.elapsed();
        self.transcript = transcript.into_inner();
        if let Ok(outcome) = &outcome {
            self.log.push_str(&outcome.log);
            self.transcript.push_str(&outcome.log);
        }
        context.workspace.keep_log(&self.job.id, &self.transcript)?;
        if let Some(stray_files) = &context.stray_files {
            let cache = context.zig.local_cache(compile);
            stray_files.sweep(tree, &cache, &|text| context.observer.note(text));
        }
        let outcome = outcome?;
        if outcome.success {
            context.zig.has_built(compile);
            return Ok(());
        }
        let what = if is_slice {
            format!("zig build for {} {}", compile.platform, outcome.status)
        } else {
            format!("zig build {}", outcome.status)
        };
        Err(context.zig.build_failure(compile, &what, &outcome.log))
    }

    /// Rejects a build script that ignores its target where the result cannot show it: a binary does not
    /// say which CPU it was compiled for, and not every binary says for which C library.
    fn require_target(&self, compile: &Job, declared: &DeclaredOptions) -> Result<()> {
        let machine = |platform: Platform| (platform.os(), platform.arches());
        let here = Platform::current().map(machine);
        if here != Some(machine(compile.platform)) || declared.takes_target() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Audit,
            Problem::new(
                "build.zig reads neither -Dtarget nor ZIG_TARGET, \
                 so it would build for exactly this machine's CPU",
            )
            .hint(Remedy::Target.hint(&self.context.prepared.zig.version)),
        ))
    }

    /// Receives the stages of zig, which reports none of its own once it has compiled the build script.
    fn stages(&self, compile: &Job) -> Option<StageSink> {
        let mut sink = self.context.observer.zig_stages(self.job)?;
        let main = self.context.zig.main_stage(compile);
        Some(Box::new(move |stage| match stage {
            progress::COMPILED => sink(main),
            progress::SCRIPT => sink("compiling build.zig"),
            stage => sink(stage),
        }))
    }

    fn stage(&self, stage: &str) {
        self.context.observer.stage(self.job, stage);
    }

    fn note(&self, text: &str) {
        let text = format!("{}: {text}", self.job.id);
        self.context.observer.note(&text);
    }
}

/// The installed files that are needed to pack the same wheel again.
fn kept<'i>(installed: &'i Installed, generated: &'i [Placed]) -> Vec<Kept<'i>> {
    let native = installed.artifacts.iter().map(|artifact| Kept {
        path: &artifact.path,
        links: &artifact.links,
    });
    let generated = generated.iter().map(|placed| Kept {
        path: &placed.source,
        links: &[],
    });
    native.chain(generated).collect()
}

/// Runs the checks of `pyz3-wheel check` on the wheel. Errors reject the wheel, warnings are returned, and notes are
/// for `check` alone.
fn check(packed: &PackedWheel, job: &Job, zig: &ZigVersion) -> Result<Vec<Finding>> {
    let findings = audit::check(&job.wheel.to_string(), packed.file())?;
    let (errors, warnings): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .filter(|finding| finding.severity > Severity::Note)
        .partition(|finding| finding.severity == Severity::Error);
    let problems = errors
        .into_iter()
        .map(|finding| remedies::problem(finding, job.platform, zig));
    Error::check(ErrorKind::Audit, problems.collect()).map_err(|error| error.at(packed.path()))?;
    Ok(warnings)
}
