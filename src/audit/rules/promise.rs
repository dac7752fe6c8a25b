//! The promises that a wheel makes about each of its binaries, and the findings that the rules of several systems share.

use std::collections::BTreeSet;

use super::c_library::has_other_libc;
use super::shipped::Shipped;
use crate::audit::claim::{Claim, PythonAbi};
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::Binary;
use crate::platform::Os;
use crate::tags::{PlatformTag, Release, WheelFilename};

/// What a wheel promises of each of its binaries.
#[derive(Debug, Clone)]
pub struct Promise {
    /// The platform tags that there are rules for.
    pub(super) platforms: Vec<PlatformTag>,
    /// The name that promises it.
    pub(super) claim: Claim,
    /// The ABIs that the ABI tags stand for.
    pub(super) abis: BTreeSet<PythonAbi>,
    /// The files that the wheel contains.
    pub(super) shipped: Shipped,
    /// Whether pyz3-wheel built the wheel: then its code was compiled for the baseline of its processor, and
    /// searches libraries in the wheel alone.
    pub(super) baseline: bool,
}

impl Promise {
    /// What a wheel of this name promises; `baseline` if it says so of its code.
    pub(in crate::audit) fn of(claim: &Claim, shipped: Shipped, baseline: bool) -> Self {
        Self {
            platforms: claim.platform_tags(),
            claim: claim.clone(),
            abis: claim.abis(),
            shipped,
            baseline,
        }
    }

    /// What a wheel that a build is about to pack will promise.
    pub fn of_build(filename: &WheelFilename, shipped: Shipped) -> Self {
        Self::of(&Claim::of(filename), shipped, true)
    }

    /// Whether a binary is for a system, C library and processor of some tag.
    pub(crate) fn is_for(&self, binary: &Binary) -> bool {
        self.platforms.iter().any(|tag| {
            tag.os() == binary.os
                && !has_other_libc(binary, *tag)
                && binary
                    .parts()
                    .iter()
                    .any(|part| part.arch.is_some_and(|arch| tag.arches().contains(&arch)))
        })
    }

    /// Whether all tags are for musl.
    pub(super) fn is_for_musl(&self) -> bool {
        let mut tags = self.platforms.iter();
        tags.all(|tag| matches!(tag, PlatformTag::Musllinux(..)))
    }

    pub(super) fn promises(tag: PlatformTag, what: impl std::fmt::Display) -> String {
        format!("the tag {tag} promises {what}")
    }
}

/// A binary that needs a newer release than the tag promises. A tag with the release `floor` would be
/// `possible`.
pub(super) fn floor_too_high(
    tag: PlatformTag,
    (needs, promised): (&str, &str),
    (floor, possible): (Release, PlatformTag),
) -> Finding {
    Finding::new(Code::FloorTooHigh, format!("needs {needs}"))
        .promised(Promise::promises(tag, promised))
        .hint(format!(
            "build for {promised}, or use the tag {possible} if the code needs the newer release"
        ))
        .possible_floor(Some(floor))
}

/// A library that is neither the system's nor in the wheel.
pub(super) fn foreign_library(name: &str, os: Os, where_: &str) -> Finding {
    let repair = match os {
        Os::Linux => " (auditwheel can add it)",
        Os::Macos => " (delocate can add it)",
        Os::Windows => " (delvewheel can add it)",
        Os::Emscripten => " (pyodide auditwheel can add it)",
        Os::Ios | Os::IosSimulator => "",
    };
    Finding::new(
        Code::ForeignLibrary,
        format!("loads {name}, which is neither in the wheel nor part of {where_}"),
    )
    .hint(format!(
        "link it statically, or ship it in the wheel{repair}"
    ))
}
