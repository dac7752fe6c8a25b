mod abi3;

use super::*;
use crate::tags::{
    CPython, PythonVersion, Release, default_pythons, known_pythons, supported_range,
    supported_versions,
};
use crate::toolchain::ZigRequest;

fn project(requires_python: &str, config: &str) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[project]\nname = \"hello\"\nversion = \"1.0\"\nrequires-python = \"{requires_python}\"\n[tool.pyz3-wheel]\n{config}\n"
    );
    fs_err::write(folder.path().join("pyproject.toml"), text).unwrap();
    let project = Project::load(folder.path()).unwrap();
    (folder, project)
}

pub(super) fn interpreter(python: CPython) -> Interpreter {
    let CPython {
        version,
        free_threaded,
    } = python;
    let prefix = PathBuf::from(format!("/pythons/{version}"));
    Interpreter {
        exe: prefix.join("bin/python3"),
        version,
        patch: format!("{version}.1"),
        free_threaded,
        debug: false,
        implementation: "cpython".to_owned(),
        include: prefix.join("include"),
        origin: "PATH".to_owned(),
        base_exe: Some(prefix.join("bin/python3")),
        base_prefix: prefix,
    }
}

fn machine(versions: &[&str]) -> Machine {
    let interpreters = versions
        .iter()
        .map(|text| interpreter(text.parse().unwrap()));
    Machine {
        interpreters: interpreters.collect(),
        ..Machine::default()
    }
}

pub(super) fn request(platforms: &[Platform], pythons: PythonSelection) -> Request {
    Request {
        targets: platforms
            .iter()
            .copied()
            .map(ZigTarget::with_default_floor)
            .collect(),
        pythons,
        free_threaded: true,
        optimize: Optimize::default(),
        output_dir: PathBuf::from("dist"),
        zig: ZigRequest::default(),
        origins: Vec::new(),
    }
}

/// The release after the newest that wheels can be built for.
fn unsupported() -> PythonVersion {
    let newest = known_pythons().next_back().unwrap().version;
    PythonVersion::new(newest.major, newest.minor + 1)
}

pub(super) fn these(pythons: &[&str]) -> PythonSelection {
    PythonSelection::These(pythons.iter().map(|text| text.parse().unwrap()).collect())
}

fn wheels(plan: &Plan) -> Vec<String> {
    plan.jobs.iter().map(|job| job.wheel.to_string()).collect()
}

#[test]
fn a_full_api_project_gets_a_wheel_per_platform_and_python() {
    let (_folder, project) = project(">=3.10", "abi = \"full\"");
    let machine = machine(&["3.9", "3.10", "3.13", "3.13t", "3.14t", "3.16"]);
    let request = request(
        &[Platform::MacosArm64, Platform::WindowsX64],
        PythonSelection::All,
    );
    let plan = Plan::new(&request, &project, &machine).unwrap();
    assert_eq!(
        wheels(&plan),
        [
            "hello-1.0-cp310-cp310-macosx_11_0_arm64.whl",
            "hello-1.0-cp313-cp313-macosx_11_0_arm64.whl",
            "hello-1.0-cp314-cp314t-macosx_11_0_arm64.whl",
            "hello-1.0-cp310-cp310-win_amd64.whl",
            "hello-1.0-cp313-cp313-win_amd64.whl",
            "hello-1.0-cp314-cp314t-win_amd64.whl",
        ]
    );
}

