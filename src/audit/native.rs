//! Checks the binaries of a wheel against its tags, and whether the tags need binaries at all.
//!
//! The rules look at one binary. This module adds what only the whole wheel shows: a binary for another system may
//! be data, and a check may not apply to a file that Python never loads.

use std::collections::BTreeSet;

use pep440_rs::VersionSpecifiers;

use super::claim::Claim;
use super::code::{Code, Severity};
use super::container::wheel_file::WheelFile;
use super::container::{imports, places};
use super::finding::Finding;
use super::loaded::loaded;
use super::rules::search_paths::{self, Libraries};
use super::rules::{self, Promise, Shipped, free_threaded, module, not_a_library};
use super::unpack::Unpacked;
use super::variants::{Variants, stale_files};
use crate::binary::{Binary, Kind};
use crate::tags::Os;

/// Checks the binaries of a wheel with this name, WHEEL and Requires-Python.
pub(super) fn judge(
    files: &Unpacked,
    claim: &Claim,
    wheel: &WheelFile,
    requires_python: Option<&VersionSpecifiers>,
) -> Vec<Finding> {
    let promise = Promise::of(claim, shipped(files), wheel.cpu_baseline);
    let variants = Variants::of(&files.binaries, claim, requires_python);
    let mut findings = not_libraries(files, claim, &variants);
    let not_libraries = findings.iter().filter_map(|finding| finding.file.clone());
    let surroundings = Surroundings::of(files, claim, &promise, not_libraries.collect());
    let stem = files.stem.as_str();
    let libraries = Libraries::of(&files.binaries, stem);
    let loaded = loaded(&files.binaries, |binary| promise.is_for(binary));
    let mut stale = Vec::new();
    for ((path, binary), is_loaded) in files.binaries.iter().zip(loaded) {
        let is_stale = promise.is_for(binary) && variants.is_stale(path);
        stale.extend(is_stale.then_some(path.as_str()));
        let found = rules::judge(binary, &promise)
            .into_iter()
            .chain(module::judge(binary, path, claim, variants.are_found(path)))
            .chain(free_threaded::judge(binary, path, &promise))
            .chain(search_paths::judge(
                binary, path, stem, &libraries, &promise,
            ))
            .chain(search_paths::unreachable(binary, path, stem, &libraries));
        let place = surroundings.place(path, is_stale, is_loaded);
        let found = found.filter_map(|finding| place.weigh(finding));
        findings.extend(found.map(|finding| finding.of(path)));
    }
    findings.extend(stale_files(&stale, &files.contents, claim));
    findings.extend(whole_wheel(files, claim, wheel));
    findings
}

/// The libraries that the binaries of the wheel may load or find loaded.
fn shipped(files: &Unpacked) -> Shipped {
    let binaries = files.binaries.iter();
    let mut shipped = Shipped::of(binaries.map(|(path, binary)| (path.as_str(), binary)));
    // By file name, because a binary that cannot be read is a binary too.
    for path in files.contents.keys() {
        shipped.add(path.rsplit('/').next().unwrap_or(path));
    }
    if files.shares_symbols {
        shipped.share_symbols();
    }
    shipped
}

/// Finds files that the Pythons of the tags load as extension modules, but that are not shared libraries.
fn not_libraries(files: &Unpacked, claim: &Claim, variants: &Variants) -> Vec<Finding> {
    let stem = files.stem.as_str();
    let others = files.not_binaries.iter();
    let others = others.map(|(path, contents)| (path, *contents));
    let binaries = files.binaries.iter();
    let binaries = binaries
        .filter_map(|(path, binary)| Some((path, not_a_library::Contents::of_binary(binary)?)));
    let looked_for = others
        .chain(binaries)
        .filter(|(path, _)| variants.are_looked_for(path, claim));
    looked_for
        .filter_map(|(path, contents)| {
            let installed = imports::installed(path, stem)?;
            Some(not_a_library::judge(installed, contents, claim)?.of(path))
        })
        .collect()
}

/// What the whole wheel says about each of its binaries.
struct Surroundings {
    /// Where the programs are that installers put on the PATH.
    scripts: String,
    /// Where the files are that are installed outside the module search path.
    prefix_files: String,
    /// The files that are named like extension modules but are not shared libraries.
    not_libraries: BTreeSet<String>,
    /// Whether some library is for the system of a tag.
    some_library_fits: bool,
    /// Whether the tags need a binary, but no binary is for the system of a tag.
    all_are_foreign: bool,
    /// Whether the tags name no system and there are libraries for each, of which the package chooses one.
    is_for_all_systems: bool,
}

/// One binary in its wheel.
struct Place<'a> {
    wheel: &'a Surroundings,
    path: &'a str,
    /// Whether the Pythons of the tags load another file instead.
    is_stale: bool,
    /// Whether it is for another process or system: no binary for the tags loads it, and other binaries match the
    /// tags.
    is_data: bool,
}

