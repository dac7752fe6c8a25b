//! Nothing changed, nothing done: what is left alone, what is packed again, what is built, and why.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

use serde_json::Value;
use tempfile::TempDir;

use support::{Ran, command, project, run};

const BUILD: &str = r#"
const std = @import("std");
pub fn build(b: *std.Build) void {
    const lib = b.addLibrary(.{
        .linkage = .dynamic,
        .name = "tiny",
        .root_module = b.createModule(.{
            .root_source_file = b.path("tiny.zig"),
            .target = b.standardTargetOptions(.{}),
            .optimize = b.standardOptimizeOption(.{}),
            .strip = true,
        }),
    });
    b.installArtifact(lib);
}
"#;

const SOURCE: &str = "export fn answer() c_int {\n    return 42;\n}\n";

/// A small project with a cache of its own beside it, and a zig that says when it builds.
struct Tiny {
    folder: TempDir,
}

impl Tiny {
    fn new() -> Self {
        let folder = project(&[
            (
                "tiny/pyproject.toml",
                "[project]\nname = \"tiny\"\nversion = \"1.0\"\n",
            ),
            ("tiny/build.zig", BUILD),
            ("tiny/tiny.zig", SOURCE),
            ("tiny/tiny/__init__.py", ""),
        ]);
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("tiny")
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// The program in this project, with a cache of its own and the tests' Zig.
    fn command(&self, args: &[&str]) -> Command {
        self.command_with(zig(), &self.cache(), args)
    }

    fn command_with(&self, zig: &Path, cache: &Path, args: &[&str]) -> Command {
        let mut command = command();
        command.env_remove("PYZ3_WHEEL_NO_CACHE");
        let platforms = "linux-x86_64,linux-aarch64";
        command.args(["--format", "json", "--platform", platforms, "--zig"]);
        command.arg(zig).arg("--project").arg(self.path());
        command.arg("--cache-dir").arg(cache).args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        run(&mut self.command(args)).exits(0)
    }

    /// What was done for the two wheels.
    #[track_caller]
    fn works(&self, args: &[&str]) -> Vec<String> {
        works(&self.run(args))
    }

    /// What `--dry-run` says of the first job.
    fn prospect(&self) -> Value {
        self.run(&["--dry-run"]).json()["jobs"][0]["prospect"].clone()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn wheels(&self) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
        let found = std::fs::read_dir(self.path().join("dist")).unwrap();
        let mut wheels: Vec<_> = found
            .map(|entry| {
                let path = entry.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                let modified = path.metadata().unwrap().modified().unwrap();
                (path, bytes, modified)
            })
            .collect();
        wheels.sort();
        wheels
    }

    fn artifacts(&self) -> Vec<PathBuf> {
        let found = std::fs::read_dir(self.cache().join("artifacts")).unwrap();
        let paths = found.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'))
            .collect()
    }
}

/// What was done for the two wheels.
#[track_caller]
pub(crate) fn works(ran: &Ran) -> Vec<String> {
    let document = ran.json();
    let wheels = document["wheels"].as_array().unwrap();
    let work = |wheel: &Value| wheel["work"].as_str().unwrap().to_owned();
    wheels.iter().map(work).collect()
}

/// The Zig that the tests share.
pub(crate) fn zig() -> &'static Path {
    static ZIG: OnceLock<PathBuf> = OnceLock::new();
    // Its build scripts can read the environment as one of these does.
    ZIG.get_or_init(|| zig_of("0.15.2"))
}

/// A Zig of this version.
pub(crate) fn zig_of(version: &str) -> PathBuf {
    let tiny = Tiny::new();
    let arguments = ["--format", "json", "--zig-version", version, "--project"];
    let document = run(command().args(arguments).arg(tiny.path()))
        .exits(0)
        .json();
    PathBuf::from(document["zig"]["path"].as_str().unwrap())
}

