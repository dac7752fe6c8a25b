//! The errors and warnings of a build, each message once for all jobs.

use std::collections::BTreeSet;

use console::style;

use super::Report;
use crate::audit::Finding;
use crate::compile::{remedies, zig_log};
use crate::error::{ErrorKind, Problem};
use crate::plan::Plan;
use crate::platform::Platform;
use crate::run::{Summary, TaskResult};
use crate::text::escape;

/// This many jobs are named in a message; if there are more, only the first ones are.
const MOST_NAMED: usize = 5;

/// How to see what the report leaves out of a failed `zig build`.
const VERBOSE: &str =
    "--verbose shows the whole output of zig and the command that it was run with";

/// A problem and the jobs that failed because of it.
struct Failure<'r> {
    kind: ErrorKind,
    problem: Problem,
    jobs: Vec<&'r str>,
}

/// Prints every failure, and with `--verbose` the whole output of zig first.
pub(super) fn failures(report: &Report, plan: &Plan, summary: &Summary) {
    if report.is_verbose() {
        logs(report, summary);
    }
    let failures = merged(summary);
    let mut jobs: &[&str] = &[];
    let mut given = BTreeSet::new();
    for failure in &failures {
        if failure.jobs != jobs {
            jobs = &failure.jobs;
            report.eprintln(&format!(
                "\n{} {}",
                style("failed:").for_stderr().red().bold(),
                style(named(jobs, plan.jobs.len())).for_stderr().bold()
            ));
        }
        let problem = &failure.problem;
        let hint = new_advice(problem.hint.as_deref(), &mut given);
        let title = named(jobs, plan.jobs.len());
        if zig_log::is_zigs(problem) {
            // As zig has printed it, which editors and CI services recognize.
            report.eprintln(&escape::value(&problem.message));
            report.hints(hint.as_deref());
            if !report.is_verbose() {
                report.hints(new_advice(Some(VERBOSE), &mut given).as_deref());
            }
        } else {
            let problem = Problem {
                hint,
                ..problem.clone()
            };
            report.problems(&[problem]);
        }
        report.annotate("error", &title, &failure.problem);
    }
}

/// The jobs and the message of each failure.
pub(super) fn texts(plan: &Plan, summary: &Summary) -> Vec<(String, String)> {
    let failures = merged(summary).into_iter();
    let texts = failures.map(|failure| {
        let jobs = named(&failure.jobs, plan.jobs.len());
        (jobs, failure.problem.to_string())
    });
    texts.collect()
}

/// The pieces of advice in a hint: each is a line with the indented lines below it.
fn advice(hint: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for line in hint.lines() {
        match pieces.last_mut() {
            Some(piece) if line.starts_with(' ') => {
                piece.push('\n');
                piece.push_str(line);
            }
            _ => pieces.push(line.to_owned()),
        }
    }
    pieces
}

/// The advice in a hint that was not given before.
fn new_advice(hint: Option<&str>, given: &mut BTreeSet<String>) -> Option<String> {
    let pieces = hint.into_iter().flat_map(advice);
    let new: Vec<_> = pieces.filter(|piece| given.insert(piece.clone())).collect();
    (!new.is_empty()).then(|| new.join("\n"))
}

/// Prints the output of zig for each job.
fn logs(report: &Report, summary: &Summary) {
    let printed = |result: &&TaskResult| !result.log.trim().is_empty();
    for result in summary.results.iter().filter(printed) {
        let job = &result.job.id;
        report.group(&format!("{job}: output of zig"), || {
            let job = style(job).for_stderr().bold();
            report.eprintln(&format!("\n{job}: output of zig"));
            report.eprintln(result.log.trim_end());
        });
    }
}

/// Merges the problems of all jobs. Errors of zig are the same if they have the same place and the same first
/// line, because zig's notes and our hints may differ between platforms.
fn merged(summary: &Summary) -> Vec<Failure<'_>> {
    let mut failures: Vec<Failure<'_>> = Vec::new();
    for result in &summary.results {
        let Err(error) = &result.outcome else {
            continue;
        };
        let (kind, job) = (error.kind(), result.job.id.as_str());
        // The summary says that jobs were interrupted, and why.
        if kind == ErrorKind::Interrupted {
            continue;
        }
        for problem in error.problems() {
            let is_same = |failure: &&mut Failure<'_>| {
                failure.kind == kind
                    && match kind {
                        ErrorKind::Build => zig_log::is_same(&failure.problem, problem),
                        _ => failure.problem == *problem,
                    }
            };
            match failures.iter_mut().find(is_same) {
                Some(failure) => {
                    add_hint(&mut failure.problem, problem.hint.as_deref());
                    if failure.jobs.last() != Some(&job) {
                        failure.jobs.push(job);
                    }
                }
                None => failures.push(Failure {
                    kind,
                    problem: problem.clone(),
                    jobs: vec![job],
                }),
            }
        }
    }
    failures
}

