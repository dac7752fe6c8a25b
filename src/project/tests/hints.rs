//! What projects say in other places.

use super::Folder;

#[test]
fn the_versions_of_ziglang_that_are_required_are_found() {
    for (requires, pin) in [
        (r#""setuptools>=64", "ziglang==0.16.0""#, Some("0.16.0")),
        (
            r#""ziglang == 0.15.2; sys_platform != 'win32'""#,
            Some("0.15.2"),
        ),
        (r#""ZigLang==0.14.1.post1""#, Some("0.14.1.post1")),
        (r#""ziglang>=0.16.0""#, Some(">=0.16.0")),
        (r#""ziglang==0.16.*""#, Some("==0.16.*")),
        (r#""ziglang>=0.16, <0.17""#, Some(">=0.16,<0.17")),
        (
            r#""ziglang>=0.15", "ziglang!=0.15.0""#,
            Some(">=0.15,!=0.15.0"),
        ),
        (r#""ziglang>=0.15", "ziglang==0.16.0""#, Some("0.16.0")),
        (
            r#""ziglang<0.16; os_name == 'nt'", "ziglang>=0.16; os_name != 'nt'""#,
            None,
        ),
        (r#""ziglang""#, None),
        (r#""hatch-ziglang==0.2.1""#, None),
        (r#"1, "???""#, None),
    ] {
        let table = format!("[build-system]\nrequires = [{requires}]\n");
        let hints = Folder::minimal(&table).load().unwrap().hints;
        assert_eq!(hints.ziglang.as_deref(), pin, "{requires}");
    }
    Folder::minimal("[build-system]\nrequires = [\"ziglang=0.16.0\"]\n")
        .refused("build-system.requires[0]: `ziglang=0.16.0` is not a dependency specifier");
}

#[test]
fn a_range_of_ziglang_that_admits_the_minimum_of_the_zon_means_its_series() {
    for (range, minimum, wanted) in [
        (">=0.14", "0.16.0", ">=0.14,>=0.16.0,==0.16.*"),
        (
            ">=0.16.0.dev1",
            "0.16.0-dev.7+abc",
            ">=0.16.0.dev1,>=0.16.0.dev7,==0.16.*",
        ),
        // What an old template has written.
        (">=0.16,<0.17", "0.14.0", ">=0.16,<0.17"),
        ("==0.16.0", "0.15.1", "0.16.0"),
    ] {
        let table = format!("[build-system]\nrequires = [\"ziglang{range}\"]\n");
        let zon = format!(".{{ .name = .x, .minimum_zig_version = \"{minimum}\" }}");
        let folder = Folder::minimal(&table).with("build.zig.zon", &zon);
        let hints = folder.load().unwrap().hints;
        assert_eq!(hints.zig().unwrap().0.to_string(), wanted);
    }
}

#[test]
fn neighbours_tables_are_read() {
    let folder = Folder::minimal(
        r#"[tool.pydust]
zig_exe = "old/zig"
[[tool.pydust.ext_module]]
name = "old"
[tool.pyz3]
zig_exe = "new/zig"
unknown = 1
[[tool.pyz3.ext_module]]
name = "hello._lib"
root = "src/hello.zig"
limited_api = false
[[tool.pyz3.ext_module]]
name = "hello._more"
"#,
    )
    .with("build.zig", "");
    let hints = folder.load().unwrap().hints;
    assert_eq!(hints.pyz3_zig_exe, Some("new/zig".into()));
    let modules = hints.ext_modules.iter();
    let modules: Vec<_> = modules
        .map(|m| (m.name.to_string(), m.limited_api))
        .collect();
    assert_eq!(
        modules,
        [
            ("hello._lib".to_owned(), false),
            ("hello._more".to_owned(), true)
        ]
    );
    let old = Folder::minimal("[[tool.pydust.ext_module]]\nname = \"old\"\n").with("build.zig", "");
    assert_eq!(
        old.load().unwrap().hints.ext_modules[0].name.to_string(),
        "old"
    );
    let with = |key: &str| {
        let table = format!("[[tool.pyz3.ext_module]]\n{key}\n");
        Folder::minimal(&table).with("build.zig", "")
    };
    with("root = \"x\"").refused("has no name");
    with("name = \"a/b\"").refused("`a/b` is not the name");
}

#[test]
fn the_lowest_zig_comes_from_build_zig_zon() {
    let folder = Folder::minimal("").with(
        "build.zig.zon",
        ".{ .name = .x, // \"\n .minimum_zig_version = \"0.15.2\" }",
    );
    let hints = folder.load().unwrap().hints;
    assert_eq!(hints.minimum_zig_version.as_deref(), Some("0.15.2"));
}

#[test]
fn the_entry_point_of_an_extension_is_looked_for_in_own_sources_only() {
    let mentions = |path: &str, content: &[u8]| {
        let folder = Folder::minimal("[tool.pyz3-wheel]\noutput-dir = \"out\"\n");
        folder
            .with(path, content)
            .load()
            .unwrap()
            .hints
            .mentions_init
    };
    let init = b"export fn PyInit_x() void {}";
    assert!(mentions("src/deep/er/x.zig", init));
    assert!(mentions("x.c", b"PyMODINIT_FUNC PyInit_x(void)"));
    assert!(mentions("zig-pkg/mine/x.zig", init));
    assert!(mentions("x.hpp", b"PyModExport_x"));
    let mut far = vec![b' '; (1 << 16) - 4];
    far.extend(init);
    assert!(mentions("x.zig", &far));
    assert!(!mentions("x.zig", b"export fn add() void {} // PyInit"));
    assert!(!mentions("README.md", init));
    for folder in [
        "zig-out",
        ".zig-cache",
        "out",
        "node_modules",
        ".git",
        ".pyz3-wheel",
        "a/zig-out",
        "zig-pkg/clap-0.10.0-oBajB434AQBDh-Ei3YtoKIRxZacVPF1iSwp3IX_ZB8f0",
    ] {
        assert!(!mentions(&format!("{folder}/x.zig"), init), "{folder}");
    }
    let venv = Folder::minimal("")
        .with("my-env/pyvenv.cfg", "")
        .with("my-env/include/x.h", init);
    assert!(!venv.load().unwrap().hints.mentions_init);
}
