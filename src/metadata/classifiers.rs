//! The classifiers that package indexes know.
//!
//! Takes text, says whether it is one; the table names its upstream in its head and is made anew by
//! `scripts/update-audit-data.py`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::error::{Problem, did_you_mean};

/// What is known of a text that should be a classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Classifier {
    /// Indexes take it.
    Known,
    /// Indexes took it once; most have a successor.
    Deprecated,
    /// Indexes refuse it on purpose, so that nothing private is uploaded by mistake.
    Private,
    /// Indexes refuse it.
    Unknown,
}

const TABLE: &str = include_str!("../audit/data/classifiers.txt");

static CLASSIFIERS: LazyLock<BTreeMap<&str, Classifier>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| match line.strip_prefix("deprecated\t") {
            Some(rest) => (
                rest.split('\t').next().unwrap_or(rest),
                Classifier::Deprecated,
            ),
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

/// Refuses what PyPI refuses at upload: unknown classifiers and deprecated ones. Private ones, which
/// are there to be refused, pass.
pub(crate) fn check(text: &str) -> Result<(), Problem> {
    let choose = "choose one of https://pypi.org/classifiers, or leave it out";
    match classifier(text) {
        Classifier::Known | Classifier::Private => Ok(()),
        Classifier::Unknown => Err(Problem::new(format!(
            "`{text}` is no classifier that package indexes know"
        ))
        .hint(did_you_mean(text, CLASSIFIERS.keys().copied(), choose))),
        Classifier::Deprecated => {
            let hint = match successors(text) {
                "" => choose.to_owned(),
                names => format!("use instead: {}", names.replace('\t', ", ")),
            };
            Err(Problem::new(format!(
                "`{text}` is a deprecated classifier, which package indexes refuse"
            ))
            .hint(hint))
        }
    }
}

/// What replaces a deprecated classifier.
fn successors(text: &str) -> &'static str {
    let mut lines = TABLE.lines();
    let row = lines.find_map(|line| {
        let rest = line.strip_prefix("deprecated\t")?.strip_prefix(text)?;
        (rest.is_empty() || rest.starts_with('\t')).then_some(rest)
    });
    row.unwrap_or_default().trim_start_matches('\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classifiers_are_told_apart() {
        for (text, expected) in [
            ("Programming Language :: Python :: 3.13", Classifier::Known),
            ("Natural Language :: Ukranian", Classifier::Deprecated),
            ("Private :: Do Not Upload", Classifier::Private),
            ("Programming Language :: Zag", Classifier::Unknown),
            ("", Classifier::Unknown),
        ] {
            assert_eq!(classifier(text), expected, "{text}");
        }
        let problem = check("Programming Language :: Pyton :: 3.13").unwrap_err();
        let hint = problem.hint.unwrap();
        let meant = "did you mean Programming Language :: Python :: 3.13? choose one of";
        assert!(hint.starts_with(meant), "{hint}");
    }
}
