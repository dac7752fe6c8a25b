//! Plans how to fix what is only a name: the tags, `Root-Is-Purelib`, RECORD, and the mode of programs.
//!
//! Takes a wheel with its findings; gives the list of changes, and for each error that is not only a name the
//! reason why it needs another build. The bytes of the binaries decide about tags: each name is judged by the rules
//! of the check before it is chosen. Writes nothing.

mod tags;
mod wheel_text;

use std::collections::BTreeSet;
use std::fs::File;
use std::io;

use rawzip::ReaderAt;

use super::claim::Claim;
use super::code::{Code, Severity, Subject};
use super::container::archive::{Archive, Entry};
use super::container::wheel_file::{self, WheelFile};
use super::finding::Finding;
use super::wheel::{Check, check_file};
use crate::binary::{Format, Kind};
use crate::metadata::ArchivePath;
use crate::tags::DistributionName;
use crate::wheel::{Rewrite, RewriteBytes, RewriteEntry};
use tags::is_error;

/// How many names are tried. Each one raises a release, or follows from the binaries.
const MOST_NAMES: usize = 8;

/// How a wheel can be fixed.
#[derive(Debug, Default)]
pub struct Fix {
    /// What has to change; nothing if the wheel is fine as it is.
    pub changes: Vec<Change>,
    /// The errors that a new name does not remedy. A wheel with such an error is not written.
    pub unfixed: Vec<Unfixed>,
    /// What the new wheel contains, if there is to be one.
    pub(crate) rewrite: Option<Rewrite>,
}

/// One change to a wheel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// What is changed: `filename`, `tags`, `root-is-purelib`, `build`, `record`, `signature`, `mode`, `archive`
    /// or `wheel`.
    pub what: &'static str,
    /// The file in the wheel, if it is one file.
    pub file: Option<String>,
    /// The old value.
    pub from: Option<String>,
    /// The new value.
    pub to: Option<String>,
    /// The checks that the change is for.
    pub codes: Vec<Code>,
}

/// An error that is left, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unfixed {
    /// The check.
    pub code: Code,
    /// The file in the wheel, if the error is about one file.
    pub file: Option<String>,
    /// Why a new name is not enough.
    pub reason: String,
}

impl Fix {
    /// The file name of the wheel that is to be written.
    pub fn filename<'a>(&'a self, old: &'a str) -> &'a str {
        self.rewrite
            .as_ref()
            .map_or(old, |rewrite| &rewrite.filename)
    }

    /// The fix of a wheel that cannot be read: none.
    fn refused(findings: &[Finding]) -> Self {
        Self {
            unfixed: findings.iter().filter_map(Unfixed::of).collect(),
            ..Self::default()
        }
    }
}

impl Unfixed {
    /// An error in a wheel to which nothing else can be done.
    pub fn of(finding: &Finding) -> Option<Self> {
        is_error(finding).then(|| Self::because(finding, reason(finding.code)))
    }

    fn because(finding: &Finding, reason: impl Into<String>) -> Self {
        Self {
            code: finding.code,
            file: finding.file.clone(),
            reason: reason.into(),
        }
    }
}

/// Why a check is not about a name alone.
fn reason(code: Code) -> &'static str {
    match code.subject() {
        Subject::Archive => "what readers disagree about, or cannot read, is never copied",
        Subject::Paths => "code may refer to the file by its name, so it needs another build",
        Subject::Record => {
            "what is missing or was meant cannot be known, so it needs another build"
        }
        Subject::Tags => "the contents of the wheel do not prove another name",
        Subject::Metadata => "the project has to declare it, so it needs another build",
        _ => "it is in the files, not in a name, so it needs another build",
    }
}

/// Errors that are gone in an archive that is written anew, with a RECORD of what is in it.
fn is_rewritten(code: Code) -> bool {
    matches!(
        code,
        Code::RecordMissing
            | Code::RecordUnreadable
            | Code::RecordUnlisted
            | Code::RecordDuplicate
            | Code::RecordHash
            | Code::RecordSize
            | Code::RecordNoHash
            | Code::RecordWeakHash
            | Code::RecordSelf
            | Code::ZipComment
            | Code::ZipEntryComment
            | Code::ZipDataDescriptor
    )
}

/// Checks a wheel, and plans how to fix it. An error means that the file cannot be read.
pub fn check_and_plan_fix(filename: &str, file: &File) -> io::Result<(Vec<Finding>, Fix)> {
    let (findings, fix) = check_file(filename, file, plan)?;
    let fix = fix.unwrap_or_else(|| Fix::refused(&findings));
    Ok((findings, fix))
}

fn plan<R: ReaderAt>(check: &mut Check<'_>, archive: &Archive<R>, findings: &[Finding]) -> Fix {
    // The rules need about as much memory as the files of a wheel that has the turn.
    let memory = &check.files.memory;
    let _loan = memory.has_turn().then(|| memory.borrow(usize::MAX));
    let old = check.claim.clone();
    let old_text = check.files.texts.get("WHEEL").cloned().unwrap_or_default();
    let written = wheel_file::judge(&old_text, &old, &mut Vec::new());
    let about_tags = check.under(&old, &written);
    let (claim, why) = best_claim(check, &old, &written, &old_text);
    let wheel = purelib(check, &claim, &written);
    let left = check.under(&claim, &wheel);
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
            Unfixed::because(finding, why.unwrap_or_else(|| reason(finding.code)))
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
    rewrite.finish(&claim)
}

