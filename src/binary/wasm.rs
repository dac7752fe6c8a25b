//! Reads WebAssembly: what the dynamic loader of Emscripten would ask for.
//!
//! Takes bytes, gives a [`Binary`]. Source: WebAssembly tool conventions, "WebAssembly Dynamic Linking".

use std::collections::HashSet;

use wasmparser::{
    Dylink0SectionReader, Dylink0Subsection, Encoding, ExternalKind, Import, KnownCustom, Parser,
    Payload, SymbolFlags, TypeRef,
};

use super::facts::{Binary, Format, Kind};
use super::names::Provider;
use super::symbols::Symbols;
use super::unreadable::Unreadable;
use crate::platform::Os;
use crate::tags::Arch;

/// The largest `dylink.0` section that is read, in bytes. Its lists take much more memory than the section.
const LARGEST_DYLINK: usize = 512 << 10;
/// The module whose imports Emscripten's loader looks up among all exports.
const ENV: &str = "env";
/// The modules that stand for the addresses of functions and variables, and the system calls of WASI.
const OTHER_MODULES: [&str; 3] = ["GOT.func", "GOT.mem", WASI];
const WASI: &str = "wasi_snapshot_preview1";
/// The imports that the loader itself provides to each module.
const FROM_LOADER: [&str; 2] = ["__memory_base", "__table_base"];

/// The parts of a module that say how it is loaded.
#[derive(Default)]
struct Module<'a> {
    form: Form,
    is_program: bool,
    imports_wasi: bool,
    memory: Memory,
    /// The imports that may be missing, by module and name.
    weak: HashSet<(&'a str, &'a str)>,
}

/// The forms of WebAssembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Form {
    /// A module that is loaded by itself.
    #[default]
    Plain,
    /// A module whose first section is `dylink.0`, which is loaded into another one.
    Side,
    /// An object file, which only a linker reads.
    Object,
    Component,
}

/// Where the memory of a module comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Memory {
    /// The module has a memory of its own, or none.
    #[default]
    Own,
    Imported,
    /// Memory for several threads.
    Shared,
    /// Memory with addresses of 64 bits.
    Wide,
}

pub(super) fn read(bytes: &[u8]) -> Result<Binary, Unreadable> {
    let mut binary = Binary::unknown(Format::Wasm);
    let mut module = Module::default();
    let mut names = Symbols::of(bytes.len());
    let mut is_first = true;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { encoding, .. } => {
                if encoding == Encoding::Component {
                    module.form = Form::Component;
                }
                continue;
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Dylink0(reader) if is_first => {
                    if section.data().len() > LARGEST_DYLINK {
                        let why = "its dylink.0 section is larger than that of any module";
                        return Err(Unreadable::Damaged(why.to_owned()));
                    }
                    module.form = Form::Side;
                    read_dylink(reader, &mut binary, &mut module, &mut names)?;
                }
                KnownCustom::Linking(_) => module.form = Form::Object,
                _ => {}
            },
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    read_import(&import?, &mut module, &mut names)?;
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    let name = export.name.as_bytes();
                    match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => {
                            module.is_program |= name == b"_start";
                            names.export(name)?;
                        }
                        ExternalKind::Table
                        | ExternalKind::Memory
                        | ExternalKind::Global
                        | ExternalKind::Tag => names.export_variable(name)?,
                    }
                }
            }
            _ => {}
        }
        is_first = false;
    }
    binary.takes(names);
    binary.kind = match module.form {
        Form::Object | Form::Component => Kind::Other,
        Form::Plain if module.is_program => Kind::Executable,
        Form::Plain | Form::Side => Kind::SharedLibrary,
    };
    (binary.os, binary.arch, binary.machine) = machine(&module);
    Ok(binary)
}

fn read_dylink<'a>(
    reader: Dylink0SectionReader<'a>,
    binary: &mut Binary,
    module: &mut Module<'a>,
    names: &mut Symbols,
) -> Result<(), Unreadable> {
    for subsection in reader {
        match subsection? {
            Dylink0Subsection::Needed(libraries) => {
                for library in libraries {
                    names.list(&mut binary.imports, library.as_bytes())?;
                }
            }
            Dylink0Subsection::RuntimePath(paths) => {
                for path in paths {
                    names.list(&mut binary.search_paths, path.as_bytes())?;
                }
            }
            Dylink0Subsection::ImportInfo(imports) => {
                let weak = imports
                    .iter()
                    .filter(|import| import.flags.contains(SymbolFlags::BINDING_WEAK));
                let weak = weak.map(|import| (import.module, import.field));
                module.weak.extend(weak);
            }
            Dylink0Subsection::MemInfo(_)
            | Dylink0Subsection::ExportInfo(_)
            | Dylink0Subsection::TargetArch(_)
            | Dylink0Subsection::Unknown { .. } => {}
        }
    }
    Ok(())
}

