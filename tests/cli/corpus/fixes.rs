//! `check --fix`: broken wheels of which only a name is wrong, and what they become; and wheels that need another
//! build.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{command, run};

use super::case::{INTEL, LINUX, LINUX_ABI3, LINUX_NONE, MACOS, MUSL, PURE, UNIVERSAL, WINDOWS};
use super::elf::Elf;
use super::tables::sha256;
use super::wheel::{DIST, INIT, RECORD, Wheel};

/// What `check --fix` did to a wheel.
struct Outcome {
    _folder: tempfile::TempDir,
    output: PathBuf,
    document: Value,
    code: i32,
}

impl Outcome {
    fn of(name: &str, bytes: &[u8], more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let output = folder.path().join("fixed");
        std::fs::write(&path, bytes).unwrap();
        let mut command = command();
        command
            .args(["check", "--format", "json", "--fix", "--output-dir"])
            .arg(&output)
            .args(more)
            .arg(&path);
        let ran = run(&mut command);
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name} was touched");
        let code = ran.code;
        let document = ran.json();
        Self {
            _folder: folder,
            output,
            document: document["wheels"][0].clone(),
            code,
        }
    }

    /// Name and bytes of the new wheel.
    fn new_wheel(&self) -> Option<(String, Vec<u8>)> {
        let path = self.document["fixed"]["path"].as_str()?;
        let path = Path::new(path);
        assert_eq!(path.parent(), Some(&*self.output));
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        Some((name, std::fs::read(path).unwrap()))
    }

    fn changes(&self) -> Vec<&str> {
        let changes = self.document["fixed"]["changes"].as_array();
        let changes = changes.into_iter().flatten();
        changes
            .map(|change| change["what"].as_str().unwrap())
            .collect()
    }
}

/// The files of a wheel, with their modes.
fn files(wheel: &[u8]) -> BTreeMap<String, (Vec<u8>, u32)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(wheel)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let mode = entry.unix_mode().unwrap();
        files.insert(entry.name().unwrap().into_owned(), (bytes, mode));
    }
    files
}

/// The values of a field of WHEEL.
fn field(wheel: &[u8], name: &str) -> Vec<String> {
    let files = files(wheel);
    let about = files.iter().find(|(path, _)| path.ends_with("/WHEEL"));
    let text = String::from_utf8(about.unwrap().1.0.clone()).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    let same = lines.filter(|(field, _)| *field == name);
    same.map(|(_, value)| value.to_owned()).collect()
}

/// Every file but RECORD has a row that is true.
fn record_is_true(wheel: &[u8]) {
    let files = files(wheel);
    let (path, (record, _)) = files
        .iter()
        .find(|(path, _)| path.ends_with("/RECORD"))
        .unwrap();
    let rows: BTreeMap<_, _> = std::str::from_utf8(record)
        .unwrap()
        .lines()
        .map(|line| line.split_once(',').unwrap())
        .collect();
    let expected: BTreeMap<_, _> = files
        .iter()
        .map(|(name, (bytes, _))| {
            let row = format!("{},{}", sha256(bytes), bytes.len());
            let row = if name == path { ",".to_owned() } else { row };
            (name.as_str(), row)
        })
        .collect();
    let rows: BTreeMap<_, _> = rows
        .into_iter()
        .map(|(name, row)| (name, row.to_owned()))
        .collect();
    assert_eq!(rows, expected);
}

/// A broken wheel, the tags that the new wheel has, and what is changed.
type Fixed = (&'static str, Wheel, &'static str, &'static [&'static str]);

fn retagged(tags: &'static str) -> Wheel {
    Wheel::of(tags)
}

fn newer(e: Elf) -> Elf {
    e.needs("libc.so.6", "GLIBC_2.28", "fcntl64")
}