/// The name that the binaries keep, and the reason if there is none.
fn best_claim(
    check: &mut Check<'_>,
    old: &Claim,
    wheel: &WheelFile,
    text: &[u8],
) -> (Claim, Option<String>) {
    let start = normalized(old);
    // It is corrected afterwards.
    let wheel = &WheelFile {
        root_is_purelib: None,
        ..wheel.clone()
    };
    if !check.under(&start, wheel).iter().any(is_error) {
        return (start, None);
    }
    // One of the two names may be right.
    if let Some(other) = claim_in_wheel(text, &start)
        && !check.under(&other, wheel).iter().any(is_error)
    {
        return (other, None);
    }
    let mut claim = start.clone();
    for _ in 0..MOST_NAMES {
        let findings = check.under(&claim, wheel);
        if !findings.iter().any(is_error) {
            return (claim, None);
        }
        match tags::improved(&claim, &findings, &check.files.binaries) {
            Some(Ok(next)) => claim = normalized(&next),
            Some(Err(why)) => return (start, Some(why)),
            None => break,
        }
    }
    (start, None)
}

/// The same name as indexes spell it: normalized, with sorted tags.
fn normalized(claim: &Claim) -> Claim {
    let mut claim = claim.clone();
    if let Ok(name) = claim.name.parse::<DistributionName>() {
        claim.name = name.to_string();
    }
    if let Ok(version) = claim
        .version
        .replace('_', "-")
        .parse::<pep440_rs::Version>()
    {
        claim.version = version.to_string();
    }
    for tags in [&mut claim.pythons, &mut claim.abis, &mut claim.platforms] {
        tags.sort_unstable();
        tags.dedup();
    }
    claim
}

/// The same name with the tags in WHEEL, if they can be written as one name.
fn claim_in_wheel(text: &[u8], claim: &Claim) -> Option<Claim> {
    let tags = wheel_file::tags_in(text);
    let parts = |index: usize| -> Vec<String> {
        let parts = tags.iter().filter_map(|tag| tag.split('-').nth(index));
        let parts: BTreeSet<_> = parts.collect();
        parts.into_iter().map(str::to_owned).collect()
    };
    let other = Claim {
        pythons: parts(0),
        abis: parts(1),
        platforms: parts(2),
        ..claim.clone()
    };
    (other.tags() == tags && !tags.is_empty() && other != *claim).then_some(other)
}

/// WHEEL with the `Root-Is-Purelib` that the contents of the wheel ask for.
fn purelib(check: &mut Check<'_>, claim: &Claim, written: &WheelFile) -> WheelFile {
    let with = |root_is_purelib| WheelFile {
        root_is_purelib: Some(root_is_purelib),
        ..written.clone()
    };
    let current = written.root_is_purelib.unwrap_or(!check.files.has_native);
    let disagrees = |finding: &Finding| {
        matches!(finding.code, Code::NativeInPure | Code::PureInPlatlib)
            && finding.severity > Severity::Note
    };
    let current = with(current);
    let other = with(current.root_is_purelib == Some(false));
    let count = |findings: Vec<Finding>| findings.iter().filter(|one| disagrees(one)).count();
    let found = count(check.under(claim, &current));
    if found > 0 && count(check.under(claim, &other)) < found {
        other
    } else {
        current
    }
}

/// The checks of a list that found something in the old wheel.
fn found(findings: &[Finding], is_wanted: impl Fn(Code) -> bool) -> Vec<Code> {
    let codes = findings.iter().map(|finding| finding.code);
    let codes: BTreeSet<_> = codes.filter(|code| is_wanted(*code)).collect();
    codes.into_iter().collect()
}

fn name_changes(old: &Claim, new: &Claim, findings: &[Finding]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut change = |what, from: String, to: String, codes| {
        if from != to {
            changes.push(Change {
                what,
                file: None,
                from: Some(from),
                to: Some(to),
                codes,
            });
        }
    };
    let spelling = || found(findings, |code| code == Code::FilenameSpelling);
    change("filename", old.stem(), new.stem(), spelling());
    let codes = if old.tags() == new.tags() {
        spelling()
    } else {
        let errors: Vec<_> = findings
            .iter()
            .filter(|one| is_error(one))
            .cloned()
            .collect();
        found(&errors, |code| code != Code::FilenameSpelling)
    };
    change("tags", old.tag_set(), new.tag_set(), codes);
    changes
}

