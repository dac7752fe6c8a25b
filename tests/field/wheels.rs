//! The wheels themselves: their names and their bytes; below, that they work where they are installed.

mod installed;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use pyz3_wheel::Platform;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use support::Wheels;

/// The example projects, one of each kind: full API in Zig, abi3, full API in C, shared library, and
/// without a build script.
pub(crate) const EXAMPLES: [&str; 5] = [
    "hello",
    "hello-abi3",
    "hello-c",
    "hello-ctypes",
    "hello-managed",
];

/// All wheels of an example, built once for all tests.
pub(crate) fn built(example: &str) -> &'static Wheels {
    static ABI3: OnceLock<Wheels> = OnceLock::new();
    static C: OnceLock<Wheels> = OnceLock::new();
    static CTYPES: OnceLock<Wheels> = OnceLock::new();
    static MANAGED: OnceLock<Wheels> = OnceLock::new();
    let (cell, example) = match example {
        "hello" => return support::hello(),
        "hello-abi3" => (&ABI3, "hello-abi3"),
        "hello-c" => (&C, "hello-c"),
        "hello-ctypes" => (&CTYPES, "hello-ctypes"),
        "hello-managed" => (&MANAGED, "hello-managed"),
        other => panic!("there is no example {other}"),
    };
    cell.get_or_init(|| Wheels::build(example))
}

/// A path's last part.
pub(crate) fn file_name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// `cp312` of `3.12`.
pub(crate) fn cp(version: &str) -> String {
    format!("cp{}", version.replace('.', ""))
}

/// The one wheel of an example for a platform that a CPython of this version installs.
#[track_caller]
pub(crate) fn wheel_for(example: &str, platform: Platform, python: &str) -> PathBuf {
    let python = match example {
        "hello-abi3" | "hello-managed" => support::stable_tags(python),
        "hello-ctypes" => "py3-none".to_owned(),
        _ => support::full_tags(python),
    };
    let end = format!("-{python}-{}.whl", platform.wheel_platform());
    let paths = built(example).of(platform.name());
    let mut found = paths.iter().filter(|path| file_name(path).ends_with(&end));
    let wheel = found
        .next()
        .unwrap_or_else(|| panic!("no {example}…{end} among {paths:#?}"));
    assert_eq!(found.next(), None, "more than one {example}…{end}");
    wheel.clone()
}

/// A folder with an example's tests and nothing else, so that only what is installed can be found.
pub(crate) fn tests_alone(example: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let tests = support::repo()
        .join("docs/examples")
        .join(example)
        .join("tests");
    support::copy_tree(&tests, &folder.path().join("tests"));
    folder
}

/// Adds `-m unittest discover -s tests` to a command that starts a Python, runs it, and fails unless
/// there were tests and all passed.
#[track_caller]
pub(crate) fn passes_its_tests(python: &mut Command) {
    python
        .args(["-B", "-m", "unittest", "discover", "-s", "tests"])
        .env("PYTHONNOUSERSITE", "1");
    let said = support::succeed(python).replace('\r', "");
    let ran = said
        .lines()
        .any(|line| line.starts_with("Ran ") && !line.starts_with("Ran 0 "));
    assert!(
        ran && said.trim_end().ends_with("\nOK"),
        "{python:?}:\n{said}"
    );
}

