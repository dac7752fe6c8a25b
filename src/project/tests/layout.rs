//! Packages that are not named as the project, and where they are found.

use super::Folder;

const PY: &str = "VALUE = 1\n";

fn named(name: &str, more: &str) -> Folder {
    Folder::new(&format!(
        "[project]\nname = \"{name}\"\nversion = \"1\"\n{more}\n"
    ))
}

fn places(folder: &Folder) -> Vec<String> {
    let files = folder.load().unwrap().files().unwrap();
    files.wheel.into_iter().map(|file| file.path).collect()
}

#[test]
fn the_package_of_a_declared_module_is_packed_wherever_it_lies() {
    let declared = [
        "[tool.pyz3-wheel]\nmodules = [\"cv3._n\"]",
        "[[tool.pyz3-wheel.module]]\nname = \"cv3._n\"\nroot = \"n.zig\"",
        "[[tool.pydust.ext_module]]\nname = \"cv3._n\"\nroot = \"n.zig\"",
        "import-names = [\"cv3\"]",
        "[project.scripts]\ntool = \"cv3.cli:main\"",
        "[project.entry-points.plugins]\ntool = \"cv3.cli\"",
        "[tool.pyz3-wheel]\npackage = \"cv3\"",
    ];
    for more in declared {
        for root in ["", "src/", "lib/", "python/"] {
            let folder = named("opencv3-python", more)
                .with("n.zig", "")
                .with(&format!("{root}cv3/__init__.py"), PY)
                .with(&format!("{root}cv3/cli.py"), PY)
                // Where nothing is named, two would be one too many.
                .with(&format!("{root}other/__init__.py"), PY);
            assert_eq!(
                places(&folder),
                ["cv3/__init__.py", "cv3/cli.py"],
                "{more} in {root}"
            );
            assert_eq!(
                folder.load().unwrap().python_package().as_deref(),
                Some("cv3")
            );
        }
    }
}

#[test]
fn a_module_in_a_namespace_leads_to_its_own_part_of_it() {
    let folder = named("mine", "[tool.pyz3-wheel]\nmodules = [\"ns.mine.fast._n\"]")
        .with("src/ns/mine/__init__.py", PY)
        .with("src/ns/mine/fast/__init__.py", PY)
        .with("src/ns/other/__init__.py", PY);
    assert_eq!(
        places(&folder),
        ["ns/mine/__init__.py", "ns/mine/fast/__init__.py"]
    );
    // The package of the name stays the main one.
    let two = named("mine", "[tool.pyz3-wheel]\nmodules = [\"extra._n\"]")
        .with("mine/__init__.py", PY)
        .with("extra/__init__.py", PY);
    assert_eq!(places(&two), ["extra/__init__.py", "mine/__init__.py"]);
    assert_eq!(
        two.load().unwrap().python_package().as_deref(),
        Some("mine")
    );
}

#[test]
fn the_only_package_is_packed_although_nothing_names_it() {
    for path in ["calc", "src/calc", "lib/calc", "python/calc"] {
        let folder = named("my-dist", "")
            .with(&format!("{path}/__init__.py"), PY)
            .with("tests/__init__.py", PY)
            .with("examples/demo.py", PY);
        assert_eq!(places(&folder), ["calc/__init__.py"], "{path}");
        let files = folder.load().unwrap().files().unwrap();
        assert!(files.notes[0].contains("calc"), "{:?}", files.notes);
    }
    let native_alone = named("my-dist", "")
        .with("tests/__init__.py", PY)
        .with("tools/gen.py", PY);
    assert!(places(&native_alone).is_empty());
    let unclear = named("my-dist", "")
        .with("one/__init__.py", PY)
        .with("two/__init__.py", PY);
    assert!(places(&unclear).is_empty());
    let none = named("my-dist", "[tool.pyz3-wheel]\npackages = []").with("calc/__init__.py", PY);
    assert!(places(&none).is_empty());
    let deep = named("my-dist", "").with("bindings/py/calc/__init__.py", PY);
    let project = deep.load().unwrap();
    assert_eq!(project.packages_anywhere(), ["bindings/py/calc"]);
}

