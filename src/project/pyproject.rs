//! pyproject.toml, parsed.
//!
//! Takes its text, gives the outermost [`Table`]. The modules that read the tables check their contents.

use toml::Spanned;
use toml::de::DeTable;

use super::entry::Table;
use super::source::Source;
use crate::error::{Error, ErrorKind, Problem, Result};

/// What to do about an error of the parser.
fn remedy(message: &str) -> &'static str {
    if message.contains("duplicate key") {
        "remove one of the two"
    } else if message.contains("invalid boolean") {
        "put a text in quotes; the booleans are true and false"
    } else if message.contains("invalid basic string") || message.contains("invalid literal string")
    {
        "close the string with the quote that it begins with"
    } else if message.contains("missing comma") {
        "separate the items with commas, and close the array with ] before the next line"
    } else {
        "see https://toml.io for the syntax"
    }
}

/// A parsed pyproject.toml.
#[derive(Debug)]
pub(super) struct Document<'a> {
    source: &'a Source,
    table: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    /// Parses the text; all syntax errors at once.
    pub(super) fn parse(source: &'a Source) -> Result<Self> {
        let (table, mut errors) = DeTable::parse_recoverable(source.text());
        let offset = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        errors.sort_by_key(offset);
        // An error that follows on the same line has the same cause, and so have the errors on the many
        // lines after an array that is not closed.
        errors.dedup_by_key(|error| source.line(offset(error)));
        errors.dedup_by(|next, error| next.message() == error.message());
        let problems = errors.iter().map(|error| {
            let message = error.message().trim().replace('\n', "; ");
            Problem::new(format!("not valid TOML: {message}"))
                .at(source.place(offset(error)))
                .hint(remedy(&message))
        });
        Error::check(ErrorKind::Config, problems.collect())?;
        Ok(Self { source, table })
    }

    /// Parses the text as far as it is valid.
    pub(super) fn parse_leniently(source: &'a Source) -> Self {
        let (table, _) = DeTable::parse_recoverable(source.text());
        Self { source, table }
    }

    /// The outermost table.
    pub(super) fn root(&self) -> Table<'_> {
        Table::outermost(self.source, self.table.get_ref())
    }
}
