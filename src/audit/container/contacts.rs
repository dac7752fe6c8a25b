//! Checks the addresses in METADATA: email addresses and URLs.
//!
//! PyPI refuses less than other tools complain about: it checks the first email address only, and of a URL hardly
//! more than that it begins with http or https. Source: warehouse's `forklift/metadata.py`.

use std::collections::BTreeSet;

use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_FINDINGS};
use crate::error::Problem;
use crate::metadata::headers::{Headers, addresses};
use crate::metadata::values;

/// Checks the fields that have addresses.
pub(super) fn judge(headers: &Headers) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Old build tools write UNKNOWN for an empty value, and PyPI drops such fields before it checks them.
    let has_value = |value: &&String| !value.is_empty() && value.trim() != "UNKNOWN";
    for name in ["home-page", "download-url"] {
        for url in headers.all(name).iter().filter(has_value) {
            findings.extend(url_finding(name, name, url));
        }
    }
    for name in ["author-email", "maintainer-email"] {
        for list in headers.all(name).iter().filter(has_value) {
            findings.extend(emails(name, list));
        }
    }
    let mut labels = BTreeSet::new();
    for value in headers.all("project-url") {
        let Some((label, url)) = value.split_once(',') else {
            let problem = Problem::new(format!("`{value}` has no label"));
            findings.push(Finding::refused(
                Code::MetadataField,
                "Project-URL",
                problem,
            ));
            continue;
        };
        if !labels.insert(label.trim()) {
            let problem = Problem::new(format!("the label `{}` is there twice", label.trim()));
            let problem = problem.hint("give each link a label of its own");
            findings.push(Finding::refused(
                Code::MetadataField,
                "Project-URL",
                problem,
            ));
        }
        findings.extend(url_finding("Project-URL", label.trim(), url.trim()));
    }
    findings.truncate(MOST_FINDINGS);
    findings
}

fn url_finding(field: &str, label: &str, url: &str) -> Option<Finding> {
    let problem = values::check_url(label, url).err()?;
    let finding = Finding::refused(Code::MetadataField, field, problem);
    // The label is right, so it is the URL that is not.
    let is_label_right = values::check_url(label, "https://example.org").is_ok();
    let (scheme, rest) = url.split_once(':').unwrap_or_default();
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let is_empty = rest.trim_matches('/').is_empty();
    let has_space = url.contains(char::is_whitespace) && !url.contains(char::is_control);
    let is_accepted = is_label_right && is_web && (is_empty || has_space);
    Some(finding.weighing_if(is_accepted, Severity::Warning))
}

/// Checks the addresses of a list. PyPI reads the first one only.
fn emails(field: &str, list: &str) -> Vec<Finding> {
    let refusal = |address: &str| {
        let problem = values::check_email(address).err()?;
        Some(Finding::refused(Code::MetadataField, field, problem))
    };
    let all = addresses(list);
    let is_parsed = all.len() != 1 || all.first().is_some_and(|one| one != list);
    if !is_parsed && refusal(list).is_some() {
        // The list has mistakes. What PyPI takes for the address may be right all the same, or empty.
        let first = if list.starts_with('"') {
            list
        } else {
            list.split(',').next().unwrap_or_default()
        };
        let inside = first
            .split_once('<')
            .map(|(_, rest)| rest.split(['>', ' ']).next());
        let word = || first.split([' ', '>']).next();
        let address = inside.unwrap_or_else(word).unwrap_or_default();
        let is_accepted =
            address.is_empty() || address.ends_with('@') || refusal(address).is_none();
        let finding = refusal(list).into_iter();
        return finding
            .map(|finding| finding.weighing_if(is_accepted, Severity::Warning))
            .collect();
    }
    let found = all.iter().enumerate().filter_map(|(index, address)| {
        let finding = refusal(address)?;
        let is_read = index == 0 && !address.is_empty() && !address.ends_with('@');
        Some(finding.weighing_if(!is_read, Severity::Warning))
    });
    found.collect()
}
