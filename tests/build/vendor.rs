//! Zig packages: named where an sdist lacks them, brought along on request, and enough to build offline.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::reuse::{works, zig, zig_of};
use support::sdist::{comes_back, unpacked};
use support::{Ran, command, kept, project, run, succeed};

/// The project's script, which cannot do without `mid` and all that it wants.
const BUILD: &str = r#"
const std = @import("std");
pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});
    const mod = b.createModule(.{ .root_source_file = b.path("tiny.zig"), .target = target, .optimize = optimize, .strip = true });
    mod.addImport("mid", b.dependency("mid", .{}).module("mid"));
    const lib = b.addLibrary(.{ .name = "tiny", .linkage = .dynamic, .root_module = mod });
    b.installArtifact(lib);
}
"#;

/// The script of `mid`, which wants `leaf`, and `late` once it is asked.
const MID: &str = r#"
const std = @import("std");
pub fn build(b: *std.Build) void {
    const mod = b.addModule("mid", .{ .root_source_file = b.path("src/root.zig") });
    mod.addImport("leaf", b.dependency("leaf", .{}).module("leaf"));
    if (b.lazyDependency("late", .{})) |late| mod.addImport("late", late.module("late"));
}
"#;

/// A server of packages, which is gone when dropped.
pub(crate) struct Server {
    folder: TempDir,
    child: Child,
    pub(crate) url: String,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        // Serving HTTP on 127.0.0.1 port 40123 (http://127.0.0.1:40123/) ...
        let url = line
            .split(['(', ')'])
            .nth(1)
            .unwrap_or_else(|| panic!("{line}"));
        Self {
            url: url.to_owned(),
            folder,
            child,
        }
    }

    /// Puts up a package; gives it as a dependency and its hash.
    fn package(&self, name: &str, build: &str, root: &str, dependencies: &str) -> (String, String) {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("build.zig"), build).unwrap();
        fs::write(folder.join("src/root.zig"), root).unwrap();
        fs::write(folder.join("build.zig.zon"), manifest(name, dependencies)).unwrap();
        // What a package has it keeps, though git and we would leave this out elsewhere.
        fs::write(folder.join("src/.gitignore"), "root.zig\n").unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let hash = succeed(
            Command::new(zig())
                .arg("fetch")
                .arg(&folder)
                .env("ZIG_GLOBAL_CACHE_DIR", scratch.path())
                .current_dir(scratch.path()),
        );
        succeed(
            Command::new("tar")
                .args(["czf", &format!("{name}.tar.gz"), name])
                .current_dir(self.folder.path()),
        );
        let hash = hash.trim().to_owned();
        let dependency = format!(".url = \"{}{name}.tar.gz\", .hash = \"{hash}\"", self.url);
        (dependency, hash)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A build.zig.zon; the upper half of the fingerprint must be the checksum of the name.
pub(crate) fn manifest(name: &str, dependencies: &str) -> String {
    let fingerprint = (u64::from(crc32fast::hash(name.as_bytes())) << 32) | 7;
    format!(
        ".{{ .name = .{name}, .version = \"1.2.3\", .fingerprint = {fingerprint:#x}, \
         .paths = .{{ \"build.zig\", \"build.zig.zon\", \"src\" }},\n.dependencies = .{{\n{dependencies}}} }}\n"
    )
}

/// A project that depends on `mid`, which depends on `leaf` and, lazily, on `late`, which depends on
/// `deep`; nobody has seen these packages before.
pub(crate) struct Depending {
    pub(crate) server: Option<Server>,
    pub(crate) project: TempDir,
    /// Zig's global cache while packages are fetched.
    fetched: TempDir,
    /// Of `late`, `leaf`, `mid` and `deep`.
    pub(crate) hashes: Vec<String>,
}

