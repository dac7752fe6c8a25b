//! Dynamic libraries for Windows, made byte by byte.
//!
//! Takes what a test wants to be said in one; gives bytes that Windows would load: a section of
//! code and one of everything else, with tables of exports, imports and delayed imports. Source:
//! Microsoft, "PE Format".

use super::bytes::{Bytes, Strings};
use super::code::{ARM64_NULL, X86_NULL};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Machine {
    number: u16,
    wide: bool,
}

pub(super) const X64: Machine = Machine {
    number: 0x8664,
    wide: true,
};
pub(super) const X86: Machine = Machine {
    number: 0x14c,
    wide: false,
};
pub(super) const ARM64: Machine = Machine {
    number: 0xaa64,
    wide: true,
};

/// Where `PE` stands: behind the head for DOS.
const SIGNATURE: usize = 0x40;
/// How sections are aligned in the file and in memory.
const FILE: usize = 0x200;
const MEMORY: usize = 0x1000;
const CODE_ADDRESS: usize = MEMORY;
const EXECUTABLE: u16 = 2;
const LARGE: u16 = 0x20;
const DLL: u16 = 0x2000;
const DIRECTORIES: usize = 16;

/// A library with what is taken from it.
#[derive(Debug, Clone)]
struct Import {
    dll: String,
    names: Vec<String>,
}

/// A DLL.
#[derive(Debug, Clone)]
pub(super) struct Pe {
    machine: Machine,
    is_dll: bool,
    name: String,
    exports: Vec<String>,
    /// The exports that are variables.
    variables: Vec<String>,
    imports: Vec<Import>,
    delayed: Vec<Import>,
    code: Vec<u8>,
    data: Vec<u8>,
}

impl Pe {
    pub(super) fn new(machine: Machine) -> Self {
        Self {
            machine,
            is_dll: true,
            name: "hello.dll".to_owned(),
            exports: Vec::new(),
            variables: Vec::new(),
            imports: Vec::new(),
            delayed: Vec::new(),
            code: if machine == ARM64 {
                ARM64_NULL.to_vec()
            } else {
                X86_NULL.to_vec()
            },
            data: Vec::new(),
        }
    }

    pub(super) fn program(mut self) -> Self {
        self.is_dll = false;
        self
    }

    /// Exports a function.
    pub(super) fn gives(mut self, name: &str) -> Self {
        self.exports.push(name.to_owned());
        self.exports.sort();
        self
    }

    /// Exports a variable.
    pub(super) fn gives_variable(mut self, name: &str) -> Self {
        self.variables.push(name.to_owned());
        self.gives(name)
    }

    /// Exports nothing of this name any more.
    #[track_caller]
    pub(super) fn without(mut self, name: &str) -> Self {
        let before = self.exports.len();
        self.exports.retain(|export| export != name);
        assert_ne!(self.exports.len(), before, "{name}");
        self
    }

    /// Takes a function from a DLL.
    pub(super) fn takes(mut self, dll: &str, name: &str) -> Self {
        add(&mut self.imports, dll, name);
        self
    }

    /// Takes a function from a DLL that is loaded when it is first called.
    pub(super) fn takes_late(mut self, dll: &str, name: &str) -> Self {
        add(&mut self.delayed, dll, name);
        self
    }

    /// Takes nothing from this DLL any more.
    #[track_caller]
    pub(super) fn without_dll(mut self, dll: &str) -> Self {
        let before = self.imports.len();
        self.imports.retain(|import| import.dll != dll);
        assert_ne!(self.imports.len(), before, "{dll}");
        self
    }

    /// Takes from another DLL what it took from this one.
    #[track_caller]
    pub(super) fn instead(mut self, dll: &str, other: &str) -> Self {
        let import = self.imports.iter_mut().find(|import| import.dll == dll);
        other.clone_into(&mut import.unwrap().dll);
        self
    }

    pub(super) fn code(mut self, code: &[u8]) -> Self {
        self.code = code.to_vec();
        self
    }

    pub(super) fn data(mut self, data: impl AsRef<[u8]>) -> Self {
        self.data = data.as_ref().to_vec();
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let text = self.code.len().next_multiple_of(FILE);
        let address = CODE_ADDRESS + text.next_multiple_of(MEMORY);
        let tables = Tables::new(self, address);
        let data = tables.bytes.len();
        let optional = if self.machine.wide { 112 } else { 96 } + DIRECTORIES * 8;
        let head = (SIGNATURE + 24 + optional + 2 * 40).next_multiple_of(FILE);

        let mut out = Bytes::little();
        out.raw(b"MZ").to(SIGNATURE - 4).u32(SIGNATURE);
        let kind = if self.is_dll { DLL } else { 0 };
        out.raw(b"PE\0\0")
            .u16(self.machine.number)
            .u16(2)
            .raw([0; 12])
            .u16(optional)
            .u16(EXECUTABLE | LARGE | kind);
        self.optional_header(
            &mut out,
            head,
            text,
            address + data.next_multiple_of(MEMORY),
        );
        for (index, (place, size)) in tables.directories.iter().enumerate() {
            assert!(index < DIRECTORIES);
            out.u32(*place).u32(*size);
        }
        // Initialised data, to read and to write: the loader fills the tables of imports in.
        let sections = [
            (
                ".text",
                self.code.len(),
                CODE_ADDRESS,
                text,
                head,
                0x6000_0020_u32,
            ),
            (
                ".data",
                data,
                address,
                data.next_multiple_of(FILE),
                head + text,
                0xc000_0040,
            ),
        ];
        for (name, size, address, in_file, place, flags) in sections {
            out.field(name, 8)
                .u32(size)
                .u32(address)
                .u32(in_file)
                .u32(place)
                .raw([0; 12])
                .u32(flags);
        }
        out.align(FILE).raw(&self.code).align(FILE);
        out.raw(&tables.bytes).align(FILE).done()
    }

