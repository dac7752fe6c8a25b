//! `pyz3-wheel files`: what goes into wheel and sdist, from where, and why.
//!
//! Reads the project and nothing of the machine; builds nothing.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::{CommonArgs, FilesArgs};
use super::build;
use crate::error::{Error, ErrorKind, Result};
use crate::project::{Files, PackageFile, Project};
use crate::report::{self, Format, Output, Report};
use crate::settings;
use crate::text::path::lossy;
use crate::wheel;

/// What is asked for: both, unless one is named.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    wheel: bool,
    sdist: bool,
}

/// Lists the files, or everything that keeps wheel or sdist from being made.
pub(super) fn run(common: &CommonArgs, args: FilesArgs) -> Result<ExitCode> {
    let mut output = settings::output(common, None, &settings::process_env)?;
    let wanted = Wanted {
        wheel: args.wheel || !args.sdist,
        sdist: args.sdist || !args.wheel,
    };
    match list(common, wanted, &mut output) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            report::came_to_nothing(&error, output.format)?;
            Ok(ExitCode::from(error.kind().exit_code()))
        }
    }
}

fn list(common: &CommonArgs, wanted: Wanted, output: &mut Output) -> Result<()> {
    let project = Project::load(&build::project_dir(common)?)?;
    *output = settings::output(common, Some(&project), &settings::process_env)?;
    let files = project.files()?;
    let report = Report::new(*output);
    for text in &files.notes {
        report.note(text);
    }
    let mut problems = Vec::new();
    let mut sdist: &[PackageFile] = &[];
    if wanted.sdist {
        match files.sdist() {
            Ok(list) => {
                sdist = list;
                problems.extend(wheel::path_problems(list));
            }
            Err(error) => problems.extend(error.into_problems()),
        }
    }
    if wanted.wheel {
        problems.extend(wheel::path_problems(&files.wheel));
    }
    Error::check(ErrorKind::Config, problems)?;
    match output.format {
        Format::Json => report::json(&document(&project, &files, sdist, wanted)),
        Format::Human => human(&project, &files, sdist, wanted, *output),
    }
}

/// The wheel's licence files: place and source.
fn licenses(project: &Project) -> impl Iterator<Item = (String, &Path)> {
    let stem = project.stem();
    let files = project.metadata.license_files().iter();
    files.map(move |file| {
        let place = format!("{stem}.dist-info/licenses/{}", file.path);
        (place, file.source.as_path())
    })
}

/// What the build adds, which only the build knows.
fn native(project: &Project) -> String {
    let step = project.config.step.as_ref();
    let step = step.map_or(String::new(), |step| format!(" {}", step.value));
    format!("what `zig build{step}` installs")
}

fn human(
    project: &Project,
    files: &Files,
    sdist: &[PackageFile],
    wanted: Wanted,
    output: Output,
) -> Result<()> {
    let shown = |path: &Path| {
        let below = path.strip_prefix(&project.root).unwrap_or(path);
        below.display().to_string()
    };
    let row = |file: &PackageFile| [file.path.clone(), shown(&file.source), file.why.to_string()];
    let mut rows = Vec::new();
    if wanted.wheel {
        rows.push(["wheel".to_owned(), "from".to_owned(), "because".to_owned()]);
        rows.extend(files.wheel.iter().map(row));
        let script = match &project.managed {
            Some(_) => "modules in pyproject.toml".to_owned(),
            None => project.build_file().display().to_string(),
        };
        rows.push(["(native code)".to_owned(), script, native(project)]);
        rows.extend(
            licenses(project).map(|(place, source)| [place, shown(source), "licence".to_owned()]),
        );
    }
    if wanted.wheel && wanted.sdist {
        rows.push([const { String::new() }; 3]);
    }
    if wanted.sdist {
        rows.push(["sdist".to_owned(), "from".to_owned(), "because".to_owned()]);
        rows.extend(sdist.iter().map(row));
        rows.push(["PKG-INFO", "pyproject.toml", "always: the metadata"].map(str::to_owned));
    }
    if output.verbose && !files.left_out.is_empty() {
        rows.push([const { String::new() }; 3]);
        rows.push(["left out", "of", "because"].map(str::to_owned));
        rows.extend(files.left_out.iter().map(|out| {
            let of = if out.in_sdist { "wheel" } else { "both" };
            [out.path.clone(), of.to_owned(), out.why.clone()]
        }));
    }
    let mut rows = rows.into_iter();
    report::table(rows.next().unwrap_or_default(), rows)
}

fn document(project: &Project, files: &Files, sdist: &[PackageFile], wanted: Wanted) -> Value {
    let licenses = licenses(project).map(|(place, source)| {
        json!({"place": place, "source": lossy(source), "kind": "licence", "why": "licence"})
    });
    let mut document = json!({});
    if wanted.wheel {
        let files = files.wheel.iter().map(|file| json!(file));
        document["wheel"] = files.chain(licenses).collect();
        document["native"] = json!(native(project));
    }
    if wanted.sdist {
        document["sdist"] = json!(sdist);
    }
    document["left_out"] = json!(files.left_out);
    document["notes"] = json!(files.notes);
    document
}
