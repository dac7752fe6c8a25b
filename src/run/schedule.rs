//! The order in which workers take the tasks of a run.

use std::collections::{HashMap, HashSet, VecDeque};

use super::decision::{Decision, Task};
use crate::platform::{Os, Platform};

/// The tasks that no worker has taken yet.
pub(super) struct Queue<'t> {
    /// Each task with its place in the plan, the next one first.
    waiting: VecDeque<(usize, &'t Task)>,
    /// Platforms that a task has been started for.
    begun: HashSet<Platform>,
    /// Platforms that a task has been finished for, so that Zig's cache has their C library.
    warm: HashSet<Platform>,
}

impl<'t> Queue<'t> {
    /// Tasks that need no zig come first. Windows follows, because its C runtime takes longest if Zig's
    /// cache is empty, and then one task of each platform.
    pub(super) fn new(tasks: &'t [Task]) -> Self {
        let mut seen = HashMap::new();
        let mut keyed: Vec<_> = tasks
            .iter()
            .enumerate()
            .map(|(index, task)| {
                if !matches!(task.decision, Decision::Build { .. }) {
                    return ((0, false, index), task);
                }
                let platform = task.job.platform;
                let round = seen.entry(platform).or_insert(0_usize);
                *round += 1;
                ((*round, platform.os() != Os::Windows, index), task)
            })
            .collect();
        keyed.sort_unstable_by_key(|(key, _)| *key);
        let waiting = keyed.into_iter().map(|((.., index), task)| (index, task));
        Self {
            waiting: waiting.collect(),
            begun: HashSet::new(),
            warm: HashSet::new(),
        }
    }

    /// The next task that does not wait for a C library that another task is compiling; else any task.
    pub(super) fn take(&mut self) -> Option<(usize, &'t Task)> {
        let is_free = |(_, task): &(usize, &Task)| {
            let platform = task.job.platform;
            self.warm.contains(&platform) || !self.begun.contains(&platform)
        };
        let position = self.waiting.iter().position(is_free).unwrap_or(0);
        let (index, task) = self.waiting.remove(position)?;
        self.begun.insert(task.job.platform);
        Some((index, task))
    }

    /// Records that a task has ended.
    pub(super) fn finished(&mut self, task: &Task) {
        self.warm.insert(task.job.platform);
    }
}
