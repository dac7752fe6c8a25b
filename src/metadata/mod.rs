//! Values of core metadata, each checked by itself: names, requirements, markers, classifiers, licenses.
//!
//! Takes text, gives typed values or a [`Problem`]. Does no I/O and knows no project, so that the
//! METADATA of any wheel is held against the same rules as `pyproject.toml`.

pub(crate) mod archive_path;
pub(crate) mod classifiers;
pub(crate) mod headers;
pub(crate) mod identifier;
pub(crate) mod import_name;
pub(crate) mod marker;
pub(crate) mod module_name;
pub(crate) mod modules;
pub(crate) mod requirement;
pub(crate) mod script_name;
pub(crate) mod spdx_expression;
pub(crate) mod values;

pub use archive_path::ArchivePath;
pub(crate) use archive_path::is_plain_relative;
pub use module_name::ModuleName;
pub(crate) use requirement::normalized_extra;

use crate::error::Problem;

/// Whether a text can be the value of a header: it is not empty and nothing in it breaks lines.
///
/// The separators are those at which Python's `str.splitlines` breaks lines.
pub(crate) fn check_line(text: &str) -> Result<(), Problem> {
    let breaks = |c: char| (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}');
    if text.trim().is_empty() {
        Err(Problem::new("must not be empty").hint("give a value, or remove the key"))
    } else if let Some(c) = text.chars().find(|c| breaks(*c)) {
        Err(Problem::new(format!(
            "must be one line without control characters, has {c:?}"
        ))
        .hint("write it on one line"))
    } else {
        Ok(())
    }
}
