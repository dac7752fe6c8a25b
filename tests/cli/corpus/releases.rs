//! Releases with one fault, and what `check` reports about their files together.

use pyz3_wheel::audit::{Code, Severity};
use serde_json::Value;

use super::sdist::Sdist;
use super::wheel::Wheel;

/// A release: what is wrong, the code and the severity that `check` reports, and the wheels.
type Case = (&'static str, Code, Severity, Vec<Wheel>);

/// A good wheel for each of these tags.
fn wheels(tags: &[&str]) -> Vec<Wheel> {
    tags.iter().map(|tags| Wheel::of(tags)).collect()
}

/// Every release with a fault, without its sdist.
fn broken() -> Vec<Case> {
    let windows = ["cp311", "cp312", "cp313"].map(|python| format!("{python}-{python}-win_amd64"));
    let windows = windows.each_ref().map(String::as_str);
    let with = |tags: &[&str]| wheels(&[&windows[..], tags].concat());
    let linux = "cp312-cp312-manylinux_2_17_x86_64";
    let requires = |line: &'static str| {
        let mut all = wheels(&["cp312-cp312-win_amd64", "cp312-cp312-win32"]);
        all.push(Wheel::of(linux).metadata(|fields| fields.add(line)));
        all
    };
    let note = Severity::Note;
    let warning = Severity::Warning;
    vec![
        (
            "a hole in the middle",
            Code::ReleaseHole,
            warning,
            with(&["cp311-cp311-win_arm64", "cp313-cp313-win_arm64"]),
        ),
        (
            "a hole at the end",
            Code::ReleaseHole,
            note,
            with(&["cp311-cp311-win32", "cp312-cp312-win32"]),
        ),
        (
            "a hole for all but one",
            Code::ReleaseHole,
            note,
            with(&["cp312-cp312-win32"]),
        ),
        (
            "a tag twice",
            Code::ReleaseSameTags,
            warning,
            wheels(&[
                linux,
                "cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64",
            ]),
        ),
        (
            "a wheel that was built again",
            Code::ReleaseSameTags,
            note,
            vec![Wheel::of(linux), Wheel::of(linux).build("1")],
        ),
        (
            "a wheel that no Python takes",
            Code::ReleaseShadowed,
            warning,
            wheels(&["cp312-none-win_amd64", "cp312-cp312-win_amd64"]),
        ),
        (
            "a stable ABI that is not used everywhere",
            Code::ReleaseShadowed,
            note,
            wheels(&["cp39-abi3-win_amd64", "cp312-cp312-win_amd64"]),
        ),
        (
            "a pure wheel for the rest",
            Code::ReleaseShadowed,
            note,
            wheels(&["py3-none-any", linux]),
        ),
        (
            "a dependency in one wheel",
            Code::ReleaseMetadata,
            warning,
            { requires("Requires-Dist: attrs") },
        ),
        (
            "an extra in one wheel",
            Code::ReleaseMetadata,
            warning,
            requires("Provides-Extra: fast"),
        ),
    ]
}

/// The codes of the releases with a fault.
pub(super) fn codes() -> impl Iterator<Item = Code> {
    let without_sdist = Code::ReleaseNoSdist;
    broken()
        .into_iter()
        .map(|(_, code, ..)| code)
        .chain([without_sdist])
}

/// Checks the folder with these wheels, and with a good sdist if `has_sdist`.
fn checked(wheels: Vec<Wheel>, has_sdist: bool) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let sdist = has_sdist.then(|| {
        // Its metadata leaves open what the wheels say.
        let text = "Metadata-Version: 2.2\nName: hello\nVersion: 1.0\nSummary: x\nDynamic: Requires-Dist\n\
                    Dynamic: Requires-Python\nDynamic: Provides-Extra\n\nx\n";
        Sdist::good().file("PKG-INFO", text).pack()
    });
    for (name, bytes) in wheels.into_iter().map(Wheel::pack).chain(sdist) {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mut command = support::command();
    command
        .args(["check", "--format", "json"])
        .arg(folder.path());
    support::run(&mut command).exits(0).json()
}

