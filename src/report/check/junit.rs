//! The results of `check` as JUnit XML: a suite for each file, and a test case for each check with findings.
//!
//! A test case fails if its check has an error. Warnings and notes are the output of test cases that pass, so
//! that a report without failures and an exit code of 0 mean the same.

use std::collections::BTreeMap;
use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::files::{CheckedFile, Results};
use crate::audit::{Code, Finding, Severity};
use crate::error::Result;
use crate::text::escape;

/// The document.
pub(crate) fn document(results: Results<'_>) -> Result<String> {
    let mut report = Report::new("pyz3-wheel check");
    report.add_test_suites(results.files.iter().map(suite));
    if !results.problems.is_empty() {
        let mut suite = TestSuite::new("pyz3-wheel");
        for problem in results.problems {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(text(&problem.message));
            if let Some(hint) = &problem.hint {
                status.set_description(text(hint));
            }
            let place = problem.place.as_deref().unwrap_or("arguments");
            let mut case = TestCase::new(text(place), status);
            case.set_classname("pyz3-wheel");
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string().map_err(anyhow::Error::from)?)
}

fn suite(file: &CheckedFile) -> TestSuite {
    let path = escape::path(&file.path);
    let name = file.path.file_name().map(Path::new);
    let class = name.map_or_else(|| path.clone(), escape::path);
    let mut suite = TestSuite::new(text(&path));
    let mut add = |name: &str, status, output: Option<String>| {
        let mut case = TestCase::new(name, status);
        case.set_classname(text(&class));
        if let Some(output) = output {
            case.set_system_out(output);
        }
        suite.add_test_case(case);
    };
    let mut by_code: BTreeMap<Code, Vec<&Finding>> = BTreeMap::new();
    for finding in &file.findings {
        by_code.entry(finding.code).or_default().push(finding);
    }
    // A suite without a test case looks as if nothing was checked.
    add("other-checks", TestCaseStatus::success(), None);
    for (code, findings) in by_code {
        let lines: Vec<_> = findings.iter().map(|finding| line(finding)).collect();
        let lines = text(&lines.join("\n"));
        let mut errors = findings
            .iter()
            .filter(|one| one.severity == Severity::Error);
        if let Some(error) = errors.next() {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("error");
            status.set_message(text(&error.message()));
            status.set_description(lines);
            add(code.name(), status, None);
        } else {
            add(code.name(), TestCaseStatus::success(), Some(lines));
        }
    }
    suite
}

/// A finding in one line, with its hint below.
fn line(finding: &Finding) -> String {
    let mut line = format!("{}: ", finding.severity);
    if let Some(file) = &finding.file {
        line.extend([file, ": "]);
    }
    line.push_str(&finding.message());
    if let Some(hint) = &finding.hint {
        line.extend(["\n  hint: ", &hint.replace('\n', "\n        ")]);
    }
    line
}

/// The text without what XML cannot express. `quick_junit` leaves out the other control characters.
fn text(text: &str) -> String {
    escape::value(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
