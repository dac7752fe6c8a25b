//! `pyz3-wheel check`: checks wheels and sdists from any build tool.

mod inputs;

use std::path::PathBuf;
use std::thread;

use inputs::{Input, Inputs};

use super::args::FixArgs;
use super::fix::FixOutput;
use super::session::{Outcome, Session};
use crate::audit::{self, ReleaseFile};
use crate::error::{Error, Problem, Result};
use crate::report::{Checked, CheckedFile};
use crate::sys::parallel;

/// How many files are checked at once at most.
const MOST_WORKERS: usize = 2;

/// Checks each file; a file that cannot be read does not keep the others from being checked.
pub(super) fn run(
    session: &Session,
    typed: &[PathBuf],
    index_url: Option<&str>,
    hints: bool,
    fix: &FixArgs,
) -> Outcome {
    let selection = session.check_selection()?;
    let cancel = session.cancel()?;
    let output = fix
        .fix
        .then(|| FixOutput::new(&fix.output_dir, fix.dry_run))
        .transpose()?;
    let mut inputs = Inputs::of(session, typed, index_url)?;
    let workers = thread::available_parallelism().map_or(1, usize::from);
    // The allocator keeps some of the memory that each thread frees.
    let workers = workers.min(MOST_WORKERS);
    let mut checked = Checked {
        files: Vec::new(),
        releases: Vec::new(),
        problems: std::mem::take(&mut inputs.problems),
        ignored: 0,
        hints,
    };
    let mut members = Vec::new();
    let check = |input: &Input| {
        let output = output.as_ref();
        cancel.check().map(|()| check_file(input, output))
    };
    for outcome in parallel::map(&inputs.files, workers, check) {
        match outcome? {
            Ok((file, member)) => {
                checked.files.push(file);
                members.push(member);
            }
            Err(error) => checked.problems.extend(error.into_problems()),
        }
    }
    checked.releases = audit::releases(&members);
    checked.keep(|code| selection.includes(code));
    Ok(Box::new(checked))
}

/// Checks a file; gives its findings, and what counts for the release that it is a part of.
fn check_file(input: &Input, output: Option<&FixOutput>) -> Result<(CheckedFile, ReleaseFile)> {
    let path = &input.path;
    let refuse = |why: String| {
        let problem = Problem::new(format!("cannot be read: {why}"));
        Error::config(
            problem
                .at(path.display())
                .hint("give the path of an existing wheel or sdist that you can read"),
        )
    };
    // Checked before it is opened, because opening a pipe would block.
    let metadata = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    if !metadata.is_file() {
        return Err(refuse("it is not a regular file".to_owned()));
    }
    let filename = path.file_name().unwrap_or_default().to_string_lossy();
    let unreadable = |error: std::io::Error| refuse(error.to_string());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let ((findings, declared), fixed) = match output {
        None => (audit::examine(&filename, &file).map_err(unreadable)?, None),
        Some(output) => {
            let (examined, fix) =
                audit::check_and_plan_fix(&filename, &file).map_err(unreadable)?;
            (examined, Some(output.fix(&file, fix)?))
        }
    };
    let member = ReleaseFile {
        filename: filename.into_owned(),
        size: metadata.len(),
        declared,
    };
    let (fixed, copy) = fixed.unzip();
    // What is checked from here on is the copy, if there is one.
    let (findings, member) = match copy.flatten() {
        Some(copy) => (copy.findings, copy.member),
        None => (findings, member),
    };
    let file = CheckedFile {
        path: input.display_path.clone(),
        findings,
        fixed,
    };
    Ok((file, member))
}
