//! The engine: carries out a plan, reusing what earlier runs have built.
//!
//! [`Prepared`] is everything that a plan needs, found once. A dry run asks it for [`Prepared::decide`],
//! a build carries it out:
//!
//! 1. [`prepare`]: the Zig, the framework, the Zig packages and the contents of the wheels;
//! 2. [`reuse`]: a [`Decision`] for each job, from what earlier runs have recorded;
//! 3. [`engine`]: the tasks, on as many workers as the user wants;
//! 4. [`task`]: one task, from zig to the finished wheel.

mod assembly;
mod contents;
mod context;
mod decision;
pub mod engine;
mod environment;
pub mod events;
mod outcome;
pub mod prepare;
pub mod reproducibility;
pub mod reuse;
mod schedule;
pub mod task;
mod turns;

use std::path::Path;
use std::time::Instant;

pub use self::contents::Contents;
pub use self::context::RunOptions;
pub use self::decision::{Decision, Mode, Task};
pub use self::engine::Summary;
pub use self::environment::Environment;
pub use self::events::Observer;
pub use self::outcome::{TaskResult, Work};
pub use self::prepare::Prepared;

use crate::compile::importable::Importable;
use crate::compile::script;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::{self, Machine, Plan, PythonRequest, PythonSelection, Request};
use crate::project::Project;
use crate::sys::cancel::Cancel;
use crate::sys::files::check_writable;
use crate::toolchain::{Cache, Fetch, ZigRequest, interpreter, provision};
use crate::wheel::Timestamp;

/// Finds the Pythons of this machine, and installs missing ones if that is wanted.
pub fn machine(
    request: &Request,
    project: &Project,
    cache: &Cache,
    provision: bool,
    note: &dyn Fn(&str),
) -> Result<Machine> {
    if !plan::needs_python(project) {
        return Ok(Machine::default());
    }
    let mut machine = Machine {
        interpreters: interpreter::discover(cache, &[]).usable,
        default: interpreter::default(cache),
        by_path: std::collections::BTreeMap::new(),
    };
    let mut problems = Vec::new();
    if let PythonSelection::These(requests) = &request.pythons {
        for python in requests {
            if let PythonRequest::Path(path) = python {
                match interpreter::query(path, cache) {
                    Ok(found) => {
                        machine.by_path.insert(path.clone(), found);
                    }
                    Err(error) => problems.extend(error.into_problems()),
                }
            }
        }
    }
    Error::check(ErrorKind::Config, problems)?;
    if provision {
        let missing = plan::missing_versions(request, project, &machine);
        if !missing.is_empty() {
            machine
                .interpreters
                .extend(provision::provision(&missing, cache, note)?);
            machine
                .interpreters
                .sort_by_key(interpreter::Interpreter::cpython);
        }
    }
    Ok(machine)
}

/// Rejects a project whose wheels cannot work, whatever a build installs.
pub fn check_declared(plan: &Plan, project: &Project) -> Result<()> {
    let files = project.wheel_files(&plan.output_dir)?;
    Importable::new(project, files).check_declared(plan)
}

/// Carries out a plan, and downloads what is missing for it.
pub fn build(
    plan: &Plan,
    project: &Project,
    request: &ZigRequest,
    cache: &Cache,
    options: RunOptions,
    cancel: &Cancel,
    observer: &dyn Observer,
) -> Result<Summary> {
    let begin = Instant::now();
    check_before_fetching(plan, project)?;
    let note = |text: &str| observer.note(text);
    let prepared = Prepared::new(plan, project, request, cache, Fetch::Allowed(&note))?;
    let prepared = prepared.ok_or_else(|| {
        Error::system(Problem::new(
            "cannot fetch the tools and packages that the build needs",
        ))
    })?;
    prepared.run(begin, options, cancel, observer)
}

/// Reports all mistakes that can be found before a tool is downloaded.
fn check_before_fetching(plan: &Plan, project: &Project) -> Result<()> {
    let script = match &project.managed {
        Some(_) => Ok(()),
        None => script::require(project).map(drop),
    };
    let checks = [
        script,
        check_output_dir(&plan.output_dir),
        Timestamp::from_env().map(drop),
    ];
    let errors = checks.into_iter().filter_map(Result::err);
    let problems = errors.flat_map(Error::into_problems).collect();
    Error::check(ErrorKind::Config, problems)
}

/// Reports an output directory that cannot be written to before the first compile instead of after it.
fn check_output_dir(dir: &Path) -> Result<()> {
    check_writable(dir).map_err(|error| {
        Error::config(
            Problem::new(format!("cannot write wheels to {}: {error}", dir.display()))
                .hint("choose another folder with --output-dir, or correct its permissions"),
        )
    })
}
