//! The marker of a dependency specifier as text: `python_version < "3.13" and extra == "fuzz"`.
//!
//! Takes a marker, gives it in one spelling: single spaces, double quotes. It is neither evaluated
//! nor simplified. How comparisons are put together is judged here, each comparison by `pep508_rs`:
//! that crate makes a decision diagram of a whole marker, which a short text can make enormous.

use std::fmt;

use crate::error::Problem;

/// A marker in one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    text: String,
    /// Each comparison alone.
    ///
    /// Ex) `python_version < "3.13"`
    comparisons: Vec<String>,
    /// Whether an `or` stands outside all parentheses, which binds weaker than `and`.
    has_outer_or: bool,
}

impl Marker {
    /// Puts a marker into one spelling.
    ///
    /// Refused: open quotes, and a value before `~=`, over which `pep508_rs` panics.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let mut marker = Self {
            text: String::new(),
            comparisons: Vec::new(),
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
            if token == "~=" && marker.text.ends_with(['"', '\'']) {
                return Err(Problem::new(format!("`{text}` has a value before `~=`"))
                    .hint("put the environment marker first: python_version ~= \"3.9\""));
            }
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
        marker.comparisons = comparisons(&tokens).ok_or_else(|| {
            Problem::new(format!("`{text}` is not an environment marker"))
                .hint("write comparisons with and, or and parentheses: os_name == \"nt\" (PEP 508)")
        })?;
        Ok(marker)
    }

    /// Each comparison alone, as written but for its spelling.
    pub(crate) fn comparisons(&self) -> &[String] {
        &self.comparisons
    }

    /// `extra == "name"`
    pub(crate) fn extra(name: &str) -> Self {
        let text = format!("extra == \"{name}\"");
        Self {
            comparisons: vec![text.clone()],
            text,
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
            comparisons: [self.comparisons.as_slice(), &other.comparisons].concat(),
            has_outer_or: false,
        }
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The comparisons that the tokens of a marker are put together from; none if they are no marker.
///
/// Source: PEP 508, "Grammar": `marker_or`, `marker_and`, `marker_expr`.
fn comparisons(tokens: &[String]) -> Option<Vec<String>> {
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
            ("in", after) => ("in", after),
            (operator, after) if operator.chars().all(is_operator) => (operator, after),
            _ => return None,
        };
        let [right, after @ ..] = after else {
            return None;
        };
        comparisons.push(format!("{left} {operator} {right}"));
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

fn is_operator(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '!' | '~')
}
