//! Checks a binary against the promises of the tags of its wheel.
//!
//! Takes a [`Binary`] and a [`Promise`]; gives every [`Finding`] with its hint. This module checks the system
//! and the machine, `python` checks how the binary uses Python, and `linux`, `macos`, `windows`,
//! `ios`, `android` and `emscripten` check everything else. No rule reads the bytes of the binary or another file.

mod android;
mod c_library;
mod cxx_runtime;
mod elf_loading;
mod emscripten;
mod exports;
pub(super) mod free_threaded;
mod ios;
mod linux;
mod macos;
pub(super) mod module;
pub(super) mod module_file;
mod names;
pub(super) mod not_a_library;
mod policy;
mod promise;
mod python;
mod python_missing;
#[cfg(test)]
mod samples;
pub(super) mod search_paths;
mod shipped;
mod stable_abi;
mod symbols;
mod windows;

pub(crate) use search_paths::resolve as resolve_search_path;

use std::collections::BTreeSet;

use c_library::mixes_linux_and_android;
pub(super) use c_library::{CLibrary, c_library};
pub(super) use macos::{FIRST_ARM64, taggable};
pub(super) use policy::{first_manylinux, manylinux_tags};
pub use promise::Promise;
pub(crate) use python_missing::missing_from_dll;
pub use shipped::{Shipped, shares_symbols};

use super::code::{Code, Severity};
use super::finding::Finding;
use crate::binary::{Binary, Kind, VectorCode};
use crate::tags::{Arch, IosMachine, MacArch, PlatformTag};

/// The remedy for a binary of another platform.
const USE_TARGET: &str = "build it for the platform of the tag, or correct the tag";

/// All findings for a binary of this wheel.
pub fn judge(binary: &Binary, promise: &Promise) -> Vec<Finding> {
    if binary.kind == Kind::Other {
        return Vec::new();
    }
    let mut findings = BTreeSet::new();
    for tag in &promise.platforms {
        findings.extend(for_platform(binary, *tag, promise));
    }
    // The other rules do not apply to a binary for another machine: one cause, one finding.
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
            Finding::new(Code::BuildPath, format!("contains the path {path}"))
                .hint("build without debugging information and assertions, or map the path")
        }));
    }
    // A tag with an older name, such as manylinux2014, promises the same, so one finding is enough.
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
        // A program for another system may be data, such as a launcher or a helper for a remote machine.
        match binary.kind {
            Kind::SharedLibrary => vec![finding],
            Kind::Executable | Kind::Other => vec![finding.weighing(Severity::Warning)],
        }
    };
    if binary.os != Some(os) || mixes_linux_and_android(binary, tag) {
        return elsewhere(Code::WrongSystem);
    }
    let has = |arch: &Arch| binary.parts().iter().any(|part| part.arch == Some(*arch));
    let promised = tag.arches();
    let missing = promised.iter().filter(|arch| !has(arch)).count();
    match tag {
        PlatformTag::Macos(release, arch) => {
            // It may fit another tag of the wheel.
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
        PlatformTag::Ios(release, machine) => ios::judge(binary, release, machine, promise),
        PlatformTag::Android(api, arch) => android::judge(binary, api, arch, promise),
        PlatformTag::Pyemscripten(platform) | PlatformTag::Pyodide(platform) => {
            emscripten::judge(binary, platform, promise)
        }
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
    .promised("the platform tag any promises that the wheel has none")
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
        PlatformTag::Ios(_, IosMachine::Arm64Device) => "iOS arm64".to_owned(),
        PlatformTag::Ios(_, IosMachine::Arm64Simulator) => "iOS simulator arm64".to_owned(),
        PlatformTag::Ios(_, IosMachine::X64Simulator) => "iOS simulator x86_64".to_owned(),
        PlatformTag::Android(_, arch) => format!("Android {}", arch.arch().zig()),
        PlatformTag::Pyemscripten(_) | PlatformTag::Pyodide(_) => "Emscripten wasm32".to_owned(),
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
    // `isa-level` reports a file that declares its level.
    let is_declared = binary.isa_level.is_some();
    (unasked && !is_declared).then(|| {
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

#[cfg(test)]
mod tests;
