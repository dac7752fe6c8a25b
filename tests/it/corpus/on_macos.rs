//! Binaries that break a promise for macOS.

use pyz3_wheel::audit::Code;

use super::case::{Case, INTEL, LINUX, MACOS, MACOS_NONE, PURE, UNIVERSAL, WINDOWS, case};
use super::macho::{ARM64, ARM64E, Floor, IOS, Macho, Signature, X86_64, release};
use super::on_linux::AVX;
use super::wheel::Native;

/// A library that the module may load and that the wheel may have.
pub(super) fn helper() -> Macho {
    Macho::new(ARM64).dylib("@rpath/libhelper.dylib").gives("help")
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = floors();
    cases.extend(machines());
    cases.extend(libraries());
    cases.extend(others());
    cases
}

fn floors() -> Vec<Case> {
    vec![
        case("Mach-O needs macOS 14.4 under 14_0", Code::FloorTooHigh, MACOS, |w| {
            w.tagged("cp312-cp312-macosx_14_0_arm64").macho(|m| m.minos(14, 4, 0))
        }),
        case("Mach-O needs macOS 15.1 under 15_0", Code::FloorTooHigh, MACOS, |w| {
            w.tagged("cp312-cp312-macosx_15_0_arm64").macho(|m| m.minos(15, 1, 0))
        }),
        case("Mach-O needs macOS 26 under 15_0", Code::FloorTooHigh, MACOS, |w| {
            w.tagged("cp312-cp312-macosx_15_0_arm64").macho(|m| m.minos(26, 0, 0))
        }),
        case("Mach-O needs macOS 13, as unversioned Zig targets do", Code::FloorTooHigh, MACOS, |w| {
            w.macho(|m| m.minos(13, 0, 0))
        }),
        case("Mach-O needs macOS 10.15 under 10_13", Code::FloorTooHigh, INTEL, |w| {
            w.macho(|m| m.minos(10, 15, 0))
        }),
        case("Mach-O needs macOS 10.15 in the older way", Code::FloorTooHigh, INTEL, |w| {
            w.macho(|m| m.floor(Floor::Least(release(10, 15, 0))))
        }),
        case("slice for arm64 needs macOS 12 under 10_13", Code::FloorTooHigh, UNIVERSAL, |w| {
            w.slice(ARM64, |m| m.minos(12, 0, 0))
        }),
        case("slice for x86_64 needs macOS 11 under 10_13", Code::FloorTooHigh, UNIVERSAL, |w| {
            w.slice(X86_64, |m| m.minos(11, 0, 0))
        }),
        case(
            "Mach-O keeps one of two tags: 13_0, not 11_0",
            Code::FloorTooHigh,
            "cp312-cp312-macosx_11_0_arm64.macosx_13_0_arm64",
            |w| w.macho(|m| m.minos(13, 0, 0)),
        ),
        case("a library beside the module needs macOS 13", Code::FloorTooHigh, MACOS, |w| {
            w.macho(|m| m.loads("@loader_path/libhelper.dylib"))
                .file("hello/libhelper.dylib", helper().minos(13, 0, 0).bytes())
        }),
        case("Mach-O does not say what it needs", Code::NoFloor, MACOS, |w| {
            w.macho(|m| m.floor(Floor::None))
        }),
        case("one slice does not say what it needs", Code::NoFloor, UNIVERSAL, |w| {
            w.slice(X86_64, |m| m.floor(Floor::None))
        }),
    ]
}

fn machines() -> Vec<Case> {
    let alone = |cpu| move |slices: Vec<Macho>| {
        slices.into_iter().filter(|slice| slice.cpu == cpu).collect()
    };
    let both = "cp312-cp312-macosx_10_13_x86_64.macosx_11_0_arm64";
    vec![
        case("module for Intel under arm64", Code::WrongMachine, MACOS, |w| w.native_of(INTEL)),
        case("module for arm64 under x86_64", Code::WrongMachine, INTEL, |w| w.native_of(MACOS)),
        case("module for arm64e under arm64", Code::WrongMachine, MACOS, |w| {
            w.macho(|m| Macho { cpu: ARM64E, ..m })
        }),
        case("universal2 wheel has x86_64 code only", Code::MissingSlice, UNIVERSAL, |w| {
            w.slices(alone(X86_64))
        }),
        case("universal2 wheel has arm64 code only", Code::MissingSlice, UNIVERSAL, |w| {
            w.slices(alone(ARM64))
        }),
        case("universal2 wheel has arm64e for arm64", Code::MissingSlice, UNIVERSAL, |w| {
            w.slice(ARM64, |m| Macho { cpu: ARM64E, ..m })
        }),
        case("wheel for both processors has code for one", Code::MissingSlice, both, |w| w),
        case("a library of a universal2 wheel is thin", Code::MissingSlice, UNIVERSAL, |w| {
            w.macho(|m| m.loads("@loader_path/libhelper.dylib"))
                .file("hello/libhelper.dylib", helper().bytes())
        }),
        case("module for iOS under macosx", Code::WrongSystem, MACOS, |w| {
            w.macho(|m| m.floor(Floor::Build(IOS, release(13, 0, 0))))
        }),
        case("module for Linux under macosx", Code::WrongSystem, MACOS, |w| w.native_of(LINUX)),
        case("module for Windows under macosx", Code::WrongSystem, INTEL, |w| w.native_of(WINDOWS)),
        case("module for macOS under manylinux", Code::WrongSystem, LINUX, |w| w.native_of(INTEL)),
        case("one module under the tags of two systems", Code::WrongSystem, LINUX, |w| {
            w.tagged("cp312-cp312-macosx_10_13_x86_64.manylinux_2_17_x86_64")
                .module("hello/_native.so")
        }),
        case("Mach-O lies in a wheel for any platform", Code::NativeInPure, PURE, |w| {
            w.file("hello/libhelper.dylib", helper().bytes())
        }),
        case("wheel for macOS has no native code", Code::NoNativeCode, MACOS, |w| {
            w.without_native()
        }),
    ]
}