const BUILT: [&str; 2] = ["built", "built"];
const PACKED: [&str; 2] = ["packed", "packed"];
const UNCHANGED: [&str; 2] = ["unchanged", "unchanged"];

#[test]
fn an_unchanged_project_is_left_alone_and_no_zig_is_started() {
    let tiny = Tiny::new();
    // It says when it runs, which an unchanged project never lets it.
    let witness = tiny.folder.path().join("zig");
    let text = format!(
        "#!/bin/sh\necho \"$@\" >> \"{}\"\nexec \"{}\" \"$@\"\n",
        tiny.folder.path().join("calls").display(),
        zig().display()
    );
    std::fs::write(&witness, text).unwrap();
    std::fs::set_permissions(&witness, std::fs::Permissions::from_mode(0o755)).unwrap();
    // A wrapper, which this is, is asked for the version each time; what it wraps may change.
    let calls = || {
        let calls = std::fs::read_to_string(tiny.folder.path().join("calls")).unwrap();
        let builds = calls.lines().filter(|line| *line != "version");
        builds.map(str::to_owned).collect::<Vec<_>>()
    };
    let again = |expected: [&str; 2]| {
        let mut command = tiny.command_with(&witness, &tiny.cache(), &[]);
        assert_eq!(works(&run(&mut command).exits(0)), expected);
    };
    again(BUILT);
    let (wheels, before) = (tiny.wheels(), calls());
    assert_eq!(before.len(), 3, "{before:?}");
    again(UNCHANGED);
    // Touched, not changed.
    tiny.write("tiny.zig", SOURCE);
    again(UNCHANGED);
    assert_eq!(calls(), before);
    assert_eq!(tiny.wheels(), wheels);
}

#[test]
fn what_changed_decides_what_is_done_and_is_said() {
    let tiny = Tiny::new();
    assert_eq!(tiny.prospect()["why"], "never built here");
    assert_eq!(tiny.works(&[]), BUILT);
    assert_eq!(tiny.prospect()["action"], "unchanged");

    tiny.write("tiny.zig", &SOURCE.replace("42", "43"));
    assert_eq!(tiny.prospect()["why"], "tiny.zig changed");
    assert_eq!(tiny.works(&[]), BUILT);

    // Back to what was built before.
    tiny.write("tiny.zig", SOURCE);
    assert_eq!(tiny.prospect()["action"], "pack");
    assert_eq!(tiny.works(&[]), PACKED);

    // The build does not see a mode, and the wheel does.
    let program = tiny.path().join("tiny/__init__.py");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(tiny.works(&[]), PACKED);
    assert_eq!(tiny.works(&[]), UNCHANGED);

    tiny.write("more.zig", "");
    assert_eq!(tiny.prospect()["why"], "more.zig is new");
    std::fs::remove_file(tiny.path().join("more.zig")).unwrap();

    let document = tiny
        .run(&["--dry-run", "--optimize", "ReleaseSmall"])
        .json();
    assert_eq!(
        document["jobs"][0]["prospect"]["why"],
        "optimize was ReleaseFast, is ReleaseSmall"
    );
    let wheels = tiny.wheels();
    assert_eq!(tiny.works(&["--clean"]), BUILT);
    assert_eq!(tiny.works(&["--no-cache"]), BUILT);
    assert_eq!(
        tiny.wheels(),
        wheels,
        "a wheel with the same bytes was written again"
    );
}

#[test]
fn a_variable_that_the_script_may_read_counts() {
    let tiny = Tiny::new();
    let build = BUILD.replace(
        "b.installArtifact(lib);",
        "_ = std.process.getEnvVarOwned(b.allocator, \"TINY_SETTING\") catch \"\";\n    b.installArtifact(lib);",
    );
    tiny.write("build.zig", &build);
    let with = |value: &str| {
        let mut command = tiny.command(&[]);
        command.env("TINY_SETTING", value).env("ANOTHER", value);
        works(&run(&mut command).exits(0))
    };
    assert_eq!(with("1"), BUILT);
    assert_eq!(with("1"), UNCHANGED);
    assert_eq!(with("2"), BUILT);
    let state = std::fs::read_to_string(tiny.path().join(".pyz3-wheel/state.json")).unwrap();
    assert!(state.contains("the variable TINY_SETTING"));
    assert!(!state.contains("the variable ANOTHER"));
}

