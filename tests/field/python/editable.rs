//! Editable installs: Python files where they lie, native modules rebuilt when they are imported.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::{NO_PACKAGE, environment, example, offline, tried, wheelhouse};
use support::need;
use support::{Ran, run, succeed};

/// A Python that uses the cache, without which a build does not know that nothing has changed.
pub(super) fn python(bin: &Path) -> Command {
    let mut command = offline(bin.join("python"));
    command.env_remove("PYZ3_WHEEL_NO_CACHE");
    command
}

pub(super) fn installed(bin: &Path, project: &TempDir) {
    let mut pip = python(bin);
    pip.args(["-m", "pip", "install", "--quiet", "--no-build-isolation"]);
    succeed(pip.arg("--editable").arg(project.path()));
}

/// An environment of the newest Python, its programs, and the example that is installed there to be
/// edited.
pub(super) fn editable_hello() -> Option<(TempDir, PathBuf, TempDir)> {
    wheelhouse()?;
    let (_, exe) = *tried().last()?;
    let (environment, bin) = environment(exe);
    let project = example("hello");
    installed(&bin, &project);
    Some((environment, bin, project))
}

/// Runs a line of Python away from the sources.
pub(super) fn says(bin: &Path, code: &str) -> Ran {
    let elsewhere = tempfile::tempdir().unwrap();
    run(python(bin).current_dir(elsewhere.path()).args(["-c", code]))
}

#[test]
fn an_import_builds_what_has_changed_and_shows_what_is_wrong() {
    let (_environment, bin, project) = need!(editable_hello(), NO_PACKAGE);
    let greet = "import hello; print(hello.greet('Zig'))";
    assert_eq!(says(&bin, greet).exits(0).stdout, "Hello, Zig!\n");

    let source = project.path().join("src/native.zig");
    let good = std::fs::read_to_string(&source).unwrap();
    assert!(good.contains("Hello, "), "{good}");
    std::fs::write(&source, good.replace("Hello, ", "Hail, ")).unwrap();
    let script = project.path().join("build.zig");
    let plain = std::fs::read_to_string(&script).unwrap();
    let generating = |size: u8| {
        let more = format!(
            "    const made = b.addInstallFile(b.addWriteFiles().add(\"m\", \"SIZE = {size}\\n\"), \"lib/hello/made.py\");\n\
             \x20   b.getInstallStep().dependOn(&made.step);\n}}"
        );
        let (before, _) = plain.rsplit_once('}').unwrap();
        std::fs::write(&script, format!("{before}{more}\n")).unwrap();
    };
    generating(1);
    // As a program that never waits for its children.
    let size = "import signal; hasattr(signal, 'SIGCHLD') and signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n\
                import hello, hello.made; print(hello.greet('Zig'), hello.made.SIZE)";
    assert_eq!(says(&bin, size).exits(0).stdout, "Hail, Zig! 1\n");

    std::fs::write(&source, good.clone() + "\nthis is no Zig\n").unwrap();
    says(&bin, greet)
        .exits(1)
        .says("ImportError: the native modules of ")
        .says("native.zig:")
        .says("error: expected");
    let mut unasked = python(&bin);
    unasked
        .current_dir(support::kept("projects"))
        .env("PYZ3_WHEEL_REBUILD", "0");
    let ran = run(unasked.args(["-c", greet])).exits(0);
    assert_eq!(ran.stdout, "Hail, Zig!\n");

    std::fs::write(&source, good).unwrap();
    // The generated file lies among the sources now, and changes with the script.
    generating(2);
    assert_eq!(says(&bin, size).exits(0).stdout, "Hello, Zig! 2\n");

    // What --clean does; and a Python that ends starts no thread any more.
    for at_exit in [
        "atexit.register(greet)",
        "weakref.finalize(threading.main_thread(), greet)",
    ] {
        std::fs::remove_dir_all(project.path().join(".pyz3-wheel")).unwrap();
        let code =
            format!("import atexit, threading, weakref\ndef greet():\n    {greet}\n{at_exit}\n");
        assert_eq!(
            says(&bin, &code).exits(0).stdout,
            "Hello, Zig!\n",
            "{at_exit}"
        );
    }
}

/// What Python 3.15 does with the files beside packages when it begins (PEP 829): paths are read from
/// `.pth`, and where there is a `.start` of the same name, its functions are called instead of the
/// other lines.
const BEGIN: &str = r#"
import pathlib, pkgutil, sys
site = pathlib.Path(sys.argv[1])
sys.path.append(str(site))
starts = list(site.glob("_editable_*.start"))
for start in starts:
    lines = start.with_suffix(".pth").read_text("utf-8").splitlines()
    sys.path += [line for line in lines if not line.startswith("import ")]
for start in starts:
    for line in start.read_text("utf-8").splitlines():
        pkgutil.resolve_name(line)()
