//! What the data of an extension module says about the module: its slots and its `PyModuleDef`.
//!
//! Takes the data sections of a binary and the names that it uses. A module declares that it runs
//! without the global interpreter lock (GIL) in an array of slots that the compiler writes (PEP 489, PEP 793),
//! or by a call of `PyUnstable_Module_SetGIL`. What the module's code writes at run time cannot be seen.

use std::borrow::Cow;

use object::{Endian as _, Endianness};

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

/// What the data of an extension module says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ModuleData {
    /// What the module declares about the GIL.
    pub(super) gil: Gil,
    /// The header of its `PyModuleDef`, if Python reads it.
    pub(super) definition: Option<DefinitionHeader>,
}

/// Reads the data sections of a module, with the names of its modules, exports and imports. `length` is the size
/// of the file in bytes.
pub(super) fn examine<'a>(
    sections: impl Iterator<Item = Cow<'a, [u8]>>,
    layout: Layout,
    length: usize,
    (inits, exports, undefined): (&[String], &NameSet, &UndefinedSymbols),
) -> ModuleData {
    if inits.is_empty() {
        return ModuleData::default();
    }
    let mut found = Found::default();
    // The sections of a damaged file may all have the same bytes.
    let mut left = length;
    for section in sections.take(MOST_SECTIONS) {
        let Some(rest) = left.checked_sub(section.len()) else {
            return ModuleData::default();
        };
        left = rest;
        found.search(&section, layout);
    }
    let uses = |name: &str| undefined.contains(name);
    let is_exported = |init: &String| exports.has_init("PyModExport", init);
    let exports_slots = inits.iter().any(is_exported);
    let defines = uses("PyModuleDef_Init") || uses("PyModule_Create2");
    // Python calls `PyModExport_` functions first, and modules written with pybind11 are filled at run time.
    let is_read = defines && !exports_slots && !found.pybind11;
    ModuleData {
        gil: gil(&found, exports_slots, uses),
        definition: found.definition.filter(|_| is_read),
    }
}

/// What a module with this data declares about the GIL.
fn gil(found: &Found, exports_slots: bool, uses: impl Fn(&str) -> bool) -> Gil {
    if found.uses_gil == Some(false) {
        return Gil::NotUsed;
    }
    if uses("PyUnstable_Module_SetGIL") {
        // A module that is written with Cython calls this with the value of its slot.
        return match found.uses_gil {
            Some(true) => Gil::Used,
            Some(false) | None => Gil::NotUsed,
        };
    }
    let enables_gil = if uses("PyModuleDef_Init") {
        // A module that is written with pybind11 fills the array at run time.
        !found.pybind11
    } else {
        uses("PyModule_Create2") || (found.export && exports_slots)
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
    /// The header of a `PyModuleDef`; the valid one if there are several.
    definition: Option<DefinitionHeader>,
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
            let (mut old, mut new) = (None, None);
            if layout.word(data) == Some(0) {
                // A definition begins with a zero, and a slot does not.
                match layout.definition(data) {
                    Some(DefinitionHeader::Static) => {
                        self.definition = Some(DefinitionHeader::Static);
                    }
                    Some(DefinitionHeader::Zero) => {
                        self.definition.get_or_insert(DefinitionHeader::Zero);
                    }
                    None => {}
                }
            } else if layout.may_be_slot(data) {
                let slots = data.chunks(2 * pointer);
                old = array(slots.map(|data| layout.definition_slot(data)));
                let slots = data.chunks(EXPORT_SLOT);
                new = array(slots.map(|data| layout.export_slot(data)));
                self.export |= new.is_some();
            }
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
    pub(super) endian: Endianness,
}

/// The highest number of a slot that [`array()`] reads.
const LAST_SLOT: u32 = 110;
/// The size of a `PySlot`, in bytes.
const EXPORT_SLOT: usize = 16;

/// The header of a `PyModuleDef`, as an object of free-threaded Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionHeader {
    /// It has the flags of an object that is not allocated at run time.
    Static,
    /// It is zero.
    Zero,
}

