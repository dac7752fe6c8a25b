//! The marker of a dependency specifier as text: `python_version < "3.13" and extra == "fuzz"`.
//!
//! Takes a marker, gives it in one spelling: single spaces, double quotes. It is neither evaluated
//! nor simplified, and whether it is valid is for `pep508_rs` to say.

use std::fmt;

use crate::error::Problem;

/// A marker in one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    text: String,
    /// Whether an `or` stands outside all parentheses, which binds weaker than `and`.
    has_outer_or: bool,
}

impl Marker {
    /// Puts a marker into one spelling.
    ///
    /// Refused: open quotes, and a value before `~=`, over which `pep508_rs` panics.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let mut marker = Self {
            text: String::new(),
            has_outer_or: false,
        };
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
            rest = after.trim_start();
        }
        Ok(marker)
    }

    /// `extra == "name"`
    pub(super) fn extra(name: &str) -> Self {
        Self {
            text: format!("extra == \"{name}\""),
            has_outer_or: false,
        }
    }

    /// Both markers.
    #[must_use]
    pub(super) fn and(self, other: &Self) -> Self {
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

fn is_operator(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '!' | '~')
}
