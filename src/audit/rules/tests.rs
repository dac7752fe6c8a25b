//! The findings for binaries that are wrong in one way each, by rules that are the same on several systems.

use super::samples::{CP312, codes, compiled, found, good, imports, only};
use super::*;
use crate::platform::Platform;
use crate::tags::Release;

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
        "needs glibc 2.36 (for a, b, c, d and 2 more symbols), but the tag manylinux2014_aarch64 promises \
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
fn avx_that_nobody_asks_for_is_no_baseline() {
    let (code, ..) = only(Platform::LinuxX86_64, CP312, |binary| {
        binary.vector_code = VectorCode::Unasked;
    });
    assert_eq!(code, Code::CpuBaseline);
    let mut binary = good(Platform::LinuxX86_64);
    binary.vector_code = VectorCode::None;
    assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
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
