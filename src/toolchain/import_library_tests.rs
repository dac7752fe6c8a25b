use std::collections::BTreeSet;

use object::read::archive::ArchiveFile;
use object::read::coff::{ImportFile, ImportType};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::tags::{CPython, supported_pythons};
use crate::toolchain::testing;

/// How many symbols each DLL exports, and the SHA-256 of their lines in its definition file, sorted:
/// the figures are those of the definition files of python3-dll-a 0.2.15.
const DLLS: &[(&str, usize, &str)] = &[
    (
        "python3",
        945,
        "de3a3239a6fffc8b480917ddd6ec3b8c55f1c0f0d0db63f9f53dff18b25e4be4",
    ),
    (
        "python39",
        1641,
        "d79f2b4d3a6ec0c67f9789d901b991d47295dbdc4ce03ed875ee314c42ba1625",
    ),
    (
        "python310",
        1607,
        "666f645dd48472cc65255323462b79389b06783715c3264558251fbc80b2c45f",
    ),
    (
        "python311",
        1630,
        "6d42145acfdba73bb3f7b4892953835b64753d457c8ba48e82997c8e26095622",
    ),
    (
        "python312",
        1706,
        "66850a7d4f78e97dc67783fada08b8f26c4e3391b1ae02558df202bd02e9ba31",
    ),
    (
        "python313",
        1656,
        "d84e436a3b93b31eadf2cdfdad6acd40fa5c8e89e8bda8312126a09c27a5a7d5",
    ),
    (
        "python313t",
        1661,
        "ac8ea561bfc5767098a10f86b5804a9912eb98f2c88603152b8d224bd217e00a",
    ),
    (
        "python314",
        1810,
        "b1fb9eedc687017f04b5fd6f426a27e54b1f4bf17671100dc2cb7b34883b6cb3",
    ),
    (
        "python314t",
        1811,
        "e1f88cea488ce3808cb5d60390c376a34576d2715e09e603b29b6ef832e4c7cd",
    ),
];

/// The symbols of the stable ABI that came after that release of python3-dll-a.
const LATER: &[&str] = &[
    "PyCriticalSection2_Begin",
    "PyCriticalSection2_End",
    "PyCriticalSection_Begin",
    "PyCriticalSection_End",
    "PyInterpreterGuard_Close",
    "PyInterpreterGuard_FromCurrent",
    "PyInterpreterGuard_FromView",
    "PyInterpreterView_Close",
    "PyInterpreterView_FromCurrent",
    "PyInterpreterView_FromMain",
    "PyModule_GetState_DuringGC",
    "PyModule_GetToken_DuringGC",
    "PyObject_CallFinalizerFromDealloc",
    "PyObject_GetTypeData_DuringGC",
    "PyThreadState_Ensure",
    "PyThreadState_EnsureFromView",
    "PyThreadState_Release",
    "PyType_FromSlots",
    "PyType_GetBaseByToken_DuringGC",
    "PyType_GetModuleByToken_DuringGC",
    "PyType_GetModuleState_DuringGC",
    "PyType_GetModule_DuringGC",
    "Py_HashBuffer",
];

fn exports(name: &str) -> Vec<DllExport> {
    match name.strip_prefix("python3").unwrap() {
        "" => stable_dll_exports(),
        minor => dll_exports(format!("3.{minor}").parse().unwrap()).unwrap(),
    }
}

#[test]
fn the_definition_files_have_what_the_dlls_export() {
    for (name, count, digest) in DLLS {
        let text = definitions(name, &exports(name));
        let head = format!("LIBRARY {name}.dll\nEXPORTS\n");
        let lines = text.strip_prefix(&head).unwrap().lines();
        assert!(lines.clone().is_sorted(), "{name}");
        let is_later = |line: &&str| *name == "python3" && LATER.contains(line);
        let lines: Vec<_> = lines.filter(|line| !is_later(line)).collect();
        assert_eq!(lines.len(), *count, "{name}");
        let digest_of_lines = Sha256::digest(lines.join("\n") + "\n");
        assert_eq!(hex::encode(digest_of_lines), *digest, "{name}");
    }
}