impl Depending {
    /// `more` are lines of `[tool.pyz3-wheel]`.
    pub(crate) fn new(more: &str) -> Self {
        let server = Server::start();
        let nonce = server.folder.path().display().to_string();
        let simple = |name: &str, dependencies: &str| {
            let build = format!(
                "pub fn build(b: *@import(\"std\").Build) void {{ _ = b.addModule(\"{name}\", .{{ .root_source_file = b.path(\"src/root.zig\") }}); }}\n"
            );
            server.package(
                name,
                &build,
                &format!("// {nonce}\npub const number = 20;\n"),
                dependencies,
            )
        };
        let (leaf, leaf_hash) = simple("leaf", "");
        let (deep, deep_hash) = simple("deep", "");
        let (late, late_hash) = simple("late", &format!(".deep = .{{ {deep} }},\n"));
        let (mid, mid_hash) = server.package(
            "mid",
            MID,
            "pub const sum = @import(\"leaf\").number + @import(\"late\").number + 2;\n",
            &format!(".leaf = .{{ {leaf} }}, .late = .{{ {late}, .lazy = true }},\n"),
        );
        let pyproject = format!(
            "[project]\nname = \"tiny\"\nversion = \"1.0\"\nlicense = \"MIT\"\n[tool.pyz3-wheel]\n{more}\n"
        );
        let project = project(&[
            ("pyproject.toml", &pyproject),
            ("build.zig", BUILD),
            (
                "build.zig.zon",
                &manifest("tiny", &format!(".mid = .{{ {mid} }},\n")),
            ),
            (
                "tiny.zig",
                "export fn answer() c_int { return @import(\"mid\").sum; }\n",
            ),
            ("tiny/__init__.py", ""),
        ]);
        Self {
            server: Some(server),
            project,
            fetched: tempfile::tempdir().unwrap(),
            hashes: vec![late_hash, leaf_hash, mid_hash, deep_hash],
        }
    }

    fn sdist(&self, args: &[&str]) -> Ran {
        run(self.sdist_command(args).arg("--zig").arg(zig()))
    }

    fn sdist_command(&self, args: &[&str]) -> Command {
        let mut command = command();
        command
            .arg("sdist")
            .args(args)
            .arg("--project")
            .arg(self.project.path())
            .env("ZIG_GLOBAL_CACHE_DIR", self.fetched.path())
            .env_remove("ZIG_LOCAL_CACHE_DIR");
        command
    }

    /// Builds two wheels with what earlier builds have left, in a cache of the project's own.
    #[track_caller]
    pub(crate) fn build(&self, args: &[&str]) -> Ran {
        let cache = self.project.path().join(".pyz3-wheel/cache");
        run(command()
            .env_remove("PYZ3_WHEEL_NO_CACHE")
            .env("PYZ3_WHEEL_CACHE_DIR", cache)
            .args([
                "--platform",
                "linux-x86_64,linux-aarch64",
                "--format",
                "json",
            ])
            .arg("--project")
            .arg(self.project.path())
            .args(args))
        .exits(0)
    }

    /// The vendored sdist.
    #[track_caller]
    fn vendored(&self) -> PathBuf {
        PathBuf::from(self.sdist(&["--vendor"]).exits(0).stdout.trim_end())
    }
}

impl Drop for Depending {
    /// Nobody needs these packages in the cache that all tests share.
    fn drop(&mut self) {
        for hash in &self.hashes {
            let _ = fs::remove_dir_all(kept("zig-global").join("p").join(hash));
            let _ = fs::remove_file(kept("zig-global").join("p").join(format!("{hash}.tar.gz")));
        }
    }
}

/// Builds a wheel of a project with Zig's usual cache, which has none of the packages; gives it.
fn built(project: &Path, args: &[&str]) -> Ran {
    run(command()
        .args(["--platform", "linux-x86_64", "--project"])
        .arg(project)
        .args(args))
}

#[track_caller]
fn wheel(ran: Ran) -> Vec<u8> {
    let ran = ran.exits(0);
    let path = ran
        .stdout
        .lines()
        .find(|line| {
            Path::new(line)
                .extension()
                .is_some_and(|ending| ending == "whl")
        })
        .unwrap();
    fs::read(path).unwrap()
}

