//! Binaries that break a promise for macOS.

use pyz3_wheel::audit::Code;

use super::case::{Case, INTEL, LINUX, MACOS, PURE, UNIVERSAL, WINDOWS, case, module_of};
use super::macho::{ARM64, ARM64E, Floor, IOS, Macho, X86_64, release};

/// A library that the module may load and that the wheel may have.
pub(super) fn helper() -> Macho {
    Macho::new(ARM64)
        .dylib("@rpath/libhelper.dylib")
        .gives("help")
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = floors();
    cases.extend(machines());
    cases.extend(systems());
    cases
}

fn floors() -> Vec<Case> {
    vec![
        case(
            "Mach-O needs macOS 14.4 under 14_0",
            Code::FloorTooHigh,
            MACOS,
            |w| {
                w.tagged("cp312-cp312-macosx_14_0_arm64")
                    .macho(|m| m.minos(14, 4, 0))
            },
        ),
        case(
            "Mach-O needs macOS 15.1 under 15_0",
            Code::FloorTooHigh,
            MACOS,
            |w| {
                w.tagged("cp312-cp312-macosx_15_0_arm64")
                    .macho(|m| m.minos(15, 1, 0))
            },
        ),
        case(
            "Mach-O needs macOS 26 under 15_0",
            Code::FloorTooHigh,
            MACOS,
            |w| {
                w.tagged("cp312-cp312-macosx_15_0_arm64")
                    .macho(|m| m.minos(26, 0, 0))
            },
        ),
        case(
            "Mach-O needs macOS 13, as unversioned Zig targets do",
            Code::FloorTooHigh,
            MACOS,
            |w| w.macho(|m| m.minos(13, 0, 0)),
        ),
        case(
            "Mach-O needs macOS 10.15 under 10_13",
            Code::FloorTooHigh,
            INTEL,
            |w| w.macho(|m| m.minos(10, 15, 0)),
        ),
        case(
            "Mach-O needs macOS 10.15 in the older way",
            Code::FloorTooHigh,
            INTEL,
            |w| w.macho(|m| m.floor(Floor::Least(release(10, 15, 0)))),
        ),
        case(
            "slice for arm64 needs macOS 12 under 10_13",
            Code::FloorTooHigh,
            UNIVERSAL,
            |w| w.slice(ARM64, |m| m.minos(12, 0, 0)),
        ),
        case(
            "slice for x86_64 needs macOS 11 under 10_13",
            Code::FloorTooHigh,
            UNIVERSAL,
            |w| w.slice(X86_64, |m| m.minos(11, 0, 0)),
        ),
        case(
            "Mach-O keeps one of two tags: 13_0, not 11_0",
            Code::FloorTooHigh,
            "cp312-cp312-macosx_11_0_arm64.macosx_13_0_arm64",
            |w| w.macho(|m| m.minos(13, 0, 0)),
        ),
        case(
            "a library beside the module needs macOS 13",
            Code::FloorTooHigh,
            MACOS,
            |w| {
                w.macho(|m| m.loads("@loader_path/libhelper.dylib"))
                    .file("hello/libhelper.dylib", helper().minos(13, 0, 0).bytes())
            },
        ),
        case(
            "Mach-O does not say what it needs",
            Code::NoFloor,
            MACOS,
            |w| w.macho(|m| m.floor(Floor::None)),
        ),
        case(
            "one slice does not say what it needs",
            Code::NoFloor,
            UNIVERSAL,
            |w| w.slice(X86_64, |m| m.floor(Floor::None)),
        ),
    ]
}

fn machines() -> Vec<Case> {
    let alone = |cpu| {
        move |slices: Vec<Macho>| {
            slices
                .into_iter()
                .filter(|slice| slice.cpu == cpu)
                .collect()
        }
    };
    let both = "cp312-cp312-macosx_10_13_x86_64.macosx_11_0_arm64";
    vec![
        module_of(
            "module for Intel under arm64",
            Code::WrongMachine,
            MACOS,
            INTEL,
        ),
        module_of(
            "module for arm64 under x86_64",
            Code::WrongMachine,
            INTEL,
            MACOS,
        ),
        case(
            "module for arm64e under arm64",
            Code::WrongMachine,
            MACOS,
            |w| w.macho(|m| Macho { cpu: ARM64E, ..m }),
        ),
        case(
            "universal2 wheel has x86_64 code only",
            Code::MissingSlice,
            UNIVERSAL,
            |w| w.slices(alone(X86_64)),
        ),
        case(
            "universal2 wheel has arm64 code only",
            Code::MissingSlice,
            UNIVERSAL,
            |w| w.slices(alone(ARM64)),
        ),
        case(
            "universal2 wheel has arm64e for arm64",
            Code::MissingSlice,
            UNIVERSAL,
            |w| w.slice(ARM64, |m| Macho { cpu: ARM64E, ..m }),
        ),
        case(
            "wheel for both processors has code for one",
            Code::MissingSlice,
            both,
            |w| w,
        ),
        case(
            "a library of a universal2 wheel is thin",
            Code::MissingSlice,
            UNIVERSAL,
            |w| {
                w.macho(|m| m.loads("@loader_path/libhelper.dylib"))
                    .file("hello/libhelper.dylib", helper().bytes())
            },
        ),
    ]
}

fn systems() -> Vec<Case> {
    vec![
        case(
            "module for iOS under macosx",
            Code::WrongSystem,
            MACOS,
            |w| w.macho(|m| m.floor(Floor::Build(IOS, release(13, 0, 0)))),
        ),
        module_of(
            "module for Linux under macosx",
            Code::WrongSystem,
            MACOS,
            LINUX,
        ),
        module_of(
            "module for Windows under macosx",
            Code::WrongSystem,
            INTEL,
            WINDOWS,
        ),
        module_of(
            "module for macOS under manylinux",
            Code::WrongSystem,
            LINUX,
            INTEL,
        ),
        case(
            "one module under the tags of two systems",
            Code::WrongSystem,
            LINUX,
            |w| {
                w.tagged("cp312-cp312-macosx_10_13_x86_64.manylinux_2_17_x86_64")
                    .module("hello/_native.so")
            },
        ),
        case(
            "Mach-O lies in a wheel for any platform",
            Code::NativeInPure,
            PURE,
            |w| w.file("hello/libhelper.dylib", helper().bytes()),
        ),
        case(
            "wheel for macOS has no native code",
            Code::NoNativeCode,
            MACOS,
            super::wheel::Wheel::without_native,
        ),
    ]
}
