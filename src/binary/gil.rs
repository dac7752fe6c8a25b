//! What an extension module declares about the global interpreter lock (GIL).
//!
//! Takes the data sections of a binary and the names that it uses. A module declares that it runs
//! without the GIL in an array of slots that the compiler writes (PEP 489, PEP 793), or by a call of
//! `PyUnstable_Module_SetGIL`. An array that the module's code fills at run time cannot be seen.

use super::cpu::MOST_SECTIONS;
use super::names::{NameSet, UndefinedSymbols};

/// What an extension module declares about the GIL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gil {
    /// Not known, or the binary is not an extension module.
    #[default]
    Unknown,
    /// The module declares that it does not need the GIL.
    NotUsed,
    /// The module does not declare that, so importing it enables the GIL.
    Used,
}

/// The largest number of slots that is read from an array.
const MOST_SLOTS: usize = 32;

/// Reads what a module declares, from its data sections and from the names of its modules, exports and imports.
/// `length` is the size of the file in bytes.
pub(super) fn examine<'a>(
    sections: impl Iterator<Item = &'a [u8]>,
    layout: Layout,
    length: usize,
    (inits, exports, undefined): (&[String], &NameSet, &UndefinedSymbols),
) -> Gil {
    if inits.is_empty() {
        return Gil::Unknown;
    }
    let mut found = Found::default();
    // The sections of a damaged file may all have the same bytes.
    let mut left = length;
    for section in sections.take(MOST_SECTIONS) {
        let Some(rest) = left.checked_sub(section.len()) else {
            return Gil::Unknown;
        };
        left = rest;
        found.search(section, layout);
        if found.uses_gil == Some(false) {
            return Gil::NotUsed;
        }
    }
    let uses = |name| undefined.contains(name);
    if uses("PyUnstable_Module_SetGIL") {
        // A module that is written with Cython calls this with the value of its slot.
        return match found.uses_gil {
            Some(true) => Gil::Used,
            Some(false) | None => Gil::NotUsed,
        };
    }
    let is_exported = |init: &String| exports.has_init("PyModExport", init);
    let enables_gil = if uses("PyModuleDef_Init") {
        // A module that is written with pybind11 fills the array at run time.
        !found.pybind11
    } else {
        uses("PyModule_Create2") || (found.export && inits.iter().any(is_exported))
    };
    if enables_gil { Gil::Used } else { Gil::Unknown }
}

/// What was found in the data of a module.
#[derive(Default)]
struct Found {
    /// Whether the slot `Py_mod_gil` says that the GIL is used, where an array has the slot.
    uses_gil: Option<bool>,
    /// Whether there is an array of slots that a `PyModExport_` function can return.
    export: bool,
    /// Whether the name of pybind11 occurs.
    pybind11: bool,
}

impl Found {
    fn search(&mut self, section: &[u8], layout: Layout) {
        self.pybind11 |= memchr::memmem::find(section, b"pybind11").is_some();
        let pointer = if layout.wide { 8 } else { 4 };
        // The linker aligns a section to the pointers in it.
        for at in (0..section.len()).step_by(pointer) {
            let data = &section[at..];
            let slots = data.chunks(2 * pointer);
            let old = array(slots.map(|data| layout.definition_slot(data)));
            let slots = data.chunks(EXPORT_SLOT);
            let new = array(slots.map(|data| layout.export_slot(data)));
            self.export |= new.is_some();
            for array in [old, new].into_iter().flatten() {
                match array.uses_gil {
                    Some(false) => self.uses_gil = Some(false),
                    // Few other data look like an array with all three slots.
                    Some(true) if array.create && array.exec => {
                        self.uses_gil.get_or_insert(true);
                    }
                    Some(true) | None => {}
                }
            }
        }
    }
}

/// The sizes and the byte order of the numbers in a binary.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Whether pointers have 64 bits.
    pub(super) wide: bool,
    /// Whether the lowest byte comes first.
    pub(super) little: bool,
}

/// The size of a `PySlot`, in bytes.
const EXPORT_SLOT: usize = 16;

impl Layout {
    /// Reads a `PyModuleDef_Slot`: an `int`, and a pointer that is aligned.
    fn definition_slot(self, data: &[u8]) -> Option<Slot> {
        let id = self.number32(data)?;
        let value = if self.wide {
            self.number64(data.get(8..)?)?
        } else {
            self.number32(data.get(4..)?)?.into()
        };
        Some(Slot { id, value })
    }

    /// Reads a `PySlot`: a number and flags of 16 bits, 32 bits that are zero, and a value of 64 bits.
    fn export_slot(self, data: &[u8]) -> Option<Slot> {
        let halves = self.number32(data)?;
        let id = if self.little {
            halves & 0xffff
        } else {
            halves >> 16
        };
        let value = self.number64(data.get(8..)?)?;
        (self.number32(data.get(4..)?)? == 0).then_some(Slot { id, value })
    }

    fn number32(self, data: &[u8]) -> Option<u32> {
        let bytes = *data.first_chunk()?;
        Some(if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn number64(self, data: &[u8]) -> Option<u64> {
        let bytes = *data.first_chunk()?;
        Some(if self.little {
            u64::from_le_bytes(bytes)
        } else {
            u64::from_be_bytes(bytes)
        })
    }
}

/// One setting of a module.
#[derive(Clone, Copy)]
struct Slot {
    id: u32,
    value: u64,
}

/// An array of slots for a module.
#[derive(Default)]
struct Array {
    /// Whether its slot `Py_mod_gil` says that the GIL is used, if it has the slot.
    uses_gil: Option<bool>,
    /// Whether it has `Py_mod_create`.
    create: bool,
    /// Whether it has `Py_mod_exec`.
    exec: bool,
}

/// Reads an array of some slots that ends in an empty one. The numbers before Python 3.15 are 1 to 4; slots
/// of types have other numbers than those of modules. Source: CPython's `slots_generated.h`.
fn array(slots: impl Iterator<Item = Option<Slot>>) -> Option<Array> {
    let mut array = None;
    for slot in slots.take(MOST_SLOTS) {
        let Slot { id, value } = slot?;
        if (id, value) == (0, 0) {
            return array;
        }
        let array = array.get_or_insert_with(Array::default);
        match (id, value) {
            (1 | 84, _) => array.create = true,
            (2 | 85, _) => array.exec = true,
            (4 | 87, 0) => array.uses_gil = Some(true),
            (4 | 87, 1) => array.uses_gil = Some(false),
            (3 | 86 | 92 | 94 | 100..=106 | 109 | 110, _) => {}
            _ => return None,
        }
    }
    None
}
