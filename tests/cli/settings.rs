//! Where settings come from: option over variable over file; and that help, documents and program
//! agree about them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use pyz3_wheel::Platform;
use pyz3_wheel::options::shape::Key;
use pyz3_wheel::options::{Command, Fallback, keys, table};
use serde_json::Value;
use tempfile::TempDir;

use support::{command, example, project, pyz3, repo, run};

/// A setting as each layer gives it, with the values that `--dry-run` shows.
struct Setting {
    name: String,
    options: Vec<String>,
    variable: (String, String),
    file: String,
    shown: [String; 3],
}

/// Every setting with all its layers; the value of a layer differs from that of the next one.
fn settings() -> Vec<Setting> {
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let texts =
        |value: &toml::Value| -> Vec<_> { value.as_array().unwrap().iter().map(text).collect() };
    let rows = fixture("layers.toml");
    let settings = rows["setting"].as_array().unwrap().iter().map(|row| {
        let name = text(&row["name"]);
        let variable = format!("PYZ3_WHEEL_{}", name.to_uppercase().replace('-', "_"));
        Setting {
            options: texts(&row["options"]),
            variable: (variable, text(&row["variable"])),
            file: text(&row["file"]),
            shown: texts(&row["shown"]).try_into().unwrap(),
            name,
        }
    });
    settings.collect()
}

