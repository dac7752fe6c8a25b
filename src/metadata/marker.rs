//! The marker of a dependency specifier as text: `python_version < "3.13" and extra == "fuzz"`.
//!
//! Takes a marker and gives it in one spelling: single spaces, double quotes. A marker is checked, but
//! neither evaluated nor simplified.
//!
//! Source: PyPA, "Dependency specifiers" (PEP 508), "Environment Markers".

use std::fmt;
use std::str::FromStr as _;

use pep440_rs::{Version, VersionSpecifier};

use super::values::check_name;
use crate::error::Problem;

/// A marker in one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    text: String,
    /// Whether an `or` stands outside all parentheses, which binds weaker than `and`.
    has_outer_or: bool,
}

impl Marker {
    /// Checks a marker and puts it into one spelling. `notes` receives what is odd but allowed.
    pub(crate) fn parse(text: &str, notes: &mut Vec<String>) -> Result<Self, Problem> {
        let mut marker = Self {
            text: String::new(),
            has_outer_or: false,
        };
        let mut tokens = Vec::new();
        let mut depth = 0_u32;
        let mut rest = text.trim();
        while let Some(first) = rest.chars().next() {
            let (token, after) = match first {
                '\'' | '"' => {
                    let (inside, after) = rest[1..].split_once(first).ok_or_else(|| {
                        Problem::new(format!("a quote is not closed in `{text}`"))
                            .hint("close it with the same quote")
                    })?;
                    // The content may hold the other quote, and there are no escapes.
                    let quote = if inside.contains('"') { '\'' } else { '"' };
                    (format!("{quote}{inside}{quote}"), after)
                }
                '(' | ')' => (first.to_string(), &rest[1..]),
                _ => {
                    let operator = is_operator(first);
                    let ends = |c: char| {
                        c.is_whitespace() || "'\"()".contains(c) || is_operator(c) != operator
                    };
                    let end = rest.find(ends).unwrap_or(rest.len());
                    (rest[..end].to_owned(), &rest[end..])
                }
            };
            match token.as_str() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                "or" if depth == 0 => marker.has_outer_or = true,
                _ => {}
            }
            if !marker.text.is_empty() && !marker.text.ends_with('(') && token != ")" {
                marker.text.push(' ');
            }
            marker.text.push_str(&token);
            tokens.push(token);
            rest = after.trim_start();
        }
        let comparisons = comparisons(&tokens).ok_or_else(|| {
            Problem::new(format!("`{text}` is not an environment marker"))
                .hint("write comparisons with and, or and parentheses: os_name == \"nt\" (PEP 508)")
        })?;
        for comparison in comparisons {
            notes.extend(comparison.check()?);
        }
        Ok(marker)
    }

    /// `extra == "name"`
    pub(crate) fn extra(name: &str) -> Self {
        Self {
            text: format!("extra == \"{name}\""),
            has_outer_or: false,
        }
    }

    /// Both markers.
    #[must_use]
    pub(crate) fn and(self, other: &Self) -> Self {
        let side = |marker: &Self| {
            if marker.has_outer_or {
                format!("({})", marker.text)
            } else {
                marker.text.clone()
            }
        };
        Self {
            text: format!("{} and {}", side(&self), side(other)),
            has_outer_or: false,
        }
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The comparisons that the tokens of a marker consist of; `None` if the tokens are not a marker.
///
/// Source: PEP 508, "Grammar": `marker_or`, `marker_and`, `marker_expr`.
fn comparisons(tokens: &[String]) -> Option<Vec<Comparison<'_>>> {
    let mut comparisons = Vec::new();
    let mut open = 0_usize;
    let mut rest = tokens;
    loop {
        // An operand: any number of open parentheses, then a comparison.
        while let Some(("(", after)) = rest
            .split_first()
            .map(|(first, after)| (first.as_str(), after))
        {
            open += 1;
            rest = after;
        }
        let [left, operator, after @ ..] = rest else {
            return None;
        };
        let (operator, after) = match (operator.as_str(), after) {
            ("not", [word, after @ ..]) if word == "in" => ("not in", after),
            ("in" | "<" | "<=" | "==" | "!=" | ">=" | ">" | "~=" | "===", after) => {
                (operator.as_str(), after)
            }
            _ => return None,
        };
        let [right, after @ ..] = after else {
            return None;
        };
        comparisons.push(Comparison {
            left,
            operator,
            right,
        });
        rest = after;
        // What follows it: closed parentheses, then the end or another operand.
        while let Some((")", after)) = rest
            .split_first()
            .map(|(first, after)| (first.as_str(), after))
        {
            open = open.checked_sub(1)?;
            rest = after;
        }
        match rest.split_first() {
            None => return (open == 0).then_some(comparisons),
            Some((word, after)) if word == "and" || word == "or" => rest = after,
            Some(_) => return None,
        }
    }
}

