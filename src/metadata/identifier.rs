//! What Python accepts as a name: identifiers and keywords.

/// The words that cannot be names.
///
/// Source: The Python Language Reference, "Keywords"; `keyword.kwlist` of CPython 3.9 to 3.14.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Whether a text is an identifier: letters of any script, digits and `_`, not beginning with a digit.
/// Keywords are identifiers too, see [`is_keyword`].
pub(crate) fn is_identifier(text: &str) -> bool {
    let is_first = |c: char| c == '_' || c.is_alphabetic();
    text.starts_with(is_first) && text.chars().all(|c| is_first(c) || c.is_alphanumeric())
}

/// Whether a text is an identifier that consists of ASCII characters only.
pub(crate) fn is_ascii_identifier(text: &str) -> bool {
    text.is_ascii() && is_identifier(text)
}

/// Whether Python reserves a word, so that nothing can have it as its name.
pub(crate) fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_ascii_or_of_any_script() {
        for text in ["a", "_", "_a1", "class", "__init__"] {
            assert!(is_identifier(text) && is_ascii_identifier(text), "{text}");
        }
        for text in ["é", "grüße", "名前", "a٣"] {
            assert!(is_identifier(text) && !is_ascii_identifier(text), "{text}");
        }
        for text in ["", "1a", "a-b", "a b", "a.b", "a\n", "٣a", "“"] {
            assert!(
                !is_identifier(text) && !is_ascii_identifier(text),
                "{text:?}"
            );
        }
    }

    /// Soft keywords (`match`, `type`) are names.
    #[test]
    fn keywords_are_reserved_words() {
        assert!(is_keyword("class") && is_keyword("None"));
        assert!(!is_keyword("none") && !is_keyword("match") && !is_keyword("type"));
    }
}
