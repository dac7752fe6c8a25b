use std::sync::mpsc::channel;

use super::*;
use crate::sys::cancel::Cancel;

/// A wait whose announcements arrive in a channel.
fn waiting() -> (Waiting, Cancel, std::sync::mpsc::Receiver<String>) {
    let cancel = Cancel::default();
    let (sender, notes) = channel();
    let waiting = Waiting::new(&cancel, move |text| drop(sender.send(text.to_owned())));
    (waiting, cancel, notes)
}

fn text(path: &Path) -> String {
    fs_err::read_to_string(path).unwrap()
}

#[test]
fn a_lock_says_who_holds_it_and_forgets_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    for before in ["", "pyz3-wheel process 1, which is killed meanwhile\n"] {
        fs_err::write(&path, before).unwrap();
        let lock = Lock::acquire(&path, "installs a tool", &Waiting::default()).unwrap();
        assert!(lock.is_exclusive());
        if cfg!(unix) {
            let process = std::process::id();
            let expected = format!("pyz3-wheel process {process}, which installs a tool\n");
            assert_eq!(text(&path), expected);
        }
        drop(lock);
        assert_eq!(text(&path), "");
    }
}

#[test]
fn a_wait_is_announced_and_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    // Of an older version, of another process, of somebody who wants to be seen, of this process.
    let cases = [
        ("", Some("which holds the lock")),
        (
            "pyz3-wheel process 12, which installs Zig 0.16.0\n",
            Some("waiting for another pyz3-wheel (process 12), which installs Zig 0.16.0"),
        ),
        (
            "pyz3-wheel process 12, which \u{1b}[2J\n",
            Some("which holds the lock"),
        ),
        ("pyz3-wheel process 12, whi", Some("which holds the lock")),
    ];
    for (content, expected) in cases {
        let path = folder.path().join("lock");
        fs_err::write(&path, content).unwrap();
        let held = File::options().read(true).write(true).open(&path).unwrap();
        held.lock().unwrap();
        let (waiting, cancel, notes) = waiting();
        std::thread::scope(|scope| {
            let wait = scope.spawn(|| Lock::acquire(&path, "x", &waiting));
            let note = notes.recv_timeout(Duration::from_secs(60)).unwrap();
            if cfg!(unix) {
                assert!(note.contains(expected.unwrap()), "{note}");
            }
            cancel.interrupt();
            assert_eq!(wait.join().unwrap().unwrap_err().to_string(), "interrupted");
        });
        drop(held);
        assert_eq!(text(&path), content, "it was written to without the lock");
    }
}

#[test]
fn threads_of_one_process_wait_for_each_other_silently() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let (waiting, _, notes) = waiting();
    let first = Lock::acquire(&path, "x", &waiting).unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| Lock::acquire(&path, "x", &waiting).map(drop));
        std::thread::sleep(SILENCE + LONGEST_PAUSE * 4);
        assert!(!second.is_finished());
        drop(first);
        second.join().unwrap().unwrap();
    });
    if cfg!(unix) {
        assert!(notes.try_recv().is_err());
    }
}

#[cfg(unix)]
#[test]
fn a_lock_file_that_was_removed_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let held = File::create(&path).unwrap();
    held.lock().unwrap();
    let (waiting, _, _notes) = waiting();
    std::thread::scope(|scope| {
        let wait = scope.spawn(|| Lock::acquire(&path, "x", &waiting));
        std::thread::sleep(Duration::from_millis(100));
        fs_err::remove_file(&path).unwrap();
        let lock = wait.join().unwrap().unwrap();
        assert!(is_at(&lock.file, &path));
    });
}

#[test]
fn a_file_system_without_locks_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let kinds: [TryLock; 3] = [
        |_| Err(TryLockError::Error(io::ErrorKind::Unsupported.into())),
        // ENOLCK
        |_| Err(TryLockError::Error(io::Error::from_raw_os_error(37))),
        |_| Err(TryLockError::Error(io::ErrorKind::InvalidInput.into())),
    ];
    for try_lock in kinds {
        let lock = acquire_by(try_lock, &path, "x", &Waiting::default()).unwrap();
        assert!(!lock.is_exclusive());
    }
    assert_eq!(text(&path), "");
}

#[cfg(unix)]
#[test]
fn nothing_but_a_lock_file_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let precious = folder.path().join("precious");
    let empty = folder.path().join("empty");
    fs_err::write(&precious, "data").unwrap();
    fs_err::write(&empty, "").unwrap();

    // Links to files and to nothing, a named pipe, a folder, a device.
    let symlink = |to: &Path| fs_err::os::unix::fs::symlink(to, &path).unwrap();
    let refused: [(&str, &dyn Fn()); 5] = [
        ("link", &|| symlink(&precious)),
        ("dangling link", &|| symlink(&folder.path().join("new"))),
        ("device", &|| symlink(Path::new("/dev/full"))),
        ("folder", &|| fs_err::create_dir(&path).unwrap()),
        ("pipe", &|| {
            let made = std::process::Command::new("mkfifo").arg(&path).status();
            assert!(made.unwrap().success());
        }),
    ];
    for (what, make) in refused {
        make();
        let error = Lock::acquire(&path, "x", &Waiting::default()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("not a regular file"), "{what}: {error}");
        assert!(error.contains("hint: remove "), "{what}: {error}");
        let removed = fs_err::remove_file(&path).or_else(|_| fs_err::remove_dir(&path));
        removed.unwrap();
    }
    assert!(!folder.path().join("new").exists());

    // What has another name, or another content, is locked and stays as it is.
    for (target, content) in [(&precious, "data"), (&empty, "")] {
        fs_err::hard_link(target, &path).unwrap();
        drop(Lock::acquire(&path, "x", &Waiting::default()).unwrap());
        let lock = Lock::acquire(&path, "x", &Waiting::default()).unwrap();
        assert_eq!(text(target), content);
        drop(lock);
        fs_err::remove_file(&path).unwrap();
    }
    fs_err::write(&path, "data").unwrap();
    drop(Lock::acquire(&path, "x", &Waiting::default()).unwrap());
    assert_eq!(text(&path), "data");
}

#[cfg(unix)]
#[test]
fn who_may_write_to_the_folder_may_write_to_its_locks() {
    use std::os::unix::fs::PermissionsExt as _;
    let top = tempfile::tempdir().unwrap();
    let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o7777;
    let cases = [
        (0o755, 0, 0),
        (0o2775, 0o2070, 0o060),
        (0o1777, 0o1077, 0o066),
    ];
    for (of_root, of_folder, of_lock) in cases {
        let root = top.path().join(format!("{of_root:o}"));
        fs_err::create_dir(&root).unwrap();
        fs_err::set_permissions(&root, std::fs::Permissions::from_mode(of_root)).unwrap();
        let folder = root.join("folder");
        files::create_shared_folder(&folder, &root).unwrap();
        files::create_shared_folder(&folder, &root).unwrap();
        let path = folder.join("lock");
        drop(Lock::acquire(&path, "x", &Waiting::default()).unwrap());
        assert_eq!(mode(&folder) & of_folder, of_folder, "{of_root:o}");
        assert_eq!(mode(&path) & of_lock, of_lock, "{of_root:o}");
        if of_folder == 0 {
            assert_eq!(mode(&folder) & 0o1002, 0, "{of_root:o}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_named_with_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
    let own = files::denied(folder.path(), &denied());
    assert!(!own.message.contains("belongs"), "{}", own.message);
    if !rustix::process::geteuid().is_root() {
        let other = files::denied(Path::new("/"), &denied());
        assert!(other.message.contains("the user root"), "{}", other.message);
    }
}
