use super::*;

#[test]
fn the_list_of_the_py_launcher_is_read() {
    let text = " -V:3.12 *        C:\\Program Files\\Python312\\python.exe\r\n \
        -V:3.9-32         C:\\Python39-32\\python.exe\r\n\
        No others.\r\n";
    assert_eq!(
        parse_launcher_list(text),
        [
            PathBuf::from("C:\\Program Files\\Python312\\python.exe"),
            PathBuf::from("C:\\Python39-32\\python.exe"),
        ]
    );
    assert!(parse_launcher_list("").is_empty());
}

#[test]
fn newer_versions_come_first_as_numbers() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["3.9.18", "3.12.1", "3.12.10", "3.13.0t", "pypy3.10-7.3"] {
        fs_err::create_dir(dir.path().join(name)).unwrap();
    }
    let names: Vec<_> = folders(dir.path())
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        ["3.13.0t", "3.12.10", "3.12.1", "pypy3.10-7.3", "3.9.18"]
    );
    let latest = |prefix| {
        let path = latest_with_prefix(dir.path(), prefix)?;
        Some(path.file_name()?.to_str()?.to_owned())
    };
    assert_eq!(latest("3.12"), Some("3.12.10".to_owned()));
    assert_eq!(latest("3.1"), None);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use fs_err as fs;
    use std::os::unix::fs::PermissionsExt;

    fn executable(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    #[test]
    fn names_of_one_file_are_one_place_but_an_environment_is_another() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("bin/python3.12");
        executable(&real, "");
        let link = dir.path().join("bin/python3");
        fs::os::unix::fs::symlink(&real, &link).unwrap();
        let environment = dir.path().join("venv");
        fs::create_dir_all(environment.join("bin")).unwrap();
        fs::write(environment.join("pyvenv.cfg"), "home = x").unwrap();
        for name in ["python", "python3"] {
            fs::os::unix::fs::symlink(&real, environment.join("bin").join(name)).unwrap();
        }
        let mut places = Places::default();
        for exe in [
            link.clone(),
            real,
            environment.join("bin/python"),
            environment.join("bin/python3"),
        ] {
            places.add(exe, "PATH");
        }
        let found: Vec<_> = places.list.iter().map(|place| place.exe.clone()).collect();
        assert_eq!(found, [link, environment.join("bin/python")]);
    }

    #[test]
    fn what_pyenv_has_selected_is_found_without_running_it() {
        let root = tempfile::tempdir().unwrap();
        let versions = root.path().join("versions");
        for version in ["3.12.1", "3.12.10", "3.9.18"] {
            executable(&versions.join(version).join("bin/python3"), "");
        }
        let provided = |name| provided_by(root.path(), name, OsStr::new("python3"));
        let exe = |version: &str| Some(versions.join(version).join("bin/python3"));
        assert_eq!(provided("3.12.1"), exe("3.12.1"));
        assert_eq!(provided("python-3.9.18"), exe("3.9.18"));
        assert_eq!(provided("3.12"), exe("3.12.10"));
        assert_eq!(provided("3.8.0"), None);
        executable(&root.path().join("project/bin/python3"), "");
        let project = root.path().join("project");
        for outside in ["../project", project.to_str().unwrap(), "..", "."] {
            assert_eq!(provided(outside), None, "{outside}");
        }
        assert_eq!(
            provided_by(root.path(), "3.12.1", OsStr::new("python3.9")),
            None
        );
    }

    #[test]
    fn of_uvs_folder_only_finished_installations_count() {
        let dir = tempfile::tempdir().unwrap();
        for name in [".temp", "cpython-3.9.2-x", "cpython-3.13.1-x"] {
            executable(&dir.path().join(name).join("bin/python3"), "");
        }
        fs::create_dir(dir.path().join("cpython-3.14.0-x")).unwrap();
        let link = dir.path().join("cpython-3.13-x");
        fs::os::unix::fs::symlink("cpython-3.13.1-x", link).unwrap();
        assert_eq!(
            managed(dir.path()),
            ["cpython-3.13.1-x", "cpython-3.9.2-x"]
                .map(|name| dir.path().join(name).join("bin/python3"))
        );
        assert!(managed(&dir.path().join("nowhere")).is_empty());
    }

    #[test]
    fn a_script_is_told_from_a_program() {
        use crate::sys::files::is_script;
        let dir = tempfile::tempdir().unwrap();
        let exe = dir.path().join("python3");
        executable(&exe, "#!/bin/sh\n");
        assert!(is_script(&exe) && is_executable(&exe));
        executable(&exe, "\u{7f}ELF");
        assert!(!is_script(&exe));
        fs::set_permissions(&exe, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(!is_executable(&exe));
        assert!(!is_script(&dir.path().join("nowhere")));
    }
}
