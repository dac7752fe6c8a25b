//! `pyz3-wheel metadata`: what the project's `[project]` table becomes.
//!
//! Reads the project and nothing of the machine: neither Zig nor a Python is looked for.

use std::process::ExitCode;

use super::args::CommonArgs;
use super::build;
use crate::error::Result;
use crate::project::Project;
use crate::report::{self, Format};
use crate::settings;

/// Prints METADATA, byte for byte as a wheel will have it, or its fields as one object.
pub(super) fn run(common: &CommonArgs) -> Result<ExitCode> {
    let mut output = settings::output(common, None, &settings::process_env)?;
    let project = build::project_dir(common).and_then(|root| Project::load(&root));
    // The file may ask for a format too, once it can be read.
    let project = project.and_then(|project| {
        output = settings::output(common, Some(&project), &settings::process_env)?;
        Ok(project)
    });
    match (project, output.format) {
        (Ok(project), format) => {
            if !output.quiet {
                for note in project.metadata.notes() {
                    report::note(note);
                }
            }
            match format {
                Format::Human => report::text(&project.metadata.render())?,
                Format::Json => report::json(&project.metadata.document())?,
            }
            Ok(ExitCode::SUCCESS)
        }
        (Err(error), format) => {
            report::came_to_nothing(&error, format)?;
            Ok(ExitCode::from(error.kind().exit_code()))
        }
    }
}
