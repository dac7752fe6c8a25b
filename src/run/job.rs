//! One job, from zig to the wheel in its place.
//!
//! Takes a job and what the run shares; gives its wheel, or why there is none. Never decides whether
//! zig has to run: its [`Decision`] says so.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fs_err as fs;
use serde::Serialize;

use super::reproducibility::FirstBuild;
use super::reuse::{self, Decision, Kept, Reuse};
use super::schedule::Observer;
use super::turns::{SourceTree, Turns, Window};
use crate::audit::{self, Severity};
use crate::compile::artifact::{self, Artifact, Installed};
use crate::compile::generated::Layout;
use crate::compile::host_variables;
use crate::compile::importable::Importable;
use crate::compile::leftovers::Leftovers;
use crate::compile::options::DeclaredOptions;
use crate::compile::place;
use crate::compile::placed::Placed;
use crate::compile::remedies::{self, Remedy};
use crate::compile::search_paths;
use crate::compile::stray_files::StrayFiles;
use crate::compile::universal;
use crate::compile::workspace::{JobTree, Workspace};
use crate::compile::zig_build::ZigBuild;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::{Job, Plan};
use crate::platform::Platform;
use crate::project::{Abi, PackageFile, Project};
use crate::sys::cancel::Cancel;
use crate::tags::{AbiTag, CPython, ZigVersion};
use crate::toolchain::{self, Cache, Sysroot};
use crate::wheel::{Entry, PackedWheel, Packer, Source, Timestamp, WheelSpec, WrittenWheel};

/// How a job ended.
#[derive(Debug)]
pub struct JobResult {
    /// The job.
    pub job: Job,
    /// Its wheel, or why there is none.
    pub outcome: Result<WrittenWheel>,
    /// What was done for it.
    pub work: Work,
    /// How long it took.
    pub time: Duration,
    /// What zig printed.
    pub log: String,
    /// Where its time went.
    pub phases: Phases,
}

/// What was done for a wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Nothing: it is as it would be made.
    Unchanged,
    /// It was packed of what an earlier build had installed.
    Packed,
    /// Zig ran.
    #[default]
    Built,
}

impl Work {
    /// In a word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Packed => "packed",
            Self::Built => "ok",
        }
    }
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
    /// Its Python files and what they import.
    pub importable: &'a Importable<'a>,
    /// The wheels of the jobs without what zig makes, in the plan's order.
    pub specs: &'a [WheelSpec<'a>],
    /// What runs zig.
    pub zig: ZigBuild<'a>,
    /// Our cache.
    pub cache: &'a Cache,
    /// The project's cache folder.
    pub workspace: &'a Workspace,
    /// What earlier runs came to.
    pub reuse: Reuse<'a>,
    /// The wheels of a build elsewhere that these have to equal, if there was one.
    pub twin: Option<&'a FirstBuild>,
    /// The source tree, which builds have to leave as it was; none if there is nothing to build.
    pub litter: Option<StrayFiles<'a>>,
    /// Which jobs may build at the same time.
    pub turns: Turns,
    /// What is installed and left out.
    pub leftovers: Leftovers,
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

/// What all wheels of a run have in common: METADATA, entry points, and how far links may lead.
#[derive(Debug)]
pub struct Rendered {
    metadata: String,
    entry_points: Option<String>,
    /// The directory that links of the project may lead to.
    boundary: Arc<Path>,
}

impl Rendered {
    /// Renders them.
    pub fn new(project: &Project) -> Self {
        Self {
            metadata: project.metadata.render(),
            entry_points: project.metadata.entry_points(),
            boundary: project.boundary().into(),
        }
    }

    /// The wheel of a job without what zig makes.
    pub fn spec<'a>(
        &'a self,
        job: &'a Job,
        project: &Project,
        files: &[PackageFile],
    ) -> Result<WheelSpec<'a>> {
        let licenses = project.metadata.license_files().iter();
        let entries = files.iter().map(|file| package_entry(file, &self.boundary));
        Ok(WheelSpec {
            filename: &job.wheel,
            metadata: &self.metadata,
            entry_points: self.entry_points.as_deref(),
            sbom: None,
            licenses: licenses
                .map(|file| {
                    let source = Source::Within(file.source.clone(), self.boundary.clone());
                    (file.path.clone(), source)
                })
                .collect(),
            entries: entries.collect::<Result<_>>()?,
            root_is_purelib: false,
        })
    }
}

