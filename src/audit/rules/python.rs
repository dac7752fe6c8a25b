//! The rules for how a binary uses Python: which API, and from which library.
//!
//! They are the same on every system, except for the DLLs of Windows.

use std::collections::BTreeSet;

use super::promise::Promise;
use super::stable_abi::{self, StableAbi};
use crate::audit::claim::PythonAbi;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
pub(super) use crate::binary::python_exports::is_python_api;
use crate::binary::{Binary, Format, Kind};
use crate::tags::{FIRST_ABI3T, PythonVersion};

/// The name by which a module for iOS loads Python, which is part of the app.
pub(super) const PYTHON_FRAMEWORK: &str = "@rpath/Python.framework/Python";
/// The hint for an extension module that was linked without a Python.
const IMPORT_LIBRARY: &str = "link the import library of that DLL on Windows";

/// The first Python without `--with-fpectl`.
const FIRST_WITHOUT_FPECTL: PythonVersion = PythonVersion::new(3, 7);

pub(super) fn judge(binary: &Binary, abis: &BTreeSet<PythonAbi>) -> Vec<Finding> {
    // Programs contain an interpreter of their own, and other implementations of Python have other rules.
    if binary.kind != Kind::SharedLibrary || abis.contains(&PythonAbi::Other) {
        return Vec::new();
    }
    let is_extension = !binary.inits.is_empty();
    let mut findings = Vec::new();
    if abis.iter().all(|abi| *abi == PythonAbi::None) {
        findings.extend((!is_extension).then(|| without_abi(binary)).flatten());
    }
    if binary.format == Format::Pe {
        findings.extend(dlls(binary, abis, is_extension));
    }
    if let Some(stable) = StableAbi::of(abis) {
        findings.extend(stable.judge(binary.os, binary.python_symbols()));
        if stable.abi3t {
            findings.extend(stable_abi::opaque(binary));
        }
    }
    findings
}

/// An extension module in a `none` wheel is reported by the rule for suffixes.
fn without_abi(binary: &Binary) -> Option<Finding> {
    let uses = binary.python_symbols().next().is_some()
        || binary.imports.iter().any(|dll| is_python_dll(dll));
    uses.then(|| {
        Finding::new(Code::PythonWithoutAbi, "uses CPython's API")
            .promised("the ABI tag none promises that it uses no such API")
            .hint(
                "if it is an extension module, export PyInit_<name>, and tag the wheel for its Python or \
                 for abi3; if it is a library for ctypes or cffi, do not use Python.h",
            )
    })
}

fn dlls(binary: &Binary, abis: &BTreeSet<PythonAbi>, is_extension: bool) -> Vec<Finding> {
    let (full, stable): (Vec<_>, Vec<_>) = abis
        .iter()
        .filter(|abi| !matches!(abi, PythonAbi::None | PythonAbi::Other))
        .partition(|abi| matches!(abi, PythonAbi::CPython(_)));
    // A wheel for the full API of several Pythons has a file for each of them, but a wheel for both stable
    // ABIs has one file for all Pythons.
    let has = |name: &str, wanted: fn(PythonAbi) -> Vec<String>| {
        let fits = |abi: &&PythonAbi| wanted(**abi).iter().any(|dll| dll == name);
        full.iter().any(fits) || (!stable.is_empty() && stable.iter().all(fits))
    };
    let known: BTreeSet<_> = abis.iter().flat_map(|abi| python_dlls(*abi)).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let known = known.iter().map(String::as_str);
    let right: Vec<_> = known
        .clone()
        .filter(|name| has(name, python_dlls))
        .collect();
    // No DLL is in all of the Pythons if the wheel is for abi3 from 3.9 on and for abi3t, for example.
    let list = if right.is_empty() {
        known.collect::<Vec<_>>().join(" and ")
    } else {
        right.join(" or ")
    };
    let python: Vec<_> = binary
        .imports
        .iter()
        .filter(|name| is_python_dll(name))
        .collect();
    if is_extension && python.is_empty() {
        return vec![
            Finding::new(
                Code::NoPythonDll,
                format!(
                    "imports no Python DLL (it should import {list}): it was linked without Python's \
                     import library and would crash at the first call"
                ),
            )
            .hint(IMPORT_LIBRARY),
        ];
    }
    python
        .into_iter()
        .filter(|name| !has(&name.to_lowercase(), python_dlls))
        .map(|name| {
            let promised = format!("the wheel's ABI tag promises {list}");
            let finding = Finding::new(Code::WrongPythonDll, format!("imports {name}"))
                .promised(promised)
                .hint(wrong_dll_hint(name, abis, &list));
            if has(&name.to_lowercase(), stable_dlls) {
                finding.weighing(Severity::Warning)
            } else {
                finding
            }
        })
        .collect()
}

