//! Free-threaded Python: whether it can import an extension module, and whether the import enables the global
//! interpreter lock (GIL).
//!
//! Takes a binary, its path in the wheel and what the wheel's name claims. Sources: PEP 703, "Py_mod_gil slot", and
//! `PyModuleDef_Init` in CPython's `Objects/moduleobject.c`.

use super::module_file::ModuleFile;
use super::promise::Promise;
use crate::audit::claim::PythonAbi;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::{Binary, DefinitionHeader, Gil};
use crate::tags::{FIRST_ABI3T, PythonVersion};

/// Checks a module that free-threaded Pythons of the tags import.
pub(in crate::audit) fn judge(binary: &Binary, path: &str, promise: &Promise) -> Vec<Finding> {
    let enables_gil = binary.parts().iter().any(|part| part.gil == Gil::Used);
    let zeroed = Some(DefinitionHeader::Zero);
    let is_zeroed = binary.parts().iter().any(|part| part.definition == zeroed);
    if !(enables_gil || is_zeroed) || !promise.is_for(binary) {
        return Vec::new();
    }
    let importers = importers(path, promise);
    if importers.is_empty() {
        return Vec::new();
    }
    let tags = promise.claim.abis.join(".");
    let mut findings = Vec::new();
    // Such a module cannot be imported, so nothing else matters about it.
    let refuses = |abi: &&PythonAbi| match abi {
        PythonAbi::CPython(python) => python.version >= FIRST_CHECK,
        // A module for abi3t that has a PyModuleDef is reported as not-stable-abi.
        PythonAbi::StableFreeThreaded(_)
        | PythonAbi::None
        | PythonAbi::Stable(_)
        | PythonAbi::Other => false,
    };
    if is_zeroed && importers.iter().any(refuses) {
        findings.push(
            Finding::new(
                Code::ZeroedDefinition,
                "has a PyModuleDef whose header is zero, so the import fails (SystemError: invalid PyModuleDef)",
            )
            .promised(format!(
                "the ABI tag {tags} promises that free-threaded Python imports it"
            ))
            .hint(
                "begin the PyModuleDef with PyModuleDef_HEAD_INIT; in a language without C macros, set its fields \
                 ob_flags to _Py_STATICALLY_ALLOCATED_FLAG and ob_ref_local to _Py_IMMORTAL_REFCNT_LOCAL",
            ),
        );
    } else if enables_gil {
        findings.push(
            Finding::new(
                Code::EnablesGil,
                "does not declare that it runs without the GIL, so importing it enables the GIL for the whole \
                 process",
            )
            .promised(format!("the ABI tag {tags} is for Pythons that run without it"))
            .hint(
                "if the module is safe without the GIL, add the slot {Py_mod_gil, Py_MOD_GIL_NOT_USED} to its \
                 definition (with single-phase initialization, call PyUnstable_Module_SetGIL instead)",
            ),
        );
    }
    findings
}

/// The first free-threaded Python that checks the header of a `PyModuleDef`.
const FIRST_CHECK: PythonVersion = FIRST_ABI3T;

/// The ABIs of the tags whose free-threaded Pythons import the file.
fn importers<'a>(path: &str, promise: &'a Promise) -> Vec<&'a PythonAbi> {
    let Some(file) = ModuleFile::of(path) else {
        return Vec::new();
    };
    let is_free_threaded = |abi: &&PythonAbi| match abi {
        PythonAbi::CPython(python) => python.free_threaded,
        PythonAbi::StableFreeThreaded(_) => true,
        PythonAbi::None | PythonAbi::Stable(_) | PythonAbi::Other => false,
    };
    let is_imported = |abi: &&PythonAbi| {
        let mut tags = promise.platforms.iter();
        tags.any(|tag| file.fits(**abi, *tag))
    };
    let abis = promise.abis.iter();
    abis.filter(is_free_threaded).filter(is_imported).collect()
}
