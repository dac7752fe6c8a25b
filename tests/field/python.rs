//! The Python package: the program in a wheel, the hooks that build frontends call, and the interface
//! for programs.
//!
//! The wheel is made as for a release, but without optimisation. `PYZ3_TEST_ALL_PYTHONS=1` tries all
//! Pythons of the machine instead of the newest.

mod edges;
mod editable;
mod frontends;
mod installers;
mod interface;
mod matrix;
mod refusals;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use support::need;
use support::shared::{contents, made_once, program_stamp};
use support::{Ran, pyz3, run, succeed};

/// What stands in a test that cannot go on without the package.
pub(crate) const NO_PACKAGE: &str = "the Python package: its wheel could not be made";

/// The folder with the wheel of the package, made once.
pub(crate) fn wheelhouse() -> Option<&'static Path> {
    static WHEELHOUSE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let made = WHEELHOUSE.get_or_init(|| {
        let folder = support::kept("wheelhouse");
        let sources =
            ["src/python", "pyproject.toml"].map(|path| contents(&support::repo().join(path)));
        let key = format!("{} {sources:?}", program_stamp());
        made_once(&folder, &key, crate::workflows::release::make_wheel)?;
        Some(folder)
    });
    made.as_deref()
}

/// The one wheel in a folder.
#[track_caller]
fn wheel_in(folder: &Path) -> PathBuf {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let wheels: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "whl"))
        .collect();
    let [wheel] = wheels.as_slice() else {
        panic!("not one wheel: {wheels:?}");
    };
    wheel.clone()
}

/// PATH with another folder in front.
pub(crate) fn path_with(folder: &Path) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let old: Vec<_> = std::env::split_paths(&path).collect();
    std::env::join_paths([folder.to_path_buf()].into_iter().chain(old)).unwrap()
}

/// The newest Python of the machine, or all of them, the newest last.
fn tried() -> Vec<(&'static str, &'static Path)> {
    let pythons = support::pythons().iter();
    let mut tried: Vec<_> = pythons
        .map(|(version, exe)| (version.as_str(), exe.as_path()))
        .collect();
    // 3.9 comes before 3.10; those of one length are in order.
    tried.sort_by_key(|(version, _)| version.len());
    if std::env::var_os("PYZ3_TEST_ALL_PYTHONS").is_none_or(|set| set != "1") {
        tried.drain(..tried.len().saturating_sub(1));
    }
    tried
}

/// A command that finds nothing but the package, Zig and what it builds.
fn offline(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    support::hermetic(&mut command);
    let wheelhouse = wheelhouse().unwrap();
    command
        .env("ZIG", support::zig())
        .env("PIP_NO_INDEX", "1")
        .env("PIP_FIND_LINKS", wheelhouse)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .env("UV_NO_CONFIG", "1")
        .env("UV_NO_INDEX", "1")
        .env("UV_FIND_LINKS", wheelhouse)
        .env("UV_OFFLINE", "1");
    command
}

/// A fresh environment with the package in it; gives it and its programs.
fn environment(python: &Path) -> (TempDir, PathBuf) {
    let (folder, python) = support::fresh_venv(python);
    succeed(offline(&python).args(["-m", "pip", "install", "--quiet", "pyz3-wheel"]));
    let bin = support::programs(folder.path());
    (folder, bin)
}

/// The same, made once for all tests, of the newest Python.
fn shared_environment() -> Option<&'static Path> {
    static SHARED: OnceLock<Option<(TempDir, PathBuf)>> = OnceLock::new();
    let made = SHARED.get_or_init(|| {
        wheelhouse()?;
        let (_, python) = *tried().last()?;
        Some(environment(python))
    });
    made.as_ref().map(|(_, bin)| bin.as_path())
}

/// An example, to be built by the package.
fn example(name: &str) -> TempDir {
    let folder = support::example(name);
    let text = std::fs::read_to_string(folder.path().join("pyproject.toml")).unwrap();
    assert!(text.contains("build-backend = \"pyz3_wheel\""), "{text}");
    folder
}

/// From a checkout: maturin finds the program under test built, and compiles nothing.
#[test]
fn pip_and_uv_install_the_program_from_the_checkout() {
    let tools = need!(support::venv_tool(&["uv"]), "installing the checkout by uv");
    let profile = if cfg!(debug_assertions) {
        "dev"
    } else {
        "release"
    };
    let installs = |command: &mut Command| {
        let options = format!("--profile {profile} --compression-method stored");
        succeed(
            command
                .arg(support::repo())
                .env("MATURIN_PEP517_ARGS", options),
        );
    };
    let expected = format!("pyz3-wheel {}\n", env!("CARGO_PKG_VERSION"));
    let version = |program: &Path| succeed(Command::new(program).arg("--version"));

    let (venv, python) = support::fresh_venv(Path::new("python3"));
    let mut pip = Command::new(python);
    pip.args("-m pip --disable-pip-version-check install --quiet".split(' '));
    installs(&mut pip);
    assert_eq!(
        version(&support::programs(venv.path()).join("pyz3-wheel")),
        expected
    );

    let home = tempfile::tempdir().unwrap();
    let mut uv = Command::new(tools.join("uv"));
    uv.args("tool install --quiet --refresh-package pyz3-wheel".split(' '))
        .env("UV_CACHE_DIR", support::kept("uv-cache"))
        .env("UV_TOOL_DIR", home.path().join("tools"))
        .env("UV_TOOL_BIN_DIR", home.path().join("bin"));
    installs(&mut uv);
    assert_eq!(version(&home.path().join("bin/pyz3-wheel")), expected);
}