fn wrong_dll_hint(name: &str, abis: &BTreeSet<PythonAbi>, wanted: &str) -> String {
    let stem = wanted.trim_end_matches(".dll");
    let is_stable =
        |abi: &PythonAbi| matches!(abi, PythonAbi::Stable(_) | PythonAbi::StableFreeThreaded(_));
    let stable = abis.iter().any(is_stable);
    match name.to_lowercase().as_str() {
        _ if stable => format!(
            "link {stem}, and define Py_LIMITED_API; if the module needs the full API, build and tag a \
             wheel for each Python"
        ),
        "python3.dll" => format!(
            "link {stem}; or, if the module keeps to the limited API, tag the wheel abi3: one wheel then \
             serves all later versions"
        ),
        "python3t.dll" => format!(
            "link {stem}; or, if the module is built for abi3t, tag the wheel abi3.abi3t: one wheel then \
             serves all later versions"
        ),
        _ => format!("link {stem}, the library of the Python that the wheel is for"),
    }
}

/// The DLLs that a module of an ABI may import, the usual one first; source: CPython's `PC/pyconfig.h`,
/// "`Py_ENABLE_SHARED`".
fn python_dlls(abi: PythonAbi) -> Vec<String> {
    match abi {
        PythonAbi::CPython(python) => vec![format!("python{}.dll", python.nodot())],
        PythonAbi::None
        | PythonAbi::Other
        | PythonAbi::Stable(_)
        | PythonAbi::StableFreeThreaded(_) => stable_dlls(abi),
    }
}

/// The DLLs of the stable ABIs that every Python of an ABI includes. From 3.15 on, every Python includes
/// the DLL of abi3t.
fn stable_dlls(abi: PythonAbi) -> Vec<String> {
    let (has_gil, version) = match abi {
        PythonAbi::None | PythonAbi::Other => return Vec::new(),
        PythonAbi::Stable(floor) => (true, floor),
        PythonAbi::StableFreeThreaded(floor) => (false, floor),
        PythonAbi::CPython(python) => (!python.free_threaded, python.version),
    };
    let abi3 = has_gil.then(|| "python3.dll".to_owned());
    let abi3t = (version >= FIRST_ABI3T).then(|| "python3t.dll".to_owned());
    abi3.into_iter().chain(abi3t).collect()
}

