//! SPDX licence expressions in the spelling of the specification.
//!
//! Identifiers are found whatever their case, operators are written large, and the `spdx` crate
//! judges the grammar.

use spdx::{Expression, ParseMode};

use crate::error::Problem;

/// Normalises an expression, as PEP 639 asks; `notes` takes identifiers that SPDX has deprecated.
pub(crate) fn normalize(text: &str, notes: &mut Vec<String>) -> Result<String, Problem> {
    let refused = |why: String| {
        Problem::new(why).hint(
            "write an SPDX expression like \"MIT\" or \"MIT OR Apache-2.0\"; \
             a license that is not on https://spdx.org/licenses is \"LicenseRef-Its-Name\"",
        )
    };
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut normalized = String::new();
    let mut after_with = false;
    for token in spaced.split_whitespace() {
        let upper = token.to_ascii_uppercase();
        let word = match upper.as_str() {
            "(" | ")" | "AND" | "OR" | "WITH" => upper,
            _ if after_with => exception(token)
                .ok_or_else(|| refused(format!("`{token}` is not an SPDX license exception")))?,
            _ => license(token, notes)
                .ok_or_else(|| refused(format!("`{token}` is not an SPDX license identifier")))?,
        };
        after_with = word == "WITH";
        if !normalized.is_empty() && !normalized.ends_with('(') && word != ")" {
            normalized.push(' ');
        }
        normalized.push_str(&word);
    }
    let mode = ParseMode {
        allow_deprecated: true,
        allow_postfix_plus_on_gpl: true,
        ..ParseMode::STRICT
    };
    match Expression::parse_mode(&normalized, mode) {
        Ok(_) => Ok(normalized),
        Err(error) => Err(refused(format!(
            "`{text}` is not an SPDX license expression: {}",
            error.reason
        ))),
    }
}

fn license(token: &str, notes: &mut Vec<String>) -> Option<String> {
    const REF: &str = "LicenseRef-";
    if let Some((prefix, name)) = token.split_at_checked(REF.len())
        && prefix.eq_ignore_ascii_case(REF)
    {
        let idstring = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
        let valid = !name.is_empty() && name.bytes().all(idstring);
        return valid.then(|| format!("{REF}{name}"));
    }
    let find = |name: &str| {
        spdx::identifiers::LICENSES
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(name))
    };
    // `GPL-2.0+` is an identifier of its own; elsewhere `+` means "or later".
    let (known, plus) = match (find(token), token.strip_suffix('+')) {
        (Some(known), _) => (known, ""),
        (None, Some(bare)) => (find(bare)?, "+"),
        (None, None) => return None,
    };
    let deprecated = spdx::license_id(known.name).is_some_and(spdx::LicenseId::is_deprecated);
    if deprecated || known.name.ends_with('+') {
        notes.push(format!(
            "project.license: SPDX has deprecated the identifier `{}`",
            known.name
        ));
    }
    Some(format!("{}{plus}", known.name))
}

fn exception(token: &str) -> Option<String> {
    spdx::identifiers::EXCEPTIONS
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(token))
        .map(|known| known.name.to_owned())
}
