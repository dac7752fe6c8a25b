//! The Zig packages of a project: fetches them, verifies their hashes, and copies vendored packages into
//! the cache of a Zig that does not look for them in the project.
//!
//! Takes a project and a Zig; gives its packages with their files. Runs zig only to fetch a missing package
//! or to verify a hash. Zig decides where a fetched package is stored.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::{Error, ErrorKind, Problem, Result};
use crate::project::Project;
use crate::project::packages::{PackageHash, ZigPackage, ZigPackages};
use crate::sys::cancel::Cancel;
use crate::sys::files::is_script;
use crate::text::place::position;
use crate::toolchain::{Cache, Fetch, Zig, packages};
use crate::wheel::sdist::SdistEntry;
use crate::wheel::{Source, Timestamp, sbom};

/// The packages that are already on this machine. Does not run zig; `zig` is the one that fetched them.
pub fn known(project: &Project, zig: Option<&Zig>) -> ZigPackages {
    let global = packages::global_store(&project.config.env, zig);
    let stores: Vec<_> = std::iter::once(project.package_store())
        .chain(global)
        .collect();
    ZigPackages::read(project, &stores)
}

/// All packages, including those that some builds do not need: which ones a build needs depends on the
/// platform, but the list of them must not. Missing packages are fetched. Returns `None` only with
/// [`Fetch::Never`].
fn complete(
    project: &Project,
    zig: &Zig,
    fetch: Fetch<'_>,
    cancel: &Cancel,
) -> Result<Option<ZigPackages>> {
    let env = &project.config.env;
    let read = || {
        let packages = known(project, Some(zig));
        packages.check().map(|()| packages)
    };
    let mut packages = read()?;
    if packages.missing().next().is_none() {
        return Ok(Some(packages));
    }
    let Fetch::Allowed(note) = fetch else {
        return Ok(None);
    };
    let names: Vec<_> = packages
        .missing()
        .map(|(package, ..)| package.name.as_str())
        .collect();
    note(&format!("fetching Zig packages: {}", names.join(", ")));
    packages::fetch_tree(zig, &project.root.join(project.build_file()), env, cancel)?;
    packages = read()?;
    // Zig 0.14 does not fetch lazy packages, and their dependencies are known only after they are fetched.
    let mut tried = BTreeSet::new();
    while !packages::fetches_all(zig) {
        let missing = packages.missing();
        let new: Vec<_> = missing
            .filter(|(.., hash)| tried.insert((*hash).clone()))
            .collect();
        if new.is_empty() {
            break;
        }
        for (_, url, _) in new {
            packages::fetch(zig, url.as_ref(), env, cancel)?;
        }
        packages = read()?;
    }
    let missing = packages.missing().map(|(package, url, hash)| {
        Problem::new(format!(
            "zig has fetched `{}`, but its hash is not {hash}",
            package.name
        ))
        .at(&package.place)
        .hint(format!(
            "see what is at {url}; `zig fetch --save={} {url}` writes its hash",
            package.name
        ))
    });
    Error::check(ErrorKind::Config, missing.collect())?;
    Ok(Some(packages))
}

/// The software bill of materials of the wheels, which lists all packages. `framework` is the framework of a
/// managed project and its version. Returns `None` only with [`Fetch::Never`].
pub fn bill_of_materials(
    project: &Project,
    zig: &Zig,
    framework: Option<(&str, Option<&str>)>,
    timestamp: Timestamp,
    fetch: Fetch<'_>,
    cache: &Cache,
) -> Result<Option<String>> {
    let packages = complete(project, zig, fetch, cache.cancel())?;
    Ok(packages
        .map(|packages| sbom::render(project, &packages, framework, &zig.version, timestamp)))
}