#[test]
fn a_source_outside_of_the_project_counts() {
    let tiny = Tiny::new();
    let shared = tiny.folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::write(shared.join("a.txt"), "1").unwrap();
    tiny.write("build.zig", &format!("{BUILD}// \"../shared\"\n"));
    assert_eq!(tiny.works(&[]), BUILT);
    assert_eq!(tiny.works(&[]), UNCHANGED);
    std::fs::write(shared.join("a.txt"), "2").unwrap();
    assert_eq!(tiny.works(&[]), BUILT);
}

#[test]
fn a_damaged_wheel_is_packed_and_a_damaged_entry_built_again() {
    let tiny = Tiny::new();
    assert_eq!(tiny.works(&[]), BUILT);
    let wheels = tiny.wheels();
    for (path, bytes, _) in &wheels {
        let mut damaged = bytes.clone();
        damaged[40] ^= 1;
        std::fs::write(path, damaged).unwrap();
    }
    assert_eq!(tiny.works(&[]), PACKED);
    let bytes = |wheels: &[(PathBuf, Vec<u8>, SystemTime)]| {
        let bytes = wheels.iter().map(|(_, bytes, _)| bytes.clone());
        bytes.collect::<Vec<_>>()
    };
    assert!(bytes(&tiny.wheels()) == bytes(&wheels));

    std::fs::remove_dir_all(tiny.path().join("dist")).unwrap();
    let entries = tiny.artifacts();
    assert_eq!(entries.len(), 2);
    for entry in &entries {
        damage(entry);
    }
    let ran = tiny
        .run(&[])
        .says("the cached build is damaged, so zig runs again");
    assert_eq!(ran.json()["wheels"][0]["work"], "built");
    assert!(bytes(&tiny.wheels()) == bytes(&wheels));
    // The entries are whole again.
    std::fs::remove_dir_all(tiny.path().join("dist")).unwrap();
    assert_eq!(tiny.works(&[]), PACKED);
}

/// Changes a byte of each library below, and no length.
fn damage(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            damage(&path);
        } else if path.extension().is_some_and(|ending| ending == "so") {
            let mut bytes = std::fs::read(&path).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            std::fs::write(&path, bytes).unwrap();
        }
    }
}