#[test]
fn a_package_that_the_sdist_lacks_is_named() {
    let depending = Depending::new("");
    let url = depending.server.as_ref().unwrap().url.clone();
    let ran = depending
        .sdist(&[])
        .exits(0)
        .says(
            "warning: building from the sdist takes a network: --vendor puts these Zig packages in",
        )
        .says(&format!("build.zig.zon:3:2: mid from {url}mid.tar.gz"));
    let (_folder, root) = unpacked(Path::new(ran.stdout.trim_end()));
    assert!(!root.join("zig-pkg").exists());
    // What a build has fetched into the project is in no sdist.
    let fetched = depending
        .project
        .path()
        .join("zig-pkg")
        .join(&depending.hashes[2]);
    fs::create_dir_all(&fetched).unwrap();
    fs::write(fetched.join("x.zig"), "").unwrap();
    let before = fs::read(ran.stdout.trim_end()).unwrap();
    let ran = depending.sdist(&[]).exits(0).says("takes a network");
    assert_eq!(fs::read(ran.stdout.trim_end()).unwrap(), before);
}

#[test]
fn a_vendored_sdist_builds_without_a_network() {
    let mut depending = Depending::new("");
    let sdist = depending.vendored();
    let bytes = fs::read(&sdist).unwrap();
    drop(depending.server.take());
    // Once fetched, they are here.
    assert_eq!(fs::read(depending.vendored()).unwrap(), bytes);

    let (_folder, root) = unpacked(&sdist);
    for hash in &depending.hashes {
        let files = [
            "build.zig",
            "build.zig.zon",
            "src/root.zig",
            "src/.gitignore",
        ];
        for file in files {
            assert!(
                root.join("zig-pkg").join(hash).join(file).is_file(),
                "{hash}/{file}"
            );
        }
    }
    comes_back(&sdist);
    let listed = run(command().args(["files", "--sdist", "--project"]).arg(&root));
    assert!(listed.exits(0).stdout.contains("Zig package leaf"));

    // 0.15 has packages in its global cache only, 0.16 takes them from the project.
    let old = wheel(built(&root, &["--zig-version", "0.15.2"]));
    for hash in &depending.hashes {
        let place = kept("zig-global").join("p").join(hash);
        assert!(place.is_dir(), "{}", place.display());
    }
    let again = built(
        &root,
        &["--zig-version", "0.15.2", "--from-sdist", "--vendor"],
    );
    assert!(wheel(again) == old);
    let output = tempfile::tempdir().unwrap();
    let output = output.path().to_str().unwrap();
    wheel(built(&root, &["--zig-version", "0.16.0", "-o", output]));
}

#[test]
fn which_zig_has_fetched_the_packages_does_not_show() {
    let depending = Depending::new("");
    let bytes = fs::read(depending.vendored()).unwrap();
    // 0.14 does not fetch lazy packages by itself, 0.16 has another place for them.
    for version in ["0.14.1", "0.16.0"] {
        let fetched = tempfile::tempdir().unwrap();
        let mut command = depending.sdist_command(&["--vendor", "--zig-version", version]);
        let ran = run(command.env("ZIG_GLOBAL_CACHE_DIR", fetched.path()));
        let ran = ran.exits(0).says("fetching Zig packages: mid");
        assert!(
            fs::read(ran.stdout.trim_end()).unwrap() == bytes,
            "{version}"
        );
        let made = depending.project.path().join(".zig-cache");
        assert!(
            !made.exists(),
            "{version} has left its cache in the project"
        );
    }
}

