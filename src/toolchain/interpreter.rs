//! The Pythons of this machine.
//!
//! Takes an executable, or the places where Pythons are (`places.rs`); gives what each is, asked
//! once by one script (or read from its build-details.json) and remembered. A Python that
//! hangs, fails or prints rubbish is listed as unusable, with the reason. It never runs a shim of
//! pyenv: what a shim would choose depends on the current folder, and the versions behind it are
//! found without it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;

use super::build_details::{self, Answer};
use super::cache::Cache;
pub use super::places::broken_environment;
use super::places::{self, Place};
use super::probe_cache;
use crate::error::{Error, Problem, Result};
use crate::sys::files;
use crate::sys::fingerprint;
use crate::sys::process::{self, PATIENCE};
use crate::sys::programs;
use crate::sys::stamp::PathStamp;
use crate::tags::{CPython, PythonVersion, default_pythons, known_pythons};
use crate::text::path as path_text;

const SCRIPT: &str = include_str!("interpreter.py");

/// A Python that answered, or that a build-details.json describes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interpreter {
    /// The executable, as it was found; in a virtual environment, that environment's. If the Python was named
    /// by its build-details.json: that file.
    #[serde(serialize_with = "path_text::serialize")]
    pub exe: PathBuf,
    /// Its feature release.
    pub version: PythonVersion,
    /// Its full version.
    ///
    /// Ex) `3.12.1`, `3.15.0rc1`
    pub patch: String,
    /// Whether it was built to run without the GIL (PEP 703).
    pub free_threaded: bool,
    /// Whether it is a debug build (`--with-pydebug`), whose ABI differs.
    pub debug: bool,
    /// Ex) `cpython`
    pub implementation: String,
    /// The folder of `Python.h`; see [`Interpreter::check`].
    #[serde(serialize_with = "path_text::serialize")]
    pub include: PathBuf,
    /// Where it was found.
    ///
    /// Ex) `PATH`, `pyenv`, `uv`, `venv`, `--python`, `build-details.json`
    pub origin: String,
    /// Where this Python is installed; in a virtual environment, the Python that it was made from.
    #[serde(serialize_with = "path_text::serialize")]
    pub base_prefix: PathBuf,
    /// The executable there, without links; `None` if the Python was named by its build-details.json, because
    /// such a Python is not run.
    #[serde(serialize_with = "path_text::serialize_optional")]
    pub base_exe: Option<PathBuf>,
}

impl Interpreter {
    fn new(exe: PathBuf, origin: &str, answer: Answer) -> Self {
        // Looked at each time, because headers are often installed later than the interpreter.
        let with_headers = answer
            .include
            .iter()
            .find(|folder| build_details::has_headers(folder));
        let include = with_headers.or(answer.include.first()).cloned();
        Self {
            exe,
            version: PythonVersion::new(answer.major, answer.minor),
            patch: answer.patch,
            free_threaded: answer.free_threaded,
            debug: answer.debug,
            implementation: answer.implementation,
            include: include.unwrap_or_default(),
            origin: origin.to_owned(),
            base_prefix: answer.base_prefix,
            base_exe: answer.base_exe,
        }
    }

    /// Its version and build, if it is a `CPython`: see [`Self::check`].
    pub fn cpython(&self) -> CPython {
        CPython {
            version: self.version,
            free_threaded: self.free_threaded,
        }
    }

    /// `Ok` if wheels can be built with it, else why not, to be shown beside its path.
    pub fn check(&self) -> Result<(), String> {
        if self.implementation != "cpython" {
            return Err(format!(
                "it is {}, but wheels are built for CPython only",
                self.implementation
            ));
        }
        if let Some(oldest) = self.oldest_above() {
            return Err(format!(
                "it is Python {}, but wheels are built for {oldest} and later",
                self.patch
            ));
        }
        if !build_details::has_headers(&self.include) {
            return Err(format!(
                "Python {} has no Python.h in {}; Linux distributions have the headers in a \
                 package of their own, such as python{}-dev",
                self.patch,
                self.include.display(),
                self.version
            ));
        }
        Ok(())
    }

