//! `pyz3-wheel doctor`: checks this machine for the tools that a build needs.

use serde::Serialize;
use serde_json::{Value, json};

use super::session::{Outcome, Session};
use crate::compile::script;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::init::BACKEND;
use crate::plan::{self, Machine, Plan, PythonSelection};
use crate::platform::Platform;
use crate::project::{BuildSystem, Project};
use crate::report::{Document, Report};
use crate::run;
use crate::settings::{self, Format};
use crate::tags::{CPython, default_pythons};
use crate::toolchain::{
    Cache, DEFAULT_ZIG, Discovery, Fetch, Zig, ZigRequest, interpreter, provision, zig,
};

/// One row of the table.
#[derive(Debug, Serialize)]
struct Check {
    what: String,
    ok: bool,
    /// Whether builds of this project, or of any project, fail without it.
    required: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// What is found where something is missing.
const NOTHING: &str = "-";

impl Check {
    fn ok(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ok: true,
            required: true,
            found: found.into(),
            hint: None,
        }
    }

    fn missing(what: impl Into<String>, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ok: false,
            required: true,
            found: found.into(),
            hint: Some(hint.into()),
        }
    }

    fn problem(what: impl Into<String>, problem: &Problem) -> Self {
        Self::missing(
            what,
            problem.to_string(),
            problem.hint.clone().unwrap_or_default(),
        )
    }

    fn problems(what: &'static str, error: &Error) -> impl Iterator<Item = Self> {
        let problems = error.problems().iter();
        problems.map(move |problem| Self::problem(what, problem))
    }

    /// The same if builds do without it.
    fn optional(self) -> Self {
        Self {
            required: false,
            ..self
        }
    }
}

/// Checks for everything that a build needs; with `fix`, installs what is missing.
pub(super) fn run(session: &Session, fix: bool) -> Outcome {
    // Outside of a project only the machine is checked.
    let project = session.project_if_any()?;
    let known = project.as_ref().and_then(|project| project.as_ref().ok());
    let cache_dir = session.cache_dir(known)?;
    let cache = session.cache(cache_dir.as_deref())?;
    let request = session.zig(known)?;
    let mut checks = vec![platform()];
    match &project {
        Some(Ok(project)) => checks.extend(project_checks(project)),
        Some(Err(error)) => checks.extend(Check::problems("project", error)),
        None => {}
    }
    let zig = find_zig(session, &request, &cache, fix);
    session.cancel()?.check()?;
    checks.push(zig_check(session, &request, &zig, fix));
    if let Some(project) = known {
        checks.extend(build_checks(session, project, &cache, fix));
    } else {
        let wanted: Vec<_> = default_pythons().collect();
        let installed = if fix { &wanted[..] } else { &[] };
        let discovery = discover(session, &cache, installed);
        checks.extend(python_checks(&wanted, &discovery, fix));
    }
    // An interrupted check does not show that anything is missing.
    session.cancel()?.check()?;
    Ok(Box::new(Diagnosis {
        checks,
        zig: zig.ok().flatten(),
        zig_requirement: zig::requirement(request.version.as_ref()).ok(),
    }))
}

/// The results of all checks.
struct Diagnosis {
    checks: Vec<Check>,
    zig: Option<Zig>,
    /// The requirement for pip to install if Zig is missing.
    zig_requirement: Option<String>,
}

impl Document for Diagnosis {
    /// 1 if something is missing that builds need.
    fn exit_code(&self) -> u8 {
        let mut checks = self.checks.iter();
        if checks.all(|check| check.ok || !check.required) {
            0
        } else {
            ErrorKind::System.exit_code()
        }
    }

