//! Managed projects: the modules are declared in pyproject.toml, and the build script is ours. Those of
//! frameworks are built with the frameworks as they were published, and run on every platform that
//! there is a Python for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use support::{ALL_PLATFORMS, all_platforms};
use support::{Ran, command, copy_tree, kept, project, pythons, repo, run, skip, succeed};
use support::{need, rigs};

/// A framework that the fixture is written for.
struct Framework {
    /// Its package and table.
    name: &'static str,
    /// What pip installs.
    requirement: &'static str,
}

const PYZ3: Framework = Framework {
    name: "pyz3",
    requirement: "pyz3==0.11.0",
};

const PYDUST: Framework = Framework {
    name: "pydust",
    requirement: "ziggy-pydust==0.26.0",
};

impl Framework {
    /// A project of three modules: functions, a class, a part in C.
    fn project(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        copy_tree(&repo().join("tests/fixtures/pyz3"), folder.path());
        for name in ["plain", "counter", "sums"] {
            let path = folder.path().join(format!("src/{name}.zig"));
            change(&path, &[("pyz3", self.name)]);
        }
        change(
            &folder.path().join("pyproject.toml"),
            &[
                ("pyz3==0.11.0", self.requirement),
                ("tool.pyz3.", &format!("tool.{}.", self.name)),
            ],
        );
        folder
    }
}

fn change(path: &Path, replacements: &[(&str, &str)]) {
    let mut text = fs::read_to_string(path).unwrap();
    for (from, to) in replacements {
        assert!(text.contains(from), "no {from} in {}", path.display());
        text = text.replace(from, to);
    }
    fs::write(path, text).unwrap();
}

/// Each file of a project, but for the folder that is ours.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".pyz3-wheel")
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// Builds with these arguments into a folder of its own; sees that nothing of the project was changed.
/// `None`, with a message, if pip cannot install the framework.
fn built(project: &Path, args: &[&str]) -> Option<TempDir> {
    let before = files(project);
    let output = TempDir::new_in(kept("projects")).unwrap();
    let ran = run(command()
        .args(args)
        .args(["--zig-version", "0.15.2", "--output-dir"])
        .arg(output.path())
        .arg("--project")
        .arg(project));
    if ran.stderr.contains("could not be installed") {
        skip(&format!("a managed project: {}", ran.stderr));
        return None;
    }
    ran.exits(0);
    assert_eq!(files(project), before, "the build changed the project");
    Some(output)
}

/// The wheel of this platform, unpacked.
fn unpacked(output: &TempDir, platform: &str) -> TempDir {
    let mut found = fs::read_dir(output.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(&format!("{platform}.whl")));
    let wheel = found.next().expect(platform);
    assert_eq!(found.next(), None);
    let site = tempfile::tempdir().unwrap();
    succeed(
        Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .args([wheel.as_path(), site.path()]),
    );
    site
}

/// What a Python says to some lines, with a folder to import from.
#[track_caller]
fn says(python: &mut Command, site: &TempDir, code: &str) -> String {
    let python = python
        .args(["-B", "-c", code])
        .env("PYTHONPATH", ".")
        .current_dir(site.path());
    succeed(python).replace('\r', "").trim_end().to_owned()
}

/// Sees that the modules answer on Linux, in each of these Pythons.
#[track_caller]
fn answers_here(output: &TempDir, versions: &[&str], code: &str, answer: &str) {
    let here = unpacked(output, "manylinux_2_17_x86_64");
    let runs_here = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    for version in versions.iter().filter(|_| runs_here) {
        match pythons().get(*version) {
            Some(python) => assert_eq!(says(&mut Command::new(python), &here, code), answer),
            None => skip(&format!(
                "a managed project in CPython {version}, which is not here"
            )),
        }
    }
}

/// The same, and on arm64 and on Windows.
#[track_caller]
fn answers_everywhere(output: &TempDir, versions: &[&str], code: &str, answer: &str) {
    answers_here(output, versions, code, answer);
    let arm = unpacked(output, "manylinux_2_17_aarch64");
    for (version, mut python) in rigs::aarch64_pythons("managed projects") {
        if versions.contains(&&*version) {
            assert_eq!(says(&mut python, &arm, code), answer);
        }
    }
    if let Some(mut python) = rigs::windows_python("managed projects") {
        let windows = unpacked(output, "win_amd64");
        assert_eq!(says(&mut python, &windows, code), answer);
    }
}

