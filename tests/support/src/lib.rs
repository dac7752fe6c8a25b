//! What the test binaries share: a hermetic way to run the program, tools from PyPI, and the 25 wheels.
//!
//! The program under test is known by what it does alone: nothing of its crate is used here.

pub mod documents;
pub mod fixture;
pub mod pages;
pub mod rigs;
pub mod sdist;
pub mod shared;
mod venvs;
mod wheels;
pub mod workflow;

pub use venvs::{fresh_venv, fresh_venv_with, programs, venv, venv_tool};
pub use wheels::{Wheels, hello};

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{LazyLock, OnceLock};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The Pythons that `--all-pythons` means, which are those that the tests build for and run wheels in.
pub const DEFAULT_PYTHONS: [&str; 9] = [
    "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.14t", "3.15", "3.15t",
];

/// 1: wheels are built for all platforms. Each has a C library to be compiled, and those of Windows take
/// minutes.
pub const ALL_PLATFORMS: &str = "PYZ3_TEST_ALL_PLATFORMS";

/// Whether wheels are to be built for all platforms.
pub fn all_platforms() -> bool {
    std::env::var_os(ALL_PLATFORMS).is_some_and(|value| value == "1")
}

/// The checkout.
pub fn repo() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap().to_path_buf()
}

/// Where tests keep what is slow to make: below the build directory, so that `cargo clean`
/// removes it.
pub fn kept(name: &str) -> PathBuf {
    // <target>/<profile>/pyz3-wheel
    let target = pyz3_wheel().ancestors().nth(2).unwrap();
    let dir = target.join("tmp").join(name);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// The program under test, which cargo builds beside the folder of the tests.
pub fn pyz3_wheel() -> &'static Path {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
        // <target>/<profile>/deps/<test>-<hash>
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap();
        let program = profile
            .join("pyz3-wheel")
            .with_extension(std::env::consts::EXE_EXTENSION);
        assert!(program.is_file(), "{} is not there", program.display());
        program
    });
    &PROGRAM
}

/// Prints what is not tested and why.
pub fn skip(why: &str) {
    // Not `eprintln!`, whose output the test harness keeps to itself when a test passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// Skips the rest of a test, with a message, if something that it needs is not available.
#[macro_export]
macro_rules! need {
    ($found:expr, $why:expr) => {
        match $found {
            Some(found) => found,
            None => {
                $crate::skip($why);
                return;
            }
        }
    };
}

/// One run of the program: what it printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Ran {
    /// The JSON document on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }

    /// Fails the test, showing everything, unless the exit code is this.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Fails the test unless stderr says this.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "not said: {text}\nstderr:\n{}",
            self.stderr
        );
        self
    }
}

/// The program, with nothing of the developer's environment that would change what it does, and
/// with caches that all tests share.
pub fn command() -> Command {
    let mut command = Command::new(pyz3_wheel());
    hermetic(&mut command);
    command
}

pub const LOCAL_CACHE: &str = "ZIG_LOCAL_CACHE_DIR";
const ZIG_LOCAL: &str = "zig-local";

/// Takes from a command's environment what would change the program's doings.
pub fn hermetic(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let ours = ["PYZ3_", "PYDUST_", "ZIG", "HATCH_", "CIBW_"];
        let exact = [
            "MACOSX_DEPLOYMENT_TARGET",
            "SOURCE_DATE_EPOCH",
            "VIRTUAL_ENV",
            "CONDA_PREFIX",
            "FORCE_COLOR",
            "CLICOLOR_FORCE",
            "GITHUB_ACTIONS",
        ];
        if ours.iter().any(|prefix| name.starts_with(prefix)) || exact.contains(&&*name) {
            command.env_remove(&*name);
        }
    }
    command
        // What one test has built must not keep another from building it.
        .env("PYZ3_WHEEL_NO_CACHE", "1")
        .env("PYZ3_WHEEL_CACHE_DIR", kept("cache"))
        .env("ZIG_GLOBAL_CACHE_DIR", kept("zig-global"))
        .env(LOCAL_CACHE, kept(ZIG_LOCAL));
}

