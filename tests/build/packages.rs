//! Packages and modules: each wheel has what it is imported by, or it is not written.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use support::need;
use support::{BUILD, Ran, command, project, pythons, run};

const HEAD: &str = "[project]\nname = \"tiny\"\nversion = \"1.0\"\n";
/// An extension module that needs nothing of Python.
const MODULE: &str = "export fn PyInit__core() ?*anyopaque {\n    return null;\n}\n";
const LIBRARY: &str = "export fn answer() c_int {\n    return 42;\n}\n";

fn built(folder: &Path, args: &[&str]) -> Ran {
    let mut command = command();
    command.arg("--project").arg(folder).args(args);
    run(&mut command)
}

/// A project that a build script makes, with a `[project]` of its own.
fn tiny(source: &str, pyproject: &str, files: &[(&str, &str)]) -> TempDir {
    let pyproject = format!("{HEAD}{pyproject}");
    let script = [
        ("build.zig", BUILD),
        ("tiny.zig", source),
        ("pyproject.toml", pyproject.as_str()),
    ];
    project(&[&script, files].concat())
}

/// The files in the only wheel, but for its own.
fn contents(folder: &Path) -> Vec<String> {
    let mut wheels = fs::read_dir(folder.join("dist")).unwrap();
    let wheel = wheels.next().unwrap().unwrap().path();
    let archive = zip::ZipArchive::new(fs::File::open(wheel).unwrap()).unwrap();
    let names = archive.file_names().map(|name| name.unwrap().into_owned());
    let mut names: Vec<_> = names.filter(|name| !name.contains(".dist-info/")).collect();
    names.sort();
    names
}

#[test]
fn a_module_goes_where_the_package_imports_it_from() {
    let python = need!(pythons().keys().next(), "no Python");
    let args = ["--python", python];
    let script = "[project.scripts]\ntiny = \"tiny.cli:main\"\n";
    let folder = tiny(
        MODULE,
        script,
        &[
            ("tiny/__init__.py", "from .load import _core\n"),
            (
                "tiny/load.py",
                "from . import (  # the native part\n    _core,\n)\n",
            ),
            ("tiny/cli.py", "def main(): ...\n"),
            ("tests/test_tiny.py", "import _core\n"),
        ],
    );
    let path = folder.path();
    built(path, &args)
        .exits(0)
        .says("the module _core goes into the package tiny, from which tiny/load.py:1 imports it");
    let first = contents(path);
    assert!(
        first.iter().any(|name| name.starts_with("tiny/_core.")),
        "{first:?}"
    );
    assert_eq!(first.len(), 4, "{first:?}");
    // What would break the import, or a command, is refused, and the earlier wheel stays.
    fs::write(
        path.join("tiny/load.py"),
        "from ._core import x\nfrom ._gone import y\n",
    )
    .unwrap();
    fs::remove_file(path.join("tiny/cli.py")).unwrap();
    built(path, &args)
        .exits(4)
        .says(
            "tiny/load.py:2: imports tiny._gone, which is not in the wheel, so `import tiny` fails",
        )
        .says("an entry point names the module tiny.cli for tiny");
    assert_eq!(contents(path), first);
    // An import that may fail is said.
    fs::write(
        path.join("tiny/cli.py"),
        "def main():\n    from ._late import x\n",
    )
    .unwrap();
    fs::write(path.join("tiny/load.py"), "from ._core import x\n").unwrap();
    built(path, &args)
        .exits(0)
        .says("note: tiny/cli.py:2: imports tiny._late, which is not in the wheel");
}

#[test]
fn a_library_goes_where_the_package_loads_it_from() {
    let load = "import ctypes, os\nHERE = os.path.dirname(os.path.abspath(__file__))\n\
        lib = ctypes.CDLL(os.path.join(HERE, \"_libs\", \"libtiny.so\"))\n";
    let folder = tiny(LIBRARY, "", &[("lib/tiny/__init__.py", load)]);
    built(folder.path(), &["--platform", "windows-x64"])
        .exits(0)
        .says(
            "the library tiny.dll goes to tiny/_libs, from which lib/tiny/__init__.py:3 loads it",
        );
    assert_eq!(
        contents(folder.path()),
        ["tiny/__init__.py", "tiny/_libs/tiny.dll"]
    );
}
