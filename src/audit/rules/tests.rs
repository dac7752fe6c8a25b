//! What is said of binaries, each wrong in one way.

use super::*;
use crate::audit::claim::Claim;
use crate::binary::{Format, Provider, Signature, UndefinedSymbols};
use crate::platform::{Family, Os, Platform, ZigTarget};
use crate::tags::{AbiTag, CPython, FIRST_ABI3T, PythonTag, PythonVersion, Release, WheelFilename};

const CP312: AbiTag = AbiTag::CPython(CPython::with_gil(PythonVersion::new(3, 12)));
const CP313T: AbiTag = AbiTag::CPython(CPython::free_threaded(PythonVersion::new(3, 13)));

const CP314T: AbiTag = AbiTag::CPython(CPython::free_threaded(PythonVersion::new(3, 14)));
const CP315: AbiTag = AbiTag::CPython(CPython::with_gil(PythonVersion::new(3, 15)));

/// An extension module as Zig builds it for this platform: nothing to be said of it.
fn good(platform: Platform) -> Binary {
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

/// Has the binary take this symbol alone, in the way of its format: from the first library on Windows,
/// from anything that is loaded elsewhere.
fn takes(binary: &mut Binary, name: &str) {
    let provider = match binary.format {
        Format::Pe => Provider::Library(0),
        Format::Elf | Format::MachO => Provider::Any,
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
fn found(platform: Platform, abi: AbiTag, binary: &Binary) -> Vec<(Code, String, String)> {
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
fn only(platform: Platform, abi: AbiTag, edit: impl Fn(&mut Binary)) -> (Code, String, String) {
    let mut binary = good(platform);
    edit(&mut binary);
    let mut findings = found(platform, abi, &binary);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.remove(0)
}

fn imports(binary: &mut Binary, name: &str) {
    binary.imports.push(name.to_owned());
}

/// The platforms that one binary is for.
fn compiled() -> impl Iterator<Item = Platform> {
    let all = Platform::ALL.into_iter();
    all.filter(|platform| platform.slices().is_empty())
}

#[test]
fn a_good_binary_has_no_findings() {
    for platform in compiled() {
        assert_eq!(found(platform, CP312, &good(platform)), []);
    }
}

#[test]
fn a_binary_for_another_platform_has_a_hint() {
    for platform in compiled() {
        let is_other =
            |other: &Platform| (other.os(), other.arches()) != (platform.os(), platform.arches());
        for other in compiled().filter(is_other) {
            let (code, message, hint) = only(platform, CP312, |binary| *binary = good(other));
            let expected = if platform.os() == other.os() {
                Code::WrongMachine
            } else {
                Code::WrongSystem
            };
            assert_eq!(code, expected);
            assert!(message.starts_with("is built for "), "{message}");
            assert!(hint.contains("build it for the platform of the tag"));
        }
    }
    let (code, message, _) = only(Platform::MacosArm64, CP312, |binary| {
        binary.os = None;
        binary.machine = "iOS arm64".to_owned();
    });
    assert_eq!(code, Code::WrongSystem);
    assert_eq!(
        message,
        "is built for iOS arm64, but the tag macosx_11_0_arm64 promises macOS arm64"
    );
}

#[test]
fn a_floor_above_the_tag_names_symbols_and_a_tag_that_fits() {
    let (code, message, hint) = only(Platform::LinuxAarch64, CP312, |binary| {
        binary.floor = Some(Release::new(2, 36));
        binary.floor_symbols = ["a", "b", "c", "d", "e", "f"].map(String::from).to_vec();
    });
    assert_eq!(code, Code::FloorTooHigh);
    assert_eq!(
        message,
        "needs glibc 2.36 (for a, b, c, d and 2 more), but the tag manylinux2014_aarch64 promises \
         glibc 2.17"
    );
    assert!(
        hint.contains("use the tag manylinux_2_36_aarch64"),
        "{hint}"
    );

    let (code, message, hint) = only(Platform::MacosX86_64, CP312, |binary| {
        binary.floor = Some(Release::new(13, 3));
    });
    assert_eq!(code, Code::FloorTooHigh);
    assert_eq!(
        message,
        "needs macOS 13.3, but the tag macosx_10_9_x86_64 promises macOS 10.9"
    );
    assert!(hint.contains("use the tag macosx_14_0_x86_64"), "{hint}");
    let (code, ..) = only(Platform::MacosX86_64, CP312, |binary| binary.floor = None);
    assert_eq!(code, Code::NoFloor);

    // A lower floor is a better promise kept, and so is none at all.
    for floor in [None, Some(Release::new(2, 5))] {
        let mut binary = good(Platform::LinuxX86_64);
        binary.floor = floor;
        assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
    }
}

#[test]
fn libraries_are_the_systems_or_shipped() {
    for (platform, library, expected) in [
        (
            Platform::LinuxX86_64,
            "libssl.so.3",
            Some(Code::ForeignLibrary),
        ),
        (
            Platform::LinuxX86_64,
            "libmvec.so.1",
            Some(Code::ForeignLibrary),
        ),
        (Platform::LinuxX86_64, "libstdc++.so.6", None),
        (Platform::LinuxX86_64, "libhelper.so.1", None),
        (
            Platform::LinuxX86_64,
            "libHELPER.so.1",
            Some(Code::ForeignLibrary),
        ),
        (Platform::LinuxX86_64, "libc.so", Some(Code::WrongLibc)),
        (
            Platform::LinuxX86_64,
            "libc.musl-x86_64.so.1",
            Some(Code::WrongLibc),
        ),
        (
            Platform::LinuxX86_64,
            "libpython3.12.so.1.0",
            Some(Code::LinksLibpython),
        ),
        (
            Platform::MacosX86_64,
            "/opt/homebrew/lib/libx.dylib",
            Some(Code::ForeignLibrary),
        ),
        (Platform::MacosX86_64, "@rpath/libhelper.dylib", None),
        (
            Platform::MacosX86_64,
            "/System/Library/Frameworks/Metal.framework/Metal",
            None,
        ),
        (
            Platform::MacosX86_64,
            "/Library/Frameworks/Python.framework/Versions/3.12/Python",
            Some(Code::LinksLibpython),
        ),
        (
            Platform::MacosX86_64,
            "@rpath/libpython3.12.dylib",
            Some(Code::LinksLibpython),
        ),
        (
            Platform::WindowsX64,
            "libgcc_s_seh-1.dll",
            Some(Code::ForeignLibrary),
        ),
        (Platform::WindowsX64, "helper.DLL", None),
        (Platform::WindowsX64, "WS2_32.dll", None),
    ] {
        let mut binary = good(platform);
        imports(&mut binary, library);
        let codes: Vec<_> = found(platform, CP312, &binary)
            .into_iter()
            .map(|(code, message, _)| {
                assert!(message.contains(library), "{message}");
                code
            })
            .collect();
        assert_eq!(codes, Vec::from_iter(expected), "{platform} {library}");
    }
}

#[test]
fn symbol_versions_of_system_libraries_are_those_of_the_policy() {
    let edit =
        |version: &'static str| move |binary: &mut Binary| binary.versions.push(version.into());
    for version in ["GLIBCXX_3.4.22", "GLIBC_PRIVATE", "OPENSSL_3.0.0"] {
        let (code, message, _) = only(Platform::LinuxX86_64, CP312, edit(version));
        assert_eq!(code, Code::SymbolVersion);
        assert!(message.contains(version), "{message}");
    }
    let mut binary = good(Platform::LinuxX86_64);
    edit("GLIBCXX_3.4.19")(&mut binary);
    assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
    // A shipped library has versions of its own.
    edit("HELPER_1")(&mut binary);
    imports(&mut binary, "libhelper.so.1");
    assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
}

#[test]
fn apple_silicon_wants_a_signature() {
    let (code, _, hint) = only(Platform::MacosArm64, CP312, |binary| {
        binary.signature = Signature::None;
    });
    assert_eq!(code, Code::NotSigned);
    assert!(hint.contains("codesign"), "{hint}");
    let (code, ..) = only(Platform::MacosArm64, CP312, |binary| {
        binary.signature = Signature::Broken;
    });
    assert_eq!(code, Code::BadSignature);
}

#[test]
fn a_windows_module_without_import_library_is_told_what_to_link() {
    let (code, message, hint) = only(Platform::WindowsX64, CP312, |binary| {
        binary.imports.retain(|dll| dll != "python312.dll");
    });
    assert_eq!(code, Code::NoPythonDll);
    assert!(message.contains("imports no Python DLL (it should import python312.dll)"));
    assert!(hint.contains("import library"), "{hint}");
}

#[test]
fn a_windows_module_imports_the_python_dll_of_its_abi() {
    for (abi, dll, fits) in [
        (CP312, "PYTHON312.DLL", true),
        (CP312, "python313.dll", false),
        (CP313T, "python3.dll", false),
        (CP312, "python312_d.dll", false),
        (CP313T, "python313t.dll", true),
        (CP313T, "python313.dll", false),
        (AbiTag::Abi3, "python3.dll", true),
        (AbiTag::Abi3t, "python3t.dll", true),
        (AbiTag::Abi3t, "python3.dll", false),
        (AbiTag::Abi3, "python312.dll", false),
        (AbiTag::Abi3, "python3t.dll", false),
        (CP314T, "python314t.dll", true),
        (CP314T, "python314.dll", false),
        (CP314T, "python3t.dll", false),
        (CP315, "python315.dll", true),
        (CP315, "python315t.dll", false),
    ] {
        let mut binary = good(Platform::WindowsX64);
        binary.imports = vec![dll.to_owned(), "KERNEL32.dll".to_owned()];
        let findings = found(Platform::WindowsX64, abi, &binary);
        let codes: Vec<_> = findings.iter().map(|(code, ..)| *code).collect();
        let expected = (!fits).then_some(Code::WrongPythonDll);
        assert_eq!(codes, Vec::from_iter(expected), "{abi} {dll}");
    }
}

/// What the rules find wrong with a module for Windows in a wheel with these tags.
fn stable(wheel: &str, binary: &Binary) -> Vec<Finding> {
    let claim = Claim::parse(&format!("a-1-{wheel}-win_amd64.whl")).unwrap();
    super::python::judge(binary, &claim.abis())
}

/// `abi3t` has the symbols of `abi3`: what the stable ABI lacks is one finding, whose hint has its macro.
#[test]
fn both_stable_abis_have_the_same_symbols() {
    for (wheel, promised, hint) in [
        (
            "cp315-abi3",
            "tag abi3 promises",
            "Py_LIMITED_API as 0x030F0000",
        ),
        (
            "cp315-abi3t",
            "tag abi3t promises",
            "Py_TARGET_ABI3T as 0x030F0000",
        ),
        (
            "cp315-abi3.abi3t",
            "tags abi3 and abi3t promise",
            "Py_TARGET_ABI3T as 0x030F0000",
        ),
    ] {
        let mut binary = good(Platform::WindowsX64);
        let dll = if wheel.ends_with('t') {
            "python3t.dll"
        } else {
            "python3.dll"
        };
        binary.imports = vec![dll.to_owned()];
        takes(&mut binary, "PyModule_FromSlotsAndSpec");
        assert_eq!(stable(wheel, &binary), [], "{wheel}");
        takes(&mut binary, "PyUnstable_Module_SetGIL");
        let findings = stable(wheel, &binary);
        assert_eq!(findings.len(), 1, "{wheel}: {findings:#?}");
        assert!(findings[0].actual.contains("PyUnstable_Module_SetGIL"));
        assert!(findings[0].promised.as_ref().unwrap().contains(promised));
        assert!(
            findings[0].hint.as_ref().unwrap().contains(hint),
            "{findings:#?}"
        );
    }
}

/// The linker for Windows refuses what linkers for other systems leave to the audit.
#[test]
fn symbols_that_no_import_library_has_are_findings_too() {
    let found = |wheel: &str, names: &[&str]| {
        let wheel = format!("a-1-{wheel}-win_amd64.whl").parse().unwrap();
        let findings = missing_from_dll("one", names, &wheel);
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert_eq!(findings[0].file.as_deref(), Some("one"));
        findings[0].clone()
    };
    let names = ["PyErr_NeverWas", "PyList_Extend", "PyOS_AfterFork_Child"];
    let finding = found("cp312-cp312", &names);
    assert_eq!(finding.code, Code::UndefinedSymbol);
    assert_eq!(
        finding.actual,
        "uses PyErr_NeverWas (no known Python has it), PyList_Extend (Python 3.13 added it) and \
         PyOS_AfterFork_Child (only Pythons for another system have it), which Python 3.12 does not export"
    );
    assert!(finding.hint.unwrap().contains(">=3.13"));
    for wheel in ["cp315-abi3", "cp315-abi3.abi3t"] {
        let finding = found(wheel, &["PyList_Extend"]);
        assert_eq!(finding.code, Code::NotStableAbi);
        assert!(
            finding
                .actual
                .contains("uses PyList_Extend, which the stable ABI does not have")
        );
    }
}

#[test]
fn a_library_for_ctypes_uses_no_python() {
    for platform in compiled() {
        let mut library = good(platform);
        library.inits.clear();
        library.imports.retain(|dll| dll != "python312.dll");
        library.undefined = UndefinedSymbols::default();
        assert_eq!(found(platform, AbiTag::None, &library), []);
        takes(&mut library, "PyLong_FromLong");
        let findings = found(platform, AbiTag::None, &library);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].0, Code::PythonWithoutAbi);
        // Beside an extension module it may.
        assert_eq!(found(platform, CP312, &library), []);
    }
}

#[test]
fn a_full_module_may_import_the_stable_dll_with_a_hint_to_tag_it_abi3() {
    let (code, _, hint) = only(Platform::WindowsX64, CP312, |binary| {
        binary.imports = vec!["python3.dll".to_owned()];
    });
    assert_eq!(code, Code::WrongPythonDll);
    assert!(hint.contains("tag the wheel abi3"), "{hint}");
}

#[test]
fn an_abi3_module_keeps_to_the_stable_abi_of_its_floor() {
    for (symbol, expected) in [
        ("PyLong_FromLong", None),
        ("_Py_Dealloc", None),
        ("PyType_GetName", Some("since Python 3.11")),
        ("PyUnicode_New", Some("does not have")),
        ("_PyObject_GC_New", None),
    ] {
        let mut binary = good(Platform::MacosArm64);
        takes(&mut binary, symbol);
        let findings = found(Platform::MacosArm64, AbiTag::Abi3, &binary);
        match expected {
            None => assert_eq!(findings, [], "{symbol}"),
            Some(part) => {
                assert_eq!(findings[0].0, Code::NotStableAbi, "{symbol}");
                assert!(findings[0].1.contains(part), "{findings:?}");
            }
        }
        assert_eq!(found(Platform::MacosArm64, CP312, &binary), [], "{symbol}");
    }
}

#[test]
fn what_loaders_and_kernels_refuse_is_found() {
    for (edit, code) in [
        (
            (|binary| binary.text_relocations = true) as fn(&mut Binary),
            Code::TextRelocations,
        ),
        (
            |binary| binary.executable_stack = true,
            Code::ExecutableStack,
        ),
        (
            |binary| binary.alignment = Some(0x1000),
            Code::SegmentAlignment,
        ),
    ] {
        assert_eq!(only(Platform::LinuxAarch64, CP312, edit).0, code);
    }
    // x86-64 has pages of 4 KiB.
    let mut binary = good(Platform::LinuxX86_64);
    binary.alignment = Some(0x1000);
    assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
}

#[test]
fn avx_that_nobody_asks_for_is_no_baseline() {
    let (code, ..) = only(Platform::LinuxX86_64, CP312, |binary| {
        binary.vector_code = VectorCode::Unasked;
    });
    assert_eq!(code, Code::CpuBaseline);
    let mut binary = good(Platform::LinuxX86_64);
    binary.vector_code = VectorCode::Chosen;
    assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
}

/// The codes for a good module of this platform that was edited and gets another wheel's name.
fn codes(platform: Platform, wheel: &str, edit: impl Fn(&mut Binary)) -> Vec<Code> {
    let mut binary = good(platform);
    edit(&mut binary);
    let claim = Claim::parse(&format!("hello-1.0-{wheel}.whl")).unwrap();
    let promise = Promise::of(&claim, Shipped::default(), false);
    judge(&binary, &promise)
        .iter()
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn musl_wheels_take_what_musl_has() {
    let musl = |libraries: &[&str], symbol: &str| {
        codes(
            Platform::LinuxX86_64,
            "cp312-cp312-musllinux_1_2_x86_64",
            |binary| {
                binary.imports = libraries.iter().map(ToString::to_string).collect();
                takes(binary, symbol);
            },
        )
    };
    for libc in ["libc.so", "libc.musl-x86_64.so.1"] {
        assert_eq!(musl(&[libc], "malloc"), []);
        assert_eq!(musl(&[libc], "stat64"), []);
        assert_eq!(musl(&[libc], "PyLong_FromLong"), []);
        assert_eq!(musl(&[libc], "__memcpy_chk"), [Code::MuslSymbol]);
        assert_eq!(musl(&[libc], "statx"), [Code::MuslPatch]);
    }
    assert_eq!(musl(&["libc.so.6"], "malloc"), [Code::WrongLibc]);
    assert_eq!(musl(&["libssl.so.3"], "SSL_new"), [Code::ForeignLibrary]);
}

#[test]
fn every_tag_of_a_set_has_to_hold() {
    let macos = |wheel: &str| codes(Platform::MacosArm64, wheel, |_| {});
    assert_eq!(macos("cp312-cp312-macosx_11_0_arm64"), []);
    assert_eq!(
        macos("cp312-cp312-macosx_10_9_x86_64.macosx_11_0_arm64"),
        [Code::MissingSlice]
    );
    assert_eq!(
        macos("cp312-cp312-macosx_11_0_universal2"),
        [Code::MissingSlice]
    );
    assert_eq!(macos("py3-none-any"), [Code::NativeInPure]);
    let glibc = |wheel: &str| {
        codes(Platform::LinuxX86_64, wheel, |binary| {
            binary.floor = Some(Release::new(2, 14));
        })
    };
    assert_eq!(glibc("cp312-cp312-manylinux2014_x86_64"), []);
    assert_eq!(glibc("cp312-cp312-linux_x86_64"), []);
    assert_eq!(
        glibc("cp312-cp312-manylinux2010_x86_64.manylinux2014_x86_64"),
        [Code::FloorTooHigh]
    );
}
