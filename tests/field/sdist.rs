//! Source distributions, as twine sees them.

use std::process::Command;

use support::sdist::written;
use support::{example, need, succeed, venv_tool};

#[test]
fn twine_takes_an_sdist() {
    let project = example("hello");
    let (_output, path) = written(project.path());
    let bin = need!(venv_tool(&["twine==7.0.0"]), "twine is not available");
    let said = succeed(
        Command::new(bin.join("twine"))
            .args(["--no-color", "check", "--strict"])
            .arg(&path),
    );
    assert!(said.contains("PASSED"), "{said}");
}
