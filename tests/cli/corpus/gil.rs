//! Modules for free-threaded Python: they declare that they run without the GIL and have a valid `PyModuleDef`, or
//! they do not.

use pyz3_wheel::audit::Code;

use super::bytes::Bytes;
use super::case::{Case, LINUX, LINUX_FREE, WINDOWS_FREE, case};
use super::controls::{Control, good};
use super::macho;

const MACOS_FREE: &str = "cp313-cp313t-macosx_11_0_arm64";
const LINUX_315T: &str = "cp315-cp315t-manylinux_2_17_x86_64";
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

/// A `PyModuleDef` of a free-threaded Python with these flags and this local reference count.
fn definition(big: bool, wide: bool, flags: u16, count: u32) -> Vec<u8> {
    let mut bytes = Bytes::new(big, wide);
    bytes.word(0u64).u16(flags).u16(0).u32(count);
    for _ in 0..5 {
        bytes.word(0u64);
    }
    // The name, no documentation, no state, the methods, the slots, and no other functions.
    for field in [0x1000u64, 0, 0, 0x2000, 0x3000, 0, 0, 0] {
        bytes.word(field);
    }
    bytes.done()
}

/// The flags and the count that `PyModuleDef_HEAD_INIT` sets.
const STATIC: (u16, u32) = (4, u32::MAX);

/// Slots with `Py_mod_gil` and the value `Py_MOD_GIL_NOT_USED`, and the definition that has them.
pub(super) fn declared(abi: &str, big: bool, wide: bool) -> Vec<u8> {
    match abi {
        "abi3t" => export_slots(&[(109, 2, 0), (100, 2, 0), (87, 0, 1)]),
        abi if abi.ends_with('t') => [
            definition_slots(big, wide, &[(2, 0x1000), (4, 1)]),
            definition(big, wide, STATIC.0, STATIC.1),
        ]
        .concat(),
        _ => Vec::new(),
    }
}

pub(super) fn cases() -> Vec<Case> {
    let slots = |slots: &[(u32, u64)]| definition_slots(false, true, slots);
    let elf = |what: &str, tags: &str, data: Vec<u8>| {
        case(what, Code::EnablesGil, tags, |w| w.elf(|e| e.data(data)))
    };
    let mut cases = vec![
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
    ];
    cases.extend(definitions());
    cases
}

/// Modules whose `PyModuleDef` free-threaded Python 3.15 refuses.
fn definitions() -> Vec<Case> {
    let zeroed = |big, wide| {
        let slots = definition_slots(big, wide, &[(2, 0x1000), (4, 1)]);
        [slots, definition(big, wide, 0, 0)].concat()
    };
    let elf = |what: &str, tags: &str, data: Vec<u8>| {
        case(what, Code::ZeroedDefinition, tags, |w| {
            w.elf(|e| e.data(data))
        })
    };
    let (little, small, big) = (
        zeroed(false, true),
        zeroed(false, false),
        zeroed(true, true),
    );
    vec![
        elf(
            "ELF module has a zeroed definition",
            LINUX_315T,
            little.clone(),
        ),
        elf(
            "ELF module for i686 has a zeroed definition",
            "cp315-cp315t-manylinux_2_17_i686",
            small.clone(),
        ),
        elf(
            "ELF module for s390x has a zeroed definition",
            "cp315-cp315t-musllinux_1_2_s390x",
            big,
        ),
        elf("a definition has other flags", LINUX_315T, {
            let other = definition(false, true, 6, u32::MAX);
            [little.clone(), other].concat()
        }),
        elf(
            "a type has the header and a definition has not",
            LINUX_315T,
            {
                // The header of a variable object, its name, and its size.
                let mut header = Bytes::little();
                header.u64(0u64).u16(STATIC.0).u16(0).u32(STATIC.1);
                header
                    .u64(0u64)
                    .u64(0u64)
                    .u64(0u64)
                    .u64(0x1000u64)
                    .u64(32u64);
                [little.clone(), header.done()].concat()
            },
        ),
        case(
            "module with single-phase initialization has a zeroed definition",
            Code::ZeroedDefinition,
            LINUX_315T,
            |w| {
                let data = little.clone();
                w.elf(|e| {
                    let e = e.data(data).without("PyModuleDef_Init");
                    e.takes("PyModule_Create2")
                        .takes("PyUnstable_Module_SetGIL")
                })
            },
        ),
        case(
            "Mach-O module has a zeroed definition",
            Code::ZeroedDefinition,
            "cp315-cp315t-macosx_11_0_arm64",
            |w| w.macho(|m| m.data(little.clone())),
        ),
        case(
            "one slice has a zeroed definition",
            Code::ZeroedDefinition,
            "cp315-cp315t-macosx_10_15_universal2",
            |w| w.slice(macho::X86_64, |m| m.data(little.clone())),
        ),
        case(
            "PE module has a zeroed definition",
            Code::ZeroedDefinition,
            "cp315-cp315t-win_amd64",
            |w| w.pe(|p| p.data(little.clone())),
        ),
        case(
            "PE module for 32 bits has a zeroed definition",
            Code::ZeroedDefinition,
            "cp315-cp315t-win32",
            |w| w.pe(|p| p.data(small)),
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
        good(
            "32-bit Linux with 3.15",
            "cp315-cp315t-manylinux_2_17_i686",
            |w| w,
        ),
        good("64-bit Linux with 3.15", LINUX_315T, |w| w),
        good(
            "big-endian Linux with 3.15",
            "cp315-cp315t-manylinux_2_28_s390x",
            |w| w,
        ),
        good(
            "macOS with 3.15",
            "cp315-cp315t-macosx_10_15_universal2",
            |w| w,
        ),
        good("Windows with 3.15", "cp315-cp315t-win_amd64", |w| w),
        good("a zeroed definition before 3.15", LINUX_FREE, |w| {
            let slots = definition_slots(false, true, &[(2, 0x1000), (4, 1)]);
            w.elf(|e| e.data([slots, definition(false, true, 0, 0)].concat()))
        }),
        good(
            "a zeroed definition with the GIL",
            "cp315-cp315-manylinux_2_17_x86_64",
            |w| w.elf(|e| e.data(definition(false, true, 0, 0))),
        ),
        good("a definition has the flag alone", LINUX_315T, |w| {
            let slots = definition_slots(false, true, &[(2, 0x1000), (4, 1)]);
            w.elf(|e| e.data([slots, definition(false, true, 4, 0)].concat()))
        }),
        good(
            "a definition is filled by code beside an array of methods",
            LINUX_315T,
            |w| {
                let slots = definition_slots(false, true, &[(2, 0x1000), (4, 1)]);
                let mut methods = Bytes::little();
                methods
                    .to(56)
                    .u64(0x1000u64)
                    .u64(0x2000u64)
                    .u64(4u64)
                    .u64(0x3000u64);
                let data = [slots, methods.to(120).done()].concat();
                w.elf(|e| e.data(data))
            },
        ),
        good("a definition is filled by code", LINUX_315T, |w| {
            let slots = definition_slots(false, true, &[(2, 0x1000), (4, 1)]);
            w.elf(|e| e.data(slots))
        }),
        good("a module exports its slots as well", LINUX_315T, |w| {
            let slots = definition_slots(false, true, &[(2, 0x1000), (4, 1)]);
            let data = [slots, definition(false, true, 0, 0)].concat();
            w.elf(|e| e.data(data).gives("PyModExport__native"))
        }),
    ]
}
