use super::*;
use crate::options::Place;
use crate::toolchain::testing;

const BY_OPTION: Origin = Origin::Option("zig-version");
const BY_REQUIREMENT: Origin = Origin::Project("build-system.requires");
const BY_MANIFEST: Origin = Origin::Project("build.zig.zon");

fn exactly(version: &str, origin: Origin) -> WantedZig {
    WantedZig {
        versions: ZigConstraint::Specified(version.to_owned()),
        origin,
    }
}

fn at_least(version: &str, origin: Origin) -> WantedZig {
    WantedZig {
        versions: ZigConstraint::Minimum(version.to_owned()),
        origin,
    }
}

#[test]
fn what_is_installed_follows_the_wish() {
    let requirement = |version, minimum| {
        let wanted = if minimum {
            at_least(version, BY_MANIFEST)
        } else {
            exactly(version, BY_MANIFEST)
        };
        to_install(Some(&wanted)).unwrap().0
    };
    assert_eq!(to_install(None).unwrap().0, "==0.15.2");
    assert_eq!(requirement("0.16.0", false), "==0.16.0");
    assert_eq!(requirement("0.13.0.post1", false), "==0.13.0.post1");
    assert_eq!(requirement("0.15.*", false), "==0.15.2");
    assert_eq!(requirement("0.99.*", false), "==0.99.*");
    assert_eq!(requirement("0.15.1", true), "==0.15.1");
    assert_eq!(requirement("0.16.0-dev.164+bc7955306", true), "==0.16.0");
    assert_eq!(requirement("0.99.0-dev.164+bc7955306", true), "~=0.99.0");
    assert_eq!(key("==0.15.*"), "0.15");
    assert_eq!(key("~=0.16.0"), "0.16.0");
    assert!(TESTED.contains(&DEFAULT_ZIG));
    for version in TESTED {
        assert!(version.parse::<ZigVersion>().unwrap() >= OLDEST);
    }
}

#[test]
fn a_version_that_is_none_is_an_error_that_says_who_wants_it() {
    let (_dir, cache) = testing::cache();
    let request = ZigRequest {
        version: Some(exactly(
            "latest",
            Origin::File(Place {
                file: "pyproject.toml",
                line: 3,
                column: 1,
            }),
        )),
        ..ZigRequest::default()
    };
    let error = find(&request, None, &cache, Fetch::Never).unwrap_err();
    assert_eq!(
        error.to_string(),
        "pyproject.toml:3:1: `latest` is not a version of Zig\n  \
         hint: versions of Zig look like 0.15.2 or 0.16.0-dev.2135+7c0b42ba0"
    );
}

#[cfg(unix)]
mod unix {
    use super::*;
    use fs_err as fs;

    /// A program that says it is this version of Zig.
    fn zig(exe: &Path, version: &str) -> PathBuf {
        testing::program(exe, &format!("#!/bin/sh\necho {version}\n"))
    }

