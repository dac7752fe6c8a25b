//! Zig packages on this machine: where Zig stores them, and the commands that fetch them.
//!
//! Takes a Zig and the package to fetch; gives the output of Zig. Zig stores all packages in its own caches, to which
//! this program never writes.

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

/// The first Zig that uses packages from `zig-pkg` in the project. Earlier versions use only the global cache.
const HAS_LOCAL_PACKAGES: ZigVersion = ZigVersion::new(0, 16, 0);

/// The first Zig with `--fetch=all`, which fetches lazy dependencies too.
const FETCHES_ALL: ZigVersion = ZigVersion::new(0, 15, 0);

/// Whether this Zig uses packages from the project's own folder of packages.
pub fn has_local_packages(zig: &Zig) -> bool {
    zig.version >= HAS_LOCAL_PACKAGES
}

/// Whether [`fetch_tree`] fetches lazy dependencies too.
pub fn fetches_all(zig: &Zig) -> bool {
    zig.version >= FETCHES_ALL
}

/// The folder of packages in Zig's global cache, each named by its hash, up to Zig 0.15. `env` are the variables
/// that the project adds to the environment.
///
/// The result is the same as that of `zig env`, without running it: `ZIG_GLOBAL_CACHE_DIR`, else the cache that
/// this Zig has to use, else `zig` in the user's folder for caches.
pub fn global_store(env: &BTreeMap<String, String>, zig: Option<&Zig>) -> Option<PathBuf> {
    Some(global_cache(env, zig)?.join("p"))
}

/// Zig's global cache: see [`global_store`].
pub fn global_cache(env: &BTreeMap<String, String>, zig: Option<&Zig>) -> Option<PathBuf> {
    let set = env.get(GLOBAL_CACHE).map(PathBuf::from);
    let set = set.or_else(|| std::env::var_os(GLOBAL_CACHE).map(PathBuf::from));
    let set = set.or_else(|| zig?.global_cache.clone());
    set.or_else(|| {
        let folders = etcetera::choose_base_strategy().ok()?;
        Some(folders.cache_dir().join("zig"))
    })
}

/// Fetches the dependencies of a build script, including lazy ones if this Zig can: into the global cache, and
/// since Zig 0.16 also into the project's folder of packages.
pub fn fetch_tree(
    zig: &Zig,
    script: &Path,
    env: &BTreeMap<String, String>,
    cancel: &Cancel,
) -> Result<()> {
    // Zig creates its local cache in the project even though it compiles nothing.
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

/// Fetches a package from a URL or a folder; gives the hash of its files.
pub fn fetch(
    zig: &Zig,
    from: &OsStr,
    env: &BTreeMap<String, String>,
    cancel: &Cancel,
) -> Result<String> {
    // Zig 0.16 must run in a project, and copies the package into the project's folder of packages.
    let folder = Scratch::temporary()?;
    fs_err::write(folder.path().join("build.zig"), "")?;
    let mut command = zig.command();
    command.arg("fetch").arg(from).current_dir(folder.path());
    run(command, env, cancel).map(|said| said.trim().to_owned())
}

/// Runs zig to its end; gives its stdout.
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
