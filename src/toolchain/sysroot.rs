//! Replaces the Python of a target, which is not installed here: with headers, an import library, and an
//! interpreter whose `sysconfig` describes the target.
//!
//! Takes an interpreter of this machine and a target; gives paths in the cache, which are created once. The same
//! inputs give the same paths and bytes, for the platform of the host as well as for others. The interpreter's
//! own `pyconfig.h` and libraries are never used.

use std::path::PathBuf;

use super::cache::Cache;
use super::interpreter::Interpreter;
use super::zig::Zig;
use super::{headers, import_library, launcher};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::platform::{ExtensionAbi, System, ZigTarget};
use crate::tags::AbiTag;

/// The files that replace the target's Python in a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sysroot {
    /// The folder of `Python.h`, with a `pyconfig.h` that works for every target.
    pub include: PathBuf,
    /// The folder of the import library; only on Windows, and only for binaries that link Python.
    pub lib_dir: Option<PathBuf>,
    /// The name of the library to link.
    ///
    /// Ex) `python311`, `python3`
    pub lib: Option<String>,
    /// The import library itself.
    ///
    /// Ex) `…/python311.lib`
    pub import_library: Option<PathBuf>,
    /// A Python of this machine with the version of the job, whose `sysconfig` describes the target. Its folder can
    /// be put on PATH: it contains only its other names (`python`, `python3`, `python3.12`) and a `python3-config`
    /// for each of them.
    pub launcher: PathBuf,
    /// The ending of a module's file name; for the ABI `none`, the one of the interpreter itself.
    ///
    /// Ex) `.cpython-312-aarch64-linux-gnu.so`
    pub ext_suffix: String,
}

/// The sysroot of one job, from the cache if it is in it.
///
/// All problems are reported at once.
pub fn sysroot(
    python: &Interpreter,
    target: ZigTarget,
    abi: AbiTag,
    zig: &Zig,
    cache: &Cache,
) -> Result<Sysroot> {
    let platform = target.platform();
    let full = ExtensionAbi::Full(python.cpython());
    let ext_suffix = platform.extension_suffix(ExtensionAbi::of(abi).unwrap_or(full));
    let Some(machine) = target.machine() else {
        let slices: Vec<_> = platform.slices().iter().map(ToString::to_string).collect();
        return Err(Error::config(
            Problem::new(format!("{platform} has no single sysroot"))
                .hint(format!("create one for each of {}", slices.join(" and "))),
        ));
    };
    let headers = headers::headers(python, cache);
    let library = match target.system() {
        System::Windows(arch) => import_library::import_library(abi, arch, zig, cache),
        System::Manylinux(..) | System::Musllinux(..) | System::Macos(..) => Ok(None),
    };
    let (headers, library) = match (headers, library) {
        (Ok(headers), Ok(library)) => (headers, library),
        (headers, library) => {
            let errors = [headers.err(), library.err()].into_iter().flatten();
            let mut kind = ErrorKind::System;
            let mut problems = Vec::new();
            for error in errors {
                kind = error.kind();
                problems.extend(error.into_problems());
            }
            Error::check(kind, problems)?;
            unreachable!("one of the two failed, and an error has problems")
        }
    };
    let launcher = launcher::launcher(
        &launcher::Question {
            python,
            target,
            machine,
            zig,
            include: &headers,
            lib_dir: library.as_ref().map(|library| library.dir.as_path()),
        },
        cache,
    )?;
    let library = library.map(|library| (library.dir, library.name, library.file));
    let (lib_dir, lib, import_library) = match library {
        Some((dir, name, file)) => (Some(dir), Some(name), Some(file)),
        None => (None, None, None),
    };
    Ok(Sysroot {
        include: headers,
        lib_dir,
        lib,
        import_library,
        launcher,
        ext_suffix,
    })
}

#[cfg(test)]
#[path = "sysroot_tests.rs"]
mod tests;
