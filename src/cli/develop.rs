//! `pyz3-wheel develop`: the project in a virtual environment, its sources in place.
//!
//! Finds the environment; the rest is done there, by the Python package, which an editable install
//! needs anyway to build what has changed.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use super::args::{CommonArgs, DevelopArgs};
use super::{build::project_dir, settings};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::toolchain::PackageRequest;

/// Builds and installs; the exit code is that of what does it.
pub(super) fn run(common: &CommonArgs, args: &DevelopArgs) -> Result<ExitCode> {
    let project = std::path::absolute(project_dir(common)?)?;
    let python = python(&project, args.venv.as_deref())?;
    let cache = settings::cache(common, None, &settings::process_env)?;
    let package = PackageRequest {
        distribution: "pyz3-wheel",
        module: "pyz3_wheel",
        versions: None,
        origin: "develop",
    };
    if package
        .find_installed(std::slice::from_ref(&python), &cache)
        .is_none()
    {
        let exe = python.display();
        return Err(Error::config(
            Problem::new("pyz3-wheel is not in this virtual environment")
                .at(&exe)
                .hint(format!(
                    "{exe} -m pip install pyz3-wheel\nor: uv pip install --python {exe} pyz3-wheel"
                )),
        ));
    }
    let mut command = Command::new(&python);
    command
        .args(["-m", "pyz3_wheel._develop"])
        .arg(&project)
        .args(
            args.optimize
                .as_ref()
                .map(|mode| format!("optimize={mode}")),
        )
        .current_dir(&project);
    let status = command.status().map_err(|error| {
        Error::system(
            Problem::new(format!("can't be run: {error}"))
                .at(python.display())
                .hint("make the virtual environment anew"),
        )
    })?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(
        code.unwrap_or(ErrorKind::Interrupted.exit_code()),
    ))
}

/// The interpreter of the environment: the one named, else the active one, else the project's.
fn python(project: &Path, named: Option<&Path>) -> Result<PathBuf> {
    let active = std::env::var_os("VIRTUAL_ENV").filter(|dir| !dir.is_empty());
    let own = project.join(".venv");
    let (dir, origin) = match (named, active) {
        (Some(dir), _) => (dir.to_owned(), "--venv"),
        (None, Some(dir)) => (PathBuf::from(dir), "VIRTUAL_ENV"),
        (None, None) if own.is_dir() => (own, ".venv"),
        (None, None) => {
            return Err(Error::config(
                Problem::new("no virtual environment is active, and the project has no .venv")
                    .hint("make one: python3 -m venv .venv, or uv venv\nor name one: --venv DIR"),
            ));
        }
    };
    // Not canonical: behind the link is another Python, without the environment.
    let dir = std::path::absolute(dir)?;
    let python = if cfg!(windows) {
        dir.join("Scripts/python.exe")
    } else {
        dir.join("bin/python")
    };
    if python.is_file() && dir.join("pyvenv.cfg").is_file() {
        return Ok(python);
    }
    Err(Error::config(
        Problem::new(format!("{} is no virtual environment", dir.display()))
            .at(origin)
            .hint("name its folder, which has a pyvenv.cfg; python3 -m venv DIR makes one"),
    ))
}
