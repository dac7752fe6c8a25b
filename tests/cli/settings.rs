//! Where settings come from: option over variable over file; and that help, documents and program
//! agree about them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pyz3_wheel::Platform;
use serde_json::Value;
use tempfile::TempDir;

use support::{command, example, project, pyz3, repo, run};

/// A setting as each layer gives it, with the value that `--dry-run` shows.
struct Setting {
    name: &'static str,
    option: (&'static [&'static str], &'static str),
    variable: (&'static str, &'static str, &'static str),
    file: (&'static str, &'static str),
}

/// Every setting with all its layers; the value of each layer differs from those of the others.
const SETTINGS: [Setting; 17] = [
    Setting {
        name: "platform",
        option: (
            &["--platform", "linux-x86_64", "--platform", "windows-x64"],
            "linux-x86_64, windows-x64",
        ),
        variable: (
            "PYZ3_WHEEL_PLATFORM",
            "linux-aarch64, macos-arm64",
            "linux-aarch64, macos-arm64",
        ),
        file: ("platforms = [\"macos-x86_64\"]", "macos-x86_64"),
    },
    Setting {
        name: "python",
        option: (&["--python", "3.10,cp311"], "3.10, cp311"),
        variable: ("PYZ3_WHEEL_PYTHON", "3.12", "3.12"),
        file: ("pythons = [\"3.9\", \"3.13\"]", "3.9, 3.13"),
    },
    Setting {
        name: "optimize",
        option: (&["--optimize", "Debug"], "Debug"),
        variable: ("PYZ3_WHEEL_OPTIMIZE", "ReleaseSafe", "ReleaseSafe"),
        file: ("optimize = \"ReleaseSmall\"", "ReleaseSmall"),
    },
    Setting {
        name: "manylinux",
        option: (&["--manylinux", "2_28"], "2_28"),
        variable: ("PYZ3_WHEEL_MANYLINUX", "2.34", "2.34"),
        file: ("manylinux = \"2.31\"", "2.31"),
    },
    Setting {
        name: "output-dir",
        option: (&["--output-dir", "typed"], "typed"),
        variable: ("PYZ3_WHEEL_OUTPUT_DIR", "variable", "variable"),
        file: ("output-dir = \"file\"", "file"),
    },
    Setting {
        name: "jobs",
        option: (&["--jobs", "3"], "3"),
        variable: ("PYZ3_WHEEL_JOBS", "4", "4"),
        file: ("jobs = 5", "5"),
    },
    Setting {
        name: "clean",
        option: (&["--no-clean"], "false"),
        variable: ("PYZ3_WHEEL_CLEAN", "1", "true"),
        file: ("clean = false", "false"),
    },
    Setting {
        name: "fail-fast",
        option: (&["--keep-going"], "false"),
        variable: ("PYZ3_WHEEL_FAIL_FAST", "yes", "true"),
        file: ("fail-fast = false", "false"),
    },
    Setting {
        name: "provision",
        option: (&["--provision"], "true"),
        variable: ("PYZ3_WHEEL_PROVISION", "0", "false"),
        file: ("provision = true", "true"),
    },
    Setting {
        name: "from-sdist",
        option: (&["--no-from-sdist"], "false"),
        variable: ("PYZ3_WHEEL_FROM_SDIST", "1", "true"),
        file: ("from-sdist = false", "false"),
    },
    Setting {
        name: "verify-reproducible",
        option: (&["--verify-reproducible"], "true"),
        variable: ("PYZ3_WHEEL_VERIFY_REPRODUCIBLE", "no", "false"),
        file: ("verify-reproducible = true", "true"),
    },
    Setting {
        name: "vendor",
        option: (&["--no-vendor"], "false"),
        variable: ("PYZ3_WHEEL_VENDOR", "1", "true"),
        file: ("vendor = false", "false"),
    },
    Setting {
        name: "no-cache",
        option: (&["--no-cache"], "true"),
        variable: ("PYZ3_WHEEL_NO_CACHE", "0", "false"),
        file: ("no-cache = true", "true"),
    },
    Setting {
        name: "zig",
        option: (&["--zig", "typed-zig"], "typed-zig"),
        variable: ("PYZ3_WHEEL_ZIG", "variable-zig", "variable-zig"),
        file: ("zig-exe = \"file-zig\"", "file-zig"),
    },
    Setting {
        name: "zig-version",
        option: (&["--zig-version", "0.15.2"], "0.15.2"),
        variable: ("PYZ3_WHEEL_ZIG_VERSION", "0.15.1", "0.15.1"),
        file: ("zig = \"0.14.1\"", "0.14.1"),
    },
    Setting {
        name: "verbose",
        option: (&["--verbose"], "true"),
        variable: ("PYZ3_WHEEL_VERBOSE", "0", "false"),
        file: ("verbose = true", "true"),
    },
    Setting {
        name: "quiet",
        option: (&["--quiet"], "true"),
        variable: ("PYZ3_WHEEL_QUIET", "off", "false"),
        file: ("quiet = true", "true"),
    },
];

const HEAD: &str =
    "[project]\nname = \"tiny\"\nversion = \"1.0\"\n[tool.pyz3-wheel]\nformat = \"json\"\n";

/// A project for ctypes, so that no run has to look for Pythons.
fn tiny(config: &str) -> TempDir {
    project(&[
        ("pyproject.toml", &format!("{HEAD}{config}\n")),
        ("tiny/__init__.py", ""),
    ])
}

/// What `--dry-run` says with these options and variables.
#[track_caller]
fn dry_run(project: &Path, options: &[&str], variables: &[(&str, &str)]) -> Value {
    let mut command = command();
    command
        .args(["--dry-run", "--project"])
        .arg(project)
        .args(options)
        .env_remove("PYZ3_WHEEL_NO_CACHE");
    command.envs(variables.iter().copied());
    run(&mut command).exits(0).json()
}

/// Value and origin of one setting.
#[track_caller]
fn setting(plan: &Value, name: &str) -> (String, String) {
    let found: Vec<_> = plan["settings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|setting| setting["name"] == name)
        .collect();
    assert_eq!(found.len(), 1, "{name} in {plan:#}");
    let text = |key: &str| found[0][key].as_str().unwrap().to_owned();
    (text("value"), text("origin"))
}

/// Targets and wheels of the jobs.
fn jobs(plan: &Value) -> Vec<(String, String)> {
    let jobs = plan["jobs"].as_array().unwrap().iter();
    jobs.map(|job| {
        let text = |key: &str| job[key].as_str().unwrap().to_owned();
        (text("zig_target"), text("wheel"))
    })
    .collect()
}

fn job(target: &str, tags: &str) -> (String, String) {
    (target.to_owned(), format!("tiny-1.0-py3-none-{tags}.whl"))
}

#[test]
fn an_option_wins_over_a_variable_and_a_variable_over_the_file() {
    let config: Vec<_> = SETTINGS.iter().map(|setting| setting.file.0).collect();
    let project = tiny(&config.join("\n"));
    let variables: Vec<_> = SETTINGS
        .iter()
        .map(|setting| (setting.variable.0, setting.variable.1))
        .collect();
    let options: Vec<_> = SETTINGS
        .iter()
        .flat_map(|setting| setting.option.0)
        .copied()
        .collect();

    let by_file = dry_run(project.path(), &[], &[]);
    let by_variable = dry_run(project.path(), &[], &variables);
    let by_option = dry_run(project.path(), &options, &variables);
    for (
        index,
        Setting {
            name,
            option,
            variable,
            file,
        },
    ) in SETTINGS.iter().enumerate()
    {
        let line = HEAD.lines().count() + 1 + index;
        assert_eq!(
            setting(&by_file, name),
            (file.1.to_owned(), format!("pyproject.toml:{line}:1"))
        );
        assert_eq!(
            setting(&by_variable, name),
            (variable.2.to_owned(), variable.0.to_owned())
        );
        assert_eq!(
            setting(&by_option, name),
            (option.1.to_owned(), format!("--{name}"))
        );
        // Each by itself too: no setting leans on another one.
        let alone = dry_run(project.path(), option.0, &[]);
        for other in &SETTINGS {
            let expected = if other.name == *name {
                option.1
            } else {
                other.file.1
            };
            assert_eq!(
                setting(&alone, other.name).0,
                expected,
                "{} beside {name}",
                other.name
            );
        }
    }
    assert_eq!(
        setting(&by_option, "format"),
        ("json".to_owned(), "pyproject.toml:5:1".to_owned())
    );
    let format = dry_run(
        project.path(),
        &["--format", "json"],
        &[("PYZ3_WHEEL_FORMAT", "human")],
    );
    assert_eq!(
        setting(&format, "format"),
        ("json".to_owned(), "--format".to_owned())
    );
}

#[test]
fn what_nobody_sets_is_shown_as_a_default() {
    let plan = dry_run(tiny("").path(), &[], &[]);
    for name in [
        "python",
        "optimize",
        "output-dir",
        "jobs",
        "clean",
        "fail-fast",
        "provision",
        "from-sdist",
        "vendor",
        "zig",
    ] {
        assert_eq!(setting(&plan, name).1, "default", "{name}");
    }
    assert_eq!(setting(&plan, "optimize").0, "ReleaseFast");
    if let Some(platform) = Platform::current() {
        assert_eq!(
            setting(&plan, "platform"),
            (platform.name().to_owned(), "this machine".to_owned())
        );
    }
}

#[test]
fn settings_are_what_is_done_and_not_only_what_is_shown() {
    let project =
        tiny("optimize = \"Debug\"\noutput-dir = \"wheels\"\nplatforms = [\"windows-x64\"]");
    let plan = dry_run(project.path(), &[], &[]);
    // A path in the file is meant from the file.
    let root = std::fs::canonicalize(project.path()).unwrap();
    let output = PathBuf::from(plan["output_dir"].as_str().unwrap());
    assert_eq!(
        std::fs::canonicalize(output.parent().unwrap())
            .unwrap()
            .join(output.file_name().unwrap()),
        root.join("wheels")
    );
    assert_eq!(plan["jobs"][0]["optimize"], "Debug");
    assert_eq!(jobs(&plan), [job("x86_64-windows-gnu", "win_amd64")]);
    // One on the command line is meant from where one stands.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = command();
    command
        .args(["--dry-run", "-o", "out", "--project"])
        .arg(project.path());
    let plan = run(command.current_dir(elsewhere.path())).exits(0).json();
    let output = PathBuf::from(plan["output_dir"].as_str().unwrap());
    let elsewhere = std::fs::canonicalize(elsewhere.path()).unwrap();
    assert_eq!(
        std::fs::canonicalize(output.parent().unwrap()).unwrap(),
        elsewhere
    );
}

#[test]
fn all_platforms_and_a_list_of_them_win_over_each_other_by_layer() {
    let count = |project: &TempDir, options: &[&str], variables: &[(&str, &str)]| {
        jobs(&dry_run(project.path(), options, variables)).len()
    };
    let all = tiny("all-platforms = true");
    assert_eq!(count(&all, &[], &[]), 5);
    assert_eq!(
        count(&all, &[], &[("PYZ3_WHEEL_PLATFORM", "windows-x64")]),
        1
    );
    assert_eq!(
        count(&all, &["--platform", "windows-x64,linux-x86_64"], &[]),
        2
    );
    assert_eq!(
        count(
            &all,
            &["--platform", "windows-x64"],
            &[("PYZ3_WHEEL_ALL_PLATFORMS", "1")]
        ),
        1
    );
    if Platform::current().is_some() {
        assert_eq!(count(&all, &[], &[("PYZ3_WHEEL_ALL_PLATFORMS", "0")]), 1);
    }
    let list = tiny("platforms = [\"macos-arm64\", \"macos-x86_64\"]");
    assert_eq!(count(&list, &[], &[]), 2);
    assert_eq!(count(&list, &[], &[("PYZ3_WHEEL_ALL_PLATFORMS", "1")]), 5);
    assert_eq!(count(&list, &[], &[("PYZ3_WHEEL_ALL_PLATFORMS", "0")]), 2);
    assert_eq!(
        count(
            &list,
            &["--all-platforms"],
            &[("PYZ3_WHEEL_PLATFORM", "windows-x64")]
        ),
        5
    );
    // Twice the same is once.
    assert_eq!(
        count(&list, &["--platform", "windows-x64,windows-x64"], &[]),
        1
    );
}

#[test]
fn a_list_and_all_on_one_command_line_contradict_each_other() {
    let project = tiny("");
    let options = [
        "--platform",
        "windows-x64",
        "--all-platforms",
        "--python",
        "3.12",
        "--all-pythons",
    ];
    run(command().args(options).arg("--project").arg(project.path()))
        .exits(2)
        .says("--platform and --all-platforms were both given")
        .says("--python and --all-pythons were both given")
        .says("give one of them");
}

#[test]
fn a_list_and_all_in_one_file_or_environment_contradict_each_other() {
    let project = tiny("platforms = [\"windows-x64\"]\nall-platforms = true");
    run(command()
        .env("PYZ3_WHEEL_PYTHON", "3.12")
        .env("PYZ3_WHEEL_ALL_PYTHONS", "1")
        .arg("--project")
        .arg(project.path()))
    .exits(2)
    .says("all-platforms (pyproject.toml:")
    .says("python (PYZ3_WHEEL_PYTHON) and all-pythons (PYZ3_WHEEL_ALL_PYTHONS) were both given");
}

#[test]
fn a_dry_run_can_be_asked_for_by_variable() {
    let project = tiny("");
    run(command()
        .env("PYZ3_WHEEL_DRY_RUN", "1")
        .args(["--platform", "windows-x64", "--project"])
        .arg(project.path()))
    .exits(0);
    assert!(!project.path().join("dist").exists());
}

#[test]
fn floors_move_target_and_tag_together() {
    let plain = tiny("all-platforms = true");
    let linux_28 = [
        job("x86_64-linux-gnu.2.28", "manylinux_2_28_x86_64"),
        job("aarch64-linux-gnu.2.28", "manylinux_2_28_aarch64"),
    ];
    assert_eq!(
        jobs(&dry_run(plain.path(), &["--manylinux", "2_28"], &[]))[..2],
        linux_28
    );
    assert_eq!(
        jobs(&dry_run(
            plain.path(),
            &[],
            &[("PYZ3_WHEEL_MANYLINUX", "2.28")]
        ))[..2],
        linux_28
    );

    let macos = |version: &str| {
        jobs(&dry_run(
            plain.path(),
            &[],
            &[("MACOSX_DEPLOYMENT_TARGET", version)],
        ))[2..4]
            .to_vec()
    };
    assert_eq!(
        macos("12.0"),
        [
            job("x86_64-macos.12.0", "macosx_12_0_x86_64"),
            job("aarch64-macos.12.0", "macosx_12_0_arm64")
        ]
    );
    // Apple silicon began with 11.0, so an earlier release is meant for Intel alone.
    assert_eq!(
        macos("10.13"),
        [
            job("x86_64-macos.10.13", "macosx_10_13_x86_64"),
            job("aarch64-macos.11.0", "macosx_11_0_arm64")
        ]
    );
    assert_eq!(macos("11"), macos("11.0"));

    let own = tiny(
        "platforms = [\"linux-x86_64\", \"linux-aarch64\", \"macos-x86_64\", \"macos-arm64\"]\nmanylinux = \"2_28\"\n\
         [tool.pyz3-wheel.platform.linux-aarch64]\nfloor = \"2.31\"\n\
         [tool.pyz3-wheel.platform.macos-x86_64]\nfloor = \"10.13\"",
    );
    let by_file = [
        job("x86_64-linux-gnu.2.28", "manylinux_2_28_x86_64"),
        job("aarch64-linux-gnu.2.31", "manylinux_2_31_aarch64"),
        job("x86_64-macos.10.13", "macosx_10_13_x86_64"),
        job("aarch64-macos.11.0", "macosx_11_0_arm64"),
    ];
    assert_eq!(jobs(&dry_run(own.path(), &[], &[])), by_file);
    // What is typed wins over what the file says of a platform.
    let typed = dry_run(
        own.path(),
        &["--manylinux", "2_34"],
        &[("MACOSX_DEPLOYMENT_TARGET", "13.0")],
    );
    assert_eq!(
        jobs(&typed)[1],
        job("aarch64-linux-gnu.2.34", "manylinux_2_34_aarch64")
    );
    assert_eq!(
        jobs(&typed)[2],
        job("x86_64-macos.13.0", "macosx_13_0_x86_64")
    );
}

/// `ZIG` is what others call it too.
#[test]
fn zig_is_named_by_option_then_variables_then_file() {
    let project = tiny("zig-exe = \"/file/zig\"");
    let both = [("PYZ3_WHEEL_ZIG", "/own/zig"), ("ZIG", "/zig")];
    let zig = |options: &[&str], variables| {
        setting(&dry_run(project.path(), options, variables), "zig").0
    };
    assert_eq!(zig(&["--zig", "/typed/zig"], &both), "/typed/zig");
    assert_eq!(zig(&[], &both), "/own/zig");
    assert_eq!(zig(&[], &both[1..]), "/zig");
    assert_eq!(zig(&[], &[]), "/file/zig");
}

#[test]
fn floors_that_cannot_be_are_refused() {
    let project = tiny("all-platforms = true");
    let refused = run(command()
        .args(["--dry-run", "--manylinux", "2_5", "--project"])
        .arg(project.path())
        .env("MACOSX_DEPLOYMENT_TARGET", "10.8"));
    refused
        .exits(2)
        .says("--manylinux: linux-x86_64 can't have the floor 2.5")
        .says("use 2.17 or later")
        .says("MACOSX_DEPLOYMENT_TARGET: macos-x86_64 can't have the floor 10.8")
        .says("use 10.9 or later");
}

#[test]
fn the_project_may_be_named_by_option_or_variable() {
    let (one, two) = (tiny(""), tiny("abi = \"none\"\noptimize = \"Debug\""));
    let mut command = command();
    command
        .arg("--dry-run")
        .env("PYZ3_WHEEL_PROJECT", two.path());
    assert_eq!(run(&mut command).exits(0).json()["optimize"], "Debug");
    command.arg("--project").arg(one.path());
    assert_eq!(run(&mut command).exits(0).json()["optimize"], "ReleaseFast");
}

#[test]
fn a_dry_run_writes_nothing_into_the_project() {
    for name in ["hello", "hello-ctypes"] {
        let project = example(name);
        let files = |root: &Path| -> BTreeSet<(PathBuf, u64)> {
            let entries = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
            entries
                .map(|entry| (entry.path().to_owned(), entry.metadata().unwrap().len()))
                .collect()
        };
        let before = files(project.path());
        let output = project.path().join("not-there-yet");
        let mut command = command();
        command
            .args([
                "--dry-run",
                "--clean",
                "--all-platforms",
                "--all-pythons",
                "--project",
            ])
            .arg(project.path());
        let ran = run(command.arg("--output-dir").arg(&output)).exits(0);
        assert!(
            ran.stdout.contains("windows-x64") && ran.stdout.contains(".whl"),
            "{}",
            ran.stdout
        );
        assert_eq!(files(project.path()), before);
    }
}

// Help, documents and program agree.

/// The long options of a help text.
fn options(help: &str) -> BTreeSet<String> {
    let lines = help
        .lines()
        .filter(|line| line.trim_start().starts_with('-'));
    let words = lines.flat_map(str::split_whitespace);
    words
        .filter_map(|word| word.strip_prefix("--"))
        .filter(|word| word.len() > 1)
        .map(|word| format!("--{}", word.trim_end_matches([',', '.', ')', ';'])))
        .collect()
}

/// The cells of the table below this head in a document, a row a line.
#[track_caller]
fn table(document: &str, head: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(repo().join(document)).unwrap();
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with(head))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let rows: Vec<_> = rows
        .map(|row| {
            let row = row.trim_matches('|').replace("\\|", "/");
            row.split('|').map(|cell| cell.trim().to_owned()).collect()
        })
        .collect();
    assert!(
        !rows.is_empty(),
        "no table that begins with {head} in {document}"
    );
    rows
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_option_has_its_variable_and_key_in_the_reference() {
    let rows = table("docs/distribution.md", "| option | environment variable");
    let mut documented = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for row in &rows {
        let names: Vec<_> = quoted(&row[0])
            .iter()
            .map(|option| option.split(' ').next().unwrap().to_owned())
            .collect();
        let variables = quoted(&row[1]);
        // `--clean`, `--no-clean` share one variable; `--verbose`, `--quiet` have one each.
        assert!(!variables.is_empty(), "{row:?}");
        for variable in variables.iter().filter(|variable| *variable != "ZIG") {
            let option = variable
                .strip_prefix("PYZ3_WHEEL_")
                .unwrap()
                .to_lowercase()
                .replace('_', "-");
            assert!(
                names.contains(&format!("--{option}")),
                "{variable} is no variable of {names:?}"
            );
        }
        documented.extend(names);
        keys.extend(quoted(&row[2]));
    }
    let help = pyz3(["--help"]).exits(0).stdout;
    let mut known = options(&help);
    for about_the_run in ["--help", "--version"] {
        assert!(
            known.remove(about_the_run),
            "{about_the_run} is not in the help"
        );
    }
    assert_eq!(known, documented);

    // The keys are those that the program knows: it lists them for whoever mistypes one.
    let project = tiny("zzz = 1");
    let said = run(command().arg("--project").arg(project.path()))
        .exits(2)
        .stderr;
    let list = said
        .split("known keys: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let known: BTreeSet<_> = list.split(", ").map(str::to_owned).collect();
    let text = std::fs::read_to_string(repo().join("docs/distribution.md")).unwrap();
    let block = text
        .split("## Configuration that has no option")
        .nth(1)
        .unwrap()
        .split("## ")
        .next()
        .unwrap();
    let without_option = known.difference(&keys);
    for key in without_option {
        let shown = [
            format!("\n{key} = "),
            format!("[tool.pyz3-wheel.{key}]"),
            format!("[tool.pyz3-wheel.{key}."),
        ];
        assert!(
            shown.iter().any(|form| block.contains(form)),
            "{key} is not documented"
        );
    }
    assert_eq!(
        keys.difference(&known).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "documented, but not known"
    );
}

#[test]
fn platforms_lists_every_platform_with_its_target_and_its_tags() {
    let listed = pyz3(["platforms", "--format", "json"]).exits(0).json();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), Platform::ALL.len());
    let human = pyz3(["platforms"]).exits(0).stdout;
    for (row, platform) in listed.iter().zip(Platform::ALL) {
        for (key, value) in [
            ("name", platform.name().to_owned()),
            ("zig_target", platform.zig_target()),
            ("wheel_platform", platform.wheel_platform()),
        ] {
            assert_eq!(row[key], value, "{platform}");
            assert!(human.contains(&value), "{value} in {human}");
        }
        let is_main = Platform::MAIN.contains(&platform);
        assert_eq!(row["in_all_platforms"], is_main, "{platform}");
    }
}

#[test]
fn the_reference_has_the_exit_codes_of_the_help() {
    let help = pyz3(["--help"]).exits(0).stdout;
    for row in table("docs/distribution.md", "| exit code |") {
        assert!(help.contains(&format!("{} ", row[0])), "{row:?}");
    }
}

// The other subcommands.

#[test]
fn pythons_lists_what_was_found_and_nothing_is_no_error() {
    let found = pyz3(["pythons", "--format", "json"]).exits(0).json();
    let human = pyz3(["pythons"]).exits(0).stdout;
    for python in found["pythons"].as_array().unwrap() {
        assert!(human.contains(python["exe"].as_str().unwrap()), "{human}");
        assert!(human.contains(python["patch"].as_str().unwrap()), "{human}");
    }
    let empty = tempfile::tempdir().unwrap();
    let mut command = command();
    command.args(["pythons", "--format", "json"]);
    for name in [
        "PATH",
        "HOME",
        "USERPROFILE",
        "PYENV_ROOT",
        "UV_PYTHON_INSTALL_DIR",
        "PYZ3_WHEEL_CACHE_DIR",
    ] {
        command.env(name, empty.path());
    }
    if cfg!(unix) {
        let nothing = run(&mut command).exits(0).json();
        assert_eq!(
            nothing,
            serde_json::json!({"pythons": [], "default": null, "unusable": []})
        );
    }
}

#[test]
fn doctor_succeeds_when_nothing_is_missing() {
    let project = example("hello");
    let ran = run(command()
        .args(["doctor", "--format", "json", "--project"])
        .arg(project.path()));
    let report = ran.json();
    let checks = report["checks"].as_array().unwrap();
    let all_ok = checks.iter().all(|check| check["ok"] == true);
    for what in [
        "this machine",
        "project",
        "Zig",
        "CPython 3.9",
        "CPython 3.13",
    ] {
        assert!(
            checks.iter().any(|check| check["what"] == what),
            "{what} in {report:#}"
        );
    }
    for check in checks {
        assert!(
            check["ok"] == true || !check["hint"].as_str().unwrap().is_empty(),
            "{check:#}"
        );
    }
    ran.exits(i32::from(!all_ok));
}

#[test]
fn doctor_names_what_is_wrong_and_fails() {
    let project = project(&[("pyproject.toml", "[project]\nname = \"ti ny\"\n")]);
    let missing = project.path().join("no-zig");
    let mut command = command();
    command
        .args(["doctor", "--project"])
        .arg(project.path())
        .arg("--zig")
        .arg(&missing);
    let ran = run(&mut command).exits(1);
    let line = |what: &str| {
        ran.stdout
            .lines()
            .find(|line| line.contains(what))
            .unwrap_or_else(|| panic!("{ran:#?}"))
    };
    assert!(line("project.name").starts_with("wrong"), "{}", ran.stdout);
    assert!(
        line(&missing.display().to_string()).starts_with("wrong"),
        "{}",
        ran.stdout
    );
    let report = run(command.args(["--format", "json"])).exits(1).json();
    let zig = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["what"] == "Zig")
        .unwrap();
    assert_eq!(zig["ok"], false);
    assert!(
        zig["hint"]
            .as_str()
            .unwrap()
            .contains("name the zig executable"),
        "{zig:#}"
    );
}
