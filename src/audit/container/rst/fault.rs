//! A mistake in reStructuredText.

/// A mistake: the number of its line, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit::container) struct Fault {
    pub(in crate::audit::container) line: usize,
    pub(in crate::audit::container) what: String,
}
