//! Shared objects for Linux, made byte by byte.
//!
//! Takes what a test wants to be said in one. `elf_bytes` makes of it what a loader of that machine
//! would map. Source: System V ABI, "Object files" and "Program loading and dynamic linking".

use super::code::{ARM64_NULL, X86_NULL};

/// What the header says of processor, width and byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Machine {
    pub(super) name: &'static str,
    pub(super) number: u16,
    pub(super) wide: bool,
    pub(super) big: bool,
    pub(super) flags: u32,
}

const fn machine(name: &'static str, number: u16, wide: bool, big: bool, flags: u32) -> Machine {
    Machine {
        name,
        number,
        wide,
        big,
        flags,
    }
}

pub(super) const X86_64: Machine = machine("x86_64", 62, true, false, 0);
pub(super) const X32: Machine = machine("x32", 62, false, false, 0);
pub(super) const I686: Machine = machine("i686", 3, false, false, 0);
pub(super) const AARCH64: Machine = machine("aarch64", 183, true, false, 0);
pub(super) const AARCH64_BE: Machine = machine("aarch64_be", 183, true, true, 0);
pub(super) const ARMV7: Machine = machine("armv7l", 40, false, false, 0x0500_0400);
pub(super) const ARMV7_BE: Machine = machine("armv7b", 40, false, true, 0x0580_0400);
pub(super) const PPC64LE: Machine = machine("ppc64le", 21, true, false, 2);
pub(super) const PPC64: Machine = machine("ppc64", 21, true, true, 1);
pub(super) const S390X: Machine = machine("s390x", 22, true, true, 0);
pub(super) const RISCV64: Machine = machine("riscv64", 243, true, false, 5);
pub(super) const RISCV32: Machine = machine("riscv32", 243, false, false, 5);
pub(super) const LOONGARCH64: Machine = machine("loongarch64", 258, true, false, 0x43);
pub(super) const MIPS64: Machine = machine("mips64", 8, true, true, 0x8000_0007);

pub(super) const LIBRARY: u16 = 3;
pub(super) const PROGRAM: u16 = 2;
pub(super) const FREEBSD: u8 = 9;
/// Rights of a segment.
pub(super) const EXECUTE: u32 = 1;
pub(super) const WRITE: u32 = 2;
pub(super) const READ: u32 = 4;

const GLOBAL: u8 = 1 << 4;
const WEAK: u8 = 2 << 4;
const VARIABLE: u8 = 1;
const FUNCTION: u8 = 2;
const THREAD_LOCAL: u8 = 6;
const INDIRECT: u8 = 10;

const NEEDED: u64 = 1;
const SONAME: u64 = 14;
const RPATH: u64 = 15;
const RUNPATH: u64 = 29;
const TEXTREL: u64 = 22;
const FLAGS: u64 = 30;

#[derive(Debug, Clone)]
pub(super) struct Symbol {
    pub(super) name: String,
    pub(super) defined: bool,
    pub(super) info: u8,
    pub(super) version: u16,
}

/// A version that is asked of a library.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) name: String,
    pub(super) index: u16,
    /// Whether it is asked for by weak symbols alone.
    pub(super) weak: bool,
}

/// A shared object.
#[derive(Debug, Clone)]
pub(super) struct Elf {
    pub(super) machine: Machine,
    pub(super) kind: u16,
    pub(super) os_abi: u8,
    pub(super) stack: Option<u32>,
    pub(super) alignment: u64,
    pub(super) sections: bool,
    pub(super) code: Vec<u8>,
    pub(super) data: Vec<u8>,
    /// Entries of the dynamic section with a text and with a number.
    pub(super) texts: Vec<(u64, String)>,
    pub(super) numbers: Vec<(u64, u64)>,
    pub(super) symbols: Vec<Symbol>,
    /// Libraries, with each version that is asked of them.
    pub(super) versions: Vec<(String, Vec<Version>)>,
    /// The versions of its own symbols.
    pub(super) definitions: Vec<(String, u16)>,
    /// GNU properties: type and value.
    pub(super) properties: Vec<(u32, u32)>,
    /// The API level in the note of Android.
    pub(super) android: Option<u32>,
}

impl Elf {
    pub(super) fn new(machine: Machine) -> Self {
        Self {
            machine,
            kind: LIBRARY,
            os_abi: 0,
            stack: Some(READ | WRITE),
            alignment: 64 << 10,
            sections: true,
            // Nothing in particular for the others.
            code: match machine {
                X86_64 | I686 | X32 => X86_NULL.to_vec(),
                _ => ARM64_NULL.to_vec(),
            },
            data: Vec::new(),
            texts: Vec::new(),
            numbers: Vec::new(),
            symbols: Vec::new(),
            versions: Vec::new(),
            definitions: Vec::new(),
            properties: Vec::new(),
            android: None,
        }
    }

    pub(super) fn kind(mut self, kind: u16) -> Self {
        self.kind = kind;
        self
    }

    pub(super) fn os_abi(mut self, number: u8) -> Self {
        self.os_abi = number;
        self
    }

    /// Loads a library.
    pub(super) fn needed(self, library: &str) -> Self {
        let known = (NEEDED, library.to_owned());
        if self.texts.contains(&known) {
            return self;
        }
        self.dynamic(NEEDED, library)
    }

    pub(super) fn soname(self, name: &str) -> Self {
        self.dynamic(SONAME, name)
    }

    pub(super) fn rpath(self, paths: &str) -> Self {
        self.dynamic(RPATH, paths)
    }

