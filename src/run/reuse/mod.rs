//! Incremental builds: which jobs have to run, and why.
//!
//! Takes what a build would see; gives a [`Decision`] for each job: leave its wheel, pack what an earlier
//! build has installed, or build. Records the results of builds. A record that cannot be read or written
//! costs time, and is never an error.
//!
//! Programs on PATH that a build script runs, and the files that they read, are not inputs; use `--no-cache`
//! for such scripts.

mod artifacts;
mod inputs;
mod memo;
mod outside;
mod sources;
mod state;
mod zig_manifests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub use artifacts::{Kept, remove_unused, restore};

use self::artifacts::Artifacts;
use self::inputs::{Inputs, SharedInputs};
use self::memo::Memo;
use self::outside::{Names, Outside};
use self::sources::Sources;
use self::state::State;
use self::zig_manifests::{Manifests, Roots};
use super::contents::Contents;
use super::decision::{Decision, Mode, Task};
use super::prepare::{Location, Prepared};
use crate::audit::Finding;
use crate::compile::host_variables;
use crate::compile::managed::Recipe;
use crate::compile::owner::Place;
use crate::compile::workspace::{JobTree, Workspace};
use crate::error::Result;
use crate::plan::Job;
use crate::sys::fingerprint::sha256;
use crate::sys::stamp;
use crate::sys::sync::lock;
use crate::toolchain;
use crate::wheel::{Source, WrittenWheel};

/// The records of earlier runs, compared with the project as it is now.
#[derive(Debug)]
pub(super) struct Reuse<'c> {
    mode: Mode,
    prepared: &'c Prepared<'c>,
    location: Location<'c>,
    sources: Sources,
    /// By the job's id. A job is missing if the headers of its Python cannot be read.
    jobs: BTreeMap<&'c str, JobFingerprint<'c>>,
    /// The digest of what the wheels of the run have in common.
    contents: String,
    artifacts: Artifacts<'c>,
    state: Mutex<State>,
    /// When this run began; nanoseconds since 1970.
    began: i64,
    manifests: Mutex<Manifests>,
    /// What the jobs that were built depend on; `None` if a file has changed during the build.
    built: Mutex<BTreeMap<String, Option<Inputs>>>,
}

/// What a job and its wheel are made of.
#[derive(Debug)]
struct JobFingerprint<'c> {
    job: &'c Job,
    /// The name of the headers of its Python.
    headers: Option<String>,
    inputs: Inputs,
}

impl JobFingerprint<'_> {
    /// The fingerprint of the wheel if the job depends on `inputs`.
    fn wheel(&self, inputs: &Inputs, contents: &str) -> String {
        format!("{} {contents} {}", inputs.fingerprint(), self.job.wheel)
    }
}

impl<'c> Reuse<'c> {
    /// Reads what has changed since the last run.
    pub(super) fn new(prepared: &'c Prepared<'c>, location: Location<'c>, mode: Mode) -> Self {
        let (project, cache) = (location.project, prepared.cache);
        let began = stamp::now();
        let mut state = State::load(&state_file(&location), location.key);
        let sources = Sources::of(project, location.output_dir, &mut state.memo);
        let shared = SharedInputs::of(prepared, project, &sources);
        let contents = contents_digest(&prepared.contents, &mut state.memo);
        let mut jobs = BTreeMap::new();
        // Most jobs depend on the same files.
        let mut read = BTreeMap::new();
        for job in &prepared.plan.jobs {
            let headers = job
                .python
                .as_ref()
                .map(|python| toolchain::headers_name(python, cache));
            // If the headers cannot be read the job reports it when it runs.
            let Ok(headers) = headers.transpose() else {
                continue;
            };
            let inputs = Inputs::of(job, headers.as_deref(), &shared);
            let before = state.jobs.get(&job.id);
            let names = before
                .filter(|before| before.are_known_alike(&inputs))
                .map(Inputs::outside)
                .or_else(|| outside::find(cache, &inputs.fingerprint()))
                .unwrap_or_default();
            let outside = read
                .entry(names)
                .or_insert_with_key(|names| Outside::of(names, project, &mut state.memo));
            let fingerprint = JobFingerprint {
                job,
                inputs: inputs.with(outside),
                headers,
            };
            jobs.insert(job.id.as_str(), fingerprint);
        }
        let zig = prepared.zig.exe.parent().unwrap_or(Path::new(""));
        let mut folders = vec![&*project.root, location.local_cache, cache.root(), zig];
        folders.extend(prepared.recipe.as_ref().and_then(Recipe::folder));
        Self {
            mode,
            prepared,
            location,
            sources,
            jobs,
            contents,
            artifacts: Artifacts::new(cache, &folders),
            state: Mutex::new(state),
            began,
            manifests: Mutex::default(),
            built: Mutex::default(),
        }
    }

