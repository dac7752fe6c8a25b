//! The rules for the stable ABI (PEP 384, PEP 652): which symbols an abi3 module may use, since which Python.

use crate::audit::code::Code;
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