    fn optional_header(&self, out: &mut Bytes, head: usize, code: usize, end: usize) {
        let wide = self.machine.wide;
        out.u16(if wide { 0x20b } else { 0x10b })
            .u16(14)
            .u32(code)
            .u32(end - CODE_ADDRESS - code.next_multiple_of(MEMORY))
            .u32(0)
            // No entry point: nothing is called when it is loaded.
            .u32(0)
            .u32(CODE_ADDRESS);
        if wide {
            out.u64(0x1_8000_0000_u64);
        } else {
            out.u32(0).u32(0x1000_0000);
        }
        out.u32(MEMORY).u32(FILE);
        // Windows 6.0.
        out.u16(6).u16(0).u16(0).u16(0).u16(6).u16(0).u32(0);
        // Graphical, may lie anywhere, data is not code.
        out.u32(end).u32(head).u32(0).u16(2).u16(0x0140);
        for size in [0x10_0000, 0x1000, 0x10_0000, 0x1000] {
            if wide {
                out.u64(size);
            } else {
                out.u32(size);
            }
        }
        out.u32(0).u32(DIRECTORIES);
    }
}

fn add(imports: &mut Vec<Import>, dll: &str, name: &str) {
    match imports.iter_mut().find(|import| import.dll == dll) {
        Some(import) => import.names.push(name.to_owned()),
        None => imports.push(Import {
            dll: dll.to_owned(),
            names: vec![name.to_owned()],
        }),
    }
}

/// The section of all tables, and where each of them is.
struct Tables {
    bytes: Vec<u8>,
    directories: [(usize, usize); DIRECTORIES],
}

impl Tables {
    fn new(pe: &Pe, address: usize) -> Self {
        let mut this = Self {
            bytes: pe.data.clone(),
            directories: [(0, 0); DIRECTORIES],
        };
        if !pe.exports.is_empty() {
            this.directories[0] = this.exports(pe, address);
        }
        if !pe.imports.is_empty() {
            (this.directories[1], this.directories[12]) = this.imports(pe, address);
        }
        if !pe.delayed.is_empty() {
            this.directories[13] = this.delayed(pe, address);
        }
        this
    }

    /// Adds bytes; gives their address.
    fn add(&mut self, address: usize, bytes: &[u8]) -> usize {
        let at = self.bytes.len().next_multiple_of(8);
        self.bytes.resize(at, 0);
        self.bytes.extend_from_slice(bytes);
        address + at
    }

    fn text(&mut self, address: usize, text: &str) -> usize {
        let text = Bytes::little().text(text).done();
        self.add(address, &text)
    }

    /// The table with all that it refers to, as linkers keep it together: functions, names, numbers
    /// and texts, in that order.
    fn exports(&mut self, pe: &Pe, address: usize) -> (usize, usize) {
        // The variable lies before the table, because an address in the table would be the name of a forwarded symbol.
        let variable = self.add(address, &[0; 8]);
        let begin = address + self.bytes.len().next_multiple_of(8);
        let count = pe.exports.len();
        let functions = begin + 40;
        let names = functions + 4 * count;
        let ordinals = names + 4 * count;
        let texts = ordinals + 2 * count;
        let mut strings = Strings::default();
        let name = texts + strings.add(&pe.name);
        let mut out = Bytes::little();
        out.raw([0; 12])
            .u32(name)
            .u32(1)
            .u32(count)
            .u32(count)
            .u32(functions)
            .u32(names)
            .u32(ordinals);
        for export in &pe.exports {
            let is_variable = pe.variables.contains(export);
            out.u32(if is_variable { variable } else { CODE_ADDRESS });
        }
        for export in &pe.exports {
            out.u32(texts + strings.add(export));
        }
        for index in 0..count {
            out.u16(index);
        }
        let table = out.raw(strings.bytes()).done();
        (self.add(address, &table), table.len())
    }

    /// Two equal lists of names, of which the loader overwrites the second.
    fn thunks(&mut self, pe: &Pe, import: &Import, address: usize) -> (usize, usize, usize) {
        let mut list = Bytes::new(false, pe.machine.wide);
        for name in &import.names {
            let hint = Bytes::little().u16(0).text(name).done();
            list.word(self.add(address, &hint));
        }
        let list = list.word(0).done();
        let first = self.add(address, &list);
        (first, self.add(address, &list), list.len())
    }

    fn imports(&mut self, pe: &Pe, address: usize) -> ((usize, usize), (usize, usize)) {
        let mut out = Bytes::little();
        let mut filled = (0, 0);
        for import in &pe.imports {
            let name = self.text(address, &import.dll);
            let (list, table, size) = self.thunks(pe, import, address);
            out.u32(list).u32(0).u32(0).u32(name).u32(table);
            filled = (table, size);
        }
        let descriptors = out.raw([0; 20]).done();
        let size = descriptors.len();
        ((self.add(address, &descriptors), size), filled)
    }

    fn delayed(&mut self, pe: &Pe, address: usize) -> (usize, usize) {
        let mut out = Bytes::little();
        for import in &pe.delayed {
            let name = self.text(address, &import.dll);
            let handle = self.add(address, &[0; 8]);
            let (list, table, _) = self.thunks(pe, import, address);
            // Addresses are relative to the image.
            out.u32(1).u32(name).u32(handle).u32(table).u32(list);
            out.raw([0; 12]);
        }
        let descriptors = out.raw([0; 32]).done();
        let size = descriptors.len();
        (self.add(address, &descriptors), size)
    }
}