    /// A digest of the files that the build script may import.
    pub(super) fn script_digest(&self) -> String {
        self.sources.script_digest()
    }

    /// What has to be done for a job.
    pub(super) fn decision(&self, job: &Job) -> Decision {
        let build = |reason: &str| Decision::Build {
            reason: reason.to_owned(),
        };
        match self.mode {
            Mode::Reuse => {}
            Mode::Rebuild => return build("everything is built again"),
            Mode::Off => return build("the cache is off"),
        }
        let Some(fingerprint) = self.jobs.get(job.id.as_str()) else {
            return build("the headers of its Python cannot be read");
        };
        let inputs = &fingerprint.inputs;
        let mut state = lock(&self.state);
        let path = self.location.output_dir.join(job.wheel.to_string());
        if let Some((wheel, warnings)) =
            state.wheel(&path, &fingerprint.wheel(inputs, &self.contents))
        {
            return Decision::UpToDate { wheel, warnings };
        }
        if let Some(entry) = self.artifacts.find(&inputs.fingerprint()) {
            return Decision::Repack { entry };
        }
        match state.jobs.get(&job.id) {
            None => build("never built here"),
            Some(before) => {
                let files = (&self.sources.files, state.tree(before));
                match inputs.difference(before, files) {
                    Some(reason) => Decision::Build { reason },
                    None => build("the cached build is missing or damaged"),
                }
            }
        }
    }

    /// Keeps what a build has installed, once it has passed the audit.
    pub(super) fn keep(&self, job: &Job, tree: &JobTree, files: &[Kept<'_>]) -> Result<()> {
        let Some(fingerprint) = self.fingerprint(job) else {
            return Ok(());
        };
        let names = self.outside(job);
        let outside = Outside::of(&names, self.location.project, &mut lock(&self.state).memo);
        let is_settled = outside.newest < self.began;
        let known = fingerprint.inputs.clone().with(&Outside::default());
        let inputs = fingerprint.inputs.clone().with(&outside);
        lock(&self.built).insert(job.id.clone(), is_settled.then(|| inputs.clone()));
        if !is_settled {
            return Ok(());
        }
        self.artifacts.store(&inputs.fingerprint(), tree, files)?;
        outside::store(self.prepared.cache, &known.fingerprint(), &names)
    }

    /// The files that zig has read for a job and that no walk finds.
    fn outside(&self, job: &Job) -> Names {
        let project = self.location.project;
        let is_source = |file: &Path| {
            let name = outside::name(&project.root, file);
            self.sources.contains(&name)
        };
        outside::names(project, &self.files_read(job), is_source)
    }

    /// The files that zig has read for a job, as far as its manifests list them.
    pub(super) fn files_read(&self, job: &Job) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        self.with_manifests(job, |manifests, cache, roots| {
            let is_shared = !cache.starts_with(self.location.workspace);
            files.extend(manifests.files(cache, is_shared, roots, self.began));
        });
        files
    }

    /// Makes zig compile again what may have changed in a way that Zig does not check. Called before zig runs
    /// for a job.
    pub(super) fn forget_outdated(&self, job: &Job) {
        let inputs = self.sources.changes();
        self.with_manifests(job, |manifests, cache, roots| {
            manifests.forget_outdated(cache, roots, &inputs);
        });
    }