    /// The oldest Python that wheels are built for, if this one is older.
    fn oldest_above(&self) -> Option<PythonVersion> {
        let oldest = known_pythons().next().map(|python| python.version);
        oldest.filter(|oldest| self.version < *oldest)
    }

    /// Whether wheels could be built with it if it had headers.
    fn lacks_only_headers(&self) -> bool {
        self.implementation == "cpython"
            && self.oldest_above().is_none()
            && !build_details::has_headers(&self.include)
    }

    /// The number of the patch release, to be compared.
    ///
    /// Ex) 13 for 3.10.13
    pub fn patch_number(&self) -> u32 {
        let last = self.patch.rsplit('.').next().unwrap_or_default();
        let digits: String = last.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    }
}

/// The Pythons of this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Those that wheels can be built with, by version, then free-threadedness; of one version the
    /// best comes first. Each installation is listed once.
    pub usable: Vec<Interpreter>,
    /// Executables that look like a Python, and why they are of no use here.
    pub unusable: Vec<(PathBuf, String)>,
    /// Those of them that only lack headers.
    pub without_headers: Vec<Interpreter>,
}

impl Discovery {
    /// The Pythons that are supported by default and that this machine lacks.
    pub fn missing(&self) -> Vec<CPython> {
        let is_here = |wanted: &CPython| self.usable.iter().any(|one| one.cpython() == *wanted);
        default_pythons().filter(|one| !is_here(one)).collect()
    }
}

/// Asks one Python, or reads what its build-details.json says.
pub fn query(exe: &Path, cache: &Cache) -> Result<Interpreter> {
    if build_details::is_build_details(exe) {
        let file = std::path::absolute(exe)?;
        let answer = build_details::describe(&file)?;
        return Ok(Interpreter::new(file, build_details::NAME, answer));
    }
    let exe = locate(exe)?;
    let answer = known(&exe, cache).map_or_else(|| ask(&exe, cache), Ok);
    let answer = answer.map_err(|why| {
        Error::config(
            Problem::new(format!("this Python cannot be queried: {why}"))
                .at(exe.display())
                .hint("name the executable of a CPython; `pyz3-wheel pythons` lists those found"),
        )
    })?;
    Ok(Interpreter::new(exe, "--python", answer))
}

/// A bare name is looked up on PATH, as a shell does it; a shim of pyenv is replaced by what it stands
/// for.
fn locate(exe: &Path) -> Result<PathBuf> {
    let path = if programs::is_bare(exe) {
        places::named(exe).ok_or_else(|| {
            let hint = programs::hint_here(exe);
            let hint = hint.unwrap_or_else(|| {
                "`pyz3-wheel pythons` lists the Pythons that were found".to_owned()
            });
            Error::config(
                Problem::new(format!("there is no `{}` on PATH", exe.display())).hint(hint),
            )
        })?
    } else {
        std::path::absolute(exe)?
    };
    Ok(places::behind_shim(&path).unwrap_or(path))
}

/// The Python that `python3` means here: the active virtual environment's, else the first on PATH
/// that answers. It need not have headers: [`Interpreter::check`] tells.
pub fn default(cache: &Cache) -> Option<Interpreter> {
    places::defaults().into_iter().find_map(|place| {
        let mut interpreter = query(&place.exe, cache).ok()?;
        place.origin.clone_into(&mut interpreter.origin);
        Some(interpreter)
    })
}

/// Every Python of this machine, usable or not; `extra` are looked at first.
pub fn discover(cache: &Cache, extra: &[PathBuf]) -> Discovery {
    let places = places::all(cache, extra);
    // What is remembered is read here; a thread for each costs more than the reading.
    let mut answers: Vec<Option<Result<Answer, String>>> = places
        .iter()
        .map(|place| {
            if programs::is_bare(&place.exe) {
                return Some(Err("it is not on PATH".to_owned()));
            }
            known(&place.exe, cache).map(Ok)
        })
        .collect();
    std::thread::scope(|scope| {
        for (place, answer) in places.iter().zip(&mut answers) {
            if answer.is_none() {
                scope.spawn(|| *answer = Some(ask(&place.exe, cache)));
            }
        }
    });
    let answers = places.into_iter().zip(answers.into_iter().flatten());
    sort_out(answers)
}

