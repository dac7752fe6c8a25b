//! A corpus of generated wheels, whose every byte is written here: broken ones, each with one
//! fault, which `check` refuses with its code and no other, and good ones, of which it says
//! nothing.
//!
//! A row of the tables is what is wrong, the code, the tags of a good wheel, and what is done to
//! it.

mod archive;
mod bytes;
mod case;
mod code;
mod contents;
mod controls;
mod damaged;
mod descriptions;
mod elf;
mod elf_bytes;
mod elf_sections;
mod entries;
mod fixable;
mod fixes;
mod foreign_libraries;
mod gil;
mod good;
mod installed;
mod linux_loading;
mod linux_versions;
mod macho;
mod macho_bytes;
mod macho_signature;
mod macos_loading;
mod metadata;
mod more_controls;
mod no_sections;
mod not_libraries;
mod on_android;
mod on_emscripten;
mod on_ios;
mod on_linux;
mod on_macos;
mod on_windows;
mod other_pythons;
mod paths;
mod pe;
mod provided;
mod python;
mod pythons;
mod record;
mod releases;
mod sdist;
mod sdist_archives;
mod sdist_members;
mod sdists;
mod tables;
mod tags;
mod undefined;
mod variants;
mod wasm;
mod wheel;
mod wheel_files;
mod zip;

pub(crate) use sdist::compress;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pyz3_wheel::audit::{Code, Severity};
use serde_json::Value;

use case::{Case, Fault};
use controls::Control;
use support::{command, run};
use wheel::Wheel;

