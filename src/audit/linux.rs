//! The rules for Linux: the manylinux policies (PEP 600), and no libpython.

use super::check::{Code, Expected, Finding, floor_too_high, foreign_library};
use super::{Binary, policy};
use crate::tags::Release;

pub(super) fn check(binary: &Binary, expected: &Expected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Every Linux platform has a floor; without one nothing may be newer than the oldest policy.
    let glibc = expected.target.floor().unwrap_or(Release::new(2, 17));
    for library in &binary.imports {
        findings.extend(judge(library, expected, glibc));
    }
    if let Some(needed) = binary.floor.filter(|needed| *needed > glibc) {
        let symbols = some_of(&binary.floor_symbols);
        let needs = format!("glibc {needed}{symbols}");
        findings.push(floor_too_high(expected, &needs, glibc, needed));
    }
    // Versions of libraries that are foreign or shipped are theirs to keep.
    let all_system = binary
        .imports
        .iter()
        .all(|library| policy::linux_has_library(library, glibc));
    let arch = expected.target.platform().arch();
    for version in &binary.versions {
        if all_system && !policy::linux_has_version(version, arch, glibc) {
            findings.push(Finding::new(
                Code::SymbolVersion,
                format!("asks for {version}, which not every Linux with glibc {glibc} has"),
                format!(
                    "link that library statically, or raise the floor in \
                     [tool.pyz3-wheel.platform.{}]",
                    expected.target.platform()
                ),
            ));
        }
    }
    findings
}

fn judge(library: &str, expected: &Expected<'_>, glibc: Release) -> Option<Finding> {
    let file = library.rsplit('/').next().unwrap_or(library);
    if file.starts_with("libpython") {
        return Some(Finding::new(
            Code::LinksLibpython,
            format!("loads {library}, which many Pythons do not have as a library"),
            "on Linux an extension module finds Python's symbols in the running interpreter: link no \
             Python library there, and set `lib.linker_allow_shlib_undefined = true` in build.zig",
        ));
    }
    if library == "libc.so" || library.starts_with("libc.musl-") {
        return Some(Finding::new(
            Code::WrongLibc,
            format!("loads {library}, musl's C library; the wheel's tag promises glibc"),
            "let build.zig build for the target that it is given, and for no other C library",
        ));
    }
    let known = policy::linux_has_library(library, glibc)
        || expected.ships(library, |shipped, name| shipped == name);
    (!known).then(|| foreign_library(library, &format!("every Linux with glibc {glibc}")))
}

/// Ex) ` (for arc4random, stat and 3 more)`
fn some_of(symbols: &[String]) -> String {
    const SHOWN: usize = 4;
    let (shown, rest) = symbols.split_at(symbols.len().min(SHOWN));
    if shown.is_empty() {
        return String::new();
    }
    let more = match rest.len() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    format!(" (for {}{more})", shown.join(", "))
}
