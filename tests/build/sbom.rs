//! The software bill of materials: valid by the schema, complete, the same each time, and no trouble for
//! those who read wheels.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::reuse::{works, zig};
use crate::vendor::Depending;
use support::need;
use support::{Ran, command, run, succeed, venv_tool};

const NAME: &str = "tiny-1.0.dist-info/sboms/pyz3-wheel.cdx.json";

/// Prints what the schema has against each document.
const VALIDATE: &str = r#"
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
validator = JsonStrictValidator(SchemaVersion.V1_6)
for path in sys.argv[1:]:
    print(validator.validate_str(open(path, encoding="utf-8").read()))
"#;

fn wheels(ran: &Ran) -> Vec<PathBuf> {
    let report = ran.json();
    let wheels = report["wheels"].as_array().unwrap().iter();
    wheels
        .map(|wheel| PathBuf::from(wheel["path"].as_str().unwrap()))
        .collect()
}

fn text_in(wheel: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(wheel).unwrap()).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

/// A zig that writes down what it is asked for.
fn witness(calls: &Path, folder: &Path) -> PathBuf {
    let witness = folder.join("zig");
    let text = format!(
        "#!/bin/sh\necho \"$@\" >> \"{}\"\nexec \"{}\" \"$@\"\n",
        calls.display(),
        zig().display()
    );
    fs::write(&witness, text).unwrap();
    fs::set_permissions(&witness, fs::Permissions::from_mode(0o755)).unwrap();
    witness
}

