//! Nothing changed, nothing done: which jobs have to run, and why.
//!
//! Takes a plan and what its builds would see; gives a [`Prospect`] for each job: leave its wheel, pack
//! what an earlier build installed, or build. Keeps what builds come to. What can't be read or written
//! here costs time and is never an error.
//!
//! What a build reads from elsewhere on the machine (a library of the system, a program on PATH) is not
//! seen; `--no-cache` is for those.

mod artifacts;
mod inputs;
mod sources;
mod stamp;
mod state;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use artifacts::{Kept, remove_unused, restore};

use self::artifacts::Artifacts;
use self::inputs::{Common, Inputs};
use self::sources::{Memo, Sources};
use self::state::State;
use super::managed::Recipe;
use super::workspace::JobTree;
use crate::error::Result;
use crate::plan::{Job, Plan};
use crate::project::Project;
use crate::toolchain::{self, Cache, Zig};
use crate::wheel::{Source, Timestamp, WheelSpec, WrittenWheel};

/// What a job comes to without doing more than is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Prospect {
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
}

/// What a job and its wheel are made of.
#[derive(Debug)]
struct Known {
    job: Job,
    /// The name of the headers of its Python.
    headers: Option<String>,
    inputs: Inputs,
    wheel: String,
}

impl Known {
    fn new(job: &Job, headers: Option<String>, contents: &str, common: &Common<'_>) -> Self {
        let inputs = Inputs::of(job, headers.as_deref(), common);
        Self {
            wheel: format!("{} {contents} {}", inputs.fingerprint(), job.wheel),
            job: job.clone(),
            headers,
            inputs,
        }
    }
}

impl<'a> Reuse<'a> {
    /// Reads what has changed since the last run. `specs` are the jobs' wheels, in the plan's order,
    /// without what the builds install.
    pub fn new(plan: &Plan, specs: &[WheelSpec<'_>], situation: Situation<'a>, mode: Mode) -> Self {
        let Situation { project, cache, .. } = situation;
        let file = situation.workspace.join("state.json");
        let mut state = State::load(&file);
        let sources = Sources::of(project, &plan.output_dir, &mut state.memo);
        let common = Common::of(&situation, &sources);
        // The wheels of a run differ in their names and in what zig makes.
        let contents = specs.first().map(|spec| contents(spec, &mut state.memo));
        let contents = contents.unwrap_or_default();
        let mut jobs = BTreeMap::new();
        for job in &plan.jobs {
            let headers = job
                .python
                .as_ref()
                .map(|python| toolchain::headers_name(python, cache));
            // Where the headers can't be had the job says so when it runs.
            if let Ok(headers) = headers.transpose() {
                let known = Known::new(job, headers, &contents, &common);
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
        }
    }

    /// A name that changes when a file does that the build script may be made of.
    pub fn script_digest(&self) -> String {
        self.sources.script_digest()
    }

    /// What each job of the plan has to do.
    pub fn prospects(&self, plan: &Plan) -> Vec<Prospect> {
        let jobs = plan.jobs.iter();
        jobs.map(|job| self.prospect(job, &plan.output_dir))
            .collect()
    }

    fn prospect(&self, job: &Job, output: &Path) -> Prospect {
        let build = |why: &str| Prospect::Build {
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
        if let Some(wheel) = state.wheel(&path, &known.wheel) {
            return Prospect::Unchanged { wheel };
        }
        if let Some(entry) = self.artifacts.find(&known.inputs.fingerprint()) {
            return Prospect::Pack { entry };
        }
        match state.jobs.get(&job.id) {
            None => build("never built here"),
            Some(before) => {
                let files = (&self.sources.files, state.tree(before));
                match known.inputs.difference(before, files) {
                    Some(why) => Prospect::Build { why },
                    None => build("what it built before is gone from the cache, or damaged"),
                }
            }
        }
    }

    /// Keeps what a build has installed, once it is known to be good.
    pub fn keep(&self, job: &Job, tree: &JobTree, files: &[Kept<'_>]) -> Result<()> {
        if let Some(known) = self.known(job) {
            self.artifacts
                .store(&known.inputs.fingerprint(), tree, files)?;
        }
        Ok(())
    }

    /// Remembers what a wheel was made of.
    pub fn wrote(&self, job: &Job, wheel: &WrittenWheel) {
        if let Some(known) = self.known(job) {
            let mut state = lock(&self.state);
            state.remember_job(&job.id, &known.inputs, &self.sources.files);
            state.remember_wheel(wheel, &known.wheel);
        }
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
            state.save(&self.file)?;
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
        for (id, before) in &self.jobs {
            if state.jobs.get(id) == Some(&before.inputs) {
                let headers = before.headers.clone();
                let now = Known::new(&before.job, headers, &self.contents, &common);
                state.remember_job(id, &now.inputs, &sources.files);
                state.rename_wheel(&before.wheel, &now.wheel);
            }
        }
    }
}

/// One name for everything in a wheel that zig does not make.
fn contents(spec: &WheelSpec<'_>, memo: &mut Memo) -> String {
    let mut hasher = Sha256::new();
    let mut add = |part: &str| hasher.update(format!("{} {part}\n", part.len()));
    add(spec.metadata);
    add(spec.entry_points.unwrap_or_default());
    add(spec.sbom.unwrap_or_default());
    for (path, file) in &spec.licenses {
        add(path);
        add(&memo.sha256(file));
    }
    for entry in &spec.entries {
        add(entry.path.as_str());
        add(&entry.executable.to_string());
        match &entry.source {
            Source::File(file) => add(&memo.sha256(file)),
            Source::Bytes(bytes) => add(&hex::encode(Sha256::digest(bytes))),
        }
    }
    hex::encode(hasher.finalize())
}

/// What a panicking job has remembered whole is good.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
