//! The rules for the stable ABIs (PEP 384, PEP 652, PEP 803): which symbols an abi3 or abi3t module may use,
//! since which Python.

use super::module;
use crate::audit::claim::PythonAbi;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::binary::Binary;
use crate::binary::python_exports::{PythonSymbol, python_exports, stable_since};
use crate::platform::Os;
use crate::tags::{CPython, PythonVersion};

/// The stable ABI that a wheel promises. `abi3` and `abi3t` have the same symbols.
#[derive(Debug, Clone, Copy)]
pub(super) struct StableAbi {
    /// The first Python whose stable ABI it is.
    floor: PythonVersion,
    /// Whether one of the tags is `abi3`.
    abi3: bool,
    /// Whether one of the tags is `abi3t`.
    pub(super) abi3t: bool,
}

impl StableAbi {
    /// What the tags of a wheel promise together; `None` if they promise no stable ABI.
    pub(super) fn of<'a>(abis: impl IntoIterator<Item = &'a PythonAbi>) -> Option<Self> {
        let stable = abis.into_iter().filter_map(|abi| match abi {
            PythonAbi::Stable(floor) => Some((*floor, true)),
            PythonAbi::StableFreeThreaded(floor) => Some((*floor, false)),
            PythonAbi::None | PythonAbi::CPython(_) | PythonAbi::Other => None,
        });
        let stable: Vec<_> = stable.collect();
        Some(Self {
            floor: stable.iter().map(|(floor, _)| *floor).min()?,
            abi3: stable.iter().any(|(_, abi3)| *abi3),
            abi3t: stable.iter().any(|(_, abi3)| !abi3),
        })
    }

    fn promised(self) -> &'static str {
        match (self.abi3, self.abi3t) {
            (true, true) => {
                "the ABI tags abi3 and abi3t promise that the module uses only the stable ABI"
            }
            (false, true) => "the ABI tag abi3t promises that the module uses only the stable ABI",
            (_, false) => "the ABI tag abi3 promises that the module uses only the stable ABI",
        }
    }

    /// The macro with which the headers hide everything else.
    fn define(self) -> String {
        let name = if self.abi3t {
            "Py_TARGET_ABI3T"
        } else {
            "Py_LIMITED_API"
        };
        format!("define {name} as {}", self.floor.limited_api())
    }

    /// Whether no Python for this system exports a symbol of the stable ABI.
    fn is_of_another_system(self, symbol: &str, os: Os) -> bool {
        let python = CPython {
            version: self.floor,
            free_threaded: !self.abi3,
        };
        let nowhere = PythonSymbol::Missing {
            first: None,
            last: None,
        };
        python_exports(symbol, os, python) == nowhere
    }

    /// Checks the symbols of Python that a module uses; `os` is the system that the module is for, if it is known.
    pub(super) fn judge<'a>(
        self,
        os: Option<Os>,
        symbols: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Finding> {
        let Self { floor, .. } = self;
        let mut findings = Vec::new();
        let mut never = Vec::new();
        for symbol in symbols {
            let is_foreign = os.is_some_and(|os| self.is_of_another_system(symbol, os));
            match stable_since(symbol) {
                Some(_) if is_foreign => findings.push(
                    Finding::new(
                        Code::NotStableAbi,
                        format!("uses {symbol}, which only Pythons for another system have"),
                    )
                    .hint("use it only in code that is compiled for the systems that have it"),
                ),
                Some(since) if since <= floor => {}
                Some(since) => findings.push(
                    Finding::new(
                        Code::NotStableAbi,
                        format!("uses {symbol}, which is in the stable ABI since Python {since}"),
                    )
                    .promised(format!("the Python tag promises {floor} and later"))
                    .hint(format!(
                        "{} before Python.h, so that the compiler rejects it; or use the Python tag cp{}",
                        self.define(),
                        since.nodot()
                    ))
                    .possible_python(since),
                ),
                None => never.push(symbol),
            }
        }
        if !never.is_empty() {
            findings.push(
                Finding::new(
                    Code::NotStableAbi,
                    format!("uses {}, which the stable ABI does not have", never.join(", ")),
                )
                .promised(self.promised())
                .hint(format!(
                    "{} before Python.h, so that the compiler rejects it; if the module needs the full \
                     API, build and tag a wheel for each Python",
                    self.define()
                )),
            );
        }
        findings
    }
}

/// Only code that changes the reference count in `PyObject` itself calls this; other code calls `_Py_DecRef`.
const USES_PY_OBJECT: &str = "_Py_Dealloc";
/// The functions that make a module of a `PyModuleDef`.
const TAKE_MODULE_DEF: [&str; 3] = [
    "PyModuleDef_Init",
    "PyModule_Create2",
    "PyModule_FromDefAndSpec2",
];

