//! The rules for Linux: the manylinux and musllinux policies (PEP 600, PEP 656), and no libpython.

use super::c_library::{is_glibc, is_musl};
use super::cxx_runtime::is_runtime_symbol;
use super::elf_loading;
use super::exports::glibc_since;
use super::names::list;
use super::policy;
use super::promise::{Promise, floor_too_high, foreign_library};
use super::python::fpectl;
use super::symbols;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::{Binary, RequiredVersion};
use crate::platform::Os;
use crate::tags::{Arch, PlatformTag, Release};

pub(super) fn judge(binary: &Binary, tag: PlatformTag, promise: &Promise) -> Vec<Finding> {
    let mut findings = elf_loading::on_linux(binary);
    findings.extend(binary.imports.iter().filter_map(|name| libpython(name)));
    match tag {
        PlatformTag::Musllinux(musl, arch) => {
            findings.extend(musl_rules(binary, musl, arch, promise));
        }
        PlatformTag::Manylinux1(_)
        | PlatformTag::Manylinux2010(_)
        | PlatformTag::Manylinux2014(_)
        | PlatformTag::Manylinux(..) => {
            if let Some(glibc) = tag.glibc() {
                findings.extend(glibc_rules(binary, tag, glibc, promise));
            }
        }
        // `linux_x86_64` promises nothing about libraries, not even which C library the system has.
        PlatformTag::Linux(_)
        | PlatformTag::Any
        | PlatformTag::Macos(..)
        | PlatformTag::Windows(_)
        | PlatformTag::Ios(..)
        | PlatformTag::Android(..)
        | PlatformTag::Pyemscripten(_)
        | PlatformTag::Pyodide(_) => {}
    }
    findings
}

fn libpython(library: &str) -> Option<Finding> {
    let file = library.rsplit('/').next().unwrap_or(library);
    file.starts_with("libpython").then(|| {
        Finding::new(
            Code::LinksLibpython,
            format!("loads {library}, which many Pythons do not have as a library"),
        )
        .hint(
            "on Linux an extension module finds Python's symbols in the running interpreter: do not link \
             a Python library, and let the linker accept undefined symbols",
        )
    })
}

/// Names that another rule checks, or that are in the process already.
fn is_settled(library: &str) -> bool {
    libpython(library).is_some()
        || library.starts_with("ld-linux")
        || library.starts_with("ld64.so")
}

fn glibc_rules(
    binary: &Binary,
    tag: PlatformTag,
    glibc: Release,
    promise: &Promise,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(library) = binary.imports.iter().find(|library| is_musl(library)) {
        return vec![
            Finding::new(
                Code::WrongLibc,
                format!("loads {library}, which is musl's C library"),
            )
            .promised(Promise::promises(tag, "glibc"))
            .hint("build it for glibc, or use a musllinux tag"),
        ];
    }
    let is_system =
        |library: &str| is_settled(library) || policy::manylinux_has_library(library, glibc);
    for library in &binary.imports {
        if !is_system(library) && !promise.shipped.has(library) {
            let every = format!("every Linux with glibc {glibc}");
            findings.push(foreign_library(library, Os::Linux, &every));
        }
    }
    // A few versions are in an earlier policy than their number suggests.
    let early = |needed: Release| {
        let version = format!("GLIBC_{needed}");
        let arch = binary.arch;
        arch.is_some_and(|arch| policy::manylinux_has_version(&version, arch, glibc))
    };
    if let Some(needed) = binary
        .floor
        .filter(|needed| *needed > glibc && !early(*needed))
    {
        let symbols = match &binary.floor_symbols[..] {
            [] => String::new(),
            symbols => format!(" (for {})", list(symbols)),
        };
        let needs = format!("glibc {needed}{symbols}");
        let promised = format!("glibc {glibc}");
        // A glibc tag has one architecture.
        let possible = binary.arch.map(|arch| PlatformTag::Manylinux(needed, arch));
        let finding = |possible| floor_too_high(tag, (&needs, &promised), (needed, possible));
        findings.extend(possible.map(finding));
    }
    for version in &binary.versions {
        // The policy does not apply to the symbol versions of shipped and foreign libraries.
        if binary.imports.contains(&version.library) && !is_system(&version.library) {
            findings.extend(shipped_version(binary, version, promise));
        } else {
            findings.extend(system_version(binary.arch, version, glibc));
        }
    }
    findings.extend(policy::manylinux_forbids(binary, glibc).map(forbidden));
    findings.extend(fpectl(binary, promise));
    findings.extend(glibc_symbols(binary, glibc, promise));
    findings
}

