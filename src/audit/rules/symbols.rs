//! Finds symbols that a binary imports but that nothing provides.
//!
//! The same rule on every system: a symbol comes from a library of the wheel, from the Python of the
//! tag, or from a library of the system. The rules of each system know which symbols its libraries have. A
//! system library with unknown symbols may provide any symbol except those of Python.

use std::collections::BTreeMap;

use super::names::list;
use super::promise::Promise;
use super::python::{PYTHON_FRAMEWORK, is_python_dll};
use super::python_missing::{PythonMissing, python_finding};
use crate::audit::claim::PythonAbi;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::python_exports::PythonSymbol;
use crate::binary::{Binary, Kind, Provider};
use crate::platform::Os;

/// The symbols of a binary that nothing provides.
#[derive(Debug, Default)]
pub(super) struct Missing<'a> {
    /// Symbols of Python that exist only in another version or on another system.
    python: Vec<PythonMissing<'a>>,
    /// Symbols that are exported by a file of the wheel that the binary does not load, by the path of that file.
    unloaded: BTreeMap<&'a str, Vec<&'a str>>,
    /// All other symbols.
    pub(super) others: Vec<&'a str>,
    /// Whether the loader looks for functions only when they are called, as Emscripten's does.
    is_lazy: bool,
}

/// The missing symbols of one architecture; `system` says whether a library of the system may provide a symbol.
pub(super) fn missing<'a>(
    part: &'a Binary,
    os: Os,
    promise: &'a Promise,
    system: impl Fn(&str) -> bool,
) -> Missing<'a> {
    let mut missing = Missing {
        is_lazy: os == Os::Emscripten,
        ..Missing::default()
    };
    // A program is not loaded into an interpreter, and other implementations have other symbols.
    if part.kind != Kind::SharedLibrary || promise.abis.contains(&PythonAbi::Other) {
        return missing;
    }
    let shipped = &promise.shipped;
    let providers = shipped.providers(part);
    for symbol in part.undefined.iter() {
        let name = symbol.name;
        let library = match symbol.provider {
            Provider::Versioned => continue,
            Provider::Library(index) => part.imports.get(usize::from(index)),
            Provider::Any => None,
        };
        let from_python = match (symbol.provider, library) {
            (Provider::Any, _) => true,
            (_, Some(library)) => is_python_dll(library) || library == PYTHON_FRAMEWORK,
            _ => false,
        };
        if symbol.provider == Provider::Any && providers.export(name) {
            continue;
        }
        match from_python.then(|| promise.python_symbol(name, os)) {
            Some(PythonSymbol::Exported) => {}
            Some(PythonSymbol::Missing { first, last }) => {
                let known = Some((first, last));
                missing.python.push(PythonMissing { name, known });
            }
            Some(PythonSymbol::Foreign) | None => {
                let lacks = match library {
                    Some(library) => shipped.lacks(part, library, name),
                    None => symbol.provider == Provider::Any && !system(name),
                };
                let unloaded = providers.unloaded(name);
                match unloaded.filter(|_| symbol.provider == Provider::Any) {
                    _ if !lacks => {}
                    Some(path) => missing.unloaded.entry(path).or_default().push(name),
                    None => missing.others.push(name),
                }
            }
        }
    }
    missing
}

impl Missing<'_> {
    /// The findings for these symbols.
    pub(super) fn findings(&self, promise: &Promise) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.python.is_empty() {
            findings.push(python_finding(&self.python, promise));
        }
        findings.extend(self.unloaded.iter().map(|(path, names)| {
            Finding::new(
                Code::UndefinedSymbol,
                format!(
                    "uses {}, defined in {path}, which this module does not load",
                    list(names)
                ),
            )
            .promised("an extension module sees only the symbols of the libraries that it is linked with")
            .hint(
                "compile the source file that defines the symbol into this module too, or link the module \
                 with that library",
            )
        }));
        if !self.others.is_empty() {
            let define = if self.others.len() == 1 {
                "defines"
            } else {
                "define"
            };
            let load = if self.is_lazy { "load or call" } else { "load" };
            let these = format!(
                "which neither the wheel nor any library that it loads {define}, so that Python cannot {load} it"
            );
            findings.push(
                Finding::new(
                    Code::UndefinedSymbol,
                    format!("uses {}, {these}", list(&self.others)),
                )
                .hint(
                    "compile the source file that defines it into this file, or link the library that \
                     defines it",
                ),
            );
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::claim::Claim;
    use crate::audit::rules::Shipped;
    use crate::binary::Format;
    use crate::tags::Arch;

    /// What is said of a library that takes these symbols, in a wheel with these tags.
    fn found(tags: &str, names: &[&str]) -> Vec<Finding> {
        let mut binary = Binary::unknown(Format::Elf);
        binary.kind = Kind::SharedLibrary;
        binary.arch = Some(Arch::X86_64);
        binary.undefined = names.iter().map(|name| (*name, Provider::Any)).collect();
        let claim = Claim::parse(&format!("hello-1.0-{tags}-manylinux_2_17_x86_64.whl")).unwrap();
        let promise = Promise::of(&claim, Shipped::default(), false);
        missing(&binary, Os::Linux, &promise, |name| name == "malloc").findings(&promise)
    }

    #[test]
    fn what_python_lacks_is_told_with_the_version_that_has_it() {
        let later = found("cp311-cp311", &["PyList_Extend", "PyList_New", "malloc"]);
        let [finding] = &later[..] else {
            panic!("{later:?}");
        };
        assert_eq!(
            finding.actual,
            "uses PyList_Extend (Python 3.13 added it), which Python 3.11 does not export"
        );
        let hint = finding.hint.as_deref().unwrap();
        assert!(hint.contains("0x030d0000") && hint.contains("requires-python = \">=3.13\""));
        let removed = found("cp313-cp313t", &["PyUnicode_AsUnicode"]);
        assert!(
            removed[0]
                .actual
                .contains("Python 3.11 is the last version with it")
        );
        assert!(removed[0].actual.ends_with("Python 3.13t does not export"));
    }

    #[test]
    fn undefined_symbols_are_one_finding_with_a_hint() {
        let names = ["a", "b", "c", "d", "e", "f", "malloc"];
        let all = found("cp311-cp311", &names);
        assert_eq!(all.len(), 1);
        assert!(
            all[0]
                .actual
                .starts_with("uses a, b, c, d and 2 more symbols, which")
        );
        assert!(all[0].hint.as_deref().unwrap().contains("source file"));
        let one = found("cp311-cp311", &["mean_of"]);
        assert!(one[0].actual.starts_with("uses mean_of, which neither"));
    }

    #[test]
    fn the_stable_abi_and_other_pythons_are_judged_elsewhere() {
        assert_eq!(found("cp39-abi3", &["PyList_Extend"]), []);
        assert_eq!(found("py3-none", &["PyList_Extend"]), []);
        assert_eq!(
            found("pp310-pypy310_pp73", &["PyList_Extend", "mean_of"]),
            []
        );
        for tags in ["cp39-abi3", "py3-none"] {
            assert_eq!(found(tags, &["mean_of"]).len(), 1, "{tags}");
        }
    }

    #[test]
    fn of_several_pythons_one_must_have_it() {
        assert_eq!(found("cp311.cp313-cp311.cp313", &["PyList_Extend"]), []);
        assert_eq!(
            found("cp310.cp311-cp310.cp311", &["PyList_Extend"]).len(),
            1
        );
    }
}
