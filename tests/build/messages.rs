//! What a build tells its user: warnings of the audit, zig's errors once for all jobs, and the commands that
//! repeat what zig has done.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use support::{BUILD, Ran, command, hermetic, names, project, run, zig_local};

const PYPROJECT: &str = "[project]\nname = \"tiny\"\nversion = \"1.0\"\nreadme = { text = \"Tiny.\", content-type = \"text/plain\" }\n";

const LIBRARY: &str = "export fn where() void {}\n";

fn tiny(build: &str, source: &str) -> TempDir {
    project(&[
        ("pyproject.toml", PYPROJECT),
        ("build.zig", build),
        ("tiny.zig", source),
        ("tiny/__init__.py", ""),
    ])
}

/// Builds with a local cache of its own, in which nothing but this project is compiled.
fn build(folder: &TempDir, args: &[&str]) -> Ran {
    let mut command = command();
    command.arg("--project").arg(folder.path()).args(args);
    run(&mut command)
}

fn json(folder: &TempDir, args: &[&str]) -> Value {
    build(folder, &[&["--format", "json"], args].concat()).json()
}

const TWO: [&str; 2] = ["--platform", "linux-x86_64,linux-aarch64"];

#[test]
fn warnings_of_the_audit_are_shown_and_shown_again_for_an_unchanged_wheel() {
    let folder = tiny(BUILD, LIBRARY);
    let pyproject = folder.path().join("pyproject.toml");
    let packages = "[tool.pyz3-wheel]\npackage = \"tiny\"\npackages = [\"tiny\", \"docs\"]\n";
    std::fs::write(&pyproject, format!("{PYPROJECT}{packages}")).unwrap();
    std::fs::create_dir(folder.path().join("docs")).unwrap();
    std::fs::write(folder.path().join("docs/__init__.py"), "# all\n").unwrap();
    let keeping = |args: &[&str]| {
        let mut command = command();
        command.env_remove("PYZ3_WHEEL_NO_CACHE");
        command.env("PYZ3_WHEEL_CACHE_DIR", folder.path().join("cache"));
        command.arg("--project").arg(folder.path());
        command.arg("--zig").arg(support::zig());
        run(command.args(TWO).args(args)).exits(0)
    };
    for word in ["ok", "unchanged"] {
        let ran = keeping(&[]);
        let warnings: Vec<_> = ran.stderr.matches("warning[common-name]").collect();
        // The warning is the same for both wheels, so it is one.
        assert_eq!(warnings.len(), 1, "{}", ran.stderr);
        let ran = ran.says("docs").says("in all 2 jobs");
        ran.says(&format!("{word} (1 warning)  tiny-1.0"));
    }
    let quiet = keeping(&["--quiet"]);
    assert_eq!(quiet.stderr, "");
    let report = keeping(&["--format", "json"]).json();
    for wheel in report["wheels"].as_array().unwrap() {
        assert_eq!(wheel["work"], "unchanged");
        assert_eq!(wheel["warnings"][0]["code"], "common-name");
        assert_eq!(wheel["warnings"].as_array().unwrap().len(), 1);
    }
    // A wheel that is packed again is audited again.
    std::fs::remove_dir_all(folder.path().join("dist")).unwrap();
    keeping(&[]).says("cached (1 warning)");
    // Without the package there is no warning.
    std::fs::write(&pyproject, PYPROJECT).unwrap();
    let ran = keeping(&[]);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
}

#[test]
fn one_typo_is_one_message_for_all_jobs() {
    let folder = tiny(
        BUILD,
        "export fn answer() c_int {\n    return misspelled;\n}\n",
    );
    let platforms = ["--all-platforms", "--jobs", "2"];
    let ran = build(&folder, &platforms).exits(1);
    let message = "failed: all 5 jobs\n\
        tiny.zig:2:12: error: use of undeclared identifier 'misspelled'\n    \
        return misspelled;\n           \
        ^~~~~~~~~~\n";
    assert!(ran.stderr.contains(message), "{}", ran.stderr);
    for once in ["error: use of undeclared", "this is the output of Zig"] {
        assert_eq!(ran.stderr.matches(once).count(), 1, "{}", ran.stderr);
    }
    for noise in [
        "Build Summary",
        "+- install",
        "the following command",
        "failed command",
    ] {
        assert!(!ran.stderr.contains(noise), "{noise} in {}", ran.stderr);
    }
    // Nothing is lost: --verbose and the JSON document have the whole output of each job.
    let ran = build(&folder, &[&platforms[..], &["--verbose"]].concat()).exits(1);
    assert_eq!(
        ran.stderr.matches("\nBuild Summary").count(),
        5,
        "{}",
        ran.stderr
    );
    let report = json(&folder, &platforms);
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 5);
    for failure in failures {
        assert!(failure["log"].as_str().unwrap().contains("Build Summary"));
        let message = failure["problems"][0]["message"].as_str().unwrap();
        assert!(message.starts_with("tiny.zig:2:12: error: "), "{message}");
    }
}

#[test]
fn errors_that_differ_by_job_stay_apart() {
    let source = "const builtin = @import(\"builtin\");\n\
        export fn answer() c_int {\n    \
        if (builtin.os.tag == .windows) @compileError(\"not on windows\");\n    \
        if (builtin.os.tag == .macos) @compileError(\"not on macOS\");\n    \
        return 42;\n}\n";
    let ran = build(&tiny(BUILD, source), &["--all-platforms"]).exits(1);
    let ran = ran.says("failed: windows-x64\ntiny.zig:3:37: error: not on windows\n");
    let ran = ran.says("failed: macos-x86_64, macos-arm64\ntiny.zig:4:35: error: not on macOS\n");
    ran.says("2 of 5 wheels");
}

