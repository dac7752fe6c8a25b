use fs_err as fs;

use super::*;
use crate::init::write_new;

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write_new(&folder.path().join(path), text).unwrap();
    }
    folder
}

fn changed<'a>(adoption: &'a Adoption, path: &str) -> &'a Change {
    let found = adoption.changes.iter().find(|change| change.path == path);
    found.unwrap_or_else(|| panic!("no {path} in {adoption:#?}"))
}

const PYPROJECT: (&str, &str) = (
    "pyproject.toml",
    "[build-system]\nrequires = [\"pyz3-wheel\"]\nbuild-backend = \"pyz3_wheel\"\n\n\
     # ours\n[project]\nname = \"thing\"\nversion = \"1.0\" # for now\n\n[tool.other]\nx = 1\n",
);
const SOURCE: (&str, &str) = (
    "src/native.zig",
    "const py = @cImport(@cInclude(\"Python.h\"));\nexport fn PyInit__native() ?*py.PyObject {\n    return null;\n}\n",
);
const IMPORT: (&str, &str) = ("thing/__init__.py", "from thing import _native\n");
const HOST_ONLY: &str = "//! Builds it.
const std = @import(\"std\");

pub fn build(b: *std.Build) void {
    const mod = b.createModule(.{ .root_source_file = b.path(\"src/native.zig\"), .target = b.graph.host });
    const lib = b.addLibrary(.{ .name = \"native\", .linkage = .dynamic, .root_module = mod });
    const tool = b.addExecutable(.{ .name = \"tool\", .root_module = mod });
    b.installArtifact(tool);
    b.installArtifact(lib);
}
";

#[test]
fn a_complete_project_lacks_nothing() {
    for template in crate::init::Template::ALL {
        let folder = tempfile::tempdir().unwrap();
        let draft = crate::init::Draft::new(folder.path(), Some("x"), template, true).unwrap();
        draft.write().unwrap();
        let adoption = adopt(folder.path(), None).unwrap();
        assert!(adoption.changes.is_empty(), "{template:?}: {adoption:#?}");
        assert!(adoption.left.is_empty(), "{template:?}: {adoption:#?}");
    }
}

#[test]
fn a_script_for_one_machine_learns_of_targets_and_of_python() {
    let folder = project(&[PYPROJECT, SOURCE, IMPORT, ("build.zig", HOST_ONLY)]);
    let adoption = adopt(folder.path(), None).unwrap();
    let script = changed(&adoption, "build.zig");
    assert_eq!(script.why.len(), 4, "{script:#?}");
    assert!(script.after.contains(".target = pyz3.target(b) });"));
    assert!(
        script
            .after
            .contains("    pyz3.addPython(lib);\n    b.installArtifact(lib);")
    );
    assert!(!script.after.contains("addPython(tool)"));
    assert!(
        script
            .after
            .starts_with("//! Builds it.\nconst std = @import(\"std\");\nconst pyz3 = ")
    );
    let pyproject = changed(&adoption, "pyproject.toml");
    assert!(
        pyproject.after.starts_with(PYPROJECT.1),
        "{}",
        pyproject.after
    );
    assert!(
        pyproject
            .after
            .ends_with("\n[tool.pyz3-wheel]\nmodules = [\"thing._native\"]\n")
    );
    assert_eq!(adoption.left.len(), 1, "the optimize mode: {adoption:#?}");
    adoption.write().unwrap();
    let again = adopt(folder.path(), None).unwrap();
    assert!(again.changes.is_empty(), "{again:#?}");
}

#[test]
fn a_helper_that_is_not_asked_for_the_target_is_no_help() {
    let folder = tempfile::tempdir().unwrap();
    let draft =
        crate::init::Draft::new(folder.path(), Some("x"), crate::init::Template::Full, false);
    draft.unwrap().write().unwrap();
    let script = folder.path().join("build.zig");
    let whole = fs::read_to_string(&script).unwrap();
    fs::write(&script, whole.replace("pyz3.target(b)", "b.graph.host")).unwrap();
    let adoption = adopt(folder.path(), None).unwrap();
    assert_eq!(changed(&adoption, "build.zig").after, whole);
}

#[test]
fn an_own_spelling_of_an_option_is_no_lack() {
    let build = HOST_ONLY.replace(
        "b.graph.host",
        "b.standardTargetOptions(.{}), .optimize = b.standardOptimizeOption(.{})",
    );
    let build = build.replace(
        "    b.installArtifact(lib);",
        "    _ = b.option([]const u8, \"python-include\", \"\");\n    _ = b.option([]const u8, \"python-import-lib\", \"\");\n    lib.linker_allow_shlib_undefined = true;\n    b.installArtifact(lib);",
    );
    let stub = ("thing/_native.pyi", "");
    let folder = project(&[PYPROJECT, SOURCE, IMPORT, stub, ("build.zig", &build)]);
    let adoption = adopt(folder.path(), None).unwrap();
    assert!(
        adoption.changes.is_empty() && adoption.left.is_empty(),
        "{adoption:#?}"
    );
}

#[test]
fn one_source_alone_becomes_a_project() {
    let source = ("lib.zig", "export fn answer() c_int { return 42; }\n");
    let folder = project(&[source]);
    let adoption = adopt(folder.path(), Some("my-lib")).unwrap();
    let paths: Vec<_> = adoption
        .changes
        .iter()
        .map(|change| &*change.path)
        .collect();
    assert_eq!(
        paths,
        [
            "build.zig",
            "my_lib/__init__.py",
            "pyproject.toml",
            "pyz3_build.zig"
        ]
    );
    assert!(
        changed(&adoption, "build.zig")
            .after
            .contains("b.path(\"lib.zig\")")
    );
    adoption.write().unwrap();
    let again = adopt(folder.path(), None).unwrap();
    assert!(
        again.changes.is_empty() && again.left.is_empty(),
        "{again:#?}"
    );
}

#[test]
fn a_backend_is_put_in_where_there_is_none_and_another_one_stays() {
    let stub = ("thing/_native.pyi", "");
    let build = "pub fn build(b: *std.Build) void { _ = b.standardTargetOptions(.{}); }\n";
    let adopted = |pyproject: &str| {
        let folder = project(&[
            ("pyproject.toml", pyproject),
            stub,
            IMPORT,
            ("build.zig", build),
        ]);
        let adoption = adopt(folder.path(), None).unwrap();
        let texts = adoption.changes.into_iter().map(|change| change.after);
        let left = adoption.left.iter().map(ToString::to_string);
        let about = left.filter(|text| text.contains("pip, build and uv"));
        (texts.collect::<Vec<_>>(), about.collect::<Vec<_>>())
    };
    let project = "[project]\nname = \"thing\"\nversion = \"1.0\"\n";
    let ours = "[build-system]\nrequires = [\"pyz3-wheel\"]\nbuild-backend = \"pyz3_wheel\"\n";
    let whole = format!("{ours}\n{project}");
    assert_eq!(adopted(project), (vec![whole.clone()], vec![]));
    assert_eq!(adopted(&whole), (vec![], vec![]));
    for (system, name) in [
        (
            "requires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"",
            "`hatchling.build`",
        ),
        ("requires = [\"setuptools\"]", "`setuptools.build_meta`"),
    ] {
        let (changes, left) = adopted(&format!("[build-system]\n{system}\n\n{project}"));
        assert_eq!(changes, <[String; 0]>::default());
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(left[0].contains(name), "{left:?}");
    }
}

#[test]
fn what_no_word_tells_is_left_to_the_author() {
    let build = "const std = @import(\"std\");\npub fn build(b: *std.Build) void { _ = b; }\n";
    let folder = project(&[
        PYPROJECT,
        SOURCE,
        ("thing/__init__.py", ""),
        ("build.zig", build),
    ]);
    let adoption = adopt(folder.path(), None).unwrap();
    assert!(adoption.changes.is_empty(), "{adoption:#?}");
    let told: Vec<_> = adoption.left.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 6, "{told:#?}");
    assert!(
        told.iter().any(|told| told.contains("undefined symbols")),
        "{told:#?}"
    );
    assert!(told[0].contains("`_native`"), "{told:#?}");
}

#[test]
fn imports_tell_where_a_module_belongs() {
    let build = HOST_ONLY.replace("b.graph.host", "b.standardTargetOptions(.{})");
    let adopted = |files: &[(&str, &str)]| {
        let folder = project(&[PYPROJECT, SOURCE, ("build.zig", build.as_str())]);
        for (path, text) in files {
            write_new(&folder.path().join(path), text).unwrap();
        }
        let adoption = adopt(folder.path(), None).unwrap();
        let changes = adoption.changes.into_iter();
        let pyproject = changes.filter(|change| change.path == "pyproject.toml");
        let added = pyproject.filter_map(|change| change.after.lines().last().map(str::to_owned));
        let left = adoption.left.iter().map(ToString::to_string);
        let left = left.filter(|text| text.contains("`_native`"));
        (added.collect::<Vec<_>>(), left.collect::<Vec<_>>())
    };
    let modules = |name: &str| (vec![format!("modules = [\"{name}\"]")], vec![]);
    for text in [
        "from . import (  # why\n    _native,\n)\n",
        "try:\n    from ._native import x\nexcept ImportError:\n    x = None\n",
    ] {
        assert_eq!(
            adopted(&[("thing/__init__.py", text)]),
            modules("thing._native")
        );
    }
    let two_dots = [
        ("thing/__init__.py", ""),
        ("thing/sub/load.py", "from .. import _native\n"),
    ];
    assert_eq!(adopted(&two_dots), modules("thing._native"));
    let by_test = [
        ("thing/__init__.py", ""),
        ("tests/test_x.py", "from thing._native import x\n"),
    ];
    assert_eq!(adopted(&by_test), modules("thing._native"));
    let at_top = [("thing/__init__.py", "from _native import x\n")];
    assert_eq!(adopted(&at_top), (vec![], vec![]));
    let (added, left) = adopted(&[
        ("thing/__init__.py", "from ._native import x\n"),
        ("thing/sub/__init__.py", "from ._native import x\n"),
    ]);
    assert!(
        added.is_empty() && left[0].contains("several places"),
        "{left:?}"
    );
}

#[test]
fn a_package_elsewhere_is_named_and_none_is_made_beside_it() {
    let source = ("lib.zig", "export fn answer() c_int { return 42; }\n");
    let folder = project(&[PYPROJECT, source, ("bindings/py/real/__init__.py", "")]);
    let adoption = adopt(folder.path(), None).unwrap();
    let pyproject = changed(&adoption, "pyproject.toml");
    let packages = "[tool.pyz3-wheel]\npackages = [\"bindings/py/real\"]\n";
    assert!(pyproject.after.ends_with(packages), "{}", pyproject.after);
    assert!(
        adoption
            .changes
            .iter()
            .all(|change| !change.path.contains("__init__"))
    );
    let two = project(&[
        PYPROJECT,
        source,
        ("a/one/__init__.py", ""),
        ("a/two/__init__.py", ""),
    ]);
    let adoption = adopt(two.path(), None).unwrap();
    assert!(
        adoption
            .changes
            .iter()
            .all(|change| !change.path.contains("__init__"))
    );
    let left: Vec<_> = adoption.left.iter().map(ToString::to_string).collect();
    assert!(
        left.iter().any(|text| text.contains("a/one, a/two")),
        "{left:?}"
    );
}

#[test]
fn a_file_that_changes_meanwhile_is_left_alone() {
    let folder = project(&[PYPROJECT, SOURCE, IMPORT, ("build.zig", HOST_ONLY)]);
    let adoption = adopt(folder.path(), None).unwrap();
    let script = folder.path().join("build.zig");
    fs::write(&script, "new").unwrap();
    adoption.write().unwrap_err();
    assert_eq!(fs::read_to_string(script).unwrap(), "new");
    assert!(!folder.path().join("pyz3_build.zig").exists());
}

#[test]
fn what_is_no_project_is_refused() {
    let broken = project(&[("pyproject.toml", "[project\n")]);
    let error = adopt(broken.path(), None).unwrap_err();
    assert!(error.to_string().contains("pyproject.toml"), "{error}");
    assert!(adopt(&broken.path().join("missing"), None).is_err());
}
