//! Modules that break a promise about Python: their name, what they export, and what they use.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{
    Case, INTEL, LINUX, LINUX_ABI3, LINUX_FREE, LINUX_NONE, MACOS, MACOS_ABI3, MACOS_NONE, MUSL,
    WINDOWS, WINDOWS_ABI3, case,
};
use super::elf::{self, Elf};
use super::wheel::Wheel;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = inits();
    cases.extend(suffixes());
    cases.extend(apis());
    cases
}

fn inits() -> Vec<Case> {
    vec![
        case("ELF module exports no PyInit", Code::NoInit, LINUX, |w| {
            w.elf(|e| e.without("PyInit__native"))
        }),
        case(
            "ELF module of the stable ABI exports no PyInit",
            Code::NoInit,
            LINUX_ABI3,
            |w| w.elf(|e| e.without("PyInit__native").gives("init_native")),
        ),
        case(
            "Mach-O module exports no PyInit",
            Code::NoInit,
            MACOS,
            |w| w.macho(|m| m.without("PyInit__native").gives("hello")),
        ),
        case(
            "Mach-O module without a trie exports no PyInit",
            Code::NoInit,
            INTEL,
            |w| w.macho(|m| m.without("PyInit__native").without_trie()),
        ),
        case("PE module exports no PyInit", Code::NoInit, WINDOWS, |w| {
            w.pe(|p| p.without("PyInit__native"))
        }),
        case(
            "ELF library for ctypes is named like a module",
            Code::NoInit,
            LINUX_NONE,
            |w| w.module("hello/_native.abi3.so"),
        )
        .weighing(Severity::Warning),
        case(
            "Mach-O library for ctypes is named like a module",
            Code::NoInit,
            MACOS_NONE,
            |w| w.module("hello/_native.cpython-312-darwin.so"),
        )
        .weighing(Severity::Warning),
        case(
            "ELF module exports the PyInit of another",
            Code::WrongInit,
            LINUX,
            |w| w.elf(|e| e.without("PyInit__native").gives("PyInit_native")),
        ),
        case(
            "ELF module was renamed after its build",
            Code::WrongInit,
            LINUX_ABI3,
            |w| w.module("hello/_hello.abi3.so"),
        ),
        case(
            "Mach-O module exports the PyInit of another",
            Code::WrongInit,
            MACOS,
            |w| w.macho(|m| m.without("PyInit__native").gives("PyInit_native")),
        ),
        case(
            "PE module exports the PyInit of another",
            Code::WrongInit,
            WINDOWS,
            |w| w.pe(|p| p.without("PyInit__native").gives("PyInit_native")),
        ),
        case(
            "PE module is named without an ABI, and wrongly",
            Code::WrongInit,
            WINDOWS_ABI3,
            |w| w.module("hello/native.pyd"),
        ),
    ]
}

fn suffixes() -> Vec<Case> {
    let wrong = [
        (LINUX, "cpython-311-x86_64-linux-gnu.so"),
        (LINUX, "cpython-312-aarch64-linux-gnu.so"),
        (LINUX, "cpython-312-i386-linux-gnu.so"),
        (LINUX, "cpython-312-x86_64-linux-musl.so"),
        (LINUX, "cpython-312-darwin.so"),
        (LINUX, "cp312-win_amd64.pyd"),
        (LINUX, "pyd"),
        (LINUX, "pypy312-pp73-x86_64-linux-gnu.so"),
        (LINUX, "cpython-312t-x86_64-linux-gnu.so"),
        (LINUX_FREE, "cpython-313-x86_64-linux-gnu.so"),
        (LINUX_ABI3, "cpython-39-x86_64-linux-gnu.so"),
        (MUSL, "cpython-312-x86_64-linux-gnu.so"),
        (MUSL, "cpython-312-aarch64-linux-musl.so"),
        (MACOS, "cpython-311-darwin.so"),
        (MACOS, "cpython-312-x86_64-linux-gnu.so"),
        (MACOS, "pyd"),
        (MACOS_ABI3, "cpython-39-darwin.so"),
        (WINDOWS, "cp311-win_amd64.pyd"),
        (WINDOWS, "cp312-win32.pyd"),
        (WINDOWS, "cp312-win_arm64.pyd"),
        (WINDOWS, "cp312-win_amd64.so"),
        (WINDOWS, "so"),
        (WINDOWS, "cpython-312-darwin.so"),
        (WINDOWS_ABI3, "abi3.so"),
        (WINDOWS_ABI3, "abi3.pyd"),
        (WINDOWS_ABI3, "cp39-win_amd64.pyd"),
        ("cp313-cp313t-win_amd64", "cp313-win_amd64.pyd"),
    ];
    wrong.map(wrong_suffix).into()
}

