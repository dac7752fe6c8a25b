//! `check --fix` as it is used: where the new wheel goes, what is printed, and how it ends.

use std::path::{Path, PathBuf};

use support::{Ran, command, run};

const LINUX: &str = "cp312-cp312-manylinux_2_17_x86_64";

/// A good wheel for Linux under this name.
fn wheel(dir: &Path, tags: &str) -> PathBuf {
    let (_, bytes) = crate::corpus::good(LINUX);
    let path = dir.join(format!("hello-1.0-{tags}.whl"));
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

fn fix(dir: &Path, args: &[&str]) -> Ran {
    run(command()
        .current_dir(dir)
        .args(["check", "--fix"])
        .args(args))
}

fn names(dir: &Path) -> Vec<String> {
    if dir.exists() {
        support::names(dir)
    } else {
        Vec::new()
    }
}

#[test]
fn people_read_what_was_fixed_and_where_the_wheel_is() {
    let folder = tempfile::tempdir().unwrap();
    let (good, wrong) = (LINUX, "cp312-cp312-win_amd64");
    wheel(folder.path(), good);
    wheel(folder.path(), wrong);
    let of = |tags: &str| format!("hello-1.0-{tags}.whl");
    let ran = fix(folder.path(), &[&of(good), &of(wrong), "-o", "out"]).exits(0);
    for line in [
        "hello-1.0-cp312-cp312-manylinux_2_17_x86_64.whl: ok\n",
        "  wrote out/hello-1.0-cp312-cp312-manylinux_2_17_x86_64.whl (unchanged)\n",
        "hello-1.0-cp312-cp312-win_amd64.whl: fixed\n  fixed: tags cp312-cp312-win_amd64 -> \
         cp312-cp312-manylinux_2_17_x86_64 (wrong-system, wrong-suffix)\n",
    ] {
        let stdout = ran.stdout.replace('\\', "/");
        assert!(stdout.contains(line), "{line} in\n{stdout}");
    }
    ran.says("2 wheels: 1 ok, 1 fixed, 0 with warnings, 0 with errors");
    // WHEEL already has the right tags, so it is the same wheel under both names.
    assert_eq!(names(&folder.path().join("out")), [of(good)]);
}

#[test]
fn another_file_is_never_replaced_not_even_the_wheel_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (name, bytes) = crate::corpus::unlisted();
    let path = folder.path().join(&name);
    std::fs::write(&path, &bytes).unwrap();
    fix(folder.path(), &[&name, "--output-dir", "."])
        .exits(2)
        .says("another file is there");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(names(folder.path()), std::slice::from_ref(&name));
    let output = folder.path().join("fixed");
    std::fs::create_dir(&output).unwrap();
    std::fs::write(output.join(&name), "another").unwrap();
    fix(folder.path(), &[&name])
        .exits(2)
        .says("another file is there");
    assert_eq!(std::fs::read(output.join(&name)).unwrap(), b"another");
    std::fs::remove_file(output.join(&name)).unwrap();
    // The second time, the same wheel is there already.
    for _ in 0..2 {
        fix(folder.path(), &[&name]).exits(0);
        assert_eq!(names(&output), std::slice::from_ref(&name));
    }
}

#[test]
fn a_dry_run_shows_the_changes_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    wheel(folder.path(), "cp312-cp312-win_amd64");
    let name = "hello-1.0-cp312-cp312-win_amd64.whl";
    let ran = fix(folder.path(), &[name, "--dry-run", "--format", "json"]).exits(0);
    let document = ran.json();
    let fixed = &document["wheels"][0]["fixed"];
    assert_eq!(fixed["written"], false);
    assert_eq!(fixed["changes"][0]["what"], "tags");
    let path = Path::new(fixed["path"].as_str().unwrap());
    assert!(
        path.ends_with(format!("fixed/hello-1.0-{LINUX}.whl")),
        "{path:?}"
    );
    assert_eq!(names(folder.path()), [name]);
}

#[test]
fn the_options_of_fix_have_no_effect_without_it() {
    for options in [&["-o", "out"][..], &["--dry-run"]] {
        run(command().args(["check", "a.whl"]).args(options))
            .exits(2)
            .says("--fix");
    }
}

#[test]
fn the_time_in_the_new_wheel_is_that_of_source_date_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let (name, bytes) = crate::corpus::unlisted();
    std::fs::write(folder.path().join(&name), bytes).unwrap();
    let year = |epoch: Option<&str>, output: &str| {
        let mut command = command();
        command.current_dir(folder.path());
        if let Some(epoch) = epoch {
            command.env("SOURCE_DATE_EPOCH", epoch);
        }
        run(command.args(["check", "--fix", &name, "-o", output])).exits(0);
        let file = std::fs::File::open(folder.path().join(output).join(&name)).unwrap();
        let mut zip = zip::ZipArchive::new(file).unwrap();
        zip.by_index(0).unwrap().last_modified().unwrap().year()
    };
    assert_eq!(year(None, "a"), 1980);
    assert_eq!(year(Some("1764115200"), "b"), 2025);
}

#[test]
fn the_table_of_a_release_has_the_new_wheels() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = wheel(folder.path(), "cp312-cp312-win_amd64");
    let (name, bytes) = crate::corpus::with_file("hello/a.txt");
    std::fs::write(folder.path().join(&name), bytes).unwrap();
    let arguments = [wrong.to_str().unwrap(), &name, "--format", "json"];
    let document = fix(folder.path(), &arguments).exits(0).json();
    let release = &document["releases"][0];
    let rows = release["platforms"].as_array().unwrap().iter();
    let platforms: Vec<_> = rows.map(|row| row["platform"].as_str().unwrap()).collect();
    assert_eq!(platforms, ["any", "manylinux_x86_64"], "{document:#}");
    let new = format!("hello-1.0-{LINUX}.whl");
    assert_eq!(release["largest"]["filename"], new);
    let size = std::fs::metadata(folder.path().join("fixed").join(&new))
        .unwrap()
        .len();
    assert_eq!(release["largest"]["size"], size);
}

