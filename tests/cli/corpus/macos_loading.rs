//! Binaries for macOS that its loader refuses, or that load what it does not find.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, INTEL, LINUX, MACOS, MACOS_NONE, UNIVERSAL, case};
use super::code::AVX;
use super::macho::{ARM64, Signature};
use super::on_macos::helper;
use super::wheel::Native;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = libraries();
    cases.extend(unreachable());
    cases.extend(signatures());
    cases.extend(others());
    cases
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
        case(
            "one slice loads a foreign library",
            Code::ForeignLibrary,
            UNIVERSAL,
            |w| w.slice(ARM64, |m| m.loads("/opt/homebrew/lib/libssl.3.dylib")),
        ),
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
        case(
            "LC_RPATH leads out of the wheel",
            Code::UnsafeRpath,
            MACOS,
            |w| w.macho(|m| m.rpath("@loader_path/../../lib")),
        ),
        case(
            "LC_RPATH is absolute, and leads to no library that @rpath means",
            Code::UnsafeRpath,
            MACOS,
            |w| {
                w.macho(|m| m.loads("@rpath/libhelper.dylib").rpath("/opt/hello/lib"))
                    .file("hello/libhelper.dylib", helper().bytes())
            },
        )
        .weighing(Severity::Error)
        .also(&[Code::UnreachableLibrary]),
    ]
}

/// Libraries of the wheel that no path leads to.
fn unreachable() -> Vec<Case> {
    vec![
        case("@rpath is nowhere", Code::UnreachableLibrary, MACOS, |w| {
            w.macho(|m| m.loads("@rpath/libhelper.dylib"))
                .file("hello/libhelper.dylib", helper().bytes())
        })
        .weighing(Severity::Warning),
        case(
            "@rpath leads to another folder of the wheel",
            Code::UnreachableLibrary,
            MACOS,
            |w| {
                w.macho(|m| m.loads("@rpath/libhelper.dylib").rpath("@loader_path/lib"))
                    .file("hello/.dylibs/libhelper.dylib", helper().bytes())
            },
        )
        .weighing(Severity::Warning),
        case(
            "@loader_path leads to another folder of the wheel",
            Code::UnreachableLibrary,
            MACOS,
            |w| {
                w.macho(|m| m.loads("@loader_path/libhelper.dylib"))
                    .file("hello/.dylibs/libhelper.dylib", helper().bytes())
            },
        )
        .weighing(Severity::Warning),
    ]
}

fn signatures() -> Vec<Case> {
    vec![
        case(
            "library calls itself a path of its builder",
            Code::InstallName,
            MACOS_NONE,
            |w| w.macho(|m| m.dylib("/Users/ada/hello/zig-out/lib/libhello.dylib")),
        ),
        case(
            "a slice for arm64 calls itself a path of its builder",
            Code::InstallName,
            UNIVERSAL,
            |w| {
                w.slice(ARM64, |m| {
                    m.dylib("/Users/ada/hello/zig-out/lib/libhello.dylib")
                })
            },
        ),
        case(
            "a slice for arm64 is not signed",
            Code::NotSigned,
            UNIVERSAL,
            |w| w.slice(ARM64, |m| m.signed(Signature::None)),
        ),
        case(
            "Mach-O for arm64 is not signed",
            Code::NotSigned,
            MACOS,
            |w| w.macho(|m| m.signed(Signature::None)),
        ),
        case(
            "a library for arm64 is not signed",
            Code::NotSigned,
            MACOS,
            |w| {
                w.macho(|m| m.loads("@loader_path/libhelper.dylib")).file(
                    "hello/libhelper.dylib",
                    helper().signed(Signature::None).bytes(),
                )
            },
        ),
        case(
            "signature has a wrong hash",
            Code::BadSignature,
            MACOS,
            |w| w.macho(|m| m.signed(Signature::WrongHash)),
        ),
        case(
            "Mach-O was edited after it was signed",
            Code::BadSignature,
            MACOS,
            |w| w.macho(|m| m.signed(Signature::Edited)),
        ),
        case(
            "a slice was edited after it was signed",
            Code::BadSignature,
            UNIVERSAL,
            |w| w.slice(ARM64, |m| m.signed(Signature::Edited)),
        ),
        case(
            "Mach-O for Intel was edited after it was signed",
            Code::BadSignature,
            INTEL,
            |w| w.macho(|m| m.signed(Signature::Edited)),
        ),
    ]
}

fn others() -> Vec<Case> {
    vec![
        case(
            "Mach-O has AVX code and asks nobody",
            Code::CpuBaseline,
            INTEL,
            |w| w.macho(|m| m.code(&AVX.repeat(8))),
        ),
        case(
            "Mach-O has a path of the build machine",
            Code::BuildPath,
            MACOS,
            |w| w.macho(|m| m.data("panic: /Users/ada/hello/src/native.zig\0")),
        ),
        case(
            "program for Linux in a wheel for macOS",
            Code::WrongSystem,
            MACOS,
            |w| {
                let (_, other) = super::good::module(LINUX).unwrap();
                let Native::Elf(other) = other else {
                    panic!("{other:?}")
                };
                w.file(
                    "hello/_other.so",
                    other
                        .without("PyInit__native")
                        .gives("PyInit__other")
                        .bytes(),
                )
            },
        ),
        case(
            "one slice exports another module",
            Code::WrongInit,
            UNIVERSAL,
            |w| {
                w.slice(ARM64, |m| {
                    m.without("PyInit__native").gives("PyInit_native")
                })
            },
        ),
        case(
            "a slice is for a processor, and the file of another kind",
            Code::DamagedBinary,
            UNIVERSAL,
            |w| {
                // The second slice's first byte: it is no Mach-O any more.
                w.damage(|bytes| {
                    let second = u32::from_be_bytes(bytes[36..40].try_into().unwrap());
                    bytes[second as usize] ^= 0xff;
                })
            },
        ),
    ]
}
