//! What is known of a native binary.

use super::cpu::{IsaLevel, VectorCode};
use super::module_data::{DefinitionHeader, Gil, ModuleData};
use super::names::{NameSet, Provider, UndefinedSymbols, memory};
use super::python_exports::is_python_api;
use super::signature::Signature;
use super::symbols::{NAME, Symbols};
use crate::platform::Os;
use crate::tags::{Arch, Release};

/// The format of a native binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Linux and most other Unix systems.
    Elf,
    /// macOS and Apple's other systems.
    MachO,
    /// Windows.
    Pe,
    /// WebAssembly.
    Wasm,
}

/// What a native binary is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Can be loaded into a process: an extension module, a library.
    SharedLibrary,
    /// A program.
    Executable,
    /// Neither: an object file, debugging information.
    Other,
}

/// A symbol version that a binary requires of a library that it loads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequiredVersion {
    /// The library, by the name in DT_NEEDED.
    pub library: String,
    /// The version.
    pub name: String,
    /// Whether only weak symbols have the version, so that the binary is loaded without it too.
    pub is_weak: bool,
}

/// How much of what a binary offers to others is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportList {
    /// All of it.
    Complete,
    /// Not what comes from a library that it re-exports (Mach-O), or is beyond the limit of what is kept.
    Partial,
}

/// What a native binary says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// Its format.
    pub format: Format,
    /// Its operating system; `None` for one that there are no tags or rules for.
    pub os: Option<Os>,
    /// Its architecture; `None` for one that there are no tags for, and for universal files.
    pub arch: Option<Arch>,
    /// System and architecture for messages.
    ///
    /// Ex) `Linux x86_64`, `iOS arm64`, `Emscripten wasm32`
    pub machine: String,
    /// What it is for.
    pub kind: Kind,
    /// The lowest release that it runs on: of glibc (the highest `GLIBC_x.y` that it asks for, `None`
    /// if it asks for none), of macOS or of iOS.
    pub floor: Option<Release>,
    /// ELF: the symbols that ask for that glibc, sorted.
    pub floor_symbols: Vec<String>,
    /// ELF: the other symbol versions that it requires, sorted by library.
    ///
    /// Ex) `GLIBCXX_3.4.22` of `libstdc++.so.6`, `GLIBC_PRIVATE` of `libc.so.6`
    pub versions: Vec<RequiredVersion>,
    /// ELF: the symbol versions that it defines for others, or none if its symbols have no versions.
    pub defined_versions: Vec<String>,
    /// `name` for each exported `PyInit_name` or `PyModExport_name` (PEP 793), sorted; `U_punycode` for a
    /// name that is not ASCII.
    pub inits: Vec<String>,
    /// The names that it exports.
    pub exports: NameSet,
    /// The names that it takes from elsewhere and cannot do without.
    pub undefined: UndefinedSymbols,
    /// ELF: the lowest API level of Android that it runs on; `None` for one that does not say that it is for
    /// Android.
    pub android_api: Option<u16>,
    /// The libraries that it loads, as written, delay-loaded ones included.
    pub imports: Vec<String>,
    /// Whether `exports` has all the names that it offers.
    pub export_list: ExportList,
    /// What others that link against it will look for: DT_SONAME, LC_ID_DYLIB.
    pub soname: Option<String>,
    /// Where it searches for libraries: the parts of RPATH and RUNPATH, and LC_RPATH.
    pub search_paths: Vec<String>,
    /// Whether what it loads searches there too: DT_RPATH without DT_RUNPATH, and LC_RPATH.
    pub search_is_inherited: bool,
    /// ELF: whether loading it writes into code.
    pub text_relocations: bool,
    /// ELF: whether it asks for an executable stack.
    pub executable_stack: bool,
    /// ELF: the smallest alignment of a LOAD segment, in bytes.
    pub alignment: Option<u64>,
    /// Mach-O: its code signature.
    pub signature: Signature,
    /// What a sample of its code says about the processor that it needs (x86_64 only).
    pub vector_code: VectorCode,
    /// ELF: the level of the x86-64 instruction set that it declares to need.
    pub isa_level: Option<IsaLevel>,
    /// What it says about the GIL, as an extension module.
    pub gil: Gil,
    /// The header of its `PyModuleDef`, as free-threaded Python reads it.
    pub definition: Option<DefinitionHeader>,
    /// A path of the machine that it was built on.
    pub build_path: Option<String>,
    /// Mach-O: one for each architecture of a universal file, in its order.
    pub slices: Vec<Binary>,
}

