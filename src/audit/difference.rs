//! Reports where two wheels differ that should be identical.
//!
//! Takes two archives with the same file name and gives the differences of each file, with their places and
//! sizes. The bytes often show the cause: a path of the folder that a wheel was built in.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, SeekFrom};

use memchr::memmem;

use super::LARGEST_BINARY;
use super::container::archive::{Archive, Entry};
use super::container::inflate::Unpacker;
use super::container::window::Window;
use super::finding::Finding;
use super::memory::Share;
use crate::error::{Error, ErrorKind, Problem, Result};

/// A wheel, and the folder that it was built in.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The archive.
    pub file: &'a File,
    /// The path of the folder, which may occur in the bytes.
    pub folder: &'a str,
}

/// The differences between two wheels; none if all files are equal and only the archives differ.
pub fn differences(one: Side<'_>, other: Side<'_>) -> Result<Vec<Problem>> {
    let (ours, theirs) = (files(one)?, files(other)?);
    let mut problems = Vec::new();
    for (name, bytes) in &ours {
        match theirs.get(name) {
            None => problems.push(Problem::new("is in only one of the two wheels").at(name)),
            Some(others) if others != bytes => {
                let problem = Problem::new(extent(bytes, others)).at(name);
                problems.push(problem.hint(cause((bytes, one), (others, other))));
            }
            Some(_) => {}
        }
    }
    let only_theirs = theirs.keys().filter(|name| !ours.contains_key(*name));
    problems
        .extend(only_theirs.map(|name| Problem::new("is in only one of the two wheels").at(name)));
    // RECORD contains the hashes of the other files, so its differences add nothing.
    let is_record = |problem: &Problem| {
        let place = problem.place.as_deref().unwrap_or_default();
        place.ends_with(".dist-info/RECORD")
    };
    if !problems.iter().all(is_record) {
        problems.retain(|problem| !is_record(problem));
    }
    Ok(problems)
}

/// The complete files of a wheel that a build has just packed.
fn files(side: Side<'_>) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut file = side.file.try_clone()?;
    let length = file.seek(SeekFrom::End(0))?;
    let broken = |finding: Finding| Error::new(ErrorKind::Audit, finding.into());
    let mut findings = Vec::new();
    let mut memory = Share::default();
    let reader = Window::from(file);
    let archive = Archive::open(reader, length, &mut memory, &mut findings).map_err(broken)?;
    let small = |entry: &&Entry| entry.size <= LARGEST_BINARY;
    let entries = archive.entries.iter().filter(small);
    Unpacker::with(|unpacker| {
        let files = entries.map(|entry| {
            let mut bytes = Vec::new();
            let read = archive.read(entry, unpacker, |piece| bytes.extend_from_slice(piece));
            read.map_err(broken)?;
            Ok((entry.name.clone(), bytes))
        });
        files.collect()
    })
}

fn extent(one: &[u8], other: &[u8]) -> String {
    if one.len() != other.len() {
        return format!("has {} bytes here and {} elsewhere", one.len(), other.len());
    }
    let mut places = (0..one.len()).filter(|&place| one[place] != other[place]);
    let first = places.next().unwrap_or_default();
    format!(
        "differs in {} of its {} bytes, first at offset {first:#x}",
        places.count() + 1,
        one.len()
    )
}

fn cause(one: (&[u8], Side<'_>), other: (&[u8], Side<'_>)) -> String {
    for (bytes, side) in [one, other] {
        if memmem::find(bytes, side.folder.as_bytes()).is_some() {
            return format!(
                "it names the folder that it was built in ({}): strip the debugging information, or leave \
                 out the path that the sources put in",
                side.folder
            );
        }
    }
    "something in it changes from one build to the next: a time, a random number, the order of a \
     list; compare the two wheels, for example with diffoscope"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn wheel(files: &[(&str, &[u8])]) -> File {
        let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        for (name, bytes) in files {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap()
    }

    fn between(one: &[(&str, &[u8])], other: &[(&str, &[u8])]) -> Vec<String> {
        let (one, other) = (wheel(one), wheel(other));
        let side = |file, folder| Side { file, folder };
        let found = differences(side(&one, "/here/x"), side(&other, "/there/x")).unwrap();
        let text = |problem: Problem| {
            format!(
                "{problem} ({})",
                problem.hint.as_deref().unwrap_or_default()
            )
        };
        found.into_iter().map(text).collect()
    }

    #[test]
    fn equal_wheels_differ_in_nothing() {
        let files: &[(&str, &[u8])] = &[("a.py", b"x"), ("b.py", b"")];
        assert!(between(files, files).is_empty());
    }

    #[test]
    fn each_file_is_told_with_its_place_and_its_cause() {
        let found = between(
            &[
                ("a.so", b"built in /here/x!"),
                ("n", b"1970"),
                ("only", b""),
            ],
            &[
                ("a.so", b"built in /there/x!"),
                ("n", b"1971"),
                ("other", b""),
            ],
        );
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(
            found[0].starts_with("a.so: has 17 bytes here and 18 elsewhere (it names the folder")
        );
        assert!(found[1].starts_with(
            "n: differs in 1 of its 4 bytes, first at offset 0x3 (something in it changes"
        ));
        assert!(found[2].starts_with("only: is in only one"));
        assert!(found[3].starts_with("other: is in only one"));
    }

    #[test]
    fn record_is_only_told_of_when_nothing_else_is() {
        let record = "a-1.dist-info/RECORD";
        let found = between(
            &[("a", b"1"), (record, b"1")],
            &[("a", b"2"), (record, b"2")],
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("a: "));
        let alone = between(&[(record, b"1")], &[(record, b"2")]);
        assert!(alone[0].starts_with(record), "{alone:?}");
    }
}