fn libraries() -> Vec<Case> {
    let loads = |what, code, library: &'static str| {
        case(what, code, MACOS, move |w| w.macho(|m| m.loads(library)))
    };
    vec![
        loads(
            "Mach-O loads a library of Homebrew",
            Code::ForeignLibrary,
            "/opt/homebrew/opt/zlib/lib/libz.1.dylib",
        ),
        loads(
            "Mach-O loads a library of the machine it was built on",
            Code::ForeignLibrary,
            "/usr/local/lib/libssl.3.dylib",
        ),
        loads(
            "Mach-O loads from @rpath what is not in the wheel",
            Code::ForeignLibrary,
            "@rpath/libmissing.dylib",
        ),
        loads(
            "Mach-O loads from @loader_path what is not in the wheel",
            Code::ForeignLibrary,
            "@loader_path/libmissing.dylib",
        ),
        case("one slice loads a foreign library", Code::ForeignLibrary, UNIVERSAL, |w| {
            w.slice(ARM64, |m| m.loads("/opt/homebrew/lib/libssl.3.dylib"))
        }),
        case("@rpath is nowhere", Code::UnreachableLibrary, MACOS, |w| {
            w.macho(|m| m.loads("@rpath/libhelper.dylib"))
                .file("hello/libhelper.dylib", helper().bytes())
        }),
        case("@rpath leads to another folder of the wheel", Code::UnreachableLibrary, MACOS, |w| {
            w.macho(|m| m.loads("@rpath/libhelper.dylib").rpath("@loader_path/lib"))
                .file("hello/.dylibs/libhelper.dylib", helper().bytes())
        }),
        case("@loader_path leads to another folder of the wheel", Code::UnreachableLibrary, MACOS, |w| {
            w.macho(|m| m.loads("@loader_path/libhelper.dylib"))
                .file("hello/.dylibs/libhelper.dylib", helper().bytes())
        }),
        loads(
            "Mach-O loads the framework of Python",
            Code::LinksLibpython,
            "/Library/Frameworks/Python.framework/Versions/3.12/Python",
        ),
        loads(
            "Mach-O loads libpython",
            Code::LinksLibpython,
            "@rpath/libpython3.12.dylib",
        ),
        case("LC_RPATH is absolute", Code::UnsafeRpath, MACOS, |w| {
            w.macho(|m| m.rpath("/opt/homebrew/lib"))
        }),
        case("LC_RPATH leads out of the wheel", Code::UnsafeRpath, MACOS, |w| {
            w.macho(|m| m.rpath("@loader_path/../../lib"))
        }),
    ]
}

fn others() -> Vec<Case> {
    vec![
        case("library calls itself a path of its builder", Code::InstallName, MACOS_NONE, |w| {
            w.macho(|m| m.dylib("/Users/ada/hello/zig-out/lib/libhello.dylib"))
        }),
        case("a slice for arm64 is not signed", Code::NotSigned, UNIVERSAL, |w| {
            w.slice(ARM64, |m| m.signed(Signature::None))
        }),
        case("Mach-O for arm64 is not signed", Code::NotSigned, MACOS, |w| {
            w.macho(|m| m.signed(Signature::None))
        }),
        case("a library for arm64 is not signed", Code::NotSigned, MACOS, |w| {
            w.macho(|m| m.loads("@loader_path/libhelper.dylib")).file(
                "hello/libhelper.dylib",
                helper().signed(Signature::None).bytes(),
            )
        }),
        case("signature has a wrong hash", Code::BadSignature, MACOS, |w| {
            w.macho(|m| m.signed(Signature::WrongHash))
        }),
        case("Mach-O was edited after it was signed", Code::BadSignature, MACOS, |w| {
            w.macho(|m| m.signed(Signature::Edited))
        }),
        case("a slice was edited after it was signed", Code::BadSignature, UNIVERSAL, |w| {
            w.slice(ARM64, |m| m.signed(Signature::Edited))
        }),
        case("Mach-O for Intel was edited after it was signed", Code::BadSignature, INTEL, |w| {
            w.macho(|m| m.signed(Signature::Edited))
        }),
        case("Mach-O has AVX code and asks nobody", Code::CpuBaseline, INTEL, |w| {
            w.macho(|m| m.code(&AVX.repeat(8)))
        }),
        case("Mach-O has a path of the build machine", Code::BuildPath, MACOS, |w| {
            w.macho(|m| m.data("panic: /Users/ada/hello/src/native.zig\0"))
        }),
        case("program for Linux in a wheel for macOS", Code::WrongSystem, MACOS, |w| {
            let (_, other) = super::good::module(LINUX).unwrap();
            let Native::Elf(other) = other else { panic!("{other:?}") };
            w.file("hello/_other.so", other.without("PyInit__native").gives("PyInit__other").bytes())
        }),
        case("one slice exports another module", Code::WrongInit, UNIVERSAL, |w| {
            w.slice(ARM64, |m| m.without("PyInit__native").gives("PyInit_native"))
        }),
        case("a slice is for a processor, and the file of another kind", Code::DamagedBinary, UNIVERSAL, |w| {
            // The second slice's first byte: it is no Mach-O any more.
            w.damage(|bytes| {
                let second = u32::from_be_bytes(bytes[36..40].try_into().unwrap());
                bytes[second as usize] ^= 0xff;
            })
        }),
    ]
}