#[test]
fn nothing_is_found_wrong_with_the_wheel_of_the_package() {
    let wheelhouse = need!(wheelhouse(), NO_PACKAGE);
    let wheel = wheel_in(wheelhouse);
    let name = wheel.file_name().unwrap().to_string_lossy().into_owned();
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        name.starts_with(&format!("pyz3_wheel-{version}-py3-none-")),
        "{name}"
    );
    let check = ["check".as_ref(), "--format".as_ref(), "json".as_ref()];
    let report = pyz3(check.into_iter().chain([wheel.as_os_str()]))
        .exits(0)
        .json();
    assert_eq!(report["wheels"][0]["findings"], serde_json::json!([]));
}

#[test]
fn the_program_starts_from_the_package_wherever_pip_puts_it() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let expected = format!("pyz3-wheel {}\n", env!("CARGO_PKG_VERSION"));
    let mut script = Command::new(bin.join("pyz3-wheel"));
    assert_eq!(succeed(script.arg("--version")), expected);
    let module = |python: &Path| {
        let mut command = Command::new(python);
        command.args(["-m", "pyz3_wheel", "--version"]);
        command
    };
    assert_eq!(succeed(&mut module(&bin.join("python"))), expected);

    let target = tempfile::tempdir().unwrap();
    succeed(
        offline(bin.join("python"))
            .args(["-m", "pip", "install", "--quiet", "pyz3-wheel", "--target"])
            .arg(target.path()),
    );
    let (_bare, python) = support::fresh_venv(Path::new("python3"));
    assert_eq!(
        succeed(module(&python).env("PYTHONPATH", target.path())),
        expected
    );
    std::fs::remove_dir_all(support::programs(target.path())).unwrap();
    let lost = run(module(&python).env("PYTHONPATH", target.path())).exits(1);
    assert!(
        lost.stderr.starts_with("error: the program") && lost.stderr.contains("--force-reinstall"),
        "{}",
        lost.stderr
    );
}

#[test]
fn the_exit_code_of_the_program_is_that_of_the_module() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let mut command = Command::new(bin.join("python"));
    let ran: Ran = run(command.args(["-m", "pyz3_wheel", "--no-such-option"]));
    ran.exits(2).says("--no-such-option");
}

#[test]
fn type_checkers_and_ruff_find_no_fault_with_the_package() {
    let bin = need!(
        support::venv_tool(&["mypy", "ruff"]),
        "judging the package by mypy and ruff"
    );
    let repo = support::repo();
    let sources = repo.join("src/python/pyz3_wheel");
    let mut mypy = Command::new(bin.join("mypy"));
    let cache = support::kept("mypy");
    succeed(
        mypy.current_dir(&repo)
            .args(["--strict", "--cache-dir"])
            .arg(cache)
            .arg(&sources),
    );
    let ruff = |arguments: &[&str]| {
        let mut ruff = Command::new(bin.join("ruff"));
        succeed(ruff.current_dir(&repo).args(arguments));
    };
    ruff(&["check", "--no-cache"]);
    ruff(&["format", "--no-cache", "--check"]);
    if which::which("node").is_err() {
        support::skip("judging the package by pyright, which needs node");
        return;
    }
    let bin = need!(
        support::venv_tool(&["pyright"]),
        "judging the package by pyright"
    );
    let said = support::succeed(Command::new(bin.join("pyright")).arg(&sources));
    assert!(said.contains("0 errors"), "{said}");
}

#[test]
fn the_sdist_of_the_package_has_all_that_is_compiled() {
    let bin = need!(
        support::venv_tool(&["maturin>=1.9,<2"]),
        "the sdist of the package: pip cannot install maturin"
    );
    let folder = tempfile::tempdir().unwrap();
    succeed(
        Command::new(bin.join("maturin"))
            .current_dir(support::repo())
            .args(["sdist", "--out"])
            .arg(folder.path()),
    );
    let stem = format!("pyz3_wheel-{}", env!("CARGO_PKG_VERSION"));
    succeed(
        Command::new("tar")
            .arg("-xzf")
            .arg(folder.path().join(format!("{stem}.tar.gz")))
            .arg("-C")
            .arg(folder.path()),
    );
    let root = folder.path().join(stem);
    assert!(root.join("src/python/pyz3_wheel/py.typed").is_file());
    let mut cargo = Command::new(env!("CARGO"));
    succeed(cargo.current_dir(&root).args([
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version=1",
    ]));
    let include = regex_lite::Regex::new(r#"include_str!\(\s*"([^"]+)"\s*,?\s*\)"#).unwrap();
    let mut found = 0;
    for entry in walkdir::WalkDir::new(root.join("src")) {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for (_, [file]) in include.captures_iter(&text).map(|found| found.extract()) {
            found += 1;
            let place = entry.path().parent().unwrap().join(file);
            assert!(
                place.is_file(),
                "{} includes {file}",
                entry.path().display()
            );
        }
    }
    assert!(found > 10, "{found} files are included");
    for example in crate::wheels::EXAMPLES {
        let place = root.join("docs/examples").join(example);
        assert!(place.join("pyproject.toml").is_file(), "{example}");
    }
}
