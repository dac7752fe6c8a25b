//! `pyz3-wheel cache`: what is kept from one build to the next.

use std::process::ExitCode;
use std::time::Duration;

use indicatif::DecimalBytes;
use serde_json::json;

use super::args::{CacheCommand, CommonArgs};
use super::{build::project_dir, settings};
use crate::build::reuse;
use crate::error::Result;
use crate::project::Project;
use crate::report::{self, Format};
use crate::sys::scratch;
use crate::toolchain::Cache;
use crate::toolchain::cache::Removed;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Shows the cache or tidies it up.
pub(super) fn run(common: &CommonArgs, command: CacheCommand) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let dir = project_dir(common)?;
    // A project may say where the cache is; outside of one it is the machine's.
    let is_project = dir.join("pyproject.toml").is_file();
    let project = is_project.then(|| Project::load(&dir));
    if let Some(Err(error)) = project.as_ref().filter(|_| !output.quiet) {
        report::note(&format!(
            "a cache-dir of the project does not count, because it can't be read: {}",
            error.problems()[0]
        ));
    }
    let project = project.and_then(Result::ok);
    let cache_dir = settings::cache_dir(common, project.as_ref(), &settings::process_env)?;
    let cache = Cache::open(cache_dir.as_deref())?;
    match command {
        CacheCommand::Dir => dir_of(&cache, output.format)?,
        CacheCommand::Size => size(&cache, output.format)?,
        CacheCommand::Prune { older_than, all } => {
            let swept = scratch::sweep_temporary();
            let removed = if all {
                cache.empty()?
            } else {
                let unused = reuse::remove_unused(&cache, older_than * DAY)?;
                unused + cache.tidy(DAY)?
            };
            let removed = Removed {
                entries: removed.entries + swept.len(),
                bytes: removed.bytes + swept.iter().map(|(_, bytes)| bytes).sum::<u64>(),
            };
            match output.format {
                Format::Human => report::note(&format!(
                    "removed {} entries, {}, from {}",
                    removed.entries,
                    DecimalBytes(removed.bytes),
                    cache.root().display()
                )),
                Format::Json => report::json(&removed)?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn dir_of(cache: &Cache, format: Format) -> Result<()> {
    match format {
        Format::Human => report::text(&format!("{}\n", cache.root().display())),
        Format::Json => report::json(&json!({"dir": cache.root()})),
    }
}

fn size(cache: &Cache, format: Format) -> Result<()> {
    let kinds = cache.sizes()?;
    let total = kinds.iter().map(|(_, bytes)| bytes).sum();
    match format {
        Format::Human => {
            let rows = kinds.into_iter().chain([("in all".to_owned(), total)]);
            let rows = rows.map(|(kind, bytes)| [kind, DecimalBytes(bytes).to_string()]);
            report::table(["kind", "size"], rows)
        }
        Format::Json => {
            let kinds: serde_json::Map<_, _> = kinds
                .into_iter()
                .map(|(kind, bytes)| (kind, json!(bytes)))
                .collect();
            report::json(&json!({"dir": cache.root(), "kinds": kinds, "bytes": total}))
        }
    }
}
