//! `pyz3-wheel develop`: builds the project and installs it into a virtual environment in editable mode.
//!
//! Finds the environment. The Python package in the environment does the rest, since an editable install
//! needs it anyway to rebuild changed modules.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use serde_json::Value;

use super::args::{CommonArgs, DevelopArgs};
use super::session::{Outcome, Session};
use crate::error::{Error, Problem, Result};
use crate::options::table;
use crate::report::{Document, Report};
use crate::sys::cancel::Waiting;
use crate::sys::process;
use crate::toolchain::{Cache, PackageRequest, interpreter};

/// Runs the module that builds and installs. `python -m` is not used, because it imports modules from the
/// current directory before Python's own. The current directory stays the user's, because relative paths in
/// pip's settings are relative to it.
const DEVELOP: &str = "\
import sys
sys.path[:] = [folder for folder in sys.path if folder]
from pyz3_wheel import _develop
sys.exit(_develop.main(*sys.argv[1:]))
";

/// Builds and installs the project.
pub(super) fn run(session: &Session, args: &DevelopArgs) -> Outcome {
    let common = session.common();
    let project = std::path::absolute(session.project_dir()?)?;
    let python = python(&project, args.venv.as_deref())?;
    let cache_dir = session.cache_dir(None)?;
    let cancel = session.cancel()?;
    // Silent, because the build that follows reports the same about its cache.
    let waiting = Waiting::new(cancel, |_| {});
    let cache = Cache::open_or_temporary(cache_dir.as_deref(), waiting)?;
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
        cancel.check()?;
        let exe = python.display();
        return Err(Error::config(
            Problem::new("pyz3-wheel is not in this virtual environment")
                .at(&exe)
                .hint(format!(
                    "{exe} -m pip install pyz3-wheel\nor: uv pip install --python {exe} pyz3-wheel"
                )),
        ));
    }
    let result = tempfile::NamedTempFile::new()?;
    let mut command = interpreter::command(&python);
    command
        .stdout(session.report().stdout_of_child())
        .args(["-c", DEVELOP])
        .arg(result.path())
        .arg(&project)
        .args(config_settings(common)?);
    if let Some(dir) = common.path(&table::CACHE_DIR) {
        let dir = std::path::absolute(dir)?;
        command.env(table::CACHE_DIR.variable(), dir);
    }
    for setting in [&table::VERBOSE, &table::QUIET] {
        if common.is_on(setting) {
            command.env(setting.variable(), "1");
        }
    }
    let status = process::attend(command, cancel).map_err(|error| {
        Error::system(
            Problem::new(format!("cannot be run: {error}"))
                .at(python.display())
                .hint("create the virtual environment again"),
        )
    })?;
    cancel.check()?;
    let text = fs_err::read(result.path())?;
    let document = serde_json::from_slice(&text).ok();
    let developed = document.and_then(|document| Developed::new(document, status));
    let developed = developed.ok_or_else(|| {
        Error::system(
            Problem::new(format!("pyz3-wheel in the virtual environment ended with {status} and gave no result"))
                .at(python.display())
                .hint(format!(
                    "install the version that this program has: {} -m pip install --upgrade pyz3-wheel=={}",
                    python.display(),
                    env!("CARGO_PKG_VERSION"),
                )),
        )
    })?;
    Ok(Box::new(developed))
}

/// The result of the installation. The Python package has already printed it for people.
struct Developed {
    exit_code: u8,
    document: Value,
}

impl Developed {
    /// A document that says the same as the exit status.
    fn new(document: Value, status: ExitStatus) -> Option<Self> {
        let exit_code = u8::try_from(status.code()?).ok()?;
        (document["exit_code"] == exit_code).then_some(Self {
            exit_code,
            document,
        })
    }
}

impl Document for Developed {
    fn exit_code(&self) -> u8 {
        self.exit_code
    }

    fn human(&self, _report: &Report) -> Result<()> {
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        Ok(self.document.clone())
    }
}

