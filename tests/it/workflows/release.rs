//! The release of the program itself: its wheel, made as release.yml makes it, and what its checks
//! say.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use target_lexicon::HOST;

use super::{RELEASE, Workflow};
use crate::support;

/// What release.yml gives maturin for a target, besides what is the same for all.
fn options_for(target: &str) -> Option<Vec<String>> {
    let workflow = Workflow::read(RELEASE);
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
/// which takes minutes. `None`, said aloud, where that can't be done.
pub(crate) fn make_wheel(folder: &Path) -> Option<()> {
    let target = HOST.to_string();
    let Some(options) = options_for(&target) else {
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
            .env("CARGO_ZIGBUILD_ZIG_PATH", support::zig()),
    );
    Some(())
}

#[test]
fn each_system_gets_a_wheel_made_in_the_same_way() {
    let workflow = Workflow::read(RELEASE);
    let wheel = &workflow.jobs["wheel"];
    let build = wheel
        .steps
        .iter()
        .find(|step| step.label() == "Build the wheel")
        .unwrap();
    let script = build.run.as_deref().unwrap();
    for words in [
        r#"RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=registry""#,
        r#"maturin build --release --locked --target "$TARGET" "${options[@]}" --out dist"#,
    ] {
        assert!(script.contains(words), "{script}");
    }
    let matrix = &wheel.strategy.as_ref().unwrap().matrix;
    let targets: BTreeSet<_> = matrix.include.iter().map(|row| &row["target"]).collect();
    assert_eq!(targets.len(), matrix.include.len());
    for (os, machines) in [
        ("unknown-linux-gnu", 2),
        ("unknown-linux-musl", 2),
        ("apple-darwin", 2),
        ("pc-windows-msvc", 2),
    ] {
        let found = targets.iter().filter(|target| target.ends_with(os)).count();
        assert_eq!(found, machines, "{os}");
    }
}

/// The scripts of the jobs `check` and `test`, in a folder with the wheel of this machine.
#[cfg(target_os = "linux")]
#[test]
fn the_wheel_passes_the_checks_of_the_release_and_builds_an_example() {
    use crate::python::{NO_PACKAGE, wheelhouse};

    let wheelhouse = crate::need!(wheelhouse(), NO_PACKAGE);
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
