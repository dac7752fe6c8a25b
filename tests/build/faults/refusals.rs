//! Binaries that are not what their wheels would promise: exit code 4, and no wheel. Messages that are the same
//! on every machine are snapshots.

use pyz3_wheel::Platform;
use pyz3_wheel::platform::Os;
use pyz3_wheel::tags::Arch;

use support::BUILD;
use support::fixture::{EXTENSION, Fixture, LIBRARY, PYPROJECT, a_python, failures, new_wheels};
use support::{need, run};

use crate::snapshots::portable;

/// Runs a build that fails and compares what it prints about the failure with a snapshot. The Python may have
/// any version.
fn refused(name: &str, fixture: &Fixture, args: &[&str], code: i32) {
    let ran = fixture.fails(args, code);
    // The notes before that depend on what is cached.
    let at = ran.stderr.find("failed: ").unwrap_or_default();
    let mut said = portable(&ran.stderr[at..], &[(fixture.path(), "FOLDER")]);
    if let Some(at) = args.iter().position(|argument| *argument == "--python") {
        let version = args[at + 1];
        said = said.replace(version, "3.XY");
        said = said.replace(&version.replace('.', ""), "3XY");
    }
    insta::assert_snapshot!(name, said);
}

/// What every binary tells of the platform that it is built for.
fn machine(platform: Platform) -> (Os, Vec<Arch>) {
    (platform.os(), platform.arches())
}

#[test]
fn a_build_script_that_ignores_the_target() {
    let build = BUILD
        .replace("b.standardTargetOptions(.{})", "b.graph.host")
        .replace(
            "const optimize = b.standardOptimizeOption(.{});",
            "const optimize = std.builtin.OptimizeMode.ReleaseFast;",
        );
    let fixture = Fixture::tiny(PYPROJECT, &build, LIBRARY);
    let here = Platform::current().map(machine);
    let foreign: Vec<_> = Platform::MAIN
        .into_iter()
        .filter(|platform| Some(machine(*platform)) != here)
        .collect();
    let args: Vec<_> = foreign
        .iter()
        .flat_map(|platform| ["--platform", platform.name()])
        .collect();
    let ran = fixture.fails(&args, 4);
    let report = ran.json();
    let failed = failures(&report);
    assert_eq!(failed.len(), foreign.len());
    for (job, messages) in &failed {
        assert_eq!(
            messages.len(),
            1,
            "one cause, one message: {job}: {messages:#?}"
        );
        assert!(messages[0].starts_with("is built for "), "{messages:#?}");
    }
    assert!(new_wheels(&report).is_empty());
    ran.says("use the target that the build is given (ZIG_TARGET, -Dtarget)")
        .says("const target = b.standardTargetOptions(.{});")
        .says(".target = target")
        .says("`pyz3-wheel explain wrong-");
}

/// What is linked for another system may be missed before there is a binary to look at.
#[test]
fn a_build_that_ignores_the_target_and_fails_for_it() {
    let build = BUILD
        .replace("b.standardTargetOptions(.{})", "b.graph.host")
        .replace(
            "// MORE",
            "mod.linkSystemLibrary(\"nowhere\", .{ .use_pkg_config = .no });",
        );
    let fixture = Fixture::tiny(PYPROJECT, &build, LIBRARY);
    let ran = fixture
        .fails(&["--platform", "windows-x64"], 1)
        .says("nowhere")
        .says("use the target that the build is given");
    assert!(!ran.stderr.contains("Build Summary"), "{}", ran.stderr);
}

#[test]
fn a_build_that_installs_nothing() {
    let fixture = Fixture::tiny(
        PYPROJECT,
        &BUILD.replace("b.installArtifact(lib);", "_ = lib;"),
        LIBRARY,
    );
    refused(
        "build-that-installs-nothing",
        &fixture,
        &["--platform", "windows-x64"],
        4,
    );
}

