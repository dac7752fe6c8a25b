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
fn the_floor_is_the_same_with_the_headers_of_any_later_python() {
    let platforms = [Platform::WindowsX64];
    let all = || PythonSelection::All;
    // A floor follows from requires-python, or is configured.
    for config in ["abi = \"abi3\"", "abi = \"abi3\"\nabi3-floor = \"3.9\""] {
        let (_folder, project) = project(">=3.9", config);
        for (there, named, headers) in [
            // Nobody has named one: the floor's own, or the lowest that has the limited API.
            (&["3.9", "3.10", "3.12"][..], all(), 9),
            (&["3.10", "3.12", "3.13", "3.13t"], all(), 10),
            (&["3.13"], PythonSelection::Default, 13),
            (&["3.13t", "3.14"], all(), 14),
            (&["3.9", "3.12", "3.13"], these(&["3.13", "3.12"]), 12),
            (&["3.12"], these(&["cp312"]), 12),
            // The wheel is for 3.13 too, which is not needed to build it.
            (&["3.12"], these(&["3.12", "3.13"]), 12),
        ] {
            let machine = machine(there);
            let request = request(&platforms, named);
            let plan = Plan::new(&request, &project, &machine).unwrap();
            assert_eq!(wheels(&plan), ["hello-1.0-cp39-abi3-win_amd64.whl"]);
            assert_eq!(plan.jobs[0].limited_api.as_deref(), Some("0x03090000"));
            let python = plan.jobs[0].python.as_ref().unwrap();
            assert_eq!(python.version, PythonVersion::new(3, headers), "{there:?}");
            let note = format!("for 3.9 and later, with the headers of 3.{headers}");
            let is_noted = plan.abi_reason.ends_with(&note);
            assert_eq!(is_noted, headers != 9, "{}", plan.abi_reason);
            assert_eq!(missing_versions(&request, &project, &machine), []);
        }
    }
}

#[test]
fn an_abi3_project_is_not_built_with_another_python_than_the_one_that_was_named() {
    let (_folder, project) = project(">=3.9", "abi = \"abi3\"");
    let platforms = [Platform::WindowsX64];
    let refused = |there: &[&str], named: PythonSelection| {
        let plan = Plan::new(&request(&platforms, named), &project, &machine(there));
        plan.unwrap_err().to_string()
    };
    let text = refused(&["3.9", "3.12"], these(&["3.14"]));
    assert!(
        text.contains("Python 3.14 is not on this machine"),
        "{text}"
    );
    let text = refused(&["3.9", "3.13"], these(&["3.13", "3.12"]));
    assert!(
        text.contains("Python 3.12 is not on this machine"),
        "{text}"
    );
    // The headers of a free-threaded Python have no limited API.
    for there in [&[][..], &["3.14t"]] {
        let text = refused(there, PythonSelection::All);
        assert!(text.contains("Python 3.9 or a later one"), "{text}");
        assert!(text.contains("uv python install 3.9"), "{text}");
    }
    // What --provision would install.
    let missing = |named, there: &[&str]| {
        let request = request(&platforms, named);
        missing_versions(&request, &project, &machine(there))
    };
    let version = |minor| CPython::with_gil(PythonVersion::new(3, minor));
    assert_eq!(missing(these(&["3.12", "3.11"]), &[]), [version(11)]);
    assert_eq!(missing(these(&["3.14"]), &["3.9"]), [version(14)]);
    assert_eq!(missing(PythonSelection::All, &["3.14t"]), [version(9)]);
}

