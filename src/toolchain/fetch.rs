//! Whether missing tools and packages may be downloaded.

/// What to do about a tool or a package that is not on this machine.
#[derive(Clone, Copy)]
pub enum Fetch<'a> {
    /// Use only what is installed: a dry run downloads nothing.
    Never,
    /// Download it. The function is called with a message for the user before each download.
    Allowed(&'a dyn Fn(&str)),
}

impl Fetch<'_> {
    /// Passes a message to the user. With [`Fetch::Never`] nothing happens, so there is nothing to report.
    pub fn note(self, text: &str) {
        match self {
            Self::Never => {}
            Self::Allowed(note) => note(text),
        }
    }
}
