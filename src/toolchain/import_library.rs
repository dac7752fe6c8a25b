//! The library that a Windows module is linked against in place of the Python DLL.
//!
//! Takes a version or the stable ABI; gives `python312.lib` or `python3.lib`, made once in the
//! cache from the list of what the DLL exports. It never looks for a Python of Windows.

use std::path::{Path, PathBuf};

use fs_err as fs;
use python3_dll_a::ImportLibraryGenerator;

use super::cache::Cache;
use super::repair::repair_installed;
use super::zig::Zig;
use crate::error::{Error, Problem, Result};
use crate::sys::cancel::Cancel;
use crate::sys::process::{self, PATIENCE};
use crate::tags::{AbiTag, Arch, CPython};

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
    arch: Arch,
    zig: &Zig,
    cache: &Cache,
) -> Result<Option<ImportLibrary>> {
    let (name, python) = match abi {
        AbiTag::None => return Ok(None),
        AbiTag::Abi3 => ("python3".to_owned(), None),
        AbiTag::CPython(python) => (format!("python{}", python.nodot()), Some(python)),
    };
    // Which Zig made it is part of the key: the same inputs give the same bytes.
    let key = format!("{name}-{}-zig{}", arch.zig(), zig.version);
    let dir = cache.get_whole_or_make("import-libraries", &key, |dir| {
        let make = || make(&name, python, arch, zig, dir, cache.cancel());
        match make() {
            Err(_) if repair_installed(&zig.exe, cache)? => make(),
            outcome => outcome,
        }
    })?;
    let file = dir.join(format!("{name}.lib"));
    Ok(Some(ImportLibrary { name, dir, file }))
}

fn make(
    name: &str,
    python: Option<CPython>,
    arch: Arch,
    zig: &Zig,
    dir: &Path,
    cancel: &Cancel,
) -> Result<()> {
    let definitions = definitions(name, python, arch, dir)?;
    let machine = match arch {
        Arch::X86_64 => "i386:x86-64",
        Arch::Aarch64 => "arm64",
        _ => "i386",
    };
    let library = format!("{name}.lib");
    let mut command = zig.command();
    command
        .args(["dlltool", "-m", machine, "-D", &format!("{name}.dll"), "-d"])
        .arg(&definitions)
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
    fs::remove_file(dir.join(definitions))?;
    Ok(())
}

/// Writes the list of what the DLL exports; gives its name in `dir`.
fn definitions(name: &str, python: Option<CPython>, arch: Arch, dir: &Path) -> Result<String> {
    // The crate writes the list and would then look for tools of its own; an environment that it
    // does not know keeps it from that. Whether it worked is told by the file.
    let mut generator = ImportLibraryGenerator::new(arch.zig(), "definitions only");
    if let Some(python) = python {
        generator
            .version(Some((python.version.major, python.version.minor)))
            .abiflags(python.free_threaded.then_some(python.abi_flags()));
    }
    let outcome = generator.generate(dir);
    let file = format!("{name}.def");
    if dir.join(&file).is_file() {
        return Ok(file);
    }
    let why = outcome.err().map(|error| error.to_string());
    Err(Error::config(
        Problem::new(format!(
            "Windows wheels can't be built for this Python: what {name}.dll exports is not known \
             here ({})",
            why.unwrap_or_default()
        ))
        .hint(
            "leave this Python out for Windows, or build for the stable ABI, whose python3.dll is known",
        ),
    ))
}
