//! Which C library of Linux a binary loads.

use crate::binary::Binary;
use crate::tags::PlatformTag;

pub(super) fn is_musl(library: &str) -> bool {
    library == "libc.so" || library.starts_with("libc.musl-")
}

pub(super) fn is_glibc(library: &str) -> bool {
    library.starts_with("libc.so.") || library.starts_with("ld-linux")
}

/// A C library of Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum CLibrary {
    Glibc,
    Musl,
}

/// The C library that a binary loads, if it loads one. Not by symbol versions: libgcc_s has `GLIBC_2.0`
/// on every system.
pub(in crate::audit) fn c_library(part: &Binary) -> Option<CLibrary> {
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
        PlatformTag::Linux(_)
        | PlatformTag::Any
        | PlatformTag::Macos(..)
        | PlatformTag::Windows(_) => return false,
    };
    c_library(binary).is_some_and(|loaded| loaded != promised)
}
