//! The environment that `develop` installs into: a virtual environment or one of conda.

use std::path::{Path, PathBuf};

use crate::error::{Error, Problem, Result};
use crate::sys::shell;
use crate::toolchain::places;

/// The interpreter of the environment to install into: `--venv`, the active environment (conda's base environment does
/// not count, because it is active by default), or the first `.venv` from the project's folder up to the root of its git
/// repository.
pub(super) fn python(project: &Path, named: Option<&Path>) -> Result<PathBuf> {
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
                shell::word(&dir)
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
    if !dir.is_dir() {
        let problem = Problem::new(format!("the environment {} does not exist", dir.display()));
        let problem = problem.at(origin);
        let shown = shell::word(&dir);
        return Err(Error::config(if origin == "--venv" {
            problem.hint(format!("create it: python3 -m venv {shown}"))
        } else {
            problem.hint(format!(
                "create it again (python3 -m venv {shown}), or unset {origin}, or give another one: --venv DIR"
            ))
        }));
    }
    let python = places::python_of_environment(&dir);
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
