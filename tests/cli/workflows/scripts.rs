//! The scripts: what shellcheck says of them, and what `scripts/build-wheels.sh` does.

use std::ffi::OsStr;
use std::process::Command;

use support::workflow::{Action, BUILD_WHEELS, CI, Workflow};

fn has_shellcheck() -> bool {
    let there = Command::new("shellcheck")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !there {
        support::skip("checking the scripts: shellcheck is not installed");
    }
    there
}

#[test]
fn shellcheck_accepts_the_scripts() {
    if !has_shellcheck() {
        return;
    }
    let scripts = std::fs::read_dir(support::repo().join("scripts")).unwrap();
    let mut scripts: Vec<_> = scripts.map(|entry| entry.unwrap().path()).collect();
    scripts.retain(|path| path.extension() == Some(OsStr::new("sh")));
    assert!(!scripts.is_empty());
    support::succeed(
        Command::new("shellcheck")
            .args(scripts)
            .arg(support::repo().join(".ci/run")),
    );
}

#[test]
fn shellcheck_accepts_the_steps_of_the_workflows() {
    if !has_shellcheck() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut steps = 0;
    let workflows = [CI, BUILD_WHEELS].map(Workflow::read);
    let of_workflows = workflows.iter().flat_map(Workflow::steps);
    let action = Action::read();
    let all = of_workflows.chain(&action.runs.steps);
    for script in all.filter_map(|step| step.run.as_deref()) {
        let file = folder.path().join(format!("{steps}.bash"));
        // The runner's `bash -eo pipefail` in words that shellcheck knows.
        std::fs::write(&file, format!("set -eo pipefail\n{script}")).unwrap();
        support::succeed(Command::new("shellcheck").arg("--shell=bash").arg(&file));
        steps += 1;
    }
    assert!(steps >= 10, "only {steps} steps were found");
}

#[cfg(unix)]
mod build_wheels_sh {
    use std::process::Command;

    use support::Ran;

    /// The script, with this in place of pyz3-wheel, run from somewhere else.
    fn script(tool: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Ran {
        let mut command = Command::new(support::repo().join("scripts/build-wheels.sh"));
        support::run(
            command
                .args(arguments)
                .env("PYZ3_WHEEL", tool)
                .current_dir(std::env::temp_dir()),
        )
    }

    #[test]
    fn builds_everything_unless_told_otherwise() {
        let ran = script("echo", &[]).exits(0);
        assert_eq!(ran.stdout, "--all-platforms --all-pythons --provision\n");
    }

    #[test]
    fn passes_every_option_on_as_it_is() {
        let ran = script(
            "printf",
            &[
                "<%s>",
                "--platform",
                "linux-x86_64",
                "--output-dir",
                "a  b",
                "-v",
                "",
            ],
        )
        .exits(0);
        assert_eq!(
            ran.stdout,
            "<--platform><linux-x86_64><--output-dir><a  b><-v><>"
        );
    }

    #[test]
    fn is_colourless_where_nobody_sees_it() {
        let ran = script("echo", &[]).exits(0).says("running");
        assert!(!ran.stderr.contains('\x1b'), "{ran:?}");
    }

    #[test]
    fn explains_itself_and_then_the_options_of_the_tool() {
        let help = script(support::pyz3_wheel(), &["--help"]).exits(0).stdout;
        for part in [
            "usage: build-wheels.sh",
            "PYZ3_WHEEL",
            "NO_COLOR",
            "--all-platforms",
            "--output-dir <DIR>",
        ] {
            assert!(help.contains(part), "{part} is not in\n{help}");
        }
    }

    #[test]
    fn says_what_to_do_when_the_tool_is_not_there() {
        script("/nowhere/pyz3-wheel", &[])
            .exits(1)
            .says("PYZ3_WHEEL is \"/nowhere/pyz3-wheel\"")
            .says("hint: set it to the path of a pyz3-wheel");
    }

    /// Beside no pyz3-wheel and outside its source tree there is nothing to run or to build.
    #[test]
    fn builds_nothing_from_the_cargo_project_of_somebody_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scripts/build-wheels.sh");
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        std::fs::copy(support::repo().join("scripts/build-wheels.sh"), &path).unwrap();
        std::fs::write(
            folder.path().join("Cargo.toml"),
            "[package]\nname = \"other\"\n",
        )
        .unwrap();
        let mut command = Command::new(path);
        command
            .env("PATH", "/usr/bin:/bin")
            .env_remove("PYZ3_WHEEL")
            .env_remove("CARGO_TARGET_DIR");
        support::run(&mut command)
            .exits(1)
            .says("is not its source tree")
            .says("pip install pyz3-wheel");
    }
}
