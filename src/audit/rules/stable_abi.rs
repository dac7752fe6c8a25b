//! The rules for the stable ABIs (PEP 384, PEP 652, PEP 803): which symbols an abi3 or abi3t module may use,
//! since which Python.

use super::module;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::binary::Binary;
use crate::binary::python_exports::stable_since;
use crate::tags::PythonVersion;

/// Checks a module that promises the stable ABI of this version.
pub(super) fn judge(binary: &Binary, floor: PythonVersion) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut never = Vec::new();
    for symbol in binary.python_symbols() {
        match stable_since(symbol) {
            Some(since) if since <= floor => {}
            Some(since) => findings.push(
                Finding::new(
                    Code::NotStableAbi,
                    format!("uses {symbol}, which is in the stable ABI since Python {since}"),
                )
                .promised(format!("the Python tag promises {floor} and later"))
                .hint(format!(
                    "define Py_LIMITED_API as {} before Python.h, so that the compiler rejects it; or use \
                     the Python tag cp{}",
                    floor.limited_api(),
                    since.nodot()
                )),
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
            .promised("the ABI tag abi3 promises that the module uses only the stable ABI")
            .hint(format!(
                "define Py_LIMITED_API as {} before Python.h, so that the compiler rejects it; if the \
                 module needs the full API, build and tag a wheel for each Python",
                floor.limited_api()
            )),
        );
    }
    findings
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