    pub(super) fn runpath(self, paths: &str) -> Self {
        self.dynamic(RUNPATH, paths)
    }

    fn dynamic(mut self, tag: u64, text: &str) -> Self {
        self.texts.push((tag, text.to_owned()));
        self
    }

    pub(super) fn text_relocations(mut self) -> Self {
        self.numbers.push((TEXTREL, 0));
        self
    }

    /// Says the same in the newer way.
    pub(super) fn text_relocations_as_flag(mut self) -> Self {
        self.numbers.push((FLAGS, 4));
        self
    }

    pub(super) fn executable_stack(mut self) -> Self {
        self.stack = Some(READ | WRITE | EXECUTE);
        self
    }

    /// Says nothing of the stack.
    pub(super) fn without_stack(mut self) -> Self {
        self.stack = None;
        self
    }

    pub(super) fn alignment(mut self, bytes: u64) -> Self {
        self.alignment = bytes;
        self
    }

    /// Leaves out the headers of sections, which no loader needs.
    pub(super) fn without_sections(mut self) -> Self {
        self.sections = false;
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

    /// Says by a GNU property which level of the instruction set it needs, as a bit for each level.
    pub(super) fn needs_isa(self, levels: u32) -> Self {
        self.property(0xc000_8002, levels)
    }

    /// Says by a GNU property which levels of the instruction set it uses where the processor has them.
    pub(super) fn uses_isa(self, levels: u32) -> Self {
        self.property(0xc001_0002, levels)
    }

    fn property(mut self, kind: u32, value: u32) -> Self {
        self.properties.push((kind, value));
        self
    }

    /// Says in a note that it is for Android from this API level on.
    pub(super) fn android(mut self, api: u32) -> Self {
        self.android = Some(api);
        self
    }

    /// Has no note of Android.
    pub(super) fn without_android(mut self) -> Self {
        self.android = None;
        self
    }

    fn symbol(mut self, name: &str, defined: bool, info: u8, version: u16) -> Self {
        self.symbols.push(Symbol {
            name: name.to_owned(),
            defined,
            info,
            version,
        });
        self
    }

    /// Exports a function.
    pub(super) fn gives(self, name: &str) -> Self {
        self.symbol(name, true, GLOBAL | FUNCTION, 1)
    }

    /// Exports a variable.
    pub(super) fn gives_variable(self, name: &str) -> Self {
        self.symbol(name, true, GLOBAL | VARIABLE, 1)
    }

    /// Exports an indirect function, whose code is chosen when the library is loaded.
    pub(super) fn gives_indirect(self, name: &str) -> Self {
        self.symbol(name, true, GLOBAL | INDIRECT, 1)
    }

    /// Exports nothing of this name any more.
    #[track_caller]
    pub(super) fn without(mut self, name: &str) -> Self {
        let before = self.symbols.len();
        self.symbols.retain(|symbol| symbol.name != name);
        assert_ne!(self.symbols.len(), before, "{name}");
        self
    }

    /// Takes a function from whoever has it.
    pub(super) fn takes(self, name: &str) -> Self {
        self.symbol(name, false, GLOBAL | FUNCTION, 1)
    }

    /// Takes a variable from whoever has it.
    pub(super) fn takes_variable(self, name: &str) -> Self {
        self.symbol(name, false, GLOBAL | VARIABLE, 1)
    }

    /// Takes a variable that each thread has a copy of.
    pub(super) fn takes_thread_local(self, name: &str) -> Self {
        self.symbol(name, false, GLOBAL | THREAD_LOCAL, 1)
    }

    /// Takes a function if somebody has it.
    pub(super) fn may_take(self, name: &str) -> Self {
        self.symbol(name, false, WEAK | FUNCTION, 1)
    }

    /// Loads a library and takes a function of that version from it.
    pub(super) fn needs(self, library: &str, version: &str, name: &str) -> Self {
        let (this, index) = self.needed(library).version(library, version, false);
        this.symbol(name, false, GLOBAL | FUNCTION, index)
    }

    /// Loads a library and takes a function of that version from it, if it has it.
    pub(super) fn may_need(self, library: &str, version: &str, name: &str) -> Self {
        let (this, index) = self.needed(library).version(library, version, true);
        this.symbol(name, false, WEAK | FUNCTION, index)
    }

    /// Asks a library for a version of which it takes nothing.
    pub(super) fn asks(self, library: &str, version: &str) -> Self {
        self.needed(library).version(library, version, false).0
    }

    /// Exports a function in a version.
    pub(super) fn gives_version(mut self, version: &str, name: &str) -> Self {
        let index = self.next_version();
        self.definitions.push((version.to_owned(), index));
        self.symbol(name, true, GLOBAL | FUNCTION, index)
    }

    fn next_version(&self) -> u16 {
        let asked = self.versions.iter().flat_map(|(_, versions)| versions);
        2 + u16::try_from(asked.count() + self.definitions.len()).unwrap()
    }

    fn version(mut self, library: &str, version: &str, weak: bool) -> (Self, u16) {
        let next = self.next_version();
        let known = self.versions.iter().position(|(name, _)| name == library);
        let at = known.unwrap_or_else(|| {
            self.versions.push((library.to_owned(), Vec::new()));
            self.versions.len() - 1
        });
        let versions = &mut self.versions[at].1;
        if let Some(known) = versions.iter().find(|known| known.name == version) {
            let index = known.index;
            return (self, index);
        }
        versions.push(Version {
            name: version.to_owned(),
            index: next,
            weak,
        });
        (self, next)
    }
}
