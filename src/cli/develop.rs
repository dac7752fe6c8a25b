//! `pyz3-wheel develop`: the project in a virtual environment, its sources in place.
//!
//! Finds the environment; the rest is done there, by the Python package, which an editable install
//! needs anyway to build what has changed.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use super::args::{CommonArgs, DevelopArgs};
use super::{build::project_dir, settings};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::toolchain::{Cache, PackageRequest};

/// Builds and installs; the exit code is that of what does it.
pub(super) fn run(common: &CommonArgs, args: &DevelopArgs) -> Result<ExitCode> {
    if common.format.as_deref() == Some("json") {
        return Err(Error::config(
            Problem::new("`develop` installs, and has no JSON to print")
                .at("--format")
                .hint("leave it out; `pyz3-wheel --format json` builds and reports"),
        ));
    }
    let project = std::path::absolute(project_dir(common)?)?;
    let python = python(&project, args.venv.as_deref())?;
    let cache_dir = settings::cache_dir(common, None, &settings::process_env)?;
    // The build that follows says the same of its cache.
    let cache = Cache::open_or_temporary(cache_dir.as_deref(), &|_| {})?;
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
        .args(config_settings(common, args)?)
        .current_dir(&project);
    if let Some(dir) = &common.cache_dir {
        command.env("PYZ3_WHEEL_CACHE_DIR", std::path::absolute(dir)?);
    }
    for (name, is_wanted) in [("VERBOSE", common.verbose), ("QUIET", common.quiet)] {
        if is_wanted {
            command.env(format!("PYZ3_WHEEL_{name}"), "1");
        }
    }
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

/// The options that hold for later builds too, as a frontend would give them.
fn config_settings(common: &CommonArgs, args: &DevelopArgs) -> Result<Vec<String>> {
    let mut zig = Vec::new();
    if let Some(path) = &common.zig {
        let path = std::path::absolute(path)?;
        zig.push(format!("--zig={}", path.display()));
    }
    if let Some(version) = &common.zig_version {
        zig.push(format!("--zig-version={version}"));
    }
    let optimize = args.optimize.iter().map(|mode| format!("optimize={mode}"));
    let zig = (!zig.is_empty()).then(|| format!("args={}", shell_words::join(zig)));
    Ok(optimize.chain(zig).collect())
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