    fn human(&self, report: &Report) -> Result<()> {
        let rows = self.checks.iter().map(|check| {
            let mark = match (check.ok, check.required, check.found.as_str()) {
                (true, ..) => "ok",
                (false, false, _) => "optional",
                (false, true, NOTHING) => "missing",
                (false, true, _) => "wrong",
            };
            let found = check.found.lines().next().unwrap_or_default();
            [mark.to_owned(), check.what.clone(), found.to_owned()]
        });
        report.print_table(["", "what", "found"], rows)?;
        // Checks with the same remedy share a note.
        let mut notes: Vec<(&str, Vec<&str>)> = Vec::new();
        for check in &self.checks {
            let Some(hint) = check.hint.as_deref().filter(|hint| !hint.is_empty()) else {
                continue;
            };
            match notes.iter_mut().find(|(other, _)| *other == hint) {
                Some((_, of)) => of.push(&check.what),
                None => notes.push((hint, vec![&check.what])),
            }
        }
        for (hint, of) in notes {
            report.note(&format!("{}: {hint}", of.join(", ")));
        }
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        Ok(json!({
            "checks": self.checks,
            "zig": self.zig,
            "zig_requirement": self.zig_requirement,
        }))
    }
}

fn platform() -> Check {
    match Platform::current() {
        Some(platform) => Check::ok("this machine", platform.name()),
        None => Check::missing(
            "this machine",
            target_lexicon::HOST.to_string(),
            "none of the platforms that wheels are built for by default: give --platform or --all-platforms",
        ),
    }
}

/// Checks of what the project says, apart from what it needs of the machine.
fn project_checks(project: &Project) -> Vec<Check> {
    let metadata = &project.metadata;
    let mut checks = vec![Check::ok(
        "project",
        format!("{} {}", metadata.name(), metadata.version()),
    )];
    checks.extend(
        metadata
            .untagged()
            .map(|problem| Check::problem("version", problem)),
    );
    if project.managed.is_none()
        && let Err(error) = script::require(project)
    {
        checks.extend(Check::problems("build script", &error));
    }
    checks.extend(
        backend_problem(&project.hints.build_system)
            .map(|problem| Check::problem("build backend", &problem).optional()),
    );
    checks
}

/// Why pip, uv and build cannot build the project with pyz3-wheel.
fn backend_problem(system: &BuildSystem) -> Option<Problem> {
    let message = match system.backend.as_deref() {
        None => {
            "pyproject.toml names no build-backend, so pip and uv cannot build the sdist".to_owned()
        }
        Some("pyz3_wheel") if system.requires_us => return None,
        Some("pyz3_wheel") => {
            "build-system.requires does not list pyz3-wheel, so pip and uv cannot build the sdist"
                .to_owned()
        }
        Some(_) if system.is_in_project => return None,
        Some(other) => format!("pip and uv build the project with {other}, not with pyz3-wheel"),
    };
    Some(Problem::new(message).hint(format!(
        "to have pip and uv build with pyz3-wheel, write:\n[build-system]\n{}",
        BACKEND.join("\n")
    )))
}

/// Checks for what the next build of the project needs, and for the other Pythons of `--all-pythons`.
fn build_checks(session: &Session, project: &Project, cache: &Cache, fix: bool) -> Vec<Check> {
    let settings = settings::build(session.common(), project, &settings::process_env);
    let (request, _) = match settings {
        Ok(settings) => settings,
        Err(error) => return Check::problems("settings", &error).collect(),
    };
    let mut all = request.clone();
    if all.pythons == PythonSelection::Default {
        all.pythons = PythonSelection::All;
    }
    let installed = if fix {
        let machine = Machine {
            interpreters: interpreter::discover(cache, &[]).usable,
            ..Machine::default()
        };
        plan::missing_versions(&all, project, &machine)
    } else {
        Vec::new()
    };
    let discovery = discover(session, cache, &installed);
    let planned = run::machine(&request, project, cache, false, &|_| {})
        .and_then(|machine| Plan::new(&request, project, &machine));
    let mut checks = Vec::new();
    match planned {
        Ok(plan) => {
            let jobs = plan.jobs.iter().map(|job| job.id.as_str());
            let found = match plan.jobs.len() {
                0..=3 => jobs.collect::<Vec<_>>().join(", "),
                count => format!("{count} wheels"),
            };
            checks.push(Check::ok("next build", found));
        }
        Err(error) => checks.extend(Check::problems("next build", &error)),
    }
    // A project with a stable ABI, or without an extension module, needs at most one Python.
    if plan::needs_every_python(project) {
        let wanted: Vec<_> = default_pythons()
            .filter(|python| project.metadata.admits(python.version))
            .collect();
        checks.extend(python_checks(&wanted, &discovery, fix));
    }
    checks
}

