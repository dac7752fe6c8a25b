use fs_err as fs;
use serde_json::{Value, json};

use super::*;
use crate::toolchain::interpreter::{Interpreter, query};
use crate::toolchain::testing;

/// A free-threaded Python 3.14.0rc2 that is installed in a folder, with headers.
fn installed(prefix: &Path) -> PathBuf {
    let library = prefix.join("lib/python3.14t");
    let include = prefix.join("include/python3.14t");
    for folder in [&library, &include] {
        fs::create_dir_all(folder).unwrap();
    }
    fs::write(include.join("Python.h"), "").unwrap();
    library.join(NAME)
}

fn details(base_prefix: &str, headers: &str) -> Value {
    json!({
        "schema_version": "1.0",
        "base_prefix": base_prefix,
        "platform": "linux-x86_64",
        "language": {"version": "3.14"},
        "implementation": {
            "name": "cpython",
            "version": {"major": 3, "minor": 14, "micro": 0, "releaselevel": "candidate", "serial": 2},
            "hexversion": 0x030E_00C2,
            "cache_tag": "cpython-314",
        },
        "abi": {"flags": ["t"], "extension_suffix": ".cpython-314t-x86_64-linux-gnu.so"},
        "c_api": {"headers": headers},
    })
}

fn write(file: &Path, details: &Value) {
    fs::write(file, details.to_string()).unwrap();
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let prefix = fs::canonicalize(dir.path()).unwrap().join("python");
    (dir, prefix)
}

fn queried(file: &Path) -> Result<Interpreter> {
    let (_dir, cache) = testing::cache();
    query(file, &cache)
}

#[test]
fn a_file_describes_a_python_that_cannot_be_run() {
    let (_dir, prefix) = folder();
    let file = installed(&prefix);
    let include = prefix.join("include/python3.14t");
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    for (base, headers) in [
        (text(&prefix), text(&include)),
        // Relative to the file, and to base_prefix.
        ("../..".to_owned(), "include/python3.14t".to_owned()),
        // Unpacked elsewhere: a distribution's package, or an installation that was moved.
        ("/usr".to_owned(), "/usr/include/python3.14t".to_owned()),
        ("/install".to_owned(), "include/python3.14t".to_owned()),
    ] {
        write(&file, &details(&base, &headers));
        let python = queried(&file).unwrap();
        assert_eq!(python.patch, "3.14.0rc2");
        assert_eq!(python.implementation, "cpython");
        assert!(python.free_threaded && !python.debug);
        let include = fs::canonicalize(&include).unwrap();
        assert_eq!(fs::canonicalize(&python.include).unwrap(), include);
        assert_eq!((&python.exe, python.base_exe), (&file, None));
        assert_eq!(python.origin, NAME);
    }
    // In another folder, the paths in the file are used as they are.
    let elsewhere = prefix.with_file_name("details.json");
    write(&elsewhere, &details("python", "include/python3.14t"));
    assert_eq!(queried(&elsewhere).unwrap().include, include);
}

#[test]
fn a_file_that_says_too_little_is_an_error_with_the_reason() {
    let (_dir, prefix) = folder();
    let file = installed(&prefix);
    let refused = |details: Value| {
        write(&file, &details);
        let error = queried(&file).unwrap_err();
        let problem = &error.problems()[0];
        let at = problem.place.as_deref().unwrap_or_default();
        assert!(at.contains(file.to_str().unwrap()), "{problem:?}");
        assert!(problem.hint.as_ref().unwrap().contains(NAME), "{problem:?}");
        problem.message.clone()
    };
    let good = details("../..", "include/python3.14t");
    let changed = |key: &str, value: Value| {
        let mut details = good.clone();
        details[key] = value;
        details
    };
    let without = |key: &str| {
        let mut details = good.clone();
        details.as_object_mut().unwrap().remove(key);
        details
    };
    for (details, expected) in [
        (json!([]), "is not a build-details.json (PEP 739): "),
        (without("schema_version"), "missing field `schema_version`"),
        (without("implementation"), "missing field `implementation`"),
        (without("abi"), "missing field `abi`"),
        (without("c_api"), "c_api.headers is missing"),
        (
            changed("schema_version", json!("2.0")),
            "schema_version `2.0` is not supported; 1.0 is",
        ),
        (
            changed("c_api", json!({"headers": "include"})),
            "the headers that it names are missing: Python.h is not in ",
        ),
    ] {
        let message = refused(details);
        assert!(message.contains(expected), "{message}");
    }
    // A later schema of the same series only adds to this one.
    let mut later = changed("schema_version", json!("1.1"));
    later["new"] = json!(1);
    write(&file, &later);
    queried(&file).unwrap();

    fs::remove_file(&file).unwrap();
    let text = queried(&file).unwrap_err().to_string();
    assert!(text.contains("the file cannot be read"), "{text}");
}

#[cfg(unix)]
#[test]
fn an_interpreter_with_build_details_is_not_run() {
    let (_dir, prefix) = folder();
    let file = installed(&prefix);
    fs::create_dir_all(prefix.join("bin")).unwrap();
    let exe = prefix.join("bin/python3.14t");
    // It can't be run, so the answer must come from the file.
    fs::write(&exe, "").unwrap();
    let headers = prefix.join("include/python3.14t");
    let details = |base: &Path| details(base.to_str().unwrap(), headers.to_str().unwrap());
    write(&file, &details(&prefix));
    let python = queried(&exe).unwrap();
    assert_eq!(python.patch, "3.14.0rc2");
    assert!(python.free_threaded && !python.debug);
    assert_eq!(python.include, headers);
    assert_eq!(python.base_exe.as_ref(), Some(&exe));
    python.check().unwrap();
    // A file that describes another place is not used.
    write(&file, &details(Path::new("/install")));
    assert!(queried(&exe).is_err());
}
