use fs_err as fs;

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::*;
use crate::binary::{Binary, Format, Kind};
use crate::plan::Optimize;
use crate::platform::{ExtensionAbi, Os, Platform, ZigTarget};
use crate::tags::{Arch, CPython, PythonTag, PythonVersion, Release, WheelFilename};

fn project(config: &str, package: Option<&str>) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    let text =
        format!("[project]\nname = \"hello\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\n{config}\n");
    fs::write(folder.path().join("pyproject.toml"), text).unwrap();
    if let Some(package) = package {
        fs::create_dir(folder.path().join(package)).unwrap();
        fs::write(folder.path().join(package).join("__init__.py"), "").unwrap();
    }
    let project = Project::load(folder.path()).unwrap();
    (folder, project)
}

fn job(abi: AbiTag, modules: &[&str]) -> Job {
    let target = ZigTarget::with_default_floor(Platform::LinuxX86_64);
    Job {
        id: "linux-x86_64".to_owned(),
        platform: target.platform(),
        zig_target: target,
        abi,
        python: None,
        optimize: Optimize::ReleaseFast,
        limited_api: None,
        extension_suffix: ExtensionAbi::of(abi).map(|abi| target.platform().extension_suffix(abi)),
        modules: modules.iter().map(|name| name.parse().unwrap()).collect(),
        wheel: WheelFilename {
            name: "hello".parse().unwrap(),
            version: "1.0".parse().unwrap(),
            python: PythonTag::Py3,
            abis: BTreeSet::from([abi]),
            platforms: target.tags(None),
        },
        slices: Vec::new(),
    }
}

const ZIG: ZigVersion = ZigVersion::new(0, 15, 2);

const FULL: AbiTag = AbiTag::CPython(CPython::with_gil(PythonVersion::new(3, 12)));

fn artifact(relative: &str, inits: &[&str]) -> Artifact {
    Artifact {
        path: PathBuf::from("/job").join(relative),
        relative: relative.to_owned(),
        binary: binary(inits),
        links: Vec::new(),
    }
}

fn binary(inits: &[&str]) -> Binary {
    let mut binary = Binary::unknown(Format::Elf);
    binary.os = Some(Os::Linux);
    binary.arch = Some(Arch::X86_64);
    binary.machine = "Linux x86_64".to_owned();
    binary.kind = Kind::SharedLibrary;
    binary.floor = Some(Release::new(2, 4));
    binary.inits = inits.iter().map(|&name| name.to_owned()).collect();
    binary.imports = vec!["libc.so.6".to_owned()];
    binary
}

/// The places and the notes.
fn placed(
    job: &Job,
    project: &Project,
    artifacts: &[Artifact],
) -> Result<(Vec<String>, Vec<String>)> {
    let files = project.files()?;
    let importable = Importable::new(project, files);
    let notes = std::cell::RefCell::new(Vec::new());
    let note = |text| notes.borrow_mut().push(text);
    let layout = Layout::new(project, &importable.files().wheel);
    let installed = Installed {
        artifacts: artifacts.to_vec(),
        files: Vec::new(),
    };
    let placed = place(job, project, &importable, &installed, &layout, &ZIG, &note)?;
    let paths = placed.into_iter().map(|placed| placed.path);
    Ok((paths.collect(), notes.take()))
}

fn paths(job: &Job, project: &Project, artifacts: &[Artifact]) -> Result<Vec<String>> {
    Ok(placed(job, project, artifacts)?.0)
}

#[test]
fn a_module_goes_where_it_is_configured_installed_or_named() {
    let (_folder, project) = project("", Some("hello"));
    for (modules, relative, init, path) in [
        (
            &["hello._native"][..],
            "zig-out/lib/libwhatever.so",
            "_native",
            "hello/_native",
        ),
        (
            &[],
            "zig-out/lib/hello/_native.so",
            "_native",
            "hello/_native",
        ),
        (
            &[],
            "zig-out/hello/sub/_native.abi3.so",
            "_native",
            "hello/sub/_native",
        ),
        (
            &[],
            "hello/_native.cpython-39-darwin.so",
            "_native",
            "hello/_native",
        ),
        (&[], "src/hello/_native.so", "_native", "hello/_native"),
        (&[], "zig-out/lib/libfast.so", "fast", "fast"),
    ] {
        let paths = paths(
            &job(FULL, modules),
            &project,
            &[artifact(relative, &[init])],
        )
        .unwrap();
        assert_eq!(
            paths,
            [format!("{path}.cpython-312-x86_64-linux-gnu.so")],
            "{relative}"
        );
    }
}

