//! Which Python a job is for, and what a build script learns of it.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use support::need;
use support::{BUILD, Ran, command, example, project, run, succeed, write_file};
use tempfile::TempDir;

/// What a script does that looks for an interpreter itself. Zig resolves links then.
const ASK: &str = r#"
    const found = b.findProgram(&.{ "python", "python3" }, &.{}) catch @panic("no Python on PATH");
    const ask = "import sys, sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'), *sys.argv[1:], sep='|')";
    std.debug.print("FOUND {s}\n", .{b.run(&.{ found, "-c", ask, "two words" })});
    const config = b.findProgram(&.{"python3-config"}, &.{}) catch @panic("no python3-config on PATH");
    std.debug.print("CONFIG {s}\n", .{b.run(&.{ config, "--extension-suffix" })});
}
"#;

/// A Python of this machine that says of itself that it is free-threaded.
fn free_threaded(python: &Path, folder: &Path) -> PathBuf {
    let exe = folder.join("python-t");
    let text = format!(
        "#!/bin/sh\nfor last; do :; done\nexec '{}' -E -s -S -c '\
         import sys, sysconfig\n\
         sysconfig.get_config_vars()[\"Py_GIL_DISABLED\"] = 1\n\
         exec(sys.argv[1])' \"$last\"\n",
        python.display()
    );
    // Another process writes it: no child that is started meanwhile holds it open.
    let write = "printf %s \"$2\" > \"$1\"; chmod +x \"$1\"";
    succeed(
        Command::new("sh")
            .args(["-c", write, "sh"])
            .arg(&exe)
            .arg(text),
    );
    exe
}

/// The program on a project, on a machine with one Python: neither PATH nor the home directory has another.
fn with_one_python(python: &Path, project: &Path) -> (TempDir, Command) {
    let machine = tempfile::tempdir().unwrap();
    let bin = machine.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(python, bin.join("python3")).unwrap();
    let mut command = command();
    command.env("HOME", machine.path()).env("PATH", &bin);
    for name in ["PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME"] {
        command.env_remove(name);
    }
    command.arg("--project").arg(project);
    (machine, command)
}

/// What a Python prints for code that imports modules of a wheel.
fn says_with(python: &Path, wheel: &str, code: &str) -> String {
    let unpacked = tempfile::tempdir().unwrap();
    let mut unpack = Command::new(python);
    succeed(
        unpack
            .args(["-m", "zipfile", "-e", wheel])
            .arg(unpacked.path()),
    );
    let mut import = Command::new(python);
    succeed(import.current_dir(unpacked.path()).args(["-c", code]))
}

/// The floor loads what was compiled with later headers.
fn greets_in_python_3_9(wheel: &str) {
    let Some(oldest) = support::pythons().get("3.9") else {
        return support::skip("3.9, to load the abi3 module");
    };
    let greet = "import hello_abi3; print(hello_abi3.greet('Zig'))";
    assert_eq!(says_with(oldest, wheel, greet), "Hello, Zig!\n");
}

#[test]
fn an_abi3_project_is_built_for_its_floor_on_a_machine_with_a_later_python_only() {
    let later = need!(support::pythons().get("3.13"), "3.13, a later Python");
    let project = example("hello-abi3");
    support::without_floor(project.path());
    let (_machine, mut build) = with_one_python(later, project.path());
    for platform in ["linux-x86_64", "macos-arm64", "windows-x64"] {
        build.args(["--platform", platform]);
    }
    let report = run(build.args(["--format", "json"])).exits(0).json();
    let wheels: Vec<_> = report["wheels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|wheel| wheel["path"].as_str().unwrap())
        .collect();
    assert_eq!(wheels.len(), 3, "{report:#}");
    for wheel in &wheels {
        assert!(wheel.contains("/hello_abi3-0.1.0-cp39-abi3-"), "{wheel}");
    }
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let own = wheels.iter().find(|wheel| wheel.contains("manylinux"));
        greets_in_python_3_9(own.unwrap());
    }
    let (_machine, mut plan) = with_one_python(later, project.path());
    let plan = run(plan.arg("--dry-run")).exits(0).stdout;
    let note = "for 3.9 and later, with the headers of 3.13";
    assert!(plan.contains(note), "{plan}");
    // A Python that is named and absent is not replaced by another.
    let (_machine, mut other) = with_one_python(later, project.path());
    run(other.args(["--python", "3.14", "--dry-run"]))
        .exits(2)
        .says("Python 3.14 is not on this machine");
}

