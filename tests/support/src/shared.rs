//! Folders that are slow to make and that all tests share, also those of other processes.

use std::fs::{self, File};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::pyz3_wheel;

/// Locks a file until the returned one is dropped, against other threads and other processes.
pub fn lock(path: &Path) -> File {
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    file.lock().unwrap();
    file
}

/// Makes a folder unless a complete one with this key is there. `None` when it cannot be made; the next test
/// then tries again.
pub fn made_once(folder: &Path, key: &str, make: impl FnOnce(&Path) -> Option<()>) -> Option<()> {
    let beside = |end: &str| {
        let mut name = folder.file_name().unwrap().to_owned();
        name.push(end);
        folder.with_file_name(name)
    };
    let _lock = lock(&beside(".lock"));
    // Beside the folder, so that the folder has nothing but what was made.
    let complete = beside(".complete");
    if folder.is_dir() && fs::read_to_string(&complete).is_ok_and(|made_of| made_of == key) {
        return Some(());
    }
    let _ = fs::remove_file(&complete);
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    make(folder)?;
    fs::write(complete, key).unwrap();
    Some(())
}

/// A short name for a text.
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))[..12].to_owned()
}

/// What tells the program under test from the one that was built before it.
pub fn program_stamp() -> String {
    let metadata = pyz3_wheel().metadata().unwrap();
    format!("{} {:?}", metadata.len(), metadata.modified().unwrap())
}

/// The hash of all files below a folder, or of one file.
pub fn contents(path: &Path) -> String {
    let mut all = Sha256::new();
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(path).unwrap();
            all.update(name.as_os_str().as_encoded_bytes());
            all.update(fs::read(entry.path()).unwrap());
        }
    }
    hex::encode(all.finalize())[..12].to_owned()
}
