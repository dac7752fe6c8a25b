//! The floor of an abi3 project, and the Pythons that its wheels are built with.

use super::*;

#[test]
fn an_abi3_project_gets_one_wheel_per_platform_at_its_floor() {
    let (_folder, project) = project(">=3.9", "abi = \"abi3\"\nabi3-floor = \"3.10\"");
    let machine = machine(&["3.9", "3.10", "3.11"]);
    let request = request(&[Platform::LinuxAarch64], PythonSelection::All);
    let plan = Plan::new(&request, &project, &machine).unwrap();
    assert_eq!(
        wheels(&plan),
        ["hello-1.0-cp310-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl"]
    );
    assert_eq!(plan.jobs[0].limited_api.as_deref(), Some("0x030A0000"));
    assert_eq!(plan.jobs[0].extension_suffix.as_deref(), Some(".abi3.so"));
}

#[test]
fn without_its_floor_an_abi3_project_is_for_the_lowest_later_python_that_was_named() {
    let (_folder, project) = project(">=3.9", "abi = \"abi3\"");
    let machine = machine(&["3.10", "3.12", "3.13", "3.13t"]);
    let platforms = [Platform::WindowsX64];
    let named = request(&platforms, these(&["3.13", "3.12"]));
    let plan = Plan::new(&named, &project, &machine).unwrap();
    assert_eq!(wheels(&plan), ["hello-1.0-cp312-abi3-win_amd64.whl"]);
    assert_eq!(plan.jobs[0].limited_api.as_deref(), Some("0x030C0000"));
    assert!(
        plan.abi_reason
            .ends_with("for 3.12 and later only, since Python 3.9 is not on this machine"),
        "{}",
        plan.abi_reason
    );
    // Nobody has named one: the wheel would be for fewer Pythons than the project says.
    let unnamed = request(&platforms, PythonSelection::All);
    let error = Plan::new(&unnamed, &project, &machine).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("Python 3.9, the floor of this abi3 project"),
        "{error}"
    );
}

#[test]
fn a_configured_floor_may_have_the_headers_of_a_later_python() {
    let (_folder, project) = project(">=3.9", "abi = \"abi3\"\nabi3-floor = \"3.9\"");
    let platforms = [Platform::WindowsX64];
    for (there, named) in [
        (&["3.9", "3.12", "3.13"][..], &["3.13", "3.12"][..]),
        (&["3.12"], &["cp312"]),
        // It runs on 3.13 too, which is not needed for that.
        (&["3.12"], &["3.12", "3.13"]),
    ] {
        let request = request(&platforms, these(named));
        let plan = Plan::new(&request, &project, &machine(there)).unwrap();
        assert_eq!(wheels(&plan), ["hello-1.0-cp39-abi3-win_amd64.whl"]);
        assert_eq!(plan.jobs[0].limited_api.as_deref(), Some("0x03090000"));
        let python = plan.jobs[0].python.as_ref().unwrap();
        assert_eq!(python.version, PythonVersion::new(3, 12));
        assert!(
            plan.abi_reason
                .ends_with("for 3.9 and later, with the headers of 3.12"),
            "{}",
            plan.abi_reason
        );
    }
    // Nobody has named a later one.
    let all = request(&platforms, PythonSelection::All);
    let error = Plan::new(&all, &project, &machine(&["3.12"])).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the headers of a later Python: --python"),
        "{error}"
    );
    // What --provision would install.
    let bare = machine(&[]);
    let version = |minor| CPython::with_gil(PythonVersion::new(3, minor));
    let named = request(&platforms, these(&["3.12", "3.11"]));
    assert_eq!(missing_versions(&named, &project, &bare), [version(11)]);
    assert_eq!(missing_versions(&all, &project, &bare), [version(9)]);
}

#[test]
fn a_free_threaded_python_gets_a_wheel_of_its_own() {
    let (_folder, project) = project(">=3.9", "abi = \"abi3\"");
    let mut machine = machine(&["3.9", "3.13", "3.13t", "3.14t"]);
    let platforms = [Platform::WindowsX64];
    let plan = |pythons: &[&str], machine: &Machine| {
        Plan::new(&request(&platforms, these(pythons)), &project, machine)
    };
    let abi3 = "hello-1.0-cp39-abi3-win_amd64.whl";
    let free = "hello-1.0-cp313-cp313t-win_amd64.whl";
    for (pythons, expected) in [
        (&["3.13t"][..], &[free][..]),
        (&["3.13t", "cp313t"], &[free]),
        (&["3.13t", "3.12", "3.9"], &[free, abi3]),
        (&["cp314t"], &["hello-1.0-cp314-cp314t-win_amd64.whl"]),
        (&["3.13"], &[abi3]),
    ] {
        assert_eq!(
            wheels(&plan(pythons, &machine).unwrap()),
            expected,
            "{pythons:?}"
        );
    }
    let job = &plan(&["3.13t"], &machine).unwrap().jobs[0];
    assert_eq!(job.limited_api, None);
    assert_eq!(
        job.extension_suffix.as_deref(),
        Some(".cp313t-win_amd64.pyd")
    );
    // pip names the Python that runs it by its path.
    let path = PathBuf::from("/env/bin/python");
    machine
        .by_path
        .insert(path.clone(), interpreter("3.13t".parse().unwrap()));
    let by_path = PythonSelection::These(vec![PythonRequest::Path(path)]);
    let by_path = Plan::new(&request(&platforms, by_path), &project, &machine).unwrap();
    assert_eq!(wheels(&by_path), [free]);
    // One that is not there is not replaced by another.
    let error = plan(&["3.14t", "3.9"], &super::machine(&["3.9"])).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("Python 3.14t: not on this machine"),
        "{error}"
    );
    let named = request(&platforms, these(&["3.14t"]));
    assert_eq!(
        missing_versions(&named, &project, &Machine::default()),
        [CPython::free_threaded(PythonVersion::new(3, 14))]
    );
}

#[test]
fn the_floor_of_an_abi3_project_is_one_that_requires_python_admits() {
    let platforms = [Platform::WindowsX64];
    let plan = |requires: &str, there: &[&str]| {
        let (_folder, project) = project(requires, "abi = \"abi3\"");
        let request = request(&platforms, PythonSelection::Default);
        Plan::new(&request, &project, &machine(there))
    };
    let found = plan(">=3.14", &["3.9", "3.14"]).unwrap();
    assert_eq!(wheels(&found), ["hello-1.0-cp314-abi3-win_amd64.whl"]);
    let found = plan(">=3.11,!=3.11.*", &["3.9", "3.11", "3.12"]).unwrap();
    assert_eq!(wheels(&found), ["hello-1.0-cp312-abi3-win_amd64.whl"]);
    let too_new = format!(">={}", unsupported());
    let supported = supported_range();
    for (requires, expected) in [
        (
            ">=3.14",
            &["Python 3.14, the floor", "uv python install 3.14"][..],
        ),
        (
            &too_new,
            &["admits no Python that wheels can be built for", &supported],
        ),
        ("<3.8", &["admits no Python that wheels can be built for"]),
    ] {
        let text = plan(requires, &["3.9", "3.13"]).unwrap_err().to_string();
        for part in expected {
            assert!(text.contains(part), "{requires}: {part} in {text}");
        }
    }
}
