//! The plan, and the paths of what was written, for people.

use std::fmt::Write as _;
use std::path::Path;

use console::style;
use indicatif::DecimalBytes;

use super::grid::{self, Grid};
use super::units::near;
use super::{Report, failures, streams, table};
use crate::error::Result;
use crate::plan::{Job, Plan};
use crate::run::{Decision, Summary, Task};
use crate::text::escape;
use crate::wheel::WrittenWheel;

/// Prints what `--dry-run` shows: the settings with their origins, and the jobs with what each would do.
pub(super) fn plan(
    report: &Report,
    plan: &Plan,
    tasks: Option<&[Task]>,
    provision: bool,
) -> Result<()> {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} {}: abi {} ({})",
        plan.project,
        plan.version,
        plan.abi,
        escape::cell(&plan.abi_reason)
    );
    let script = escape::cell(&plan.build_script.to_string());
    let _ = writeln!(text, "build script: {script}");
    let _ = writeln!(
        text,
        "wheels go to {}",
        escape::path(&near(&plan.output_dir))
    );
    let width = streams::stdout_width();
    if let Some(note) = left_out(plan, provision) {
        let _ = writeln!(text, "{}", streams::fitting(&note, 2));
    }
    text.push('\n');
    let head = ["setting", "value", "from"].map(str::to_owned);
    let settings = plan.settings.iter().map(|setting| {
        [setting.name, &setting.value, &setting.origin.to_string()].map(escape::cell)
    });
    let settings: Vec<_> = std::iter::once(head).chain(settings).collect();
    let lines = table::lines(&settings, width).into_iter();
    let jobs = jobs(report, plan, tasks, width);
    for line in lines.chain([String::new()]).chain(jobs) {
        let _ = writeln!(text, "{line}");
    }
    report.print(&text)
}

/// The jobs of a plan: a table with a row for each, or what fits a terminal that is too narrow for it.
fn jobs(report: &Report, plan: &Plan, tasks: Option<&[Task]>, width: Option<usize>) -> Vec<String> {
    let head = ["job", "Zig target", "Python", "wheel", "to do"].map(str::to_owned);
    let rows = decided(plan, tasks).map(|(job, decision)| {
        [
            job.id.clone(),
            job.zig_target.to_string(),
            interpreter(job),
            job.wheel.to_string(),
            escape::cell(&todo(decision)),
        ]
    });
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let is_narrow = |width: usize| width < table::natural_width(&rows);
    if report.is_verbose() || !width.is_some_and(is_narrow) {
        return table::lines(&rows, width);
    }
    let facts = |title: [&str; 2], fact: &dyn Fn(&Job) -> [String; 2]| {
        let mut rows = vec![title.map(str::to_owned)];
        for job in &plan.jobs {
            let row = fact(job);
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        table::lines(&rows, width)
    };
    let platforms = facts(["platform", "Zig target"], &|job| {
        [job.platform.to_string(), job.zig_target.to_string()]
    });
    let pythons = facts(["wheel", "Python"], &|job| {
        [grid::python(job), interpreter(job)]
    });
    let words = decided(plan, tasks).map(|(job, decision)| (job, todo_word(decision).to_owned()));
    let cells = match Grid::of(words) {
        Some(grid) => grid.lines(width, "", &[]),
        None => Vec::new(),
    };
    // Jobs with the same reason share a line.
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for (job, decision) in decided(plan, tasks) {
        let reason = escape::cell(&todo(decision));
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, jobs)) => jobs.push(&job.id),
            None => reasons.push((reason, vec![&job.id])),
        }
    }
    let reasons = reasons.iter().map(|(reason, jobs)| {
        let jobs = failures::named(jobs, plan.jobs.len());
        format!("{jobs}: {reason}")
    });
    let reasons = reasons.map(|line| streams::fitting(&line, 2));
    let more = "--verbose lists the wheels".to_owned();
    let parts = [platforms, pythons, cells, reasons.chain([more]).collect()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(&String::new())
}

/// The interpreter whose headers a job gets.
fn interpreter(job: &Job) -> String {
    let python = job.python.as_ref();
    python.map_or("-".to_owned(), |python| escape::path(&python.exe))
}

/// Which Pythons the plan leaves out, and how to get their wheels.
///
/// Ex) `left out: 3.14, 3.15t are not on this machine; …`
pub(super) fn left_out(plan: &Plan, provision: bool) -> Option<String> {
    let names: Vec<_> = plan.left_out.iter().map(ToString::to_string).collect();
    let (are, them) = match names.as_slice() {
        [] => return None,
        [_] => ("is", "it"),
        _ => ("are", "them"),
    };
    let names = names.join(", ");
    Some(if provision {
        format!("to install: {names} {are} not on this machine; a dry run installs nothing")
    } else {
        format!("left out: {names} {are} not on this machine; `--provision` installs {them}")
    })
}

/// The jobs of a plan, each with what has to be done if that is known.
pub(super) fn decided<'d>(
    plan: &'d Plan,
    tasks: Option<&'d [Task]>,
) -> impl Iterator<Item = (&'d Job, Option<&'d Decision>)> {
    plan.jobs.iter().map(move |job| {
        let task = tasks.and_then(|tasks| tasks.iter().find(|task| task.job.id == job.id));
        (&**job, task.map(|task| &task.decision))
    })
}

/// What has to be done for a job, and why.
fn todo(decision: Option<&Decision>) -> String {
    let word = todo_word(decision);
    match decision {
        None => word.to_owned(),
        Some(Decision::UpToDate { .. }) => format!("{word}: the wheel is unchanged"),
        Some(Decision::Repack { .. }) => format!("{word}: what zig would make is in the cache"),
        Some(Decision::Build { reason }) => format!("{word}: {reason}"),
    }
}

fn todo_word(decision: Option<&Decision>) -> &'static str {
    match decision {
        None | Some(Decision::Build { .. }) => "build",
        Some(Decision::UpToDate { .. }) => "nothing",
        Some(Decision::Repack { .. }) => "pack",
    }
}

/// The path as a line for scripts.
pub(super) fn path_line(path: &Path) -> String {
    escape::path(path) + "\n"
}

/// Reports the sdist that was written.
pub(super) fn sdist(report: &Report, sdist: &WrittenWheel) {
    let name = sdist.path.file_name().unwrap_or_default();
    let line = format!(
        "{} {}  {}  in {}",
        style("sdist").for_stderr().bold(),
        escape::cell(&name.to_string_lossy()),
        DecimalBytes(sdist.size),
        escape::path(&near(sdist.path.parent().unwrap_or(&sdist.path))),
    );
    report.wrapped(&line, "sdist ".len());
}

/// Prints the paths of the sdist, if there is one, and of the wheels, one on each line.
pub(super) fn paths(
    report: &Report,
    summary: &Summary,
    sdist: Option<&WrittenWheel>,
) -> Result<()> {
    let wheels = summary
        .results
        .iter()
        .filter_map(|result| result.outcome.as_ref().ok());
    let paths: String = sdist
        .into_iter()
        .chain(wheels)
        .map(|wheel| path_line(&wheel.path))
        .collect();
    // Without a wheel a script that reads the last line gets an empty one.
    report.print(if paths.is_empty() { "\n" } else { &paths })
}
