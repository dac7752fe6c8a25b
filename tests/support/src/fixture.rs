//! A project in which a run is to fail, with earlier wheels that no failure may touch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::{BUILD, DEFAULT_PYTHONS, Ran, command, full_tags, project, pythons, pyz3, run};

pub const PYPROJECT: &str =
    "[project]\nname = \"tiny\"\nversion = \"1.0\"\nrequires-python = \">=3.9\"\n";

/// A library for ctypes.
pub const LIBRARY: &str = "export fn tiny_answer() c_int {\n    return 42;\n}\n";

/// An extension module that needs no headers to compile.
pub const EXTENSION: &str = "export fn PyInit_tiny() ?*anyopaque {\n    return null;\n}\n";

/// What lies in `dist` before each run, where the wheels of a run would go.
pub const EARLIER: &[u8] = b"an earlier wheel";

/// The names of these: every platform with every Python and ABI that a run could give it.
fn earlier_names() -> &'static [String] {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let listed = pyz3(["platforms", "--format", "json"]).exits(0).json();
        let full = DEFAULT_PYTHONS.map(full_tags);
        let tags = ["py3-none".to_owned()].into_iter().chain(full);
        let platforms = listed.as_array().unwrap();
        tags.flat_map(|tag| {
            platforms.iter().map(move |platform| {
                let platform = platform["wheel_platform"].as_str().unwrap();
                format!("tiny-1.0-{tag}-{platform}.whl")
            })
        })
        .collect()
    })
}

/// A project with earlier wheels of every name that a run could give one.
pub struct Fixture {
    folder: TempDir,
}

impl Fixture {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = project(files);
        let dist = folder.path().join("dist");
        std::fs::create_dir(&dist).unwrap();
        for name in earlier_names() {
            std::fs::write(dist.join(name), EARLIER).unwrap();
        }
        Self { folder }
    }

    /// A project whose library and package are called tiny.
    pub fn tiny(pyproject: &str, build: &str, source: &str) -> Self {
        let init = "try:\n    from .tiny import *\nexcept ImportError:\n    pass\n";
        Self::new(&[
            ("pyproject.toml", pyproject),
            ("build.zig", build),
            ("tiny.zig", source),
            ("tiny/__init__.py", init),
        ])
    }

    pub fn ctypes() -> Self {
        Self::tiny(PYPROJECT, BUILD, LIBRARY)
    }

    pub fn extension() -> Self {
        Self::tiny(PYPROJECT, BUILD, EXTENSION)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program on this project, reporting in JSON.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = command();
        command
            .args(["--format", "json", "--project"])
            .arg(self.path())
            .args(args);
        command
    }

    /// Runs it to the failure that is expected, and holds all that is common to failures.
    #[track_caller]
    pub fn fails(&self, args: &[&str], code: i32) -> Ran {
        self.fails_as(&mut self.command(args), code)
    }

    #[track_caller]
    pub fn fails_as(&self, command: &mut Command, code: i32) -> Ran {
        let ran = run(command).exits(code);
        assert_eq!(ran.json()["exit_code"], code, "{ran:#?}");
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        self.holds_earlier_wheels_but(&new_wheels(&ran.json()));
        ran
    }

    /// Every file of the output folder is the earlier one, but for these.
    #[track_caller]
    pub fn holds_earlier_wheels_but(&self, new: &[PathBuf]) {
        let dist = self.path().join("dist");
        let mut count = 0;
        for entry in std::fs::read_dir(&dist).unwrap() {
            let path = entry.unwrap().path();
            count += 1;
            assert_eq!(
                std::fs::read(&path).unwrap() == EARLIER,
                !new.contains(&path),
                "{}",
                path.display()
            );
        }
        let all = earlier_names().len();
        assert_eq!(count, all, "a file came or went in {}", dist.display());
        let jobs = self.path().join(".pyz3-wheel/jobs");
        let left = std::fs::read_dir(jobs).map_or(0, Iterator::count);
        assert_eq!(left, 0, "folders of jobs were left behind");
    }
}

pub fn new_wheels(report: &Value) -> Vec<PathBuf> {
    let wheels = report["wheels"].as_array().unwrap().iter();
    wheels
        .map(|wheel| PathBuf::from(wheel["path"].as_str().unwrap()))
        .collect()
}

/// The messages of every failed job.
pub fn failures(report: &Value) -> BTreeMap<String, Vec<String>> {
    let failures = report["failures"].as_array().unwrap().iter();
    failures
        .map(|failure| {
            let problems = failure["problems"].as_array().unwrap().iter();
            let messages = problems.map(|problem| problem["message"].as_str().unwrap().to_owned());
            (
                failure["job"].as_str().unwrap().to_owned(),
                messages.collect(),
            )
        })
        .collect()
}

/// The newest Python that wheels are promised for, for tests that need any.
pub fn a_python() -> Option<&'static str> {
    pythons()
        .keys()
        .max_by_key(|version| version.len())
        .map(String::as_str)
}