#[test]
fn a_team_shares_what_one_of_them_has_built() {
    let (mine, yours) = (Tiny::new(), Tiny::new());
    assert_eq!(mine.works(&[]), BUILT);
    let mut command = yours.command_with(zig(), &mine.cache(), &[]);
    assert_eq!(works(&run(&mut command).exits(0)), PACKED);

    // Several writers of the same entries at once.
    let team = [Tiny::new(), Tiny::new(), Tiny::new()];
    let children = team.each_ref().map(|tiny| {
        let mut command = tiny.command_with(zig(), &mine.cache(), &["--clean"]);
        command.stdout(Stdio::null()).spawn().unwrap()
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(mine.artifacts().len(), 2);
    let last = Tiny::new();
    let mut command = last.command_with(zig(), &mine.cache(), &[]);
    assert_eq!(works(&run(&mut command).exits(0)), PACKED);
}

#[test]
fn the_cache_is_shown_and_pruned() {
    let tiny = Tiny::new();
    assert_eq!(tiny.works(&[]), BUILT);
    let cache = |args: &[&str]| {
        let mut command = command();
        command
            .arg("cache")
            .args(args)
            .arg("--cache-dir")
            .arg(tiny.cache());
        run(&mut command).exits(0)
    };
    let place = tiny.cache().display().to_string();
    assert_eq!(cache(&["dir"]).stdout.trim(), place);
    // What is wrong with a project is no reason to leave its cache alone.
    let broken = project(&[("pyproject.toml", "[project]\n")]);
    let folder = broken.path().to_str().unwrap();
    let ran = cache(&["dir", "--project", folder]).says("pyproject.toml cannot be read");
    assert_eq!(ran.stdout.trim(), place);
    let size = cache(&["size", "--format", "json"]).json();
    assert!(size["kinds"]["artifacts"].as_u64().unwrap() > 0);
    assert!(size["bytes"].as_u64() >= size["kinds"]["artifacts"].as_u64());
    cache(&["prune"]).says("removed 0 entries");
    assert_eq!(tiny.artifacts().len(), 2);
    cache(&["prune", "--older-than", "0"]).says("removed 2 entries");
    assert_eq!(tiny.artifacts().len(), 0);
    let why = "the cached build is missing or damaged";
    std::fs::remove_dir_all(tiny.path().join("dist")).unwrap();
    assert_eq!(tiny.prospect()["why"], why);
    assert_eq!(tiny.works(&[]), BUILT);
    cache(&["prune", "--all"]);
    let left = std::fs::read_dir(tiny.cache()).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["CACHEDIR.TAG"]);
}

#[test]
fn what_a_checkout_brings_is_not_taken_for_an_earlier_build() {
    let tiny = Tiny::new();
    let workspace = tiny.path().join(".pyz3-wheel");
    let git = |arguments: &[&str]| {
        let user = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
        let mut git = Command::new("git");
        support::succeed(git.args(user).args(arguments).current_dir(tiny.path()));
    };
    git(&["init", "-q", "."]);
    // Somebody else builds at the same path, and changes a wheel together with what is remembered of it.
    let other = tiny.folder.path().join("cache-of-another");
    let build = |cache: &Path| {
        let mut command = tiny.command_with(zig(), cache, &[]);
        command.env_remove(support::LOCAL_CACHE);
        run(&mut command).exits(0)
    };
    assert_eq!(works(&build(&other)), BUILT);
    assert_eq!(works(&build(&other)), UNCHANGED);
    let wheels = tiny.wheels();
    let (wheel, bytes, _) = &wheels[0];
    std::fs::write(wheel, [bytes, &b"evil"[..]].concat()).unwrap();
    let digest = |bytes: &[u8]| hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
    let state = workspace.join("state.json");
    let text = std::fs::read_to_string(&state).unwrap();
    let evil = [bytes, &b"evil"[..]].concat();
    let text = text.replace(&digest(bytes), &digest(&evil)).replace(
        &format!("\"size\":{}", bytes.len()),
        &format!("\"size\":{}", evil.len()),
    );
    std::fs::write(&state, text).unwrap();
    // All of it arrives in a copy or an archive.
    assert_eq!(works(&build(&tiny.cache())), BUILT);
    assert_eq!(tiny.wheels()[0].1, *bytes);
    assert!(workspace.join("cache-2/zig-cache").is_dir());
    assert_eq!(works(&build(&tiny.cache())), UNCHANGED);
    // Caches that a service has saved and restored are used on.
    let saved = tiny.folder.path().join("saved");
    for place in [workspace.clone(), tiny.cache()] {
        std::fs::rename(&place, &saved).unwrap();
        support::succeed(Command::new("cp").arg("-a").arg(&saved).arg(&place));
        std::fs::remove_dir_all(&saved).unwrap();
    }
    assert_eq!(works(&build(&tiny.cache())), UNCHANGED);
    // Committed: a later pull may change any of it.
    git(&["add", "--force", ".pyz3-wheel/state.json", "dist"]);
    let ran = build(&tiny.cache()).says("git tracks files in .pyz3-wheel");
    assert_eq!(works(&ran), PACKED);
    assert_eq!(tiny.prospect()["action"], "pack");
}
