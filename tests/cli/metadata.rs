//! `pyz3-wheel metadata`: what it takes from elsewhere, and what it refuses.

use support::{command, project, run};

#[test]
fn a_dynamic_version_is_that_of_the_wheels() {
    let project = project(&[
        (
            "pyproject.toml",
            "[project]\nname = \"tiny\"\ndynamic = [\"version\"]\n[tool.pyz3-wheel]\nversion.zon = true\n",
        ),
        (
            "build.zig.zon",
            ".{ .name = .tiny, .version = \"0.3.0-rc.1\" }\n",
        ),
        ("tiny/__init__.py", ""),
    ]);
    let mut command = command();
    command.args(["--dry-run", "--format", "json", "--platform", "windows-x64"]);
    let plan = run(command.arg("--project").arg(project.path()))
        .exits(0)
        .json();
    assert_eq!(
        plan["jobs"][0]["wheel"],
        "tiny-0.3.0rc1-py3-none-win_amd64.whl"
    );
}

#[test]
fn everything_wrong_is_told_at_once_with_place_and_hint() {
    let broken = project(&[(
        "pyproject.toml",
        "[project]\nname = \"x\"\ndynamic = [\"version\", \"readme\"]\nkeywords = [\"a,b\"]\n\
         import-names = [\"class\"]\n[project.urls]\nHome = \"nowhere\"\n\
         [tool.pyz3-wheel.version]\nfile = \"missing.py\"\n[tool.pyz3-wheel.readme]\nfiles = []\n",
    )]);
    let metadata = |format: &str| {
        let mut command = command();
        command.args(["metadata", "--format", format, "--project"]);
        run(command.arg(broken.path())).exits(2)
    };
    let human = metadata("human");
    assert_eq!(human.stdout, "");
    let places = [4, 5, 7, 9, 11].map(|line| format!("pyproject.toml:{line}:"));
    for place in &places {
        assert!(human.stderr.contains(place), "{place} in {}", human.stderr);
    }
    assert_eq!(human.stderr.matches("error:").count(), places.len());
    assert_eq!(human.stderr.matches("hint:").count(), places.len());
    let document = metadata("json").json();
    assert_eq!(document["exit_code"], 2);
    assert_eq!(document["error"]["kind"], "config");
    assert_eq!(
        document["error"]["problems"].as_array().unwrap().len(),
        places.len()
    );
}
