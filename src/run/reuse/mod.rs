//! Nothing changed, nothing done: which jobs have to run, and why.
//!
//! Takes a plan and what its builds would see; gives a [`Decision`] for each job: leave its wheel, pack
//! what an earlier build installed, or build. Keeps what builds come to. What can't be read or written
//! here costs time and is never an error.
//!
//! A program on PATH that a build script runs is not seen, nor what it reads; `--no-cache` is for those.

mod artifacts;
mod inputs;
mod manifests;
mod outside;
mod sources;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Serialize;

pub use artifacts::{Kept, remove_unused, restore};

use self::artifacts::Artifacts;
use self::inputs::{Common, Inputs};
use self::manifests::{Manifests, Roots};
use self::outside::{Names, Outside};
use self::sources::{Memo, Sources};
use self::state::State;
use crate::compile::host_variables;
use crate::compile::managed::Recipe;
use crate::compile::workspace::JobTree;
use crate::error::Result;
use crate::plan::{Job, Plan};
use crate::project::Project;
use crate::sys::fingerprint::{Fingerprint, sha256};
use crate::sys::stamp;
use crate::sys::sync::lock;
use crate::toolchain::{self, Cache, UserKey, Zig};
use crate::wheel::{Source, Timestamp, WheelSpec, WrittenWheel};

/// What a job comes to without doing more than is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Decision {
    /// Its wheel is what the build would make.
    Unchanged {
        /// The wheel.
        #[serde(skip)]
        wheel: WrittenWheel,
    },
    /// An earlier build installed what this one would; the wheel has to be packed.
    Pack {
        /// Where that is kept.
        #[serde(skip)]
        entry: PathBuf,
    },
    /// Zig has to run.
    Build {
        /// Why.
        why: String,
    },
}

/// Whether earlier results may be used and new ones kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Both.
    Reuse,
    /// Everything is built anew, and kept.
    Rebuild,
    /// Everything is built anew, and nothing is kept.
    Off,
}

/// What decides beside the plan.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The project.
    pub project: &'a Project,
    /// What a managed project is built with.
    pub recipe: Option<&'a Recipe>,
    /// The compiler.
    pub zig: &'a Zig,
    /// Our cache.
    pub cache: &'a Cache,
    /// The user's key; nothing of earlier runs in the project is used without one.
    pub key: Option<&'a UserKey>,
    /// The project's cache folder; it need not be there yet.
    pub workspace: &'a Path,
    /// Zig's local cache.
    pub local_cache: &'a Path,
    /// What the archive's entries are dated.
    pub timestamp: Timestamp,
}

/// What earlier runs came to, held against what there is now.
#[derive(Debug)]
pub struct Reuse<'a> {
    mode: Mode,
    situation: Situation<'a>,
    sources: Sources,
    jobs: BTreeMap<String, Known>,
    /// One name for what the wheels of the run have in common.
    contents: String,
    artifacts: Artifacts<'a>,
    state: Mutex<State>,
    file: PathBuf,
    /// When this run began; nanoseconds since 1970.
    began: i64,
    manifests: Mutex<Manifests>,
    /// What the jobs that were built depend on; none where a file has changed meanwhile.
    built: Mutex<BTreeMap<String, Option<Inputs>>>,
}

/// What a job and its wheel are made of.
#[derive(Debug)]
struct Known {
    job: Job,
    /// The name of the headers of its Python.
    headers: Option<String>,
    inputs: Inputs,
}

impl Known {
    /// One name for what the wheel is made of.
    fn wheel(&self, inputs: &Inputs, contents: &str) -> String {
        format!("{} {contents} {}", inputs.fingerprint(), self.job.wheel)
    }
}