/// Adds the advice of a hint that the problem's own hint does not have.
fn add_hint(problem: &mut Problem, more: Option<&str>) {
    let own = problem.hint.take();
    let mut given = BTreeSet::new();
    let hints = [own.as_deref(), more];
    let hints = hints.map(|hint| new_advice(hint, &mut given));
    let hints: Vec<_> = hints.into_iter().flatten().collect();
    problem.hint = (!hints.is_empty()).then(|| hints.join("\n"));
}

/// A warning and the jobs whose wheels have it.
struct Warning<'r> {
    finding: &'r Finding,
    /// The file in each wheel.
    files: BTreeSet<&'r str>,
    /// The file without what differs between the jobs.
    file: Option<String>,
    /// The platform of the first job.
    platform: Platform,
    jobs: Vec<&'r str>,
}

/// Prints the audit's warnings about the wheels.
pub(super) fn warnings(report: &Report, plan: &Plan, summary: &Summary) {
    let mut warnings: Vec<Warning<'_>> = Vec::new();
    let mut given = BTreeSet::new();
    for result in &summary.results {
        for finding in &result.warnings {
            let file = finding
                .file
                .as_deref()
                .map(|file| common_name(file, result));
            let is_same = |warning: &&mut Warning<'_>| {
                warning.finding.code == finding.code
                    && warning.file == file
                    && warning.finding.message() == finding.message()
            };
            let job = result.job.id.as_str();
            match warnings.iter_mut().find(is_same) {
                Some(warning) => {
                    warning.files.extend(finding.file.as_deref());
                    warning.jobs.push(job);
                }
                None => warnings.push(Warning {
                    finding,
                    files: finding.file.as_deref().into_iter().collect(),
                    file,
                    platform: result.job.platform,
                    jobs: vec![job],
                }),
            }
        }
    }
    for warning in warnings {
        let finding = warning.finding;
        let label = format!("{}[{}]", finding.severity, finding.code);
        let file = match (&warning.file, warning.files.len()) {
            (Some(_), 1) => finding.file.clone(),
            (file, _) => file.clone(),
        };
        let file = file.map_or(String::new(), |file| format!("{}: ", escape::cell(&file)));
        report.eprintln(&format!(
            "\n{} {file}{}\n  in {}",
            style(label).for_stderr().yellow().bold(),
            escape::value(&finding.message()),
            named(&warning.jobs, plan.jobs.len()),
        ));
        let problem = remedies::problem(finding.clone(), warning.platform, &summary.zig.version);
        report.hints(new_advice(problem.hint.as_deref(), &mut given).as_deref());
        report.annotate("warning", finding.code.name(), &problem);
    }
}

/// The name of a file without the suffix that differs between jobs, for a message about all of them.
///
/// Ex) `hello/_native.*` for `hello/_native.cpython-312-darwin.so`
fn common_name(file: &str, result: &TaskResult) -> String {
    let suffix = result.job.extension_suffix.as_deref();
    match suffix.and_then(|suffix| file.strip_suffix(suffix)) {
        Some(module) => format!("{module}.*"),
        None => file.to_owned(),
    }
}

/// The names of jobs in a message.
///
/// Ex) `all 25 jobs`, `linux-x86_64-cp312, linux-x86_64-cp313`
pub(super) fn named(jobs: &[&str], total: usize) -> String {
    match jobs {
        [_, _, ..] if jobs.len() == total => format!("all {total} jobs"),
        [first, second, .., _] if jobs.len() > MOST_NAMED => {
            let others = jobs.len() - 2;
            format!("{} jobs: {first}, {second} and {others} others", jobs.len())
        }
        _ => jobs.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_jobs_are_named_and_many_are_counted() {
        assert_eq!(named(&["a"], 1), "a");
        assert_eq!(named(&["a", "b"], 2), "all 2 jobs");
        assert_eq!(named(&["a", "b"], 3), "a, b");
        let many = ["a", "b", "c", "d", "e", "f"];
        assert_eq!(named(&many, 7), "6 jobs: a, b and 4 others");
    }

    #[test]
    fn hints_are_given_once() {
        let mut problem = Problem::new("x").hint("one\n  code\ntwo");
        add_hint(&mut problem, Some("three\n  code\ntwo"));
        add_hint(&mut problem, None);
        let hint = "one\n  code\ntwo\nthree\n  code";
        assert_eq!(problem.hint.as_deref(), Some(hint));
    }
}
