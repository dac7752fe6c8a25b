//! One row of the corpus: a good wheel, a change to it, and what the check must report.

use pyz3_wheel::audit::{Code, Severity};

use super::wheel::Wheel;

pub(super) const PURE: &str = "py3-none-any";
pub(super) const LINUX: &str = "cp312-cp312-manylinux_2_17_x86_64";
pub(super) const LINUX_ABI3: &str = "cp39-abi3-manylinux_2_17_x86_64";
pub(super) const LINUX_FREE: &str = "cp313-cp313t-manylinux_2_17_x86_64";
pub(super) const LINUX_NONE: &str = "py3-none-manylinux_2_17_x86_64";
pub(super) const MUSL: &str = "cp312-cp312-musllinux_1_2_x86_64";
pub(super) const MACOS: &str = "cp312-cp312-macosx_11_0_arm64";
pub(super) const MACOS_ABI3: &str = "cp39-abi3-macosx_11_0_arm64";
pub(super) const MACOS_NONE: &str = "py3-none-macosx_11_0_arm64";
pub(super) const INTEL: &str = "cp312-cp312-macosx_10_13_x86_64";
pub(super) const UNIVERSAL: &str = "cp312-cp312-macosx_10_13_universal2";
pub(super) const WINDOWS: &str = "cp312-cp312-win_amd64";
pub(super) const WINDOWS_ABI3: &str = "cp39-abi3-win_amd64";
pub(super) const WINDOWS_FREE: &str = "cp313-cp313t-win_amd64";
pub(super) const WINDOWS_NONE: &str = "py3-none-win_amd64";

pub(super) const IOS: &str = "cp313-cp313-ios_13_0_arm64_iphoneos";
pub(super) const IOS_SIMULATOR: &str = "cp313-cp313-ios_13_0_arm64_iphonesimulator";
pub(super) const ANDROID: &str = "cp313-cp313-android_24_arm64_v8a";
pub(super) const PYODIDE: &str = "cp314-cp314-pyemscripten_2026_0_wasm32";

/// What the check must report about a wheel.
#[derive(Debug)]
pub(crate) struct Fault {
    /// What is wrong with it.
    pub(crate) what: String,
    /// The code of that; more than one where either is right.
    pub(crate) codes: Vec<Code>,
    pub(crate) severity: Severity,
    /// Other codes that the check may report, because the fault cannot occur without them.
    pub(crate) also: Vec<Code>,
}

/// A wheel with one fault.
pub(crate) struct Case {
    pub(crate) fault: Fault,
    pub(crate) wheel: Wheel,
}

/// The good wheel of these tags is refused with the code once this was done to it.
pub(super) fn case(
    what: &str,
    code: Code,
    tags: &str,
    break_it: impl FnOnce(Wheel) -> Wheel,
) -> Case {
    let fault = Fault {
        what: what.to_owned(),
        codes: vec![code],
        severity: code.severity(),
        also: Vec::new(),
    };
    let wheel = break_it(Wheel::of(tags));
    Case { fault, wheel }
}

/// A wheel with these tags has the module of a good wheel with `other` tags.
pub(super) fn module_of(what: &str, code: Code, tags: &str, other: &str) -> Case {
    case(what, code, tags, |w| w.native_of(other))
}

impl Case {
    /// Another code would be as right.
    pub(super) fn or(mut self, code: Code) -> Self {
        self.fault.codes.push(code);
        self
    }

    /// These may be found besides.
    pub(super) fn also(mut self, codes: &[Code]) -> Self {
        self.fault.also.extend(codes);
        self
    }

    /// It weighs more or less than is usual.
    pub(super) fn weighing(mut self, severity: Severity) -> Self {
        self.fault.severity = severity;
        self
    }
}
