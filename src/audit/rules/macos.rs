//! The rules for macOS: the lowest macOS release, system libraries, no Python library, and a signature on
//! Apple silicon.

use super::cxx_runtime::is_cxx_runtime_symbol;
use super::exports::macos_has_symbol;
use super::promise::{Promise, floor_too_high, foreign_library};
use super::shipped::Shipped;
use super::symbols;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::{Binary, Signature};
use crate::platform::Os;
use crate::tags::{Arch, MacArch, PlatformTag, Release};

/// The first release for Apple silicon, even if a universal2 tag names an earlier one.
pub(in crate::audit) const FIRST_ARM64: Release = Release::new(11, 0);

pub(super) fn judge(
    binary: &Binary,
    promised: Release,
    machine: MacArch,
    promise: &Promise,
) -> Vec<Finding> {
    let tag = PlatformTag::Macos(promised, machine);
    let mut findings = Vec::new();
    let promised_slices = binary.parts().iter().filter(|slice| {
        slice
            .arch
            .is_some_and(|arch| machine.arches().contains(&arch))
    });
    for slice in promised_slices {
        let promised = match slice.arch.and_then(MacArch::of) {
            Some(MacArch::Arm64) => promised.max(FIRST_ARM64),
            Some(MacArch::X86_64 | MacArch::Universal2) | None => promised,
        };
        findings.extend(slice_rules(
            slice,
            (tag, machine),
            promised,
            &promise.shipped,
        ));
        findings.extend(symbols(binary, slice, promise));
        findings.extend(install_name(slice));
    }
    findings
}

fn slice_rules(
    slice: &Binary,
    (tag, machine): (PlatformTag, MacArch),
    promised: Release,
    shipped: &Shipped,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    match slice.floor {
        None => findings.push(
            Finding::new(
                Code::NoFloor,
                "does not say which macOS it needs, so no tag can promise one",
            )
            .hint("link it with a deployment target (-mmacosx-version-min): the linker then writes LC_BUILD_VERSION"),
        ),
        Some(needed) if needed > promised => {
            let needs = format!("macOS {needed}");
            let promised = format!("macOS {promised}");
            let floor = taggable(needed);
            let possible = PlatformTag::Macos(floor, machine);
            let finding = floor_too_high(tag, (&needs, &promised), (floor, possible));
            findings.push(finding);
        }
        Some(_) => {}
    }
    let foreign = slice
        .imports
        .iter()
        .filter_map(|name| library(name, shipped));
    findings.extend(foreign);
    if slice.arch == Some(Arch::Aarch64) && slice.signature == Signature::None {
        findings.push(
            Finding::new(
                Code::NotSigned,
                "has no code signature, but Apple silicon loads nothing without one",
            )
            .hint(
                "sign it after the last edit, as strip and install_name_tool lose a signature: \
                 `codesign --force --sign - FILE`",
            ),
        );
    }
    if slice.signature == Signature::Broken {
        findings.push(
            Finding::new(
                Code::BadSignature,
                "was changed after it was signed: the hashes in its signature are not its own",
            )
            .hint("sign it again after the last edit: `codesign --force --sign - FILE`"),
        );
    }
    findings
}

/// Symbols that no library provides, among those that are looked up in everything that is loaded or are bound
/// to a library of the wheel.
fn symbols(binary: &Binary, slice: &Binary, promise: &Promise) -> Vec<Finding> {
    let system = promise.shipped.system_libraries(slice);
    let all_known = system.iter().all(|library| has_known_symbols(library));
    let missing = symbols::missing(slice, Os::Macos, promise, |name| {
        !all_known || may_be_loaded(name)
    });
    let findings = missing.findings(promise).into_iter();
    findings
        .map(|mut finding| {
            let machine = slice.arch.and_then(MacArch::of);
            if let (2.., Some(machine)) = (binary.slices.len(), machine) {
                finding.actual = format!("{} (in its code for {machine})", finding.actual);
            }
            finding
        })
        .collect()
}