/// A file of tests/fixtures/settings.
fn fixture(name: &str) -> toml::Table {
    let path = repo().join("tests/fixtures/settings").join(name);
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

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
    let settings = settings();
    let config: Vec<_> = settings.iter().map(|setting| &*setting.file).collect();
    let project = tiny(&config.join("\n"));
    let variables: Vec<_> = settings
        .iter()
        .map(|setting| (&*setting.variable.0, &*setting.variable.1))
        .collect();
    let options = settings.iter().flat_map(|setting| &setting.options);
    let options: Vec<_> = options.map(String::as_str).collect();

    let by_file = dry_run(project.path(), &[], &[]);
    let by_variable = dry_run(project.path(), &[], &variables);
    let by_option = dry_run(project.path(), &options, &variables);
    for (index, one) in settings.iter().enumerate() {
        let name = &one.name;
        let [option, variable, file] = &one.shown;
        let line = HEAD.lines().count() + 1 + index;
        let place = format!("pyproject.toml:{line}:1");
        assert_eq!(setting(&by_file, name), (file.clone(), place));
        assert_eq!(
            setting(&by_variable, name),
            (variable.clone(), one.variable.0.clone())
        );
        assert_eq!(
            setting(&by_option, name),
            (option.clone(), format!("--{name}"))
        );
        // Each by itself too: no setting leans on another one.
        let options: Vec<_> = one.options.iter().map(String::as_str).collect();
        let alone = dry_run(project.path(), &options, &[]);
        for other in &settings {
            let expected = if other.name == *name {
                option
            } else {
                &other.shown[2]
            };
            let shown = setting(&alone, &other.name).0;
            assert_eq!(shown, *expected, "{} beside {name}", other.name);
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
fn each_setting_with_a_key_is_tried_in_every_layer() {
    let tried: BTreeSet<_> = settings().into_iter().map(|setting| setting.name).collect();
    // The first two exclude the lists, and the third excludes --quiet; the tests themselves set the others.
    let others = [
        "all-platforms",
        "all-pythons",
        "verbose",
        "format",
        "dry-run",
        "cache-dir",
    ];
    let missing: Vec<_> = table::ALL
        .iter()
        .filter(|setting| setting.key.is_some() && !others.contains(&setting.name))
        // tests/cli/check.rs has the settings of `check`.
        .filter(|setting| setting.commands != [Command::Check])
        .map(|setting| setting.name)
        .filter(|name| !tried.contains(*name))
        .collect();
    assert_eq!(
        missing, [""; 0],
        "tests/fixtures/settings/layers.toml lacks them"
    );
}

#[test]
fn what_nobody_sets_is_shown_as_a_default() {
    let plan = dry_run(tiny("").path(), &[], &[]);
    for row in table::ALL {
        let Fallback::Value(value) = row.default else {
            continue;
        };
        if row.commands.contains(&Command::Build) && row.name != table::DRY_RUN.name {
            let shown = setting(&plan, row.name);
            assert_eq!(shown, (value.to_owned(), "default".to_owned()));
        }
    }
    for name in ["python", "output-dir", "jobs", "zig"] {
        assert_eq!(setting(&plan, name).1, "default", "{name}");
    }
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
        .says("--manylinux: linux-x86_64 cannot have the floor 2.5")
        .says("use 2.17 or later")
        .says("MACOSX_DEPLOYMENT_TARGET: macos-x86_64 cannot have the floor 10.8")
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

/// A project with this table, and with these empty files.
fn with_table(case: &toml::Value, table: &str) -> TempDir {
    let list = |key: &str| -> Vec<String> {
        let items = case.get(key).and_then(toml::Value::as_array);
        let items = items.into_iter().flatten();
        items
            .map(|item| item.as_str().unwrap().to_owned())
            .collect()
    };
    let dynamic = list("dynamic");
    let version = if dynamic.iter().any(|field| field == "version") {
        ""
    } else {
        "version = \"1.0\"\n"
    };
    let text = format!(
        "[project]\nname = \"tiny\"\ndynamic = {dynamic:?}\n{version}[tool.pyz3-wheel]\n{table}\n"
    );
    let project = project(&[
        ("pyproject.toml", &text),
        ("tiny/__init__.py", ""),
        (
            "build.zig.zon",
            ".{ .name = .tiny, .version = \"1.0.0\" }\n",
        ),
    ]);
    for file in list("files") {
        support::write_file(&project.path().join(file), "version = 1.0\n");
    }
    project
}

/// The cases of a file of tests/fixtures/settings.
fn cases(name: &str) -> Vec<toml::Value> {
    let rows = fixture(&format!("{name}.toml"));
    rows[name].as_array().unwrap().clone()
}

/// The same tables are held against the JSON Schema by `field`.
#[test]
fn tables_that_are_wrong_are_refused_with_one_problem() {
    for case in cases("refused") {
        let table = case["table"].as_str().unwrap();
        let project = with_table(&case, table);
        let mut command = command();
        command
            .arg("--dry-run")
            .arg("--project")
            .arg(project.path());
        let ran = run(&mut command)
            .exits(2)
            .says(case["problem"].as_str().unwrap());
        let errors = ran.stderr.matches("error: ").count();
        let hints = ran.stderr.matches(" hint: ").count();
        assert!(errors == 1 && hints >= 1, "{table}: {ran:#?}");
    }
}

#[test]
fn tables_with_every_key_are_accepted() {
    let mut tried = BTreeSet::new();
    for case in cases("accepted") {
        let table = case["table"].as_str().unwrap();
        let project = with_table(&case, table);
        pyz3([
            OsStr::new("metadata"),
            OsStr::new("--project"),
            project.path().as_os_str(),
        ])
        .exits(0);
        let table: toml::Table = toml::from_str(&format!("[tool.pyz3-wheel]\n{table}")).unwrap();
        let table = table["tool"]["pyz3-wheel"].as_table().unwrap();
        for (key, value) in table {
            tried.insert(key.clone());
            let of_lists = value.as_array().into_iter().flatten();
            let values = of_lists.chain([value]).filter_map(toml::Value::as_table);
            let inner = values
                .flatten()
                .filter(|_| key != "env" && key != "install");
            for (name, value) in inner {
                match value.as_table().filter(|_| key == "platform") {
                    Some(table) => tried.extend(table.keys().map(|name| format!("{key}.{name}"))),
                    None => drop(tried.insert(format!("{key}.{name}"))),
                }
            }
        }
    }
    let of_table = |table: &str, keys: &[Key]| -> Vec<String> {
        keys.iter()
            .map(|key| format!("{table}{}", key.name))
            .collect()
    };
    let known = [
        of_table("", keys::WITHOUT_OPTION),
        of_table("check.", keys::CHECK),
        of_table("module.", keys::MODULE),
        of_table("platform.", keys::PLATFORM),
        of_table("version.", keys::VERSION),
        of_table("readme.", keys::README),
    ];
    let missing: Vec<_> = known
        .iter()
        .flatten()
        .filter(|key| !tried.contains(*key))
        .collect();
    assert_eq!(
        missing,
        Vec::<&String>::new(),
        "accepted.toml lacks these keys"
    );
}

#[test]
fn unknown_variables_are_reported_and_change_nothing() {
    let mut platforms = command();
    platforms.args(["platforms", "--format", "json"]);
    platforms.env("PYZ3_WHEEL_OUTPUT", "out");
    let ran = run(&mut platforms)
        .exits(0)
        .says("warning: the environment variable PYZ3_WHEEL_OUTPUT is unknown and has no effect")
        .says("hint: did you mean PYZ3_WHEEL_OUTPUT_DIR?");
    ran.json();
    let quiet = run(platforms.arg("--quiet")).exits(0);
    assert_eq!(quiet.stderr, "");
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

#[test]
fn the_help_has_every_option() {
    let (of_check, others): (Vec<&pyz3_wheel::options::Setting>, Vec<_>) = table::ALL
        .iter()
        .partition(|setting| setting.commands == [Command::Check]);
    let known: BTreeSet<_> = others
        .iter()
        .flat_map(|setting| {
            std::iter::once(setting.name).chain(setting.opposite.map(|(name, _)| name))
        })
        .chain(["help", "version"])
        .map(|name| format!("--{name}"))
        .collect();
    assert_eq!(options(&pyz3(["--help"]).exits(0).stdout), known);
    let help = options(&pyz3(["check", "--help"]).exits(0).stdout);
    for setting in of_check {
        assert!(help.contains(&format!("--{}", setting.name)), "{help:?}");
    }
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
            // People see the newer of two names of the same tag.
            let shown = value.rsplit('.').next().filter(|_| key == "wheel_platform");
            let shown = shown.unwrap_or(&value);
            assert!(human.contains(shown), "{shown} in {human}");
        }
        let is_main = Platform::MAIN.contains(&platform);
        assert_eq!(row["in_all_platforms"], is_main, "{platform}");
    }
}

#[test]
fn the_reference_has_the_exit_codes_of_the_help() {
    let help = pyz3(["--help"]).exits(0).stdout;
    for row in table("docs/reference/output.md", "| exit code |") {
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
        let missing = support::DEFAULT_PYTHONS;
        assert_eq!(
            nothing,
            serde_json::json!({"pythons": [], "default": null, "unusable": [], "missing": missing})
        );
    }
}

/// The checks of `doctor`, by name: whether each is ok, and what was found.
fn diagnosis(command: &mut Process, exit_code: i32) -> BTreeMap<String, Value> {
    let report = run(command.args(["doctor", "--format", "json"])).exits(exit_code);
    let report = report.json();
    let checks = report["checks"].as_array().unwrap().iter();
    let by_name = checks.map(|check| {
        let is_explained = check["ok"] == true || !check["hint"].as_str().unwrap().is_empty();
        assert!(is_explained, "{check:#}");
        (check["what"].as_str().unwrap().to_owned(), check.clone())
    });
    by_name.collect()
}

#[test]
fn doctor_fails_only_if_something_is_missing_that_the_project_needs() {
    let hello = example("hello");
    let mut command = command();
    let checks = diagnosis(command.arg("--project").arg(hello.path()), 0);
    for what in ["this machine", "project", "Zig", "next build"] {
        assert!(checks.contains_key(what), "{what} in {checks:#?}");
    }
    for python in support::DEFAULT_PYTHONS {
        let check = &checks[&format!("CPython {python}")];
        assert!(
            check["ok"] == true || check["required"] == false,
            "{check:#}"
        );
    }
    assert!(!checks.contains_key("build backend"), "{checks:#?}");

    // Neither a Zig nor a Python: the next build downloads the one and cannot do without the other.
    let empty = tempfile::tempdir().unwrap();
    let bare = |project: &Path| {
        let mut command = support::command();
        command.env_clear().current_dir(project);
        for name in ["HOME", "PYENV_ROOT", "PYZ3_WHEEL_CACHE_DIR", "PATH"] {
            command.env(name, empty.path());
        }
        command
    };
    if cfg!(unix) {
        let nothing = diagnosis(&mut bare(empty.path()), 0);
        assert_eq!(nothing["Zig"]["required"], false, "{nothing:#?}");
        assert_eq!(nothing["CPython 3.12"]["ok"], false, "{nothing:#?}");
        let checks = diagnosis(&mut bare(hello.path()), 1);
        let build = &checks["next build"];
        assert_eq!(build["required"], true, "{checks:#?}");
        let found = build["found"].as_str().unwrap();
        assert!(found.contains("python3: not on this machine"), "{found}");
        // A library for ctypes needs no Python.
        let ctypes = example("hello-ctypes");
        let checks = diagnosis(&mut bare(ctypes.path()), 0);
        assert_eq!(checks["next build"]["ok"], true, "{checks:#?}");
        assert!(!checks.contains_key("CPython 3.12"), "{checks:#?}");
        let abi3 = example("hello-abi3");
        let checks = diagnosis(&mut bare(abi3.path()), 1);
        let found = checks["next build"]["found"].as_str().unwrap();
        assert!(found.contains("Python 3.9"), "{found}");
        assert!(!checks.contains_key("CPython 3.12"), "{checks:#?}");
    }
}

#[test]
fn doctor_knows_the_build_backend_and_the_tags_of_git() {
    let project = |more: &str| {
        let text = format!(
            "[project]\nname = \"tiny\"\n{more}\n[[tool.pyz3-wheel.module]]\nname = \"tiny\"\n\
             root = \"tiny.zig\"\n"
        );
        project(&[
            ("pyproject.toml", &text),
            ("tiny.zig", ""),
            ("tiny.pyi", ""),
        ])
    };
    let checks = |folder: &TempDir, exit_code| {
        let mut command = command();
        diagnosis(command.arg("--project").arg(folder.path()), exit_code)
    };
    let ours = "build-backend = \"pyz3_wheel\"";
    for (system, said) in [
        ("", Some("names no build-backend")),
        (
            "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"",
            Some("build the project with hatchling.build, not with pyz3-wheel"),
        ),
        (
            &*format!("[build-system]\nrequires = []\n{ours}"),
            Some("does not list pyz3-wheel"),
        ),
        (
            &*format!("[build-system]\nrequires = [\"Pyz3_Wheel>=0.1\"]\n{ours}"),
            None,
        ),
        (
            "[build-system]\nrequires = []\nbuild-backend = \"own\"\nbackend-path = [\".\"]",
            None,
        ),
    ] {
        let folder = project(&format!("version = \"1\"\n{system}"));
        let checks = checks(&folder, 0);
        let backend = checks.get("build backend");
        assert_eq!(backend.is_some(), said.is_some(), "{system}: {checks:#?}");
        if let (Some(backend), Some(said)) = (backend, said) {
            assert!(
                backend["found"].as_str().unwrap().contains(said),
                "{backend}"
            );
            assert!(
                backend["hint"].as_str().unwrap().contains(ours),
                "{backend}"
            );
        }
    }

    let untagged = project("dynamic = [\"version\"]\n[tool.pyz3-wheel.version]\ngit = true");
    let mut git = Process::new("git");
    support::succeed(git.args(["init", "--quiet"]).current_dir(untagged.path()));
    let checks = checks(&untagged, 1);
    assert_eq!(checks["project"]["found"], "tiny 0.1.dev0");
    let found = checks["version"]["found"].as_str().unwrap();
    assert!(found.contains("has no version tag"), "{found}");
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