/// Checks that a module for abi3t does not use the members of structures that abi3t makes opaque. Most such
/// accesses are not visible in a binary.
pub(super) fn opaque(binary: &Binary) -> Vec<Finding> {
    let uses = |name: &str| binary.python_symbols().any(|symbol| symbol == name);
    let hidden = |name: &str, structure: &str| {
        Finding::new(
            Code::NotStableAbi,
            format!("uses {name}, which needs the members of {structure}"),
        )
        .promised(format!(
            "the ABI tag abi3t promises that {structure} is opaque"
        ))
    };
    let mut findings = Vec::new();
    if uses(USES_PY_OBJECT) {
        findings.push(hidden(USES_PY_OBJECT, "PyObject").hint(
            "define Py_TARGET_ABI3T as 0x030F0000 before Python.h of CPython 3.15, so that the compiler \
             rejects it",
        ));
    }
    let exports_slots = module::exports_slots(binary);
    let taking = TAKE_MODULE_DEF.into_iter().find(|name| uses(name));
    if let Some(name) = taking.filter(|_| !exports_slots) {
        // A warning: the code may know the layout of both builds and choose at run time.
        findings.push(
            hidden(name, "PyModuleDef")
                .hint(
                    "export PyModExport_<name>, which gives slots instead of a PyModuleDef (PEP 793), and \
                     define Py_TARGET_ABI3T as 0x030F0000 before Python.h of CPython 3.15",
                )
                .weighing(Severity::Warning),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::claim::Claim;
    use crate::audit::rules::python;
    use crate::audit::rules::samples::{CP312, found, good, takes};
    use crate::platform::Platform;
    use crate::tags::AbiTag;

    /// The findings for a module for Windows in a wheel with these tags.
    fn stable(wheel: &str, binary: &Binary) -> Vec<Finding> {
        let claim = Claim::parse(&format!("a-1-{wheel}-win_amd64.whl")).unwrap();
        python::judge(binary, &claim.abis())
    }

    /// `abi3t` has the symbols of `abi3`: a symbol outside the stable ABI is one finding, whose hint names the macro.
    #[test]
    fn both_stable_abis_have_the_same_symbols() {
        for (wheel, promised, hint) in [
            (
                "cp315-abi3",
                "tag abi3 promises",
                "Py_LIMITED_API as 0x030F0000",
            ),
            (
                "cp315-abi3t",
                "tag abi3t promises",
                "Py_TARGET_ABI3T as 0x030F0000",
            ),
            (
                "cp315-abi3.abi3t",
                "tags abi3 and abi3t promise",
                "Py_TARGET_ABI3T as 0x030F0000",
            ),
        ] {
            let mut binary = good(Platform::WindowsX64);
            let dll = if wheel.ends_with('t') {
                "python3t.dll"
            } else {
                "python3.dll"
            };
            binary.imports = vec![dll.to_owned()];
            takes(&mut binary, "PyModule_FromSlotsAndSpec");
            assert_eq!(stable(wheel, &binary), [], "{wheel}");
            takes(&mut binary, "PyUnstable_Module_SetGIL");
            let findings = stable(wheel, &binary);
            assert_eq!(findings.len(), 1, "{wheel}: {findings:#?}");
            assert!(findings[0].actual.contains("PyUnstable_Module_SetGIL"));
            assert!(findings[0].promised.as_ref().unwrap().contains(promised));
            assert!(
                findings[0].hint.as_ref().unwrap().contains(hint),
                "{findings:#?}"
            );
        }
    }

    #[test]
    fn an_abi3_module_keeps_to_the_stable_abi_of_its_floor() {
        for (symbol, expected) in [
            ("PyLong_FromLong", None),
            ("_Py_Dealloc", None),
            ("PyType_GetName", Some("since Python 3.11")),
            ("PyUnicode_New", Some("does not have")),
            ("_PyObject_GC_New", None),
        ] {
            let mut binary = good(Platform::MacosArm64);
            takes(&mut binary, symbol);
            let findings = found(Platform::MacosArm64, AbiTag::Abi3, &binary);
            match expected {
                None => assert_eq!(findings, [], "{symbol}"),
                Some(part) => {
                    assert_eq!(findings[0].0, Code::NotStableAbi, "{symbol}");
                    assert!(findings[0].1.contains(part), "{findings:?}");
                }
            }
            assert_eq!(found(Platform::MacosArm64, CP312, &binary), [], "{symbol}");
        }
    }
}