/// The code and the severity of each finding about the release.
fn found(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let releases = report["releases"].as_array().unwrap();
    assert_eq!(releases.len(), 1);
    let findings = releases[0]["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| (text(&finding["code"]), text(&finding["severity"])))
        .collect()
}

#[test]
fn each_fault_of_a_release_is_reported_with_its_code() {
    for (what, code, severity, wheels) in broken() {
        let expected = (code.name().to_owned(), severity.to_string());
        let report = checked(wheels, true);
        assert_eq!(found(&report), [expected], "{what}");
    }
}

#[test]
fn of_good_releases_nothing_is_said() {
    let linux = [
        "cp312-cp312-manylinux_2_17_x86_64",
        "cp312-cp312-manylinux_2_28_x86_64",
    ];
    let both = [
        "cp312-cp312-win_amd64",
        "cp313-cp313t-win_amd64",
        "cp314-cp314t-win_amd64",
    ];
    let stable = ["cp39-abi3-win_amd64", "cp39-abi3-manylinux_2_17_x86_64"];
    for tags in [&linux[..], &both, &stable, &["py3-none-any"]] {
        let report = checked(wheels(tags), true);
        assert_eq!(found(&report), [], "{tags:?}");
    }
    let without = checked(wheels(&linux), false);
    assert_eq!(
        found(&without),
        [("release-no-sdist".to_owned(), "note".to_owned())]
    );
}

#[test]
fn a_release_is_a_table_for_people_and_an_object_for_programs() {
    let tags = [
        "cp311-cp311-win_amd64",
        "cp312-cp312-win_amd64",
        "cp39-abi3-manylinux_2_17_x86_64",
    ];
    let report = checked(wheels(&tags), true);
    let release = &report["releases"][0];
    assert_eq!(release["name"], "hello");
    assert_eq!(release["files"], 4);
    assert_eq!(
        release["pythons"],
        serde_json::json!(["3.11", "3.12", "3.9+"])
    );
    let windows = serde_json::json!({"platform": "win_amd64", "pythons": ["3.11", "3.12"]});
    assert_eq!(release["platforms"][1], windows);
    assert!(release["size"].as_u64() > release["largest"]["size"].as_u64());

    let check = |option: &str, tags: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in wheels(tags).into_iter().map(Wheel::pack) {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let mut command = support::command();
        command.arg("check").arg(option).arg(folder.path());
        support::run(&mut command).exits(0).stdout
    };
    let verbose = check("--verbose", &tags);
    for line in [
        "hello 1.0: 3 files, ",
        " kB, hello-1.0-cp39-abi3-manylinux_2_17_x86_64.whl\n",
        "                   3.11 3.12 3.9+\n",
        "  manylinux_x86_64  yes  yes  yes\n",
        "  win_amd64         yes  yes    -\n",
        "  note[release-no-sdist] has no sdist",
    ] {
        assert!(verbose.contains(line), "{line} in\n{verbose}");
    }
    assert_eq!(check("--quiet", &tags), "");

    // A wide table is continued below.
    let mut many = vec!["cp39-abi3-macosx_11_0_arm64".to_owned()];
    for minor in 10..=14 {
        many.push(format!("cp3{minor}-cp3{minor}-musllinux_1_2_x86_64"));
    }
    for minor in 10..=17 {
        many.push(format!("graalpy3{minor}-none-win_amd64"));
    }
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let wide = check("--verbose", &many);
    let is_row = |line: &&str| line.ends_with(" -") || line.ends_with(" yes");
    let table: Vec<_> = wide.lines().filter(is_row).collect();
    assert_eq!(table.len(), 9, "{wide}");
    assert!(table.iter().all(|line| line.len() <= 80), "{wide}");
}