#[test]
fn functions_that_nothing_defines() {
    let python = need!(a_python(), "no Python with headers");
    let source = "extern fn mean_of(c_long) ?*anyopaque;\n\
        extern fn PyErr_SetFromWindowsErr(c_int) ?*anyopaque;\n\
        export fn PyInit_tiny() ?*anyopaque {\n\
        \u{20}   return PyErr_SetFromWindowsErr(0) orelse mean_of(1);\n}\n";
    let build = BUILD.replace("// MORE", "lib.linker_allow_shlib_undefined = true;");
    let fixture = Fixture::tiny(PYPROJECT, &build, source);
    let platforms = ["linux-x86_64", "macos-arm64"];
    let select = platforms.map(|platform| ["--platform", platform]).concat();
    let ran = fixture.fails(&[&select[..], &["--python", python]].concat(), 4);
    let failed = failures(&ran.json());
    assert_eq!(failed.len(), platforms.len(), "{failed:#?}");
    assert!(
        failed.values().all(|problems| problems.len() == 2),
        "{failed:#?}"
    );
    ran.says("uses mean_of, which neither the wheel nor any library that it loads defines")
        .says("PyErr_SetFromWindowsErr (only Pythons for another system have it)")
        .says("mod.addCSourceFile(.{ .file = b.path(\"src/other.c\") });");
}

#[test]
fn a_windows_build_without_the_import_library() {
    let python = need!(a_python(), "no Python with headers");
    let source = "extern fn PyLong_FromLong(c_long) ?*anyopaque;\n\
        export fn PyInit_tiny() ?*anyopaque {\n    return PyLong_FromLong(1);\n}\n";
    let build = BUILD.replace("// MORE", "lib.linker_allow_shlib_undefined = true;");
    let fixture = Fixture::tiny(PYPROJECT, &build, source);
    let ran = fixture.fails(&["--platform", "windows-x64", "--python", python], 4);
    let failed = failures(&ran.json());
    assert_eq!(
        failed.values().flatten().count(),
        1,
        "one cause, one message: {failed:#?}"
    );
    let ran = ran
        .says(&format!(
            "imports no Python DLL (it should import python{}.dll)",
            python.replace('.', "")
        ))
        .says("`pyz3-wheel explain no-python-dll`");

    // The lines of the hint are all that was missing.
    let begin = ran.stderr.find("const env = b.graph.").unwrap();
    let lines = ran.stderr[begin..].lines().take(3);
    let lines: Vec<_> = lines.collect();
    let taught = BUILD.replace("// MORE", &lines.join("\n"));
    let fixture = Fixture::tiny(PYPROJECT, &taught, source);
    run(&mut fixture.command(&["--platform", "windows-x64", "--python", python])).exits(0);
}

