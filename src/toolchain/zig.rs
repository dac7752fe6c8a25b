//! Finds a Zig with the right version, or installs one into the cache.
//!
//! Takes the requirements of the user and the project; gives an executable whose version has been checked. The
//! first of these that meets the requirements is used:
//!
//! 1. the executable named by `--zig`, `$ZIG` or the configuration: it must work. If its version is
//!    not the wanted one, that is an error when the version was asked for on the command line;
//!    else the named executable wins, because it says more than a version in a project file;
//! 2. `zig_exe` of `[tool.pyz3]`: it must work too, but a version that was asked for on the
//!    command line is looked for elsewhere if this one has another;
//! 3. each `zig` on PATH;
//! 4. the package `ziglang` of the given Python, else of the default one;
//! 5. the cache, into which pip or uv installs a Zig if it has none.
//!
//! An exact version allows only that version. A minimum allows that version and later ones of its series, because
//! Zig breaks build scripts between series. Specifiers have the same meaning as for pip. Without a requirement,
//! any version from 0.14 on is allowed.
//! It never installs anything into the user's Python.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::cache::Cache;
use super::fetch::Fetch;
use super::repair::repair_installed;
use super::zig_exe::{ask, exe_in, locate, unusable, version};
use super::zig_range::{DEFAULT_ZIG, Range, TESTED};
use super::{installer, interpreter, package};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::options::Origin;
use crate::sys::fingerprint;
use crate::sys::programs;
use crate::tags::serialize_as_display;
use crate::tags::zig::{ZigConstraint, ZigVersion};
use crate::text::path as path_text;

pub(crate) const GLOBAL_CACHE: &str = "ZIG_GLOBAL_CACHE_DIR";

/// The oldest version that is used if no version is required.
const OLDEST: ZigVersion = ZigVersion::new(0, 14, 0);

/// The requirements of the user and the project.
#[derive(Debug, Clone, Default)]
pub struct ZigRequest {
    /// From `--zig`, `$ZIG` or the configuration.
    pub exe: Option<PathBuf>,
    /// From `zig_exe` of `[tool.pyz3]`; a relative path is taken from the current folder.
    pub pyz3_zig_exe: Option<PathBuf>,
    /// The versions that are required, and by whom.
    pub version: Option<WantedZig>,
}

impl ZigRequest {
    /// Refuses a requirement that is not a version, or that no supported Zig meets. A Zig that is named by its path
    /// is used whatever its version is.
    pub fn check(&self) -> Result<()> {
        let Some(wanted) = &self.version else {
            return Ok(());
        };
        let range = wanted.range()?;
        if self.exe.is_some() || self.pyz3_zig_exe.is_some() {
            return Ok(());
        }
        refuse_old(wanted, &range)
    }
}

/// The versions of Zig that someone requires, and who.
#[derive(Debug, Clone)]
pub struct WantedZig {
    /// Which versions.
    pub versions: ZigConstraint,
    /// The place of the requirement.
    pub origin: Origin,
}

impl WantedZig {
    fn range(&self) -> Result<Range> {
        let range = match &self.versions {
            ZigConstraint::Minimum(version) => version.parse().map(Range::AtLeast),
            ZigConstraint::Specified(text) => Range::parse(text),
        };
        range.map_err(|problem| Error::config(problem.at(&self.origin)))
    }
}

/// Where a Zig was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZigOrigin {
    /// Named by `--zig`, `$ZIG` or the configuration.
    Explicit,
    /// Named by `zig_exe` of `[tool.pyz3]`.
    Pyz3,
    /// On PATH.
    Path,
    /// In the package `ziglang` of a Python.
    PythonModule,
    /// Installed into the cache by an earlier run.
    Cache,
    /// Installed into the cache by this run.
    Provisioned,
}

impl fmt::Display for ZigOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Explicit => "given",
            Self::Pyz3 => "zig_exe of [tool.pyz3]",
            Self::Path => "PATH",
            Self::PythonModule => "the Python package ziglang",
            Self::Cache => "the cache",
            Self::Provisioned => "installed now",
        })
    }
}

serialize_as_display!(ZigOrigin);

/// A Zig that has been run.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Zig {
    /// The executable.
    #[serde(serialize_with = "path_text::serialize")]
    pub exe: PathBuf,
    /// The output of `zig version`.
    pub version: ZigVersion,
    /// Where it was found.
    pub origin: ZigOrigin,
    /// The global cache directory to pass to this Zig, because it cannot write to its own.
    #[serde(skip)]
    pub global_cache: Option<PathBuf>,
}

impl Zig {
    fn new(exe: PathBuf, version: ZigVersion, origin: ZigOrigin, cache: &Cache) -> Self {
        tracing::debug!("uses Zig {version} ({origin}): {}", exe.display());
        Self {
            exe,
            version,
            origin,
            global_cache: cache.substitute(GLOBAL_CACHE, "zig"),
        }
    }

