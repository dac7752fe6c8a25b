//! `pyz3-wheel build`, also without the subcommand: plans and builds wheels.

use std::path::PathBuf;

use super::args::BuildArgs;
use super::habits;
use super::sdist::Unpacked;
use super::session::{Outcome, Session};
use crate::compile::script;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::options::table;
use crate::plan::{Machine, Plan, PythonSelection, Request, needs_python};
use crate::project::Project;
use crate::report::{Built, DistInfo, Planned, Refused};
use crate::run::{self, Contents, Prepared};
use crate::settings;
use crate::sys::shell;
use crate::toolchain::{Fetch, interpreter};
use crate::wheel;

/// Builds the requested wheels, or shows the plan with `--dry-run`.
pub(super) fn run(session: &Session, args: BuildArgs) -> Outcome {
    // The JSON document has the keys of a build's document even if the build failed early.
    build(session, args).or_else(|error| Ok(Box::new(Refused(session.explain(error)))))
}

/// Reads the project; only an editable install can have the version of an untagged repository.
fn load(session: &Session, args: BuildArgs) -> Result<Project> {
    let project = session.project().and_then(|project| {
        if !args.editable {
            project.metadata.check_tagged()?;
        }
        Ok(project)
    });
    project.map_err(|error| session.with_build_problems(error))
}

fn build(session: &Session, args: BuildArgs) -> Outcome {
    let project = load(session, args)?;
    let (request, run) = settings::build(session.common(), &project, &settings::process_env)?;
    let cancel = session.cancel()?;
    let cache = session.cache(run.cache_dir.as_deref())?;
    let machine = run::machine(
        &request,
        &project,
        &cache,
        run.is_on(&table::PROVISION) && !run.is_on(&table::DRY_RUN),
        &|text| session.note(text),
    )?;
    warn_of_environment(session, &request, &project, &machine);
    // A Python whose probe was interrupted is missing from `machine`.
    cancel.check()?;
    let plan = Plan::new(&request, &project, &machine)?;
    for text in plan.cautions() {
        session.report().warn(&Problem::new(text));
    }
    let options = run.run_options();
    if args.metadata_only {
        let folder = dist_info(&plan, &project)?;
        return Ok(Box::new(DistInfo(folder)));
    }
    if run.is_on(&table::DRY_RUN) {
        check_dry(session, &plan, &project)?;
        // The sources that a build from an sdist reads do not exist yet.
        let tasks = if run.is_on(&table::FROM_SDIST) {
            None
        } else {
            let prepared = Prepared::new(&plan, &project, &request.zig, &cache, Fetch::Never);
            let prepared = prepared.unwrap_or_else(|error| {
                session.note(&format!(
                    "cannot determine what each job has to do: {error}"
                ));
                None
            });
            prepared.map(|prepared| prepared.decide(options.reuse))
        };
        return Ok(Box::new(Planned {
            plan,
            tasks,
            provision: run.is_on(&table::PROVISION),
        }));
    }
    if plan.jobs.is_empty() {
        return Err(Error::new(
            ErrorKind::Nothing,
            Problem::new("there is nothing to build")
                .hint(match &project.config.selectors {
                    Some(all) => format!(
                        "[tool.cibuildwheel] leaves nothing to build ({}, {}): name the Pythons with --python",
                        all.text, all.place
                    ),
                    None => "give --platform NAME or --all-platforms".to_owned(),
                }),
        ));
    }
    let unpacked = run
        .is_on(&table::FROM_SDIST)
        .then(|| {
            let vendor = run.is_on(&table::VENDOR).then_some((&request.zig, &cache));
            Unpacked::new(session, &project, &request.output_dir, vendor)
        })
        .transpose()?;
    let project = unpacked
        .as_ref()
        .map_or(&project, |unpacked| &unpacked.project);
    let builds = plan.jobs.len() * if options.twice { 2 } else { 1 };
    let summary = session.report().watch(builds, |observer| {
        let zig = &request.zig;
        run::build(&plan, project, zig, &cache, options, cancel, observer)
    });
    let summary = match &unpacked {
        Some(unpacked) => summary
            .map(|mut summary| {
                unpacked.relocate(&mut summary);
                summary
            })
            .map_err(|error| unpacked.relocated(error)),
        None => summary,
    }?;
    Ok(Box::new(Built {
        plan,
        summary,
        sdist: unpacked.map(|unpacked| unpacked.sdist),
    }))
}

/// Warns about variables that seem to choose what is built, but have no effect.
fn warn_of_environment(session: &Session, request: &Request, project: &Project, machine: &Machine) {
    if let Some(warning) = habits::of_cibuildwheel(std::env::vars_os()) {
        session.report().warn(&warning);
    }
    let is_chosen = request.pythons == PythonSelection::Default && needs_python(project);
    let Some(dir) = interpreter::broken_environment().filter(|_| is_chosen) else {
        return;
    };
    let instead = machine.default.as_ref().map_or(String::new(), |python| {
        format!(", so the build uses {}", python.exe.display())
    });
    let problem = Problem::new(format!(
        "VIRTUAL_ENV names {}, which has no Python{instead}",
        dir.display()
    ));
    session.report().warn(&problem.hint(format!(
        "leave the environment with `deactivate`, or create it again: python3 -m venv {}",
        shell::word(&dir)
    )));
}

/// Runs the checks that a build runs before its first job.
fn check_dry(session: &Session, plan: &Plan, project: &Project) -> Result<()> {
    // A missing build script stops a build, but the plan is still useful.
    if project.managed.is_none()
        && let Err(error) = script::require(project)
    {
        session.note(&error.to_string());
    }
    run::check_declared(plan, project)
}

/// Writes the `.dist-info` folder that the only wheel of the plan will have.
fn dist_info(plan: &Plan, project: &Project) -> Result<PathBuf> {
    let [job] = plan.jobs.as_slice() else {
        let jobs: Vec<_> = plan.jobs.iter().map(|job| job.id.as_str()).collect();
        return Err(Error::config(
            Problem::new(format!(
                "the wheels of {} jobs ({}) would share one .dist-info folder",
                jobs.len(),
                jobs.join(", ")
            ))
            .at("--metadata-only")
            .hint("select one wheel: one --platform and one --python"),
        ));
    };
    let contents = Contents::new(project, &[])?;
    let spec = contents.spec(&job.wheel, Vec::new());
    wheel::write_dist_info(&spec, &plan.output_dir)
}
