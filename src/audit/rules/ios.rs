//! The rules for iOS (PEP 730): the lowest release, system libraries, and the framework of Python.
//!
//! A signature is not needed: Xcode signs each module again when it makes the app.

use super::macos::{has_known_symbols, is_available, may_be_loaded};
use super::promise::{Promise, floor_too_high, foreign_library};
use super::python::PYTHON_FRAMEWORK;
use super::symbols;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::Binary;
use crate::tags::{IosMachine, PlatformTag, Release};

/// The first release whose simulator runs on Apple silicon; linkers write no earlier one.
const FIRST_ARM64_SIMULATOR: Release = Release::new(14, 0);

pub(super) fn judge(
    binary: &Binary,
    promised: Release,
    machine: IosMachine,
    promise: &Promise,
) -> Vec<Finding> {
    let slices = binary.parts().iter();
    let slices = slices.filter(|slice| slice.arch == Some(machine.arch()));
    let findings = slices.flat_map(|slice| {
        let mut findings = Vec::new();
        findings.extend(floor(slice, promised, machine));
        let foreign = slice.imports.iter().filter(|library| {
            *library != PYTHON_FRAMEWORK && !is_available(library, &promise.shipped)
        });
        findings.extend(foreign.map(|library| {
            let finding = foreign_library(library, machine.family().os(), "iOS");
            if library.contains("Python.framework/") || library.contains("libpython") {
                finding.hint(format!(
                    "link the Python of the iOS app, {PYTHON_FRAMEWORK}"
                ))
            } else {
                finding
            }
        }));
        let system = promise.shipped.system_libraries(slice);
        let all_known = system
            .iter()
            .all(|library| *library == PYTHON_FRAMEWORK || has_known_symbols(library));
        let missing = symbols::missing(slice, machine.family().os(), promise, |name| {
            !all_known || may_be_loaded(name)
        });
        findings.extend(missing.findings(promise));
        findings
    });
    findings.collect()
}

fn floor(slice: &Binary, promised: Release, machine: IosMachine) -> Option<Finding> {
    let tag = PlatformTag::Ios(promised, machine);
    let least = match machine {
        IosMachine::Arm64Simulator => promised.max(FIRST_ARM64_SIMULATOR),
        IosMachine::Arm64Device | IosMachine::X64Simulator => promised,
    };
    let Some(needed) = slice.floor else {
        return Some(
            Finding::new(
                Code::NoFloor,
                "does not say which iOS it needs, so no tag can promise one",
            )
            .hint(
                "link it with a deployment target (-mios-version-min): the linker then writes \
                 LC_BUILD_VERSION",
            ),
        );
    };
    (needed > least).then(|| {
        let needs = format!("iOS {needed}");
        let possible = PlatformTag::Ios(needed, machine);
        floor_too_high(
            tag,
            (&needs, &format!("iOS {promised}")),
            (needed, possible),
        )
    })
}