/// The files of all packages for an sdist. Each package has been verified against its hash.
pub fn vendored(
    project: &Project,
    zig: &Zig,
    note: &dyn Fn(&str),
    cancel: &Cancel,
) -> Result<Vec<SdistEntry>> {
    let packages = complete(project, zig, Fetch::Allowed(note), cancel)?.unwrap_or_default();
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for (package, _, hash) in packages.remote() {
        match package.files() {
            Ok(found) => {
                problems.extend(verify(project, zig, package, hash, cancel)?);
                files.extend(found.into_iter().map(|(below, source)| SdistEntry {
                    path: format!("{}/{below}", project.vendored_place(hash)),
                    // Which modes a fetched file has depends on the version of Zig.
                    executable: is_script(&source),
                    source: Source::File(source),
                }));
            }
            Err(found) => problems.extend(found),
        }
    }
    Error::check(ErrorKind::Config, problems)?;
    Ok(files)
}

/// Copies the packages that the project vendors into the cache where a Zig before 0.16 looks for them. Each
/// is verified against its hash, because other projects trust the content of that cache.
pub fn seed_cache(project: &Project, zig: &Zig, cancel: &Cancel) -> Result<()> {
    let store = project.package_store();
    let global = packages::global_store(&project.config.env, Some(zig));
    let Some(global) = global.filter(|_| !packages::has_local_packages(zig) && store.is_dir())
    else {
        return Ok(());
    };
    let found = ZigPackages::read(project, &[store]);
    let mut problems = Vec::new();
    for (package, _, hash) in found.remote() {
        let is_there = hash.is_legacy() || global.join(hash.as_str()).is_dir();
        if package.folder.is_some() && !is_there {
            problems.extend(verify(project, zig, package, hash, cancel)?);
        }
    }
    Error::check(ErrorKind::Config, problems)
}

/// Lets zig compute the hash of a package's files, which also copies them into its cache.
fn verify(
    project: &Project,
    zig: &Zig,
    package: &ZigPackage,
    hash: &PackageHash,
    cancel: &Cancel,
) -> Result<Option<Problem>> {
    let Some(folder) = &package.folder else {
        return Ok(None);
    };
    let found = packages::fetch(zig, folder.as_os_str(), &project.config.env, cancel)?;
    Ok((found != hash.as_str()).then(|| {
        Problem::new(format!(
            "the files of the Zig package `{}` do not match its hash: their hash is {found}",
            package.name
        ))
        .at(folder.display())
        .hint("the files were changed; remove the folder so that it is fetched again, or unpack the sdist again")
    }))
}

/// The place of the package that zig could not fetch: zig reports an error at the line with its URL.
///
/// Ex) `/home/me/hello/build.zig.zon:7:20`
pub(crate) fn not_fetched(log: &str) -> Option<&str> {
    log.lines().find_map(|line| {
        let (place, _) = line.split_once(": error: ")?;
        let (file, number, _) = position(place)?;
        let is_manifest = Path::new(file).extension().is_some_and(|end| end == "zon");
        let text = is_manifest.then(|| std::fs::read_to_string(file).ok())??;
        let cited = text.lines().nth(number.checked_sub(1)?)?;
        cited.contains(".url").then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_at_a_url_is_about_a_package_that_was_not_fetched() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("build.zig.zon");
        let text = ".{\n    .dependencies = .{ .x = .{\n        .url = \"https://x.invalid/x.tgz\",\n        .hash = \"x\",\n    } },\n}\n";
        fs_err::write(&manifest, text).unwrap();
        let place = |line: u8| format!("{}:{line}:16", manifest.display());
        let log = |place: &str| format!("{place}: error: unable to connect\n        .url = …\n");
        assert_eq!(not_fetched(&log(&place(3))), Some(&*place(3)));
        // Another hash, another file, no place.
        assert_eq!(not_fetched(&log(&place(4))), None);
        assert_eq!(not_fetched(&log(&place(0))), None);
        assert_eq!(not_fetched(&log("/no/build.zig.zon:3:16")), None);
        assert_eq!(not_fetched(&log("build.zig")), None);
    }
}
