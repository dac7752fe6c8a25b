//! A finding of the audit: what is true, what is promised, and a hint for whoever built the wheel.

use super::code::{Code, Severity};
use crate::error::Problem;
use crate::tags::Release;
use crate::text::escape::is_deceptive;

/// How many findings of one kind are reported; more of them add nothing.
pub(super) const MOST_FINDINGS: usize = 100;
/// How many findings of one kind are counted; each takes memory.
pub(super) const MOST_COUNTED: usize = 10_000;
/// How much of a name and of a sentence is shown, in characters.
const NAME: usize = 300;
const SENTENCE: usize = 2000;

/// Text from a wheel, for people: control characters are escaped, and long text is cut off.
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
    /// What to do about it with any build tool; may have several lines.
    pub hint: Option<String>,
    /// The oldest release of the C library or system that the tag can promise for this binary, where it
    /// promises an older one.
    #[serde(skip)]
    pub possible_floor: Option<Release>,
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
            possible_floor: None,
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
    pub(super) fn possible_floor(mut self, floor: Option<Release>) -> Self {
        self.possible_floor = floor;
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
    /// Ex) `is built for Linux x86_64, but the tag win_amd64 promises Windows x64`
    pub fn message(&self) -> String {
        match &self.promised {
            Some(promised) => format!("{}, but {promised}", self.actual),
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