/// C sources of a managed project have the limited API of the floor, too.
#[test]
fn c_sources_of_a_managed_abi3_project_are_compiled_for_the_floor() {
    let later = need!(support::pythons().get("3.13"), "3.13, a later Python");
    let root = "extern fn made() ?*anyopaque;\n\
        export fn PyInit_tiny() ?*anyopaque {\n    return made();\n}\n";
    let core = "#include <Python.h>\n\
        #if Py_LIMITED_API + 0 != 0x03090000\n\
        #error \"not the limited API of the floor\"\n\
        #endif\n\
        static PyModuleDef def = {PyModuleDef_HEAD_INIT, \"tiny\"};\n\
        PyObject *made(void) { return PyModule_Create(&def); }\n";
    let manifest = "[project]\nname = \"tiny\"\nversion = \"1.0\"\nrequires-python = \">=3.9\"\n\
        [tool.pyz3-wheel]\nabi = \"abi3\"\n\
        [[tool.pyz3-wheel.module]]\nname = \"tiny\"\nroot = \"tiny.zig\"\nc-sources = [\"core.c\"]\n";
    let project = project(&[
        ("pyproject.toml", manifest),
        ("tiny.zig", root),
        ("core.c", core),
    ]);
    let (_machine, mut build) = with_one_python(later, project.path());
    run(build.args(["--platform", "linux-x86_64"])).exits(0);
}

/// The macros of abi3t are those of Zig and of C, in a module that C makes.
#[test]
fn c_sources_of_a_managed_project_are_compiled_for_abi3t() {
    let python = need!(
        support::pythons().get("3.15"),
        "3.15, to load abi3t modules"
    );
    let core = "#include <Python.h>\n\
        #if !defined(Py_TARGET_ABI3T) || Py_LIMITED_API != 0x030F0000\n\
        #error \"not abi3t\"\n\
        #endif\n\
        PyABIInfo_VAR(abi);\n\
        static PySlot slots[] = {\n\
            PySlot_STATIC_DATA(Py_mod_abi, &abi),\n\
            PySlot_STATIC_DATA(Py_mod_name, \"tiny\"),\n\
            PySlot_DATA(Py_mod_gil, Py_MOD_GIL_NOT_USED),\n\
            PySlot_END,\n\
        };\n\
        PyMODEXPORT_FUNC PyModExport_tiny(void) { return slots; }\n";
    let manifest = "[project]\nname = \"tiny\"\nversion = \"1.0\"\nrequires-python = \">=3.15\"\n\
        [tool.pyz3-wheel]\nabi = [\"abi3\", \"abi3t\"]\n\
        [[tool.pyz3-wheel.module]]\nname = \"tiny\"\nroot = \"tiny.zig\"\nc-sources = [\"core.c\"]\n";
    let root = "const py = @import(\"py\");\ncomptime {\n    _ = py.Py_TARGET_ABI3T;\n}\n";
    let project = project(&[
        ("pyproject.toml", manifest),
        ("tiny.zig", root),
        ("core.c", core),
    ]);
    let mut build = command();
    build.args(["--platform", "linux-x86_64", "--project"]);
    let ran = run(build.arg(project.path())).exits(0);
    let wheel = ran.stdout.trim();
    assert!(wheel.contains("-cp315-abi3.abi3t-"), "{wheel}");
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let file = says_with(python, wheel, "import tiny; print(tiny.__file__)");
        assert!(file.trim().ends_with("tiny.abi3t.so"), "{file}");
    }
}

