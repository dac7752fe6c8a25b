//! Wheels that are wrong in one way each, and what is said of them.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const NAME: &str = "hello-1.0-py3-none-win_amd64.whl";
const WHEEL: &str = "Wheel-Version: 1.0\nTag: py3-none-win_amd64\n";

/// Entries in order; RECORD is made to fit unless one is given.
struct Wheel {
    dir: tempfile::TempDir,
    entries: Vec<(String, Vec<u8>)>,
}

impl Wheel {
    fn new() -> Self {
        let wheel = Self {
            dir: tempfile::tempdir().unwrap(),
            entries: Vec::new(),
        };
        wheel
            .with("a.py", "1")
            .with("hello-1.0.dist-info/METADATA", "Name: hello\n")
            .with("hello-1.0.dist-info/WHEEL", WHEEL)
    }

    fn with(mut self, name: &str, text: &str) -> Self {
        self.entries.retain(|(other, _)| other != name);
        self.entries.push((name.to_owned(), text.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.entries.retain(|(other, _)| other != name);
        self
    }

    fn record(&self) -> String {
        let mut rows: Vec<_> = self
            .entries
            .iter()
            .map(|(name, bytes)| {
                let mut meter = Meter::default();
                meter.update(bytes);
                Row {
                    path: name.clone(),
                    content: Some(meter.finish()),
                }
            })
            .collect();
        rows.push(Row {
            path: "hello-1.0.dist-info/RECORD".to_owned(),
            content: None,
        });
        String::from_utf8(record::render(&rows).unwrap()).unwrap()
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join(NAME)
    }

    fn write(&self, record: &str, options: SimpleFileOptions) -> &Self {
        let mut zip = ZipWriter::new(fs::File::create(self.path()).unwrap());
        for (name, bytes) in &self.entries {
            zip.start_file(name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.start_file("hello-1.0.dist-info/RECORD", options)
            .unwrap();
        zip.write_all(record.as_bytes()).unwrap();
        zip.finish().unwrap();
        self
    }

    fn written(&self) -> &Self {
        self.write(&self.record(), SimpleFileOptions::default())
    }

    fn edit(&self, edit: impl Fn(Vec<u8>) -> Vec<u8>) -> &Self {
        let bytes = fs::read(self.path()).unwrap();
        fs::write(self.path(), edit(bytes)).unwrap();
        self
    }

    fn messages(&self) -> Vec<String> {
        let problems = verify(&self.path()).unwrap();
        let place = self.path().display().to_string();
        assert!(
            problems
                .iter()
                .all(|problem| problem.place.as_ref() == Some(&place))
        );
        problems
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    }
}

#[test]
fn a_good_wheel_has_no_problems() {
    assert_eq!(Wheel::new().written().messages(), [""; 0]);
}

#[test]
fn record_is_held_against_what_is_there() {
    let wheel = Wheel::new();
    let record = wheel.record();
    let stale = record.replace("a.py,sha256=a4ayc", "a.py,sha256=b4ayc");
    assert_ne!(stale, record);
    let messages = wheel.write(&stale, SimpleFileOptions::default()).messages();
    assert_eq!(messages.len(), 1);
    assert!(
        messages[0].starts_with("`a.py` is sha256=a4ayc"),
        "{messages:?}"
    );

    let (_, unlisted) = record.split_once('\n').unwrap();
    let listed_twice = format!("{unlisted}hello-1.0.dist-info/WHEEL,,\ngone,sha256=x,1\n");
    let messages = wheel
        .write(&listed_twice, SimpleFileOptions::default())
        .messages();
    assert_eq!(
        messages,
        [
            "RECORD lists `hello-1.0.dist-info/WHEEL` twice",
            "RECORD has no hash for `hello-1.0.dist-info/WHEEL`",
            "RECORD lists `gone`, which is not there",
            "`a.py` is not in RECORD",
        ]
    );
    let messages = wheel
        .write("a.py\n", SimpleFileOptions::default())
        .messages();
    assert_eq!(
        messages,
        ["`hello-1.0.dist-info/RECORD` can't be read: line 1 has 1 fields instead of 3"]
    );
}

#[test]
fn tags_in_wheel_are_those_of_the_name() {
    let wheel = Wheel::new().with("hello-1.0.dist-info/WHEEL", "Tag: py3-none-win32\n");
    assert_eq!(
        wheel.written().messages(),
        ["WHEEL has the tags py3-none-win32, the name has py3-none-win_amd64"]
    );
    let wheel = Wheel::new().without("hello-1.0.dist-info/WHEEL");
    assert_eq!(
        wheel.written().messages(),
        ["has no `hello-1.0.dist-info/WHEEL`"]
    );
}

#[test]
fn paths_that_can_not_be_unpacked_everywhere_are_named() {
    let wheel = Wheel::new().with("A.py", "2").with("../b.py", "3");
    assert_eq!(
        wheel.written().messages(),
        [
            "`../b.py` can't be a path in a wheel: it has the part `..`",
            "`a.py` and `A.py` differ only in case: on Windows or macOS they are one file",
        ]
    );
}

#[test]
fn bytes_around_the_archive_and_comments_are_named() {
    let wheel = Wheel::new();
    let trailing = wheel.written().edit(|mut bytes| {
        bytes.extend_from_slice(b"trailing");
        bytes
    });
    let messages = trailing.messages();
    assert_eq!(
        messages[0],
        "the archive has a comment, or bytes after its end"
    );
    let leading = wheel
        .written()
        .edit(|bytes| [b"leading", bytes.as_slice()].concat());
    assert!(
        leading
            .messages()
            .contains(&"the archive has bytes before its beginning".to_owned())
    );
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let wheel = Wheel::new();
    wheel.write(
        &wheel.record(),
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored),
    );
    let good = fs::read(wheel.path()).unwrap();
    let mut missed = Vec::new();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        fs::write(wheel.path(), &bytes).unwrap();
        if wheel.messages().is_empty() && !is_harmless(&good, at) {
            missed.push(at);
        }
    }
    assert_eq!(missed, Vec::<usize>::new(), "of {} bytes", good.len());
}

/// The fields of a zip header that say nothing about the contents: versions, reserved flags, times, disks,
/// attributes.
fn is_harmless(bytes: &[u8], at: usize) -> bool {
    let field = |magic: &[u8], fields: &[std::ops::Range<usize>]| {
        (at.saturating_sub(45)..=at).any(|start| {
            let inside = fields.iter().any(|field| field.contains(&(at - start)));
            inside && bytes[start..].starts_with(magic)
        })
    };
    field(b"PK\x03\x04", &[4..8, 10..14]) || field(b"PK\x01\x02", &[4..10, 12..16, 34..42])
}

#[test]
fn what_is_no_archive_is_a_problem_and_what_is_no_wheel_an_error() {
    let wheel = Wheel::new();
    for bytes in [
        b"".as_slice(),
        b"PK",
        b"not a zip archive, but long enough to hold an end record",
    ] {
        fs::write(wheel.path(), bytes).unwrap();
        let messages = wheel.messages();
        assert!(
            messages[0].starts_with("is not a zip archive: "),
            "{messages:?}"
        );
    }
    let error = verify(&wheel.dir.path().join("hello.zip")).unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Config);
    let error = verify(&wheel.dir.path().join("gone-1.0-py3-none-win_amd64.whl")).unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::System);
}
