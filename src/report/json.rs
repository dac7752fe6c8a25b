//! The JSON documents of builds, with every wheel and every failure.

use std::path::Path;

use serde_json::{Value, json};

use super::human;
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::run::{Summary, Task, TaskResult};
use crate::text::path::lossy;
use crate::wheel::WrittenWheel;

/// The document of a build that failed before its first job started.
pub(super) fn refusal(error: &Error) -> Value {
    json!({
        "wheels": [],
        "failures": [],
        "not_begun": [],
        "left_out": [],
        "error": {"kind": error.kind(), "problems": error.problems()},
        "exit_code": error.kind().exit_code(),
    })
}

/// The document of `--dry-run`: the plan, with what each job would do, if that is known.
pub(super) fn plan(plan: &Plan, tasks: Option<&[Task]>) -> Result<Value> {
    let mut document = serde_json::to_value(plan).map_err(anyhow::Error::from)?;
    for (index, (_, decision)) in human::decided(plan, tasks).enumerate() {
        if let Some(decision) = decision {
            document["jobs"][index]["prospect"] = json!(decision);
        }
    }
    Ok(document)
}

/// The document of a run.
pub(super) fn summary(plan: &Plan, summary: &Summary, written: Option<&WrittenWheel>) -> Value {
    let wheels: Vec<_> = summary.results.iter().filter_map(wheel).collect();
    let failures: Vec<_> = summary.results.iter().filter_map(failure).collect();
    let begun: Vec<_> = summary
        .results
        .iter()
        .map(|result| result.job.id.as_str())
        .collect();
    let not_begun = plan
        .jobs
        .iter()
        .map(|job| job.id.as_str())
        .filter(|id| !begun.contains(id));
    json!({
        "project": plan.project,
        "version": plan.version,
        "abi": plan.abi,
        "optimize": plan.optimize,
        "zig": {"version": summary.zig.version.to_string(), "path": lossy(&summary.zig.exe), "origin": summary.zig.origin.to_string()},
        "output_dir": lossy(&plan.output_dir),
        "sdist": written.map(sdist),
        "wheels": wheels,
        "failures": failures,
        "not_begun": not_begun.collect::<Vec<_>>(),
        "left_out": plan.left_out,
        "built_twice": summary.built_twice,
        "seconds": summary.time.as_secs_f64(),
        "exit_code": summary.failure().map_or(0, crate::error::ErrorKind::exit_code),
    })
}

/// The document of an sdist that was written.
pub(super) fn sdist_document(written: &WrittenWheel) -> Value {
    json!({"sdist": sdist(written), "exit_code": 0})
}

/// The document of a `.dist-info` folder that was written.
pub(super) fn dist_info(folder: &Path) -> Value {
    json!({"dist_info": lossy(folder), "exit_code": 0})
}

fn sdist(written: &WrittenWheel) -> Value {
    json!({
        "path": lossy(&written.path),
        "filename": written.path.file_name().map(|name| name.to_string_lossy()),
        "size": written.size,
        "sha256": written.sha256,
    })
}

fn wheel(result: &TaskResult) -> Option<Value> {
    let wheel = result.outcome.as_ref().ok()?;
    Some(json!({
        "job": result.job.id,
        "platform": result.job.platform,
        "python": result.job.python.as_ref().map(|python| python.version),
        "path": lossy(&wheel.path),
        "filename": result.job.wheel,
        "tags": result.job.wheel.tags().collect::<Vec<_>>(),
        "size": wheel.size,
        "sha256": wheel.sha256,
        "work": result.work,
        "warnings": result.warnings,
        "seconds": result.time.as_secs_f64(),
        "phases": result.phases,
    }))
}

fn failure(result: &TaskResult) -> Option<Value> {
    let error = result.outcome.as_ref().err()?;
    Some(json!({
        "job": result.job.id,
        "platform": result.job.platform,
        "kind": error.kind(),
        "problems": error.problems(),
        "log": result.log,
        "seconds": result.time.as_secs_f64(),
    }))
}
