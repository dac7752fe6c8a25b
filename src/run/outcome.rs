//! How the task of a run ended.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::audit::Finding;
use crate::error::Result;
use crate::plan::Job;
use crate::wheel::WrittenWheel;

/// How a task ended.
#[derive(Debug)]
pub struct TaskResult {
    /// The job.
    pub job: Arc<Job>,
    /// Its wheel, or the error.
    pub outcome: Result<WrittenWheel>,
    /// What the audit found in the wheel that does not keep it from being written.
    pub warnings: Vec<Finding>,
    /// What was done for it.
    pub work: Work,
    /// How long it took.
    pub time: Duration,
    /// What zig printed.
    pub log: String,
    /// Where its time went.
    pub phases: Phases,
}

/// What was done for a wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Nothing: the wheel is up to date.
    Unchanged,
    /// It was packed from what an earlier build had installed.
    Packed,
    /// Zig ran.
    #[default]
    Built,
}

impl Work {
    /// A word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Packed => "cached",
            Self::Built => "ok",
        }
    }
}

/// Where a task's time went.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Phases {
    /// Seconds in `zig build`.
    pub zig: f64,
    /// Seconds in everything else: sysroot, audit, packing.
    pub rest: f64,
}