/// A file of the project in the wheel.
fn package_entry(file: &PackageFile, boundary: &Arc<Path>) -> Result<Entry> {
    Ok(Entry {
        path: file.path.parse().map_err(Error::config)?,
        source: Source::of(file, boundary),
        executable: file.executable,
        shared: true,
    })
}

/// What a job's build needs to know and a job that builds nothing does not.
pub(super) fn sysroot(job: &Job, shared: &Shared<'_>) -> Result<Option<Sysroot>> {
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

/// A wheel that has no name yet.
struct Packed {
    packed: PackedWheel,
    /// Whether the next run can see everything that it is made of.
    is_repeatable: bool,
}

/// One run of one job.
pub(super) struct Run<'r> {
    job: &'r Job,
    /// Its wheel without what zig makes.
    spec: &'r WheelSpec<'r>,
    shared: &'r Shared<'r>,
    plan: &'r Plan,
    observer: &'r dyn Observer,
    work: Work,
    log: String,
    zig_time: Duration,
}

impl<'r> Run<'r> {
    pub(super) fn new(
        index: usize,
        plan: &'r Plan,
        shared: &'r Shared<'r>,
        observer: &'r dyn Observer,
    ) -> Self {
        Self {
            job: &plan.jobs[index],
            spec: &shared.specs[index],
            shared,
            plan,
            observer,
            work: Work::default(),
            log: String::new(),
            zig_time: Duration::ZERO,
        }
    }

    /// Runs the job to its end.
    pub(super) fn finish(
        mut self,
        decision: &Decision,
        declared: Option<&DeclaredOptions>,
    ) -> JobResult {
        let begin = Instant::now();
        let outcome = self.wheel(decision, declared);
        let time = begin.elapsed();
        JobResult {
            job: self.job.clone(),
            outcome,
            work: self.work,
            time,
            log: self.log,
            phases: Phases {
                zig: self.zig_time.as_secs_f64(),
                rest: time.saturating_sub(self.zig_time).as_secs_f64(),
            },
        }
    }

    fn wheel(
        &mut self,
        decision: &Decision,
        declared: Option<&DeclaredOptions>,
    ) -> Result<WrittenWheel> {
        if let Decision::Unchanged { wheel } = decision {
            self.work = Work::Unchanged;
            return Ok(wheel.clone());
        }
        let (shared, observer, job) = (self.shared, self.observer, self.job);
        let tree = SourceTree {
            project: shared.project,
            output: &self.plan.output_dir,
            read: &|| shared.reuse.files_read(job),
        };
        let has_company = shared.workers.min(self.plan.jobs.len()) > 1;
        let wheel = shared.turns.build(
            has_company.then_some(&tree),
            &|text| observer.note(text),
            |window| self.pack(decision, declared, window),
        )?;
        if let Some(twin) = shared.twin {
            twin.compare(job, &wheel.packed)?;
        }
        let written = wheel.packed.persist()?;
        if wheel.is_repeatable {
            shared.reuse.wrote(job, &written);
        }
        Ok(written)
    }

