//! `pyz3-wheel init`: a new project, or what an existing one is missing.

use std::path::Path;

use super::args::InitArgs;
use super::session::{Outcome, Session};
use crate::error::{Error, Problem};
use crate::init::{Draft, Template, adopt};
use crate::options::table;
use crate::report::{Adopted, Created};

/// Creates a project, or finds out what an existing one is missing.
pub(super) fn run(session: &Session, args: &InitArgs) -> Outcome {
    let dir = match (&args.dir, session.common().path(&table::PROJECT)) {
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
        return Ok(Box::new(Adopted {
            adoption,
            is_written: args.write,
        }));
    }
    let template: Template = match &args.template {
        Some(name) => name
            .parse()
            .map_err(|problem| Error::config(Problem::at(problem, "--template")))?,
        None => Template::Full,
    };
    let draft = Draft::new(dir, args.name.as_deref(), template, args.ci)?;
    draft.write()?;
    Ok(Box::new(Created {
        draft,
        template,
        dir: dir.to_owned(),
    }))
}
