//! Environment variables by which a compiler finds headers and libraries of the build machine.
//!
//! Zig's clang reads them for every target, so a cross build would take in headers of the wrong
//! machine. They reach native builds only, and any build for which the project sets them itself.
//! Zig's cache does not know them, so builds with different values need different cache directories.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::plan::Job;
use crate::platform::Platform;
use crate::project::Project;
use crate::sys::fingerprint::short;

/// The variables of clang, GCC, Apple's tools, Nix and Microsoft's compiler.
const NAMES: [&str; 17] = [
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "OBJC_INCLUDE_PATH",
    "OBJCPLUS_INCLUDE_PATH",
    "LIBRARY_PATH",
    "COMPILER_PATH",
    "GCC_EXEC_PREFIX",
    "CCC_OVERRIDE_OPTIONS",
    "SDKROOT",
    "DEVELOPER_DIR",
    "NIX_CFLAGS_COMPILE",
    "NIX_CFLAGS_LINK",
    "NIX_LDFLAGS",
    "INCLUDE",
    "LIB",
    "LIBPATH",
];

/// Whether a variable is one of them. Windows ignores the case of names.
pub(crate) fn contains(name: &str) -> bool {
    NAMES.iter().any(|known| {
        if cfg!(windows) {
            known.eq_ignore_ascii_case(name)
        } else {
            *known == name
        }
    })
}

/// Whether a job builds for the platform of this machine.
pub(crate) fn is_native(job: &Job) -> bool {
    Some(job.platform) == Platform::current()
}

/// The variables with the values that one compile gets.
pub(crate) fn of(project: &Project, job: &Job) -> BTreeMap<&'static str, OsString> {
    let given = |name: &str| {
        let value = inherited(name).filter(|_| is_native(job));
        own(project, job, name).map(OsString::from).or(value)
    };
    let values = NAMES.iter().filter_map(|name| Some((*name, given(name)?)));
    values.collect()
}

/// The variables that this machine sets and that one compile must not see.
pub(crate) fn withheld(project: &Project, job: &Job) -> Vec<&'static str> {
    let given = of(project, job);
    let names = NAMES.into_iter().filter(|name| inherited(name).is_some());
    names.filter(|name| !given.contains_key(name)).collect()
}

/// The value that this machine has; an empty one has no effect on compilers.
fn inherited(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The value that the project itself sets in `[tool.pyz3-wheel]`.
fn own<'a>(project: &'a Project, job: &Job, name: &str) -> Option<&'a str> {
    let config = &project.config;
    let platform = config.platform.get(&job.platform);
    let own = platform.and_then(|platform| platform.env.get(name));
    own.or_else(|| config.env.get(name)).map(String::as_str)
}

/// Zig's local cache directory for one compile: `cache` itself if no variable is set.
pub(crate) fn local_cache(cache: &Path, project: &Project, job: &Job) -> PathBuf {
    let values = of(project, job);
    if values.is_empty() {
        return cache.to_owned();
    }
    cache.join(format!("variables-{}", short(format!("{values:?}"))))
}
