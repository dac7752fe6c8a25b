//! Wheels for the newest Pythons, and for abi3t.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{
    Case, LINUX, LINUX_ABI3, LINUX_FREE, MACOS, MACOS_ABI3, WINDOWS, WINDOWS_ABI3, WINDOWS_FREE,
    case,
};
use super::controls::{Control, good};
use super::good::module;
use super::python::wrong_suffix;
use super::wheel::Wheel;

const LINUX_315: &str = "cp315-cp315-manylinux_2_17_x86_64";
const LINUX_315T: &str = "cp315-cp315t-manylinux_2_17_x86_64";
const LINUX_ABI3_315: &str = "cp315-abi3-manylinux_2_17_x86_64";
const LINUX_ABI3T: &str = "cp315-abi3t-manylinux_2_17_x86_64";
pub(super) const LINUX_BOTH: &str = "cp315-abi3.abi3t-manylinux_2_17_x86_64";
const MUSL_BOTH: &str = "cp315-abi3.abi3t-musllinux_1_2_aarch64";
const MACOS_BOTH: &str = "cp315-abi3.abi3t-macosx_10_13_universal2";
const WINDOWS_ABI3T: &str = "cp315-abi3t-win_amd64";
const WINDOWS_BOTH: &str = "cp315-abi3.abi3t-win_amd64";

/// The tags of good wheels for these Pythons that are checked unchanged.
pub(super) fn plain_tags() -> Vec<&'static str> {
    vec![
        LINUX_315,
        LINUX_315T,
        LINUX_ABI3_315,
        LINUX_ABI3T,
        LINUX_BOTH,
        MUSL_BOTH,
        MACOS_BOTH,
        WINDOWS_ABI3T,
        WINDOWS_BOTH,
        "cp314-cp314-manylinux_2_28_aarch64",
        "cp314-cp314t-manylinux_2_28_x86_64",
        "cp314-cp314t-macosx_11_0_arm64",
        "cp314-cp314t-win_amd64",
        "cp315-cp315-win_arm64",
        "cp315-cp315t-win_amd64",
        "cp315-cp315t-musllinux_1_2_x86_64",
        "cp316-abi3.abi3t-macosx_11_0_arm64",
    ]
}

pub(super) fn controls() -> Vec<Control> {
    let endings = [
        (LINUX_BOTH, "abi3t-x86_64-linux-gnu.so"),
        (LINUX_ABI3T, "abi3t-x86_64-linux-gnu.so"),
        (LINUX_315T, "abi3t-x86_64-linux-gnu.so"),
        (LINUX_ABI3_315, "abi3-x86_64-linux-gnu.so"),
        (LINUX_ABI3_315, "abi3t.so"),
        (LINUX_315, "abi3-x86_64-linux-gnu.so"),
        (LINUX_FREE, "abi3.so"),
        (MUSL_BOTH, "abi3t-aarch64-linux-musl.so"),
        (MACOS_BOTH, "abi3t-darwin.so"),
    ];
    let mut controls: Vec<_> = endings
        .into_iter()
        .map(|(tags, ending)| {
            let what = format!("module ends in .{ending} under {tags}");
            good(&what, tags, |w| {
                w.module(&format!("hello/_native.{ending}"))
            })
        })
        .collect();
    controls.extend([
        good("a package is native", LINUX, |w| {
            let w = w.module("hello/core/__init__.cpython-312-x86_64-linux-gnu.so");
            w.elf(|e| e.without("PyInit__native").gives("PyInit_core"))
        }),
        good("an abi3 package is native", MACOS_ABI3, |w| {
            let w = w.module("hello/core/__init__.abi3.so");
            w.macho(|m| m.without("PyInit__native").gives("PyInit_core"))
        }),
        good(
            "a native package has a submodule of the same name",
            WINDOWS,
            |w| {
                let (_, other) = module(WINDOWS).unwrap();
                let w = w.file("hello/core/_native.cp312-win_amd64.pyd", other.bytes());
                let w = w.module("hello/core/__init__.cp312-win_amd64.pyd");
                w.pe(|p| p.without("PyInit__native").gives("PyInit_core"))
            },
        ),
        good("a module for 3.15 is started by slots", LINUX_315, |w| {
            w.elf(|e| e.without("PyInit__native").gives("PyModExport__native"))
        }),
        good(
            "an abi3 module can be started in both ways",
            LINUX_ABI3,
            |w| w.elf(|e| e.gives("PyModExport__native")),
        ),
        good(
            "an abi3t module can be started in both ways",
            LINUX_ABI3T,
            |w| w.elf(|e| e.gives("PyInit__native").takes("PyModuleDef_Init")),
        ),
        good(
            "abi3 for 3.15 imports the DLL of abi3t",
            "cp315-abi3-win_amd64",
            |w| w.pe(|p| p.instead("python3.dll", "python3t.dll")),
        ),
        good("an abi3 module for Linux uses fork", LINUX_ABI3, |w| {
            w.elf(|e| e.takes("PyOS_AfterFork_Child"))
        }),
        good(
            "an abi3 module for Windows uses its errors",
            WINDOWS_ABI3,
            |w| w.pe(|p| p.takes("python3.dll", "PyErr_SetFromWindowsErr")),
        ),
    ]);
    controls
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = suffixes();
    cases.extend(starts());
    cases.extend(dlls());
    cases.extend(opaque());
    cases
}

