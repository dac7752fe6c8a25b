//! The rules for Windows: every DLL is part of Windows, of CPython, or of the wheel.

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
            || policy::pythons_include(&lower, machine, &promise.claim)
            || policy::is_unneeded(&lower, &promise.shipped)
            || promise.shipped.has_in_any_case(&lower);
        if known {
            continue;
        }
        let finding = foreign_library(name, Os::Windows, "Windows");
        // Most Pythons that load a wheel for any Python have the DLL, and a program may work without it.
        let likely =
            promise.abis.contains(&PythonAbi::None) && policy::some_python_includes(&lower);
        findings.push(if likely || binary.kind == Kind::Executable {
            finding.weighing(Severity::Warning)
        } else {
            finding
        });
    }
    // All other symbols come from DLLs of Windows.
    let missing = symbols::missing(binary, Os::Windows, promise, |_| true);
    findings.extend(missing.findings(promise));
    findings
}
