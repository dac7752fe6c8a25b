//! `pyz3-wheel sdist`, and the folder that `--from-sdist` builds in.

use std::path::{Path, PathBuf};

use super::session::{Outcome, Session};
use crate::compile::packages;
use crate::error::{Error, Problem, Result};
use crate::init::BACKEND;
use crate::project::Project;
use crate::report::Sdist;
use crate::run::Summary;
use crate::settings;
use crate::sys::scratch::Scratch;
use crate::text::credentials;
use crate::toolchain::{Cache, ZigRequest, zig};
use crate::wheel::sdist::{self, SdistSpec};
use crate::wheel::{self, Timestamp, WrittenWheel};

/// Writes the sdist.
pub(super) fn run(session: &Session) -> Outcome {
    let project = session.project()?;
    project.metadata.check_tagged()?;
    let settings = settings::sdist(session.common(), &project, &settings::process_env)?;
    let cache;
    let vendor = if settings.vendor {
        cache = session.cache(settings.cache_dir.as_deref())?;
        Some((&settings.zig, &cache))
    } else {
        None
    };
    let sdist = write(session, &project, &settings.output_dir, vendor)?;
    Ok(Box::new(Sdist(sdist)))
}

/// What fetches Zig packages.
pub(super) type Fetcher<'a> = (&'a ZigRequest, &'a Cache);

/// Writes the project's sdist into a folder, with its Zig packages if something fetches them.
fn write(
    session: &Session,
    project: &Project,
    dir: &Path,
    vendor: Option<Fetcher<'_>>,
) -> Result<WrittenWheel> {
    let timestamp = Timestamp::from_env()?;
    let note = |text: &str| session.note(text);
    let mut spec = SdistSpec::of(project, dir, &note)?;
    if let Some((request, cache)) = vendor {
        let zig = zig::find_or_install(request, None, cache, &note)?;
        spec.vendor(packages::vendored(project, &zig, &note, cache.cancel())?);
    }
    if project.hints.build_system.backend.is_none() {
        let problem = Problem::new(
            "pyproject.toml names no build backend, so installers would build the sdist with setuptools, which \
             does not run zig",
        );
        session.report().warn(&problem.hint(format!(
            "add to pyproject.toml:\n    [build-system]\n    {}",
            BACKEND.join("\n    ")
        )));
    }
    warn_of_missing_packages(session, project, &spec);
    wheel::sweep(dir);
    spec.pack(dir, timestamp)?.persist()
}

/// Warns about Zig packages that a build from the sdist has to fetch.
fn warn_of_missing_packages(session: &Session, project: &Project, spec: &SdistSpec) {
    let report = session.report();
    let known = packages::known(project, None);
    let exposed = known
        .remote()
        .filter(|(_, url, _)| credentials::has_any(url));
    for (package, url, _) in exposed {
        let problem = Problem::new(format!(
            "build.zig.zon contains credentials in {}, and the sdist includes build.zig.zon",
            credentials::hide(url)
        ));
        report.warn(&problem.at(&package.place));
    }
    let remote = known.remote();
    let missing = remote.filter(|(.., hash)| !spec.has_folder(&project.vendored_place(hash)));
    let missing: Vec<_> = missing
        .map(|(package, url, _)| format!("\n{}: {} from {url}", package.place, package.name))
        .collect();
    if !missing.is_empty() {
        report.warn(&Problem::new(format!(
            "building from the sdist takes a network: --vendor puts these Zig packages in{}",
            missing.concat()
        )));
    }
}

/// A project as its sdist has it, in a folder that goes away with this.
pub(super) struct Unpacked {
    pub(super) sdist: WrittenWheel,
    pub(super) project: Project,
    folder: Scratch,
}

impl Unpacked {
    /// Writes the sdist into `dir`, and unpacks it outside the project.
    pub(super) fn new(
        session: &Session,
        project: &Project,
        dir: &Path,
        vendor: Option<Fetcher<'_>>,
    ) -> Result<Self> {
        let sdist = write(session, project, dir, vendor)?;
        let folder = Scratch::temporary()?;
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