/// Whether a DLL is CPython's: `python3.dll`, `python312.dll`, `python313t_d.dll`.
pub(super) fn is_python_dll(name: &str) -> bool {
    let name = name.to_lowercase();
    let version = name
        .strip_prefix("python")
        .and_then(|rest| rest.strip_suffix(".dll"));
    version.is_some_and(|version| {
        let digits = version.trim_end_matches("_d").trim_end_matches('t');
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Symbols that Pythons before 3.7 export only if they are configured with `--with-fpectl`, which PEP 513 rules
/// out. (`PyFPE_dummy` is always there, but only modules that were built with that option use it.) Python 3.7
/// dropped the option, and 3.7 and 3.8 always export the symbols.
pub(super) fn fpectl(binary: &Binary, promise: &Promise) -> Option<Finding> {
    let used = ["PyFPE_jbuf", "PyFPE_counter", "PyFPE_dummy"];
    let symbol = used
        .into_iter()
        .find(|name| binary.undefined.contains(name))?;
    promise
        .claim
        .has_python_before(FIRST_WITHOUT_FPECTL)
        .then(|| {
            Finding::new(
                Code::BlacklistedSymbol,
                format!(
                    "uses {symbol}, which only a Python that is configured with --with-fpectl needs"
                ),
            )
            .promised("PEP 513 promises that it works with Pythons without that option")
            .hint("build it with a Python that is configured without --with-fpectl")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::rules::samples::{
        CP312, CP313T, CP314T, CP315, compiled, found, good, only, takes,
    };
    use crate::binary::UndefinedSymbols;
    use crate::platform::Platform;
    use crate::tags::AbiTag;

    #[test]
    fn a_windows_module_without_import_library_is_told_what_to_link() {
        let (code, message, hint) = only(Platform::WindowsX64, CP312, |binary| {
            binary.imports.retain(|dll| dll != "python312.dll");
        });
        assert_eq!(code, Code::NoPythonDll);
        assert!(message.contains("imports no Python DLL (it should import python312.dll)"));
        assert!(hint.contains("import library"), "{hint}");
    }

    #[test]
    fn a_windows_module_imports_the_python_dll_of_its_abi() {
        for (abi, dll, fits) in [
            (CP312, "PYTHON312.DLL", true),
            (CP312, "python313.dll", false),
            (CP313T, "python3.dll", false),
            (CP312, "python312_d.dll", false),
            (CP313T, "python313t.dll", true),
            (CP313T, "python313.dll", false),
            (AbiTag::Abi3, "python3.dll", true),
            (AbiTag::Abi3t, "python3t.dll", true),
            (AbiTag::Abi3t, "python3.dll", false),
            (AbiTag::Abi3, "python312.dll", false),
            (AbiTag::Abi3, "python3t.dll", false),
            (CP314T, "python314t.dll", true),
            (CP314T, "python314.dll", false),
            (CP314T, "python3t.dll", false),
            (CP315, "python315.dll", true),
            (CP315, "python315t.dll", false),
        ] {
            let mut binary = good(Platform::WindowsX64);
            binary.imports = vec![dll.to_owned(), "KERNEL32.dll".to_owned()];
            let findings = found(Platform::WindowsX64, abi, &binary);
            let codes: Vec<_> = findings.iter().map(|(code, ..)| *code).collect();
            let expected = (!fits).then_some(Code::WrongPythonDll);
            assert_eq!(codes, Vec::from_iter(expected), "{abi} {dll}");
        }
    }

    #[test]
    fn a_library_for_ctypes_uses_no_python() {
        for platform in compiled() {
            let mut library = good(platform);
            library.inits.clear();
            library.imports.retain(|dll| dll != "python312.dll");
            library.undefined = UndefinedSymbols::default();
            assert_eq!(found(platform, AbiTag::None, &library), []);
            if library.os == Some(crate::tags::Os::Windows) {
                library.imports.insert(0, "python312.dll".to_owned());
            }
            takes(&mut library, "PyLong_FromLong");
            let findings = found(platform, AbiTag::None, &library);
            assert_eq!(findings[0].0, Code::PythonWithoutAbi);
            // Beside an extension module it may.
            assert_eq!(found(platform, CP312, &library), []);
        }
    }

    #[test]
    fn a_full_module_may_import_the_stable_dll_with_a_hint_to_tag_it_abi3() {
        let (code, _, hint) = only(Platform::WindowsX64, CP312, |binary| {
            binary.imports = vec!["python3.dll".to_owned()];
        });
        assert_eq!(code, Code::WrongPythonDll);
        assert!(hint.contains("tag the wheel abi3"), "{hint}");
    }
}
