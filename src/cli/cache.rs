//! `pyz3-wheel cache`: what is kept from one build to the next.

use std::path::PathBuf;
use std::time::Duration;

use indicatif::DecimalBytes;
use serde_json::{Value, json};

use super::args::CacheCommand;
use super::session::{Outcome, Session};
use crate::error::Result;
use crate::report::{Document, Report};
use crate::run::reuse;
use crate::sys::scratch;
use crate::text::path::lossy;
use crate::toolchain::{Cache, Removed};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Shows the cache or tidies it up.
pub(super) fn run(session: &Session, command: CacheCommand) -> Outcome {
    // A project may set the folder of the cache; outside of a project it is the machine's.
    let project = session.project_if_any()?;
    if let Some(Err(error)) = &project {
        session.note(&format!(
            "cache-dir of the project is ignored, because pyproject.toml cannot be read: {}",
            error.problems()[0]
        ));
    }
    let project = project.and_then(Result::ok);
    let dir = session.cache_dir(project.as_ref())?;
    match command {
        CacheCommand::Dir => {
            let cache = Cache::at(dir.as_deref())?;
            Ok(Box::new(Folder(cache.root().to_owned())))
        }
        CacheCommand::Size => {
            let kinds = match Cache::existing(dir.as_deref())? {
                Some(cache) => cache.sizes()?,
                None => Vec::new(),
            };
            let cache = Cache::at(dir.as_deref())?;
            let root = cache.root().to_owned();
            Ok(Box::new(Size { root, kinds }))
        }
        CacheCommand::Prune { older_than, all } => prune(session, dir, older_than, all),
    }
}

/// Removes what has not been used for `older_than` days, or everything.
fn prune(session: &Session, of_project: Option<PathBuf>, older_than: u32, all: bool) -> Outcome {
    // Only the user decides what is removed, never a pyproject.toml.
    let own = session.cache_dir(None)?;
    if let Some(other) = of_project.filter(|dir| own.as_ref() != Some(dir)) {
        let other = std::path::absolute(other)?;
        session.note(&format!(
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
    let removed = removed
        .map_err(|error| error.hint("run `cache prune` as the user who created these files"))?;
    Ok(Box::new(Pruned {
        root: Cache::at(own.as_deref())?.root().to_owned(),
        removed: removed + swept,
    }))
}

/// The folder of the cache.
struct Folder(PathBuf);

impl Document for Folder {
    fn human(&self, report: &Report) -> Result<()> {
        report.print_data(&format!("{}\n", self.0.display()))
    }

    fn json(&self) -> Result<Value> {
        Ok(json!({"dir": lossy(&self.0)}))
    }
}

/// How many bytes each kind of entry takes.
struct Size {
    root: PathBuf,
    kinds: Vec<(String, u64)>,
}

impl Size {
    fn total(&self) -> u64 {
        self.kinds.iter().map(|(_, bytes)| bytes).sum()
    }
}

impl Document for Size {
    fn human(&self, report: &Report) -> Result<()> {
        let row = |kind: &str, bytes: u64| [kind.to_owned(), DecimalBytes(bytes).to_string()];
        let rows = self.kinds.iter().map(|(kind, bytes)| row(kind, *bytes));
        let total = row("in all", self.total());
        report.print_table(["kind", "size"], rows.chain([total]))
    }

    fn json(&self) -> Result<Value> {
        let kinds = self.kinds.iter();
        let kinds: serde_json::Map<_, _> = kinds
            .map(|(kind, bytes)| (kind.clone(), json!(bytes)))
            .collect();
        Ok(json!({"dir": lossy(&self.root), "kinds": kinds, "bytes": self.total()}))
    }
}

/// What was removed from the cache.
struct Pruned {
    root: PathBuf,
    removed: Removed,
}

impl Document for Pruned {
    fn human(&self, report: &Report) -> Result<()> {
        for kept in &self.removed.kept {
            report.note(&format!("kept {kept}, which pyz3-wheel did not create"));
        }
        report.note(&format!(
            "removed {} entries, {}, from {}",
            self.removed.entries,
            DecimalBytes(self.removed.bytes),
            self.root.display()
        ));
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        Ok(serde_json::to_value(&self.removed).map_err(anyhow::Error::from)?)
    }
}