    /// A command that runs this Zig.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.exe);
        if let Some(folder) = &self.global_cache {
            command.env(GLOBAL_CACHE, folder);
        }
        command
    }

    /// A note about a Zig whose series is newer than those that the tests build with.
    pub fn caution(&self) -> Option<String> {
        let newest = TESTED
            .iter()
            .filter_map(|version| version.parse().ok())
            .max();
        let newest: ZigVersion = newest?;
        let series = |version: &ZigVersion| (version.major, version.minor);
        (series(&self.version) > series(&newest)).then(|| {
            format!(
                "Zig {} is newer than {newest}, the newest that pyz3-wheel was tried with; if a build fails, \
                 --zig-version chooses another",
                self.version
            )
        })
    }
}

/// Finds a Zig, in the order that the module documentation describes, or installs one. Returns `None` only
/// with [`Fetch::Never`].
///
/// `python` is the interpreter whose `ziglang` package may be used and whose pip installs; without one, the
/// default Python of this machine is that.
pub fn find(
    request: &ZigRequest,
    python: Option<&Path>,
    cache: &Cache,
    fetch: Fetch<'_>,
) -> Result<Option<Zig>> {
    match fetch {
        Fetch::Never => installed(request, python, cache),
        Fetch::Allowed(note) => find_or_install(request, python, cache, note).map(Some),
    }
}

/// Finds a Zig or installs one, as [`find`] does with [`Fetch::Allowed`].
pub fn find_or_install(
    request: &ZigRequest,
    python: Option<&Path>,
    cache: &Cache,
    note: &dyn Fn(&str),
) -> Result<Zig> {
    if let Some(zig) = installed(request, python, cache)? {
        return Ok(zig);
    }
    let (requirement, range) = to_install(request.version.as_ref())?;
    let key = key(&requirement);
    let mut made = false;
    let dir = cache.get_or_make("zig", &key, |dir| {
        made = true;
        let what = format!("ziglang{requirement}");
        let python = or_default(python, cache);
        installer::install_package(&what, python.as_deref(), dir, note, cache.wait())
            .map_err(|error| missing(request.version.as_ref(), &what, error))?;
        let exe = exe_in(&dir.join("ziglang"));
        let version =
            ask(&exe, cache.cancel()).map_err(|why| unusable("the installed Zig", &exe, &why))?;
        if range.admits(&version) {
            return Ok(());
        }
        Err(Error::system(Problem::new(format!(
            "the package {what} was installed, but holds Zig {version}"
        ))))
    })?;
    let exe = exe_in(&dir.join("ziglang"));
    let version = version(&exe, cache).or_else(|why| {
        if repair_installed(&exe, cache)? {
            return version(&exe, cache).map_err(|why| unusable("the installed Zig", &exe, &why));
        }
        Err(unusable("the Zig in the cache", &exe, &why))
    })?;
    let origin = if made {
        ZigOrigin::Provisioned
    } else {
        ZigOrigin::Cache
    };
    Ok(Zig::new(exe, version, origin, cache))
}

/// The first Zig with an allowed version on this machine.
fn installed(request: &ZigRequest, python: Option<&Path>, cache: &Cache) -> Result<Option<Zig>> {
    let wanted = request.version.as_ref();
    let range = match wanted {
        Some(wanted) => wanted.range()?,
        None => Range::From(OLDEST),
    };
    if let Some(exe) = &request.exe {
        return explicit(exe, wanted, &range, cache).map(Some);
    }
    let found = |exe: PathBuf, origin| {
        let version = match version(&exe, cache) {
            Ok(version) => version,
            Err(why) => {
                tracing::debug!(
                    "skips the Zig {}, which is not usable: {why}",
                    exe.display()
                );
                return None;
            }
        };
        if !range.admits(&version) {
            tracing::debug!(
                "skips Zig {version}, which is not the required one: {}",
                exe.display()
            );
            return None;
        }
        Some(Zig::new(exe, version, origin, cache))
    };
    if let Some(exe) = &request.pyz3_zig_exe {
        let what = "zig_exe of [tool.pyz3]";
        let exe = locate(what, exe)?;
        let version = version(&exe, cache).map_err(|why| unusable(what, &exe, &why))?;
        if range.admits(&version) || !wanted.is_some_and(|wanted| wanted.origin.is_explicit()) {
            let zig = Zig::new(exe, version, ZigOrigin::Pyz3, cache);
            return Ok(Some(zig));
        }
    }
    if let Some(wanted) = wanted {
        refuse_old(wanted, &range)?;
    }
    let on_path = programs::find_all("zig");
    if let Some(zig) = on_path
        .into_iter()
        .find_map(|exe| found(exe, ZigOrigin::Path))
    {
        return Ok(Some(zig));
    }
    let python = or_default(python, cache);
    let package =
        python.and_then(|python| package::installed(&python, "ziglang", "ziglang", cache));
    if let Some(zig) =
        package.and_then(|package| found(exe_in(&package.dir), ZigOrigin::PythonModule))
    {
        return Ok(Some(zig));
    }
    Ok(cached(wanted, &range, cache)
        .into_iter()
        .filter_map(|exe| found(exe, ZigOrigin::Cache))
        .max_by(|a, b| a.version.cmp(&b.version)))
}

