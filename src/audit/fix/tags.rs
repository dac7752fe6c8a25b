//! Finds the tags that a wheel's binaries keep.
//!
//! Takes the name of a wheel, what is found in its binaries under that name, and the binaries; gives a name that
//! promises what the binaries are, or the reason why they do not tell one. The rules judge every new name again.

use std::collections::BTreeSet;

use crate::audit::claim::{Claim, cpython};
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::audit::rules::module_file::ModuleFile;
use crate::audit::rules::{
    CLibrary, FIRST_ARM64, c_library, first_manylinux, manylinux_tags, taggable,
};
use crate::binary::{Binary, Kind};
use crate::platform::Os;
use crate::tags::{Arch, CPython, MacArch, PlatformTag, PythonVersion, Release, WindowsArch};

/// The musl of a wheel that loads musl: its binaries do not say which release they need.
const MUSL: Release = Release::new(1, 2);

/// Why a wheel for iOS, Android or WebAssembly gets no other tag.
const NO_TAGS: &str = "the binaries do not prove a tag for their system";

/// Checks that say that the wheel is for another system than the platform tag.
const OTHER_PLATFORM: [Code; 4] = [
    Code::WrongSystem,
    Code::WrongMachine,
    Code::MissingSlice,
    Code::WrongLibc,
];

/// Whether a finding is about the system that the platform tag names.
pub(super) fn is_about_platform(code: Code) -> bool {
    OTHER_PLATFORM.contains(&code) || matches!(code, Code::NativeInPure | Code::UnknownTag)
}

/// The next name to try; `None` if no other tag would remedy what was found.
pub(super) fn improved(
    claim: &Claim,
    findings: &[Finding],
    binaries: &[(String, Binary)],
) -> Option<Result<Claim, String>> {
    let errors: Vec<_> = findings.iter().filter(|one| is_error(one)).collect();
    let has = |codes: &[Code]| errors.iter().any(|one| codes.contains(&one.code));
    let mut next = claim.clone();
    let is_any = claim.is_for_any_platform();
    if has(&OTHER_PLATFORM)
        || (is_any && has(&[Code::NativeInPure]))
        || (!is_any && !binaries.is_empty() && has(&[Code::UnknownTag]))
    {
        match platforms(binaries) {
            Ok(platforms) => next.platforms = platforms,
            Err(why) => return Some(Err(why)),
        }
    } else {
        let floors = errors.iter().filter_map(|one| one.possible_floor);
        if let Some(floor) = floors.max() {
            next.platforms = raised(&claim.platforms, floor);
        }
    }
    if has(&[
        Code::WrongSuffix,
        Code::PythonWithoutAbi,
        Code::NotStableAbi,
        Code::WrongPythonDll,
        Code::InterpreterTag,
    ]) {
        let floors = errors.iter().filter_map(|one| one.possible_python);
        if let Some(python) = python_of_modules(binaries) {
            next.pythons = vec![format!("cp{}", python.version.nodot())];
            next.abis = vec![format!("cp{}", python.nodot())];
        } else if let Some(floor) = floors.max() {
            next.pythons = vec![raised_python(claim, floor)];
        }
    }
    (next != *claim).then_some(Ok(next))
}

pub(super) fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

/// The Python tag of a stable ABI that begins with `floor`, or later if the wheel already promised that.
fn raised_python(claim: &Claim, floor: PythonVersion) -> String {
    let versions = claim.pythons.iter().filter_map(|tag| cpython(tag));
    let floor = versions.min().map_or(floor, |old| old.max(floor));
    format!("cp{}", floor.nodot())
}

/// The same tags with this release of the C library or the system, where a tag names an older one.
fn raised(platforms: &[String], floor: Release) -> Vec<String> {
    let tags = platforms.iter().flat_map(|text| {
        let Ok(tag) = text.parse::<PlatformTag>() else {
            return vec![text.clone()];
        };
        match (tag, tag.glibc()) {
            (_, Some(glibc)) if glibc < floor => {
                let arches = tag.arches().into_iter();
                arches
                    .flat_map(|arch| manylinux_tags(floor, arch))
                    .collect()
            }
            (PlatformTag::Macos(release, arch), _) if release < floor => {
                vec![PlatformTag::Macos(floor, arch).to_string()]
            }
            _ => vec![text.clone()],
        }
    });
    let tags: BTreeSet<_> = tags.collect();
    tags.into_iter().collect()
}