    /// Builds or restores what goes into the wheel, and packs it under a temporary name.
    fn pack(
        &mut self,
        decision: &Decision,
        declared: Option<&DeclaredOptions>,
        window: &Window<'_>,
    ) -> Result<Packed> {
        self.log.clear();
        let tree = self.shared.workspace.job_tree(&self.job.id)?;
        match decision {
            Decision::Pack { entry } if reuse::restore(entry, &tree)? => self.work = Work::Packed,
            Decision::Pack { .. } => {
                self.observer.note(&format!(
                    "{}: what was built before is damaged, so zig runs again",
                    self.job.id
                ));
                self.build(&tree, declared)?;
            }
            Decision::Build { .. } | Decision::Unchanged { .. } => self.build(&tree, declared)?,
        }
        self.observer.stage(self.job, "audit");
        let mut installed = artifact::collect(&tree, self.job.platform)?;
        let litter = self.shared.litter.as_ref().map(StrayFiles::built);
        let litter = litter.unwrap_or_default();
        if installed.artifacts.is_empty() && !litter.is_empty() {
            return Err(Error::new(
                ErrorKind::Audit,
                Problem::new(format!(
                    "zig build put {} into the source tree and installed nothing",
                    litter.join(", ")
                ))
                .hint(Remedy::InTree.hint(&self.shared.zig.zig.version)),
            ));
        }
        let written = self.written_files()?;
        let files = self.shared.importable.files().wheel.iter().chain(&written);
        let layout = Layout::new(self.shared.project, files);
        layout.leave_out(&mut installed);
        installed.judge_programs(&self.job.wheel)?;
        let native = self.place(&installed, &layout)?;
        let generated = layout.generated(&installed.files)?;
        self.shared.leftovers.add(&installed.files, &layout);
        // What zig has written among the sources is missing where an earlier build is reused.
        if self.work == Work::Built && written.is_empty() && window.is_calm() {
            // A failure to cache is not an error: the next run builds again.
            let kept = kept(&installed, &generated);
            if let Err(error) = self.shared.reuse.keep(self.job, &tree, &kept) {
                self.observer.note(&format!(
                    "{}: what was built can't be kept: {error}",
                    self.job.id
                ));
            }
        }
        search_paths::settle(native.iter().chain(&generated))?;
        let entries = self.entries(&native, generated, &written)?;
        self.observer.stage(self.job, "packing");
        let spec = WheelSpec {
            entries,
            ..self.spec.clone()
        };
        let packed =
            self.shared
                .packer
                .pack(&spec, &self.plan.output_dir, self.shared.timestamp)?;
        self.observer.stage(self.job, "check");
        checked(&packed, self.job, &self.shared.zig.zig.version)?;
        Ok(Packed {
            packed,
            is_repeatable: written.is_empty(),
        })
    }

    /// Runs zig, for each slice if there are some.
    fn build(&mut self, tree: &JobTree, declared: Option<&DeclaredOptions>) -> Result<()> {
        self.shared.reuse.forget_outdated(self.job);
        if self.job.slices.is_empty() {
            return self.compile(self.job, tree, declared);
        }
        let mut slices = Vec::new();
        for slice in &self.job.slices {
            let own = self.shared.workspace.job_tree(&slice.id)?;
            self.compile(slice, &own, declared)?;
            slices.push((slice.platform, own));
        }
        let layout = Layout::new(self.shared.project, &self.shared.importable.files().wheel);
        universal::join(&slices, tree, &layout)
    }

    fn compile(
        &mut self,
        job: &Job,
        tree: &JobTree,
        declared: Option<&DeclaredOptions>,
    ) -> Result<()> {
        let shared = self.shared;
        let sysroot = sysroot(job, shared)?;
        let asked;
        let declared = if let Some(declared) = declared {
            declared
        } else {
            asked = declared_options(job, sysroot.as_ref(), shared, self.observer)?;
            &asked
        };
        // No binary tells its processor, and not every one its C library.
        let machine = |platform: Platform| (platform.os(), platform.arch());
        let here = Platform::current().map(machine);
        if here == Some(machine(job.platform)) && !declared.takes_target() {
            return Err(Error::new(
                ErrorKind::Audit,
                Problem::new(
                    "build.zig takes its target from neither -Dtarget nor ZIG_TARGET, \
                     so it builds for this machine and its very CPU",
                )
                .hint(Remedy::Target.hint(&shared.zig.zig.version)),
            ));
        }
        let withheld = host_variables::withheld(shared.project, job);
        if !withheld.is_empty() {
            let names = withheld.join(", ");
            let stage = format!("zig build without {names} of this machine");
            self.observer.stage(self.job, &stage);
        }
        self.observer.stage(self.job, "zig build");
        let begin = Instant::now();
        let outcome = shared.zig.build(
            job,
            sysroot.as_ref(),
            declared,
            &tree.prefix(),
            self.observer.zig_stages(self.job),
        );
        self.zig_time += begin.elapsed();
        if let Some(litter) = &shared.litter {
            let cache = shared.zig.local_cache(job);
            litter.sweep(tree, &cache, &|text| self.observer.note(text));
        }
        let outcome = outcome?;
        let one_of_several = job.platform != self.job.platform;
        if one_of_several {
            let _ = writeln!(self.log, "for {}:", job.platform);
        }
        self.log.push_str(&outcome.log);
        shared.workspace.keep_log(&self.job.id, &self.log)?;
        if outcome.success {
            return Ok(());
        }
        let what = if one_of_several {
            format!("zig build for {} {}", job.platform, outcome.status)
        } else {
            format!("zig build {}", outcome.status)
        };
        Err(shared.zig.failure(job, &what, &outcome.log))
    }

