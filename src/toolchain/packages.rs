//! Zig packages on this machine: where Zig keeps them, and how it is told to fetch them.
//!
//! Takes a Zig and what to fetch; gives what Zig says. All of it lands in Zig's own caches, which we
//! never write to.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use etcetera::BaseStrategy as _;

use super::zig::{GLOBAL_CACHE, Zig};
use crate::error::{Error, Problem, Result};
use crate::sys::cancel::Cancel;
use crate::sys::process;
use crate::sys::scratch::Scratch;
use crate::tags::zig::ZigVersion;

/// The first Zig that takes packages from `zig-pkg` in the project. Earlier ones take them from the
/// global cache only.
const HAS_LOCAL_PACKAGES: ZigVersion = ZigVersion::new(0, 16, 0);

/// The first Zig whose `--fetch` can be told to fetch lazy dependencies too.
const FETCHES_ALL: ZigVersion = ZigVersion::new(0, 15, 0);

/// Whether this Zig takes packages from the project's own folder of them.
pub fn has_local_packages(zig: &Zig) -> bool {
    zig.version >= HAS_LOCAL_PACKAGES
}

/// Whether [`fetch_tree`] leaves no lazy dependency out.
pub fn fetches_all(zig: &Zig) -> bool {
    zig.version >= FETCHES_ALL
}

/// The folder in Zig's global cache that has packages, each named by its hash, up to Zig 0.15. `env` is
/// what the project adds to the environment.
///
/// It is what `zig env` says, without a process: `ZIG_GLOBAL_CACHE_DIR`, else `zig` in the user's
/// folder for caches; or what this Zig is given.
pub fn global_store(env: &BTreeMap<String, String>, zig: Option<&Zig>) -> Option<PathBuf> {
    let set = env.get(GLOBAL_CACHE).map(PathBuf::from);
    let set = set.or_else(|| std::env::var_os(GLOBAL_CACHE).map(PathBuf::from));
    let set = set.or_else(|| zig?.global_cache.clone());
    let cache = set.or_else(|| {
        let folders = etcetera::choose_base_strategy().ok()?;
        Some(folders.cache_dir().join("zig"))
    })?;
    Some(cache.join("p"))
}

/// Fetches what a build script depends on, all of it if this Zig can; into the global cache, from Zig
/// 0.16 on also into the project's folder of packages.
pub fn fetch_tree(
    zig: &Zig,
    script: &Path,
    env: &BTreeMap<String, String>,
    cancel: &Cancel,
) -> Result<()> {
    // Nothing is compiled, and yet Zig makes the folder of its local cache in the project.
    let local_cache = Scratch::temporary()?;
    let mut command = zig.command();
    command
        .env("ZIG_LOCAL_CACHE_DIR", local_cache.path())
        .arg("build")
        .arg(if fetches_all(zig) {
            "--fetch=all"
        } else {
            "--fetch"
        })
        .arg("--build-file")
        .arg(script)
        .current_dir(script.parent().unwrap_or(Path::new(".")));
    run(command, env, cancel).map(drop)
}

/// Has a package fetched, from a URL or a folder; gives the hash of its files.
pub fn fetch(
    zig: &Zig,
    from: &OsStr,
    env: &BTreeMap<String, String>,
    cancel: &Cancel,
) -> Result<String> {
    // Zig 0.16 wants to be in a project, and makes a copy in its folder of packages.
    let folder = Scratch::temporary()?;
    fs_err::write(folder.path().join("build.zig"), "")?;
    let mut command = zig.command();
    command.arg("fetch").arg(from).current_dir(folder.path());
    run(command, env, cancel).map(|said| said.trim().to_owned())
}

/// Runs zig to its end; gives what it wrote to stdout.
fn run(mut command: Command, env: &BTreeMap<String, String>, cancel: &Cancel) -> Result<String> {
    command.envs(env).env("NO_COLOR", "1");
    let shown = command
        .get_args()
        .map(|argument| argument.display().to_string());
    let shown = shown.collect::<Vec<_>>().join(" ");
    let output = process::finish(command, cancel)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = &output.stderr;
    Err(Error::system(
        Problem::new(format!("`zig {shown}` failed:\n{}", said.trim_end()))
            .hint(fetch_hint("the package")),
    ))
}

/// The hint for a package that Zig could not fetch.
pub fn fetch_hint(package: &str) -> String {
    format!(
        "connect to the network (Zig uses the proxy in https_proxy): {package} is fetched once and then taken \
         from Zig's cache"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_says_first_where_zig_keeps_packages() {
        let env = BTreeMap::from([(GLOBAL_CACHE.to_owned(), "/somewhere".to_owned())]);
        assert_eq!(
            global_store(&env, None),
            Some(PathBuf::from("/somewhere/p"))
        );
        assert!(global_store(&BTreeMap::new(), None).unwrap().ends_with("p"));
    }
}
