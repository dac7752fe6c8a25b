//! The fields of `[project]` that are lines of METADATA: each checked as an index checks it.
//!
//! Every field has a reader for pyproject.toml; what PKG-INFO may give as well has its check apart.

use std::collections::BTreeMap;

use pep440_rs::{Version, VersionSpecifiers};

use crate::error::Problem;
use crate::metadata::check_line;
use crate::metadata::classifiers;
use crate::metadata::requirement::{Requirement, normalized_extra};
use crate::metadata::values;
use crate::project::entry::Entry;
use crate::text::credentials;

/// Runs a check on a text and tells its problem with the entry's name and place.
pub(super) fn checked<T>(
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
    check: impl FnOnce(&str) -> Result<T, Problem>,
) -> Option<T> {
    let text = entry.string(problems)?;
    match check_line(text).and_then(|()| check(text)) {
        Ok(value) => Some(value),
        Err(problem) => {
            problems.push(entry.wrap(problem));
            None
        }
    }
}

pub(super) fn version(entry: &Entry<'_>, problems: &mut Vec<Problem>) -> Option<Version> {
    checked(entry, problems, values::check_version)
}

pub(super) fn summary(
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Option<String> {
    // Some tools write it so into new projects.
    if entry.as_str() == Some("") {
        notes.push(format!("{}: {} is empty", entry.place(), entry.name));
        return None;
    }
    checked(entry, problems, values::check_summary)
}

pub(super) fn requires_python(
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
) -> Option<VersionSpecifiers> {
    checked(entry, problems, values::check_requires_python)
}

pub(super) fn keywords(entry: &Entry<'_>, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut keywords = Vec::new();
    for item in entry.items(problems) {
        let Some(keyword) = item.line(problems) else {
            continue;
        };
        if keyword.contains(',') {
            problems.push(
                item.problem(format!("`{keyword}` has a comma, which separates keywords"))
                    .hint("write it as several keywords"),
            );
        } else {
            keywords.push(keyword.to_owned());
        }
    }
    keywords
}

pub(super) fn classifiers(entry: &Entry<'_>, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut classifiers: Vec<String> = Vec::new();
    for item in entry.items(problems) {
        let Some(classifier) = item.line(problems) else {
            continue;
        };
        if let Err(problem) = classifiers::check(classifier) {
            problems.push(item.wrap(problem));
        }
        if !classifiers.iter().any(|known| known == classifier) {
            classifiers.push(classifier.to_owned());
        }
    }
    classifiers
}

pub(super) fn urls(
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Vec<String> {
    let mut urls = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let Some(table) = entry.table(problems) else {
        return urls;
    };
    for entry in table.entries() {
        let check = |url: &str| refuse_user(url).and_then(|()| values::check_url(entry.key, url));
        if let Some(url) = checked(&entry, problems, check) {
            if credentials::has_any(&url) {
                notes.push(format!(
                    "{}: the address has a token or signature, which METADATA publishes",
                    entry.place()
                ));
            }
            urls.push(url);
        }
        if let Some(other) = seen.insert(normalized_label(entry.key), entry.key) {
            notes.push(format!(
                "{}: indexes take the labels `{other}` and `{}` for the same (PEP 753)",
                entry.place(),
                entry.key
            ));
        }
    }
    urls
}

/// METADATA is public.
fn refuse_user(text: &str) -> Result<(), Problem> {
    if credentials::has_user(text) {
        return Err(Problem::new(format!(
            "`{}` contains a user name or password, which METADATA would publish",
            credentials::hide(text)
        ))
        .hint("remove the part between `//` and `@`"));
    }
    Ok(())
}

/// What labels of URLs are compared by. Source: PEP 753.
fn normalized_label(label: &str) -> String {
    let counts = |c: &char| !c.is_ascii_punctuation() && !c.is_whitespace();
    label
        .chars()
        .filter(counts)
        .collect::<String>()
        .to_lowercase()
}

/// `Author` and `Author-email` lines, or those of the maintainers, as PEP 621 maps them.
pub(super) fn people(
    entry: &Entry<'_>,
    name_field: &'static str,
    email_field: &'static str,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Vec<(&'static str, String)> {
    let mut names = Vec::new();
    let mut emails = Vec::new();
    for item in entry.items(problems) {
        let Some(person) = item.table(problems) else {
            continue;
        };
        person.refuse_unknown(&["name", "email"], problems);
        let (name, email) = (person.get("name"), person.get("email"));
        if name.is_none() && email.is_none() {
            problems.push(
                item.problem("has neither name nor email")
                    .hint("write it like { name = \"Ada\", email = \"ada@example.com\" }"),
            );
        }
        let name = name.and_then(|entry| {
            let name = entry.line(problems)?;
            if name.contains(',') {
                notes.push(format!(
                    "{}: `{name}` has a comma, which separates people (PEP 621); write several",
                    entry.place()
                ));
            }
            Some(name.to_owned())
        });
        let email = email.and_then(|entry| checked(&entry, problems, values::check_email));
        match (name, email) {
            (Some(name), Some(email)) => emails.push(format!("{} <{email}>", phrase(&name))),
            (Some(name), None) => names.push(name),
            (None, Some(email)) => emails.push(email),
            (None, None) => {}
        }
    }
    let mut lines = Vec::new();
    if !names.is_empty() {
        lines.push((name_field, names.join(", ")));
    }
    if !emails.is_empty() {
        lines.push((email_field, emails.join(", ")));
    }
    lines
}

/// A name before an address: quoted where RFC 822 gives a character a meaning.
fn phrase(name: &str) -> String {
    if name.contains(|c: char| "()<>[]:;@\\,.\"".contains(c)) {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        name.to_owned()
    }
}

pub(super) fn dependencies(
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Vec<(&'static str, String)> {
    requirements(entry, problems, notes)
        .into_iter()
        .map(|requirement| ("Requires-Dist", requirement.to_string()))
        .collect()
}

pub(super) fn optional_dependencies(
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let Some(table) = entry.table(problems) else {
        return lines;
    };
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for entry in table.entries() {
        if let Err(problem) = values::check_name(entry.key) {
            problems.push(entry.wrap(problem));
        }
        let extra = normalized_extra(entry.key);
        if let Some(other) = seen.insert(extra.clone(), entry.key) {
            problems.push(
                entry
                    .problem(format!(
                        "is the same extra as `{other}`: both are `{extra}`"
                    ))
                    .hint("merge the two (PEP 685)"),
            );
        }
        lines.push(("Provides-Extra", extra.clone()));
        for requirement in requirements(&entry, problems, notes) {
            lines.push(("Requires-Dist", requirement.with_extra(&extra).to_string()));
        }
    }
    lines
}

fn requirements(
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Vec<Requirement> {
    let mut requirements = Vec::new();
    for item in entry.items(problems) {
        let place = item.place();
        let mut own = Vec::new();
        let parsed = checked(&item, problems, |text| {
            refuse_user(text)?;
            Requirement::parse(text, &mut own)
        });
        requirements.extend(parsed);
        notes.extend(own.into_iter().map(|note| format!("{place}: {note}")));
    }
    requirements
}
