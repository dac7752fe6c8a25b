//! Whatever lies in a cache that is not ours, nothing that removes touches it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use fs_err as fs;
use proptest::prelude::*;
use tempfile::TempDir;

use super::{Cache, Removed};
use crate::run::reuse;
use crate::sys::foreign::{assert_untouched, copy_tree, items, scatter};
use crate::sys::owned;
use crate::toolchain::probe_cache;

/// Names that resemble ours.
const NAMES: [&str; 26] = [
    ".3.12.1-0123456789abcdef.lock.bak",
    ".manifest.json.old",
    ".incomplete",
    ".key.new-abcdef",
    ".key.old-Abc123",
    ".lock",
    ".gitignore",
    ".pyz3-wheel-abcdef.tmp",
    ".ssh",
    "0.15.2",
    "0123456789abcdef.json",
    "3.12.1-0123456789abcdef",
    "Python.h",
    "__pycache__",
    "artifact.json",
    "artifacts",
    "cpython-3.12.1-linux-x86_64-gnu",
    "entry",
    "lib.so",
    "names.json",
    "o",
    "other.cpython-312.pyc",
    "python3-x86_64-zig0.15.2",
    "range-0123456789abcdef",
    "wheels-v5",
    "zig",
];

const HEX64: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const HEX32: &str = "0123456789abcdef0123456789abcdef";

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A cache with something of every kind; gives its entries too.
fn cache(root: &Path) -> (Cache, Vec<PathBuf>) {
    // To bring every entry to the disk takes most of the time, so that is done once.
    static TEMPLATE: OnceLock<(TempDir, Vec<PathBuf>)> = OnceLock::new();
    let (template, entries) = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let entries = make_cache(folder.path());
        (folder, entries)
    });
    copy_tree(template.path(), root);
    let entries = entries.iter().map(|entry| root.join(entry));
    (Cache::open(Some(root)).unwrap(), entries.collect())
}

fn make_cache(root: &Path) -> Vec<PathBuf> {
    let cache = Cache::open(Some(root)).unwrap();
    let mut entries = Vec::new();
    for (kind, key) in [
        ("zig", "0.15.2"),
        ("packages", "pyz3-0.11.0"),
        ("headers", "3.12.1-0123456789abcdef"),
        ("launchers", "3.12-linux-x86_64-0123456789abcdef"),
        ("import-libraries", "python312-x86_64-zig0.15.2"),
        ("tools", "uv-0.13.9"),
        ("pythons", "cpython-3.13.1-linux-x86_64-gnu"),
        ("artifacts", HEX64),
        ("outside-inputs", HEX64),
    ] {
        let made = cache.get_or_make(kind, key, |dir| {
            write(&dir.join("lib/site/module.py"), "module");
            write(&dir.join("artifact.json"), "{}");
            write(&dir.join("names.json"), "[]");
            fs::create_dir(dir.join("empty"))?;
            #[cfg(unix)]
            fs::os::unix::fs::symlink("/nowhere", dir.join("link"))?;
            Ok(())
        });
        let made = made.unwrap();
        let bytecode = "lib/site/__pycache__/module.cpython-312.pyc";
        write(&made.join(bytecode), "bytecode");
        entries.push(made);
    }
    // An entry of a version before the manifest.
    let earlier = cache.path("artifacts", &format!("{HEX64}-0123456789abcdef"));
    write(&earlier.join("b/lib.so"), "four");
    let list = r#"{"files":[{"path":"b/lib.so","size":4,"sha256":"x"}]}"#;
    write(&earlier.join("artifact.json"), list);
    entries.push(earlier);
    probe_cache::remember(&cache, "question", Vec::new(), &"answer");
    // What a killed run leaves: one that was making an entry, and one that was removing one.
    let making = root.join("headers/.3.9-0123456789abcdef.new-abcdef");
    write(
        &making.join(super::entries::INCOMPLETE),
        super::entries::INCOMPLETE_TEXT,
    );
    write(&making.join("entry/Python.h"), "");
    let removing = root.join("headers/.3.9-0123456789abcdef.old-abcdef");
    fs::create_dir_all(&removing).unwrap();
    fs::copy(
        entries[0].join(".manifest.json"),
        removing.join(".manifest.json"),
    )
    .unwrap();
    write(&removing.join("entry/lib/site/module.py"), "module");
    // The manifest lists these names, so nothing else may have them.
    write(&removing.join("entry/artifact.json"), "{}");
    write(&removing.join("entry/names.json"), "[]");
    for file in ["o", "z", "b"] {
        write(
            &root.join("zig-cache").join(file).join(HEX32).join("lib.so"),
            "",
        );
    }
    write(&root.join("zig-cache/h").join(format!("{HEX32}.txt")), "");
    write(&root.join("uv-cache/wheels-v5/pypi/file"), "");
    let below = entries
        .iter()
        .map(|entry| entry.strip_prefix(root).unwrap().to_owned());
    below.collect()
}

