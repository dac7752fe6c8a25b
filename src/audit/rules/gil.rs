//! Free-threaded Python: whether importing an extension module enables the global interpreter lock (GIL).
//!
//! Takes a binary, its path in the wheel and what the wheel's name claims. Source: PEP 703, "Py_mod_gil slot".

use super::module_file::ModuleFile;
use super::promise::Promise;
use crate::audit::claim::PythonAbi;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::{Binary, Gil};

/// A module that a free-threaded Python of the tags imports, and that does not declare that it runs without
/// the GIL.
pub(in crate::audit) fn judge(binary: &Binary, path: &str, promise: &Promise) -> Option<Finding> {
    if binary.parts().iter().all(|part| part.gil != Gil::Used) || !promise.is_for(binary) {
        return None;
    }
    let file = ModuleFile::of(path)?;
    let is_free_threaded = |abi: &&PythonAbi| match abi {
        PythonAbi::CPython(python) => python.free_threaded,
        PythonAbi::StableFreeThreaded(_) => true,
        PythonAbi::None | PythonAbi::Stable(_) | PythonAbi::Other => false,
    };
    let is_imported = |abi: &PythonAbi| {
        let mut tags = promise.platforms.iter();
        tags.any(|tag| file.fits(*abi, *tag))
    };
    let mut abis = promise.abis.iter().filter(is_free_threaded);
    abis.any(is_imported).then(|| {
        let tags = promise.claim.abis.join(".");
        Finding::new(
            Code::EnablesGil,
            "does not declare that it runs without the GIL, so importing it enables the GIL for the whole \
             process",
        )
        .promised(format!("the ABI tag {tags} is for Pythons that run without it"))
        .hint(
            "if the module is safe without the GIL, add the slot {Py_mod_gil, Py_MOD_GIL_NOT_USED} to its \
             definition (with single-phase initialization, call PyUnstable_Module_SetGIL instead)",
        )
    })
}
