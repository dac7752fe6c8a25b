//! The table of wheels after a build, for people.

use console::{Style, style};
use indicatif::DecimalBytes;

use super::grid::{self, Grid};
use super::human::left_out;
use super::units::{clock, near, of_job};
use super::{Report, streams, table};
use crate::error::ErrorKind;
use crate::plan::Plan;
use crate::run::{Summary, TaskResult, Work};
use crate::text::escape;

/// Prints the table of wheels after a build.
pub(super) fn print(report: &Report, plan: &Plan, summary: &Summary) {
    report.eprintln("");
    for line in wheels(report, plan, summary, streams::stderr_width()) {
        report.eprintln(&line);
    }
    let built = built(summary);
    let total = plan.jobs.len();
    let line = format!(
        "{} in {}, {}, with Zig {} ({}), {}",
        style(count(built, total)).for_stderr().bold(),
        escape::path(&near(&plan.output_dir)),
        clock(summary.time),
        summary.zig.version,
        escape::cell(&summary.zig.origin.to_string()),
        plan.optimize,
    );
    report.eprintln("");
    report.wrapped(&line, 0);
    if let Some(note) = left_out(plan, false) {
        report.wrapped(&note, 2);
    }
    if summary.built_twice && built > 0 {
        report.eprintln("each was built twice, in two directories, with the same bytes");
    }
    if summary.interrupted {
        let text = "interrupted: running jobs were stopped; existing wheels were not touched";
        report.wrapped(&style(text).for_stderr().yellow().to_string(), 0);
    } else if summary.results.len() < total {
        report.eprintln(&format!(
            "{} jobs were skipped after a failure (--fail-fast)",
            total - summary.results.len()
        ));
    }
}

/// How many wheels there are.
///
/// Ex) `25 wheels`, `3 of 25 wheels`
pub(super) fn count(built: usize, total: usize) -> String {
    match (built, total) {
        (1, 1) => "1 wheel".to_owned(),
        _ if built == total => format!("{built} wheels"),
        _ => format!("{built} of {total} wheels"),
    }
}

/// How many jobs have a wheel.
pub(super) fn built(summary: &Summary) -> usize {
    let results = summary.results.iter();
    results.filter(|result| result.outcome.is_ok()).count()
}

/// The wheels: a list with their names if it fits, a grid of platforms and Pythons if they are many, or else
/// a list without their names.
fn wheels(report: &Report, plan: &Plan, summary: &Summary, width: Option<usize>) -> Vec<String> {
    let bold = |title: &str| style(title).for_stderr().bold().to_string();
    let with_names = list(summary, ["", "wheel", "size", "time"].map(bold), |result| {
        [
            verdict(result),
            result.job.wheel.to_string(),
            size(result),
            of_job(result.time),
        ]
    });
    if report.is_verbose() {
        return table::lines(&with_names, width);
    }
    if let Some(grid) = grid(plan, summary) {
        let sizes = grid.platforms().iter();
        let sizes: Vec<_> = sizes.map(|platform| sizes_of(summary, platform)).collect();
        return grid.lines(width, "size", &sizes);
    }
    if width.is_none_or(|width| table::natural_width(&with_names) <= width) {
        return table::lines(&with_names, width);
    }
    let head = ["", "platform", "Python", "size", "time"].map(bold);
    let without_names = list(summary, head, |result| {
        [
            verdict(result),
            result.job.platform.to_string(),
            grid::python(&result.job),
            size(result),
            of_job(result.time),
        ]
    });
    table::lines(&without_names, width)
}

/// The results as words, with a row of titles.
pub(super) fn rows(summary: &Summary) -> Vec<Vec<String>> {
    let head = ["", "wheel", "size", "time"].map(str::to_owned);
    let rows = list(summary, head, |result| {
        [
            ended(result).to_owned(),
            result.job.wheel.to_string(),
            size(result),
            of_job(result.time),
        ]
    });
    rows.into_iter().map(Vec::from).collect()
}

fn list<const N: usize>(
    summary: &Summary,
    head: [String; N],
    row: impl Fn(&TaskResult) -> [String; N],
) -> Vec<[String; N]> {
    let rows = summary.results.iter().map(row);
    std::iter::once(head).chain(rows).collect()
}

/// The results of many jobs in rows and columns.
pub(super) fn grid(plan: &Plan, summary: &Summary) -> Option<Grid> {
    let cells = plan.jobs.iter().map(|job| {
        let mut results = summary.results.iter();
        let result = results.find(|result| result.job.id == job.id);
        (&**job, result.map_or_else(|| "-".to_owned(), cell))
    });
    Grid::of(cells)
}

/// What was done for a wheel, in few letters.
fn cell(result: &TaskResult) -> String {
    let (text, style) = match (&result.outcome, result.work) {
        (Ok(_), Work::Built) => (clock(result.time), Style::new().green()),
        (Ok(_), Work::Packed) => ("cached".to_owned(), Style::new().green()),
        (Ok(_), Work::Unchanged) => ("same".to_owned(), Style::new().green()),
        (Err(error), _) if error.kind() == ErrorKind::Interrupted => {
            ("stopped".to_owned(), Style::new().yellow())
        }
        (Err(_), _) => ("failed".to_owned(), Style::new().red().bold()),
    };
    let has_warnings = !result.warnings.is_empty();
    let style = if has_warnings {
        Style::new().yellow()
    } else {
        style
    };
    let mark = if has_warnings { "!" } else { "" };
    style.for_stderr().apply_to(text + mark).to_string()
}

/// The sizes of the wheels for a platform, from the smallest to the largest.
///
/// Ex) `3.24 kB`, `3.24-3.31 kB`
pub(super) fn sizes_of(summary: &Summary, platform: &str) -> String {
    let results = summary.results.iter();
    let own = results.filter(|result| result.job.platform.name() == platform);
    let sizes: Vec<_> = own
        .filter_map(|result| Some(result.outcome.as_ref().ok()?.size))
        .collect();
    let (Some(least), Some(most)) = (sizes.iter().min(), sizes.iter().max()) else {
        return "-".to_owned();
    };
    let [least, most] = [*least, *most].map(|size| DecimalBytes(size).to_string());
    if least == most {
        return least;
    }
    match (least.split_once(' '), most.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number}-{most}"),
        _ => format!("{least}-{most}"),
    }
}

/// How a job ended.
pub(super) fn ended(result: &TaskResult) -> &'static str {
    match &result.outcome {
        Ok(_) => result.work.word(),
        Err(error) if error.kind() == ErrorKind::Interrupted => "interrupted",
        Err(_) => "failed",
    }
}

fn size(result: &TaskResult) -> String {
    let wheel = result.outcome.as_ref().ok();
    wheel.map_or("-".to_owned(), |wheel| DecimalBytes(wheel.size).to_string())
}

/// How a job ended, and how many warnings there are.
fn verdict(result: &TaskResult) -> String {
    let word = ended(result);
    match &result.outcome {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::Interrupted => {
            return style(word).for_stderr().yellow().to_string();
        }
        Err(_) => return style(word).for_stderr().red().to_string(),
    }
    let text = match result.warnings.len() {
        0 => return style(word).for_stderr().green().to_string(),
        1 => format!("{word} (1 warning)"),
        count => format!("{word} ({count} warnings)"),
    };
    style(text).for_stderr().yellow().to_string()
}
