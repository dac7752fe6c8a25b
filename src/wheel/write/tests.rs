//! Reads written wheels back with the `zip` crate, and checks which files a failed write leaves behind.

use std::fs;
use std::io::{Cursor, Read as _};

use zip::{System, ZipArchive};

use super::*;
use crate::error::ErrorKind;
use crate::sys::fingerprint::sha256;
use crate::tags::WheelFilename;
use crate::wheel::timestamp::DosTime;
use crate::wheel::{Entry, Source};

fn write(spec: &WheelSpec<'_>, dir: &Path, timestamp: Timestamp) -> Result<WrittenWheel> {
    Packer::new(2).pack(spec, dir, timestamp)?.persist()
}

const DIST_INFO: &str = "hello-1.0.dist-info";

fn filename() -> WheelFilename {
    "hello-1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
        .parse()
        .unwrap()
}

fn entry(path: &str, bytes: &[u8]) -> Entry {
    Entry {
        path: path.parse().unwrap(),
        source: Source::Bytes(bytes.to_vec()),
        executable: false,
        shared: false,
    }
}

fn from_file(path: &str, file: &Path) -> Entry {
    Entry {
        source: Source::File(file.to_owned()),
        ..entry(path, b"")
    }
}

fn spec(filename: &WheelFilename, entries: Vec<Entry>) -> WheelSpec<'_> {
    WheelSpec {
        filename,
        metadata: "Metadata-Version: 2.4\nName: hello\nVersion: 1.0\n",
        entry_points: None,
        sbom: None,
        licenses: Vec::new(),
        entries,
        root_is_purelib: false,
    }
}

/// A file that deflates to more than one block.
fn long() -> Vec<u8> {
    longer(200_000)
}

/// A file of so many bytes.
fn longer(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        [b'a', b'b', b'c', 0xff][(state >> 24) as usize % 4]
    };
    (0..length).map(|_| byte()).collect()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The archive of three files, two of them longer than a chunk, packed by this packer.
fn archive(packer: &Packer) -> Vec<u8> {
    let time = Timestamp::from_unix(1_764_115_200);
    let mut archive = Archive::new(Cursor::new(Vec::new()), time, PathBuf::new());
    let (long, exactly) = (
        longer(3 * deflate::CHUNK + 4_321),
        longer(2 * deflate::CHUNK),
    );
    let item = |path: &str, bytes, executable| Item {
        path: path.parse().unwrap(),
        bytes: Bytes::Here(bytes),
        executable,
        shared: true,
    };
    let items = [
        item("hello/__init__.py", b"from ._native import add\n", false),
        item("hello/_native.cpython-312-x86_64-linux-gnu.so", &long, true),
        item("hello/data.bin", &exactly, false),
        item("hello/empty, \"ünï\".txt", b"", false),
    ];
    if let Some(store) = &packer.store {
        let bytes = items.iter().map(|item| &item.bytes);
        lock(store).fill(bytes, &packer.helpers).unwrap();
    }
    archive.add(&items, packer).unwrap();
    let record = format!("{DIST_INFO}/RECORD").parse().unwrap();
    archive.finish(record, packer).unwrap().into_inner()
}

#[test]
fn the_same_entries_are_the_same_bytes_on_every_host() {
    let hex = sha256(archive(&Packer::new(1)));
    assert_eq!(
        hex,
        "7c5750e27d3601cfa3ea8d0142d2b3b657065d5c1bbcd1bef5685c2a7961101d"
    );
}

