//! How release.yml makes the wheel of the program itself.

use std::collections::BTreeSet;
use support::workflow::{RELEASE, Workflow};

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
