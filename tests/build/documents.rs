//! What a build prints for programs, and what it logs.

use support::documents::{has_documented_keys, one_document};
use support::{command, example, run};

#[test]
fn a_build_has_the_documented_keys() {
    let project = example("hello");
    let mut build = command();
    build
        .args(["--format", "json", "--project"])
        .arg(project.path());
    let document = one_document(&run(&mut build).exits(0));
    has_documented_keys("build", &document);
}

#[test]
fn the_log_has_the_zig_that_was_found_and_the_decision_for_each_job() {
    let project = example("hello");
    let mut plan = command();
    plan.args(["--dry-run", "--format", "json", "--project"])
        .arg(project.path())
        .env("PYZ3_WHEEL_LOG", "debug");
    let ran = run(&mut plan).exits(0);
    let document = one_document(&ran);
    for job in document["jobs"].as_array().unwrap() {
        let decided = format!("decides for {}: Build", job["id"].as_str().unwrap());
        assert!(ran.stderr.contains(&decided), "{}", ran.stderr);
    }
    assert!(ran.stderr.contains("zig: uses Zig 0."), "{}", ran.stderr);
    assert!(ran.stderr.contains("found Python 3."), "{}", ran.stderr);
}