/// The names of an example's wheels: `name-version-PYTHON-PLATFORM.whl` for these Python tags.
fn names_for<T: Display>(stem: &str, pythons: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    let platforms = Platform::MAIN.map(Platform::wheel_platform);
    let pythons = pythons.into_iter();
    pythons
        .flat_map(|python| {
            let names = platforms.iter();
            names
                .map(|platform| format!("{stem}-{python}-{platform}.whl"))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn names_of(wheels: &Wheels) -> BTreeSet<String> {
    wheels
        .paths()
        .iter()
        .map(|path| file_name(path).to_owned())
        .collect()
}

/// The Python and ABI tags of the wheels for this machine's Pythons; prints which of them are missing.
fn full_pythons() -> Vec<String> {
    let found = support::default_pythons();
    let (here, lacking): (Vec<_>, Vec<_>) = support::DEFAULT_PYTHONS
        .into_iter()
        .partition(|version| found.contains_key(*version));
    for version in lacking {
        support::skip(&format!(
            "the wheels for CPython {version}: this machine has none"
        ));
    }
    here.into_iter().map(support::full_tags).collect()
}

/// The SHA-256 of each wheel in a folder, by name; nothing else may lie there.
fn sums(folder: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            (
                file_name(&path).to_owned(),
                sum(&std::fs::read(&path).unwrap()),
            )
        })
        .collect()
}

fn sum(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[test]
fn hello_gives_a_wheel_for_each_platform_and_python_and_nothing_else() {
    let hello = support::hello();
    assert_eq!(names_of(hello), names_for("hello-0.1.0", full_pythons()));
    let on_disk: BTreeSet<_> = sums(&hello.project.join("dist")).into_keys().collect();
    assert_eq!(on_disk, names_of(hello));
    assert_eq!(hello.report["exit_code"], 0);
    assert_eq!(hello.report["failures"], serde_json::json!([]));
}

/// The example asks for no version, so a Zig that the machine has would do; without one, the version
/// that is tested is fetched.
#[test]
fn zig_is_the_tested_one_unless_the_machine_has_its_own() {
    let zig = &support::hello().report["zig"];
    if zig["origin"] == "the cache" || zig["origin"] == "installed now" {
        assert_eq!(zig["version"], "0.15.2");
    } else {
        support::skip(&format!(
            "the version of a fetched Zig: this machine has one, from {}",
            zig["origin"]
        ));
    }
}

#[test]
fn the_report_tells_the_true_size_hash_and_tags_of_each_wheel() {
    for wheel in support::hello().report["wheels"].as_array().unwrap() {
        let path = Path::new(wheel["path"].as_str().unwrap());
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(
            wheel["size"].as_u64(),
            Some(bytes.len() as u64),
            "{}",
            path.display()
        );
        assert_eq!(wheel["sha256"], sum(&bytes), "{}", path.display());
        assert_eq!(wheel["filename"], file_name(path));
        // hello-0.1.0-cp39-cp39-a.b.whl has the tags cp39-cp39-a and cp39-cp39-b.
        let stem = file_name(path).strip_suffix(".whl").unwrap();
        let (python, platforms) = stem
            .strip_prefix("hello-0.1.0-")
            .unwrap()
            .rsplit_once('-')
            .unwrap();
        let tags: Vec<_> = platforms
            .split('.')
            .map(|platform| format!("{python}-{platform}"))
            .collect();
        assert_eq!(wheel["tags"], serde_json::json!(tags));
    }
}

/// What this machine lacks is left out, and named.
#[test]
fn a_project_on_the_stable_abis_gives_up_to_three_wheels_for_each_platform() {
    let tags = support::all_stable_tags();
    let free_threaded = [("3.14t", "cp314-cp314t"), ("3.15t", support::ABI3T_TAGS)];
    let lacking = free_threaded
        .iter()
        .filter(|(_, wheel)| !tags.contains(*wheel));
    let left_out: Vec<_> = lacking.map(|(python, _)| *python).collect();
    for python in &left_out {
        support::skip(&format!(
            "the wheel for {python}: this machine has no headers for it"
        ));
    }
    for (example, stem) in [
        ("hello-abi3", "hello_abi3-0.1.0"),
        ("hello-managed", "hello_managed-0.1.0"),
    ] {
        let wheels = built(example);
        assert_eq!(names_of(wheels), names_for(stem, &tags));
        assert_eq!(wheels.report["left_out"], serde_json::json!(left_out));
    }
}

#[test]
fn a_ctypes_library_gives_one_wheel_for_each_platform() {
    assert_eq!(
        names_of(built("hello-ctypes")),
        names_for("hello_ctypes-0.1.0", ["py3-none"])
    );
}

#[test]
fn an_extension_in_c_gives_a_wheel_for_each_platform_and_python() {
    assert_eq!(
        names_of(built("hello-c")),
        names_for("hello_c-0.1.0", full_pythons())
    );
}

/// Another folder, of another depth; Zig's local cache empty and in the project; one job at a time.
#[test]
fn a_build_elsewhere_from_an_empty_cache_gives_the_same_bytes() {
    let project = support::example("hello");
    let elsewhere = project.path().join("some where/else");
    support::copy_tree(&support::repo().join("docs/examples/hello"), &elsewhere);
    let mut command = support::command();
    command.env_remove("ZIG_LOCAL_CACHE_DIR").args([
        "--all-platforms",
        "--all-pythons",
        "--jobs",
        "1",
    ]);
    support::run(command.current_dir(&elsewhere)).exits(0);
    let first = sums(&support::hello().project.join("dist"));
    assert_eq!(sums(&elsewhere.join("dist")), first);
    assert!(
        elsewhere.join(".pyz3-wheel/zig-cache").is_dir(),
        "the project's own cache was not used"
    );
}

/// Not on a terminal, stdout is for programs: the paths and nothing else. Earlier wheels are there.
#[test]
fn a_rebuild_prints_the_path_of_each_wheel_and_leaves_the_same_bytes() {
    let output = tempfile::tempdir().unwrap();
    let first = sums(&support::hello().project.join("dist"));
    for name in first.keys() {
        std::fs::copy(
            support::hello().project.join("dist").join(name),
            output.path().join(name),
        )
        .unwrap();
    }
    let project = support::example("hello");
    let mut command = support::command();
    command
        .args([
            "--all-platforms",
            "--all-pythons",
            "--jobs",
            "5",
            "--output-dir",
        ])
        .arg(output.path());
    let ran = support::run(command.arg("--project").arg(project.path())).exits(0);
    let printed: BTreeSet<_> = ran.stdout.lines().map(PathBuf::from).collect();
    assert_eq!(
        printed,
        first.keys().map(|name| output.path().join(name)).collect()
    );
    assert_eq!(ran.stdout.lines().count(), first.len(), "{}", ran.stdout);
    assert_eq!(sums(output.path()), first);
}

#[test]
fn an_earlier_wheel_of_the_same_name_is_replaced_by_a_good_one_only() {
    let (version, _) = support::pythons().last_key_value().unwrap();
    let wheel = wheel_for("hello-c", Platform::LinuxX86_64, version);
    let project = support::example("hello-c");
    let dist = project.path().join("dist");
    std::fs::create_dir(&dist).unwrap();
    let here = dist.join(file_name(&wheel));
    std::fs::write(&here, "an earlier wheel").unwrap();
    let build = || {
        let mut command = support::command();
        command.args([
            "--platform",
            "linux-x86_64",
            "--python",
            version,
            "--project",
        ]);
        support::run(command.arg(project.path()))
    };

    let source = project.path().join("src/mean.c");
    let text = std::fs::read_to_string(&source).unwrap();
    std::fs::write(&source, format!("{text}\n#error not today\n")).unwrap();
    build().exits(1).says("not today");
    assert_eq!(std::fs::read_to_string(&here).unwrap(), "an earlier wheel");
    assert_eq!(
        sums(&dist).len(),
        1,
        "the failed build left something in dist"
    );

    std::fs::write(&source, text).unwrap();
    build().exits(0);
    assert_eq!(
        sums(&dist),
        BTreeMap::from([(
            file_name(&wheel).to_owned(),
            sum(&std::fs::read(&wheel).unwrap())
        )])
    );
}