impl Binary {
    /// A binary of this format that nothing is known of.
    pub(crate) fn unknown(format: Format) -> Self {
        Self {
            format,
            os: None,
            arch: None,
            machine: String::new(),
            kind: Kind::Other,
            floor: None,
            floor_symbols: Vec::new(),
            versions: Vec::new(),
            defined_versions: Vec::new(),
            inits: Vec::new(),
            exports: NameSet::default(),
            undefined: UndefinedSymbols::default(),
            android_api: None,
            imports: Vec::new(),
            export_list: ExportList::Complete,
            soname: None,
            search_paths: Vec::new(),
            search_is_inherited: format == Format::MachO,
            text_relocations: false,
            executable_stack: false,
            alignment: None,
            signature: Signature::None,
            vector_code: VectorCode::None,
            isa_level: None,
            gil: Gil::Unknown,
            definition: None,
            build_path: None,
            slices: Vec::new(),
        }
    }

    /// The binary itself, or each slice of a universal one.
    pub fn parts(&self) -> &[Self] {
        if self.slices.is_empty() {
            std::slice::from_ref(self)
        } else {
            &self.slices
        }
    }

    /// The symbols of CPython's API that it takes from elsewhere.
    pub fn python_symbols(&self) -> impl Iterator<Item = &str> {
        self.parts().iter().flat_map(|part| {
            let symbols = part.undefined.iter();
            symbols
                .filter(|symbol| is_python_api(symbol.name) && part.may_be_python(symbol.provider))
                .map(|symbol| symbol.name)
        })
    }

    /// Whether Python can be what provides a symbol. Other libraries also have functions whose names begin with
    /// `Py`, for example those of PySide.
    fn may_be_python(&self, provider: Provider) -> bool {
        match provider {
            Provider::Any | Provider::Versioned => true,
            Provider::Library(index) => {
                let library = self.imports.get(usize::from(index));
                library.is_none_or(|library| {
                    let library = library.to_ascii_lowercase();
                    library.contains("python") || library.contains("pypy")
                })
            }
        }
    }

    /// What its symbols take in memory, in bytes.
    pub(crate) fn memory_of_symbols(&self) -> usize {
        let parts = self.parts().iter();
        parts
            .map(|part| memory(&part.exports, &part.undefined))
            .sum()
    }

    /// What everything but its symbols takes in memory, in bytes.
    pub(crate) fn memory_of_lists(&self) -> usize {
        let parts = std::iter::once(self).chain(&self.slices);
        let sizes = parts.map(|part| {
            let lists = [
                &part.floor_symbols,
                &part.defined_versions,
                &part.inits,
                &part.imports,
                &part.search_paths,
            ];
            let texts = lists.into_iter().flatten().chain(&part.soname);
            let versions = part.versions.iter();
            let versions = versions.flat_map(|version| [&version.library, &version.name]);
            let texts = texts.chain(&part.build_path).chain([&part.machine]);
            let texts = texts.chain(versions);
            texts.map(|text| text.len() + NAME).sum::<usize>() + size_of::<Self>()
        });
        sizes.sum()
    }

    /// Drops the symbols, which may be too many to keep.
    pub(crate) fn forget_symbols(&mut self) {
        self.exports = NameSet::default();
        self.export_list = ExportList::Partial;
        self.undefined = UndefinedSymbols::default();
        self.slices.iter_mut().for_each(Self::forget_symbols);
    }

    pub(super) fn describes(&mut self, module: ModuleData) {
        self.gil = module.gil;
        self.definition = module.definition;
    }

    pub(super) fn takes(&mut self, symbols: Symbols) {
        self.inits = symbols.inits.into_iter().collect();
        self.exports = NameSet::of_numbers(symbols.exports);
        if symbols.has_more_exports {
            self.export_list = ExportList::Partial;
        }
        self.undefined = symbols.undefined;
        self.undefined.sort();
    }
}