/// The plan and `--provision` agree on the Python that builds the wheel.
#[test]
fn a_python_that_is_refused_does_not_stand_for_the_other_named_ones() {
    let config = "abi = \"abi3\"\nabi3-floor = \"3.12\"";
    let (_folder, project) = project(">=2.7", config);
    for (refused, reason) in [
        ("3.7", "is not supported"),
        ("3.9", "cannot load the abi3 wheel"),
    ] {
        let request = request(&[Platform::WindowsX64], these(&[refused, "3.13"]));
        let version = CPython::with_gil(PythonVersion::new(3, 13));
        let missing = missing_versions(&request, &project, &Machine::default());
        assert_eq!(missing, [version]);
        let error = Plan::new(&request, &project, &machine(&["3.13"])).unwrap_err();
        let [problem] = error.problems() else {
            panic!("{error}")
        };
        assert!(problem.message.contains(reason), "{error}");
    }
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
    // A missing Python is not replaced by another one.
    let error = plan(&["3.14t", "3.9"], &super::machine(&["3.9"])).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("Python 3.14t is not on this machine"),
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
    let found = plan(">=3.13", &["3.9", "3.14"]).unwrap();
    assert_eq!(wheels(&found), ["hello-1.0-cp313-abi3-win_amd64.whl"]);
    let found = plan(">=3.11,!=3.11.*", &["3.9", "3.11", "3.12"]).unwrap();
    assert_eq!(wheels(&found), ["hello-1.0-cp312-abi3-win_amd64.whl"]);
    let too_new = format!(">={}", unsupported());
    let supported = supported_range();
    for (requires, expected) in [
        (
            ">=3.14",
            &["Python 3.14 or a later one", "uv python install 3.14"][..],
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

#[test]
fn a_project_on_both_stable_abis_gets_wheels_for_free_threaded_pythons_by_default() {
    let platforms = [Platform::WindowsX64];
    let plan = |requires: &str, config: &str, there: &[&str], free_threaded| {
        let (_folder, project) = project(requires, config);
        let mut request = request(&platforms, PythonSelection::Default);
        request.free_threaded = free_threaded;
        let plan = Plan::new(&request, &project, &machine(there)).unwrap();
        let tags = plan.jobs.iter().map(|job| {
            let tags = job.wheel.tag_set();
            let headers = job.python.as_ref().unwrap().cpython();
            format!("{} of {headers}", tags.trim_end_matches("-win_amd64"))
        });
        let left_out = plan.left_out.iter().map(ToString::to_string);
        (
            tags.collect::<Vec<_>>().join(", "),
            left_out.collect::<Vec<_>>().join(" "),
        )
    };
    let both = "abi = [\"abi3\", \"abi3t\"]";
    for (requires, config, there, free_threaded, wheels, left_out) in [
        (
            ">=3.9",
            both,
            &["3.9", "3.13", "3.13t", "3.14t", "3.15", "3.15t"][..],
            true,
            "cp39-abi3 of 3.9, cp314-cp314t of 3.14t, cp315-abi3.abi3t of 3.15",
            "",
        ),
        // The headers of any later Python will do, and for abi3t those of a free-threaded one too.
        (
            ">=3.9",
            both,
            &["3.14", "3.15t"],
            true,
            "cp39-abi3 of 3.14, cp315-abi3.abi3t of 3.15t",
            "3.14t",
        ),
        (
            ">=3.9",
            both,
            &["3.13"],
            true,
            "cp39-abi3 of 3.13",
            "3.14t 3.15t",
        ),
        (
            ">=3.9",
            both,
            &["3.9", "3.14t", "3.15"],
            false,
            "cp39-abi3 of 3.9",
            "",
        ),
        (
            ">=3.9",
            "abi = [\"abi3\"]",
            &["3.9", "3.15"],
            true,
            "cp39-abi3 of 3.9",
            "",
        ),
        // One wheel has both ABIs if no older Python is supported.
        (
            ">=3.15",
            both,
            &["3.14t", "3.15t"],
            true,
            "cp315-abi3.abi3t of 3.15t",
            "",
        ),
        (
            ">=3.15",
            both,
            &["3.15"],
            false,
            "cp315-abi3.abi3t of 3.15",
            "",
        ),
    ] {
        let found = plan(requires, config, there, free_threaded);
        assert_eq!((&*found.0, &*found.1), (wheels, left_out), "{there:?}");
    }
}

/// A free-threaded Python of the floor's version has a wheel, but not the one for Pythons with the GIL.
#[test]
fn a_project_on_both_stable_abis_is_not_built_without_the_headers_of_abi3() {
    let (_folder, project) = project(">=3.14", "abi = [\"abi3\", \"abi3t\"]");
    let request = request(&[Platform::WindowsX64], PythonSelection::All);
    let error = Plan::new(&request, &project, &machine(&["3.14t", "3.15t"])).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("Python 3.14 or a later one"), "{text}");
}

#[test]
fn a_named_python_gets_the_wheel_that_it_loads_of_a_project_on_both_stable_abis() {
    let (_folder, project) = project(">=3.9", "abi = [\"abi3\", \"abi3t\"]");
    let machine = machine(&["3.9", "3.13t", "3.14t", "3.15", "3.15t"]);
    let request = |named: &[&str]| request(&[Platform::LinuxAarch64], these(named));
    let plan = |named: &[&str]| Plan::new(&request(named), &project, &machine).unwrap();
    for (named, wheels) in [
        (&["3.15"][..], &["cp39-abi3"][..]),
        (&["3.15t"], &["cp315-abi3.abi3t"]),
        (&["3.14t"], &["cp314-cp314t"]),
        (
            &["3.15t", "3.15", "3.13t"],
            &["cp313-cp313t", "cp39-abi3", "cp315-abi3.abi3t"],
        ),
    ] {
        let plan = plan(named);
        let ending = "-manylinux2014_aarch64.manylinux_2_17_aarch64";
        let tags = plan.jobs.iter().map(|job| job.wheel.tag_set());
        let tags: Vec<_> = tags
            .map(|tags| tags.trim_end_matches(ending).to_owned())
            .collect();
        assert_eq!(tags, wheels, "{named:?}");
        assert_eq!(plan.left_out, []);
    }
    let job = &plan(&["3.15t"]).jobs[0];
    assert_eq!(job.id, "linux-aarch64-abi3t");
    assert_eq!(job.limited_api.as_deref(), Some("0x030F0000"));
    assert_eq!(job.target_abi3t(), Some("0x030F0000"));
    assert_eq!(job.extension_suffix.as_deref(), Some(".abi3t.so"));
    assert_eq!(plan(&["3.15"]).jobs[0].target_abi3t(), None);
    // What --provision would install.
    let missing = |named: &[&str]| {
        let missing = missing_versions(&request(named), &project, &Machine::default());
        missing.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(missing(&["3.15t", "3.12", "3.13"]), ["3.12", "3.15t"]);
    assert_eq!(missing(&["3.14t"]), ["3.14t"]);
}

#[test]
fn abi3t_is_detected_in_the_sources_of_an_abi3_project() {
    for (config, source, expected) in [
        (
            "abi = \"abi3\"",
            "PyMODEXPORT_FUNC PyModExport_x(void)",
            Abi::Abi3AndAbi3t,
        ),
        (
            "abi = \"abi3\"",
            "#ifdef Py_TARGET_ABI3T",
            Abi::Abi3AndAbi3t,
        ),
        ("abi = \"abi3\"", "PyMODINIT_FUNC PyInit_x(void)", Abi::Abi3),
        (
            "abi = \"full\"",
            "PyMODEXPORT_FUNC PyModExport_x(void)",
            Abi::Full,
        ),
        ("", "PyMODEXPORT_FUNC PyModExport_x(void)", Abi::Full),
        (
            "[tool.pyz3]\nself_managed = true\n[[tool.pyz3.ext_module]]\nname = \"x\"",
            "@hasDecl(py, \"Py_TARGET_ABI3T\")",
            Abi::Abi3AndAbi3t,
        ),
    ] {
        let (folder, _) = project(">=3.9", config);
        fs_err::write(folder.path().join("x.c"), source).unwrap();
        let project = Project::load(folder.path()).unwrap();
        let (abi, reason) = decide_abi(&project);
        assert_eq!(abi, expected, "{config} {source}: {reason}");
        assert_eq!(
            reason.contains("Py_TARGET_ABI3T"),
            abi == Abi::Abi3AndAbi3t,
            "{reason}"
        );
    }
}
