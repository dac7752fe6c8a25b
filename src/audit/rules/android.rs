//! The rules for Android (PEP 738): the lowest API level, public system libraries, the library of Python, and pages of
//! 16 KiB.

use super::cxx_runtime::is_runtime_symbol;
use super::elf_loading;
use super::names::list;
use super::promise::{Promise, floor_too_high, foreign_library};
use super::python::is_python_api;
use super::symbols;
use crate::audit::claim::PythonAbi;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::{Binary, Kind};
use crate::platform::Os;
use crate::tags::{AndroidArch, CPython, PlatformTag, Release};

/// The libraries that apps may load, and the first API level that has each. Source: Android NDK, "Native APIs".
const PUBLIC: [(&str, u16); 25] = [
    ("libc.so", 1),
    ("libm.so", 1),
    ("libdl.so", 1),
    ("liblog.so", 1),
    ("libz.so", 1),
    ("libstdc++.so", 1),
    ("libGLESv1_CM.so", 1),
    ("libGLESv2.so", 1),
    ("libjnigraphics.so", 8),
    ("libEGL.so", 9),
    ("libOpenSLES.so", 9),
    ("libandroid.so", 9),
    ("libOpenMAXAL.so", 14),
    ("libGLESv3.so", 18),
    ("libmediandk.so", 21),
    ("libcamera2ndk.so", 24),
    ("libvulkan.so", 24),
    ("libaaudio.so", 26),
    ("libnativewindow.so", 26),
    ("libsync.so", 26),
    ("libneuralnetworks.so", 27),
    ("libamidi.so", 29),
    ("libbinder_ndk.so", 29),
    ("libicu.so", 31),
    ("libnativehelper.so", 31),
];

/// The libraries that are part of CPython for Android, beside its own.
const FROM_PYTHON: [&str; 3] = [
    "libcrypto_python.so",
    "libssl_python.so",
    "libsqlite3_python.so",
];

pub(super) fn judge(
    binary: &Binary,
    api: u16,
    arch: AndroidArch,
    promise: &Promise,
) -> Vec<Finding> {
    let mut findings = elf_loading::on_android(binary);
    findings.extend(floor(binary, api, arch));
    findings.extend(python(binary, promise));
    findings.extend(foreign_libraries(binary, api, promise));
    findings.extend(symbols(binary, promise));
    findings
}

/// The libraries that neither Android, nor its Python, nor the wheel has.
fn foreign_libraries(binary: &Binary, api: u16, promise: &Promise) -> Vec<Finding> {
    let pythons = libpythons(promise);
    let findings = binary.imports.iter().filter_map(|library| {
        if is_libpython(library) {
            let is_known = pythons.is_empty() || pythons.contains(library);
            let pythons = pythons.join(" or ");
            return (!is_known).then(|| {
                Finding::new(Code::ForeignLibrary, format!("loads {library}"))
                    .promised(format!("the Python library for the ABI tag is {pythons}"))
                    .hint(format!("link {pythons}"))
            });
        }
        let is_known = is_public(library, api)
            || FROM_PYTHON.contains(&library.as_str())
            || promise.shipped.has(library);
        (!is_known).then(|| {
            let every = format!("Android with API level {api}");
            foreign_library(library, Os::Linux, &every)
                .hint("link it statically, or ship it in the wheel")
        })
    });
    findings.collect()
}

fn is_public(library: &str, api: u16) -> bool {
    let mut public = PUBLIC.iter();
    public.any(|(name, first)| *name == library && *first <= api)
}

fn is_libpython(library: &str) -> bool {
    library.starts_with("libpython")
}

