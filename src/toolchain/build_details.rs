//! `build-details.json` (PEP 739): what a Python installation is, without running its interpreter.
//!
//! Takes such a file, which `CPython` 3.14 and later install beside the standard library; gives the answer that
//! the interpreter would give. Nothing is run, so the file may describe a Python of another machine.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Problem, Result};

/// The name of the file in an installation.
pub(super) const NAME: &str = "build-details.json";

/// The properties of an interpreter, as our script prints them when the interpreter runs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) implementation: String,
    pub(super) major: u8,
    pub(super) minor: u8,
    pub(super) patch: String,
    pub(super) free_threaded: bool,
    pub(super) debug: bool,
    pub(super) base_prefix: PathBuf,
    pub(super) base_exe: Option<PathBuf>,
    /// Where the headers may be, best first.
    pub(super) include: Vec<PathBuf>,
}

/// The part of schema 1.0 that matters here.
#[derive(Deserialize)]
struct Details {
    base_prefix: PathBuf,
    implementation: Implementation,
    abi: Abi,
    c_api: Option<CApi>,
}

#[derive(Deserialize)]
struct Implementation {
    name: String,
    version: Version,
}

#[derive(Deserialize)]
struct Version {
    major: u8,
    minor: u8,
    micro: u32,
    releaselevel: ReleaseLevel,
    serial: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ReleaseLevel {
    Alpha,
    Beta,
    Candidate,
    Final,
}

#[derive(Deserialize)]
struct Abi {
    flags: Vec<String>,
}

#[derive(Deserialize)]
struct CApi {
    headers: PathBuf,
}

/// Whether a path names a description instead of an interpreter.
pub fn is_build_details(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
}

/// The Python that a file describes, without an interpreter.
pub(super) fn describe(file: &Path) -> Result<Answer> {
    let refuse = |what: String| {
        Error::config(Problem::new(what).at(file.display()).hint(format!(
            "name the {NAME} of a CPython, such as /usr/lib/python3.14/{NAME}, or an interpreter"
        )))
    };
    let details = read(file).map_err(refuse)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let Some((base, written)) = details.places(folder) else {
        return Err(refuse(
            "the file names no headers of Python: c_api.headers is missing".to_owned(),
        ));
    };
    // Absolute paths name the place that the Python was built for. If the file is in a tree that was moved or
    // unpacked elsewhere, the headers are in the same tree.
    let moved = installation_of(folder)
        .and_then(|prefix| Some(prefix.join(written.strip_prefix(&base).ok()?)));
    let include: Vec<_> = moved.into_iter().chain([written]).collect();
    if !include.iter().any(|folder| has_headers(folder)) {
        let mut places: Vec<_> = include
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        places.dedup();
        return Err(refuse(format!(
            "the headers that it names are missing: Python.h is not in {}",
            places.join(" or ")
        )));
    }
    Ok(details.answer(base, None, include))
}

/// Describes an interpreter by the file in its installation.
///
/// `None` if the file is missing, or if its paths are not those of this Python, because the installation was moved
/// or the file describes the build machine of a distribution.
pub(super) fn of_interpreter(exe: &Path) -> Option<Answer> {
    let real = std::fs::canonicalize(exe).ok()?;
    let prefix = real.parent()?.parent()?;
    let name = real.file_name()?.to_str()?;
    let version = name.strip_prefix("python")?.trim_end_matches('d');
    let library = prefix.join(format!("lib/python{version}"));
    let details = read(&library.join(NAME)).ok()?;
    let (base, headers) = details.places(&library)?;
    let at_home = std::fs::canonicalize(base).is_ok_and(|base| base == prefix);
    let prefix = prefix.to_path_buf();
    (at_home && has_headers(&headers)).then(|| details.answer(prefix, Some(real), vec![headers]))
}

fn read(file: &Path) -> Result<Details, String> {
    #[derive(Deserialize)]
    struct Schema {
        schema_version: String,
    }
    let text = std::fs::read(file).map_err(|error| format!("the file cannot be read: {error}"))?;
    let wrong = |error: serde_json::Error| format!("the file is not a {NAME} (PEP 739): {error}");
    // Another schema may lack the fields that are read here.
    let Schema { schema_version } = serde_json::from_slice(&text).map_err(wrong)?;
    if !schema_version.starts_with("1.") {
        return Err(format!(
            "its schema_version `{schema_version}` is not supported; 1.0 is"
        ));
    }
    serde_json::from_slice(&text).map_err(wrong)
}

/// The folder of an installation, if this is the folder of its standard library.
///
/// Ex) `/usr` for `/usr/lib/python3.15`
fn installation_of(library: &Path) -> Option<&Path> {
    let name = library.file_name()?.to_str()?;
    let lib = library.parent()?;
    let is_library = name.starts_with("python") && lib.file_name()?.to_str()?.starts_with("lib");
    is_library.then_some(lib.parent()?)
}

/// Whether the headers of a Python are in a folder.
pub(super) fn has_headers(folder: &Path) -> bool {
    folder.join("Python.h").is_file()
}

impl Details {
    /// The folders of the installation and of its headers, as the file in `folder` names them; `None` if it names no
    /// headers.
    fn places(&self, folder: &Path) -> Option<(PathBuf, PathBuf)> {
        let base = folder.join(&self.base_prefix);
        let headers = base.join(&self.c_api.as_ref()?.headers);
        Some((base, headers))
    }

    fn answer(
        self,
        base_prefix: PathBuf,
        base_exe: Option<PathBuf>,
        include: Vec<PathBuf>,
    ) -> Answer {
        let version = self.implementation.version;
        let release = match version.releaselevel {
            ReleaseLevel::Final => String::new(),
            ReleaseLevel::Alpha => format!("a{}", version.serial),
            ReleaseLevel::Beta => format!("b{}", version.serial),
            ReleaseLevel::Candidate => format!("rc{}", version.serial),
        };
        let has = |flag: &str| self.abi.flags.iter().any(|given| given == flag);
        Answer {
            implementation: self.implementation.name,
            major: version.major,
            minor: version.minor,
            patch: format!(
                "{}.{}.{}{release}",
                version.major, version.minor, version.micro
            ),
            free_threaded: has("t"),
            debug: has("d"),
            base_prefix,
            base_exe,
            include,
        }
    }
}

#[cfg(test)]
#[path = "build_details_tests.rs"]
mod tests;