impl Surroundings {
    fn of(
        files: &Unpacked,
        claim: &Claim,
        promise: &Promise,
        not_libraries: BTreeSet<String>,
    ) -> Self {
        let stem = files.stem.as_str();
        let fits = |kind: Option<Kind>| {
            let mut binaries = files.binaries.iter().map(|(_, binary)| binary);
            binaries
                .any(|binary| kind.is_none_or(|kind| binary.kind == kind) && promise.is_for(binary))
        };
        Self {
            scripts: format!("{stem}.data/scripts/"),
            prefix_files: format!("{stem}.data/data/"),
            not_libraries,
            some_library_fits: fits(Some(Kind::SharedLibrary)),
            all_are_foreign: !claim.is_for_any_platform() && !fits(None),
            is_for_all_systems: claim.is_for_any_platform() && has_all_systems(&files.binaries),
        }
    }

    fn place<'a>(&'a self, path: &'a str, is_stale: bool, is_loaded: bool) -> Place<'a> {
        Place {
            wheel: self,
            path,
            is_stale,
            is_data: self.some_library_fits && !is_loaded,
        }
    }
}

impl Place<'_> {
    /// A finding about the binary with its severity in this wheel; `None` if it does not apply to the binary.
    fn weigh(&self, finding: Finding) -> Option<Finding> {
        let is_for_all_systems = self.wheel.is_for_all_systems;
        let code = finding.code;
        let severity = match code {
            // A file that is not a library needs no second finding about its system.
            _ if is_elsewhere(code) && self.wheel.not_libraries.contains(self.path) => return None,
            // Programs that are installed to be run are not data, and neither are the only binaries of a wheel.
            _ if is_elsewhere(code) && self.is_to_be_run() => Some(Severity::Error),
            _ if is_elsewhere(code) && self.is_data => Some(Severity::Warning),
            // The symbols of a stale module do not matter: the Pythons of the tags load another file.
            _ if is_about_python(code) && self.is_stale => return None,
            Code::IsaLevel if self.is_chosen_by_loader() => return None,
            Code::CpuBaseline if self.is_chosen_by_loader() || self.names_instruction_set() => {
                return None;
            }
            // A program that links a library in `.data/data` may provide its symbols.
            Code::UndefinedSymbol if self.path.starts_with(&self.wheel.prefix_files) => {
                Some(Severity::Warning)
            }
            Code::NativeInPure | Code::PythonWithoutAbi if is_for_all_systems => {
                Some(Severity::Warning)
            }
            _ => None,
        };
        Some(match severity {
            Some(severity) => finding.weighing(severity),
            None => finding,
        })
    }

    fn is_to_be_run(&self) -> bool {
        self.path.starts_with(&self.wheel.scripts) || self.wheel.all_are_foreign
    }

    /// Whether it is in a folder from which the loader takes a library only where the processor fits.
    fn is_chosen_by_loader(&self) -> bool {
        self.path.split('/').any(|folder| folder == "glibc-hwcaps")
    }

    /// Whether the name says that the code is for processors with AVX, like `metrics_cpp_avx2.pyd`: a package with
    /// such a file chooses between it and another file.
    fn names_instruction_set(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or(self.path);
        name.to_ascii_lowercase()
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|word| word.starts_with("avx"))
    }
}

/// Whether there are libraries for Linux, macOS and Windows.
fn has_all_systems(binaries: &[(String, Binary)]) -> bool {
    [Os::Linux, Os::Macos, Os::Windows].into_iter().all(|os| {
        let mut binaries = binaries.iter();
        binaries.any(|(_, binary)| binary.kind == Kind::SharedLibrary && binary.os == Some(os))
    })
}

/// Checks whether there is native code, and whether it is where WHEEL and the tags say.
fn whole_wheel(files: &Unpacked, claim: &Claim, wheel: &WheelFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if claim.is_for_any_platform() {
        if !files.has_native && wheel.root_is_purelib == Some(false) {
            findings.push(
                Finding::new(Code::PureInPlatlib, "has no native code")
                    .promised("WHEEL says Root-Is-Purelib: false")
                    .weighing(Severity::Warning),
            );
        }
        return findings;
    }
    let binaries = files.binaries.iter();
    let libraries = binaries.filter(|(_, binary)| binary.kind == Kind::SharedLibrary);
    let libraries = libraries.map(|(path, _)| path.as_str());
    let purelib = wheel.root_is_purelib;
    findings.extend(places::native_in_purelib(libraries, &files.stem, purelib));
    // For a platform without rules, native code cannot be recognized.
    let is_recognized = !claim.platform_tags().is_empty();
    if !files.has_native && is_recognized {
        let tags = claim.platforms.join(".");
        findings.push(Finding::new(
            Code::NoNativeCode,
            format!("has the platform tag {tags} but no native code"),
        ));
    }
    findings
}

/// Whether a check says that a binary is for another system or machine than the tags.
fn is_elsewhere(code: Code) -> bool {
    matches!(
        code,
        Code::WrongSystem | Code::WrongMachine | Code::WrongLibc | Code::NativeInPure
    )
}

/// Whether a check is about how a binary works together with Python.
fn is_about_python(code: Code) -> bool {
    matches!(
        code,
        Code::UndefinedSymbol
            | Code::PythonWithoutAbi
            | Code::NoPythonDll
            | Code::WrongPythonDll
            | Code::NotStableAbi
            | Code::NoInit
            | Code::WrongInit
            | Code::EnablesGil
            | Code::ZeroedDefinition
    )
}