/// Whether the symbols of a library of the system are known.
pub(super) fn has_known_symbols(library: &str) -> bool {
    let file = library.rsplit('/').next().unwrap_or(library);
    library.starts_with("/usr/lib/") && KNOWN.iter().any(|known| file.starts_with(known))
}

/// Whether a library that is part of every Python process may have the symbol: the C and C++ libraries,
/// and CoreFoundation, which CPython links.
pub(super) fn may_be_loaded(name: &str) -> bool {
    let core_foundation = ["CF", "kCF", "__CF"].iter().any(|prefix| {
        let next = name
            .strip_prefix(prefix)
            .and_then(|rest| rest.chars().next());
        next.is_some_and(char::is_uppercase)
    });
    // The linker defines the first one, and libobjc provides the second one.
    let is_toolchain = matches!(name, "__dso_handle" | "__objc_personality_v0");
    core_foundation || is_toolchain || is_cxx_runtime_symbol(name) || macos_has_symbol(name)
}

/// Libraries of macOS whose symbols are known.
const KNOWN: [&str; 2] = ["libSystem.", "libc++."];

fn library(library: &str, shipped: &Shipped) -> Option<Finding> {
    let file = library.rsplit('/').next().unwrap_or(library);
    if library.contains("Python.framework/") || file.starts_with("libpython") {
        return Some(
            Finding::new(
                Code::LinksLibpython,
                format!("loads {library}, which other Pythons have in another place or not at all"),
            )
            .hint(
                "on macOS an extension module finds Python's symbols in the running interpreter: do not \
                 link a Python library, but let the linker accept undefined symbols \
                 (-undefined dynamic_lookup)",
            ),
        );
    }
    (!is_available(library, shipped)).then(|| foreign_library(library, Os::Macos, "macOS"))
}

/// Whether a library is part of Apple's systems or of the wheel.
pub(super) fn is_available(library: &str, shipped: &Shipped) -> bool {
    let file = library.rsplit('/').next().unwrap_or(library);
    let system = ["/usr/lib/", "/System/Library/"];
    // Swift's libraries are part of macOS since 10.14.4, but are still loaded through @rpath.
    system.iter().any(|folder| library.starts_with(folder))
        || library.starts_with("@rpath/libswift")
        || (library.starts_with('@') && shipped.has(file))
}

fn install_name(binary: &Binary) -> Option<Finding> {
    let own = binary.soname.as_ref()?;
    let elsewhere = ["/Users/", "/private/", "/tmp/", "/var/", "/home/", "/root/"];
    elsewhere
        .into_iter()
        .any(|folder| own.starts_with(folder))
        .then(|| {
            Finding::new(Code::InstallName, format!("has the install name {own}"))
                .hint("give it an install name of `@rpath/NAME` or `@loader_path/NAME`")
        })
}

/// The first release from this one on that a wheel can be tagged for; 26 follows 15.
pub(in crate::audit) fn taggable(needed: Release) -> Release {
    match needed {
        Release {
            major: 15,
            minor: 1..,
        } => Release::new(26, 0),
        Release {
            major: 11..,
            minor: 1..,
        } => Release::new(needed.major + 1, 0),
        _ => needed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::rules::samples::{CP312, only};
    use crate::platform::Platform;

    #[test]
    fn a_floor_that_has_no_tag_is_rounded_up() {
        for (needed, floor) in [
            ((10, 13), (10, 13)),
            ((11, 0), (11, 0)),
            ((13, 3), (14, 0)),
            ((15, 1), (26, 0)),
            ((26, 1), (27, 0)),
        ] {
            let release = |(major, minor)| Release::new(major, minor);
            assert_eq!(taggable(release(needed)), release(floor));
        }
    }

    #[test]
    fn apple_silicon_wants_a_signature() {
        let (code, _, hint) = only(Platform::MacosArm64, CP312, |binary| {
            binary.signature = Signature::None;
        });
        assert_eq!(code, Code::NotSigned);
        assert!(hint.contains("codesign"), "{hint}");
        let (code, ..) = only(Platform::MacosArm64, CP312, |binary| {
            binary.signature = Signature::Broken;
        });
        assert_eq!(code, Code::BadSignature);
    }
}