/// The local cache of Zig for the build script of a project, if it has one. A cache that is shared
/// with other scripts keeps only the one that was compiled last, and makes them wait for each other.
/// The helper counts too: Zig remembers its path, and takes the helper of an earlier project for this one's
/// as long as that project exists.
pub fn zig_local(project: &Path) -> Option<PathBuf> {
    let mut script = std::fs::read(project.join("build.zig")).ok()?;
    script.extend(std::fs::read(project.join("pyz3_build.zig")).unwrap_or_default());
    Some(kept(ZIG_LOCAL).join(&hex::encode(Sha256::digest(script))[..12]))
}

/// Gives a command that is about a project, and would take the shared one, the local cache of Zig for
/// its build script.
fn keep_build_script(command: &mut Command) {
    let shared = kept(ZIG_LOCAL);
    let mut variables = command.get_envs();
    if !variables.any(|(name, value)| name == LOCAL_CACHE && value == Some(shared.as_os_str())) {
        return;
    }
    let arguments = command.get_args().map(Path::new);
    let folders = arguments.chain(command.get_current_dir());
    // Others are meant from the command's own folder.
    let mut folders = folders.filter(|folder| folder.is_absolute());
    if let Some(own) = folders.find_map(zig_local) {
        command.env(LOCAL_CACHE, own);
    }
}

/// Runs a prepared command to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Ran {
    keep_build_script(command);
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran {
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        code: output.status.code().unwrap_or(-1),
    }
}

/// Runs the program with these arguments.
#[track_caller]
pub fn pyz3<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ran {
    run(command().args(args))
}

/// Runs `pyz3-wheel files` with these arguments for a project.
#[track_caller]
pub fn files(project: &Path, args: &[&str]) -> Ran {
    run(command()
        .arg("files")
        .args(args)
        .arg("--project")
        .arg(project))
}

/// Runs another tool and fails the test, showing what it said, unless it succeeds.
#[track_caller]
pub fn succeed(command: &mut Command) -> String {
    keep_build_script(command);
    let output: Output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{command:?} failed:\n{said}");
    said
}

/// A copy of an example project in a folder of its own.
pub fn example(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_tree(&repo().join("docs/examples").join(name), folder.path());
    folder
}

/// Makes the floor of an abi3 project follow from requires-python.
pub fn without_floor(project: &Path) {
    let manifest = project.join("pyproject.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("abi3-floor"));
    let lines: Vec<_> = lines.collect();
    std::fs::write(&manifest, lines.join("\n")).unwrap();
}

/// A build script that follows its options; `// MORE` is for more lines. Without debugging
/// information: no path of one project gets into what Zig's cache gives another, and the C library
/// is the one that the examples have compiled.
pub const BUILD: &str = r#"
const std = @import("std");
pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});
    const mod = b.createModule(.{ .root_source_file = b.path("tiny.zig"), .target = target, .optimize = optimize, .strip = true });
    const lib = b.addLibrary(.{ .name = "tiny", .linkage = .dynamic, .root_module = mod });
    // MORE
    b.installArtifact(lib);
}
"#;

/// A project made of the given files.
pub fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write_file(&folder.path().join(path), text);
    }
    folder
}

/// Writes a file, and creates the directories above it.
pub fn write_file(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The CACHEDIR.TAG of a cache of the program.
pub const CACHE_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder belongs to pyz3-wheel. It can be removed at any time; it is made again.\n";

/// A project as one grows that is only ever built on its author's machine.
pub fn grown() -> TempDir {
    project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"grown\"\nversion = \"2.0\"\nrequires-python = \">=3.9\"\n",
        ),
        ("grown/__init__.py", "from grown._core import answer\n"),
        (
            "src/core.c",
            "#include <Python.h>\n\
             static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }\n\
             static PyMethodDef methods[] = {{\"answer\", answer, METH_NOARGS, 0}, {0}};\n\
             static PyModuleDef module = {PyModuleDef_HEAD_INIT, \"_core\", 0, 0, methods};\n\
             PyMODINIT_FUNC PyInit__core(void) { return PyModule_Create(&module); }\n",
        ),
        (
            "build.zig",
            "const std = @import(\"std\");\n\n\
             pub fn build(b: *std.Build) void {\n    \
                 const optimize = b.standardOptimizeOption(.{});\n    \
                 const mod = b.createModule(.{ .target = b.graph.host, .optimize = optimize, .link_libc = true, .strip = true });\n    \
                 mod.addCSourceFile(.{ .file = b.path(\"src/core.c\") });\n    \
                 const lib = b.addLibrary(.{ .name = \"core\", .linkage = .dynamic, .root_module = mod });\n    \
                 b.installArtifact(lib);\n\
             }\n",
        ),
    ])
}

