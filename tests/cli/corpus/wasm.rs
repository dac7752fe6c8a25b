//! Side modules for Emscripten's dynamic loader.
//!
//! Takes what a test wants to be said in one. Source: WebAssembly tool conventions, "WebAssembly Dynamic Linking".

use std::borrow::Cow;

use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, Encode as _, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, MemoryType, Module,
    RefType, TableType, TypeSection, ValType,
};

/// The subsections of `dylink.0`.
const MEMORY_INFO: u8 = 1;
const NEEDED: u8 = 2;
const RUNTIME_PATH: u8 = 5;
const IMPORT_INFO: u8 = 4;
/// The flag of a symbol that may be missing.
const WEAK: u32 = 1;

/// A side module.
#[derive(Debug, Clone)]
pub(super) struct Wasm {
    /// Whether it begins with `dylink.0`, or has that section at its end.
    dylink: Dylink,
    memory: Memory,
    libraries: Vec<String>,
    search_paths: Vec<String>,
    functions: Vec<String>,
    variables: Vec<String>,
    /// Module and name, and whether it may be missing.
    imports: Vec<(String, String, Kind, bool)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dylink {
    First,
    Last,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    Imported,
    Shared,
    Wide,
    /// A memory of its own.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    Variable,
}

impl Wasm {
    /// A module that uses the memory, the stack and the places that the loader gives it.
    pub(super) fn new() -> Self {
        Self {
            dylink: Dylink::First,
            memory: Memory::Imported,
            libraries: Vec::new(),
            search_paths: Vec::new(),
            functions: Vec::new(),
            variables: Vec::new(),
            imports: Vec::new(),
        }
        .import("env", "__stack_pointer", Kind::Variable, false)
        .import("env", "__memory_base", Kind::Variable, false)
        .import("env", "__table_base", Kind::Variable, false)
    }

    pub(super) fn dylink(mut self, dylink: Dylink) -> Self {
        self.dylink = dylink;
        self
    }

    pub(super) fn memory(mut self, memory: Memory) -> Self {
        self.memory = memory;
        self
    }

    /// Loads a library.
    pub(super) fn needed(mut self, library: &str) -> Self {
        self.libraries.push(library.to_owned());
        self
    }

    /// Searches libraries there.
    pub(super) fn rpath(mut self, path: &str) -> Self {
        self.search_paths.push(path.to_owned());
        self
    }

    /// Exports a function.
    pub(super) fn gives(mut self, name: &str) -> Self {
        self.functions.push(name.to_owned());
        self
    }

    /// Exports the address of a variable.
    pub(super) fn gives_variable(mut self, name: &str) -> Self {
        self.variables.push(name.to_owned());
        self
    }

    /// Exports nothing of this name any more.
    #[track_caller]
    pub(super) fn without(mut self, name: &str) -> Self {
        let before = self.functions.len();
        self.functions.retain(|function| function != name);
        assert_ne!(self.functions.len(), before, "{name}");
        self
    }

    /// Calls a function of whoever has it.
    pub(super) fn takes(self, name: &str) -> Self {
        self.import("env", name, Kind::Function, false)
    }

    /// Calls a function if somebody has it.
    pub(super) fn may_take(self, name: &str) -> Self {
        self.import("env", name, Kind::Function, true)
    }

    /// Takes the address of a function.
    pub(super) fn takes_address(self, name: &str) -> Self {
        self.import("GOT.func", name, Kind::Variable, false)
    }

    /// Takes the address of a variable.
    pub(super) fn takes_variable(self, name: &str) -> Self {
        self.import("GOT.mem", name, Kind::Variable, false)
    }

    /// Calls a function of another module than the loader has.
    pub(super) fn takes_from(self, module: &str, name: &str) -> Self {
        self.import(module, name, Kind::Function, false)
    }