/// `_Py_LEGACY_ABI_CHECK_FLAG` and `_Py_STATICALLY_ALLOCATED_FLAG`.
const CHECKED_FLAGS: u16 = 0b110;
/// `_Py_STATICALLY_ALLOCATED_FLAG`.
const STATICALLY_ALLOCATED: u16 = 0b100;
/// `_Py_IMMORTAL_REFCNT_LOCAL`.
const IMMORTAL: u32 = u32::MAX;

impl Layout {
    /// Whether data can begin with a slot of either kind, by the number of the slot. Almost no other data can.
    fn may_be_slot(self, data: &[u8]) -> bool {
        let is_slot = |id: u32| (1..=LAST_SLOT).contains(&id);
        self.number32(data).is_some_and(is_slot)
            || self.number16(data).is_some_and(|id| is_slot(id.into()))
    }

    /// Reads a `PyModuleDef_Slot`: an `int`, and a pointer that is aligned.
    fn definition_slot(self, data: &[u8]) -> Option<Slot> {
        let id = self.number32(data)?;
        let value = self.word(data.get(self.pointer_size()..)?)?;
        Some(Slot { id, value })
    }

    /// Reads a `PySlot`: a number and flags of 16 bits, 32 bits that are zero, and a value of 64 bits.
    fn export_slot(self, data: &[u8]) -> Option<Slot> {
        let id = self.number16(data)?.into();
        let value = self.number64(data.get(8..)?)?;
        (self.number32(data.get(4..)?)? == 0).then_some(Slot { id, value })
    }

    /// Reads the header of a `PyModuleDef`; `None` if the data is something else.
    ///
    /// Sources: CPython 3.15's `Include/object.h` and `Include/moduleobject.h`, and `PyModuleDef_Init` in its
    /// `Objects/moduleobject.c`.
    fn definition(self, data: &[u8]) -> Option<DefinitionHeader> {
        let pointer = self.pointer_size();
        // The header has the thread, 16 bits of flags, a mutex and bits of the garbage collector, the local and the
        // shared reference count, and the type. Three pointers follow it, and then the name of the module.
        let name = 6 * pointer + 8;
        let (header, rest) = data.split_at_checked(name)?;
        let (thread, header) = header.split_at(pointer);
        let (flags, zeros) = header.split_at(8);
        let is_zero = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
        if !is_zero(thread) || !is_zero(zeros) {
            return None;
        }
        if is_zero(flags) {
            let word = |index: usize| {
                let data = rest.get(index * pointer..)?;
                self.word(data)
            };
            // The name, the documentation, the size of the state, the methods and the slots.
            let (name, size, methods, slots) = (word(0)?, word(2)?, word(3)?, word(4)?);
            let none = if self.wide { u64::MAX } else { u32::MAX.into() };
            // In an array of PyMethodDef there are flags in the place of the size, and they are neither.
            let is_definition =
                name != 0 && (size == 0 || size == none) && (methods, slots) != (0, 0);
            return is_definition.then_some(DefinitionHeader::Zero);
        }
        let bits = self.number16(flags)?;
        let count = self.number32(&flags[4..])?;
        let has_name = self.word(rest).is_some_and(|name| name != 0);
        let is_accepted = bits & CHECKED_FLAGS == STATICALLY_ALLOCATED
            && is_zero(&flags[2..4])
            && (count == IMMORTAL || (count == 0 && has_name));
        is_accepted.then_some(DefinitionHeader::Static)
    }

    /// The size of a pointer, in bytes.
    pub(super) fn pointer_size(self) -> usize {
        if self.wide { 8 } else { 4 }
    }

    /// Reads a number of the size of a pointer.
    fn word(self, data: &[u8]) -> Option<u64> {
        if self.wide {
            self.number64(data)
        } else {
            self.number32(data).map(u64::from)
        }
    }

    fn number16(self, data: &[u8]) -> Option<u16> {
        Some(self.endian.read_u16(*data.first_chunk()?))
    }

    fn number32(self, data: &[u8]) -> Option<u32> {
        Some(self.endian.read_u32(*data.first_chunk()?))
    }

    fn number64(self, data: &[u8]) -> Option<u64> {
        Some(self.endian.read_u64(*data.first_chunk()?))
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
            (3 | 86 | 92 | 94 | 100..=106 | 109 | LAST_SLOT, _) => {}
            _ => return None,
        }
    }
    None
}
