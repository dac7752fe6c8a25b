//! Source distributions, as twine sees them.

use std::process::Command;

use support::sdist::written;
use support::{command, example, need, project, run, succeed, venv_tool};

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

/// Build tools of others, a project for each, and what `check` says about the sdists that they make.
const BUILD_TOOLS: [(&str, &str, &str); 7] = [
    (
        "flit_core==3.12.0",
        "flit_core.buildapi",
        "[tool.flit.module]\nname = \"my_tiny\"\n",
    ),
    ("hatchling==1.27.0", "hatchling.build", ""),
    ("setuptools==80.9.0", "setuptools.build_meta", ""),
    ("poetry-core==2.2.1", "poetry.core.masonry.api", ""),
    ("pdm-backend==2.4.5", "pdm.backend", ""),
    (
        "uv_build==0.13.6",
        "uv_build",
        "[tool.uv.build-backend]\nmodule-root = \"\"\n",
    ),
    (
        "scikit-build-core==0.11.6",
        "scikit_build_core.build",
        "[tool.scikit-build]\nwheel.cmake = false\n",
    ),
];

#[test]
fn check_accepts_the_sdists_of_other_build_tools() {
    for (requirement, backend, settings) in BUILD_TOOLS {
        let bin = need!(venv_tool(&[requirement]), "a build tool is not available");
        let pyproject = format!(
            "[build-system]\nrequires = [\"{requirement}\"]\nbuild-backend = \"{backend}\"\n\
             [project]\nname = \"My.Tiny\"\nversion = \"1.0\"\ndescription = \"x\"\n\
             readme = \"README.md\"\nrequires-python = \">=3.9\"\n{settings}"
        );
        let project = project(&[
            ("pyproject.toml", &pyproject),
            ("README.md", "# tiny\n"),
            ("my_tiny/__init__.py", "\"\"\"Tiny.\"\"\"\n"),
        ]);
        let output = tempfile::tempdir().unwrap();
        let code =
            format!("import sys, {backend} as backend; print(backend.build_sdist(sys.argv[1]))");
        succeed(
            Command::new(bin.join("python"))
                .args(["-c", &code])
                .arg(output.path())
                .current_dir(project.path()),
        );
        let ran = run(command()
            .args(["check", "--format", "json"])
            .arg(output.path()))
        .exits(0);
        // pdm-backend writes an old Metadata-Version.
        let file = ran.json()["wheels"][0].clone();
        assert_eq!(file["verdict"], "ok", "{requirement}: {file}");
    }
}
