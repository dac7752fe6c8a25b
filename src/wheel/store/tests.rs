//! Bytes that are kept come back; bytes that cannot be kept are not a failure.

use std::fs;

use super::*;
use crate::wheel::contents::Contents;
use crate::wheel::{Entry, Source, WheelSpec};

fn kept(store: &mut Store, source: &Source) -> Result<Option<(Kept, Vec<u8>)>> {
    let filename = "hello-1.0-py3-none-any.whl".parse().unwrap();
    let spec = WheelSpec {
        filename: &filename,
        metadata: "",
        entry_points: None,
        sbom: None,
        licenses: Vec::new(),
        entries: vec![Entry {
            path: "a".parse().unwrap(),
            source: source.clone(),
            executable: false,
            shared: true,
        }],
        root_is_purelib: true,
    };
    let contents = Contents::of(&spec)?;
    let bytes = &contents.items[0].bytes;
    store.fill([bytes].into_iter(), &Helpers::new(0))?;
    let Some(kept) = store.find(bytes) else {
        return Ok(None);
    };
    let mut found = Vec::new();
    store
        .copy(&kept, &mut |bytes| {
            found.extend_from_slice(bytes);
            Ok(())
        })
        .unwrap();
    Ok(Some((kept, found)))
}

#[test]
fn what_is_kept_is_the_same_each_time_and_read_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("source");
    fs::write(&path, "x".repeat(100_000)).unwrap();
    let mut store = Store::new(dir.path()).unwrap();
    let (file, text) = (Source::File(path), Source::Bytes(b"text".to_vec()));
    let first = kept(&mut store, &file).unwrap().unwrap();
    let other = kept(&mut store, &text).unwrap().unwrap();
    let length = store.length;
    assert_eq!(length, (first.1.len() + other.1.len()) as u64);
    let again = kept(&mut store, &file).unwrap().unwrap();
    assert_eq!((again.0.digest, again.1), (first.0.digest, first.1));
    assert_eq!(kept(&mut store, &text).unwrap().unwrap().1, other.1);
    assert_eq!(store.length, length);
}

/// As some build scripts do, which write their files anew for each job.
#[test]
fn a_file_that_changes_between_two_wheels_is_read_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("source");
    fs::write(&path, "one").unwrap();
    let mut store = Store::new(dir.path()).unwrap();
    let source = Source::File(path.clone());
    let first = kept(&mut store, &source).unwrap().unwrap();
    fs::write(&path, "three").unwrap();
    let second = kept(&mut store, &source).unwrap().unwrap();
    assert_eq!(
        (first.0.digest.content.size, second.0.digest.content.size),
        (3, 5)
    );
}

#[test]
fn what_could_not_be_read_whole_is_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::new(dir.path()).unwrap();
    let gone = dir.path().join("gone");
    assert!(kept(&mut store, &Source::File(gone.clone())).is_err());
    fs::write(&gone, "here now").unwrap();
    assert!(kept(&mut store, &Source::File(gone)).unwrap().is_some());
}

/// A file that can only be read stands for a disk that is full.
#[test]
fn a_full_disk_is_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store");
    fs::write(&path, "").unwrap();
    let mut store = Store {
        file: File::open(&path).unwrap(),
        ..Store::new(dir.path()).unwrap()
    };
    for _ in 0..2 {
        let source = Source::Bytes(b"text".to_vec());
        assert!(kept(&mut store, &source).unwrap().is_none());
        assert!(store.full);
    }
}
