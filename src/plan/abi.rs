//! Which kind of native code a project has.

use crate::project::{Abi, Project};

/// Decides what kind of native code the project has, from its settings and its source files.
pub(super) fn decide_abi(project: &Project) -> (Abi, String) {
    let (abi, reason) = configured_or_detected(project);
    if abi == Abi::Abi3 && project.hints.mentions_abi3t {
        let reason = format!("{reason}; a source file mentions PyModExport_ or Py_TARGET_ABI3T");
        return (Abi::Abi3AndAbi3t, reason);
    }
    (abi, reason)
}

fn configured_or_detected(project: &Project) -> (Abi, String) {
    if let Some(abi) = &project.config.abi {
        return (abi.value, format!("abi at {}", abi.place));
    }
    if !project.hints.ext_modules.is_empty() {
        return if project.hints.has_limited_modules_only() {
            (Abi::Abi3, "every ext_module has limited_api".to_owned())
        } else {
            (
                Abi::Full,
                "an ext_module has limited_api = false".to_owned(),
            )
        };
    }
    if project.modules().next().is_some() {
        return (Abi::Full, "modules are configured".to_owned());
    }
    if project.hints.mentions_init {
        (Abi::Full, "a source file mentions PyInit_".to_owned())
    } else {
        (Abi::None, "no source file mentions PyInit_".to_owned())
    }
}
