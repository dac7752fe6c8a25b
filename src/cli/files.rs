//! `pyz3-wheel files`: what goes into wheel and sdist, from where, and why.
//!
//! Reads the project and nothing of the machine; builds nothing.

use std::path::Path;

use serde_json::{Value, json};

use super::args::FilesArgs;
use super::session::{Outcome, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::project::{Files, PackageFile, Project};
use crate::report::{Document, Report};
use crate::text::path::lossy;
use crate::wheel;

/// The files of a project.
struct Listed {
    project: Project,
    files: Files,
    /// Whether those of the wheel are requested.
    wheel: bool,
    /// Those of the sdist, if they are requested.
    sdist: Option<Vec<PackageFile>>,
}

/// Lists the files of wheel and sdist, unless one of them is named, or everything that keeps them from
/// being built.
pub(super) fn run(session: &Session, args: FilesArgs) -> Outcome {
    let project = Project::load(&session.project_dir()?)?;
    session.check_output(&project)?;
    let files = project.files()?;
    for text in &files.notes {
        session.note(text);
    }
    let wheel = args.wheel || !args.sdist;
    let mut sdist = None;
    let mut problems = Vec::new();
    if args.sdist || !args.wheel {
        match files.sdist() {
            Ok(list) => {
                problems.extend(wheel::path_problems(list));
                sdist = Some(list.to_vec());
            }
            Err(error) => problems.extend(error.into_problems()),
        }
    }
    if wheel {
        for problem in wheel::path_problems(&files.wheel) {
            // Most files of the wheel are in the sdist too.
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    Error::check(ErrorKind::Config, problems)?;
    Ok(Box::new(Listed {
        project,
        files,
        wheel,
        sdist,
    }))
}

/// The license files of the wheel: path in the wheel, and source.
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

impl Document for Listed {
    fn human(&self, report: &Report) -> Result<()> {
        let Self { project, files, .. } = self;
        let shown = |path: &Path| {
            let below = path.strip_prefix(&project.root).unwrap_or(path);
            below.display().to_string()
        };
        let row =
            |file: &PackageFile| [file.path.clone(), shown(&file.source), file.why.to_string()];
        let mut rows = Vec::new();
        if self.wheel {
            rows.push(["wheel", "from", "because"].map(str::to_owned));
            rows.extend(files.wheel.iter().map(row));
            let script = match &project.managed {
                Some(_) => "modules in pyproject.toml".to_owned(),
                None => project.build_file().display().to_string(),
            };
            rows.push(["(native code)".to_owned(), script, native(project)]);
            rows.extend(
                licenses(project)
                    .map(|(place, source)| [place, shown(source), "licence".to_owned()]),
            );
        }
        if let Some(sdist) = &self.sdist {
            if self.wheel {
                rows.push([const { String::new() }; 3]);
            }
            rows.push(["sdist", "from", "because"].map(str::to_owned));
            rows.extend(sdist.iter().map(row));
            rows.push(["PKG-INFO", "pyproject.toml", "always: the metadata"].map(str::to_owned));
        }
        if report.is_verbose() && !files.left_out.is_empty() {
            rows.push([const { String::new() }; 3]);
            rows.push(["left out", "of", "because"].map(str::to_owned));
            rows.extend(files.left_out.iter().map(|out| {
                let of = match (out.in_wheel, out.in_sdist) {
                    (true, _) => "sdist",
                    (false, true) => "wheel",
                    (false, false) => "both",
                };
                [out.path.clone(), of.to_owned(), out.why.clone()]
            }));
        }
        report.print_rows(rows)
    }

    fn json(&self) -> Result<Value> {
        let licenses = licenses(&self.project).map(|(place, source)| {
            json!({"place": place, "source": lossy(source), "kind": "licence", "why": "licence"})
        });
        let mut document = json!({});
        if self.wheel {
            let files = self.files.wheel.iter().map(|file| json!(file));
            document["wheel"] = files.chain(licenses).collect();
            document["native"] = json!(native(&self.project));
        }
        if let Some(sdist) = &self.sdist {
            document["sdist"] = json!(sdist);
        }
        document["left_out"] = json!(self.files.left_out);
        document["notes"] = json!(self.files.notes);
        Ok(document)
    }
}
