//! `pyz3-wheel check`: checks wheels and sdists from any build tool.

mod inputs;

use std::path::PathBuf;
use std::thread;

use inputs::{Input, Inputs};

use super::args::FixArgs;
use super::fix::Target;
use super::session::{Outcome, Session};
use crate::audit::{self, ReleaseFile};
use crate::error::{Problem, Result};
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
    let target = fix.fix.then(|| Target::new(&fix.output_dir, fix.dry_run));
    let target = target.transpose()?;
    let one = |input: &Input| cancel.check().map(|()| one(input, target.as_ref()));
    for outcome in parallel::map(&inputs.files, workers, one) {
        match outcome? {
            Ok((file, member)) => {
                checked.files.push(file);
                members.push(member);
            }
            Err(problem) => checked.problems.push(problem),
        }
    }
    checked.releases = audit::releases(&members);
    checked.keep(|code| selection.includes(code));
    Ok(Box::new(checked))
}

/// Checks a file; gives its findings, and what counts for the release that it is a part of.
fn one(input: &Input, target: Option<&Target>) -> Result<(CheckedFile, ReleaseFile), Problem> {
    let path = &input.path;
    let refuse = |why: String| {
        Problem::new(format!("cannot be read: {why}"))
            .at(path.display())
            .hint("give the path of an existing wheel or sdist that you can read")
    };
    // Checked before it is opened, because opening a pipe would block.
    let metadata = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    if !metadata.is_file() {
        return Err(refuse("it is not a regular file".to_owned()));
    }
    let filename = path.file_name().unwrap_or_default().to_string_lossy();
    let unreadable = |error: std::io::Error| refuse(error.to_string());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let (findings, declared, fixed) = match target {
        None => {
            let (findings, declared) = audit::examine(&filename, &file).map_err(unreadable)?;
            (findings, declared, None)
        }
        Some(target) => {
            let ((findings, declared), fix) =
                audit::check_and_plan_fix(&filename, &file).map_err(unreadable)?;
            let (findings, fixed) = target.fix(&file, findings, fix)?;
            (findings, declared, Some(fixed))
        }
    };
    let member = ReleaseFile {
        filename: filename.into_owned(),
        size: metadata.len(),
        declared,
    };
    let file = CheckedFile {
        path: input.shown.clone(),
        findings,
        fixed,
    };
    Ok((file, member))
}