import hello
print(len(starts), hello.greet("Zig"))
"#;

#[test]
fn it_begins_by_the_entry_point_where_python_heeds_no_import_lines() {
    let (_environment, bin, _project) = need!(editable_hello(), NO_PACKAGE);
    let place = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let place = says(&bin, place).exits(0).stdout;
    // Without the module site nothing of all that has been done already.
    let ran = run(python(&bin).args(["-S", "-c", BEGIN, place.trim_end()])).exits(0);
    assert_eq!(ran.stdout, "1 Hello, Zig!\n");
}

#[test]
fn type_checkers_find_the_sources_of_an_editable_install() {
    need!(wheelhouse(), NO_PACKAGE);
    let tool = need!(
        support::venv_tool(&["mypy", "ruff"]),
        "editable installs seen by mypy"
    );
    let (_, exe) = *tried().last().unwrap();
    let (_environment, bin) = environment(exe);
    let project = example("hello");
    installed(&bin, &project);
    let user = tempfile::tempdir().unwrap();
    std::fs::write(
        user.path().join("user.py"),
        "from hello import _native\nreveal_type(_native.greet)\n_native.greet(1)\n",
    )
    .unwrap();
    let mut mypy = Command::new(tool.join("mypy"));
    mypy.current_dir(user.path())
        .args(["--strict", "--no-incremental", "--python-executable"])
        .arg(bin.join("python"))
        .arg("user.py");
    let ran = run(&mut mypy).exits(1);
    assert!(ran.stdout.contains("-> str"), "{}", ran.stdout);
    assert!(ran.stdout.contains("arg-type"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Found 1 error"), "{}", ran.stdout);
}

/// `develop` for an environment, which uses the cache.
pub(super) fn develop(bin: &Path, project: &Path) -> Command {
    let mut command = python(bin);
    command
        .env("VIRTUAL_ENV", bin.parent().unwrap())
        .env("PATH", super::path_with(bin))
        .args(["-m", "pyz3_wheel", "develop", "--project"])
        .arg(project);
    command
}

#[test]
fn develop_installs_once_and_afterwards_builds_what_has_changed() {
    need!(wheelhouse(), NO_PACKAGE);
    let (_, exe) = *tried().last().unwrap();
    let (environment, bin) = environment(exe);
    let project = example("hello");
    let first = run(&mut develop(&bin, project.path())).exits(0);
    assert!(
        !first.stderr.contains("is installed from"),
        "{}",
        first.stderr
    );
    let greet = "import hello; print(hello.greet('Zig'))";
    assert_eq!(says(&bin, greet).exits(0).stdout, "Hello, Zig!\n");
    run(&mut develop(&bin, project.path()))
        .exits(0)
        .says("unchanged")
        .says("hello 0.1.0 is installed from");

    let source = project.path().join("src/native.zig");
    let good = std::fs::read_to_string(&source).unwrap();
    std::fs::write(&source, good.replace("Hello, ", "Hail, ")).unwrap();
    // Also for an environment that is named and not active.
    let mut named = develop(&bin, project.path());
    named
        .env_remove("VIRTUAL_ENV")
        .arg("--venv")
        .arg(environment.path());
    run(&mut named).exits(0).says("is installed from");
    let mut unasked = python(&bin);
    unasked
        .current_dir(support::kept("projects"))
        .env("PYZ3_WHEEL_REBUILD", "0");
    let ran = run(unasked.args(["-c", greet])).exits(0);
    assert_eq!(ran.stdout, "Hail, Zig!\n");

    // What the project says of itself has changed, so it is installed again.
    let pyproject = project.path().join("pyproject.toml");
    let text = std::fs::read_to_string(&pyproject).unwrap();
    std::fs::write(
        &pyproject,
        text.replace("hello = \"hello", "hallo = \"hello"),
    )
    .unwrap();
    let again = run(&mut develop(&bin, project.path())).exits(0);
    assert!(
        !again.stderr.contains("is installed from"),
        "{}",
        again.stderr
    );
    assert!(bin.join("hallo").is_file() && !bin.join("hello").exists());

    std::fs::write(&source, "this is no Zig").unwrap();
    let wrong = run(&mut develop(&bin, project.path())).exits(1);
    assert!(!wrong.stderr.contains("Traceback"), "{}", wrong.stderr);
    wrong.says("native.zig:");
}

#[test]
fn develop_says_what_is_wrong_with_the_environment() {
    let project = example("hello");
    let develop = |arguments: &[&Path]| {
        let mut command = support::command();
        command
            .args(["develop", "--project"])
            .arg(project.path())
            .args(arguments);
        run(&mut command)
    };
    develop(&[])
        .exits(2)
        .says("no virtual environment is active");
    develop(&[Path::new("--venv"), project.path()])
        .exits(2)
        .says("--venv: ")
        .says("is neither a virtual environment");
}
