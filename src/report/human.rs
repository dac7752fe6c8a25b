//! The plan and the table of wheels, for people.

use std::fmt::Write as _;
use std::path::Path;

use console::style;
use indicatif::{DecimalBytes, HumanDuration};

use super::{Report, table};
use crate::error::Result;
use crate::plan::{Job, Plan};
use crate::run::{Decision, Summary, Task, TaskResult};
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
    let _ = writeln!(text, "wheels go to {}", escape::path(&plan.output_dir));
    if let Some(note) = left_out(plan, provision) {
        let _ = writeln!(text, "{note}");
    }
    text.push('\n');
    let head = ["setting", "value", "from"].map(str::to_owned);
    let settings = plan.settings.iter().map(|setting| {
        [setting.name, &setting.value, &setting.origin.to_string()].map(escape::cell)
    });
    let settings: Vec<_> = std::iter::once(head).chain(settings).collect();
    let head = ["job", "Zig target", "Python", "wheel", "to do"].map(str::to_owned);
    let jobs = decided(plan, tasks).map(|(job, decision)| {
        let python = job
            .python
            .as_ref()
            .map_or("-".to_owned(), |python| escape::path(&python.exe));
        [
            job.id.clone(),
            job.zig_target.to_string(),
            python,
            job.wheel.to_string(),
            escape::cell(&todo(decision)),
        ]
    });
    let jobs: Vec<_> = std::iter::once(head).chain(jobs).collect();
    for line in table::lines(&settings)
        .into_iter()
        .chain([String::new()])
        .chain(table::lines(&jobs))
    {
        let _ = writeln!(text, "{line}");
    }
    report.print(&text)
}

/// Which Pythons the plan leaves out, and how to get their wheels.
///
/// Ex) `left out: 3.14, 3.15t are not on this machine; …`
fn left_out(plan: &Plan, provision: bool) -> Option<String> {
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

fn todo(decision: Option<&Decision>) -> String {
    match decision {
        None => "build".to_owned(),
        Some(Decision::UpToDate { .. }) => "nothing: the wheel is unchanged".to_owned(),
        Some(Decision::Repack { .. }) => "pack: what zig would make is in the cache".to_owned(),
        Some(Decision::Build { reason }) => format!("build: {reason}"),
    }
}

/// The path as a line for scripts.
pub(super) fn path_line(path: &Path) -> String {
    escape::path(path) + "\n"
}

/// Reports the sdist that was written.
pub(super) fn sdist(report: &Report, sdist: &WrittenWheel) {
    let name = sdist.path.file_name().unwrap_or_default();
    report.eprintln(&format!(
        "{} {}  {}  in {}",
        style("sdist").for_stderr().bold(),
        escape::cell(&name.to_string_lossy()),
        DecimalBytes(sdist.size),
        escape::path(sdist.path.parent().unwrap_or(&sdist.path)),
    ));
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

/// Prints the table of wheels after a build.
pub(super) fn summary(report: &Report, plan: &Plan, summary: &Summary) {
    let head =
        ["", "wheel", "size", "time"].map(|title| style(title).for_stderr().bold().to_string());
    let rows = summary.results.iter().map(|result| match &result.outcome {
        Ok(wheel) => [
            verdict(result),
            result.job.wheel.to_string(),
            DecimalBytes(wheel.size).to_string(),
            seconds(result),
        ],
        Err(_) => [
            style("failed").for_stderr().red().to_string(),
            result.job.wheel.to_string(),
            "-".to_owned(),
            seconds(result),
        ],
    });
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    report.eprintln("");
    for line in table::lines(&rows) {
        report.eprintln(&line);
    }
    let built = summary
        .results
        .iter()
        .filter(|result| result.outcome.is_ok())
        .count();
    let total = plan.jobs.len();
    let count = match (built, total) {
        (1, 1) => "1 wheel".to_owned(),
        _ if built == total => format!("{built} wheels"),
        _ => format!("{built} of {total} wheels"),
    };
    let time = if summary.time.as_secs() < 60 {
        format!("{:.1} s", summary.time.as_secs_f64())
    } else {
        HumanDuration(summary.time).to_string()
    };
    report.eprintln(&format!(
        "\n{} in {}, {time}, with Zig {} ({}), {}",
        style(count).for_stderr().bold(),
        escape::path(&plan.output_dir),
        summary.zig.version,
        escape::cell(&summary.zig.origin.to_string()),
        plan.optimize,
    ));
    if let Some(note) = left_out(plan, false) {
        report.eprintln(&note);
    }
    if summary.built_twice && built > 0 {
        report.eprintln("each was built twice, in two directories, with the same bytes");
    }
    if summary.interrupted {
        report.eprintln("interrupted: running jobs were stopped; existing wheels were not touched");
    } else if summary.results.len() < total {
        report.eprintln(&format!(
            "{} jobs were skipped after a failure (--fail-fast)",
            total - summary.results.len()
        ));
    }
}

/// What was done for a wheel, and how many warnings there are.
fn verdict(result: &TaskResult) -> String {
    let word = result.work.word();
    let text = match result.warnings.len() {
        0 => return style(word).for_stderr().green().to_string(),
        1 => format!("{word} (1 warning)"),
        count => format!("{word} ({count} warnings)"),
    };
    style(text).for_stderr().yellow().to_string()
}

fn seconds(result: &TaskResult) -> String {
    format!("{:.2} s", result.time.as_secs_f64())
}
