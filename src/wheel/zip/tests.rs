//! Archives read back by others: the `zip` crate, Python and Info-ZIP.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use zip::ZipArchive;

use super::*;
use crate::wheel::Timestamp;

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn open(path: &Path) -> Zip<BufWriter<File>> {
    let file = BufWriter::new(File::create(path).unwrap());
    Zip::new(file, Timestamp::default().to_dos())
}

fn finish(zip: Zip<BufWriter<File>>) {
    zip.finish().unwrap().flush().unwrap();
}

/// An entry whose numbers are told first, or last but for its size.
fn add(zip: &mut Zip<BufWriter<File>>, name: &str, bytes: &[u8], first: bool) {
    let packed = deflate(bytes);
    let numbers = Numbers {
        crc: crc32fast::hash(bytes),
        packed: packed.len() as u64,
        size: bytes.len() as u64,
    };
    let known = Numbers {
        crc: 0,
        packed: 0,
        ..numbers
    };
    zip.begin(name, false, if first { numbers } else { known })
        .unwrap();
    zip.write(&packed).unwrap();
    zip.end(numbers).unwrap();
}

/// Runs a program, if the machine has it, and fails the test unless it succeeds and says this.
fn passes(program: &str, args: &[&str], path: &Path, says: &str) {
    match Command::new(program).args(args).arg(path).output() {
        Ok(output) => {
            let stdout = String::from_utf8_lossy(&output.stdout);
            let ok = output.status.success() && stdout.contains(says);
            assert!(ok, "{program}: {output:?}");
        }
        Err(error) => {
            // Not `eprintln!`, whose output the harness keeps to itself when a test passes.
            let _ = writeln!(std::io::stderr(), "SKIPPED: {program}: {error}");
        }
    }
}

const TESTZIP: &str = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print(archive.testzip(), len(archive.infolist()))";

#[test]
fn other_readers_take_what_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.zip");
    let mut zip = open(&path);
    add(&mut zip, "first.txt", &b"first ".repeat(1000), true);
    add(&mut zip, "läst.txt", &b"last ".repeat(100_000), false);
    add(&mut zip, "empty", b"", true);
    finish(zip);
    passes("unzip", &["-t"], &path, "No errors detected");
    passes("python3", &["-c", TESTZIP], &path, "None 3");
    let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let mut text = String::new();
    let mut entry = archive.by_name("läst.txt").unwrap();
    entry.read_to_string(&mut text).unwrap();
    assert_eq!(text, "last ".repeat(100_000));
    // The headers before the data have the numbers too, and none follow the data.
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes[6..8], [0, 0]);
    assert_eq!(bytes[22..26], 6000_u32.to_le_bytes());
}

#[test]
fn more_entries_than_sixteen_bits_count() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("many.zip");
    let mut zip = open(&path);
    for number in 0..70_000 {
        add(&mut zip, &format!("{number}"), b"", true);
    }
    finish(zip);
    passes("unzip", &["-tq"], &path, "No errors detected");
    passes("python3", &["-c", TESTZIP], &path, "None 70000");
    let archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(archive.len(), 70_000);
}

/// Five GiB of zeros, and entries behind a hole of five GiB.
#[test]
fn sizes_and_places_beyond_four_gib() {
    const PART: u64 = 1 << 24;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large.zip");
    let mut zip = open(&path);
    let size = 5 << 30;
    let zeros = vec![0; usize::try_from(PART).unwrap()];
    let mut stream = flate2::Compress::new(Compression::default(), false);
    let mut part = Vec::with_capacity(zeros.len());
    stream
        .compress_vec(&zeros, &mut part, flate2::FlushCompress::Full)
        .unwrap();
    let mut crc = crc32fast::Hasher::new();
    let mut one = crc32fast::Hasher::new();
    one.update(&zeros);
    let known = Numbers {
        crc: 0,
        packed: 0,
        size,
    };
    zip.begin("zeros", false, known).unwrap();
    let mut packed = 0;
    for _ in 0..size / PART {
        zip.write(&part).unwrap();
        crc.combine(&one);
        packed += part.len() as u64;
    }
    zip.write(&[3, 0]).unwrap();
    packed += 2;
    let crc = crc.finalize();
    zip.end(Numbers { crc, packed, size }).unwrap();

    add(&mut zip, "before", b"before", true);
    let hole = 5 << 30;
    zip.out.seek(SeekFrom::Current(hole)).unwrap();
    zip.position += hole.cast_unsigned();
    add(&mut zip, "after", b"after", false);
    finish(zip);

    let script = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print(archive.getinfo('zeros').file_size, archive.read('before'), archive.read('after'))";
    let says = "5368709120 b'before' b'after'";
    passes("python3", &["-c", script], &path, says);
    let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let mut text = String::new();
    let mut entry = archive.by_name("after").unwrap();
    entry.read_to_string(&mut text).unwrap();
    assert_eq!(text, "after");
    drop(entry);
    let zeros = archive.by_name("zeros").unwrap();
    assert_eq!(
        (zeros.size(), zeros.compressed_size(), zeros.crc32()),
        (size, packed, crc)
    );
}
