//! `pyz3-wheel` without a subcommand: plan, build, report.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::{BuildArgs, CommonArgs};
use super::open_cache;
use super::sdist::Unpacked;
use crate::compile::script;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::Plan;
use crate::project::Project;
use crate::report;
use crate::run::{self, Contents, Mode, Prepared, RunOptions};
use crate::settings::{self, RunSettings};
use crate::sys::cancel::Cancel;
use crate::sys::signal;
use crate::toolchain::Fetch;
use crate::wheel;

/// Builds what was asked for; gives the exit code once everything has been reported.
pub(super) fn run(common: &CommonArgs, args: &BuildArgs) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let report = report::Report::new(output);
    let cancel = signal::listen()?;
    // From here on an error is part of the report, which may be a JSON document.
    match build(common, args, &report, &cancel) {
        Ok(code) => Ok(code),
        Err(error) => {
            let error = cancel.explain(error);
            report.refused(&error)?;
            Ok(ExitCode::from(error.kind().exit_code()))
        }
    }
}

fn build(
    common: &CommonArgs,
    args: &BuildArgs,
    report: &report::Report,
    cancel: &Cancel,
) -> Result<ExitCode> {
    let root = project_dir(common)?;
    let project = Project::load(&root)?;
    let (request, run) = settings::build(args, common, &project, &settings::process_env)?;
    report.adopt(run.output);
    for note in project.metadata.notes() {
        report.note(note);
    }
    let cache = open_cache(run.cache_dir.as_deref(), report, cancel)?;
    let machine = run::machine(
        &request,
        &project,
        &cache,
        run.provision && !run.dry_run,
        &|text| report.note(text),
    )?;
    // `machine` lacks a Python whose check was interrupted.
    cancel.check()?;
    let plan = Plan::new(&request, &project, &machine)?;
    let options = RunOptions {
        jobs: run.jobs,
        fail_fast: run.fail_fast,
        clean: run.clean,
        reuse: match &run {
            RunSettings { no_cache: true, .. } => Mode::Off,
            RunSettings { clean: true, .. }
            | RunSettings {
                verify_reproducible: true,
                ..
            } => Mode::Rebuild,
            _ => Mode::Reuse,
        },
        twice: run.verify_reproducible,
    };
    if args.metadata_only {
        let folder = dist_info(&plan, &project)?;
        report.dist_info(&folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    if run.dry_run {
        check_dry(&plan, &project, report)?;
        // What an sdist will be unpacked to isn't there to be looked at.
        let tasks = if run.from_sdist {
            None
        } else {
            let prepared = Prepared::new(&plan, &project, &request.zig, &cache, Fetch::Never);
            let prepared = prepared.unwrap_or_else(|error| {
                report.note(&format!("what each job has to do can't be told: {error}"));
                None
            });
            prepared.map(|prepared| prepared.decide(options.reuse))
        };
        report.plan(&plan, tasks.as_deref())?;
        return Ok(ExitCode::SUCCESS);
    }
    if plan.jobs.is_empty() {
        return Err(Error::new(
            ErrorKind::Nothing,
            Problem::new("there is nothing to build")
                .hint(match &project.config.selectors {
                    Some(all) => format!(
                        "[tool.cibuildwheel] leaves nothing to build ({}, {}): ask for Pythons by name with --python",
                        all.text, all.place
                    ),
                    None => "give --platform NAME or --all-platforms".to_owned(),
                }),
        ));
    }
    let unpacked = run
        .from_sdist
        .then(|| {
            let vendor = run.vendor.then_some((&request.zig, &cache));
            Unpacked::new(&project, &request.output_dir, vendor, report)
        })
        .transpose()?;
    let project = unpacked
        .as_ref()
        .map_or(&project, |unpacked| &unpacked.project);
    let builds = plan.jobs.len() * if options.twice { 2 } else { 1 };
    let summary = report.watch(builds, |observer| {
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
    let sdist = unpacked.as_ref().map(|unpacked| &unpacked.sdist);
    report.summary(&plan, &summary, sdist)?;
    Ok(summary
        .failure()
        .map_or(ExitCode::SUCCESS, |kind| ExitCode::from(kind.exit_code())))
}

/// Refuses or notes what a build would end with before its first job.
fn check_dry(plan: &Plan, project: &Project, report: &report::Report) -> Result<()> {
    // A build ends with it; the plan is worth seeing all the same.
    if project.managed.is_none()
        && let Err(error) = script::require(project)
    {
        report.note(&error.to_string());
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
            .hint("ask for one wheel: one --platform and one --python"),
        ));
    };
    let contents = Contents::new(project, &[])?;
    let spec = contents.spec(&job.wheel, Vec::new());
    wheel::write_dist_info(&spec, &plan.output_dir)
}

/// The project's folder, by `--project`, `PYZ3_WHEEL_PROJECT` or where one stands.
pub(super) fn project_dir(common: &CommonArgs) -> Result<PathBuf> {
    let typed = common.project.clone();
    let variable = std::env::var_os("PYZ3_WHEEL_PROJECT")
        .filter(|value| !value.is_empty())
        .map(Into::into);
    let dir = typed
        .or(variable)
        .unwrap_or_else(|| Path::new(".").to_owned());
    if dir.is_dir() {
        return Ok(dir);
    }
    Err(Error::config(
        Problem::new(format!("{} is not a folder", dir.display()))
            .hint("give the folder with the pyproject.toml: --project DIR"),
    ))
}
