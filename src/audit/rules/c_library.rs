//! Which C library a binary for Linux or Android loads.

use crate::binary::Binary;
use crate::tags::{Family, PlatformTag};

pub(super) fn is_musl(library: &str) -> bool {
    library == "libc.so" || library.starts_with("libc.musl-")
}

pub(super) fn is_glibc(library: &str) -> bool {
    library.starts_with("libc.so.") || library.starts_with("ld-linux")
}

/// A C library of Linux or Android.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum CLibrary {
    Glibc,
    Musl,
    Bionic,
}

/// The C library that a binary loads, if it loads one. Not by symbol versions: libgcc_s has `GLIBC_2.0`
/// on every system.
pub(in crate::audit) fn c_library(part: &Binary) -> Option<CLibrary> {
    if part.android_api.is_some() {
        return Some(CLibrary::Bionic);
    }
    part.imports.iter().find_map(|library| match library {
        _ if is_musl(library) => Some(CLibrary::Musl),
        _ if is_glibc(library) => Some(CLibrary::Glibc),
        _ => None,
    })
}

/// Whether a binary loads the C library that the tag does not promise.
pub(super) fn has_other_libc(binary: &Binary, tag: PlatformTag) -> bool {
    let promised = match tag {
        PlatformTag::Musllinux(..) => CLibrary::Musl,
        PlatformTag::Manylinux1(_)
        | PlatformTag::Manylinux2010(_)
        | PlatformTag::Manylinux2014(_)
        | PlatformTag::Manylinux(..) => CLibrary::Glibc,
        PlatformTag::Android(..) => return is_for_linux(binary),
        PlatformTag::Linux(_)
        | PlatformTag::Any
        | PlatformTag::Macos(..)
        | PlatformTag::Windows(_)
        | PlatformTag::Ios(..)
        | PlatformTag::Pyemscripten(_)
        | PlatformTag::Pyodide(_) => return false,
    };
    c_library(binary).is_some_and(|loaded| loaded != promised)
}

/// Whether a binary is for Linux and not for Android. `libc.so` is the name of Bionic, and of musl for linkers.
fn is_for_linux(binary: &Binary) -> bool {
    let mut libraries = binary.imports.iter();
    binary.android_api.is_none()
        && libraries.any(|library| is_glibc(library) || library.starts_with("libc.musl-"))
}

/// Whether a binary is for Android and the tag for Linux, or the other way round. ELF has one number for both.
pub(super) fn mixes_linux_and_android(binary: &Binary, tag: PlatformTag) -> bool {
    match tag.family() {
        Some(Family::Android) => is_for_linux(binary),
        Some(Family::Manylinux | Family::Musllinux) => binary.android_api.is_some(),
        Some(
            Family::Macos
            | Family::Windows
            | Family::Ios
            | Family::IosSimulator
            | Family::Pyemscripten,
        )
        | None => false,
    }
}
