//! Names of Python modules as they are imported.

use std::fmt;
use std::str::FromStr;

use super::identifier::is_ascii_identifier;
use crate::tags::serialize_as_display;

/// The dotted name under which Python imports a module.
///
/// Ex) `hello._native`; ASCII identifiers only, since `PyInit_` and file names are made of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleName(String);

impl ModuleName {
    /// The package that the module is in; none for a module at the top.
    ///
    /// Ex) `a.b` for `a.b.c`
    pub fn package(&self) -> Option<&str> {
        self.0.rsplit_once('.').map(|(package, _)| package)
    }

    /// The module's own name, which `PyInit_` carries.
    ///
    /// Ex) `c` for `a.b.c`
    pub fn leaf(&self) -> &str {
        self.0.rsplit_once('.').map_or(&self.0, |(_, leaf)| leaf)
    }

    /// The whole dotted name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a string is not the name of a module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not the name of a Python module (identifiers of ASCII letters, digits and `_`, \
     joined by dots, like hello._native)"
)]
pub struct ParseModuleNameError {
    /// What was given.
    pub text: String,
}

impl FromStr for ModuleName {
    type Err = ParseModuleNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.split('.').all(is_ascii_identifier) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseModuleNameError {
                text: text.to_owned(),
            })
        }
    }
}

serialize_as_display!(ModuleName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_and_survive_a_round_trip() {
        for (text, package, leaf) in [
            ("hello", None, "hello"),
            ("_core", None, "_core"),
            ("hello._native", Some("hello"), "_native"),
            ("a.b2.c", Some("a.b2"), "c"),
        ] {
            let name: ModuleName = text.parse().unwrap();
            assert_eq!(name.to_string(), text);
            assert_eq!(name.package(), package);
            assert_eq!(name.leaf(), leaf);
        }
    }

    #[test]
    fn what_python_cannot_import_is_refused() {
        for text in [
            "", ".", ".a", "a.", "a..b", "1a", "a-b", "a b", "a/b", "é", "a\n", "a.b:c",
        ] {
            assert!(text.parse::<ModuleName>().is_err(), "{text:?}");
        }
    }
}
