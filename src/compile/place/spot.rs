//! Where an artifact goes in the wheel.

/// The places of an artifact, with a note if they may surprise the user.
pub(super) struct Spot {
    /// One for each name that it has in the wheel.
    pub(super) paths: Vec<String>,
    pub(super) is_module: bool,
    pub(super) note: Option<String>,
}