fn sort_out(answers: impl IntoIterator<Item = (Place, Result<Answer, String>)>) -> Discovery {
    let mut discovery = Discovery::default();
    let mut seen = Vec::new();
    for (place, answer) in answers {
        let interpreter = match answer {
            Ok(answer) => Interpreter::new(place.exe, place.origin, answer),
            Err(why) => {
                tracing::debug!("skips the Python {}: {why}", place.exe.display());
                discovery.unusable.push((place.exe, why));
                continue;
            }
        };
        let prefix = std::fs::canonicalize(&interpreter.base_prefix)
            .unwrap_or_else(|_| interpreter.base_prefix.clone());
        let installation = (
            prefix,
            interpreter.patch.clone(),
            interpreter.free_threaded,
            interpreter.debug,
        );
        if seen.contains(&installation) {
            continue;
        }
        seen.push(installation);
        match interpreter.check() {
            Ok(()) => {
                let Interpreter {
                    exe, patch, origin, ..
                } = &interpreter;
                tracing::debug!("found Python {patch} ({origin}): {}", exe.display());
                discovery.usable.push(interpreter);
            }
            Err(why) => {
                tracing::debug!("skips the Python {}: {why}", interpreter.exe.display());
                discovery.unusable.push((interpreter.exe.clone(), why));
                if interpreter.lacks_only_headers() {
                    discovery.without_headers.push(interpreter);
                }
            }
        }
    }
    // Stable: the order of the places decides among equals. A debug build only if nothing else.
    discovery
        .usable
        .sort_by_key(|python| (python.cpython(), python.debug));
    discovery
}

/// What is known without running it: remembered, or in its build-details.json.
fn known(exe: &Path, cache: &Cache) -> Option<Answer> {
    probe_cache::recall(cache, &question(exe)).or_else(|| build_details::of_interpreter(exe))
}

fn question(exe: &Path) -> String {
    // The script is part of it: another version of this program may ask for more.
    let script = fingerprint::short(SCRIPT);
    format!("python {} by {script}", exe.display())
}

/// A command that runs a Python. The relative parts of PYTHONPATH are left out: an empty part, which the
/// idiom `PYTHONPATH=/x:$PYTHONPATH` can leave, stands for the current directory, and so for the modules of
/// whatever project is there.
pub(crate) fn command(python: &Path) -> Command {
    const VARIABLE: &str = "PYTHONPATH";
    let mut command = Command::new(python);
    let given = std::env::var_os(VARIABLE);
    match given.and_then(|list| programs::absolute_parts(&list)) {
        Some(list) => command.env(VARIABLE, list),
        None => command.env_remove(VARIABLE),
    };
    command
}

/// Makes a command run in the directory of its Python, where a project cannot put files.
pub(super) fn enter_own_folder(command: &mut Command, python: &Path) {
    if let Some(folder) = python.parent().filter(|folder| folder.is_absolute()) {
        command.current_dir(folder);
    }
}

fn ask(exe: &Path, cache: &Cache) -> Result<Answer, String> {
    // A virtual environment's python also depends on the file that names its base.
    let configuration = places::environment_of(exe).map(|dir| dir.join("pyvenv.cfg"));
    let stamps = std::iter::once(exe)
        .chain(configuration.as_deref())
        .map(PathStamp::of)
        .collect();
    let mut command = command(exe);
    command.args(["-E", "-s", "-S", "-c", SCRIPT]);
    enter_own_folder(&mut command, exe);
    let text = process::capture(command, PATIENCE, cache.cancel())
        .and_then(process::Output::answer)
        .map_err(|failure| failure.to_string())?;
    let line = text.lines().rfind(|line| line.starts_with('{'));
    let answer: Answer = line
        .and_then(|line| serde_json::from_str(line).ok())
        .ok_or_else(|| {
            let said = process::last_lines(&text, 1);
            format!("it printed no answer, but `{}`", said.trim())
        })?;
    if !files::is_script(exe) {
        probe_cache::remember(cache, &question(exe), stamps, &answer);
    }
    Ok(answer)
}

#[cfg(test)]
#[path = "interpreter_tests.rs"]
mod tests;
