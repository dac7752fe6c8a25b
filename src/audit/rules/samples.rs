//! Good binaries for the tests of the rules, and the findings for edited ones.

use std::collections::BTreeSet;

use super::shipped::Shipped;
use super::{Promise, judge};
use crate::audit::claim::Claim;
use crate::audit::code::Code;
use crate::binary::{Binary, Format, Kind, Provider, Signature};
use crate::platform::{Family, Os, Platform, ZigTarget};
use crate::tags::{AbiTag, CPython, FIRST_ABI3T, PythonTag, PythonVersion, WheelFilename};

pub(super) const CP312: AbiTag = AbiTag::CPython(CPython::with_gil(PythonVersion::new(3, 12)));
pub(super) const CP313T: AbiTag =
    AbiTag::CPython(CPython::free_threaded(PythonVersion::new(3, 13)));
pub(super) const CP314T: AbiTag =
    AbiTag::CPython(CPython::free_threaded(PythonVersion::new(3, 14)));
pub(super) const CP315: AbiTag = AbiTag::CPython(CPython::with_gil(PythonVersion::new(3, 15)));

/// An extension module as Zig builds it for this platform, which has no findings.
pub(super) fn good(platform: Platform) -> Binary {
    let (format, imports, machine): (_, &[&str], _) = match platform.os() {
        Os::Linux if platform.family() == Family::Musllinux => (Format::Elf, &[], "Linux"),
        Os::Linux => (Format::Elf, &["libc.so.6", "libm.so.6"], "Linux"),
        Os::Macos => (Format::MachO, &["/usr/lib/libSystem.B.dylib"], "macOS"),
        Os::Windows => {
            let dlls = &[
                "python312.dll",
                "KERNEL32.dll",
                "api-ms-win-crt-heap-l1-1-0.dll",
            ];
            (Format::Pe, dlls, "Windows")
        }
        Os::Ios | Os::IosSimulator | Os::Emscripten => {
            unreachable!("wheels are not built for these systems")
        }
    };
    let mut binary = Binary::unknown(format);
    binary.os = Some(platform.os());
    binary.arch = platform.arches().first().copied();
    let arch = binary.arch.unwrap();
    binary.machine = format!("{machine} {}", arch.zig());
    binary.kind = Kind::SharedLibrary;
    // musl's symbols have no versions.
    binary.floor = platform
        .default_floor()
        .filter(|_| platform.family() != Family::Musllinux);
    binary.inits = vec!["hello".to_owned()];
    binary.imports = imports.iter().map(ToString::to_string).collect();
    takes(&mut binary, "PyLong_FromLong");
    binary.alignment = Some(0x10000);
    if platform == Platform::MacosArm64 {
        binary.signature = Signature::Holds;
    }
    binary
}

/// Makes this symbol the only import of the binary: from its first library on Windows, and from anything that is
/// loaded on other systems.
pub(super) fn takes(binary: &mut Binary, name: &str) {
    let provider = match binary.format {
        Format::Pe => Provider::Library(0),
        Format::Elf | Format::MachO | Format::Wasm => Provider::Any,
    };
    binary.undefined = [(name, provider)].into_iter().collect();
}

fn filename(platform: Platform, abi: AbiTag) -> WheelFilename {
    let python = match abi {
        AbiTag::CPython(python) => PythonTag::CPython(python.version),
        AbiTag::Abi3 => PythonTag::CPython(PythonVersion::new(3, 9)),
        AbiTag::Abi3t => PythonTag::CPython(FIRST_ABI3T),
        AbiTag::None => PythonTag::Py3,
    };
    WheelFilename {
        name: "hello".parse().unwrap(),
        version: "1.0".parse().unwrap(),
        python,
        abis: BTreeSet::from([abi]),
        platforms: ZigTarget::with_default_floor(platform).tags(None),
    }
}

/// The findings for a binary of this ABI: code, message and hint of each.
pub(super) fn found(
    platform: Platform,
    abi: AbiTag,
    binary: &Binary,
) -> Vec<(Code, String, String)> {
    let mut shipped = Shipped::default();
    for name in ["libhelper.so.1", "libhelper.dylib", "Helper.dll"] {
        shipped.add(name);
    }
    judge(
        binary,
        &Promise::of_build(&filename(platform, abi), shipped),
    )
    .into_iter()
    .map(|finding| (finding.code, finding.message(), finding.hint.unwrap()))
    .collect()
}

/// The only finding for a good module that this was done to.
pub(super) fn only(
    platform: Platform,
    abi: AbiTag,
    edit: impl Fn(&mut Binary),
) -> (Code, String, String) {
    let mut binary = good(platform);
    edit(&mut binary);
    let mut findings = found(platform, abi, &binary);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.remove(0)
}

pub(super) fn imports(binary: &mut Binary, name: &str) {
    binary.imports.push(name.to_owned());
}

/// The platforms that one binary is for.
pub(super) fn compiled() -> impl Iterator<Item = Platform> {
    let all = Platform::ALL.into_iter();
    all.filter(|platform| platform.slices().is_empty())
}

/// The codes for a good module of this platform that was edited and gets another wheel's name.
pub(super) fn codes(platform: Platform, wheel: &str, edit: impl Fn(&mut Binary)) -> Vec<Code> {
    let mut binary = good(platform);
    edit(&mut binary);
    let claim = Claim::parse(&format!("hello-1.0-{wheel}.whl")).unwrap();
    let promise = Promise::of(&claim, Shipped::default(), false);
    judge(&binary, &promise)
        .iter()
        .map(|finding| finding.code)
        .collect()
}
