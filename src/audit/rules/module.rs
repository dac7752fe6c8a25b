//! Checks extension modules: the interpreters of the tags must find the file, and in it the function that they call.
//!
//! Takes a binary, its path in the wheel and what the wheel's name claims. Sources: PEP 489, PEP 793.

use super::module_file::ModuleFile;
use crate::audit::claim::{Claim, PythonAbi};
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::binary::{Binary, ExportList, Kind};
use crate::tags::PythonVersion;

/// The first Python that calls `PyModExport_name` (PEP 793).
const FIRST_SLOTS: PythonVersion = PythonVersion::new(3, 15);

/// Checks a module; `is_found` says whether each interpreter of the tags finds a file for it, this one or
/// another.
pub(in crate::audit) fn judge(
    binary: &Binary,
    path: &str,
    claim: &Claim,
    is_found: bool,
) -> Vec<Finding> {
    let Some(file) = ModuleFile::of(path) else {
        return Vec::new();
    };
    let name = module_name(path, file);
    let abis = claim.abis();
    if binary.kind != Kind::SharedLibrary {
        return Vec::new();
    }
    if abis.contains(&PythonAbi::Other) {
        return other_python(binary, file, claim).into_iter().collect();
    }
    // Each slice of a universal file is loaded by itself.
    if binary.parts().iter().any(|part| part.inits.is_empty()) {
        return file
            .is_declared()
            .then(|| no_init(binary, name))
            .into_iter()
            .collect();
    }
    let mut findings = Vec::new();
    let wrong = binary
        .parts()
        .iter()
        .find_map(|part| wrong_init(part, file, name));
    findings.extend(wrong);
    findings.extend(slots_alone(binary, file, name, claim));
    if abis.iter().all(|abi| *abi == PythonAbi::None) {
        if is_found {
            return findings;
        }
        findings.push(
            Finding::new(Code::PythonWithoutAbi, "is an extension module")
                .promised("the ABI tag none promises that no Python API is used")
                .hint("tag the wheel for the Python that it was built for, or for abi3"),
        );
        return findings;
    }
    if !is_found {
        let ending = path.rsplit('/').next().unwrap_or(path);
        let ending = &ending[file.stem.len()..];
        let tags = claim.abis.join(".");
        let who = if file.fitting(claim).is_empty() {
            "the Pythons of the tag do not"
        } else {
            "not all Pythons of the tag"
        };
        findings.push(
            Finding::new(
                Code::WrongSuffix,
                format!("ends in {ending}, which {who} look for"),
            )
            .promised(format!(
                "the tags {tags} and {} promise that they load it",
                claim.platforms.join(".")
            ))
            .hint("build it for the Python and platform of the tag, or correct the tag"),
        );
    }
    findings
}

/// The last part of the name that Python imports the file as. A file `__init__` is its package.
fn module_name<'a>(path: &'a str, file: ModuleFile<'a>) -> &'a str {
    let package = path.rsplit('/').nth(1);
    match package {
        Some(package) if file.stem == "__init__" => package,
        _ => file.stem,
    }
}

/// PyPy looks only for its own ending; the endings of other Pythons are not known here.
fn other_python(binary: &Binary, file: ModuleFile<'_>, claim: &Claim) -> Option<Finding> {
    let pypy = claim.abis.iter().all(|abi| abi.starts_with("pypy"));
    let fits = claim
        .abis
        .iter()
        .any(|abi| file.tag.starts_with(&abi.replace('_', "-")));
    let has_tag = !file.tag.is_empty() && !binary.inits.is_empty();
    (pypy && has_tag && !fits).then(|| {
        let actual = format!(
            "ends in .{}.{}, which PyPy does not look for",
            file.tag, file.extension
        );
        let tags = claim.abis.join(".");
        Finding::new(Code::WrongSuffix, actual)
            .promised(format!("the tag {tags} promises that it loads it"))
    })
}

/// Whether each slice of a binary exports a `PyModExport` function (PEP 793).
pub(super) fn exports_slots(binary: &Binary) -> bool {
    let exports = |part: &Binary| {
        let mut inits = part.inits.iter();
        inits.any(|init| part.exports.has_init("PyModExport", init))
    };
    binary.parts().iter().all(exports)
}

/// A module for a Python before 3.15 that only a later Python can initialize.
fn slots_alone(
    binary: &Binary,
    file: ModuleFile<'_>,
    name: &str,
    claim: &Claim,
) -> Option<Finding> {
    let oldest = file
        .fitting(claim)
        .into_iter()
        .filter_map(|abi| match abi {
            PythonAbi::CPython(python) => Some(python.version),
            PythonAbi::Stable(floor) | PythonAbi::StableFreeThreaded(floor) => Some(floor),
            PythonAbi::None | PythonAbi::Other => None,
        })
        .min()
        .filter(|version| *version < FIRST_SLOTS)?;
    let alone = |part: &Binary| {
        part.export_list == ExportList::Complete
            && part.exports.has_init("PyModExport", name)
            && !part.exports.has_init("PyInit", name)
    };
    binary.parts().iter().any(alone).then(|| {
        Finding::new(
            Code::NoInit,
            format!(
                "exports PyModExport_{name} but not PyInit_{name}, which Pythons before {FIRST_SLOTS} call"
            ),
        )
        .promised(format!("the wheel is for Python {oldest}"))
        .hint(format!(
            "export PyInit_{name} as well, or tag the wheel for Python {FIRST_SLOTS} and later"
        ))
    })
}

fn no_init(binary: &Binary, name: &str) -> Finding {
    let severity = if binary.python_symbols().next().is_some() {
        Severity::Error
    } else {
        Severity::Warning
    };
    Finding::new(
        Code::NoInit,
        format!("is named like an extension module, but exports no function PyInit_{name}"),
    )
    .hint(
        "export the function; a library for ctypes or cffi should end in plain .so, .dylib or .dll",
    )
    .weighing(severity)
}

fn wrong_init(binary: &Binary, file: ModuleFile<'_>, name: &str) -> Option<Finding> {
    // `PyInitU_` and punycode stand for a name that is not ASCII.
    let found = binary
        .inits
        .iter()
        .any(|init| init == name || (!name.is_ascii() && init.starts_with("U_")));
    if found {
        return None;
    }
    // A library may hold a module for whoever loads it in another way.
    let severity = if file.is_declared() {
        Severity::Error
    } else {
        Severity::Warning
    };
    Some(
        Finding::new(
            Code::WrongInit,
            format!(
                "exports PyInit_{}, but `import` looks for PyInit_{name} in a file of that name",
                binary.inits.join(", PyInit_"),
            ),
        )
        .hint("rename the file or the function, so that they agree")
        .weighing(severity),
    )
}