/// A script that takes the version of the limited API from the interpreter that it runs.
#[test]
fn a_script_that_asks_the_interpreter_for_its_floor_is_told_to_use_the_python_of_the_floor() {
    let later = need!(support::pythons().get("3.12"), "3.12, a later Python");
    let lines = "
    const include = b.option([]const u8, \"python-include\", \"\") orelse \"\";
    const python = b.findProgram(&.{\"python3\"}, &.{}) catch @panic(\"no Python on PATH\");
    const version = b.run(&.{ python, \"-c\", \"import sys; print(end=hex(sys.hexversion >> 16 << 16))\" });
    mod.link_libc = true;
    mod.addIncludePath(.{ .cwd_relative = include });
    mod.addCMacro(\"Py_LIMITED_API\", version);
    mod.addCSourceFile(.{ .file = b.path(\"core.c\") });
    lib.linker_allow_shlib_undefined = true;
";
    let core = "#include <Python.h>\n\
        static PyModuleDef def = {PyModuleDef_HEAD_INIT, \"tiny\"};\n\
        PyMODINIT_FUNC PyInit_tiny(void) {\n\
            PyObject *module = PyModule_Create(&def);\n\
        #if Py_LIMITED_API + 0 >= 0x030A0000\n\
            PyModule_AddObjectRef(module, \"none\", Py_None);\n\
        #endif\n\
            return module;\n}\n";
    let project = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"tiny\"\nversion = \"1.0\"\nrequires-python = \">=3.9\"\n\
             [tool.pyz3-wheel]\nabi = \"abi3\"\nmodules = [\"tiny\"]\n",
        ),
        ("build.zig", &BUILD.replace("// MORE", lines)),
        ("tiny.zig", ""),
        ("core.c", core),
    ]);
    let built = |python: &Path| -> Ran {
        let mut command = command();
        command
            .args(["--platform", "linux-x86_64", "--python"])
            .arg(python)
            .arg("--project");
        run(command.arg(project.path()))
    };
    built(later)
        .exits(4)
        .says("uses PyModule_AddObjectRef, which is in the stable ABI since Python 3.10")
        .says("in build.zig, define Py_LIMITED_API and Py_TARGET_ABI3T with the values that the build script gets")
        .says("it got 3.12: build with the Python of the floor: --python 3.9 (with pip: -C python=3.9)");
    let floor = need!(support::pythons().get("3.9"), "3.9, the floor's own Python");
    built(floor).exits(0);
}

/// A script that ignores what it is told, such as one with an older pyz3_build.zig.
#[test]
fn a_build_for_abi3t_that_makes_a_module_for_abi3_is_rejected() {
    let newest = ["3.15", "3.15t"];
    let pythons = support::default_pythons();
    let python = newest.iter().find_map(|version| pythons.get(*version));
    let python = need!(python, "3.15, for the headers of abi3t");
    let project = example("hello-abi3");
    let helper = project.path().join("pyz3_build.zig");
    let text = std::fs::read_to_string(&helper).unwrap();
    let older: String = text
        .lines()
        .filter(|line| !line.contains("Py_TARGET_ABI3T"))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_ne!(text, older);
    std::fs::write(&helper, older).unwrap();
    let manifest = project.path().join("pyproject.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    // The only wheel is then the one for both stable ABIs.
    std::fs::write(
        &manifest,
        text.replace("abi3-floor = \"3.9\"", "abi3-floor = \"3.15\""),
    )
    .unwrap();
    let mut build = command();
    build.args(["--platform", "linux-x86_64", "--python"]);
    build.arg(python).arg("--project").arg(project.path());
    build.env(support::LOCAL_CACHE, project.path().join(".zig-cache"));
    run(&mut build)
        .exits(4)
        .says("uses PyModuleDef_Init, which needs the members of PyModuleDef")
        .says("if (abi3t.len > 0) mod.addCMacro(\"Py_TARGET_ABI3T\", abi3t);");
}

/// Importing the module tells too, but only on the machine that the module is for.
#[test]
fn a_module_with_a_zeroed_definition_is_rejected_for_free_threaded_3_15() {
    let pythons = support::default_pythons();
    let python = need!(pythons.get("3.15t"), "3.15t, for its headers");
    let project = example("hello");
    let source = project.path().join("src/native.zig");
    let text = std::fs::read_to_string(&source).unwrap();
    let header = |line: &&str| line.contains("ob_flags") || line.contains("ob_ref_local");
    let zeroed = text.lines().filter(|line| !header(line));
    let zeroed: String = zeroed.flat_map(|line| [line, "\n"]).collect();
    std::fs::write(&source, zeroed).unwrap();
    for platform in ["linux-x86_64", "linux-s390x", "macos-arm64", "windows-x64"] {
        let mut build = command();
        build.args(["--platform", platform, "--python"]).arg(python);
        build.arg("--project").arg(project.path());
        build.env(support::LOCAL_CACHE, project.path().join(".zig-cache"));
        let ran = run(&mut build)
            .exits(4)
            .says("has a PyModuleDef whose header is zero, so the import fails");
        let lines = text.lines().filter(header);
        lines.fold(ran, |ran, line| ran.says(line.trim()));
    }
}

/// The build-details.json of a Python that does not install one, as another machine may have it.
fn build_details(python: &Path, version: &str, folder: &Path) -> PathBuf {
    let include = "import sysconfig; print(end=sysconfig.get_path('include'))";
    let include = succeed(Command::new(python).args(["-c", include]));
    let minor = version.strip_prefix("3.").unwrap();
    let minor: u8 = minor.parse().unwrap();
    let version = json!({
        "major": 3, "minor": minor, "micro": 1, "releaselevel": "final", "serial": 0,
    });
    let details = json!({
        "schema_version": "1.0",
        "base_prefix": "/foreign",
        "base_interpreter": "bin/python3",
        "platform": "linux-aarch64",
        "language": { "version": format!("3.{minor}"), "version_info": &version },
        "implementation": { "name": "cpython", "version": &version, "cache_tag": "cpython" },
        "abi": { "flags": [] },
        "c_api": { "headers": include },
    });
    let file = folder.join("build-details.json");
    write_file(&file, &details.to_string());
    file
}

#[test]
fn build_details_can_be_given_in_place_of_an_interpreter() {
    let python = need!(support::pythons().get("3.12"), "3.12, for its headers");
    let folder = tempfile::tempdir().unwrap();
    let file = build_details(python, "3.12", folder.path());
    let project = example("hello");
    let built = |python: &Path, arguments: &[&str]| {
        let mut command = command();
        command.args(["--format", "json", "--platform", "linux-aarch64"]);
        command.arg("--python").arg(python).args(arguments);
        run(command.arg("--project").arg(project.path()))
    };
    let wheel = |ran: Ran| {
        let report = ran.exits(0).json();
        let path = report["wheels"][0]["path"].as_str().unwrap().to_owned();
        assert!(path.contains("-cp312-cp312-manylinux"), "{path}");
        std::fs::read(path).unwrap()
    };
    assert!(wheel(built(&file, &[])) == wheel(built(python, &[])));

    let planned = built(&file, &["--dry-run"]).exits(0).json();
    let planned = &planned["jobs"][0]["python"];
    assert_eq!(planned["origin"], "build-details.json");
    assert_eq!(planned["exe"], file.to_str().unwrap());
    assert_eq!(planned["base_exe"], json!(null));

    // Its interpreter is of another machine, so a script cannot run it, and must not get another one.
    let script = project.path().join("build.zig");
    let own = std::fs::read_to_string(&script).unwrap();
    let body = own.trim_end().strip_suffix('}').unwrap();
    std::fs::write(&script, format!("{body}{ASK}")).unwrap();
    built(&file, &[])
        .exits(1)
        .says("error: this build has no interpreter of Python 3.12, only its ")
        .says("hint: build with an interpreter (--python 3.12)");
}

/// What Debian installs with Python 3.14 and later, in a tree that is unpacked anywhere.
#[test]
fn build_details_of_the_pythons_that_install_them() {
    let mut files = Vec::new();
    for (version, exe) in support::default_pythons() {
        let exe = std::fs::canonicalize(exe).unwrap();
        let prefix = exe.ancestors().nth(2).unwrap();
        let library = prefix.join(format!("lib/python{version}"));
        let entries = std::fs::read_dir(library).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        files.extend(paths.filter_map(|path| {
            let name = path.file_name()?.to_str()?;
            let is_json = path.extension().is_some_and(|end| end == "json");
            let is_file = is_json && name.starts_with("build-details.");
            is_file.then_some((version, path))
        }));
    }
    if files.is_empty() {
        return support::skip("a Python 3.14 or later that has a build-details.json");
    }
    let project = example("hello");
    for (version, file) in files {
        let mut command = command();
        command.args(["--platform", "linux-x86_64", "--python"]);
        command.arg(file).arg("--project").arg(project.path());
        let ran = run(&mut command).exits(0);
        let tags = support::full_tags(version);
        assert!(ran.stdout.contains(&tags), "{tags}: {ran:#?}");
    }
}

#[test]
fn an_abi3_project_is_built_for_the_pythons_that_are_named() {
    let python = |version| support::pythons().get(version).map(PathBuf::as_path);
    let newest = need!(python("3.13"), "3.13, for a free-threaded Python");
    let later = need!(python("3.12"), "3.12, for the headers of a later Python");
    let project = example("hello-abi3");
    let script = project.path().join("build.zig");
    let own = std::fs::read_to_string(&script).unwrap();
    let body = own.trim_end().strip_suffix('}').unwrap();
    std::fs::write(&script, format!("{body}{ASK}")).unwrap();
    let built = |arguments: &[&str]| {
        let mut command = command();
        command.arg("--project").arg(project.path()).args(arguments);
        // Zig takes a build script that another project has compiled in the same cache, with its helper.
        command.env(support::LOCAL_CACHE, project.path().join(".zig-cache"));
        run(&mut command)
    };
    let later = later.to_str().unwrap();

    let ran = built(&["--platform", "linux-aarch64", "--python", later, "-v"]).exits(0);
    let wheel = Path::new(ran.stdout.trim()).file_name().unwrap();
    let wheel = wheel.to_str().unwrap();
    assert!(wheel.starts_with("hello_abi3-0.1.0-cp39-abi3-"), "{wheel}");
    ran.says("FOUND .cpython-312-aarch64-linux-gnu.so|two words")
        .says("CONFIG .cpython-312-aarch64-linux-gnu.so");

    // This one has no packages of a free-threaded Python, so the script asks it nothing.
    std::fs::write(&script, &own).unwrap();
    let fakes = tempfile::tempdir().unwrap();
    let fake = free_threaded(newest, fakes.path());
    let fake = fake.to_str().unwrap();
    let ran = built(&["--python", later, "--python", fake]).exits(0);
    let [free, abi3] = ran.stdout.lines().collect::<Vec<_>>()[..] else {
        panic!("{ran:#?}")
    };
    assert!(abi3.contains("-cp39-abi3-"), "{abi3}");
    assert!(free.contains("-cp313-cp313t-"), "{free}");
    greets_in_python_3_9(abi3);

    // A script that defines Py_LIMITED_API even for the wheel with the full API.
    let helper = project.path().join("pyz3_build.zig");
    let text = std::fs::read_to_string(&helper).unwrap();
    let hard_coded = text.replace(
        "if (env(b, \"PYZ3_LIMITED_API\")) |version| headers.defineCMacro(\"Py_LIMITED_API\", version);",
        "headers.defineCMacro(\"Py_LIMITED_API\", \"0x03090000\");",
    );
    assert_ne!(text, hard_coded);
    std::fs::write(&helper, hard_coded).unwrap();
    built(&["--python", fake])
        .exits(1)
        .says("this free-threaded Python gets a wheel with the full API")
        .says("PYZ3_LIMITED_API");
    // Or that names the module for it, whatever it compiles.
    std::fs::write(&helper, text).unwrap();
    let named = own.replace(
        "b.installArtifact(pyz3.extension(\"hello_abi3\", module));",
        "const file = pyz3.extension(\"hello_abi3\", module).getEmittedBin();\n    \
         b.getInstallStep().dependOn(&b.addInstallLibFile(file, \"_native.abi3.so\").step);",
    );
    assert_ne!(own, named);
    std::fs::write(&script, named).unwrap();
    built(&["--python", fake])
        .exits(4)
        .says(
            "_native.abi3.so: is named for the limited API, but the wheel for free-threaded Python 3.13 has the full API",
        )
        .says("use --python to build for other Pythons only");
}
