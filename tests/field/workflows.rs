//! The workflows, judged by other tools, and carried out in the modules below.

#[cfg(target_os = "linux")]
mod build_job;
#[cfg(unix)]
mod check_action;
pub(crate) mod release;

use std::process::Command;

use support::workflow::{ALL, CHECK_ACTION};

#[test]
fn the_workflows_follow_githubs_schema() {
    let Some(bin) = support::venv_tool(&["check-jsonschema"]) else {
        return;
    };
    let mut command = Command::new(bin.join("check-jsonschema"));
    command
        .args(["--builtin-schema", "vendor.github-workflows"])
        .args(ALL)
        .current_dir(support::repo());
    support::succeed(&mut command);
}

#[test]
fn the_action_follows_githubs_schema() {
    let Some(bin) = support::venv_tool(&["check-jsonschema"]) else {
        return;
    };
    let mut command = Command::new(bin.join("check-jsonschema"));
    command
        .args(["--builtin-schema", "vendor.github-actions"])
        .arg(CHECK_ACTION)
        .current_dir(support::repo());
    support::succeed(&mut command);
}

#[test]
fn zizmor_finds_no_weakness_in_the_workflows() {
    let Some(bin) = support::venv_tool(&["zizmor"]) else {
        return;
    };
    let mut command = Command::new(bin.join("zizmor"));
    command
        .args(["--offline", "--no-progress"])
        .args(ALL)
        .arg(CHECK_ACTION)
        .current_dir(support::repo());
    support::succeed(&mut command);
}
