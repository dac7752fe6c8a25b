//! The virtual environment of a launcher, and the scripts that run its interpreter.

use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::Result;
use crate::sys::cancel::Cancel;
use crate::tags::PythonVersion;
use crate::toolchain::interpreter::Interpreter;
use crate::toolchain::places;

/// The folder of the shell scripts in the virtual environment.
pub(super) const WRAPPERS: &str = "wrappers";

/// The launcher's executable in its folder.
pub(super) fn executable() -> &'static str {
    if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "wrappers/python3"
    }
}

/// The names of an interpreter on PATH, the most usual one first.
pub(super) fn names(version: PythonVersion) -> [String; 3] {
    [
        "python3".to_owned(),
        "python".to_owned(),
        format!("python{version}"),
    ]
}

/// A program that replaces a missing interpreter and only reports that it is missing: its file name and its text.
pub(super) fn failing_program(name: &str, python: &Interpreter) -> (String, String) {
    let version = python.cpython();
    let lines = [
        format!(
            "error: this build has no interpreter of Python {version}, only its {}",
            python.exe.display()
        ),
        format!(
            "hint: build with an interpreter (--python {version}), or do not run one in build.zig"
        ),
    ];
    if cfg!(windows) {
        let lines = lines.map(|line| format!("echo {line} 1>&2\r\n"));
        let text = format!("@echo off\r\n{}exit /b 1\r\n", lines.concat());
        return (format!("{name}.bat"), text);
    }
    let lines = lines.map(|line| format!("echo {} >&2\n", shell_words::quote(&line)));
    (
        name.to_owned(),
        format!("#!/bin/sh\n{}exit 1\n", lines.concat()),
    )
}

/// Writes an executable script.
pub(super) fn write_program(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Writes the scripts that run the interpreter of the environment, which will be at `place`, under all
/// its names, and the scripts that replace `python3-config`.
#[cfg(unix)]
pub(super) fn write_wrappers(version: PythonVersion, place: &Path, dir: &Path) -> Result<()> {
    let folder = dir.join(WRAPPERS);
    fs::create_dir(&folder)?;
    let interpreter = place.join("bin/python3");
    let interpreter = shell_words::quote(&interpreter.to_string_lossy()).into_owned();
    for name in names(version) {
        let config = format!("{name}-config");
        for (name, arguments) in [(name, ""), (config, " -I -m pyz3_wheel_target")] {
            let text = format!("#!/bin/sh\nexec {interpreter}{arguments} \"$@\"\n");
            write_program(&folder.join(name), &text)?;
        }
    }
    Ok(())
}

/// How the virtual environment is set up.
pub(super) struct Environment {
    /// The text of `pyvenv.cfg`.
    pub(super) configuration: String,
    /// Whether the packages of the base interpreter are visible.
    #[cfg_attr(
        not(windows),
        expect(dead_code, reason = "in the configuration already")
    )]
    system_packages: bool,
}

/// Creates a virtual environment without running Python, as PEP 405 describes it; gives its folder of packages.
#[cfg(unix)]
pub(super) fn make_environment(
    python: &Interpreter,
    base_exe: &Path,
    environment: &Environment,
    dir: &Path,
    _cancel: &Cancel,
) -> Result<PathBuf> {
    let bin = dir.join("bin");
    fs::create_dir(&bin)?;
    for name in names(python.version) {
        fs::os::unix::fs::symlink(base_exe, bin.join(name))?;
    }
    fs::write(dir.join("pyvenv.cfg"), &environment.configuration)?;
    Ok(dir.join(format!("lib/python{}/site-packages", python.cpython())))
}

/// Runs Python to create the virtual environment, because its executable there is a separate program, which each
/// release of Python stores in another place.
#[cfg(windows)]
pub(super) fn make_environment(
    _python: &Interpreter,
    base_exe: &Path,
    environment: &Environment,
    dir: &Path,
    cancel: &Cancel,
) -> Result<PathBuf> {
    use crate::error::{Error, Problem};
    use crate::sys::process::{self, PATIENCE};
    let mut command = std::process::Command::new(base_exe);
    command.args(["-I", "-m", "venv", "--without-pip"]);
    if environment.system_packages {
        command.arg("--system-site-packages");
    }
    command.arg(dir);
    process::capture(command, PATIENCE * 6, cancel)
        .and_then(process::Output::answer)
        .map_err(|failure| {
            Error::system(
                Problem::new(format!("`python -m venv` failed: {failure}"))
                    .at(base_exe.display())
                    .hint("check that this Python is complete"),
            )
        })?;
    Ok(dir.join("Lib/site-packages"))
}

/// The settings of the environment for an interpreter.
pub(super) fn environment(python: &Interpreter, base_exe: &Path) -> Environment {
    let home = base_exe.parent().unwrap_or(Path::new(""));
    let own = places::environment_of(&python.exe);
    // An environment that does not see the packages of the base interpreter stays that way.
    let system_packages = own.is_none_or(|dir| {
        let text = std::fs::read_to_string(dir.join("pyvenv.cfg")).unwrap_or_default();
        text.lines().any(|line| {
            let setting = line
                .split_once('=')
                .map(|(key, value)| (key.trim(), value.trim()));
            setting.is_some_and(|(key, value)| {
                key == "include-system-site-packages" && value.eq_ignore_ascii_case("true")
            })
        })
    });
    let configuration = format!(
        "home = {}\ninclude-system-site-packages = {system_packages}\nversion = {}\n",
        home.display(),
        python.patch
    );
    Environment {
        configuration,
        system_packages,
    }
}
