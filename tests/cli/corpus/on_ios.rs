//! Binaries for iOS.

use pyz3_wheel::audit::Code;

use super::case::{Case, IOS, IOS_SIMULATOR, LINUX, MACOS, case, module_of};
use super::controls::{Control, good};
use super::macho::{self, Floor, MACOS as MACOS_PLATFORM, Macho, release};

/// The name by which modules load Python.
const PYTHON: &str = "@rpath/Python.framework/Python";

fn built_for(system: u32, major: u32, minor: u32) -> Floor {
    Floor::Build(system, release(major, minor, 0))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = systems();
    cases.extend(floors());
    cases.extend(suffixes());
    cases.extend(symbols());
    cases
}

fn systems() -> Vec<Case> {
    vec![
        case("iOS has Mach-O for macOS", Code::WrongSystem, IOS, |w| {
            w.macho(|m| m.floor(built_for(MACOS_PLATFORM, 11, 0)))
        }),
        case(
            "devices have Mach-O for the simulator",
            Code::WrongSystem,
            IOS,
            |w| w.macho(|m| m.floor(built_for(macho::IOS_SIMULATOR, 14, 0))),
        ),
        case(
            "the simulator has Mach-O for devices",
            Code::WrongSystem,
            IOS_SIMULATOR,
            |w| w.macho(|m| m.floor(built_for(macho::IOS, 13, 0))),
        ),
        case(
            "macOS has Mach-O for the simulator of iOS",
            Code::WrongSystem,
            MACOS,
            |w| w.macho(|m| m.floor(built_for(macho::IOS_SIMULATOR, 14, 0))),
        ),
        module_of("iOS has ELF", Code::WrongSystem, IOS, LINUX),
        module_of(
            "iOS has WebAssembly",
            Code::NotALibrary,
            IOS,
            super::case::PYODIDE,
        ),
        case(
            "devices have Mach-O for Intel",
            Code::WrongMachine,
            IOS,
            |w| {
                w.macho(|m| Macho {
                    cpu: macho::X86_64,
                    ..m
                })
            },
        ),
        case(
            "one of two simulators is not there",
            Code::WrongMachine,
            IOS_SIMULATOR,
            |w| {
                w.tagged(
                    "cp313-cp313-ios_13_0_arm64_iphonesimulator.ios_13_0_x86_64_iphonesimulator",
                )
            },
        ),
    ]
}

fn floors() -> Vec<Case> {
    vec![
        case(
            "Mach-O needs iOS 15.1 under 13_0",
            Code::FloorTooHigh,
            IOS,
            |w| w.macho(|m| m.floor(built_for(macho::IOS, 15, 1))),
        ),
        case(
            "Mach-O needs iOS 13.4 under 13_0",
            Code::FloorTooHigh,
            IOS,
            |w| w.macho(|m| m.floor(built_for(macho::IOS, 13, 4))),
        ),
        case(
            "Mach-O needs a simulator of iOS 15 under 13_0",
            Code::FloorTooHigh,
            IOS_SIMULATOR,
            |w| w.macho(|m| m.floor(built_for(macho::IOS_SIMULATOR, 15, 0))),
        ),
    ]
}

fn suffixes() -> Vec<Case> {
    vec![
        case(
            "the file has the ending of macOS",
            Code::WrongSuffix,
            IOS,
            |w| w.module("hello/_native.cpython-313-darwin.so"),
        ),
        case(
            "the file has the ending of the simulator",
            Code::WrongSuffix,
            IOS,
            |w| w.module("hello/_native.cpython-313-iphonesimulator.so"),
        ),
        case(
            "the file has the ending of another Python",
            Code::WrongSuffix,
            IOS,
            |w| w.module("hello/_native.cpython-314-iphoneos.so"),
        ),
    ]
}

/// Libraries and functions that the module takes from elsewhere, or that Python takes from the module.
fn symbols() -> Vec<Case> {
    vec![
        case(
            "Mach-O loads a library of Homebrew",
            Code::ForeignLibrary,
            IOS,
            |w| w.macho(|m| m.loads("/opt/homebrew/lib/libz.1.dylib")),
        ),
        case(
            "Mach-O loads a framework that is not there",
            Code::ForeignLibrary,
            IOS,
            |w| w.macho(|m| m.loads("@rpath/Hello.framework/Hello")),
        ),
        case(
            "Mach-O loads the Python of macOS",
            Code::ForeignLibrary,
            IOS,
            |w| w.macho(|m| m.loads("/Library/Frameworks/Python.framework/Versions/3.13/Python")),
        ),
        case(
            "Mach-O takes from Python what it lacks",
            Code::UndefinedSymbol,
            IOS,
            |w| w.macho(|m| m.takes_from(PYTHON, "PyUnicode_AsUnicode")),
        ),
        case(
            "Mach-O takes what nothing has",
            Code::UndefinedSymbol,
            IOS,
            |w| w.macho(|m| m.takes("mean_of")),
        ),
        case(
            "abi3 uses what is not stable",
            Code::NotStableAbi,
            "cp313-abi3-ios_13_0_arm64_iphoneos",
            |w| w.macho(|m| m.takes_from(PYTHON, "PyUnicode_New")),
        ),
        case("Mach-O exports no init function", Code::NoInit, IOS, |w| {
            w.macho(|m| m.without("PyInit__native"))
        }),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    vec![
        good("iOS takes Python's symbols from what is loaded", IOS, |w| {
            w.macho(|m| m.takes("PyList_New"))
        }),
        good("Mach-O is built for an older iOS", IOS, |w| {
            w.tagged("cp313-cp313-ios_15_4_arm64_iphoneos")
        }),
        good("Mach-O needs the very minor release of the tag", IOS, |w| {
            w.tagged("cp313-cp313-ios_15_4_arm64_iphoneos")
                .macho(|m| m.floor(built_for(macho::IOS, 15, 4)))
        }),
        good("Mach-O loads frameworks of iOS", IOS, |w| {
            w.macho(|m| {
                m.loads("/System/Library/Frameworks/UIKit.framework/UIKit")
                    .loads("/usr/lib/libbz2.1.0.dylib")
            })
        }),
        good(
            "Mach-O has slices for both simulators",
            IOS_SIMULATOR,
            |w| {
                w.tagged(
                    "cp313-cp313-ios_13_0_arm64_iphonesimulator.ios_13_0_x86_64_iphonesimulator",
                )
                .slices(|slices| {
                    let intel = Macho {
                        cpu: macho::X86_64,
                        floor: built_for(macho::IOS_SIMULATOR, 13, 0),
                        ..slices[0].clone()
                    };
                    vec![slices[0].clone(), intel]
                })
            },
        ),
        good("the file has a plain name", IOS, |w| {
            w.module("hello/_native.so")
        }),
    ]
}
