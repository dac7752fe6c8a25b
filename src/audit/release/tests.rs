use super::*;
use crate::audit::code::{Code, Severity};
use crate::audit::declared::Declared;

fn file(name: &str, metadata: &str) -> ReleaseFile {
    let text = format!("Metadata-Version: 2.2\nName: a\nVersion: 1.0\n{metadata}\n");
    ReleaseFile {
        filename: name.to_owned(),
        size: name.len() as u64,
        declared: Declared::parse(text.as_bytes()),
    }
}

/// The release that has an sdist and a wheel for each of these tags.
fn release(tags: &[&str]) -> Release {
    let wheels = tags
        .iter()
        .map(|tags| file(&format!("a-1.0-{tags}.whl"), ""));
    let mut files: Vec<_> = wheels.collect();
    files.push(file("a-1.0.tar.gz", ""));
    let mut found = releases(&files);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn found(tags: &[&str]) -> Vec<(Code, Severity, String)> {
    let findings = release(tags).findings.into_iter();
    findings
        .map(|finding| (finding.code, finding.severity, finding.message()))
        .collect()
}

#[test]
fn the_columns_are_in_the_order_of_versions() {
    let tags = ["py310", "py2", "py39", "py27", "pp311", "pp39", "py3"];
    let tags = tags.map(|python| format!("{python}-none-win_amd64"));
    let release = release(&tags.each_ref().map(String::as_str));
    let headings = ["pp39", "pp311", "py2", "py27", "py3", "py39", "py310"];
    assert_eq!(release.grid.headings(), headings);
}

#[test]
fn the_grid_has_a_row_for_each_platform_and_a_column_for_each_python() {
    let release = release(&[
        "cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64",
        "cp312-cp312-win_amd64",
        "cp313-cp313t-macosx_11_0_universal2",
        "pp311-pypy311_pp73-musllinux_1_2_aarch64",
        "cp313-cp313-ios_13_0_arm64_iphoneos",
        "py3-none-any",
    ]);
    let headings = ["3.12", "3.13", "3.13t", "3.9+", "pp311", "py3"];
    assert_eq!(release.grid.headings(), headings);
    let rows = release.grid.rows.iter();
    let rows: Vec<(&str, String)> = rows
        .map(|row| {
            let cells = row.cells.iter().map(|has| if *has { 'x' } else { '-' });
            (row.platform.as_str(), cells.collect())
        })
        .collect();
    let expected = [
        ("any", "-----x"),
        ("ios_arm64_iphoneos", "-x----"),
        ("macosx_arm64", "--x---"),
        ("macosx_x86_64", "--x---"),
        ("manylinux_x86_64", "xx-x--"),
        ("musllinux_aarch64", "----x-"),
        ("win_amd64", "x-----"),
    ];
    assert_eq!(
        rows,
        expected.map(|(platform, cells)| (platform, cells.to_owned()))
    );
    assert_eq!(
        (release.files, release.largest.0.as_str()),
        (
            7,
            "a-1.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
        )
    );
}

#[test]
fn a_hole_in_the_middle_is_a_warning_and_one_at_an_end_a_note() {
    let all = ["cp311", "cp312", "cp313"];
    let tags = |platform: &str, pythons: &[&str]| -> Vec<String> {
        let tags = pythons
            .iter()
            .map(|python| format!("{python}-{python}-{platform}"));
        tags.collect()
    };
    let found = |platform: &str, pythons: &[&str]| {
        let mut every = tags("win_amd64", &all);
        every.extend(tags(platform, pythons));
        let every: Vec<_> = every.iter().map(String::as_str).collect();
        found(&every)
    };
    let hole = |severity, text: &str| vec![(Code::ReleaseHole, severity, text.to_owned())];
    assert_eq!(
        found("win_arm64", &["cp311", "cp313"]),
        hole(
            Severity::Warning,
            "has no cp312 wheel for win_arm64, but there are wheels for cp311 and cp313"
        )
    );
    assert_eq!(
        found("win_arm64", &["cp313"]),
        hole(
            Severity::Note,
            "has no cp311 or cp312 wheel for win_arm64, but there is a wheel for cp313"
        )
    );
    assert_eq!(found("win_arm64", &all), []);
    // Releases of other implementations are compared with their own.
    let others = [
        "pp311-pypy311_pp73-win32",
        "graalpy312-graalpy242_312_native-win_amd64",
    ];
    assert_eq!(super::tests::found(&others), []);
    // The stable ABI counts for every later Python.
    assert_eq!(found("macosx_11_0_arm64", &["cp311"])[0].1, Severity::Note);
    let mut stable = tags("win_amd64", &all);
    stable.push("cp39-abi3-win_arm64".to_owned());
    let stable: Vec<_> = stable.iter().map(String::as_str).collect();
    assert_eq!(super::tests::found(&stable), []);
    // A wheel for any platform fills the hole.
    let mut any = tags("win_amd64", &all);
    any.extend(tags("win_arm64", &["cp311", "cp313"]));
    any.push("py3-none-any".to_owned());
    let any: Vec<_> = any.iter().map(String::as_str).collect();
    let severities = super::tests::found(&any)
        .into_iter()
        .map(|(_, severity, _)| severity);
    assert!(
        severities
            .into_iter()
            .all(|severity| severity == Severity::Note)
    );
}

#[test]
fn wheels_that_are_passed_over_are_found() {
    let codes = |tags: &[&str]| -> Vec<(Code, Severity)> {
        let found = found(tags).into_iter();
        found.map(|(code, severity, _)| (code, severity)).collect()
    };
    let note = |code| vec![(code, Severity::Note)];
    let warning = |code| vec![(code, Severity::Warning)];
    let linux = "cp312-cp312-manylinux_2_17_x86_64";
    // A newer release of the system is chosen where it fits.
    assert_eq!(codes(&[linux, "cp312-cp312-manylinux_2_28_x86_64"]), []);
    assert_eq!(
        codes(&[
            linux,
            "cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64"
        ]),
        warning(Code::ReleaseSameTags)
    );
    assert_eq!(
        codes(&[linux, &format!("1-{linux}")]),
        note(Code::ReleaseSameTags)
    );
    assert_eq!(
        codes(&[linux, "cp312-none-manylinux_2_17_x86_64"]),
        warning(Code::ReleaseShadowed)
    );
    // Free-threaded Python has no other wheel.
    assert_eq!(
        codes(&["cp313-none-win_amd64", "cp313-cp313-win_amd64"]),
        []
    );
    assert_eq!(
        codes(&["cp39-abi3-manylinux_2_17_x86_64", linux]),
        note(Code::ReleaseShadowed)
    );
    assert_eq!(codes(&["cp313-abi3-manylinux_2_17_x86_64", linux]).len(), 0);
    assert_eq!(
        codes(&["py3-none-any", "py3-none-win_amd64"]),
        note(Code::ReleaseShadowed)
    );
    assert_eq!(codes(&["py2-none-any", "py3-none-any"]), []);
}

#[test]
fn metadata_that_differs_between_files_is_found() {
    let linux = "a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";
    let judge = |files: &[ReleaseFile]| {
        let findings = releases(files).remove(0).findings.into_iter();
        let found = findings.filter(|finding| finding.code == Code::ReleaseMetadata);
        found
            .map(|finding| (finding.file.unwrap(), finding.actual))
            .collect::<Vec<_>>()
    };
    let two = |first: &str, second: &str| {
        judge(&[
            file(linux, first),
            file("a-1.0-cp312-cp312-win32.whl", first),
            file("a-1.0-cp312-cp312-win_amd64.whl", second),
        ])
    };
    let differs = two(
        "Requires-Dist: b>=1",
        "Requires-Dist: b>=1\nRequires-Dist: c",
    );
    let actual = "Requires-Dist differs from that of the other files (`c` is only here)";
    assert_eq!(
        differs,
        [(
            "a-1.0-cp312-cp312-win_amd64.whl".to_owned(),
            actual.to_owned()
        )]
    );
    assert_eq!(
        two("Requires-Python: >=3.9", "Requires-Python: >=3.10").len(),
        1
    );
    assert_eq!(two("Provides-Extra: x", "").len(), 1);
    assert_eq!(
        two(
            "Requires-Dist: b>=1; extra == \"x\"",
            "Requires-Dist: b (>=1) ; extra == 'x'"
        ),
        []
    );
    assert_eq!(
        two(
            "Requires-Dist: b[x,y]>=1,<2; extra == 'x'\nRequires-Python: >=3.9,<4",
            "Requires-Dist: b[x,y]<2,>=1; extra == 'x'\nRequires-Python: <4,>=3.9",
        ),
        []
    );
    assert_eq!(
        two("Requires-Dist: b>=1,<2", "Requires-Dist: b>=1,<3").len(),
        1
    );
    // A build may change what is dynamic.
    let sdist = |metadata: &str| {
        judge(&[
            file(linux, "Requires-Dist: b"),
            file("a-1.0.tar.gz", metadata),
        ])
    };
    assert_eq!(sdist("").len(), 1);
    assert_eq!(sdist("Dynamic: Requires-Dist"), []);
}

#[test]
fn only_files_of_one_version_are_a_release() {
    let names = [
        "a-1.0-py3-none-any.whl",
        "a-2.0-py3-none-any.whl",
        "b-1.0.tar.gz",
        "notes.txt",
    ];
    let files: Vec<_> = names.iter().map(|name| file(name, "")).collect();
    assert!(releases(&files).is_empty());
    assert!(releases(&[files[0].clone(), files[0].clone()]).is_empty());
    let names = ["A.b-1.0-py3-none-any.whl", "a_b-1.0.tar.gz"];
    let files: Vec<_> = names.iter().map(|name| file(name, "")).collect();
    let found = releases(&files);
    assert_eq!((found.len(), found[0].name.as_str()), (1, "a_b"));
    let wheels: Vec<_> = ["a-1.0-py2-none-any.whl", "a-1.0-py3-none-any.whl"]
        .iter()
        .map(|name| file(name, ""))
        .collect();
    assert_eq!(releases(&wheels)[0].findings[0].code, Code::ReleaseNoSdist);
}
