//! All checks: the stable name, severity, summary and explanation of each.
//!
//! `pyz3-wheel explain`, docs/checks.md and the reports are all generated from the table in `table`.

#[macro_use]
mod table;

use std::fmt;
use std::str::FromStr;

use crate::error::{Problem, did_you_mean};

/// The severity of a finding.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is wrong: shown with `--verbose` only, and without effect on the verdict.
    Note,
    /// The file works where its name promises, but the finding deserves a look.
    Warning,
    /// The file does not work where its name promises, or an installer, the loader or PyPI refuses it.
    Error,
}

impl Severity {
    /// An error if something fails or is refused, else a warning.
    pub(super) fn error_if(fails: bool) -> Self {
        if fails { Self::Error } else { Self::Warning }
    }

    /// What the severity says about the wheel, sdist or release.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Note => "Nothing is wrong. The note suggests an improvement.",
            Self::Warning => "The file works, but you should look at the finding.",
            Self::Error => {
                "The file does not work where its filename promises, or an installer, the loader or PyPI refuses it."
            }
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// The part of a wheel, an sdist or a release that a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Native code.
    Binaries,
    /// The zip archive.
    Archive,
    /// The paths of the files in the archive.
    Paths,
    /// RECORD.
    Record,
    /// The file name, its tags, and WHEEL.
    Tags,
    /// METADATA and entry points.
    Metadata,
    /// The list of files.
    Contents,
    /// Source distributions.
    Sdists,
    /// The files of a release together.
    Releases,
}

impl Subject {
    /// All parts, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Binaries,
        Self::Archive,
        Self::Paths,
        Self::Record,
        Self::Tags,
        Self::Metadata,
        Self::Contents,
        Self::Sdists,
        Self::Releases,
    ];

    /// The heading of this part in the documentation.
    pub fn title(self) -> &'static str {
        match self {
            Self::Binaries => "Binaries",
            Self::Archive => "The archive",
            Self::Paths => "Paths",
            Self::Record => "RECORD",
            Self::Tags => "Name, tags and WHEEL",
            Self::Metadata => "METADATA and entry points",
            Self::Contents => "Contents",
            Self::Sdists => "Source distributions",
            Self::Releases => "Releases",
        }
    }

    /// The beginning of a sentence that a summary ends.
    ///
    /// Ex) "The release", which "has no source distribution"
    pub fn noun(self) -> &'static str {
        match self {
            Self::Sdists => "The sdist or one of its files",
            Self::Releases => "The release",
            Self::Binaries
            | Self::Archive
            | Self::Paths
            | Self::Record
            | Self::Tags
            | Self::Metadata
            | Self::Contents => "The wheel or one of its files",
        }
    }
}

macro_rules! codes {
    ($($code:ident $name:literal $subject:ident $severity:ident $summary:literal $explanation:literal;)+) => {
        /// The check that a finding comes from. The names are a stable interface.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`: ", $summary, ".")] $code,)+
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// The stable name.
            ///
            /// Ex) `wrong-machine`
            pub fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// The part of a wheel, an sdist or a release that the check is about.
            pub fn subject(self) -> Subject {
                match self { $(Self::$code => Subject::$subject,)+ }
            }

            /// The default severity, which a finding may override.
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)+ }
            }

            /// What is wrong, as the end of a sentence that begins with [`Subject::noun`].
            pub fn summary(self) -> &'static str {
                match self { $(Self::$code => $summary,)+ }
            }

            /// Why it matters, where the rule comes from and what to do.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$code => $explanation,)+ }
            }
        }
    };
}

all_checks!(codes);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Code {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let found = Self::ALL.iter().find(|code| code.name() == text);
        found.copied().ok_or_else(|| {
            let names = Self::ALL.iter().map(|code| code.name());
            let list = "`pyz3-wheel explain` lists all checks";
            Problem::new(format!("unknown check `{text}`")).hint(did_you_mean(text, names, list))
        })
    }
}

crate::tags::serialize_as_display!(Code);

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = |problem: Problem| serde::de::Error::custom(problem.message);
        name.parse().map_err(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for code in Code::ALL {
            assert_eq!(code.name().parse(), Ok(*code));
        }
        let error = "wrong-machin".parse::<Code>().unwrap_err();
        assert!(error.hint.unwrap().contains("did you mean wrong-machine?"));
    }
}
