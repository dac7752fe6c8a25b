//! `pyz3-wheel explain`: explains a check.

use super::session::Outcome;
use crate::error::Error;
use crate::report::Explained;

/// Explains one check, or lists them all.
pub(super) fn run(code: Option<&str>) -> Outcome {
    let explained = match code {
        Some(code) => Explained::One(code.parse().map_err(Error::config)?),
        None => Explained::All,
    };
    Ok(Box::new(explained))
}
