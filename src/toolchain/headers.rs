//! The headers of a Python, with a `pyconfig.h` that works for every target.
//!
//! Takes an interpreter; gives a folder of the cache with a copy of its headers. Installations with the same
//! headers share one copy. The name of the copy depends on the contents, so that Zig's own cache notices a
//! change. The folder of the interpreter is read again only after it has changed.

use std::path::{Path, PathBuf};

use fs_err as fs;
use walkdir::WalkDir;

use super::cache::{Cache, headers_digest};
use super::interpreter::Interpreter;
use super::probe_cache;
use crate::error::{Error, Problem, Result};
use crate::sys::fingerprint;
use crate::sys::stamp::PathStamp;
use crate::tags::CPython;

const PYCONFIG: &str = include_str!("pyconfig.h");

/// The line of the template that is replaced by the definitions of one build of CPython.
const PLACEHOLDER: &str = "/*@PYTHON_BUILD@*/\n";

const KIND: &str = "headers";

/// The folder with the headers of this Python, from the cache if it is there and undamaged.
pub(super) fn headers(python: &Interpreter, cache: &Cache) -> Result<PathBuf> {
    match known(python, cache) {
        Some(dir) if cache.damage(&dir).is_none() => Ok(dir),
        _ => copy(python, cache),
    }
}

/// The name of the headers in the cache, which depends on their contents. The copy itself is not read.
pub fn headers_name(python: &Interpreter, cache: &Cache) -> Result<String> {
    let dir = known(python, cache).map_or_else(|| copy(python, cache), Ok)?;
    let name = dir.file_name().unwrap_or_default();
    Ok(name.to_string_lossy().into_owned())
}

fn question(python: &Interpreter) -> String {
    format!(
        "headers of {} {} in {} with {}",
        python.patch,
        python.free_threaded,
        python.include.display(),
        fingerprint::short(pyconfig(python.cpython())),
    )
}

/// The copy in the cache, if the headers of this Python have not changed since they were copied.
fn known(python: &Interpreter, cache: &Cache) -> Option<PathBuf> {
    let key = probe_cache::recall::<String>(cache, &question(python))?;
    cache.get(KIND, &key)
}

fn copy(python: &Interpreter, cache: &Cache) -> Result<PathBuf> {
    python
        .check()
        .map_err(|why| Error::config(Problem::new(why).at(python.exe.display())))?;
    // A new or removed header changes the folder, and another release changes the version header.
    let stamps = ["", "patchlevel.h"].map(|name| PathStamp::of(&python.include.join(name)));
    let files = read(&python.include, &pyconfig(python.cpython()))?;
    let flags = python.cpython().abi_flags();
    let key = format!("{}{flags}-{}", python.patch, headers_digest(&files));
    let dir = cache.get_whole_or_make(KIND, &key, |dir| {
        for (name, contents) in &files {
            let path = dir.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, contents)?;
        }
        Ok(())
    })?;
    probe_cache::remember(cache, &question(python), stamps.into(), &key);
    Ok(dir)
}

/// Our `pyconfig.h` for this build of CPython.
fn pyconfig(python: CPython) -> String {
    let build = if python.free_threaded {
        "#define Py_GIL_DISABLED 1\n"
    } else {
        ""
    };
    PYCONFIG.replace(PLACEHOLDER, build)
}

