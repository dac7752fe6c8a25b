//! Installs Pythons that this machine lacks, with uv.
//!
//! Takes versions; gives interpreters in the cache. It never touches the user's Pythons, and it is called
//! only where the user asked for it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use super::cache::Cache;
use super::interpreter::{self, Interpreter};
use super::places::{self, PYTHONS};
use super::{installer, published, uv};
use crate::error::{Error, Problem, Result};
use crate::tags::CPython;

/// Installs Pythons into the cache with `uv python install`. Pythons that are already there are not changed.
///
/// uv is taken from PATH, else installed into the cache with pip. `on` receives the progress.
pub fn provision(
    pythons: &[CPython],
    cache: &Cache,
    on: &dyn Fn(&str),
) -> Result<Vec<Interpreter>> {
    let missing: Vec<_> = pythons
        .iter()
        .filter(|wanted| provisioned(**wanted, cache).is_none())
        .map(ToString::to_string)
        .collect();
    if !missing.is_empty() {
        let uv = uv(cache, on)?;
        let list = missing.join(", ");
        on(&format!("installing Python {list} with uv (once)"));
        let mut command = Command::new(uv);
        let before = cache.names(PYTHONS)?;
        command
            .args(["python", "install", "--no-progress"])
            .args(&missing)
            .env("UV_PYTHON_INSTALL_DIR", cache.dir(PYTHONS))
            // No links in the user's folder of programs, no entries in the Windows registry.
            .env("UV_PYTHON_INSTALL_BIN", "0")
            .env("UV_PYTHON_INSTALL_REGISTRY", "0");
        if let Some(folder) = cache.substitute("UV_CACHE_DIR", "uv") {
            command.env("UV_CACHE_DIR", folder);
        }
        let what = format!("installing Python {list} with uv");
        let outcome = installer::run(command, &what, cache.wait());
        // List what uv has installed even if it failed later, so that `cache prune` can remove it.
        cache.list_new_entries(PYTHONS, &before)?;
        outcome.map_err(|error| {
            let mut problems = error.into_problems();
            Error::system(problems.swap_remove(0).hint(format!(
                "with a network: uv python install {}\n\
                 or install these Pythons by other means, on PATH or with pyenv",
                missing.join(" ")
            )))
        })?;
    }
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for wanted in pythons {
        match provisioned(*wanted, cache) {
            Some(interpreter) => found.push(interpreter),
            None => problems.push(
                Problem::new(format!(
                    "uv installed Python {wanted}, but it cannot be used or has no headers"
                ))
                .at(cache.dir(PYTHONS).display())
                .hint("pyz3-wheel pythons shows why"),
            ),
        }
    }
    Error::check(crate::error::ErrorKind::System, problems)?;
    Ok(found)
}

/// The newest usable build of that Python in the cache.
fn provisioned(wanted: CPython, cache: &Cache) -> Option<Interpreter> {
    let folders = places::managed(&cache.dir(PYTHONS));
    let found = folders.into_iter().filter_map(|exe| {
        let mut interpreter = interpreter::query(&exe, cache).ok()?;
        "our cache".clone_into(&mut interpreter.origin);
        let right = interpreter.cpython() == wanted && interpreter.check().is_ok();
        right.then_some(interpreter)
    });
    found.max_by_key(Interpreter::patch_number)
}

/// uv from PATH, else from the cache, into which it is installed if it is missing.
fn uv(cache: &Cache, on: &dyn Fn(&str)) -> Result<PathBuf> {
    if let Some(uv) = uv::on_path(on, cache.cancel()) {
        return Ok(uv);
    }
    let newest = published::newest("uv", ">0").map(ToString::to_string);
    let newest = newest.unwrap_or_else(|| uv::OLDEST.to_owned());
    // The key has the version, so that the uv of an earlier version of this program is not used.
    let dir = cache.get_whole_or_make("tools", &format!("uv-{newest}"), |dir| {
        let python = interpreter::default(cache).map(|python| python.exe);
        let requirement = format!("uv=={newest}");
        installer::install_package(&requirement, python.as_deref(), dir, on, cache.wait())
            .map_err(|error| {
                let mut problems = error.into_problems();
                let problem = problems.swap_remove(0);
                let oldest = uv::OLDEST;
                let install = format!(
                    "install uv {oldest} or later: https://docs.astral.sh/uv/getting-started/installation/"
                );
                let own = problem.hint.map(|hint| format!("{hint}\nor "));
                Error::system(
                    Problem::new(format!(
                        "uv, which installs Pythons, is not on PATH and could not be installed: {}",
                        problem.message
                    ))
                    .hint(own.unwrap_or_default() + &install),
                )
            })
    })?;
    let exe: OsString = format!("uv{}", std::env::consts::EXE_SUFFIX).into();
    // `pip install --target` puts a package's programs into `bin`, on Windows too; older versions
    // of pip say `Scripts` there.
    ["bin", "Scripts"]
        .into_iter()
        .map(|folder| dir.join(folder).join(&exe))
        .find(|path| path.is_file())
        .ok_or_else(|| {
            Error::system(
                Problem::new("the package uv was installed, but there is no uv in it")
                    .at(dir.display())
                    .hint("remove that folder and try again, or install uv on PATH"),
            )
        })
}
