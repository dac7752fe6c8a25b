//! The file that marks a directory as a cache, so that backup programs skip it.

/// The content of a CACHEDIR.TAG with this text after its signature.
///
/// Source: <https://bford.info/cachedir/>
macro_rules! cachedir_tag {
    ($rest:literal) => {
        concat!("Signature: 8a477f597d28d172789f06886806bc55", $rest)
    };
}

pub(crate) use cachedir_tag;