const CODE: &str = "\
from hello import counter, plain, sums
c = counter.Counter(start=5)
print(plain.add(2), plain.add(1, b=5), plain.greeting())
print(c.step(), len(c), counter.Counter.__doc__)
print(sums.rest(27.0), sums.title())
";
const ANSWER: &str = "3 6 Hello from Zig\n6 6 Counts.\n60.0 sums";

fn names(output: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(output.path()).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// One abi3 wheel a platform, of a framework as it was published.
fn three_modules_work(framework: &Framework) {
    let project = framework.project();
    let Some(output) = built(project.path(), &["--all-platforms"]) else {
        return;
    };
    let platforms = [
        "macosx_10_9_x86_64",
        "macosx_11_0_arm64",
        "manylinux2014_aarch64.manylinux_2_17_aarch64",
        "manylinux2014_x86_64.manylinux_2_17_x86_64",
        "win_amd64",
    ];
    assert_eq!(
        names(&output),
        platforms.map(|platform| format!("hello-0.1.0-cp311-abi3-{platform}.whl"))
    );
    let windows = unpacked(&output, "win_amd64");
    let bill = "hello-0.1.0.dist-info/sboms/pyz3-wheel.cdx.json";
    let bill = fs::read_to_string(windows.path().join(bill)).unwrap();
    let purl = format!(
        "\"purl\": \"pkg:pypi/{}\"",
        framework.requirement.replace("==", "@")
    );
    assert!(bill.contains(&purl), "{purl} in {bill}");
    for module in ["plain", "counter", "sums"] {
        assert!(windows.path().join(format!("hello/{module}.pyd")).is_file());
    }
    answers_everywhere(&output, &["3.11", "3.12", "3.13"], CODE, ANSWER);
}

#[test]
fn three_modules_of_pyz3_work_on_every_platform() {
    three_modules_work(&PYZ3);
}

#[test]
fn three_modules_of_pydust_work_on_every_platform() {
    three_modules_work(&PYDUST);
}

/// A module that keeps to the limited API may be beside one that does not.
#[test]
fn modules_of_pyz3_on_the_full_api_get_a_wheel_for_each_python() {
    let project = PYZ3.project();
    change(
        &project.path().join("pyproject.toml"),
        &[(
            "root = \"src/counter.zig\"",
            "root = \"src/counter.zig\"\nlimited_api = false",
        )],
    );
    let args = [
        "--platform",
        "linux-x86_64",
        "--platform",
        "linux-aarch64",
        "--platform",
        "windows-x64",
    ];
    let Some(output) = built(project.path(), &[&args[..], &["--python", "3.11"]].concat()) else {
        return;
    };
    let site = unpacked(&output, "win_amd64");
    assert!(
        site.path()
            .join("hello/counter.cp311-win_amd64.pyd")
            .is_file()
    );
    answers_everywhere(&output, &["3.11"], CODE, ANSWER);
}

/// An error in a framework's own source is reported as such, not as an error in the project.
#[test]
fn an_error_in_pyz3s_own_source_is_said_to_be_there() {
    let project = PYZ3.project();
    // pyz3 0.11.0 calls its own `import` with one argument there, and it takes two.
    change(
        &project.path().join("src/plain.zig"),
        &[(
            "comptime {",
            "pub fn today() !py.PyDate {\n    return py.PyDate.today();\n}\n\ncomptime {",
        )],
    );
    // The same on two systems: it is not the platform's fault.
    let platforms = ["--platform", "linux-x86_64", "--platform", "windows-x64"];
    let ran = run(command()
        .args(["--zig-version", "0.15.2"])
        .args(platforms)
        .arg("--project")
        .arg(project.path()));
    if ran.stderr.contains("could not be installed") {
        return skip(&format!("an error in pyz3's source: {}", ran.stderr));
    }
    let said = "is in pyz3 0.11.0's own source, which pyz3-wheel does not change";
    // One message for both jobs.
    assert_eq!(ran.stderr.matches(said).count(), 1, "{}", ran.stderr);
    ran.exits(1)
        .says("the error at types/datetime.zig:")
        .says("pyz3 0.11.0 requires ziglang>=0.15.1, but this is Zig 0.15.2");
}

/// The Zigs that their sources are not written for are refused by the sources, and that is said.
#[test]
fn pyz3_and_pydust_are_for_zig_0_15_alone() {
    for (framework, zig) in [
        (PYZ3, "0.14.1"),
        (PYDUST, "0.14.1"),
        (PYZ3, "0.16.0"),
        (PYDUST, "0.16.0"),
        (PYZ3, "0.17.1"),
        (PYDUST, "0.17.1"),
    ] {
        let project = framework.project();
        let pyproject = project.path().join("pyproject.toml");
        let text = fs::read_to_string(&pyproject).unwrap();
        // One module will do.
        let mut tables = text.match_indices("[[").map(|(at, _)| at);
        let second = tables.nth(1).unwrap();
        fs::write(&pyproject, &text[..second]).unwrap();
        let ran = run(command()
            .args([
                "--zig-version",
                zig,
                "--platform",
                "linux-x86_64",
                "--project",
            ])
            .arg(project.path()));
        if ran.stderr.contains("could not be installed") {
            skip(&format!(
                "{} with Zig {zig}: {}",
                framework.name, ran.stderr
            ));
            continue;
        }
        ran.exits(1)
            .says("'s own source, which pyz3-wheel does not change")
            .says(&format!(
                "but this is Zig {zig}: choose another version with --zig-version"
            ));
    }
}

const NATIVE: &str = "docs/examples/hello/src/native.zig";

/// Two modules with the same last name, of one file, on the full API: nothing but pyproject.toml tells
/// them apart. One has a part in another language.
fn two_modules(file: &str, text: &str) -> TempDir {
    let native = fs::read_to_string(repo().join(NATIVE)).unwrap();
    let sum = fs::read_to_string(repo().join(NATIVE).with_file_name("sum.zig")).unwrap();
    let pyproject = format!(
        "[project]\nname = \"hello\"\nversion = \"1\"\n\
         [[tool.pyz3-wheel.module]]\nname = \"hello._native\"\nroot = \"zig/native.zig\"\n\
         [[tool.pyz3-wheel.module]]\nname = \"other.deep._native\"\nroot = \"zig/other.zig\"\n\
         c-sources = [\"{file}\"]\nc-flags = [\"-DANSWER=42\"]\n"
    );
    project(&[
        ("pyproject.toml", &pyproject),
        ("hello/__init__.py", ""),
        ("other/__init__.py", ""),
        ("other/deep/__init__.py", ""),
        ("zig/native.zig", &native),
        ("zig/sum.zig", &sum),
        (
            "zig/other.zig",
            &native
                .replace(
                    "return py.Py_BuildValue(\"(ii)\", major, minor)",
                    "_ = .{ major, minor };\n    return py.PyLong_FromLong(answer())",
                )
                .replace("/// greet(", "extern fn answer() c_long;\n\n/// greet("),
        ),
        (file, text),
    ])
}

const TWO: &str = "import hello._native, other.deep._native\n\
    print(hello._native.built_for(), other.deep._native.built_for(), hello._native.greet('Zig'))";
const TWO_ANSWER: &str = "(3, 11) 42 Hello, Zig!";

#[test]
fn modules_without_a_framework_import_python_h() {
    let project = two_modules("zig/answer.c", "long answer(void) { return ANSWER; }\n");
    let output = built(project.path(), &["--all-platforms", "--python", "3.11"]).unwrap();
    assert_eq!(names(&output).len(), 5);
    answers_everywhere(&output, &["3.11"], TWO, TWO_ANSWER);
}

/// Zig compiles its C++ library for each platform, which takes a minute of a processor.
#[test]
fn modules_may_have_parts_in_cpp() {
    let project = two_modules(
        "zig/answer.cpp",
        "#include <string>\nextern \"C\" long answer() { return std::stol(std::to_string(ANSWER)); }\n",
    );
    let build = |platforms: &[&str]| {
        built(project.path(), &[&["--python", "3.11"], platforms].concat()).unwrap()
    };
    if all_platforms() {
        let output = build(&["--all-platforms"]);
        assert_eq!(names(&output).len(), 5);
        answers_everywhere(&output, &["3.11"], TWO, TWO_ANSWER);
    } else {
        skip(&format!(
            "C++ for other platforms than linux-x86_64: {ALL_PLATFORMS} is not 1"
        ));
        let output = build(&["--platform", "linux-x86_64"]);
        answers_here(&output, &["3.11"], TWO, TWO_ANSWER);
    }
}

/// The same bytes from another folder, and nothing to do the second time.
/// The headers of 3.15t request an alignment that newer Zigs cannot translate.
#[test]
fn a_managed_project_on_the_full_api_is_built_for_free_threaded_3_15() {
    let pythons = support::default_pythons();
    let python = need!(pythons.get("3.15t"), "3.15t, for its headers");
    let project = support::example("hello-managed");
    change(
        &project.path().join("pyproject.toml"),
        &[("abi = [\"abi3\", \"abi3t\"]", "abi = \"full\"")],
    );
    for zig in ["0.15.2", "0.16.0", "0.17.1"] {
        let mut build = command();
        build.args(["--zig-version", zig, "--platform", "linux-x86_64"]);
        build.args(["--platform", "macos-arm64", "--python"]);
        build.arg(python).arg("--project").arg(project.path());
        run(&mut build).exits(0);
    }
}

#[test]
fn a_managed_project_is_reproducible_and_reused() {
    let build = |project: &Path, args: &[&str]| {
        run(command()
            .env_remove("PYZ3_WHEEL_NO_CACHE")
            .args(["--zig-version", "0.15.2", "--platform", "linux-x86_64"])
            .args(args)
            .arg("--project")
            .arg(project))
        .exits(0)
    };
    let projects = [0, 1].map(|_| support::example("hello-managed"));
    let wheels = projects.each_ref().map(|project| {
        build(project.path(), &["--clean"]);
        files(&project.path().join("dist")).into_values().next()
    });
    assert!(wheels[0].is_some());
    assert_eq!(wheels[0], wheels[1]);
    let project = projects[0].path();
    let plan = build(project, &["--dry-run", "--format", "json"]).json();
    assert_eq!(
        plan["build_script"],
        serde_json::json!({"kind": "made", "framework": null})
    );
    assert_eq!(plan["jobs"][0]["prospect"]["action"], "unchanged");
    change(
        &project.join("pyproject.toml"),
        &[("root =", "c-flags = [\"-DX\"]\nroot =")],
    );
    let plan = build(project, &["--dry-run", "--format", "json"]).json();
    let why = plan["jobs"][0]["prospect"]["why"].as_str().unwrap();
    assert!(why.contains("pyproject.toml changed"), "{why}");
    assert!(why.contains("pyz3-wheel's build script changed"), "{why}");
}

fn refused(files: &[(&str, &str)], code: i32) -> Ran {
    let project = project(files);
    let ran = run(command()
        .env("PIP_NO_INDEX", "1")
        .env("UV_OFFLINE", "1")
        .arg("--project")
        .arg(project.path()));
    assert!(!project.path().join("dist").exists());
    ran.exits(code)
}

#[test]
fn a_module_that_python_can_not_import_is_said_with_the_line_that_it_lacks() {
    let text = "[project]\nname = \"x\"\nversion = \"1\"\n\
                [[tool.pyz3-wheel.module]]\nname = \"x._a\"\nroot = \"a.zig\"\n";
    let project = project(&[
        ("pyproject.toml", text),
        ("a.zig", "export fn other() void {}"),
        ("x/__init__.py", ""),
    ]);
    run(command()
        .args([
            "--zig-version",
            "0.15.2",
            "--platform",
            "linux-x86_64",
            "--project",
        ])
        .arg(project.path()))
    .exits(4)
    .says("the module x._a exports no PyInit__a")
    .says("export fn PyInit__a()");
}

#[test]
fn everything_that_is_wrong_with_the_modules_is_said_at_once() {
    let text = "[project]\nname = \"x\"\nversion = \"1\"\n\
                [[tool.pyz3-wheel.module]]\nname = \"x-y\"\nroot = \"gone.zig\"\nc-sources = [\"gone.c\"]\n";
    refused(&[("pyproject.toml", text)], 2)
        .says("`x-y` is not the name of a Python module")
        .says("`gone.zig` is not an existing file")
        .says("`gone.c` is not an existing file");
}

#[test]
fn a_framework_that_is_not_to_be_had_is_said_with_what_asks_for_it() {
    let module = "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n\
                  [[tool.pyz3.ext_module]]\nname = \"x.a\"\nroot = \"a.zig\"\n";
    let wanting = format!("[build-system]\nrequires = [\"pyz3==0.0.999\"]\n{module}");
    refused(&[("pyproject.toml", &wanting), ("a.zig", "")], 1)
        .says(
            "pyproject.toml:2:13: pyz3==0.0.999 is not on this machine and could not be installed",
        )
        .says("pip install 'pyz3==0.0.999'");
    refused(&[("pyproject.toml", module), ("a.zig", "")], 2)
        .says("pyz3 is in none of this project's Pythons, and pyproject.toml does not require it")
        .says("requires = [\"pyz3==…\"]");
}
