//! Which checks are reported: `--select`, `--ignore`, their variables, and `[tool.pyz3-wheel.check]`.

use std::path::{Path, PathBuf};

use support::{Ran, command, project, run};
use tempfile::TempDir;

/// A folder with a wheel that has errors of several checks, and with this pyproject.toml.
fn lie(pyproject: &str) -> (TempDir, PathBuf) {
    let folder = project(&[("pyproject.toml", pyproject)]);
    let (_, bytes) = crate::corpus::good("cp312-cp312-manylinux_2_17_x86_64");
    let path = folder.path().join("hello-1.0-cp312-cp312-win_amd64.whl");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn check(folder: &Path, wheel: &Path, options: &[&str]) -> Ran {
    let mut check = command();
    check.arg("check").args(options).arg(wheel);
    run(check.current_dir(folder))
}

/// The codes that are reported, without repetitions.
fn codes(ran: &Ran) -> Vec<String> {
    let findings = ran.json()["wheels"][0]["findings"].clone();
    let codes = findings.as_array().unwrap().iter();
    let mut codes: Vec<_> = codes
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn the_exit_code_follows_what_is_left() {
    let (folder, wheel) = lie("");
    let all = check(folder.path(), &wheel, &["--format", "json"]).exits(4);
    let all = codes(&all);
    assert!(all.len() > 1, "{all:?}");
    let one = ["--format", "json", "--select", "wrong-system"];
    let one = check(folder.path(), &wheel, &one).exits(4);
    assert_eq!(codes(&one), ["wrong-system"]);
    let none = ["--format", "json", "--ignore", &all.join(",")];
    let none = check(folder.path(), &wheel, &none).exits(0);
    assert_eq!(codes(&none), [""; 0]);
    let document = none.json();
    assert_eq!(document["wheels"][0]["verdict"], "ok");
    assert!(document["ignored"].as_u64().unwrap() > 1, "{document:#}");
    // --ignore takes from what --select leaves, and both may be repeated.
    let both = [
        "--select=wrong-system",
        "--select=wheel-tags",
        "--ignore=wheel-tags",
        "--format=json",
    ];
    assert_eq!(
        codes(&check(folder.path(), &wheel, &both).exits(4)),
        ["wrong-system"]
    );
    for format in ["human", "json", "sarif", "junit", "github"] {
        let options = ["--select", "wrong-libc", "--format", format];
        check(folder.path(), &wheel, &options)
            .exits(0)
            .says("findings are left out: `select` or `ignore` excludes the check");
    }
    // A file that cannot be read has no code.
    let gone = Path::new("gone.whl");
    check(folder.path(), gone, &["--select", "wrong-libc"]).exits(2);
}

#[test]
fn an_unknown_code_is_an_error_wherever_it_is() {
    let (folder, wheel) = lie("[tool.pyz3-wheel.check]\nselect = [\"wrong-machin\"]\n");
    check(folder.path(), &wheel, &[])
        .exits(2)
        .says("pyproject.toml:2:1: unknown check `wrong-machin`")
        .says("did you mean wrong-machine?");
    let (folder, wheel) = lie("");
    check(
        folder.path(),
        &wheel,
        &["--ignore", "wrong-machine,WRONG-LIBC"],
    )
    .exits(2)
    .says("--ignore: unknown check `WRONG-LIBC`");
    let mut variable = command();
    variable.arg("check").arg(&wheel);
    variable.env("PYZ3_WHEEL_SELECT", "wrong");
    run(&mut variable)
        .exits(2)
        .says("PYZ3_WHEEL_SELECT: unknown check `wrong`");
    let (folder, wheel) = lie("[tool.pyz3-wheel.check]\nselect = []\n");
    check(folder.path(), &wheel, &[])
        .exits(2)
        .says("pyproject.toml:2:1: selects no check");
}

#[test]
fn a_selection_without_a_check_is_an_error() {
    let (folder, wheel) = lie("");
    for options in [
        &["--select", ""][..],
        &["--select", ","],
        &["--select", "zip-bomb", "--ignore", "zip-bomb"],
        &[
            "--select=zip-bomb,wrong-libc",
            "--ignore=wrong-libc,zip-bomb",
        ],
    ] {
        check(folder.path(), &wheel, options)
            .exits(2)
            .says("--select: selects no check");
    }
    check(folder.path(), &wheel, &["--select", "wrong-system,"]).exits(4);
    let both = "[tool.pyz3-wheel.check]\nselect = [\"zip-bomb\"]\nignore = [\"zip-bomb\"]\n";
    let (folder, wheel) = lie(both);
    check(folder.path(), &wheel, &[])
        .exits(2)
        .says("pyproject.toml:2:1: selects no check");
}

#[test]
fn an_option_overrides_the_variable_and_the_variable_overrides_the_file() {
    let (folder, wheel) = lie("[tool.pyz3-wheel.check]\nselect = [\"wrong-libc\"]\n");
    let json = ["--format", "json"];
    assert_eq!(
        codes(&check(folder.path(), &wheel, &json).exits(0)),
        [""; 0]
    );
    let mut variable = command();
    variable.args(["check", "--format", "json"]).arg(&wheel);
    variable.current_dir(folder.path());
    variable.env("PYZ3_WHEEL_SELECT", "wheel-tags, wrong-libc");
    assert_eq!(codes(&run(&mut variable).exits(4)), ["wheel-tags"]);
    variable.args(["--select", "wrong-system"]);
    assert_eq!(codes(&run(&mut variable).exits(4)), ["wrong-system"]);
    // The project is found as by other subcommands.
    let mut elsewhere = command();
    elsewhere.args(["check", "--project"]).arg(folder.path());
    run(elsewhere.arg(&wheel)).exits(0);
}

#[test]
fn check_works_in_every_folder_but_not_with_invalid_settings() {
    for pyproject in [
        "",
        "[project]\nname = \"other\"\n[build-system]\nrequires = [\"setuptools\"]\n",
        "[tool.other]\nx = 1\n",
        "this is not TOML [",
        "tool = 1\n",
    ] {
        let (folder, wheel) = lie(pyproject);
        let ran = check(folder.path(), &wheel, &[]).exits(4);
        assert!(ran.stdout.contains("wrong-system"), "{pyproject}: {ran:#?}");
    }
    for (pyproject, problem) in [
        ("[tool.pyz3-wheel]\nnonsense = 1\n", "nonsense: unknown key"),
        (
            "[tool.pyz3-wheel.check]\nselect = [\"wrong-libc\"]\nthis is not TOML [",
            "not valid TOML",
        ),
        (
            "[tool.pyz3-wheel.check]\nselct = [\"wrong-libc\"]\n",
            "selct: unknown key",
        ),
        ("[tool]\npyz3-wheel = 1\n", "must be a table"),
    ] {
        let (folder, wheel) = lie(pyproject);
        check(folder.path(), &wheel, &[]).exits(2).says(problem);
    }
}

/// The commands and settings of docs/check-ci.md, over a good wheel.
#[test]
fn the_examples_of_the_page_about_ci_work() {
    let page = std::fs::read_to_string(support::repo().join("docs/check-ci.md")).unwrap();
    let mut blocks = page.split("```toml\n");
    let toml = blocks.find(|block| block.starts_with("[tool.pyz3-wheel.check]"));
    let toml = toml.unwrap().split("```").next().unwrap();
    let folder = project(&[("pyproject.toml", toml)]);
    let (name, bytes) = crate::corpus::good("cp312-cp312-manylinux_2_17_x86_64");
    let dist = folder.path().join("dist");
    std::fs::create_dir(&dist).unwrap();
    std::fs::write(dist.join(&name), bytes).unwrap();
    let commands = page.lines().filter_map(|line| {
        let (_, command) = line.split_once("pyz3-wheel check ")?;
        let command = command.strip_suffix('`').unwrap_or(command);
        line.contains("dist/*.whl").then_some(command)
    });
    let commands: Vec<_> = commands.collect();
    assert!(commands.len() > 4, "{commands:?}");
    for typed in commands {
        let words = typed.split(' ').take_while(|word| *word != ">");
        let words = words.map(|word| word.replace("*.whl", &name));
        run(command()
            .arg("check")
            .args(words)
            .current_dir(folder.path()))
        .exits(0);
    }
}
