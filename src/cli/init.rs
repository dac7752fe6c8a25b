//! `pyz3-wheel init`: a new project, or what an existing one lacks.

use std::path::Path;
use std::process::ExitCode;

use super::args::{CommonArgs, InitArgs};
use crate::error::{Error, Problem, Result};
use crate::init::{Draft, Template, adopt};
use crate::options::table;
use crate::report::Report;
use crate::settings;

/// Writes a project, or tells what one lacks.
pub(super) fn run(common: &CommonArgs, args: &InitArgs) -> Result<ExitCode> {
    let report = Report::new(settings::output(common, None, &settings::process_env)?);
    match init(common, args, &report) {
        Ok(code) => Ok(code),
        Err(error) => {
            report.nothing(&error)?;
            Ok(ExitCode::from(error.kind().exit_code()))
        }
    }
}

fn init(common: &CommonArgs, args: &InitArgs, report: &Report) -> Result<ExitCode> {
    let dir = match (&args.dir, common.path(&table::PROJECT)) {
        (Some(dir), None) => dir.as_path(),
        (None, Some(dir)) => dir,
        (None, None) => Path::new("."),
        (Some(_), Some(_)) => {
            return Err(Error::config(
                Problem::new("the folder was given twice: DIR and --project")
                    .hint("give one of them"),
            ));
        }
    };
    if args.adopt {
        let adoption = adopt(dir, args.name.as_deref())?;
        if args.write {
            adoption.write()?;
        }
        return report.adoption(&adoption, args.write);
    }
    let template: Template = match &args.template {
        Some(name) => name
            .parse()
            .map_err(|problem| Error::config(Problem::at(problem, "--template")))?,
        None => Template::Full,
    };
    let draft = Draft::new(dir, args.name.as_deref(), template, args.ci)?;
    draft.write()?;
    report.draft(&draft, template)?;
    Ok(ExitCode::SUCCESS)
}