#[test]
fn threads_and_what_is_kept_do_not_show_in_the_bytes() {
    let one = archive(&Packer::new(1));
    assert!(archive(&Packer::new(4)) == one);
    let dir = tempfile::tempdir().unwrap();
    for threads in [1, 4] {
        let packer = Packer::sharing(threads, dir.path());
        assert!(packer.store.is_some());
        assert!(archive(&packer) == one);
        assert!(archive(&packer) == one);
    }
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn order_and_origin_of_the_entries_do_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("source");
    fs::write(&file, long()).unwrap();
    let filename = filename();
    let wheel = |folder: &str, entries| {
        let written = write(
            &spec(&filename, entries),
            &dir.path().join(folder),
            Timestamp::default(),
        );
        let written = written.unwrap();
        let bytes = fs::read(&written.path).unwrap();
        assert_eq!(written.size, bytes.len() as u64);
        assert!(written.path.ends_with(filename.to_string()));
        (written.sha256, bytes)
    };
    let one = wheel("one", vec![entry("b.py", b"1"), from_file("a/long", &file)]);
    let other = wheel(
        "two/deeper",
        vec![entry("a/long", &long()), entry("b.py", b"1")],
    );
    assert!(one == other);
}

#[test]
fn a_wheel_is_sorted_with_its_metadata_last_and_record_the_very_last() {
    let dir = tempfile::tempdir().unwrap();
    let license = dir.path().join("LICENSE");
    fs::write(&license, "do what you like").unwrap();
    let filename = filename();
    let mut spec = spec(
        &filename,
        vec![
            entry("zoo.py", b""),
            Entry {
                executable: true,
                ..entry("hello/_native.so", b"\x7fELF")
            },
            entry("hello/__init__.py", b""),
            entry("hello/a, \"b\".txt", b"x"),
        ],
    );
    spec.entry_points = Some("[console_scripts]\nhello = hello:main\n");
    spec.licenses = vec![("LICENSE".to_owned(), Source::File(license))];
    let time = Timestamp::from_unix(1_735_689_599);
    let written = write(&spec, dir.path(), time).unwrap();

    let mut archive = ZipArchive::new(fs::File::open(&written.path).unwrap()).unwrap();
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).unwrap();
        assert_eq!(entry.system(), System::Unix);
        let DosTime { date, time } = time.to_dos();
        let modified = zip::DateTime::try_from_msdos(date, time).unwrap();
        assert_eq!(entry.last_modified(), Some(modified));
        assert!(entry.extra_data().is_none_or(|extra| extra.is_empty()));
        let mode = entry.unix_mode().unwrap();
        found.push(format!("{mode:o} {}", entry.name().unwrap()));
    }
    assert_eq!(
        found,
        [
            "100644 hello/__init__.py",
            "100755 hello/_native.so",
            "100644 hello/a, \"b\".txt",
            "100644 zoo.py",
            "100644 hello-1.0.dist-info/METADATA",
            "100644 hello-1.0.dist-info/WHEEL",
            "100644 hello-1.0.dist-info/entry_points.txt",
            "100644 hello-1.0.dist-info/licenses/LICENSE",
            "100644 hello-1.0.dist-info/RECORD",
        ]
    );
    let mut text = |name: &str| {
        let mut text = String::new();
        let mut file = archive.by_name(&format!("{DIST_INFO}/{name}")).unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    };
    assert_eq!(
        text("WHEEL"),
        format!(
            "Wheel-Version: 1.0\n\
             Generator: pyz3-wheel {} (cpu=baseline)\n\
             Root-Is-Purelib: false\n\
             Tag: cp312-cp312-manylinux2014_x86_64\n\
             Tag: cp312-cp312-manylinux_2_17_x86_64\n",
            env!("CARGO_PKG_VERSION")
        )
    );
    let record = text("RECORD");
    assert!(
        record.starts_with(
            "hello/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
        )
    );
    assert!(record.contains("\n\"hello/a, \"\"b\"\".txt\",sha256="));
    assert!(record.ends_with("\nhello-1.0.dist-info/RECORD,,\n"));
}

#[test]
fn an_earlier_wheel_is_replaced_and_nothing_else_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let filename = filename();
    for bytes in [b"1", b"2"] {
        let spec = spec(&filename, vec![entry("a.py", bytes)]);
        write(&spec, dir.path(), Timestamp::default()).unwrap();
    }
    assert_eq!(names(dir.path()), [filename.to_string()]);
    let wheel = dir.path().join(filename.to_string());
    let mut archive = ZipArchive::new(fs::File::open(&wheel).unwrap()).unwrap();
    let mut text = String::new();
    archive
        .by_name("a.py")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "2");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&wheel).unwrap().permissions().mode() & 0o7777,
            0o644
        );
    }
}

