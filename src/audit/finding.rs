//! What the audit has to say of one thing: what is promised, what is true, what to do.

use super::code::{Code, Severity};
use crate::error::Problem;
use crate::text::escape::is_deceptive;

/// How many findings of one kind are told; what more there is adds nothing.
pub(super) const MOST_FINDINGS: usize = 100;
/// How many findings of one kind are counted; each takes memory.
pub(super) const MOST_COUNTED: usize = 10_000;
/// How much of a name and of a sentence is shown, in characters.
const NAME: usize = 300;
const SENTENCE: usize = 2000;

/// Text for people: no control character of a wheel's reaches the terminal, and none is endless.
fn shown(text: &str, limit: usize) -> String {
    let mut shown = String::new();
    for c in text.chars().take(limit) {
        if c.is_control() || is_deceptive(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

/// Something in which a wheel or a binary is not what it promises.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// The file in the wheel, where it is about one.
    pub file: Option<String>,
    /// What is promised, and by what.
    ///
    /// Ex) `the tag manylinux_2_17_x86_64 promises glibc 2.17`
    pub promised: Option<String>,
    /// What is true; the file or wheel is the subject of the sentence.
    ///
    /// Ex) `needs glibc 2.28 (for fcntl64)`
    pub actual: String,
    /// What to do next; may have several lines.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding with nothing but what is true.
    pub(super) fn new(code: Code, actual: impl AsRef<str>) -> Self {
        Self {
            code,
            severity: code.severity(),
            file: None,
            promised: None,
            actual: shown(actual.as_ref(), SENTENCE),
            hint: None,
        }
    }

    #[must_use]
    pub(super) fn promised(mut self, promised: impl AsRef<str>) -> Self {
        self.promised = Some(shown(promised.as_ref(), SENTENCE));
        self
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(super) fn of(mut self, file: &str) -> Self {
        self.file = Some(shown(file, NAME));
        self
    }

    #[must_use]
    pub(super) fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// What is true and what is promised, as the end of a sentence about the file.
    ///
    /// Ex) `is built for Linux x86_64, and the tag win_amd64 promises Windows x64`
    pub fn message(&self) -> String {
        match &self.promised {
            Some(promised) => format!("{}, and {promised}", self.actual),
            None => self.actual.clone(),
        }
    }
}

/// A finding that stops a build.
impl From<Finding> for Problem {
    fn from(finding: Finding) -> Self {
        Self {
            message: finding.message(),
            place: finding.file,
            hint: finding.hint,
        }
    }
}