#[test]
fn a_dry_run_rejects_what_the_real_run_rejects_and_deletes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (name, bytes) = crate::corpus::unlisted();
    std::fs::write(folder.path().join(&name), bytes).unwrap();
    let output = folder.path().join("fixed");
    std::fs::create_dir(&output).unwrap();
    std::fs::write(output.join(&name), "another").unwrap();
    // What a run that was killed has left.
    let unfinished = ".pyz3-wheel-a1B2c3.tmp";
    std::fs::write(output.join(unfinished), "PK").unwrap();
    for options in [&["--dry-run"][..], &[]] {
        fix(folder.path(), &[&[name.as_str()], options].concat())
            .exits(2)
            .says("another file is there");
        let left = names(&output);
        assert_eq!(
            left.iter().any(|name| name == unfinished),
            !options.is_empty(),
            "{left:?}"
        );
    }
}

#[test]
fn two_wheels_that_would_get_one_filename_are_not_fixed_together() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["cp312-cp312-win_amd64", "cp312-cp312-win_arm64"].map(|tags| {
        let path = wheel(folder.path(), tags);
        let mut zip = zip::ZipWriter::new_append(
            std::fs::File::options()
                .read(true)
                .write(true)
                .open(&path)
                .unwrap(),
        )
        .unwrap();
        if tags.ends_with("arm64") {
            zip.set_comment("another").unwrap();
        }
        zip.finish().unwrap();
        path.file_name().unwrap().to_str().unwrap().to_owned()
    });
    for (options, problem) in [
        (
            &["--dry-run"][..],
            "another wheel of this run has this filename",
        ),
        (&[], "another file is there"),
    ] {
        let names = names.each_ref().map(String::as_str);
        let ran = fix(folder.path(), &[&names[..], options].concat());
        ran.exits(2).says(problem);
    }
}

#[test]
fn an_invalid_time_is_rejected_before_anything_is_downloaded() {
    let mut command = command();
    command.args([
        "check",
        "--fix",
        "numpy==1.0",
        "--index-url",
        "http://127.0.0.1:9",
    ]);
    let ran = run(command.env("SOURCE_DATE_EPOCH", "soon")).exits(2);
    assert!(!ran.stderr.contains("downloading"), "{ran:#?}");
}

#[test]
fn every_format_says_why_a_wheel_with_an_ignored_error_is_not_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let (name, bytes) = crate::corpus::with_file("hello/../b.txt");
    std::fs::write(folder.path().join(&name), bytes).unwrap();
    let errors = fix(folder.path(), &[&name, "--format", "json"])
        .exits(4)
        .json();
    let errors = errors["wheels"][0]["findings"].as_array().unwrap().iter();
    let errors = errors.filter(|one| one["severity"] == "error");
    let codes: Vec<_> = errors
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect();
    let ignored = codes.join(",");
    let ran = |options: &[&str]| {
        fix(
            folder.path(),
            &[&[name.as_str(), "--ignore", &ignored], options].concat(),
        )
        .exits(4)
    };
    let why = "no corrected copy can be written: ";
    for (format, begin) in [
        (
            "github",
            format!("::error file={name},title={}::", codes[0]),
        ),
        ("sarif", format!("\"ruleId\": \"{}\"", codes[0])),
        ("junit", "<failure message=\"no corrected copy".to_owned()),
    ] {
        let stdout = ran(&["--format", format]).stdout;
        assert!(stdout.contains(&begin), "{begin} in\n{stdout}");
        assert!(stdout.contains(why), "{stdout}");
    }
    for options in [&[][..], &["--quiet"]] {
        let stdout = ran(options).stdout;
        assert!(
            stdout.starts_with(&format!("{name}: not fixed")),
            "{stdout}"
        );
        assert!(
            stdout.contains(&format!("not fixed: {}", codes[0])),
            "{stdout}"
        );
    }
    let json = ran(&["--format", "json"]).json();
    assert_eq!(json["wheels"][0]["verdict"], "error");
    assert_eq!(
        json["wheels"][0]["findings"].as_array().unwrap().len(),
        0,
        "{json:#}"
    );
}

#[test]
fn github_shows_what_was_fixed_and_a_summary_is_on_stderr() {
    let folder = tempfile::tempdir().unwrap();
    let path = wheel(folder.path(), "cp312-cp312-win_amd64");
    let name = path.file_name().unwrap().to_str().unwrap();
    let github = [name, "--format", "github"];
    let ran = fix(folder.path(), &[&github[..], &["--dry-run"]].concat()).exits(0);
    let begin =
        format!("::notice file={name},title=can be fixed::tags cp312-cp312-win_amd64 -> {LINUX} ");
    assert!(ran.stdout.starts_with(&begin), "{ran:#?}");
    ran.says("1 wheel: 0 ok, 1 can be fixed, 0 with warnings, 0 with errors");
    let ran = fix(folder.path(), &[&github[..], &["-o", "other"]].concat()).exits(0);
    let begin = begin.replace("can be fixed", "fixed");
    assert!(ran.stdout.starts_with(&begin), "{ran:#?}");
    let ran = fix(folder.path(), &[&github[..], &["--quiet"]].concat()).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
}
