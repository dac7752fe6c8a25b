//! The cache directory: whose it is, what is removed from it, and what happens when it is damaged.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use support::{CACHE_TAG, Ran, command, example, names, project, run, write_file};

/// `pyz3-wheel cache` in a directory, with a default cache of its own.
fn cache(dir: &Path, args: &[&str]) -> Command {
    let mut command = command();
    command.env_remove("PYZ3_WHEEL_CACHE_DIR");
    command.env("XDG_CACHE_HOME", dir.join(".cache"));
    command.arg("cache").args(args).current_dir(dir);
    command
}

/// `pyz3-wheel pythons` with a cache directory.
fn list_pythons(cache_dir: &Path) -> Ran {
    let mut command = command();
    run(command.args(["pythons", "--cache-dir"]).arg(cache_dir))
}

#[test]
fn a_directory_with_other_files_is_no_cache() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("x");
    for (file, text) in [
        ("artifacts/models/weights.bin", "weights"),
        ("zig/0.15.2/mine", "mine"),
        (".ssh/id", "key"),
    ] {
        write_file(&dir.join(file), text);
    }
    let before = names(&dir);
    let hello = example("hello");
    for arguments in [
        vec!["--dry-run"],
        vec![],
        vec!["doctor"],
        vec!["cache", "size"],
        vec!["cache", "prune", "--all"],
        vec!["cache", "prune", "--older-than", "0"],
    ] {
        let mut command = command();
        command.args(&arguments).arg("--project").arg(hello.path());
        command.arg("--cache-dir").arg(&dir);
        let ran = run(command.args(["--format", "json"]));
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.code, 2, "{arguments:?}: {said}");
        assert!(said.contains(".ssh, artifacts, zig"), "{said}");
        assert!(said.contains("x/pyz3-wheel'"), "{said}");
        assert_eq!(names(&dir), before, "{arguments:?}");
    }
    // A link as the tag proves nothing, and is not written through.
    let linked = folder.path().join("linked");
    std::fs::create_dir(&linked).unwrap();
    std::os::unix::fs::symlink(folder.path().join("nowhere"), linked.join("CACHEDIR.TAG")).unwrap();
    list_pythons(&linked).exits(2).says("CACHEDIR.TAG");
    assert!(!folder.path().join("nowhere").exists());
    // `cache dir` and `cache prune` create no directory.
    run(&mut cache(folder.path(), &["dir"])).exits(0);
    run(&mut cache(folder.path(), &["prune", "--all"]))
        .exits(0)
        .says("removed 0 entries");
    assert_eq!(names(folder.path()), ["linked", "x"]);
}

#[test]
fn a_cache_of_an_earlier_version_is_used_and_one_of_a_later_version_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let earlier = folder.path().join("earlier");
    write_file(&earlier.join("CACHEDIR.TAG"), CACHE_TAG);
    write_file(&earlier.join("artifacts/mine.txt"), "mine");
    list_pythons(&earlier).exits(0);
    let tag = std::fs::read_to_string(earlier.join("CACHEDIR.TAG")).unwrap();
    assert!(
        tag.starts_with(CACHE_TAG) && tag.contains("cache: 1"),
        "{tag}"
    );
    // The directory is a cache now, also with other files in it. These are kept.
    write_file(&earlier.join("notes.txt"), "mine");
    list_pythons(&earlier).exits(0);
    let mut command = command();
    command.args(["cache", "prune", "--all", "--format", "json", "--cache-dir"]);
    let removed = run(command.arg(&earlier)).exits(0).json();
    let kept = removed["kept"].as_array().unwrap();
    assert_eq!(kept.len(), 2, "{removed}");
    assert_eq!(names(&earlier), ["CACHEDIR.TAG", "artifacts", "notes.txt"]);

    // The earlier version wrote its tag into any directory.
    let mixed = folder.path().join("mixed");
    write_file(&mixed.join("CACHEDIR.TAG"), CACHE_TAG);
    write_file(&mixed.join("Documents/thesis.txt"), "");
    list_pythons(&mixed).exits(2).says("Documents");
    let later = folder.path().join("later");
    write_file(
        &later.join("CACHEDIR.TAG"),
        &tag.replace("cache: 1", "cache: 2"),
    );
    list_pythons(&later).exits(2).says("a later version");
}

