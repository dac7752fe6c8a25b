//! What the wheels of the examples are called, contain and do: installed by pip and by uv, in every
//! Python of this machine that they are promised for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use sha2::{Digest, Sha256};

use crate::support::{
    self, Wheels, command, example, fresh_venv, hello, pythons, repo, run, succeed, venv_tool,
};

/// The platform of this machine, as jobs are named.
fn here() -> &'static str {
    pyz3_wheel::Platform::current()
        .expect("tests run on a known platform")
        .name()
}

fn hash(path: &Path) -> String {
    support::hex(&Sha256::digest(std::fs::read(path).unwrap()))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Runs an example's own tests against what is installed, from where its sources are out of reach.
fn run_tests(python: &Path, example: &str) {
    let away = tempfile::tempdir().unwrap();
    support::copy_tree(
        &repo().join("docs/examples").join(example).join("tests"),
        &away.path().join("tests"),
    );
    let said = succeed(
        Command::new(python)
            .args(["-m", "unittest", "discover", "-s", "tests"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(away.path()),
    );
    assert!(
        said.contains("OK") && !said.contains("Ran 0 tests"),
        "{said}"
    );
}

/// Installs a wheel by pip into a fresh environment of a Python; gives the environment.
fn pip_install(python: &Path, wheel: &Path) -> (tempfile::TempDir, PathBuf) {
    let (folder, installed) = fresh_venv(python);
    succeed(
        Command::new(&installed)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-index",
                "--disable-pip-version-check",
            ])
            .arg(wheel),
    );
    (folder, installed)
}

#[test]
fn hello_gives_the_promised_wheels() {
    let wheels = hello();
    let platforms = [
        "manylinux2014_x86_64.manylinux_2_17_x86_64",
        "manylinux2014_aarch64.manylinux_2_17_aarch64",
        "macosx_10_9_x86_64",
        "macosx_11_0_arm64",
        "win_amd64",
    ];
    let mut expected: Vec<_> = platforms
        .iter()
        .flat_map(|platform| {
            pythons().keys().map(move |version| {
                let tag = format!("cp{}", version.replace('.', ""));
                format!("hello-0.1.0-{tag}-{tag}-{platform}.whl")
            })
        })
        .collect();
    expected.sort();
    let mut found: Vec<_> = wheels.paths().iter().map(|path| name(path)).collect();
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 5 * pythons().len());
    if pythons().len() < 5 {
        support::skip(&format!(
            "wheels for the Pythons that this machine lacks; it has {:?}",
            pythons().keys()
        ));
    }
    assert_eq!(wheels.report["zig"]["version"], "0.15.2");
    assert_eq!(wheels.report["exit_code"], 0);
}

#[test]
fn the_report_tells_the_truth_about_each_file() {
    for wheel in hello().report["wheels"].as_array().unwrap() {
        let path = PathBuf::from(wheel["path"].as_str().unwrap());
        assert_eq!(wheel["sha256"], hash(&path));
        assert_eq!(wheel["size"], std::fs::metadata(&path).unwrap().len());
        assert_eq!(wheel["filename"], name(&path));
    }
    let dist = hello().project.path().join("dist");
    let left: Vec<_> = std::fs::read_dir(dist).unwrap().collect();
    assert_eq!(
        left.len(),
        hello().paths().len(),
        "nothing but wheels is left: {left:?}"
    );
}

#[test]
fn each_wheel_of_this_platform_passes_its_tests_after_pip_install() {
    thread::scope(|scope| {
        for (version, python) in pythons() {
            scope.spawn(move || {
                let tag = version.replace('.', "");
                let [wheel] = &hello().of(&format!("{}-cp{tag}", here()))[..] else {
                    panic!("not one wheel for {version}");
                };
                let (_folder, installed) = pip_install(python, wheel);
                run_tests(&installed, "hello");
                let script =
                    installed.with_file_name(if cfg!(windows) { "hello.exe" } else { "hello" });
                assert!(succeed(Command::new(script).arg("Ada")).contains("Ada"));
            });
        }
    });
}

