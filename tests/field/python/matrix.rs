//! Every frontend, every example, every Python: builds that are isolated as users have them, and
//! installs, also editable ones, each tried by the example's own tests.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::{NO_PACKAGE, environment, example, offline, tried, wheel_in, wheelhouse};
use crate::wheels::{EXAMPLES, passes_its_tests, tests_alone};
use support::need;
use support::{pyz3, run, succeed};

/// A test for each Python, so that they run side by side.
macro_rules! in_each_python {
    ($($test:ident $version:literal)*) => {
        $(
            #[test]
            fn $test() {
                all_frontends_serve_all_examples($version);
            }
        )*
    };
}

in_each_python! {
    all_frontends_serve_all_examples_in_python_3_9 "3.9"
    all_frontends_serve_all_examples_in_python_3_10 "3.10"
    all_frontends_serve_all_examples_in_python_3_11 "3.11"
    all_frontends_serve_all_examples_in_python_3_12 "3.12"
    all_frontends_serve_all_examples_in_python_3_13 "3.13"
    all_frontends_serve_all_examples_in_python_3_14 "3.14"
    all_frontends_serve_all_examples_in_python_3_15 "3.15"
}

fn all_frontends_serve_all_examples(version: &str) {
    need!(wheelhouse(), NO_PACKAGE);
    let found = tried().into_iter().find(|(one, _)| *one == version);
    let what = format!("all frontends in CPython {version}, for PYZ3_TEST_ALL_PYTHONS=1");
    let (_, python) = need!(found, &what);
    let desk = need!(Desk::new(python), "builds by build and uv");
    let before = desk.files();
    for name in EXAMPLES {
        let case = Case {
            desk: &desk,
            name,
            package: name.replace('-', "_"),
            project: example(name),
        };
        case.installs_by_pip(&[]);
        let (_out, wheel) = case.makes_the_same_wheel_by_all();
        case.installs_by_uv(&[wheel.as_ref()]);
        case.installs_by_pip(&["--editable"]);
        case.imports_from_the_sources();
        case.installs_by_uv(&["--editable".as_ref(), case.project.path().as_ref()]);
        case.uninstalls();
    }
    assert_eq!(desk.files(), before, "what was uninstalled left files");
}

/// An environment of one Python with the package in it, and the frontends.
struct Desk {
    environment: TempDir,
    /// The environment's Python.
    python: PathBuf,
    /// One with build.
    build: PathBuf,
    uv: PathBuf,
    /// Ours and uv's, which no earlier run has filled: zig compiles each example once.
    caches: TempDir,
}

impl Desk {
    fn new(python: &Path) -> Option<Self> {
        let build = support::venv(python, &["build"])?.join("python");
        let uv = support::venv_tool(&["uv"])?.join("uv");
        let (environment, bin) = environment(python);
        Some(Self {
            environment,
            python: bin.join("python"),
            build,
            uv,
            caches: tempfile::tempdir().unwrap(),
        })
    }

    /// All files of the environment but bytecode.
    fn files(&self) -> Vec<PathBuf> {
        let entries = walkdir::WalkDir::new(self.environment.path()).sort_by_file_name();
        let files = entries.into_iter().map(|entry| entry.unwrap());
        files
            .filter(|entry| entry.file_type().is_file())
            .map(walkdir::DirEntry::into_path)
            .filter(|path| path.extension().is_none_or(|end| end != "pyc"))
            .collect()
    }
}

/// An example at a desk.
struct Case<'a> {
    desk: &'a Desk,
    name: &'static str,
    package: String,
    project: TempDir,
}