/// Every broken wheel.
pub(crate) fn broken() -> Vec<Case> {
    [
        on_linux::cases(),
        linux_loading::cases(),
        linux_versions::cases(),
        no_sections::cases(),
        on_macos::cases(),
        macos_loading::cases(),
        on_windows::cases(),
        on_ios::cases(),
        on_android::cases(),
        on_emscripten::cases(),
        python::cases(),
        pythons::cases(),
        variants::cases(),
        other_pythons::cases(),
        damaged::cases(),
        archive::cases(),
        entries::cases(),
        paths::cases(),
        record::cases(),
        tags::cases(),
        wheel_files::cases(),
        metadata::cases(),
        descriptions::cases(),
        contents::cases(),
        installed::cases(),
        undefined::cases(),
        foreign_libraries::cases(),
        gil::cases(),
        not_libraries::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every good wheel and what is particular about it.
fn good_wheels() -> Vec<Control> {
    let mut all = controls::all();
    all.extend(more_controls::all());
    all.extend(installed::controls());
    all.extend(descriptions::controls());
    all.extend(paths::controls());
    all.extend(provided::controls());
    all.extend(on_linux::controls());
    all.extend(linux_versions::controls());
    all.extend(no_sections::controls());
    all.extend(on_ios::controls());
    all.extend(on_android::controls());
    all.extend(on_emscripten::controls());
    all.extend(linux_loading::controls());
    all.extend(pythons::controls());
    all.extend(variants::controls());
    all.extend(gil::controls());
    all.extend(not_libraries::controls());
    all
}

/// Every good wheel: its file name and its bytes.
pub(crate) fn controls() -> Vec<(String, Vec<u8>)> {
    let wheels = good_wheels().into_iter();
    wheels.map(|(_, wheel)| wheel.pack()).collect()
}

/// Tar archives of source distributions.
pub(crate) fn tars() -> Vec<Vec<u8>> {
    sdists::tars()
}

/// The good wheel of these tags: its file name and its bytes.
pub(crate) fn good(tags: &str) -> (String, Vec<u8>) {
    Wheel::of(tags).pack()
}

/// A wheel whose RECORD lacks a file: its file name and its bytes.
pub(crate) fn unlisted() -> (String, Vec<u8>) {
    Wheel::of(case::PURE).unlisted(wheel::INIT).pack()
}

/// A good wheel with files that are worth a note: its file name and its bytes.
pub(crate) fn noted() -> (String, Vec<u8>) {
    let text = "the same text in two files\n".repeat(50);
    let wheel = Wheel::of(case::PURE).file("hello/_hooks/hook-hello.py", &text);
    let wheel = wheel.file("hello/_hooks/hook-other.py", &text);
    wheel.pack()
}

/// A wheel with several warnings of two kinds, and notes: its file name and its bytes.
pub(crate) fn doubtful() -> (String, Vec<u8>) {
    let wheel = (0..4).fold(Wheel::of(case::PURE), |wheel, index| {
        let wheel = wheel.file(&format!("notes-{index}.txt"), format!("{index}\n"));
        wheel.file(
            &format!("hello/__pycache__/a.cpython-3{index}.pyc"),
            index.to_string(),
        )
    });
    wheel.pack()
}

/// A wheel with a file of this name, and its bytes.
pub(crate) fn with_file(path: &str) -> (String, Vec<u8>) {
    Wheel::of(case::PURE).file(path, "x = 1\n").pack()
}

/// A good binary of every kind that there is: the tags that it is good for, and its bytes.
pub(crate) fn binaries() -> Vec<(String, Vec<u8>)> {
    let tags = controls::plain_tags();
    tags.filter_map(|tags| {
        let (_, native) = Wheel::of(tags).module?;
        Some((tags.to_owned(), native.bytes()))
    })
    .collect()
}

/// One thing that `check` found.
#[derive(Debug)]
struct Found {
    code: String,
    severity: String,
    /// The file and what is said of it.
    what: String,
    /// Everything that is said: what is true, what is promised, the hint.
    words: [String; 3],
}

/// What `check` says of each wheel, in their order, and how it ends.
fn check(wheels: impl Iterator<Item = Wheel>) -> (Vec<(String, Vec<Found>)>, i32) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command();
    command.args(["check", "--format", "json"]);
    let mut paths = Vec::new();
    for (index, wheel) in wheels.enumerate() {
        let (name, bytes) = wheel.pack();
        // Wheels of the same name are told apart by their folders.
        let path = folder.path().join(index.to_string()).join(name);
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        command.arg(&path);
        paths.push(path);
    }
    let ran = run(&mut command);
    let report = ran.json();
    assert_eq!(report["exit_code"], ran.code, "{}", ran.stderr);
    let judged = report["wheels"].as_array().expect("a list of wheels");
    let judged = paths.iter().map(|path| {
        let own = |wheel: &&Value| wheel["path"] == path.to_str().unwrap();
        let wheel = judged.iter().find(own);
        let wheel = wheel.unwrap_or_else(|| panic!("{} was not judged", path.display()));
        let findings = wheel["findings"].as_array().expect("a list of findings");
        let text = |value: &Value| value.as_str().unwrap_or("the wheel").to_owned();
        let findings = findings.iter().map(|finding| Found {
            code: text(&finding["code"]),
            severity: text(&finding["severity"]),
            what: format!("{} {}", text(&finding["file"]), text(&finding["actual"])),
            words: ["actual", "promised", "hint"]
                .map(|key| finding[key].as_str().unwrap_or_default().to_owned()),
        });
        (text(&wheel["verdict"]), findings.collect())
    });
    (judged.collect(), ran.code)
}

/// All wheels that were judged otherwise than they should have been, for people.
#[track_caller]
fn none_differ(all: usize, differing: &[(String, String, Vec<Found>)]) {
    let mut table = String::new();
    for (what, expected, found) in differing {
        let _ = writeln!(table, "\n{what}\n    expected {expected}");
        for Found {
            code,
            severity,
            what,
            ..
        } in found
        {
            let _ = writeln!(table, "    found    {code} ({severity}): {what}");
        }
        if found.is_empty() {
            let _ = writeln!(table, "    found    nothing");
        }
    }
    let count = differing.len();
    assert_eq!(
        count, 0,
        "{count} of {all} wheels were judged otherwise:\n{table}"
    );
}

/// Whether it is judged as it should be: one of its codes is found at its weight, and nothing else.
fn is_right(fault: &Fault, verdict: &str, found: &[Found]) -> bool {
    let weight = fault.severity.to_string();
    let is = |one: &Found, codes: &[Code]| codes.iter().any(|code| code.name() == one.code);
    let is_fault = |one: &Found| is(one, &fault.codes) && one.severity == weight;
    let is_allowed = |one: &Found| is_fault(one) || is(one, &fault.also);
    let severities = found.iter().map(|one| one.severity.as_str());
    // Errors come before warnings, also in the alphabet.
    let worst = severities.filter(|severity| *severity != "note").min();
    found.iter().any(is_fault) && found.iter().all(is_allowed) && worst.unwrap_or("ok") == verdict
}

/// Judges the broken wheels of one weight in one run.
#[track_caller]
fn refused(severity: Severity, exit_code: i32) {
    let (faults, wheels): (Vec<_>, Vec<_>) = broken()
        .into_iter()
        .filter(|case| case.fault.severity == severity)
        .map(|case| (case.fault, case.wheel))
        .unzip();
    let (judged, code) = check(wheels.into_iter());
    let count = faults.len();
    let differing: Vec<_> = faults
        .into_iter()
        .zip(judged)
        .filter(|(fault, (verdict, found))| !is_right(fault, verdict, found))
        .map(|(fault, (_, found))| {
            let codes: Vec<_> = fault.codes.iter().map(|code| code.name()).collect();
            (
                fault.what,
                format!("{} ({severity})", codes.join(" or ")),
                found,
            )
        })
        .collect();
    none_differ(count, &differing);
    assert_eq!(code, exit_code);
}

#[test]
fn each_broken_wheel_is_refused_with_the_code_of_its_fault() {
    refused(Severity::Error, 4);
}

#[test]
fn each_doubtful_wheel_is_warned_of_with_the_code_of_its_fault() {
    refused(Severity::Warning, 0);
}

#[test]
fn each_wheel_with_something_to_note_is_ok_and_the_note_has_the_code() {
    refused(Severity::Note, 0);
}

#[test]
fn of_good_wheels_nothing_is_said() {
    let (whats, wheels): (Vec<_>, Vec<_>) = good_wheels().into_iter().unzip();
    let count = whats.len();
    let (judged, code) = check(wheels.into_iter());
    let differing: Vec<_> = whats
        .into_iter()
        .zip(judged)
        .filter(|(_, (verdict, found))| verdict != "ok" || !found.is_empty())
        .map(|(what, (_, found))| (what, "nothing".to_owned(), found))
        .collect();
    none_differ(count, &differing);
    assert_eq!(code, 0);
}

/// The word, if any, that tells users of another build tool to edit files or to give options that they do
/// not have.
fn own_word(words: &str) -> Option<String> {
    let words = words.to_lowercase();
    let mut parts = words.split(|character: char| !character.is_alphanumeric());
    // Not a part of a longer word: a hash may have any letters in it.
    let own = parts.find(|part| ["zig", "pyz3"].contains(part));
    own.map(str::to_owned)
}

#[test]
fn findings_are_for_users_of_any_build_tool() {
    let wheels = broken().into_iter().map(|case| case.wheel);
    let (judged, _) = check(wheels);
    for finding in judged.into_iter().flat_map(|(_, found)| found) {
        for words in &finding.words {
            // A path in a binary is the wheel's own, and a classifier is PyPI's.
            let foreign = ["native.zig", "zig-out", "Programming Language :: Zig"];
            let words = foreign
                .iter()
                .fold(words.clone(), |words, own| words.replace(own, ""));
            let own = own_word(&words);
            assert_eq!(own, None, "{}: {words}", finding.code);
        }
    }
    let document = run(command().args(["explain", "--format", "json"]))
        .exits(0)
        .json();
    for code in document.as_array().unwrap() {
        for key in ["summary", "explanation"] {
            let words = code[key].as_str().unwrap();
            assert_eq!(own_word(words), None, "{words}");
        }
    }
}

#[test]
fn every_code_has_a_broken_wheel() {
    let have: BTreeSet<_> = broken()
        .into_iter()
        .flat_map(|case| case.fault.codes)
        .chain(sdists::codes())
        .chain(releases::codes())
        .collect();
    let missing: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !have.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