/// A wheel with these tags whose module has an ending that some of its Pythons do not load.
pub(super) fn wrong_suffix((tags, ending): (&str, &str)) -> Case {
    let what = format!("module ends in .{ending} under {tags}");
    case(&what, Code::WrongSuffix, tags, |w| {
        w.module(&format!("hello/_native.{ending}"))
    })
}

fn apis() -> Vec<Case> {
    let elf = |name: &'static str| move |w: Wheel| w.elf(|e| e.takes(name));
    vec![
        case(
            "abi3 ELF uses a function of the full API",
            Code::NotStableAbi,
            LINUX_ABI3,
            elf("PyUnicode_AsUTF8"),
        ),
        case(
            "abi3 ELF uses an inner function",
            Code::NotStableAbi,
            LINUX_ABI3,
            elf("_PyLong_AsByteArray"),
        ),
        case(
            "abi3 ELF for 3.9 uses what 3.11 brought",
            Code::NotStableAbi,
            LINUX_ABI3,
            elf("PyType_GetName"),
        ),
        case(
            "abi3 ELF for 3.9 uses what 3.10 brought",
            Code::NotStableAbi,
            LINUX_ABI3,
            elf("PyModule_AddObjectRef"),
        ),
        case(
            "abi3 ELF for 3.10 uses the buffers of 3.11",
            Code::NotStableAbi,
            "cp310-abi3-manylinux_2_17_x86_64",
            elf("PyObject_GetBuffer"),
        ),
        case(
            "the lowest of two Pythons is the floor",
            Code::NotStableAbi,
            "cp310.cp312-abi3-manylinux_2_17_x86_64",
            elf("PyObject_GetBuffer"),
        ),
        case(
            "abi3 ELF for musl uses a function of the full API",
            Code::NotStableAbi,
            "cp39-abi3-musllinux_1_2_x86_64",
            elf("PyFrame_New"),
        ),
        case(
            "abi3 Mach-O uses what 3.13 brought",
            Code::NotStableAbi,
            MACOS_ABI3,
            |w| w.macho(|m| m.takes("PyLong_AsInt")),
        ),
        case(
            "abi3 PE uses a function of the full API",
            Code::NotStableAbi,
            WINDOWS_ABI3,
            |w| w.pe(|p| p.takes("python3.dll", "PyUnicode_AsUTF8")),
        ),
        case(
            "a second abi3 module uses the full API",
            Code::NotStableAbi,
            LINUX_ABI3,
            |w| {
                let other = Elf::new(elf::X86_64)
                    .gives("PyInit_other")
                    .takes("PyUnicode_AsUTF8");
                w.file("hello/other.abi3.so", other.bytes())
            },
        ),
        case(
            "ELF library for ctypes uses Python",
            Code::PythonWithoutAbi,
            LINUX_NONE,
            elf("PyLong_FromLong"),
        ),
        case(
            "Mach-O library for ctypes uses Python",
            Code::PythonWithoutAbi,
            MACOS_NONE,
            |w| w.macho(|m| m.takes("PyLong_FromLong")),
        ),
        case(
            "a module in a wheel without Python",
            Code::PythonWithoutAbi,
            LINUX,
            |w| w.tagged(LINUX_NONE),
        )
        .also(&[Code::WrongSuffix]),
    ]
}