#[test]
fn tables_of_other_backends_name_packages() {
    let tables = [
        "[tool.setuptools]\npackages = [\"pkg\"]\npackage-dir = { pkg = \"python/pkg\" }",
        "[tool.setuptools]\npackages = [\"pkg\", \"pkg.sub\"]\npackage-dir = { \"\" = \"python\" }",
        "[tool.setuptools]\npackage-dir = { pkg = \"python/pkg\" }",
        "[tool.setuptools.packages.find]\nwhere = [\"python\"]\nexclude = [\"tests*\"]",
        "[tool.setuptools]\npackage-dir = { \"\" = \"python\" }\npackages = [\"pkg\"]",
        "[tool.hatch.build]\npackages = [\"python/pkg\"]",
        "[tool.hatch.build.targets.wheel]\nonly-include = [\"python/pkg\"]\nsources = [\"python\"]",
        "[tool.hatch.build.targets.wheel]\ninclude = [\"/python/pkg/**/*.py\"]\nsources = { python = \"\" }",
        "[tool.scikit-build]\nwheel.packages = [\"python/pkg\"]",
        "[tool.scikit-build.wheel.packages]\npkg = \"python/pkg\"",
        "[tool.uv.build-backend]\nmodule-root = \"python\"\nmodule-name = \"pkg\"",
        "[tool.pdm.build]\npackage-dir = \"python\"\nincludes = [\"python/pkg\"]",
        "[tool.poetry]\npackages = [{ include = \"pkg\", from = \"python\" }]",
        "[tool.maturin]\npython-source = \"python\"\npython-packages = [\"pkg\"]",
    ];
    for table in tables {
        let folder = named("dist", table)
            .with("python/pkg/__init__.py", PY)
            .with("python/pkg/sub/__init__.py", PY)
            .with("python/tests/__init__.py", PY)
            .with("dist/__init__.py", PY);
        assert_eq!(
            places(&folder),
            ["pkg/__init__.py", "pkg/sub/__init__.py"],
            "{table}"
        );
    }
    let flit = named("dist", "[tool.flit.module]\nname = \"pkg\"").with("src/pkg/__init__.py", PY);
    assert_eq!(places(&flit), ["pkg/__init__.py"]);
}

#[test]
fn tables_rename_packages_and_leave_open_what_they_do_not_name() {
    let tables = [
        "[tool.setuptools]\npackages = [\"new\"]\npackage-dir = { new = \"old/code\" }",
        "[tool.hatch.build.targets.wheel]\nonly-include = [\"old/code\"]\n[tool.hatch.build.targets.wheel.sources]\n\"old/code\" = \"new\"",
        "[tool.scikit-build.wheel.packages]\nnew = \"old/code\"",
    ];
    for table in tables {
        let folder = named("dist", table).with("old/code/__init__.py", PY);
        assert_eq!(places(&folder), ["new/__init__.py"], "{table}");
    }
    let roots = [
        "[tool.setuptools]\npackage-dir = { \"\" = \"code\" }",
        "[tool.uv.build-backend]\nmodule-root = \"code\"",
        "[tool.pdm.build]\npackage-dir = \"code\"",
        "[tool.maturin]\npython-source = \"code\"",
        "[tool.hatch.build]\nsources = [\"code\"]",
    ];
    for table in roots {
        let folder = named("dist", table)
            .with("code/dist/__init__.py", PY)
            .with("dist/__init__.py", "# an older one\n");
        let files = folder.load().unwrap().files().unwrap();
        assert!(
            files.wheel[0].source.ends_with("code/dist/__init__.py"),
            "{table}"
        );
    }
    let namespace = named(
        "dist",
        "[tool.setuptools]\npackages = [\"ns.pkg\"]\npackage-dir = { \"\" = \"src\" }",
    )
    .with("src/ns/pkg/__init__.py", PY)
    .with("src/ns/more/__init__.py", PY);
    assert_eq!(places(&namespace), ["ns/pkg/__init__.py"]);
}

#[test]
fn a_subpackage_can_come_from_a_folder_of_its_own() {
    let tables = [
        "[tool.setuptools]\npackages = [\"pkg\", \"pkg.sub\"]\n[tool.setuptools.package-dir]\n\
         pkg = \"lib/main\"\n\"pkg.sub\" = \"lib/other\"",
        "[tool.setuptools.package-dir]\npkg = \"lib/main\"\n\"pkg.sub\" = \"lib/other\"",
        "[tool.scikit-build.wheel.packages]\npkg = \"lib/main\"\n\"pkg/sub\" = \"lib/other\"",
    ];
    for table in tables {
        let folder = named("dist", table)
            .with("lib/main/__init__.py", PY)
            .with("lib/main/inner/__init__.py", PY)
            // The folder of the subpackage's name gives way to the one that the table names.
            .with("lib/main/sub/old.py", PY)
            .with("lib/other/__init__.py", PY)
            .with("lib/other/deep/__init__.py", PY);
        let expected = [
            "pkg/__init__.py",
            "pkg/inner/__init__.py",
            "pkg/sub/__init__.py",
            "pkg/sub/deep/__init__.py",
        ];
        assert_eq!(places(&folder), expected, "{table}");
        let package = folder.load().unwrap().python_package();
        assert_eq!(package.as_deref(), Some("pkg"), "{table}");
    }
    // The folder of one lies in that of the other.
    for (outer, inner) in [("lib", "lib/other"), ("lib/main", "lib")] {
        let folder = named(
            "dist",
            &format!(
                "[tool.setuptools]\npackages = [\"pkg\", \"pkg.sub\", \"pkg.sub.deep\"]\n\
                 package-dir = {{ pkg = \"{outer}\", \"pkg.sub\" = \"{inner}\" }}"
            ),
        )
        .with(&format!("{outer}/__init__.py"), PY)
        .with(&format!("{inner}/__init__.py"), PY)
        .with(&format!("{inner}/deep/__init__.py"), PY);
        let expected = [
            "pkg/__init__.py",
            "pkg/sub/__init__.py",
            "pkg/sub/deep/__init__.py",
        ];
        assert_eq!(places(&folder), expected, "{outer} {inner}");
    }
}