/// Every header with its contents, sorted by name, with our `pyconfig.h` instead of the interpreter's.
fn read(include: &Path, pyconfig: &str) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = vec![(PathBuf::from("pyconfig.h"), pyconfig.as_bytes().to_vec())];
    // In some distributions the headers are links; walkdir reports a loop of links as an error.
    for entry in WalkDir::new(include).follow_links(true) {
        let entry = entry.map_err(|error| {
            Error::system(Problem::new(format!(
                "the headers of Python cannot be read: {error}"
            )))
        })?;
        let is_header = entry.file_type().is_file()
            && entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "h");
        let Ok(name) = entry.path().strip_prefix(include) else {
            continue;
        };
        // Distributions for several architectures have more than one `pyconfig.h`, such as pyconfig-64.h.
        let top = entry.depth() == 1;
        let is_config = top && entry.file_name().to_string_lossy().starts_with("pyconfig");
        if is_header && !is_config {
            files.push((name.to_path_buf(), fs::read(entry.path())?));
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::PythonVersion;
    use crate::toolchain::testing;

    #[test]
    fn the_template_has_its_placeholder() {
        assert_eq!(PYCONFIG.matches(PLACEHOLDER).count(), 1);
        let version = PythonVersion::new(3, 13);
        let [gil, free] = [CPython::with_gil(version), CPython::free_threaded(version)];
        assert!(!pyconfig(gil).contains("#define Py_GIL_DISABLED"));
        assert!(pyconfig(free).contains("#define Py_GIL_DISABLED 1\n"));
    }

    #[test]
    fn headers_are_copied_once_and_again_when_they_change() {
        let (dir, cache) = testing::cache();
        let include = dir.path().join("include");
        fs::create_dir_all(include.join("cpython")).unwrap();
        for name in [
            "Python.h",
            "patchlevel.h",
            "cpython/object.h",
            "pyconfig.h",
            "pyconfig-64.h",
            "notes.txt",
        ] {
            fs::write(include.join(name), name).unwrap();
        }
        let python = testing::interpreter(&include);
        let first = headers(&python, &cache).unwrap();
        let copied = |name| fs::read_to_string(first.join(name)).unwrap();
        assert_eq!(copied("cpython/object.h"), "cpython/object.h");
        assert_eq!(copied("pyconfig.h"), pyconfig(python.cpython()));
        assert!(!first.join("notes.txt").exists());
        assert!(!first.join("pyconfig-64.h").exists());

        // The same installation, and another with the same headers.
        assert_eq!(headers(&python, &cache).unwrap(), first);
        let twin = dir.path().join("twin");
        fs::create_dir_all(twin.join("cpython")).unwrap();
        for name in ["Python.h", "patchlevel.h", "cpython/object.h"] {
            fs::write(twin.join(name), name).unwrap();
        }
        let of_twin = headers(&testing::interpreter(&twin), &cache).unwrap();
        assert_eq!(of_twin, first);

        fs::write(include.join("patchlevel.h"), "another release").unwrap();
        assert_ne!(headers(&python, &cache).unwrap(), first);
        let mut free_threaded = python.clone();
        free_threaded.free_threaded = true;
        let of_t = headers(&free_threaded, &cache).unwrap();
        let config = fs::read_to_string(of_t.join("pyconfig.h")).unwrap();
        assert_eq!(config, pyconfig(free_threaded.cpython()));
    }

    #[test]
    fn a_damaged_copy_is_made_again_when_a_build_uses_it() {
        let (dir, cache) = testing::cache();
        let include = dir.path().join("include");
        fs::create_dir_all(&include).unwrap();
        for name in ["Python.h", "patchlevel.h"] {
            fs::write(include.join(name), name).unwrap();
        }
        let python = testing::interpreter(&include);
        let copied = headers(&python, &cache).unwrap().join("Python.h");
        for damage in ["", "Python", "Python.i"] {
            fs::write(&copied, damage).unwrap();
            let cache = Cache::open(Some(cache.root())).unwrap();
            // What only asks for the name does not read the copy.
            headers_name(&python, &cache).unwrap();
            assert_eq!(fs::read_to_string(&copied).unwrap(), damage);
            headers(&python, &cache).unwrap();
            assert_eq!(fs::read_to_string(&copied).unwrap(), "Python.h");
        }
        // A copy of a version before the manifest is known by its name.
        let entry = copied.parent().unwrap();
        fs::remove_file(entry.join(".manifest.json")).unwrap();
        fs::write(&copied, "Python.i").unwrap();
        let cache = Cache::open(Some(cache.root())).unwrap();
        headers(&python, &cache).unwrap();
        assert_eq!(fs::read_to_string(&copied).unwrap(), "Python.h");
    }

    #[test]
    fn a_python_without_headers_is_an_error_with_the_remedy() {
        let (dir, cache) = testing::cache();
        let error = headers(&testing::interpreter(dir.path()), &cache)
            .err()
            .unwrap();
        assert!(error.to_string().contains("no Python.h"), "{error}");
        assert!(error.to_string().contains("python3.12-dev"), "{error}");
    }
}