/// Writes an invalid wheel over an earlier one; gives the kind and the messages of the error.
fn refused(spec: &WheelSpec<'_>) -> (ErrorKind, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let name = spec.filename.to_string();
    fs::write(dir.path().join(&name), "earlier").unwrap();
    let error = write(spec, dir.path(), Timestamp::default()).unwrap_err();
    assert_eq!(names(dir.path()), [name.as_str()]);
    assert_eq!(fs::read(dir.path().join(&name)).unwrap(), b"earlier");
    assert!(
        error
            .problems()
            .iter()
            .all(|problem| problem.hint.is_some())
    );
    let messages = error.problems().iter().map(ToString::to_string).collect();
    (error.kind(), messages)
}

#[test]
fn files_that_would_be_one_and_files_in_the_wheels_own_folder_are_all_named_at_once() {
    let filename = filename();
    let mut spec = spec(
        &filename,
        vec![
            entry("a.py", b""),
            entry("A.py", b""),
            entry("hello-1.0.dist-info/METADATA", b""),
            entry("Other-2.DIST-INFO/x", b""),
            from_file("gone", Path::new("no such file")),
        ],
    );
    let missing = Source::File(PathBuf::from("no such licence"));
    spec.licenses = vec![("../LICENSE".to_owned(), missing)];
    let (kind, messages) = refused(&spec);
    assert_eq!(kind, ErrorKind::Config);
    let expected = [
        "`hello-1.0.dist-info/METADATA` is in the folder of the wheel's own metadata",
        "`Other-2.DIST-INFO/x` is in the folder of the wheel's own metadata",
        "`hello-1.0.dist-info/licenses/../LICENSE` cannot be a path in a wheel or sdist: it has the part `..`",
        "`A.py` and `a.py` differ only in case: on Windows or macOS they are one file",
        "`hello-1.0.dist-info/METADATA` would be in the wheel twice",
        "no such file: cannot be packed: ",
        "no such licence: cannot be packed: ",
    ];
    assert_eq!(messages.len(), expected.len(), "{messages:#?}");
    for (message, expected) in messages.iter().zip(expected) {
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn a_source_that_can_not_be_read_leaves_the_earlier_wheel() {
    let filename = filename();
    let dir = tempfile::tempdir().unwrap();
    let entries = vec![entry("a.py", b"1"), from_file("b", dir.path())];
    let (kind, messages) = refused(&spec(&filename, entries));
    assert_eq!(kind, ErrorKind::System);
    assert_eq!(messages.len(), 1);
    assert!(messages[0].ends_with("is not a regular file, so no archive can hold it"));
}

/// Files of `/proc` claim to be empty and are not, like a file that grows while it is read.
#[test]
#[cfg(target_os = "linux")]
fn a_source_that_changes_meanwhile_leaves_the_earlier_wheel() {
    let filename = filename();
    let entries = vec![
        entry("a.py", b"1"),
        from_file("b", Path::new("/proc/self/status")),
    ];
    let (kind, messages) = refused(&spec(&filename, entries));
    assert_eq!(kind, ErrorKind::System);
    assert_eq!(messages, ["/proc/self/status: changed while it was packed"]);
}

#[test]
fn an_output_directory_that_can_not_be_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("dist");
    fs::write(&file, "").unwrap();
    let filename = filename();
    for folder in [file.clone(), file.join("deeper")] {
        let spec = spec(&filename, vec![entry("a.py", b"1")]);
        let error = write(&spec, &folder, Timestamp::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::System);
        let problem = &error.problems()[0];
        assert_eq!(problem.place, Some(folder.display().to_string()));
        assert!(problem.hint.as_ref().unwrap().contains("--output-dir"));
    }
}
