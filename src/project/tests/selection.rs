//! What is left out of wheel and sdist, what is taken back, and where else files go.

use super::Folder;
use crate::project::{Files, Kind};

const PY: &str = "";

fn files(folder: &Folder) -> Files {
    folder.load().unwrap().files().unwrap()
}

fn wheel(folder: &Folder) -> Vec<String> {
    let files = files(folder).wheel.into_iter();
    files.map(|file| file.path).collect()
}

fn sdist(folder: &Folder) -> Vec<String> {
    let files = files(folder);
    let sdist = files.sdist().unwrap().iter();
    sdist.map(|file| file.path.clone()).collect()
}

/// Why each file or folder is left out, and whether the sdist has it.
fn left_out(folder: &Folder) -> Vec<(String, String, bool)> {
    let out = files(folder).left_out.into_iter();
    out.map(|out| (out.path, out.why, out.in_sdist)).collect()
}

/// The only problem of the list of files, which must say what to do.
fn refused(folder: &Folder) -> String {
    let error = folder.load().unwrap().files().unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
    assert!(error.problems()[0].hint.is_some(), "{error}");
    error.problems()[0].to_string()
}

fn configured(more: &str) -> Folder {
    Folder::minimal(&format!("[tool.pyz3-wheel]\n{more}\n")).with("x/__init__.py", PY)
}

#[test]
fn the_sdist_has_the_project_and_not_what_tools_made() {
    let folder = Folder::minimal("readme = \"README.md\"\n")
        .with("x/__init__.py", PY)
        .with("x/.config", "")
        .with("x/old.so", "")
        .with("x/a.pyc", "")
        .with("README.md", "")
        .with("LICENSE", "")
        .with("build.zig", "")
        .with("build.zig.zon", "")
        .with(".gitignore", "")
        .with(".github/ci.yml", "")
        .with("tests/test_x.py", "")
        .with("tests/data/libx.so", "")
        .with(".git/config", "")
        .with(".venv/pyvenv.cfg", "")
        .with(".venv/lib/a.py", "")
        .with("zig-out/lib/libx.so", "")
        .with(".zig-cache/o", "")
        .with("dist/x-1.tar.gz", "")
        .with("x/__pycache__/a.pyc", "")
        .with("PKG-INFO", "Metadata-Version: 2.1\nName: x\nVersion: 1\n");
    assert_eq!(wheel(&folder), ["x/__init__.py"]);
    assert_eq!(
        sdist(&folder),
        [
            ".github/ci.yml",
            ".gitignore",
            "LICENSE",
            "README.md",
            "build.zig",
            "build.zig.zon",
            "pyproject.toml",
            "tests/data/libx.so",
            "tests/test_x.py",
            "x/.config",
            "x/__init__.py",
        ]
    );
    let left_out = left_out(&folder);
    for (path, why, in_sdist) in [
        (".git/", "made by tools", false),
        (".venv/", "made by tools", false),
        ("dist/", "made by tools", false),
        ("x/.config", "begins with a dot", true),
        ("x/a.pyc", "made by tools", false),
        ("x/old.so", "native code: the build creates it again", false),
    ] {
        let expected = (path.to_owned(), why.to_owned(), in_sdist);
        assert!(
            left_out.contains(&expected),
            "{expected:?} in {left_out:#?}"
        );
    }
}

#[test]
fn what_git_ignores_is_in_neither() {
    let folder = Folder::minimal("")
        .with(".gitignore", "*.log\n/gen/\n!keep.log\n")
        .with("x/__init__.py", PY)
        .with("x/a.log", "")
        .with("x/keep.log", "")
        .with("x/sub/.gitignore", "*.txt\n!b.txt\n")
        .with("x/sub/a.txt", "")
        .with("x/sub/b.txt", "")
        .with("x/b.txt", "")
        .with("gen/a.py", "");
    assert_eq!(
        wheel(&folder),
        ["x/__init__.py", "x/b.txt", "x/keep.log", "x/sub/b.txt"]
    );
    assert_eq!(
        sdist(&folder),
        [
            ".gitignore",
            "pyproject.toml",
            "x/__init__.py",
            "x/b.txt",
            "x/keep.log",
            "x/sub/.gitignore",
            "x/sub/b.txt",
        ]
    );
    let out = |path: &str, why: &str| (path.to_owned(), why.to_owned(), false);
    let left_out = left_out(&folder);
    assert!(left_out.contains(&out("gen/", "`/gen/` in .gitignore")));
    assert!(left_out.contains(&out("x/sub/a.txt", "`*.txt` in x/sub/.gitignore")));
}

