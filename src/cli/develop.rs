//! `pyz3-wheel develop`: builds the project and installs it into a virtual environment in editable mode.
//!
//! Finds the environment, and runs the Python package there, which does the rest. The environment need not have
//! the package: this program brings it along.

mod environment;
mod package;

use std::path::Path;
use std::process::ExitStatus;

use serde_json::{Value, json};

use self::package::Package;
use super::args::{CommonArgs, DevelopArgs};
use super::session::{Outcome, Session};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::normalized_extra;
use crate::options::table;
use crate::project::{DependencyGroups, Project, unknown_name};
use crate::report::{Document, Report};
use crate::sys::process;
use crate::text::path::normalized;
use crate::toolchain::interpreter;

/// Runs the module that builds and installs. `python -m` is not used, because it imports modules from the
/// current directory before Python's own. The current directory stays the user's, because relative paths in
/// pip's settings are relative to it.
const DEVELOP: &str = "\
import sys
if sys.version_info < (3, 9):
    sys.exit('error: Python %d.%d is too old: pyz3-wheel needs 3.9 or later' % sys.version_info[:2])
sys.path[:] = [sys.argv[1]] + [folder for folder in sys.path if folder]
from pyz3_wheel import _develop
sys.exit(_develop.main(*sys.argv[2:]))
";

/// Builds and installs the project.
pub(super) fn run(session: &Session, args: &DevelopArgs) -> Outcome {
    let common = session.common();
    let project = normalized(&std::path::absolute(session.project_dir()?)?);
    let python = environment::python(&project, args.venv.as_deref())?;
    let (extras, requirements) = requested(args, &project)?;
    let cancel = session.cancel()?;
    let package = Package::write()?;
    let result = tempfile::NamedTempFile::new()?;
    let request = json!({
        "settings": config_settings(common)?,
        "extras": extras,
        "requirements": requirements,
    });
    let mut command = interpreter::command(&python);
    command
        .stdout(session.report().stdout_of_child())
        .args(["-c", DEVELOP])
        .arg(package.path())
        .arg(result.path())
        .arg(&project)
        .arg(request.to_string());
    if let Some(dir) = common.path(&table::CACHE_DIR) {
        let dir = std::path::absolute(dir)?;
        command.env(table::CACHE_DIR.variable(), dir);
    }
    for setting in [&table::VERBOSE, &table::QUIET] {
        if common.is_on(setting) {
            command.env(setting.variable(), "1");
        }
    }
    let status = process::attend(command, cancel).map_err(|error| {
        Error::system(
            Problem::new(format!("cannot run this Python: {error}"))
                .at(python.display())
                .hint("create the virtual environment again"),
        )
    })?;
    cancel.check()?;
    let text = fs_err::read(result.path())?;
    let document = serde_json::from_slice(&text).ok();
    let developed = document.and_then(|document| Developed::new(document, status));
    let developed = developed.ok_or_else(|| {
        Error::system(
            Problem::new(format!(
                "the Python of the environment ended with {status} and gave no result"
            ))
            .at(python.display())
            .hint("create the environment again with CPython 3.9 or later"),
        )
    })?;
    Ok(Box::new(developed))
}

/// The requested extras, and the requirements of the requested dependency groups.
fn requested(args: &DevelopArgs, project: &Path) -> Result<(Vec<String>, Vec<String>)> {
    if args.extra.is_empty() && args.group.is_empty() && !args.all_extras {
        return Ok((Vec::new(), Vec::new()));
    }
    let known = Project::load(project)?;
    let known: Vec<_> = known.metadata.extras().collect();
    let mut problems = Vec::new();
    let mut extras = Vec::new();
    for name in &args.extra {
        let extra = normalized_extra(name);
        if known.contains(&extra.as_str()) {
            extras.push(extra);
        } else {
            let table = "[project.optional-dependencies]";
            let problem = unknown_name(name, "an extra", "extras", &known, table);
            problems.push(problem.at("--extra"));
        }
    }
    if args.all_extras {
        extras = known.iter().map(|&extra| extra.to_owned()).collect();
    }
    let groups = DependencyGroups::read(project)?;
    let requirements = groups.requirements(&args.group, &mut problems);
    Error::check(ErrorKind::Config, problems)?;
    Ok((extras, requirements))
}

/// The result of the installation. The Python package has already printed it for people.
struct Developed {
    exit_code: u8,
    document: Value,
}

impl Developed {
    /// A document that says the same as the exit status.
    fn new(document: Value, status: ExitStatus) -> Option<Self> {
        let exit_code = u8::try_from(status.code()?).ok()?;
        (document["exit_code"] == exit_code).then_some(Self {
            exit_code,
            document,
        })
    }
}

impl Document for Developed {
    fn exit_code(&self) -> u8 {
        self.exit_code
    }

    fn human(&self, _report: &Report) -> Result<()> {
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        Ok(self.document.clone())
    }
}

/// The options that also apply to later builds, as the settings that a build frontend passes.
fn config_settings(common: &CommonArgs) -> Result<Value> {
    let mut zig = Vec::new();
    if let Some(path) = common.path(&table::ZIG) {
        let path = std::path::absolute(path)?;
        zig.push(format!("--zig={}", path.display()));
    }
    if let Some(version) = common.str(&table::ZIG_VERSION) {
        zig.push(format!("--zig-version={version}"));
    }
    let mut settings = json!({});
    if let Some(mode) = common.str(&table::OPTIMIZE) {
        settings["optimize"] = json!(mode);
    }
    if !zig.is_empty() {
        settings["args"] = json!(shell_words::join(zig));
    }
    Ok(settings)
}
