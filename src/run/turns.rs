//! Parallel builds in one source tree: jobs build at the same time until one changes a source file that another
//! may have read.
//!
//! A build script may write sources while it is configured, with other content for each target. Jobs that
//! build at the same time then read each other's files. So the tree is compared before and after each such
//! job. If one of the job's sources has changed, the job is repeated alone, and all later jobs of the run
//! are built one at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Result;
use crate::project::Project;
use crate::sys::stamp::Stamp;
use crate::sys::sync::ignore_poison;
use crate::text::path::slashed;

/// Decides which jobs may build at the same time.
#[derive(Debug, Default)]
pub(super) struct Turns {
    lock: RwLock<()>,
    one_at_a_time: AtomicBool,
}

/// The source tree that a job reads.
pub(super) struct SourceTree<'s> {
    pub(super) project: &'s Project,
    /// The directory for the wheels.
    pub(super) output: &'s Path,
    /// The files that zig has read for the job.
    pub(super) read: &'s dyn Fn() -> BTreeSet<PathBuf>,
}

/// The time of one attempt to build, with the source tree as it was at the beginning if other jobs
/// build at the same time.
pub(super) struct Window<'s>(Option<(&'s SourceTree<'s>, BTreeMap<PathBuf, Stamp>)>);

impl Window<'_> {
    /// Whether no source of the job has changed since the attempt began.
    pub(super) fn is_calm(&self) -> bool {
        self.changed(true).is_empty()
    }

    /// The sources of the job that have changed. The files that zig has read are known only if it succeeded.
    fn changed(&self, has_succeeded: bool) -> Vec<String> {
        let Some((tree, before)) = &self.0 else {
            return Vec::new();
        };
        let now = tree.stamps();
        let mut changed: BTreeSet<_> = before.keys().chain(now.keys()).collect();
        changed.retain(|path| before.get(*path) != now.get(*path));
        if changed.is_empty() {
            return Vec::new();
        }
        let read = (tree.read)();
        let packed = tree.project.wheel_files(tree.output);
        let packed = packed.map(|files| files.wheel).unwrap_or_default();
        let packed: BTreeSet<_> = packed.into_iter().map(|file| file.source).collect();
        changed.retain(|path| {
            read.contains(*path) || packed.contains(*path) || !has_succeeded && is_code(path)
        });
        let below = |path: &PathBuf| {
            let below = path.strip_prefix(&tree.project.root).unwrap_or(path);
            slashed(below)
        };
        changed.into_iter().map(below).collect()
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
}

impl Turns {
    /// Builds, and builds again if a source of the job has changed meanwhile. Pass no `tree` if no other
    /// job builds at the same time.
    pub(super) fn build<T>(
        &self,
        tree: Option<&SourceTree<'_>>,
        note: &dyn Fn(&str),
        mut attempt: impl FnMut(&Window<'_>) -> Result<T>,
    ) -> Result<T> {
        let Some(tree) = tree else {
            return attempt(&Window(None));
        };
        if !self.one_at_a_time.load(Ordering::SeqCst) {
            let turn = ignore_poison(self.lock.read());
            let window = Window(Some((tree, tree.stamps())));
            let outcome = attempt(&window);
            let changed = window.changed(outcome.is_ok());
            let Some(first) = changed.first() else {
                return outcome;
            };
            drop(turn);
            if !self.one_at_a_time.swap(true, Ordering::SeqCst) {
                let more = match changed.len() {
                    1 => String::new(),
                    count => format!(" and {} more", count - 1),
                };
                note(&format!(
                    "{first}{more} changed while several jobs were building, so a job may have read a file that another job wrote; these jobs are built again, one at a time"
                ));
            }
        }
        let _turn = ignore_poison(self.lock.write());
        attempt(&Window(None))
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