/// A symbol version that a library of the system must have.
fn system_version(
    arch: Option<Arch>,
    version: &RequiredVersion,
    glibc: Release,
) -> Option<Finding> {
    let RequiredVersion { library, name, .. } = version;
    let has = |arch| policy::manylinux_has_version(name, arch, glibc);
    let arch = arch.filter(|arch| !has(*arch))?;
    Some(
        Finding::new(Code::SymbolVersion, format!("requires {name} of {library}"))
            .promised(format!("not every Linux with glibc {glibc} has it"))
            .hint("link that library statically, or use a manylinux tag for a newer glibc")
            .possible_floor(policy::manylinux_since(name, arch)),
    )
}

/// A symbol version that a library of the wheel must have.
fn shipped_version(
    binary: &Binary,
    version: &RequiredVersion,
    promise: &Promise,
) -> Option<Finding> {
    let RequiredVersion { library, name, .. } = version;
    promise.shipped.lacks_version(binary, version).then(|| {
        Finding::new(
            Code::SymbolVersion,
            format!(
                "requires {name} of {library}, but the library in the wheel does not define it"
            ),
        )
        .hint("ship the library that the binary was linked with")
    })
}

/// The libraries of glibc that are in the table, without the loader.
const GLIBC: [&str; 7] = [
    "libc.so.6",
    "libm.so.6",
    "libpthread.so.0",
    "libdl.so.2",
    "librt.so.1",
    "libutil.so.1",
    "libresolv.so.2",
];

/// How the names of the compilers' runtime libraries begin.
const RUNTIMES: [&str; 3] = ["libgcc_s.so.1", "libstdc++.so.6", "libatomic.so.1"];

/// Symbols without a version that no library provides. The loader looks up a symbol with a version in the
/// library that defines the version, and a symbol without one in everything that is loaded.
fn glibc_symbols(binary: &Binary, glibc: Release, promise: &Promise) -> Vec<Finding> {
    let system = promise.shipped.system_libraries(binary);
    let is_known = |library: &&str| GLIBC.contains(library) || is_settled(library);
    let others: Vec<_> = system.iter().filter(|library| !is_known(library)).collect();
    let all_known = others.iter().all(|library| RUNTIMES.contains(library));
    let runtime = !others.is_empty();
    let missing = symbols::missing(binary, Os::Linux, promise, |name| {
        !all_known
            || glibc_since(name).is_some_and(|first| first <= glibc)
            || LINKER_SYMBOLS.contains(&name)
            || (runtime && is_runtime_symbol(name))
    });
    missing.findings(promise)
}

/// The symbols that linkers define in every program.
const LINKER_SYMBOLS: [&str; 6] = ["_end", "_edata", "_etext", "__bss_start", "_init", "_fini"];

fn forbidden((library, symbol): (&str, &str)) -> Finding {
    Finding::new(
        Code::BlacklistedSymbol,
        format!("uses {symbol} of {library}, which the policies forbid"),
    )
    .hint(format!("link {library} statically, or stop using {symbol}"))
}

fn musl_rules(binary: &Binary, musl: Release, arch: Arch, promise: &Promise) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tag = PlatformTag::Musllinux(musl, arch);
    let mut libraries = binary.imports.iter();
    if let Some(library) = libraries.find(|library| is_glibc(library)) {
        return vec![
            Finding::new(
                Code::WrongLibc,
                format!("loads {library}, which is part of glibc"),
            )
            .promised(Promise::promises(tag, "musl"))
            .hint("build it for musl, or use a manylinux tag"),
        ];
    }
    for library in &binary.imports {
        if is_settled(library) || is_musl(library) || promise.shipped.has(library) {
            continue;
        }
        if !policy::musllinux_has_library(library, musl) {
            let every = format!("every Linux with musl {musl}");
            findings.push(foreign_library(library, Os::Linux, &every));
        }
    }
    findings.extend(policy::musllinux_forbids(binary, musl).map(forbidden));
    findings.extend(fpectl(binary, promise));
    findings.extend(musl_symbols(binary, musl, arch, promise));
    findings
}

