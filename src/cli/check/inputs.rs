//! What `check` is asked to check: files, folders, patterns, and releases on an index.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use walkdir::WalkDir;

use crate::cli::session::Session;
use crate::error::{ErrorKind, Problem, Result};
use crate::metadata::values;
use crate::sys::scratch::Scratch;
use crate::toolchain::{Cache, PinnedRelease};

/// The endings of the files of a folder that are checked.
const ENDINGS: [&str; 2] = [".whl", ".tar.gz"];

/// A file to check.
#[derive(Debug)]
pub(super) struct Input {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What the report calls it.
    pub(super) shown: PathBuf,
}

/// All files to check.
#[derive(Default)]
pub(super) struct Inputs {
    pub(super) files: Vec<Input>,
    /// Why other inputs cannot be checked.
    pub(super) problems: Vec<Problem>,
    /// The folders of downloads, which are removed when this is dropped.
    downloads: Vec<Scratch>,
}

impl Inputs {
    /// Finds the files, and downloads those of releases.
    pub(super) fn of(
        session: &Session,
        typed: &[PathBuf],
        index_url: Option<&str>,
    ) -> Result<Self> {
        let mut inputs = Self::default();
        let mut cache = None;
        for path in typed {
            let release = match path.to_str() {
                Some(text) if !path.exists() => text.parse::<PinnedRelease>().ok(),
                _ => None,
            };
            match release {
                Some(release) => {
                    let cache = match &mut cache {
                        Some(cache) => cache,
                        none => none.insert(session.cache(session.cache_dir(None)?.as_deref())?),
                    };
                    inputs.add_release(&release, index_url, cache, session)?;
                }
                None => match on_disk(path) {
                    Ok(paths) => inputs.files.extend(paths.into_iter().map(Input::here)),
                    Err(problem) => inputs.problems.push(problem),
                },
            }
        }
        Ok(inputs)
    }

    fn add_release(
        &mut self,
        release: &PinnedRelease,
        index_url: Option<&str>,
        cache: &Cache,
        session: &Session,
    ) -> Result<()> {
        let folder = Scratch::temporary()?;
        let note = |text: &str| session.note(text);
        match release.download(index_url, folder.path(), cache, &note) {
            Ok(files) => {
                let files = files.into_iter().map(|path| Input {
                    shown: path.file_name().map(PathBuf::from).unwrap_or_default(),
                    path,
                });
                self.files.extend(files);
                self.downloads.push(folder);
                Ok(())
            }
            // The other inputs are checked all the same.
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                self.problems.extend(error.into_problems());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

impl Input {
    fn here(path: PathBuf) -> Self {
        Self {
            shown: path.clone(),
            path,
        }
    }
}

/// The files that a path stands for: itself, those of a folder, or those that match a pattern.
fn on_disk(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    if path.is_dir() {
        return in_folder(path);
    }
    let text = path.to_string_lossy();
    if path.exists() {
        return Ok(vec![path.to_owned()]);
    }
    if text.contains(['*', '?', '[']) {
        return matching(path);
    }
    if values::check_name(&text).is_ok() && !ENDINGS.iter().any(|ending| text.ends_with(ending)) {
        let message = format!("there is no file or folder {text}");
        let hint = format!("to check a release on an index, add its version: {text}==VERSION");
        return Err(Problem::new(message).hint(hint));
    }
    Ok(vec![path.to_owned()])
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let unreadable = |error: std::io::Error| {
        Problem::new(format!("cannot be read: {error}")).at(folder.display())
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if ENDINGS.iter().any(|ending| name.ends_with(ending)) && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        let message = "the folder has no wheels or sdists";
        let hint = "give a folder with .whl or .tar.gz files; folders in it are not searched";
        return Err(Problem::new(message).at(folder.display()).hint(hint));
    }
    files.sort();
    Ok(files)
}

/// The files that match a pattern, which the shells of Windows do not replace by the names of the files.
fn matching(pattern: &Path) -> Result<Vec<PathBuf>, Problem> {
    let text = pattern.to_string_lossy();
    let invalid = |error: globset::Error| {
        let message = format!("is not a valid pattern: {}", error.kind());
        Problem::new(message)
            .at(&text)
            .hint("quote the path, or give the folder")
    };
    let glob = GlobBuilder::new(&text).literal_separator(true).build();
    let glob = glob.map_err(invalid)?.compile_matcher();
    let plain: PathBuf = pattern
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']))
        .collect();
    let depth = pattern.components().count() - plain.components().count();
    let is_here = plain.as_os_str().is_empty();
    let root = if is_here { Path::new(".") } else { &plain };
    // `**` stands for any number of folders.
    let deep = pattern
        .components()
        .filter(|part| part.as_os_str() == "**")
        .count();
    let deepest = if deep > 0 { usize::MAX } else { depth };
    let entries = WalkDir::new(root)
        .min_depth(depth - deep)
        .max_depth(deepest)
        .sort_by_file_name();
    let files = entries.into_iter().filter_map(|entry| {
        let path = entry.ok()?.into_path();
        let path = if is_here {
            path.strip_prefix(".")
                .map(Path::to_path_buf)
                .unwrap_or(path)
        } else {
            path
        };
        (glob.is_match(&path) && path.is_file()).then_some(path)
    });
    let files: Vec<_> = files.collect();
    if files.is_empty() {
        let message = "no file matches the pattern";
        let hint = "check the pattern, or give the folder";
        return Err(Problem::new(message).at(&text).hint(hint));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_patterns_stand_for_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("a/b.whl")).unwrap();
        std::fs::create_dir_all(root.join("empty")).unwrap();
        for name in ["a/x.whl", "a/x.tar.gz", "a/x.txt", "a/b.whl/y.whl"] {
            std::fs::write(root.join(name), "").unwrap();
        }
        let found = |path: &str| {
            let paths = on_disk(&root.join(path))?;
            let below = paths.iter().map(|path| path.strip_prefix(root).unwrap());
            Ok::<_, Problem>(
                below
                    .map(|path| path.to_str().unwrap().replace('\\', "/"))
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(found("a").unwrap(), ["a/x.tar.gz", "a/x.whl"]);
        assert_eq!(found("a/*.whl").unwrap(), ["a/x.whl"]);
        assert_eq!(
            found("*/x.*").unwrap(),
            ["a/x.tar.gz", "a/x.txt", "a/x.whl"]
        );
        assert_eq!(found("**/*.whl").unwrap(), ["a/b.whl/y.whl", "a/x.whl"]);
        assert_eq!(found("gone.whl").unwrap(), ["gone.whl"]);
        assert!(found("empty").unwrap_err().message.contains("no wheels"));
        assert!(found("b*").unwrap_err().message.contains("no file matches"));
        assert!(
            found("[")
                .unwrap_err()
                .message
                .contains("not a valid pattern")
        );
        let name = on_disk(Path::new("no-such-file")).unwrap_err();
        assert!(name.hint.unwrap().ends_with("no-such-file==VERSION"));
    }
}
