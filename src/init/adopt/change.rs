//! A change that an existing project needs.

/// A file to write or to change.
#[derive(Debug)]
pub struct Change {
    /// Its place below the folder, with `/`.
    pub path: String,
    /// What was missing, a line each.
    pub why: Vec<String>,
    /// Its text; none if it is not there.
    pub before: Option<String>,
    /// Its text with what was missing.
    pub after: String,
}