fn suffixes() -> Vec<Case> {
    let wrong = [
        (LINUX_ABI3, "abi3t.so"),
        (LINUX_ABI3, "abi3-x86_64-linux-gnu.so"),
        (LINUX, "abi3t.so"),
        (LINUX, "abi3-x86_64-linux-gnu.so"),
        (LINUX_ABI3_315, "abi3-aarch64-linux-gnu.so"),
        (LINUX_ABI3_315, "abi3-x86_64-linux-musl.so"),
        (LINUX_ABI3_315, "cpython-315-x86_64-linux-gnu.so"),
        (LINUX_315, "cpython-315t-x86_64-linux-gnu.so"),
        (LINUX_315T, "abi3.so"),
        (LINUX_315T, "abi3-x86_64-linux-gnu.so"),
        (LINUX_ABI3T, "abi3.so"),
        (LINUX_BOTH, "abi3.so"),
        (LINUX_BOTH, "abi3t-i386-linux-gnu.so"),
        (LINUX_BOTH, "abi3t-darwin.so"),
        (MUSL_BOTH, "abi3t-aarch64-linux-gnu.so"),
        (MACOS_BOTH, "abi3t-x86_64-linux-gnu.so"),
        ("cp314-cp314t-macosx_11_0_arm64", "abi3t.so"),
        (WINDOWS_BOTH, "abi3t.pyd"),
        (WINDOWS_BOTH, "cp315-win_amd64.pyd"),
        (WINDOWS_BOTH, "abi3t.so"),
    ];
    wrong.map(wrong_suffix).into()
}

