//! Holds a binary against what its wheel's tags promise.
//!
//! Takes a [`Binary`] and a [`Promise`]; gives every [`Finding`] with its remedy. System and machine
//! are judged here, Python's side in `python`, all else by the rules of the system (`linux`, `macos`,
//! `windows`). Never looks at the binary's bytes or at another file.

mod exports;
mod linux;
mod macos;
pub(super) mod module;
mod policy;
mod python;
pub(super) mod search_paths;
mod shipped;
mod stable_abi;
mod symbols;
mod windows;

pub(crate) use search_paths::resolve as resolve_search_path;

use std::collections::BTreeSet;

pub(super) use linux::c_library;
pub use shipped::{Shipped, shares_symbols};
pub(crate) use symbols::missing_from_dll;

use super::claim::{Claim, PythonAbi};
use super::code::{Code, Severity};
use super::finding::Finding;
use crate::binary::{Binary, Kind, VectorCode};
use crate::platform::Os;
use crate::tags::{Arch, MacArch, PlatformTag, Release, WheelFilename};

/// What a wheel promises of each of its binaries.
#[derive(Debug, Clone)]
pub struct Promise {
    /// The platform tags that there are rules for.
    platforms: Vec<PlatformTag>,
    /// The name that promises it.
    claim: Claim,
    /// What the ABI tags stand for.
    abis: BTreeSet<PythonAbi>,
    /// What the wheel has itself.
    shipped: Shipped,
    /// Whether the wheel says that its code was compiled for the baseline of its processor.
    baseline: bool,
}

impl Promise {
    /// What a wheel of this name promises; `baseline` if it says so of its code.
    pub(super) fn of(claim: &Claim, shipped: Shipped, baseline: bool) -> Self {
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
                && !linux::has_other_libc(binary, *tag)
                && binary
                    .parts()
                    .iter()
                    .any(|part| part.arch.is_some_and(|arch| tag.arches().contains(&arch)))
        })
    }

    fn promises(tag: PlatformTag, what: impl std::fmt::Display) -> String {
        format!("the tag {tag} promises {what}")
    }
}

/// The remedy for a binary of another platform.
const USE_TARGET: &str = "build it for the platform of the tag, or correct the tag";

/// Everything that is wrong with a binary for this wheel; nothing if it keeps the promise.
pub fn judge(binary: &Binary, promise: &Promise) -> Vec<Finding> {
    if binary.kind == Kind::Other {
        return Vec::new();
    }
    let mut findings = BTreeSet::new();
    for tag in &promise.platforms {
        findings.extend(for_platform(binary, *tag, promise));
    }
    // A binary for another machine is judged by the wrong rules: one cause, one finding.
    let elsewhere = [
        Code::NativeInPure,
        Code::WrongSystem,
        Code::WrongMachine,
        Code::MissingSlice,
        Code::WrongLibc,
        Code::NotJudged,
    ];
    if !findings
        .iter()
        .any(|finding| elsewhere.contains(&finding.code))
    {
        findings.extend(python::judge(binary, &promise.abis));
        findings.extend(vector_code(binary, promise));
        findings.extend(binary.build_path.as_ref().map(|path| {
            Finding::new(Code::BuildPath, format!("has the path {path} in it"))
                .hint("build without debugging information and assertions, or map the path")
        }));
    }
    // A tag with an older name, as manylinux2014, promises the same: once is enough.
    let mut seen = BTreeSet::new();
    findings
        .into_iter()
        .filter(|finding| seen.insert((finding.code, finding.actual.clone())))
        .collect()
}

