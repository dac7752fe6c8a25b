//! What is said of binaries, each wrong in one way.

mod parse;

use super::*;
use crate::platform::{Platform, ZigTarget};
use crate::tags::{AbiTag, PythonVersion};

const CP312: AbiTag = AbiTag::CPython {
    version: PythonVersion::new(3, 12),
    free_threaded: false,
};
const CP313T: AbiTag = AbiTag::CPython {
    version: PythonVersion::new(3, 13),
    free_threaded: true,
};

/// An extension module as Zig builds it for this platform: nothing to be said of it.
fn good(platform: Platform) -> Binary {
    let (format, imports, machine): (_, &[&str], _) = match platform.os() {
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
    Binary {
        format,
        os: Some(platform.os()),
        arch: Some(platform.arch()),
        machine: format!("{machine} {}", platform.arch().zig()),
        kind: Kind::SharedLibrary,
        floor: platform.default_floor(),
        floor_symbols: Vec::new(),
        versions: Vec::new(),
        inits: vec!["hello".to_owned()],
        imports: imports.iter().map(ToString::to_string).collect(),
        signed: platform == Platform::MacosArm64,
        undefined_python: true,
    }
}

/// The findings for an extension module of this ABI: code, message and hint of each.
fn found(platform: Platform, abi: AbiTag, binary: &Binary) -> Vec<(Code, String, String)> {
    let shipped = ["libhelper.so.1".to_owned(), "Helper.dll".to_owned()];
    let expected = Expected {
        target: ZigTarget::with_default_floor(platform),
        abi,
        is_extension: !binary.inits.is_empty(),
        shipped: &shipped,
    };
    check(binary, &expected)
        .into_iter()
        .map(|finding| {
            let problem = finding.problem;
            (finding.code, problem.message, problem.hint.unwrap())
        })
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

#[test]
fn a_good_binary_has_no_findings() {
    for platform in Platform::ALL {
        assert_eq!(found(platform, CP312, &good(platform)), []);
    }
}

#[test]
fn a_build_that_ignores_the_target_is_told_which_lines_to_add() {
    for platform in Platform::ALL {
        for other in Platform::ALL.into_iter().filter(|other| *other != platform) {
            let (code, message, hint) = only(platform, CP312, |binary| *binary = good(other));
            let expected = if platform.os() == other.os() {
                Code::WrongMachine
            } else {
                Code::WrongSystem
            };
            assert_eq!(code, expected);
            assert!(message.starts_with("is built for "), "{message}");
            assert!(hint.contains("const target = b.standardTargetOptions(.{});"));
            assert!(hint.contains(".target = target"));
        }
    }
    let (code, message, _) = only(Platform::MacosArm64, CP312, |binary| {
        binary.os = None;
        binary.machine = "iOS arm64".to_owned();
    });
    assert_eq!(code, Code::WrongSystem);
    assert_eq!(message, "is built for iOS arm64, not for macOS arm64");
}

#[test]
fn a_floor_above_the_tag_names_symbols_and_the_setting() {
    let (code, message, hint) = only(Platform::LinuxAarch64, CP312, |binary| {
        binary.floor = Some(Release::new(2, 36));
        binary.floor_symbols = ["a", "b", "c", "d", "e", "f"].map(String::from).to_vec();
    });
    assert_eq!(code, Code::FloorTooHigh);
    assert_eq!(
        message,
        "needs glibc 2.36 (for a, b, c, d and 2 more), the wheel's tag promises 2.17"
    );
    assert!(hint.contains("[tool.pyz3-wheel.platform.linux-aarch64]\n    floor = \"2.36\""));
    assert!(hint.contains("ZIG_TARGET"));

    let (code, message, hint) = only(Platform::MacosX86_64, CP312, |binary| {
        binary.floor = Some(Release::new(13, 3));
    });
    assert_eq!(code, Code::FloorTooHigh);
    assert_eq!(message, "needs macOS 13.3, the wheel's tag promises 10.9");
    assert!(hint.contains("floor = \"14.0\""), "{hint}");
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
    let (code, _, hint) = only(Platform::MacosArm64, CP312, |binary| binary.signed = false);
    assert_eq!(code, Code::NotSigned);
    assert!(hint.contains(".strip = true"));
}

#[test]
fn a_windows_module_without_import_library_is_told_which_lines_to_add() {
    let (code, message, hint) = only(Platform::WindowsX64, CP312, |binary| {
        binary.imports.retain(|dll| dll != "python312.dll");
    });
    assert_eq!(code, Code::NoPythonDll);
    assert!(message.contains("imports no Python DLL (it should import python312.dll)"));
    for line in [
        "if (target.result.os.tag == .windows) {",
        "mod.addLibraryPath(.{ .cwd_relative = lib_dir.? });",
        "mod.linkSystemLibrary(lib_name.?, .{ .use_pkg_config = .no });",
        "PYZ3_PYTHON_LIB_DIR and PYZ3_PYTHON_LIB",
    ] {
        assert!(hint.contains(line), "{hint}");
    }
}

#[test]
fn a_windows_module_imports_the_python_dll_of_its_abi() {
    for (abi, dll, fits) in [
        (CP312, "PYTHON312.DLL", true),
        (CP312, "python313.dll", false),
        (CP312, "python3.dll", false),
        (CP312, "python312_d.dll", false),
        (CP313T, "python313t.dll", true),
        (CP313T, "python313.dll", false),
        (AbiTag::Abi3, "python3.dll", true),
        (AbiTag::Abi3, "python312.dll", false),
    ] {
        let mut binary = good(Platform::WindowsX64);
        binary.imports = vec![dll.to_owned(), "KERNEL32.dll".to_owned()];
        let findings = found(Platform::WindowsX64, abi, &binary);
        let codes: Vec<_> = findings.iter().map(|(code, ..)| *code).collect();
        let expected = (!fits).then_some(Code::WrongPythonDll);
        assert_eq!(codes, Vec::from_iter(expected), "{abi} {dll}");
    }
}

#[test]
fn a_library_for_ctypes_uses_no_python() {
    for platform in Platform::ALL {
        let mut library = good(platform);
        library.inits.clear();
        library.imports.retain(|dll| dll != "python312.dll");
        library.undefined_python = false;
        assert_eq!(found(platform, AbiTag::None, &library), []);
        library.undefined_python = true;
        let findings = found(platform, AbiTag::None, &library);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].0, Code::PythonWithoutAbi);
        // Beside an extension module it may.
        assert_eq!(found(platform, CP312, &library), []);
    }
}
