//! What the user's project says: pyproject.toml, build.zig.zon and the files of its package.
//!
//! Takes the project's folder, gives a [`Project`]; everything that is wrong with it comes back
//! as one error, each problem with file, line and column. Writes nothing, and runs nothing but git
//! where the version is to come from there.

mod checkout;
mod config;
mod deployment_target;
mod entry;
mod files;
mod git;
mod groups;
mod hints;
pub mod imports;
mod managed;
mod metadata;
mod misspelled;
mod neighbours;
pub mod packages;
mod places;
mod pyproject;
mod source;
#[cfg(test)]
mod tests;
mod walk;
mod zon;

use std::path::{Path, PathBuf};

pub(crate) use checkout::{Index, lies_within, open};
pub use config::{Abi, Config, InstallRule, InstallTarget, PlatformConfig};
pub(crate) use files::find_named_secret;
pub use files::{Files, Kind, LeftOut, PackageFile, Why};
pub(crate) use git::setting as git_setting;
pub use groups::DependencyGroups;
pub(crate) use groups::unknown_name;
pub use hints::{BuildSystem, ExtModule, Hints};
pub use managed::{Framework, Managed, ZigModule};
pub use metadata::{LicenseFile, Metadata};
pub use neighbours::selectors::Selectors;
use packages::PackageHash;
use pyproject::Document;
pub use source::Located;
use source::Source;
pub(crate) use walk::{CHECKOUTS, files_below};

use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::ModuleName;
use crate::options::{Value, table};
use crate::text::path::slashed;

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
    /// The modules that our own build script is to build, in place of one of the project's.
    pub managed: Option<Managed>,
    pub(crate) script: PathBuf,
}

impl Project {
    /// Reads the project in the folder `root`.
    pub fn load(root: &Path) -> Result<Self> {
        let root = folder(root)?;
        let source = Source::read(&root)?;
        Self::read(root, &source)
    }

    /// The same as if pyproject.toml had this text.
    pub fn load_as(root: &Path, pyproject: String) -> Result<Self> {
        Self::read(folder(root)?, &Source::new(pyproject))
    }

    fn read(root: PathBuf, source: &Source) -> Result<Self> {
        let document = Document::parse(source)?;
        let mut problems = Vec::new();
        misspelled::refuse(&document, &mut problems);
        let mut config = Config::read(&document, &mut problems);
        neighbours::fill(&mut config, &root, &document);
        deployment_target::settle(&mut config, &document, &mut problems);
        let output = output_dir(&root, &config);
        let hints = Hints::read(&root, &document, &config, &output, &mut problems);
        let managed = Managed::read(&root, &document, &config, &mut problems);
        let script = managed::build_file(&document, &config);
        let metadata = Metadata::read(&root, &document, &output, &mut problems);
        if !problems.is_empty() {
            // The project has to be corrected anyway, so everything is reported at once.
            problems.extend(metadata.as_ref().and_then(Metadata::untagged).cloned());
        }
        Error::check(ErrorKind::Config, problems)?;
        let metadata = metadata
            .ok_or_else(|| Error::config(Problem::new("[project] gives no name and version")))?;
        Ok(Self {
            root,
            metadata,
            config,
            hints,
            managed,
            script,
        })
    }

    /// What the names of wheel and sdist begin with.
    ///
    /// Ex) `hello-1.0`
    pub fn stem(&self) -> String {
        let metadata = &self.metadata;
        format!("{}-{}", metadata.distribution(), metadata.version())
    }

    /// The project's own build script, relative to the root. A managed project has none, and what may lie
    /// there is a framework's.
    pub fn build_file(&self) -> &Path {
        &self.script
    }

    /// The extension modules that the project declares, in whichever table.
    pub fn modules(&self) -> impl Iterator<Item = &ModuleName> {
        let managed = self.managed.iter().flat_map(|managed| &managed.modules);
        let hints = self.hints.ext_modules.iter().map(|module| &module.name);
        let configured = self.config.modules.iter().map(|module| &module.value);
        managed
            .map(|module| &module.name)
            .chain(hints)
            .chain(configured)
    }

