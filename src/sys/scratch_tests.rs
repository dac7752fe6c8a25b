use std::collections::BTreeSet;

use fs_err as fs;

use super::*;

/// All names below a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = walkdir::WalkDir::new(folder).min_depth(1).into_iter();
    let below = entries.map(|entry| entry.unwrap().into_path());
    let below = below.map(|path| path.strip_prefix(folder).unwrap().display().to_string());
    below.collect()
}

/// What a process leaves that is killed right now.
fn abandon(scratch: Scratch) -> PathBuf {
    let mut scratch = scratch;
    let (lock, path) = scratch.lock.take().unwrap();
    path.keep().unwrap();
    drop(lock);
    scratch.folder.clone()
}

#[test]
fn a_folder_goes_away_with_its_owner() {
    let top = tempfile::tempdir().unwrap();
    let scratch = Scratch::within(top.path(), "a-").unwrap();
    fs::create_dir_all(scratch.path().join("b/c")).unwrap();
    fs::write(scratch.path().join("b/file"), "data").unwrap();
    assert_eq!(sweep(top.path(), ""), [], "it is in use");
    assert!(scratch.path().join("b/file").exists());
    drop(scratch);
    assert_eq!(names(top.path()), BTreeSet::new());
}

#[test]
fn a_folder_of_a_killed_process_is_swept() {
    let top = tempfile::tempdir().unwrap();
    let folder = abandon(Scratch::within(top.path(), "a-").unwrap());
    fs::write(folder.join("file"), "data").unwrap();
    assert_eq!(sweep(top.path(), "b-"), []);
    assert_eq!(sweep(top.path(), "a-"), [(folder, 4)]);

    // Before the folder is created, before the signature is written, and while it is.
    let folder = abandon(Scratch::within(top.path(), "a-").unwrap());
    fs::remove_dir(&folder).unwrap();
    for signature in ["", "The folder"] {
        let lock = top.path().join(format!("a-012345{LOCK}"));
        fs::write(&lock, signature).unwrap();
        sweep(top.path(), "a-");
        assert!(!lock.exists());
    }
    assert_eq!(names(top.path()), BTreeSet::new());
}

#[test]
fn nothing_else_is_swept() {
    let top = tempfile::tempdir().unwrap();
    let path = |name: &str| top.path().join(name);
    // Folders and files that merely have such names.
    fs::create_dir_all(path("a-notes/deep")).unwrap();
    fs::write(path("a-notes.lock"), SIGNATURE).unwrap();
    fs::create_dir_all(path("a-012345")).unwrap();
    fs::create_dir_all(path("a-112345")).unwrap();
    fs::write(path("a-112345.lock"), "somebody's").unwrap();
    // The folder is there only after the whole signature.
    fs::create_dir_all(path("a-212345.lock")).unwrap();
    fs::create_dir_all(path("a-312345")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        // What is behind links, and a folder that is one.
        fs::create_dir_all(path("precious")).unwrap();
        fs::write(path("precious/file"), "").unwrap();
        fs::write(path("signed"), SIGNATURE).unwrap();
        symlink(path("signed"), path("a-412345.lock")).unwrap();
        fs::create_dir_all(path("a-412345")).unwrap();
        symlink(path("precious"), path("a-512345")).unwrap();
        fs::write(path("a-512345.lock"), SIGNATURE).unwrap();
        fs::hard_link(path("signed"), path("a-612345.lock")).unwrap();
        fs::create_dir_all(path("a-612345")).unwrap();
    }
    let before = names(top.path());
    assert_eq!(sweep(top.path(), "a-"), []);
    assert_eq!(sweep(top.path(), ""), []);
    assert_eq!(names(top.path()), before);

    // A link in a scratch folder is removed, what it leads to is not.
    #[cfg(unix)]
    {
        let folder = abandon(Scratch::within(top.path(), "a-").unwrap());
        std::os::unix::fs::symlink(path("precious"), folder.join("link")).unwrap();
        assert_eq!(sweep(top.path(), "a-").len(), 1);
        assert_eq!(names(top.path()), before);
    }
    assert_eq!(sweep(&path("missing"), ""), []);
}