fn platforms() -> Vec<Fixed> {
    vec![
        (
            "glibc is newer than the tag",
            retagged(LINUX).elf(newer),
            "cp312-cp312-manylinux_2_28_x86_64",
            &["tags"],
        ),
        (
            "glibc is newer than both names of a release",
            retagged("cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64").elf(newer),
            "cp312-cp312-manylinux_2_28_x86_64",
            &["tags"],
        ),
        (
            "libstdc++ is newer than the tag",
            retagged(LINUX)
                .elf(|e| e.needs("libstdc++.so.6", "GLIBCXX_3.4.22", "_ZNSt6thread4joinEv")),
            "cp312-cp312-manylinux_2_24_x86_64",
            &["tags"],
        ),
        (
            "the new release has an older name",
            retagged(LINUX)
                .tagged("cp312-cp312-manylinux1_x86_64")
                .elf(|e| e.needs("libc.so.6", "GLIBC_2.17", "secure_getenv")),
            "cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64",
            &["tags"],
        ),
        (
            "linux promises nothing, and the binary needs the first policy",
            retagged(LINUX).tagged("cp312-cp312-linux_x86_64"),
            "cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64",
            &["tags"],
        ),
        (
            "linux promises nothing, and the binary needs glibc 2.28",
            retagged(LINUX)
                .tagged("cp312-cp312-linux_x86_64")
                .elf(newer),
            "cp312-cp312-manylinux_2_28_x86_64",
            &["tags"],
        ),
        (
            "linux promises nothing, and the binary is for musl",
            retagged(MUSL).tagged("cp312-cp312-linux_x86_64"),
            MUSL,
            &["tags"],
        ),
        (
            "musl under a tag of glibc",
            retagged(MUSL).tagged(LINUX),
            MUSL,
            &["tags"],
        ),
        (
            "Linux under a tag of Windows",
            retagged(LINUX).tagged(WINDOWS),
            "cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64",
            &["tags"],
        ),
        (
            "aarch64 under a tag of x86_64",
            retagged("cp312-cp312-manylinux_2_17_aarch64").tagged(LINUX),
            "cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64",
            &["tags"],
        ),
        (
            "macOS is newer than the tag",
            retagged(MACOS).macho(|m| m.minos(13, 0, 0)),
            "cp312-cp312-macosx_13_0_arm64",
            &["tags"],
        ),
        (
            "macOS is a minor release, which no tag has",
            retagged(MACOS).macho(|m| m.minos(14, 4, 0)),
            "cp312-cp312-macosx_15_0_arm64",
            &["tags"],
        ),
        (
            "Intel under a tag of Apple silicon",
            retagged(INTEL).tagged(MACOS),
            INTEL,
            &["tags"],
        ),
        (
            "both machines under a tag of Windows",
            retagged(UNIVERSAL).tagged(WINDOWS),
            UNIVERSAL,
            &["tags"],
        ),
        (
            "one machine under a tag of both",
            retagged(INTEL).tagged(UNIVERSAL),
            INTEL,
            &["tags"],
        ),
        (
            "Windows under a tag of Linux",
            retagged(WINDOWS).tagged(LINUX),
            WINDOWS,
            &["tags"],
        ),
        (
            "64 bits under a tag of 32",
            retagged(WINDOWS).tagged("cp312-cp312-win32"),
            WINDOWS,
            &["tags"],
        ),
    ]
}

fn pythons() -> Vec<Fixed> {
    let eleven = "hello/_native.cpython-311-x86_64-linux-gnu.so";
    vec![
        (
            "abi3 for 3.9 uses what 3.11 brought",
            retagged(LINUX_ABI3).elf(|e| e.takes("PyType_GetName")),
            "cp311-abi3-manylinux_2_17_x86_64",
            &["tags"],
        ),
        (
            "abi3 uses what 3.10 brought, and newer glibc",
            retagged(LINUX_ABI3).elf(|e| newer(e.takes("PyModule_AddObjectRef"))),
            "cp310-abi3-manylinux_2_28_x86_64",
            &["tags"],
        ),
        (
            "the module is named for another Python",
            retagged(LINUX).module(eleven),
            "cp311-cp311-manylinux_2_17_x86_64",
            &["tags"],
        ),
        (
            "native code in a wheel for every platform",
            retagged(LINUX)
                .tagged(PURE)
                .wheel_file(|w| w.set("Root-Is-Purelib: true")),
            "cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64",
            &["tags", "root-is-purelib"],
        ),
        (
            "a library for ctypes in a wheel for every platform",
            retagged(LINUX_NONE).tagged(PURE),
            "py3-none-manylinux1_x86_64.manylinux_2_5_x86_64",
            &["tags"],
        ),
    ]
}

