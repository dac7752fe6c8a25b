//! The examples, which are the templates of `init`, and the build script that we make, on every Zig that
//! they promise to work on.
//!
//! A Zig is fetched through pip on its first use. Its first build costs most: Zig compiles its own
//! tools and the C library of each target, which takes 0.17.1 minutes. So the default Zig builds
//! for all platforms, the others for one of each operating system, Windows only when all platforms
//! are asked for.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use support::need;
use support::{ALL_PLATFORMS, all_platforms};
use support::{all_stable_tags, command, fresh_venv, pythons, pyz3, repo, run, skip, succeed};

/// The examples, their templates if they have one, and the Python tags of their wheels, where `cpXY` is
/// the chosen Python.
const EXAMPLES: [(&str, &str, &str); 5] = [
    ("hello", "full", "cpXY-cpXY"),
    ("hello-c", "c", "cpXY-cpXY"),
    ("hello-abi3", "abi3", "cp39-abi3"),
    ("hello-ctypes", "ctypes", "py3-none"),
    ("hello-managed", "managed", "cp39-abi3"),
];

const LINUX: (&str, &str) = ("linux-x86_64", "manylinux2014_x86_64.manylinux_2_17_x86_64");
const LINUX_ARM: (&str, &str) = (
    "linux-aarch64",
    "manylinux2014_aarch64.manylinux_2_17_aarch64",
);
const MACOS: (&str, &str) = ("macos-arm64", "macosx_11_0_arm64");
const MACOS_INTEL: (&str, &str) = ("macos-x86_64", "macosx_10_9_x86_64");
const WINDOWS: (&str, &str) = ("windows-x64", "win_amd64");

/// Windows, whose C library takes each Zig a minute and a half of a processor.
fn windows(zig: &str) -> &'static [(&'static str, &'static str)] {
    if all_platforms() {
        return &[WINDOWS];
    }
    skip(&format!(
        "wheels for Windows by Zig {zig}: {ALL_PLATFORMS} is not 1"
    ));
    &[]
}

/// Builds each example with a Zig, and tests the Linux wheels.
fn examples_work_with(zig: &str, platforms: &[(&str, &str)]) {
    // Not 3.13: translate-c of Zig 0.17.1 crashes on its headers for aarch64-macos.
    let found = ["3.11", "3.9", "3.10", "3.12"]
        .iter()
        .find_map(|version| pythons().get_key_value(*version));
    let (version, python) = need!(
        found,
        "the Zigs are tried with a CPython 3.9 to 3.12, and there is none"
    );
    for (name, template, tag) in EXAMPLES {
        if tag == "cp39-abi3" && !pythons().contains_key("3.9") {
            skip(&format!(
                "{name} with Zig {zig}: it is compiled with CPython 3.9, which is not here"
            ));
            continue;
        }
        let project = tempfile::tempdir().unwrap();
        let folder = project.path().to_str().unwrap();
        pyz3(["init", folder, "--name", name, "--template", template]).exits(0);
        let mut builder = command();
        builder
            .args(["--zig-version", zig, "--format", "json", "--project"])
            .arg(project.path());
        if tag != "cp39-abi3" {
            builder.args(["--python", version]);
        }
        for (platform, _) in platforms {
            builder.args(["--platform", platform]);
        }
        let ran = run(&mut builder);
        if ran.code != 0
            && ran.stderr.contains("pip")
            && ran.stderr.contains(&format!("ziglang=={zig}"))
        {
            skip(&format!(
                "{name} with Zig {zig}, which pip cannot get:\n{}",
                ran.stderr
            ));
            return;
        }
        let report = ran.exits(0).json();

        let mut built: Vec<_> = report["wheels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|wheel| Path::new(wheel["path"].as_str().unwrap()).to_owned())
            .collect();
        built.sort();
        let tag = tag.replace("cpXY", &format!("cp{}", version.replace('.', "")));
        let wheel = |tag: &str, platform_tag: &str| {
            let file = format!("{}-0.1.0-{tag}-{platform_tag}.whl", name.replace('-', "_"));
            project.path().join("dist").join(file)
        };
        let tags = match &*tag {
            "cp39-abi3" => all_stable_tags(),
            tag => BTreeSet::from([tag.to_owned()]),
        };
        let mut expected: Vec<_> = platforms
            .iter()
            .flat_map(|(_, platform_tag)| tags.iter().map(|tag| wheel(tag, platform_tag)))
            .collect();
        expected.sort();
        let file_names = |paths: &[std::path::PathBuf]| -> Vec<_> {
            paths
                .iter()
                .map(|path| path.file_name().unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            file_names(&built),
            file_names(&expected),
            "{name} with Zig {zig}"
        );

        if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            tests_pass(name, python, &wheel(&tag, LINUX.1));
        } else {
            skip(&format!(
                "the tests of {name} as built by Zig {zig}: its wheel is for Linux on x86-64"
            ));
        }
    }
}

/// Installs a wheel into a fresh environment and runs the example's tests there, from a folder
/// where the sources cannot be imported.
#[track_caller]
fn tests_pass(name: &str, python: &Path, wheel: &Path) {
    let (venv, python) = fresh_venv(python);
    succeed(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-index",
            ])
            .arg(wheel),
    );
    let tests = repo().join("docs/examples").join(name).join("tests");
    let said = succeed(
        Command::new(&python)
            .args(["-B", "-m", "unittest", "discover", "-s"])
            .arg(tests)
            .current_dir(venv.path()),
    );
    assert!(
        said.contains("\nOK") && !said.contains("Ran 0 tests"),
        "{said}"
    );
}

#[test]
fn the_examples_work_with_zig_0_14() {
    examples_work_with("0.14.1", &[&[LINUX, MACOS], windows("0.14.1")].concat());
}

#[test]
fn the_examples_work_with_zig_0_15() {
    examples_work_with("0.15.2", &[LINUX, LINUX_ARM, MACOS, MACOS_INTEL, WINDOWS]);
}

#[test]
fn the_examples_work_with_zig_0_16() {
    examples_work_with("0.16.0", &[&[LINUX, MACOS], windows("0.16.0")].concat());
}

#[test]
fn the_examples_work_with_zig_0_17() {
    examples_work_with("0.17.1", &[&[LINUX, MACOS], windows("0.17.1")].concat());
}