#[test]
fn a_wheel_for_both_macs_has_a_compile_for_each() {
    let (_folder, project) = project(">=3.9", "abi = \"abi3\"");
    let mut request = request(&[Platform::MacosUniversal2], PythonSelection::Default);
    for (floor, tag, targets) in [
        (
            (10, 13),
            "macosx_10_13",
            ["x86_64-macos.10.13", "aarch64-macos.11.0"],
        ),
        (
            (12, 0),
            "macosx_12_0",
            ["x86_64-macos.12.0", "aarch64-macos.12.0"],
        ),
    ] {
        let floor = Release::new(floor.0, floor.1);
        request.targets = vec![ZigTarget::with_floor(Platform::MacosUniversal2, floor).unwrap()];
        let plan = Plan::new(&request, &project, &machine(&["3.9"])).unwrap();
        let [job] = plan.jobs.as_slice() else {
            panic!("{plan:?}")
        };
        assert_eq!(
            wheels(&plan),
            [format!("hello-1.0-cp39-abi3-{tag}_universal2.whl")]
        );
        let compiles = job.compiles().iter();
        let compiles: Vec<_> = compiles
            .map(|one| (&*one.id, one.zig_target.to_string()))
            .collect();
        let [intel, arm] = targets.map(str::to_owned);
        assert_eq!(
            compiles,
            [
                ("macos-universal2-abi3-x86_64", intel),
                ("macos-universal2-abi3-arm64", arm)
            ]
        );
    }
}

#[test]
fn cibuildwheels_selectors_choose_what_all_means() {
    let config = "abi = \"full\"\n[tool.cibuildwheel]\nbuild = \"cp31*\"\nskip = \"cp310-win*\"";
    let (_folder, project) = project(">=3.9", config);
    let machine = machine(&["3.9", "3.10", "3.11"]);
    let platforms = [Platform::WindowsX64, Platform::MacosArm64];
    let all = Plan::new(
        &request(&platforms, PythonSelection::All),
        &project,
        &machine,
    );
    let all = all.unwrap();
    let ids: Vec<_> = all.jobs.iter().map(|job| &*job.id).collect();
    assert_eq!(
        ids,
        [
            "windows-x64-cp311",
            "macos-arm64-cp310",
            "macos-arm64-cp311"
        ]
    );
    assert_eq!(all.settings[0].value, "build cp31*, skip cp310-win*");
    let by_name = Plan::new(&request(&platforms, these(&["3.9"])), &project, &machine).unwrap();
    assert_eq!(by_name.jobs.len(), 2);
    // What they leave out is not installed either: 3.10 has no wheel for Windows, 3.9 none at all.
    let missing = |platforms: &[Platform]| {
        let bare = Machine::default();
        let found = missing_versions(&request(platforms, PythonSelection::All), &project, &bare);
        let names = found.iter().map(ToString::to_string);
        names.collect::<Vec<_>>().join(" ")
    };
    let newer = default_pythons().filter(|python| python.version > PythonVersion::new(3, 10));
    let newer = newer.map(|python| python.to_string());
    let newer = newer.collect::<Vec<_>>().join(" ");
    assert_eq!(missing(&platforms), format!("3.10 {newer}"));
    assert_eq!(missing(&platforms[..1]), newer);
}

/// The tags of the wheels of `--all-pythons` for one platform, and the Pythons that are left out.
fn all_and_left_out(config: &str, free_threaded: bool, there: &[&str]) -> (String, String) {
    let (_folder, project) = project(">=3.12,<3.16", &format!("abi = \"full\"\n{config}"));
    let mut request = request(&[Platform::WindowsX64], PythonSelection::All);
    request.free_threaded = free_threaded;
    let plan = Plan::new(&request, &project, &machine(there)).unwrap();
    let tags: Vec<_> = plan.jobs.iter().map(|job| job.abi.to_string()).collect();
    let left_out: Vec<_> = plan.left_out.iter().map(ToString::to_string).collect();
    (tags.join(" "), left_out.join(" "))
}

#[test]
fn pythons_that_the_machine_lacks_are_left_out_by_name() {
    let every = [
        "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t", "3.15", "3.15t", "3.99",
    ];
    let tags = "cp312 cp313 cp314 cp314t cp315 cp315t";
    assert_eq!(
        all_and_left_out("", true, &every),
        (tags.to_owned(), String::new())
    );
    let some = ["3.11", "3.12", "3.13", "3.13t", "3.15"];
    assert_eq!(
        all_and_left_out("", true, &some),
        ("cp312 cp313 cp315".into(), "3.14 3.14t 3.15t".into())
    );
    assert_eq!(
        all_and_left_out("", false, &some),
        ("cp312 cp313 cp315".into(), "3.14".into())
    );
}