/// The names in a directory, sorted.
pub fn names(dir: &Path) -> Vec<String> {
    let found = std::fs::read_dir(dir).unwrap();
    let names = found.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// Copies a folder without what builds leave in it.
pub fn copy_tree(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from)
        .into_iter()
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            !matches!(
                &*name,
                ".pyz3-wheel" | ".zig-cache" | "zig-out" | "dist" | "__pycache__"
            )
        })
    {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The Pythons of this machine that `--all-pythons` means, by version: `3.12`, `3.14t`.
pub fn default_pythons() -> &'static BTreeMap<String, PathBuf> {
    static PYTHONS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    PYTHONS.get_or_init(|| {
        let found = pyz3(["pythons", "--format", "json"]).exits(0).json();
        let found = found["pythons"].as_array().unwrap().iter().rev();
        found
            .filter_map(|python| {
                let version = python["version"].as_str()?;
                let flags = if python["free_threaded"] == true {
                    "t"
                } else {
                    ""
                };
                let name = format!("{version}{flags}");
                let exe = PathBuf::from(python["exe"].as_str()?);
                DEFAULT_PYTHONS
                    .contains(&name.as_str())
                    .then_some((name, exe))
            })
            .collect()
    })
}

/// Those of [`default_pythons`] that have the GIL.
pub fn pythons() -> &'static BTreeMap<String, PathBuf> {
    static PYTHONS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    PYTHONS.get_or_init(|| {
        let mut pythons = default_pythons().clone();
        pythons.retain(|version, _| !version.ends_with('t'));
        pythons
    })
}

/// The Python and ABI tags of a wheel on the full API of a Python.
///
/// Ex) `cp312-cp312` of `3.12`, `cp314-cp314t` of `3.14t`
pub fn full_tags(python: &str) -> String {
    let abi = python.replace('.', "");
    format!("cp{}-cp{abi}", abi.trim_end_matches('t'))
}

/// The Python and ABI tags of the wheel that a Python loads of an example on both stable ABIs.
///
/// Ex) `cp39-abi3` of `3.12`, `cp314-cp314t` of `3.14t`, `cp315-abi3.abi3t` of `3.15t`
pub fn stable_tags(python: &str) -> String {
    match python {
        "3.14t" => full_tags(python),
        python if python.ends_with('t') => ABI3T_TAGS.to_owned(),
        _ => "cp39-abi3".to_owned(),
    }
}

/// The Python and ABI tags of a wheel on both stable ABIs (PEP 803).
pub const ABI3T_TAGS: &str = "cp315-abi3.abi3t";

/// The Python and ABI tags of all wheels of an example on both stable ABIs that this machine has the headers for.
pub fn all_stable_tags() -> BTreeSet<String> {
    let here = default_pythons();
    let own = here.keys().map(|python| stable_tags(python));
    // The headers of 3.15 are those of both ABIs.
    let both = here.contains_key("3.15").then(|| ABI3T_TAGS.to_owned());
    own.chain(both).collect()
}

/// The default Zig, which is downloaded if it is missing.
pub fn zig() -> &'static Path {
    static ZIG: OnceLock<PathBuf> = OnceLock::new();
    ZIG.get_or_init(|| {
        let project = example("hello");
        let mut build = command();
        build.args(["--format", "json", "--project"]);
        let report = run(build.arg(project.path())).exits(0).json();
        PathBuf::from(report["zig"]["path"].as_str().unwrap())
    })
}
