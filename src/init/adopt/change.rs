//! A change that an existing project needs.

/// A file to write or to change.
#[derive(Debug)]
pub struct Change {
    /// Its path in the project's folder, with `/`.
    pub path: String,
    /// What was missing, one line for each reason.
    pub why: Vec<String>,
    /// Its text; `None` if the file does not exist.
    pub before: Option<String>,
    /// Its text after the change.
    pub after: String,
}
