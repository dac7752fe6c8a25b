//! The release of the program itself: its wheel, made as release.yml makes it, and what its checks
//! say.

use std::path::Path;
use std::process::Command;

use target_lexicon::HOST;

use support::workflow::{RELEASE, Workflow};

/// The options for maturin that release.yml has for a target, except those that are the same for all targets.
fn options_for(workflow: &Workflow, target: &str) -> Option<Vec<String>> {
    let matrix = &workflow.jobs["wheel"].strategy.as_ref().unwrap().matrix;
    let row = matrix.include.iter().find(|row| row["target"] == target)?;
    Some(
        row["options"]
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
    )
}

/// Makes the wheel of the program for this machine, as the release does but without optimisation,
/// which takes minutes. `None`, with a message, where that is not possible.
pub(crate) fn make_wheel(folder: &Path) -> Option<()> {
    let target = HOST.to_string();
    let workflow = Workflow::read(RELEASE);
    let Some(options) = options_for(&workflow, &target) else {
        support::skip(&format!(
            "the wheel of pyz3-wheel: none is made for {target}"
        ));
        return None;
    };
    let bin = support::venv_tool(&["maturin>=1.9,<2"])?;
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || std::env::home_dir().unwrap_or_default().join(".cargo"),
        Into::into,
    );
    support::succeed(
        Command::new(bin.join("maturin"))
            .current_dir(support::repo())
            .args(["build", "--locked", "--target", &target])
            .args(options)
            .args(["--profile", "dev", "--strip", "--out"])
            .arg(folder)
            .env(
                "RUSTFLAGS",
                format!(
                    "--remap-path-prefix={}=registry",
                    home.join("registry/src").display()
                ),
            )
            .env("CFLAGS", &workflow.jobs["wheel"].env["CFLAGS"])
            .env("CARGO_ZIGBUILD_ZIG_PATH", support::zig()),
    );
    Some(())
}

/// The scripts of the jobs `check` and `test`, in a folder with the wheel of this machine.
#[cfg(target_os = "linux")]
#[test]
fn the_wheel_passes_the_checks_of_the_release_and_builds_an_example() {
    use crate::python::{NO_PACKAGE, wheelhouse};

    let wheelhouse = support::need!(wheelhouse(), NO_PACKAGE);
    let folder = tempfile::tempdir().unwrap();
    support::copy_tree(wheelhouse, &folder.path().join("dist"));
    let example = folder.path().join("docs/examples/hello");
    support::copy_tree(&support::repo().join("docs/examples/hello"), &example);
    let github = folder.path().join(".github");
    support::copy_tree(&support::repo().join(".github"), &github);
    let (venv, _) = support::fresh_venv(Path::new("python3"));
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::split_paths(&path);
    let path = std::env::join_paths([support::programs(venv.path())].into_iter().chain(path));
    let path = path.unwrap();
    let workflow = Workflow::read(RELEASE);
    for job in ["check", "test"] {
        for script in workflow.jobs[job]
            .steps
            .iter()
            .filter_map(|step| step.run.as_deref())
        {
            let mut bash = Command::new("bash");
            bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
            support::hermetic(&mut bash);
            support::succeed(bash.current_dir(folder.path()).env("PATH", &path));
        }
    }
}