/// Symbols that musl does not have. None of its symbols has a version.
fn musl_symbols(binary: &Binary, musl: Release, arch: Arch, promise: &Promise) -> Vec<Finding> {
    let tag = PlatformTag::Musllinux(musl, arch);
    let system = promise.shipped.system_libraries(binary);
    // The symbols of other system libraries are unknown.
    let mut system = system.iter();
    if !system.all(|library| is_settled(library) || is_musl(library)) {
        return Vec::new();
    }
    let has = |name: &str| policy::musl_has_symbol(name, musl, arch);
    let mut missing = symbols::missing(binary, Os::Linux, promise, has);
    let (glibc, others): (Vec<_>, Vec<_>) = std::mem::take(&mut missing.others)
        .into_iter()
        .partition(|name| glibc_since(name).is_some());
    missing.others = others;
    let mut findings = missing.findings(promise);
    if !glibc.is_empty() {
        let actual = format!("uses {}, which musl does not have", list(&glibc));
        findings.push(
            Finding::new(Code::MuslSymbol, actual)
                .promised(Promise::promises(tag, "that it runs with musl"))
                .hint("link the library that provides them statically, or ship it in the wheel"),
        );
    }
    let providers = promise.shipped.providers(binary);
    let late = binary.undefined.iter().filter_map(|symbol| {
        let name = symbol.name;
        let patch = policy::musl_patch_with_symbol(name, musl)?;
        (has(name) && !providers.export(name)).then(|| format!("{name} (added in {patch})"))
    });
    let late: Vec<_> = late.collect();
    if !late.is_empty() {
        let actual = format!("uses {}, which musl {musl}.0 does not have", list(&late));
        findings.push(
            Finding::new(Code::MuslPatch, actual)
            .promised(Promise::promises(tag, format!("musl {musl}.0")))
            .hint("avoid them where the module is built for musl, or document which musl it needs"),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::rules::samples::{CP312, codes, found, good, imports, only, takes};
    use crate::platform::Platform;

    #[test]
    fn symbol_versions_of_system_libraries_are_those_of_the_policy() {
        let requires = |library: &str, name: &str| {
            let version = RequiredVersion {
                library: library.to_owned(),
                name: name.to_owned(),
                is_weak: false,
            };
            move |binary: &mut Binary| binary.versions.push(version.clone())
        };
        // Whether or not the binary loads a library of the wheel too.
        for other in ["libm.so.6", "libhelper.so.1"] {
            for version in ["GLIBCXX_3.4.22", "GLIBC_PRIVATE", "OPENSSL_3.0.0"] {
                let (code, message, _) = only(Platform::LinuxX86_64, CP312, |binary| {
                    imports(binary, other);
                    requires("libstdc++.so.6", version)(binary);
                });
                assert_eq!(code, Code::SymbolVersion);
                assert!(message.contains(version), "{message}");
            }
        }
        let mut binary = good(Platform::LinuxX86_64);
        requires("libstdc++.so.6", "GLIBCXX_3.4.19")(&mut binary);
        assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
        // A shipped library has versions of its own.
        requires("libhelper.so.1", "HELPER_1")(&mut binary);
        imports(&mut binary, "libhelper.so.1");
        assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
    }

    #[test]
    fn musl_wheels_take_what_musl_has() {
        let musl = |libraries: &[&str], symbol: &str| {
            codes(
                Platform::LinuxX86_64,
                "cp312-cp312-musllinux_1_2_x86_64",
                |binary| {
                    binary.imports = libraries.iter().map(ToString::to_string).collect();
                    takes(binary, symbol);
                },
            )
        };
        for libc in ["libc.so", "libc.musl-x86_64.so.1"] {
            assert_eq!(musl(&[libc], "malloc"), []);
            assert_eq!(musl(&[libc], "stat64"), []);
            assert_eq!(musl(&[libc], "PyLong_FromLong"), []);
            assert_eq!(musl(&[libc], "__memcpy_chk"), [Code::MuslSymbol]);
            assert_eq!(musl(&[libc], "statx"), [Code::MuslPatch]);
        }
        assert_eq!(musl(&["libc.so.6"], "malloc"), [Code::WrongLibc]);
        assert_eq!(musl(&["libssl.so.3"], "SSL_new"), [Code::ForeignLibrary]);
    }
}
