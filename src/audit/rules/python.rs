//! The rules for how a binary uses Python: which API, and from which library.
//!
//! They are the same on every system, except for the DLLs of Windows.

use std::collections::BTreeSet;

use super::stable_abi;
use crate::audit::claim::PythonAbi;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
pub(super) use crate::binary::python_exports::is_python_api;
use crate::binary::{Binary, Format, Kind};

/// The hint for an extension module that was linked without a Python.
const IMPORT_LIBRARY: &str = "link the import library of that DLL on Windows";

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
    for abi in abis {
        match abi {
            PythonAbi::Stable(floor) | PythonAbi::StableFreeThreaded(floor) => {
                findings.extend(stable_abi::judge(binary, *floor));
            }
            PythonAbi::None | PythonAbi::CPython(_) | PythonAbi::Other => {}
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
    let wanted: Vec<_> = abis.iter().filter_map(|abi| python_dll(*abi)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let python: Vec<_> = binary
        .imports
        .iter()
        .filter(|name| is_python_dll(name))
        .collect();
    let list = wanted.join(" or ");
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
        .filter(|name| !wanted.contains(&name.to_lowercase()))
        .map(|name| {
            let promised = format!("the wheel's ABI tag promises {list}");
            let finding = Finding::new(Code::WrongPythonDll, format!("imports {name}"))
                .promised(promised)
                .hint(wrong_dll_hint(name, abis, &list));
            // Every CPython with the GIL has the stable ABI's DLL too.
            let has_gil = abis
                .iter()
                .all(|abi| matches!(abi, PythonAbi::CPython(python) if !python.free_threaded));
            if has_gil && name.eq_ignore_ascii_case("python3.dll") {
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
        _ => format!("link {stem}, the library of the Python that the wheel is for"),
    }
}

/// The DLL that provides an ABI; source: CPython's `PC/pyconfig.h`, "`Py_ENABLE_SHARED`".
fn python_dll(abi: PythonAbi) -> Option<String> {
    match abi {
        PythonAbi::None | PythonAbi::Other => None,
        PythonAbi::Stable(_) => Some("python3.dll".to_owned()),
        PythonAbi::StableFreeThreaded(_) => Some("python3t.dll".to_owned()),
        PythonAbi::CPython(python) => Some(format!("python{}.dll", python.nodot())),
    }
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
