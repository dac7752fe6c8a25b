//! `pyz3-wheel env`: the environment of a job.

use super::session::{Outcome, Session};
use crate::error::{Error, ErrorKind, Problem};
use crate::plan::Plan;
use crate::platform::Platform;
use crate::run::{self, Environment};
use crate::settings;

/// Prints the environment of the first job for this machine, or of the first job if none is for this machine.
pub(super) fn run(session: &Session) -> Outcome {
    let project = session.project()?;
    let (request, run) = settings::build(session.common(), &project, &settings::process_env)?;
    let cancel = session.cancel()?;
    let cache = session.cache(run.cache_dir.as_deref())?;
    let note = |text: &str| session.note(text);
    let machine = run::machine(&request, &project, &cache, false, &note)?;
    cancel.check()?;
    let plan = Plan::new(&request, &project, &machine)?;
    let native = plan
        .jobs
        .iter()
        .find(|job| Some(job.platform) == Platform::current());
    let job = native.or(plan.jobs.first()).ok_or_else(|| {
        Error::new(
            ErrorKind::Nothing,
            Problem::new("the settings select no job that could have an environment")
                .hint("select one: --platform NAME --python PYTHON"),
        )
    })?;
    if plan.jobs.len() > 1 {
        note(&format!(
            "this is the environment of {}, one of {} jobs; --platform and --python select another",
            job.id,
            plan.jobs.len()
        ));
    }
    Ok(Box::new(Environment::of(
        job,
        &project,
        &request.zig,
        &cache,
        &note,
    )?))
}
