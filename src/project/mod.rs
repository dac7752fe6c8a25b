//! What the user's project says: pyproject.toml, build.zig.zon and the files of its package.
//!
//! Takes the project's folder, gives a [`Project`]; everything that is wrong with it comes back
//! as one error, each problem with file, line and column. Runs nothing and writes nothing.

mod config;
mod entry;
mod files;
mod hints;
mod marker;
mod metadata;
mod module_name;
mod pyproject;
mod requirement;
mod walk;
mod zon;

use std::path::{Path, PathBuf};

pub use config::{Abi, Config, PlatformConfig};
pub use files::PackageFile;
pub use hints::{ExtModule, Hints};
pub use metadata::{LicenseFile, Metadata};
pub use module_name::{ModuleName, ParseModuleNameError};
pub use pyproject::Located;

use crate::error::{Error, ErrorKind, Problem, Result};

/// A project that wheels can be made of.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its folder, which holds pyproject.toml: absolute, without links.
    pub root: PathBuf,
    /// `[project]`: the core metadata.
    pub metadata: Metadata,
    /// `[tool.pyz3-wheel]`: what it asks of us.
    pub config: Config,
    /// What it says elsewhere.
    pub hints: Hints,
}

impl Project {
    /// Reads the project in the folder `root`.
    pub fn load(root: &Path) -> Result<Self> {
        let root = folder(root)?;
        let source = pyproject::Source::read(&root)?;
        let document = source.parse()?;
        let mut problems = Vec::new();
        let config = Config::read(&document, &mut problems);
        let output = config.output_dir.as_ref();
        let output = root.join(output.map_or("dist", |output| &output.value));
        let hints = Hints::read(&root, &document, &output, &mut problems);
        let metadata = Metadata::read(&root, &document, &output, &mut problems);
        Error::check(ErrorKind::Config, problems)?;
        let metadata = metadata
            .ok_or_else(|| Error::config(Problem::new("[project] gives no name and version")))?;
        Ok(Self {
            root,
            metadata,
            config,
            hints,
        })
    }

    /// The Python files of the project and whatever lies beside them in its packages, sorted by
    /// their place in the wheel; see [`PackageFile`] for the rule.
    pub fn files(&self) -> Result<Vec<PackageFile>> {
        files::collect(self)
    }

    /// The name of the project's only top-level package, if it has exactly one: the place of
    /// shared libraries that say nothing else.
    pub fn python_package(&self) -> Option<String> {
        files::only_package(self)
    }
}

/// The absolute path of a folder that must exist.
fn folder(path: &Path) -> Result<PathBuf> {
    let place = path.display();
    let problem = match fs_err::canonicalize(path) {
        Ok(found) if found.is_dir() => return Ok(without_verbatim_prefix(found)),
        Ok(_) => Problem::new("the project is not a folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Problem::new("there is no such folder")
        }
        Err(error) => Problem::new(error.to_string()),
    };
    Err(Error::config(problem.at(place).hint(
        "give the folder that holds pyproject.toml with --project DIR",
    )))
}

/// Windows' canonical paths begin with `\\?\`, which Zig and Python take for something else.
fn without_verbatim_prefix(path: PathBuf) -> PathBuf {
    let plain = path
        .to_str()
        .and_then(|text| text.strip_prefix(r"\\?\"))
        .filter(|rest| rest.as_bytes().get(1) == Some(&b':'))
        .map(PathBuf::from);
    plain.unwrap_or(path)
}