fn own_files() -> Vec<Fixed> {
    vec![
        (
            "WHEEL has other tags, and the name is true",
            retagged(LINUX).wheel_file(|w| w.set("Tag: cp312-cp312-win_amd64")),
            LINUX,
            &["wheel"],
        ),
        (
            "the name has other tags, and WHEEL is true",
            retagged(LINUX).filename("hello-1.0-cp312-cp312-win_amd64.whl"),
            LINUX,
            &["tags"],
        ),
        (
            "WHEEL has no tags",
            retagged(PURE).wheel_file(|w| w.drop("Tag")),
            PURE,
            &["wheel"],
        ),
        (
            "WHEEL says that native code is pure",
            retagged(LINUX).wheel_file(|w| w.set("Root-Is-Purelib: true")),
            LINUX,
            &["root-is-purelib"],
        ),
        (
            "WHEEL says that native code is pure, and glibc is newer",
            retagged(LINUX)
                .elf(newer)
                .wheel_file(|w| w.set("Root-Is-Purelib: true")),
            "cp312-cp312-manylinux_2_28_x86_64",
            &["tags", "root-is-purelib"],
        ),
        (
            "WHEEL says that Python code is native",
            retagged(PURE).wheel_file(|w| w.set("Root-Is-Purelib: false")),
            PURE,
            &["root-is-purelib"],
        ),
        (
            "there is no RECORD",
            retagged(PURE).zip(|z| z.entries.retain(|e| e.central.name != RECORD.as_bytes())),
            PURE,
            &["record"],
        ),
        (
            "RECORD lacks a file",
            retagged(PURE).unlisted(INIT),
            PURE,
            &["record"],
        ),
        (
            "RECORD has a wrong hash and a wrong size",
            retagged(PURE).record(|r| {
                r.row(INIT).hash = sha256(b"another");
                "7".clone_into(&mut r.row(INIT).size);
            }),
            PURE,
            &["record"],
        ),
        (
            "RECORD lists a file twice",
            retagged(PURE).record(|r| r.0.insert(0, r.0[0].clone())),
            PURE,
            &["record"],
        ),
        (
            "RECORD is not CSV",
            retagged(PURE).record_text(|text| text.replace(",,", ",").into_bytes()),
            PURE,
            &["record"],
        ),
        (
            "a signature is of another RECORD",
            retagged(PURE)
                .file(&format!("{DIST}/RECORD.jws"), "{}")
                .unlisted(&format!("{DIST}/RECORD.jws"))
                .unlisted(INIT),
            PURE,
            &["record", "signature"],
        ),
        (
            "sizes are after the data",
            retagged(PURE).entry(INIT, |e| e.described(true)),
            PURE,
            &["archive"],
        ),
        (
            "a script is not executable",
            retagged(PURE).file("hello-1.0.data/scripts/hello", "#!python\n"),
            PURE,
            &["mode"],
        ),
    ]
}