#[test]
fn above_the_project_the_repository_counts_and_no_more() {
    let project = |outer: &str, root: &str, more: &[(&str, &str)]| {
        let mut folder = Folder::empty()
            .with(".gitignore", outer)
            .with("repo/.gitignore", root)
            .with("repo/.git/info/exclude", "*.exclude\n")
            .with("repo/p/pyproject.toml", super::MINIMAL)
            .with("repo/p/x/__init__.py", PY)
            .with("repo/p/x/a.log", "")
            .with("repo/p/x/a.tmp", "")
            .with("repo/p/x/a.exclude", "");
        for (path, text) in more {
            folder = folder.with(path, text);
        }
        let project = super::Project::load(&folder.path().join("repo/p")).unwrap();
        let files = project.files().unwrap().wheel.into_iter();
        files
            .map(|file| file.path.replace("x/", ""))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(project("*.tmp", "*.log", &[]), "__init__.py a.tmp");
    // The project itself is what is ignored: that cannot be meant.
    for rule in ["/p/", "*"] {
        let all = "__init__.py a.exclude a.log a.tmp";
        assert_eq!(project("", rule, &[]), all, "{rule}");
    }
    let info = ("repo/p/PKG-INFO", "Name: x\n");
    assert_eq!(
        project("", "*.log", &[info]),
        "__init__.py a.exclude a.log a.tmp"
    );
}

#[test]
fn include_takes_back_and_exclude_has_the_last_word() {
    let folder = configured(
        "include = [\"/x/gen/\", \"*.so\", \"/notes.log\", \".keep\"]\n\
         exclude = [\"secret*\", \"/docs\", \"nothing-like-this\"]",
    )
    .with(".gitignore", "gen/\n*.log\n")
    .with("x/gen/deep/a.py", PY)
    .with("x/gen/secret.py", PY)
    .with("x/lib.so", "")
    .with("x/.keep", "")
    .with("x/secret.txt", "")
    .with("notes.log", "")
    .with("other.log", "")
    .with("docs/a.md", "");
    assert_eq!(
        wheel(&folder),
        ["x/.keep", "x/__init__.py", "x/gen/deep/a.py", "x/lib.so"]
    );
    assert_eq!(
        sdist(&folder),
        [
            ".gitignore",
            "notes.log",
            "pyproject.toml",
            "x/.keep",
            "x/__init__.py",
            "x/gen/deep/a.py",
            "x/lib.so",
        ]
    );
    let files = files(&folder);
    let why = |place: &str| {
        let file = files.wheel.iter().find(|file| file.path == place);
        file.unwrap().why.to_string()
    };
    assert_eq!(why("x/gen/deep/a.py"), "include `/x/gen/`");
    assert_eq!(why("x/__init__.py"), "package x");
    assert!(left_out(&folder).contains(&("docs/".to_owned(), "exclude `/docs`".to_owned(), false)));
}

#[test]
fn patterns_that_can_not_be_meant_are_refused() {
    let nothing = configured("include = [\"x/missing.txt\"]");
    assert!(refused(&nothing).contains("`x/missing.txt` matches no file of the project"));
    assert!(refused(&nothing).starts_with("pyproject.toml:5:1: "));
    for pattern in ["!a", "", "# a", "a{b"] {
        let folder = configured(&format!("exclude = [{pattern:?}]"));
        let problems = folder.problems();
        assert_eq!(problems.len(), 1, "{pattern}: {problems:?}");
        assert!(
            problems[0].contains("tool.pyz3-wheel.exclude: "),
            "{problems:?}"
        );
    }
    for (pattern, what) in [
        ("*.toml", "`pyproject.toml`, the project file"),
        ("LICEN*", "`LICENSE`, the licence"),
        ("/doc/", "`doc/README.md`, the readme"),
        ("build.zig", "`build.zig`, the build script"),
    ] {
        let folder = Folder::minimal(&format!(
            "readme = \"doc/README.md\"\n[tool.pyz3-wheel]\nexclude = [{pattern:?}]\n"
        ))
        .with("LICENSE", "")
        .with("build.zig", "")
        .with("doc/README.md", "");
        // Wheels do not need these files.
        let files = files(&folder);
        let error = files.sdist().unwrap_err();
        assert_eq!(error.problems().len(), 1, "{error}");
        let problem = error.problems()[0].to_string();
        assert!(problem.contains(what), "{pattern}: {problem}");
        let hint = error.problems()[0].hint.as_deref().unwrap();
        assert!(hint.contains("wheel-exclude"), "{hint}");
    }
}

#[test]
fn a_file_can_be_left_out_of_one_of_the_archives() {
    let configured = |keys: &str| {
        Folder::minimal(&format!(
            "[tool.pyz3-wheel]\n{keys}\n[[tool.pyz3-wheel.module]]\nname = \"x._n\"\nroot = \"x/n.zig\"\n\
             c-sources = [\"x/n.c\"]\n"
        ))
        .with("x/__init__.py", PY)
        .with("x/n.zig", "")
        .with("x/n.c", "")
        .with("x/big.bin", "")
        .with("tests/test_x.py", PY)
    };
    let folder =
        configured("wheel-exclude = [\"*.c\", \"*.zig\"]\nsdist-exclude = [\"*.bin\", \"/tests\"]");
    assert_eq!(wheel(&folder), ["x/__init__.py", "x/big.bin"]);
    assert_eq!(
        sdist(&folder),
        ["pyproject.toml", "x/__init__.py", "x/n.c", "x/n.zig"]
    );
    let files = files(&folder);
    let left_out: Vec<_> = files.left_out.iter().collect();
    let shown = left_out.iter().map(|out| {
        let of = (out.in_wheel, out.in_sdist);
        (out.path.as_str(), out.why.as_str(), of)
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            ("tests/test_x.py", "sdist-exclude `/tests`", (false, false)),
            ("x/big.bin", "sdist-exclude `*.bin`", (true, false)),
            ("x/n.c", "wheel-exclude `*.c`", (false, true)),
            ("x/n.zig", "wheel-exclude `*.zig`", (false, true)),
        ]
    );

    let needed = configured("sdist-exclude = [\"*.c\"]");
    assert_eq!(wheel(&needed).len(), 4);
    let error = needed.load().unwrap().files().unwrap();
    let error = error.sdist().unwrap_err().to_string();
    assert!(
        error.contains(
            "tool.pyz3-wheel.sdist-exclude: `*.c` leaves out `x/n.c`, the module's source"
        ),
        "{error}"
    );
    // A package of which nothing is left.
    let nothing = configured("wheel-exclude = [\"/x/\"]");
    let problem = refused(&nothing);
    assert!(
        problem.contains("`x` is left out of the wheel: wheel-exclude `/x/`"),
        "{problem}"
    );
}

#[test]
fn what_no_build_can_do_without_is_in_the_sdist_though_ignored() {
    let folder = Folder::minimal(
        "readme = \"made/README.md\"\n[tool.pyz3-wheel]\nbuild-file = \"zig/build.zig\"\n",
    )
    .with(".gitignore", "*\n")
    .with("made/README.md", "")
    .with("COPYING", "")
    .with("zig/build.zig", "")
    .with("zig/build.zig.zon", "")
    .with("zig/main.zig", "");
    let always = [
        "COPYING",
        "made/README.md",
        "pyproject.toml",
        "zig/build.zig",
        "zig/build.zig.zon",
    ];
    assert_eq!(sdist(&folder), always);
}

#[test]
fn results_are_left_out_wherever_they_go() {
    let folder = Folder::minimal("")
        .with("src/x/__init__.py", PY)
        .with("src/x/x-1-py3-none-any.whl", "")
        .with("src/x-1-py3-none-any.whl", "")
        .with("src/x-0.tar.gz", "")
        .with("src/y-1.tar.gz", "")
        .with("wheels/anything", "");
    let sdist = |output: &str| {
        let project = folder.load().unwrap();
        let files = project.files_beside(&folder.path().join(output)).unwrap();
        assert_eq!(files.wheel.len(), 2, "{output}");
        let places = files.sdist().unwrap().iter();
        let places: Vec<_> = places.map(|file| file.path.clone()).collect();
        places.join(" ")
    };
    let own = "pyproject.toml src/x/__init__.py src/x/x-1-py3-none-any.whl src/y-1.tar.gz";
    assert_eq!(sdist("wheels"), own);
    assert_eq!(sdist("src"), format!("{own} wheels/anything"));
    let package = folder.path().join("src/x");
    let project = folder.load().unwrap();
    assert_eq!(project.files_beside(&package).unwrap().wheel.len(), 1);
}

#[test]
fn what_lies_outside_the_project_is_in_no_sdist() {
    let project = |readme: &str| {
        let text = format!("[project]\nname = \"x\"\nversion = \"1\"\nreadme = \"{readme}\"\n");
        let folder = Folder::empty()
            .with("README.md", "")
            .with("p/docs/README.md", "")
            .with("p/pyproject.toml", text);
        super::Project::load(&folder.path().join("p"))
            .unwrap()
            .files()
            .unwrap()
    };
    let inside = project("docs/../docs/README.md");
    let places = inside.sdist().unwrap().iter();
    let places: Vec<_> = places.map(|file| file.path.as_str()).collect();
    assert_eq!(places, ["docs/README.md", "pyproject.toml"]);
}

#[test]
fn a_package_that_is_left_out_whole_is_told_of() {
    let folder = configured("").with(".gitignore", "/x/\n");
    let problem = refused(&folder);
    assert!(
        problem.contains("`x` is left out of the wheel: `/x/` in .gitignore"),
        "{problem}"
    );
    let folder = configured("include = [\"/x/\"]").with(".gitignore", "/x/\n");
    assert_eq!(wheel(&folder), ["x/__init__.py"]);
}

#[test]
fn a_package_in_a_namespace_is_found_or_named() {
    let named = |name: &str| {
        Folder::new(&format!("[project]\nname = \"{name}\"\nversion = \"1\"\n"))
            .with("src/ns/hello/__init__.py", PY)
            .with("src/ns/other/__init__.py", PY)
    };
    for name in ["ns.hello", "ns-hello", "NS-Hello"] {
        let folder = named(name);
        assert_eq!(wheel(&folder), ["ns/hello/__init__.py"], "{name}");
        let package = folder.load().unwrap().python_package();
        assert_eq!(package.as_deref(), Some("ns.hello"), "{name}");
    }
    // A package that holds a package is not a namespace: it is packed as the only package.
    let nested = named("ns.hello").with("src/ns/__init__.py", PY);
    let whole = [
        "ns/__init__.py",
        "ns/hello/__init__.py",
        "ns/other/__init__.py",
    ];
    assert_eq!(wheel(&nested), whole);

    let configured = |more: &str| {
        configured(more)
            .with("py/ns/hello/__init__.py", PY)
            .with("py/x/__init__.py", PY)
    };
    let counted = configured("python-source = \"py\"\npackages = [\"py/ns/hello\"]");
    assert_eq!(wheel(&counted), ["ns/hello/__init__.py"]);
    let last = configured("packages = [\"py/ns/hello\"]");
    assert_eq!(wheel(&last), ["hello/__init__.py"]);
    let found = configured("python-source = \"py\"");
    assert!(files(&found).wheel[0].source.ends_with("py/x/__init__.py"));
    let outside = configured("python-source = \"py\"\npackages = [\"x\"]");
    assert!(refused(&outside).contains("`x` is not below python-source, `py`"));
}

#[test]
fn data_scripts_and_headers_go_to_the_folders_that_wheels_have_for_them() {
    let folder = configured("data = \"share\"\nscripts = \"tools/bin\"\nheaders = \"include/\"\n")
        .with("share/man/x.1", "")
        .with("tools/bin/x-run", "#!python\n")
        .with("include/x.h", "");
    let files = files(&folder);
    let places: Vec<_> = files
        .wheel
        .iter()
        .map(|file| (file.path.as_str(), file.kind, file.why.to_string()))
        .collect();
    let package = "package x".to_owned();
    assert_eq!(
        places,
        [
            ("x-1.data/data/man/x.1", Kind::Data, "data".to_owned()),
            ("x-1.data/headers/x.h", Kind::Header, "headers".to_owned()),
            ("x-1.data/scripts/x-run", Kind::Script, "scripts".to_owned()),
            ("x/__init__.py", Kind::Package, package),
        ]
    );
    for place in ["share/man/x.1", "tools/bin/x-run", "include/x.h"] {
        assert!(sdist(&folder).contains(&place.to_owned()), "{place}");
    }
    let missing = configured("data = \"nowhere\"");
    assert!(
        refused(&missing).contains("tool.pyz3-wheel.data: `nowhere` is not an existing folder")
    );
    for key in ["data", "scripts", "headers", "python-source"] {
        configured(&format!("{key} = \"../up\"")).refused("not a folder below the project's root");
    }
}

#[test]
fn names_that_wheels_keep_for_themselves_are_no_packages() {
    for name in ["x-1.data", "other.dist-info"] {
        let folder = configured(&format!("packages = [{name:?}]")).with(&format!("{name}/a"), "");
        assert!(
            refused(&folder).contains("have for their own folders"),
            "{name}"
        );
    }
}
