//! Which of the files that git does not track go into the sdist: those of a package and those that the
//! build reads. The others are the author's own: notes, drafts, files of an editor.

use std::collections::BTreeSet;

use super::Walk;
use super::needed::Needed;
use super::refusals::list;
use crate::project::git::NOT_INSTALLED;
use crate::project::{LeftOut, Why};

impl Walk<'_> {
    /// Takes what git does not track out of the sdist, unless the build needs it, and tells so.
    pub(super) fn leave_untracked_out(&mut self) {
        let project = self.project;
        let keep = project.config.sdist_untracked.as_ref();
        let Some(checkout) = self.checkout.as_ref().filter(|_| self.for_sdist) else {
            return;
        };
        if keep.is_some_and(|keep| keep.value) {
            return;
        }
        match checkout.tracked() {
            Ok(index) if index.is_empty() => {
                self.found.notes.push(
                    "git tracks no file of the project yet, so the sdist has all files that git does \
                     not ignore; `git add` those that belong to the project"
                        .to_owned(),
                );
                return;
            }
            Ok(_) => {}
            Err(said) => {
                if said != NOT_INSTALLED && !said.contains("not a git repository") {
                    let line = said.lines().next().unwrap_or_default();
                    self.found.notes.push(format!(
                        "git cannot list the tracked files ({line}), so the sdist also has files that \
                         git does not track; see what `git ls-files` says in the project's folder"
                    ));
                }
                return;
            }
        }
        let untracked = self
            .found
            .sdist
            .iter()
            .filter(|(_, file)| file.why == Why::Own && !checkout.tracks(&file.source));
        let untracked: Vec<_> = untracked
            .map(|(place, file)| (place.clone(), file.source.clone()))
            .collect();
        if untracked.is_empty() {
            return;
        }
        let needed = Needed::by(project, self);
        let (packed, dropped): (Vec<_>, Vec<_>) = untracked
            .into_iter()
            .partition(|(_, source)| self.in_area(source) || needed.has(source));
        for (place, _) in &dropped {
            self.found.sdist.remove(place);
        }
        let dropped: BTreeSet<_> = dropped
            .iter()
            .map(|(place, _)| self.shortened(place))
            .collect();
        let dropped: Vec<_> = dropped.into_iter().collect();
        let packed: Vec<_> = packed.into_iter().map(|(place, _)| place).collect();
        let mut told = Vec::new();
        if !dropped.is_empty() {
            told.push(format!(
                "the sdist is without files that git does not track: {} (`git add` them, or name them in \
                 include, or set sdist-untracked = true in [tool.pyz3-wheel])",
                list(&dropped)
            ));
        }
        if !packed.is_empty() {
            told.push(format!(
                "the sdist has files that git does not track, since they lie in a package or the build \
                 reads them: {}",
                list(&packed)
            ));
        }
        self.found.notes.push(told.join("; "));
        self.found
            .left_out
            .extend(dropped.into_iter().map(|path| LeftOut {
                path,
                in_sdist: false,
                in_wheel: false,
                why: "not tracked by git".to_owned(),
            }));
    }

    /// The topmost folder around a file of which the sdist has nothing, else the file itself.
    fn shortened(&self, place: &str) -> String {
        let mut folders = place.match_indices('/').map(|(at, _)| &place[..=at]);
        let is_empty = |folder: &&str| {
            let mut from = self.found.sdist.range((*folder).to_owned()..);
            from.next()
                .is_none_or(|(first, _)| !first.starts_with(folder))
        };
        folders.find(is_empty).unwrap_or(place).to_owned()
    }
}