#[test]
fn cibuildwheels_selectors_choose_free_threaded_builds_too() {
    let there = ["3.12", "3.13", "3.13t", "3.14t"];
    for (selectors, tags, left_out) in [
        ("build = \"cp314t-*\"", "cp314t", ""),
        ("build = \"*t-*\"", "cp314t", "3.15t"),
        ("skip = \"cp3??t-*\"", "cp312 cp313", "3.14 3.15"),
        (
            "build = \"cp313* cp314*\"\nenable = [\"cpython-freethreading\"]",
            "cp313 cp313t cp314t",
            "3.14",
        ),
        // Previews are for those who name them.
        (
            "enable = \"cpython-prerelease\"",
            "cp312 cp313 cp314t",
            "3.14 3.15 3.15t",
        ),
    ] {
        let config = format!("[tool.cibuildwheel]\n{selectors}");
        assert_eq!(
            all_and_left_out(&config, true, &there),
            (tags.into(), left_out.into()),
            "{selectors}"
        );
    }
}

#[test]
fn nothing_is_left_out_of_what_was_named_and_of_abi3() {
    let machine = machine(&["3.9", "3.12"]);
    for (abi, pythons) in [
        ("full", these(&["3.12"])),
        ("abi3", PythonSelection::All),
        ("none", PythonSelection::All),
    ] {
        let (_folder, project) = project(">=3.9", &format!("abi = \"{abi}\""));
        let request = request(&[Platform::WindowsX64], pythons);
        let plan = Plan::new(&request, &project, &machine).unwrap();
        assert_eq!(plan.left_out, [], "{abi}");
    }
}

#[test]
fn a_preview_is_built_for_by_name_with_a_warning() {
    let previews = known_pythons().filter(|python| python.support() == Some(Support::Preview));
    let previews: Vec<_> = previews.map(|python| python.to_string()).collect();
    let Some(preview) = previews.first().map(String::as_str) else {
        return;
    };
    let machine = machine(&["3.15", preview]);
    let cautions = |abi: &str, pythons: &[&str]| {
        let (_folder, project) = project(">=3.15", &format!("abi = \"{abi}\""));
        let request = request(&[Platform::WindowsX64], these(pythons));
        Plan::new(&request, &project, &machine).unwrap().cautions()
    };
    let texts = cautions("full", &[preview, "3.15"]);
    let [text] = texts.as_slice() else {
        panic!("{texts:?}")
    };
    let tag = format!("cp{}", preview.replace('.', ""));
    for part in [&format!("Python {preview} is"), &tag] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(cautions("full", &["3.15"]), [""; 0]);
    assert_eq!(cautions("abi3", &["3.15", preview]), [""; 0]);
}

#[test]
fn what_all_leaves_out_can_be_asked_for() {
    let (_folder, project) = project(">=3.9", "abi = \"full\"");
    let machine = machine(&["3.13", "3.13t", "3.14"]);
    let request = request(&[Platform::WindowsX64], these(&["cp314", "3.13t"]));
    let plan = Plan::new(&request, &project, &machine).unwrap();
    assert_eq!(
        wheels(&plan),
        [
            "hello-1.0-cp314-cp314-win_amd64.whl",
            "hello-1.0-cp313-cp313t-win_amd64.whl"
        ]
    );
}

