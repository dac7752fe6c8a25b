//! `pyz3-wheel cache`: what is kept from one build to the next.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::DecimalBytes;
use serde_json::{Value, json};

use super::args::CacheCommand;
use super::session::{Outcome, Session};
use crate::compile::clean::clean;
use crate::compile::workspace::Workspace;
use crate::error::Result;
use crate::project::Project;
use crate::report::{Document, Report};
use crate::run::reuse;
use crate::sys::{scratch, shell};
use crate::text::path::lossy;
use crate::toolchain::{Cache, Removed, packages};

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
            Ok(Box::new(Size {
                root: cache.root().to_owned(),
                kinds,
                project: project
                    .as_ref()
                    .map(|project| Workspace::path(&project.root))
                    .filter(|dir| dir.is_dir()),
                zig: zig_cache(project.as_ref(), &cache),
            }))
        }
        CacheCommand::Clean => {
            clean_project(session)?;
            if let Some(zig) = zig_cache(project.as_ref(), &Cache::at(dir.as_deref())?) {
                session.note(&format!(
                    "kept Zig's own cache, {}, which other Zig projects may use",
                    zig.display()
                ));
            }
            prune(session, "clean", dir, 0, true)
        }
        CacheCommand::Prune { older_than, all } => prune(session, "prune", dir, older_than, all),
    }
}

/// Removes what builds left in the project, whose pyproject.toml may be invalid.
fn clean_project(session: &Session) -> Result<()> {
    let root = std::path::absolute(session.project_dir()?)?;
    if !root.join("pyproject.toml").is_file() {
        return Ok(());
    }
    let workspace = Workspace::path(&root);
    let before = Cache::size_of(&workspace);
    for path in clean(&root)? {
        let path = path.display();
        session.note(&format!("kept {path}, which pyz3-wheel did not create"));
    }
    let removed = before.saturating_sub(Cache::size_of(&workspace));
    if removed > 0 {
        let (size, path) = (DecimalBytes(removed), workspace.display());
        session.note(&format!("removed {size} from {path}"));
    }
    Ok(())
}

/// Zig's global cache, if it exists and is not in the cache of this program.
fn zig_cache(project: Option<&Project>, cache: &Cache) -> Option<PathBuf> {
    let nothing = BTreeMap::new();
    let env = project.map_or(&nothing, |project| &project.config.env);
    let dir = packages::global_cache(env, None)?;
    (dir.is_dir() && !dir.starts_with(cache.root())).then_some(dir)
}

/// Removes what has not been used for `older_than` days, or everything.
fn prune(
    session: &Session,
    subcommand: &str,
    of_project: Option<PathBuf>,
    older_than: u32,
    all: bool,
) -> Outcome {
    // Only the user decides what is removed, never a pyproject.toml.
    let own = session.cache_dir(None)?;
    if let Some(other) = of_project.filter(|dir| own.as_ref() != Some(dir)) {
        let other = std::path::absolute(other)?;
        session.note(&format!(
            "this project uses another cache; to {subcommand} it: pyz3-wheel cache {subcommand} --cache-dir {}",
            shell::word(&other)
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
        let user = "as the user who created these files";
        error.hint(&format!("run `pyz3-wheel cache {subcommand}` {user}"))
    })?;
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

/// How many bytes each kind of entry takes, and the caches that are not in the cache directory.
struct Size {
    root: PathBuf,
    kinds: Vec<(String, u64)>,
    /// The project's `.pyz3-wheel`.
    project: Option<PathBuf>,
    /// Zig's global cache.
    zig: Option<PathBuf>,
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
        let total = row("total", self.total());
        let others = [("the project", &self.project), ("Zig's own", &self.zig)];
        let others = others.into_iter().filter_map(|(kind, dir)| {
            let dir = dir.as_ref()?;
            let [kind, size] = row(kind, Cache::size_of(dir));
            Some([kind, size, dir.display().to_string()])
        });
        let rows = rows.map(|[kind, size]| [kind, size, String::new()]);
        let [kind, size] = total;
        let total = [kind, size, self.root.display().to_string()];
        report.print_table(
            ["kind", "size", "directory"],
            rows.chain([total]).chain(others),
        )
    }

    fn json(&self) -> Result<Value> {
        let kinds = self.kinds.iter();
        let kinds: serde_json::Map<_, _> = kinds
            .map(|(kind, bytes)| (kind.clone(), json!(bytes)))
            .collect();
        let other = |dir: &Option<PathBuf>| {
            let dir = dir.as_ref()?;
            Some(json!({"dir": lossy(dir), "bytes": Cache::size_of(dir)}))
        };
        Ok(json!({
            "dir": lossy(&self.root),
            "kinds": kinds,
            "bytes": self.total(),
            "project": other(&self.project),
            "zig_cache": other(&self.zig),
        }))
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