#[test]
fn where_zig_keeps_packages_is_known_as_zig_knows_it() {
    let depending = Depending::new("");
    for (variable, below) in [("XDG_CACHE_HOME", "zig"), ("HOME", ".cache/zig")] {
        let home = tempfile::tempdir().unwrap();
        let mut command = depending.sdist_command(&["--vendor"]);
        command.arg("--zig").arg(zig());
        command
            .env_remove("ZIG_GLOBAL_CACHE_DIR")
            .env_remove("XDG_CACHE_HOME");
        // In a fresh cache, so that it cannot be found in another place.
        run(command.env(variable, home.path()))
            .exits(0)
            .says("fetching Zig packages");
        let fetched = home.path().join(below).join("p").join(&depending.hashes[2]);
        assert!(fetched.is_dir(), "{}", fetched.display());
    }
}

#[test]
fn what_zig_fetches_while_it_builds_is_no_reason_to_build_again() {
    let depending = Depending::new("");
    let zig = zig_of("0.16.0");
    let zig = ["--zig", zig.to_str().unwrap()];
    assert_eq!(works(&depending.build(&zig)), ["built", "built"]);
    let leaf = depending
        .project
        .path()
        .join("zig-pkg")
        .join(&depending.hashes[1]);
    assert!(leaf.is_dir());
    assert_eq!(works(&depending.build(&zig)), ["unchanged", "unchanged"]);
    // But what someone does to it is.
    fs::write(leaf.join("src/root.zig"), "pub const number = 21;\n").unwrap();
    assert_eq!(works(&depending.build(&zig)), ["built", "built"]);
}

#[test]
fn packages_that_are_not_what_their_hash_says_are_refused() {
    let depending = Depending::new("vendor = true");
    let sdist = PathBuf::from(depending.sdist(&[]).exits(0).stdout.trim_end());
    let (_folder, root) = unpacked(&sdist);
    let changed = root
        .join("zig-pkg")
        .join(&depending.hashes[1])
        .join("src/root.zig");
    fs::write(&changed, "pub const number = 99;\n").unwrap();
    let words =
        "the files of the Zig package `leaf` do not match its hash: their hash is leaf-1.2.3-";
    // Whoever shares the cache would build with it.
    built(&root, &["--zig-version", "0.15.2"])
        .exits(2)
        .says(words);
    assert!(
        !kept("zig-global")
            .join("p")
            .join(&depending.hashes[1])
            .exists()
    );
    let vendor = |args: &[&str]| {
        run(command()
            .args(["sdist", "--vendor", "--zig"])
            .arg(zig())
            .arg("--project")
            .arg(&root)
            .args(args))
    };
    vendor(&[]).exits(2).says(words).says(&depending.hashes[1]);
    fs::remove_file(&changed).unwrap();
    std::os::unix::fs::symlink("build.zig", &changed).unwrap();
    vendor(&[])
        .exits(2)
        .says("neither a file nor a folder in the Zig package `leaf`");
}

#[test]
fn what_can_not_be_vendored_is_refused_and_leaves_no_sdist() {
    let mut depending = Depending::new("");
    drop(depending.server.take());
    depending
        .sdist(&["--vendor"])
        .exits(1)
        .says("`zig build --fetch=all")
        .says("unable to connect to server");
    let zon = |dependencies: &str| {
        fs::write(
            depending.project.path().join("build.zig.zon"),
            manifest("tiny", dependencies),
        )
        .unwrap();
    };
    let old = format!("1220{}", "0".repeat(64));
    zon(&format!(
        ".a = .{{ .url = \"http://127.0.0.1:9/a.tar.gz\", .hash = \"{old}\" }},\n.b = .{{ .url = \"x\" }},\n"
    ));
    depending
        .sdist(&["--vendor"])
        .exits(2)
        .says("the Zig package `a` has a hash of the old kind")
        .says("build.zig.zon:4:2: the dependency `b` has no hash");
    zon(".a = .{ .path = \"../elsewhere\" },\n");
    depending
        .sdist(&[])
        .exits(2)
        .says("build.zig.zon:3:2: the dependency `a` lies outside the project: `../elsewhere`");
    assert!(!depending.project.path().join("dist").exists());
    let plain = built(depending.project.path(), &["--vendor", "--dry-run"]);
    plain
        .exits(2)
        .says("--vendor: has no effect, because no sdist is written");
}
