//! Checks the description in METADATA and its type.

use super::rst;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::metadata::headers::Headers;

/// The flavors of Markdown that indexes know.
const VARIANTS: [&str; 2] = ["GFM", "CommonMark"];

/// Checks the description, which is a field or the body of METADATA.
pub(super) fn judge(headers: &Headers, body: &str) -> Vec<Finding> {
    let kind = headers.first("description-content-type");
    let field = headers.first("description");
    let has_body = !body.trim().is_empty();
    let mut findings = Vec::new();
    if has_body && field.is_some() {
        let actual = "has a description both in a field and after the fields";
        findings.push(Finding::new(Code::MetadataField, actual));
    }
    if let Some(kind) = kind
        && let Err(why) = check_type(kind)
    {
        let actual = format!("has the Description-Content-Type {kind}, {why}");
        findings.push(Finding::new(Code::MetadataField, actual).promised(
            "indexes support text/plain, text/x-rst and text/markdown in UTF-8, with the variants GFM and CommonMark",
        ));
        return findings;
    }
    // Without a type it counts as reStructuredText.
    let is_rst = kind.is_none_or(|kind| kind.to_ascii_lowercase().starts_with("text/x-rst"));
    if is_rst && has_body && body.trim() != "UNKNOWN" {
        findings.extend(rst::first_fault(body).map(|fault| {
            let actual = format!("has a description that PyPI cannot render: line {}: {}", fault.line, fault.what);
            Finding::new(Code::ReadmeMarkup, actual).hint(
                "correct the readme and build the wheel again, or say that it is not reStructuredText: \
                 Description-Content-Type: text/markdown; `twine check` shows all mistakes",
            )
        }));
    }
    if !has_body && field.is_none() {
        let finding = Finding::new(Code::MetadataReadme, "has no description");
        findings.push(finding.weighing(Severity::Warning));
    } else if kind.is_none() {
        findings.push(Finding::new(
            Code::MetadataReadme,
            "has a description and no Description-Content-Type, so that indexes take it for text/x-rst",
        ));
    }
    findings
}

/// Checks a type with its parameters. Source: `packaging.metadata`.
fn check_type(text: &str) -> Result<(), &'static str> {
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !matches!(kind.as_str(), "text/plain" | "text/x-rst" | "text/markdown") {
        return Err("which is not a type of descriptions");
    }
    let mut seen = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let (name, value) = part
            .split_once('=')
            .ok_or("which has a parameter without a value")?;
        let name = name.trim().to_ascii_lowercase();
        // A comment in parentheses may follow.
        let value = value
            .split('(')
            .next()
            .unwrap_or(value)
            .trim()
            .trim_matches('"');
        if seen.contains(&name) {
            return Err("which has a parameter twice");
        }
        match name.as_str() {
            "charset" if !value.eq_ignore_ascii_case("utf-8") => {
                return Err("which is not in UTF-8");
            }
            "variant" if kind == "text/markdown" && !VARIANTS.contains(&value) => {
                return Err("which names an unknown variant of Markdown");
            }
            _ => seen.push(name),
        }
    }
    Ok(())
}
