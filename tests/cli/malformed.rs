//! Bytes that nobody should have made: an error at the most, never a panic.
//!
//! Good wheels and binaries of every kind with anything done to them, and every input that the fuzz
//! targets began with or once failed on (`tests/fuzz`).

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use pyz3_wheel::audit::check_bytes;
use pyz3_wheel::binary::Binary;

use crate::corpus;
use support::repo;

/// The name that the fuzz targets check wheels under.
const WHEEL: &str = "hello-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";
/// The same for sdists.
const SDIST: &str = "hello-1.0.tar.gz";

/// One thing that is done to bytes, at a place somewhere in them.
#[derive(Debug, Clone)]
enum Edit {
    Set(u8),
    Flip(u8),
    /// Two or four bytes that are a number to most formats.
    Number(u32),
    Cut,
    /// Some bytes from the beginning once more.
    Repeat(u8),
    Remove(u8),
}

fn edits() -> impl Strategy<Value = Vec<(f64, Edit)>> {
    let edit = prop_oneof![
        any::<u8>().prop_map(Edit::Set),
        (0_u8..8).prop_map(|bit| Edit::Flip(1 << bit)),
        prop_oneof![
            Just(0),
            Just(1),
            Just(0x7fff_ffff),
            Just(u32::MAX),
            any::<u32>()
        ]
        .prop_map(Edit::Number),
        Just(Edit::Cut),
        any::<u8>().prop_map(Edit::Repeat),
        any::<u8>().prop_map(Edit::Remove),
    ];
    prop::collection::vec((0.0_f64..1.0, edit), 1..8)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place somewhere in the bytes"
)]
fn apply(bytes: &mut Vec<u8>, edits: &[(f64, Edit)]) {
    for (place, edit) in edits {
        if bytes.is_empty() {
            return;
        }
        let at = (bytes.len() as f64 * place) as usize;
        match *edit {
            Edit::Set(byte) => bytes[at] = byte,
            Edit::Flip(bit) => bytes[at] ^= bit,
            Edit::Number(number) => {
                let number = number.to_le_bytes();
                let room = number.len().min(bytes.len() - at);
                bytes[at..at + room].copy_from_slice(&number[..room]);
            }
            Edit::Cut => bytes.truncate(at),
            Edit::Repeat(count) => {
                let piece = bytes[..usize::from(count).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Edit::Remove(count) => {
                bytes.drain(at..bytes.len().min(at + usize::from(count)));
            }
        }
    }
}

/// The same cases in every run, so that a failure can be looked into.
fn for_each_case(cases: u32, inputs: usize, test: impl Fn(usize, &[(f64, Edit)])) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome =
        TestRunner::new_with_rng(config, rng).run(&(0..inputs, edits()), |(index, edits)| {
            test(index, &edits);
            Ok(())
        });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn anything_done_to_a_wheel_is_judged() {
    let wheels = corpus::controls();
    for_each_case(4000, wheels.len(), |index, edits| {
        let (name, mut bytes) = wheels[index].clone();
        apply(&mut bytes, edits);
        for finding in check_bytes(&name, &bytes) {
            assert!(!finding.actual.is_empty() && !finding.actual.contains('\u{1b}'));
        }
    });
}

/// Makes the checksums of headers right again: without them, readers stop at the first header that was changed.
fn sign_headers(tar: &mut [u8]) {
    for block in tar.chunks_exact_mut(512) {
        if block[257..262] == *b"ustar" {
            let header = tar::Header::from_byte_slice(block);
            let mut header = header.clone();
            header.set_cksum();
            block.copy_from_slice(header.as_bytes());
        }
    }
}

#[test]
fn anything_done_to_an_sdist_is_judged() {
    let tars = corpus::tars();
    for_each_case(4000, tars.len(), |index, edits| {
        let mut tar = tars[index].clone();
        apply(&mut tar, edits);
        sign_headers(&mut tar);
        let bytes = corpus::compress(&tar);
        for finding in check_bytes(SDIST, &bytes) {
            assert!(!finding.actual.is_empty() && !finding.actual.contains('\u{1b}'));
        }
        let mut bytes = bytes;
        apply(&mut bytes, edits);
        check_bytes(SDIST, &bytes);
    });
}

#[test]
fn anything_done_to_a_binary_is_read_or_refused() {
    let binaries = corpus::binaries();
    for_each_case(20_000, binaries.len(), |index, edits| {
        let mut bytes = binaries[index].1.clone();
        apply(&mut bytes, edits);
        if let Err(why) = Binary::parse(&bytes) {
            assert!(!why.to_string().is_empty());
        }
    });
}

#[test]
fn what_fuzzing_began_with_and_failed_on_is_judged() {
    let mut count = 0;
    for kind in ["corpus", "regressions"] {
        for target in ["elf", "macho", "fat", "pe", "wasm", "wheel", "sdist"] {
            let folder = repo().join("tests/fuzz").join(kind).join(target);
            // Nothing was found in the others so far.
            if kind == "corpus" || folder.exists() {
                count += judge_all(&folder, target);
            }
        }
    }
    assert!(count > 30, "{count} inputs");
}

fn judge_all(folder: &Path, target: &str) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let mut bytes = std::fs::read(entry.unwrap().path()).unwrap();
        match target {
            "wheel" => {
                let _ = check_bytes(WHEEL, &bytes);
            }
            "sdist" => {
                if !bytes.starts_with(b"\x1f\x8b") {
                    sign_headers(&mut bytes);
                    bytes = corpus::compress(&bytes);
                }
                let _ = check_bytes(SDIST, &bytes);
            }
            _ => {
                let _ = Binary::parse(&bytes);
            }
        }
        count += 1;
    }
    count
}