#[test]
fn errors_in_c_files_are_merged_too() {
    let build_zig = BUILD.replace(
        "// MORE",
        "mod.link_libc = true; mod.addCSourceFile(.{ .file = b.path(\"extra.c\"), .flags = &.{} });",
    );
    let folder = tiny(
        &build_zig,
        "extern fn extra() c_int;\nexport fn answer() c_int { return extra(); }\n",
    );
    let c = "int one(int a) { return a; }\nint extra(void) {\n    return one(1, 2) + missing;\n}\n";
    std::fs::write(folder.path().join("extra.c"), c).unwrap();
    let ran = build(&folder, &TWO).exits(1);
    assert_eq!(
        ran.stderr.matches("failed: all 2 jobs").count(),
        1,
        "{}",
        ran.stderr
    );
    for error in [
        "\nextra.c:3:19: error: too many arguments to function call",
        "\nextra.c:3:24: error: use of undeclared identifier 'missing'\n    return one(1, 2) + missing;\n",
    ] {
        assert_eq!(
            ran.stderr.matches(error).count(),
            1,
            "{error} in {}",
            ran.stderr
        );
    }
    ran.says("note: 'one' declared here");
}

#[test]
fn errors_of_the_linker_are_merged_too() {
    let source = "extern fn missing_function() c_int;\n\
        export fn answer() c_int {\n    return missing_function();\n}\n";
    let platforms = ["--platform", "windows-x64,windows-arm64"];
    let ran = build(&tiny(BUILD, source), &platforms).exits(1);
    let error = "\nerror: lld-link: undefined symbol: missing_function\n    note: referenced by ";
    assert_eq!(ran.stderr.matches(error).count(), 1, "{}", ran.stderr);
    ran.says("failed: all 2 jobs");
}

#[cfg(unix)]
#[test]
fn a_printed_command_does_in_a_shell_what_the_build_did() {
    let with_option = BUILD.replace(
        "// MORE",
        "if (b.option([]const u8, \"say\", \"\") == null) @panic(\"no option\");",
    );
    let folder = tiny(
        &with_option,
        "export fn answer() c_int {\n    return 42;\n}\n",
    );
    let config = "\n[tool.pyz3-wheel]\nextra-args = [\"-Dsay=it's $HOME\"]\n\
        env = { GREETING = \"a 'b' \\\"c\\\"\" }\n";
    std::fs::write(
        folder.path().join("pyproject.toml"),
        format!("{PYPROJECT}{config}"),
    )
    .unwrap();
    let ran = build(&folder, &["--platform", "linux-x86_64", "--verbose"]).exits(0);
    let is_build = |line: &&str| line.starts_with("(cd ") && line.contains(" build --prefix ");
    let line = ran
        .stderr
        .lines()
        .find(is_build)
        .unwrap_or_else(|| panic!("{}", ran.stderr));
    // The log of the job begins with the same command.
    let log = folder.path().join(".pyz3-wheel/logs/linux-x86_64.log");
    assert_eq!(
        std::fs::read_to_string(log).unwrap().lines().next(),
        Some(line)
    );

    // The folder that the job installed into is gone; the command makes it again.
    let words = shell_words::split(line).unwrap();
    let position = words.iter().position(|word| word == "--prefix").unwrap();
    let installed = PathBuf::from(&words[position + 1]).join("lib/libtiny.so");
    assert!(!installed.exists());
    let mut shell = Command::new("sh");
    hermetic(&mut shell);
    let cache = zig_local(folder.path()).unwrap();
    let shell = shell.arg("-c").arg(line).env("ZIG_LOCAL_CACHE_DIR", cache);
    let ended = shell.output().unwrap();
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    let wheel = names(&folder.path().join("dist")).remove(0);
    let wheel = std::fs::File::open(folder.path().join("dist").join(wheel)).unwrap();
    let mut archive = zip::ZipArchive::new(wheel).unwrap();
    let mut packed = Vec::new();
    let mut entry = archive.by_name("tiny/libtiny.so").unwrap();
    entry.read_to_end(&mut packed).unwrap();
    assert!(packed == std::fs::read(installed).unwrap(), "other bytes");
}

#[test]
fn the_log_of_a_failed_job_begins_with_its_command_and_hides_credentials() {
    let folder = tiny(BUILD, "nonsense\n");
    let config = "\n[tool.pyz3-wheel]\n\
        env = { INDEX = \"https://ada:hunter2@example.org/simple\" }\n";
    std::fs::write(
        folder.path().join("pyproject.toml"),
        format!("{PYPROJECT}{config}"),
    )
    .unwrap();
    let ran = build(&folder, &["--platform", "linux-x86_64", "--verbose"]).exits(1);
    let log = folder.path().join(".pyz3-wheel/logs/linux-x86_64.log");
    let log = std::fs::read_to_string(log).unwrap();
    let first = log.lines().next().unwrap();
    assert!(
        first.starts_with("(cd ") && first.contains(" build --prefix "),
        "{log}"
    );
    for text in [log, ran.stderr] {
        assert!(
            text.contains("example.org") && !text.contains("hunter2"),
            "{text}"
        );
    }
}
