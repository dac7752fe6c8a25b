//! `pyz3-wheel schema`: the JSON Schema of `[tool.pyz3-wheel]`, for editors and other programs.

use serde_json::Value;

use crate::error::Result;
use crate::report::{Document, Report};
use crate::settings;

/// The schema, which is the same document for people and for programs.
pub(super) struct Schema;

impl Document for Schema {
    fn human(&self, report: &Report) -> Result<()> {
        report.print(&format!("{:#}\n", settings::schema()))
    }

    fn json(&self) -> Result<Value> {
        Ok(settings::schema())
    }
}