impl Case<'_> {
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = offline(program);
        let caches = self.desk.caches.path();
        command
            .env_remove("PYZ3_WHEEL_NO_CACHE")
            .env("PYZ3_WHEEL_CACHE_DIR", caches.join("ours"))
            .env("UV_CACHE_DIR", caches.join("uv"));
        // Also where it is built from elsewhere, when it is imported.
        if let Some(own) = support::zig_local(self.project.path()) {
            command.env(support::LOCAL_CACHE, own);
        }
        command
    }

    /// `pip install`, by the package in the environment.
    fn installs_by_pip(&self, options: &[&str]) {
        let mut pip = self.command(&self.desk.python);
        pip.args(["-m", "pip", "install", "--quiet", "--no-build-isolation"]);
        succeed(pip.args(options).arg(self.project.path()));
        self.passes_its_tests(&self.desk.python);
    }

    /// `uv pip install` into a fresh environment that has not even the package.
    fn installs_by_uv(&self, what: &[&OsStr]) {
        let folder = tempfile::tempdir().unwrap();
        let mut venv = self.command(&self.desk.uv);
        venv.args(["venv", "--quiet", "--python"]);
        succeed(venv.arg(&self.desk.python).arg(folder.path()));
        let python = support::programs(folder.path()).join("python");
        let mut install = self.command(&self.desk.uv);
        install.args(["pip", "install", "--quiet", "--python"]);
        succeed(install.arg(&python).args(what));
        self.passes_its_tests(&python);
    }

    /// The wheel, which each frontend makes in isolation, and all of them alike.
    fn makes_the_same_wheel_by_all(&self) -> (TempDir, PathBuf) {
        let mut pip = self.command(&self.desk.python);
        pip.args(["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]);
        // These two build an sdist first, and the wheel from it.
        let mut build = self.command(&self.desk.build);
        build.args(["-m", "build", "--outdir"]);
        let mut uv = self.command(&self.desk.uv);
        uv.args(["build", "--quiet", "--python"])
            .arg(&self.desk.python)
            .arg("--out-dir");
        let outs = [pip, build, uv].map(|mut frontend| {
            let out = tempfile::tempdir().unwrap();
            succeed(frontend.arg(out.path()).arg(self.project.path()));
            out
        });
        let same = |files: &[PathBuf]| {
            let names: BTreeSet<_> = files.iter().map(|file| file.file_name()).collect();
            let bytes: BTreeSet<_> = files
                .iter()
                .map(|file| std::fs::read(file).unwrap())
                .collect();
            assert_eq!((names.len(), bytes.len()), (1, 1), "not alike: {names:?}");
        };
        same(&outs.each_ref().map(|out| wheel_in(out.path())));
        let sdist = format!("{}-0.1.0.tar.gz", self.package);
        same(&[&outs[1], &outs[2]].map(|out| out.path().join(&sdist)));
        let [out, ..] = outs;
        let wheel = wheel_in(out.path());
        pyz3([Path::new("check"), wheel.as_path()]).exits(0);
        (out, wheel)
    }

    /// Runs its tests where nothing but what is installed can be found.
    fn passes_its_tests(&self, python: &Path) {
        let tests = tests_alone(self.name);
        passes_its_tests(self.command(python).current_dir(&tests));
        if self.name == "hello" {
            let said = succeed(&mut self.command(python.with_file_name("hello")));
            assert_eq!(said.trim_end(), "Hello, world!");
        }
    }

    fn imports(&self) -> support::Ran {
        let elsewhere = tempfile::tempdir().unwrap();
        let code = format!("import {0}; print({0}.__file__)", self.package);
        let mut python = self.command(&self.desk.python);
        run(python.current_dir(elsewhere.path()).args(["-c", &code]))
    }

    fn imports_from_the_sources(&self) {
        let place = self.imports().exits(0).stdout;
        // What has no Python files is one module, which is where it was built: there too.
        let sources = self.project.path().canonicalize().unwrap();
        assert!(Path::new(place.trim_end()).starts_with(sources), "{place}");
    }

    fn uninstalls(&self) {
        let mut pip = self.command(&self.desk.python);
        pip.args(["-m", "pip", "uninstall", "--quiet", "--yes", self.name]);
        succeed(&mut pip);
        self.imports().exits(1).says("ModuleNotFoundError");
    }
}
