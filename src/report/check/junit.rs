//! The results of `check` as JUnit XML: a suite for each file, and a test case for each check with findings.
//!
//! A test case fails if its check has an error. Warnings and notes are the output of test cases that pass, so
//! that a report without failures and an exit code of 0 mean the same.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::files::{Results, Subject, sentence, with_hint};
use crate::audit::{Code, Finding, Severity};
use crate::error::{Problem, Result};
use crate::text::escape;

/// A test case: its element `failure`, `error` or `system-out`, if it has one.
struct Case {
    name: String,
    /// The name of the element, and its attribute `message`.
    kind: Option<(&'static str, Option<String>)>,
    text: String,
}

impl Case {
    fn is(&self, name: &str) -> bool {
        self.kind.as_ref().is_some_and(|(kind, _)| *kind == name)
    }
}

struct Suite {
    name: String,
    class: String,
    cases: Vec<Case>,
}

/// The document.
pub(crate) fn document(results: Results<'_>) -> Result<String> {
    let mut suites: Vec<_> = results.subjects().map(suite).collect();
    if !results.problems.is_empty() {
        suites.push(Suite {
            name: "pyz3-wheel".to_owned(),
            class: "pyz3-wheel".to_owned(),
            cases: results.problems.iter().map(of_problem).collect(),
        });
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut writer, &suites)?;
    let mut document = String::from_utf8(writer.into_inner()).map_err(anyhow::Error::from)?;
    document.push('\n');
    Ok(document)
}

fn suite(subject: Subject<'_>) -> Suite {
    let filename = subject.path.file_name().filter(|_| !subject.is_release);
    let class = filename.map(|name| escape::path(Path::new(name)));
    let mut by_code: BTreeMap<Code, Vec<&Finding>> = BTreeMap::new();
    for finding in subject.findings {
        by_code.entry(finding.code).or_default().push(finding);
    }
    // A suite without a test case looks as if nothing was checked.
    let others = Case {
        name: "other-checks".to_owned(),
        kind: None,
        text: String::new(),
    };
    let cases = by_code.into_iter().map(|(code, findings)| {
        let lines: Vec<_> = findings.iter().map(|finding| line(finding)).collect();
        let mut errors = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        Case {
            name: code.name().to_owned(),
            kind: Some(match errors.next() {
                Some(error) => ("failure", Some(error.message())),
                None => ("system-out", None),
            }),
            text: lines.join("\n"),
        }
    });
    Suite {
        class: class.unwrap_or_else(|| subject.name.clone()),
        cases: std::iter::once(others).chain(cases).collect(),
        name: subject.name,
    }
}

fn of_problem(problem: &Problem) -> Case {
    Case {
        name: problem.place.as_deref().unwrap_or("arguments").to_owned(),
        kind: Some(("error", Some(problem.message.clone()))),
        text: problem.hint.clone().unwrap_or_default(),
    }
}

/// A finding in one line, with its hint below.
fn line(finding: &Finding) -> String {
    let line = format!("{}: {}", finding.severity, sentence(finding));
    let hint = finding.hint.as_ref();
    let hint = hint.map(|hint| hint.replace('\n', "\n        "));
    with_hint(line, "  hint: ", hint.as_deref())
}

fn write(writer: &mut Writer<Vec<u8>>, suites: &[Suite]) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all: Vec<_> = suites.iter().flat_map(|suite| &suite.cases).collect();
    let counts = counts(&all);
    let element = writer
        .create_element("testsuites")
        .with_attribute(("name", "pyz3-wheel check"))
        .with_attributes(attributes(&counts));
    element.write_inner_content(|writer| {
        suites
            .iter()
            .try_for_each(|suite| write_suite(writer, suite))
    })?;
    Ok(())
}

fn write_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite) -> io::Result<()> {
    let cases: Vec<_> = suite.cases.iter().collect();
    let counts = counts(&cases);
    let element = writer
        .create_element("testsuite")
        .with_attribute(("name", text(&suite.name).as_str()))
        .with_attributes(attributes(&counts));
    element.write_inner_content(|writer| {
        for case in cases {
            write_case(writer, case, &suite.class)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_case(writer: &mut Writer<Vec<u8>>, case: &Case, class: &str) -> io::Result<()> {
    let element = writer
        .create_element("testcase")
        .with_attribute(("name", text(&case.name).as_str()))
        .with_attribute(("classname", text(class).as_str()));
    let Some((kind, message)) = &case.kind else {
        element.write_empty()?;
        return Ok(());
    };
    element.write_inner_content(|writer| {
        let message = message.as_ref().map(|message| text(message));
        let message = message
            .as_ref()
            .map(|message| ("message", message.as_str()));
        let element = writer.create_element(*kind).with_attributes(message);
        element.write_text_content(BytesText::new(&text(&case.text)))?;
        Ok(())
    })?;
    Ok(())
}

/// The numbers of test cases, failures and errors.
fn counts(cases: &[&Case]) -> [(&'static str, String); 3] {
    let of = |kind| cases.iter().filter(|case| case.is(kind)).count();
    [
        ("tests", cases.len().to_string()),
        ("failures", of("failure").to_string()),
        ("errors", of("error").to_string()),
    ]
}

fn attributes<'c>(
    counts: &'c [(&'static str, String); 3],
) -> impl Iterator<Item = (&'c str, &'c str)> {
    counts.iter().map(|(name, count)| (*name, count.as_str()))
}

/// The text without what XML cannot express. Its syntax is escaped where it is written.
fn text(text: &str) -> String {
    escape::value(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
