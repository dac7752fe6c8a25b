//! Folders that tests share are made once, whoever asks first.

use std::sync::atomic::{AtomicUsize, Ordering};

use support::shared::made_once;

#[test]
fn a_shared_folder_is_made_once_for_each_key() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("shared");
    let count = AtomicUsize::new(0);
    let make = |key: &str, works: bool| {
        made_once(&folder, key, |folder| {
            count.fetch_add(1, Ordering::SeqCst);
            std::fs::write(folder.join("half"), key).unwrap();
            works.then_some(())
        })
    };
    // What could not be made is tried again, and nothing of it is left.
    assert_eq!(make("one", false), None);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(make("one", true), Some(())));
        }
    });
    assert_eq!(count.load(Ordering::SeqCst), 2);
    assert_eq!(make("two", true), Some(()));
    assert_eq!(count.load(Ordering::SeqCst), 3);
    assert_eq!(std::fs::read_to_string(folder.join("half")).unwrap(), "two");
}