impl<'a> Reuse<'a> {
    /// Reads what has changed since the last run. `specs` are the jobs' wheels, in the plan's order,
    /// without what the builds install.
    pub fn new(plan: &Plan, specs: &[WheelSpec<'_>], situation: Situation<'a>, mode: Mode) -> Self {
        let Situation { project, cache, .. } = situation;
        let began = stamp::now();
        let file = situation.workspace.join("state.json");
        let mut state = State::load(&file, situation.key);
        let sources = Sources::of(project, &plan.output_dir, &mut state.memo);
        let common = Common::of(&situation, &sources);
        // The wheels of a run differ in their names and in what zig makes.
        let contents = specs.first().map(|spec| contents(spec, &mut state.memo));
        let contents = contents.unwrap_or_default();
        let mut jobs = BTreeMap::new();
        // Most jobs depend on the same files.
        let mut read = BTreeMap::new();
        for job in &plan.jobs {
            let headers = job
                .python
                .as_ref()
                .map(|python| toolchain::headers_name(python, cache));
            // Where the headers can't be had the job says so when it runs.
            if let Ok(headers) = headers.transpose() {
                let inputs = Inputs::of(job, headers.as_deref(), &common);
                let before = state.jobs.get(&job.id);
                let names = before
                    .filter(|before| before.are_known_alike(&inputs))
                    .map(Inputs::outside)
                    .or_else(|| outside::find(cache, &inputs.fingerprint()))
                    .unwrap_or_default();
                let outside = read
                    .entry(names)
                    .or_insert_with_key(|names| Outside::of(names, project, &mut state.memo));
                let known = Known {
                    job: job.clone(),
                    inputs: inputs.with(outside),
                    headers,
                };
                jobs.insert(job.id.clone(), known);
            }
        }
        let zig = situation.zig.exe.parent().unwrap_or(Path::new(""));
        let mut folders = vec![&*project.root, situation.local_cache, cache.root(), zig];
        folders.extend(situation.recipe.and_then(Recipe::folder));
        Self {
            mode,
            situation,
            sources,
            jobs,
            contents,
            artifacts: Artifacts::new(cache, &folders),
            state: Mutex::new(state),
            file,
            began,
            manifests: Mutex::default(),
            built: Mutex::default(),
        }
    }

    /// A name that changes when a file does that the build script may be made of.
    pub fn script_digest(&self) -> String {
        self.sources.script_digest()
    }

    /// What each job of the plan has to do.
    pub fn decisions(&self, plan: &Plan) -> Vec<Decision> {
        let jobs = plan.jobs.iter();
        jobs.map(|job| self.decision(job, &plan.output_dir))
            .collect()
    }

    fn decision(&self, job: &Job, output: &Path) -> Decision {
        let build = |why: &str| Decision::Build {
            why: why.to_owned(),
        };
        match self.mode {
            Mode::Reuse => {}
            Mode::Rebuild => return build("everything is to be built anew"),
            Mode::Off => return build("nothing is to be reused"),
        }
        let Some(known) = self.jobs.get(&job.id) else {
            return build("the headers of its Python can't be read");
        };
        let mut state = lock(&self.state);
        let path = output.join(job.wheel.to_string());
        let name = known.wheel(&known.inputs, &self.contents);
        if let Some(wheel) = state.wheel(&path, &name) {
            return Decision::Unchanged { wheel };
        }
        if let Some(entry) = self.artifacts.find(&known.inputs.fingerprint()) {
            return Decision::Pack { entry };
        }
        match state.jobs.get(&job.id) {
            None => build("never built here"),
            Some(before) => {
                let files = (&self.sources.files, state.tree(before));
                match known.inputs.difference(before, files) {
                    Some(why) => Decision::Build { why },
                    None => build("what it built before is gone from the cache, or damaged"),
                }
            }
        }
    }

    /// Keeps what a build has installed, once it is known to be good.
    pub fn keep(&self, job: &Job, tree: &JobTree, files: &[Kept<'_>]) -> Result<()> {
        let Some(known) = self.known(job) else {
            return Ok(());
        };
        let common = Common::of(&self.situation, &self.sources);
        let before = Inputs::of(job, known.headers.as_deref(), &common);
        let names = self.outside(job);
        let outside = Outside::of(&names, self.situation.project, &mut lock(&self.state).memo);
        let is_settled = outside.newest < self.began;
        let inputs = before.clone().with(&outside);
        lock(&self.built).insert(job.id.clone(), is_settled.then(|| inputs.clone()));
        if !is_settled {
            return Ok(());
        }
        self.artifacts.store(&inputs.fingerprint(), tree, files)?;
        outside::store(self.situation.cache, &before.fingerprint(), &names)
    }

    /// The files that zig has read for a job and that no walk finds.
    fn outside(&self, job: &Job) -> Names {
        let is_source = |file: &Path| {
            let name = outside::name(&self.situation.project.root, file);
            self.sources.contains(&name)
        };
        outside::names(self.situation.project, &self.files_read(job), is_source)
    }

    /// The files that zig has read for a job, as far as its manifests list them.
    pub(super) fn files_read(&self, job: &Job) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        self.with_manifests(job, |manifests, cache, roots| {
            let is_shared = !cache.starts_with(self.situation.workspace);
            files.extend(manifests.files(cache, is_shared, roots, self.began));
        });
        files
    }

    /// Before zig runs for a job: lets it compile again what a file may have changed that Zig does not
    /// check.
    pub(super) fn forget_outdated(&self, job: &Job) {
        let inputs = self.sources.changes();
        self.with_manifests(job, |manifests, cache, roots| {
            manifests.forget_outdated(cache, roots, &inputs);
        });
    }

    /// Hands over the manifests with each local cache of a job.
    fn with_manifests(&self, job: &Job, mut each: impl FnMut(&mut Manifests, &Path, Roots<'_>)) {
        let Situation {
            project,
            local_cache,
            ..
        } = self.situation;
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

    /// Folders whose files follow from other inputs: caches, the framework, fetched packages.
    fn known_folders(&self) -> Vec<PathBuf> {
        let Situation {
            project,
            recipe,
            zig,
            cache,
            workspace,
            local_cache,
            ..
        } = self.situation;
        let mut folders = vec![
            workspace.to_owned(),
            local_cache.to_owned(),
            cache.root().to_owned(),
            project.package_store(),
        ];
        folders.extend(zig.exe.parent().map(Path::to_owned));
        folders.extend(recipe.and_then(Recipe::folder).map(Path::to_owned));
        let global = std::env::var_os("ZIG_GLOBAL_CACHE_DIR").filter(|value| !value.is_empty());
        folders.extend(global.map(|value| project.root.join(value)));
        folders.retain(|folder| !project.root.starts_with(folder));
        folders
    }

    /// Remembers what a wheel was made of.
    pub fn wrote(&self, job: &Job, wheel: &WrittenWheel) {
        if let Some(known) = self.known(job)
            && let Some(inputs) = self.inputs(known)
        {
            let mut state = lock(&self.state);
            state.remember_job(&job.id, &inputs, &self.sources.files);
            state.remember_wheel(wheel, &known.wheel(&inputs, &self.contents));
        }
    }

    /// What a job depends on, if that can be told.
    fn inputs(&self, known: &Known) -> Option<Inputs> {
        let built = lock(&self.built).get(&known.job.id).cloned();
        built.unwrap_or_else(|| Some(known.inputs.clone()))
    }

    /// What a job was made of, if that can be told: what was read while a file changed belongs to
    /// neither of its contents.
    fn known(&self, job: &Job) -> Option<&Known> {
        let known = self.jobs.get(&job.id).filter(|_| self.mode != Mode::Off)?;
        self.sources.are_unchanged().then_some(known)
    }

    /// Writes down what is remembered, and keeps the cache within its limit.
    pub fn finish(&self) -> Result<()> {
        if self.mode != Mode::Off {
            let mut state = lock(&self.state);
            self.count_fetched(&mut state);
            if let Some(key) = self.situation.key {
                state.save(&self.file, key)?;
            }
            self.artifacts.keep_within_limit()?;
        }
        Ok(())
    }
}

impl Reuse<'_> {
    /// What zig has fetched into the project while it built is among what the next run sees. It is no
    /// change: the manifests have said of it what it must be.
    fn count_fetched(&self, state: &mut State) {
        let Some(sources) = self
            .sources
            .with_fetched(self.situation.project, &mut state.memo)
        else {
            return;
        };
        let common = Common::of(&self.situation, &sources);
        for (id, known) in &self.jobs {
            let Some(before) = self.inputs(known) else {
                continue;
            };
            if state.jobs.get(id) == Some(&before) {
                let project = self.situation.project;
                let outside = Outside::of(&before.outside(), project, &mut state.memo);
                let now = Inputs::of(&known.job, known.headers.as_deref(), &common).with(&outside);
                state.remember_job(id, &now, &sources.files);
                state.rename_wheel(
                    &known.wheel(&before, &self.contents),
                    &known.wheel(&now, &self.contents),
                );
            }
        }
    }
}

/// One name for everything in a wheel that zig does not make.
fn contents(spec: &WheelSpec<'_>, memo: &mut Memo) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.add("METADATA", spec.metadata);
    fingerprint.add("entry points", spec.entry_points.unwrap_or_default());
    fingerprint.add("SBOM", spec.sbom.unwrap_or_default());
    let mut digest = |source: &Source| match source {
        Source::File(file) | Source::Within(file, _) => memo.sha256(file),
        Source::Bytes(bytes) => sha256(bytes),
    };
    for (path, source) in &spec.licenses {
        fingerprint.add(path, digest(source));
    }
    for entry in &spec.entries {
        let mode = if entry.executable { "executable " } else { "" };
        let content = format!("{mode}{}", digest(&entry.source));
        fingerprint.add(entry.path.as_str(), content);
    }
    fingerprint.finish()
}