#[test]
fn each_wheel_of_this_platform_passes_its_tests_after_uv_install() {
    let bin = crate::need!(venv_tool(&["uv"]), "installing by uv");
    for (version, python) in pythons() {
        let tag = version.replace('.', "");
        let wheels = hello().of(&format!("{}-cp{tag}", here()));
        let folder = tempfile::tempdir().unwrap();
        let uv = |args: &[&str]| {
            let mut uv = Command::new(bin.join("uv"));
            uv.args(args)
                .arg("--offline")
                .arg("--quiet")
                .env("UV_CACHE_DIR", support::kept("uv-cache"));
            uv
        };
        succeed(
            uv(&["venv", "--clear", "--python"])
                .arg(python)
                .arg(folder.path()),
        );
        let scripts = folder
            .path()
            .join(if cfg!(windows) { "Scripts" } else { "bin" });
        succeed(
            uv(&["pip", "install", "--python"])
                .arg(scripts.join("python"))
                .args(&wheels),
        );
        run_tests(&scripts.join("python"), "hello");
    }
}

#[test]
fn one_abi3_wheel_serves_every_python() {
    let wheels = Wheels::build("hello-abi3");
    let names: Vec<_> = wheels.paths().iter().map(|path| name(path)).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("hello_abi3-0.1.0-cp39-abi3-")),
        "{names:?}"
    );
    let [wheel] = &wheels.of(&format!("{}-abi3", here()))[..] else {
        panic!("no abi3 wheel for this platform in {names:?}");
    };
    thread::scope(|scope| {
        for python in pythons().values() {
            scope.spawn(move || {
                let (_folder, installed) = pip_install(python, wheel);
                run_tests(&installed, "hello-abi3");
            });
        }
    });
}

#[test]
fn a_ctypes_library_needs_one_wheel_per_platform() {
    let wheels = Wheels::build("hello-ctypes");
    let names: Vec<_> = wheels.paths().iter().map(|path| name(path)).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("hello_ctypes-0.1.0-py3-none-")),
        "{names:?}"
    );
    let (_, python) = pythons().last_key_value().unwrap();
    let (_folder, installed) = pip_install(python, &wheels.of(here())[0]);
    run_tests(&installed, "hello-ctypes");
}

#[test]
fn a_c_extension_is_built_by_zig_as_well() {
    let wheels = Wheels::build("hello-c");
    assert_eq!(wheels.paths().len(), 5 * pythons().len());
    for (version, python) in [
        pythons().first_key_value().unwrap(),
        pythons().last_key_value().unwrap(),
    ] {
        let tag = version.replace('.', "");
        let (_folder, installed) =
            pip_install(python, &wheels.of(&format!("{}-cp{tag}", here()))[0]);
        run_tests(&installed, "hello-c");
    }
}

/// In another folder, with a Zig cache of its own and another number of jobs.
#[test]
fn the_same_inputs_give_the_same_bytes_anywhere() {
    let project = example("hello");
    let there = project.path().join("deeper").join("in another folder");
    support::copy_tree(project.path(), &there);
    let report = run(command()
        .args([
            "--all-platforms",
            "--all-pythons",
            "--format",
            "json",
            "--jobs",
            "3",
            "--project",
        ])
        .arg(&there)
        .env_remove("ZIG_LOCAL_CACHE_DIR"))
    .exits(0)
    .json();
    let sums = |report: &serde_json::Value| -> BTreeMap<String, String> {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let wheels = report["wheels"].as_array().unwrap().iter();
        wheels
            .map(|wheel| (text(&wheel["filename"]), text(&wheel["sha256"])))
            .collect()
    };
    assert_eq!(sums(&report), sums(&hello().report));
}

#[test]
fn without_a_terminal_stdout_has_the_paths_and_nothing_else() {
    let project = example("hello-ctypes");
    let ran = run(command().arg("--project").arg(project.path()))
        .exits(0)
        .says("1 wheel in ");
    let lines: Vec<_> = ran.stdout.lines().collect();
    let [path] = lines[..] else {
        panic!("not one path: {lines:?}");
    };
    assert!(Path::new(path).is_file(), "{path}");
    let before = std::fs::read(path).unwrap();
    run(command().arg("--project").arg(project.path())).exits(0);
    assert_eq!(
        std::fs::read(path).unwrap(),
        before,
        "a rebuild gives the same bytes"
    );
}
