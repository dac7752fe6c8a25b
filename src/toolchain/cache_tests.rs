use std::sync::atomic::{AtomicUsize, Ordering};

use fs_err as fs;

use super::entries::INCOMPLETE;
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
    fs::write(mark, entries::INCOMPLETE_TEXT).unwrap();
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
    let (waiting, notes) = noting();
    let temporary = Cache::open_or_temporary(Some(&root), waiting).unwrap();
    // Permissions are nothing to the superuser.
    if check_writable(&root).is_err() {
        assert_ne!(temporary.root(), root);
        assert_eq!(temporary.get("kind", "old"), cache.get("kind", "old"));
        let new = temporary.get_or_make("kind", "new", |_| Ok(())).unwrap();
        assert!(new.is_dir() && cache.get("kind", "new").is_none());
        drop(temporary);
        assert!(!new.exists());
        assert!(notes.lock().unwrap()[0].contains("PYZ3_WHEEL_CACHE_DIR"));
    }
    set(0o755);
    // What was named and cannot be made is a mistake.
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(Cache::open_or_temporary(Some(&file.join("cache")), Waiting::default()).is_err());
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

/// A way to wait, and the notes that announce it.
fn noting() -> (Waiting, Arc<Mutex<Vec<String>>>) {
    let notes = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&notes);
    let note = move |text: &str| written.lock().unwrap().push(text.to_owned());
    (Waiting::new(&Cancel::default(), note), notes)
}

/// The cache of another run, and its notes.
fn listening(cache: &Cache) -> (Cache, Arc<Mutex<Vec<String>>>) {
    let (waiting, notes) = noting();
    let cache = Cache::open(Some(cache.root())).unwrap();
    (cache.waiting(waiting), notes)
}

#[test]
fn damage_of_every_kind_is_found_and_made_good() {
    let (_dir, cache) = cache();
    let make = |dir: &Path| {
        fs::create_dir(dir.join("sub"))?;
        fs::create_dir(dir.join("empty"))?;
        fs::write(dir.join("sub/file"), "whole")?;
        Ok(fs::write(dir.join("other"), "other")?)
    };
    let entry = cache.get_or_make("kind", "key", make).unwrap();
    let file = entry.join("sub/file");
    let damages: [(&dyn Fn(), &str); 7] = [
        (
            &|| fs::write(&file, "").unwrap(),
            "sub/file has 0 bytes instead of 5",
        ),
        (&|| fs::write(&file, "who").unwrap(), "sub/file has 3 bytes"),
        (
            &|| fs::write(&file, "wholf").unwrap(),
            "does not have the content",
        ),
        (&|| fs::remove_file(&file).unwrap(), "sub/file is missing"),
        (
            &|| fs::remove_dir_all(entry.join("sub")).unwrap(),
            "sub/file is missing",
        ),
        (
            &|| fs::remove_dir(entry.join("empty")).unwrap(),
            "empty is missing",
        ),
        (
            &|| fs::write(entry.join(manifest::FILE), "{").unwrap(),
            "its manifest cannot be read",
        ),
    ];
    for (damage, said) in damages {
        damage();
        let (cache, notes) = listening(&cache);
        let failed = |_: &Path| Err(Error::system(Problem::new("no network").hint("connect")));
        let error = cache
            .get_whole_or_make("kind", "key", failed)
            .unwrap_err()
            .to_string();
        for part in [
            said,
            "could not be created again: no network",
            "hint: connect",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert!(error.contains(&entry.display().to_string()), "{error}");
        assert!(notes.lock().unwrap().is_empty());
        cache.get_whole_or_make("kind", "key", make).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "whole");
        assert!(entry.join("empty").is_dir());
        let told = std::mem::take(&mut *notes.lock().unwrap());
        assert!(
            told.len() == 1 && told[0].contains(said),
            "{said}: {told:?}"
        );
        // Made by this run, so it is not read again.
        let again = |_: &Path| panic!("made again");
        cache.get_whole_or_make("kind", "key", again).unwrap();
    }
    let (cache, notes) = listening(&cache);
    cache
        .get_whole_or_make("kind", "key", |_| panic!("it is whole"))
        .unwrap();
    assert!(notes.lock().unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn links_in_the_cache_are_not_followed() {
    let (dir, cache) = cache();
    let other = dir.path().join("other");
    fs::create_dir_all(other.join("key")).unwrap();
    fs::os::unix::fs::symlink(&other, cache.dir("kind")).unwrap();
    assert_eq!(cache.get("kind", "key"), None);
    let error = cache.get_or_make("kind", "key", |_| Ok(())).unwrap_err();
    assert!(error.to_string().contains("is a link"), "{error}");
    fs::remove_file(cache.dir("kind")).unwrap();
    fs::create_dir(cache.dir("kind")).unwrap();
    fs::os::unix::fs::symlink(&other, cache.path("kind", "key")).unwrap();
    assert_eq!(cache.get("kind", "key"), None);
    // A link in place of the entry is moved aside, and what it leads to stays.
    cache
        .replace("kind", "key", |dir| Ok(fs::write(dir.join("file"), "")?))
        .unwrap();
    assert!(cache.get("kind", "key").is_some() && other.join("key").is_dir());
}
