//! Binaries that break a promise for Windows.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{
    Case, INTEL, LINUX, PURE, WINDOWS, WINDOWS_ABI3, WINDOWS_FREE, WINDOWS_NONE, case, module_of,
};
use super::code::AVX;
use super::pe::{self, Pe};

/// A DLL that the module may load and that the wheel may have.
pub(super) fn helper() -> Pe {
    Pe::new(pe::X64)
        .gives("help")
        .takes("KERNEL32.dll", "GetLastError")
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = machines();
    cases.extend(libraries());
    cases.extend(python_dlls());
    cases
}

fn machines() -> Vec<Case> {
    let platforms = ["win_amd64", "win32", "win_arm64"];
    let mut cases = Vec::new();
    for platform in platforms {
        for other in platforms.into_iter().filter(|other| *other != platform) {
            let what = format!("module for {other} under {platform}");
            let tags = |platform| format!("cp312-cp312-{platform}");
            cases.push(module_of(
                &what,
                Code::WrongMachine,
                &tags(platform),
                &tags(other),
            ));
        }
    }
    cases.extend([
        case(
            "a DLL beside the module is for another processor",
            Code::WrongMachine,
            WINDOWS,
            |w| {
                let other = Pe::new(pe::ARM64).gives("help");
                w.pe(|p| p.takes("helper.dll", "help"))
                    .file("hello/helper.dll", other.bytes())
            },
        ),
        module_of(
            "module for Linux under win_amd64",
            Code::WrongSystem,
            WINDOWS,
            LINUX,
        ),
        module_of(
            "module for macOS under win_amd64",
            Code::WrongSystem,
            WINDOWS,
            INTEL,
        ),
        module_of(
            "module for Windows under manylinux",
            Code::WrongSystem,
            LINUX,
            WINDOWS,
        ),
        case(
            "DLL lies in a wheel for any platform",
            Code::NativeInPure,
            PURE,
            |w| w.file("hello/helper.dll", helper().bytes()),
        ),
        case(
            "PE has AVX code and asks nobody",
            Code::CpuBaseline,
            WINDOWS,
            |w| w.pe(|p| p.code(&AVX.repeat(8))),
        ),
        case(
            "PE has a path of the build machine",
            Code::BuildPath,
            WINDOWS,
            |w| w.pe(|p| p.data("C:\\Users\\ada\\hello\\src\\native.zig\0")),
        ),
        case(
            "wheel for Windows has no native code",
            Code::NoNativeCode,
            WINDOWS,
            super::wheel::Wheel::without_native,
        ),
    ]);
    cases
}

fn libraries() -> Vec<Case> {
    let takes = |what, tags, dll: &'static str| {
        case(what, Code::ForeignLibrary, tags, move |w| {
            w.pe(|p| p.takes(dll, "help"))
        })
    };
    vec![
        takes(
            "PE loads the runtime of MinGW",
            WINDOWS,
            "libgcc_s_seh-1.dll",
        ),
        takes(
            "PE loads the C++ runtime, which CPython lacks",
            WINDOWS,
            "MSVCP140.dll",
        ),
        takes("PE loads OpenSSL", WINDOWS, "libcrypto-3-x64.dll"),
        takes(
            "PE loads a C runtime for debugging",
            WINDOWS,
            "ucrtbased.dll",
        ),
        takes(
            "PE for 32 bits loads a runtime of 64",
            "cp312-cp312-win32",
            "VCRUNTIME140_1.dll",
        ),
        takes(
            "PE without Python loads what only CPython brings",
            WINDOWS_NONE,
            "VCRUNTIME140.dll",
        )
        .weighing(Severity::Warning),
        case(
            "PE loads a foreign DLL at the first call",
            Code::ForeignLibrary,
            WINDOWS,
            |w| w.pe(|p| p.takes_late("libssl-3-x64.dll", "SSL_new")),
        ),
        case(
            "a DLL beside the module loads a foreign one",
            Code::ForeignLibrary,
            WINDOWS,
            |w| {
                w.pe(|p| p.takes("helper.dll", "help")).file(
                    "hello/helper.dll",
                    helper().takes("libstdc++-6.dll", "x").bytes(),
                )
            },
        ),
    ]
}

fn python_dlls() -> Vec<Case> {
    let none = |what, tags, dll: &'static str| {
        case(what, Code::NoPythonDll, tags, move |w| {
            w.pe(|p| p.without_dll(dll))
        })
    };
    let other = |what, tags, dll: &'static str, other: &'static str| {
        case(what, Code::WrongPythonDll, tags, move |w| {
            w.pe(|p| p.instead(dll, other))
        })
    };
    vec![
        none("module imports no Python DLL", WINDOWS, "python312.dll"),
        none(
            "module of the stable ABI imports no Python DLL",
            WINDOWS_ABI3,
            "python3.dll",
        ),
        none(
            "free-threaded module imports no Python DLL",
            WINDOWS_FREE,
            "python313t.dll",
        ),
        none(
            "module for 32 bits imports no Python DLL",
            "cp312-cp312-win32",
            "python312.dll",
        ),
        none(
            "module for arm64 imports no Python DLL",
            "cp312-cp312-win_arm64",
            "python312.dll",
        ),
        other(
            "abi3 module imports python312.dll",
            WINDOWS_ABI3,
            "python3.dll",
            "python312.dll",
        ),
        other(
            "cp312 module imports python3.dll",
            WINDOWS,
            "python312.dll",
            "python3.dll",
        )
        .weighing(Severity::Warning),
        other(
            "cp312 module imports python311.dll",
            WINDOWS,
            "python312.dll",
            "python311.dll",
        ),
        other(
            "cp312 module imports a debugging Python",
            WINDOWS,
            "python312.dll",
            "python312_d.dll",
        ),
        other(
            "cp313t module imports python313.dll",
            WINDOWS_FREE,
            "python313t.dll",
            "python313.dll",
        ),
        other(
            "cp313 module imports python313t.dll",
            "cp313-cp313-win_amd64",
            "python313.dll",
            "python313t.dll",
        ),
        case(
            "cp312 module imports a second Python",
            Code::WrongPythonDll,
            WINDOWS,
            |w| w.pe(|p| p.takes("python311.dll", "PyLong_FromLong")),
        ),
        case(
            "a DLL for ctypes imports Python",
            Code::PythonWithoutAbi,
            WINDOWS_NONE,
            |w| w.pe(|p| p.takes("python312.dll", "PyLong_FromLong")),
        ),
        case(
            "a DLL for ctypes imports the stable ABI",
            Code::PythonWithoutAbi,
            WINDOWS_NONE,
            |w| w.pe(|p| p.takes("python3.dll", "PyLong_FromLong")),
        ),
    ]
}
