//! Whole wheels: a good one, and what every flipped bit of it leads to.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::binary::Binary;
use crate::wheel::record::{Meter, Row, render};

const NAME: &str = "hello-1.0-py3-none-any.whl";
const FILES: [(&str, &str); 3] = [
    ("hello.py", "answer = 42\n"),
    (
        "hello-1.0.dist-info/METADATA",
        "Metadata-Version: 2.4\nName: hello\nVersion: 1.0\n\
         Description-Content-Type: text/plain\n\nSays hello.\n",
    ),
    (
        "hello-1.0.dist-info/WHEEL",
        "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ),
];

/// A wheel of these files, its RECORD right.
fn wheel(files: &[(&str, &str)], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .unix_permissions(0o644);
    let mut rows = Vec::new();
    for (name, text) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        let mut meter = Meter::default();
        meter.update(text.as_bytes());
        rows.push(Row {
            path: (*name).to_owned(),
            content: Some(meter.finish()),
        });
    }
    let record = "hello-1.0.dist-info/RECORD";
    rows.push(Row {
        path: record.to_owned(),
        content: None,
    });
    zip.start_file(record, options).unwrap();
    zip.write_all(&render(&rows).unwrap()).unwrap();
    zip.finish().unwrap().into_inner()
}

fn codes(bytes: &[u8]) -> Vec<Code> {
    let findings = check_bytes(NAME, bytes);
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_good_wheel_has_no_findings() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        assert_eq!(check_bytes(NAME, &wheel(&FILES, method)), []);
    }
}

#[test]
fn a_file_and_the_bytes_of_it_are_judged_alike() {
    let mut bytes = wheel(&FILES, CompressionMethod::Deflated);
    bytes.push(0);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    let findings = check(NAME, &file).unwrap();
    assert_eq!(findings, check_bytes(NAME, &bytes));
    assert_eq!(findings[0].code, Code::ZipTrailing);
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let good = wheel(&FILES, CompressionMethod::Stored);
    let mut missed = Vec::new();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        let errors = check_bytes(NAME, &bytes);
        let found = errors
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        if !found && !is_harmless(&good, at) {
            missed.push(at);
        }
    }
    assert_eq!(missed, Vec::<usize>::new(), "of {} bytes", good.len());
}

/// The fields of a zip header that say nothing about the contents: versions, times, disks, attributes.
fn is_harmless(bytes: &[u8], at: usize) -> bool {
    let field = |magic: &[u8], fields: &[std::ops::Range<usize>]| {
        (at.saturating_sub(45)..=at).any(|start| {
            let inside = fields.iter().any(|field| field.contains(&(at - start)));
            inside && bytes[start..].starts_with(magic)
        })
    };
    field(b"PK\x03\x04", &[4..6, 10..14]) || field(b"PK\x01\x02", &[4..8, 12..16, 34..42])
}

#[test]
fn every_cut_is_an_error_and_never_a_panic() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let good = wheel(&FILES, method);
        for end in 0..good.len() {
            assert!(!codes(&good[..end]).is_empty(), "cut at {end}");
        }
    }
}

#[test]
fn what_the_build_records_makes_avx_an_error() {
    let mut findings = Vec::new();
    let claim = Claim::parse(NAME).unwrap();
    let text = "Wheel-Version: 1.0\nGenerator: pyz3-wheel 0.1.0 (cpu=baseline)\n\
        Root-Is-Purelib: true\nTag: py3-none-any\n";
    let wheel = container::wheel_file::judge(text.as_bytes(), &claim, &mut findings);
    assert!(wheel.cpu_baseline && wheel.root_is_purelib == Some(true));
    assert_eq!(findings, []);
}

/// A library for Linux that takes so many symbols with long names from elsewhere.
fn library_that_takes(symbols: usize) -> Vec<u8> {
    const HEADER: usize = 64;
    let mut names = vec![0];
    let mut table = vec![0; 24];
    for index in 0..symbols {
        // Name, kind (a global function), and nowhere.
        table.extend(u32::try_from(names.len()).unwrap().to_le_bytes());
        table.extend([0x12, 0, 0, 0]);
        table.extend([0; 16]);
        names.extend(format!("{index:x>1000}\0").bytes());
    }
    let sections = HEADER + table.len() + names.len();
    let word = |number: usize| u64::try_from(number).unwrap().to_le_bytes();
    // Kind, flags, address, place, size, link, info, alignment, size of an entry.
    let section = |kind: u32, place, size, link: u32, entry| {
        let mut header = [0; 4].to_vec();
        header.extend(kind.to_le_bytes());
        header.extend([word(2), word(0), word(place), word(size)].concat());
        header.extend([link.to_le_bytes(), 1_u32.to_le_bytes()].concat());
        header.extend([word(1), word(entry)].concat());
        header
    };
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(16, 0);
    bytes.extend([3, 0, 62, 0, 1, 0, 0, 0]);
    bytes.extend([word(0), word(0), word(sections)].concat());
    bytes.extend([0, 0, 0, 0, 64, 0, 56, 0, 0, 0, 64, 0, 3, 0, 2, 0]);
    let (place, length) = (HEADER + table.len(), names.len());
    let headers = [
        vec![0; 64],
        section(11, HEADER, table.len(), 2, 24),
        section(3, place, length, 0, 0),
    ];
    [bytes, table, names, headers.concat()].concat()
}

#[test]
fn the_symbols_of_a_wheel_share_one_limit_and_what_exceeds_it_is_told() {
    let library = library_that_takes(4000);
    let binary = Binary::parse(&library).unwrap().unwrap();
    assert_eq!(binary.undefined.iter().count(), 4000);
    let name = "hello-1.0-py3-none-manylinux_2_17_x86_64.whl";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for index in 0..10 {
        zip.start_file(format!("hello/lib{index}.so"), options)
            .unwrap();
        zip.write_all(&library).unwrap();
    }
    let wheel = zip.finish().unwrap().into_inner();
    let findings = check_bytes(name, &wheel);
    let with = |code| {
        let found = findings.iter().filter(|finding| finding.code == code);
        let files = found.map(|finding| finding.file.clone().unwrap_or_default());
        files.collect::<std::collections::BTreeSet<_>>()
    };
    let (unjudged, judged) = (with(Code::NotJudged), with(Code::UndefinedSymbol));
    assert!(judged.contains("hello/lib0.so") && unjudged.contains("hello/lib9.so"));
    assert!(judged.is_disjoint(&unjudged));
    assert_eq!(judged.len() + unjudged.len(), 10);
}
