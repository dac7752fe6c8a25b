use std::path::Path;

use super::*;

fn entry(path: &str, bytes: &[u8]) -> SdistEntry {
    SdistEntry {
        path: path.to_owned(),
        source: Source::Bytes(bytes.to_vec()),
        executable: path == "run.sh",
    }
}

fn spec(entries: Vec<SdistEntry>) -> SdistSpec {
    let info = entry(
        PKG_INFO,
        b"Metadata-Version: 2.2\nName: hello\nVersion: 1.0\n",
    );
    SdistSpec {
        stem: "hello-1.0".to_owned(),
        entries: std::iter::once(info).chain(entries).collect(),
    }
}

fn written(spec: &SdistSpec, dir: &Path) -> Vec<u8> {
    let packed = spec.pack(dir, Timestamp::from_unix(1_700_000_001)).unwrap();
    let sdist = packed.persist().unwrap();
    assert_eq!(sdist.path, dir.join("hello-1.0.tar.gz"));
    let bytes = fs_err::read(&sdist.path).unwrap();
    assert_eq!(sdist.size, bytes.len() as u64);
    bytes
}

/// Each file's path, mode and time; its owner must be nobody.
fn listed(bytes: &[u8]) -> Vec<(String, u32, u64)> {
    let mut archive = Archive::new(GzDecoder::new(bytes));
    let entries = archive.entries().unwrap().map(|entry| {
        let entry = entry.unwrap();
        let header = entry.header();
        assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
        assert_eq!(header.username().unwrap(), Some(""));
        let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        (path, header.mode().unwrap(), header.mtime().unwrap())
    });
    entries.collect()
}

#[test]
fn files_are_sorted_in_one_folder_with_plain_modes_and_one_time() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}/{}", "d".repeat(120), "f".repeat(150));
    let entries = vec![
        entry("run.sh", b"#!/bin/sh\n"),
        entry(&long, b"long"),
        entry("\u{fc}n\u{ef}.txt", b"unicode"),
        entry("empty", b""),
        entry("a/b.py", &[7; 700_000]),
    ];
    let bytes = written(&spec(entries.clone()), folder.path());
    let time = 1_700_000_000;
    let expected = [
        ("PKG-INFO", 0o644),
        ("a/b.py", 0o644),
        (&long, 0o644),
        ("empty", 0o644),
        ("run.sh", 0o755),
        ("\u{fc}n\u{ef}.txt", 0o644),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(path, mode)| (format!("hello-1.0/{path}"), mode, time))
        .collect();
    assert_eq!(listed(&bytes), expected);
    // Neither flags nor a time in the gzip header.
    assert_eq!(&bytes[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);

    let mut other_order = entries;
    other_order.reverse();
    let file = folder.path().join("elsewhere.py");
    fs_err::write(&file, vec![7; 700_000]).unwrap();
    set_user_id(&file);
    other_order[0].source = Source::File(file);
    assert_eq!(written(&spec(other_order), folder.path()), bytes);

    let unpacked = tempfile::tempdir().unwrap();
    let top = unpack(&folder.path().join("hello-1.0.tar.gz"), unpacked.path()).unwrap();
    assert_eq!(fs_err::read(top.join(&long)).unwrap(), b"long");
    assert_eq!(fs_err::read(top.join("a/b.py")).unwrap().len(), 700_000);
}

/// Makes a file one that runs as its owner, which no archive of ours tells.
fn set_user_id(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(file, std::fs::Permissions::from_mode(0o6755)).unwrap();
    }
    let _ = file;
}

#[test]
fn what_a_plain_header_can_not_tell_is_told_before_it() {
    let told = |path: &str, size: u64| -> Vec<(&str, String)> {
        let (header, more) = head(path, size, false, Timestamp::default()).unwrap();
        assert_eq!(header.size().unwrap(), size);
        more
    };
    assert_eq!(told("a/b", LARGEST_PLAIN), []);
    let size = LARGEST_PLAIN + 1;
    assert_eq!(told("a/b", size), [("size", size.to_string())]);
    let path = "f".repeat(101);
    assert_eq!(told(&path, 0), [("path", path.clone())]);
    assert_eq!(told("\u{fc}", 0), [("path", "\u{fc}".to_owned())]);
}

#[test]
fn what_goes_wrong_leaves_the_earlier_sdist_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let earlier = written(&spec(vec![entry("a", b"a")]), folder.path());
    let file = |path: &str, source: &Path| SdistEntry {
        path: path.to_owned(),
        source: Source::File(source.to_owned()),
        executable: false,
    };
    let missing = folder.path().join("missing");
    let mut wrong = vec![
        (
            vec![entry("a", b""), entry("A", b""), entry("nul", b"")],
            vec!["differ only in case", "Windows reserves the name `nul`"],
        ),
        (vec![entry("../up", b"")], vec!["it has the part `..`"]),
        (vec![entry(PKG_INFO, b"")], vec!["twice"]),
        (vec![file("x", &missing)], vec!["cannot be packed"]),
        (vec![file("x", folder.path())], vec!["not a regular file"]),
    ];
    // Its size is said to be zero, and yet it can be read: as if it had grown meanwhile.
    let grows = Path::new("/proc/self/status");
    if grows.exists() {
        wrong.push((vec![file("x", grows)], vec!["changed while it was packed"]));
    }
    for (entries, words) in wrong {
        let error = spec(entries)
            .pack(folder.path(), Timestamp::default())
            .unwrap_err();
        for words in words {
            assert!(error.to_string().contains(words), "{words} in {error}");
        }
        let names: Vec<_> = fs_err::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["hello-1.0.tar.gz"]);
    }
    let now = fs_err::read(folder.path().join("hello-1.0.tar.gz")).unwrap();
    assert_eq!(now, earlier);
}

#[test]
fn what_lacks_metadata_is_no_sdist() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = spec(vec![entry("a", b"a")]);
    spec.entries.remove(0);
    let error = spec.pack(folder.path(), Timestamp::default()).unwrap_err();
    assert!(error.to_string().contains("it has no PKG-INFO"), "{error}");
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 0);
}
