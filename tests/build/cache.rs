//! A cache directory that was damaged.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;
use support::need;
use support::{CACHE_TAG, command, example, kept, names, pythons, run, write_file, zig};
use tempfile::TempDir;

/// A project that builds for one platform, with a cache of its own.
struct Hello {
    project: TempDir,
    cache: PathBuf,
    zig: Option<PathBuf>,
}

impl Hello {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = command();
        let python = pythons().keys().last().unwrap();
        command.args(["--python", python]).args(args);
        command.arg("--project").arg(self.project.path());
        command.arg("--cache-dir").arg(&self.cache);
        if let Some(zig) = &self.zig {
            command.arg("--zig").arg(zig);
        }
        command
    }

    fn wheel(&self) -> Vec<u8> {
        let dist = self.project.path().join("dist");
        std::fs::read(dist.join(&names(&dist)[0])).unwrap()
    }
}

/// The only entry of a kind whose path has this in it.
fn file(cache: &Path, kind: &str, end: &str) -> PathBuf {
    let mut files = walkdir::WalkDir::new(cache.join(kind)).into_iter();
    let found = files.find_map(|entry| {
        let path = entry.unwrap().into_path();
        path.ends_with(end).then_some(path)
    });
    found.unwrap_or_else(|| panic!("no {end} in {kind}"))
}

#[test]
fn damaged_entries_are_made_again_and_a_clean_build_keeps_what_is_foreign() {
    let cache = tempfile::tempdir().unwrap();
    let hello = Hello {
        project: example("hello"),
        cache: cache.path().to_owned(),
        zig: Some(zig().to_owned()),
    };
    let arguments = ["--platform", "windows-x64"];
    run(&mut hello.command(&arguments)).exits(0);
    let wheel = hello.wheel();
    std::fs::write(file(cache.path(), "headers", "Python.h"), "").unwrap();
    std::fs::remove_file(file(cache.path(), "launchers", "target.json")).unwrap();
    let version = pythons().keys().last().unwrap().replace('.', "");
    let library = file(
        cache.path(),
        "import-libraries",
        &format!("python{version}.lib"),
    );
    let bytes = std::fs::read(&library).unwrap();
    std::fs::write(&library, &bytes[..bytes.len() / 2]).unwrap();
    let mine = library.with_file_name("mine.txt");
    std::fs::write(mine, "mine").unwrap();
    let other = hello.project.path().join(".pyz3-wheel/logs/mine.txt");
    write_file(&other, "mine");
    let ran = run(&mut hello.command(&[&arguments[..], &["--clean"]].concat())).exits(0);
    for said in [
        "(Python.h has 0 bytes instead of",
        "target.json is missing)",
        &format!("(python{version}.lib has"),
        "has not made there was kept: ",
        "--clean kept ",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert_eq!(hello.wheel(), wheel);
    assert!(other.exists());
    assert_eq!(std::fs::read(&library).unwrap(), bytes);
    let kept = file(cache.path(), "import-libraries", "mine.txt");
    assert!(kept.to_string_lossy().contains(".old-"), "{kept:?}");
}

#[test]
fn a_damaged_zig_is_installed_again() {
    let shared = kept("cache").join("zig/0.15.2");
    let shared = need!(
        shared.is_dir().then_some(shared),
        "Zig 0.15.2 is not in the tests' cache"
    );
    let project = example("hello");
    let folder = tempfile::tempdir_in(kept("projects")).unwrap();
    let cache = folder.path().join("cache");
    let entry = cache.join("zig/0.15.2");
    write_file(&cache.join("CACHEDIR.TAG"), CACHE_TAG);
    for found in walkdir::WalkDir::new(&shared) {
        let found = found.unwrap();
        let to = entry.join(found.path().strip_prefix(&shared).unwrap());
        if found.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else if std::fs::hard_link(found.path(), &to).is_err() {
            std::fs::copy(found.path(), to).unwrap();
        }
    }
    let hello = Hello {
        project,
        cache,
        zig: None,
    };
    // Not the file that the tests share.
    let damage = |file: &str, bytes: &[u8]| {
        let file = entry.join("ziglang").join(file);
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, bytes).unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
    };
    let arguments = ["--platform", "linux-x86_64", "--zig-version", "0.15.2"];
    let offline = || {
        let mut command = hello.command(&arguments);
        command.env("PIP_NO_INDEX", "1").env("UV_OFFLINE", "1");
        command.env("PIP_CONFIG_FILE", "/dev/null");
        run(&mut command).exits(1)
    };
    damage("lib/std/std.zig", b"");
    let ran = offline().says("lib/std/std.zig has 0 bytes instead of");
    let ran = ran
        .says("could not be created again")
        .says("remove this directory");
    assert!(ran.stderr.contains("zig/0.15.2"), "{ran:?}");
    let ran = run(&mut hello.command(&arguments));
    if ran.code != 0 && ran.stderr.contains("could not be created again") {
        support::skip("PyPI cannot be reached");
        return;
    }
    ran.exits(0).says("so it was made again");
    assert_eq!(names(&hello.project.path().join("dist")).len(), 1);
    let start = std::fs::read(entry.join("ziglang/zig")).unwrap()[..1000].to_vec();
    damage("zig", &start);
    offline()
        .says("a cache entry is damaged")
        .says("could not be created again");
}
