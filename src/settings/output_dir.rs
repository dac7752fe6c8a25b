//! Where wheels and sdists go, and where they must not go.

use std::path::{Component, Path, PathBuf};

use super::Layers;
use crate::compile::clean;
use crate::compile::workspace::{FOLDER, Workspace};
use crate::error::Problem;
use crate::options::{Origin, table};
use crate::project::Project;
use crate::toolchain::Cache;

impl Layers<'_> {
    /// The output directory, which must not be one that this program empties.
    pub(super) fn output_dir(
        &mut self,
        project: &Project,
        cache_dir: Option<&Path>,
        is_cleaned: bool,
    ) -> PathBuf {
        let (dir, place) = if let Some(set) = self.path(&table::OUTPUT_DIR) {
            (set.value, set.origin.to_string())
        } else {
            let name = table::OUTPUT_DIR.name;
            self.record(name, "dist", Origin::Default);
            (project.output_dir(), name.to_owned())
        };
        if let Some(problem) = refuse(&dir, &project.root, cache_dir, is_cleaned) {
            self.problems.push(problem.at(place));
        }
        dir
    }
}

/// Why a directory cannot be the output directory: `--clean` and `cache prune` empty our own folders.
fn refuse(
    dir: &Path,
    project: &Path,
    cache_dir: Option<&Path>,
    is_cleaned: bool,
) -> Option<Problem> {
    let dir = real(dir);
    let hint = "choose a separate directory, such as --output-dir dist";
    // The first name below one of our folders; none if it is the folder itself.
    let first_below = |folder: &Path| {
        let below = dir.strip_prefix(folder).ok()?;
        let first = below.iter().next();
        Some(first.map(|name| name.to_string_lossy().into_owned()))
    };
    if let Some(first) = first_below(&real(&Workspace::path(project))) {
        let is_of_runs = first.as_deref().is_some_and(clean::is_of_runs);
        // Editable installs are imported from there.
        let is_editable = first.as_deref().is_some_and(clean::is_editable);
        if is_of_runs || (is_cleaned && !is_editable) {
            let problem = format!("the output directory is inside {FOLDER}, which --clean empties");
            return Some(Problem::new(problem).hint(hint));
        }
    }
    let first = first_below(&real(Cache::at(cache_dir).ok()?.root()))?;
    first.is_none_or(|name| Cache::is_kind(&name)).then(|| {
        let problem =
            "the output directory is the cache directory, which `pyz3-wheel cache prune` empties";
        Problem::new(problem).hint(hint)
    })
}

/// The path without links as far as it exists, and without `..`.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            part => real.push(part),
        }
        if let Ok(found) = std::fs::canonicalize(&real) {
            real = found;
        }
    }
    real
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_does_not_go_where_it_would_be_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (project, cache) = (folder.path().join("project"), folder.path().join("cache"));
        fs_err::create_dir_all(&project).unwrap();
        let is_refused = |dir: &str| {
            let dir = folder.path().join(dir);
            let refused = |is_cleaned| refuse(&dir, &project, Some(&cache), is_cleaned).is_some();
            (refused(false), refused(true))
        };
        for dir in [
            "project/.pyz3-wheel",
            "project/.pyz3-wheel/dist",
            "project/x/../.pyz3-wheel/dist",
        ] {
            assert_eq!(is_refused(dir), (false, true), "{dir}");
        }
        for dir in [
            "project/.pyz3-wheel/zig-cache/dist",
            "project/.pyz3-wheel/logs",
            "cache",
            "cache/artifacts/dist",
        ] {
            assert_eq!(is_refused(dir), (true, true), "{dir}");
        }
        for dir in [
            "project",
            "project/dist",
            "project/.pyz3-wheel-dist",
            "project/.pyz3-wheel/editable/cpython-312",
            "project/.pyz3-wheel/../dist",
            "cache/dist",
            "cached",
            "",
        ] {
            assert_eq!(is_refused(dir), (false, false), "{dir}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_such_a_place_is_that_place() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join(FOLDER).join("dist");
        fs_err::create_dir_all(&inside).unwrap();
        let link = folder.path().join("link");
        fs_err::os::unix::fs::symlink(&inside, &link).unwrap();
        assert!(refuse(&link, folder.path(), None, true).is_some());
    }
}
