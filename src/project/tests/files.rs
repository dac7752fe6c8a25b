//! Which files go into the wheel.

use super::Folder;

const PY: &str = "";

fn paths(folder: &Folder) -> Vec<String> {
    let files = folder.load().unwrap().files().unwrap().wheel;
    for file in &files {
        assert!(file.source.is_file(), "{file:?}");
    }
    files.into_iter().map(|file| file.path).collect()
}

fn named(name: &str) -> Folder {
    Folder::new(&format!("[project]\nname = \"{name}\"\nversion = \"1\"\n"))
}

fn package(folder: &Folder) -> Option<String> {
    folder.load().unwrap().python_package()
}

/// The problems of `files`, which must all say what to do.
fn refused(folder: &Folder) -> Vec<String> {
    let error = folder.load().unwrap().files().unwrap_err();
    assert!(
        error
            .problems()
            .iter()
            .all(|problem| problem.hint.is_some())
    );
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn the_package_is_found_by_the_projects_name() {
    let src = named("my-project")
        .with("src/my_project/__init__.py", PY)
        .with("my_project/__init__.py", PY);
    assert_eq!(paths(&src), ["my_project/__init__.py"]);
    assert!(
        src.load().unwrap().files().unwrap().wheel[0]
            .source
            .starts_with(fs_err::canonicalize(src.path().join("src")).unwrap())
    );
    assert_eq!(package(&src).as_deref(), Some("my_project"));

    let flat = named("My.Project").with("my_project/__init__.py", PY);
    assert_eq!(paths(&flat), ["my_project/__init__.py"]);

    let cased = named("My-Project").with("My_Project/__init__.py", PY);
    assert_eq!(paths(&cased), ["My_Project/__init__.py"]);

    let other_case = named("hello")
        .with("Hello/__init__.py", PY)
        .with("hello.py", PY);
    assert_eq!(paths(&other_case), ["hello.py"]);
}

#[test]
fn a_folder_of_zig_alone_is_no_package() {
    let folder = named("zttp")
        .with("src/zttp/main.zig", "")
        .with("zttp/__init__.py", PY);
    assert_eq!(paths(&folder), ["zttp/__init__.py"]);
}

#[test]
fn a_single_module_or_nothing_will_do() {
    let module = named("my-mod").with("my_mod.py", PY);
    assert_eq!(paths(&module), ["my_mod.py"]);
    assert_eq!(package(&module), None);
    let below = named("my-mod").with("src/my_mod.py", PY);
    assert_eq!(paths(&below), ["my_mod.py"]);
    let nothing = named("my-mod")
        .with("src/native.zig", "")
        .with("other.py", PY);
    assert_eq!(paths(&nothing), [""; 0]);
    assert_eq!(package(&nothing), None);
}

#[test]
fn configured_packages_come_before_all_rules() {
    let configured = |list: &str| {
        Folder::minimal(&format!("[tool.pyz3-wheel]\npackages = {list}\n"))
            .with("x/__init__.py", PY)
            .with("python/a/__init__.py", PY)
            .with("b/c/data.bin", "")
    };
    let two = configured("[\"python/a\", \"b\"]");
    assert_eq!(paths(&two), ["a/__init__.py", "b/c/data.bin"]);
    assert_eq!(package(&two), None);
    assert_eq!(package(&configured("[\"python/a\"]")).as_deref(), Some("a"));
    assert_eq!(paths(&configured("[]")), [""; 0]);
    let missing = refused(&configured("[\"nowhere\", \"x/__init__.py\"]"));
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(
        missing[0].starts_with("pyproject.toml:5:1: "),
        "{missing:?}"
    );
    assert!(
        missing[0].contains("`nowhere` is not an existing folder"),
        "{missing:?}"
    );
    let same = configured("[\"python/a\", \"c/a\"]").with("c/a/__init__.py", PY);
    assert!(refused(&same)[0].contains("two files for `a/__init__.py`"));
}

#[test]
fn data_goes_in_and_leftovers_stay_out() {
    let mut pe = vec![0; 0x80];
    pe[..2].copy_from_slice(b"MZ");
    pe[0x3c] = 0x40;
    pe[0x40..0x44].copy_from_slice(b"PE\0\0");
    let folder = Folder::minimal("")
        .with("x/__init__.py", PY)
        .with("x/_native.pyi", "")
        .with("x/b/native.zig", "")
        .with("x/b/py.typed", "")
        .with("x/a file.txt", "")
        .with("x/Main.class", b"\xca\xfe\xba\xbe\0\0\0\x41")
        .with("x/mz.txt", "MZ is how it begins")
        .with("x/\u{e9}.txt", "")
        .with("x/__pycache__/__init__.cpython-312.pyc", "")
        .with("x/old.pyc", "")
        .with("x/old.pyo", "")
        .with("x/.hidden", "")
        .with("x/.git/config", "")
        .with("x/_native.cpython-312-x86_64-linux-gnu.so", "")
        .with("x/_native.PYD", "")
        .with("x/x.dll", "")
        .with("x/x.pdb", "")
        .with("x/x.lib", "")
        .with("x/libx.dylib", "")
        .with("x/elf", b"\x7fELF...")
        .with("x/macho", b"\xcf\xfa\xed\xfe...")
        .with("x/fat", b"\xca\xfe\xba\xbe\0\0\0\x02")
        .with("x/ar", b"!<arch>\n")
        .with("x/pe", pe);
    assert_eq!(
        paths(&folder),
        [
            "x/Main.class",
            "x/__init__.py",
            "x/_native.pyi",
            "x/a file.txt",
            "x/b/native.zig",
            "x/b/py.typed",
            "x/mz.txt",
            "x/\u{e9}.txt",
        ]
    );
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_inside_the_project_are_what_they_lead_to() {
        let folder = Folder::minimal("")
            .with("x/__init__.py", PY)
            .with("shared/data.txt", "data")
            .with("shared/more/a.txt", "");
        symlink("../shared/data.txt", folder.path().join("x/data.txt")).unwrap();
        symlink("../shared/more", folder.path().join("x/more")).unwrap();
        assert_eq!(
            paths(&folder),
            ["x/__init__.py", "x/data.txt", "x/more/a.txt"]
        );
    }

    #[test]
    fn what_no_wheel_can_hold_is_refused_all_at_once() {
        let folder = Folder::minimal("")
            .with("x/__init__.py", PY)
            .with("x/new\nline.txt", "")
            .with("x/back\\slash.txt", "");
        let x = folder.path().join("x");
        symlink("..", x.join("loop")).unwrap();
        symlink("self", x.join("self")).unwrap();
        symlink("/etc/hostname", x.join("outside.txt")).unwrap();
        symlink("/etc", x.join("outside")).unwrap();
        symlink("nowhere", x.join("broken")).unwrap();
        symlink("nowhere", x.join(".hidden-broken")).unwrap();
        // macOS refuses such names itself.
        let latin1 = fs_err::write(x.join(OsStr::from_bytes(b"latin\xe9.txt")), "").is_ok();
        let problems = refused(&folder);
        for (name, words) in [
            ("x/back", "with a backslash"),
            ("x/broken", "a link that leads to nothing"),
            // Of the sdist only, and told since the rest has to be corrected anyway.
            ("x/.hidden-broken", "a link that leads to nothing"),
            ("latin", "not valid Unicode"),
            ("x/loop", "an endless loop"),
            ("x/new\\nline.txt", "with a control character"),
            ("x/outside", "leads out of the project"),
            ("x/outside.txt", "leads out of the project"),
            ("x/self", "cannot be read"),
        ] {
            let told = |p: &&String| p.contains(name) && p.contains(words);
            let expected = name != "latin" || latin1;
            assert_eq!(
                problems.iter().any(|p| told(&p)),
                expected,
                "{name}: {problems:#?}"
            );
        }
        assert_eq!(problems.len(), 8 + usize::from(latin1), "{problems:#?}");
    }

    #[test]
    fn a_package_that_is_a_link_out_of_the_project_is_refused() {
        let other = Folder::minimal("").with("x/__init__.py", PY);
        let folder = Folder::minimal("");
        symlink(other.path().join("x"), folder.path().join("x")).unwrap();
        assert!(refused(&folder)[0].contains("leads out of the project"));
    }

    fn sdist_of(folder: &Folder) -> crate::Result<usize> {
        let files = folder.load().unwrap().files().unwrap();
        files.sdist().map(<[_]>::len)
    }

    #[test]
    fn only_the_sdist_is_refused_for_what_only_it_would_have() {
        let folder = Folder::minimal("")
            .with("x/__init__.py", PY)
            .with(".gitignore", "ignored/\n")
            .with("ignored/a", "");
        let _pipe = UnixListener::bind(folder.path().join("ignored/s")).unwrap();
        symlink("nowhere", folder.path().join("ignored/broken")).unwrap();
        assert!(sdist_of(&folder).is_ok());
        symlink("/etc", folder.path().join("outside")).unwrap();
        symlink("nowhere", folder.path().join("broken")).unwrap();
        symlink(".", folder.path().join("loop")).unwrap();
        let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
        assert_eq!(paths(&folder), ["x/__init__.py"]);
        let error = sdist_of(&folder).unwrap_err();
        assert_eq!(error.problems().len(), 3, "{error}");
        let excluded = folder.with(
            "pyproject.toml",
            format!(
                "{}[tool.pyz3-wheel]\nexclude = [\"/outside\", \"/broken\", \"/loop\"]\n",
                super::super::MINIMAL
            ),
        );
        assert!(sdist_of(&excluded).is_ok());
    }
}

#[test]
fn caches_of_any_name_are_left_out() {
    let project = named("x")
        .with("x/__init__.py", PY)
        .with("x/h/__init__.py", PY)
        .with("x/o/__init__.py", PY)
        // A package with the directory names of a Zig cache, but without its timestamp file.
        .with("x/tmp/__init__.py", PY)
        .with("x/speed/h/timestamp", "")
        .with("x/speed/o/1/libc.so.6", "")
        .with("deps/h/timestamp", "")
        .with("deps/o/1/libc.so.6", "")
        .with("pip-cache/CACHEDIR.TAG", "")
        .with("pip-cache/wheels/x.so", "");
    let files = project.load().unwrap().files().unwrap();
    let wheel: Vec<_> = files.wheel.iter().map(|file| &*file.path).collect();
    assert_eq!(
        wheel,
        [
            "x/__init__.py",
            "x/h/__init__.py",
            "x/o/__init__.py",
            "x/tmp/__init__.py"
        ]
    );
    let is_cached = |path: &str| {
        ["speed", "deps", "pip-cache"]
            .iter()
            .any(|name| path.contains(name))
    };
    let sdist = files.sdist().unwrap();
    assert!(sdist.iter().all(|file| !is_cached(&file.path)));
    let loaded = project.load().unwrap();
    let mut inputs = loaded.build_inputs(&loaded.output_dir());
    assert!(inputs.all(|path| !is_cached(&path.to_string_lossy())));
}
