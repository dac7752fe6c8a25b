//! `pyz3-wheel metadata`: what the project's `[project]` table becomes.
//!
//! Reads the project and nothing of the machine: neither Zig nor a Python is looked for.

use serde_json::Value;

use super::session::{Outcome, Session};
use crate::error::Result;
use crate::project::Metadata;
use crate::report::{Document, Report};

impl Document for Metadata {
    /// Byte for byte as a wheel will have it.
    fn human(&self, report: &Report) -> Result<()> {
        report.print_data(&self.render())
    }

    /// The fields as one object.
    fn json(&self) -> Result<Value> {
        Ok(self.document())
    }
}

/// Gives the core metadata.
pub(super) fn run(session: &Session) -> Outcome {
    let metadata = session.project()?.metadata;
    metadata.check_tagged()?;
    Ok(Box::new(metadata))
}