fn find_zig(
    session: &Session,
    request: &ZigRequest,
    cache: &Cache,
    fix: bool,
) -> Result<Option<Zig>> {
    let note = |text: &str| session.note(text);
    let fetch = if fix {
        Fetch::Allowed(&note)
    } else {
        Fetch::Never
    };
    zig::find(request, None, cache, fetch)
}

fn zig_check(
    session: &Session,
    request: &ZigRequest,
    found: &Result<Option<Zig>>,
    fix: bool,
) -> Check {
    let wanted = request
        .version
        .as_ref()
        .map_or(DEFAULT_ZIG.to_owned(), |wanted| wanted.versions.to_string());
    match found {
        Ok(Some(zig)) => Check {
            hint: zig.caution(),
            ..Check::ok(
                "Zig",
                format!("{} ({}, {})", zig.version, zig.origin, zig.exe.display()),
            )
        },
        Ok(None) => Check::missing(
            "Zig",
            "not installed",
            format!(
                "the next build downloads Zig {wanted}; to do that now: pyz3-wheel doctor --fix"
            ),
        )
        .optional(),
        Err(error) => {
            let [problem, ..] = error.problems() else {
                return Check::missing("Zig", NOTHING, "");
            };
            // The whole output of an installer does not fit into a table; the document has it.
            let is_table = session.report().format() == Format::Human;
            if fix && is_table && problem.message.contains('\n') {
                session.report().error(error);
                return Check::missing(
                    "Zig",
                    NOTHING,
                    "could not be installed: see the error above",
                );
            }
            Check::problem("Zig", problem)
        }
    }
}

/// The Pythons of this machine, after installing those of `wanted` that are missing.
fn discover(session: &Session, cache: &Cache, wanted: &[CPython]) -> Discovery {
    let mut discovery = interpreter::discover(cache, &[]);
    let is_here = |wanted: &CPython| {
        let mut usable = discovery.usable.iter();
        usable.any(|python| python.cpython() == *wanted)
    };
    let missing: Vec<_> = wanted
        .iter()
        .filter(|wanted| !is_here(wanted))
        .copied()
        .collect();
    if !missing.is_empty() {
        let note = |text: &str| session.note(text);
        match provision::provision(&missing, cache, &note) {
            Ok(installed) => discovery.usable.extend(installed),
            // The caller reports an interrupt.
            Err(_) if cache.cancel().is_set() => {}
            Err(error) => session.report().error(&error),
        }
    }
    discovery
}

/// A check for each Python that `--all-pythons` selects. A build without that option needs none of them; with
/// `fix`, they were to be installed.
fn python_checks(wanted: &[CPython], discovery: &Discovery, fix: bool) -> Vec<Check> {
    let usable = |wanted: &CPython| {
        let mut usable = discovery.usable.iter();
        usable.find(|python| python.cpython() == *wanted)
    };
    let missing = wanted.iter().filter(|wanted| usable(wanted).is_none());
    let missing: Vec<_> = missing.map(ToString::to_string).collect();
    let hint = format!(
        "only wheels for these Pythons need them; to install them: uv python install {}, or pyz3-wheel doctor --fix",
        missing.join(" ")
    );
    let checks = wanted.iter().map(|wanted| {
        let what = format!("CPython {wanted}");
        if let Some(python) = usable(wanted) {
            let (patch, origin, exe) = (&python.patch, &python.origin, python.exe.display());
            return Check::ok(what, format!("{patch} ({origin}, {exe})"));
        }
        let mut headless = discovery.without_headers.iter();
        let headless = headless.find(|python| python.cpython() == *wanted);
        let found = headless.and_then(|python| {
            let why = python.check().err()?;
            Some(format!("{}: {why}", python.exe.display()))
        });
        let check = Check::missing(what, found.unwrap_or(NOTHING.to_owned()), &hint);
        if fix { check } else { check.optional() }
    });
    checks.collect()
}
