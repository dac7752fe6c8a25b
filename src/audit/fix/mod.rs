//! Plans how to fix what is only a name: the tags, `Root-Is-Purelib`, RECORD, and the mode of programs.
//!
//! Takes a wheel with its findings; gives the list of changes, and for each error that is not only a name the
//! reason why it needs another build. The bytes of the binaries decide about tags: each name is judged by the rules
//! of the check before it is chosen. Writes nothing.

mod change;
mod name;
mod rewriting;
mod tags;
mod unfixed;
mod wheel_text;

use std::fs::File;
use std::io;

use rawzip::ReaderAt;

use super::code::Code;
use super::container::archive::Archive;
use super::container::wheel_file;
use super::finding::Finding;
use super::wheel::{Check, check_file};
use super::{Examined, sdist};
use crate::wheel::Rewrite;
use change::{archive_changes, is_rewritten, name_changes, wheel_changes};
use name::{best_claim, purelib};
use rewriting::{Rewriting, programs};
use tags::is_error;

pub use change::Change;
pub use unfixed::Unfixed;

/// How a wheel can be fixed.
#[derive(Debug, Default)]
pub struct Fix {
    /// The file name of the new wheel.
    pub filename: String,
    /// What has to change; nothing if the wheel is fine as it is.
    pub changes: Vec<Change>,
    /// The errors that a new name does not remedy. A wheel with such an error is not written.
    pub unfixed: Vec<Unfixed>,
    /// What the new wheel contains; `None` if it has the bytes of the existing one.
    pub(crate) rewrite: Option<Rewrite>,
}

impl Fix {
    /// The fix of a file to which nothing can be done.
    fn refused(filename: &str, findings: &[Finding]) -> Self {
        Self {
            filename: filename.to_owned(),
            unfixed: findings.iter().filter_map(Unfixed::of).collect(),
            ..Self::default()
        }
    }
}

/// Checks a wheel or sdist, and plans how to fix it. An error means that the file cannot be read.
pub fn check_and_plan_fix(filename: &str, file: &File) -> io::Result<(Examined, Fix)> {
    if sdist::is_source(filename) {
        // Nothing in the name of an sdist depends on its contents.
        let examined = sdist::check(filename, file)?;
        let fix = Fix::refused(filename, &examined.0);
        return Ok((examined, fix));
    }
    let (examined, fix) = check_file(filename, file, plan)?;
    let fix = fix.unwrap_or_else(|| Fix::refused(filename, &examined.0));
    Ok((examined, fix))
}

fn plan<R: ReaderAt>(check: &Check<'_>, archive: &Archive<R>, findings: &[Finding]) -> Fix {
    // The rules need about as much memory as the files of a wheel that has the turn.
    let memory = &check.files.memory;
    let _loan = memory.has_turn().then(|| memory.borrow(usize::MAX));
    let old = check.claim.clone();
    let old_text = check.files.texts.get("WHEEL").cloned().unwrap_or_default();
    let written = wheel_file::judge(&old_text, &old, &mut Vec::new());
    let about_tags = check.under(&old, &written);
    let (claim, why) = best_claim(check, &old, &written, &old_text);
    let (wheel, left) = purelib(check, &claim, &written);
    let text = wheel_text::changed(&old_text, &claim, wheel.root_is_purelib == Some(true));
    let mut about_wheel = Vec::new();
    if let Some(text) = &text {
        wheel_file::judge(text.as_bytes(), &claim, &mut about_wheel);
    }

    let mut unfixed: Vec<_> = left
        .iter()
        .filter(|finding| is_error(finding))
        .map(|finding| {
            let why = why
                .as_deref()
                .filter(|_| tags::is_about_platform(finding.code));
            Unfixed::because(
                finding,
                why.unwrap_or_else(|| unfixed::reason(finding.code)),
            )
        })
        .collect();
    // A new tag is a promise about every binary.
    if claim.tags() != old.tags() {
        let unknown = findings
            .iter()
            .filter(|finding| finding.code == Code::NotJudged && finding.file.is_some());
        unfixed.extend(unknown.map(|finding| {
            Unfixed::because(
                finding,
                "the file is not judged, so nothing proves another tag",
            )
        }));
    }
    unfixed.extend(about_wheel.iter().filter_map(Unfixed::of));
    let is_judged_again = |code: Code| {
        let name = about_tags.iter().any(|finding| finding.code == code);
        let wheel = matches!(
            code,
            Code::WheelTags | Code::WheelBuild | Code::WheelInvalid
        );
        name || (wheel && text.is_some())
    };
    let others = findings
        .iter()
        .filter(|finding| !is_judged_again(finding.code) && !is_rewritten(finding.code));
    unfixed.extend(others.filter_map(Unfixed::of));
    if !unfixed.is_empty() {
        return Fix {
            unfixed,
            ..Fix::default()
        };
    }
    let text = text.unwrap_or_default();
    let mut changes = Vec::new();
    changes.extend(name_changes(&old, &claim, &about_tags));
    changes.extend(wheel_changes(
        (&old, &claim),
        &old_text,
        (&written, &wheel),
        findings,
    ));
    changes.extend(archive_changes(findings));
    let mut rewrite = Rewriting {
        old: old.stem(),
        new: claim.stem(),
        programs: programs(check, &claim),
        changes,
        entries: Vec::new(),
    };
    for entry in archive.entries.iter().filter(|entry| !entry.is_folder) {
        if let Err(unfixed) = rewrite.add(check, archive, entry, &text) {
            return Fix {
                unfixed: vec![unfixed],
                ..Fix::default()
            };
        }
    }
    let (changes, rewrite) = rewrite.finish(old_text != text.as_bytes());
    Fix {
        filename: claim.filename(),
        changes,
        unfixed: Vec::new(),
        rewrite,
    }
}
