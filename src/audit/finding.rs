//! A finding of the audit: what the wheel does, what its tags promise, and a hint.

use std::collections::BTreeMap;

use super::code::{Code, Severity};
use crate::error::Problem;
use crate::tags::{PythonVersion, Release};
use crate::text::escape::is_deceptive;

/// The largest number of findings of one kind that are reported in full.
pub(crate) const MOST_FINDINGS: usize = 100;
/// The largest number of findings of one kind that are counted, because each one uses memory.
pub(super) const MOST_COUNTED: usize = 10_000;
/// The largest lengths of a name and of a sentence that are shown, in characters.
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

/// One respect in which a wheel or a binary does not keep what its name promises.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// The check that found it.
    pub code: Code,
    /// The severity.
    pub severity: Severity,
    /// The file in the wheel, if the finding is about one file.
    pub file: Option<String>,
    /// The promise and where it is made.
    ///
    /// Ex) `the tag manylinux_2_17_x86_64 promises glibc 2.17`
    pub promised: Option<String>,
    /// What the file or the wheel does; it is the subject of the sentence.
    ///
    /// Ex) `needs glibc 2.28 (for fcntl64)`
    pub actual: String,
    /// How to fix it with any build tool; may have several lines.
    pub hint: Option<String>,
    /// The oldest release of the C library or system that the tag may promise for this binary, if the tag
    /// promises an older one.
    #[serde(skip)]
    pub possible_floor: Option<Release>,
    /// The oldest Python that the Python tag may promise for this binary, if the tag promises an older one.
    #[serde(skip)]
    pub possible_python: Option<PythonVersion>,
}

impl Finding {
    /// A finding without a promise, hint or file.
    pub(super) fn new(code: Code, actual: impl AsRef<str>) -> Self {
        Self {
            code,
            severity: code.severity(),
            file: None,
            promised: None,
            actual: shown(actual.as_ref(), SENTENCE),
            hint: None,
            possible_floor: None,
            possible_python: None,
        }
    }

    /// A problem of the value of a field.
    pub(super) fn refused(code: Code, field: &str, problem: Problem) -> Self {
        let finding = Self::new(code, format!("{field}: {}", problem.message));
        match problem.hint {
            Some(hint) => finding.hint(hint),
            None => finding,
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
    pub(super) fn possible_python(mut self, python: PythonVersion) -> Self {
        self.possible_python = Some(python);
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

    #[must_use]
    pub(super) fn weighing_if(self, is_so: bool, severity: Severity) -> Self {
        if is_so { self.weighing(severity) } else { self }
    }

    /// What the file does and what is promised, as the end of a sentence about the file.
    ///
    /// Ex) `is built for Linux x86_64, but the tag win_amd64 promises Windows x64`
    pub fn message(&self) -> String {
        match &self.promised {
            Some(promised) => format!("{}, but {promised}", self.actual),
            None => self.actual.clone(),
        }
    }
}

/// Sorts findings by severity and file, and removes repeated ones.
pub(super) fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        (std::cmp::Reverse(a.severity), &a.file, a.code, &a.actual).cmp(&(
            std::cmp::Reverse(b.severity),
            &b.file,
            b.code,
            &b.actual,
        ))
    });
    findings.dedup();
}

/// Keeps the first findings of each kind and counts the others.
pub(super) fn first_of_each(findings: Vec<Finding>) -> Vec<Finding> {
    let mut counts: BTreeMap<(Severity, Code), usize> = BTreeMap::new();
    let mut first: Vec<_> = findings
        .into_iter()
        .filter(|finding| {
            let count = counts.entry((finding.severity, finding.code)).or_default();
            *count += 1;
            *count <= MOST_FINDINGS
        })
        .collect();
    let more = counts
        .into_iter()
        .filter(|(_, count)| *count > MOST_FINDINGS);
    first.extend(more.map(|((severity, code), count)| {
        let than = if count >= MOST_COUNTED {
            "more than "
        } else {
            ""
        };
        let count = count - MOST_FINDINGS;
        let actual = format!("the same problem occurs {than}{count} more times");
        Finding::new(code, actual).weighing(severity)
    }));
    first
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
