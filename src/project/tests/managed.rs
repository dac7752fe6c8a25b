//! Modules that are declared in pyproject.toml and have no build script of the project's.

use super::Folder;
use crate::project::{Framework, Managed};

/// A project with these tables and two Zig files.
fn folder(tables: &str) -> Folder {
    Folder::minimal(tables)
        .with("src/a.zig", "")
        .with("src/b.zig", "")
}

fn managed(folder: &Folder) -> Option<Managed> {
    folder.load().unwrap().managed
}

const OURS: &str = "[[tool.pyz3-wheel.module]]\nname = \"x.a\"\nroot = \"src/a.zig\"\n";
const PYZ3: &str = "[[tool.pyz3.ext_module]]\nname = \"x.a\"\nroot = \"src/a.zig\"\n";

#[test]
fn a_module_of_ours_is_read_with_its_c_side() {
    let more = "c-sources = [\"src/a.c\", \"./src/b.cpp\"]\nc-include-dirs = [\"include/\"]\n\
                c-libraries = [\"m\"]\nc-flags = [\"-DX=\\\"1\\\"\"]\n";
    let folder = folder(&format!("{OURS}{more}"))
        .with("src/a.c", "")
        .with("src/b.cpp", "")
        .with("include/a.h", "");
    let managed = managed(&folder).unwrap();
    assert_eq!(managed.framework, None);
    let [module] = &managed.modules[..] else {
        panic!("{managed:?}");
    };
    assert_eq!(module.name.as_str(), "x.a");
    assert_eq!(module.root, "src/a.zig");
    assert!(!module.limited_api);
    assert_eq!(module.c_sources, ["src/a.c", "src/b.cpp"]);
    assert_eq!(module.c_include_dirs, ["include"]);
    assert_eq!(module.c_libraries, ["m"]);
    assert_eq!(module.c_flags, ["-DX=\"1\""]);
    assert!(module.has_cpp());
}

#[test]
fn a_frameworks_module_has_the_limited_api_unless_it_says_otherwise() {
    let full = "[[tool.pyz3.ext_module]]\nname = \"x.b\"\nroot = \"src/b.zig\"\nlimited_api = false\n\
                ld_flags = [\"-lz\", \"-L./src\", \"-Wl,-rpath,$ORIGIN\", \"@loader_path\"]\n";
    let requires =
        "[build-system]\nrequires = [\"poetry-core\", \"PyZ3>=0.11,<1; os_name != 'nt'\"]\n";
    let managed = managed(&folder(&format!("{requires}{PYZ3}{full}"))).unwrap();
    assert_eq!(managed.framework, Some(Framework::Pyz3));
    let versions = managed.requirement.unwrap();
    assert_eq!(versions.value.to_string(), ">=0.11, <1");
    assert_eq!(versions.place.to_string(), "pyproject.toml:5:28");
    assert!(managed.modules[0].limited_api);
    let full = &managed.modules[1];
    assert!(!full.limited_api);
    assert_eq!(full.c_libraries, ["z"]);
    assert_eq!(full.c_library_dirs, ["src"]);
    assert_eq!(full.rpaths, ["$ORIGIN", "@loader_path"]);
}

#[test]
fn a_framework_may_be_required_to_run_too() {
    let pydust = PYZ3.replace("pyz3", "pydust");
    let text = format!("dependencies = [\"ziggy.pydust==0.26.0\"]\n{pydust}");
    let managed = managed(&folder(&text)).unwrap();
    assert_eq!(managed.framework, Some(Framework::Pydust));
    assert_eq!(managed.requirement.unwrap().value.to_string(), "==0.26.0");
}

#[test]
fn a_build_script_of_the_users_is_used_and_one_that_a_framework_left_is_not() {
    let own = "const py = @import(\"pyz3\");";
    let made = "const std = @import(\"std\");\nconst py = @import(\"./pyz3.build.zig\");\n";
    assert_eq!(managed(&folder(PYZ3)).unwrap().passed_over, None);
    let left = managed(&folder(PYZ3).with("build.zig", made)).unwrap();
    assert_eq!(left.passed_over, Some("build.zig".into()));
    assert!(managed(&folder(PYZ3).with("build.zig", own)).is_none());
    let said = format!("[tool.pyz3]\nself_managed = true\n{PYZ3}");
    assert!(managed(&folder(&said).with("build.zig", made)).is_none());
    let named = format!("[tool.pyz3-wheel]\nbuild-file = \"build.zig\"\n{PYZ3}");
    assert!(managed(&folder(&named).with("build.zig", made)).is_none());
}

#[test]
fn the_sources_are_in_the_sdist_and_a_script_that_a_framework_left_need_not_be() {
    let made = "const py = @import(\"./pyz3.build.zig\");\n";
    let project = folder(PYZ3)
        .with("build.zig", made)
        .with(".gitignore", "build.zig\nsrc/a.zig\n")
        .with(".git/HEAD", "");
    let files = project.load().unwrap().files().unwrap();
    let places: Vec<_> = files
        .sdist()
        .unwrap()
        .iter()
        .map(|file| &*file.path)
        .collect();
    assert!(places.contains(&"src/a.zig"), "{places:?}");
    assert!(!places.contains(&"build.zig"), "{places:?}");
}

