//! `--provision`: a machine that lacks a Python gets it, and the wheel.
//!
//! The catalogue that uv takes is a file here, and the archive that it names is made of an
//! interpreter of this machine, so that nothing is fetched but uv itself.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

use pyz3_wheel::Platform;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use support::need;
use support::{BUILD, Ran, command, project, pythons, pyz3, run, succeed, venv_tool};

/// A machine without any Python, with uv and a catalogue that has one version.
struct Bare {
    home: TempDir,
    uv: PathBuf,
    zig: &'static Path,
    /// The version in the catalogue.
    version: String,
    /// With its patch release.
    patch: String,
}

impl Bare {
    /// `None`, with a message, if something is not available here.
    fn new() -> Option<Self> {
        let uv = venv_tool(&["uv"])?;
        let mut bare = Self::with_path(PathBuf::new(), "")?;
        bare.uv = bare.path("bin");
        std::fs::create_dir(&bare.uv).unwrap();
        std::os::unix::fs::symlink(uv.join("uv"), bare.uv.join("uv")).unwrap();
        Some(bare)
    }

    /// The same with another PATH; the version in the catalogue is not this one.
    fn with_path(bin: PathBuf, present: &str) -> Option<Self> {
        let Some((version, patch, prefix)) = a_whole_python(present) else {
            support::skip("no Python with a folder of its own that an archive could be made of");
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        for folder in ["pyenv", "cache", "uv-cache"] {
            std::fs::create_dir(home.path().join(folder)).unwrap();
        }
        let bare = Self {
            zig: support::zig(),
            home,
            uv: bin,
            version,
            patch,
        };
        let archive = bare.archive(&prefix);
        bare.write_catalogue(&archive);
        Some(bare)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The interpreter as an archive with a folder `python`, as uv wants it.
    fn archive(&self, prefix: &Path) -> PathBuf {
        let archive = self.path("python.tar.gz");
        let folder = prefix.file_name().unwrap().to_str().unwrap();
        let mut tar = Command::new("tar");
        tar.env("GZIP", "-1")
            .arg("-czf")
            .arg(&archive)
            .arg("-C")
            .arg(prefix.parent().unwrap());
        for pattern in [
            "test",
            "tests",
            "__pycache__",
            "site-packages",
            "idlelib",
            "ensurepip",
            "*.a",
            "share",
        ] {
            tar.arg(format!("--exclude={folder}/*/{pattern}"));
            tar.arg(format!("--exclude={folder}/{pattern}"));
        }
        succeed(
            tar.arg(format!("--transform=s,^{folder},python,"))
                .arg(folder),
        );
        archive
    }

    fn write_catalogue(&self, archive: &Path) {
        let digest = Sha256::digest(std::fs::read(archive).unwrap());
        let digest = hex::encode(digest);
        let numbers: Vec<u64> = self
            .patch
            .split('.')
            .map(|number| number.parse().unwrap())
            .collect();
        let [major, minor, patch] = numbers[..] else {
            panic!("{} is no release", self.patch)
        };
        let (os, libc) = if cfg!(target_os = "macos") {
            ("darwin", "none")
        } else {
            ("linux", "gnu")
        };
        let arch = std::env::consts::ARCH;
        let entry = json!({
            "name": "cpython",
            "arch": {"family": arch, "variant": null},
            "os": os,
            "libc": libc,
            "major": major,
            "minor": minor,
            "patch": patch,
            "prerelease": "",
            "url": format!("file://{}", archive.display()),
            "sha256": digest,
            "variant": null,
            "build": null,
        });
        let key = format!("cpython-{}-{os}-{arch}-{libc}", self.patch);
        std::fs::write(self.path("catalogue.json"), json!({key: entry}).to_string()).unwrap();
    }

    /// The program on this machine.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = command();
        command
            .args(args)
            .env("PATH", &self.uv)
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("PYENV_ROOT", self.path("pyenv"))
            .env("PYZ3_WHEEL_CACHE_DIR", self.path("cache"))
            .env("PYZ3_WHEEL_ZIG", self.zig)
            .env("UV_CACHE_DIR", self.path("uv-cache"))
            .env("UV_PYTHON_DOWNLOADS_JSON_URL", self.path("catalogue.json"))
            .env("UV_NO_CONFIG", "1")
            .env_remove("UV_PYTHON_INSTALL_DIR")
            .env_remove("UV_PYTHON_DOWNLOADS")
            .env_remove("UV_OFFLINE");
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        run(&mut self.command(args))
    }
}

/// Version, patch release and folder of an interpreter of another version that has a folder to itself, as those of
/// pyenv and uv have; the smallest of them.
fn a_whole_python(present: &str) -> Option<(String, String, PathBuf)> {
    let found = pyz3(["pythons", "--format", "json"]).exits(0).json();
    let own = found["pythons"].as_array()?.iter().filter_map(|python| {
        let version = python["version"].as_str()?.to_owned();
        let prefix = PathBuf::from(python["base_prefix"].as_str()?);
        let is_whole = prefix.components().count() > 3
            && prefix.join("bin").is_dir()
            && prefix.join("include").is_dir();
        let is_promised = pythons().contains_key(&version) && python["free_threaded"] == false;
        (is_whole && is_promised && version != present).then(|| {
            (
                version,
                python["patch"].as_str().unwrap_or_default().to_owned(),
                prefix,
            )
        })
    });
    own.min_by_key(|(_, _, prefix)| {
        let library = walkdir::WalkDir::new(prefix.join("lib"))
            .into_iter()
            .flatten();
        library
            .filter_map(|entry| Some(entry.metadata().ok()?.len()))
            .sum::<u64>()
    })
}

#[test]
fn a_python_that_is_missing_is_installed_when_that_is_asked_for() {
    let bare = need!(Bare::new(), "no machine without Pythons can be made");
    let source = "export fn PyInit_tiny() ?*anyopaque {\n    return null;\n}\n";
    let pyproject = "[project]\nname = \"tiny\"\nversion = \"1.0\"\n";
    let project = project(&[
        ("pyproject.toml", pyproject),
        ("build.zig", BUILD),
        ("tiny.zig", source),
    ]);
    let folder = project.path().to_str().unwrap();
    let version = bare.version.as_str();
    let build = [
        "--project",
        folder,
        "--python",
        version,
        "--platform",
        "linux-x86_64",
        "--format",
        "json",
    ];

    // Without the option: an error before any build, which names the option.
    bare.run(&build)
        .exits(2)
        .says(&format!("Python {version} is not on this machine"))
        .says("no CPython with headers was found")
        .says("--provision");
    assert!(
        !project.path().join(".pyz3-wheel").exists(),
        "a build was begun"
    );

    // A dry run installs nothing either.
    let dry_run: Vec<_> = build
        .into_iter()
        .chain(["--provision", "--dry-run"])
        .collect();
    bare.run(&dry_run).exits(2);
    assert!(!bare.path("cache").join("pythons").exists());

    // What would be refused is not installed first.
    let unsupported = ["--project", folder, "--python", "3.8", "--provision"];
    bare.run(&unsupported)
        .exits(2)
        .says("Python 3.8 is not supported");
    assert!(!bare.path("cache").join("pythons").exists());

    // With the option: installed into the cache, and the wheel is built.
    let provision: Vec<_> = build.into_iter().chain(["--provision"]).collect();
    let ran = bare
        .run(&provision)
        .exits(0)
        .says(&format!("installing Python {version} with uv (once)"));
    let report = ran.json();
    let wheels = report["wheels"].as_array().unwrap();
    let tag = version.replace('.', "");
    assert_eq!(wheels.len(), 1);
    let filename = format!(
        "tiny-1.0-cp{tag}-cp{tag}-{}.whl",
        Platform::LinuxX86_64.wheel_platform()
    );
    assert_eq!(wheels[0]["filename"], filename.as_str());
    assert!(Path::new(wheels[0]["path"].as_str().unwrap()).is_file());

    // All of the Python is in the cache: no links among the user's programs.
    assert!(!bare.path(".local/bin").exists() && !bare.path("data/uv/python").exists());
    let installed = bare.run(&["pythons", "--format", "json"]).exits(0).json();
    let installed: Vec<&Value> = installed["pythons"].as_array().unwrap().iter().collect();
    assert_eq!(installed.len(), 1, "{installed:#?}");
    assert_eq!(installed[0]["origin"], "our cache");
    assert!(Path::new(installed[0]["exe"].as_str().unwrap()).starts_with(bare.path("cache")));

    // From now on it is there, and nobody has to ask.
    let again = bare.run(&build).exits(0);
    assert!(
        !again.stderr.contains("installing Python"),
        "{}",
        again.stderr
    );
}

#[test]
fn a_python_that_no_catalogue_has_is_told_with_what_to_do() {
    let bare = need!(Bare::new(), "no machine without Pythons can be made");
    std::fs::write(bare.path("catalogue.json"), "{}").unwrap();
    let source = "export fn PyInit_tiny() ?*anyopaque {\n    return null;\n}\n";
    let pyproject = "[project]\nname = \"tiny\"\nversion = \"1.0\"\n";
    let project = project(&[
        ("pyproject.toml", pyproject),
        ("build.zig", BUILD),
        ("tiny.zig", source),
    ]);
    let version = bare.version.as_str();
    let args = [
        "--project",
        project.path().to_str().unwrap(),
        "--python",
        version,
        "--provision",
        "--format",
        "json",
    ];
    let ran = bare.run(&args).exits(1);
    assert_eq!(ran.json()["exit_code"], 1);
    ran.says(&format!("installing Python {version} with uv failed"))
        .says(&format!("uv python install {version}"))
        .says("or install these Pythons by other means");
    assert!(
        !project.path().join(".pyz3-wheel").exists(),
        "a build was begun"
    );
}

/// An extension module, for Pythons that these specifiers admit.
fn tiny(requires_python: &str) -> TempDir {
    let pyproject = format!(
        "[project]\nname = \"tiny\"\nversion = \"1.0\"\nrequires-python = \"{requires_python}\"\n"
    );
    let source = "export fn PyInit_tiny() ?*anyopaque {\n    return null;\n}\n";
    project(&[
        ("pyproject.toml", &pyproject),
        ("build.zig", BUILD),
        ("tiny.zig", source),
    ])
}

#[test]
fn all_pythons_are_installed_or_it_is_an_error() {
    let bare = need!(Bare::new(), "no machine without Pythons can be made");
    let version = bare.version.as_str();
    let args = |project: &TempDir| {
        let folder = project.path().display().to_string();
        let all = ["--all-pythons", "--platform", "linux-x86_64"];
        let all = all.into_iter().chain(["--format", "json", "--project"]);
        let all = all.map(str::to_owned);
        all.chain([folder]).collect::<Vec<_>>()
    };
    let run = |args: &[String], more: &[&str]| {
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        bare.run(&[&args[..], more].concat())
    };

    // The catalogue has one of the Pythons that the project admits, so nothing is built.
    let several = tiny(">=3.9");
    let ran = run(&args(&several), &["--provision"]).exits(1);
    assert_eq!(ran.json()["wheels"], json!([]));
    ran.says("with uv failed");
    assert!(!several.path().join(".pyz3-wheel").exists());

    let one = tiny(&format!("=={version}.*"));
    run(&args(&one), &[])
        .exits(2)
        .says("a supported Python that requires-python admits is not on this machine");
    let report = run(&args(&one), &["--provision"]).exits(0).json();
    assert_eq!(report["wheels"].as_array().unwrap().len(), 1);
    assert_eq!(report["left_out"], json!([]));

    // The machine now has one of the others' Pythons. What it lacks is named and is not an error.
    let ran = run(&args(&several), &[]).exits(0);
    let report = ran.json();
    assert_eq!(report["wheels"].as_array().unwrap().len(), 1);
    let left_out: Vec<_> = support::DEFAULT_PYTHONS
        .into_iter()
        .filter(|python| *python != version)
        .collect();
    assert_eq!(report["left_out"], json!(left_out));
    let line = format!(
        "left out: {} are not on this machine; `--provision` installs them",
        left_out.join(", ")
    );
    ran.says(&line);
    let quiet = run(&args(&several), &["--quiet"]).exits(0);
    assert!(!quiet.stderr.contains("left out"), "{}", quiet.stderr);
    let dry = run(&args(&several), &["--dry-run"]).exits(0);
    assert_eq!(dry.json()["left_out"], json!(left_out));
    assert_eq!(dry.json()["jobs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_uv_that_is_too_old_is_not_used() {
    let bin = need!(venv_tool(&["uv==0.13.3"]), "pip cannot install uv 0.13.3");
    let present = succeed(
        Command::new(bin.join("python"))
            .args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]),
    );
    let bare = Bare::with_path(bin.clone(), present.trim());
    let bare = need!(bare, "no machine without Pythons can be made");
    let project = tiny(&format!("=={}.*", bare.version));
    let build = [
        "--project",
        project.path().to_str().unwrap(),
        "--all-pythons",
        "--platform",
        "linux-x86_64",
        "--provision",
        "--format",
        "json",
    ];
    let ran = bare.run(&build).exits(0);
    let old = format!(
        "{} is version 0.13.3 and is not used",
        bin.join("uv").display()
    );
    let ran = ran
        .says(&old)
        .says("installing uv==")
        .says("with pip (once)");
    assert_eq!(ran.json()["wheels"].as_array().unwrap().len(), 1);
}