/// What the variables of markers hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variable {
    /// A version.
    Version,
    /// Any text.
    Text,
    /// The name of an extra.
    Extra,
}

impl Variable {
    /// The variable of this name. Names with dots and `python_implementation` are from before PEP 508.
    fn of(name: &str) -> Option<Self> {
        match name {
            "python_version" | "python_full_version" | "implementation_version" => {
                Some(Self::Version)
            }
            "os_name"
            | "sys_platform"
            | "platform_machine"
            | "platform_python_implementation"
            | "platform_release"
            | "platform_system"
            | "platform_version"
            | "implementation_name"
            | "os.name"
            | "sys.platform"
            | "platform.machine"
            | "platform.python_implementation"
            | "platform.version"
            | "python_implementation" => Some(Self::Text),
            "extra" => Some(Self::Extra),
            _ => None,
        }
    }
}

/// One comparison of a marker, in tokens.
///
/// Ex) `python_version`, `<`, `"3.13"`
struct Comparison<'a> {
    left: &'a str,
    operator: &'a str,
    right: &'a str,
}

impl Comparison<'_> {
    /// Checks that a variable is compared with a quoted string and that the operator makes sense for them.
    /// Gives a note if the string is not a version where one is expected.
    fn check(&self) -> Result<Option<String>, Problem> {
        let (name, value, is_value_first) = match (quoted(self.left), quoted(self.right)) {
            (None, Some(value)) => (self.left, value, false),
            (Some(value), None) => (self.right, value, true),
            _ => {
                return Err(self.problem("does not compare a variable with a quoted string"));
            }
        };
        let Some(variable) = Variable::of(name) else {
            return Err(self.problem(&format!("has the unknown variable {name}")));
        };
        let is_compatible = self.operator == "~=";
        if is_compatible && (is_value_first || variable != Variable::Version) {
            return Err(self.problem("has `~=`, which compares a version with a string after it"));
        }
        match variable {
            Variable::Text => Ok(None),
            Variable::Extra => {
                if !matches!(self.operator, "==" | "!=") {
                    return Err(self.problem("compares extra with something other than == or !="));
                }
                // Some tools write `extra == ""` for "no extra".
                if !value.is_empty() {
                    check_name(value)?;
                }
                Ok(None)
            }
            Variable::Version if self.has_version(value, is_value_first) => Ok(None),
            // Installers compare text in this case.
            Variable::Version => Ok(Some(format!(
                "`{self}`: `{value}` is not a version for this comparison, so installers compare text"
            ))),
        }
    }

    /// Whether a string can be compared as a version, or as a list of versions after `in`.
    fn has_version(&self, value: &str, is_value_first: bool) -> bool {
        match (self.operator, is_value_first) {
            ("in" | "not in", true) => false,
            ("in" | "not in", false) => value
                .split_whitespace()
                .all(|word| Version::from_str(word).is_ok()),
            (_, true) if value.contains('*') => false,
            (operator, _) => VersionSpecifier::from_str(&format!("{operator}{value}")).is_ok(),
        }
    }

    fn problem(&self, why: &str) -> Problem {
        Problem::new(format!("`{self}` {why}"))
            .hint("compare an environment marker with a quoted string: os_name == \"nt\" (PEP 508)")
    }
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.operator, self.right)
    }
}

/// The content of a token that is a quoted string.
fn quoted(token: &str) -> Option<&str> {
    let inside = token.strip_prefix(['"', '\''])?;
    inside.strip_suffix(['"', '\''])
}

fn is_operator(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '!' | '~')
}