#[test]
fn a_directory_with_nothing_but_locks_is_adopted() {
    let folder = tempfile::tempdir().unwrap();
    let locks = folder.path().join("locks");
    write_file(&locks.join("zig/.0.15.2.lock"), "");
    write_file(
        &locks.join("tools/.uv.lock"),
        "pyz3-wheel process 1 installs uv\n",
    );
    list_pythons(&locks).exits(0);
    assert!(locks.join("CACHEDIR.TAG").is_file());
    for (index, (path, text)) in [
        ("zig/.0.15.2.lock", "mine"),
        ("zig/.mine.lock", ""),
        ("zig/0.15.2/file", ""),
        ("mine/.0.15.2.lock", ""),
        ("notes.txt", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let mixed = folder.path().join(index.to_string());
        write_file(&mixed.join("zig/.0.16.0.lock"), "");
        write_file(&mixed.join(path), text);
        list_pythons(&mixed)
            .exits(2)
            .says("contains files that pyz3-wheel did not create");
        assert!(!mixed.join("CACHEDIR.TAG").exists());
    }
    // An empty directory of such a name does not prove that the cache is ours.
    let empty = folder.path().join("empty");
    std::fs::create_dir_all(empty.join("tools")).unwrap();
    let refused = list_pythons(&empty);
    refused.exits(2).says("restore its CACHEDIR.TAG too");
}

#[test]
fn a_project_does_not_decide_what_is_pruned() {
    let folder = project(&[
        ("Documents/thesis.txt", "thesis"),
        (
            "clone/pyproject.toml",
            "[project]\nname = \"x\"\nversion = \"1\"\n[tool.pyz3-wheel]\ncache-dir = \"../other dir\"\n",
        ),
        (
            "other dir/CACHEDIR.TAG",
            &format!("{CACHE_TAG}# Layout of the pyz3-wheel cache: 1\n"),
        ),
        ("other dir/answers/mine", ""),
    ]);
    let clone = folder.path().join("clone");
    let other = folder.path().join("other dir");
    let own = clone.join("../other dir").display().to_string();
    let ran = run(&mut cache(&clone, &["prune", "--all"])).exits(0);
    let ran = ran.says(&format!("pyz3-wheel cache prune --cache-dir '{own}'"));
    assert!(ran.stderr.contains("removed 0 entries"), "{ran:?}");
    assert_eq!(names(&other), ["CACHEDIR.TAG", "answers"]);
    assert_eq!(names(folder.path()), ["Documents", "clone", "other dir"]);
}

#[test]
fn output_does_not_go_where_it_would_be_removed() {
    let hello = example("hello");
    for (arguments, place) in [
        (vec!["--dry-run", "--clean"], ".pyz3-wheel/dist"),
        (vec!["--dry-run"], ".pyz3-wheel/jobs"),
        (vec!["sdist"], ".pyz3-wheel/logs/dist"),
    ] {
        let mut command = command();
        command.args(&arguments).arg("--project").arg(hello.path());
        command.arg("--output-dir").arg(hello.path().join(place));
        run(&mut command)
            .exits(2)
            .says("--output-dir: the output directory is inside .pyz3-wheel");
        assert!(!hello.path().join(".pyz3-wheel").exists());
    }
}

#[test]
fn clean_empties_the_cache_and_the_folder_of_the_project_but_not_the_cache_of_zig() {
    let folder = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"x\"\nversion = \"1\"\n",
        ),
        (".pyz3-wheel/logs/linux-x86_64-cp312.log", "said"),
        (".pyz3-wheel/editable/kept", ""),
        (".pyz3-wheel/mine.txt", "mine"),
        (".cache/zig/o/object", "four"),
    ]);
    let own = |args: &[&str]| {
        let mut command = cache(folder.path(), args);
        // A variable would name another cache of Zig.
        command.env_remove("ZIG_GLOBAL_CACHE_DIR");
        command
    };
    let mut list = command();
    list.env_remove("PYZ3_WHEEL_CACHE_DIR");
    list.env("XDG_CACHE_HOME", folder.path().join(".cache"));
    run(list.arg("pythons")).exits(0);
    let size = run(own(&["size"]).args(["--format", "json"]))
        .exits(0)
        .json();
    let place = |name: &str| folder.path().join(name).display().to_string();
    assert_eq!(size["zig_cache"]["dir"], place(".cache/zig"));
    assert_eq!(size["zig_cache"]["bytes"], 4);
    assert_eq!(size["project"]["dir"], place(".pyz3-wheel"));
    assert_eq!(size["project"]["bytes"], 8);
    assert_eq!(size["dir"], place(".cache/pyz3-wheel"));
    let total: u64 = size["kinds"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(serde_json::Value::as_u64)
        .sum();
    assert!(total > 0 && size["bytes"] == total, "{size:#}");
    let table = run(&mut own(&["size"])).exits(0).stdout;
    assert!(
        table.contains("Zig's own") && table.contains(&place(".cache/zig")),
        "{table}"
    );

    let mine = place(".pyz3-wheel/mine.txt");
    run(&mut own(&["clean"]))
        .exits(0)
        .says(&format!("kept {mine}, which pyz3-wheel did not create"))
        .says("kept Zig's own cache")
        .says("removed ");
    assert_eq!(
        names(&folder.path().join(".pyz3-wheel")),
        ["editable", "mine.txt"]
    );
    let size = run(own(&["size"]).args(["--format", "json"]))
        .exits(0)
        .json();
    assert_eq!(size["bytes"], 0, "{size:#}");
    assert_eq!(size["zig_cache"]["bytes"], 4);
}
