//! `pyz3-wheel sdist`, and the folder that `--from-sdist` builds in.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::{CommonArgs, SdistArgs};
use super::{build, open_cache};
use crate::compile::packages;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::report::Report;
use crate::run::Summary;
use crate::settings;
use crate::sys::scratch::Scratch;
use crate::sys::signal;
use crate::text::credentials;
use crate::toolchain::{Cache, ZigRequest, interpreter, zig};
use crate::wheel::sdist::{self, SdistSpec};
use crate::wheel::{self, Timestamp, WrittenWheel};

/// Writes the sdist and reports it; gives the exit code.
pub(super) fn run(common: &CommonArgs, args: &SdistArgs) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let report = Report::new(output);
    let cancel = signal::listen()?;
    let outcome = build::project_dir(common)
        .and_then(|root| Project::load(&root))
        .and_then(|project| {
            let settings = settings::sdist(args, common, &project, &settings::process_env)?;
            report.adopt(settings.output);
            for note in project.metadata.notes() {
                report.note(note);
            }
            let cache;
            let vendor = if settings.vendor {
                cache = open_cache(settings.cache_dir.as_deref(), &report, &cancel)?;
                Some((&settings.zig, &cache))
            } else {
                None
            };
            write(&project, &settings.output_dir, vendor, &report)
        });
    match outcome.map_err(|error| cancel.explain(error)) {
        Ok(sdist) => report.sdist(&sdist).map(|()| ExitCode::SUCCESS),
        Err(error) => {
            report.nothing(&error)?;
            Ok(ExitCode::from(error.kind().exit_code()))
        }
    }
}

/// What fetches Zig packages.
pub(super) type Fetcher<'a> = (&'a ZigRequest, &'a Cache);

/// Writes the project's sdist into a folder, with its Zig packages if something fetches them.
fn write(
    project: &Project,
    dir: &Path,
    vendor: Option<Fetcher<'_>>,
    report: &Report,
) -> Result<WrittenWheel> {
    let timestamp = Timestamp::from_env()?;
    let mut spec = SdistSpec::of(project, dir, &|text| report.note(text))?;
    if let Some((request, cache)) = vendor {
        let python = interpreter::default(cache).map(|python| python.exe);
        let note = |text: &str| report.note(text);
        let zig = zig::find_or_install(request, python.as_deref(), cache, &note)?;
        spec.vendor(packages::vendored(project, &zig, &note, cache.cancel())?);
    }
    warn_of_lacking(project, &spec, report);
    wheel::sweep(dir);
    spec.pack(dir, timestamp)?.persist()
}

/// Tells which Zig packages have to be fetched by whoever builds from the sdist.
fn warn_of_lacking(project: &Project, spec: &SdistSpec, report: &Report) {
    let known = packages::known(project, None);
    let exposed = known
        .remote()
        .filter(|(_, url, _)| credentials::has_any(url));
    for (package, url, _) in exposed {
        report.warn(&format!(
            "{}: build.zig.zon contains credentials in {}, and the sdist includes build.zig.zon",
            package.place,
            credentials::hide(url)
        ));
    }
    let remote = known.remote();
    let lacking = remote.filter(|(.., hash)| !spec.has_folder(&project.vendored_place(hash)));
    let lacking: Vec<_> = lacking
        .map(|(package, url, _)| format!("\n{}: {} from {url}", package.place, package.name))
        .collect();
    if !lacking.is_empty() {
        report.warn(&format!(
            "building from the sdist takes a network: --vendor puts these Zig packages in{}",
            lacking.concat()
        ));
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
        project: &Project,
        dir: &Path,
        vendor: Option<Fetcher<'_>>,
        report: &Report,
    ) -> Result<Self> {
        let sdist = write(project, dir, vendor, report)?;
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
    pub(super) fn relocate(&self, summary: &mut Summary<'_>) {
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
