//! `pyz3-wheel doctor`: checks this machine for the tools that a build needs.

use serde::Serialize;
use serde_json::{Value, json};

use super::session::{Outcome, Session};
use crate::compile::script;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::platform::Platform;
use crate::report::{Document, Report};
use crate::tags::{AbiTag, CPython, default_pythons};
use crate::toolchain::{Cache, DEFAULT_ZIG, Fetch, Zig, ZigRequest, interpreter, provision, zig};

/// One row of the table.
#[derive(Debug, Serialize)]
struct Check {
    what: String,
    ok: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Check {
    fn ok(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ok: true,
            found: found.into(),
            hint: None,
        }
    }

    fn missing(what: impl Into<String>, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ok: false,
            found: found.into(),
            hint: Some(hint.into()),
        }
    }

    fn failed(what: impl Into<String>, error: &Error) -> Self {
        Self::problem(what, &error.problems()[0])
    }

    fn problem(what: impl Into<String>, problem: &Problem) -> Self {
        Self::missing(
            what,
            problem.to_string(),
            problem.hint.clone().unwrap_or_default(),
        )
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
        Some(Ok(project)) => {
            checks.push(Check::ok(
                "project",
                format!("{} {}", project.metadata.name(), project.metadata.version()),
            ));
            if project.managed.is_none()
                && let Err(error) = script::require(project)
            {
                checks.push(Check::failed("build script", &error));
            }
        }
        Some(Err(error)) => {
            let problems = error.problems().iter();
            checks.extend(problems.map(|problem| Check::problem("project", problem)));
        }
        None => {}
    }
    let zig = find_zig(session, &request, &cache, fix);
    session.cancel()?.check()?;
    checks.push(zig_check(&request, &zig));
    checks.extend(python_checks(session, &cache, fix));
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
    /// 1 if something is missing.
    fn exit_code(&self) -> u8 {
        if self.checks.iter().all(|check| check.ok) {
            0
        } else {
            ErrorKind::System.exit_code()
        }
    }

    fn human(&self, report: &Report) -> Result<()> {
        let rows = self.checks.iter().map(|check| {
            let mark = match (check.ok, check.found.as_str()) {
                (true, _) => "ok",
                (false, "-") => "missing",
                (false, _) => "wrong",
            };
            [mark.to_owned(), check.what.clone(), check.found.clone()]
        });
        report.print_table(["", "what", "found"], rows)?;
        for check in &self.checks {
            if let Some(hint) = check.hint.as_ref().filter(|hint| !hint.is_empty()) {
                report.note(&format!("{}: {hint}", check.what));
            }
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

fn zig_check(request: &ZigRequest, found: &Result<Option<Zig>>) -> Check {
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
            "-",
            format!(
                "Zig {wanted} is fetched by the first build, or now by `pyz3-wheel doctor --fix`"
            ),
        ),
        Err(error) => Check::failed("Zig", error),
    }
}

/// A check for each Python that `--all-pythons` selects.
fn python_checks(session: &Session, cache: &Cache, fix: bool) -> Vec<Check> {
    let find = |found: &[interpreter::Interpreter], wanted: CPython| {
        found
            .iter()
            .find(|python| python.cpython() == wanted)
            .map(|python| {
                Check::ok(
                    format!("CPython {wanted}"),
                    format!(
                        "{} ({}, {})",
                        python.patch,
                        python.origin,
                        python.exe.display()
                    ),
                )
            })
    };
    let discovery = interpreter::discover(cache, &[]);
    let missing = discovery.missing();
    let mut found = discovery.usable;
    if fix && !missing.is_empty() {
        let note = |text: &str| session.note(text);
        match provision::provision(&missing, cache, &note) {
            Ok(installed) => found.extend(installed),
            // The caller reports an interrupt.
            Err(_) if cache.cancel().is_set() => {}
            Err(error) => session.report().error(&error),
        }
    }
    default_pythons()
        .map(|python| {
            find(&found, python).unwrap_or_else(|| {
                Check::missing(
                    format!("CPython {python}"),
                    "-",
                    format!("install it (`uv python install {python}`), or let `pyz3-wheel doctor --fix` do it; needed for {} wheels only", AbiTag::CPython(python)),
                )
            })
        })
        .collect()
}
