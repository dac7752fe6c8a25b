use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn cache() -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(Some(&dir.path().join("cache"))).unwrap();
    (dir, cache)
}

fn visible(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter(|name| Path::new(name).extension() != Some("lock".as_ref()))
        .collect();
    names.sort();
    names
}

#[test]
fn many_threads_make_an_entry_once() {
    let (_dir, cache) = cache();
    let made = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let path = cache
                    .get_or_make("kind", "key", |dir| {
                        made.fetch_add(1, Ordering::SeqCst);
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        fs::write(dir.join("file"), "whole")?;
                        Ok(())
                    })
                    .unwrap();
                assert_eq!(fs::read_to_string(path.join("file")).unwrap(), "whole");
            });
        }
    });
    assert_eq!(made.into_inner(), 1);
    assert_eq!(visible(&cache.dir("kind")), ["key"]);
}

#[test]
fn a_failure_leaves_nothing_and_the_next_try_succeeds() {
    let (_dir, cache) = cache();
    let error = cache
        .get_or_make("kind", "key", |dir| {
            fs::write(dir.join("half"), "")?;
            Err(Error::system(Problem::new("no network")))
        })
        .unwrap_err();
    assert_eq!(error.to_string(), "no network");
    assert_eq!(cache.get("kind", "key"), None);
    assert!(visible(&cache.dir("kind")).is_empty());
    assert!(cache.get_or_make("kind", "key", |_| Ok(())).is_ok());
    assert_eq!(
        cache.get("kind", "key"),
        Some(cache.dir("kind").join("key"))
    );
}

#[test]
fn what_a_killed_process_left_is_cleared_away() {
    let (_dir, cache) = cache();
    let left = cache.dir("kind").join(".key.new-abc/entry");
    fs::create_dir_all(&left).unwrap();
    let mark = cache.dir("kind").join(".key.new-abc").join(INCOMPLETE);
    fs::write(mark, prune::INCOMPLETE_TEXT).unwrap();
    let of_another = cache.dir("kind").join(".key2.new-abc");
    fs::create_dir_all(&of_another).unwrap();
    cache.get_or_make("kind", "key", |_| Ok(())).unwrap();
    assert_eq!(visible(&cache.dir("kind")), [".key2.new-abc", "key"]);
}

#[test]
fn the_users_folder_for_caches_is_known_by_the_environment_alone() {
    let found = |variables: &[(&str, &str)]| {
        own_cache(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    };
    assert_eq!(found(&[]), None);
    if cfg!(not(windows)) {
        assert_eq!(found(&[("HOME", "/h")]), Some("/h/.cache".into()));
        let both = [("HOME", "/h"), ("XDG_CACHE_HOME", "/x")];
        assert_eq!(found(&both), Some("/x".into()));
    }
}

#[cfg(unix)]
#[test]
fn a_cache_that_can_only_be_read_is_used_beside_a_temporary_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let (dir, cache) = cache();
    cache.get_or_make("kind", "old", |_| Ok(())).unwrap();
    let root = dir.path().join("cache");
    let set = |mode| fs::set_permissions(&root, std::fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    let notes = std::cell::RefCell::new(Vec::new());
    let note = |text: &str| notes.borrow_mut().push(text.to_owned());
    let temporary = Cache::open_or_temporary(Some(&root), &note).unwrap();
    // Permissions are nothing to the superuser.
    if check_writable(&root).is_err() {
        assert_ne!(temporary.root(), root);
        assert_eq!(temporary.get("kind", "old"), cache.get("kind", "old"));
        let new = temporary.get_or_make("kind", "new", |_| Ok(())).unwrap();
        assert!(new.is_dir() && cache.get("kind", "new").is_none());
        drop(temporary);
        assert!(!new.exists());
        assert!(notes.borrow()[0].contains("PYZ3_WHEEL_CACHE_DIR"));
    }
    set(0o755);
    // What was named and can't be made is a mistake.
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(Cache::open_or_temporary(Some(&file.join("cache")), &note).is_err());
}

#[test]
fn a_folder_that_cannot_be_made_is_named_with_the_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Cache::open(Some(&file.join("cache"))).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("file"), "{text}");
    assert!(text.contains("PYZ3_WHEEL_CACHE_DIR"), "{text}");
}