#[test]
fn a_python_that_no_wheel_is_built_for_is_an_error_in_every_kind_of_project() {
    let machine = machine(&["3.9", "3.12", "3.14"]);
    let too_new = unsupported().to_string();
    let platforms = [Platform::WindowsX64];
    let refused = |config: &str, requires: &str, python: &str| {
        let (_folder, project) = project(requires, config);
        let request = request(&platforms, these(&[python]));
        let plan = Plan::new(&request, &project, &machine);
        plan.err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    for config in ["abi = \"abi3\"", "abi = \"full\""] {
        for python in ["2.7", "3.7", &too_new] {
            let text = refused(config, ">=2.7", python);
            assert!(
                text.contains("is not supported"),
                "{config} {python}: {text}"
            );
            assert!(
                text.contains(&format!("CPython {}", supported_range())),
                "{config} {python}: {text}"
            );
        }
        let text = refused(config, ">=3.9", "3.12t");
        assert!(
            text.contains("Python 3.12 has no free-threaded build"),
            "{text}"
        );
        let text = refused(config, ">=3.10", "3.9");
        assert!(
            text.contains("3.9 is excluded by requires-python"),
            "{text}"
        );
    }
    let text = refused("abi = \"abi3\"\nabi3-floor = \"3.12\"", ">=3.9", "3.9");
    assert!(
        text.contains("3.9 cannot load the abi3 wheel, whose floor is 3.12"),
        "{text}"
    );
    // A shared library works with any Python that may install the wheel.
    assert_eq!(refused("abi = \"none\"", ">=3.7", "3.7"), "");
    assert_eq!(refused("abi = \"none\"", ">=3.9", &too_new), "");
    assert!(refused("abi = \"none\"", ">=3.9", "3.8").contains("excluded by requires-python"));
    assert!(refused("abi = \"none\"", ">=2.7", "2.7").contains("py3 wheel"));
}

#[test]
fn hints_name_pythons_that_requires_python_admits() {
    let platforms = [Platform::WindowsX64];
    let hint = |requires: &str, pythons: PythonSelection| {
        let (_folder, project) = project(requires, "abi = \"full\"");
        let request = request(&platforms, pythons);
        let plan = Plan::new(&request, &project, &machine(&["3.9"]));
        plan.unwrap_err().to_string()
    };
    let text = hint(&format!(">={}", unsupported()), PythonSelection::All);
    assert!(text.contains("admits none of them"), "{text}");
    let newest = supported_versions().next_back().unwrap();
    let text = hint(&format!(">={newest}"), PythonSelection::Default);
    assert!(
        text.contains(&format!("uv python install {newest}")),
        "{text}"
    );
    let text = hint(">=3.10,<3.12", PythonSelection::All);
    assert!(text.contains("uv python install 3.11"), "{text}");
    let text = hint(&format!(">={}", unsupported()), PythonSelection::Default);
    assert!(!text.contains("uv python install"), "{text}");
}

#[test]
fn a_project_without_modules_needs_no_python() {
    let (_folder, project) = project(">=3.9", "");
    let request = request(&[Platform::WindowsX64], these(&["3.12"]));
    let plan = Plan::new(&request, &project, &Machine::default()).unwrap();
    assert_eq!(wheels(&plan), ["hello-1.0-py3-none-win_amd64.whl"]);
    assert!(plan.jobs[0].python.is_none());
}

#[test]
fn every_python_that_is_missing_or_excluded_is_named() {
    let (_folder, project) = project(">=3.10", "abi = \"full\"");
    let request = request(
        &[Platform::WindowsX64],
        these(&["3.9", "3.11", "3.12", "3.8"]),
    );
    let machine = machine(&["3.9", "3.11"]);
    let error = Plan::new(&request, &project, &machine).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string();
    for part in [
        "Python 3.12",
        "Python 3.8",
        "3.9 is excluded by requires-python",
        "found: 3.9, 3.11",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // No wheel can be built for 3.8, so it is not to be installed either.
    assert_eq!(
        missing_versions(&request, &project, &machine),
        [CPython::with_gil(PythonVersion::new(3, 12))]
    );
}
