//! Finds symbols that a binary imports but that nothing provides.
//!
//! The same rule on every system: a symbol comes from a library of the wheel, from the Python of the
//! tag, or from a library of the system. The rules of each system know which symbols its libraries have. A
//! system library with unknown symbols may provide any symbol except those of Python.

use std::collections::BTreeMap;
use std::fmt;

use super::promise::Promise;
use super::python::{PYTHON_FRAMEWORK, is_python_api, is_python_dll};
use super::shipped::Shipped;
use super::stable_abi::StableAbi;
use crate::audit::claim::PythonAbi;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::python_exports::{PythonSymbol, python_exports};
use crate::binary::{Binary, Kind, Provider};
use crate::platform::Os;
use crate::tags::{CPython, PythonVersion, WheelFilename};

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

#[derive(Debug)]
struct PythonMissing<'a> {
    name: &'a str,
    /// The first and the last Python that have it; `None` if no known one has.
    known: Option<(Option<PythonVersion>, Option<PythonVersion>)>,
}

impl fmt::Display for PythonMissing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
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

impl Promise {
    /// Which Pythons of the wheel have a symbol. Symbols of the stable ABI have a list of their own, and a wheel
    /// that promises to use no Python API gets another finding.
    fn python_symbol(&self, name: &str, os: Os) -> PythonSymbol {
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

fn python_finding(missing: &[PythonMissing<'_>], promise: &Promise) -> Finding {
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
    let known: Vec<_> = known.iter().map(String::as_str).collect();
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

/// Ex) `a, b, c, d and 3 more symbols`
pub(super) fn list(names: &[&str]) -> String {
    const SHOWN: usize = 4;
    let (shown, rest) = names.split_at(names.len().min(SHOWN));
    let (last, first) = match (shown.split_last(), rest.len()) {
        (Some((last, first)), 0) => ((*last).to_owned(), first),
        (_, count) => (format!("{count} more symbols"), shown),
    };
    match first {
        [] => last,
        first => format!("{} and {last}", first.join(", ")),
    }
}

/// Whether the name is one of the C or C++ runtime: of libgcc, libstdc++ or libc++.
pub(super) fn is_runtime_symbol(name: &str) -> bool {
    name.starts_with("__") || is_cxx_runtime_symbol(name)
}

/// Whether the name belongs to libc++, libc++abi or libunwind, or to their equivalents on other systems.
pub(super) fn is_cxx_runtime_symbol(name: &str) -> bool {
    const PREFIXES: [&str; 24] = [
        "__cxa_",
        "__gxx_",
        "__dynamic_cast",
        "_Unwind_",
        "_ZSt",
        "_ZNSt",
        "_ZNKSt",
        "_ZTISt",
        "_ZTVSt",
        "_ZTSSt",
        "_ZTTSt",
        "_ZGVNSt",
        "_ZTTNSt",
        "_ZTINSt",
        "_ZTVNSt",
        "_ZTSNSt",
        "_ZTVN10__cxxabiv1",
        "_ZTIN10__cxxabiv1",
        "_ZN10__cxxabiv1",
        "_ZN9__gnu_cxx",
        "_ZNK9__gnu_cxx",
        "_Zn",
        "_Zd",
        "_ITM_",
    ];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
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

    #[test]
    fn names_of_the_runtimes_are_told_by_how_they_begin() {
        for name in [
            "_Unwind_Resume",
            "__cxa_throw",
            "_ZNSt6vectorE",
            "_ZnwmSt",
            "_ZTISt9exception",
        ] {
            assert!(is_runtime_symbol(name), "{name}");
        }
        for name in ["mean_of", "_ZN4absl6StrCatEv", "_ZTI5hello", "_PyHello"] {
            assert!(!is_runtime_symbol(name), "{name}");
        }
        assert!(is_cxx_runtime_symbol("__cxa_throw") && !is_cxx_runtime_symbol("__my_helper"));
    }

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
