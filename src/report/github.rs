//! GitHub Actions: workflow commands, which its runner reads from the log, and the summary of a job.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::Problem;
use crate::settings::Env;
use crate::text::path::slashed;
use crate::text::place::position;
use crate::text::{credentials, escape};

/// Larger summaries are rejected as a whole, in bytes.
const LARGEST_SUMMARY: u64 = 1 << 20;

/// A workflow that runs this program.
#[derive(Debug, Clone)]
pub(super) struct Actions {
    /// The checkout, in which files have annotations.
    workspace: Option<PathBuf>,
    /// The file for the summary of the job.
    summary: Option<PathBuf>,
}

impl Actions {
    /// The workflow that runs this process, if one does.
    pub(super) fn of(env: Env<'_>) -> Option<Self> {
        let path = |name: &str| {
            let value = env(name).filter(|value| !value.is_empty());
            value.map(PathBuf::from)
        };
        (env("GITHUB_ACTIONS")? == "true").then(|| Self {
            workspace: path("GITHUB_WORKSPACE"),
            summary: path("GITHUB_STEP_SUMMARY"),
        })
    }

    /// The command that shows a problem as an annotation, at its place in a file of `project` if it has one.
    pub(super) fn annotation(
        &self,
        command: &str,
        title: &str,
        problem: &Problem,
        project: &Path,
    ) -> String {
        let (place, message) = match problem.place.as_deref() {
            Some(place) => (Some(place), problem.message.as_str()),
            None => match problem.message.split_once(": error: ") {
                Some((place, message)) => (Some(place), message),
                None => (None, problem.message.as_str()),
            },
        };
        let found = place.and_then(|place| self.position(place, project));
        let message = match (&found, place) {
            (None, Some(_)) => problem.to_string(),
            _ => message.to_owned(),
        };
        let message = match &problem.hint {
            Some(hint) => format!("{message}\nhint: {hint}"),
            None => message,
        };
        let position = found.map_or_else(String::new, |(file, line, column)| {
            format!("file={},line={line},col={column},", property(&file))
        });
        format!(
            "::{command} {position}title={}::{}",
            property(title),
            data(&message)
        )
    }

    /// The file, line and column of a place, if it is one in a file of the project.
    fn position(&self, place: &str, project: &Path) -> Option<(String, usize, usize)> {
        let (file, line, column) = position(place)?;
        let path = std::path::absolute(project.join(file)).ok()?;
        if !path.is_file() {
            return None;
        }
        let below = self.workspace.as_deref();
        let below = below.and_then(|workspace| path.strip_prefix(workspace).ok());
        Some((slashed(below.unwrap_or(&path)), line, column))
    }

    /// Adds text to the summary of the job, if the workflow has one.
    pub(super) fn summarize(&self, text: &str) -> std::io::Result<()> {
        let Some(file) = &self.summary else {
            return Ok(());
        };
        let text = credentials::hide(text);
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create(true).open(file)?;
        let size = file.metadata()?.len() + text.len() as u64;
        if size > LARGEST_SUMMARY {
            return Ok(());
        }
        file.write_all(text.as_bytes())
    }
}

/// Begins lines that the log shows folded.
pub(super) fn group(title: &str) -> String {
    format!("::group::{}", data(title))
}

/// Ends the lines of a group.
pub(super) const END_OF_GROUP: &str = "::endgroup::";

/// Escapes the message of a command. Other commands in it are escaped as everywhere.
pub(super) fn data(text: &str) -> String {
    let text = escape::lines(&escape::value(text), false);
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes the value of a property of a command.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_a_command_or_begin_another() {
        assert_eq!(data("100 %\nb\r\nc: d, e"), "100 %25%0Ab%0Ac: d, e");
        assert_eq!(
            property("a:b,c%\n::error::x"),
            "a%3Ab%2Cc%25%0A\\u{3a}%3Aerror%3A%3Ax"
        );
        assert_eq!(
            data("\u{1b}[31m \u{7} ##[group]"),
            "\\u{1b}[31m \\u{7} \\u{23}#[group]"
        );
    }

    #[test]
    fn annotations_are_at_files_of_the_checkout() {
        let checkout = tempfile::tempdir().unwrap();
        let project = checkout.path().join("python");
        std::fs::create_dir(&project).unwrap();
        std::fs::write(project.join("a.zig"), "").unwrap();
        let actions = Actions {
            workspace: Some(checkout.path().to_owned()),
            summary: None,
        };
        let command = |problem| actions.annotation("error", "all 2 jobs", &problem, &project);
        let zig = Problem::new("a.zig:3:5: error: expected ';'\n    x\n").hint("y");
        assert_eq!(
            command(zig),
            "::error file=python/a.zig,line=3,col=5,title=all 2 jobs::expected ';'%0A    x%0A%0Ahint: y"
        );
        let elsewhere = Problem::new("/zig/lib/std.zig:3:5: error: x");
        assert_eq!(
            command(elsewhere),
            "::error title=all 2 jobs::/zig/lib/std.zig:3:5: error: x"
        );
        let option = Problem::new("is wrong").at("--jobs");
        assert_eq!(
            command(option),
            "::error title=all 2 jobs::--jobs: is wrong"
        );
    }

    #[test]
    fn only_a_workflow_reads_commands() {
        assert!(Actions::of(&|_| None).is_none());
        let env = |name: &str| (name == "GITHUB_ACTIONS").then(|| "true".into());
        let actions = Actions::of(&env).unwrap();
        assert!(actions.workspace.is_none() && actions.summary.is_none());
    }
}
