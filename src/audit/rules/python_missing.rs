//! Symbols of Python that the Pythons of a wheel do not export, and which Pythons do.

use std::fmt;

use super::names::list;
use super::promise::Promise;
use super::python::is_python_api;
use super::shipped::Shipped;
use super::stable_abi::StableAbi;
use crate::audit::claim::PythonAbi;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::python_exports::{PythonSymbol, python_exports};
use crate::platform::Os;
use crate::tags::{CPython, PythonVersion, WheelFilename};

#[derive(Debug)]
pub(super) struct PythonMissing<'a> {
    pub(super) name: &'a str,
    /// The first and the last Python that have it; `None` if no known one has.
    pub(super) known: Option<(Option<PythonVersion>, Option<PythonVersion>)>,
}

impl fmt::Display for PythonMissing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Promise {
    /// Which Pythons of the wheel have a symbol. Symbols of the stable ABI have a list of their own, and a wheel
    /// that promises to use no Python API gets another finding.
    pub(super) fn python_symbol(&self, name: &str, os: Os) -> PythonSymbol {
        let mut answer = PythonSymbol::Foreign;
        for abi in &self.abis {
            let found = match abi {
                PythonAbi::CPython(python) => python_exports(name, os, *python),
                PythonAbi::None
                | PythonAbi::Stable(_)
                | PythonAbi::StableFreeThreaded(_)
                | PythonAbi::Other => {
                    if is_python_api(name) {
                        PythonSymbol::Exported
                    } else {
                        PythonSymbol::Foreign
                    }
                }
            };
            match found {
                PythonSymbol::Exported => return found,
                PythonSymbol::Missing { .. } => answer = found,
                PythonSymbol::Foreign => {}
            }
        }
        answer
    }
}

/// The findings for a file of a wheel for Windows that uses these symbols of Python, which the import library
/// of the Python DLL does not have.
pub(crate) fn missing_from_dll(file: &str, names: &[&str], wheel: &WheelFilename) -> Vec<Finding> {
    let promise = Promise::of_build(wheel, Shipped::default());
    let missing = |python: CPython| -> Vec<_> {
        let known = |name| match python_exports(name, Os::Windows, python) {
            PythonSymbol::Missing { first, last } => Some((first, last)),
            // The DLL does not have it, so only a Python for another system exports it.
            PythonSymbol::Exported => Some((None, None)),
            PythonSymbol::Foreign => None,
        };
        let symbols = names.iter().map(|&name| PythonMissing {
            name,
            known: known(name),
        });
        symbols.collect()
    };
    let mut findings = Vec::new();
    for abi in &promise.abis {
        match abi {
            PythonAbi::CPython(python) => {
                findings.push(python_finding(&missing(*python), &promise));
            }
            PythonAbi::None
            | PythonAbi::Stable(_)
            | PythonAbi::StableFreeThreaded(_)
            | PythonAbi::Other => {}
        }
    }
    if let Some(stable) = StableAbi::of(&promise.abis) {
        findings.extend(stable.judge(Some(Os::Windows), names.iter().copied()));
    }
    findings
        .into_iter()
        .map(|finding| finding.of(file))
        .collect()
}

pub(super) fn python_finding(missing: &[PythonMissing<'_>], promise: &Promise) -> Finding {
    let versions: Vec<_> = promise
        .abis
        .iter()
        .filter_map(|abi| match abi {
            PythonAbi::CPython(python) => Some(python.to_string()),
            PythonAbi::None
            | PythonAbi::Stable(_)
            | PythonAbi::StableFreeThreaded(_)
            | PythonAbi::Other => None,
        })
        .collect();
    let python = format!("Python {}", versions.join(" and "));
    let known: Vec<_> = missing
        .iter()
        .map(|symbol| {
            let when = match symbol.known {
                Some((Some(first), _)) if promise.is_before(first) => {
                    format!("Python {first} added it")
                }
                Some((_, Some(last))) => format!("Python {last} is the last version with it"),
                Some((_, None)) => "only Pythons for another system have it".to_owned(),
                None => "no known Python has it".to_owned(),
            };
            format!("{symbol} ({when})")
        })
        .collect();
    let needed = missing.iter().filter_map(|symbol| symbol.known?.0);
    let needed = needed.filter(|first| promise.is_before(*first)).max();
    let hint = match needed {
        Some(first) => format!(
            "use other functions where PY_VERSION_HEX is less than 0x{:02x}{:02x}0000, or support only \
             Python {first} and later: requires-python = \">={first}\"",
            first.major, first.minor
        ),
        None => {
            "use other functions where this Python does not have these, as Python's documentation \
                 of its C API says"
                .to_owned()
        }
    };
    Finding::new(
        Code::UndefinedSymbol,
        format!("uses {}, which {python} does not export", list(&known)),
    )
    .promised(format!("the ABI tag promises {python}"))
    .hint(hint)
}

impl Promise {
    /// Whether the wheel is for a Python before this one.
    fn is_before(&self, version: PythonVersion) -> bool {
        self.abis
            .iter()
            .any(|abi| matches!(abi, PythonAbi::CPython(own) if own.version < version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The linker for Windows refuses what linkers for other systems leave to the audit.
    #[test]
    fn symbols_that_no_import_library_has_are_findings_too() {
        let found = |wheel: &str, names: &[&str]| {
            let wheel = format!("a-1-{wheel}-win_amd64.whl").parse().unwrap();
            let findings = missing_from_dll("one", names, &wheel);
            assert_eq!(findings.len(), 1, "{findings:#?}");
            assert_eq!(findings[0].file.as_deref(), Some("one"));
            findings[0].clone()
        };
        let names = ["PyErr_NeverWas", "PyList_Extend", "PyOS_AfterFork_Child"];
        let finding = found("cp312-cp312", &names);
        assert_eq!(finding.code, Code::UndefinedSymbol);
        assert_eq!(
            finding.actual,
            "uses PyErr_NeverWas (no known Python has it), PyList_Extend (Python 3.13 added it) and \
             PyOS_AfterFork_Child (only Pythons for another system have it), which Python 3.12 does not export"
        );
        assert!(finding.hint.unwrap().contains(">=3.13"));
        for wheel in ["cp315-abi3", "cp315-abi3.abi3t"] {
            let finding = found(wheel, &["PyList_Extend"]);
            assert_eq!(finding.code, Code::NotStableAbi);
            assert!(
                finding
                    .actual
                    .contains("uses PyList_Extend, which the stable ABI does not have")
            );
        }
    }
}
