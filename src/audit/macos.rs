//! The rules for macOS: a floor, the system's libraries, no Python library, and on Apple silicon a
//! signature.

use super::Binary;
use super::check::{Code, Expected, Finding, floor_too_high, foreign_library};
use crate::tags::{Arch, Release};

pub(super) fn check(binary: &Binary, expected: &Expected<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match (binary.floor, expected.target.floor()) {
        (None, _) => findings.push(Finding::new(
            Code::NoFloor,
            "does not say which macOS it needs, so no tag can promise one".to_owned(),
            "let Zig link it: its linker writes LC_BUILD_VERSION",
        )),
        (Some(needed), Some(promised)) if needed > promised => {
            let needs = format!("macOS {needed}");
            findings.push(floor_too_high(expected, &needs, promised, taggable(needed)));
        }
        _ => {}
    }
    for library in &binary.imports {
        findings.extend(judge(library));
    }
    if expected.target.platform().arch() == Arch::Aarch64 && !binary.signed {
        findings.push(Finding::new(
            Code::NotSigned,
            "has no code signature, and Apple silicon loads nothing without one".to_owned(),
            "Zig signs what it links, and a later edit loses it: let build.zig strip (`.strip = true` \
             in the module) instead of a tool of its own",
        ));
    }
    findings
}

fn judge(library: &str) -> Option<Finding> {
    let file = library.rsplit('/').next().unwrap_or(library);
    if library.contains("Python.framework/") || file.starts_with("libpython") {
        return Some(Finding::new(
            Code::LinksLibpython,
            format!("loads {library}, which another Python has elsewhere or not at all"),
            "on macOS an extension module finds Python's symbols in the running interpreter: link no \
             Python library there, and set `lib.linker_allow_shlib_undefined = true` in build.zig",
        ));
    }
    let known = ["/usr/lib/", "/System/Library/", "@rpath/", "@loader_path/"]
        .into_iter()
        .any(|folder| library.starts_with(folder));
    (!known).then(|| foreign_library(library, "macOS"))
}

/// The first release from this one on that a wheel can be tagged for; 26 follows 15.
fn taggable(needed: Release) -> Release {
    match needed {
        Release {
            major: 11..,
            minor: 1..,
        } if needed.major == 15 => Release::new(26, 0),
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
}