fn wheel_changes(
    (old, new): (&Claim, &Claim),
    text: &[u8],
    (written, wheel): (&WheelFile, &WheelFile),
    findings: &[Finding],
) -> Vec<Change> {
    let mut changes = Vec::new();
    if written.root_is_purelib != wheel.root_is_purelib {
        let show = |value: Option<bool>| value.map(|value| value.to_string());
        let codes = [Code::NativeInPure, Code::PureInPlatlib, Code::WheelInvalid];
        changes.push(Change {
            what: "root-is-purelib",
            file: None,
            from: show(written.root_is_purelib),
            to: show(wheel.root_is_purelib),
            codes: found(findings, |code| codes.contains(&code)),
        });
    }
    let build = found(findings, |code| code == Code::WheelBuild);
    let tags = wheel_file::tags_in(text);
    let is_of_neither = tags != old.tags() && tags != new.tags();
    if is_of_neither || !build.is_empty() {
        let codes = [Code::WheelTags, Code::WheelBuild, Code::WheelInvalid];
        changes.push(Change {
            what: "wheel",
            file: None,
            from: None,
            to: Some("the tags and the build tag of the file name".to_owned()),
            codes: found(findings, |code| codes.contains(&code)),
        });
    }
    changes
}

/// The changes that follow from writing the archive anew.
fn archive_changes(findings: &[Finding]) -> Vec<Change> {
    let change = |what, subject: Subject, to: &str| {
        let codes = found(findings, |code| {
            is_rewritten(code) && code.subject() == subject
        });
        (!codes.is_empty()).then(|| Change {
            what,
            file: None,
            from: None,
            to: Some(to.to_owned()),
            codes,
        })
    };
    let record = change("record", Subject::Record, "what is in the archive");
    let archive = change("archive", Subject::Archive, "a plain archive");
    record.into_iter().chain(archive).collect()
}

/// The new wheel so far.
struct Rewriting {
    /// What the wheel's own folders begin with, in the existing and in the new wheel.
    old: String,
    new: String,
    /// The files that are run.
    programs: BTreeSet<String>,
    changes: Vec<Change>,
    entries: Vec<RewriteEntry>,
}

impl Rewriting {
    fn add<R: ReaderAt>(
        &mut self,
        check: &Check<'_>,
        archive: &Archive<R>,
        entry: &Entry,
        wheel: &str,
    ) -> Result<(), Unfixed> {
        let refused = || Unfixed {
            code: Code::ZipDamaged,
            file: Some(entry.name.clone()),
            reason: reason(Code::ZipDamaged).to_owned(),
        };
        let own = format!("{}.dist-info/", self.old);
        match entry.name.strip_prefix(&own) {
            Some("RECORD") => return Ok(()),
            // A signature of RECORD does not hold for another RECORD.
            Some("RECORD.jws" | "RECORD.p7s") => {
                self.changes.push(Change {
                    what: "signature",
                    file: Some(entry.name.clone()),
                    from: None,
                    to: None,
                    codes: Vec::new(),
                });
                return Ok(());
            }
            _ => {}
        }
        let is_wheel = entry.name.strip_prefix(&own) == Some("WHEEL");
        let bytes = if is_wheel {
            RewriteBytes::Text(wheel.as_bytes().to_vec())
        } else {
            let content = check.files.contents.get(&entry.name).cloned();
            let packed = content.and_then(|content| archive.packed(entry, content));
            RewriteBytes::Copied(packed.ok_or_else(refused)?)
        };
        let is_program = self.programs.contains(&entry.name);
        if is_program && !entry.is_executable {
            self.changes.push(Change {
                what: "mode",
                file: Some(entry.name.clone()),
                from: Some("0644".to_owned()),
                to: Some("0755".to_owned()),
                codes: Vec::new(),
            });
        }
        let path = ["dist-info", "data"]
            .iter()
            .find_map(|kind| {
                let rest = entry.name.strip_prefix(&format!("{}.{kind}/", self.old))?;
                Some(format!("{}.{kind}/{rest}", self.new))
            })
            .unwrap_or_else(|| entry.name.clone());
        self.entries.push(RewriteEntry {
            path: path.parse().map_err(|_| refused())?,
            executable: entry.is_executable || is_program,
            bytes,
        });
        Ok(())
    }

    fn finish(self, claim: &Claim) -> Fix {
        let is_signature = |change: &Change| change.what == "signature";
        // A signature alone is no reason to write the wheel anew.
        if self.changes.iter().all(is_signature) {
            return Fix::default();
        }
        let record: Result<ArchivePath, _> = format!("{}.dist-info/RECORD", self.new).parse();
        Fix {
            changes: self.changes,
            unfixed: Vec::new(),
            rewrite: record.ok().map(|record| Rewrite {
                filename: claim.filename(),
                entries: self.entries,
                record,
            }),
        }
    }
}

/// The files that people or other programs run: scripts, and programs that are not for Windows.
fn programs(check: &Check<'_>, claim: &Claim) -> BTreeSet<String> {
    if claim.platforms.iter().all(|tag| tag.starts_with("win")) {
        return BTreeSet::new();
    }
    let scripts = format!("{}.data/scripts/", check.claim.stem());
    let names = check.files.contents.keys();
    let scripts = names.filter(|name| name.starts_with(&scripts));
    let binaries = check.files.binaries.iter();
    let programs = binaries
        .filter(|(_, binary)| binary.kind == Kind::Executable && binary.format != Format::Pe);
    let programs = programs.map(|(name, _)| name);
    scripts.chain(programs).cloned().collect()
}