    #[test]
    fn the_named_executable_wins_unless_the_command_line_disagrees() {
        let (dir, cache) = testing::cache();
        let exe = zig(&dir.path().join("zig"), "0.14.1");
        let mut request = ZigRequest {
            exe: Some(exe.clone()),
            version: Some(exactly("0.15.2", BY_REQUIREMENT)),
            ..ZigRequest::default()
        };
        let found = find_or_install(&request, None, &cache, &|_| {}).unwrap();
        assert_eq!((found.exe, found.origin), (exe, ZigOrigin::Explicit));
        assert_eq!(found.version.to_string(), "0.14.1");
        request.version = Some(exactly("0.15.2", BY_OPTION));
        let error = find_or_install(&request, None, &cache, &|_| {}).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("is 0.14.1, but --zig-version asks for 0.15.2"),
            "{text}"
        );
        assert_eq!(error.kind().exit_code(), 2);
    }

    #[test]
    fn a_named_executable_that_is_none_is_an_error_and_not_passed_over() {
        let (dir, cache) = testing::cache();
        let not_zig = zig(&dir.path().join("gcc"), "gcc 12");
        for (exe, why) in [
            (dir.path().join("nowhere"), "cannot be run"),
            (dir.path().to_path_buf(), "name the executable in it"),
            (not_zig, "`gcc 12` is not a version of Zig"),
        ] {
            let request = ZigRequest {
                exe: Some(exe.clone()),
                ..ZigRequest::default()
            };
            let text = find_or_install(&request, None, &cache, &|_| {})
                .unwrap_err()
                .to_string();
            assert!(text.contains(why), "{text}");
            assert!(text.contains(exe.to_str().unwrap()), "{text}");
            let request = ZigRequest {
                pyz3_zig_exe: Some(exe),
                ..ZigRequest::default()
            };
            let text = find_or_install(&request, None, &cache, &|_| {})
                .unwrap_err()
                .to_string();
            assert!(text.contains("zig_exe of [tool.pyz3]"), "{text}");
        }
    }

    #[test]
    fn zig_exe_of_pyz3_comes_before_the_cache_and_after_the_command_line() {
        let (dir, cache) = testing::cache();
        let exe = zig(&dir.path().join("zig"), "0.14.1");
        let cached = zig(&cache.path("zig", "0.99.1").join("ziglang/zig"), "0.99.1");
        let request = |version, origin| ZigRequest {
            pyz3_zig_exe: Some(exe.clone()),
            version: Some(exactly(version, origin)),
            ..ZigRequest::default()
        };
        let found = |request| find(&request, None, &cache, Fetch::Never).unwrap().unwrap();
        let by_file = found(request("0.99.1", Origin::File(Place::default())));
        assert_eq!(
            (by_file.exe, by_file.origin),
            (exe.clone(), ZigOrigin::Pyz3)
        );
        let by_flag = found(request("0.99.1", BY_OPTION));
        assert_eq!((by_flag.exe, by_flag.origin), (cached, ZigOrigin::Cache));
    }

    #[test]
    fn a_minimum_takes_the_newest_of_its_series_in_the_cache() {
        let (_dir, cache) = testing::cache();
        for version in ["0.98.9", "0.99.0", "0.99.2", "0.99.10", "1.0.0"] {
            zig(&cache.path("zig", version).join("ziglang/zig"), version);
        }
        let found = |version| {
            let request = ZigRequest {
                version: Some(at_least(version, BY_MANIFEST)),
                ..ZigRequest::default()
            };
            let zig = find(&request, None, &cache, Fetch::Never).unwrap();
            zig.map(|zig| zig.version.to_string())
        };
        assert_eq!(found("0.99.1"), Some("0.99.10".to_owned()));
        assert_eq!(found("0.98.9"), Some("0.98.9".to_owned()));
        assert_eq!(found("0.97.0"), None);
        assert_eq!(found("0.99.11"), None);
    }

    #[test]
    fn the_package_of_a_python_is_found_and_noticed_when_it_comes() {
        let (folder, cache) = testing::cache();
        let Some(python) = testing::pythons(&cache).into_iter().next() else {
            return;
        };
        let place = folder.path().join("venv");
        let exe = testing::venv(&python, &place);
        let dir = || {
            let package = package::installed(&exe, "ziglang", "ziglang", &cache);
            package.map(|package| package.dir)
        };
        assert_eq!(dir(), None);
        assert_eq!(dir(), None);
        let version = python.version;
        let package = place.join(format!("lib/python{version}/site-packages/ziglang"));
        zig(&package.join("zig"), "0.99.1");
        fs::write(package.join("__init__.py"), "").unwrap();
        let real = |path: Option<PathBuf>| fs::canonicalize(path.unwrap()).unwrap();
        let package = real(Some(package));
        assert_eq!(real(dir()), package);
        let request = ZigRequest {
            version: Some(exactly("0.99.1", BY_REQUIREMENT)),
            ..ZigRequest::default()
        };
        let found = find(&request, Some(&exe), &cache, Fetch::Never)
            .unwrap()
            .unwrap();
        assert_eq!(found.origin, ZigOrigin::PythonModule);
        assert_eq!(real(Some(found.exe)), package.join("zig"));
    }

    #[test]
    fn what_can_not_be_installed_is_said_with_the_installers_words_and_the_command() {
        let (dir, cache) = testing::cache();
        // A Python whose pip has no network.
        let script = "#!/bin/sh\n[ \"$3\" = install ] || exit 0\n\
            echo 'Looking in indexes: nowhere' >&2\n\
            for last; do :; done\n\
            echo \"ERROR: No matching distribution found for $last\" >&2\nexit 1\n";
        let python = testing::program(&dir.path().join("python"), script);
        let request = ZigRequest {
            version: Some(at_least("0.99.1", BY_MANIFEST)),
            ..ZigRequest::default()
        };
        let said = std::cell::RefCell::new(Vec::new());
        let on = |line: &str| said.borrow_mut().push(line.to_owned());
        let error = find_or_install(&request, Some(&python), &cache, &on).unwrap_err();
        let text = error.to_string();
        for part in [
            "Zig, which build.zig.zon asks for, is not on this machine",
            "Looking in indexes",
            "No matching distribution",
            "-m pip install ziglang==0.99.1",
            "--zig PATH",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        assert_eq!(
            said.into_inner(),
            [
                "installing ziglang==0.99.1 with pip (once, about 90 MB)",
                "ziglang==0.99.1 is not a release that this pyz3-wheel knows, so it is installed \
                 without comparing its hash",
            ]
        );
        assert_eq!(cache.get("zig", "0.99.1"), None);
    }

    #[test]
    fn what_pip_installs_is_asked_for_its_version_before_it_counts() {
        let (dir, cache) = testing::cache();
        let python = dir.path().join("python");
        let pip = |version: &str| {
            let script = format!(
                "#!/bin/sh\n[ \"$3\" = install ] || exit 0\nwhile [ \"$1\" != --target ]; do shift; done\n\
                 mkdir \"$2/ziglang\"; z=\"$2/ziglang/zig\"\n\
                 printf '#!/bin/sh\\necho {version}\\n' > \"$z\"; chmod +x \"$z\"\n"
            );
            testing::program(&python, &script);
        };
        let request = ZigRequest {
            version: Some(exactly("0.99.1", BY_OPTION)),
            ..ZigRequest::default()
        };
        let find = || find_or_install(&request, Some(&python), &cache, &|_| {});
        pip("0.99.0");
        let text = find().unwrap_err().to_string();
        assert!(text.contains("holds Zig 0.99.0"), "{text}");
        assert_eq!(cache.get("zig", "0.99.1"), None);
        pip("0.99.1");
        let zig = find().unwrap();
        assert_eq!(zig.origin, ZigOrigin::Provisioned);
        assert!(zig.exe.starts_with(cache.root()));
        testing::program(&python, "#!/bin/sh\nexit 1\n");
        let again = find().unwrap();
        assert_eq!((again.exe, again.origin), (zig.exe, ZigOrigin::Cache));
    }
}

#[test]
fn a_zig_of_a_later_series_is_used_with_a_word_of_caution() {
    for (version, cautious) in [
        ("0.14.1", false),
        ("0.17.9", false),
        ("0.18.0-dev.1+abc", true),
        ("1.0.0", true),
    ] {
        let zig = Zig {
            exe: "zig".into(),
            version: version.parse().unwrap(),
            origin: ZigOrigin::Path,
            global_cache: None,
        };
        assert_eq!(zig.caution().is_some(), cautious, "{version}");
    }
}

#[test]
fn an_interrupt_is_not_a_failed_installation() {
    let interrupted = || Error::new(ErrorKind::Interrupted, Problem::new("interrupted"));
    assert_eq!(
        missing(None, "ziglang", interrupted()).kind(),
        ErrorKind::Interrupted
    );
    let failed = missing(None, "ziglang", Error::system(Problem::new("no network")));
    assert!(failed.kind() == ErrorKind::System && failed.to_string().contains("no network"));
}
