//! Files that a walk leaves out because no archive should contain them, and how they are reported.

use std::path::Path;

use super::{Verdict, Walk};
use crate::error::Problem;
use crate::project::files::secrets;
use crate::project::walk;

impl Walk<'_> {
    /// Leaves out a file of credentials; it is named where an archive would have had it.
    pub(super) fn refuse_secret(&mut self, path: &Path, folder: bool) -> Verdict {
        if self.for_sdist || self.in_wheel(path) {
            let mut name = self.below(path);
            if folder {
                name.push('/');
            }
            self.secrets.push(name);
        }
        Verdict::Out("may hold passwords, tokens or private keys".to_owned())
    }

    /// Whether a link leads to a file of credentials, which is then left out.
    pub(super) fn leads_to_secret(&mut self, path: &Path, folder: bool) -> bool {
        let Ok(target) = walk::canonical(path) else {
            return false;
        };
        let below = target.strip_prefix(&self.boundary).unwrap_or(&target);
        let own = path.strip_prefix(&self.project.root).unwrap_or(path);
        if secrets::find(below, &target, folder).is_none() || self.include.names(own, folder) {
            return false;
        }
        if let Verdict::Out(why) = self.refuse_secret(path, folder) {
            self.leave_out(path, folder, false, why);
        }
        true
    }

    /// A problem is one of the wheel's too, where the wheel would have the file. A file that the sdist would not
    /// have anyway is not a problem.
    pub(super) fn refuse(&mut self, path: &Path, problem: Problem) {
        if self.in_wheel(path) {
            self.found.problems.push(problem);
        } else if self.is_dispensable(path) {
            self.skip(path, problem.message);
        } else {
            self.found.sdist_problems.push(problem);
        }
    }

    /// Whether nobody expects this entry in an sdist: links that tools leave in the project's folder to
    /// what they have built, and what git does not track.
    fn is_dispensable(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_result = path.parent() == Some(&self.project.root)
            && (name == "result"
                || ["result-", "bazel-"]
                    .iter()
                    .any(|tool| name.starts_with(tool)));
        let keep = self.project.config.sdist_untracked.as_ref();
        let tracked = self.checkout.as_ref().filter(|_| self.for_sdist);
        let tracked = tracked.and_then(|checkout| checkout.tracked().ok());
        is_result && path.is_symlink()
            || tracked.is_some_and(|index| !index.is_empty() && !index.has(path))
                && !keep.is_some_and(|keep| keep.value)
    }

    pub(super) fn skip(&mut self, path: &Path, why: impl Into<String>) {
        let why = why.into();
        if self.for_sdist || self.in_wheel(path) {
            let name = self.below(path);
            self.skipped.entry(why.clone()).or_default().insert(name);
        }
        self.leave_out(path, false, false, why);
    }

    pub(super) fn tell_of_skipped(&mut self) {
        let skipped = std::mem::take(&mut self.skipped);
        let skipped = skipped.into_iter().map(|(why, names)| {
            let names: Vec<_> = names.into_iter().collect();
            format!("not packed: {} ({why})", list(&names))
        });
        self.found.notes.extend(skipped);
        if !self.secrets.is_empty() {
            self.found.notes.push(format!(
                "not packed: {} (may hold passwords, tokens or private keys; to pack such a file, name it in \
                 include in [tool.pyz3-wheel])",
                list(&self.secrets)
            ));
        }
    }
}

/// Names for a note, of which a few are enough.
///
/// Ex) `notes.txt, todo/ and 12 more (see pyz3-wheel files --verbose)`
pub(super) fn list(names: &[String]) -> String {
    const MOST: usize = 10;
    // A control character must not reach the terminal.
    let shown = |name: &String| {
        if name.contains(char::is_control) {
            name.escape_debug().to_string()
        } else {
            name.clone()
        }
    };
    let shown: Vec<_> = names.iter().take(MOST).map(shown).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more (see `pyz3-wheel files --verbose`)"),
    }
}
