//! `pyz3-wheel doctor`: what is missing on this machine, and how to get it.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use super::args::CommonArgs;
use super::{build::project_dir, open_cache};
use crate::compile::script;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::TESTED_PYTHONS;
use crate::platform::Platform;
use crate::project::Project;
use crate::report::{self, Format, Report};
use crate::settings;
use crate::sys::signal;
use crate::tags::CPython;
use crate::toolchain::{Cache, DEFAULT_ZIG, Zig, ZigRequest, interpreter, provision, zig};

/// One line of the findings.
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
        let problem = &error.problems()[0];
        Self::missing(
            what,
            problem.to_string(),
            problem.hint.clone().unwrap_or_default(),
        )
    }
}

/// Looks at everything that a build needs; with `fix`, gets what is missing. Exit code 1 when
/// something is missing still.
pub(super) fn run(common: &CommonArgs, fix: bool) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let dir = project_dir(common)?;
    // Outside a project doctor speaks of the machine alone.
    let project = dir
        .join("pyproject.toml")
        .is_file()
        .then(|| Project::load(&dir));
    let known = project.as_ref().and_then(|project| project.as_ref().ok());
    let cache_dir = settings::cache_dir(common, known, &settings::process_env)?;
    let report = Report::new(output);
    let cancel = signal::listen()?;
    let cache = open_cache(cache_dir.as_deref(), &report, &cancel)?;
    let mut checks = vec![platform()];
    let request = match &project {
        Some(Ok(project)) => settings::zig(common, Some(project), &settings::process_env)?,
        _ => settings::zig(common, None, &settings::process_env)?,
    };
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
        Some(Err(error)) => checks.extend(error.problems().iter().map(|problem| {
            Check::missing(
                "project",
                problem.to_string(),
                problem.hint.clone().unwrap_or_default(),
            )
        })),
        None => {}
    }
    let zig = find_zig(&request, &cache, fix);
    cancel.check()?;
    checks.push(zig_check(&request, &zig));
    checks.extend(python_checks(&cache, fix));
    // An interrupted check does not show that anything is missing.
    cancel.check()?;
    match output.format {
        Format::Human => {
            let rows = checks.iter().map(|check| {
                let mark = match (check.ok, check.found.as_str()) {
                    (true, _) => "ok",
                    (false, "-") => "missing",
                    (false, _) => "wrong",
                };
                [mark.to_owned(), check.what.clone(), check.found.clone()]
            });
            report::table(["", "what", "found"], rows)?;
            for check in &checks {
                if let Some(hint) = check.hint.as_ref().filter(|hint| !hint.is_empty()) {
                    report::note(&format!("{}: {hint}", check.what));
                }
            }
        }
        Format::Json => report::json(&json!({
            "checks": checks,
            "zig": zig.ok().flatten(),
            // What pip is to be asked for where there is no Zig.
            "zig_requirement": zig::requirement(request.version.as_ref()).ok(),
        }))?,
    }
    Ok(if checks.iter().all(|check| check.ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(ErrorKind::System.exit_code())
    })
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

fn find_zig(request: &ZigRequest, cache: &Cache, fix: bool) -> Result<Option<Zig>> {
    let python = interpreter::default(cache).map(|python| python.exe);
    if fix {
        zig::find(request, python.as_deref(), cache, &report::note).map(Some)
    } else {
        zig::find_installed(request, python.as_deref(), cache)
    }
}

fn zig_check(request: &ZigRequest, found: &Result<Option<Zig>>) -> Check {
    let wanted = request
        .version
        .as_ref()
        .map_or(DEFAULT_ZIG, |wanted| wanted.version.as_str());
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

/// Each of the Pythons that `--all-pythons` means.
fn python_checks(cache: &Cache, fix: bool) -> Vec<Check> {
    let find = |found: &[interpreter::Interpreter], version| {
        found
            .iter()
            .find(|python| python.cpython() == CPython::with_gil(version))
            .map(|python| {
                Check::ok(
                    format!("CPython {version}"),
                    format!(
                        "{} ({}, {})",
                        python.patch,
                        python.origin,
                        python.exe.display()
                    ),
                )
            })
    };
    let mut found = interpreter::discover(cache, &[]).usable;
    let missing: Vec<_> = TESTED_PYTHONS
        .into_iter()
        .filter(|version| find(&found, *version).is_none())
        .map(CPython::with_gil)
        .collect();
    if fix && !missing.is_empty() {
        match provision::provision(&missing, cache, &report::note) {
            Ok(installed) => found.extend(installed),
            // An interruption is reported once, at the end.
            Err(_) if cache.cancel().is_set() => {}
            Err(error) => report::error(&error),
        }
    }
    TESTED_PYTHONS
        .into_iter()
        .map(|version| {
            find(&found, version).unwrap_or_else(|| {
                Check::missing(
                    format!("CPython {version}"),
                    "-",
                    format!("install it (`uv python install {version}`), or let `pyz3-wheel doctor --fix` do it; needed for cp{} wheels only", version.nodot()),
                )
            })
        })
        .collect()
}