#[test]
fn a_framework_may_name_the_build_script() {
    let named = "[tool.pyz3]\nself_managed = true\nbuild_zig = \"zig/b.zig\"\n";
    let project = folder(named).load().unwrap();
    assert_eq!(project.build_file(), std::path::Path::new("zig/b.zig"));
    let generated = format!("[tool.pyz3]\nbuild_zig = \"gen.zig\"\n{PYZ3}");
    let made = "const py = @import(\"./pyz3.build.zig\");\n";
    assert!(managed(&folder(&generated).with("gen.zig", made)).is_some());
}

#[test]
fn the_libraries_of_pyz3_deps_are_linked_where_that_is_asked_for() {
    let text = format!("{PYZ3}link_all_deps = true\n");
    folder(&text).refused("link_all_deps: pyz3_deps.json does not exist");
    let noted = r#"{"sqlite": {"name": "sqlite", "source": "x", "version": null,
        "include_dirs": ["deps/sqlite"], "lib_dirs": [], "libraries": ["m"], "headers": [],
        "cflags": ["-DA"], "ldflags": ["-lz"], "source_files": ["deps/sqlite/a.c"],
        "is_header_only": false}}"#;
    let with = folder(&text).with("pyz3_deps.json", noted);
    let missing = with.problems();
    assert_eq!(missing.len(), 2, "{missing:?}");
    let module = managed(&with.with("deps/sqlite/a.c", ""))
        .unwrap()
        .modules
        .remove(0);
    assert_eq!(module.c_sources, ["deps/sqlite/a.c"]);
    assert_eq!(module.c_include_dirs, ["deps/sqlite"]);
    assert_eq!(module.c_libraries, ["m", "z"]);
    assert_eq!(module.c_flags, ["-DA"]);
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let ours = r#"[tool.pyz3-wheel]
abi = "none"
step = "native"
[[tool.pyz3-wheel.module]]
name = "x.a"
root = "src/gone.zig"
[[tool.pyz3-wheel.module]]
name = "a-b"
root = "../a.zig"
[[tool.pyz3-wheel.module]]
c-sources = ["src/gone.c", 1, "/etc/passwd"]
c-include-dirs = ["src/a.zig"]
c-libraries = ["-lm", "a b"]
c_flags = []
[[tool.pyz3-wheel.module]]
name = "x.b"
root = "src/b.zig"
[[tool.pyz3-wheel.module]]
name = "x.b"
root = "src/a.zig"
"#;
    let problems = folder(ours).problems();
    let expected = [
        "step: the build script that pyz3-wheel makes has no such step",
        "abi: \"none\" is for shared libraries",
        "module[0].root: `src/gone.zig` is not an existing file",
        "module[1].name: `a-b` is not the name",
        "module[1].root: `../a.zig` is not a path below",
        "module[2].c_flags: unknown key",
        "module[2]: has no name",
        "module[2]: has no root",
        "module[2].c-sources[0]: `src/gone.c` is not an existing file",
        "module[2].c-sources[1]: must be a string",
        "module[2].c-sources[2]: `/etc/passwd` is not a path below",
        "module[2].c-include-dirs[0]: `src/a.zig` is not an existing folder",
        "module[2].c-libraries[0]: `-lm` is not the name",
        "module[2].c-libraries[1]: `a b` is not the name",
        "module[4]: `x.b` is declared twice",
    ];
    for words in expected {
        let found = problems
            .iter()
            .filter(|problem| problem.contains(words))
            .count();
        assert_eq!(found, 1, "{words} in {problems:#?}");
    }
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
}

#[test]
fn a_frameworks_table_is_held_against_what_the_framework_takes() {
    let text = format!(
        "{PYZ3}limited-api = false\nlimited_api = 1\nld_flags = [\"--gc-sections\"]\nlink_all_deps = \"yes\"\n"
    );
    let problems = folder(&text).problems();
    for words in [
        "limited-api: unknown key",
        "limited_api: must be true or false",
        "ld_flags[0]: `--gc-sections` is not a supported linker flag",
        "link_all_deps: must be true or false",
    ] {
        assert!(
            problems.iter().any(|problem| problem.contains(words)),
            "{words} in {problems:#?}"
        );
    }
    assert_eq!(problems.len(), 4, "{problems:#?}");
    folder("[[tool.pyz3.ext_module]]\nname = \"x.a\"\n").refused("has no root");
    folder("[[tool.pyz3.ext_module]]\nroot = \"src/a.zig\"\n").refused("has no name");
    folder(&format!(
        "[build-system]\nrequires = [\"pyz3=0.11\"]\n{PYZ3}"
    ))
    .refused("build-system.requires[0]: `pyz3=0.11` is not a dependency specifier");
}

#[test]
fn a_table_of_ours_and_a_script_contradict_each_other() {
    folder(OURS)
        .with("build.zig", "")
        .refused("the project has a build script of its own, build.zig");
    folder(&format!("{OURS}{}", PYZ3.replace("x.a", "x.b")))
        .refused("tool.pyz3.ext_module declares modules too");
    folder("[tool.pyz3-wheel]\nmodule = { name = \"x\" }\n").refused("is one table");
}
