//! For tests: scatters files, directories and links that this program did not create over a tree.

use std::path::{Path, PathBuf};

use fs_err as fs;
use proptest::prelude::*;
use proptest::sample::Index;

/// An item that a test puts somewhere into a tree.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    directory: Index,
    name: String,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    File,
    EmptyFile,
    Directory,
    FullDirectory,
    LinkToFile,
    LinkToDirectory,
    DanglingLink,
}

/// An item where it was put, with the content that it must keep.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) path: PathBuf,
    what: What,
    text: String,
}

/// Some items with the given names, or names that mean nothing.
pub(crate) fn items(names: &[&'static str]) -> impl Strategy<Value = Vec<Item>> + use<> {
    let mut names: Vec<_> = names.to_vec();
    names.extend(["mine", "notes.txt", ".hidden", "thesis.pdf"]);
    let what = prop::sample::select(vec![
        What::File,
        What::EmptyFile,
        What::Directory,
        What::FullDirectory,
        What::LinkToFile,
        What::LinkToDirectory,
        What::DanglingLink,
    ]);
    let item = (any::<Index>(), prop::sample::select(names), what);
    let item = item.prop_map(|(directory, name, what)| Item {
        directory,
        name: name.to_owned(),
        what,
    });
    prop::collection::vec(item, 1..8)
}

/// Puts the items into the tree; `outside` is where links lead. An item is left out if its path already
/// exists or `is_free` rejects it.
pub(crate) fn scatter(
    root: &Path,
    outside: &Path,
    items: &[Item],
    is_free: impl Fn(&Path) -> bool,
) -> Vec<Placed> {
    let walk = walkdir::WalkDir::new(root).sort_by_file_name();
    let directories: Vec<_> = walk
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_dir())
        .map(walkdir::DirEntry::into_path)
        .collect();
    fs::create_dir_all(outside.join("directory")).unwrap();
    fs::write(outside.join("directory/file"), "outside").unwrap();
    fs::write(outside.join("file"), "outside").unwrap();
    let mut placed = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = item.directory.get(&directories).join(&item.name);
        if path.symlink_metadata().is_ok() || !is_free(&path) {
            continue;
        }
        let text = format!("foreign {index}");
        let what = put(&path, outside, &text, item.what);
        placed.push(Placed { path, what, text });
    }
    placed
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "links lead there"))]
fn put(path: &Path, outside: &Path, text: &str, what: What) -> What {
    match what {
        What::File => fs::write(path, text).unwrap(),
        What::EmptyFile => fs::write(path, "").unwrap(),
        What::Directory => fs::create_dir(path).unwrap(),
        What::FullDirectory => {
            fs::create_dir(path).unwrap();
            fs::write(path.join("file"), text).unwrap();
        }
        #[cfg(unix)]
        What::LinkToFile | What::LinkToDirectory | What::DanglingLink => {
            let target = match what {
                What::LinkToFile => "file",
                What::LinkToDirectory => "directory",
                _ => "nowhere",
            };
            fs::os::unix::fs::symlink(outside.join(target), path).unwrap();
        }
        #[cfg(not(unix))]
        What::LinkToFile | What::LinkToDirectory | What::DanglingLink => {
            fs::write(path, text).unwrap();
            return What::File;
        }
    }
    what
}

/// Copies a tree with its links.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let to = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else if entry.file_type().is_file() {
            fs::copy(entry.path(), to).unwrap();
        } else {
            #[cfg(unix)]
            fs::os::unix::fs::symlink(fs::read_link(entry.path()).unwrap(), to).unwrap();
        }
    }
}

impl Placed {
    /// Whether the item is as it was put.
    pub(crate) fn is_there(&self) -> bool {
        let found = self.path.symlink_metadata();
        let text = |path: &Path| fs::read_to_string(path).is_ok_and(|text| text == self.text);
        match self.what {
            What::File => text(&self.path),
            What::EmptyFile => found.is_ok_and(|found| found.is_file()),
            What::Directory => found.is_ok_and(|found| found.is_dir()),
            What::FullDirectory => text(&self.path.join("file")),
            _ => found.is_ok_and(|found| found.file_type().is_symlink()),
        }
    }
}

/// Fails unless everything foreign is there, and everything outside.
pub(crate) fn assert_untouched(placed: &[Placed], outside: &Path) {
    for item in placed {
        assert!(item.is_there(), "{item:?} is gone");
    }
    for file in ["file", "directory/file"] {
        let text = fs::read_to_string(outside.join(file)).unwrap();
        assert_eq!(text, "outside", "{file}");
    }
}
