//! Modules and libraries that no build could put where they are imported from.

use std::fs;

use support::{BUILD, command, need, project, pythons, run};

const HEAD: &str = "[project]\nname = \"tiny\"\nversion = \"1.0\"\n";
/// An extension module that needs nothing of Python.
const MODULE: &str = "export fn PyInit__core() ?*anyopaque {\n    return null;\n}\n";
const LIBRARY: &str = "export fn answer() c_int {\n    return 42;\n}\n";

/// Files of a project, each with its text.
type Files = &'static [(&'static str, &'static str)];

#[test]
fn what_no_build_can_make_right_is_refused_before_zig_runs() {
    let full = "[tool.pyz3-wheel]\nabi = \"full\"\n";
    let managed = |name: &str| {
        format!("[[tool.pyz3-wheel.module]]\nname = \"{name}\"\nroot = \"tiny.zig\"\n")
    };
    let modules = |name: &str| format!("{full}modules = [\"{name}\"]\n");
    let script = "[project.scripts]\ntiny = \"tiny.cli:main\"\n";
    let cases: [(String, Files, &str); 9] = [
        (
            modules("tiny"),
            &[("tiny/__init__.py", "")],
            "the extension module tiny is never imported",
        ),
        (
            modules("tiny.sub"),
            &[
                ("src/tiny/__init__.py", ""),
                ("src/tiny/sub/__init__.py", ""),
            ],
            "src/tiny/sub/__init__.py",
        ),
        (
            modules("tiny._core"),
            &[("tiny.py", "")],
            "the extension module tiny._core is never imported",
        ),
        (
            managed("tiny"),
            &[("tiny/__init__.py", "")],
            "the extension module tiny is never imported",
        ),
        (
            managed("gone._core"),
            &[("tiny/__init__.py", "")],
            "the project has no package gone",
        ),
        (
            managed("tiny._core"),
            &[("tiny/__init__.py", "\nfrom .gone import x\n")],
            "tiny/__init__.py:2: imports tiny.gone",
        ),
        (
            script.to_owned() + &managed("tiny._core"),
            &[("tiny/__init__.py", "")],
            "names the module tiny.cli for tiny",
        ),
        (
            "[tool.pyz3-wheel]\nabi = \"none\"\n".to_owned(),
            &[],
            "no Python package that its shared library can go into",
        ),
        (
            String::new(),
            &[("bindings/py/real/__init__.py", "")],
            "packages = [\"bindings/py/real\"]",
        ),
    ];
    let python = need!(pythons().keys().next(), "no Python");
    for (config, files, says) in cases {
        let source = if config.contains("module") {
            MODULE
        } else {
            LIBRARY
        };
        let pyproject = format!("{HEAD}{config}");
        let script = [
            ("build.zig", BUILD),
            ("tiny.zig", source),
            ("pyproject.toml", pyproject.as_str()),
        ];
        let folder = project(&[&script, files].concat());
        if config.contains("tool.pyz3-wheel.module") {
            fs::remove_file(folder.path().join("build.zig")).unwrap();
        }
        let mut command = command();
        command.args(["--dry-run", "--python", python, "--project"]);
        run(command.arg(folder.path()))
            .exits(2)
            .says(says)
            .says("hint:");
    }
}
