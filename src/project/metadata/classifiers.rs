//! The classifiers that package indexes know.
//!
//! Takes text, says whether it is one; the table names its upstream in its head and is made anew by
//! `scripts/update-audit-data.py`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is known of a text that should be a classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Classifier {
    /// Indexes take it.
    Known,
    /// Indexes refuse it; this is its successor, if it has one.
    Deprecated(Option<&'static str>),
    /// Indexes refuse it on purpose, so that nothing private is uploaded by mistake.
    Private,
    /// Indexes refuse it.
    Unknown,
}

static CLASSIFIERS: LazyLock<BTreeMap<&str, Classifier>> = LazyLock::new(|| {
    include_str!("../../audit/data/classifiers.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| match line.strip_prefix("deprecated\t") {
            Some(rest) => {
                let mut names = rest.split('\t');
                let name = names.next().unwrap_or(rest);
                (name, Classifier::Deprecated(names.next()))
            }
            None => (line, Classifier::Known),
        })
        .collect()
});

/// What indexes make of a classifier.
pub(crate) fn classifier(text: &str) -> Classifier {
    if text.starts_with("Private ::") {
        return Classifier::Private;
    }
    CLASSIFIERS
        .get(text)
        .copied()
        .unwrap_or(Classifier::Unknown)
}

/// The known classifier that a text is nearest to.
pub(super) fn nearest(text: &str) -> Option<&'static str> {
    crate::error::nearest(text, CLASSIFIERS.keys().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classifiers_are_told_apart() {
        for (text, expected) in [
            ("Programming Language :: Python :: 3.13", Classifier::Known),
            (
                "Natural Language :: Ukranian",
                Classifier::Deprecated(Some("Natural Language :: Ukrainian")),
            ),
            ("Private :: Do Not Upload", Classifier::Private),
            ("Programming Language :: Zag", Classifier::Unknown),
            ("", Classifier::Unknown),
        ] {
            assert_eq!(classifier(text), expected, "{text}");
        }
        assert_eq!(
            nearest("Programming Language :: Pyton :: 3.13"),
            Some("Programming Language :: Python :: 3.13")
        );
    }
}