#[test]
fn what_is_only_a_name_is_corrected_in_a_new_wheel() {
    let all = [platforms(), pythons(), own_files()];
    let mut differing = Vec::new();
    for (what, wheel, tags, changes) in all.into_iter().flatten() {
        let (name, bytes) = wheel.pack();
        let outcome = Outcome::of(&name, &bytes, &[]);
        let is_right = outcome.code == 0
            && outcome.document["verdict"] == "ok"
            && outcome.changes() == changes;
        let new_wheel = outcome.new_wheel().filter(|_| is_right);
        let Some((new_name, new)) =
            new_wheel.filter(|(new_name, _)| *new_name == format!("hello-1.0-{tags}.whl"))
        else {
            differing.push(format!("{what}: {:#}", outcome.document));
            continue;
        };
        record_is_true(&new);
        let platforms = tags.split('-').nth(2).unwrap().split('.');
        let prefix = &tags[..tags.rfind('-').unwrap()];
        let expected: Vec<_> = platforms.map(|tag| format!("{prefix}-{tag}")).collect();
        assert_eq!(field(&new, "Tag"), expected, "{what}");
        // The files themselves are what they were.
        let old = files(&bytes);
        for (path, (contents, _)) in files(&new) {
            let is_own = path.ends_with("/WHEEL") || path.ends_with("/RECORD");
            assert!(is_own || old[&path].0 == contents, "{what}: {path}");
        }
        // The same input gives the same bytes, and nothing is left to fix in them.
        let again = Outcome::of(&name, &bytes, &[]).new_wheel().unwrap();
        assert_eq!(again, (new_name.clone(), new.clone()), "{what}");
        let outcome = Outcome::of(&new_name, &new, &[]);
        assert!(
            outcome.changes().is_empty(),
            "{what}: {:#}",
            outcome.document
        );
        assert_eq!(outcome.new_wheel().unwrap().1, new, "{what}");
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn what_needs_another_build_is_not_written() {
    let cases = [
        (
            "a library is nowhere",
            "foreign-library",
            retagged(LINUX).elf(|e| e.needed("libfoo.so.1")),
        ),
        (
            "a library is nowhere, and glibc is newer",
            "foreign-library",
            retagged(LINUX).elf(|e| newer(e.needed("libfoo.so.1"))),
        ),
        (
            "abi3 uses an inner function",
            "not-stable-abi",
            retagged(LINUX_ABI3).elf(|e| e.takes("_PyLong_AsByteArray")),
        ),
        (
            "the module is named for a Python that never was",
            "wrong-suffix",
            retagged(LINUX).module("hello/_native.cpython-312t-x86_64-linux-gnu.so"),
        ),
        (
            "binaries are for two systems",
            "wrong-system",
            retagged(LINUX).tagged(MACOS).file(
                "hello/_more.abi3.so",
                Wheel::of(WINDOWS).module.unwrap().1.bytes(),
            ),
        ),
        (
            "RECORD lists a file that is lost",
            "record-absent",
            retagged(PURE).file("hello/a.py", "").lost("hello/a.py"),
        ),
        (
            "a path leads out",
            "path-traversal",
            retagged(PURE).file("../evil.py", "").unlisted(INIT),
        ),
        (
            "bytes belong to no entry",
            "zip-hidden",
            retagged(PURE)
                .entry(RECORD, |e| e.before = b"hidden".to_vec())
                .unlisted(INIT),
        ),
        (
            "two entries have one name",
            "zip-duplicate",
            retagged(PURE)
                .zip(|z| z.entries.insert(0, z.entries[0].clone()))
                .unlisted(INIT),
        ),
        (
            "the file is not an archive",
            "not-a-zip",
            retagged(PURE).bytes(|bytes| *bytes = b"text".to_vec()),
        ),
        (
            "METADATA names another project",
            "metadata-name",
            retagged(PURE)
                .metadata(|m| m.set("Name: other"))
                .unlisted(INIT),
        ),
    ];
    let mut differing = Vec::new();
    for (what, code, wheel) in cases {
        let (name, bytes) = wheel.pack();
        let outcome = Outcome::of(&name, &bytes, &[]);
        let unfixed = outcome.document["unfixed"].as_array().unwrap();
        let is_named = |one: &Value| one["code"] == code && one["reason"].as_str().is_some();
        let written = std::fs::read_dir(&outcome.output);
        let is_right = outcome.code == 4
            && outcome.document["fixed"] == Value::Null
            && unfixed.iter().any(is_named)
            && written.map_or(0, Iterator::count) == 0;
        if !is_right {
            differing.push(format!("{what}: {:#}", outcome.document));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn a_wheel_with_an_error_is_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command();
    command
        .current_dir(folder.path())
        .args(["check", "--fix", "--dry-run", "--format", "json"]);
    let mut broken = 0;
    for (index, case) in super::broken().into_iter().enumerate() {
        let (name, bytes) = case.wheel.pack();
        let path = folder.path().join(index.to_string()).join(name);
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        command.arg(path);
        broken += 1;
    }
    let document = run(&mut command).exits(4).json();
    let files = document["wheels"].as_array().unwrap();
    assert_eq!(files.len(), broken);
    let (fixed, unfixed): (Vec<_>, Vec<_>) =
        files.iter().partition(|file| !file["fixed"].is_null());
    for file in &fixed {
        let unfixed = file["unfixed"].as_array().unwrap();
        assert!(file["verdict"] != "error" && unfixed.is_empty(), "{file:#}");
    }
    for file in &unfixed {
        let unfixed = file["unfixed"].as_array().unwrap();
        // A path that not every system allows is a warning in a wheel for other systems, but is not copied.
        let findings = file["findings"].as_array().unwrap();
        let is_path = |one: &Value| one["code"].as_str().unwrap().starts_with("path-");
        let is_refused = file["verdict"] == "error" || findings.iter().any(is_path);
        assert!(is_refused && !unfixed.is_empty(), "{file:#}");
    }
    assert!(fixed.len() > 50 && unfixed.len() > 50, "{}", fixed.len());
    // Nothing is left of the wheels that were packed for a look.
    assert!(!folder.path().join("fixed").exists());
}