/// The options that also apply to later builds, in the form in which a build frontend passes them.
fn config_settings(common: &CommonArgs) -> Result<Vec<String>> {
    let mut zig = Vec::new();
    if let Some(path) = common.path(&table::ZIG) {
        let path = std::path::absolute(path)?;
        zig.push(format!("--zig={}", path.display()));
    }
    if let Some(version) = common.str(&table::ZIG_VERSION) {
        zig.push(format!("--zig-version={version}"));
    }
    let optimize = common.str(&table::OPTIMIZE);
    let optimize = optimize.map(|mode| format!("optimize={mode}"));
    let zig = (!zig.is_empty()).then(|| format!("args={}", shell_words::join(zig)));
    Ok(optimize.into_iter().chain(zig).collect())
}

/// The interpreter of the environment: the one named, else the active one (of conda: unless it is the
/// base environment, which is active by default), else the project's or its
/// workspace's `.venv`.
fn python(project: &Path, named: Option<&Path>) -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let is_base =
        variable("CONDA_DEFAULT_ENV").is_some_and(|name| name == "base" || name == "root");
    let conda = variable("CONDA_PREFIX");
    let active = variable("VIRTUAL_ENV").map(|dir| (dir, "VIRTUAL_ENV"));
    let active = active.or_else(|| Some((conda.clone().filter(|_| !is_base)?, "CONDA_PREFIX")));
    let (dir, origin) = if let Some(dir) = named {
        (dir.to_owned(), "--venv")
    } else if let Some((dir, origin)) = active {
        (PathBuf::from(dir), origin)
    } else if let Some(dir) = own_environments(project).find(|dir| dir.is_dir()) {
        (dir, ".venv")
    } else {
        let base = conda.map_or(String::new(), |dir| {
            format!(
                "\nor use conda's base environment: --venv {}",
                dir.display()
            )
        });
        return Err(Error::config(
            Problem::new(
                "no virtual environment is active, and neither the project nor a folder above it has a .venv",
            )
            .hint(format!(
                "create a virtual environment: python3 -m venv .venv, or uv venv\nor give the directory of another one: --venv DIR{base}"
            )),
        ));
    };
    // Symbolic links are kept: their target is a Python outside of the environment.
    let dir = std::path::absolute(dir)?;
    let places: &[&str] = if cfg!(windows) {
        // A conda environment has it at the top.
        &["Scripts/python.exe", "python.exe"]
    } else {
        &["bin/python"]
    };
    let python = places.iter().map(|place| dir.join(place));
    let python = python.into_iter().find(|python| python.is_file());
    let is_environment = dir.join("pyvenv.cfg").is_file() || dir.join("conda-meta").is_dir();
    match python {
        Some(python) if is_environment => Ok(python),
        _ => Err(Error::config(
            Problem::new(format!(
                "{} is neither a virtual environment with a Python (pyvenv.cfg) nor one of conda (conda-meta)",
                dir.display()
            ))
            .at(origin)
            .hint("give the folder of a virtual environment, or create it: python3 -m venv DIR"),
        )),
    }
}

/// Where the environment of a project may be: in its folder, or in one above it, as that of a
/// workspace is; not outside of the git repository.
fn own_environments(project: &Path) -> impl Iterator<Item = PathBuf> {
    let mut is_inside = true;
    let folders = project.ancestors().take_while(move |dir| {
        let was_inside = is_inside;
        // A worktree and a submodule have a file there.
        is_inside = !dir.join(".git").exists();
        was_inside
    });
    folders.map(|dir| dir.join(".venv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_looked_for_up_to_the_root_of_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path();
        let project = top.join("repo/packages/one");
        fs_err::create_dir_all(&project).unwrap();
        let found: Vec<_> = own_environments(&project).collect();
        assert!(found.contains(&top.join(".venv")), "{found:?}");
        fs_err::write(top.join("repo/.git"), "gitdir: elsewhere\n").unwrap();
        let found: Vec<_> = own_environments(&project).collect();
        let expected = [
            "repo/packages/one/.venv",
            "repo/packages/.venv",
            "repo/.venv",
        ];
        assert_eq!(found, expected.map(|place| top.join(place)));
    }
}
