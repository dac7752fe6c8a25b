//! The values of Import-Name and Import-Namespace. Source: PEP 794.

use super::check_line;
use super::identifier::{is_identifier, is_keyword};
use crate::error::Problem;

/// A dotted name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportName {
    pub(crate) name: String,
    /// Whether only the project itself may import it.
    pub(crate) private: bool,
}

impl ImportName {
    /// The value of the header.
    pub(crate) fn render(&self) -> String {
        let private = if self.private { "; private" } else { "" };
        format!("{}{private}", self.name)
    }
}

/// A dotted name that Python can import, with or without `; private` behind it.
pub(crate) fn check_import_name(text: &str) -> Result<ImportName, Problem> {
    check_line(text)?;
    let (name, modifier) = match text.split_once(';') {
        Some((name, modifier)) => (name.trim_end(), Some(modifier.trim())),
        None => (text, None),
    };
    if let Some(word) = name
        .split('.')
        .find(|word| !is_identifier(word) || is_keyword(word))
    {
        let why = if is_keyword(word) {
            format!("`{word}` is a keyword of Python")
        } else {
            format!("`{word}` is not an identifier")
        };
        return Err(
            Problem::new(format!("`{name}` is not an import name: {why}"))
                .hint("write the name that follows `import`, like \"hello\" or \"hello._native\""),
        );
    }
    match modifier {
        None | Some("private") => Ok(ImportName {
            name: name.to_owned(),
            private: modifier.is_some(),
        }),
        Some(other) => Err(
            Problem::new(format!("`{other}` is not a modifier of a name"))
                .hint(format!("write \"{name}\" or \"{name}; private\"")),
        ),
    }
}
