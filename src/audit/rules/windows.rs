//! The rules for Windows: every DLL is Windows's own, CPython's, or in the wheel.

use super::promise::{Promise, foreign_library};
use super::{policy, python, symbols};
use crate::audit::claim::PythonAbi;
use crate::audit::code::Severity;
use crate::audit::finding::Finding;
use crate::binary::{Binary, Kind};
use crate::platform::Os;
use crate::tags::WindowsArch;

pub(super) fn judge(binary: &Binary, machine: WindowsArch, promise: &Promise) -> Vec<Finding> {
    let others = binary
        .imports
        .iter()
        .filter(|name| !python::is_python_dll(name));
    let mut findings = Vec::new();
    for name in others {
        let lower = name.to_lowercase();
        let known = policy::windows_has_library(&lower, machine)
            || policy::python_brings(&lower, machine, &promise.claim)
            || policy::is_unneeded(&lower, &promise.shipped)
            || promise.shipped.has_in_any_case(&lower);
        if known {
            continue;
        }
        let finding = foreign_library(name, Os::Windows, "Windows");
        // A wheel for any Python is most often loaded by one that has it, and a program may do without.
        let likely = promise.abis.contains(&PythonAbi::None) && policy::some_python_brings(&lower);
        findings.push(if likely || binary.kind == Kind::Executable {
            finding.weighing(Severity::Warning)
        } else {
            finding
        });
    }
    // The rest are bound to Windows's own DLLs.
    let missing = symbols::missing(binary, Os::Windows, promise, |_| true);
    findings.extend(missing.findings(promise));
    findings
}