/// Where whatever appears belongs to the program that keeps its files there, or to an unfinished entry.
fn is_of_a_program(path: &Path) -> bool {
    let text = path.to_string_lossy().replace('\\', "/");
    let is_in = |folder: &str| text.contains(folder);
    is_in(HEX32) && is_in("/zig-cache/")
        || is_in("/uv-cache/wheels-v5")
        || is_in(".new-abcdef/entry/")
        || text.ends_with("zig-cache/o")
        || path.file_name().is_some_and(|name| name == "__pycache__")
}

/// Whether a file is identical to a lock that uv keeps in its cache or beside the Pythons that it installs.
fn is_lock_of_uv(path: &Path) -> bool {
    let mut folders = ["pythons", "uv-cache"].iter();
    let is_there = folders.any(|folder| path.ends_with(Path::new(folder).join(".lock")));
    is_there && owned::read_file(path, 0).is_some()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_foreign_is_ever_removed_and_what_is_ours_is(items in items(&NAMES), way in 0..3_u8) {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("cache"), folder.path().join("outside"));
        let (cache, entries) = cache(&root);
        let mut placed = scatter(&root, &outside, &items, |path| !is_of_a_program(path));
        placed.retain(|item| !is_lock_of_uv(&item.path));
        let is_mixed = |entry: &Path| placed.iter().any(|item| item.path.starts_with(entry));
        let removed = match way {
            0 => cache.empty().unwrap(),
            1 => reuse::remove_unused(&cache, Duration::ZERO).unwrap() + cache.tidy(Duration::ZERO).unwrap(),
            _ => {
                for entry in &entries {
                    let key = entry.file_name().unwrap().to_str().unwrap();
                    let kind = entry.parent().unwrap().file_name().unwrap().to_str().unwrap();
                    cache.remove(kind, key).unwrap();
                }
                Removed::default()
            }
        };
        assert_untouched(&placed, &outside);
        for entry in &entries {
            let is_removed = way != 1 || entry.starts_with(root.join("artifacts"))
                || entry.starts_with(root.join("outside-inputs"));
            let stays = is_mixed(entry) || !is_removed;
            prop_assert_eq!(owned::is_directory(entry), stays, "{:?} {:?}", entry, removed.kept);
        }
        if way == 0 && placed.is_empty() {
            let left: Vec<_> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            prop_assert_eq!(left, ["CACHEDIR.TAG"]);
        }
        if way == 0 {
            // What file managers, systems and git put into a cache stays there without being named.
            let of_the_system = root.join(".gitignore");
            for item in placed.iter().filter(|item| item.path != of_the_system) {
                let names = |kept: &String| item.path.starts_with(kept) || Path::new(kept).starts_with(&item.path);
                prop_assert!(removed.kept.iter().any(names) || is_mixed_entry(&entries, &item.path),
                    "{:?} is not named: {:?}", item, removed.kept);
            }
        }
    }
}

proptest! {
    // Every case brings two entries to the disk.
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replacing_and_repairing_an_entry_keeps_what_is_foreign_in_it(items in items(&NAMES)) {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("cache"), folder.path().join("outside"));
        let cache = Cache::open(Some(&root)).unwrap();
        let make = |dir: &Path| Ok(fs::write(dir.join("file"), "whole")?);
        let entry = cache.get_or_make("kind", "key", make).unwrap();
        fs::write(entry.join("file"), "damaged").unwrap();
        let placed = scatter(&entry, &outside, &items, |_| true);
        let cache = Cache::open(Some(&root)).unwrap();
        cache.get_whole_or_make("kind", "key", make).unwrap();
        prop_assert_eq!(fs::read_to_string(entry.join("file")).unwrap(), "whole");
        let mut asides = fs::read_dir(root.join("kind")).unwrap().map(|entry| entry.unwrap().path());
        let aside = asides.find(|path| path.to_string_lossy().contains(".old-"));
        prop_assert_eq!(aside.is_some(), !placed.is_empty());
        if let Some(aside) = aside {
            // The kept files are under the name that the note tells.
            fs::remove_dir_all(&entry).unwrap();
            fs::rename(aside.join("entry"), &entry).unwrap();
            let ours = entry.join("file").symlink_metadata();
            prop_assert!(ours.is_err(), "our damaged file stayed");
        }
        assert_untouched(&placed, &outside);
    }
}

/// Of several foreign items in an entry only the first is named, also in one that a killed run was making
/// or removing.
fn is_mixed_entry(entries: &[PathBuf], path: &Path) -> bool {
    let is_unfinished = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy();
        part.ends_with(".new-abcdef") || part.ends_with(".old-abcdef")
    };
    path.iter().any(is_unfinished) || entries.iter().any(|entry| path.starts_with(entry))
}