    /// Refuses modules that an abi3 project's script names for the limited API although the job is for
    /// a free-threaded Python: the script did not notice, and the module may have been compiled so.
    fn refuse_limited_api(&self, artifacts: &[Artifact]) -> Result<()> {
        let AbiTag::CPython(CPython {
            version,
            free_threaded: true,
        }) = self.job.abi
        else {
            return Ok(());
        };
        let limited = artifacts
            .iter()
            .filter(|artifact| self.plan.abi == Abi::Abi3 && artifact.relative.contains(".abi3."));
        let problems = limited.map(|artifact| {
            Problem::new(format!(
                "is named for the limited API, but free-threaded Python {version} has none"
            ))
            .at(&artifact.relative)
            .hint(format!(
                "{}\nor leave free-threaded Pythons out: --python chooses others",
                Remedy::LimitedApi.hint(&self.shared.zig.zig.version)
            ))
        });
        Error::check(ErrorKind::Audit, problems.collect())
    }

    /// The files of packages that have come into the project since the run began: a build script may write
    /// sources, and the first build is to have them as every later one.
    fn written_files(&self) -> Result<Vec<PackageFile>> {
        if self.work != Work::Built {
            return Ok(Vec::new());
        }
        let files = self.shared.project.wheel_files(&self.plan.output_dir)?;
        let known = self.shared.importable.files().wheel.iter();
        let known: BTreeSet<_> = known.map(|file| &file.path).collect();
        let is_new = |file: &PackageFile| !known.contains(&file.path);
        Ok(files.wheel.into_iter().filter(is_new).collect())
    }

    /// Gives each shared library its place in the wheel.
    fn place(&self, installed: &Installed, layout: &Layout<'_>) -> Result<Vec<Placed>> {
        self.refuse_limited_api(&installed.artifacts)?;
        let importable = self.shared.importable;
        place::place(
            self.job,
            self.shared.project,
            importable,
            installed,
            layout,
            &self.shared.zig.zig.version,
            &|note| importable.note(self.observer, note),
        )
    }

    /// Everything that goes into the wheel. A file that is in the project too and differs there is taken
    /// from where the build installed it.
    fn entries(
        &self,
        native: &[Placed],
        mut generated: Vec<Placed>,
        written: &[PackageFile],
    ) -> Result<Vec<Entry>> {
        let boundary: Arc<Path> = self.shared.project.boundary().into();
        let written = written.iter().map(|file| package_entry(file, &boundary));
        let mut entries = self.spec.entries.clone();
        entries.extend(written.collect::<Result<Vec<_>>>()?);
        let mut replaced = BTreeSet::new();
        for entry in &entries {
            let is_same = |file: &Placed| file.path == entry.path.as_str();
            let (Some(index), Some(source)) =
                (generated.iter().position(is_same), entry.source.file())
            else {
                continue;
            };
            if fs::read(source)? == fs::read(&generated[index].source)? {
                generated.remove(index);
            } else {
                self.shared.leftovers.replace(entry.path.as_str());
                replaced.insert(entry.path.clone());
            }
        }
        entries.retain(|entry| !replaced.contains(&entry.path));
        for placed in native.iter().chain(&generated) {
            entries.push(Entry {
                path: placed.path.parse().map_err(Error::config)?,
                source: Source::File(placed.source.clone()),
                executable: placed.executable,
                // What zig made is this job's own.
                shared: false,
            });
        }
        let importable = self.shared.importable;
        importable.check(native, &entries, self.observer)?;
        Ok(entries)
    }
}

/// What has to be kept of a build to make the same wheel of it again.
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

/// What the build script declares, as asked in the environment of this job.
pub(super) fn declared_options(
    job: &Job,
    sysroot: Option<&Sysroot>,
    shared: &Shared<'_>,
    observer: &dyn Observer,
) -> Result<DeclaredOptions> {
    let note = |text: &str| observer.note(text);
    let script = shared.reuse.script_digest();
    shared.zig.declared_options(job, sysroot, &script, &note)
}

/// No wheel takes its name that `pyz3-wheel check` would refuse under it.
fn checked(packed: &PackedWheel, job: &Job, zig: &ZigVersion) -> Result<()> {
    let findings = audit::check(&job.wheel.to_string(), packed.file())?;
    let refused = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error);
    let problems = refused.map(|finding| remedies::problem(finding, job.platform, zig));
    Error::check(ErrorKind::Audit, problems.collect()).map_err(|error| error.at(packed.path()))
}
