//! Which Python a job is for, and what a build script learns of it.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

use support::need;
use support::{command, example, run, succeed};

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
    // The floor loads what was compiled with later headers.
    if let Some(oldest) = python("3.9") {
        let unpacked = tempfile::tempdir().unwrap();
        let unpack = Command::new(oldest)
            .args(["-m", "zipfile", "-e", abi3])
            .arg(unpacked.path())
            .output();
        assert!(unpack.unwrap().status.success());
        let greet = "import hello_abi3; print(hello_abi3.greet('Zig'))";
        let mut import = Command::new(oldest);
        import.current_dir(unpacked.path()).args(["-c", greet]);
        assert_eq!(succeed(&mut import), "Hello, Zig!\n");
    } else {
        support::skip("3.9, to load the abi3 module");
    }

    // A script that ignores that there is no limited API.
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
        .says("a free-threaded Python has no limited API")
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