#[test]
fn a_stub_tells_where_its_module_belongs() {
    let (folder, project) = project("", Some("hello"));
    fs::write(folder.path().join("hello/_native.pyi"), "").unwrap();
    let module = [artifact("zig-out/lib/lib_native.so", &["_native"])];
    assert_eq!(
        paths(&job(AbiTag::Abi3, &[]), &project, &module).unwrap(),
        ["hello/_native.abi3.so"]
    );
    fs::write(folder.path().join("hello/_native.py"), "").unwrap();
    assert_eq!(
        paths(&job(AbiTag::Abi3, &[]), &project, &module).unwrap(),
        ["_native.abi3.so"]
    );
}

#[test]
fn the_folder_tells_modules_of_the_same_name_apart() {
    let (_folder, project) = project("", None);
    let artifacts = [
        artifact("zig-out/lib/a/_native.so", &["_native"]),
        artifact("zig-out/lib/b/_native.so", &["_native"]),
    ];
    let job = job(AbiTag::Abi3, &["a._native", "b._native"]);
    assert_eq!(
        paths(&job, &project, &artifacts).unwrap(),
        ["a/_native.abi3.so", "b/_native.abi3.so"]
    );
}

#[test]
fn a_library_keeps_its_name_and_goes_into_the_package() {
    let (_folder, by_folder) = project("", Some("hello"));
    let library = [artifact("zig-out/lib/libhello.so", &[])];
    assert_eq!(
        paths(&job(AbiTag::None, &[]), &by_folder, &library).unwrap(),
        ["hello/libhello.so"]
    );
    let (_folder, configured) = project("package = \"a.b\"", None);
    assert_eq!(
        paths(&job(AbiTag::None, &[]), &configured, &library).unwrap(),
        ["a/b/libhello.so"]
    );
}

#[test]
fn a_library_has_the_names_that_something_uses() {
    let (folder, project) = project("package = \"hello\"", Some("hello"));
    let library = || {
        let mut library = artifact("zig-out/lib/libcore.so.1.2.3", &[]);
        library.links = vec!["libcore.so".to_owned(), "libcore.so.1".to_owned()];
        library.binary.soname = Some("libcore.so.1".to_owned());
        library
    };
    let ctypes = job(AbiTag::None, &[]);
    let names = |artifacts: &[Artifact]| paths(&ctypes, &project, artifacts).unwrap();
    assert_eq!(names(&[library()]), ["hello/libcore.so"]);
    // Another library was linked against it.
    let mut other = artifact("zig-out/lib/libother.so", &[]);
    other.binary.imports.push("libcore.so.1".to_owned());
    assert_eq!(
        names(&[library(), other]),
        ["hello/libcore.so.1", "hello/libother.so"]
    );
    // Python loads it by the name that has the whole version, and `libcore.so` is only part of others.
    let text = "load('libcore.so.1.2.3', 'xlibcore.so', 'libcore.so.old')";
    fs::write(folder.path().join("hello/__init__.py"), text).unwrap();
    assert_eq!(names(&[library()]), ["hello/libcore.so.1.2.3"]);
    // The name that was linked against is that in the file, whatever the file is called.
    let mut renamed = artifact("zig-out/lib/libz.so", &[]);
    renamed.binary.soname = Some("libz.so.9".to_owned());
    let mut other = artifact("zig-out/lib/libother.so", &[]);
    other.binary.imports.push("libz.so.9".to_owned());
    assert_eq!(
        names(&[renamed, other]),
        ["hello/libother.so", "hello/libz.so.9"]
    );
}

