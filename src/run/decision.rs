//! What has to be done for each job of a plan.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::audit::Finding;
use crate::plan::Job;
use crate::wheel::WrittenWheel;

/// A job of the plan and what has to be done for it.
#[derive(Debug)]
pub struct Task {
    /// The job.
    pub job: Arc<Job>,
    /// What has to be done.
    pub decision: Decision,
}

/// What has to be done for a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Decision {
    /// Nothing: the wheel is what the build would make.
    #[serde(rename = "unchanged")]
    UpToDate {
        /// The wheel.
        #[serde(skip)]
        wheel: WrittenWheel,
        /// What the audit found in it when it was written.
        #[serde(skip)]
        warnings: Vec<Finding>,
    },
    /// Pack the wheel: an earlier build has installed what this one would.
    #[serde(rename = "pack")]
    Repack {
        /// The directory with those files.
        #[serde(skip)]
        entry: PathBuf,
    },
    /// Run zig.
    Build {
        /// Why.
        #[serde(rename = "why")]
        reason: String,
    },
}

/// Whether results of earlier runs may be used and results of this run are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Both.
    Reuse,
    /// Everything is built, and the results are kept.
    Rebuild,
    /// Everything is built, and nothing is kept.
    Off,
}