    /// The folder of the build script, where Zig looks for its manifest and for packages.
    pub fn build_root(&self) -> PathBuf {
        let script = self.root.join(self.build_file());
        script.parent().unwrap_or(&self.root).to_owned()
    }

    /// The folder of packages that Zig takes from the project, whether there is one or not.
    pub fn package_store(&self) -> PathBuf {
        self.build_root().join(packages::FOLDER)
    }

    /// Where a package is in the project or its sdist, with `/`.
    ///
    /// Ex) `zig-pkg/clap-0.10.0-oBajB434AQBDh-Ei3YtoKIRxZacVPF1iSwp3IX_ZB8f0`
    pub fn vendored_place(&self, hash: &PackageHash) -> String {
        let place = self.package_store().join(hash.as_str());
        slashed(place.strip_prefix(&self.root).unwrap_or(&place))
    }

    /// The files that an sdist needs, each with its kind, as far as they exist.
    fn required_files(&self) -> Vec<(PathBuf, &'static str)> {
        let root = &self.root;
        let mut files = vec![(root.join(source::FILE_NAME), "project file")];
        if let Some(managed) = &self.managed {
            let sources = managed.modules.iter().flat_map(ZigModule::sources);
            files.extend(sources.map(|file| (root.join(file), "module's source")));
        } else {
            let script = root.join(self.build_file());
            files.extend([
                (
                    script.with_file_name("build.zig.zon"),
                    "build script's manifest",
                ),
                (root.join("build.zig.zon"), "build script's manifest"),
                (script, "build script"),
            ]);
        }
        let texts = self.metadata.text_files().iter();
        files.extend(texts.map(|(name, what)| (root.join(name), *what)));
        let licenses = self.metadata.license_files().iter();
        files.extend(licenses.map(|file| (file.source.clone(), "licence")));
        files
    }

    /// The directory that links of the project may lead to: its git repository, or the project itself.
    pub fn boundary(&self) -> PathBuf {
        checkout::boundary(&self.root)
    }

    /// The project's own regular files: all but those in the output folder and in folders of
    /// generated or fetched files, in a stable order.
    pub fn own_files(&self) -> impl Iterator<Item = PathBuf> + use<> {
        walk::own_files(&self.root, &self.boundary(), &self.output_dir(), None)
    }

    /// Every file that a build may read: its own files, and those that links lead to; none of what
    /// lies in `output` or the configured output folder, or in a cache.
    pub fn build_inputs(&self, output: &Path) -> impl Iterator<Item = PathBuf> + use<> {
        walk::build_inputs(&self.root, vec![output.to_owned(), self.output_dir()])
    }

    /// The folder of a build script that lies outside of the project.
    pub fn outside_build_root(&self) -> Option<PathBuf> {
        let folder = walk::canonical(&self.build_root()).ok()?;
        (!folder.starts_with(&self.root)).then_some(folder)
    }

    /// Every file that a build may read in a folder outside of the project, without those of the project
    /// where it lies in that folder.
    pub fn inputs_around(&self, folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
        walk::build_inputs(folder, vec![self.root.clone()])
    }

    /// Those of them that are of fetched packages.
    pub fn fetched_inputs(&self) -> impl Iterator<Item = PathBuf> + use<> {
        walk::build_inputs(&self.package_store(), Vec::new())
    }

    /// Where wheels go unless someone says otherwise.
    pub fn output_dir(&self) -> PathBuf {
        output_dir(&self.root, &self.config)
    }
}

/// The configured output folder, `dist` without one; relative paths are meant from the project.
fn output_dir(root: &Path, config: &Config) -> PathBuf {
    match config.setting(&table::OUTPUT_DIR) {
        Some(Located {
            value: Value::Text(dir),
            ..
        }) => root.join(dir),
        _ => root.join("dist"),
    }
}

/// The absolute path of a folder that must exist.
fn folder(path: &Path) -> Result<PathBuf> {
    let place = path.display();
    let problem = match walk::canonical(path) {
        Ok(found) if found.is_dir() => return Ok(found),
        Ok(_) => Problem::new("the project is not a folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Problem::new("the project's folder does not exist")
        }
        Err(error) => Problem::new(error.to_string()),
    };
    Err(Error::config(problem.at(place).hint(
        "give the folder that holds pyproject.toml with --project DIR",
    )))
}
