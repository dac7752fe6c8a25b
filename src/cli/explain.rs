//! `pyz3-wheel explain`: what a check is about.

use std::process::ExitCode;

use super::args::CommonArgs;
use crate::audit::Code;
use crate::error::{Error, Result};
use crate::report::{self, Format};
use crate::settings;

/// Tells about one check, or lists them all.
pub(super) fn run(common: &CommonArgs, code: Option<&str>) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let codes = match code {
        Some(code) => vec![code.parse().map_err(Error::config)?],
        None => Code::ALL.to_vec(),
    };
    match (output.format, code) {
        (Format::Json, _) => report::json(&report::codes_document(&codes))?,
        (Format::Human, Some(_)) => report::explanation(codes[0])?,
        (Format::Human, None) => report::codes()?,
    }
    Ok(ExitCode::SUCCESS)
}
