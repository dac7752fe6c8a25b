//! The library that a Windows module is linked against in place of the Python DLL.
//!
//! Takes a version or the stable ABI; gives `python312.lib` or `python3.lib`, made once in the
//! cache from the table of what the DLL exports. Never looks for a Python of Windows.

use std::path::{Path, PathBuf};

use fs_err as fs;

use super::cache::Cache;
use super::repair::repair_installed;
use super::zig::Zig;
use crate::binary::python_exports::{DllExport, SymbolKind, dll_exports, stable_dll_exports};
use crate::error::{Error, Problem, Result};
use crate::sys::cancel::Cancel;
use crate::sys::fingerprint;
use crate::sys::process::{self, PATIENCE};
use crate::tags::{AbiTag, WindowsArch};

/// An import library.
pub(super) struct ImportLibrary {
    /// What a linker is told to link.
    ///
    /// Ex) `python312`
    pub(super) name: String,
    /// The folder that it is alone in.
    pub(super) dir: PathBuf,
    /// The file.
    pub(super) file: PathBuf,
}

/// The import library for an ABI, from the cache if it is there; `None` for what is not linked with
/// Python.
pub(super) fn import_library(
    abi: AbiTag,
    arch: WindowsArch,
    zig: &Zig,
    cache: &Cache,
) -> Result<Option<ImportLibrary>> {
    let Some((name, exports)) = dll(abi) else {
        return Ok(None);
    };
    let exports = exports.ok_or_else(|| unknown_exports(&name))?;
    let definitions = definitions(&name, &exports);
    // The key has all that the library is made from: the same key means the same bytes.
    let key = format!(
        "{name}-{}-zig{}-{}",
        arch.arch().zig(),
        zig.version,
        fingerprint::short(&definitions)
    );
    let dir = cache.get_whole_or_make("import-libraries", &key, |dir| {
        let make = || make(&name, &definitions, arch, zig, dir, cache.cancel());
        match make() {
            Err(_) if repair_installed(&zig.exe, cache)? => make(),
            outcome => outcome,
        }
    })?;
    let file = dir.join(format!("{name}.lib"));
    Ok(Some(ImportLibrary { name, dir, file }))
}

/// The name of the DLL of an ABI, without `.dll`, and the exports of the DLL if they are known; `None` for an
/// ABI that is not linked with Python.
fn dll(abi: AbiTag) -> Option<(String, Option<Vec<DllExport>>)> {
    match abi {
        AbiTag::None => None,
        AbiTag::Abi3 => Some(("python3".to_owned(), Some(stable_dll_exports()))),
        // Modules of `abi3.abi3t` wheels use this DLL too: from 3.15 on, Pythons with the GIL also have it.
        AbiTag::Abi3t => Some(("python3t".to_owned(), Some(stable_dll_exports()))),
        AbiTag::CPython(python) => Some((format!("python{}", python.nodot()), dll_exports(python))),
    }
}

fn make(
    name: &str,
    definitions: &str,
    arch: WindowsArch,
    zig: &Zig,
    dir: &Path,
    cancel: &Cancel,
) -> Result<()> {
    let list = format!("{name}.def");
    fs::write(dir.join(&list), definitions)?;
    let machine = match arch {
        WindowsArch::X64 => "i386:x86-64",
        WindowsArch::Arm64 => "arm64",
        WindowsArch::X86 => "i386",
    };
    let library = format!("{name}.lib");
    let mut command = zig.command();
    command
        .args(["dlltool", "-m", machine, "-D", &format!("{name}.dll"), "-d"])
        .arg(&list)
        .args(["-l", &library])
        .current_dir(dir);
    let failed = |why: String| {
        Error::system(
            Problem::new(format!("`zig dlltool` could not make {library}: {why}"))
                .at(zig.exe.display())
                .hint("check that this Zig is complete; --zig names another"),
        )
    };
    // More patience than for a question: the first run of a Zig on a cold disk reads 170 MB.
    process::capture(command, PATIENCE * 6, cancel)
        .and_then(process::Output::answer)
        .map_err(|failure| failed(failure.to_string()))?;
    if !dir.join(&library).is_file() {
        return Err(failed("it wrote none".to_owned()));
    }
    fs::remove_file(dir.join(list))?;
    Ok(())
}

/// The module definition file of a DLL, from which `dlltool` makes the import library.
///
/// Ex) `LIBRARY python3.dll`, `EXPORTS`, `PyLong_FromLong`, `Py_Version DATA`
fn definitions(name: &str, exports: &[DllExport]) -> String {
    let mut text = format!("LIBRARY {name}.dll\nEXPORTS\n");
    for (symbol, kind) in exports {
        text.push_str(symbol);
        text.push_str(match kind {
            SymbolKind::Function => "\n",
            SymbolKind::Data => " DATA\n",
        });
    }
    text
}

/// The error for a Python whose DLL is not in the table.
fn unknown_exports(name: &str) -> Error {
    Error::config(
        Problem::new(format!(
            "Windows wheels cannot be built for this Python yet: this version of pyz3-wheel has no list of \
             the names that {name}.dll exports"
        ))
        .hint(
            "update pyz3-wheel; or build for the stable ABI (abi = \"abi3\" in [tool.pyz3-wheel]), or leave \
             this Python out for Windows",
        ),
    )
}

#[cfg(test)]
#[path = "import_library_tests.rs"]
mod tests;