/// Refuses a requirement that only versions before the oldest supported one meet: the helper of build scripts
/// does not compile with them.
fn refuse_old(wanted: &WantedZig, range: &Range) -> Result<()> {
    if !range.is_before(&OLDEST) {
        return Ok(());
    }
    let problem = Problem::new(format!(
        "Zig {range} is not supported, because pyz3-wheel requires Zig {OLDEST} or later"
    ));
    Err(Error::config(problem.at(&wanted.origin).hint(format!(
        "allow {DEFAULT_ZIG}, which is the default, or name an executable with --zig PATH"
    ))))
}

/// The given Python, else the default one of this machine.
fn or_default(python: Option<&Path>, cache: &Cache) -> Option<PathBuf> {
    let given = python.map(Path::to_owned);
    given.or_else(|| interpreter::default(cache).map(|python| python.exe))
}

fn explicit(exe: &Path, wanted: Option<&WantedZig>, range: &Range, cache: &Cache) -> Result<Zig> {
    let path = locate("the given Zig", exe)?;
    let version = version(&path, cache).map_err(|why| unusable("the given Zig", &path, &why))?;
    match wanted {
        Some(wanted) if wanted.origin.is_explicit() && !range.admits(&version) => {
            Err(Error::config(
                Problem::new(format!(
                    "the given Zig is {version}, but {} asks for {range}",
                    wanted.origin
                ))
                .at(path.display())
                .hint("remove one of the two, or give both the same version"),
            ))
        }
        _ => Ok(Zig::new(path, version, ZigOrigin::Explicit, cache)),
    }
}

fn missing(wanted: Option<&WantedZig>, what: &str, error: Error) -> Error {
    if error.kind() == ErrorKind::Interrupted {
        return error;
    }
    let who = match wanted {
        Some(wanted) => format!(", which {} asks for,", wanted.origin),
        None => String::new(),
    };
    let python = if cfg!(windows) { "python" } else { "python3" };
    let remedy = format!(
        "with a network: {python} -m pip install {what}\nor name one that is here: --zig PATH"
    );
    let problems = error.into_problems().into_iter().map(|problem| {
        let own = problem
            .hint
            .map(|hint| format!("{hint}\nor name a Zig of your own: --zig PATH"));
        Problem::new(format!(
            "Zig{who} is not on this machine and could not be installed: {}",
            problem.message
        ))
        .hint(own.unwrap_or_else(|| remedy.clone()))
    });
    match Error::check(ErrorKind::System, problems.collect()) {
        Err(error) => error,
        Ok(()) => Error::system(Problem::new(format!("{what} could not be installed"))),
    }
}

/// The requirement that pip installs if no such Zig is on the machine.
///
/// Ex) `ziglang==0.15.2`
pub fn requirement(wanted: Option<&WantedZig>) -> Result<String> {
    to_install(wanted).map(|(versions, _)| format!("ziglang{versions}"))
}

/// The requirement for pip, and the version that the result must have.
fn to_install(wanted: Option<&WantedZig>) -> Result<(String, Range)> {
    let Some(wanted) = wanted else {
        return Ok((
            format!("=={DEFAULT_ZIG}"),
            Range::parse(DEFAULT_ZIG).map_err(Error::config)?,
        ));
    };
    let range = wanted.range()?;
    let requirement = range.requirement(&wanted.versions.to_string());
    Ok((requirement, range))
}

/// The key in the cache of the Zig that pip installs for this.
fn key(requirement: &str) -> String {
    let plain = requirement.trim_start_matches(['=', '~']).replace(".*", "");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if plain.chars().all(is_plain) {
        plain
    } else {
        format!("range-{}", fingerprint::short(requirement))
    }
}

/// The executables in the cache that may be used: without a requirement, only the default; for a range, only the
/// version that would be installed.
fn cached(wanted: Option<&WantedZig>, range: &Range, cache: &Cache) -> Vec<PathBuf> {
    let only = match wanted {
        None => Some(DEFAULT_ZIG),
        Some(_) => range.preferred(),
    };
    if let Some(only) = only {
        let entry = cache.get("zig", only);
        return entry
            .map(|dir| exe_in(&dir.join("ziglang")))
            .into_iter()
            .collect();
    }
    let entries = cache
        .dirs("zig")
        .into_iter()
        .filter_map(|dir| std::fs::read_dir(dir).ok());
    let entries = entries.flatten().filter_map(|entry| {
        let entry = entry.ok()?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        (!hidden).then(|| exe_in(&entry.path().join("ziglang")))
    });
    entries.collect()
}

#[cfg(test)]
#[path = "zig_tests.rs"]
mod tests;
