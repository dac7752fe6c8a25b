//! Files and folders of a project that somebody swaps for links while they are packed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fs_err as fs;
use fs_err::os::unix::fs::symlink;

use super::sdist::{SdistEntry, SdistSpec};
use super::{Entry, Packer, Source, Timestamp, WheelSpec};
use crate::error::Result;
use crate::wheel::WrittenWheel;

const SECRET: &[u8] = b"the secret outside";
const OWN: &[u8] = b"text of the project";

/// Swaps two files and a folder for links all the time, while `pack` runs.
fn packed_meanwhile(pack: impl Fn(&[(&str, Source)], &Path) -> Result<WrittenWheel>) {
    let folder = tempfile::tempdir().unwrap();
    let top = fs::canonicalize(folder.path()).unwrap();
    let (project, outside, output) = (top.join("p"), top.join("outside"), top.join("dist"));
    for folder in [
        &project.join("sub"),
        &project.join(".git"),
        &outside,
        &output,
    ] {
        fs::create_dir_all(folder).unwrap();
    }
    for secret in [outside.join("file"), project.join(".git/config")] {
        fs::write(secret, SECRET).unwrap();
    }
    for own in ["file", "other", "sub/file"] {
        fs::write(project.join(own), OWN).unwrap();
    }
    let boundary: Arc<Path> = project.as_path().into();
    let entries = ["file", "other", "sub/file"]
        .map(|name| (name, Source::Within(project.join(name), boundary.clone())));
    let is_over = AtomicBool::new(false);
    let swap = || {
        let stash = top.join("stash");
        let swapped = [
            (project.join("file"), outside.join("file")),
            (project.join("other"), project.join(".git/config")),
            (project.join("sub"), outside.clone()),
        ];
        while !is_over.load(Ordering::Relaxed) {
            for (place, secret) in &swapped {
                fs::rename(place, &stash).unwrap();
                symlink(secret, place).unwrap();
                std::thread::yield_now();
                fs::remove_file(place).unwrap();
                fs::rename(&stash, place).unwrap();
                std::thread::yield_now();
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(swap);
        for _ in 0..200 {
            let Ok(archive) = pack(&entries, &output) else {
                continue;
            };
            let bytes = fs::read(&archive.path).unwrap();
            let bytes = if archive.path.extension().is_some_and(|end| end == "gz") {
                let mut text = Vec::new();
                let mut reader = flate2::read::GzDecoder::new(&*bytes);
                std::io::Read::read_to_end(&mut reader, &mut text).unwrap();
                text
            } else {
                unzipped(&bytes)
            };
            let found = memchr::memmem::find(&bytes, SECRET);
            if found.is_some() {
                is_over.store(true, Ordering::Relaxed);
            }
            assert!(found.is_none(), "a file from outside was packed");
        }
        is_over.store(true, Ordering::Relaxed);
    });
    pack(&entries, &output).unwrap();
}

fn unzipped(bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        std::io::Read::read_to_end(&mut file, &mut all).unwrap();
    }
    all
}

#[test]
fn nothing_from_outside_is_in_a_wheel() {
    let filename = "hello-1.0-py3-none-any.whl".parse().unwrap();
    packed_meanwhile(|sources, output| {
        let entries = sources.iter().map(|(name, source)| Entry {
            path: format!("hello/{name}").parse().unwrap(),
            source: source.clone(),
            executable: false,
            shared: false,
        });
        let spec = WheelSpec {
            filename: &filename,
            metadata: "Metadata-Version: 2.4\nName: hello\nVersion: 1.0\n",
            entry_points: None,
            sbom: None,
            licenses: vec![("LICENSE".to_owned(), sources[0].1.clone())],
            entries: entries.collect(),
            root_is_purelib: false,
        };
        let packer = Packer::new(1);
        packer.pack(&spec, output, Timestamp::default())?.persist()
    });
}

#[test]
fn nothing_from_outside_is_in_an_sdist() {
    packed_meanwhile(|sources, output| {
        let info = b"Metadata-Version: 2.2\nName: hello\nVersion: 1.0\n";
        let info = ("PKG-INFO", Source::Bytes(info.to_vec()));
        let entries = sources
            .iter()
            .chain([&info])
            .map(|(name, source)| SdistEntry {
                path: (*name).to_owned(),
                source: source.clone(),
                executable: false,
            });
        let spec = SdistSpec {
            stem: "hello-1.0".to_owned(),
            entries: entries.collect(),
        };
        spec.pack(output, Timestamp::default())?.persist()
    });
}

#[test]
fn links_within_the_project_are_packed_as_what_they_lead_to() {
    let folder = tempfile::tempdir().unwrap();
    let top = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir_all(top.join("p/real")).unwrap();
    fs::write(top.join("p/real/file"), OWN).unwrap();
    symlink(top.join("p/real/file"), top.join("p/absolute")).unwrap();
    symlink("real", top.join("p/folder")).unwrap();
    let boundary: Arc<Path> = top.join("p").into();
    for name in ["real/file", "absolute", "folder/file"] {
        let source = Source::Within(top.join("p").join(name), boundary.clone());
        let bytes = super::contents::bytes_of(&source).unwrap();
        let mut read = Vec::new();
        let mut reading = super::contents::Reading::of(&bytes).unwrap();
        assert!(reading.read(&mut read, 100).unwrap());
        assert_eq!(read, OWN, "{name}");
    }
}