    /// Calls `each` with the manifests and each local cache of a job.
    fn with_manifests(&self, job: &Job, mut each: impl FnMut(&mut Manifests, &Path, Roots<'_>)) {
        let Location {
            project,
            local_cache,
            ..
        } = self.location;
        let build = project.build_root();
        let known = self.known_folders();
        let roots = Roots {
            project: &project.root,
            build: &build,
            known: &known,
        };
        let mut manifests = lock(&self.manifests);
        for compile in job.compiles() {
            let cache = host_variables::local_cache(local_cache, project, compile);
            each(&mut manifests, &cache, roots);
        }
    }

    /// Directories whose files follow from other inputs: caches, the framework, fetched packages.
    fn known_folders(&self) -> Vec<PathBuf> {
        let (location, prepared) = (&self.location, self.prepared);
        let project = location.project;
        let mut folders = vec![
            location.workspace.to_owned(),
            location.local_cache.to_owned(),
            prepared.cache.root().to_owned(),
            project.package_store(),
        ];
        let framework = prepared.recipe.as_ref().and_then(Recipe::folder);
        let installed = [prepared.zig.exe.parent(), framework];
        folders.extend(installed.into_iter().flatten().map(Path::to_owned));
        let global = std::env::var_os("ZIG_GLOBAL_CACHE_DIR").filter(|value| !value.is_empty());
        folders.extend(global.map(|value| project.root.join(value)));
        folders.retain(|folder| !project.root.starts_with(folder));
        folders
    }

    /// Records what a wheel was made of, and what the audit found in it.
    pub(super) fn wrote(&self, job: &Job, wheel: &WrittenWheel, warnings: &[Finding]) {
        if let Some(fingerprint) = self.fingerprint(job)
            && let Some(inputs) = self.inputs(fingerprint)
        {
            let mut state = lock(&self.state);
            state.remember_job(&job.id, &inputs, &self.sources.files);
            let fingerprint = fingerprint.wheel(&inputs, &self.contents);
            state.remember_wheel(wheel, &fingerprint, warnings);
        }
    }

    /// What a job depends on; `None` if that is unknown, because a file has changed during its build.
    fn inputs(&self, fingerprint: &JobFingerprint<'_>) -> Option<Inputs> {
        let built = lock(&self.built).get(&fingerprint.job.id).cloned();
        built.unwrap_or_else(|| Some(fingerprint.inputs.clone()))
    }

    /// The fingerprint of a job that may be recorded. What was built while a source changed belongs neither
    /// to the source's old content nor to its new one.
    fn fingerprint(&self, job: &Job) -> Option<&JobFingerprint<'c>> {
        let fingerprint = self.jobs.get(job.id.as_str());
        let fingerprint = fingerprint.filter(|_| self.mode != Mode::Off)?;
        self.sources.are_unchanged().then_some(fingerprint)
    }

    /// Writes the records of this run, and keeps the cache within its limit.
    pub(super) fn finish(&self) -> Result<()> {
        if self.mode != Mode::Off {
            let mut state = lock(&self.state);
            self.count_fetched(&mut state);
            if let Some(key) = self.location.key {
                state.save(&state_file(&self.location), key)?;
            }
            self.artifacts.keep_within_limit()?;
        }
        Ok(())
    }

    /// Adds the packages that zig has fetched into the project during its builds to the records, since the
    /// next run sees them. They do not change the inputs: the project names each package by its hash.
    fn count_fetched(&self, state: &mut State) {
        let project = self.location.project;
        let Some(sources) = self.sources.with_fetched(project, &mut state.memo) else {
            return;
        };
        let shared = SharedInputs::of(self.prepared, project, &sources);
        for (id, fingerprint) in &self.jobs {
            let Some(before) = self.inputs(fingerprint) else {
                continue;
            };
            if state.jobs.get(*id) == Some(&before) {
                let outside = Outside::of(&before.outside(), project, &mut state.memo);
                let headers = fingerprint.headers.as_deref();
                let now = Inputs::of(fingerprint.job, headers, &shared).with(&outside);
                state.remember_job(id, &now, &sources.files);
                state.rename_wheel(
                    &fingerprint.wheel(&before, &self.contents),
                    &fingerprint.wheel(&now, &self.contents),
                );
            }
        }
    }
}

impl Prepared<'_> {
    /// Decides what each job has to do. Builds nothing and writes nothing.
    pub fn decide(&self, mode: Mode) -> Vec<Task> {
        let key = self.key.as_ref();
        let place = key.and_then(|key| Place::find(&self.project.root, key).ok());
        let key = key.filter(|_| place.is_some());
        let usual = || Workspace::path(&self.project.root);
        let workspace = place.map_or_else(usual, |place| place.root);
        let location = Location {
            project: self.project,
            output_dir: &self.plan.output_dir,
            workspace: &workspace,
            local_cache: &self.local_cache(&workspace),
            key,
        };
        self.tasks(&Reuse::new(self, location, mode))
    }

    /// The jobs of the plan with what each has to do.
    pub(super) fn tasks(&self, reuse: &Reuse<'_>) -> Vec<Task> {
        let jobs = self.plan.jobs.iter();
        let task = |job: &Arc<Job>| {
            let decision = reuse.decision(job);
            tracing::debug!("decides for {}: {decision:?}", job.id);
            Task {
                job: Arc::clone(job),
                decision,
            }
        };
        jobs.map(task).collect()
    }
}

/// The file with the records of the runs in a project.
fn state_file(location: &Location<'_>) -> PathBuf {
    location.workspace.join("state.json")
}

/// The fingerprint of everything in the wheels that zig does not make.
fn contents_digest(contents: &Contents, memo: &mut Memo) -> String {
    contents.fingerprint(|source| match source {
        Source::File(file) | Source::Within(file, _) => memo.sha256(file),
        Source::Bytes(bytes) => sha256(bytes),
    })
}