#[test]
fn a_dll_in_another_folder_than_its_module_is_noted() {
    let (folder, project) = project("", Some("hello"));
    let mut windows = job(FULL, &["hello.sub._native"]);
    windows.platform = Platform::WindowsX64;
    windows.zig_target = ZigTarget::with_default_floor(Platform::WindowsX64);
    windows.wheel.platforms = windows.zig_target.tags(None);
    let with = |relative: &str, inits: &[&str], imports: &[&str]| {
        let mut found = artifact(relative, inits);
        found.binary.format = Format::Pe;
        found.binary.os = Some(Os::Windows);
        found.binary.floor = None;
        found.binary.imports = imports.iter().map(ToString::to_string).collect();
        found
    };
    let artifacts = [
        with("zig-out/bin/Core.dll", &[], &["KERNEL32.dll"]),
        with(
            "zig-out/bin/m.dll",
            &["_native"],
            &["core.dll", "python312.dll"],
        ),
    ];
    let notes = || placed(&windows, &project, &artifacts).unwrap().1;
    assert_eq!(notes().len(), 1);
    assert!(
        notes()[0].contains("loads core.dll from hello, but"),
        "{:?}",
        notes()
    );
    let text = "import os; os.add_dll_directory('x')";
    fs::write(folder.path().join("hello/__init__.py"), text).unwrap();
    assert!(notes().is_empty());
}

#[test]
fn the_install_table_comes_before_all_that_tells_a_librarys_place() {
    let table = "[tool.pyz3-wheel.install]\n\"lib/plugins\" = \"hello/plugins\"\n\
                 \"lib/libone.so\" = \"hello/renamed.so\"";
    let (_folder, project) = project(table, Some("hello"));
    let libraries = [
        artifact("zig-out/lib/plugins/liba.so", &[]),
        artifact("zig-out/lib/libone.so", &[]),
    ];
    assert_eq!(
        paths(&job(AbiTag::None, &[]), &project, &libraries).unwrap(),
        ["hello/plugins/liba.so", "hello/renamed.so"]
    );
}

#[test]
fn what_does_not_fit_is_refused_with_the_remedy() {
    let (_folder, project) = project("", None);
    let module = || artifact("zig-out/lib/libx.so", &["x"]);
    let library = || artifact("zig-out/lib/liby.so", &[]);
    for (job, artifacts, says) in [
        (job(FULL, &[]), vec![], "installed no shared library"),
        (
            job(AbiTag::None, &[]),
            vec![library()],
            "no package that it can go into",
        ),
        (job(AbiTag::None, &[]), vec![module()], "abi = \"full\""),
        (job(FULL, &["hello.y"]), vec![module()], "PyInit_y"),
        (job(FULL, &[]), vec![module(), module()], "as does"),
    ] {
        let error = placed(&job, &project, &artifacts).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Audit);
        assert!(error.to_string().contains(says), "{says} in {error}");
    }
}

/// A project with these files; `project("", …)` has a package without any code.
fn with(files: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
    let (folder, _) = project("", None);
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let project = Project::load(folder.path()).unwrap();
    (folder, project)
}

