//! Removes the dependency on `libc.so` from files that Zig has built for musl.
//!
//! Zig names musl's C library `libc.so`. Distributions name it `libc.musl-x86_64.so.1` or similar, and tools such
//! as auditwheel support only those names. The dependency is not needed: the loader of musl and its C library are one
//! file, which is in every process that loads a module, and which is searched for symbols first.

use std::path::Path;

use fs_err as fs;
use object::elf;

use super::dynamic_table::DynamicTable;
use crate::error::Result;

/// Zig's name for musl's C library.
const LIBC: &[u8] = b"libc.so";

/// Removes the requirement for `libc.so` from a file, and returns the new bytes.
pub(crate) fn remove_libc(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let Some(changed) = without_libc(&bytes) else {
        return Ok(bytes);
    };
    rewrite(path, &changed)?;
    Ok(changed)
}

/// Replaces the contents of an installed file. Not in place, because the file may be a link into Zig's cache.
pub(crate) fn rewrite(path: &Path, bytes: &[u8]) -> Result<()> {
    let permissions = fs::metadata(path)?.permissions();
    fs::remove_file(path)?;
    fs::write(path, bytes)?;
    fs::set_permissions(path, permissions)?;
    Ok(())
}

/// The file without the dependency; `None` if it has no such dependency, or if it cannot be read, which the
/// audit reports.
fn without_libc(bytes: &[u8]) -> Option<Vec<u8>> {
    let table = DynamicTable::read(bytes)?;
    let mut needed = table.strings(elf::DT_NEEDED, bytes);
    needed.find(|name| *name == LIBC)?;
    let mut changed = bytes.to_vec();
    let remove = |name: &[u8]| (name == LIBC).then(Vec::new);
    table
        .edit(elf::DT_NEEDED, &mut changed, remove)
        .then_some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::Binary;

    /// Small libraries of both sizes and byte orders, made to ask for `libc.so`.
    fn libraries() -> Vec<Vec<u8>> {
        let files: [&[u8]; 4] = [
            include_bytes!("../../tests/fuzz/corpus/elf/x86_64"),
            include_bytes!("../../tests/fuzz/corpus/elf/aarch64"),
            include_bytes!("../../tests/fuzz/corpus/elf/i686"),
            include_bytes!("../../tests/fuzz/corpus/elf/s390x"),
        ];
        let with_libc = |file: &&[u8]| {
            let name = parse(file).imports.remove(0);
            let mut bytes = file.to_vec();
            // Of glibc's name there is a second one, beside its versions.
            let places: Vec<_> = memchr::memmem::find_iter(file, name.as_bytes()).collect();
            for at in places {
                bytes[at..at + name.len()].fill(0);
                bytes[at..at + LIBC.len()].copy_from_slice(LIBC);
            }
            bytes
        };
        files.iter().map(with_libc).collect()
    }

    fn parse(bytes: &[u8]) -> Binary {
        Binary::parse(bytes).unwrap().unwrap()
    }

    #[test]
    fn the_demand_goes_and_all_else_stays() {
        for library in libraries() {
            let mut expected = parse(&library);
            assert_eq!(expected.imports, ["libc.so"]);
            expected.imports.clear();
            let changed = without_libc(&library).unwrap();
            assert_eq!(changed.len(), library.len());
            assert_eq!(parse(&changed), expected);
            assert_eq!(without_libc(&changed), None);
        }
    }

    #[test]
    fn what_can_not_be_read_is_left_to_the_audit() {
        for library in libraries() {
            // Section headers are at the end: what lacks a part lacks some of them.
            for length in 0..library.len() {
                assert_eq!(without_libc(&library[..length]), None);
            }
            for at in 0..library.len() {
                let mut damaged = library.clone();
                damaged[at] ^= 0xff;
                let _ = without_libc(&damaged);
            }
        }
    }

    #[test]
    fn a_file_is_changed_in_its_place_and_no_other_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["a.so", "cache.so"].map(|name| folder.path().join(name));
        let library = libraries().remove(0);
        fs::write(&other, &library).unwrap();
        fs::hard_link(&other, &path).unwrap();
        let changed = remove_libc(&path, library.clone()).unwrap();
        assert!(changed != library);
        assert!(fs::read(&path).unwrap() == changed);
        assert!(fs::read(&other).unwrap() == library);
    }
}
