//! `pyz3-wheel sdist`, and the folder that `--from-sdist` builds in.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tempfile::TempDir;

use super::args::CommonArgs;
use super::{build, settings};
use crate::builder::Summary;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::report::Report;
use crate::wheel::sdist::{self, SdistSpec};
use crate::wheel::{self, Timestamp, WrittenWheel};

/// Writes the sdist and reports it; gives the exit code.
pub(super) fn run(common: &CommonArgs, output_dir: Option<&Path>) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let report = Report::new(output);
    let outcome = build::project_dir(common)
        .and_then(|root| Project::load(&root))
        .and_then(|project| {
            let env = &settings::process_env;
            let (dir, output) = settings::sdist(output_dir, common, &project, env)?;
            report.adopt(output);
            for note in project.metadata.notes() {
                report.note(note);
            }
            write(&project, &dir)
        });
    match outcome {
        Ok(sdist) => report.sdist(&sdist).map(|()| ExitCode::SUCCESS),
        Err(error) => {
            report.nothing(&error)?;
            Ok(ExitCode::from(error.kind().exit_code()))
        }
    }
}

/// Writes the project's sdist into a folder.
fn write(project: &Project, dir: &Path) -> Result<WrittenWheel> {
    let timestamp = Timestamp::from_env()?;
    wheel::sweep(dir);
    SdistSpec::of(project, dir)?.pack(dir, timestamp)?.persist()
}

/// A project as its sdist has it, in a folder that goes away with this.
pub(super) struct Unpacked {
    pub(super) sdist: WrittenWheel,
    pub(super) project: Project,
    folder: TempDir,
}

impl Unpacked {
    /// Writes the sdist into `dir`, and unpacks it outside the project.
    pub(super) fn new(project: &Project, dir: &Path) -> Result<Self> {
        let sdist = write(project, dir)?;
        let folder = tempfile::Builder::new().prefix("pyz3-wheel-").tempdir()?;
        let root = sdist::unpack(&sdist.path, folder.path())?;
        // What holds in the project and not in its sdist needs a file that the sdist lacks.
        let project = Project::load(&root).map_err(|error| {
            let names = [(root, sdist.path.clone())];
            error.map_text(|text| renamed(text, &names)).at(&sdist.path)
        })?;
        Ok(Self {
            sdist,
            project,
            folder,
        })
    }

    /// Names paths by the sdist instead of by a folder that is gone when they are read.
    pub(super) fn relocate(&self, summary: &mut Summary) {
        let names = self.names();
        for result in &mut summary.results {
            result.log = renamed(&result.log, &names);
            if let Err(error) = &mut result.outcome {
                *error = self.relocated(error.clone());
            }
        }
    }

    /// The same for one error.
    pub(super) fn relocated(&self, error: Error) -> Error {
        let names = self.names();
        error.map_text(|text| renamed(text, &names))
    }

    /// The folder as it may be spelt, and what it is called instead.
    fn names(&self) -> [(PathBuf, PathBuf); 2] {
        let root = self.project.root.clone();
        let typed = self
            .folder
            .path()
            .join(root.file_name().unwrap_or_default());
        [
            (root, self.sdist.path.clone()),
            (typed, self.sdist.path.clone()),
        ]
    }
}

fn renamed(text: &str, names: &[(PathBuf, PathBuf)]) -> String {
    names.iter().fold(text.to_owned(), |text, (from, to)| {
        text.replace(&*from.to_string_lossy(), &to.to_string_lossy())
    })
}