/// The one CPython that all extension modules are named for. There is no free-threaded one before 3.13.
fn python_of_modules(binaries: &[(String, Binary)]) -> Option<CPython> {
    let modules = binaries
        .iter()
        .filter(|(_, binary)| !binary.inits.is_empty());
    let pythons: Option<BTreeSet<_>> = modules
        .map(|(path, _)| ModuleFile::of(path).and_then(ModuleFile::python))
        .collect();
    let mut pythons = pythons?;
    let python = pythons.pop_first()?;
    let exists = !python.free_threaded || python.support().is_some();
    (pythons.is_empty() && exists).then_some(python)
}

/// The platform tags for the system that all binaries are for.
fn platforms(binaries: &[(String, Binary)]) -> Result<Vec<String>, String> {
    let of = |kind| -> Vec<&Binary> {
        let same = binaries.iter().filter(|(_, binary)| binary.kind == kind);
        same.map(|(_, binary)| binary).collect()
    };
    let libraries = of(Kind::SharedLibrary);
    let binaries = if libraries.is_empty() {
        of(Kind::Executable)
    } else {
        libraries
    };
    let mut systems = binaries.iter().map(|binary| binary.os);
    let system = systems.next().flatten();
    let system = system.ok_or("the binaries do not say which system they are for")?;
    if systems.any(|other| other != Some(system)) {
        return Err("the binaries are for different systems".to_owned());
    }
    match system {
        Os::Linux => linux(&binaries),
        Os::Ios | Os::IosSimulator | Os::Emscripten => Err(NO_TAGS.to_owned()),
        Os::Macos => macos(&binaries),
        Os::Windows => {
            let arch = common_arch(&binaries)?;
            let tag = WindowsArch::ALL
                .into_iter()
                .find(|windows| windows.arch() == arch);
            let tag = tag.ok_or("no tag for Windows has the processor of the binaries")?;
            Ok(vec![PlatformTag::Windows(tag).to_string()])
        }
    }
}

/// The processor that all binaries are for.
fn common_arch(binaries: &[&Binary]) -> Result<Arch, String> {
    let mut arches = binaries.iter().map(|binary| binary.arch);
    let arch = arches.next().flatten();
    let arch = arch.ok_or("no tag has the processor of the binaries")?;
    if arches.any(|other| other != Some(arch)) {
        return Err("the binaries are for different processors".to_owned());
    }
    Ok(arch)
}

fn linux(binaries: &[&Binary]) -> Result<Vec<String>, String> {
    let arch = common_arch(binaries)?;
    let mut libraries = binaries.iter().filter_map(|binary| c_library(binary));
    let library = libraries
        .next()
        .ok_or("no binary loads a C library, which the tag has to name")?;
    if libraries.any(|other| other != library) {
        return Err("the binaries load different C libraries".to_owned());
    }
    match library {
        CLibrary::Glibc => {
            // What the symbols need raises it when the name is judged.
            let first = first_manylinux(arch).ok_or("no tag for glibc has the processor")?;
            Ok(manylinux_tags(first, arch))
        }
        CLibrary::Bionic => Err(NO_TAGS.to_owned()),
        CLibrary::Musl => Ok(vec![PlatformTag::Musllinux(MUSL, arch).to_string()]),
    }
}

fn macos(binaries: &[&Binary]) -> Result<Vec<String>, String> {
    let has = |arch: Arch| {
        let mut all = binaries.iter();
        all.all(|binary| binary.parts().iter().any(|part| part.arch == Some(arch)))
    };
    let machine = match (has(Arch::X86_64), has(Arch::Aarch64)) {
        (true, true) => MacArch::Universal2,
        (true, false) => MacArch::X86_64,
        (false, true) => MacArch::Arm64,
        (false, false) => return Err("the binaries are for different processors".to_owned()),
    };
    let mut floor = match machine {
        MacArch::Arm64 => FIRST_ARM64,
        MacArch::X86_64 | MacArch::Universal2 => Release::new(10, 9),
    };
    for part in binaries.iter().flat_map(|binary| binary.parts()) {
        if !part
            .arch
            .is_some_and(|arch| machine.arches().contains(&arch))
        {
            continue;
        }
        let needed = part
            .floor
            .ok_or("a binary does not say which macOS it needs")?;
        // No Mac with Apple silicon has an older release, whatever a universal2 tag says.
        let is_first = part.arch == Some(Arch::Aarch64) && needed <= FIRST_ARM64;
        if !is_first {
            floor = floor.max(taggable(needed));
        }
    }
    Ok(vec![PlatformTag::Macos(floor, machine).to_string()])
}
