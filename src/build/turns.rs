//! Jobs that build at once, until one changes a source that another may have read.
//!
//! A build script may write sources while it is configured, with other content for each target. Jobs
//! that share the source tree then read each other's files. So the tree is compared before and after
//! each job that had company; a job during which one of its sources changed is repeated alone, and so
//! are all later jobs of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::reuse::Stamp;
use crate::error::Result;
use crate::project::{PackageFile, Project};

/// Who may build at the same time.
#[derive(Debug, Default)]
pub struct Turns {
    lock: RwLock<()>,
    one_at_a_time: AtomicBool,
}

/// The right to build, as long as it is held.
pub(super) enum Turn<'t> {
    Together(#[expect(dead_code)] RwLockReadGuard<'t, ()>),
    Alone(#[expect(dead_code)] RwLockWriteGuard<'t, ()>),
}

/// The source tree that a job reads.
pub(super) struct SourceTree<'s> {
    pub(super) project: &'s Project,
    /// Where wheels go.
    pub(super) output: &'s Path,
    /// The files that go into the wheel.
    pub(super) packed: &'s [PackageFile],
    /// The files that zig has read for the job.
    pub(super) read: &'s dyn Fn() -> BTreeSet<PathBuf>,
}

impl Turns {
    /// Builds, and once more if other jobs have changed what this one read. Gives the outcome with the
    /// turn, to be held until the job needs no sources any more.
    pub(super) fn build<T>(
        &self,
        tree: &SourceTree<'_>,
        note: &dyn Fn(&str),
        mut attempt: impl FnMut() -> Result<T>,
    ) -> Result<(T, Turn<'_>)> {
        if !self.one_at_a_time.load(Ordering::SeqCst) {
            let turn = self.lock.read().unwrap_or_else(PoisonError::into_inner);
            let before = tree.stamps();
            let outcome = attempt();
            let changed = tree.changed_since(&before, outcome.is_ok());
            let Some(first) = changed.first() else {
                return Ok((outcome?, Turn::Together(turn)));
            };
            drop(turn);
            if !self.one_at_a_time.swap(true, Ordering::SeqCst) {
                let more = match changed.len() {
                    1 => String::new(),
                    count => format!(" and {} more", count - 1),
                };
                note(&format!(
                    "{first}{more} changed while several jobs were building, and a job may have read what another one wrote: such jobs are built again, one at a time"
                ));
            }
        }
        let turn = self.lock.write().unwrap_or_else(PoisonError::into_inner);
        Ok((attempt()?, Turn::Alone(turn)))
    }
}

impl SourceTree<'_> {
    fn stamps(&self) -> BTreeMap<PathBuf, Stamp> {
        let around = self.project.outside_build_root();
        let around = around
            .iter()
            .flat_map(|root| self.project.inputs_around(root));
        let files = self.project.build_inputs(self.output).chain(around);
        let stamps = files.filter_map(|path| {
            let stamp = Stamp::of(&std::fs::metadata(&path).ok()?);
            Some((path, stamp))
        });
        stamps.collect()
    }

    /// The sources of the job that have changed. What zig has read is known only if it succeeded.
    fn changed_since(&self, before: &BTreeMap<PathBuf, Stamp>, has_succeeded: bool) -> Vec<String> {
        let now = self.stamps();
        let is_same = |path: &PathBuf| before.get(path) == now.get(path);
        let mut changed: BTreeSet<_> = before.keys().chain(now.keys()).collect();
        changed.retain(|path| !is_same(path));
        if changed.is_empty() {
            return Vec::new();
        }
        let read = (self.read)();
        let is_packed = |path: &Path| self.packed.iter().any(|file| file.source == path);
        changed.retain(|path| {
            read.contains(*path) || is_packed(path) || !has_succeeded && is_code(path)
        });
        let below = |path: &PathBuf| {
            let below = path.strip_prefix(&self.project.root).unwrap_or(path);
            below.to_string_lossy().replace('\\', "/")
        };
        changed.into_iter().map(below).collect()
    }
}

/// Whether a compiler may read the file, by its name.
fn is_code(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        let kinds = ["zig", "zon", "inc", "def", "rc", "s", "S", "m", "mm"];
        kinds.contains(&ending) || ending.starts_with('c') || ending.starts_with('h')
    })
}
