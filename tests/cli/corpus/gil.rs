//! Modules for free-threaded Python that declare that they run without the GIL, and some that do not.

use pyz3_wheel::audit::Code;

use super::bytes::Bytes;
use super::case::{Case, LINUX, LINUX_FREE, WINDOWS_FREE, case};
use super::controls::{Control, good};

const MACOS_FREE: &str = "cp313-cp313t-macosx_11_0_arm64";
const LINUX_ABI3T: &str = "cp315-abi3.abi3t-manylinux_2_28_x86_64";

/// An array of `PyModuleDef_Slot` that ends in an empty one, in the byte order and the width of a machine.
pub(super) fn definition_slots(big: bool, wide: bool, slots: &[(u32, u64)]) -> Vec<u8> {
    let mut bytes = Bytes::new(big, wide);
    for (id, value) in slots.iter().chain(&[(0, 0)]) {
        bytes.u32(*id);
        if wide {
            bytes.u32(0);
        }
        bytes.word(*value);
    }
    bytes.done()
}

/// An array of `PySlot` that ends in an empty one, each with its number, its flags and its value.
pub(super) fn export_slots(slots: &[(u16, u16, u64)]) -> Vec<u8> {
    let mut bytes = Bytes::little();
    for (id, flags, value) in slots.iter().chain(&[(0, 0, 0)]) {
        bytes.u16(*id).u16(*flags).u32(0).u64(*value);
    }
    bytes.done()
}

/// Slots with `Py_mod_gil` and the value `Py_MOD_GIL_NOT_USED`.
pub(super) fn declared(abi: &str, big: bool, wide: bool) -> Vec<u8> {
    match abi {
        "abi3t" => export_slots(&[(109, 2, 0), (100, 2, 0), (87, 0, 1)]),
        abi if abi.ends_with('t') => definition_slots(big, wide, &[(2, 0x1000), (4, 1)]),
        _ => Vec::new(),
    }
}

pub(super) fn cases() -> Vec<Case> {
    let slots = |slots: &[(u32, u64)]| definition_slots(false, true, slots);
    let elf = |what: &str, tags: &str, data: Vec<u8>| {
        case(what, Code::EnablesGil, tags, |w| w.elf(|e| e.data(data)))
    };
    vec![
        elf("ELF module has no slots", LINUX_FREE, Vec::new()),
        elf(
            "ELF module does not mention the GIL",
            LINUX_FREE,
            slots(&[(2, 0x1000)]),
        ),
        elf(
            "ELF module uses the GIL",
            LINUX_FREE,
            slots(&[(2, 0x1000), (4, 0)]),
        ),
        elf(
            "ELF module has no end of the slots",
            LINUX_FREE,
            slots(&[(4, 1), (77, 1)]),
        ),
        elf("ELF module has slots between pointers", LINUX_FREE, {
            [vec![0; 4], slots(&[(4, 1)])].concat()
        }),
        elf(
            "ELF module exports slots without the GIL",
            LINUX_ABI3T,
            export_slots(&[(109, 2, 0), (100, 2, 0), (85, 0, 0)]),
        ),
        case(
            "ELF module whose name is not ASCII exports slots without the GIL",
            Code::EnablesGil,
            LINUX_ABI3T,
            |w| {
                let slots = export_slots(&[(109, 2, 0), (100, 2, 0), (85, 0, 0)]);
                w.module("hello/_nä.abi3t.so").elf(|e| {
                    e.without("PyModExport__native")
                        .gives("PyModExportU__n_wia")
                        .data(slots)
                })
            },
        ),
        elf(
            "ELF module for s390x has the slots of another byte order",
            "cp314-cp314t-manylinux_2_28_s390x",
            slots(&[(4, 1)]),
        ),
        case(
            "Mach-O module has no slots",
            Code::EnablesGil,
            MACOS_FREE,
            |w| w.macho(|m| m.data([])),
        ),
        case(
            "PE module has no slots",
            Code::EnablesGil,
            WINDOWS_FREE,
            |w| w.pe(|p| p.data([])),
        ),
        case(
            "PE module has single-phase initialization",
            Code::EnablesGil,
            WINDOWS_FREE,
            |w| w.pe(|p| p.data([]).takes("python313t.dll", "PyModule_Create2")),
        ),
        case(
            "Cython module uses the GIL",
            Code::EnablesGil,
            LINUX_FREE,
            |w| {
                let data = definition_slots(false, true, &[(1, 0), (2, 0), (4, 0)]);
                w.elf(|e| e.data(data).takes("PyUnstable_Module_SetGIL"))
            },
        ),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    vec![
        good(
            "a module for Python with the GIL has no slots",
            LINUX,
            |w| w,
        ),
        good("a module calls PyUnstable_Module_SetGIL", LINUX_FREE, |w| {
            w.elf(|e| e.data([]).takes("PyUnstable_Module_SetGIL"))
        }),
        good("pybind11 fills the slots", LINUX_FREE, |w| {
            w.elf(|e| e.data("__pybind11_internals"))
        }),
        good("another module creates the module", LINUX_FREE, |w| {
            w.elf(|e| e.data([]).without("PyModuleDef_Init"))
        }),
        good(
            "a module for Python 3.15 has the new numbers",
            LINUX_FREE,
            |w| w.elf(|e| e.data(definition_slots(false, true, &[(85, 0), (87, 1)]))),
        ),
        good("exported slots are made by code", LINUX_ABI3T, |w| {
            w.elf(|e| e.data([]))
        }),
        good("32-bit Windows", "cp314-cp314t-win32", |w| w),
        good("32-bit Linux", "cp314-cp314t-manylinux_2_17_i686", |w| w),
        good(
            "big-endian Linux",
            "cp314-cp314t-manylinux_2_28_s390x",
            |w| w,
        ),
    ]
}
