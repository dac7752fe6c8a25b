//! `check` over all wheels of an example, and where its tables come from.

use support::{hello, repo};

#[test]
fn every_wheel_of_ours_is_what_it_says() {
    let wheels = hello().paths();
    let ran = support::run(support::command().arg("check").args(&wheels)).exits(0);
    // A table of the release follows.
    let ok = ran.stdout.lines().filter(|line| line.ends_with(".whl: ok"));
    assert_eq!(ok.count(), wheels.len(), "{}", ran.stdout);
    let count = wheels.len();
    ran.says(&format!(
        "{count} wheels: {count} ok, 0 with warnings, 0 with errors"
    ));
}

#[test]
fn the_tables_are_what_their_script_makes() {
    let said = std::process::Command::new("python3")
        .arg(repo().join("scripts/update-audit-data.py"))
        .arg("--check")
        .output()
        .unwrap();
    if said.status.code() == Some(2) {
        support::skip("the tables of the audit: pip, cargo or npm cannot download their sources");
        return;
    }
    let differs = String::from_utf8_lossy(&said.stdout);
    let disagree = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{differs}{disagree}");
}
