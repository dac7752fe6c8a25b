//! The events of a run, for the code that shows them to the user.

use super::outcome::TaskResult;
use crate::compile::progress::StageSink;
use crate::plan::Job;

/// Receives the events of a run. Tasks run on several threads, so events of different jobs are mixed.
pub trait Observer: Sync {
    /// Something that happens once for the whole run.
    fn note(&self, text: &str);
    /// A job begins.
    fn started(&self, job: &Job);
    /// A job has reached this stage.
    fn stage(&self, job: &Job, stage: &str);
    /// Zig is started for a job. The line can be pasted into a shell to run the same command.
    fn command(&self, job: &Job, line: &str);
    /// A job has ended.
    fn finished(&self, result: &TaskResult);
    /// Receives the stages that zig itself reports for a job; `None` if nobody is watching.
    fn zig_stages(&self, job: &Job) -> Option<StageSink>;
}

/// Ignores all events.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Observer for Silent {
    fn note(&self, _text: &str) {}
    fn started(&self, _job: &Job) {}
    fn stage(&self, _job: &Job, _stage: &str) {}
    fn command(&self, _job: &Job, _line: &str) {}
    fn finished(&self, _result: &TaskResult) {}
    fn zig_stages(&self, _job: &Job) -> Option<StageSink> {
        None
    }
}