fn read_import<'a>(
    import: &Import<'a>,
    module: &mut Module<'a>,
    names: &mut Symbols,
) -> Result<(), Unreadable> {
    module.imports_wasi |= import.module == WASI;
    match import.ty {
        TypeRef::Memory(memory) => {
            module.memory = match (memory.memory64, memory.shared) {
                (true, _) => Memory::Wide,
                (false, true) => Memory::Shared,
                (false, false) => Memory::Imported,
            };
            return Ok(());
        }
        // Every module imports the one table of functions.
        TypeRef::Table(_) => return Ok(()),
        TypeRef::Func(_) | TypeRef::FuncExact(_) | TypeRef::Global(_) | TypeRef::Tag(_) => {}
    }
    if module.weak.contains(&(import.module, import.name)) || FROM_LOADER.contains(&import.name) {
        return Ok(());
    }
    if import.module == ENV || OTHER_MODULES.contains(&import.module) {
        names.import(import.name.as_bytes(), Provider::Any)
    } else {
        // The loader knows no other modules, so nothing provides their names.
        let name = format!("{}.{}", import.module, import.name);
        names.import(name.as_bytes(), Provider::Any)
    }
}

/// The system and the architecture, and their names for messages.
fn machine(module: &Module<'_>) -> (Option<Os>, Option<Arch>, String) {
    let other = |name: &str| (None, None, name.to_owned());
    match (module.form, module.memory) {
        (Form::Component, _) => other("the WebAssembly component model"),
        (Form::Object, _) => other("a WebAssembly linker (it is an object file)"),
        (Form::Plain, _) if module.imports_wasi => other("WASI"),
        (Form::Plain, _) => {
            other("WebAssembly without dynamic linking (its first section is not dylink.0)")
        }
        (Form::Side, Memory::Imported) => (
            Some(Os::Emscripten),
            Some(Arch::Wasm32),
            "Emscripten wasm32".to_owned(),
        ),
        (Form::Side, Memory::Wide) => other("Emscripten wasm64"),
        (Form::Side, Memory::Shared) => {
            other("Emscripten with threads (it imports a shared memory)")
        }
        (Form::Side, Memory::Own) => {
            other("WebAssembly with a memory of its own (it imports no memory)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A side module with a weak import, and one that loads a library.
    const SEEDS: [&[u8]; 2] = [
        include_bytes!("../../tests/fuzz/corpus/wasm/weak"),
        include_bytes!("../../tests/fuzz/corpus/wasm/library"),
    ];

    #[test]
    fn a_side_module_says_what_it_needs() {
        let [weak, library] = SEEDS.map(|bytes| read(bytes).unwrap());
        for module in [&weak, &library] {
            assert_eq!(module.os, Some(Os::Emscripten));
            assert_eq!(module.arch, Some(Arch::Wasm32));
            assert_eq!(module.kind, Kind::SharedLibrary);
            assert_eq!(module.inits, ["_native"]);
            assert!(module.undefined.contains("PyLong_FromLong"));
            assert!(!module.undefined.contains("__memory_base"));
        }
        assert!(!weak.undefined.contains("mean_of"));
        assert_eq!(library.imports, ["libhelp.so"]);
        assert_eq!(library.search_paths, ["$ORIGIN/../hello.libs"]);
    }

    #[test]
    fn what_is_no_side_module_has_no_system() {
        let empty = read(b"\0asm\x01\0\0\0").unwrap();
        assert_eq!((empty.os, empty.arch), (None, None));
        assert!(empty.machine.contains("dylink.0"), "{}", empty.machine);
        let component = read(b"\0asm\x0d\0\x01\0").unwrap();
        assert_eq!(component.kind, Kind::Other);
    }

    #[test]
    fn damaged_modules_are_errors_and_never_panics() {
        for seed in SEEDS {
            for end in 0..seed.len() {
                let _ = read(&seed[..end]);
            }
            for at in 0..seed.len() {
                for wrong in [0x00, 0x7f, 0x80, 0xff] {
                    let mut bytes = seed.to_vec();
                    bytes[at] = wrong;
                    let _ = read(&bytes);
                }
            }
        }
    }
}