#[test]
fn a_module_goes_to_the_package_that_imports_it() {
    let module = |relative| [artifact(relative, &["_core"])];
    let at_top = "zig-out/lib/lib_core.so";
    for (text, relative, path) in [
        ("from ._core import x", at_top, "hello/_core.abi3.so"),
        (
            "from . import (\n  _core,\n)",
            at_top,
            "hello/_core.abi3.so",
        ),
        (
            "import hello._core",
            "zig-out/modules/_core.so",
            "hello/_core.abi3.so",
        ),
        ("from _core import x", at_top, "_core.abi3.so"),
        (
            "from ._core import x",
            "zig-out/lib/hello/sub/_core.so",
            "hello/sub/_core.abi3.so",
        ),
        (
            "import importlib\nimportlib.import_module(__name__ + '._core')",
            at_top,
            "hello/_core.abi3.so",
        ),
        (
            "try: from ._core import x\nexcept ImportError: from _core import x",
            at_top,
            "_core.abi3.so",
        ),
    ] {
        let (_folder, project) = with(&[("src/hello/__init__.py", text)]);
        let (paths, notes) = placed(&job(AbiTag::Abi3, &[]), &project, &module(relative)).unwrap();
        assert_eq!(paths, [path], "{text}");
        let moved = path == "hello/_core.abi3.so";
        assert_eq!(notes.len(), usize::from(moved), "{notes:?}");
        assert!(
            !moved || notes[0].contains("src/hello/__init__.py:"),
            "{notes:?}"
        );
    }
    let (folder, project) = with(&[("hello/__init__.py", "x = 1")]);
    let notes = |modules: &[&str]| {
        let (paths, notes) =
            placed(&job(AbiTag::Abi3, modules), &project, &module(at_top)).unwrap();
        assert_eq!(paths, ["_core.abi3.so"]);
        notes
    };
    let found = notes(&[]);
    assert!(
        found.len() == 1 && found[0].contains("modules = [\"hello._core\"]"),
        "{found:?}"
    );
    assert!(notes(&["_core"]).is_empty());
    fs::write(folder.path().join("hello/__init__.py"), "import _core").unwrap();
    assert!(notes(&[]).is_empty());
    let (_folder, unclear) = with(&[
        (
            "hello/__init__.py",
            "from .a._core import x\nfrom .b._core import y",
        ),
        ("hello/a/__init__.py", ""),
        ("hello/b/__init__.py", ""),
    ]);
    let error = placed(&job(AbiTag::Abi3, &[]), &unclear, &module(at_top)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("hello.a (hello/__init__.py:1), hello.b"),
        "{error}"
    );
}

#[test]
fn a_library_goes_where_code_or_an_earlier_build_has_it() {
    let library = [artifact("zig-out/lib/libx.so", &[])];
    let found = |files: &[(&str, &str)], artifacts: &[Artifact]| {
        let (_folder, project) = with(files);
        let (paths, notes) = placed(&job(AbiTag::None, &[]), &project, artifacts).unwrap();
        (paths[0].clone(), notes.len())
    };
    let load =
        "import ctypes, pathlib\nctypes.CDLL(pathlib.Path(__file__).parent / '_libs' / 'x.dll')";
    let by_code = [("hello/__init__.py", load), ("hello/old/libx.so", "")];
    assert_eq!(
        found(&by_code, &library),
        ("hello/_libs/libx.so".to_owned(), 1)
    );
    for earlier in [
        "hello/_libs/libx.so",
        "hello/_libs/x.dll",
        "hello/_libs/libx.dylib",
    ] {
        let files = [("hello/__init__.py", "x = 1"), (earlier, "")];
        assert_eq!(
            found(&files, &library),
            ("hello/_libs/libx.so".to_owned(), 1),
            "{earlier}"
        );
    }
    let beside = load.replace("/ '_libs' ", "");
    for plain in [
        &[("hello/__init__.py", beside.as_str())][..],
        &[
            ("hello/__init__.py", ""),
            ("hello/_libs/x.cpython-39-darwin.so", ""),
        ],
        &[
            ("hello/__init__.py", ""),
            ("hello/a/libx.so", ""),
            ("hello/b/libx.so", ""),
        ],
    ] {
        assert_eq!(
            found(plain, &library),
            ("hello/libx.so".to_owned(), 0),
            "{plain:?}"
        );
    }
    let installed = [artifact("zig-out/lib/hello/_libs/libx.so", &[])];
    let package = [("hello/__init__.py", "")];
    assert_eq!(
        found(&package, &installed),
        ("hello/_libs/libx.so".to_owned(), 0)
    );
    let unknown = "import ctypes\nctypes.CDLL(find())";
    for (text, artifact, notes) in [
        (unknown, &library, 1),
        ("import ctypes\nctypes.CDLL(None)", &library, 0),
    ] {
        let files = [("hello/__init__.py", text)];
        assert_eq!(found(&files, artifact), ("hello/libx.so".to_owned(), notes));
    }
    let mut user = artifact("zig-out/lib/libuser.so", &[]);
    user.binary.imports.push("libx.so".to_owned());
    let both = [library[0].clone(), user];
    // Only of the library that nothing else loads.
    let files = [("hello/__init__.py", unknown)];
    assert_eq!(found(&files, &both).1, 1);
    let single = [("hello.py", beside.as_str())];
    assert_eq!(found(&single, &library), ("libx.so".to_owned(), 1));
}