/// The names of the Python libraries that the Pythons of the wheel have.
fn libpythons(promise: &Promise) -> Vec<String> {
    let name = |python: &CPython| {
        let t = if python.free_threaded { "t" } else { "" };
        format!("libpython{}{t}.so", python.version)
    };
    let names = promise.abis.iter().filter_map(|abi| match abi {
        PythonAbi::CPython(python) => Some(name(python)),
        PythonAbi::Stable(_) => Some("libpython3.so".to_owned()),
        PythonAbi::StableFreeThreaded(_) => Some("libpython3t.so".to_owned()),
        PythonAbi::None | PythonAbi::Other => None,
    });
    names.collect()
}

/// The API level that the binary was built for, or of the newest symbol that it takes.
fn floor(binary: &Binary, api: u16, arch: AndroidArch) -> Option<Finding> {
    let versions = binary.versions.iter().filter(|version| !version.is_weak);
    let versions = versions.filter_map(|version| level_of(&version.name));
    let needed = versions.chain(binary.android_api).max()?;
    (needed > api).then(|| {
        let needs = format!("Android with API level {needed}");
        let promised = format!("API level {api}");
        let tag = PlatformTag::Android(api, arch);
        let possible = PlatformTag::Android(needed, arch);
        floor_too_high(
            tag,
            (&needs, &promised),
            (Release::new(needed, 0), possible),
        )
    })
}

/// The first API level with a symbol version of Bionic, which has the letter of the release.
///
/// Ex) 28 for `LIBC_P`
fn level_of(version: &str) -> Option<u16> {
    let (library, letter) = version.rsplit_once('_')?;
    if !["LIBC", "LIBM", "LIBDL", "LIBLOG"].contains(&library) {
        return None;
    }
    Some(match letter {
        "L" => 21,
        "M" => 23,
        "N" => 24,
        "O" => 26,
        "P" => 28,
        "Q" => 29,
        "R" => 30,
        "S" => 31,
        "T" => 33,
        "U" => 34,
        "V" => 35,
        _ => return None,
    })
}

/// A library that uses Python and does not load it. Android's loader looks for symbols only in the libraries that a
/// file loads, so the running interpreter provides none.
fn python(binary: &Binary, promise: &Promise) -> Option<Finding> {
    if binary.kind != Kind::SharedLibrary || promise.abis.contains(&PythonAbi::Other) {
        return None;
    }
    let system = promise.shipped.system_libraries(binary);
    let providers = promise.shipped.providers(binary);
    let names = binary.undefined.iter().map(|symbol| symbol.name);
    let names: Vec<_> = names
        .filter(|name| is_python_api(name) && !providers.export(name))
        .collect();
    let wanted = libpythons(promise);
    let is_loaded = system.iter().any(|library| is_libpython(library));
    let wanted = wanted.first().filter(|_| !names.is_empty() && !is_loaded)?;
    Some(
        Finding::new(
            Code::UndefinedSymbol,
            format!("uses {} without loading {wanted}", list(&names)),
        )
        .promised("on Android a module sees only the symbols of the libraries that it loads")
        .hint(format!("link {wanted}")),
    )
}

/// Symbols that no library provides. A linker that knows the libraries of the NDK gives each of their symbols a
/// version, so the others are of Python or of the wheel.
fn symbols(binary: &Binary, promise: &Promise) -> Vec<Finding> {
    let has_versions = binary
        .versions
        .iter()
        .any(|version| version.name.starts_with("LIBC"));
    let system = promise.shipped.system_libraries(binary);
    let all_known = system.iter().all(|library| {
        is_libpython(library) || ["libc.so", "libm.so", "libdl.so"].contains(library)
    });
    let missing = symbols::missing(binary, Os::Linux, promise, |name| {
        !has_versions || !all_known || is_runtime_symbol(name)
    });
    missing.findings(promise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbol_versions_of_bionic_are_api_levels() {
        for (version, level) in [
            ("LIBC", None),
            ("LIBC_N", Some(24)),
            ("LIBC_P", Some(28)),
            ("LIBLOG_M", Some(23)),
            ("LIBC_PRIVATE", None),
            ("OPENSSL_P", None),
        ] {
            assert_eq!(level_of(version), level, "{version}");
        }
    }
}