    fn import(mut self, module: &str, name: &str, kind: Kind, weak: bool) -> Self {
        let import = (module.to_owned(), name.to_owned(), kind, weak);
        self.imports.push(import);
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let data = self.dylink_section();
        let dylink = CustomSection {
            name: "dylink.0".into(),
            data: Cow::Borrowed(&data),
        };
        let mut module = Module::new();
        if self.dylink == Dylink::First {
            module.section(&dylink);
        }
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::I32], [ValType::I32]);
        let mut imports = ImportSection::new();
        if self.memory != Memory::None {
            imports.import("env", "memory", self.memory_type());
        }
        imports.import("env", "__indirect_function_table", TABLE);
        let mut taken = 0;
        for (from, name, kind, _) in &self.imports {
            let entity = match kind {
                Kind::Function => EntityType::Function(ONE_ARGUMENT),
                Kind::Variable => EntityType::Global(GlobalType {
                    // The addresses that the loader fills in later.
                    mutable: from != "env" || name == "__stack_pointer",
                    ..ADDRESS
                }),
            };
            taken += u32::from(*kind == Kind::Function);
            imports.import(from, name, entity);
        }
        let mut functions = FunctionSection::new();
        let mut globals = GlobalSection::new();
        let mut exports = ExportSection::new();
        let mut code = CodeSection::new();
        for (name, index) in self.functions.iter().zip(taken..) {
            functions.function(type_of(name));
            exports.export(name, ExportKind::Func, index);
            let mut body = Function::new([]);
            body.instructions().i32_const(0).end();
            code.function(&body);
        }
        let others = self.imports.len() - taken as usize;
        for (name, index) in self.variables.iter().zip(u32::try_from(others).unwrap()..) {
            globals.global(ADDRESS, &ConstExpr::i32_const(0));
            exports.export(name, ExportKind::Global, index);
        }
        module.section(&types).section(&imports).section(&functions);
        if self.memory == Memory::None {
            let mut memories = wasm_encoder::MemorySection::new();
            memories.memory(self.memory_type());
            module.section(&memories);
        }
        module.section(&globals).section(&exports).section(&code);
        if self.dylink == Dylink::Last {
            module.section(&dylink);
        }
        module.finish()
    }

    fn memory_type(&self) -> MemoryType {
        MemoryType {
            minimum: 1,
            maximum: (self.memory == Memory::Shared).then_some(16),
            memory64: self.memory == Memory::Wide,
            shared: self.memory == Memory::Shared,
            page_size_log2: None,
        }
    }

    fn dylink_section(&self) -> Vec<u8> {
        let mut section = Vec::new();
        // Size and alignment of memory and table.
        subsection(&mut section, MEMORY_INFO, |out| {
            for number in [16_u32, 2, 0, 0] {
                number.encode(out);
            }
        });
        for (id, texts) in [
            (NEEDED, &self.libraries),
            (RUNTIME_PATH, &self.search_paths),
        ] {
            if !texts.is_empty() {
                subsection(&mut section, id, |out| {
                    texts.len().encode(out);
                    for text in texts {
                        text.as_str().encode(out);
                    }
                });
            }
        }
        let weak: Vec<_> = self.imports.iter().filter(|import| import.3).collect();
        if !weak.is_empty() {
            subsection(&mut section, IMPORT_INFO, |out| {
                weak.len().encode(out);
                for (module, name, ..) in weak {
                    module.as_str().encode(out);
                    name.as_str().encode(out);
                    WEAK.encode(out);
                }
            });
        }
        section
    }
}

fn subsection(section: &mut Vec<u8>, id: u8, write: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    write(&mut body);
    section.push(id);
    body.as_slice().encode(section);
}

/// The number of the type of functions that take a number and return one.
const ONE_ARGUMENT: u32 = 1;

/// The number of the type of an exported function: Python and the loader call theirs without arguments.
fn type_of(name: &str) -> u32 {
    let is_called = ["PyInit", "PyModExport", "__wasm_", "_start"];
    if is_called.iter().any(|prefix| name.starts_with(prefix)) {
        0
    } else {
        ONE_ARGUMENT
    }
}

const ADDRESS: GlobalType = GlobalType {
    val_type: ValType::I32,
    mutable: false,
    shared: false,
};

const TABLE: TableType = TableType {
    element_type: RefType::FUNCREF,
    table64: false,
    minimum: 0,
    maximum: None,
    shared: false,
};
