//! `pyz3-wheel cache`: what is kept from one build to the next.

use std::process::ExitCode;
use std::time::Duration;

use indicatif::DecimalBytes;
use serde_json::json;

use super::args::{CacheCommand, CommonArgs};
use super::build::project_dir;
use crate::error::Result;
use crate::project::Project;
use crate::report::{self, Format};
use crate::run::reuse;
use crate::settings;
use crate::sys::scratch;
use crate::text::path::lossy;
use crate::toolchain::{Cache, Removed};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Shows the cache or tidies it up.
pub(super) fn run(common: &CommonArgs, command: CacheCommand) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let note = |text: &str| {
        if !output.quiet {
            report::note(text);
        }
    };
    let dir = project_dir(common)?;
    // A project may say where the cache is; outside of one it is the machine's.
    let is_project = dir.join("pyproject.toml").is_file();
    let project = is_project.then(|| Project::load(&dir));
    if let Some(Err(error)) = &project {
        note(&format!(
            "a cache-dir of the project does not count, because it can't be read: {}",
            error.problems()[0]
        ));
    }
    let project = project.and_then(Result::ok);
    let of_project = settings::cache_dir(common, project.as_ref(), &settings::process_env)?;
    match command {
        CacheCommand::Dir => {
            let cache = Cache::at(of_project.as_deref())?;
            dir_of(&cache, output.format)?;
        }
        CacheCommand::Size => {
            let kinds = match Cache::existing(of_project.as_deref())? {
                Some(cache) => cache.sizes()?,
                None => Vec::new(),
            };
            size(&Cache::at(of_project.as_deref())?, kinds, output.format)?;
        }
        CacheCommand::Prune { older_than, all } => {
            // Only the user decides what is removed, never a pyproject.toml.
            let own = settings::cache_dir(common, None, &settings::process_env)?;
            if let Some(other) = of_project.filter(|dir| own.as_ref() != Some(dir)) {
                let other = std::path::absolute(other)?;
                note(&format!(
                    "this project uses another cache; to prune it: pyz3-wheel cache prune --cache-dir {}",
                    shell_words::quote(&other.to_string_lossy())
                ));
            }
            let swept = scratch::sweep_temporary();
            let swept = Removed {
                entries: swept.len(),
                bytes: swept.iter().map(|(_, bytes)| bytes).sum(),
                kept: Vec::new(),
            };
            let removed = match Cache::existing(own.as_deref())? {
                None => Ok(Removed::default()),
                Some(cache) if all => cache.empty(),
                Some(cache) => reuse::remove_unused(&cache, older_than * DAY)
                    .and_then(|unused| Ok(unused + cache.tidy(DAY)?)),
            };
            let removed = removed.map_err(|error| {
                error.hint("run `cache prune` as the user who created these files")
            })?;
            report_removed(
                &Cache::at(own.as_deref())?,
                &(removed + swept),
                output.format,
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn report_removed(cache: &Cache, removed: &Removed, format: Format) -> Result<()> {
    match format {
        Format::Human => {
            for kept in &removed.kept {
                report::note(&format!("kept {kept}, which pyz3-wheel did not create"));
            }
            report::note(&format!(
                "removed {} entries, {}, from {}",
                removed.entries,
                DecimalBytes(removed.bytes),
                cache.root().display()
            ));
        }
        Format::Json => report::json(removed)?,
    }
    Ok(())
}

fn dir_of(cache: &Cache, format: Format) -> Result<()> {
    match format {
        Format::Human => report::text(&format!("{}\n", cache.root().display())),
        Format::Json => report::json(&json!({"dir": lossy(cache.root())})),
    }
}

fn size(cache: &Cache, kinds: Vec<(String, u64)>, format: Format) -> Result<()> {
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
            report::json(&json!({"dir": lossy(cache.root()), "kinds": kinds, "bytes": total}))
        }
    }
}
