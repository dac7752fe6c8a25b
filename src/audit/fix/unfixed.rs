//! The errors that are not about a name alone, and why.

use super::tags::is_error;
use crate::audit::code::{Code, Subject};
use crate::audit::finding::Finding;

/// An error that is left, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unfixed {
    /// The check.
    pub code: Code,
    /// The file in the wheel, if the error is about one file.
    pub file: Option<String>,
    /// Why a new name is not enough.
    pub reason: String,
}

impl Unfixed {
    /// An error in a wheel to which nothing else can be done.
    pub fn of(finding: &Finding) -> Option<Self> {
        is_error(finding).then(|| Self::because(finding, reason(finding.code)))
    }

    pub(super) fn because(finding: &Finding, reason: impl Into<String>) -> Self {
        Self {
            code: finding.code,
            file: finding.file.clone(),
            reason: reason.into(),
        }
    }
}

/// Why a check is not about a name alone.
pub(super) fn reason(code: Code) -> &'static str {
    match code.subject() {
        Subject::Archive => "what readers disagree about, or cannot read, is never copied",
        Subject::Paths => "code may refer to the file by its name, so it needs another build",
        Subject::Record => {
            "what is missing or was meant cannot be known, so it needs another build"
        }
        Subject::Tags => "the contents of the wheel do not prove another name",
        Subject::Metadata => "the project has to declare it, so it needs another build",
        _ => "it is in the files, not in a name, so it needs another build",
    }
}