#[test]
fn the_bill_has_every_package_and_costs_nothing_where_nothing_changed() {
    let mut depending = Depending::new("sbom = true");
    let folder = tempfile::tempdir().unwrap();
    let calls = folder.path().join("calls");
    let witness = witness(&calls, folder.path());
    // What is in it cannot be told before the packages are here.
    let witness = ["--zig", witness.to_str().unwrap()];
    let plan = depending.build(&[witness[0], witness[1], "--dry-run"]);
    let plan = plan.json();
    assert_eq!(plan["jobs"][0]["prospect"], Value::Null);
    let ran = depending.build(&witness);
    let wheels = wheels(&ran);
    let url = depending.server.take().unwrap().url.clone();

    let text = text_in(&wheels[0], NAME);
    assert_eq!(
        text,
        text_in(&wheels[1], NAME),
        "wheels of one run have one bill"
    );
    let bill: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(bill["metadata"]["component"]["purl"], "pkg:pypi/tiny@1.0");
    assert_eq!(
        bill["metadata"]["component"]["licenses"],
        json!([{"expression": "MIT"}])
    );
    assert_eq!(
        bill["metadata"]["tools"]["components"][1],
        json!({"type": "application", "name": "zig", "version": "0.15.2"})
    );
    let [late, leaf, mid, deep] = &depending.hashes[..] else {
        panic!()
    };
    let component = |reference: &str| {
        let components = bill["components"].as_array().unwrap().iter();
        components
            .clone()
            .find(|component| component["bom-ref"] == reference)
            .unwrap_or_else(|| panic!("{reference} is not in {text}"))
    };
    for (name, hash, scope) in [
        ("late", late, "optional"),
        ("deep", deep, "optional"),
        ("leaf", leaf, "required"),
        ("mid", mid, "required"),
    ] {
        let component = component(hash);
        assert_eq!(component["name"], name);
        assert_eq!(component["version"], "1.2.3");
        assert_eq!(component["scope"], scope);
        assert_eq!(
            component["properties"],
            json!([{"name": "zig:hash", "value": hash}])
        );
        assert_eq!(
            component["externalReferences"][0]["url"],
            format!("{url}{name}.tar.gz")
        );
    }
    component("pkg:generic/zig@0.15.2");
    let depends = |reference: &str| {
        let rows = bill["dependencies"].as_array().unwrap().iter();
        let row = rows.clone().find(|row| row["ref"] == reference);
        row.unwrap_or_else(|| panic!("{reference} is not in {text}"))["dependsOn"].clone()
    };
    assert_eq!(
        depends("pkg:pypi/tiny@1.0"),
        json!([mid, "pkg:generic/zig@0.15.2"])
    );
    assert_eq!(depends(mid), json!([late, leaf]));
    assert_eq!(depends(late), json!([deep]));
    assert!(bill["metadata"].get("timestamp").is_none());
    assert!(text_in(&wheels[0], "tiny-1.0.dist-info/RECORD").contains(&format!("{NAME},sha256=")));

    // A wrapper is asked for its version each time.
    let called = || {
        let calls = fs::read_to_string(&calls).unwrap();
        calls
            .lines()
            .filter(|line| *line != "version")
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let before = called();
    assert!(
        before
            .iter()
            .any(|call| call.starts_with("build --fetch=all")),
        "{before:?}"
    );
    assert_eq!(
        works(&depending.build(&witness)),
        ["unchanged", "unchanged"]
    );
    assert_eq!(called(), before);

    // Another build gives the same bytes.
    let bytes = |wheels: &[PathBuf]| {
        wheels
            .iter()
            .map(|wheel| fs::read(wheel).unwrap())
            .collect::<Vec<_>>()
    };
    let first = bytes(&wheels);
    fs::remove_dir_all(depending.project.path().join("dist")).unwrap();
    let elsewhere = depending.build(&[witness[0], witness[1], "--clean"]);
    assert!(bytes(&self::wheels(&elsewhere)) == first);
}

#[test]
fn the_bill_is_valid_and_nobody_stumbles_over_it() {
    let depending = Depending::new("sbom = true");
    let project = depending.project.path();
    fs::create_dir(project.join("libs")).unwrap();
    fs::write(
        project.join("libs/build.zig.zon"),
        ".{ .name = .own_part, .version = \"0.3.0\" }",
    )
    .unwrap();
    let zon = fs::read_to_string(project.join("build.zig.zon")).unwrap();
    let zon = zon.replacen(
        ".dependencies = .{",
        ".dependencies = .{ .own = .{ .path = \"libs\" },",
        1,
    );
    fs::write(project.join("build.zig.zon"), zon).unwrap();
    fs::write(project.join("README.md"), "# tiny\n").unwrap();
    let pyproject = fs::read_to_string(project.join("pyproject.toml")).unwrap();
    let pyproject = pyproject.replace("license =", "readme = \"README.md\"\nlicense =");
    fs::write(project.join("pyproject.toml"), pyproject).unwrap();
    let ran = run(command()
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .args(["--platform", "linux-x86_64", "--format", "json", "--zig"])
        .arg(zig())
        .arg("--project")
        .arg(project))
    .exits(0);
    let wheel = wheels(&ran).remove(0);
    let bill = text_in(&wheel, NAME);
    assert!(
        bill.contains("\"timestamp\": \"2023-11-14T22:13:20Z\""),
        "{bill}"
    );
    assert!(bill.contains("\"name\": \"own_part\""), "{bill}");
    let judged = run(command().arg("check").arg(&wheel)).exits(0);
    assert!(!judged.stdout.contains("warning"), "{}", judged.stdout);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("good.json");
    fs::write(&file, &bill).unwrap();
    let bad = folder.path().join("bad.json");
    fs::write(
        &bad,
        bill.replace("\"scope\": \"required\"", "\"scope\": \"needed\""),
    )
    .unwrap();
    let bin = need!(
        venv_tool(&["cyclonedx-python-lib[json-validation]==11.12.0"]),
        "the validator of CycloneDX is not available"
    );
    let said = succeed(
        Command::new(bin.join("python"))
            .args(["-c", VALIDATE])
            .args([&file, &bad]),
    );
    let (good, bad) = said.split_once('\n').unwrap();
    assert_eq!(good, "None");
    assert!(bad.contains("needed"), "{bad}");

    let bin = need!(venv_tool(&["twine==7.0.0"]), "twine is not available");
    let said = succeed(
        Command::new(bin.join("twine"))
            .args(["--no-color", "check", "--strict"])
            .arg(&wheel),
    );
    assert!(said.contains("PASSED"), "{said}");
    let bin = need!(
        venv_tool(&["check-wheel-contents==0.6.3"]),
        "check-wheel-contents is not available"
    );
    let said = succeed(
        Command::new(bin.join("check-wheel-contents"))
            .arg("--no-config")
            .arg(&wheel),
    );
    assert!(said.contains(": OK"), "{said}");
}
