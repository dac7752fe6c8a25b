//! The rules for Windows: the Python DLL of the ABI, and else what Windows has.

use super::check::{Code, Expected, Finding, foreign_library};
use super::{Binary, policy};
use crate::tags::AbiTag;

/// The remedy for an extension module that was linked against no Python.
const IMPORT_LIBRARY: &str = "let build.zig link Python's import library on Windows\n\
    \u{20}   const lib_dir = b.option([]const u8, \"python-lib-dir\", \"Folder of Python's library\");\n\
    \u{20}   const lib_name = b.option([]const u8, \"python-lib\", \"Name of Python's library\");\n\
    \u{20}   if (target.result.os.tag == .windows) {\n\
    \u{20}       mod.addLibraryPath(.{ .cwd_relative = lib_dir.? });\n\
    \u{20}       mod.linkSystemLibrary(lib_name.?, .{ .use_pkg_config = .no });\n\
    \u{20}   }\n\
    both are given, as options and as PYZ3_PYTHON_LIB_DIR and PYZ3_PYTHON_LIB";

pub(super) fn check(binary: &Binary, expected: &Expected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (python, others): (Vec<_>, Vec<_>) =
        binary.imports.iter().partition(|name| is_python(name));
    if let Some(wanted) = python_dll(expected.abi) {
        if expected.is_extension && python.is_empty() {
            findings.push(Finding::new(
                Code::NoPythonDll,
                format!(
                    "imports no Python DLL (it should import {wanted}): it was linked without Python's \
                     import library and would crash at the first call"
                ),
                IMPORT_LIBRARY,
            ));
        }
        for name in python {
            if name.to_lowercase() != wanted {
                findings.push(wrong_dll(name, &wanted, expected.abi));
            }
        }
    }
    for name in others {
        let lower = name.to_lowercase();
        let known = policy::windows_has_library(&lower)
            || expected.ships(&lower, |shipped, name| shipped.to_lowercase() == name);
        if !known {
            findings.push(foreign_library(name, "Windows"));
        }
    }
    findings
}

fn wrong_dll(name: &str, wanted: &str, abi: AbiTag) -> Finding {
    let stem = wanted.trim_end_matches(".dll");
    let hint = match (abi, name.to_lowercase().as_str()) {
        (AbiTag::Abi3, _) => format!(
            "link the library that -Dpython-lib and PYZ3_PYTHON_LIB name ({stem}), and define \
             Py_LIMITED_API as PYZ3_LIMITED_API says; if the module needs the full API, set \
             abi = \"full\" in [tool.pyz3-wheel]"
        ),
        (_, "python3.dll") => format!(
            "link {stem}; if the module keeps to the limited API, set abi = \"abi3\" in \
             [tool.pyz3-wheel] and get one wheel for all versions"
        ),
        _ => format!(
            "link the library that -Dpython-lib and PYZ3_PYTHON_LIB name ({stem}), not a fixed one"
        ),
    };
    let message = format!("imports {name}, and the wheel's ABI tag {abi} promises {wanted}");
    Finding::new(Code::WrongPythonDll, message, hint)
}

/// The DLL that an ABI is in; source: CPython's `PC/pyconfig.h`, "`Py_ENABLE_SHARED`".
fn python_dll(abi: AbiTag) -> Option<String> {
    match abi {
        AbiTag::None => None,
        AbiTag::Abi3 => Some("python3.dll".to_owned()),
        AbiTag::CPython {
            version,
            free_threaded,
        } => {
            let t = if free_threaded { "t" } else { "" };
            Some(format!("python{}{t}.dll", version.nodot()))
        }
    }
}

/// Whether a DLL is CPython's: `python3.dll`, `python312.dll`, `python313t_d.dll`.
pub(super) fn is_python(name: &str) -> bool {
    let name = name.to_lowercase();
    let version = name
        .strip_prefix("python")
        .and_then(|rest| rest.strip_suffix(".dll"));
    version.is_some_and(|version| {
        let digits = version.trim_end_matches("_d").trim_end_matches('t');
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    })
}
