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

/// PyPI shows the README without the repository.
#[test]
fn the_sdist_and_the_wheels_have_absolute_links() {
    let workflow = Workflow::read(RELEASE);
    for (job, build) in [("sdist", "Build the sdist"), ("wheel", "Build the wheel")] {
        let steps: Vec<_> = workflow.jobs[job].steps.iter().collect();
        let place = |label: &str| steps.iter().position(|step| step.label() == label);
        let links = place("Links for PyPI").unwrap();
        assert!(links < place(build).unwrap(), "{job}");
        let script = steps[links].run.as_deref().unwrap();
        assert!(script.contains("scripts/release-links.py"), "{script}");
    }
}

#[cfg(unix)]
#[test]
fn the_script_for_links_leaves_no_relative_link() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["README.md", "pyproject.toml"] {
        std::fs::copy(support::repo().join(name), folder.path().join(name)).unwrap();
    }
    let repository = "https://example.invalid/owner/repository";
    support::succeed(
        std::process::Command::new("python3")
            .arg(support::repo().join("scripts/release-links.py"))
            .args([repository, "v1.2.3", "https://docs.example.invalid/"])
            .current_dir(folder.path()),
    );
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let readme = read("README.md");
    let targets = readme.split("](").skip(1);
    let targets: Vec<_> = targets.filter_map(|rest| rest.split(')').next()).collect();
    assert!(targets.len() > 10, "{targets:?}");
    for target in &targets {
        assert!(target.starts_with("https://"), "{target}");
    }
    let docs = format!("{repository}/blob/v1.2.3/docs/checks.md");
    assert!(targets.contains(&docs.as_str()), "{targets:?}");
    let project: toml::Table = toml::from_str(&read("pyproject.toml")).unwrap();
    let urls = project["project"]["urls"].as_table().unwrap();
    for name in ["Documentation", "Source", "Issues", "Changelog"] {
        let address = urls[name].as_str().unwrap();
        assert!(address.starts_with("https://"), "{name}: {address}");
    }
    assert_eq!(project["tool"]["maturin"]["bindings"].as_str(), Some("bin"));
}