/// Linking Python is not what is missing: no import library has these names.
#[test]
fn a_windows_build_with_functions_that_no_python_for_windows_has() {
    let python = need!(a_python(), "no Python with headers");
    let source = "extern fn PyErr_NeverWas() ?*anyopaque;\nextern fn PyOS_AfterFork_Child() void;\n\
        export fn PyInit_tiny() ?*anyopaque {\n    PyOS_AfterFork_Child();\n    \
        return PyErr_NeverWas();\n}\n";
    let link = "const env = if (@hasField(@TypeOf(b.graph.*), \"environ_map\")) b.graph.environ_map else \
        b.graph.env_map;\n\
        if (env.get(\"PYZ3_PYTHON_LIB_DIR\")) |dir| mod.addLibraryPath(.{ .cwd_relative = dir });\n\
        if (env.get(\"PYZ3_PYTHON_LIB\")) |name| mod.linkSystemLibrary(name, .{ .use_pkg_config = .no });";
    let fixture = Fixture::tiny(PYPROJECT, &BUILD.replace("// MORE", link), source);
    let ran = fixture.fails(&["--platform", "windows-x64", "--python", python], 1);
    let failed = failures(&ran.json());
    assert_eq!(failed.values().flatten().count(), 1, "{failed:#?}");
    let ran = ran
        .says("tiny: uses PyErr_NeverWas (no known Python has it)")
        .says("and PyOS_AfterFork_Child (only Pythons for another system have it)")
        .says(&format!("which Python {python} does not export"));
    assert!(
        !ran.stderr.contains("link Python's import library"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_extension_that_exports_another_module() {
    let python = need!(a_python(), "no Python with headers");
    let pyproject = format!("{PYPROJECT}[tool.pyz3-wheel]\nmodules = [\"tiny._native\"]\n");
    let fixture = Fixture::tiny(&pyproject, BUILD, EXTENSION);
    refused(
        "extension-that-exports-another-module",
        &fixture,
        &["--platform", "linux-x86_64", "--python", python],
        4,
    );
}

#[test]
fn an_extension_that_exports_no_module() {
    let python = need!(a_python(), "no Python with headers");
    let pyproject = format!("{PYPROJECT}[tool.pyz3-wheel]\nabi = \"full\"\n");
    let fixture = Fixture::tiny(&pyproject, BUILD, LIBRARY);
    refused(
        "extension-that-exports-no-module",
        &fixture,
        &["--platform", "linux-x86_64", "--python", python],
        4,
    );
}

/// The binary would be of the right machine, but for exactly the CPU of the machine that builds it.
#[test]
fn a_build_script_that_ignores_the_target_on_its_own_platform() {
    let build = BUILD.replace("b.standardTargetOptions(.{})", "b.graph.host");
    let fixture = Fixture::tiny(PYPROJECT, &build, LIBRARY);
    let here = Platform::current().unwrap();
    // With glibc or with musl: a binary that needs neither does not tell.
    let alike = Platform::ALL.into_iter();
    for platform in alike.filter(|platform| machine(*platform) == machine(here)) {
        fixture
            .fails(&["--platform", platform.name()], 4)
            .says("reads neither -Dtarget nor ZIG_TARGET")
            .says("const target = b.standardTargetOptions(.{});");
    }
    // Reading the variable is as good as declaring the option.
    let build = format!("// This script reads ZIG_TARGET.\n{build}");
    let fixture = Fixture::tiny(PYPROJECT, &build, LIBRARY);
    let report = run(&mut fixture.command(&["--platform", here.name()]))
        .exits(0)
        .json();
    assert_eq!(report["failures"], serde_json::json!([]));
}

#[test]
fn a_ctypes_project_that_is_an_extension_module() {
    let pyproject = format!("{PYPROJECT}[tool.pyz3-wheel]\nabi = \"none\"\n");
    let fixture = Fixture::tiny(&pyproject, BUILD, EXTENSION);
    refused(
        "ctypes-project-that-is-an-extension-module",
        &fixture,
        &["--platform", "linux-x86_64"],
        4,
    );
}

#[test]
fn a_binary_that_needs_a_newer_glibc() {
    let build = BUILD
        .replace(
            "b.standardTargetOptions(.{})",
            "b.resolveTargetQuery(.{ .cpu_arch = .x86_64, .os_tag = .linux, .abi = .gnu, \
             .glibc_version = .{ .major = 2, .minor = 36, .patch = 0 } });\n    \
             _ = b.standardTargetOptions(.{})",
        )
        .replace(
            ".optimize = optimize,",
            ".optimize = optimize, .link_libc = true,",
        );
    let source = "extern \"c\" fn arc4random() u32;\nexport fn tiny_answer() u32 {\n    return arc4random();\n}\n";
    let fixture = Fixture::tiny(PYPROJECT, &build, source);
    refused(
        "binary-that-needs-a-newer-glibc",
        &fixture,
        &["--platform", "linux-x86_64"],
        4,
    );
}

/// The build script with a target of its own, whatever it is given.
fn with_target(query: &str) -> String {
    let own = format!("b.resolveTargetQuery({query});\n    _ = b.standardTargetOptions(.{{}})");
    BUILD.replace("b.standardTargetOptions(.{})", &own)
}

#[test]
fn a_binary_that_needs_a_newer_macos() {
    let build = with_target(
        ".{ .cpu_arch = .x86_64, .os_tag = .macos, \
         .os_version_min = .{ .semver = .{ .major = 13, .minor = 3, .patch = 0 } } }",
    );
    let fixture = Fixture::tiny(PYPROJECT, &build, LIBRARY);
    refused(
        "binary-that-needs-a-newer-macos",
        &fixture,
        &["--platform", "macos-x86_64"],
        4,
    );
}

/// A glibc for the right machine, but code for processors that not everyone has.
#[test]
fn a_binary_with_avx_that_nobody_asks_for() {
    let build = with_target(
        ".{ .cpu_arch = .x86_64, .os_tag = .linux, .abi = .gnu, \
         .cpu_model = .{ .explicit = &std.Target.x86.cpu.x86_64_v3 } }",
    );
    let source = "export fn tiny_sum(a: [*]const f32, b: [*]f32) void {
        inline for (0..8) |i| {
            const x: @Vector(8, f32) = a[i * 8 ..][0..8].*;
            const y: @Vector(8, f32) = b[i * 8 ..][0..8].*;
            b[i * 8 ..][0..8].* = x * x + y;
        }
    }
    ";
    let fixture = Fixture::tiny(PYPROJECT, &build, source);
    refused(
        "binary-with-avx-that-nobody-asks-for",
        &fixture,
        &["--platform", "linux-x86_64"],
        4,
    );
}

#[test]
fn an_abi3_module_that_uses_more_than_the_stable_abi() {
    need!(a_python(), "no Python with headers");
    let pyproject = format!("{PYPROJECT}[tool.pyz3-wheel]\nabi = \"abi3\"\nabi3-floor = \"3.9\"\n");
    let source = "extern fn PyUnicode_New(isize, u32) ?*anyopaque;
    export fn PyInit_tiny() ?*anyopaque {
        return PyUnicode_New(1, 127);
    }
    ";
    let build = BUILD.replace("// MORE", "lib.linker_allow_shlib_undefined = true;");
    let fixture = Fixture::tiny(&pyproject, &build, source);
    refused(
        "abi3-module-that-uses-more-than-the-stable-abi",
        &fixture,
        &["--platform", "macos-arm64"],
        4,
    );
}

#[test]
fn a_module_that_is_linked_with_libpython() {
    let python = need!(a_python(), "no Python with headers");
    let build = BUILD.replace(
        "// MORE",
        "const own = b.addLibrary(.{ .name = \"python3.12\", .linkage = .dynamic, .root_module = \
         b.createModule(.{ .root_source_file = b.path(\"python.zig\"), .target = target, .optimize = optimize }) });
    mod.linkLibrary(own);",
    );
    let build = build.replace("python3.12", &format!("python{python}"));
    let source = "extern fn PyLong_FromLong(c_long) ?*anyopaque;
    export fn PyInit_tiny() ?*anyopaque {
        return PyLong_FromLong(1);
    }
    ";
    let fixture = Fixture::tiny(PYPROJECT, &build, source);
    let library = "export fn PyLong_FromLong(_: c_long) ?*anyopaque {\n    return null;\n}\n";
    std::fs::write(fixture.path().join("python.zig"), library).unwrap();
    refused(
        "module-that-is-linked-with-libpython",
        &fixture,
        &["--platform", "linux-aarch64", "--python", python],
        4,
    );
}

/// What the audit of the whole wheel finds, and not that of the binary alone.
#[test]
fn a_library_that_searches_the_build_machine() {
    let build = BUILD.replace(
        "// MORE",
        "mod.addRPath(.{ .cwd_relative = \"/opt/lib\" });",
    );
    let fixture = Fixture::tiny(PYPROJECT, &build, LIBRARY);
    refused(
        "library-that-searches-the-build-machine",
        &fixture,
        &["--platform", "linux-aarch64"],
        4,
    );
}

/// The two halves of a universal2 wheel.
#[test]
fn what_is_not_built_for_both_macs() {
    let one = BUILD.replace(
        "b.installArtifact(lib);",
        "if (target.result.cpu.arch == .x86_64) b.installArtifact(lib);",
    );
    let fixture = Fixture::tiny(PYPROJECT, &one, LIBRARY);
    fixture
        .fails(&["--platform", "macos-universal2"], 4)
        .says("zig-out/lib/libtiny.dylib: is missing in the build for macos-arm64")
        .says("install the same files, under the same names, for both processors");

    let other = "const arm = @import(\"builtin\").cpu.arch == .aarch64;
fn init() callconv(.c) ?*anyopaque {
    return null;
}
comptime {
    @export(&init, .{ .name = if (arm) \"PyInit_tiny\" else \"PyInit_small\" });
}
";
    let fixture = Fixture::tiny(PYPROJECT, BUILD, other);
    fixture
        .fails(&["--platform", "macos-universal2"], 4)
        .says("exports PyInit_small when built for macos-x86_64 and PyInit_tiny when built for macos-arm64");

    let broken = format!(
        "comptime {{\n    if (@import(\"builtin\").cpu.arch == .aarch64) @compileError(\"not on arm64\");\n}}\n{LIBRARY}"
    );
    let fixture = Fixture::tiny(PYPROJECT, BUILD, &broken);
    let ran = fixture.fails(&["--platform", "macos-universal2"], 1);
    let log = fixture.path().join(".pyz3-wheel/logs/macos-universal2.log");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(
        log.contains("for macos-arm64:\n") && log.contains("not on arm64"),
        "{log}"
    );
    // The log file has the commands too.
    let printed: String = log
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("(cd "))
        .collect();
    assert_eq!(ran.json()["failures"][0]["log"], printed.as_str());
    ran.says("zig build for macos-arm64 failed with exit code 1: this is the output of Zig ");

    // It mentions ZIG_TARGET, and is believed until there is a binary.
    let ignored = BUILD.replace("b.standardTargetOptions(.{})", "b.graph.host");
    let fixture = Fixture::tiny(PYPROJECT, &format!("// ZIG_TARGET\n{ignored}"), LIBRARY);
    fixture
        .fails(&["--platform", "macos-universal2"], 4)
        .says("the tag macosx_10_9_universal2 promises");
}

/// Two platforms that build at once write the same file.
#[test]
fn a_build_that_only_puts_its_library_into_the_source_tree() {
    let in_tree = BUILD.replace(
        "b.installArtifact(lib);",
        "const update = b.addUpdateSourceFiles();\n\
         update.addCopyFileToSource(lib.getEmittedBin(), \"tiny/tiny.so\");\n\
         b.getInstallStep().dependOn(&update.step);",
    );
    let fixture = Fixture::tiny(PYPROJECT, &in_tree, LIBRARY);
    let ran = fixture.fails(&["--platform", "linux-x86_64,linux-aarch64"], 4);
    ran.says("the build left the binary tiny/tiny.so in the project; it was removed")
        .says("zig build put tiny/tiny.so into the source tree and installed nothing")
        .says("b.installArtifact(lib);");
    assert!(!fixture.path().join("tiny/tiny.so").exists());

    let also = in_tree.replace("const update", "b.installArtifact(lib);\nconst update");
    let fixture = Fixture::tiny(PYPROJECT, &also, LIBRARY);
    run(&mut fixture.command(&["--platform", "linux-x86_64"]))
        .exits(0)
        .says("the build left the binary tiny/tiny.so in the project; it was removed");
    assert!(!fixture.path().join("tiny/tiny.so").exists());
}

#[test]
fn an_option_that_the_script_demands_is_given_if_anyone_knows_it() {
    let python = need!(a_python(), "no Python with headers");
    let demanding = |option: &str| {
        BUILD.replace(
            "// MORE",
            &format!(
                "const demanded = b.option([]const u8, \"{option}\", \"…\") orelse @panic(\"-D{option} is needed\");\n\
                 const limited = b.option(bool, \"abi3\", \"…\") orelse std.process.exit(3);\n\
                 _ = demanded;\n _ = limited;"
            ),
        )
    };
    let args = ["--platform", "linux-x86_64", "--python", python];
    let known = Fixture::tiny(PYPROJECT, &demanding("python-include"), EXTENSION);
    run(&mut known.command(&args)).exits(0);

    let own = Fixture::tiny(PYPROJECT, &demanding("flavour"), EXTENSION);
    own.fails(&args, 1)
        .says("-Dflavour is needed")
        .says("extra-args = [\"-Dname=value\"]");
    let pyproject = format!("{PYPROJECT}[tool.pyz3-wheel]\nextra-args = [\"-Dflavour=mint\"]\n");
    let given = Fixture::tiny(&pyproject, &demanding("flavour"), EXTENSION);
    run(&mut given.command(&args)).exits(0);
}
