//! `pyz3-wheel check`: judges wheels of anyone.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use super::args::CommonArgs;
use crate::audit;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::report::{self, Format, Judged};
use crate::settings;
use crate::sys::parallel;

/// How many wheels are judged at once at most.
const MOST_WORKERS: usize = 2;

/// Judges each wheel and reports all; the exit code is that of the worst finding.
pub(super) fn run(common: &CommonArgs, wheels: &[PathBuf], hints: bool) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let (judged, problems) = judge(wheels);
    let worst = judged.iter().filter_map(Judged::severity).max();
    let unreadable = (!problems.is_empty()).then_some(ErrorKind::Config);
    let refused = (worst == Some(audit::Severity::Error)).then_some(ErrorKind::Audit);
    let code = unreadable.or(refused).map_or(0, ErrorKind::exit_code);
    match output.format {
        Format::Json => report::json(&report::judged_document(&judged, &problems, code))?,
        Format::Human => report::judged(&judged, hints, output.quiet)?,
    }
    if let Err(error) = Error::check(ErrorKind::Config, problems) {
        report::error(&error);
    }
    Ok(ExitCode::from(code))
}

/// Each wheel's findings in the order of the wheels, and what could not be read.
fn judge(wheels: &[PathBuf]) -> (Vec<Judged>, Vec<Problem>) {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    // The allocator keeps some of the memory that each thread frees.
    let workers = workers.min(MOST_WORKERS);
    let mut judged = Vec::new();
    let mut problems = Vec::new();
    for outcome in parallel::map(wheels, workers, |wheel| one(wheel)) {
        match outcome {
            Ok(wheel) => judged.push(wheel),
            Err(problem) => problems.push(problem),
        }
    }
    (judged, problems)
}

fn one(path: &Path) -> Result<Judged, Problem> {
    let refuse = |why: String| {
        Problem::new(format!("can't be read: {why}"))
            .at(path.display())
            .hint("name a wheel that is there and may be read")
    };
    // Asked before it is opened: opening a pipe would wait for ever.
    let metadata = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    if !metadata.is_file() {
        return Err(refuse("it is not a regular file".to_owned()));
    }
    let filename = path.file_name().unwrap_or_default().to_string_lossy();
    let findings = std::fs::File::open(path)
        .and_then(|file| audit::check(&filename, &file))
        .map_err(|error| refuse(error.to_string()))?;
    Ok(Judged {
        path: path.to_owned(),
        findings,
    })
}