#[test]
fn variables_are_exported_as_data() {
    let text = definitions("python312", &exports("python312"));
    for line in ["PyLong_FromLong", "Py_Version DATA", "_Py_NoneStruct DATA"] {
        assert!(text.lines().any(|known| known == line), "{line}");
    }
}

#[test]
fn a_python_without_a_table_is_refused() {
    for python in ["3.8", "3.99", "3.12t", "4.12"] {
        assert!(dll_exports(python.parse().unwrap()).is_none(), "{python}");
    }
    let error = unknown_exports("python399").to_string();
    assert!(
        error.contains("no list of the names that python399.dll exports"),
        "{error}"
    );
}

#[test]
fn every_supported_python_has_a_table() {
    for python in supported_pythons() {
        assert!(
            dll_exports(python).is_some(),
            "{python}: scripts/update-audit-data.py adds it to src/binary/data/python_symbols.txt"
        );
    }
}

#[test]
fn free_threaded_pythons_have_the_public_functions_of_those_with_the_gil() {
    for python in supported_pythons().filter(|python| python.free_threaded) {
        let own = dll_exports(python).unwrap();
        let gil = dll_exports(CPython::with_gil(python.version)).unwrap();
        for export in gil.iter().filter(|(name, _)| !name.starts_with('_')) {
            assert!(own.contains(export), "{export:?} in {python}");
        }
    }
}

/// What zig makes for every Python and every stable ABI has the names of the table, each under its kind.
#[test]
fn import_libraries_have_the_functions_and_the_variables() {
    let (_dir, cache) = testing::cache();
    let Some(zig) = testing::zig(&cache) else {
        return;
    };
    let full = supported_pythons().map(AbiTag::CPython);
    let abis = full.chain([AbiTag::Abi3, AbiTag::Abi3t]);
    for abi in abis {
        let (name, exports) = dll(abi).unwrap();
        let exports = exports.unwrap();
        for arch in [WindowsArch::X64, WindowsArch::Arm64] {
            let library = import_library(abi, arch, &zig, &cache).unwrap().unwrap();
            assert_eq!(library.name, name);
            assert!(library.file.ends_with(format!("{name}.lib")));
            let bytes = fs::read(library.file).unwrap();
            assert_eq!(imports(&bytes, &format!("{name}.dll")), exports, "{name}");

            let archive = ArchiveFile::parse(&*bytes).unwrap();
            let symbols = archive.symbols().unwrap().unwrap();
            let names: BTreeSet<_> = symbols.map(|symbol| symbol.unwrap().name()).collect();
            for (symbol, kind) in &exports {
                let plain = names.contains(symbol.as_bytes());
                assert_eq!(plain, *kind == SymbolKind::Function, "{symbol} in {name}");
                let pointer = format!("__imp_{symbol}");
                assert!(names.contains(pointer.as_bytes()), "{pointer} in {name}");
            }
        }
    }
}

/// The symbols that an import library takes from this DLL, sorted by name.
fn imports<'a>(library: &'a [u8], dll: &str) -> Vec<(&'a str, SymbolKind)> {
    let archive = ArchiveFile::parse(library).unwrap();
    let members = archive.members().map(|member| member.unwrap());
    let imports =
        members.filter_map(|member| ImportFile::parse(member.data(library).unwrap()).ok());
    let mut symbols: Vec<_> = imports
        .map(|import| {
            assert_eq!(import.dll(), dll.as_bytes());
            let kind = match import.import_type() {
                ImportType::Code => SymbolKind::Function,
                ImportType::Data | ImportType::Const => SymbolKind::Data,
            };
            (std::str::from_utf8(import.symbol()).unwrap(), kind)
        })
        .collect();
    symbols.sort_unstable_by_key(|(name, _)| *name);
    symbols
}