fn for_platform(binary: &Binary, tag: PlatformTag, promise: &Promise) -> Vec<Finding> {
    let Some(os) = tag.os() else {
        return vec![native_in_pure(binary)];
    };
    let elsewhere = |code| {
        let promised = Promise::promises(tag, machine(tag));
        let finding = Finding::new(code, format!("is built for {}", binary.machine));
        let finding = finding.promised(promised).hint(USE_TARGET);
        // A program for another system may be data: a launcher, a helper for a remote machine.
        match binary.kind {
            Kind::SharedLibrary => vec![finding],
            Kind::Executable | Kind::Other => vec![finding.weighing(Severity::Warning)],
        }
    };
    if binary.os != Some(os) {
        return elsewhere(Code::WrongSystem);
    }
    let has = |arch: &Arch| binary.parts().iter().any(|part| part.arch == Some(*arch));
    let promised = tag.arches();
    let missing = promised.iter().filter(|arch| !has(arch)).count();
    match tag {
        PlatformTag::Macos(release, arch) => {
            // For one of the wheel's other tags it may do.
            if missing == promised.len() && !promise.is_for(binary) {
                elsewhere(Code::WrongMachine)
            } else if missing > 0 {
                elsewhere(Code::MissingSlice)
            } else {
                macos::judge(binary, release, arch, promise)
            }
        }
        _ if missing > 0 => elsewhere(Code::WrongMachine),
        PlatformTag::Windows(arch) => windows::judge(binary, arch, promise),
        PlatformTag::Any
        | PlatformTag::Linux(_)
        | PlatformTag::Manylinux1(_)
        | PlatformTag::Manylinux2010(_)
        | PlatformTag::Manylinux2014(_)
        | PlatformTag::Manylinux(..)
        | PlatformTag::Musllinux(..) => linux::judge(binary, tag, promise),
    }
}

fn native_in_pure(binary: &Binary) -> Finding {
    let severity = match binary.kind {
        Kind::SharedLibrary => Severity::Error,
        Kind::Executable | Kind::Other => Severity::Warning,
    };
    Finding::new(
        Code::NativeInPure,
        format!("is native code for {}", binary.machine),
    )
    .promised("the platform tag any promises that there is none")
    .hint("tag the wheel for the platform, or leave the file out")
    .weighing(severity)
}

/// System and architecture as a [`Binary`] names them.
fn machine(tag: PlatformTag) -> String {
    match tag {
        PlatformTag::Any => "no machine".to_owned(),
        PlatformTag::Linux(arch)
        | PlatformTag::Manylinux1(arch)
        | PlatformTag::Manylinux2010(arch)
        | PlatformTag::Manylinux2014(arch)
        | PlatformTag::Manylinux(_, arch)
        | PlatformTag::Musllinux(_, arch) => format!("Linux {}", arch.zig()),
        PlatformTag::Macos(_, arch) => {
            let machines = arch.arches().iter().filter_map(|arch| MacArch::of(*arch));
            let names: Vec<_> = machines.map(MacArch::name).collect();
            format!("macOS {}", names.join(" and "))
        }
        PlatformTag::Windows(arch) => format!("Windows {arch}"),
    }
}

fn vector_code(binary: &Binary, promise: &Promise) -> Option<Finding> {
    let unasked = binary
        .parts()
        .iter()
        .any(|part| part.vector_code == VectorCode::Unasked);
    let severity = if promise.baseline {
        Severity::Error
    } else {
        Severity::Warning
    };
    unasked.then(|| {
        Finding::new(
            Code::CpuBaseline,
            "uses AVX instructions without checking at run time that the CPU supports them",
        )
        .promised("the tag promises every 64-bit x86 processor")
        .hint(
            "compile for the baseline of the architecture (-march=x86-64), and choose code for newer \
             processors at run time",
        )
        .weighing(severity)
    })
}

/// A binary that needs a newer release than the tag promises. A tag with the release `floor` would be
/// `possible`.
fn floor_too_high(
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
fn foreign_library(name: &str, os: Os, where_: &str) -> Finding {
    let repair = match os {
        Os::Linux => "auditwheel",
        Os::Macos => "delocate",
        Os::Windows => "delvewheel",
    };
    Finding::new(
        Code::ForeignLibrary,
        format!("loads {name}, which is neither in the wheel nor part of {where_}"),
    )
    .hint(format!(
        "link it statically, or ship it in the wheel ({repair} can add it)"
    ))
}

#[cfg(test)]
mod tests;
