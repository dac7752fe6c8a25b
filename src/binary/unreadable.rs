//! Why a binary cannot be read.

/// Why a binary cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Some part of it is damaged; the text is the end of a sentence.
    #[error("is a damaged binary: {0}")]
    Damaged(String),
    /// The loader can read it, but we cannot.
    #[error("has no section headers, and its dynamic segment does not say how many symbols it has")]
    NoSymbols,
}

impl From<object::read::Error> for Unreadable {
    fn from(error: object::read::Error) -> Self {
        Self::damaged(&error.to_string())
    }
}

impl From<wasmparser::Error> for Unreadable {
    fn from(error: wasmparser::Error) -> Self {
        Self::damaged(error.message())
    }
}

impl Unreadable {
    fn damaged(message: &str) -> Self {
        let mut chars = message.chars();
        Self::Damaged(match (chars.next(), chars.clone().next()) {
            // Not the first letter of `ELF` or `PE`.
            (Some(first), Some(second)) if !second.is_uppercase() => {
                first.to_lowercase().chain(chars).collect()
            }
            _ => message.to_owned(),
        })
    }
}