fn starts() -> Vec<Case> {
    let slots = |what, tags| {
        case(what, Code::NoInit, tags, |w: Wheel| match tags {
            MACOS => w.macho(|m| m.without("PyInit__native").gives("PyModExport__native")),
            WINDOWS => w.pe(|p| p.without("PyInit__native").gives("PyModExport__native")),
            _ => w.elf(|e| e.without("PyInit__native").gives("PyModExport__native")),
        })
    };
    vec![
        slots("only 3.15 can start a module for 3.12", LINUX),
        slots("only 3.15 can start an abi3 module for 3.9", LINUX_ABI3),
        slots("only 3.15 can start a Mach-O module for 3.12", MACOS),
        slots("only 3.15 can start a PE module for 3.12", WINDOWS),
        case(
            "PyInit of an ELF module is a variable",
            Code::NoInit,
            LINUX,
            |w| w.elf(|e| e.without("PyInit__native").gives_variable("PyInit__native")),
        ),
        case(
            "PyInit of a Mach-O module is a variable",
            Code::NoInit,
            MACOS,
            |w| w.macho(|m| m.without("PyInit__native").gives_variable("PyInit__native")),
        ),
        case(
            "PyInit of an old Mach-O module is a variable",
            Code::NoInit,
            MACOS,
            |w| {
                w.macho(|m| {
                    let m = m.without("PyInit__native").gives_variable("PyInit__native");
                    m.without_trie()
                })
            },
        ),
        case(
            "the native __init__ of a package exports PyInit___init__",
            Code::WrongInit,
            LINUX,
            |w| {
                let w = w.module("hello/core/__init__.cpython-312-x86_64-linux-gnu.so");
                w.elf(|e| e.without("PyInit__native").gives("PyInit___init__"))
            },
        ),
        case(
            "the native __init__ of a package exports the function of another module",
            Code::WrongInit,
            WINDOWS,
            |w| w.module("hello/core/__init__.cp312-win_amd64.pyd"),
        ),
        case(
            "PyInit of a PE module is a variable",
            Code::NoInit,
            WINDOWS,
            |w| w.pe(|p| p.without("PyInit__native").gives_variable("PyInit__native")),
        ),
    ]
}

fn dlls() -> Vec<Case> {
    let wrong = |tags, dll: &'static str, other: &'static str| {
        let what = format!("module imports {other} under {tags}");
        case(&what, Code::WrongPythonDll, tags, move |w| {
            w.pe(|p| p.instead(dll, other))
        })
    };
    vec![
        wrong(WINDOWS_ABI3T, "python3t.dll", "python3.dll"),
        wrong(WINDOWS_BOTH, "python3t.dll", "python3.dll"),
        wrong(WINDOWS_BOTH, "python3t.dll", "python315t.dll"),
        wrong(WINDOWS_ABI3, "python3.dll", "python3t.dll"),
        wrong(WINDOWS, "python312.dll", "python3t.dll"),
        wrong(WINDOWS_FREE, "python313t.dll", "python3t.dll"),
        wrong("cp314-cp314t-win_amd64", "python314t.dll", "python314.dll"),
        wrong("cp315-cp315-win_amd64", "python315.dll", "python315t.dll"),
        wrong("cp315-cp315t-win_amd64", "python315t.dll", "python3.dll"),
        wrong("cp315-cp315t-win_amd64", "python315t.dll", "python3t.dll")
            .weighing(Severity::Warning),
        wrong("cp315-cp315-win_amd64", "python315.dll", "python3t.dll").weighing(Severity::Warning),
    ]
}

fn opaque() -> Vec<Case> {
    let elf = |name: &'static str| move |w: Wheel| w.elf(|e| e.takes(name));
    vec![
        case(
            "an abi3t module counts references itself",
            Code::NotStableAbi,
            LINUX_ABI3T,
            elf("_Py_Dealloc"),
        ),
        case(
            "a module for abi3 and abi3t uses an inner function",
            Code::NotStableAbi,
            LINUX_BOTH,
            elf("_Py_DecRefShared"),
        ),
        case(
            "an abi3t module is started with a PyModuleDef",
            Code::NotStableAbi,
            LINUX_BOTH,
            |w| {
                w.elf(|e| {
                    e.without("PyModExport__native")
                        .gives("PyInit__native")
                        .takes("PyModuleDef_Init")
                })
            },
        )
        .weighing(Severity::Warning),
        case(
            "an abi3 module for Linux uses a function of Windows",
            Code::NotStableAbi,
            LINUX_ABI3,
            elf("PyErr_SetFromWindowsErr"),
        ),
        case(
            "an abi3t module for Linux uses a function of Windows",
            Code::NotStableAbi,
            LINUX_BOTH,
            elf("PyUnicode_DecodeMBCS"),
        ),
        case(
            "an abi3 module for Windows uses a function of Unix",
            Code::NotStableAbi,
            WINDOWS_ABI3,
            |w| w.pe(|p| p.takes("python3.dll", "PyOS_AfterFork_Child")),
        ),
    ]
}
